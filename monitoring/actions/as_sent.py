"""What was sent, put together from what stands now and the change log, so that its seal can always be checked (R9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db.models import Field

from monitoring.handover.contents import Handover, SharedOutcome, SharedService
from monitoring.models import ReceivedReferral, ReferralChange


def as_sent(received: ReceivedReferral) -> Handover:
    """The handover as it was received: every change taken back, the newest first, with the first share version
    as it was declared, recalled since or not.

    Changes no row, and leaves ``received`` as it is.
    """
    row = ReceivedReferral.objects.unscoped().get(pk=received.pk)
    changes = [*row.changes.order_by("-at", "-pk")]
    for change in changes:
        if change.category_id is None:
            _take_back(row, change)
    services = {service.category_id: service for service in row.as_handover().services}
    for change in changes:
        if change.category_id is not None:
            services[change.category_id] = _service_before(services[change.category_id], change.replaced)
    first = row.shares.get(number=1)
    handover = row.as_handover(first)
    return replace(handover, services=tuple(services.values()), risk=first.risk_as_declared())


def _take_back(row: ReceivedReferral, change: ReferralChange) -> None:
    for name, value in change.replaced.items():
        field = row._meta.get_field(name)
        assert isinstance(field, Field)
        setattr(row, name, field.to_python(value))


def _service_before(service: SharedService, replaced: Mapping[str, Any]) -> SharedService:
    before = dict(replaced)
    if "outcomes" in before:
        before["outcomes"] = tuple(SharedOutcome(key, text) for key, text in before["outcomes"])
    return replace(service, **before)
