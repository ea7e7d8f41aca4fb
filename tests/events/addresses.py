"""The service's addresses, with one page for each audience."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from accounts.models import Provider
from events import audiences
from events.models import AuditAction
from events.refusals import Gone, OutOfDate, Refused, Unanswered
from refer_monitor import urls

CASE = UUID(int=7)
REASON = "You can no longer change this."
ANSWERS = {
    "refuses": Refused(REASON, code="too_late"),
    "misses": Http404(),
    "conflicts": OutOfDate(REASON),
    "ends": Gone(REASON),
    "waits": Unanswered(REASON),
}


def page(request: HttpRequest, how: str) -> HttpResponse:
    audiences.about(request, referral=CASE, crn="X980001", version=2)
    with transaction.atomic():
        Provider.objects.create(code="HALF_SAVED", name="Half saved")
        if how in ANSWERS:
            raise ANSWERS[how]
        if how == "redirects":
            return HttpResponse(status=302, headers={"Location": "/"})
        return HttpResponse("shown")


urlpatterns = [
    path(
        "practitioners/<how>",
        audiences.for_practitioners(records=AuditAction.REFERRAL_VIEWED)(page),
        name="practitioners",
    ),
    path("everyone/<how>", audiences.for_everyone()(page), name="everyone"),
    *urls.urlpatterns,
]
handler403, handler404 = urls.handler403, urls.handler404
