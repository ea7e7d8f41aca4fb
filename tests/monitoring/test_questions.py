"""Questions about what was shared: asking, answering once, and that nothing of it changes what was shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import AuditAction, AuditEvent, OutboxEntry
from events.refusals import OutOfDate, Refused
from interventions.models import Contract
from monitoring.actions.answer_question import answer_question
from monitoring.actions.ask_question import ask_question
from monitoring.models import Question, ReceivedReferral, Stage
from monitoring.rules.question_parts import parts_of
from monitoring.rules.stages import ENDED
from tests.conftest import Page
from tests.factories.accounts import PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import at_stage
from tests.signing_in import sign_in
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
ASKED = {"about": "risk.self_harm", "kind": "UNCLEAR", "text": "When was this?"}


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def worker(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Sam", last_name="Sand")


@pytest.fixture
def client(worker: User) -> Client:
    client = Client()
    sign_in(client, worker)
    return client


def _list(case: ReceivedReferral) -> str:
    return reverse("monitoring:questions", args=[case.pk])


def _ask_page(case: ReceivedReferral) -> str:
    return reverse("monitoring:ask_question", args=[case.pk])


def _ask(case: ReceivedReferral, by: User, **changes: Any) -> Question:
    return ask_question(received=case, by=by, **(ASKED | {"form_key": uuid4()} | changes))


def _answer(question: Question, by: User, answer: str = "In 2024.", *, follows: bool = False) -> Question:
    return answer_question(
        received=question.received, question_id=question.pk, answer=answer, correction_follows=follows, by=by
    )


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


# --- Asking --------------------------------------------------------------------------------------


def test_a_question_is_asked_about_a_part_of_the_referral(
    client: Client, contract: Contract, worker: User, page: Page
) -> None:
    case = received(contract)
    soup = page(client, _ask_page(case))
    offered = [option.get_text(strip=True) for option in soup.select("select option")]
    assert offered[0] == "Select a part"
    assert offered[1:] == [*parts_of(case.services.all()).values()]
    assert len([one for one in offered if one.startswith("Risk information: ")]) == 8

    page.post(client, _ask_page(case), filled_in(soup) | ASKED)

    said = _text(page(client, _list(case)))
    assert "Your question was sent to the probation practitioner." in said
    assert "Risk information: Concerns in relation to self-harm" in said
    assert "Status Open Whose turn Probation practitioner" in said
    assert "Something is unclear When was this? Asked by Sam Sand" in said
    question = Question.objects.unscoped().get()
    entry = OutboxEntry.objects.get()
    assert (entry.kind, entry.payload) == ("email.question_to_practitioner", {"question": str(question.pk)})
    event = AuditEvent.objects.get(action=AuditAction.QUESTION_ASKED)
    assert (event.user, event.facts) == (worker, {"about": "risk.self_harm", "kind": "UNCLEAR"})


def test_every_card_of_the_page_can_be_asked_about(client: Client, contract: Contract, page: Page) -> None:
    case = received(contract)
    details = page(client, reverse("monitoring:referral_details", args=[case.pk]))

    cards = {one.get_text(strip=True) for one in details.select(".govuk-summary-card__title")}

    assert cards - {"Risk information"} <= set(parts_of(case.services.all()).values())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        pytest.param({"about": ""}, "Select the part of the referral", id="no part"),
        pytest.param({"about": "service.9"}, "Select the part of the referral", id="a part it does not have"),
        pytest.param({"kind": ""}, "Select what it is about this part", id="no kind"),
        pytest.param({"kind": "WRONG"}, "Select what it is about this part", id="unknown kind"),
        pytest.param({"text": " "}, "Enter your question", id="no question"),
        pytest.param({"text": "x" * 4001}, "Your question must be 4,000 characters or fewer", id="too long"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(
    client: Client, contract: Contract, page: Page, wrong: dict[str, str], message: str
) -> None:
    soup = page.post(
        client, _ask_page(received(contract)), ASKED | {"form_key": str(uuid4())} | wrong, status=422
    )

    assert message in soup.select_one(".govuk-error-summary").get_text()
    assert not Question.objects.unscoped().exists()


def test_the_same_form_twice_asks_once(client: Client, contract: Contract, page: Page) -> None:
    case = received(contract)
    sent = ASKED | {"form_key": str(uuid4())}

    page.post(client, _ask_page(case), sent)
    page.post(client, _ask_page(case), sent)

    assert Question.objects.unscoped().count() == 1
    assert OutboxEntry.objects.count() == 1


@pytest.mark.parametrize("stage", Stage)
def test_questions_are_asked_while_the_case_is_open(
    client: Client, contract: Contract, page: Page, stage: Stage
) -> None:
    case = at_stage(stage, contract=contract)
    is_open = stage not in ENDED

    assert (_ask_page(case) in str(page(client, _list(case)))) == is_open
    page(client, _ask_page(case), status=200 if is_open else 403)
    page.post(client, _ask_page(case), ASKED | {"form_key": str(uuid4())}, status=302 if is_open else 403)
    assert Question.objects.unscoped().exists() == is_open


# --- Answering -----------------------------------------------------------------------------------


def test_an_answer_is_kept_once(contract: Contract, worker: User) -> None:
    practitioner = PractitionerFactory(first_name="Pat", last_name="Pine")
    question = _ask(received(contract), worker)

    _answer(question, practitioner)
    assert _answer(question, practitioner).answer == "In 2024."
    with pytest.raises(OutOfDate):
        _answer(question, practitioner, "In 2025.")

    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("In 2024.", practitioner)
    assert OutboxEntry.objects.filter(kind="email.answer_to_asker").count() == 1
    assert AuditEvent.objects.filter(action=AuditAction.QUESTION_ANSWERED).count() == 1


@pytest.mark.parametrize("stage", ENDED)
def test_an_answer_is_taken_after_the_end(contract: Contract, worker: User, stage: Stage) -> None:
    case = at_stage(stage, contract=contract)
    question = Question.objects.unscoped().create(
        form_key=uuid4(), received=case, asked_by=worker, asked_at=case.received_at, **ASKED
    )

    _answer(question, PractitionerFactory())

    question.refresh_from_db()
    assert question.answer == "In 2024."


def test_a_supplier_answers_nothing(contract: Contract, worker: User) -> None:
    question = _ask(received(contract), worker)

    with pytest.raises(Refused, match="audience"):
        _answer(question, worker)


def test_the_supplier_reads_the_answer_and_that_a_correction_follows(
    client: Client, contract: Contract, worker: User, page: Page
) -> None:
    case = received(contract)
    before = case.as_handover()
    _answer(_ask(case, worker), PractitionerFactory(last_name="Pine"), follows=True)

    said = _text(page(client, _list(case)))

    assert "Status Answered Whose turn Nobody" in said
    assert "In 2024. The probation practitioner will share a corrected version. Answered by Pat Pine" in said
    case.refresh_from_db()
    assert case.as_handover() == before


# --- For good ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered", "statement"),
    [
        pytest.param(False, "UPDATE monitoring_question SET text = ''", id="changing a question"),
        pytest.param(False, "DELETE FROM monitoring_question", id="deleting a question"),
        pytest.param(True, "UPDATE monitoring_question SET answer = ''", id="changing an answer"),
        pytest.param(True, "UPDATE monitoring_question SET answered_at = NULL", id="taking an answer back"),
    ],
)
def test_the_database_keeps_questions_and_answers(
    contract: Contract, worker: User, answered: bool, statement: str
) -> None:
    question = _ask(received(contract), worker)
    if answered:
        _answer(question, PractitionerFactory())

    with pytest.raises(IntegrityError, match="never"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    question.refresh_from_db()
    assert (question.text, question.answer) == ("When was this?", "In 2024." if answered else "")


# --- Who gets in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("sp.caseworker", 200, id="on the contract"),
        pytest.param("sp.other", 404, id="another provider"),
        pytest.param("sp.nogrant", 404, id="no contract"),
        pytest.param("pp", 403, id="practitioner"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_questions_open_to_those_on_the_contract(
    as_persona: SignIn, personas: dict[str, User], page: Page, persona: str, status: int
) -> None:
    theirs = Contract.objects.granted_to(personas["sp.caseworker"])
    case = received(theirs.exclude(pk__in=Contract.objects.granted_to(personas["sp.other"])).first())
    reader = as_persona(persona)

    for address in (_list(case), _ask_page(case)):
        assert ("Alex River" in str(page(reader, address, status=status))) == (status == 200)
    sent = ASKED | {"form_key": str(uuid4())}
    page.post(reader, _ask_page(case), sent, status=302 if status == 200 else status)
    assert Question.objects.unscoped().exists() == (status == 200)
