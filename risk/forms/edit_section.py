"""The edit page's boxes, one a section, and the box of a single section.

What stands in a box comes from ``RiskSection.box_text``: an emptied box stays empty, also when the page comes back
with an error.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from govuk.fields import CheckboxField, TextAreaField
from govuk.forms import Form
from govuk.text import with_plain_newlines
from risk.forms.review_section import CONFIRM, refuse_other_wording
from risk.models import RiskSection
from risk.models.section import LONGEST_SHARED_TEXT
from risk.redaction import keyed_hash, proposed, undecided
from risk.wording import CURRENT_WORDING


def fingerprint(section: RiskSection) -> str:
    """The same only while nobody changed what is shared of the section, or what it is taken from.

    Carried by the page that shows its box. Whether it was reviewed makes no difference.
    """
    shared = proposed(section)
    return keyed_hash([shared.answer, shared.text, shared.no_identified_risk, section.source_text])[:32]


def opened_name(key: str) -> str:
    """The name of the hidden field that carries a section's fingerprint."""
    return f"{key}_opened"


def none_name(key: str) -> str:
    """The name of the tick that a section has no identified risk."""
    return f"{key}_none"


def _none_tick(section: RiskSection) -> CheckboxField:
    return CheckboxField(
        label=f"I confirm there is no identified risk under “{section.section_key.label}”", required=False
    )


def _box(section: RiskSection) -> TextAreaField:
    heading = section.section_key.label
    return TextAreaField(
        label=f"Will be shared under “{heading}”",
        called=f"“{heading}”",
        required=False,
        max_length=LONGEST_SHARED_TEXT,
        rows=6,
        label_size="s",
    )


INCOMPLETE = "Part of this page was not sent. Reload the page and try again"
CHANGED = "This section was changed after you opened the page. Compare both texts and save again"
CHANGED_UNTYPED = (
    "“{heading}” changed after you opened the page. The latest version is below. Check it and save again"
)


BOTH = "Enter information for “{heading}”, or confirm there is no identified risk, but not both"


def as_posted(section: RiskSection, text: str) -> str:
    """The box's text as meant: browsers drop a line break at the very start, which is no edit."""
    standing = section.box_text
    return standing if text != standing and "\n" + text == standing else text


