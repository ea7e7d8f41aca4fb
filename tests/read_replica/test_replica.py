"""Reports and exports on a replica that follows the database: read there, never old, and finished without it.

Needs a replica of the server (DATABASE_REPLICA_URL), as ``.ci/services replica`` starts one.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import psycopg
import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.utils import OperationalError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from structlog.testing import capture_logs

from accounts.models import User
from events.crn import Crn
from interventions.models import Contract
from monitoring.access.database_rights import supplier_rights
from monitoring.actions import make_performance_report as performance_reports
from monitoring.models import PerformanceReport, ReceivedReferral
from monitoring.performance import file
from monitoring.performance.reading import CasesOfPeriod
from personal_records.actions.export_person import export_person
from read_replica import long_reads
from read_replica.long_reads import REPLICA, LongRead
from tests.factories.interventions import caseworker_on
from tests.factories.monitoring import a_contract, received
from tests.factories.referrals import a_sent_referral

ADDRESS = os.environ.get("DATABASE_REPLICA_URL", "")
CRN = Crn("X980010")
pytestmark = [
    pytest.mark.django_db(transaction=True, databases=[DEFAULT_DB_ALIAS, REPLICA]),
    pytest.mark.skipif(
        connection.vendor != "postgresql" or not ADDRESS,
        reason="needs a replica (DATABASE_REPLICA_URL) of PostgreSQL",
    ),
]


@pytest.fixture
def replica(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """The replica of the test's database; called with settings, something else in its place."""

    def use(**changed: Any) -> None:
        connections[REPLICA].close()
        for name, value in changed.items():
            monkeypatch.setitem(connections[REPLICA].settings_dict, name, value)

    yield use
    connections[REPLICA].close()


@pytest.fixture
def contract() -> Contract:
    return a_contract()


def _report_of(contract: Contract) -> PerformanceReport:
    today = timezone.localdate()
    return PerformanceReport.objects.unscoped().create(
        form_key=uuid4(),
        requested_by=caseworker_on(contract),
        requested_at=timezone.now(),
        from_date=today - timedelta(days=400),
        to_date=today,
    )


def _made(report: PerformanceReport) -> str:
    assert performance_reports.make_report(report.pk)
    with file.storage().open(file.name_of(report.pk)) as opened:
        return opened.read().decode()


def _cases(user: User) -> CasesOfPeriod:
    today = date.today()
    return CasesOfPeriod(user, today - timedelta(days=1), today + timedelta(days=1))


# --- Read there


def test_a_report_reads_cases_from_the_replica_only(replica: Any, contract: Contract) -> None:
    case = received(contract)
    report = _report_of(contract)

    with CaptureQueriesContext(connections[REPLICA]) as there, CaptureQueriesContext(connection) as here:
        text = _made(report)

    assert case.reference in text
    assert [query for query in there if "monitoring_receivedreferral" in query["sql"]]
    assert not [query for query in here if "monitoring_receivedreferral" in query["sql"]]
    # What is theirs is asked of the database itself, where a grant ends at its minute.
    assert [query for query in here if "interventions_contractgrant" in query["sql"]]
    assert not [query for query in there if "interventions_contractgrant" in query["sql"]]


def test_an_export_reads_rows_from_the_replica(replica: Any, personas: dict[str, User]) -> None:
    sent = a_sent_referral(personas["pp"], crn=CRN)
    to = io.BytesIO()

    with CaptureQueriesContext(connections[REPLICA]) as there:
        made = export_person(crn=CRN, by=personas["admin"], to=to)

    assert [query for query in there if "monitoring_shareversion" in query["sql"]]
    assert made.records > 10
    with ZipFile(to) as archive:
        assert sent.reference in archive.read(f"{CRN}.html").decode()


def test_nothing_can_be_written_there(replica: Any, contract: Contract) -> None:
    with pytest.raises(Exception, match="read-only"):
        Contract.objects.using(REPLICA).update(title="Another")


def test_a_request_of_a_supplier_reads_nothing_there(replica: Any, contract: Contract) -> None:
    """The replica knows neither the role nor who is asking."""
    with supplier_rights(caseworker_on(contract)), pytest.raises(RuntimeError, match="rights"):
        LongRead()


# --- Never old


