"""The supplier's pages of action plan, report and pauses: who gets in, what they say, what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from interventions.models import Contract
from monitoring.actions import write_action_plan as action_plans
from monitoring.actions import write_end_of_service_report as end_of_service
from monitoring.models import (
    EndOfServiceReport,
    OutcomeAchievement,
    Pause,
    PlanActivity,
    ReceivedReferral,
    Stage,
)
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract
from tests.factories.monitoring_delivery import assigned, at_stage, outcomes_of
from tests.factories.referrals import a_sent_referral
from tests.signing_in import sign_in
from tests.stories.delivering import Caseworker
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def worker(contract: Contract) -> User:
    return caseworker_on(contract, first_name="Sam", last_name="Sand")


@pytest.fixture
def at_work(worker: User, contract: Contract) -> Callable[[Stage], Caseworker]:
    """Somebody at work on a case at a stage."""

    def begin(stage: Stage) -> Caseworker:
        client = Client()
        sign_in(client, worker)
        return Caseworker(client, at_stage(stage, contract=contract).pk)

    return begin


def _text(soup) -> str:  # type: ignore[no-untyped-def]
    return " ".join(soup.select_one("main").get_text(" ").split())


# --- Who gets in ----------------------------------------------------------------------------------


def _addresses(case: ReceivedReferral, number: int, activity: UUID, pause: UUID) -> list[str]:
    named = [
        ("action_plan",), ("start_action_plan",), ("action_plan_version", 1), ("edit_action_plan", number),
        ("add_activity", number), ("change_activity", number, activity), ("remove_activity", number, activity),
        ("action_plan_sessions", number), ("check_action_plan", number), ("action_plan_submitted", 1),
        ("end_of_service_report",), ("start_end_of_service_report",), ("report_outcome", 1),
        ("report_further_information",), ("check_end_of_service_report",), ("end_of_service_report_submitted",),
        ("pauses",), ("pause_case",), ("resume_case", pause),
    ]  # fmt: skip
    return [reverse(f"monitoring:{name}", args=[case.pk, *args]) for name, *args in named]


@pytest.mark.parametrize(
    ("persona", "status"),
    [
        pytest.param("sp.other", 404, id="another provider"),
        pytest.param("sp.nogrant", 404, id="no contract"),
        pytest.param("pp", 403, id="practitioner"),
        pytest.param("admin", 403, id="administrator"),
        pytest.param("anonymous", 302, id="nobody"),
    ],
)
def test_nobody_else_reads_or_writes_anything_of_a_case(
    as_persona: SignIn, personas: dict[str, User], persona: str, status: int
) -> None:
    theirs = Contract.objects.granted_to(personas["sp.caseworker"])
    contract = theirs.exclude(pk__in=Contract.objects.granted_to(personas["sp.other"])).first()
    case = at_stage(Stage.REPORT, contract=contract)
    by = personas["sp.caseworker"]
    draft = action_plans.start_plan(received=case, by=by)
    end_of_service.start_report(received=case, by=by)
    pause = _paused(case, by)
    before = _everything(case)
    client = as_persona(persona)

    for address in _addresses(case, draft.number, draft.activities.first().pk, pause.pk):  # type: ignore[union-attr]
        for answer in (client.get(address), client.post(address, {"sessions": "9", "seen": "x"})):
            # Who may not come at all is told so before it matters by which method.
            assert answer.status_code in {status, 405 if status == 404 else status}, address

    assert _everything(case) == before


def _paused(case: ReceivedReferral, by: User) -> Pause:
    return Pause.objects.unscoped().create(
        form_key=uuid4(), received=case, starts_on=timezone.localdate(), reason="Hospital", set_by=by,
        set_at=timezone.now(),
    )  # fmt: skip


def _everything(case: ReceivedReferral) -> list[object]:
    return [
        list(case.action_plans.order_by("number").values_list("number", "sessions", "submitted_at")),
        list(
            PlanActivity.objects.unscoped()
            .filter(plan__received=case)
            .order_by("pk")
            .values_list("text", "plan")
        ),
        list(EndOfServiceReport.objects.unscoped().filter(received=case).values_list("further_information")),
        list(OutcomeAchievement.objects.unscoped().values_list("level")),
        list(case.pauses.values_list("starts_on", "ends_on")),
        list(ReceivedReferral.objects.unscoped().filter(pk=case.pk).values_list("stage", "conclusion")),
    ]


@pytest.mark.slow
def test_an_object_of_another_case_is_not_found(at_work: Callable[[Stage], Caseworker], worker: User) -> None:
    """Also of a case of one's own: the address says which case it is."""
    mine, other = at_work(Stage.PLAN), at_work(Stage.PLAN)
    for sam in (mine, other):
        sam.writes_plan(sessions=2)
    theirs = PlanActivity.objects.unscoped().get(plan__received=other.case)
    pause = _paused(other.case, worker)

    mine.open("change_activity", 1, theirs.pk, status=404)
    mine.post("change_activity", 1, theirs.pk, status=404, text="Mine now")
    mine.open("resume_case", pause.pk, status=404)
    mine.post("resume_case", pause.pk, status=404)
    mine.post("remove_activity", 1, theirs.pk, status=404)

    assert PlanActivity.objects.unscoped().filter(pk=theirs.pk).exists()


