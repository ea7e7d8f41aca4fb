"""One tree's side of the comparison: answers its pages in this process when told to, and says what each cost.

Reads a command a line from standard input, as JSON, and answers with a line on standard output:

    {"do": "measure", "page": "Home", "times": 10}   milliseconds of each request, here and in the database
    {"do": "look", "page": "Home"}                   the HTML, statements and calls of Python functions
    {"do": "request", "page": "Home"}                what a browser would send for a page that is opened
    {"do": "memory", "pages": ["Home"], "times": 200}  of this process, in MB, after so many requests of each

Run in the root of the tree, with the settings of ``settings_to_measure``.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from time import process_time
from typing import Any

sys.path.insert(0, ".")
commands, answers = sys.stdin, sys.stdout
sys.stdout = sys.stderr

from refer_monitor.wsgi import application  # noqa: E402, I001 (first: it sets Django up)

import psycopg  # noqa: E402
from browser import Answer, Browser  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from pages import BY_NAME, Page  # noqa: E402
from settings_to_measure import HOST  # noqa: E402

from accounts.models import User  # noqa: E402


class Backends:
    """Processor time of the database's processes that serve this one."""

    def __init__(self) -> None:
        place = connection.settings_dict
        self._asking = psycopg.connect(
            host=place["HOST"], port=place["PORT"], user=place["USER"], dbname=place["NAME"], autocommit=True
        )

    def milliseconds(self) -> float:
        """Since each began. From the kernel's scheduler, which counts in nanoseconds."""
        rows = self._asking.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        ).fetchall()
        total = 0
        for (pid,) in rows:
            with open(f"/proc/{pid}/schedstat") as schedule:
                total += int(schedule.read().split()[0])
        return total / 1_000_000


class Side:
    """The signed-in browsers of one tree, and what seeding left for them to open."""

    def __init__(self, places: dict[str, str]) -> None:
        self.places = places
        self.backends = Backends()
        self.browsers: dict[str, Browser] = {}
        self.asked: Counter[str] = Counter()

    def browser(self, username: str) -> Browser:
        """Signed in once."""
        if username not in self.browsers:
            client = Client()
            client.force_login(
                User.objects.get(username=username), backend="django.contrib.auth.backends.ModelBackend"
            )
            name = settings.SESSION_COOKIE_NAME
            self.browsers[username] = Browser(
                application, self.backends.milliseconds, HOST, {name: client.cookies[name].value}
            )
        return self.browsers[username]

    def ask(self, page: Page) -> Answer:
        """Ask once. Raises ValueError when the answer is not what it should be."""
        number = self.asked[page.name]
        self.asked[page.name] += 1
        answer = page.ask(self.browser(page.persona), self.places, number)
        if answer.status != page.expects:
            raise ValueError(f"{page.name} answered {answer.status} {answer.headers.get('location', '')}")
        return answer

    def measure(self, page: str, times: int) -> list[tuple[float, float]]:
        """Milliseconds of this process and of the database, for each of some requests."""
        answers = (self.ask(BY_NAME[page]) for _ in range(times))
        return [(answer.own_ms, answer.database_ms) for answer in answers]

    def look(self, page: str) -> dict[str, Any]:
        """One page, looked at closely: its HTML, all its statements, and how many Python functions were called."""
        asked = BY_NAME[page]
        browser = self.browser(asked.persona)
        statements, calls = 0, 0

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(sql, params, many, context)

        def count(frame: Any, event: str, argument: Any) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        def application_looked_at(*request: Any) -> Any:
            nonlocal statements, calls
            statements, calls = 0, 0  # of the last request: the one that is meant
            sys.setprofile(count)
            try:
                with connection.execute_wrapper(note):
                    return application(*request)
            finally:
                sys.setprofile(None)

        if not asked.uses_up:
            self.ask(asked)  # templates are compiled, caches are filled
        browser.application = application_looked_at
        try:
            answer = self.ask(asked)
        finally:
            browser.application = application
        return {"statements": statements, "calls": calls, "html": answer.body.decode()}

    def request(self, page: str) -> dict[str, Any]:
        """The address of a page that is opened, the headers of somebody signed in, and the status it should have."""
        asked = BY_NAME[page]
        browser = self.browser(asked.persona)
        sent: dict[str, Any] = {}
        browser.application, application = _noting(sent), browser.application
        try:
            asked.ask(browser, self.places, 0)
        finally:
            browser.application = application
        headers = {
            name.removeprefix("HTTP_").replace("_", "-"): value
            for name, value in sent.items()
            if name.startswith("HTTP_")
        }
        query = f"?{sent['QUERY_STRING']}" if sent["QUERY_STRING"] else ""
        return {"address": sent["PATH_INFO"] + query, "headers": headers, "expects": asked.expects}

    def used(self) -> float:
        """Seconds of processor time, of this process and the database's, so far."""
        return process_time() + self.backends.milliseconds() / 1000

    def memory(self, pages: list[str], times: int) -> int:
        """Megabytes of this process (its share of what is shared) after so many requests of each of these pages."""
        for page in pages:
            self.measure(page, times)
        with open(f"/proc/{os.getpid()}/smaps_rollup") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) // 1024


def _noting(sent: dict[str, Any]) -> Any:
    """An application that only notes what it is asked."""

    def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        sent.update(environ)
        start_response("200 OK", [])
        return []

    return application


if __name__ == "__main__":
    side = Side(json.loads(sys.argv[1]))
    for line in commands:
        command = json.loads(line)
        print(json.dumps(getattr(side, command.pop("do"))(**command)), file=answers, flush=True)
