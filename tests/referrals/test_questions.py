"""What each question refuses, where it says so, and what it warns of: the rules of the live form, without its faults.

Only rules that no other module shows: long and hostile text is in ``test_bad_input``, the practitioner's details have a
module of their own, which question is asked of whom is in ``test_branches``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from referrals.journey import answers
from referrals.models import Referral
from tests.factories.referrals import a_draft
from tests.referrals.test_branches import BRANCHES, SEVERAL_SERVICES, on_branch, say
from tests.stories.referring import Practitioner, filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
A, B, C, D = BRANCHES
HELD, NOT_HELD = "X980012", "X980015"  # prison records know an establishment and a date; they know neither


@pytest.fixture(autouse=True)
def _without_waiting(settings: Settings) -> None:
    settings.UPSTREAM_BACKOFF = 0


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def words(page: BeautifulSoup | Tag) -> str:
    return " ".join(page.get_text(" ").split())


def error_links(page: BeautifulSoup) -> dict[str, str]:
    return {str(link["href"]): link.get_text(strip=True) for link in page.select(".govuk-error-summary a")}


def on(day: date, field: str) -> dict[str, Any]:
    return {f"{field}_day": str(day.day), f"{field}_month": str(day.month), f"{field}_year": str(day.year)}


def a_draft_on(by: User, branch: str, crn: str) -> Referral:
    """A draft of this person with the questions answered that decide the branch."""
    draft = a_draft(by, crn=crn)
    for slug, value in BRANCHES[branch][0].items():
        say(draft, by, slug, value)
    return draft


# --- What is refused ---------------------------------------------------------------------------------

CONTACT = {"contact_name": "Nia Prosser", "contact_role": "Worker", "contact_email": "nia@example.com"}
AT = {"contact_place": "ESTABLISHMENT"}
YESTERDAY = on(timezone.localdate() - timedelta(days=1), "release_date")
REFUSED = [
    pytest.param(C, HELD, "main-contact", {},
                 {"#id_contact_name": "Enter full name", "#id_contact_role": "Enter role or job title",
                  "#id_contact_email": "Enter email address", "#id_contact_place": "Select where the main point"},
                 id="contact: nothing"),
    pytest.param(C, HELD, "main-contact", CONTACT | AT, {"#id_contact_establishment": "Select an establishment"},
                 id="contact: no establishment (live service: said in the summary only)"),
    pytest.param(C, HELD, "main-contact", CONTACT | AT | {"contact_establishment": "XXX"},
                 {"#id_contact_establishment": "from the list"}, id="contact: no such establishment"),
    pytest.param(C, HELD, "main-contact", CONTACT | {"contact_place": "OFFICE"},
                 {"#id_contact_office": "Select a probation office"}, id="contact: no office"),
    pytest.param(C, HELD, "main-contact", CONTACT | {"contact_place": "OFFICE", "contact_office": "999999"},
                 {"#id_contact_office": "from the list"}, id="contact: no such office"),
    pytest.param(C, HELD, "main-contact",
                 CONTACT | AT | {"contact_establishment": "MDI", "contact_email": "nia", "contact_phone": "desk"},
                 {"#id_contact_email": "in the correct format", "#id_contact_phone": "in the correct format"},
                 id="contact: no email address, no number"),
    pytest.param(B, HELD, "establishment", {}, {"#id_is_still_there": "Select yes if"},
                 id="establishment: not confirmed"),
    pytest.param(B, HELD, "establishment", {"is_still_there": "NO"},
                 {"#id_establishment": "Select an establishment"}, id="establishment: elsewhere, not said where"),
    pytest.param(B, NOT_HELD, "establishment", {}, {"#id_establishment": "Select an establishment"},
                 id="establishment: none recorded (live service: fails)"),
    pytest.param(B, NOT_HELD, "establishment", {"establishment": "XXX"}, {"#id_establishment": "from the list"},
                 id="establishment: no such one"),
    pytest.param(B, HELD, "expected-release-date", {}, {"#id_release": "Select when"}, id="release: nothing"),
    pytest.param(B, NOT_HELD, "expected-release-date", {"release": "CONFIRM"}, {"#id_release": "Select when"},
                 id="release: nothing recorded to confirm"),
    pytest.param(B, HELD, "expected-release-date", {"release": "ANOTHER"},
                 {"#id_release_date_day": "Enter the expected release date"}, id="release: no date"),
    pytest.param(B, HELD, "expected-release-date", {"release": "ANOTHER"} | YESTERDAY,
                 {"#id_release_date_day": "must be today or in the future"}, id="release: yesterday"),
    pytest.param(B, HELD, "expected-release-date", {"release": "UNKNOWN", "release_date_unknown_reason": "  "},
                 {"#id_release_date_unknown_reason": "Enter why"}, id="release: no reason"),
    pytest.param(C, HELD, "expected-probation-office", {}, {"#id_office_is": "Select if"}, id="office: nothing"),
    pytest.param(C, HELD, "expected-probation-office", {"office_is": "OFFICE"},
                 {"#id_expected_office": "Select a probation office"}, id="office: none"),
    pytest.param(C, HELD, "expected-probation-office", {"office_is": "OFFICE", "expected_office": "999999"},
                 {"#id_expected_office": "from the list"}, id="office: no such one"),
    pytest.param(C, HELD, "expected-probation-office", {"office_is": "UNKNOWN"},
                 {"#id_expected_office_unknown_reason": "Enter why"}, id="office: no reason"),
    pytest.param(A, HELD, "interpreter", {"needs_interpreter": "YES", "interpreter_language": " "},
                 {"#id_interpreter_language": "Enter the language they need"}, id="interpreter: no language"),
    pytest.param(A, HELD, "responsibilities", {"has_responsibilities": "YES"},
                 {"#id_when_unavailable": "Enter when"}, id="responsibilities: not when"),
    pytest.param(A, HELD, "reason-for-referral", {"reason_for_referral": " ", "further_information": ""},
                 {"#id_reason_for_referral": "Enter the reason", "#id_further_information": "Enter further"},
                 id="reasons: both are needed"),
    pytest.param(A, HELD, "relevant-sentence", {}, {"#id_sentence": "Select the relevant sentence"}, id="no sentence"),
    pytest.param(A, HELD, "enforceable-days", {"enforceable_days": "2.5"},
                 {"#id_enforceable_days": "must be a whole number"}, id="days: no whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("branch", "crn", "slug", "posted", "errors"), REFUSED)
def test_what_is_missing_or_wrong_is_said_at_its_field_and_nothing_is_saved(
    as_persona: AsPersona,
    pp: User,
    branch: str,
    crn: str,
    slug: str,
    posted: dict[str, str],
    errors: dict[str, str],
) -> None:
    me = Practitioner(as_persona("pp"), str(a_draft_on(pp, branch, crn).pk))
    question = me.open(me.address(slug)).h1
    before = Referral.objects.filter(pk=me.draft_id).values().get()

    me.post(me.address(slug), posted, 422)

    page = me.pages[-1]
    found = error_links(page)
    assert list(found) == list(errors)
    assert all(said in found[field] for field, said in errors.items()), found
    assert len(page.select(".govuk-error-message")) == len(errors), "each stands at its field too"
    assert page.h1 == question, "the same question again"
    assert Referral.objects.filter(pk=me.draft_id).values().get() == before


@pytest.mark.parametrize(
    ("before", "slug", "question"),
    [
        pytest.param({}, "allocation", "have an allocated community probation practitioner?",
                     id="practitioner or not (live service: shows another page)"),
        pytest.param({"allocation": answers.Allocation(True)}, "current-location", "now?", id="where now"),
        pytest.param({"allocation": answers.Allocation(False)}, "release", "during the intervention?", id="released"),
    ],
)  # fmt: skip
def test_an_unanswered_branch_question_asks_itself_again(
    as_persona: AsPersona, pp: User, before: dict[str, Any], slug: str, question: str
) -> None:
    draft = a_draft(pp)
    for answered, value in before.items():
        say(draft, pp, answered, value)
    me = Practitioner(as_persona("pp"), str(draft.pk))

    me.post(me.address(slug), {}, 422)

    assert me.pages[-1].h1 is not None
    assert me.pages[-1].h1.get_text(strip=True).endswith(question)
    assert len(error_links(me.pages[-1])) == 1


def test_services_have_to_be_chosen(as_persona: AsPersona, pp: User) -> None:
    me = Practitioner(as_persona("pp"), str(on_branch(pp, A, SEVERAL_SERVICES).pk))

    for posted in ({}, {"services": ["999999"]}):
        me.post(me.address("services"), posted, 422)

    assert not me.draft.services.exists()


# --- The relevant sentence ---------------------------------------------------------------------------


def without_an_offence() -> Fault:
    return Fault(Effect.STATUS, path_regex="/convictions$", status=200, body={"convictions": [{"id": 7}]})


@pytest.mark.parametrize(
    ("crn", "fault", "offered", "says"),
    [
        pytest.param("X980026", None, 7, "Sentenced: date not found", id="several, one without a start"),
        pytest.param("X980026", None, 7, "Sentence end date: not found", id="several, one without an end"),
        pytest.param("X980001", without_an_offence, 1, "Offence not recorded in nDelius",
                     id="without an offence (live service: fails)"),
        pytest.param("X980027", None, 0, "no active sentence for this person", id="none (live service: an error)"),
        pytest.param("X980001", lambda: Fault(Effect.STATUS, path_regex="/convictions$", status=503), 0,
                     "nDelius is not answering, so you cannot select a sentence now", id="nDelius is down"),
        pytest.param("X980001", lambda: Fault(Effect.STATUS, path_regex="/convictions$", status=404), 0,
                     "nDelius no longer has this CRN", id="merged away"),
    ],
)  # fmt: skip
def test_which_sentences_are_offered_and_why_there_are_none(
    as_persona: AsPersona, pp: User, crn: str, fault: Callable[[], Fault] | None, offered: int, says: str
) -> None:
    me = Practitioner(as_persona("pp"), str(a_draft_on(pp, A, crn).pk))
    if fault:
        adapter.state().faults.append(fault())

    page = me.open(me.address("relevant-sentence"))

    assert len(page.select("input[name=sentence]")) == offered
    assert says in words(page)


# --- What only warns, and what is hinted at ----------------------------------------------------------


@pytest.mark.parametrize(
    ("days_after_the_sentence", "warns"),
    [pytest.param(-1, False, id="before"), pytest.param(0, False, id="on its last day"),
     pytest.param(1, True, id="after")],
)  # fmt: skip
def test_a_completion_date_after_the_sentence_warns_and_is_kept(
    as_persona: AsPersona, pp: User, days_after_the_sentence: int, warns: bool
) -> None:
    """Live service: they are not compared."""
    me = Practitioner(as_persona("pp"), str(a_draft_on(pp, A, "X980001").pk))
    ends = timezone.localdate() + timedelta(days=30)
    say(me.draft, pp, "relevant-sentence", answers.RelevantSentence(1, "Theft", "", ends))
    chosen = ends + timedelta(days=days_after_the_sentence)

    me.answer("completion-date", **on(chosen, "completion_date"))

    assert me.draft.completion_date == chosen
    assert ("is after the sentence ends on" in words(me.open(me.address("completion-date")))) is warns


@pytest.mark.parametrize(
    ("branch", "before_release"),
    [pytest.param(A, False, id="A"), pytest.param(B, True, id="B"), pytest.param(C, True, id="C"),
     pytest.param(D, False, id="D")],
)  # fmt: skip
def test_the_reason_is_asked_for_as_the_branch_needs_it(
    as_persona: AsPersona, pp: User, branch: str, before_release: bool
) -> None:
    me = Practitioner(as_persona("pp"), str(a_draft_on(pp, branch, HELD).pk))

    page = words(me.open(me.address("reason-for-referral")))

    assert ("move from prison into the community and after release" in page) is before_release
    assert "relevant licence conditions" in page


def test_the_banner_says_what_is_not_known(as_persona: AsPersona, pp: User) -> None:
    me = Practitioner(as_persona("pp"), str(a_draft_on(pp, A, "X980001").pk))
    Referral.objects.filter(pk=me.draft_id).update(mobile="", telephone="", email="")

    for name in ("tasks", "interpreter", "risk_information", "risk_edit", "practitioner"):
        banner = me.open(me.address(name)).select_one("[aria-label='Person on probation']")
        assert banner is not None, name
        assert "X980001" in words(banner)
        assert words(banner).count("Not found") == 2


def test_an_earlier_answer_is_shown_again(as_persona: AsPersona, pp: User) -> None:
    """Whatever was answered in custody stands in the fields when a page is opened again."""
    me = Practitioner(as_persona("pp"), str(a_draft_on(pp, C, HELD).pk))
    later = timezone.localdate() + timedelta(days=400)
    office = {"office_is": "UNKNOWN", "expected_office_unknown_reason": "No team yet."}
    given: dict[str, dict[str, Any]] = {
        "main-contact": CONTACT | AT | {"contact_establishment": "MDI", "contact_phone": "01632 960777"},
        "establishment": {"is_still_there": "NO", "establishment": "LEI"},
        "expected-release-date": {"release": "ANOTHER"} | on(later, "release_date"),
        "expected-probation-office": office,
    }

    for slug, posted in given.items():
        me.answer(slug, **posted)
        shown = filled_in(me.open(me.address(slug)))
        assert {name: shown[name] for name in posted} == posted