# --- Action plan ----------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", list(Stage))
def test_the_list_of_versions_opens_at_every_stage(
    at_work: Callable[[Stage], Caseworker], stage: Stage
) -> None:
    sam = at_work(stage)
    can_write = stage not in (Stage.ASSIGN, Stage.COMPLETED, Stage.ENDED_EARLY, Stage.CANCELLED)

    page = sam.open("action_plan")

    assert bool(page.select("main form")) == can_write
    sam.post("start_action_plan", status=302 if can_write else 403)


def test_a_plan_is_written_before_the_assessment_and_submitted_after(
    at_work: Callable[[Stage], Caseworker],
) -> None:
    sam = at_work(Stage.HOLD_ASSESSMENT)
    number = sam.writes_plan(sessions=3)

    assert "after you give feedback on the supplier assessment" in _text(sam.open("edit_action_plan", number))
    refused = sam.post("check_action_plan", number, status=403)
    assert "after you give feedback on the supplier assessment" in refused.content.decode()
    sam.open("check_action_plan", number, status=403)


def test_a_draft_says_what_is_missing(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.PLAN)
    sam.post("start_action_plan")

    said = _text(sam.open("edit_action_plan", 1))

    assert "Add at least one activity" in said
    assert "Enter how many delivery sessions there will be" in said
    assert sam.client.get(sam.address("check_action_plan", 1)).status_code == 302


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        pytest.param("", "Enter how many delivery sessions there will be", id="empty"),
        pytest.param("a few", "must be a whole number", id="a word"),
        pytest.param("2.5", "must be a whole number", id="a half"),
        pytest.param("1", "must be between 2 and 99", id="below the version in force"),
        pytest.param("100", "must be between 2 and 99", id="above the most"),
        pytest.param("-3", "must be between 2 and 99", id="negative"),
        pytest.param("9" * 40, "must be between 2 and 99", id="huge"),
    ],
)
def test_the_number_of_sessions_is_checked(
    at_work: Callable[[Stage], Caseworker], typed: str, says: str
) -> None:
    sam = at_work(Stage.ARRANGE_SESSION)
    sam.post("start_action_plan")

    answer = sam.answer("action_plan_sessions", 2, sessions=typed, status=422)

    assert says in answer.content.decode()


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        pytest.param({"text": "  \n ", "outcome": "first"}, "Enter what will be done", id="blank"),
        pytest.param({"text": "W" * 4001, "outcome": "first"}, "4,000 characters or fewer", id="too long"),
        pytest.param({"text": "a\x00b", "outcome": "first"}, "cannot be saved", id="null byte"),
        pytest.param({"text": "Walk", "outcome": ""}, "Select which desired outcome", id="no outcome"),
        pytest.param({"text": "Walk", "outcome": str(uuid4())}, "Select which desired outcome", id="unknown"),
    ],
)
def test_an_activity_is_checked_and_what_was_typed_is_kept(
    at_work: Callable[[Stage], Caseworker], answers: dict[str, str], says: str
) -> None:
    sam = at_work(Stage.PLAN)
    sam.post("start_action_plan")
    first = str(outcomes_of(sam.case)[0].pk)
    answers = {**answers, "outcome": first if answers["outcome"] == "first" else answers["outcome"]}

    page = sam.answer("add_activity", 1, status=422, **answers).content.decode()

    assert says in page
    assert answers["text"].strip()[:1] in BeautifulSoup(page, "html5lib").select_one("textarea").get_text()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7 * 7 }}", "Tŷ 🙂 مرحبا", "W" * 4000, "None"]
)
@pytest.mark.slow
def test_text_is_text(at_work: Callable[[Stage], Caseworker], text: str) -> None:
    sam = at_work(Stage.PLAN)
    number = sam.writes_plan(sessions=2, texts=(text,))

    for page in ("edit_action_plan", "check_action_plan"):
        assert text in sam.open(page, number).get_text()
    sam.submits_plan(number)
    assert text in sam.open("action_plan_version", number).get_text()


