"""Two of each process, each with a folder of its own, behind a proxy: killed and stopped amid people at work.

``CHAOS_PEOPLE`` (50) at once, who read for two to four seconds before they do the next thing, are at
``CHAOS_PEOPLES_JOURNEYS`` (100) referrals: some five minutes. One of each kind of process is killed, as when the power
goes, and the other is stopped gently, as by a release. A replica of the database follows where one is given
(``.ci/services replica``).
"""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, field
from datetime import date

import psycopg
from django.urls import reverse

from tests.chaos.browser import Browser, Page
from tests.chaos.conftest import Tell, size
from tests.chaos.installation import LONG, PROCESSES, Installation, wait_until
from tests.chaos.journey import PROVIDER, Browsers, boxes
from tests.chaos.judging import private_words, settle, tell_of_deliveries, wrongly_delivered
from tests.chaos.working import Everybody

WEB = ("web.1", "web.2")
OTHERS = tuple(f"{name}.{number}" for name in PROCESSES[1:] for number in (1, 2))
THINKING = (2.0, 4.0)  # seconds
#: Until nobody is sent to a server that was killed: HAProxy asks each second, and believes the second silence.
UNTIL_NOTICED = 5.0
#: As ``preStop`` in deploy/base/web.yaml, in seconds; shorter, for this proxy hears of it at once.
BEFORE_IT_STOPS = 2.0
DOWN = 3.0  # seconds until what was stopped is started again


@dataclass
class Interruptions:
    """What was done to which process, and when."""

    installation: Installation
    began: float = field(default_factory=time.monotonic)
    killed: list[float] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def kill(self, name: str) -> None:
        """As when the power goes."""
        self.killed.append(time.monotonic())
        self._replace(name, signal.SIGKILL)

    def stop(self, name: str) -> None:
        """As by a release: nobody is sent to a web server from a moment before it is stopped (deploy/base/web.yaml)."""
        if name not in WEB:
            self._replace(name, signal.SIGTERM)
            return
        self.installation.send_to(name, new_requests=False)
        time.sleep(BEFORE_IT_STOPS)
        self._replace(name, signal.SIGTERM)
        self.installation.send_to(name, new_requests=True)

    def _replace(self, name: str, how: signal.Signals) -> None:
        began = time.monotonic()
        self.installation.stop(name, how)
        gone = time.monotonic() - began
        time.sleep(DOWN)
        self.installation.start(name)
        up = time.monotonic() - began
        since = began - self.began
        self.lines.append(
            f"{since:.0f} s: {name} {how.name}, gone after {gone:.1f} s, answers again after {up:.0f} s"
        )

    def explain(self, moment: float) -> bool:
        """Whether a process had just been killed."""
        return any(0 <= moment - killed <= UNTIL_NOTICED for killed in self.killed)


def test_processes_are_replaced_amid_people(installation: Installation, seed: int, tell: Tell) -> None:
    # Given two of each process behind a proxy
    for name in (*WEB, *OTHERS):
        installation.start(name)
    installation.start_proxy(WEB)
    people, journeys = size("PEOPLE", 50), size("PEOPLES_JOURNEYS", 100)
    everybody = Everybody(
        installation,
        seed,
        journeys,
        seconds=LONG,
        threads=people,
        thinking=THINKING,
        may_fail=frozenset({503}),
    )

    # When one of each is killed, and the other stopped, while people work
    interruptions = Interruptions(installation)
    began = interruptions.began
    with everybody.at_work():
        steps = [
            (interrupt, f"{name}.{number}")
            for name in PROCESSES
            for number, interrupt in enumerate((interruptions.kill, interruptions.stop), start=1)
        ]
        for number, (interrupt, name) in enumerate(steps, start=1):
            so_many = journeys * 40 * number // (len(steps) + 1)
            wait_until(lambda most=so_many: everybody.requests() >= most, "people work", LONG)
            interrupt(name)
    lasted = time.monotonic() - began
    settled = settle(installation, LONG, bring_forward=False)

    # Then nothing was lost or doubled, and nobody saw an error but where a server was killed under their request
    tell(f"{people} people for {lasted:.0f} s. {everybody.outcome()}")
    for line in interruptions.lines:
        tell(line)
    failed = everybody.failures()
    tell(f"{len(failed)} requests were answered 503 by the proxy; settled {settled:.0f} s later")
    tell_of_deliveries(installation, tell)
    wrong = [*everybody.faults(), *wrongly_delivered(installation)]
    wrong += [
        f"a request failed {moment - began:.0f} s after the beginning, when nothing was killed"
        for moment in failed
        if not interruptions.explain(moment)
    ]
    wrong += private_words([installation.log(name) for name in (*WEB, *OTHERS)])
    wrong += [f"{name} has ended" for name in (*WEB, *OTHERS) if not installation.is_running(name)]
    assert not wrong, "\n".join(wrong)
    tell("0 lost, 0 doubled, no private word in a log")

    # And a report that one server was asked for can be had from each
    sizes = _report_from_each(installation, everybody)
    assert len(set(sizes)) == 1, sizes
    assert sizes[0] > 1000 * min(journeys, 2) // 2, "a row for each referral"
    tell(f"the performance report has {sizes[0]} characters from either server")
    if installation.replica_url:
        assert _reads_of_cases(installation.replica_url) > 0, "the report read cases on the replica"


def _report_from_each(installation: Installation, everybody: Everybody) -> list[int]:
    """Ask for a report through the proxy; the length of the file as each server gives it out."""
    browser = Browsers(installation, "report").of(PROVIDER, everybody.journeys[0])
    today = date.today()
    page = browser.open(reverse("monitoring:performance_reports"))
    report = browser.submit(
        page.form(with_field="from_date_day"), **boxes("from_date", today), **boxes("to_date", today)
    )
    wait_until(lambda: "Download the report" in browser.open(report.path).text, "the report is ready", LONG)
    files = [_downloaded(browser, installation.address_of(name), report) for name in WEB]
    for file in files:
        assert file.status == 200, file.status
        assert file.text.count("\n") > len(everybody.journeys), file.text[:300]
    return [len(file.text) for file in files]


def _reads_of_cases(database: str) -> int:
    """How often the table of cases was read there, as this server counts for itself."""
    with psycopg.connect(database) as connection:
        statement = "SELECT seq_scan + coalesce(idx_scan, 0) FROM pg_stat_user_tables WHERE relname = %s"
        row = connection.execute(statement, ["monitoring_receivedreferral"]).fetchone()
    return int(row[0]) if row else 0


def _downloaded(browser: Browser, address: str, report: Page) -> Page:
    return browser.at(address).open(f"{report.path.removesuffix('/')}/download")
