"""Where somebody was going before they were asked to sign in: an address of this service, or nothing."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from govuk.addresses import reverse


def given_next(request: HttpRequest) -> str:
    """As the request says; nothing when it is no address of ours."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return given if is_ours and "\x00" not in given else ""


def next_page(request: HttpRequest) -> str:
    """The same, or the first page."""
    return given_next(request) or reverse("home")
