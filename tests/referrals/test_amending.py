"""Changing a sent referral: who may change what and when, two at once, and what follows from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.models import OutboxEntry
from events.refusals import Refused
from monitoring.actions.amend_referral import amend_referral
from monitoring.actions.write_end_of_service_report import outcomes_of
from monitoring.models import ReceivedReferral, ReferralChange, Stage, Topic
from monitoring.rules import amendments as new
from monitoring.rules.moves import CONCLUDED, NO_CHANGE_AFTER_AN_END
from tests.conftest import Page
from tests.factories.accounts import PractitionerFactory
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.monitoring_delivery import with_plan
from tests.factories.monitoring_work import ended, with_a_caseworker
from tests.factories.referrals import a_sent_referral
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
TODAY = timezone.localdate()


# --- What can be changed on which case: rules


def _case(**columns: Any) -> ReceivedReferral:
    return ReceivedReferral(**({"location": "COMMUNITY", "stage": Stage.ARRANGE_SESSION} | columns))


IN_CUSTODY = {"location": "CUSTODY", "release_date": TODAY}


@pytest.mark.parametrize(
    ("topic", "case", "why"),
    [
        pytest.param(Topic.ESTABLISHMENT, {}, new.NOT_HERE, id="establishment, in the community"),
        pytest.param(Topic.ESTABLISHMENT, IN_CUSTODY, "", id="establishment, in custody"),
        pytest.param(Topic.RELEASE_DATE, IN_CUSTODY, "", id="release date, known"),
        pytest.param(Topic.RELEASE_DATE, {"location": "CUSTODY"}, new.NOT_HERE, id="release date, not asked"),
        pytest.param(
            Topic.RELEASE_DATE, {"location": "CUSTODY", "release_date_unknown_reason": "Parole"}, "",
            id="release date, not known",
        ),
        pytest.param(Topic.EXPECTED_OFFICE, IN_CUSTODY, new.NOT_HERE, id="expected office, not asked"),
        pytest.param(Topic.PRACTITIONER_NAME, {"contact_name": "Kit"}, new.NOT_HERE, id="no practitioner yet"),
        pytest.param(Topic.COMPLETION_DATETIME, {"stage": Stage.REPORT}, "", id="only the report is left"),
        pytest.param(
            Topic.COMPLETION_DATETIME, {"stage": Stage.REPORT, "end_requested_at": timezone.now()},
            NO_CHANGE_AFTER_AN_END, id="an end was asked for",
        ),
        pytest.param(
            Topic.PRACTITIONER_EMAIL, {"stage": Stage.REPORT, "end_requested_at": timezone.now()}, "",
            id="contact, while the report is written",
        ),
        *(
            pytest.param(topic, {"stage": stage}, CONCLUDED, id=f"{topic.name}, {stage.name}")
            for topic in (Topic.DESIRED_OUTCOMES, Topic.PRACTITIONER_EMAIL)
            for stage in (Stage.COMPLETED, Stage.ENDED_EARLY, Stage.CANCELLED)
        ),
    ],
)  # fmt: skip
def test_what_can_be_changed_when(topic: Topic, case: dict[str, Any], why: str) -> None:
    assert new.why_not_now(topic, _case(**case)) == why


def test_line_ends_of_a_browser_are_no_change() -> None:
    assert new.NewReason("One\r\nTwo").same_as(new.NewReason("One\nTwo"))
    assert new.NewReason("One\r\nTwo").seen_as() == new.NewReason("One\nTwo").seen_as()
    assert not new.NewReason("One").same_as(new.NewFurtherInformation("One"))


# --- The action refuses by itself


def _amend(case: ReceivedReferral, amendment: new.Amendment, **changes: Any) -> ReferralChange:
    standing = type(amendment).standing(case)
    about = {"reason": "So", "seen": standing.seen_as(), "form_key": uuid4(), "by": PractitionerFactory()}
    return amend_referral(received=case, amendment=amendment, **(about | changes))


@pytest.mark.parametrize(
    ("amendment", "changes", "code"),
    [
        pytest.param(new.NewEnforceableDays(12), {"by": "supplier"}, "audience", id="supplier"),
        pytest.param(new.NewEnforceableDays(13), {"reason": " "}, "reason", id="no reason"),
        pytest.param(new.NewCompletionDate(TODAY - timedelta(days=1)), {}, "date", id="date has passed"),
        pytest.param(new.NewReason(""), {}, "empty", id="nothing"),
        pytest.param(new.NewEstablishment("Stonemoor"), {}, "stage", id="not in custody"),
        pytest.param(new.NewEnforceableDays(41), {}, "", id="too many days"),
        pytest.param(new.NewReason("x" * 4001), {}, "", id="too long"),
    ],
)
def test_the_action_refuses_whatever_called_it(
    amendment: new.Amendment, changes: dict[str, Any], code: str
) -> None:
    case = received(a_contract())
    if changes.get("by") == "supplier":
        changes = changes | {"by": caseworker_on(case.contract)}
    before = ReceivedReferral.objects.unscoped().filter(pk=case.pk).values().get()

    with pytest.raises((Refused, ValueError)) as refusal:
        _amend(case, amendment, **changes)

    assert getattr(refusal.value, "code", "") == code
    assert ReceivedReferral.objects.unscoped().filter(pk=case.pk).values().get() == before
    assert not ReferralChange.objects.unscoped().exists()


def test_levels_and_outcomes_must_be_of_the_service() -> None:
    case = received(a_contract())
    service = case.services.get()
    there = tuple(sorted(one.outcome_id for one in service.outcomes.all()))
    level = new.NewComplexity(service.category_id, service.complexity_level_id).seen_as()
    outcomes = new.NewOutcomes(service.category_id, there).seen_as()

    for amendment, seen in (
        (new.NewComplexity(service.category_id, 999_999), level),
        (new.NewOutcomes(service.category_id, (*there, 999_999)), outcomes),
        (new.NewOutcomes(service.category_id, ()), outcomes),
    ):
        with pytest.raises(Refused):
            amend_referral(
                received=case, amendment=amendment, reason="So", seen=seen, form_key=uuid4(),
                by=PractitionerFactory(),
            )  # fmt: skip


# --- Two at once


@pytest.mark.slow
def test_of_two_who_change_one_item_one_wins_and_the_other_sees_both(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    # Given two pages of the same item, opened before either is saved
    referral = a_sent_referral(personas["pp"])
    client = as_persona("pp")
    address = reverse("referrals:change_case", args=[referral.pk, "reason-for-referral"])
    first, second = (filled_in(page(client, address)) for _ in range(2))
    page.post(client, address, first | {"reason_for_referral": "A home near work.", "reason": "He works."})

    # When the second is saved
    mine = second | {"reason_for_referral": "A home near school.", "reason": "He learns."}
    conflict = page.post(client, address, mine, status=409)

    # Then nothing is overwritten, and the page has both versions and everything typed
    said = " ".join(conflict.main.get_text(" ").split())
    assert "Someone else changed this after you opened the page." in said
    theirs, mine_shown = conflict.select(".rm-comparison .rm-comparison__side")
    assert "work" in theirs.select_one("del").get_text()
    assert "school" in mine_shown.select_one("ins").get_text()
    kept = filled_in(conflict)
    assert (kept["reason_for_referral"], kept["reason"]) == ("A home near school.", "He learns.")
    assert ReferralChange.objects.unscoped().get().after == "A home near work."

    # And saved again it replaces the other, from which the log says that it changed
    page.post(client, address, kept)
    newest = ReferralChange.objects.unscoped().order_by("-at")[0]
    assert (newest.before, newest.after) == ("A home near work.", "A home near school.")


# --- What follows


def test_a_date_after_the_sentence_ends_is_warned_of_once(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    referral = a_sent_referral(personas["pp"])
    rows = ReceivedReferral.objects.unscoped().filter(pk=referral.received_id)
    rows.update(sentence_ends_on=TODAY + timedelta(days=10))
    late = TODAY + timedelta(days=20)
    client, address = as_persona("pp"), reverse("referrals:change_case", args=[referral.pk, "completion-date"])
    typed = filled_in(page(client, address)) | {
        "completion_date_day": late.day, "completion_date_month": late.month, "completion_date_year": late.year,
        "reason": "So",
    }  # fmt: skip

    warned = page.post(client, address, typed, status=200)
    assert "is after the sentence ends on" in warned.main.get_text()
    assert rows.get().completion_date != late

    page.post(client, address, filled_in(warned))
    assert rows.get().completion_date == late


def test_outcomes_changed_after_a_plan_ask_for_a_new_version_and_the_old_one_stays(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    # Given a case with a submitted action plan
    referral = a_sent_referral(personas["pp"])
    case = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    case = with_plan(with_a_caseworker(case, personas["sp.caseworker"]), sessions=2)
    before = [outcome.text for outcome in outcomes_of(case)]
    service = case.services.get()
    address = reverse("referrals:change_case_service", args=[referral.pk, service.category_id, "desired-outcomes"])
    client, supplier = as_persona("pp"), as_persona("sp.caseworker")

    # When the practitioner changes its desired outcomes
    form = page(client, address)
    assert "need to write a new version of the action plan" in form.main.get_text()
    boxes = [box["value"] for box in form.select("input[name=outcomes]:not([checked])")]
    page.post(client, address, filled_in(form) | {"outcomes": boxes[:1], "reason": "He has a home."})

    # Then the service provider’s progress page asks for a new version, and their details have the new outcome alone
    case.refresh_from_db()
    assert case.stage == Stage.CHANGE_PLAN
    progress = page(supplier, reverse("monitoring:progress", args=[case.pk])).main.get_text(" ")
    assert "asked for a change on" in progress
    assert "Desired outcomes: " in progress
    assert not {outcome.text for outcome in outcomes_of(case)} & set(before)

    # And the version that was submitted reads as it did, with the outcomes that it was written towards
    plan = page(supplier, reverse("monitoring:action_plan_version", args=[case.pk, 1])).main.get_text(" ")
    assert all(text in plan for text in before)


@pytest.mark.slow
def test_a_concluded_case_says_why_nothing_changes(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    referral = a_sent_referral(personas["pp"])
    case = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    client = as_persona("pp")
    address = reverse("referrals:change_case", args=[referral.pk, "enforceable-days"])
    typed = filled_in(page(client, address)) | {"enforceable_days": "3", "reason": "So"}
    ended(case, personas["sp.caseworker"])

    details = page(client, reverse("referrals:case", args=[referral.pk]))
    assert CONCLUDED in details.main.get_text()
    assert not details.select("a[href*='/change/']")
    assert CONCLUDED in page(client, address, status=403).main.get_text()
    assert CONCLUDED in page.post(client, address, typed, status=403).main.get_text()
    assert not ReferralChange.objects.unscoped().filter(by=personas["pp"]).exists()


@pytest.mark.slow
def test_the_log_names_its_author_when_their_account_is_gone_and_pages_count_by_twenty(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    referral = a_sent_referral(personas["pp"])
    author = PractitionerFactory(first_name="Lee", last_name="Vane")
    case = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    for days in range(1, 22):
        _amend(ReceivedReferral.objects.unscoped().get(pk=case.pk), new.NewEnforceableDays(days), by=author)
    author.first_name, author.last_name, author.is_active = "Closed", "Account", False
    author.save()
    supplier, log = as_persona("sp.caseworker"), reverse("monitoring:changes", args=[case.pk])
    page(supplier, log)

    costs, listed = [], []
    for address in (log, f"{log}?page=2"):
        with CaptureQueriesContext(connection) as queries:
            listed.append(page(supplier, address).select("main tbody tr"))
        costs.append(sum(one["sql"].startswith(("SELECT", "INSERT", "UPDATE")) for one in queries))

    assert [len(rows) for rows in listed] == [20, 1]
    assert "Lee Vane" in listed[0][0].get_text()
    assert costs[0] == costs[1] <= 12


def test_a_colleague_who_changes_the_completion_date_tells_the_practitioner() -> None:
    case = received(a_contract())
    later = case.completion_date + timedelta(days=400)

    _amend(case, new.NewCompletionDate(later))
    _amend(ReceivedReferral.objects.unscoped().get(pk=case.pk), new.NewEnforceableDays(9))

    kinds = sorted(OutboxEntry.objects.filter(referral=case.pk).values_list("kind", flat=True))
    changed = [kind for kind in kinds if "changed" in kind]
    assert changed == ["email.completion_date_changed", "email.referral_changed", "email.referral_changed"]


@pytest.mark.slow
def test_the_log_has_the_outcomes_of_one_service(personas: dict[str, User]) -> None:
    referral = a_sent_referral(personas["pp"], contract="DEMO_0004")
    case = ReceivedReferral.objects.unscoped().get(pk=referral.received_id)
    service, *others = case.services.all()
    untouched = [(one.pk, one.text) for other in others for one in other.outcomes.all()]
    before = [one.text for one in service.outcomes.all()]
    there = {one.outcome_id for one in service.outcomes.all()}
    free = case.contract.outcomes_for(service.category).exclude(pk__in=there)[0]

    change = amend_referral(
        received=case, amendment=new.NewOutcomes(service.category_id, (free.pk,)), reason="So", form_key=uuid4(),
        seen=new.NewOutcomes(service.category_id, tuple(sorted(there))).seen_as(), by=personas["pp"],
    )  # fmt: skip

    assert others
    assert untouched
    assert (change.category_name, change.before.splitlines()) == (service.category_name, before)
    assert change.after == free.text
    assert [(one.pk, one.text) for other in others for one in other.outcomes.all()] == untouched


def test_the_caseworker_gets_a_link_and_no_word_of_the_change() -> None:
    case = received(a_contract())
    worker = caseworker_on(case.contract)
    case = with_a_caseworker(case, worker)
    change = _amend(case, new.NewReason("Secret"), reason="Secret")

    assert outbox.deliver_entry(OutboxEntry.objects.get(kind="email.referral_changed").pk)

    (email,) = mail.outbox
    assert email.to == [worker.email]
    assert reverse("monitoring:referral_change", args=[case.pk, change.pk]) in email.body
    assert not [word for word in ("Secret", "Reason", "Alex", case.crn) if word in email.subject + email.body]
