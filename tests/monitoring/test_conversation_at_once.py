"""Twenty posts of one form at the same moment: one case note, one question, one answer, one email each."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import OutboxEntry
from events.refusals import OutOfDate
from monitoring.actions.answer_question import answer_question
from monitoring.actions.ask_question import ask_question
from monitoring.models import CaseNote, Question, ReceivedReferral
from tests.factories.accounts import PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.signing_in import sign_in

POSTS = 20
# SQLite lets one writer in at a time, and its test database in memory is one connection.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'"),
]


@pytest.fixture
def case() -> ReceivedReferral:
    return received(a_contract())


@pytest.fixture
def worker(case: ReceivedReferral) -> User:
    return caseworker_on(case.contract)


def _at_once(tries: list[Callable[[], object]]) -> list[object]:
    """What each try answered, all of them started together, each on a connection of its own."""
    together = Barrier(len(tries))

    def run(attempt: Callable[[], object]) -> object:
        try:
            together.wait()
            return attempt()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(tries)) as threads:
        return list(threads.map(run, tries))


def _posting(user: User, address: str, answers: dict[str, str]) -> Callable[[], object]:
    client = Client()
    sign_in(client, user)
    return lambda: client.post(address, answers).status_code


def test_one_form_gives_one_note(case: ReceivedReferral, worker: User) -> None:
    sent = {"subject": "A", "body": "B", "tell_other_side": "YES", "do": "save", "form_key": str(uuid4())}
    address = reverse("monitoring:add_case_note", args=[case.pk])

    answers = _at_once([_posting(worker, address, sent) for _ in range(POSTS)])

    assert set(answers) == {302}
    assert CaseNote.objects.unscoped().count() == 1
    assert OutboxEntry.objects.filter(kind="email.case_note_to_practitioner").count() == 1


def test_one_form_gives_one_question(case: ReceivedReferral, worker: User) -> None:
    sent = {"about": "needs", "kind": "MISSING", "text": "What?", "form_key": str(uuid4())}
    address = reverse("monitoring:ask_question", args=[case.pk])

    answers = _at_once([_posting(worker, address, sent) for _ in range(POSTS)])

    assert set(answers) == {302}
    assert Question.objects.unscoped().count() == 1
    assert OutboxEntry.objects.filter(kind="email.question_to_practitioner").count() == 1


def test_of_several_answers_one_is_kept(case: ReceivedReferral, worker: User) -> None:
    question = ask_question(
        received=case, about="needs", kind="MISSING", text="What?", form_key=uuid4(), by=worker
    )
    practitioner = PractitionerFactory()

    def answering(text: str) -> Callable[[], object]:
        def attempt() -> object:
            try:
                return answer_question(
                    received=case,
                    question_id=question.pk,
                    answer=text,
                    correction_follows=False,
                    by=practitioner,
                ).answer
            except OutOfDate:
                return "out of date"

        return attempt

    answers = _at_once([answering(f"Answer {number}") for number in range(POSTS)])

    question.refresh_from_db()
    assert sorted(answers) == sorted([question.answer, *["out of date"] * (POSTS - 1)])
