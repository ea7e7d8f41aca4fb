"""Adding a correction to the record, and keeping what follows from it, in the transaction of whoever moves the rows.

Every CRN leads to one other at most, and never back to itself: both are refused here, whoever corrects.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from accounts.models import User
from events.crn import is_crn
from events.crn_changes.models import CrnChange, FormerCrn
from events.refusals import OutOfDate, Refused

MEANWHILE = "Someone else corrected a CRN at the same time. Check again before you continue."
SAME = "The new CRN must be different from the old CRN."
NOT_A_CRN = "A CRN is 1 letter and 6 numbers."
UNDONE_BEFORE = "This correction was undone before."
BLANKED = "The details of this correction were deleted."
UNDO_OF_UNDO = "This correction undoes another. Correct the CRN again instead."


def record(
    *, old: str, new: str, source: CrnChange.Source, reason: str, by: User, at: datetime,
    differences: Sequence[str] = (),
) -> CrnChange:  # fmt: skip
    """From now on ``new`` is the CRN of whoever had ``old``, and the one for all that led to ``old``.

    Raises Refused (see ``why_not``), and OutOfDate when somebody corrected a CRN at the same moment.
    """
    last = _last()  # first: a correction that this does not count is one that the checks below may not see
    if refused := why_not(old, new):
        raise Refused(refused, code="crn")
    change = _add(
        CrnChange(
            number=last + 1, old_crn=old, new_crn=new, source=source, reason=reason, by=by,
            by_name=by.display_name, at=at, differences=[*differences],
        )
    )  # fmt: skip
    FormerCrn.objects.filter(current=old).update(current=new)
    FormerCrn.objects.create(former=old, current=new, change=change)
    return change


def record_undone(
    *, change: CrnChange, source: CrnChange.Source, reason: str, by: User, at: datetime
) -> tuple[CrnChange, frozenset[str]]:
    """Take a correction back; answers the row that says so, and which CRNs are known by the old one again.

    Its ``old_crn`` is the CRN that these were known by until now. Raises as ``record`` does.
    """
    last = _last()
    if refused := why_not_undone(change):
        raise Refused(refused, code="crn")
    now, again = known_again(change)
    undone = _add(
        CrnChange(
            number=last + 1, old_crn=now, new_crn=change.old_crn, undoes=change, source=source, reason=reason, by=by,
            by_name=by.display_name, at=at,
        )
    )  # fmt: skip
    FormerCrn.objects.filter(former=change.old_crn).delete()
    FormerCrn.objects.filter(former__in=again).update(current=change.old_crn)
    return undone, again


def known_again(change: CrnChange) -> tuple[str, frozenset[str]]:
    """By which CRN the person is known now (later corrections may have led further), and which CRNs are known by the
    old one again when a correction that stands is taken back. Two statements.
    """
    now = FormerCrn.objects.get(change=change).current
    led_to = dict(FormerCrn.objects.filter(current=now).values_list("former", "change__new_crn"))
    again = {change.old_crn}
    while more := {former for former, next_one in led_to.items() if next_one in again} - again:
        again |= more
    return now, frozenset(again)


def why_not(old: str, new: str) -> str:
    """Why ``old`` cannot become ``new``, in words for whoever corrects; empty when it can. One statement."""
    if not (is_crn(old) and is_crn(new)):
        return NOT_A_CRN
    if old == new:
        return SAME
    former = {row.former: row for row in FormerCrn.objects.filter(former__in=(old, new))}
    if old in former:
        now = former[old].current
        return f"CRN {old} was corrected before: it is now {now}. Correct that CRN, or undo the correction."
    if new in former and former[new].current == old:
        return f"CRN {new} was replaced by {old}. To go back to {new}, undo that correction."
    if new in former:
        return f"CRN {new} was replaced by {former[new].current}. Enter that CRN."
    return ""


def why_not_undone(change: CrnChange) -> str:
    """Why a correction cannot be taken back; empty when it can. Two statements."""
    if change.undoes_id is not None:
        return UNDO_OF_UNDO
    if change.blanked_at is not None:
        return BLANKED
    return "" if FormerCrn.objects.filter(change=change).exists() else UNDONE_BEFORE


def _last() -> int:
    return CrnChange.objects.aggregate(last=Max("number"))["last"] or 0


def _add(change: CrnChange) -> CrnChange:
    """The next one, if nobody else has added one since: the second waits for the first, and is refused."""
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError:
        raise OutOfDate(MEANWHILE) from None
    return change
