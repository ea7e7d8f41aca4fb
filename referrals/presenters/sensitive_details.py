"""The page "Check for sensitive details" in words: each detail under its text, with its question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from govuk.questions import BoundQuestion
from referrals.forms.sensitive_details import DetailsForm
from referrals.models import SensitiveDetailDecision
from referrals.sensitive_details.undecided import Detail


@dataclass(frozen=True, slots=True)
class DetailView:
    """One detail as the page shows it."""

    number: int
    category: str
    words: str
    before: str
    after: str
    why: str
    times: str
    question: BoundQuestion


@dataclass(frozen=True, slots=True)
class TextView:
    """One text with what was found in it."""

    heading: str
    address: str
    details: list[DetailView]


@dataclass(frozen=True, slots=True)
class DecidedView:
    """One decision that still has its words."""

    number: int
    pk: int
    heading: str
    category: str
    words: str
    decision: str
    reason: str


def texts(details: Sequence[Detail], form: DetailsForm, *, first: int) -> list[TextView]:
    """The details of one page under their texts, numbered from ``first``."""
    numbered = list(enumerate(details, start=first))
    return [
        TextView(written.heading, written.address, [_detail(number, detail, form) for number, detail in run])
        for written, run in groupby(numbered, key=lambda pair: pair[1].written)
    ]


def _detail(number: int, detail: Detail, form: DetailsForm) -> DetailView:
    return DetailView(
        number=number,
        category=detail.category.label,
        words=detail.words,
        before=detail.before,
        after=detail.after,
        why=detail.why,
        times=f"It appears {detail.times} times in this text." if detail.times > 1 else "",
        question=form.question_about(detail),
    )


def decided(pairs: Sequence[tuple[Detail, SensitiveDetailDecision]], *, first: int) -> list[DecidedView]:
    """What was decided, to look up and to take back, numbered from ``first``."""
    return [
        DecidedView(
            number=number,
            pk=decision.pk,
            heading=detail.written.heading,
            category=detail.category.label,
            words=detail.words,
            decision=decision.get_decision_display(),
            reason=decision.reason,
        )
        for number, (detail, decision) in enumerate(pairs, start=first)
    ]
