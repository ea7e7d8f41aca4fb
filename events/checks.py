"""What is looked at after migrating: whether the audit trail has months for what is to come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register
from django.db import connections

from events.audit_months import partitions


@register(Tags.database)
def the_audit_trail_has_months(
    *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warns of events that no month has, and of a next month that is missing."""
    return [
        Warning(
            "The audit trail has events that no month has, or no month to come.",
            hint="Run: python manage.py keep_audit_months",
            id="events.W001",
        )
        for connection in (connections[alias] for alias in databases or ())
        if partitions.has_events_without_month(connection)
        or partitions.months_ahead(connection=connection) < 1
    ]
