"""Finding a service from the person: the CRN, the person confirmed, the services that fit, one of them, the draft.

The CRN never stands in an address: a key of ``referrals.finding.people_looked_up`` does, which only this web session
understands.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import Gone
from govuk.addresses import reverse
from interventions import presenters
from interventions.finding import remembered_search
from interventions.finding.page import list_context, page_of_services
from interventions.finding.search import Search
from interventions.models import Contract, ProbationRegion
from interventions.presenters import ServiceCard
from referrals.access.scope import user_of
from referrals.finding import people_looked_up as looked_up
from referrals.finding.already_referred import already_referred
from referrals.finding.person_to_match import PersonToMatch
from referrals.finding.supervising_region import region_of
from referrals.forms.crn import CrnForm
from referrals.presenters import cautions
from referrals.presenters import services_for_person as presenter
from referrals.presenters.person import Banner, ConfirmPerson
from referrals.pulls.criminogenic_needs import pull_needs_to_match
from referrals.views.starting import begin, look_up, person_now, say_corrected, token

SOON = timedelta(days=90)  # a service that opens within this time is listed, below those that fit


@for_practitioners(records=AuditAction.SERVICE_PAGE_VIEWED)
def find_person(request: HttpRequest) -> HttpResponse:
    """Ask for the CRN of the person for whom a service is wanted."""
    form = CrnForm(request.POST) if request.method == "POST" else CrnForm()
    if request.method == "POST" and form.is_valid():
        crn = form.cleaned_data["crn"]
        problem = look_up(request, crn)
        if not problem:
            say_corrected(request, form)
            return redirect("referrals:check_person", looked_up.keep(request, crn))
        form.add_error("crn", problem)
    context = {"form": form, "back_link": reverse("referrals:home")}
    return render(request, "referrals/start.html", context, status=422 if form.errors else 200)


@for_practitioners(records=AuditAction.PERSON_LOOKED_UP)
def check_person(request: HttpRequest, person_key: UUID) -> HttpResponse:
    """Show who was found; once confirmed, on to the services."""
    found = looked_up.find(request, person_key)
    person = person_now(request, found.crn) if found else None
    if person is None:
        return redirect("referrals:find_person")
    if request.method == "POST":
        region = region_of(person.crn)
        needs = pull_needs_to_match(crn=person.crn, by=user_of(request))
        looked_up.confirm(request, person_key, region=region.code if region else "", needs=needs)
        return redirect("referrals:services_for_person", person_key)
    context = {"person": ConfirmPerson.of(person), "back_link": reverse("referrals:find_person")}
    return render(request, "referrals/confirm_person.html", context)


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
@require_safe
def services_for_person(request: HttpRequest, person_key: UUID) -> HttpResponse:
    """The services that fit the person, those for their needs first, and below them the others with the reasons."""
    found, list_name = looked_up.find(request, person_key), looked_up.list_of(person_key)
    if found is None or not found.is_confirmed:
        return _who_is_it(person_key, is_known=found is not None)
    if address := remembered_search.redirect_address(request, list_name):
        return redirect(address)
    person = person_now(request, found.crn)
    if person is None:
        return redirect("referrals:find_person")
    search, today = Search.from_query(request.GET), timezone.localdate()
    region = next((area.region for area in search.areas if area.region.code == found.region), None)
    to_match = PersonToMatch(person, region, today, found.needs)
    services = search.filtered(Contract.objects.not_ended_on(today).opening_by(today + SOON))
    services = to_match.compared_with(services, search.categories)
    page = page_of_services(request, list_name, search, services.best_fit_first(*search.criteria.order))
    counts = services.count_by_fit()
    around_list = list_context(request, search, page)
    context = {
        **around_list,
        "groups": presenter.groups(
            page,
            counts,
            _cards(request, page, to_match, person_key),
            list_address=around_list["list_address"],
        ),
        "banner": Banner.of_person(person),
        "count": presenter.count(counts, is_filtered=search.criteria.is_filtered),
        "compared": presenter.compared(to_match),
        "needs": presenter.needs(found.needs),
        "back_link": reverse("referrals:find_person"),
    }
    status = 422 if search.form.errors else 200
    return render(request, "referrals/people/services.html", context, status=status)


@for_practitioners(records=AuditAction.CATALOGUE_VIEWED)
def service_for_person(request: HttpRequest, person_key: UUID, contract_id: int) -> HttpResponse:
    """One service for a person who was confirmed: what to think about first, and the start of the referral."""
    found = looked_up.find(request, person_key)
    if found is None or not found.is_confirmed:
        return _who_is_it(person_key, is_known=found is not None)
    contract = get_object_or_404(Contract.objects.with_facts(), pk=contract_id)
    if contract.has_ended():
        raise Gone(contract.why_not_open())
    if request.method == "POST":
        return begin(request, contract, otherwise=request.path)
    person = person_now(request, found.crn)
    if person is None:
        return redirect("referrals:find_person")
    region = ProbationRegion.objects.filter(code=found.region).first()
    to_match = PersonToMatch(person, region, timezone.localdate(), found.needs)
    services = reverse("referrals:services_for_person", args=[person_key])
    context = {
        "banner": Banner.of_person(person),
        "contract": presenters.service_page(contract),
        "opens_later": contract.why_not_open(),
        "needs_met": presenter.needs_met(contract, found.needs),
        **cautions.about(user_of(request), to_match, contract),
        "token": token(user_of(request), person.crn),
        "back_link": remembered_search.last_address(request, looked_up.list_of(person_key), services),
    }
    return render(request, "referrals/people/service.html", context)


def _cards(
    request: HttpRequest, page: Page, to_match: PersonToMatch, person_key: UUID
) -> Callable[[Contract], ServiceCard]:
    """How each of the page's services is shown. What there is already is read once for all of them."""
    already = already_referred(user_of(request), to_match.person.crn, [contract.pk for contract in page])

    def card_of(contract: Contract) -> ServiceCard:
        href = reverse("referrals:service_for_person", args=[person_key, contract.pk])
        return presenter.card(contract, to_match, already.get(contract.pk, []), href=href)

    return card_of


def _who_is_it(person_key: UUID, *, is_known: bool) -> HttpResponse:
    """Nobody is chosen a service for who was not looked up in this web session and confirmed."""
    return redirect("referrals:check_person", person_key) if is_known else redirect("referrals:find_person")