def test_two_who_change_one_activity_are_told_of_each_other(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.PLAN)
    number = sam.writes_plan(sessions=2)
    activity = PlanActivity.objects.unscoped().get(plan__received=sam.case)
    shown_to_both = filled_in(sam.open("change_activity", number, activity.pk))
    sam.post("change_activity", number, activity.pk, **(shown_to_both | {"text": "Mine"}))

    answer = sam.post(
        "change_activity", number, activity.pk, status=422, **(shown_to_both | {"text": "Yours"})
    )

    page = answer.content.decode()
    assert "Mine" in page
    assert "Yours" in page
    sam.post("change_activity", number, activity.pk, **filled_in(BeautifulSoup(page, "html5lib")))
    activity.refresh_from_db()
    assert activity.text == "Yours"


def test_an_activity_is_removed_after_asking(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.PLAN)
    number = sam.writes_plan(sessions=2, texts=("First", "Second"))
    second = PlanActivity.objects.unscoped().get(plan__received=sam.case, text="Second")
    assert "Second" in _text(sam.open("remove_activity", number, second.pk))

    for _ in range(2):
        sam.post("remove_activity", number, second.pk)

    assert "Second" not in _text(sam.open("edit_action_plan", number))


def test_a_submitted_version_can_be_read_and_no_longer_written(
    at_work: Callable[[Stage], Caseworker],
) -> None:
    sam = at_work(Stage.ARRANGE_SESSION)
    activity = PlanActivity.objects.unscoped().filter(plan__received=sam.case).first()
    assert activity is not None

    assert "View flats together." in _text(sam.open("action_plan_version", 1))
    for name, *args in (
        ("edit_action_plan",),
        ("add_activity",),
        ("change_activity", activity.pk),
        ("action_plan_sessions",),
    ):
        sam.open(name, 1, *args, status=410)
    sam.post("change_activity", 1, activity.pk, status=410, text="Late", outcome=str(activity.outcome_id))
    sam.post("action_plan_sessions", 1, status=410, sessions="9")
    sam.post("remove_activity", 1, activity.pk, status=410)


def test_a_change_that_was_asked_for_is_shown(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.CHANGE_PLAN)

    said = _text(sam.open("action_plan"))

    assert "Add budgeting." in said
    assert "Not yet" in said


def test_pressing_submit_twice_arrives_at_the_same_page(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.PLAN)
    number = sam.writes_plan(sessions=2)
    fields = filled_in(sam.open("check_action_plan", number))

    first, second = (sam.post("check_action_plan", number, **fields)["Location"] for _ in range(2))

    assert first == second
    assert sam.case.sessions.count() == 2


def test_what_changed_after_the_check_is_not_submitted(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.PLAN)
    number = sam.writes_plan(sessions=2)
    fields = filled_in(sam.open("check_action_plan", number))
    sam.answer("action_plan_sessions", number, sessions="7")

    sam.post("check_action_plan", number, status=409, **fields)

    assert sam.case.stage == Stage.PLAN


# --- End of service report ------------------------------------------------------------------------


@pytest.mark.parametrize("stage", list(Stage))
def test_a_report_is_written_only_when_it_is_due(
    at_work: Callable[[Stage], Caseworker], stage: Stage
) -> None:
    sam = at_work(stage)
    is_due, is_written = stage == Stage.REPORT, stage in (Stage.COMPLETED, Stage.ENDED_EARLY)

    page = sam.open("end_of_service_report")

    assert bool(page.select("main form")) == is_due
    assert ("Found a room and kept it." in page.get_text()) == is_written
    sam.post("start_end_of_service_report", status=302 if is_due or is_written else 403)


