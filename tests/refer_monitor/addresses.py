"""The service's addresses, with pages that go wrong on purpose."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.open_pages import for_anyone
from refer_monitor import urls

FAILURES = {
    "denied": PermissionDenied("X980010 is private"),
    "suspicious": SuspiciousOperation("X980010 is private"),
    "broken": RuntimeError("X980010 is private"),
    "database": DatabaseError("X980010 is private"),
}


@for_anyone
def fails(request: HttpRequest, how: str) -> HttpResponse:
    raise FAILURES[how]


@for_anyone
def reads(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.POST.get("text", ""))


urlpatterns = [
    path("fails/<how>", fails, name="fails"),
    path("reads", reads, name="reads"),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