def test_what_was_written_just_before_is_always_found(replica: Any, contract: Contract) -> None:
    user = caseworker_on(contract)
    for number in range(1, 31):
        received(contract)
        read = _cases(user)
        assert read._database.using == REPLICA
        assert len(read) == number


def test_a_replica_that_stands_still_is_not_read(
    replica: Any, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(long_reads, "PATIENCE", 0.3)
    user = caseworker_on(contract)
    with _replay_paused():
        received(contract)
        with capture_logs() as lines:
            read = _cases(user)
            assert len(read) == 1
    assert read._database.using == DEFAULT_DB_ALIAS
    assert [line["why"] for line in lines if line["event"] == "replica_not_used"] == ["behind"]


def test_a_replica_that_holds_a_table_locked_is_left(replica: Any, contract: Contract) -> None:
    """One that stands still amid a change to a table does: a read would wait until it goes on."""
    case = received(contract)
    read = LongRead()
    with connections[REPLICA].cursor() as there, transaction.atomic(), connection.cursor() as here:
        here.execute("LOCK TABLE monitoring_receivedreferral IN ACCESS EXCLUSIVE MODE")
        until = time.monotonic() + 30
        while not _locks(there):
            assert time.monotonic() < until
            time.sleep(0.05)

        found = read.read(
            lambda using: [*ReceivedReferral.objects.unscoped().using(using).filter(pk=case.pk)]
        )

    assert found == [case]
    assert read.using == DEFAULT_DB_ALIAS


def _locks(there: CursorWrapper) -> int:
    there.execute("SELECT count(*) FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND granted")
    (count,) = there.fetchone()
    return int(count)


@contextmanager
def _replay_paused() -> Iterator[None]:
    """The replica takes in nothing, as one that cannot keep up."""
    owner = ADDRESS.replace("refer_monitor@", "owner@").rpartition("/")[0]
    with psycopg.connect(f"{owner}/postgres", autocommit=True) as there:
        there.execute("SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            there.execute("SELECT pg_wal_replay_resume()")


# --- Finished without it


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        pytest.param({"PORT": "9"}, "OperationalError", id="a server that is away"),
        pytest.param({"NAME": "no_such_database"}, "OperationalError", id="a database that is not there"),
        pytest.param({"NAME": "postgres"}, "no replica", id="another database of the replica"),
        pytest.param("the database itself", "no replica", id="the address of the database itself"),
    ],
)
def test_without_it_the_database_is_read(replica: Any, contract: Contract, changed: Any, why: str) -> None:
    replica(**({"PORT": connection.settings_dict["PORT"]} if isinstance(changed, str) else changed))
    case = received(contract)
    report = _report_of(contract)
    with capture_logs() as lines:
        text = _made(report)
    assert case.reference in text
    assert [line["why"] for line in lines if line["event"] == "replica_not_used"] == [why]


def test_a_replica_that_fails_on_the_way_is_left(
    replica: Any, contract: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given two lists of cases, when the server ends the connection between them, the second comes from elsewhere."""
    monkeypatch.setattr("monitoring.performance.reading.AT_A_TIME", 1)
    first, second = received(contract), received(contract)
    lists = iter(_cases(caseworker_on(contract)))
    seen = [case.id for case in next(lists)]
    assert seen == [first.pk]

    connections[REPLICA].connection.close()

    assert [case.id for case in next(lists)] == [second.pk]


def test_an_export_whose_replica_fails_is_begun_again(
    replica: Any, personas: dict[str, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = a_sent_referral(personas["pp"], crn=CRN)
    expected, to = io.BytesIO(), io.BytesIO()
    count = export_person(crn=CRN, by=personas["admin"], to=expected).records
    ask = LongRead.read

    def interrupted(self: LongRead, write: Callable[[str], Any]) -> Any:
        def fails(using: str) -> Any:
            found = write(using) if using == DEFAULT_DB_ALIAS else None
            if found is None:
                raise OperationalError("canceling statement due to conflict with recovery")
            return found

        return ask(self, fails)

    monkeypatch.setattr(LongRead, "read", interrupted)
    made = export_person(crn=CRN, by=personas["admin"], to=to)

    assert made.records == count + 2, "the first export and what the trail has of it"
    with ZipFile(to) as archive:
        assert sent.reference in archive.read(f"{CRN}.html").decode()
    assert ReceivedReferral.objects.unscoped().filter(crn=CRN).count() == 1
