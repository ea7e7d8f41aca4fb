"""Referrals as the actions leave them: made through the actions once a worker, and copied row by row from then on.

Making a referral that was sent takes some thirty actions. The same person, contract, author, day and texts leave the
same rows, but for keys, moments, the reference number and the seal over them, so the rows are remembered. A test holds
a copy against what the actions leave, over every table.

Made through the actions each time: in a test that commits, so that what follows a commit follows, and on a day on
which a system fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from accounts.models import User
from encryption import fields as encrypted
from encryption.models import ReferralKey
from encryption.referral_keys import key_to_encrypt
from events import outbox
from events.models import AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from interventions.models import Contract
from monitoring.actions.record_disclosure import record_shared
from monitoring.handover.seal import seal
from monitoring.models import (
    ReceivedCriminogenicNeed,
    ReceivedOutcome,
    ReceivedReferral,
    ReceivedService,
    ServiceLevel,
    ShareVersion,
)
from referrals.handover import reference_number
from referrals.models import ChosenService, Referral
from risk.models import Declaration, RiskInformation, RiskSection, RiskSnapshot, SectionChange
from upstream_stub import adapter
from upstream_stub.people.everyone import PEOPLE

Columns = dict[str, Any]

#: Whose rows are copied, and where they say which received referral, or which draft, they belong to; in an order in
#: which each refers only to rows that are there.
OF_RECEIVED: tuple[tuple[type[models.Model], str], ...] = (
    (ReceivedReferral, "pk"),
    (ReceivedService, "received"),
    (ReceivedOutcome, "service__received"),
    (ReceivedCriminogenicNeed, "received"),
    (ShareVersion, "received"),
)
OF_DRAFT: tuple[tuple[type[models.Model], str], ...] = (
    (RiskInformation, "pk"),
    (RiskSection, "risk"),
    (SectionChange, "section__risk"),
    (RiskSnapshot, "risk"),
    (Declaration, "risk"),
    (Referral, "pk"),
    (ChosenService, "referral"),
    (ChosenService.outcomes.through, "chosenservice__referral"),
)
OF_BOTH: tuple[type[models.Model], ...] = (AuditEvent, OutboxEntry)
COPIED = {model for model, _ in (*OF_RECEIVED, *OF_DRAFT)} | {*OF_BOTH}
#: Nothing to copy: encrypting the copy makes its key, and the disclosure record seals each event to those before it.
MADE_ANEW = {ReferralKey, DisclosureEvent}
_INSERT = re.compile(r'INSERT (?:OR \w+ )?INTO "(\w+)"')
A_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Left:
    """What the actions left behind."""

    referral_id: UUID
    received_id: UUID | None
    began: datetime
    rows: list[tuple[type[models.Model], list[Columns]]]


_left: dict[str, _Left] = {}


def made(
    how: Callable[[], Referral], kind: str, by: User, *, crn: str, contract: str, **texts: str
) -> Referral:
    """What ``how`` makes through the actions: by itself the first time, as a copy of its rows from then on."""
    if adapter.state().faults or PEOPLE[crn].faults or not connection.in_atomic_block:
        return how()
    key = _key(kind, by, crn, contract, texts)
    if key in _left:
        return _copy(_left[key], by)
    began = timezone.now()
    tables: set[str] = set()
    with connection.execute_wrapper(_noting(tables)):
        referral = how()
    _left[key] = _read(referral, began, tables)
    return referral


def _key(kind: str, by: User, crn: str, reference: str, texts: dict[str, str]) -> str:
    """All that decides what is left, but for what no test changes."""
    contract = Contract.objects.select_related("contract_type", "prime").get(reference=reference)
    author = {name: value for name, value in _columns(by).items() if name not in ("last_login", "password")}
    return repr(
        (
            kind,
            crn,
            sorted(texts.items()),
            author,
            [_columns(one) for one in (contract, contract.contract_type, contract.prime)],
            [*contract.categories().order_by("pk").values_list("pk", "name")],
            [*ServiceLevel._base_manager.order_by("pk").values_list()],
            timezone.localdate(),
            settings.DECLARATION_KEY,
        )
    )


def _noting(tables: set[str]) -> Callable[..., Any]:
    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if found := _INSERT.match(sql):
            tables.add(found.group(1))
        return execute(sql, params, many, context)

    return note


def _read(referral: Referral, began: datetime, tables: set[str]) -> _Left:
    unknown = tables - {model._meta.db_table for model in COPIED | MADE_ANEW}
    assert not unknown, f"nobody copies the rows of {unknown}"
    ids = [one for one in (referral.pk, referral.received_id) if one]
    asked: list[tuple[type[models.Model], dict[str, Any]]] = [
        *((model, {path: referral.received_id}) for model, path in OF_RECEIVED if referral.received_id),
        *((model, {path: referral.pk}) for model, path in OF_DRAFT),
        *((model, {"referral__in": ids}) for model in OF_BOTH),
    ]
    rows = [
        (model, [_columns(row) for row in _in_order(model._base_manager.filter(**of))]) for model, of in asked
    ]
    return _Left(referral.pk, referral.received_id, began, [(model, found) for model, found in rows if found])


def _in_order(rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
    if rows.model in OF_BOTH:
        return rows.order_by("at" if rows.model is AuditEvent else "created_at")
    is_numbered = isinstance(rows.model._meta.pk, models.AutoField)
    return rows.order_by("pk") if is_numbered else rows.order_by()


def _columns(row: models.Model) -> Columns:
    return {one.attname: getattr(row, one.attname) for one in row._meta.concrete_fields}


def _copy(left: _Left, by: User) -> Referral:
    copying = _Copying(left)
    with mock.patch.object(encrypted, "key_to_encrypt", copying.key):
        for model, rows in left.rows:
            if model is AuditEvent:
                copying.record_disclosures(by)
                rows = copying.since_disclosed(rows)
            copying.write(model, rows)
    for entry in copying.written.get(OutboxEntry, {}).values():
        outbox._start_after_commit(entry)  # as ``enqueue`` does
    return Referral.objects.get(pk=copying.anew(left.referral_id))


class _Copying:
    """One copy: which key stands for which, and what moment for which."""

    def __init__(self, left: _Left) -> None:
        self.left = left
        self.keys: dict[UUID, UUID] = {}
        self.written: dict[type[models.Model], dict[Any, models.Model]] = {}
        self.moments = _now_in_order(left)
        self.reference = ""
        self._key: tuple[UUID, bytes] | None = None

    def anew(self, key: UUID) -> UUID:
        """The key of the copy in place of one that was remembered."""
        return self.keys.setdefault(key, uuid4())

    def key(self, referral_id: UUID) -> tuple[UUID, bytes]:
        """Asked for once, not for each field; nobody rolls it back before the copy is done."""
        if self._key is None:
            self._key = key_to_encrypt(referral_id)
        return self._key

    def write(self, model: type[models.Model], rows: list[Columns]) -> None:
        """The rows of one table."""
        made = [self._row(model, columns) for columns in rows]
        if model is ShareVersion:
            for share in made:
                share.handover_hash = seal(share.received.as_handover(share))
        model._base_manager.bulk_create(made)
        pk = model._meta.pk.attname
        self.written[model] = {columns[pk]: row for columns, row in zip(rows, made, strict=True)}

    def record_disclosures(self, by: User) -> None:
        """As receiving does; its event in the audit trail holds the hash, and so is not copied either."""
        for share in self.written.get(ShareVersion, {}).values():
            assert isinstance(share, ShareVersion)
            received = share.received
            record_shared(received, share, received.as_handover(share), by=by, at=received.received_at)

    def since_disclosed(self, events: list[Columns]) -> list[Columns]:
        """The other events. Those that came after it come after it."""
        actions = [event["action"] for event in events]
        if AuditAction.DISCLOSURE_RECORDED not in actions:
            return events
        place = actions.index(AuditAction.DISCLOSURE_RECORDED)
        now = timezone.now()
        for number, event in enumerate(events[place + 1 :]):
            self.moments[event["at"]] = now + number * A_MICROSECOND
        return events[:place] + events[place + 1 :]

    def _row(self, model: type[models.Model], columns: Columns) -> Any:
        row = model()
        for one in model._meta.concrete_fields:
            value = columns[one.attname]
            if one.remote_field and value in (there := self.written.get(one.remote_field.model, {})):
                setattr(row, one.name, there[value])
            elif not isinstance(one, models.AutoField):
                setattr(row, one.attname, self._value(one, value))
        return row

    def _value(self, field: models.Field[Any, Any], value: Any) -> Any:
        if isinstance(value, UUID):
            return self.anew(value)
        if isinstance(value, datetime):
            return self.moments.get(value, value)
        if value and field.name == "reference":
            self.reference = self.reference or reference_number.draw(value[-2:])
            return self.reference
        if field.model is OutboxEntry and field.name == "key":
            kind, _, of = value.rpartition(":")
            return f"{kind}:{self.anew(UUID(of))}"
        return value


def _now_in_order(left: _Left) -> dict[datetime, datetime]:
    """Moments since the actions began become now, one after the other; those before them stay."""
    held: Iterable[Any] = (value for _, rows in left.rows for columns in rows for value in columns.values())
    since = sorted({value for value in held if isinstance(value, datetime) and value >= left.began})
    now = timezone.now()
    return {moment: now + number * A_MICROSECOND for number, moment in enumerate(since)}