class EditForm(Form):
    """Eight boxes and the tick.

    ``for_saving=False``: a section's button was pressed. Only the boxes count, and of these only what was typed.
    """

    understood = CheckboxField(label=CURRENT_WORDING.tick, error_messages={"required": CONFIRM})

    def __init__(
        self, data: Any = None, *, sections: Sequence[RiskSection], for_saving: bool = True, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {section.key: section.box_text for section in sections} | kwargs.get(
            "initial", {}
        )
        super().__init__(data, **kwargs)
        self.is_conflict = False
        self.sections = {section.key: section for section in sections}
        tick = self.fields.pop("understood")
        for section in sections:
            self.fields[section.key] = _box(section)
            if undecided(section) and section.may_have_no_identified_risk:
                self.fields[none_name(section.key)] = _none_tick(section)
        self.is_declared = not any(section.risk.corrects for section in sections)  # else when it is shared
        if for_saving and self.is_declared:
            self.fields["understood"] = tick
        self.for_saving = for_saving

    def clean(self) -> dict[str, Any]:
        """A section that OASys says nothing about cannot be left without a decision (decision R7)."""
        super().clean()
        for key, section in self.sections.items():
            self._clean_box(key, section)
        self._refuse_stale()
        refuse_other_wording(self)
        return self.cleaned_data

    def _clean_box(self, key: str, section: RiskSection) -> None:
        if key not in self.data:  # an absent box is not an emptied one
            self.add_error(key, INCOMPLETE)
            return
        typed = as_posted(section, with_plain_newlines(self.data[key]))
        if typed == section.box_text and not self.for_saving:
            self.errors.pop(key, None)  # OASys's own text may be longer than a box takes
            self.cleaned_data[key] = typed
        if key in self.cleaned_data:
            self.cleaned_data[key] = as_posted(section, self.cleaned_data[key])
            is_ticked = bool(self.cleaned_data.get(none_name(key)))
            is_typed = self.cleaned_data[key] != section.box_text
            if self.for_saving and undecided(section) and not is_typed and not is_ticked:
                self.add_error(key, _decide(section))
            elif is_ticked and is_typed:
                self.add_error(key, BOTH.format(heading=section.section_key.label))

    def _refuse_stale(self) -> None:
        """A box that somebody else (or another tab) saved meanwhile is not overwritten unseen."""
        self.stale = [
            key
            for key, section in self.sections.items()
            if key in self.data
            and self.data.get(opened_name(key)) not in (None, fingerprint(section))
            and self._typed(key, section) != section.box_text
        ]
        for key in self.stale:
            self.add_error(key, CHANGED)
        self.is_conflict = bool(self.stale)

    def _typed(self, key: str, section: RiskSection) -> str:
        """What stands in a box, be it too long or wrong otherwise."""
        if key in self.cleaned_data:
            return str(self.cleaned_data[key])
        return as_posted(section, with_plain_newlines(self.data[key]))

    def is_as_shown(self, keys: Iterable[str]) -> bool:
        """Whether these sections are still what the page showed. Those that are not get an error, and both texts."""
        other = [key for key in keys if self.data.get(opened_name(key)) != fingerprint(self.sections[key])]
        for key in other:
            if key not in self.stale:
                self.stale.append(key)
                self.add_error(key, CHANGED)
        return not other

    @property
    def wording(self) -> str:
        """The version of the words to confirm, which the page carries."""
        return CURRENT_WORDING.version

    @property
    def seen(self) -> str:
        """The content hash of the page as it was opened; nothing when it does not say."""
        return str(self.data.get("seen", ""))

    def refuse_changed_unseen(self, otherwise: str) -> None:
        """Say which sections are shared otherwise than the page showed; ``otherwise``, when it does not say which."""
        self.is_conflict = True
        unseen = [
            section
            for key, section in self.sections.items()
            if self.data.get(opened_name(key)) not in (None, fingerprint(section)) and key not in self.errors
        ]
        for section in unseen:
            self.add_error(section.key, CHANGED_UNTYPED.format(heading=section.section_key.label))
        if not self.errors:
            self.add_error(None, otherwise)

    def refuse(self, reason: str, *, is_conflict: bool = False) -> None:
        """Say why nothing was saved; everything typed comes back."""
        self.is_conflict = self.is_conflict or is_conflict
        self.add_error(None, reason)

    @property
    def as_opened(self) -> dict[str, RiskSection]:
        """The sections as the page showed them, where it says which they were."""
        return {key: section for key, section in self.sections.items() if opened_name(key) in self.data}

    def without_risk(self) -> list[str]:
        """The sections that were ticked as having no identified risk."""
        return [key for key in self.sections if self.cleaned_data.get(none_name(key))]

    def texts(self) -> dict[str, str]:
        """The boxes that may be saved."""
        return {key: self.cleaned_data[key] for key in self.sections if key in self.cleaned_data}


def _decide(section: RiskSection) -> str:
    heading = section.section_key.label
    if not section.needs_decision:  # in a corrected version, over what OASys says by now
        return f"Decide what to share under “{heading}”: the OASys information, your own text, or no information"
    if section.is_unknown:
        return f"Enter what you know for “{heading}”, or share no information, or wait until OASys answers"
    if not section.has_original:
        return f"Enter information for “{heading}”, or confirm there is no identified risk, or share no information"
    if section.may_have_no_identified_risk:
        return f"Enter information for “{heading}”, or confirm there is no identified risk, or remove the section"
    return f"Enter information for “{heading}”, or remove the section"


class SectionForm(Form):
    """The box of one section.

    ``for_saving=False``: one of its buttons was pressed. The box counts only when something was typed in it.
    """

    def __init__(
        self, data: Any = None, *, section: RiskSection, for_saving: bool = True, **kwargs: Any
    ) -> None:
        kwargs["initial"] = {"text": section.box_text} | kwargs.get("initial", {})
        super().__init__(data, **kwargs)
        self.section = section
        self.fields["text"] = TextAreaField(
            label="What will be shared",
            called=f"“{section.section_key.label}”",
            required=False,
            max_length=LONGEST_SHARED_TEXT,
            rows=10,
            label_size="s",
        )
        self.for_saving = for_saving
        self.is_stale = False
        self.is_conflict = False

    def is_as_shown(self, keys: Iterable[str]) -> bool:
        """Whether the section is still what the page showed. If not, it gets an error, and both texts."""
        if self.data.get("opened") == fingerprint(self.section):
            return True
        if not self.is_stale:
            self.is_stale = True
            self.add_error("text", CHANGED)
        return False

    @property
    def as_opened(self) -> dict[str, RiskSection]:
        """The section as the page showed it, when it says which it was."""
        return {self.section.key: self.section} if "opened" in self.data else {}

    def texts(self) -> dict[str, str]:
        """The box, when it may be saved."""
        return {self.section.key: self.cleaned_data["text"]} if "text" in self.cleaned_data else {}

    def refuse(self, reason: str, *, is_conflict: bool = False) -> None:
        """Say why nothing was saved; what was typed comes back."""
        self.is_conflict = self.is_conflict or is_conflict
        self.add_error(None, reason)

    def clean(self) -> dict[str, Any]:
        """Refuse a box that was changed after the page was opened."""
        cleaned = super().clean() or self.cleaned_data
        if "text" not in self.data:  # an absent box is not an emptied one
            cleaned.pop("text", None)
            if self.for_saving:
                self.add_error("text", INCOMPLETE)
            return cleaned
        typed = as_posted(self.section, with_plain_newlines(self.data["text"]))
        if typed == self.section.box_text and not self.for_saving:
            self.errors.pop("text", None)  # OASys's own text may be longer than a box takes
            cleaned["text"] = typed
        text = cleaned.get("text")
        if text is not None and self.for_saving and undecided(self.section) and text == self.section.box_text:
            self.add_error("text", _decide(self.section))
        elif text is not None:
            cleaned["text"] = as_posted(self.section, text)
            opened = self.data.get("opened")
            self.is_stale = (
                opened not in (None, fingerprint(self.section)) and cleaned["text"] != self.section.box_text
            )
            if self.is_stale:
                self.is_conflict = True
                self.add_error("text", CHANGED)
        elif self.data.get("opened") not in (None, fingerprint(self.section)):
            # Too long, and somebody saved meanwhile: both texts are shown, not only this one with its error.
            self.is_stale = self.is_conflict = typed != self.section.box_text
            if self.is_stale:
                self.add_error("text", CHANGED)
        return cleaned
