"""Accepting the practitioner whom nDelius names by now as the service provider's contact."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Refused
from govuk.addresses import reverse
from govuk.fields import HiddenField
from govuk.forms import Form
from integrations.failure_wording import NDELIUS, advises_to_try_again, said_of
from integrations.failures import UpstreamFailure
from monitoring.actions.amend_referral import amend_referral, standing_of
from monitoring.forms.form_key import FormKeyField
from monitoring.rules.amendments import NewPractitioner, why_not_now
from referrals.access.scope import followed_case, user_of
from referrals.actions.decide_records import decided_by_hand
from referrals.cases.case_pages import case_frame, received_of
from referrals.journey.records import OfficerInNdelius
from referrals.pulls.responsible_officer import as_contact, officer_of

REASON = "nDelius names this practitioner as responsible for the person."
NOBODY = "nDelius does not name a probation practitioner for this person, so there is no one to accept."
CHANGED = "The details in nDelius or the referral have changed. Check them again."


class AcceptForm(Form):
    """What the page showed: of the referral, and of nDelius."""

    seen = HiddenField(required=False, max_length=64)
    offered = HiddenField(required=False, max_length=64)
    form_key = FormKeyField()


@for_practitioners(records=AuditAction.REFERRAL_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def accept_practitioner(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show both, and replace the contact once accepted. What nDelius says is asked for anew each time."""
    referral = followed_case(request, referral_id)
    received = received_of(referral)
    if refused := why_not_now(NewPractitioner.topic, received):
        raise Refused(refused, code="stage")
    try:
        officer = _officer(referral.crn)
    except UpstreamFailure as failure:
        said = said_of(NDELIUS, failure, "so we cannot show who is responsible now.")
        context = {**case_frame(referral), "unknown": said, "may_try_again": advises_to_try_again(said)}
        context["back_link"] = reverse("referrals:case_progress", args=[referral.pk])
        status = 409 if request.method == "POST" else 200
        return render(request, "referrals/cases/new_practitioner.html", context, status=status)
    new, present = as_contact(officer, received), standing_of(received, NewPractitioner)
    form = AcceptForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        answered = form.cleaned_data
        if (answered["seen"], answered["offered"]) == (present.amendment.seen_as(), new.seen_as()):
            amend_referral(
                received=received, amendment=new, reason=REASON, seen=answered["seen"],
                form_key=answered["form_key"], by=user_of(request),
            )  # fmt: skip
            decided_by_hand(referral=referral, topic=new.topic)
            messages.success(request, f"The service provider now has {officer.name} as the contact.")
            return redirect("referrals:case_progress", referral.pk)
        if answered["offered"] == present.amendment.seen_as():  # pressed twice
            return redirect("referrals:case_progress", referral.pk)
    context = {
        **case_frame(referral),
        "form": AcceptForm(initial={"seen": present.amendment.seen_as(), "offered": new.seen_as()}),
        "now": present.words,
        "rows": [{"label": label, "value": value} for label, value in new.rows()],
        "is_same": new.same_as(present.amendment),
        "changed": CHANGED if form is not None else "",
        "back_link": reverse("referrals:case_progress", args=[referral.pk]),
    }
    return render(request, "referrals/cases/new_practitioner.html", context, status=409 if form else 200)


def _officer(crn: str) -> OfficerInNdelius:
    officer = officer_of(crn)
    if not officer.is_allocated or not officer.name:
        raise Refused(NOBODY, code="nobody")
    return officer
