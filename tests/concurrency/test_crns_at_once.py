"""Two corrections of CRNs at the same moment: one of them is the next, and the other one is told to check again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from threading import Event
from time import sleep
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from accounts.models import User
from events.crn_changes.models import CrnChange, FormerCrn
from events.crn_changes.numbers import current_crn
from events.refusals import OutOfDate, Refused
from integrations.ndelius import client
from interventions.models import Contract
from monitoring.models import ReceivedReferral
from referrals.actions import correct_crn as correcting
from referrals.actions import send_referral as sending
from referrals.actions.correct_crn import catch_up, correct_crn, undo_correction
from referrals.actions.send_referral import send_referral
from referrals.actions.start_referral import start_referral
from referrals.models import Referral
from risk.models import RiskInformation
from tests.concurrency.conftest import AtOnce
from tests.factories.merged import NEW, OLD, a_case_merged_since, as_shown
from tests.factories.referrals import a_declared_draft, a_draft
from upstream_stub.adapter import state

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="needs PostgreSQL (DATABASE_URL): SQLite lets one writer in at a time, so nothing happens at once",
    ),
]
THIRD = "X980022"
CONFIRMED = ["name", "date_of_birth"]


def _attempt(do: Callable[[], CrnChange]) -> Callable[[], str]:
    def attempt() -> str:
        try:
            do()
        except (OutOfDate, Refused) as refused:
            return type(refused).__name__
        return "corrected"

    return attempt


def _correction(old: str, new: str, by: User) -> Callable[[], CrnChange]:
    seen = as_shown(old, new)
    return lambda: correct_crn(old=old, new=new, seen=seen, confirmed=CONFIRMED, reason="Merged.", by=by)


def _is_consistent() -> bool:
    """Every row has the number that the corrections which stand lead to from where it began."""
    for row in Referral.objects.select_related("received"):
        began_as = row.first_crn or row.crn
        if row.crn != current_crn(began_as) or (row.received and row.received.crn != row.crn):
            return False
    numbers = [*CrnChange.objects.order_by("number").values_list("number", flat=True)]
    return numbers == [*range(1, len(numbers) + 1)]


def test_the_same_correction_made_at_once_is_made_once(personas: dict[str, User], at_once: AtOnce) -> None:
    case = a_case_merged_since(personas["pp"])
    do = _correction(OLD, NEW, personas["admin"])

    answers = Counter(at_once([_attempt(do)] * 4))

    assert answers["corrected"] == 1
    assert sum(answers.values()) == 4
    assert CrnChange.objects.count() == FormerCrn.objects.count() == 1
    assert ReceivedReferral.objects.unscoped().get(key=case.pk).changes.count() == 1
    assert _is_consistent()


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param(((OLD, NEW), (OLD, THIRD)), id="to two numbers"),
        pytest.param(((OLD, NEW), (NEW, OLD)), id="round"),
        pytest.param(((OLD, NEW), (NEW, THIRD)), id="a chain"),
        pytest.param(((OLD, NEW), (THIRD, NEW)), id="two into one"),
    ],
)
def test_two_corrections_at_once_leave_what_one_after_the_other_leaves(
    personas: dict[str, User],
    at_once: AtOnce,
    monkeypatch: pytest.MonkeyPatch,
    pairs: tuple[tuple[str, str], ...],
) -> None:
    a_case_merged_since(personas["pp"])
    for crn in (NEW, THIRD):
        a_draft(personas["pp"], crn=crn)
    monkeypatch.setattr(correcting, "compare", lambda *_: _NoDifference)
    tries = [_attempt(_correction(old, new, personas["admin"])) for old, new in pairs]

    answers = at_once(tries)

    assert "corrected" in answers
    assert _is_consistent()
    assert not {*FormerCrn.objects.values_list("current", flat=True)} & {
        *FormerCrn.objects.values_list("former", flat=True)
    }, "no number that is former is the current one of another"


class _NoDifference:
    differences, nothing_fits, seen_as = (), False, ""


def test_undoing_and_going_on_at_once(
    personas: dict[str, User], at_once: AtOnce, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_case_merged_since(personas["pp"])
    monkeypatch.setattr(correcting, "compare", lambda *_: _NoDifference)
    first = _correction(OLD, NEW, personas["admin"])()
    seen = correcting.plan_to_undo(first).seen_as
    further = _correction(NEW, THIRD, personas["admin"])

    answers = at_once(
        [
            _attempt(lambda: undo_correction(change=first, seen=seen, reason="No.", by=personas["admin"])),
            _attempt(further),
        ]
    )

    assert "corrected" in answers
    assert _is_consistent()


@pytest.mark.parametrize("first", ["the sending", "the correction"])
def test_a_draft_that_is_sent_meanwhile_has_the_new_number_on_both_sides(
    personas: dict[str, User], at_once: AtOnce, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    with state().before_the_merge(OLD):
        draft = a_declared_draft(personas["pp"], crn=OLD)
    do, is_under_way = _correction(OLD, NEW, personas["admin"]), Event()

    def slowly(step: Any) -> Any:
        def done(*args: Any, **kwargs: Any) -> Any:
            answer = step(*args, **kwargs)
            is_under_way.set()
            sleep(1)
            return answer

        return done

    def second(act: Callable[[], Any]) -> Any:
        is_under_way.wait(timeout=30)
        return act()

    def send() -> Referral:
        return send_referral(draft=draft, by=personas["pp"])

    if first == "the sending":
        monkeypatch.setattr(sending, "_delete_source_text", slowly(sending._delete_source_text))
        at_once([send, lambda: second(_attempt(do))])
    else:
        monkeypatch.setattr(correcting, "_move", slowly(correcting._move))
        at_once([_attempt(do), lambda: second(send)])

    sent = Referral.objects.select_related("received").get(pk=draft.pk)
    assert (sent.crn, sent.received.crn) == (NEW, NEW)
    assert _is_consistent()


def test_a_draft_that_was_begun_meanwhile_is_caught_up_with(
    personas: dict[str, User], at_once: AtOnce
) -> None:
    """It is not committed when the correction looks, and does not see the correction either."""
    a_case_merged_since(personas["pp"])
    with state().before_the_merge(OLD):
        person = client.person(OLD)
    do, is_begun, is_corrected = _correction(OLD, NEW, personas["admin"]), Event(), Event()

    def begin() -> Referral:
        with transaction.atomic():
            draft = start_referral(
                by=personas["pp"], contract=Contract.objects.get(reference="DEMO_0001"), person=person, form_key=uuid4()
            )  # fmt: skip
            is_begun.set()
            is_corrected.wait(timeout=30)
            return draft

    def correct() -> str:
        is_begun.wait(timeout=30)
        answer = _attempt(do)()
        is_corrected.set()
        return answer

    draft, answer = at_once([begin, correct])

    assert answer == "corrected"
    assert Referral.objects.get(pk=draft.pk).crn == OLD
    assert catch_up() == 1
    assert Referral.objects.get(pk=draft.pk).crn == NEW
    assert RiskInformation.objects.get(pk=draft.pk).crn == NEW
    assert _is_consistent()
