"""The probation practitioner's details: from nDelius, changed one by one, confirmed as they will be sent.

Every fault that the live service has here is a situation that ours must not have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from accounts.models import User
from demo import referrals as demo
from integrations.ndelius.types import ResponsibleOfficer
from interventions.models import ProbationDeliveryUnit, ProbationOffice
from referrals.journey import practitioner_details as details
from referrals.journey.answers import Practitioner as Details
from referrals.journey.practitioner_details import brought_up_to_date, missing
from referrals.journey.questions.people import PractitionerPage
from referrals.journey.records import OfficerInNdelius
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from tests.factories.referrals import a_declared_draft, a_draft
from tests.pages import assert_page
from tests.stories.referring import Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
NOTHING = Details("", "", "", "", "", "", None, None)
PATIENCE = OfficerInNdelius(
    "Patience Okonjo",
    "patience@justice.gov.uk",
    "01632 960901",
    "01632 960950",
    "North Durham",
    is_allocated=True,
)
CONFIRMED = timezone.now()


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def at_work(as_persona: AsPersona, by: User, crn: str = "X980001") -> Practitioner:
    """Somebody whose draft says that the person has a practitioner."""
    draft = a_draft(by, crn=crn)
    demo.answer(draft, by, only=["allocation", "current-location"])
    return Practitioner(as_persona("pp"), str(draft.pk))


def words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def error_links(page: BeautifulSoup) -> dict[str, str]:
    return {link.get_text(): str(link["href"]) for link in page.select(".govuk-error-summary a")}


def row(page: BeautifulSoup, label: str) -> str:
    keys = {key.get_text(strip=True): key for key in page.select("#details dt")}
    return words(keys[label].parent)  # type: ignore[arg-type]


# --- The rules ---------------------------------------------------------------------------------------

WITH_NAME = replace(NOTHING, practitioner_name="Pat Doe")
COMPLETE = replace(WITH_NAME, practitioner_pdu="North Durham")


@pytest.mark.parametrize(
    ("answers", "lacks", "is_answered"),
    [
        pytest.param(NOTHING, ["name", "probation-delivery-unit"], False, id="nothing"),
        pytest.param(WITH_NAME, ["probation-delivery-unit"], False, id="no PDU"),
        pytest.param(replace(COMPLETE, practitioner_name=""), ["name"], False, id="no name"),
        pytest.param(COMPLETE, [], False, id="complete, not confirmed"),
        pytest.param(replace(COMPLETE, practitioner_confirmed_at=CONFIRMED), [], True, id="confirmed"),
        pytest.param(
            replace(WITH_NAME, practitioner_confirmed_at=CONFIRMED), ["probation-delivery-unit"], False,
            id="confirmed, and the PDU went",
        ),
    ],
)  # fmt: skip
def test_answered_means_confirmed_with_name_and_pdu(
    answers: Details, lacks: list[str], is_answered: bool
) -> None:
    assert [one.slug for one in missing(answers)] == lacks
    assert PractitionerPage.is_answered(answers) is is_answered


TAKEN = replace(
    NOTHING,
    practitioner_name="Patience Okonjo",
    practitioner_email="patience@justice.gov.uk",
    practitioner_phone="01632 960901",
    practitioner_team_phone="01632 960950",
    practitioner_pdu="North Durham",
)
MOVED = replace(PATIENCE, phone="01632 960999", pdu="Leeds")


@pytest.mark.parametrize(
    ("standing", "before", "now", "after"),
    [
        pytest.param(NOTHING, None, PATIENCE, TAKEN, id="first asked"),
        pytest.param(NOTHING, PATIENCE, PATIENCE, TAKEN, id="asked before, on another page"),
        pytest.param(TAKEN, PATIENCE, PATIENCE, TAKEN, id="nothing new"),
        pytest.param(
            TAKEN, PATIENCE, MOVED, replace(TAKEN, practitioner_phone="01632 960999", practitioner_pdu="Leeds"),
            id="unchanged here: follows",
        ),
        pytest.param(
            replace(TAKEN, practitioner_phone="07700 900123"), PATIENCE, MOVED,
            replace(TAKEN, practitioner_phone="07700 900123", practitioner_pdu="Leeds"), id="changed here: stays",
        ),
        pytest.param(
            replace(TAKEN, practitioner_phone=""), PATIENCE, MOVED,
            replace(TAKEN, practitioner_phone="", practitioner_pdu="Leeds"), id="deleted here: stays deleted",
        ),
        pytest.param(TAKEN, PATIENCE, OfficerInNdelius(), TAKEN, id="nDelius names nobody now: nothing is taken away"),
        pytest.param(NOTHING, None, OfficerInNdelius(), NOTHING, id="nDelius names nobody"),
        pytest.param(
            NOTHING, None, replace(PATIENCE, phone="0" * 61), replace(TAKEN, practitioner_phone=""),
            id="too long to be kept: left out, not cut",
        ),
    ],
)  # fmt: skip
def test_ndelius_never_overwrites_what_was_changed_here(
    standing: Details, before: OfficerInNdelius | None, now: OfficerInNdelius, after: Details
) -> None:
    assert brought_up_to_date(standing, before, now) == after


@pytest.mark.parametrize("word", ["undefined", "Undefined", "null", "None", " ", ""])
def test_the_word_of_a_machine_without_a_value_is_no_value(word: str) -> None:
    """Live service: the text "undefined" could be stored and sent."""
    officer = OfficerInNdelius.of(
        ResponsibleOfficer(name="Patience Okonjo", email=word, phone=word, team_phone=word, pdu=word)
    )

    assert (officer.email, officer.phone, officer.team_phone, officer.pdu) == ("", "", "", "")
    assert (
        OfficerInNdelius.of(ResponsibleOfficer(name=word, unallocated=True, pdu=word)) == OfficerInNdelius()
    )


EMAIL, PHONE = ("email-address", "practitioner_email"), ("phone-number", "practitioner_phone")
TYPED = [
    pytest.param(EMAIL, "P.Okonjo@Justice.GOV.UK ", "p.okonjo@justice.gov.uk", "", id="trimmed, in small letters"),
    pytest.param(EMAIL, "", "", "", id="no email: the rule about its end is not asked (live service: fails)"),
    pytest.param(EMAIL, "p.okonjo@example.com", None, "must end with .gov.uk", id="not of the government"),
    pytest.param(EMAIL, "p.okonjo@gov.uk.example.com", None, "must end with .gov.uk", id="ends otherwise"),
    pytest.param(EMAIL, "p.okonjo", None, "in the correct format", id="no address"),
    pytest.param(PHONE, "+44 1632 960 901", "+44 1632 960 901", "", id="digits, spaces, plus"),
    pytest.param(PHONE, "", "", "", id="no phone"),
    pytest.param(PHONE, "ask at the desk", None, "in the correct format", id="no number"),
    pytest.param(("team-phone-number", "practitioner_team_phone"), "12", None, "correct format", id="too short"),
    pytest.param(("name", "practitioner_name"), " Ada Byrne ", "Ada Byrne", "", id="a name"),
    pytest.param(("name", "practitioner_name"), "  ", None, "Enter the practitioner’s full name",
                 id="no name (live service: keeps the old one and says nothing)"),
    pytest.param(("name", "practitioner_name"), "x" * 201, None, "must be 200 characters or fewer", id="too long"),
    pytest.param(("name", "practitioner_name"), "A\x00", None, "cannot be saved", id="a null byte"),
    pytest.param(("probation-delivery-unit", "practitioner_pdu"), "Atlantis", None, "from the list",
                 id="no such PDU (live service: not checked)"),
    pytest.param(("probation-delivery-unit", "practitioner_pdu"), "", None, "Select a probation delivery unit",
                 id="no PDU"),
    pytest.param(("probation-office", "practitioner_office"), "999999", None, "from the list",
                 id="no such office (live service: not checked)"),
    pytest.param(("probation-office", "practitioner_office"), "", "", "", id="no office"),
]  # fmt: skip


@pytest.mark.parametrize(("detail", "typed", "kept", "error"), TYPED)
def test_what_a_detail_takes(
    as_persona: AsPersona, pp: User, detail: tuple[str, str], typed: str, kept: str | None, error: str
) -> None:
    me = at_work(as_persona, pp)
    slug, column = detail
    me.open(me.address("practitioner"))
    before = getattr(me.draft, column)

    me.changes_practitioner(slug, 422 if error else 302, **{column: typed})

    assert getattr(me.draft, column) == (before if kept is None else kept)
    if error:
        page = me.pages[-1]
        assert any(error in line for line in error_links(page))
        assert ("Change it in nDelius too" in words(page)) is bool(details.BY_SLUG[slug].in_ndelius)


# --- The page ----------------------------------------------------------------------------------------


def test_what_ndelius_says_is_there_to_confirm(as_persona: AsPersona, pp: User) -> None:
    me = at_work(as_persona, pp)
    page = me.open(me.address("practitioner"))

    assert [key.get_text(strip=True) for key in page.select("#details dt")] == [
        one.label for one in details.DETAILS
    ]
    assert "Patience Okonjo" in row(page, "Full name")
    assert row(page, "Probation office") == "Probation office Not provided Enter probation office"
    deletable = [
        link.get_text(" ", strip=True) for link in page.select("#details a") if "Delete" in link.get_text()
    ]
    assert deletable == ["Delete email address", "Delete phone number", "Delete team phone number"]
    assert me.draft.practitioner_confirmed_at is None

    me.confirms_practitioner()

    assert me.draft.practitioner_confirmed_at is not None


def test_a_name_that_was_filled_in_here_is_enough(as_persona: AsPersona, pp: User) -> None:
    """Live service: the check looks at what nDelius says, not at what will be sent, and fails."""
    # Given somebody for whom nDelius names a placeholder
    me = at_work(as_persona, pp, crn="X980024")
    me.confirms_practitioner(422)
    page = me.pages[-1]
    assert error_links(page) == {"Enter the practitioner’s full name": me.address("practitioner_change", "name")}
    assert page.title is not None
    assert page.title.get_text().startswith("Error: ")
    assert "nDelius does not name" in words(page)

    # When the name is entered
    me.changes_practitioner("name", practitioner_name="Ada Byrne")
    me.confirms_practitioner()

    # Then that is what will be sent
    assert (me.draft.practitioner_name, bool(me.draft.practitioner_pdu)) == ("Ada Byrne", True)


def test_nobody_in_ndelius_at_all(as_persona: AsPersona, pp: User) -> None:
    me = at_work(as_persona, pp, crn="X980023")

    me.confirms_practitioner(422)

    assert list(error_links(me.pages[-1])) == [
        "Enter the practitioner’s full name", "Enter the practitioner’s probation delivery unit (PDU)",
    ]  # fmt: skip
    unit = ProbationDeliveryUnit.objects.in_use()[0].name
    me.changes_practitioner("name", practitioner_name="Ada Byrne")
    me.changes_practitioner("probation-delivery-unit", practitioner_pdu=unit)
    me.confirms_practitioner()
    assert me.draft.practitioner_pdu == unit


@pytest.mark.slow
def test_ndelius_that_does_not_answer_can_be_asked_again(as_persona: AsPersona, pp: User) -> None:
    draft = Referral.objects.get(pk=a_draft(pp, crn="X980001").pk)
    Referral.objects.filter(pk=draft.pk).update(has_practitioner=True, location="COMMUNITY")
    me = Practitioner(as_persona("pp"), str(draft.pk))
    adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius", path_regex="responsible-officer"))
    page = me.open(me.address("practitioner"))
    assert "nDelius is not answering" in words(page)
    assert row(page, "Full name") == "Full name Not found Enter full name"

    adapter.state().faults.clear()
    me.post(me.address("practitioner_pull"), {})

    assert "Patience Okonjo" in row(me.open(me.address("practitioner")), "Full name")


def test_what_was_changed_here_stands_beside_what_ndelius_says(as_persona: AsPersona, pp: User) -> None:
    me = at_work(as_persona, pp)
    me.open(me.address("practitioner"))
    theirs = me.draft.practitioner_phone
    me.changes_practitioner("phone-number", practitioner_phone="07700 900123")

    me.post(me.address("practitioner_pull"), {})
    page = me.open(me.address("practitioner"))

    assert f"07700 900123 nDelius says: {theirs}" in row(page, "Phone number")
    assert "Nothing has changed." in words(page)
    assert "nDelius says" not in row(page, "Full name")
    me.post(me.address("practitioner_change", "phone-number"), {"do": "ndelius"})
    assert me.draft.practitioner_phone == theirs


def test_deleting_is_asked_on_a_page_of_its_own_and_can_be_taken_back(
    as_persona: AsPersona, pp: User
) -> None:
    me = at_work(as_persona, pp)
    me.open(me.address("practitioner"))
    theirs = me.draft.practitioner_email
    page = me.open(me.address("practitioner_delete", "email-address"))
    assert theirs in words(page)
    assert me.draft.practitioner_email == theirs, "looking deletes nothing"

    me.post(me.address("practitioner_delete", "email-address"), {})

    assert me.draft.practitioner_email == ""
    assert f"Not found nDelius says: {theirs}" in row(me.open(me.address("practitioner")), "Email address")


@pytest.mark.parametrize(("name", "detail"), [
    ("practitioner_delete", "name"), ("practitioner_delete", "probation-delivery-unit"),
    ("practitioner_delete", "made-up"), ("practitioner_change", "made-up"),
])  # fmt: skip
def test_what_cannot_be_deleted_or_is_no_detail(
    as_persona: AsPersona, pp: User, name: str, detail: str
) -> None:
    me = at_work(as_persona, pp)

    me.open(me.address(name, detail), 404)
    assert_page(me.client.post(me.address(name, detail)), 404)


def test_an_office_is_kept_with_its_name_and_number(as_persona: AsPersona, pp: User) -> None:
    me = at_work(as_persona, pp)
    office = ProbationOffice.objects.in_use()[0]

    me.changes_practitioner("probation-office", practitioner_office=str(office.register_id))
    assert (me.draft.practitioner_office, me.draft.practitioner_office_number) == (
        office.name,
        office.register_id,
    )
    me.post(me.address("practitioner_delete", "probation-office"), {})

    assert (me.draft.practitioner_office, me.draft.practitioner_office_number) == ("", None)


def test_a_person_without_a_practitioner_has_no_such_page(as_persona: AsPersona, pp: User) -> None:
    me = Practitioner(as_persona("pp"), str(a_draft(pp, crn="X980001").pk))
    me.answer("allocation", has_practitioner="NO")

    for name, *more in (
        ("practitioner",),
        ("practitioner_change", "name"),
        ("practitioner_delete", "phone-number"),
    ):
        me.open(me.address(name, *more), 404)
    assert me.draft.practitioner_name == "", "what nDelius says is not sent unasked"


def test_another_answer_to_whether_there_is_one_takes_the_confirmation_away(
    as_persona: AsPersona, pp: User
) -> None:
    me = at_work(as_persona, pp)
    me.confirms_practitioner()
    me.answer("allocation", has_practitioner="NO", status=200)
    me.confirms_deleting(me.address("allocation"))

    assert (me.draft.practitioner_name, me.draft.practitioner_confirmed_at) == ("", None)


# --- Two tabs ----------------------------------------------------------------------------------------


def test_a_detail_saved_in_another_tab_is_shown_and_not_overwritten(as_persona: AsPersona, pp: User) -> None:
    me = at_work(as_persona, pp)
    url = me.address("practitioner_change", "name")
    fields: dict[str, Any] = {"as_opened": me.open(url).select_one("input[name=as_opened]")["value"]}  # type: ignore[index]
    me.changes_practitioner("name", practitioner_name="Ada Byrne")
    me.changes_practitioner("phone-number", practitioner_phone="07700 900123")

    me.post(url, fields | {"practitioner_name": "Bo Crane"}, 409)

    assert "Ada Byrne" in words(me.pages[-1])
    assert (me.draft.practitioner_name, me.draft.practitioner_phone) == ("Ada Byrne", "07700 900123")


def test_details_that_changed_in_another_tab_are_not_confirmed_unseen(
    as_persona: AsPersona, pp: User
) -> None:
    me = at_work(as_persona, pp)
    seen = me.open(me.address("practitioner")).select_one("input[name=seen]")["value"]  # type: ignore[index]
    me.changes_practitioner("name", practitioner_name="Ada Byrne")

    me.post(me.address("practitioner"), {"seen": seen}, 409)

    assert "Ada Byrne" in row(me.pages[-1], "Full name")
    assert me.draft.practitioner_confirmed_at is None


# --- Changed from "check your answers" ---------------------------------------------------------------


@pytest.mark.slow
def test_a_change_from_the_check_page_returns_there_and_stays_confirmed(
    as_persona: AsPersona, pp: User
) -> None:
    me = Practitioner(as_persona("pp"), str(a_declared_draft(pp, crn="X980001").pk))
    confirmed = me.draft.practitioner_confirmed_at
    url = f"{me.address('practitioner_change', 'phone-number')}?return=check"
    me.open(url)

    answer = me.post(url, {"practitioner_phone": "07700 900123"})

    assert answer["Location"] == me.address("check_answers")
    assert (me.draft.practitioner_phone, me.draft.practitioner_confirmed_at) == ("07700 900123", confirmed)


def test_name_and_pdu_are_checked_again_before_sending(as_persona: AsPersona, pp: User) -> None:
    draft = a_declared_draft(pp, crn="X980001")
    Referral.objects.filter(pk=draft.pk).update(practitioner_pdu="")
    fresh = Referral.objects.get(pk=draft.pk)

    still_to_do = MAKE_A_REFERRAL.on(fresh, pp, timezone.localdate()).first_unanswered

    assert still_to_do is not None
    assert still_to_do.step.slug == "practitioner"
