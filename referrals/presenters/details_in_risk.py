"""Sensitive details of the risk sections on their page: each section's text with what was found marked in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from govuk.template_filters import plural
from referrals.models import Decision
from referrals.sensitive_details.in_risk import RiskDetail
from referrals.sensitive_details.same_names import folded
from risk.models import RiskSection, SectionKey
from risk.sensitive_details.neutral_words import neutral_words


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a section's text, with the numbers of the details that it belongs to."""

    text: str
    details: tuple[DetailView, ...] = ()

    @property
    def is_decided(self) -> bool:
        """True when nothing about this run is left to decide."""
        return all(detail.decision for detail in self.details)


@dataclass(frozen=True, slots=True)
class DetailView:
    """One detail with its buttons."""

    id: str
    number: int
    words: str
    also: tuple[str, ...]  # other ways in which the same person is named
    category: str
    why: str
    where: str  # "4 times in 3 sections", or nothing
    neutral: tuple[str, ...]
    decision: str
    reason: str
    words_name: str
    reason_name: str
    reason_typed: str = ""
    words_typed: str = ""


@dataclass(slots=True)
class SectionDetails:
    """What one section shows: its marked text, the details that stand here first, and those shown further up."""

    pieces: list[Piece]
    here: list[DetailView] = field(default_factory=list)
    above: list[tuple[DetailView, SectionKey]] = field(default_factory=list)

    @property
    def to_decide(self) -> int:
        """Details of this section that nobody has decided about."""
        return sum(not view.decision for view in (*self.here, *(view for view, _ in self.above)))

    @property
    def count(self) -> str:
        """The same in words."""
        return f"{plural(self.to_decide, 'detail')} to decide" if self.to_decide else "All decided"


def words_name(detail_id: str) -> str:
    """The box for other words to use instead of a detail."""
    return f"words_{detail_id}"


def reason_name(detail_id: str) -> str:
    """The box for why a detail is kept."""
    return f"reason_{detail_id}"


def typed_beside(fields: Mapping[str, str], *, but: str = "") -> dict[str, str]:
    """What was typed in the small boxes beside details, other than the detail ``but``: no button has used it."""
    used = (words_name(but), reason_name(but))
    return {
        name: value
        for name, value in fields.items()
        if name.startswith((words_name(""), reason_name(""))) and name not in used and value.strip()
    }


def present(
    sections: Sequence[RiskSection],
    details: Sequence[RiskDetail],
    *,
    sex: str,
    typed: dict[str, str] | None = None,
) -> dict[str, SectionDetails]:
    """By section key; only sections in which something was found. ``typed``: what stands in the small boxes."""
    views = {
        detail.id: _view(number, detail, sex, typed or {}) for number, detail in enumerate(details, start=1)
    }
    shown: set[str] = set()
    result: dict[str, SectionDetails] = {}
    for section in sections:
        key = section.section_key
        found = [detail for detail in details if key in detail.spans]
        if not found:
            continue
        one = SectionDetails(_pieces(section.box_text, key, found, views))
        for detail in found:
            if detail.id in shown:
                one.above.append((views[detail.id], next(iter(detail.spans))))
            else:
                one.here.append(views[detail.id])
        shown |= {detail.id for detail in found}
        result[section.key] = one
    return result


def to_decide(details: Sequence[RiskDetail]) -> int:
    """How many of all details nobody has decided about."""
    return sum(detail.decision is None for detail in details)


def _view(number: int, detail: RiskDetail, sex: str, typed: dict[str, str]) -> DetailView:
    decision = detail.decision
    return DetailView(
        id=detail.id,
        number=number,
        words=detail.words,
        also=tuple(said for said in detail.said_as.values() if folded(said) != folded(detail.words)),
        category=detail.category.label,
        why=detail.why,
        where=_where(detail),
        neutral=neutral_words(detail.category, detail.words, sex=sex),
        decision=_decided(decision.decision) if decision else "",
        reason=decision.reason if decision else "",
        words_name=words_name(detail.id),
        reason_name=reason_name(detail.id),
        words_typed=typed.get(words_name(detail.id), ""),
        reason_typed=typed.get(reason_name(detail.id), ""),
    )


def _decided(decision: str) -> str:
    return "You decided to keep this" if decision == Decision.KEEP else "You decided this is not sensitive"


def _where(detail: RiskDetail) -> str:
    if detail.times == 1:
        return ""
    if len(detail.spans) == 1:
        return f"{plural(detail.times, 'time')} in this section"
    return f"{plural(detail.times, 'time')} in {plural(len(detail.spans), 'section')}"


def _pieces(
    text: str, key: SectionKey, found: Sequence[RiskDetail], views: dict[str, DetailView]
) -> list[Piece]:
    """The text cut wherever a detail begins or ends. Joining the pieces gives it back."""
    spans = [(start, end, views[detail.id]) for detail in found for start, end in detail.spans[key]]
    cuts = sorted({0, len(text), *(place for start, end, _ in spans for place in (start, end))})
    return [
        Piece(
            text[start:end],
            tuple(view for first, last, view in spans if first <= start and end <= last),
        )
        for start, end in zip(cuts, cuts[1:], strict=False)
    ]
