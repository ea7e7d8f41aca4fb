"""Whether there is a practitioner: without one, a referral is for somebody in prison, and the page says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import Page
from tests.factories.referrals import a_draft
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
NAMED = "nDelius names Patience Okonjo as the community probation practitioner, and you selected no."


def _address(draft_id: object, slug: str) -> str:
    return f"/probation-practitioner/drafts/{draft_id}/{slug}"


@pytest.mark.parametrize(
    ("crn", "ndelius_answers", "answer", "is_warned"),
    [
        pytest.param("X980003", True, "NO", True, id="nDelius names somebody, and the answer is no"),
        pytest.param("X980003", True, "YES", False, id="nDelius names somebody, and the answer is yes"),
        pytest.param("X980024", True, "NO", False, id="nDelius names a placeholder"),
        pytest.param("X980003", False, "NO", False, id="nDelius does not answer"),
    ],
)
@pytest.mark.slow
def test_an_answer_against_ndelius_is_pointed_out_where_it_is_given(
    as_persona: AsPersona,
    personas: dict[str, User],
    page: Page,
    crn: str,
    ndelius_answers: bool,
    answer: str,
    is_warned: bool,
) -> None:
    """Nobody without a practitioner is referred from the community: "No" says that the person is in custody."""
    draft = a_draft(personas["pp"], crn=crn)
    if not ndelius_answers:
        adapter.state().faults.append(Fault(Effect.RESET, path_regex="/responsible-officer"))
    client, address = as_persona("pp"), _address(draft.pk, "allocation")
    assert "Select no only if they are in prison" in page(client, address).get_text()

    response = client.post(address, {"has_practitioner": answer})

    assert (response["Location"] == address) is is_warned
    assert (NAMED in page(client, address).get_text()) is is_warned


def test_the_next_question_says_what_was_chosen(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_draft(personas["pp"], crn="X980024")
    client = as_persona("pp")
    client.post(_address(draft.pk, "allocation"), {"has_practitioner": "NO"})

    assert "this referral is for a person in prison" in page(client, _address(draft.pk, "release")).get_text()
