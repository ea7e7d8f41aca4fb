"""The start of a referral from a service: the CRN, then the person confirmed."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.models import User
from events import audit
from events.audiences import about, for_practitioners
from events.crn_changes.numbers import current_crn
from events.models import AuditAction
from events.refusals import Gone, Unanswered
from govuk.addresses import reverse
from integrations.failure_wording import NDELIUS, may_pass, said_of
from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from integrations.ndelius.types import Person
from interventions.models import Contract
from referrals.access import limited_access as access
from referrals.access.scope import user_of
from referrals.actions.compare_facts import begin_comparing
from referrals.actions.start_referral import start_referral
from referrals.finding.person_to_match import PersonToMatch
from referrals.finding.supervising_region import region_of
from referrals.forms.crn import CrnForm
from referrals.presenters import cautions
from referrals.presenters.person import ConfirmPerson

CRN_IN_WEB_SESSION = "crn_to_confirm"
CONFIRM_SALT = "referrals.confirm-person"
NOBODY = "No person with this CRN was found in nDelius. Check the CRN and try again"
NOT_LOOKED_UP = "so we cannot look up this CRN. Nothing is lost."


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
def start(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Ask for the CRN."""
    contract = _not_ended(contract_id)
    form = CrnForm(request.POST) if request.method == "POST" else CrnForm()
    if request.method == "POST" and form.is_valid():
        crn = form.cleaned_data["crn"]
        problem = look_up(request, crn)
        if not problem:
            request.session[CRN_IN_WEB_SESSION] = crn
            say_corrected(request, form)
            return redirect("referrals:confirm_person", contract.pk)
        form.add_error("crn", problem)
    back_link = reverse("interventions:detail", args=[contract.pk])
    context = {"form": form, "contract": contract, "back_link": back_link}
    return render(request, "referrals/start.html", context, status=422 if form.errors else 200)


@for_practitioners(records=AuditAction.PERSON_LOOKED_UP)
def confirm_person(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Show who was found and what speaks against this service for them, and start the draft once confirmed."""
    contract = _not_ended(contract_id)
    start_again = reverse("referrals:start", args=[contract.pk])
    if request.method == "POST":
        return begin(request, contract, otherwise=start_again)
    crn = request.session.get(CRN_IN_WEB_SESSION)
    person = person_now(request, crn) if crn else None
    if person is None:
        return redirect(start_again)
    to_match = PersonToMatch(person, region_of(person.crn), timezone.localdate())
    context = {
        "contract": contract,
        "person": ConfirmPerson.of(person),
        **cautions.about(user_of(request), to_match, contract),
        "token": token(user_of(request), person.crn),
        "back_link": start_again,
    }
    return render(request, "referrals/confirm_person.html", context)


def begin(request: HttpRequest, contract: Contract, *, otherwise: str) -> HttpResponse:
    """Start the draft that a page of ours was sent for; go to the address ``otherwise`` when it is no such page."""
    user = user_of(request)
    try:
        crn, form_key = signing.loads(request.POST.get("person", ""), salt=f"{CONFIRM_SALT}.{user.pk}")
    except signing.BadSignature:
        return redirect(otherwise)
    person = person_now(request, current_crn(crn))  # which may be another since the page was shown
    if person is None:
        return redirect(otherwise)
    draft = start_referral(by=user, contract=contract, person=person, form_key=UUID(form_key))
    begin_comparing(draft=draft, by=user)
    request.session.pop(CRN_IN_WEB_SESSION, None)
    return redirect("referrals:tasks", draft.pk)


def token(user: User, crn: str) -> str:
    """What a page carries so that one draft can be started from it: the CRN and a key of the page, for ``user``."""
    return signing.dumps([crn, str(uuid4())], salt=f"{CONFIRM_SALT}.{user.pk}")


def say_corrected(request: HttpRequest, form: CrnForm) -> None:
    """On the page that follows: that the CRN that was typed is another now."""
    if form.corrected:
        messages.info(request, form.corrected)


def person_now(request: HttpRequest, crn: str) -> Person | None:
    """The person as nDelius has them, if the user may see them; None when nDelius no longer knows the CRN.

    Raises Refused or Unanswered.
    """
    about(request, crn=crn)
    access.check(user_of(request), crn)
    try:
        return client.person(crn)
    except NotFound:
        return None
    except UpstreamFailure as failure:
        raise Unanswered(said_of(NDELIUS, failure, NOT_LOOKED_UP), may_pass=may_pass(failure)) from None


def look_up(request: HttpRequest, crn: str) -> str:
    """Why this CRN cannot be used, or nothing. Limited access is checked before anything else is asked.

    Raises Refused.
    """
    user = user_of(request)
    about(request, crn=crn)
    audit.record(AuditAction.PERSON_LOOKED_UP, by=user, crn=crn)
    try:
        access.ask_about(user, crn)
        client.person(crn)
    except NotFound:
        return NOBODY
    except UpstreamFailure as failure:
        return said_of(NDELIUS, failure, NOT_LOOKED_UP).rstrip(".")  # at a field
    return ""


def _not_ended(contract_id: int) -> Contract:
    """A service that takes referrals, or will: also one that somebody kept the address of."""
    contracts = Contract.objects.select_related("contract_type", "prime", "region", "police_area__region")
    contract = get_object_or_404(contracts, pk=contract_id)
    if contract.has_ended():
        raise Gone(contract.why_not_open())
    return contract
