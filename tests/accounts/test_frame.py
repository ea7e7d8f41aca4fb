"""The frame around every page: name, organisation, navigation; and the pages about the service."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.frame import navigation_for, organisation_of
from accounts.models import Membership
from accounts.session_store import SessionStore
from tests.conftest import Page
from tests.factories.accounts import MembershipFactory, ProviderFactory, SupplierUserFactory
from tests.signing_in import sign_in

AsPersona = Callable[[str], Client]
WHO = [
    pytest.param("pp", "Patience Okonjo", "Probation Service", id="practitioner"),
    pytest.param("sp.caseworker", "Sorrel Briar", "Harrowgate Pathways", id="supplier"),
    pytest.param("sp.other", "Otto Moss", "Mossbank Trust", id="another supplier"),
    pytest.param("admin", "Ada Minister", "Probation Service", id="administrator"),
]
ABOUT = ["/accessibility-statement", "/cookies", "/privacy", "/feedback", "/feedback/thank-you"]


@pytest.mark.parametrize(("username", "name", "organisation"), WHO)
def test_the_header_says_who_is_signed_in(
    username, name, organisation, as_persona: AsPersona, page: Page
) -> None:
    header = page(as_persona(username), "/feedback").find("header").get_text()
    assert name in header
    assert organisation in header
    assert "Sign out" in header


def test_nobody_is_named_to_nobody(client: Client, db: None, page: Page) -> None:
    header = page(client, "/feedback").find("header").get_text()
    assert "Sign out" not in header


@pytest.mark.parametrize("url", ABOUT)
@pytest.mark.parametrize("username", ["anonymous", "pp", "sp.caseworker", "admin"])
def test_pages_about_the_service_are_open_to_anyone(url, username, as_persona: AsPersona, page: Page) -> None:
    shown = page(as_persona(username), url)
    assert shown.h1.get_text(strip=True) in shown.title.get_text()


@pytest.mark.parametrize(
    ("ended", "named"),
    [
        pytest.param([], "Alder Works", id="the provider that they joined first"),
        pytest.param(["Alder Works"], "Birch Homes", id="the other, when they left that"),
        pytest.param(["Alder Works", "Birch Homes"], "", id="none, when they left both"),
    ],
)
def test_supplier_staff_stand_under_the_provider_that_they_joined_first(
    ended: list[str], named: str, client: Client, empty_tables: None
) -> None:
    user = SupplierUserFactory()
    for name in ("Alder Works", "Birch Homes"):
        MembershipFactory(user=user, provider=ProviderFactory(name=name))
    Membership.objects.filter(provider__name__in=ended).update(ended_at=timezone.now())
    sign_in(client, user)

    session = SessionStore(client.session.session_key)

    assert organisation_of(user, session) == named


def test_other_people_stand_under_the_probation_service(personas) -> None:
    assert organisation_of(personas["pp"], SessionStore()) == "Probation Service"


def test_the_place_one_is_in_is_marked(personas) -> None:
    places = navigation_for(personas["admin"], "/admin/accounts/user/")
    assert [(place.href, place.is_current) for place in places] == [("/admin/", True)]
    places = navigation_for(personas["admin"], "/feedback")
    assert [place.is_current for place in places] == [False]


def test_a_practitioners_home_leads_to_services_drafts_and_cases(as_persona: AsPersona, page: Page) -> None:
    home = page(as_persona("pp"), reverse("referrals:home"))
    assert home.main is not None

    links = {str(link["href"]) for link in home.main.select("a")}
    names = (
        "referrals:find_person",
        "interventions:find",
        "referrals:drafts",
        "referrals:open_by_crn",
        "referrals:cover",
    )
    lists = (reverse("referrals:case_list", args=[one]) for one in ("open", "completed", "cancelled"))
    assert links == {*(reverse(name) for name in names), *lists}
