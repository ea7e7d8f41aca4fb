"""The details of the probation practitioner beside what nDelius says of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from govuk.addresses import reverse
from integrations.failure_wording import NDELIUS, not_known
from referrals.journey.answers import Practitioner
from referrals.journey.practitioner_details import DETAILS, Detail
from referrals.journey.records import OfficerInNdelius
from referrals.models import Referral

NOT_FOUND = "Not found"  # the seed's word
NOT_KNOWN = "Not known"  # nDelius sent it in a way that we cannot read
NOT_PROVIDED = "Not provided"  # nDelius was never asked for it


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One detail. ``ndelius_says`` is a sentence, there only when something else stands here."""

    label: str
    called: str
    value: str
    is_there: bool
    ndelius_says: str
    may_use_ndelius: bool
    change_href: str
    delete_href: str
    error: str


def rows(
    draft: Referral,
    answers: Practitioner,
    officer: OfficerInNdelius | None,
    missing: Collection[Detail] = (),
) -> list[DetailRow]:
    """Every detail in order; ``missing`` ones carry their error."""
    return [_row(draft, answers, officer, one, is_missing=one in missing) for one in DETAILS]


def _row(
    draft: Referral, answers: Practitioner, officer: OfficerInNdelius | None, one: Detail, *, is_missing: bool
) -> DetailRow:
    value = one.of(answers)
    may_delete = bool(value) and not one.is_needed
    return DetailRow(
        label=one.label,
        called=one.called,
        value=value or _gap(officer, one),
        is_there=bool(value),
        ndelius_says=says(answers, officer, one),
        may_use_ndelius=may_use_ndelius(answers, officer, one),
        change_href=reverse("referrals:practitioner_change", args=[draft.pk, one.slug]),
        delete_href=reverse("referrals:practitioner_delete", args=[draft.pk, one.slug]) if may_delete else "",
        error=needed(one) if is_missing else "",
    )


def _gap(officer: OfficerInNdelius | None, one: Detail) -> str:
    if officer is not None and one.in_ndelius in officer.unread:
        return NOT_KNOWN
    return NOT_FOUND if one.in_ndelius else NOT_PROVIDED


def unread(officer: OfficerInNdelius | None) -> str:
    """That nDelius sent details of the practitioner that we cannot read, or nothing."""
    named = officer.unread if officer is not None else ()
    return not_known(NDELIUS, [one.label for one in DETAILS if one.in_ndelius in named])


def needed(one: Detail) -> str:
    """What to do about a detail without which the referral cannot be sent."""
    return f"Enter the practitioner’s {one.called}"


def says(answers: Practitioner, officer: OfficerInNdelius | None, one: Detail) -> str:
    """What nDelius says, when something else stands here."""
    said = one.in_record(officer)
    if officer is None or not one.in_ndelius or said == one.of(answers):
        return ""
    if not said and one.in_ndelius in officer.unread:
        return f"nDelius sent a {one.called} that we cannot read."
    return f"nDelius says: {said}" if said else f"nDelius has no {one.called}."


def may_use_ndelius(answers: Practitioner, officer: OfficerInNdelius | None, one: Detail) -> bool:
    """Whether nDelius says something else that can be taken."""
    said = one.in_record(officer)
    return bool(said) and said != one.of(answers)


def errors(rows_shown: list[DetailRow]) -> list[dict[str, str]]:
    """The error summary: each line leads to the page where the detail is entered."""
    return [{"text": row.error, "href": row.change_href} for row in rows_shown if row.error]
