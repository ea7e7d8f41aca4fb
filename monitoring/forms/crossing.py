"""A form whose words go to the other side: what may be sensitive in them is pointed out once before they are used.

The one place for every form after sending, of both sides. Whoever asks ``is_valid`` cannot forget it: a form of which
something was pointed out is not valid until its author has seen that and sends it again, changed or not. Nothing of it
is stored; the page itself carries what it showed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.utils.crypto import salted_hmac

from accounts.models import User
from govuk.fields import HiddenField, TextAreaField
from govuk.forms import Form
from monitoring.access.staff_names import People
from monitoring.models import ReceivedReferral
from monitoring.rules.second_look import CaseWords, PointedOut, look

MARK = re.compile(r"\b[0-9a-f]{12}\b")
SHORTEST_NUMBER = 5  # characters: a house number alone would excuse too much


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something pointed out, and the box it stands in (``label``; ``place``, an id)."""

    words: str
    kind: str
    why: str
    label: str
    place: str


class SeenField(HiddenField):
    """What the page pointed out already. Never an error: a prompt must not stand in anybody's way."""

    def clean(self, value: Any) -> str:
        """The marks, and nothing else that may have been sent."""
        return " ".join(MARK.findall(str(value or "")))


class CrossingForm(Form):
    """Looked at before it is valid.

    ``received`` and ``by``: the case, and who writes. ``stored``: texts that are kept already, such as of a draft, and
    were looked at then.
    """

    details_seen = SeenField(required=False)
    #: Boxes of one line that hold words of the author's own, besides every text area.
    lines: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        *args: Any,
        received: ReceivedReferral,
        by: User,
        stored: Iterable[str | None] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._received, self._by = received, by
        self._stored = [text for text in stored if text]

    def is_valid(self) -> bool:
        """No errors, and nothing that its author has not been shown."""
        return super().is_valid() and not self.noticed

    def _clean_fields(self) -> None:
        super()._clean_fields()
        self._seen = set(self.cleaned_data.pop("details_seen", "").split())

    @property
    def noticed(self) -> Sequence[Noticed]:
        """What the page has not shown yet."""
        return self._noticed_now

    @cached_property
    def _noticed_now(self) -> list[Noticed]:
        """Worked out once: from then on the page carries that it shows them."""
        if not self.is_bound:
            return []
        self.errors  # noqa: B018 (cleans the form)
        boxes = [name for name in self.fields if self._is_looked_at(name) and self.cleaned_data.get(name)]
        case = case_words(self._received, self._by) if boxes else None
        if case is None:
            return []
        found = look(case, [self.cleaned_data[name] for name in boxes])
        marks = {_mark(one) for here in found for one in here}
        if not marks <= self._seen:
            self._seen |= self._in_store(case)
        if marks <= self._seen:
            return []
        noticed: dict[str, Noticed] = {}
        for name, here in zip(boxes, found, strict=True):
            for one in here:
                if (mark := _mark(one)) not in self._seen:
                    noticed.setdefault(mark, self._in_box(one, name))
        data: Any = copy(self.data)
        data[self.add_prefix("details_seen")] = " ".join(sorted(marks | self._seen))
        self.data = data
        return [*noticed.values()]

    def _is_looked_at(self, name: str) -> bool:
        return isinstance(self.fields[name], TextAreaField) or name in self.lines

    def _in_store(self, case: CaseWords) -> set[str]:
        return {_mark(one) for here in look(case, self._stored) for one in here} if self._stored else set()

    def _in_box(self, one: PointedOut, name: str) -> Noticed:
        box = self[name]
        return Noticed(one.words, one.kind, one.why, str(box.label), box.first_id)  # type: ignore[attr-defined]


def _mark(one: PointedOut) -> str:
    """What a page carries of words that it showed: it says nothing about them."""
    return salted_hmac("monitoring.forms.crossing", one.same, algorithm="sha256").hexdigest()[:12]


def case_words(received: ReceivedReferral, by: User) -> CaseWords:
    """Only what both sides know: another answer would say something about what was kept back."""
    people = (
        received.person_name,
        received.practitioner_name,
        received.back_up_name,
        received.contact_name,
        received.sent_by,
        by.display_name,
        People([received.caseworker_id])[received.caseworker_id].name if received.caseworker_id else "",
    )
    places = (
        received.establishment,
        received.contact_place,
        received.expected_office,
        received.practitioner_office,
        received.practitioner_pdu,
        received.back_up_office,
        received.back_up_pdu,
        received.intervention_title,
        received.contract_type,
    )
    numbers = (
        received.crn,
        received.prison_number,
        received.reference,
        received.person_telephone,
        received.person_mobile,
        received.person_email,
        received.practitioner_email,
        received.practitioner_phone,
        received.practitioner_team_phone,
        received.back_up_email,
        received.back_up_phone,
        received.back_up_team_phone,
        received.contact_email,
        received.contact_phone,
        by.email,
    )
    return CaseWords(
        people=tuple(name for name in people if name),
        places=tuple(place for place in places if place),
        numbers=tuple(number for number in numbers if len(number) >= SHORTEST_NUMBER),
        sex=received.person_sex,
        is_supplier=by.is_supplier,
    )
