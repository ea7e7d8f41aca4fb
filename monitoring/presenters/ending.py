"""What ending a referral means and does, in words: before it is done, when it was, and for whoever reads it later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from govuk import template_filters as written
from monitoring.rules.case_facts import CaseFacts
from monitoring.rules.end_reasons import EndMeaning, meaning_of
from monitoring.rules.stages import report_due_when_ended

#: What the practitioner is about to do.
ABOUT_TO = {
    EndMeaning.WITHDRAWN_BEFORE: "You are withdrawing this referral before its first session.",
    EndMeaning.WITHDRAWN_AFTER: "You are withdrawing this referral after its first session.",
    EndMeaning.CLOSED_EARLY: "You are closing this referral early, because the intervention has been completed.",
}
#: What the practitioner has just done.
DONE = {
    EndMeaning.WITHDRAWN_BEFORE: "You have withdrawn the referral.",
    EndMeaning.WITHDRAWN_AFTER: "You have withdrawn the referral. The service provider will now write the end of "
    "service report.",
    EndMeaning.CLOSED_EARLY: "You have closed the referral early. The service provider will now write the end of "
    "service report.",
}
#: What somebody did, for both sides; their name stands in front.
DID = {
    EndMeaning.WITHDRAWN_BEFORE: "withdrew this referral before its first session",
    EndMeaning.WITHDRAWN_AFTER: "withdrew this referral after its first session",
    EndMeaning.CLOSED_EARLY: "closed this referral early",
}
NO_REPORT = "The service provider does not need to write an end of service report."


@dataclass(frozen=True, slots=True)
class Consequences:
    """What an end does: what it means, what follows from it, and which appointments it cancels."""

    meaning: str
    follows: tuple[str, ...]
    cancels: tuple[str, ...]


def consequences(
    facts: CaseFacts, reason: str, *, today: date, to_cancel: Iterable[str], unrecorded: int
) -> Consequences:
    """For a case with these facts. ``to_cancel``: in words. ``unrecorded``: how many have begun without feedback."""
    meaning = meaning_of(reason, sessions_attended=facts.sessions_attended)
    is_over = meaning == EndMeaning.WITHDRAWN_BEFORE
    due = report_due_when_ended(facts, on=today)
    follows = _end_now(unrecorded) if is_over else _end_later(due, unrecorded)
    return Consequences(
        ABOUT_TO[meaning],
        (*follows, "You cannot undo this. The referral cannot be changed or reopened."),
        tuple(to_cancel),
    )


def _end_now(unrecorded: int) -> tuple[str, ...]:
    lost = (
        f"The service provider will not be able to give feedback on {_appointments(unrecorded)} that already took "
        "place."
        if unrecorded
        else ""
    )
    return (
        f"The referral ends immediately. {NO_REPORT}",
        *filter(None, [lost]),
        "After that, you and the service provider can only add case notes and answer open questions.",
    )


def _end_later(due: date | None, unrecorded: int) -> tuple[str, ...]:
    recorded = (
        f" They can still give feedback on {_appointments(unrecorded).lower()} that already took place."
        if unrecorded
        else ""
    )
    return (
        f"The service provider must submit an end of service report by {written.date(due)}. "
        "The referral ends when they submit it.",
        f"They cannot arrange any more sessions.{recorded}",
        "After the report, you and the service provider can only add case notes and answer open questions.",
    )


def _appointments(count: int) -> str:
    return written.plural(count, "appointment")


def left_to_do(*, report_due: date | None, unrecorded: int) -> str:
    """What an ended referral leaves to the service provider, for both sides; ``report_due``: None when none is due."""
    if report_due is None:
        return "The service provider does not need to do anything else."
    first = f" give feedback on {_appointments(unrecorded)}, and" if unrecorded else ""
    return f"The service provider still needs to{first} submit the end of service report by {written.date(report_due)}."
