"""That the service providers of a sent case changed, in words: for the page to which the practitioner's email leads."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from govuk.template_filters import date
from interventions.models import ProviderChange, ProviderTerm
from monitoring.models import ReceivedReferral


def provider_change_of(received: ReceivedReferral) -> str:
    """The last change while the case was open; nothing when its providers are those it was sent to."""
    changes = ProviderChange.objects.filter(contract=received.contract_id)
    changes = changes.filter(
        carried_out_at__gte=received.received_at,
        carried_out_at__lte=received.concluded_at or timezone.now(),
    )
    change = changes.select_related("prime").order_by("-carried_out_at").first()
    return _in_words(change) if change is not None else ""


def _in_words(change: ProviderChange) -> str:
    left, joined = _moves(change.contract_id, change.takes_effect_at)
    said = [f"The service providers for this case changed on {date(change.takes_effect_at)}."]
    if left:
        said.append(f"{_names(left)} can no longer see it.")
    if joined:
        said.append(f"{_names(joined)} can now see it, with its history.")
    if not (left or joined):
        said.append(f"{change.prime.name} now leads the service.")
    return " ".join(said)


def _moves(contract: int, at: datetime) -> tuple[list[str], list[str]]:
    """Names of those who left a contract in a change, and of those who came."""
    terms = ProviderTerm.objects.filter(Q(ended_at=at) | Q(began_at=at), contract=contract)
    rows = [*terms.order_by("provider__name_folded").values_list("provider__name", "ended_at")]
    return [name for name, ended in rows if ended == at], [name for name, ended in rows if ended != at]


def _names(names: list[str]) -> str:
    """As a sentence has them: "A, B and C"."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
