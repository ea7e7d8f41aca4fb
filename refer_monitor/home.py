"""The front door: sends each audience to its own first page. Knows nothing of what is there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import Audience
from events.audiences import for_everyone

HOMES: dict[str, str] = {
    Audience.PRACTITIONER: "referrals:home",
    Audience.SUPPLIER: "monitoring:all_cases",
    Audience.ADMINISTRATOR: "admin:index",
}


@for_everyone()
def home(request: HttpRequest) -> HttpResponse:
    """Redirect to the first page of whoever is signed in."""
    return redirect(HOMES[request.user.audience])  # type: ignore[union-attr]  # the door let a User in
