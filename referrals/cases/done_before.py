"""Risk information was recalled or shared already when its form was sent: the page with the reason that was given then,
and the one that was typed since, which is lost on no page.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.kept_text.posted import fields_of
from govuk.addresses import reverse
from monitoring.actions.share_again import DoneBefore
from referrals.cases.case_pages import case_frame
from referrals.models import Referral


def typed_reason(request: HttpRequest) -> str:
    """The reason as it was sent, fit to be shown, however wrong."""
    return fields_of(request.POST).get("reason", [""])[-1]


def show_done_before(request: HttpRequest, referral: Referral, before: DoneBefore) -> HttpResponse:
    """Who did it, when, and both reasons."""
    context = {
        **case_frame(referral),
        "before": before,
        "case_href": reverse("referrals:case", args=[referral.pk]),
    }
    return render(request, "referrals/cases/done_before.html", context, status=409)
