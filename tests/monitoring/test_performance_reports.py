"""The performance report: its columns, its scope, its file, who may have it, and what happens when its maker dies."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import requests
from botocore.exceptions import EndpointConnectionError, NoCredentialsError
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from events.models import AuditAction, AuditEvent
from govuk.csv_cells import written
from interventions.models import Contract, ContractGrant, ProviderTerm
from monitoring.access.notified import may_still_open
from monitoring.actions import make_performance_report as performance_reports
from monitoring.models import Conclusion, PerformanceReport
from monitoring.performance import file, reading
from monitoring.performance.columns import COLUMNS
from monitoring.tasks import keep_performance_reports
from tests.factories.accounts import ProviderFactory
from tests.factories.interventions import ContractGrantFactory, caseworker_on
from tests.factories.monitoring import a_contract, many_received, received
from tests.factories.monitoring_delivery import assigned, with_plan, with_report, with_session
from tests.factories.outbox import deliver_all
from tests.file_storage.fake_bucket import FakeBucket, serving
from tests.pages import assert_page
from tests.stories.referring import filled_in

pytestmark = pytest.mark.django_db
State = PerformanceReport.State
MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"
LIVE_COLUMNS = [
    "referral_ref",
    "referral_id",
    "contract_ref",
    "organisation_id",
    "caseworker_id",
    "service_user_crn",
    "date_referral_received",
    "date_saa_first_arranged",
    "date_saa_first_scheduled_for",
    "date_saa_first_not_attended",
    "date_saa_first_attended",
    "date_saa_first_completed",
    "saa_attended_on_time",
    "date_first_action_plan_submitted",
    "date_of_first_action_plan_approval",
    "date_of_first_attended_session",
    "outcomes_to_be_achieved_count",
    "outcomes_achieved",
    "count_of_sessions_expected",
    "count_of_sessions_attended",
    "end_requested_by_pp_at",
    "end_requested_by_pp_reason",
    "date_eosr_submitted",
    "concluded_at",
    "referral_end_state",
    "date_intervention_to_be_completed_by",
    "end_of_sentence_date",
]


@pytest.fixture
def contract() -> Contract:
    return a_contract()


@pytest.fixture
def asker(contract: Contract) -> User:
    return caseworker_on(contract)


@pytest.fixture
def client(asker: User) -> Client:
    return signed_in(asker)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=MODEL_BACKEND)
    return client


def _revoke(asker: User) -> None:
    grant = ContractGrant.objects.filter(user=asker).earliest("pk")
    ContractGrant.objects.filter(pk=grant.pk).update(revoked_at=timezone.now(), revoked_by=grant.granted_by)


def a_report(asker: User, **changes: Any) -> PerformanceReport:
    today = timezone.localdate()
    facts: dict[str, Any] = {"from_date": today - timedelta(days=400), "to_date": today, **changes}
    return PerformanceReport.objects.unscoped().create(
        form_key=uuid4(), requested_by=asker, requested_at=timezone.now(), **facts
    )


def rows_of(report: PerformanceReport) -> list[dict[str, str]]:
    with file.storage().open(file.name_of(report.pk)) as opened:
        return list(csv.DictReader(io.TextIOWrapper(opened, encoding="utf-8", newline="")))


def made(asker: User, **changes: Any) -> list[dict[str, str]]:
    report = a_report(asker, **changes)
    assert performance_reports.make_report(report.pk)
    return rows_of(report)


# --- What stands in it


def test_the_columns_are_the_live_service_s_in_its_order() -> None:
    assert [name for name, _ in COLUMNS] == LIVE_COLUMNS


def test_a_new_case_has_its_dates_and_empty_cells(contract: Contract, asker: User) -> None:
    case = received(contract)

    (row,) = made(asker)

    assert row["referral_ref"] == case.reference
    assert row["contract_ref"] == contract.reference
    assert row["organisation_id"] == contract.prime.code
    assert row["service_user_crn"] == case.crn
    empty = {"caseworker_id", "date_saa_first_arranged", "count_of_sessions_expected", "outcomes_achieved"}
    assert {row[name] for name in empty} == {""}


def test_a_completed_case_has_everything(contract: Contract, asker: User) -> None:
    case = with_plan(assigned(received(contract), to=asker), sessions=1)
    case = with_report(with_session(case), conclusion=Conclusion.COMPLETED)

    (row,) = made(asker)

    assert row["caseworker_id"] == asker.username
    assert row["saa_attended_on_time"] in ("true", "")
    assert row["date_first_action_plan_submitted"] == row["date_of_first_action_plan_approval"] != ""
    assert row["count_of_sessions_expected"] == row["count_of_sessions_attended"] == "1"
    assert row["date_of_first_attended_session"]
    assert row["date_eosr_submitted"]
    assert row["referral_end_state"] == "completed"
    assert float(row["outcomes_achieved"]) <= int(row["outcomes_to_be_achieved_count"])


@pytest.mark.parametrize(
    ("value", "in_the_file"),
    [
        pytest.param('=HYPERLINK("z")', '\'=HYPERLINK("z")', id="a formula"),
        pytest.param("+44", "'+44", id="plus"),
        pytest.param("-1+1", "'-1+1", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\tx", "'\tx", id="tab"),
        pytest.param("a=b", "a=b", id="an equals sign inside"),
        pytest.param(None, "", id="nothing"),
        pytest.param(date(2026, 1, 2), "2026-01-02", id="a day"),
        pytest.param(datetime(2026, 7, 1, 12, tzinfo=UTC), "2026-07-01T13:00:00+01:00", id="a summer time"),
        pytest.param(datetime(2026, 1, 1, 12, tzinfo=UTC), "2026-01-01T12:00:00+00:00", id="a winter time"),
    ],
)
def test_no_cell_is_a_formula_and_times_are_the_uk_s(value: Any, in_the_file: str) -> None:
    assert written(value) == in_the_file


@pytest.mark.parametrize(
    ("received_at", "is_in"),
    [
        pytest.param(
            datetime(2026, 6, 30, 22, 59, tzinfo=UTC), False, id="a minute before the first day, in the UK"
        ),
        pytest.param(
            datetime(2026, 6, 30, 23, 0, tzinfo=UTC), True, id="midnight of the first day, in the UK"
        ),
        pytest.param(datetime(2026, 7, 31, 22, 59, tzinfo=UTC), True, id="the last minute of the last day"),
        pytest.param(datetime(2026, 7, 31, 23, 0, tzinfo=UTC), False, id="the day after"),
    ],
)
def test_both_days_are_included_in_uk_time(
    contract: Contract, asker: User, received_at: datetime, is_in: bool
) -> None:
    received(contract, at=received_at)

    rows = made(asker, from_date=date(2026, 7, 1), to_date=date(2026, 7, 31))

    assert bool(rows) == is_in


def test_only_the_asker_s_contracts_are_in_it_as_granted_when_it_is_made(
    contract: Contract, asker: User
) -> None:
    received(contract)
    received(a_contract())
    report = a_report(asker)
    _revoke(asker)

    assert performance_reports.make_report(report.pk)

    assert rows_of(report) == []


# --- Its file


def test_nothing_of_it_stays_on_the_disk_of_its_maker(
    contract: Contract, asker: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    received(contract)
    seen: list[int] = []

    written_rows = file.write(a_report(asker), progress=lambda *_: seen.append(len([*tmp_path.iterdir()])))

    assert written_rows.rows == 1
    assert seen == [0, 0], "while it is written, no name leads to it"
    assert not [*tmp_path.iterdir()]


@pytest.mark.thorough
def test_memory_stays_small(contract: Contract, asker: User) -> None:
    many_received(contract, 1500)
    report = a_report(asker)
    tracemalloc.start()

    performance_reports.make_report(report.pk)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows_of(report)) == 1500
    assert most < 20 * 1024 * 1024


def test_more_cases_need_no_more_statements_nor_longer_ones(contract: Contract, asker: User) -> None:
    """Of those that are read together."""
    few = [received(contract) for _ in range(2)]
    statements_for_few = _statements(asker, len(few))
    for case in few:
        with_report(
            with_session(with_plan(assigned(case, to=asker), sessions=1)), conclusion=Conclusion.COMPLETED
        )
    many_received(contract, 40)

    assert _statements(asker, 42) == statements_for_few


def _statements(asker: User, cases: int) -> list[str]:
    """The SQL, without values, with which one list of cases is read."""
    read = reading.CasesOfPeriod(asker, date(2020, 1, 1), timezone.localdate())
    statements: list[str] = []

    def note(execute: Any, sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        (found,) = read
    assert len(found) == cases
    return statements


def test_it_is_kept_seven_days(contract: Contract, asker: User) -> None:
    report = a_report(asker)
    performance_reports.make_report(report.pk)
    now = timezone.now()

    assert performance_reports.let_go(now=now + timedelta(days=6, hours=23)) == 0
    assert performance_reports.let_go(now=now + timedelta(days=7, hours=1)) == 1

    report.refresh_from_db()
    assert report.state == State.EXPIRED
    assert not file.storage().exists(file.name_of(report.pk))


# --- Who is told


@pytest.mark.parametrize("fails", [False, True], ids=["ready", "failed"])
def test_the_asker_is_told_by_email_once(
    contract: Contract, asker: User, monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    def breaks(*_: Any, **__: Any) -> int:
        raise OSError

    if fails:
        monkeypatch.setattr(file, "write", breaks)
    report = a_report(asker)

    for _ in range(2):
        performance_reports.make_report(report.pk)
    deliver_all()

    (email,) = mail.outbox
    assert email.to == [asker.email]
    assert email.subject.startswith(
        "We could not prepare your performance report" if fails else "Your performance report is ready"
    )
    assert reverse("monitoring:performance_report", args=[report.pk]) in email.body


# --- Its maker


def test_it_is_made_once(contract: Contract, asker: User) -> None:
    report = a_report(asker)

    assert performance_reports.make_report(report.pk)
    assert not performance_reports.make_report(report.pk)


@pytest.mark.parametrize(
    ("started", "progressed", "is_dead"),
    [
        pytest.param(20, 4, True, id="no row for four minutes"),
        pytest.param(20, 1, False, id="the last rows a minute ago"),
        pytest.param(1, None, True, id="by a release that did not say"),
    ],
)
def test_a_report_whose_maker_died_is_taken_up_again(
    contract: Contract, asker: User, started: int, progressed: int | None, is_dead: bool
) -> None:
    received(contract)
    now = timezone.now()
    report = a_report(
        asker,
        state=State.RUNNING,
        started_at=now - timedelta(minutes=started),
        progressed_at=None if progressed is None else now - timedelta(minutes=progressed),
        rows_done=7,
    )
    PerformanceReport.objects.unscoped().filter(pk=report.pk).update(requested_at=now - timedelta(hours=1))

    keep_performance_reports()

    report.refresh_from_db()
    assert report.state == (State.READY if is_dead else State.RUNNING)
    assert not is_dead or len(rows_of(report)) == 1


@pytest.mark.parametrize("then", ["goes on", "fails", "has stored its file"])
def test_a_maker_that_was_taken_for_dead_and_goes_on_gives_nothing_away(
    contract: Contract, asker: User, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    # Given somebody who lost a contract after their report was begun
    lost = a_contract()
    ContractGrantFactory.create(user=asker, contract=lost, granted_by=asker)
    lost.subcontractors.add(contract.prime)
    received(contract)
    received(lost)
    report = a_report(asker)
    write = file.write
    cases = [row for rows in reading.CasesOfPeriod(asker, report.from_date, report.to_date) for row in rows]
    assert len(cases) == 2

    def is_held_up(report: PerformanceReport, *, progress: Any) -> Any:
        """For so long that another maker does it all meanwhile."""
        monkeypatch.setattr(file, "write", write)
        begun = reading.CasesOfPeriod(report.requested_by, report.from_date, report.to_date)
        ContractGrant.objects.filter(contract=lost).update(revoked_at=timezone.now(), revoked_by=asker)
        later = timezone.now() + timedelta(minutes=4)
        long_ago = timezone.now() - timedelta(hours=1)
        PerformanceReport.objects.unscoped().filter(pk=report.pk).update(requested_at=long_ago)
        assert performance_reports.take_up_again(now=later) == [report.pk]
        assert performance_reports.make_report(report.pk, now=later)
        if then == "fails":
            raise OSError
        monkeypatch.setattr(reading, "CasesOfPeriod", lambda *_: begun)
        try:
            return write(report, progress=progress if then == "goes on" else lambda *_: None)
        finally:
            monkeypatch.setattr(reading, "CasesOfPeriod", type(begun))

    monkeypatch.setattr(file, "write", is_held_up)

    # When its maker goes on
    assert not performance_reports.make_report(report.pk)

    # Then the file has what they may see now
    report.refresh_from_db()
    if then == "has stored its file":
        assert report.state == State.WAITING, "the other maker's file is gone"
        assert performance_reports.take_up_again() == [report.pk]
        assert performance_reports.make_report(report.pk)
        report.refresh_from_db()
    assert report.state == State.READY
    assert [row["contract_ref"] for row in rows_of(report)] == [contract.reference]
    deliver_all()
    assert len(mail.outbox) == 1


def test_without_the_queue_a_report_waits_for_the_next_look(
    asker: User, client: Client, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    def is_away(*_: Any) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(performance_reports.make_in_background, "delay", is_away)
    today = timezone.localdate()
    with django_capture_on_commit_callbacks(execute=True):
        report = performance_reports.ask_for_report(
            from_date=today, to_date=today, form_key=uuid4(), by=asker
        )
    assert performance_reports.take_up_again(now=timezone.now() + timedelta(minutes=2)) == [report.pk]


def test_a_report_that_fails_says_so(
    contract: Contract, asker: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = a_report(asker)

    def break_down(*args: Any) -> Any:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(reading, "CasesOfPeriod", break_down)

    assert not performance_reports.make_report(report.pk)
    page = assert_page(client.get(reverse("monitoring:performance_report", args=[report.pk])))
    assert "could not prepare" in page.get_text()
    assert not file.storage().exists(file.name_of(report.pk))


# --- Its pages


def test_asking_watching_and_downloading(
    contract: Contract, asker: User, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    case = received(contract)
    url = reverse("monitoring:performance_reports")
    day = timezone.localdate()
    answers = filled_in(assert_page(client.get(url))) | {
        **{"from_date_day": "1", "from_date_month": "6", "from_date_year": "2021"},
        **{"to_date_day": str(day.day), "to_date_month": str(day.month), "to_date_year": str(day.year)},
    }

    with django_capture_on_commit_callbacks(execute=True):
        asked = client.post(url, answers)
    again = client.post(url, answers)

    assert asked.status_code == again.status_code == 302
    assert asked["Location"] == again["Location"]
    page = assert_page(client.get(asked["Location"]))
    link = page.find("a", string=lambda text: bool(text and "Download the report" in text))
    assert link is not None
    download = client.get(str(link["href"]))
    assert case.reference in b"".join(download).decode()
    assert "attachment" in download["Content-Disposition"]
    assert AuditEvent.objects.filter(action=AuditAction.PERFORMANCE_REPORT_DOWNLOADED, user=asker).exists()
    assert_page(client.get(url))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"from_date_year": "2020"}, "must be", id="before the service began"),
        pytest.param({"to_date_year": "2999"}, "must be", id="in the future"),
        pytest.param(
            {"from_date_year": "2026", "to_date_year": "2025"}, "same as or after", id="the last day first"
        ),
        pytest.param({"from_date_month": "13"}, "real date", id="no such month"),
    ],
)
def test_a_wrong_period_is_explained(
    client: Client, contract: Contract, changes: dict[str, str], message: str
) -> None:
    url = reverse("monitoring:performance_reports")
    answers = filled_in(assert_page(client.get(url))) | {
        **{"from_date_day": "1", "from_date_month": "6", "from_date_year": "2022"},
        **{"to_date_day": "1", "to_date_month": "6", "to_date_year": "2024"},
    }

    page = assert_page(client.post(url, answers | changes), 422)

    assert message in page.select_one(".govuk-error-summary").get_text()  # type: ignore[union-attr]
    assert not PerformanceReport.objects.unscoped().exists()


@pytest.mark.parametrize("name", ["performance_report", "download_performance_report"])
def test_nobody_else_may_even_know_of_it(contract: Contract, asker: User, name: str) -> None:
    report = a_report(asker)
    performance_reports.make_report(report.pk)
    url = reverse(f"monitoring:{name}", args=[report.pk])

    assert signed_in(caseworker_on(contract)).get(url).status_code == 404
    assert signed_in(caseworker_on(a_contract())).get(url).status_code == 404
    assert signed_in(asker).get(url).status_code == 200


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBucket]:
    """Reports are kept in a bucket."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    with serving() as fake:
        options = {"bucket_name": "bucket", "endpoint_url": fake.address, "region_name": "eu-west-2"}
        kept = {"BACKEND": "file_storage.bucket.BucketStorage", "OPTIONS": options}
        settings.STORAGES = settings.STORAGES | {file.STORAGE: kept}
        yield fake


