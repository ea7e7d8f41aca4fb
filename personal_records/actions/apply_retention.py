"""Blanking what is held of cases whose time is over. A dry run counts by the same queries that the run changes with.

Each case in a transaction of its own, looked at again under its lock: may run twice, be cut off, and meet anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.folded import FoldedQuerySet, KeepsFolded
from events import audit
from events.audit_months.sealing import blank_crns
from events.crn_changes.forgetting import forget
from events.crn_changes.numbers import ever_joined_with, numbers_of
from events.disclosures import blanking as disclosures
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from events.one_by_one import OneByOne
from monitoring.models import ReceivedReferral
from personal_records.blanking import DELETED, STAYS, blanks_of
from personal_records.held import HELD, By, Held
from personal_records.models import RetentionHold, RetentionRule, SubjectAccessExport
from referrals.models import Referral
from risk.models import RiskInformation
from risk.source_text import purge

Kind = RetentionRule.Kind


@dataclass(frozen=True, slots=True)
class Applied:
    """What one rule does, or would do, to one case: how many rows."""

    kind: str
    case: UUID
    reference: str
    rows: int


def apply_retention(*, now: datetime, dry_run: bool = False) -> Iterator[Applied]:
    """Every rule that is on, case by case; with ``dry_run`` nothing is changed. A case that fails holds up no other."""
    with OneByOne() as each:
        for rule in RetentionRule.objects.filter(is_on=True, days__isnull=False):
            cases = [*cases_over(rule, now).order_by("concluded_at", "pk").values_list("pk", flat=True)]
            applied = each(cases, partial(_apply, rule, now=now, dry_run=dry_run))
            yield from (done for done in applied if done is not None)


def _apply(rule: RetentionRule, case: UUID, *, now: datetime, dry_run: bool) -> Applied | None:
    """One rule to one case; None where its time is not over any more."""
    with transaction.atomic():
        # Locked by a statement of its own: one that waits for the lock does not see a hold that was placed meanwhile.
        [*ReceivedReferral.objects.unscoped().select_for_update().filter(pk=case).values_list("pk")]
        held = cases_over(rule, now).filter(pk=case).first()
        if held is None:
            return None
        does = _blank if rule.kind == Kind.CASE else _delete_messages
        rows = does(held, now=now, dry_run=dry_run)
    return Applied(rule.kind, held.pk, held.reference, rows)


def cases_over(rule: RetentionRule, now: datetime) -> QuerySet[ReceivedReferral]:
    """Cases whose time is over by a rule, on or off, and to which it was not applied. None for a rule without days.

    A hold counts under every CRN that was ever taken for the person's: what is blanked in error is gone.
    """
    if rule.days is None:
        return ReceivedReferral.objects.unscoped().none()
    kept = RetentionHold.objects.filter(ever_joined_with(OuterRef("crn")), lifted_at=None)
    ended = ReceivedReferral.objects.unscoped().filter(
        ~Exists(kept), concluded_at__lte=now - timedelta(days=rule.days)
    )
    if rule.kind == Kind.CASE:
        return ended.filter(blanked_at=None)
    return ended.filter(Exists(_settled().filter(referral=OuterRef("pk"))) | Exists(_settled_of_referral()))


def _settled() -> QuerySet[OutboxEntry]:
    return OutboxEntry.objects.filter(state__in=OutboxEntry.SETTLED)


def _settled_of_referral() -> QuerySet[OutboxEntry]:
    sent = Referral.objects.filter(received=OuterRef(OuterRef("pk"))).values("pk")
    return _settled().filter(referral__in=sent)


def _delete_messages(case: ReceivedReferral, *, now: datetime, dry_run: bool) -> int:
    ids = [case.pk, *Referral.objects.filter(received=case).values_list("pk", flat=True)]
    entries = _settled().filter(referral__in=ids)
    if dry_run:
        return entries.count()
    deleted, _ = entries.delete()
    audit.record(
        AuditAction.RETENTION_APPLIED, by=None, referral=case.pk, kind=Kind.MESSAGES.value, rows=deleted
    )
    return deleted


def _blank(case: ReceivedReferral, *, now: datetime, dry_run: bool) -> int:
    """Blank one case on both sides; how many rows."""
    referral = Referral.objects.select_for_update(of=("self",)).filter(received=case).first()
    crn = case.crn
    rows = 0
    for held in HELD:
        found = _rows(held, case, referral)
        if found is None:
            continue
        if held.label in DELETED:
            rows += found.count() if dry_run else found.delete()[0]
        elif held.label in STAYS:
            rows += _count_or_blank(found, now, dry_run=dry_run)
    rows += _blank_trail(case, referral, now=now, dry_run=dry_run)
    if not dry_run:
        _forget_person(crn, referral, now=now)
        audit.record(
            AuditAction.RETENTION_APPLIED, by=None, referral=case.pk, kind=Kind.CASE.value, rows=rows
        )
    return rows


def _rows(held: Held, case: ReceivedReferral, referral: Referral | None) -> QuerySet[Any] | None:
    """The rows of a table that belong to the case; None for a table that is not found by it."""
    if held.label not in STAYS and held.label not in DELETED:
        return None
    sides: list[ReceivedReferral | Referral | None] = [case, referral]
    if held.by == By.CASE:
        sides = [case]
    elif held.by == By.REFERRAL:
        sides = [referral]
    of = [row.pk for row in sides if row is not None]
    manager = FoldedQuerySet if issubclass(held.model, KeepsFolded) else QuerySet
    rows: QuerySet[Any] = manager(held.model)
    return rows.filter(**{f"{held.path}__in": of})


def _count_or_blank(rows: QuerySet[Any], now: datetime, *, dry_run: bool) -> int:
    changes = blanks_of(rows.model)
    if any(field.name == "blanked_at" for field in rows.model._meta.concrete_fields):
        rows = rows.filter(blanked_at=None)
        changes |= {"blanked_at": now}
    return rows.count() if dry_run else rows.update(**changes)


def _blank_trail(case: ReceivedReferral, referral: Referral | None, *, now: datetime, dry_run: bool) -> int:
    """The CRN in the audit trail, what the disclosure record says of people, and why messages were dismissed."""
    ids = [case.pk, *([referral.pk] if referral else [])]
    events = AuditEvent.objects.filter(~Q(crn=""), referral__in=ids, blanked_at=None)
    entries = DisclosureEvent.objects.filter(referral=case.pk, blanked_at=None)
    dismissed = OutboxEntry.objects.filter(~Q(dismissed_because=""), referral__in=ids)
    if dry_run:
        return events.count() + entries.count() + dismissed.count()
    return (
        blank_crns(events, at=now)
        + disclosures.blank(case.pk, at=now)
        + dismissed.update(dismissed_because="")
    )


def _forget_person(crn: str, referral: Referral | None, *, now: datetime) -> None:
    """What is not of the case alone: unshared corrections, and the CRN where no other case of the person is left."""
    if referral is not None:
        risks = RiskInformation.objects.filter(Q(pk=referral.pk) | Q(corrects=referral.pk))
        for risk in risks:
            purge(risk.pk)
        risks.update(crn="")
    numbers = numbers_of(crn)
    if not (
        Referral.objects.filter(crn__in=numbers).exists()
        or ReceivedReferral.objects.unscoped().filter(crn__in=numbers).exists()
    ):
        blank_crns(AuditEvent.objects.filter(crn__in=numbers, blanked_at=None), at=now)
        SubjectAccessExport.objects.filter(crn__in=numbers).update(crn="")
        RetentionHold.objects.filter(crn__in=numbers).update(crn="", reason="")
        forget(numbers, at=now)
