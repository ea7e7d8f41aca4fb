"""The back-up contact is somebody other than the practitioner."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from referrals.journey.questions.people import NOT_THE_PRACTITIONER
from tests.stories.referring import Practitioner, filled_in

pytestmark = pytest.mark.django_db
AsPersona = Callable[[str], Client]


@pytest.fixture
def me(as_persona: AsPersona) -> Practitioner:
    """The practitioner of the person herself, who has confirmed her own details."""
    practitioner = Practitioner(as_persona("pp")).starts("X980001")
    practitioner.answers_where()
    practitioner.confirms_practitioner()
    return practitioner


@pytest.mark.slow
def test_the_practitioner_is_not_offered_as_their_own_back_up(me: Practitioner) -> None:
    fields = filled_in(me.open(me.address("back-up-contact")))

    assert (fields["back_up_name"], fields["back_up_email"]) == ("", "")


def test_somebody_else_who_makes_the_referral_is_offered(as_persona: AsPersona) -> None:
    colleague = Practitioner(as_persona("pp.colleague")).starts("X980001")
    colleague.answers_where()
    colleague.confirms_practitioner()

    fields = filled_in(colleague.open(colleague.address("back-up-contact")))

    assert fields["back_up_name"] == "Jonah Arkwright"


@pytest.mark.parametrize(
    ("name", "email", "is_refused"),
    [
        pytest.param("{name}", "nia.prosser@example.com", True, id="their name"),
        pytest.param("{NAME}", "nia.prosser@example.com", True, id="their name in capitals"),
        pytest.param("Nia Prosser", "{email}", True, id="their address"),
        pytest.param("Nia Prosser", "{EMAIL}", True, id="their address in capitals"),
        pytest.param("Nia Prosser", "nia.prosser@example.com", False, id="somebody else"),
    ],
)
def test_the_practitioner_is_refused_as_their_own_back_up(
    me: Practitioner, name: str, email: str, is_refused: bool
) -> None:
    draft = me.draft
    assert draft.practitioner_name
    assert draft.practitioner_email
    known = {"name": draft.practitioner_name, "email": draft.practitioner_email}
    known |= {"NAME": known["name"].upper(), "EMAIL": known["email"].upper()}

    typed = {"back_up_name": name.format(**known), "back_up_email": email.format(**known)}
    me.answer("back-up-contact", status=422 if is_refused else 302, **typed)

    assert (NOT_THE_PRACTITIONER in me.pages[-1].get_text()) == is_refused
    assert bool(me.draft.back_up_name) != is_refused


@pytest.mark.slow
def test_a_draft_that_was_sent_leads_to_its_case(as_persona: AsPersona) -> None:
    me = Practitioner(as_persona("pp")).starts("X980001").answers_all_but_risk()
    me.decides_risk_and_declares()
    url = me.address("tasks")
    me.sends()

    page = me.open(url, 410)

    assert page.find("a", href=me.address("case_progress")) is not None
    assert "You have sent this referral" in page.get_text()
