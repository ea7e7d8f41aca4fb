"""Somebody at a browser: opens pages, presses buttons, and notices what is wrong with a page.

Knows the browser and the service's frame; must not know any one page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

from tests.pages import inspect

DESKTOP = 1280  # pixels
PHONE = 400  # pixels
ZOOMED = 320  # pixels: what a screen of 1280 shows at 400% (WCAG 2.2, 1.4.10)
AXE_OPTIONS = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
CSP_REPORTER = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""
WIDER_THAN_WINDOW = """() => {
  const width = document.documentElement.clientWidth;
  const whole = document.documentElement.scrollWidth;
  if (whole <= width) return [];
  return [`the page is ${whole}`, ...[...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().left + element.scrollWidth > width + 1)
    .map((element) => `${element.tagName.toLowerCase()}.${element.className}`).slice(-5)];
}"""
#: What was looked at in this run, for the figures at its end.
checked_pages: list[str] = []
#: A folder for a picture of everything that is looked at; none unless this variable is set.
PICTURES = os.environ.get("PICTURES", "")
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")  # of several processes: keeps the names of their pictures apart


class Visitor:
    """One person with a browser of their own."""

    def __init__(self, chromium: Browser, home: str, *, scripts: bool = True) -> None:
        self.home = home
        self.scripts = scripts
        self.context = chromium.new_context(
            base_url=home, java_script_enabled=scripts, viewport={"width": DESKTOP, "height": 900}
        )
        self.context.set_default_timeout(10_000)
        if scripts:
            self.context.add_init_script(CSP_REPORTER)
        self.faults: list[str] = []
        self._refusals: list[str] = []
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        self.context.on("requestfailed", self._request_failed)
        self.context.on("response", self._answered)
        self.page: Page = self.context.new_page()
        self._answer: Response | None = None
        self._axe = Axe()

    # --- Going about

    def signs_in(self, username: str) -> Visitor:
        """Sign in with one click, as the demo offers it."""
        return self.opens("/sign-in").clicks(self.page.locator(f"button[name=account][value='{username}']"))

    def opens(self, address: str, status: int = 200) -> Visitor:
        """Type an address."""
        return self._arrives(self.page.goto(address), status)

    def follows(self, link: str) -> Visitor:
        """Click the link of this name, hidden words included; the last one when there are several."""
        return self.clicks(self.page.get_by_role("link", name=link, exact=True).last)

    def presses(self, button: str, status: int = 200) -> Visitor:
        """Press the button of this name, hidden words included, and wait for the page that answers."""
        return self.clicks(self.page.get_by_role("button", name=button, exact=True).last, status)

    def clicks(self, target: Locator, status: int = 200) -> Visitor:
        """Click something that leads to a page."""
        with self.page.expect_navigation() as navigation:
            target.click()
        return self._arrives(navigation.value, status)

    def _arrives(self, answer: Response | None, status: int) -> Visitor:
        assert answer is not None
        assert answer.status == status, f"{answer.url}: {answer.status} instead of {status}"
        self._answer = answer
        self._refusals = []
        return self

    def fills(self, label: str, text: str) -> Visitor:
        """Type into the box of this label."""
        self.page.get_by_label(label, exact=True).fill(text)
        return self

    def chooses(self, *labels: str) -> Visitor:
        """Choose these radios or checkboxes."""
        for label in labels:
            self.page.get_by_label(label, exact=True).check()
        return self

    @property
    def heading(self) -> str:
        """What the page is about."""
        return " ".join(self.page.locator("h1").inner_text().split())

    @property
    def main(self) -> str:
        """The text of the page's content."""
        return self.page.locator("main").inner_text()

    @property
    def height(self) -> float:
        """How tall the page is at this width, in pixels."""
        box = self.page.locator("body").bounding_box()
        assert box is not None
        return box["height"]

    # --- Looking

    def looks(self, *, widths: Sequence[int] = (PHONE, ZOOMED), thoroughly: bool = True) -> Visitor:
        """Look at the page as it stands: valid, accessible (``thoroughly``), and no wider than the window."""
        name = f"{self.page.title().partition(' – ')[0]} {self.page.url.removeprefix(self.home)}"
        checked_pages.append(name)
        self._takes_picture(name)
        found = inspect(self._answer.text()) if self._answer else []
        if thoroughly and self.scripts:
            found += self._inaccessible()
        for width in widths:
            self.page.set_viewport_size({"width": width, "height": 900})
            if width == PHONE:
                self._takes_picture(name)
            if too_wide := self.page.evaluate(WIDER_THAN_WINDOW):
                found.append(f"wider than {width} pixels: {too_wide}")
        self.page.set_viewport_size({"width": DESKTOP, "height": 900})
        self.faults += [f"{name}: {fault}" for fault in found]
        return self

    def _inaccessible(self) -> list[str]:
        return [
            f"axe {violation['id']}: {node['target'][0]} {node['failureSummary']}"
            for violation in self._axe.run(self.page, options=AXE_OPTIONS).response["violations"]
            for node in violation["nodes"]
        ]

    def _takes_picture(self, name: str) -> None:
        if PICTURES and self.page.viewport_size:
            words = re.sub(r"[^a-zA-Z0-9]+", "-", re.sub(r"[0-9a-f-]{36}", "", name))[:90]
            file = f"{WORKER}{len(checked_pages):03}-{words}-{self.page.viewport_size['width']}.png"
            self.page.screenshot(path=Path(PICTURES) / file, full_page=True)

    # --- Noticing

    def leaves(self) -> list[str]:
        """Close the browser; what went wrong meanwhile."""
        self.context.close()
        return self.faults + self._refusals

    def _hear(self, message: ConsoleMessage) -> None:
        # The status of a page is expected or not where it is opened; other files are watched by _answered.
        if message.type in ("error", "warning") and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"{self.page.url}: the console says {message.text}")

    def _request_failed(self, request: Request) -> None:
        if (
            request.failure != "net::ERR_ABORTED"
        ):  # given up by the browser: it went to the next page meanwhile
            self.faults.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status < 400:
            return
        if response.request.resource_type == "document":
            self._refusals.append(f"{response.url}: {response.status}, which nobody expected")
        else:
            self.faults.append(f"{response.url}: {response.status}")


def normalised(text: Any) -> str:
    """A text on one line."""
    return " ".join(str(text).split())
