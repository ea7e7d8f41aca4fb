"""Each branch of the form through the web client, from the CRN to the supplier's page.

A (practitioner, community) is the main job, in ``test_refer_and_receive``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from govuk.template_filters import date
from interventions.models import ProbationOffice
from monitoring.models import ReceivedReferral
from tests.pages import assert_page
from tests.stories.referring import Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
SEVERAL_SERVICES = "DEMO_0012"


def text_of(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def the_suppliers_page(as_persona: AsPersona) -> str:
    received = ReceivedReferral.objects.unscoped().get()
    supplier = as_persona("sp.manager")
    return text_of(assert_page(supplier.get(reverse("monitoring:referral_details", args=[received.pk]))))


@pytest.mark.slow
def test_in_custody_with_a_practitioner(as_persona: AsPersona) -> None:
    # Given somebody in Moorland with a practitioner, whose release date the prison records confirm
    me = Practitioner(as_persona("pp")).starts("X980012")
    me.answers_where("CUSTODY")
    me.answer("practitioner")
    me.names_a_back_up()

    # When the establishment and the date are confirmed rather than typed
    asked = me.open(me.address("establishment"))
    assert "Prison records say Moorland (HMP & YOI)" in text_of(asked)
    me.answer("establishment", is_still_there="YES")
    release = timezone.localdate() + timedelta(days=45)
    offered = me.open(me.address("expected-release-date"))
    assert f"{date(release)} From prison records. Confirmed." in text_of(offered)
    me.answer("expected-release-date", release="CONFIRM")
    assert me.client.get(me.address("expected-probation-office")).status_code == 404
    me.answers_information()
    reasons = me.open(me.address("reason-for-referral"))
    assert "move from prison into the community" in text_of(reasons)
    me.answers_service()
    me.decides_risk_and_declares()
    me.sends()

    # Then the supplier sees where the person is and when they are released
    page = the_suppliers_page(as_persona)
    assert "Location when referred In custody Establishment Moorland (HMP & YOI)" in page
    assert f"Expected release date {date(release)}" in page
    assert "Prison number A9812ZZ" in page
    assert "Main point of contact" not in page


@pytest.mark.slow
def test_before_allocation_and_released_during_the_intervention(as_persona: AsPersona) -> None:
    # Given somebody for whom nDelius names nobody
    me = Practitioner(as_persona("pp")).starts("X980024")
    assert "nDelius does not name a community probation practitioner" in text_of(
        me.open(me.address("allocation"))
    )
    office = ProbationOffice.objects.in_use().first()
    assert office is not None

    # When the referral names a main point of contact, an expected office, and a release date that is not known
    me.answer("allocation", has_practitioner="NO")
    me.answer("release", is_releasing="YES")
    me.answers_contact(office=str(office.register_id))
    me.answer("reason-before-allocation", reason_before_allocation="Released before a team is chosen.")
    me.answer("establishment", establishment="EWI")
    me.answer(
        "expected-release-date", release="UNKNOWN", release_date_unknown_reason="Waits for the parole board."
    )
    me.answer("expected-probation-office", office_is="OFFICE", expected_office=str(office.register_id))
    me.answers_information()
    me.answers_service()
    me.decides_risk_and_declares()
    me.sends()

    # Then the supplier can reach somebody, and knows what is not known
    page = the_suppliers_page(as_persona)
    assert "Main point of contact Full name Nia Prosser Role or job title Resettlement worker" in page
    assert f"Place of work {office.name}" in page
    assert "Expected release date Not known Why the release date is not known Waits for the parole board." in page
    assert f"Expected probation office {office.name}" in page
    assert "Reason for referring before a practitioner is allocated Released before a team is chosen." in page
    assert "Back-up contact" not in page


@pytest.mark.slow
def test_just_arrived_in_prison(as_persona: AsPersona) -> None:
    # Given somebody who has just arrived in prison and has no practitioner
    me = Practitioner(as_persona("pp")).starts("X980023")
    me.answer("allocation", has_practitioner="NO")
    me.answer("release", is_releasing="NO")
    me.answers_contact()

    # When neither a release date nor an office is asked for
    for slug in (
        "expected-release-date",
        "expected-probation-office",
        "reason-before-allocation",
        "practitioner",
    ):
        assert me.client.get(me.address(slug)).status_code == 404, slug
    me.answer("establishment", establishment="LEI")
    me.answers_information()
    me.answers_service()
    me.decides_risk_and_declares()
    me.sends()

    # Then the supplier sees the establishment and the contact there, and no release
    page = the_suppliers_page(as_persona)
    assert "Establishment Leeds (HMP)" in page
    assert "Place of work Moorland (HMP & YOI)" in page
    assert "Expected release date" not in page


@pytest.mark.slow
def test_several_services_in_one_referral(as_persona: AsPersona) -> None:
    # Given a contract that offers several services
    me = Practitioner(as_persona("pp")).starts("X980001", contract=SEVERAL_SERVICES)
    me.answers_where()
    me.answer("practitioner")
    me.names_a_back_up()
    me.answers_information()
    tasks = me.open(me.address("tasks"))
    assert "Choose services" in text_of(tasks)

    # When two are chosen, one is dropped again, and it is chosen anew
    first, second = me.chooses_services(2)
    me.answers_service()
    kept = str(me.draft.services.get(category__name=first).category_id)
    me.answer("services", services=[kept], status=200)
    assert second in text_of(me.pages[-1]), "it is asked before anything is deleted"
    assert me.draft.services.count() == 2
    me.confirms_deleting(me.address("services"))
    said = text_of(me.open(me.address("tasks")))
    assert "no longer apply and were deleted" in said
    assert second in said
    assert me.chooses_services(2) == [first, second]
    assert me.draft.services.get(category__name=second).complexity_level is None
    me.answers_service()
    me.decides_risk_and_declares()
    checked = text_of(me.open(me.address("check_answers")))
    me.sends()

    # Then both stand on the supplier's page, each with its outcomes and its level
    page = the_suppliers_page(as_persona)
    for name in (first, second):
        assert name in checked
        assert f"{name} service" in page


@pytest.mark.parametrize(
    ("crn", "says"),
    [
        pytest.param(
            "X980013", "Prison records say Eastwood Park (HMP & YOI)", id="no dates: establishment known"
        ),
        pytest.param("X980014", "Which establishment", id="released: OUT is no prison"),
        pytest.param("X980015", "Which establishment", id="no prison in the records"),
        pytest.param(
            "X980016", "Prison records say Larkfield Secure Children's Home", id="secure children's home"
        ),
    ],
)
@pytest.mark.slow
def test_what_the_prison_records_say_is_offered(as_persona: AsPersona, crn: str, says: str) -> None:
    me = Practitioner(as_persona("pp")).starts(crn)
    me.answers_where("CUSTODY")

    assert says in text_of(me.open(me.address("establishment")))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        pytest.param("/prisoner/", "Prison records are not answering", id="prisoner search"),
        pytest.param("/prisons/names", "The prison register is not answering", id="prison register"),
        pytest.param(
            "/api/agencies", "The list of secure children’s homes is not answering", id="agencies"
        ),
    ],
)
@pytest.mark.slow
def test_a_silent_prison_system_costs_only_its_own_part(as_persona: AsPersona, path: str, says: str) -> None:
    me = Practitioner(as_persona("pp")).starts("X980012")
    me.answers_where("CUSTODY")
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex=path, status=503))

    assert says in text_of(me.open(me.address("establishment")))
    if path == "/prisons/names":  # the homes are still there
        me.answer("establishment", establishment="SC9801")
    else:
        me.answer(
            "establishment",
            **({"establishment": "LEI"} if path == "/prisoner/" else {"is_still_there": "YES"}),
        )
    assert me.draft.establishment


@pytest.mark.slow
def test_without_any_list_the_name_is_typed(as_persona: AsPersona) -> None:
    me = Practitioner(as_persona("pp")).starts("X980012")
    me.answers_where("CUSTODY")
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="prison|agencies", status=503))

    me.answer("establishment", typed="Moorland")

    assert (me.draft.establishment, me.draft.establishment_code) == ("Moorland", "")
