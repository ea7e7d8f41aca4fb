"""The keyed hash over everything that was handed over, so that a later change to any of it would show (R9).

Knows only the handover. Must not be used for anything that is compared in time with a value from outside.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from monitoring.handover.contents import Handover


def seal(handover: Handover) -> str:
    """HMAC-SHA-256 over the canonical form, keyed with ``DECLARATION_KEY``, as 64 hexadecimal digits."""
    return hmac.new(settings.DECLARATION_KEY.encode(), canonical(handover), hashlib.sha256).hexdigest()


def canonical(handover: Handover) -> bytes:
    """The one way to write a handover down: UTF-8 JSON, keys sorted, no spaces, times in UTC."""
    return json.dumps(_plain(handover), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        # One moment has one spelling, whatever zone it came in.
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value
