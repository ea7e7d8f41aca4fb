"""The keyed hash over everything that was handed over, so that a later change to any of it would show (R9).

Knows only the handover. Must not be used for anything that is compared in time with a value from outside.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from encryption import declaration_keys
from monitoring.handover.contents import Handover


def seal(handover: Handover) -> str:
    """HMAC-SHA-256 over the canonical form under the declaration key in use, which it names; 64 characters."""
    return declaration_keys.proof(canonical(handover))


def fits(handover: Handover, sealed: str) -> bool:
    """Whether this seal was put on exactly this handover, be it under an earlier key."""
    return declaration_keys.proves(sealed, canonical(handover))


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
