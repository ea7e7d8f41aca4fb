"""Fields that are encrypted at rest, by the key of the referral that their row belongs to.

A row is decrypted when the field is read, in memory only. The model says where its referral is with ``SOURCE_OF``, a
path such as ``section__risk_id``; ``None`` there means that the row belongs to no referral, and its text is kept as it
is. What is encrypted is bound to the referral and the field: moved elsewhere, it does not open.

Empty text is stored as nothing, so that it can be set, and asked for, without a key.
"""

from __future__ import annotations

import json
import os
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute

from encryption.outer_keys import NONCE
from encryption.referral_keys import key_to_decrypt, key_to_encrypt

Value = TypeVar("Value")
PLAIN, ENCRYPTED = b"\x00", b"\x01"  # how a stored value begins
_UUID = 16  # bytes


class NotReadable(Exception):
    """An encrypted value was moved from where it was written, or changed. Says which field, never what it holds."""


class NeedsItsRow(TypeError):
    """Text was to be written without its row, and so without its referral's key. Save the row instead."""


class Stored(bytes):
    """What the database holds, as it came from there."""


class _DecryptedWhenRead(DeferredAttribute):
    """The attribute of a row: stored bytes until somebody reads it."""

    field: EncryptedField[Any]

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        held, name = instance.__dict__, self.field.attname
        value = held[name] if name in held else super().__get__(instance, cls)
        if isinstance(value, Stored):
            value = held[name] = self.field.decrypted(value, instance)
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


if TYPE_CHECKING:
    _Field = models.Field
else:

    class _Field(models.BinaryField):
        """Bytes to the database; generic to type checkers only."""

        def __class_getitem__(cls, _: Any) -> Any:
            return cls


class EncryptedField(_Field[Value, Value], Generic[Value]):
    """What text and JSON have in common."""

    descriptor_class = _DecryptedWhenRead
    empty: Any = None

    def as_bytes(self, value: Value) -> bytes:
        """A value as it is encrypted."""
        raise NotImplementedError

    def from_bytes(self, held: bytes) -> Value:
        """A value that was decrypted."""
        raise NotImplementedError

    def is_empty(self, value: Any) -> bool:
        """Whether there is nothing to encrypt."""
        return bool(value == self.empty)

    def encrypted(self, instance: models.Model) -> Stored | None:
        """The row's value as it is stored."""
        if self.attname not in instance.__dict__:
            getattr(instance, self.attname)  # deferred: loaded now
        value = instance.__dict__[self.attname]
        if value is None or isinstance(value, Stored):
            return value
        if self.is_empty(value):
            return Stored()
        referral_id = _referral_of(instance)
        if referral_id is None:
            return Stored(PLAIN + self.as_bytes(value))
        key_id, key = key_to_encrypt(referral_id)
        nonce = os.urandom(NONCE)
        sealed = AESGCM(key).encrypt(nonce, self.as_bytes(value), self._bound_to(referral_id))
        return Stored(ENCRYPTED + key_id.bytes + nonce + sealed)

    def decrypted(self, stored: Stored, instance: models.Model) -> Value:
        """What a row holds. Raises KeyDestroyed, OuterKeyMissing and NotReadable."""
        if not stored:
            return self.from_bytes(self.as_bytes(self.empty))
        referral_id = _referral_of(instance)
        kind, key_id = stored[:1], stored[1 : 1 + _UUID]
        if kind == PLAIN and referral_id is None:
            return self.from_bytes(stored[1:])
        if kind != ENCRYPTED or referral_id is None or len(key_id) != _UUID:
            raise NotReadable(str(self))
        key = key_to_decrypt(UUID(bytes=key_id), referral_id)
        nonce, sealed = stored[1 + _UUID : 1 + _UUID + NONCE], stored[1 + _UUID + NONCE :]
        try:
            return self.from_bytes(AESGCM(key).decrypt(nonce, sealed, self._bound_to(referral_id)))
        except InvalidTag:
            raise NotReadable(str(self)) from None

    def _bound_to(self, referral_id: UUID) -> bytes:
        return referral_id.bytes + str(self).encode()

    # --- Django's

    def pre_save(self, model_instance: models.Model, add: bool) -> Stored | None:
        """Encrypted, unless it was never decrypted."""
        return self.encrypted(model_instance)

    def get_prep_value(self, value: Any) -> bytes | None:
        """Raises NeedsItsRow for anything that would have to be encrypted first."""
        if value is None or isinstance(value, Stored):
            return value
        if self.is_empty(value) or value == b"":  # the default of a new column
            return Stored()
        raise NeedsItsRow(str(self))

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Stored | None:
        """As it is stored; the attribute decrypts it."""
        return None if value is None else Stored(value)

    def get_default(self) -> Any:
        """The model's default, or nothing; not empty bytes, as a field of bytes has."""
        if not self.has_default():
            return None if self.null else self.from_bytes(self.as_bytes(self.empty))
        return self.default() if callable(self.default) else self.default


class EncryptedTextField(EncryptedField[str]):
    """Text of any length."""

    empty = ""

    def as_bytes(self, value: str) -> bytes:
        """UTF-8."""
        return value.encode()

    def from_bytes(self, held: bytes) -> str:
        """UTF-8."""
        return held.decode()


class EncryptedJSONField(EncryptedField[Any]):
    """Anything that JSON can say. No query looks inside."""

    empty: Any = {}

    def as_bytes(self, value: Any) -> bytes:
        """Compact JSON."""
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder).encode()

    def from_bytes(self, held: bytes) -> Any:
        """Read anew each time, so that no two rows share a list."""
        return json.loads(held)


def _referral_of(instance: Any) -> UUID | None:
    """The id of the referral that a row belongs to, by its model's path."""
    referral_id: UUID | None = _getter(instance.SOURCE_OF)(instance)
    return referral_id


@cache
def _getter(path: str) -> attrgetter[Any]:
    return attrgetter(path.replace("__", "."))
