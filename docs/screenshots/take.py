"""Takes the pictures of the README again, from a running demo that nobody has worked in yet.

    make run
    .venv/bin/python docs/screenshots/take.py [http://127.0.0.1:8000]

Needs Chromium and the packages of the tests.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from urllib.parse import urljoin

from playwright.sync_api import Browser, Locator, Page, sync_playwright

FOLDER = Path(__file__).parent
SIZE = {"width": 1280, "height": 900}


def sign_in(browser: Browser, address: str, name: str) -> Page:
    """A browser of their own for ``name``, on their first page."""
    page = browser.new_page(base_url=address, viewport=SIZE)
    page.goto("/sign-in")
    page.get_by_role("button", name=f"Sign in as {name}").click()
    return page


def take(page: Page, name: str, *, below: Locator | None = None) -> None:
    """What the window shows now, or once ``below`` stands at its top."""
    if below is not None:
        below.evaluate("element => element.scrollIntoView()")
    page.screenshot(path=FOLDER / f"{name}.png")


def beside(link: Locator, name: str) -> str:
    """The address of the page ``name`` of the same draft or case."""
    return urljoin(link.get_attribute("href") or "", name)


def practitioner(page: Page) -> None:
    """The risk information of a draft in which one section was edited, and that section beside OASys's text."""
    page.goto("/probation-practitioner/drafts")
    page.goto(beside(page.get_by_role("link", name="Continue Marlon Ashgrove"), "risk-information"))
    take(page, "risk-review")
    page.get_by_text("Compare with OASys").click()
    take(page, "comparison", below=page.get_by_role("heading", name="What is the nature of the risk"))


def manager(page: Page) -> None:
    """A referral whose risk information was edited before it was shared."""
    page.goto("/service-provider/cases/unassigned")
    page.goto(beside(page.get_by_role("link", name="Kezia Brackenridge"), "details"))
    take(page, "supplier-referral", below=page.get_by_role("heading", name="Risk information"))


def caseworker(page: Page) -> None:
    """The list of cases that somebody works on."""
    page.goto("/service-provider/cases/mine")
    take(page, "supplier-list", below=page.get_by_role("heading", level=1))


def main(address: str) -> None:
    """Take all four."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        practitioner(sign_in(browser, address, "Patience Okonjo"))
        manager(sign_in(browser, address, "Magnus Holloway"))
        caseworker(sign_in(browser, address, "Sorrel Briar"))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