def test_a_report_asks_one_outcome_a_page_and_skips_none(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.REPORT)
    sam.post("start_end_of_service_report")

    sam.answer("report_outcome", 2, level="NOT_ACHIEVED", progress="None so far.")

    said = _text(sam.open("check_end_of_service_report"))
    assert "Select how far outcome 1 was achieved" in said
    assert "Enter further information, or continue without any" in said
    refused = sam.post(
        "check_end_of_service_report", status=403, seen=end_of_service.content_of(_report(sam.case))
    )
    assert "Select how far outcome 1" in refused.content.decode()
    for place in (0, 3, 999):
        assert sam.client.get(sam.address("report_outcome", place)).status_code == 404


def _report(case: ReceivedReferral) -> EndOfServiceReport:
    return EndOfServiceReport.objects.unscoped().get(received=case)


def test_what_sessions_recorded_stands_beside_and_is_not_copied(
    at_work: Callable[[Stage], Caseworker],
) -> None:
    sam = at_work(Stage.REPORT)
    sam.post("start_end_of_service_report")

    page = sam.open("report_outcome", 1)

    assert "Took part well." in page.select_one("details").get_text()
    assert page.select_one("textarea[name=progress]").get_text().strip() == ""


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        pytest.param(
            {"level": "", "progress": "Well"}, "Select how far this outcome was achieved", id="no level"
        ),
        pytest.param(
            {"level": "NEARLY", "progress": "Well"}, "Select how far this outcome", id="unknown level"
        ),
        pytest.param(
            {"level": "ACHIEVED", "progress": " \n"}, "Describe their progress", id="blank progress"
        ),
        pytest.param(
            {"level": "ACHIEVED", "progress": "x" * 4001}, "4,000 characters or fewer", id="too long"
        ),
        pytest.param(
            {"level": "ACHIEVED", "progress": "x", "remaining": "x" * 4001},
            "4,000 characters or fewer",
            id="rest too long",
        ),
    ],
)
def test_an_outcome_is_checked(
    at_work: Callable[[Stage], Caseworker], answers: dict[str, str], says: str
) -> None:
    sam = at_work(Stage.REPORT)
    sam.post("start_end_of_service_report")

    assert says in sam.answer("report_outcome", 1, status=422, **answers).content.decode()


def test_two_who_write_one_outcome_are_told_of_each_other(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.REPORT)
    sam.post("start_end_of_service_report")
    shown_to_both = filled_in(sam.open("report_outcome", 1)) | {"level": "ACHIEVED"}
    sam.post("report_outcome", 1, **(shown_to_both | {"progress": "Mine"}))

    page = sam.post(
        "report_outcome", 1, status=422, **(shown_to_both | {"progress": "Yours"})
    ).content.decode()

    assert "Mine" in page
    assert "Yours" in page


def test_a_submitted_report_is_locked(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.REPORT)
    sam.reports()
    assert sam.case.stage == Stage.COMPLETED

    for name, *args in (
        ("report_outcome", 1),
        ("report_further_information",),
        ("check_end_of_service_report",),
    ):
        sam.open(name, *args, status=410)
    sam.post("report_outcome", 1, status=410, level="NOT_ACHIEVED", progress="Late")
    again = sam.post("check_end_of_service_report", seen="whatever")
    assert again["Location"] == sam.address("end_of_service_report_submitted")
    assert "Found a room and kept it." in _text(sam.open("end_of_service_report"))


# --- Pauses ---------------------------------------------------------------------------------------


def _boxes(name: str, day) -> dict[str, str]:  # type: ignore[no-untyped-def]
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def test_a_case_is_paused_and_goes_on(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.PLAN)
    today = timezone.localdate()
    start = today - timedelta(days=3)
    due_before = sam.case.due_on

    sam.answer("pause_case", reason="In hospital", **_boxes("starts_on", start))
    assert "Still paused" in _text(sam.open("pauses"))
    assert sam.case.due_on is not None
    pause = sam.case.pauses.get()
    sam.answer("resume_case", pause.pk, **_boxes("ends_on", today))

    said = _text(sam.open("pauses"))
    assert "In hospital" in said
    assert "Sam Sand" in said
    assert "Still paused" not in said
    assert sam.case.due_on >= due_before


