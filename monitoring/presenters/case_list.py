"""The supplier's list of cases, in words. Must not know how the table looks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from govuk.template_filters import date
from monitoring.models import ReceivedReferral


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case of the list. ``service_names`` only when there are several."""

    id: UUID
    reference: str
    person: str
    crn: str
    intervention: str
    services: str
    service_names: str
    practitioner: str
    received: str


def present(cases: Iterable[ReceivedReferral]) -> list[CaseRow]:
    """The rows, in the order given. Reads each case's services: load them with the cases."""
    return [_row(case) for case in cases]


def _row(case: ReceivedReferral) -> CaseRow:
    names = [service.category_name for service in case.services.all()]
    several = len(names) > 1
    return CaseRow(
        id=case.pk,
        reference=case.reference,
        person=case.person_name,
        crn=case.crn,
        intervention=case.intervention_title,
        services=f"{len(names)} service categories" if several else "".join(names),
        service_names=", ".join(names) if several else "",
        practitioner=case.practitioner_name,
        received=date(case.received_at),
    )
