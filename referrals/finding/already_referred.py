"""Referrals of the same person to the same service that are not over: something to warn of, never to forbid (F5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import User
from govuk.addresses import reverse
from govuk.template_filters import date
from monitoring.rules.stages import OPEN
from prepared.queries import PreparedQuery
from referrals.access.managed import managed_crns
from referrals.models import Referral


@dataclass(frozen=True, slots=True)
class ExistingReferral:
    """One of them in a sentence, and where its reader may go to see it. ``short``: for a card."""

    short: str
    sentence: str
    link: str
    href: str


def already_referred(
    user: User, crn: str, contracts: Collection[int], *, besides: UUID | None = None
) -> dict[int, list[ExistingReferral]]:
    """For each contract what there is already: drafts of ``user``, and what anybody sent and is still open.

    One statement. nDelius is asked whom ``user`` manages only when somebody else sent one.
    """
    but: dict[str, Any] = {} if besides is None else {"besides": besides}
    rows = [_Same._make(row) for row in _SAME.rows(user=user.pk, crn=crn, contracts=[*contracts], **but)]
    follows = any(row.created_by_id != user.pk for row in rows) and crn in managed_crns(user, including=crn)[0]
    found: dict[int, list[ExistingReferral]] = {}
    for row in rows:
        found.setdefault(row.contract_id, []).append(_in_words(row, user, follows))
    return found


class _Same(NamedTuple):
    """What is read of one of them."""

    pk: UUID
    created_by_id: int
    created_at: datetime
    sent_at: datetime | None
    reference: str
    contract_id: int


def _same(
    *, user: int, crn: str, contracts: list[int], besides: UUID | None = None
) -> QuerySet[Referral, tuple[Any, ...]]:
    theirs = Q(created_by=user, sent_at__isnull=True)
    still_open = Q(sent_at__isnull=False, received__stage__in=OPEN)
    same = Referral.objects.filter(theirs | still_open, crn=crn, contract__in=contracts)
    if besides is not None:
        same = same.exclude(pk=besides)
    return same.order_by("created_at").values_list(*_Same._fields)


_SAME = PreparedQuery(_same)


def _in_words(referral: _Same, user: User, follows: bool) -> ExistingReferral:
    is_own = referral.created_by_id == user.pk
    if referral.sent_at is None:
        return ExistingReferral(
            f"You have a draft for this service, started on {date(referral.created_at)}",
            f"You started a referral of this person to this service on {date(referral.created_at)}"
            " and have not sent it",
            "Continue that draft",
            reverse("referrals:resume", args=[referral.pk]),
        )
    short = f"sent a referral on {date(referral.sent_at)}, and it is still open"
    sent = (
        f"referred this person to this service on {date(referral.sent_at)}, and that referral is still open"
    )
    if is_own or follows:
        return ExistingReferral(
            f"{'You' if is_own else 'Another practitioner'} {short}",
            f"{'You' if is_own else 'Another practitioner'} {sent}",
            f"View referral {referral.reference}",
            reverse("referrals:case", args=[referral.pk]),
        )
    return ExistingReferral(
        f"Another practitioner {short}",
        f"Another practitioner {sent}",
        "Open it by CRN, giving a reason",
        reverse("referrals:open_by_crn"),
    )
