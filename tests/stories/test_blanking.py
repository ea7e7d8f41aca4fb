"""An emptied section stays empty, on every page and for ever; answering No changes nothing.

The live service refills an emptied box with OASys's text, and shares what was removed (its weaknesses a and b).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral
from tests.factories.referrals import an_answered_draft
from tests.pages import assert_page
from tests.stories.referring import SECTION_SLUGS, Practitioner, filled_in, key_of

AsPersona = Callable[[str], Client]
WHO, KEY = "who-is-at-risk", "who_is_at_risk"
OASYS = "Former partners; housing staff who challenge him about rent."
REMOVED_WORDS = "challenge him about rent"
TICKED = {"do": "save", "understood": "YES"}


@pytest.fixture
def practitioner(as_persona: AsPersona, personas: dict[str, User]) -> Practitioner:
    """Everything answered but risk, which was pulled: OASys has text or an answer in every section."""
    return Practitioner(as_persona("pp"), str(an_answered_draft(personas["pp"], crn="X980001").pk))


# --- Four ways of emptying a section


def _on_the_edit_page(practitioner: Practitioner) -> None:
    _saves_the_edit_page(practitioner, **{KEY: ""})


def _with_spaces_on_the_edit_page(practitioner: Practitioner) -> None:
    _saves_the_edit_page(practitioner, **{KEY: " \r\n "})


def _with_the_button_of_the_edit_page(practitioner: Practitioner) -> None:
    url = practitioner.address("risk_edit")
    practitioner.post(url, filled_in(practitioner.open(url)) | {"do": f"remove:{KEY}"})


def _on_its_own_page(practitioner: Practitioner) -> None:
    practitioner.edits(WHO, "")


def _with_the_button_of_its_own_page(practitioner: Practitioner) -> None:
    practitioner.presses(WHO, "remove")


every_way = pytest.mark.parametrize(
    "empty",
    [
        pytest.param(_on_the_edit_page, id="in its box on the edit page"),
        pytest.param(_with_spaces_on_the_edit_page, id="to spaces on the edit page"),
        pytest.param(_with_the_button_of_the_edit_page, id="by its button on the edit page"),
        pytest.param(_on_its_own_page, id="in its box on its own page"),
        pytest.param(_with_the_button_of_its_own_page, id="by the button of its own page"),
    ],
)


def _saves_the_edit_page(
    practitioner: Practitioner, *, status: int = 302, ticked: bool = True, **boxes: str
) -> None:
    url = practitioner.address("risk_edit")
    button = TICKED if ticked else {"do": "save"}
    practitioner.post(url, filled_in(practitioner.open(url)) | button | boxes, status)


def _box_on(page: BeautifulSoup, name: str) -> str:
    return str(filled_in(page)[name])


def _shared_in(page: BeautifulSoup) -> str:
    """What the review page says will be shared of the section."""
    card = page.select_one(f"#{WHO}")
    assert card is not None
    for original in card.select("details"):
        original.decompose()
    return " ".join(card.get_text(" ").split())


def _is_empty_on_every_page(practitioner: Practitioner, *, ready: bool) -> None:
    assert _box_on(practitioner.open(practitioner.address("risk_edit")), KEY) == ""
    assert _box_on(practitioner.open(practitioner.address("risk_section", WHO)), "text") == ""
    review = _shared_in(practitioner.reviews_risk())
    assert "No information shared" in review
    assert REMOVED_WORDS not in review
    pages = ["preview", "check_answers"] if ready else ["preview"]
    for name in pages:
        assert REMOVED_WORDS not in practitioner.open(practitioner.address(name)).get_text()


@every_way
@pytest.mark.slow
def test_an_emptied_section_stays_empty(
    practitioner: Practitioner, as_persona: AsPersona, empty: Callable[[Practitioner], None]
) -> None:
    # Given somebody who empties a section, saves, and leaves
    assert _box_on(practitioner.open(practitioner.address("risk_edit")), KEY) == OASYS
    empty(practitioner)
    practitioner.open(practitioner.address("tasks"))

    # When they come back and save again, but forget the tick
    _saves_the_edit_page(practitioner, status=422, ticked=False)

    # Then the page with the error has the box as they left it: empty
    assert _box_on(practitioner.pages[-1], KEY) == ""

    # And once saved, and once No was answered after that, it is empty on every page
    practitioner.post(practitioner.address("risk_edit"), filled_in(practitioner.pages[-1]) | TICKED)
    practitioner.declares()
    _is_empty_on_every_page(practitioner, ready=True)
    practitioner.sends()

    # And the supplier gets neither the words nor a sign that there were any
    received = ReceivedReferral.objects.unscoped().get()
    shared = received.as_handover().risk.who_is_at_risk
    assert (shared.answer, shared.text, shared.no_identified_risk) == (None, "", False)
    details = assert_page(
        as_persona("sp.caseworker").get(reverse("monitoring:referral_details", args=[received.pk]))
    )
    assert REMOVED_WORDS not in details.get_text()
    assert "removed" not in details.get_text().lower()


def test_a_box_emptied_without_the_tick_comes_back_empty_and_is_not_saved(practitioner: Practitioner) -> None:
    _saves_the_edit_page(practitioner, status=422, ticked=False, **{KEY: ""})

    assert _box_on(practitioner.pages[-1], KEY) == ""
    section = practitioner.draft.risk.section(KEY)
    assert (section.state, section.box_text) == ("UNREVIEWED", OASYS)  # nothing half-saved


@pytest.mark.parametrize(
    "page", ["risk_edit", "risk_section"], ids=["on the edit page", "on the section's own page"]
)
@pytest.mark.slow
def test_reverting_and_undoing_brings_the_emptiness_back(practitioner: Practitioner, page: str) -> None:
    # Given an emptied section
    practitioner.presses(WHO, "remove")
    suffix = f":{KEY}" if page == "risk_edit" else ""
    name = KEY if page == "risk_edit" else "text"
    url = practitioner.address(page, *([WHO] if page == "risk_section" else []))

    # When it is reverted, then OASys's text stands in the box
    practitioner.post(url, filled_in(practitioner.open(url)) | {"do": f"revert{suffix}"})
    assert _box_on(practitioner.open(url), name) == OASYS

    # And when that is undone, it is empty again
    practitioner.post(url, filled_in(practitioner.open(url)) | {"do": f"undo{suffix}"})
    assert _box_on(practitioner.open(url), name) == ""
    _is_empty_on_every_page(practitioner, ready=False)
    assert practitioner.draft.risk.section(KEY).state == "REMOVED"


@pytest.mark.slow
def test_no_after_edits_changes_nothing(as_persona: AsPersona, personas: dict[str, User]) -> None:
    # Somebody about whom OASys says no in one section, so that no identified risk can be confirmed there
    practitioner = Practitioner(as_persona("pp"), str(an_answered_draft(personas["pp"], crn="X980010").pk))

    # Given one section edited, one removed, one without an identified risk, and additional information
    practitioner.edits(WHO, "Former partners.")
    practitioner.presses("nature-of-risk", "remove")
    practitioner.presses("self-harm", "none")
    practitioner.edits("additional-information", "Ask for him by his first name.")
    before = _everything(practitioner)

    # When No is answered: without the tick, with it, and once more
    url = practitioner.address("risk_information")
    form = filled_in(practitioner.open(url), practitioner.pages[-1].select_one("form:has(input[name=edit])"))
    practitioner.post(url, form | {"edit": "NO"}, 422)
    assert _everything(practitioner) == before
    practitioner.declares()
    practitioner.declares()

    # Then nothing has changed but that it is declared
    after = _everything(practitioner)
    decided = {key: value for key, value in after.items() if before[key][0] != "UNREVIEWED"}
    assert decided == {key: value for key, value in before.items() if value[0] != "UNREVIEWED"}
    assert {key: box for key, (_, box) in after.items()} == {key: box for key, (_, box) in before.items()}

    # And this is what the supplier sees, additional information included
    practitioner.sends()
    received = ReceivedReferral.objects.unscoped().get()
    risk = received.as_handover().risk
    assert risk.who_is_at_risk.text == "Former partners."
    assert (risk.nature_of_risk.text, risk.self_harm.no_identified_risk) == ("", True)
    details = assert_page(
        as_persona("sp.caseworker").get(reverse("monitoring:referral_details", args=[received.pk]))
    )
    assert "Ask for him by his first name." in details.get_text()


def test_yes_saves_nothing(practitioner: Practitioner) -> None:
    before = _everything(practitioner)

    url = practitioner.address("risk_information")
    form = filled_in(practitioner.open(url), practitioner.pages[-1].select_one("form:has(input[name=edit])"))
    response = practitioner.post(url, form | {"edit": "YES"})

    assert response["Location"] == practitioner.address("risk_edit")
    assert _everything(practitioner) == before


def _everything(practitioner: Practitioner) -> dict[str, tuple[str, str]]:
    risk = practitioner.draft.risk
    return {
        slug: (str(risk.section(key_of(slug)).state), risk.section(key_of(slug)).box_text)
        for slug in SECTION_SLUGS
    }
