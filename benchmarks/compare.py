"""What pages cost in this tree, beside what they cost in another commit. On PostgreSQL and Redis.

    DATABASE_URL=postgres://… REDIS_URL=redis://… .venv/bin/python benchmarks/compare.py [BASE]

Fills two databases alike, then asks both trees for the same pages in turn, each in one process of its own, and prints
the processor time of application and database together: medians, ranges, and ratios to the base. Ratios are of
neighbours in time, because a shared machine changes its speed. Needs an account that may make databases and roles, and
two Redis databases (numbers 14 and 15), which are emptied.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from time import process_time

from differences import print_difference
from machine import Moment, busy_sentence
from pages import FOR_MEMORY, PAGES, Page
from serving import ask_for, megabytes, served
from starting import start
from table import PageCosts, print_costs
from tree import ROOT, Child, Sizes, Tree, checked_out, own_stores, service_packages

STARTS = 3  # warm ones, after one that fills everything
BASE = "a94dda7"  # before pages were made faster: the targets are shares of what they cost then


def main(options: Namespace) -> None:
    """Make both sides, measure, print."""
    pages = [page for page in PAGES if re.search(options.pages, page.name, re.IGNORECASE)]
    sizes = Sizes(options.cases, options.contracts, options.rounds * options.sends + 1)
    with both_sides(options, sizes) as (base, here):
        looks = {page: (base.ask("look", page=page.name), here.ask("look", page=page.name)) for page in pages}
        began, used = Moment.now(), base.ask("used") + here.ask("used") + process_time()
        costs = [
            PageCosts(
                page, looks[page], [_round(page, base, here, options, at) for at in range(options.rounds)]
            )
            for page in pages
        ]
        used = base.ask("used") + here.ask("used") + process_time() - used
        print(f"Base: {options.base}. {sizes}. {options.rounds} rounds of {options.times} requests a page.")
        print(busy_sentence(began, used) + "\n")
        print_costs(costs)
        print("\nHTML, but for white space, keys, tokens and times:\n")
        for page in pages:
            print_difference(page.name, *(look["html"] for look in looks[page]), show=options.show_html)
        if options.memory:
            print(
                "\nMB of the process that was measured, after 1,000 requests more: "
                + _told([_memory(base), _memory(here)], at_most=0.9)
            )
            for number in (1, 2):
                print(_as_deployed(base, here, number, options.port))
        if options.start:
            seconds = [
                [start(tree, port=options.port) for tree in (base.tree, here.tree)] for _ in range(STARTS + 1)
            ]
            for what, number in (("Seconds until it answers", 0), ("of processor time", 1)):
                sides = [median(pair[side][number] for pair in seconds[1:]) for side in (0, 1)]
                print(f"Start of make run, warm; {what}: {_told(sides, at_most=0.5)}")


def _memory(child: Child) -> float:
    return float(child.ask("memory", pages=FOR_MEMORY, times=1000 // len(FOR_MEMORY)))


def _as_deployed(base: Child, here: Child, workers: int, port: int) -> str:
    """The same of so many workers of each tree's own web server, a thousand requests for each, over HTTP."""
    shares, sums = [], []
    for child in (base, here):
        with served(child, port, workers=workers) as server:
            for page in FOR_MEMORY:
                ask_for(child.ask("request", page=page), port, workers * 1000 // len(FOR_MEMORY))
            starter, each = megabytes(server)
        shares.append(sum(each) / workers)
        sums.append(sum(each) + starter)
    return f"As deployed, of each of {workers}: {_told(shares, at_most=0.9)}. Altogether: {_told(sums, at_most=0.9)}"


def _told(sides: list[float], *, at_most: float) -> str:
    base, here = sides
    return f"{base:.1f} → {here:.1f}, ratio {here / base:.2f}, target {at_most:.2f}"


@contextmanager
def both_sides(options: Namespace, sizes: Sizes) -> Iterator[tuple[Child, Child]]:
    """The base and this tree, filled and answering. Taken away again afterwards."""
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="compared-")))
        folder = stack.enter_context(checked_out(options.base, temporary / "tree"))
        children = []
        for name, root, number in (("base", folder, 15), ("here", ROOT, 14)):
            database, redis = stack.enter_context(
                own_stores(options.database, options.redis, name=name, number=number)
            )
            var = temporary / name
            var.mkdir()
            print(f"Filling a database for {name}", file=sys.stderr)
            tree = Tree(name, root, service_packages(root, var / "packages"), var, database, redis)
            children.append(Child(tree, tree.fill(sizes)))
            stack.callback(children[-1].stop)
        yield children[0], children[1]


def _round(
    page: Page, base: Child, here: Child, options: Namespace, number: int
) -> dict[str, list[list[float]]]:
    """The page by both; the one that is first changes from round to round."""
    times = options.sends if page.uses_up else options.times
    order = (base, here) if number % 2 else (here, base)
    return {child.name: child.ask("measure", page=page.name, times=times) for child in order}


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("base", nargs="?", default=BASE, help=f"the commit to compare with ({BASE})")
    parser.add_argument("--pages", default="", metavar="WORD", help="only pages with this in their name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--times", type=int, default=10, help="requests of a page in each round (10)")
    parser.add_argument("--sends", type=int, default=3, help="referrals sent in each round (3)")
    parser.add_argument("--cases", type=int, default=60, help="sent referrals, drafts, changes to risk (60)")
    parser.add_argument("--contracts", type=int, default=60, help="services beside the demo's (60)")
    parser.add_argument("--memory", action="store_true", help="of a worker after 1,000 requests, too")
    parser.add_argument("--start", action="store_true", help="how long make run takes until it answers, too")
    parser.add_argument("--port", type=int, default=8765, help="for make run")
    parser.add_argument("--show-html", action="store_true", help="print the lines of HTML that differ")
    parser.add_argument("--database", default=os.environ.get("DATABASE_URL"), metavar="postgres://…")
    parser.add_argument("--redis", default=os.environ.get("REDIS_URL"), metavar="redis://…")
    given = parser.parse_args()
    if not (given.database and given.redis):
        parser.error(
            "say where PostgreSQL and Redis are: DATABASE_URL and REDIS_URL, or --database and --redis"
        )
    main(given)
