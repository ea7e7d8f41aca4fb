"""The practitioner's home, and the start of a referral: the CRN, then the person confirmed."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from events import audit
from events.doors import about, for_practitioners
from events.models import AuditAction
from events.refusals import Gone, Refused, Unanswered
from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from interventions.models import Contract
from referrals import access
from referrals.actions.start_referral import CLOSED, start_referral
from referrals.forms.crn import CrnForm
from referrals.presenters.person import ConfirmPerson
from referrals.scope import user_of

CRN_IN_WEB_SESSION = "crn_to_confirm"
CONFIRM_SALT = "referrals.confirm-person"
NOT_ANSWERING = (
    "nDelius is not answering, so we cannot look up this CRN. Nothing is lost. Try again in a few minutes"
)


@for_practitioners(records=AuditAction.SERVICE_PAGE_VIEWED)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where a practitioner arrives."""
    return render(request, "referrals/home.html")


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
def start(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Ask for the CRN."""
    contract = _open_contract(contract_id)
    form = CrnForm(request.POST) if request.method == "POST" else CrnForm()
    if request.method == "POST" and form.is_valid():
        crn = form.cleaned_data["crn"]
        problem = _look_up(request, crn)
        if not problem:
            request.session[CRN_IN_WEB_SESSION] = crn
            return redirect("referrals:confirm_person", contract.pk)
        form.add_error("crn", problem)
    back_link = reverse("interventions:detail", args=[contract.pk])
    context = {"form": form, "contract": contract, "back_link": back_link}
    return render(request, "referrals/start.html", context, status=422 if form.errors else 200)


@for_practitioners(records=AuditAction.PERSON_LOOKED_UP)
def confirm_person(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Show who was found, and start the draft once confirmed."""
    contract = _open_contract(contract_id)
    user = user_of(request)
    if request.method == "POST":
        try:
            crn, form_key = signing.loads(request.POST.get("person", ""), salt=f"{CONFIRM_SALT}.{user.pk}")
        except signing.BadSignature:
            return redirect("referrals:start", contract.pk)
    else:
        crn, form_key = request.session.get(CRN_IN_WEB_SESSION), str(uuid4())
        if not crn:
            return redirect("referrals:start", contract.pk)
    about(request, crn=crn)
    access.check(user, crn)
    try:
        person = client.person(crn)
    except NotFound:
        return redirect("referrals:start", contract.pk)
    except UpstreamFailure:
        raise Unanswered(f"{NOT_ANSWERING}.") from None
    if request.method == "POST":
        draft = start_referral(by=user, contract=contract, person=person, form_key=UUID(form_key))
        request.session.pop(CRN_IN_WEB_SESSION, None)
        return redirect("referrals:tasks", draft.pk)
    context = {
        "contract": contract,
        "person": ConfirmPerson.of(person, contract),
        "token": signing.dumps([crn, form_key], salt=f"{CONFIRM_SALT}.{user.pk}"),
        "back_link": reverse("referrals:start", args=[contract.pk]),
    }
    return render(request, "referrals/confirm_person.html", context)


def _open_contract(contract_id: int) -> Contract:
    contracts = Contract.objects.select_related("contract_type", "prime", "region", "police_area")
    contract = get_object_or_404(contracts, pk=contract_id)
    if not contract.is_open():
        raise Gone(CLOSED)
    return contract


def _look_up(request: HttpRequest, crn: str) -> str:
    """Why this CRN cannot be used, or nothing. Limited access is checked before anything else is asked."""
    user = user_of(request)
    about(request, crn=crn)
    audit.record(AuditAction.PERSON_LOOKED_UP, by=user, crn=crn)
    answer = access.answers(user, [crn]).get(crn)
    if answer is None:
        return NOT_ANSWERING
    if not answer.allowed:
        raise Refused(answer.message or access.NO_MESSAGE, code="limited_access")
    try:
        client.person(crn)
    except NotFound:
        return "No person with this CRN was found in nDelius. Check the CRN and try again"
    except UpstreamFailure:
        return NOT_ANSWERING
    return ""
