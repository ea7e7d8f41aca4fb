"""Telling the mailboxes of a contract that its service providers changed. Imported when the app starts."""

from __future__ import annotations

from django.urls import reverse

from events import outbox
from events.emails import NO_RECIPIENT, send_link
from events.models import OutboxEntry
from govuk.template_filters import plural
from interventions.models import ProviderChange
from monitoring.actions.change_provider import HANDED_ON, TAKEN_OVER
from monitoring.models import ReceivedReferral


@outbox.handler(TAKEN_OVER, about="The service providers of a contract changed")
def tell_who_delivers_now(entry: OutboxEntry) -> None:
    """To the mailbox of the contract from then on, with what is left to do today."""
    change = _change(entry)
    waiting = ReceivedReferral.objects.unscoped().without_caseworker()
    count = waiting.filter(contract=change.contract_id, concluded_at=None).count()
    need = plural(count, "open case needs", "open cases need")
    send_link(
        change.incoming_email,
        subject="The service providers of a contract changed",
        sentence=f"The service providers of contract {change.contract.reference} changed."
        + (f" {need} a caseworker." if count else ""),
        address=reverse("monitoring:case_list", args=["unassigned"] if count else ["open"]),
    )


@outbox.handler(HANDED_ON, about="A contract moved to another service provider")
def tell_who_has_left(entry: OutboxEntry) -> None:
    """To the mailbox that the contract had before."""
    if not entry.payload["mailbox"]:
        raise outbox.CannotBeDelivered(NO_RECIPIENT)
    send_link(
        entry.payload["mailbox"],
        subject="A contract moved to another service provider",
        sentence=f"Contract {_change(entry).contract.reference} moved to another service provider. "
        "You can no longer see its cases.",
        address=reverse("monitoring:all_cases"),
    )


def _change(entry: OutboxEntry) -> ProviderChange:
    return ProviderChange.objects.select_related("contract").get(pk=entry.payload["change"])
