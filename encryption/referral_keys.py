"""The key of a referral: made when the first text is encrypted, destroyed when that text is to be unreadable.

Unwrapped keys are remembered for one request or task, in this process only.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from asgiref.local import Local
from django.db import transaction
from django.db.models import Model, OuterRef, QuerySet, Subquery

from encryption import outer_keys
from encryption.models import ReferralKey
from prepared.queries import PreparedQuery

Row = TypeVar("Row", bound=Model)
A_BATCH = 500  # keys wrapped anew in one transaction


class KeyDestroyed(Exception):
    """What was encrypted can no longer be read: its key was destroyed, on purpose."""


@dataclass(slots=True)
class _Unwrapped:
    """Keys of this request or task. ``new``: made in it, and perhaps rolled back again. ``read``: not opened yet."""

    by_id: dict[UUID, tuple[UUID, bytes]] = field(default_factory=dict)
    by_referral: dict[UUID, tuple[UUID, bytes]] = field(default_factory=dict)
    new: set[UUID] = field(default_factory=set)
    read: dict[UUID, ReferralKey] = field(default_factory=dict)


_READ_WITH = ("id", "wrapped_key", "outer_key")
_BY_ID = PreparedQuery(lambda key: ReferralKey.objects.filter(pk=key))
_OF_REFERRAL = PreparedQuery(lambda referral: ReferralKey.objects.filter(referral_id=referral))
_local = Local()


def _unwrapped() -> _Unwrapped:
    held: _Unwrapped | None = getattr(_local, "held", None)
    if held is None:
        held = _local.held = _Unwrapped()
    return held


def forget_unwrapped(**_: Any) -> None:
    """Forget every unwrapped key: a request or task begins or ends."""
    _local.held = _Unwrapped()


def key_to_encrypt(referral_id: UUID) -> tuple[UUID, bytes]:
    """The key that a referral has now, and its id; made if there is none."""
    held = _unwrapped()
    if referral_id in held.by_referral:
        return held.by_referral[referral_id]
    row = _OF_REFERRAL.first(referral=referral_id) or _make(referral_id)
    key = row.pk, _opened(row)
    if referral_id not in held.new:  # a key that is rolled back must not encrypt what is written after that
        held.by_referral[referral_id] = key
    return key


def with_keys(referrals: QuerySet[Row]) -> QuerySet[Row]:
    """Referrals, each with its key, so that no other statement reads it. Hand each to ``came_with``."""
    key = ReferralKey.objects.filter(referral_id=OuterRef("pk"))
    return referrals.annotate(**{f"its_{name}": Subquery(key.values(name)) for name in _READ_WITH})


def came_with(referral: Any, *, is_locked: bool = False) -> None:
    """Take the key that a referral was read with. ``is_locked``: the key is the one to encrypt with, too."""
    values = {name: getattr(referral, f"its_{name}") for name in _READ_WITH}
    if values["id"] is None:
        return
    row, held = ReferralKey(referral_id=referral.pk, **values), _unwrapped()
    held.read[row.pk] = row
    if is_locked:
        held.by_referral[referral.pk] = row.pk, _opened(row)


def load(referral_ids: Iterable[UUID]) -> None:
    """Fetch the keys of many referrals in one query, for a list that reads what they hold."""
    held = _unwrapped()
    for row in ReferralKey.objects.filter(referral_id__in=list(referral_ids)):
        held.by_id[row.pk] = row.referral_id, _opened(row)


def key_to_decrypt(key_id: UUID, referral_id: UUID) -> bytes:
    """A key by its id. Raises KeyDestroyed when there is no such key of this referral."""
    held = _unwrapped()
    if key_id not in held.by_id:
        row = held.read.get(key_id) or _BY_ID.first(key=key_id)
        if row is None:
            raise KeyDestroyed
        held.by_id[key_id] = row.referral_id, _opened(row)
    of, key = held.by_id[key_id]
    if of != referral_id:
        raise KeyDestroyed
    return key


def _make(referral_id: UUID) -> ReferralKey:
    key_id = ReferralKey._meta.pk.get_default()
    row, is_new = ReferralKey.objects.get_or_create(
        referral_id=referral_id,
        defaults={
            "pk": key_id,
            "wrapped_key": outer_keys.wrap(
                os.urandom(outer_keys.KEY), key_id=key_id, referral_id=referral_id
            ),
            "outer_key": outer_keys.in_use(),
        },
    )
    if is_new:
        new = _unwrapped().new
        new.add(referral_id)
        transaction.on_commit(lambda: new.discard(referral_id))
    return row


def _opened(row: ReferralKey) -> bytes:
    return outer_keys.unwrap(
        bytes(row.wrapped_key), by=row.outer_key, key_id=row.pk, referral_id=row.referral_id
    )


def destroy(referral_id: UUID) -> None:
    """Delete a referral's key. Call inside the transaction that deletes, shares or lets end what it encrypts."""
    ReferralKey.objects.filter(referral_id=referral_id).delete()
    held = _unwrapped()
    held.read = {key_id: row for key_id, row in held.read.items() if row.referral_id != referral_id}
    gone = held.by_referral.pop(referral_id, None)
    if gone is not None:
        held.by_id.pop(gone[0], None)


def wrap_anew() -> int:
    """Wrap every key by the outer key in use that is still wrapped by another; how many.

    A batch a transaction, so that nobody waits for the whole; what a referral encrypts meanwhile is not touched.
    """
    now, done = outer_keys.in_use(), 0
    while True:
        with transaction.atomic():
            rows = list(
                ReferralKey.objects.select_for_update().exclude(outer_key=now).order_by("pk")[:A_BATCH]
            )
            for row in rows:
                row.wrapped_key = outer_keys.wrap(_opened(row), key_id=row.pk, referral_id=row.referral_id)
                row.outer_key = now
            ReferralKey.objects.bulk_update(rows, ["wrapped_key", "outer_key"])
        done += len(rows)
        if len(rows) < A_BATCH:
            return done