def _downloads(asker: User) -> int:
    return AuditEvent.objects.filter(
        action=AuditAction.PERFORMANCE_REPORT_DOWNLOADED, user=asker, outcome=AuditEvent.Outcome.DONE
    ).count()


@pytest.mark.slow
def test_from_a_bucket_they_get_an_address_of_their_own_and_it_is_audited(
    contract: Contract, asker: User, client: Client, bucket: FakeBucket
) -> None:
    case = received(contract)
    report = a_report(asker)
    performance_reports.make_report(report.pk)

    answer = client.get(reverse("monitoring:download_performance_report", args=[report.pk]))

    assert answer.status_code == 302
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"
    assert _downloads(asker) == 1
    downloaded = requests.get(answer["Location"], timeout=5)
    assert case.reference in downloaded.text
    assert f"performance-report-{report.from_date}-to-" in downloaded.headers["Content-Disposition"]
    performance_reports.let_go(now=timezone.now() + timedelta(days=8))
    assert bucket.objects == {}


@pytest.mark.slow
def test_nobody_else_gets_an_address(contract: Contract, asker: User, bucket: FakeBucket) -> None:
    report = a_report(asker)
    performance_reports.make_report(report.pk)
    colleague = caseworker_on(contract)

    answer = signed_in(colleague).get(reverse("monitoring:download_performance_report", args=[report.pk]))

    assert answer.status_code == 404
    assert bucket.address not in answer.content.decode()
    assert _downloads(colleague) == 0


