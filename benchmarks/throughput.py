"""Requests a second that one worker of this tree answers, beside one of another commit. On PostgreSQL and Redis.

    DATABASE_URL=postgres://… REDIS_URL=redis://… .venv/bin/python benchmarks/throughput.py [BASE]

Each tree's own web server with one worker, in production's settings with the stub. Eight connections ask for a page,
each for its next one as soon as it has an answer: of the base for a minute, of this tree for a minute, then the next
page. Only pages that are opened, since a form can be sent once. Needs what ``compare.py`` needs, and nothing else
running. Ends with 1 when an answer was not what it should be.
"""

from __future__ import annotations

import os
import re
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from statistics import median, quantiles
from time import monotonic
from typing import Any

from compare import BASE, both_sides
from pages import PAGES
from serving import served
from tree import Sizes

WARM = 3  # seconds before counting: templates are compiled, statements prepared


@dataclass(frozen=True, slots=True)
class Minute:
    """What all connections got together: milliseconds of each good answer, how many were not, in how many seconds."""

    milliseconds: list[float]
    failed: int
    seconds: float

    @property
    def a_second(self) -> float:
        """Good answers a second."""
        return len(self.milliseconds) / self.seconds


def main(options: Namespace) -> int:
    """Serve both sides, ask them in turn, print. How many answers failed."""
    pages = [page for page in PAGES if not page.saves and re.search(options.pages, page.name, re.IGNORECASE)]
    failed = 0
    print(f"Base: {options.base}. One worker, {options.connections} connections, {options.seconds} s a page.\n")
    print("| Page | base a second | here a second | ratio | base ms, median (95%) | here ms | failed |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    with both_sides(options, Sizes(options.cases, options.contracts, 1)) as sides, ExitStack() as stack:
        for port, child in enumerate(sides, options.port):
            stack.enter_context(served(child, port))
        for page in pages:
            base, here = (
                ask(child.ask("request", page=page.name), port, options)
                for port, child in enumerate(sides, options.port)
            )
            failed += base.failed + here.failed
            print(
                f"| {page.name} | {base.a_second:.0f} | {here.a_second:.0f} | {here.a_second / base.a_second:.2f} "
                f"| {_times(base)} | {_times(here)} | {base.failed}, {here.failed} |",
                flush=True,
            )
    return failed


def ask(request: dict[str, Any], port: int, options: Namespace) -> Minute:
    """Ask from all connections at once until the time is over."""
    with ThreadPoolExecutor(options.connections) as connections:
        began = monotonic() + WARM
        until = began + options.seconds
        got = [
            connections.submit(_keep_asking, request, port, began, until) for _ in range(options.connections)
        ]
        each = [future.result() for future in got]
    return Minute(
        [took for milliseconds, _ in each for took in milliseconds],
        sum(failed for _, failed in each),
        options.seconds,
    )


def _keep_asking(
    request: dict[str, Any], port: int, began: float, until: float
) -> tuple[list[float], int]:
    """One connection. Counts answers that ended between the two times; and all that failed."""
    milliseconds, failed = [], 0
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    while (started := monotonic()) < until:
        try:
            connection.request("GET", request["address"], headers=request["headers"])
            answer = connection.getresponse()
            good = answer.status == request["expects"] and bool(answer.read())
        except (OSError, HTTPException):
            connection.close()
            good = False
        ended = monotonic()
        failed += not good
        if good and began <= ended < until:
            milliseconds.append((ended - started) * 1000)
    connection.close()
    return milliseconds, failed


def _times(minute: Minute) -> str:
    return f"{median(minute.milliseconds):.0f} ({quantiles(minute.milliseconds, n=20)[-1]:.0f})"


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("base", nargs="?", default=BASE, help=f"the commit to compare with ({BASE})")
    parser.add_argument("--pages", default="", metavar="WORD", help="only pages with this in their name")
    parser.add_argument("--seconds", type=int, default=60, help="for each page and tree (60)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--cases", type=int, default=60, help="sent referrals, drafts, changes to risk (60)")
    parser.add_argument("--contracts", type=int, default=60, help="services beside the demo's (60)")
    parser.add_argument("--port", type=int, default=8766, help="and the next one")
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL"), metavar="postgres://…")
    parser.add_argument("--redis", default=os.environ.get("REDIS_URL"), metavar="redis://…")
    sys.exit(min(1, main(parser.parse_args())))
