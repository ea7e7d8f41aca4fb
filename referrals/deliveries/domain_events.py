"""What other services hear of a case, published from the outbox. Imported when the app starts. Safe to repeat.

In the shapes of the live service: ids, user names and names of the catalogue; never a text of a case.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from events import outbox
from events.models import OutboxEntry
from integrations import failures
from integrations.domain_events import client
from monitoring.actions.announce import DOMAIN_EVENT, Event
from monitoring.models import (
    ActionPlan,
    Appointment,
    Assignment,
    Conclusion,
    EndOfServiceReport,
    ReceivedReferral,
)

SUBMITTED = (Event.PLAN_SUBMITTED, Event.PLAN_APPROVED)
GIVEN = (Event.ASSESSMENT_FEEDBACK, Event.SESSION_FEEDBACK)
CAME = (
    Event.ASSESSMENT_ATTENDED, Event.ASSESSMENT_MISSED, Event.SESSION_ATTENDED, Event.SESSION_MISSED,
)  # fmt: skip
DELIVERY_STATES = {
    Conclusion.COMPLETED: "COMPLETED",
    Conclusion.ENDED_EARLY: "PREMATURELY_ENDED",
    Conclusion.CANCELLED: "CANCELLED",
}


@outbox.handler(DOMAIN_EVENT, about="Something that happened on a case")
def publish(entry: OutboxEntry) -> None:
    """Publish one event. Given up at once when the topic refuses it: it would say the same again."""
    event = Event(entry.payload["event"])
    case = (
        ReceivedReferral.objects.unscoped()
        .select_related("contract__contract_type", "contract__prime")
        .get(pk=entry.referral)
    )
    body = {
        "eventType": event.value,
        "version": 1,
        "description": event.value.removeprefix("intervention.").replace(".", " ").replace("-", " "),
        "detailUrl": _address("case_progress", case),
        "occurredAt": entry.created_at.isoformat(),
        "additionalInformation": {"referralId": str(case.key)}
        | _more(event, case, entry.payload.get("about", "")),
        "personReference": {"identifiers": [{"type": "CRN", "value": case.crn}]},
    }
    try:
        client.publish(event.value, body, event_id=str(entry.pk))
    except failures.Rejected as refusal:
        raise outbox.CannotBeDelivered(type(refusal).__name__) from None


def _more(event: Event, case: ReceivedReferral, about: str) -> dict[str, Any]:
    """What an event of this type says beside the referral's id."""
    if event is Event.ASSIGNED:
        assignment = Assignment.objects.unscoped().select_related("caseworker").get(pk=about)
        return {"assignedTo": assignment.caseworker.username}
    if event in SUBMITTED:
        plan = ActionPlan.objects.unscoped().select_related("submitted_by").get(pk=about)
        assert plan.submitted_by is not None
        by = "submittedBy" if event is Event.PLAN_SUBMITTED else "approvedBy"
        return {
            "actionPlanId": str(plan.pk),
            by: plan.submitted_by.username,
            "actionPlanProbationUserUrl": _address("case_action_plan", case),
            **_names(case),
        }
    if event in CAME:
        return {"serviceUserCRN": case.crn}
    if event in GIVEN:
        number = Appointment.objects.unscoped().values_list("ndelius_id", flat=True).get(pk=about)
        return {
            "serviceUserCRN": case.crn,
            "referralProbationUserURL": _address("case_appointment", case, UUID(about)),
            **_names(case),
            **({"deliusAppointmentId": str(number)} if number is not None else {}),
        }
    if event is Event.REPORT_SUBMITTED:
        report = EndOfServiceReport.objects.unscoped().select_related("submitted_by").get(pk=about)
        assert report.submitted_by is not None
        return {"endOfServiceReportId": str(report.pk), "submittedBy": report.submitted_by.username}
    if event is Event.ENDED:
        return {
            "deliveryState": _delivery_state(case),
            "referralURN": f"urn:hmpps:interventions-referral:{case.key}",
            "referralProbationUserURL": _address("case_progress", case),
            "withdrawalCode": case.end_reason,
        }
    return {"deliveryState": _delivery_state(case)} if event is Event.CONCLUDED else {}


def _names(case: ReceivedReferral) -> dict[str, str]:
    return {
        "referralReference": case.reference,
        "contractTypeName": case.contract.contract_type.name,
        "primeProviderName": case.contract.prime.name,
    }


def _delivery_state(case: ReceivedReferral) -> str:
    """How it ended. An end that waits for its report only is early by then."""
    return DELIVERY_STATES[Conclusion(case.conclusion or Conclusion.ENDED_EARLY)]


def _address(page: str, case: ReceivedReferral, *about: UUID) -> str:
    return f"{settings.SERVICE_URL}{reverse(f'referrals:{page}', args=[case.key, *about])}"
