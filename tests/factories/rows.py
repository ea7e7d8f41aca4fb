"""Changing rows past every action, as tests do that look at what follows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model


def set_on_each(rows: Iterable[Model], **values: Any) -> int:
    """Set columns row by row, and say of how many: an update of all at once does not know whose key encrypts."""
    held = list(rows)
    for row in held:
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
    return len(held)
