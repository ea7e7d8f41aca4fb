"""How many presses and pages it takes to decide about every detail of the risk information of X980010, and declare.

Drives a browser at a running service, on its addresses and form fields alone, so that one script counts at this version
and at older ones, where details were answered one by one on a page of their own:

    python -m measurements.count_presses http://127.0.0.1:8000

A press is a click on a button, a link, a radio or a tick. Counting begins on the page "Risk information" and ends where
the declaration leads. Makes a draft of its own as ``pp`` of the demo. Knows nothing of Django.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect, sync_playwright

CRN = "X980010"
MOST_PRESSES = 300  # somebody goes round in circles
DECIDE = "button[data-press][value^='{do}:']"
ONE_BY_ONE = "main a[href*='/sensitive-details']"


class Way(StrEnum):
    """How the version at hand asks about details."""

    WORKBENCH = "each detail where it stands"
    ONE_BY_ONE = "a page of findings, answered one by one"


class WentOtherwise(Exception):
    """The service did not lead where the script expects."""


@dataclass
class Count:
    """What was done so far. ``pages``: different addresses; ``loads``: how often a page came from the server."""

    way: Way = Way.WORKBENCH
    decided: int = 0
    presses: int = 0
    loads: int = 0
    pages: set[str] = field(default_factory=set)
    left: int = 0

    def __str__(self) -> str:
        return (
            f"{self.way}: {self.decided} decisions, {self.presses} presses, {len(self.pages)} pages, "
            f"{self.loads} page loads, {self.left} left to decide"
        )


def start_draft(page: Page, home: str) -> str:
    """Sign in as ``pp`` and refer the person to the first service of the list. Returns the address of their risk."""
    page.goto(f"{home}/sign-in")
    _leads(page, page.locator("button[name=account][value='pp']"))
    _leads(page, page.get_by_role("link", name="Find a service", exact=True))
    service = page.locator("main a[href]").evaluate_all(
        "links => links.map(link => link.getAttribute('href')).find(at => /\\/\\d+\\/$/.test(at))"
    )
    page.goto(f"{home}{service}")
    _leads(page, page.locator("main a[href$='/refer']"))
    page.locator("input[name=crn]").fill(CRN)
    _leads(page, page.locator("main form button").last)
    _leads(page, page.locator("main form button").first)
    draft = re.search(r".*/drafts/[0-9a-f-]{36}", page.url)
    if draft is None:
        raise WentOtherwise(f"No draft was started: {page.url}")
    return f"{draft.group()}/risk-information"


def count(page: Page, risk_information: str, *, do: str = "not-sensitive") -> Count:
    """From the page "Risk information" to declared. ``do``: what a press decides where details stand in their text."""
    counted = Count()

    def loaded(url: str) -> None:
        counted.loads += 1
        counted.pages.add(urlsplit(url).path)

    page.goto(risk_information)
    loaded(page.url)
    page.on("framenavigated", lambda frame: loaded(frame.url) if frame == page.main_frame else None)
    if page.locator(ONE_BY_ONE).count():
        counted.way = Way.ONE_BY_ONE
        _answer_one_by_one(page, counted)
        if urlsplit(page.url).path != urlsplit(risk_information).path:
            raise WentOtherwise(f"The page of findings led elsewhere: {page.url}")
    _press(counted, page.locator("input[name=edit][value=YES]"))
    _press_on(page, counted, page.locator("main form button:not([tabindex='-1'])").last)
    _decide_where_they_stand(page, counted, do)
    _decide_sections(page, counted)
    _press(counted, page.locator("input[name=understood]"))
    _press_on(page, counted, page.locator("button[name=do][value=save]:not([tabindex='-1'])").first)
    if "/risk-information" in page.url or "/sensitive-details" in page.url:
        raise WentOtherwise(f"Not declared: {page.url}\n{page.locator('main').inner_text()[:800]}")
    counted_to_here = Count(
        counted.way, counted.decided, counted.presses, counted.loads - 1, counted.pages - {_path(page.url)}
    )
    page.goto(risk_information)
    counted_to_here.left = _left(page)
    return counted_to_here


def _answer_one_by_one(page: Page, counted: Count) -> None:
    _press_on(page, counted, page.locator(ONE_BY_ONE).first)
    while answers := page.locator("input[type=radio][value=NOT_SENSITIVE]").all():
        for answer in answers:
            _press(counted, answer)
            counted.decided += 1
        _press_on(page, counted, page.locator("button[name=do][value=save]").first)


def _decide_where_they_stand(page: Page, counted: Count, do: str) -> None:
    buttons = page.locator(DECIDE.format(do=do))
    while buttons.count():
        value = buttons.first.get_attribute("value")
        _press(counted, buttons.first)
        expect(page.locator(f"button[value='{value}']")).to_have_count(0)
        counted.decided += 1


def _decide_sections(page: Page, counted: Count) -> None:
    """Tick the sections of which OASys says nothing. Older versions have buttons there; this person needs none."""
    for tick in page.locator("input[name$=_none]").all():
        _press(counted, tick)


def _left(page: Page) -> int:
    """As the page "Risk information" says."""
    found = re.findall(r"(\d+) details?(?: to decide| may be sensitive)", page.locator("main").inner_text())
    return max(map(int, found), default=0)


def _press(counted: Count, target: Locator) -> None:
    target.click()
    counted.presses += 1
    if counted.presses > MOST_PRESSES:
        raise WentOtherwise(f"More than {MOST_PRESSES} presses")


def _press_on(page: Page, counted: Count, target: Locator) -> None:
    with page.expect_navigation():
        _press(counted, target)


def _leads(page: Page, target: Locator) -> None:
    with page.expect_navigation():
        target.click()


def _path(url: str) -> str:
    return urlsplit(url).path


def main(arguments: list[str] | None = None) -> None:
    """Count at the service at an address and print it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("home", help="where the service runs, such as http://127.0.0.1:8000")
    parser.add_argument(
        "--do", choices=("not-sensitive", "take-out"), default="not-sensitive",
        help="what is decided about each detail where the text shows them",
    )  # fmt: skip
    given = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(10_000)
        counted = count(page, start_draft(page, given.home.rstrip("/")), do=given.do)
        browser.close()
    sys.stdout.write(f"{CRN}: {counted}\n")


if __name__ == "__main__":
    main()
