"""Every door through which words go to the other side after sending: what may be sensitive is pointed out, once."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import monitoring.forms
import referrals.cases
from accounts.models import User
from events.models import AuditEvent, OutboxEntry
from govuk.fields import TextAreaField
from govuk.forms import Form
from monitoring.checks import texts_are_looked_at
from monitoring.forms.action_plan import ActivityForm
from monitoring.forms.appointment import ArrangeForm
from monitoring.forms.case_note import CaseNoteForm
from monitoring.forms.crossing import CrossingForm, case_words
from monitoring.forms.end_of_service import AchievementForm, FurtherInformationForm
from monitoring.forms.feedback import BranchForm, HeldForm, MissedForm, NotHeldForm
from monitoring.forms.pausing import PauseForm
from monitoring.forms.question import AnswerForm, AskForm
from monitoring.models import CaseNote, Feedback, PlanActivity, Question, ReceivedReferral
from monitoring.rules import second_look
from monitoring.rules.second_look import look
from referrals.actions.correct_risk import begin_correction
from referrals.cases.action_plans import AskForChangeForm
from referrals.cases.amend_forms import AmendForm, ComplexityAgain, ReasonAgain
from referrals.cases.correction_form import CorrectionForm
from referrals.cases.ending_form import EndForm
from referrals.cases.forms import OpenCaseForm
from referrals.cases.recall_form import RecallForm
from referrals.models import Referral
from referrals.sensitive_details import known_places
from referrals.typed_text.kept_text import OF_CASES
from tests.addresses import addresses
from tests.factories.monitoring_delivery import again, with_plan, with_session_arranged
from tests.factories.monitoring_work import delivered, reported_on, rows_in_addresses, with_a_caseworker
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
NAME = "Adeyinka Fosse"
WORDS = f"Her neighbour Mrs {NAME} rang from 07700 900123."
NEUTRAL = "A neighbour rang."
HELD = {"was_late": "NO", "how_they_responded": "Took part well.", "notify": ["NOTHING"]}


def _to_come(case: ReceivedReferral, worker: User) -> ReceivedReferral:
    """A session is arranged for tomorrow."""
    case = with_plan(with_a_caseworker(case, worker), sessions=1)
    return with_session_arranged(case, 1, starts_at=timezone.now() + timedelta(days=1))


def _to_record(happened: bool, attended: bool) -> Callable[[ReceivedReferral, User], ReceivedReferral]:
    """Whether session 1 happened was answered, and nothing more."""

    def stand(case: ReceivedReferral, worker: User) -> ReceivedReferral:
        case = delivered(case, worker)
        begun = Feedback.objects.unscoped().filter(appointment__session__number=1, appointment__received=case)
        begun.update(happened=happened, attended=attended, what_was_done="", how_they_responded="")
        return again(case)

    return stand


@dataclass(frozen=True)
class Door:
    """A page of one side, the box of it that takes ``WORDS``, and what else has to be answered."""

    form: type[CrossingForm]
    page: str
    box: str
    stands: Callable[[ReceivedReferral, User], ReceivedReferral] = delivered
    more: dict[str, Any] = field(default_factory=dict)
    choose: str = ""  # radios of which the first is taken

    @property
    def persona(self) -> str:
        return "pp" if self.page.startswith("referrals:") else "sp.caseworker"


NOTE = {"subject": "A call", "tell_other_side": "NO"}
DOORS = [
    Door(AskForm, "monitoring:ask_question", "text", more={"about": "risk.self_harm"}, choose="kind"),
    Door(CaseNoteForm, "monitoring:add_case_note", "body", more=NOTE),
    Door(CaseNoteForm, "monitoring:add_case_note", "subject", more=NOTE | {"body": "They rang."}),
    Door(CaseNoteForm, "referrals:add_case_note", "body", more=NOTE),
    Door(ActivityForm, "monitoring:add_activity", "text", choose="outcome"),
    Door(ActivityForm, "monitoring:change_activity", "text"),
    Door(HeldForm, "monitoring:feedback", "what_was_done", more=HELD),
    Door(
        NotHeldForm,
        "monitoring:feedback",
        "details_logistics",
        _to_record(happened=False, attended=True),
        {"reason": "LOGISTICS", "notify": "NO"},
    ),
    Door(
        MissedForm,
        "monitoring:feedback",
        "no_attendance_information",
        _to_record(happened=False, attended=False),
        {"notify": "NO"},
    ),
    Door(PauseForm, "monitoring:pause_case", "reason", with_a_caseworker),
    Door(ArrangeForm, "monitoring:arrange_session", "reason", _to_come, {"step": "details"}, "asked_by"),
    Door(AchievementForm, "monitoring:report_outcome", "progress", reported_on, choose="level"),
    Door(FurtherInformationForm, "monitoring:report_further_information", "text", reported_on),
    Door(AnswerForm, "referrals:answer_question", "answer"),
    Door(AskForChangeForm, "referrals:ask_for_plan_change", "text"),
    Door(EndForm, "referrals:end_case", "comments", choose="reason"),
    Door(ReasonAgain, "referrals:change_case", "reason_for_referral", more={"reason": "They asked."}),
    Door(ComplexityAgain, "referrals:change_case_service", "reason", choose="complexity_level"),
    Door(RecallForm, "referrals:recall_risk", "reason"),
    Door(CorrectionForm, "referrals:correction", "reason", more={"understood": "YES"}),
]


@dataclass
class AtADoor:
    """Somebody who has opened it."""

    door: Door
    client: Client
    url: str

    def types(self, words: str) -> dict[str, Any]:
        """The page filled in, ready to be sent."""
        page = assert_page(self.client.get(self.url), 200)
        fields = filled_in(page) | self.door.more
        if self.door.choose:
            radio = page.select_one(f"input[name={self.door.choose}]:not([checked])")
            assert radio is not None
            fields[self.door.choose] = radio["value"]
        if self.door.page == "monitoring:pause_case":
            today = timezone.localdate()
            fields |= {f"starts_on_{part}": getattr(today, part) for part in ("day", "month", "year")}
        return fields | {self.door.box: words}

    def sends(self, fields: dict[str, Any]) -> HttpResponse:
        return self.client.post(self.url, fields)


def _opened(door: Door, as_persona: SignIn, personas: dict[str, User]) -> AtADoor:
    referral = a_sent_referral(personas["pp"], crn="X980017")
    case = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    case = door.stands(case, personas["sp.caseworker"])
    parts = {
        "received_id": case.pk,
        "referral_id": referral.pk,
        "item": "reason-for-referral" if door.form is ReasonAgain else "complexity-level",
        "category_id": case.services.get().category_id,
        "place": 2 if door.form is AchievementForm else 1,
        "number": 1 if door.page == "monitoring:arrange_session" else 3,
        **rows_in_addresses(case),
    }
    if door.form is CorrectionForm:
        parts["correction_id"] = begin_correction(referral=referral, by=personas["pp"]).pk
    return AtADoor(door, as_persona(door.persona), _address(door.page, parts))


def _address(name: str, parts: dict[str, Any]) -> str:
    (pattern,) = [one for found, one in addresses() if found == name]
    return reverse(name, kwargs={part: parts[part] for part in pattern.converters})


def _read(response: HttpResponse) -> BeautifulSoup:
    return BeautifulSoup(response.content.decode(), "html5lib")


def _goes_on(response: HttpResponse) -> bool:
    """To another page, or to one that shows the words to be checked."""
    if response.status_code == 302:
        return True
    page = _read(response)
    return response.status_code == 200 and page.select_one("textarea") is None and not page.select("#noticed")


def _each(door: Door) -> str:
    return f"{door.page} {door.form.__name__} {door.box}"


@pytest.mark.parametrize("door", DOORS, ids=_each)
def test_what_may_be_sensitive_is_pointed_out_where_it_was_typed_and_never_blocks(
    as_persona: SignIn, personas: dict[str, User], door: Door
) -> None:
    # Given a page of either side that is filled in with the name and number of somebody else
    me = _opened(door, as_persona, personas)
    before = _written()

    # When it is sent
    shown = me.sends(me.types(WORDS))

    # Then nothing is saved, and the page is shown again with the words, their kind and why, and everything typed
    page = assert_page(shown, 200)
    said = " ".join(page.select_one("#noticed").get_text(" ").split())
    for part in (NAME, "07700 900123", "Name of another person:", "Phone number:", "leave the text as it is"):
        assert part in said
    assert _written() == before
    assert "Error" not in page.title.get_text()
    assert not page.select(".govuk-error-summary")
    assert filled_in(page)[door.box] == WORDS
    assert page.select_one(f"#noticed a[href='#id_{door.box}']") is not None

    # And sent once more as it is, it goes on
    assert _goes_on(me.sends(filled_in(page) | {k: v for k, v in door.more.items() if k == "step"}))


@pytest.mark.parametrize("door", DOORS, ids=_each)
def test_changed_words_go_on_at_once_and_neutral_ones_are_never_asked_about(
    as_persona: SignIn, personas: dict[str, User], door: Door
) -> None:
    me = _opened(door, as_persona, personas)
    shown = _read(me.sends(me.types(WORDS)))
    step = {name: value for name, value in door.more.items() if name == "step"}

    # Another name than the one that was shown is pointed out, and only that
    other = _read(me.sends(filled_in(shown) | step | {door.box: f"{WORDS} Also Mr Tobias Wrenfield."}))
    said = other.select_one("#noticed").get_text()
    assert "Wrenfield" in said
    assert NAME not in said

    # Words of nobody go on
    assert _goes_on(me.sends(filled_in(other) | step | {door.box: NEUTRAL}))


def _written() -> tuple[int, ...]:
    models = (CaseNote, Question, PlanActivity)
    return tuple(model.objects.unscoped().count() for model in models)


# --- Every door is one of these


def _modules(package: ModuleType) -> list[ModuleType]:
    names = [one.name for one in pkgutil.iter_modules(package.__path__)]
    return [importlib.import_module(f"{package.__name__}.{name}") for name in names]


def _forms_with_text_areas() -> set[type[Form]]:
    found = {
        thing
        for package in (monitoring.forms, referrals.cases)
        for module in _modules(package)
        for thing in vars(module).values()
        if isinstance(thing, type) and issubclass(thing, Form)
    }
    return {
        one for one in found if any(isinstance(box, TextAreaField) for box in one.base_fields.values())
    } - {BranchForm}


def test_every_form_for_words_after_sending_is_looked_at_and_is_in_the_table() -> None:
    # Why a case was opened is recorded for administrators: it crosses to nobody.
    forms = _forms_with_text_areas() - {OpenCaseForm}

    assert all(issubclass(form, CrossingForm) for form in forms)
    # Questions of the form asked again have their text areas from the form, and the reason from one form: two doors.
    again = {form for form in forms if issubclass(form, AmendForm)}
    assert forms - again == {door.form for door in DOORS} - again


def test_every_page_of_a_case_that_keeps_what_practitioners_type_is_in_the_table() -> None:
    # Of a corrected version, the reason crosses as it is typed; its sections are reviewed as those of a draft are.
    pages = OF_CASES | {"correction"}
    assert {f"referrals:{name}" for name in pages} == {door.page for door in DOORS if door.persona == "pp"}


def test_the_service_does_not_start_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    assert texts_are_looked_at() == []

    monkeypatch.setattr(second_look, "_registered", [])

    assert [one.id for one in texts_are_looked_at()] == ["monitoring.E001"]


# --- Nothing of it is kept, and nothing crosses


def test_a_double_press_saves_once_and_nothing_found_reaches_the_other_side(
    as_persona: SignIn, personas: dict[str, User]
) -> None:
    # Given a practitioner who was shown what their answer holds
    door = next(one for one in DOORS if one.form is CaseNoteForm and one.persona == "pp")
    me = _opened(door, as_persona, personas)
    shown = _read(me.sends(me.types(WORDS)))

    # When they go on, and press the last button twice
    check = _read(me.sends(filled_in(shown)))
    twice = [me.sends(filled_in(check) | {"do": "save"}) for _ in range(2)]

    # Then there is one note, with the words as they were typed
    assert [one.status_code for one in twice] == [302, 302]
    note = CaseNote.objects.unscoped().get(body__contains=NAME)
    assert note.body == WORDS
    # And neither the other side nor the trail knows of a finding
    case = ReceivedReferral.objects.unscoped().get()
    other = as_persona("sp.caseworker").get(reverse("monitoring:case_note", args=[case.pk, note.pk]))
    read = assert_page(other, 200).get_text()
    assert NAME in read
    for word in ("may be sensitive", "Name of another person", "Phone number", "details_seen"):
        assert word not in read
    kept = f"{[*AuditEvent.objects.values_list('facts', flat=True)]}{[*OutboxEntry.objects.values_list('payload')]}"
    marks = filled_in(shown)["details_seen"].split()
    assert marks
    assert not any(word in kept for word in ("Fosse", "other_person", *marks))


def test_saving_a_draft_again_does_not_ask_about_what_stands_in_it(
    as_persona: SignIn, personas: dict[str, User]
) -> None:
    door = next(one for one in DOORS if one.page == "monitoring:change_activity")
    me = _opened(door, as_persona, personas)
    assert _goes_on(me.sends(filled_in(_read(me.sends(me.types(WORDS))))))

    assert _goes_on(me.sends(filled_in(_read(me.client.get(me.url)))))


def test_what_is_wrong_and_what_may_be_sensitive_are_said_together(
    as_persona: SignIn, personas: dict[str, User]
) -> None:
    door = next(one for one in DOORS if one.form is AskForm)
    me = _opened(door, as_persona, personas)

    shown = assert_page(me.sends(me.types(WORDS) | {"kind": ""}), 422)

    assert NAME in shown.select_one("#noticed").get_text()
    assert _goes_on(me.sends(filled_in(shown) | {"kind": "UNCLEAR"}))


@pytest.mark.parametrize("carried", ["", "x" * 5000, "\x00", "zz" * 6, "<b>"])
def test_what_a_page_carries_is_never_an_error(
    as_persona: SignIn, personas: dict[str, User], carried: str
) -> None:
    me = _opened(DOORS[0], as_persona, personas)

    shown = assert_page(me.sends(me.types(WORDS) | {"details_seen": carried}), 200)

    assert shown.select_one("#noticed") is not None


def test_a_detail_more_costs_no_query_more(as_persona: SignIn, personas: dict[str, User]) -> None:
    me = _opened(DOORS[0], as_persona, personas)
    me.sends(me.types("First words.") | {"about": ""})  # kept: from now on that is written over
    counts = []
    for words in (NEUTRAL, WORDS, WORDS + "".join(f" Rang 01632 9600{one}." for one in range(10, 40))):
        typed = me.types(words)
        cache.delete("second-look:places")
        known_places.BOTH_KNOW.forget()
        with CaptureQueriesContext(connection) as queries:
            me.sends(typed | {"about": ""})  # an error: never saved, whatever was found
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


# --- What is pointed out to whom


@pytest.mark.parametrize(
    ("persona", "words", "kinds"),
    [
        pytest.param(
            "sp.caseworker", WORDS, {"Name of another person", "Phone number"}, id="supplier: others"
        ),
        pytest.param("pp", WORDS, {"Name of another person", "Phone number"}, id="practitioner: others"),
        pytest.param("sp.caseworker", "They have schizophrenia.", set(), id="supplier: health of the person"),
        pytest.param("pp", "They have schizophrenia.", {"Health"}, id="practitioner: health"),
        pytest.param("sp.caseworker", "There is police intelligence.", set(), id="supplier: intelligence"),
        pytest.param("sp.caseworker", "{person} came with {worker}.", set(), id="supplier: known people"),
        pytest.param("pp", "{person} came with {worker}.", set(), id="practitioner: known people"),
        pytest.param(
            "sp.caseworker", "{practitioner} rang from {phone}.", set(), id="supplier: known numbers"
        ),
        pytest.param("pp", "About {crn}, {reference}.", set(), id="practitioner: own references"),
    ],
)
def test_each_side_is_told_what_it_should_look_at(
    personas: dict[str, User], persona: str, words: str, kinds: set[str]
) -> None:
    sent: Referral = a_sent_referral(personas["pp"], crn="X980017")
    case = with_a_caseworker(
        ReceivedReferral.objects.unscoped().get(pk=sent.received_id), personas["sp.caseworker"]
    )
    text = words.format(
        person=case.person_name,
        worker=personas["sp.caseworker"].display_name,
        practitioner=case.practitioner_name,
        phone=case.practitioner_phone,
        crn=case.crn,
        reference=case.reference,
    )

    (found,) = look(case_words(case, personas[persona]), [text])

    assert {one.kind for one in found} == kinds
    if persona.startswith("sp"):
        assert not any("service provider" in one.why for one in found)