@pytest.mark.slow
def test_a_bucket_that_is_down_fails_the_report_and_leaves_nothing(
    contract: Contract, asker: User, client: Client, bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("botocore.endpoint.Endpoint._send", _breaks_down)
    report = a_report(asker)

    assert not performance_reports.make_report(report.pk)

    report.refresh_from_db()
    assert report.state == State.FAILED


def _breaks_down(*_: Any) -> Any:
    raise EndpointConnectionError(endpoint_url="https://bucket.invalid")


@pytest.mark.slow
def test_without_an_address_the_page_says_to_try_again(
    contract: Contract, asker: User, client: Client, bucket: FakeBucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = a_report(asker)
    performance_reports.make_report(report.pk)
    monkeypatch.setattr("storages.backends.s3.S3Storage.url", _has_no_credentials)

    answer = client.get(reverse("monitoring:download_performance_report", args=[report.pk]))

    assert "We cannot get this file at the moment" in assert_page(answer, 503).get_text()
    assert _downloads(asker) == 0


def _has_no_credentials(*_: Any, **__: Any) -> str:
    raise NoCredentialsError


def _left(contract: Contract, asker: User) -> None:
    contract.prime = ProviderFactory()
    contract.save()


def _left_and_back(contract: Contract, asker: User) -> None:
    at = timezone.now() + timedelta(minutes=1)
    ProviderTerm.objects.create(contract=contract, provider=contract.prime, began_at=at)


def _came_before(contract: Contract, asker: User) -> None:
    at = timezone.now() - timedelta(days=1)
    ProviderTerm.objects.create(contract=contract, provider=contract.prime, began_at=at)


@pytest.mark.parametrize(
    ("change", "has_cases", "is_theirs"),
    [
        pytest.param(lambda contract, asker: None, True, True, id="nothing changed"),
        pytest.param(_left, True, False, id="their service provider left the contract"),
        pytest.param(lambda contract, asker: _revoke(asker), True, False, id="their grant was revoked"),
        pytest.param(_left_and_back, True, False, id="their service provider left and came back"),
        pytest.param(_came_before, True, True, id="their service provider came before it was made"),
        pytest.param(_left, False, True, id="left, but it has no case of that contract"),
    ],
)
def test_a_report_with_cases_that_are_theirs_no_more_is_refused(
    contract: Contract, asker: User, client: Client, change: Any, has_cases: bool, is_theirs: bool
) -> None:
    # Another contract stays theirs, so that nothing but the report is refused.
    other = a_contract(prime=contract.prime)
    ContractGrantFactory(user=asker, contract=other)
    received(other)
    if has_cases:
        received(contract)
    report = a_report(asker)
    performance_reports.make_report(report.pk)
    change(contract, asker)

    for name in ("performance_report", "download_performance_report"):
        answer = client.get(reverse(f"monitoring:{name}", args=[report.pk]))
        assert answer.status_code == (200 if is_theirs else 403)
        if not is_theirs:
            assert "a contract that you can no longer see" in assert_page(answer, 403).get_text()
    listed = assert_page(client.get(reverse("monitoring:performance_reports"))).get_text()
    assert ("No longer available" in listed) is not is_theirs
    assert (report.pk in may_still_open(asker, frozenset({report.pk}), asks=False)) is is_theirs
    deliver_all()
    assert len(mail.outbox) == is_theirs


def test_without_a_contract_there_is_nothing_to_ask_for(
    asker: User, client: Client, contract: Contract
) -> None:
    url = reverse("monitoring:performance_reports")
    answers = filled_in(assert_page(client.get(url))) | {
        **{"from_date_day": "1", "from_date_month": "6", "from_date_year": "2022"},
        **{"to_date_day": "1", "to_date_month": "6", "to_date_year": "2024"},
    }
    _revoke(asker)

    assert client.post(url, answers).status_code == 403


def test_the_figures_page_has_charts_with_tables_under_them(client: Client, contract: Contract) -> None:
    received(contract)

    page = assert_page(client.get(reverse("monitoring:reporting")))

    assert len(page.select("svg.rm-chart")) == 2
    assert len(page.select("table")) >= 3
