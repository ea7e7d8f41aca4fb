"""A form that was sent before: the same content finds what it made, other content is refused, and nothing is lost."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.refusals import SentBefore
from integrations.ndelius import client as ndelius
from interventions.models import Contract
from monitoring.actions.amend_referral import amend_referral, standing_of
from monitoring.actions.answer_question import answer_question
from monitoring.actions.arrange_appointment import arrange_appointment
from monitoring.actions.ask_question import ask_question
from monitoring.actions.assign_caseworker import assign
from monitoring.actions.make_performance_report import ask_for_report
from monitoring.actions.pause_case import pause
from monitoring.actions.write_action_plan import add_activity, ask_for_plan_change, start_plan
from monitoring.actions.write_case_note import write_case_note
from monitoring.models import (
    Appointment,
    Assignment,
    CaseNote,
    Method,
    Pause,
    PerformanceReport,
    PlanActivity,
    PlanChangeRequest,
    Question,
    ReceivedReferral,
    ReferralChange,
)
from monitoring.rules.amendments import NewReason
from monitoring.rules.appointments import Arrangement
from monitoring.rules.feedback import FeedbackAnswers
from referrals.actions.start_referral import start_referral
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import received
from tests.factories.monitoring_delivery import assigned, outcomes_of, with_end_requested, with_plan
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
A_DAY = timedelta(days=1)


@dataclass
class At:
    """Who is there, and a case in delivery; ``other`` is another case of the same contract."""

    practitioner: User
    worker: User
    referral: Referral
    case: ReceivedReferral
    other: ReceivedReferral
    moment: Any = field(default_factory=lambda: timezone.now() + A_DAY)

    def switched(self) -> At:
        """The same people at the other case."""
        return At(self.practitioner, self.worker, self.referral, self.other, self.case, self.moment)


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    """An appointment of an hour ago is one of today, whenever the tests run."""
    with time_machine.travel(timezone.localtime().replace(hour=12, minute=0)):
        yield


@pytest.fixture
def at(personas: dict[str, User]) -> At:
    practitioner, worker = personas["pp"], personas["sp.caseworker"]
    referral = a_sent_referral(practitioner)
    case = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    return At(
        practitioner,
        worker,
        referral,
        with_plan(assigned(case, to=worker)),
        with_plan(assigned(received(case.contract), to=worker)),
    )


# --- Every action that makes something -----------------------------------------------------------------


def _note(at: At, key: UUID, **said: Any) -> models.Model:
    note = {"subject": "Moved", "body": "To Leeds.", "tell_other_side": False} | said
    return write_case_note(received=at.case, by=at.worker, form_key=key, **note)


def _question(at: At, key: UUID, **said: Any) -> models.Model:
    asked = {"about": "needs", "kind": "MISSING", "text": "Which?"} | said
    return ask_question(received=at.case, by=at.worker, form_key=key, **asked)


def _activity(at: At, key: UUID, **said: Any) -> models.Model:
    draft = start_plan(received=at.case, by=at.worker)
    told = {"outcome": outcomes_of(at.case)[0].pk, "text": "Visit two flats"} | said
    return add_activity(received=at.case, number=draft.number, by=at.worker, form_key=key, **told)


def _plan_change(at: At, key: UUID, **said: Any) -> models.Model:
    asked = {"text": "More about budgets"} | said
    return ask_for_plan_change(received=at.case, by=at.practitioner, form_key=key, **asked)


def _pause(at: At, key: UUID, **said: Any) -> models.Model:
    told = {"starts_on": timezone.localdate(), "reason": "In hospital"} | said
    return pause(received=at.case, by=at.worker, form_key=key, **told)


def _amendment(
    at: At, key: UUID, *, to: str = "To find a flat.", reason: str = "They asked."
) -> models.Model:
    seen = standing_of(at.case, NewReason).amendment.seen_as()
    return amend_referral(
        received=at.case, amendment=NewReason(to), reason=reason, seen=seen, form_key=key, by=at.practitioner
    )


def _appointment(at: At, key: UUID, *, feedback: FeedbackAnswers | None = None, **said: Any) -> models.Model:
    told: dict[str, Any] = {"starts_at": at.moment, "minutes": 30, "method": Method.PHONE} | said
    return arrange_appointment(
        received=at.case, session=at.case.sessions.get(number=1), arrangement=Arrangement(**told),
        in_place_of=None, feedback=feedback, form_key=key, by=at.worker,
    )  # fmt: skip


def _recorded(at: At, key: UUID, **said: Any) -> models.Model:
    missed: dict[str, Any] = {
        "happened": False, "attended": False, "no_attendance_information": "No answer.", "notify_of_concerns": False,
    }  # fmt: skip
    begun = timezone.localtime(at.moment).replace(minute=0, second=0, microsecond=0) - A_DAY - A_DAY / 24
    return _appointment(at, key, feedback=FeedbackAnswers(**(missed | said)), starts_at=begun)


def _assignment(at: At, key: UUID, **said: Any) -> models.Model:
    told = {"caseworker": at.worker} | said
    return assign(received=at.case, by=at.worker, form_key=key, **told)


def _report(at: At, key: UUID, **said: Any) -> models.Model:
    told = {"from_date": date(2026, 1, 1), "to_date": date(2026, 1, 31)} | said
    return ask_for_report(by=at.worker, form_key=key, **told)


def _referral(at: At, key: UUID, *, contract: str = "DEMO_0001", crn: str = "X980010") -> models.Model:
    chosen = Contract.objects.get(reference=contract)
    return start_referral(by=at.practitioner, contract=chosen, person=ndelius.person(crn), form_key=key)


Make = Callable[..., models.Model]
#: What it makes, the rows, what the second sending says instead, and its words for what is stored and what was typed.
MADE: list[Any] = [
    pytest.param(_note, CaseNote, {"body": "To York."}, ("Case note", "To Leeds.", "To York."), id="note"),
    pytest.param(
        _note, CaseNote, {"tell_other_side": True}, ("Tell the other side by email", "No", "Yes"), id="tells"
    ),
    pytest.param(_question, Question, {"text": "Where?"}, ("Text", "Which?", "Where?"), id="question"),
    pytest.param(
        _question,
        Question,
        {"about": "identity"},
        ("Part of the referral", "Needs and requirements", "Identity details"),
        id="question about another part",
    ),
    pytest.param(
        _activity, PlanActivity, {"text": "Visit one"}, ("Text", "Visit two flats", "Visit one"), id="activity"
    ),
    pytest.param(
        _plan_change, PlanChangeRequest, {"text": "Less"}, ("Text", "More about budgets", "Less"), id="plan change"
    ),
    pytest.param(_pause, Pause, {"reason": "Ill"}, ("Reason", "In hospital", "Ill"), id="pause"),
    pytest.param(
        _amendment,
        ReferralChange,
        {"to": "To find work."},
        ("Changed to", "To find a flat.", "To find work."),
        id="change of a referral",
    ),
    pytest.param(
        _amendment,
        ReferralChange,
        {"reason": "A slip."},
        ("Reason", "They asked.", "A slip."),
        id="reason for a change of a referral",
    ),
    pytest.param(
        _appointment,
        Appointment,
        {"method": Method.VIDEO},
        ("How you meet", "Phone call", "Video call"),
        id="appointment",
    ),
    pytest.param(
        _recorded,
        Appointment,
        {"no_attendance_information": "Ill."},
        ("What you know about why they did not come", "No answer.", "Ill."),
        id="what happened at an appointment",
    ),
    pytest.param(
        _report,
        PerformanceReport,
        {"to_date": date(2026, 2, 28)},
        ("Last day", "31 January 2026", "28 February 2026"),
        id="performance report",
    ),
    pytest.param(
        _referral, Referral, {"crn": "X980001"}, ("CRN", "X980010", "X980001"), id="referral of another person"
    ),
]  # fmt: skip


def _rows(kind: type[models.Model]) -> int:
    return kind._base_manager.count()


@pytest.mark.parametrize(("make", "kind", "change", "words"), MADE)
def test_the_same_form_with_the_same_content_finds_what_it_made(
    at: At, make: Make, kind: type[models.Model], change: dict[str, Any], words: tuple[str, str, str]
) -> None:
    key = uuid4()
    first = make(at, key)
    before = _rows(kind)

    assert make(at, key) == first
    assert _rows(kind) == before


@pytest.mark.parametrize(("make", "kind", "change", "words"), MADE)
def test_the_same_form_with_other_content_is_refused_with_both(
    at: At, make: Make, kind: type[models.Model], change: dict[str, Any], words: tuple[str, str, str]
) -> None:
    key = uuid4()
    make(at, key)
    before = _rows(kind)

    with pytest.raises(SentBefore) as refused:
        make(at, key, **change)

    what, stored, typed = words
    assert (what, stored) in refused.value.stored
    assert (what, typed) in refused.value.typed
    assert _rows(kind) == before


def test_another_caseworker_chosen_on_the_same_form_is_refused_with_both(at: At) -> None:
    key, before = uuid4(), _rows(Assignment)
    first, second = caseworker_on(at.case.contract), caseworker_on(at.case.contract, first_name="Ada", last_name="Ash")
    made = _assignment(at, key, caseworker=first)

    assert _assignment(at, key, caseworker=first) == made
    with pytest.raises(SentBefore) as refused:
        _assignment(at, key, caseworker=second)

    assert refused.value.typed == [("Caseworker", "Ada Ash")]
    assert _rows(Assignment) == before + 1


def test_another_answer_to_a_question_is_refused_with_both(at: At) -> None:
    question = _question(at, uuid4())

    def answer(words: str) -> Question:
        return answer_question(
            received=at.case, question_id=question.pk, answer=words, correction_follows=False, by=at.practitioner
        )

    assert answer("In 2024.") == answer("In 2024.")
    with pytest.raises(SentBefore) as refused:
        answer("In 2025.")
    assert (refused.value.stored[0], refused.value.typed[0]) == (("Answer", "In 2024."), ("Answer", "In 2025."))


OF_A_CASE = [_note, _question, _activity, _plan_change, _pause, _amendment, _appointment]


@pytest.mark.parametrize("make", OF_A_CASE)
def test_a_form_of_another_case_is_refused_without_a_word_of_it(at: At, make: Make) -> None:
    key = uuid4()
    theirs = make(at.switched(), key)

    with pytest.raises(SentBefore) as refused:
        make(at, key)

    assert (refused.value.stored, refused.value.typed) == ((), ())
    assert type(theirs)._base_manager.filter(pk=theirs.pk).exists()


@pytest.mark.parametrize(
    ("make", "who"),
    [pytest.param(_report, "sp.manager", id="report"), pytest.param(_referral, "pp.colleague", id="referral")],
)
def test_a_form_of_somebody_else_is_refused_without_a_word_of_it(
    at: At, personas: dict[str, User], make: Make, who: str
) -> None:
    key = uuid4()
    make(At(personas[who], personas[who], at.referral, at.case, at.other), key)

    with pytest.raises(SentBefore) as refused:
        make(at, key)
    assert refused.value.stored == ()


@pytest.mark.parametrize("make", [_question, _activity, _plan_change, _appointment])
def test_it_is_found_when_the_stage_has_moved_on(at: At, make: Make) -> None:
    key = uuid4()
    made = make(at, key)
    with_end_requested(at.case)
    number = PlanActivity.objects.unscoped().filter(pk=made.pk).values_list("plan__number", flat=True).first()

    again = (
        add_activity(
            received=at.case, number=number, outcome=outcomes_of(at.case)[0].pk, text="Visit two flats", by=at.worker,
            form_key=key,
        )
        if number
        else make(at, key)
    )  # fmt: skip

    assert again == made


# --- No action is left out -----------------------------------------------------------------------------

#: Steps of actions, which have asked by then and hold the case: the key is only passed on to them.
STEPS = {"apply", "key_of", "record_change", "record_plan_change", "row_for"}
#: What asks where one form makes several things, each with a key made of the form's.
ASKS_FOR_EACH = {"arrange_sessions": "refuse_other_words", "reassign_cases": "assign"}


def _actions_with_a_key() -> Iterator[Any]:
    for path in sorted(ROOT.glob("*/actions/*.py")):
        if path.stem == "idempotency":
            continue
        module = ast.parse(path.read_text())
        functions = {node.name: node for node in module.body if isinstance(node, ast.FunctionDef)}
        for name, function in functions.items():
            arguments = [*function.args.args, *function.args.kwonlyargs]
            if not name.startswith("_") and name not in STEPS and any(one.arg == "form_key" for one in arguments):
                yield pytest.param(functions, name, id=f"{path.parent.parent.name}.{name}")


def _called(functions: dict[str, ast.FunctionDef], name: str) -> set[str]:
    """Every name that a function calls, through the functions of its module."""
    calls = {
        node.func.id
        for node in ast.walk(functions[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    return calls.union(*(_called(functions, one) for one in calls & functions.keys() - {name}))


@pytest.mark.parametrize(("functions", "name"), [*_actions_with_a_key()])
def test_every_action_that_takes_a_key_asks_for_what_it_made(
    functions: dict[str, ast.FunctionDef], name: str
) -> None:
    assert ASKS_FOR_EACH.get(name, "already_made") in _called(functions, name)


def test_every_action_that_takes_a_key_stands_in_the_table() -> None:
    named = {param.values[1] for param in _actions_with_a_key()}

    assert named == {
        "add_activity",
        "amend_referral",
        "arrange_appointment",
        "arrange_sessions",
        "ask_for_plan_change",
        "ask_for_report",
        "ask_question",
        "assign",
        "made_before",
        "pause",
        "reassign_cases",
        "start_referral",
        "write_case_note",
    }


# --- On the web ----------------------------------------------------------------------------------------

BODY = "To York."


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.main.get_text(" ").split())


def _resent(page: Page, client: Client, address: str, first: dict[str, str], second: dict[str, str]) -> BeautifulSoup:
    """One form, sent twice with different answers: the first answer never arrived."""
    fields = filled_in(page(client, address))
    page.post(client, address, fields | first)
    return page.post(client, address, fields | first | second, status=409)


PAGES = [
    pytest.param(
        "sp.caseworker", "monitoring:ask_question", (), {"about": "needs", "kind": "MISSING", "text": "FIRST"},
        Question, id="question",
    ),
    pytest.param(
        "sp.caseworker", "monitoring:add_case_note", (),
        {"subject": "Moved", "text": "", "body": "FIRST", "tell_other_side": "NO", "do": "save"},
        CaseNote, id="case note",
    ),
    pytest.param(
        "pp", "referrals:add_case_note", (),
        {"subject": "Moved", "text": "", "body": "FIRST", "tell_other_side": "NO", "do": "save"},
        CaseNote, id="practitioner’s case note",
    ),
    pytest.param("pp", "referrals:ask_for_plan_change", (), {"text": "FIRST"}, PlanChangeRequest, id="plan change"),
    pytest.param("sp.caseworker", "monitoring:add_activity", (2,), {"text": "FIRST"}, PlanActivity, id="activity"),
]  # fmt: skip


@pytest.mark.parametrize(("who", "name", "more", "answers", "kind"), PAGES)
def test_both_are_shown_and_what_was_typed_can_be_sent_anew(
    at: At,
    as_persona: Callable[[str], Client],
    page: Page,
    who: str,
    name: str,
    more: tuple[int, ...],
    answers: dict[str, str],
    kind: type[models.Model],
) -> None:
    client = as_persona(who)
    if name.endswith("add_activity"):
        start_plan(received=at.case, by=at.worker)
        answers = answers | {"outcome": str(outcomes_of(at.case)[0].pk)}
    typed = {box: "SECOND" for box, words in answers.items() if words == "FIRST"}
    (box,) = typed
    address = reverse(name, args=[at.referral.pk if who == "pp" else at.case.pk, *more])
    before = _rows(kind)

    shown = _resent(page, client, address, answers, typed)

    assert "You sent this page before" in shown.h1.get_text()
    assert "FIRST" in _text(shown)
    assert "SECOND" in _text(shown)
    assert _rows(kind) == before + 1
    offered = page(client, shown.find("a", string="Open the page again")["href"])
    assert offered.find(attrs={"name": box}).get_text().strip() == "SECOND"
    page.post(client, address, filled_in(offered) | {"do": answers.get("do", "")})
    assert _rows(kind) == before + 2


def test_a_pause_sent_again_with_another_day_is_shown_with_both(
    at: At, as_persona: Callable[[str], Client], page: Page
) -> None:
    today = timezone.localdate()

    def starts(day: date) -> dict[str, str]:
        return {f"starts_on_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}

    address = reverse("monitoring:pause_case", args=[at.case.pk])
    client = as_persona("sp.caseworker")
    Pause.objects.unscoped().all().delete()
    ReceivedReferral.objects.unscoped().filter(pk=at.case.pk).update(received_at=timezone.now() - 9 * A_DAY)

    shown = _resent(
        page, client, address, {"reason": "Ill"} | starts(today - A_DAY), {"reason": "Ill"} | starts(today)
    )

    for day in (today - A_DAY, today):
        assert f"{day.day} {day:%B %Y}" in _text(shown)
    assert Pause.objects.unscoped().get().starts_on == today - A_DAY


def test_an_appointment_sent_again_with_another_day_is_shown_with_both(
    at: At, as_persona: Callable[[str], Client], page: Page
) -> None:
    client = as_persona("sp.caseworker")
    address = reverse("monitoring:arrange_session", args=[at.case.pk, 1])
    first, second = (timezone.localdate() + days * A_DAY for days in (7, 14))

    def details(day: date) -> dict[str, str]:
        when = {f"date_{part}": str(getattr(day, part)) for part in ("day", "month", "year")}
        return when | {
            "hour": "9", "minute": "30", "half": "am", "hours": "1", "kind": "ONE_TO_ONE", "method": "PHONE_CALL",
            "step": "details",
        }  # fmt: skip

    opened = filled_in(page(client, address))
    checked = page.post(client, address, opened | details(first), status=200)
    page.post(client, address, filled_in(checked) | {"step": "confirm"})

    same = client.post(address, opened | details(first))
    shown = page.post(client, address, opened | details(second), status=409)

    made = at.case.appointments.get(session__number=1)
    assert same["Location"] == reverse("monitoring:appointment", args=[at.case.pk, made.pk])
    for day in (first, second):
        assert f"{day.day} {day:%B %Y}" in _text(shown)
    assert timezone.localdate(made.starts_at) == first
