"""Sending one form twice makes one thing: what the first sending made is found by the form's key."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

from django.db import models

from events.refusals import Refused
from monitoring.models import ReceivedReferral

Row = TypeVar("Row", bound=models.Model)


def already_made(kind: type[Row], form_key: UUID, *, held: ReceivedReferral) -> Row | None:
    """The row that this key made on this case; call with the case locked. A key of another case is refused."""
    row: Row | None = kind.objects.unscoped().filter(form_key=form_key).first()  # type: ignore[attr-defined]
    if row is not None and row.received_id != held.pk:  # type: ignore[attr-defined]
        raise Refused(
            "This form belongs to another case. Go back to the case and start again.", code="form_key"
        )
    return row