@pytest.mark.parametrize(
    ("days", "reason", "says"),
    [
        pytest.param(1, "Hospital", "must be today or in the past", id="tomorrow"),
        pytest.param(-31, "Hospital", "must not be before the referral was received", id="before receipt"),
        pytest.param(0, " ", "Enter why the time limits are paused", id="no reason"),
        pytest.param(0, "x" * 401, "400 characters or fewer", id="long reason"),
    ],
)
def test_a_pause_is_checked(
    at_work: Callable[[Stage], Caseworker], days: int, reason: str, says: str
) -> None:
    sam = at_work(Stage.PLAN)
    day = timezone.localdate() + timedelta(days=days)

    answer = sam.answer("pause_case", reason=reason, **_boxes("starts_on", day), status=422)

    assert says in answer.content.decode()
    assert not sam.case.pauses.exists()


@pytest.mark.parametrize(
    ("days", "says"),
    [
        pytest.param(1, "must be today or in the past", id="tomorrow"),
        pytest.param(-4, "same as or after its first day", id="before it began"),
    ],
)
def test_the_end_of_a_pause_is_checked(at_work: Callable[[Stage], Caseworker], days: int, says: str) -> None:
    sam = at_work(Stage.PLAN)
    today = timezone.localdate()
    sam.answer("pause_case", reason="Hospital", **_boxes("starts_on", today - timedelta(days=3)))
    pause = sam.case.pauses.get()

    answer = sam.answer(
        "resume_case", pause.pk, **_boxes("ends_on", today + timedelta(days=days)), status=422
    )

    assert says in answer.content.decode()


@pytest.mark.parametrize("stage", [Stage.COMPLETED, Stage.ENDED_EARLY, Stage.CANCELLED])
def test_an_ended_case_is_not_paused(at_work: Callable[[Stage], Caseworker], stage: Stage) -> None:
    sam = at_work(stage)

    assert "The case has ended" in _text(sam.open("pauses"))
    sam.open("pause_case", status=403)
    sam.post("pause_case", status=403, reason="x", form_key=str(uuid4()))


def test_the_same_form_pauses_once(at_work: Callable[[Stage], Caseworker]) -> None:
    sam = at_work(Stage.PLAN)
    fields = filled_in(sam.open("pause_case")) | {
        "reason": "Hospital",
        **_boxes("starts_on", timezone.localdate()),
    }

    for _ in range(2):
        sam.post("pause_case", **fields)

    assert sam.case.pauses.count() == 1


# --- What it costs --------------------------------------------------------------------------------


def test_pages_cost_the_same_for_many_activities(
    at_work: Callable[[Stage], Caseworker], worker: User, django_assert_max_num_queries
) -> None:  # type: ignore[no-untyped-def]
    sam = at_work(Stage.PLAN)
    draft = action_plans.start_plan(received=sam.case, by=worker)
    outcome = outcomes_of(sam.case)[0]
    PlanActivity.objects.unscoped().bulk_create(
        PlanActivity(plan=draft, outcome=outcome, position=n, text=f"Step {n}") for n in range(1, 61)
    )

    with django_assert_max_num_queries(20):
        sam.open("edit_action_plan", 1)


@pytest.mark.parametrize(
    ("more_than_the_days", "warns"),
    [
        pytest.param(-1, False, id="fewer than the days"),
        pytest.param(0, False, id="as many as the days"),
        pytest.param(1, True, id="one more"),
        pytest.param(60, True, id="many more"),
    ],
)
def test_more_sessions_than_enforceable_days_are_warned_of_at_once(
    personas: dict[str, User], as_persona: Callable[[str], Client], more_than_the_days: int, warns: bool
) -> None:
    # Given a draft of the action plan
    sent = a_sent_referral(personas["pp"], crn="X980001")
    case = assigned(
        ReceivedReferral.objects.unscoped().get(pk=sent.received_id), to=personas["sp.caseworker"]
    )
    action_plans.start_plan(received=case, by=personas["sp.caseworker"])
    client, address = (
        as_persona("sp.caseworker"),
        reverse("monitoring:action_plan_sessions", args=[case.pk, 1]),
    )

    # When the number of sessions is saved
    number = case.enforceable_days + more_than_the_days
    fields = filled_in(BeautifulSoup(client.get(address).content, "html5lib")) | {"sessions": str(number)}
    after = client.post(address, fields, follow=True)

    # Then the next page warns, when there are more than the referral has days for
    assert (
        f"the referral allows {case.enforceable_days} enforceable days" in after.content.decode()
    ) == warns
