"""The emails that the demo would have sent: written by Django's own backend, read on a page; never in production."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.mail import EmailMessage, get_connection
from django.test import Client
from pytest_django import Settings

from events import emails
from tests.conftest import Page
from tests.refer_monitor.test_production import start

EMAILS = "/demo/emails"
SERVICE = "http://127.0.0.1:8123"
FILES = "django.core.mail.backends.filebased.EmailBackend"
AsPersona = Callable[[str], Client]
Send = Callable[..., None]


@pytest.fixture
def send(settings: Settings, tmp_path: Path) -> Send:
    """Sends an email as the demo does, each a second after the one before."""
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH, settings.SERVICE_URL = FILES, str(tmp_path), SERVICE
    numbers = count(1)

    def write(subject: str = "A case", sentence: str = "A case is new.", address: str = "/cases/1") -> None:
        emails.send_link("sp.caseworker@example.com", subject=subject, sentence=sentence, address=address)
        (written,) = tmp_path.glob("2*.log")
        number = next(numbers)
        os.utime(written, (1_700_000_000 + number,) * 2)
        written.rename(tmp_path / f"{number}-kept.log".zfill(20))

    return write


def subjects(page: BeautifulSoup) -> list[str]:
    suffix = " – Refer and monitor an intervention"
    return [heading.get_text(strip=True).removesuffix(suffix) for heading in page.select("main h2")]


def test_an_email_is_read_as_whoever_it_is_for_would(
    send: Send, client: Client, db: None, page: Page
) -> None:
    before = datetime.now(UTC) - timedelta(minutes=1)
    send("A case is yours", "You are now the caseworker – of a case.", "/service-provider/cases/1")

    main = page(client, EMAILS).main
    assert main is not None
    told = main.get_text(" ", strip=True)
    assert "A case is yours – Refer and monitor an intervention" in told
    assert "You are now the caseworker – of a case." in told
    assert "sp.caseworker@example.com" in told
    assert str(before.year) in told
    (link,) = main.select(".rm-text a")
    assert link["href"] == link.get_text() == f"{SERVICE}/service-provider/cases/1"


def test_the_newest_stands_first_twenty_to_a_page(send: Send, client: Client, db: None, page: Page) -> None:
    for number in range(21):
        send(f"Email {number}")

    first, second = page(client, EMAILS), page(client, f"{EMAILS}?page=2")
    assert subjects(first) == [f"Email {number}" for number in range(20, 0, -1)]
    assert subjects(second) == ["Email 0"]
    assert "Showing 1 to 20 of 21 emails" in first.get_text()


@pytest.mark.parametrize("asked", ["0", "99", "x", "\x00"])
def test_a_page_that_is_not_there_is_another_one(
    asked: str, send: Send, client: Client, db: None, page: Page
) -> None:
    send("The only one")
    assert subjects(page(client, EMAILS, query_params={"page": asked})) == ["The only one"]


def test_several_emails_in_one_file_are_told_apart(send: Send, client: Client, db: None, page: Page) -> None:
    with get_connection() as connection:
        for subject in ("Older", "Newer"):
            body = f"Before\n{'-' * 79}\nafter"
            connection.send_messages([EmailMessage(subject, body, None, ["pp@example.com"])])

    shown = page(client, EMAILS)
    assert subjects(shown) == ["Newer", "Older"]
    assert [text.get_text().split()[-1] for text in shown.select(".rm-text")] == ["after", "after"]


TEXTS = [
    pytest.param("<script>alert(1)</script>", id="script"),
    pytest.param("{{ 7 * 7 }} {% block %} None", id="a template"),
    pytest.param("‮Welsh: ŵ ŷ 😀 عربى", id="other scripts"),
    pytest.param(
        "javascript:alert(1) https://example.com/ http://127.0.0.1:8123.example.com/", id="links elsewhere"
    ),
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_is_text(text: str, send: Send, client: Client, db: None, page: Page) -> None:
    send("As typed", text)
    (shown,) = page(client, EMAILS).select(".rm-text")
    assert text in shown.get_text()
    assert [link["href"] for link in shown.select("a")] == [f"{SERVICE}/cases/1"]
    assert not shown.select("script")


NOTHING = [
    pytest.param("none", "There are no emails yet", id="a folder that is not there yet"),
    pytest.param("", "sends its emails to a mail server", id="no folder"),
]


@pytest.mark.parametrize(("folder", "words"), NOTHING)
def test_without_emails_the_page_says_why(
    folder: str, words: str, settings: Settings, tmp_path: Path, client: Client, db: None, page: Page
) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path / folder) if folder else ""
    assert words in page(client, EMAILS).get_text()


@pytest.mark.parametrize(
    ("persona", "address"), [("anonymous", "/sign-in"), ("pp", "/probation-practitioner/")]
)
def test_sign_in_page_and_footer_lead_there(
    persona: str, address: str, as_persona: AsPersona, page: Page
) -> None:
    shown = page(as_persona(persona), address)
    assert shown.footer is not None
    assert shown.footer.select(f'a[href="{EMAILS}"]')
    assert bool(shown.select(f'main a[href="{EMAILS}"]')) == (persona == "anonymous")


def test_outside_demo_mode_it_is_not_found_and_nothing_leads_there(
    settings: Settings, client: Client, db: None, page: Page
) -> None:
    settings.DEMO_MODE = False
    page(client, EMAILS, status=404)
    assert EMAILS not in str(page(client, "/sign-in"))


@pytest.mark.slow
def test_production_has_no_such_page() -> None:
    started = start("""
import django
django.setup()
from django.conf import settings
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
assert resolve("/sign-in").view_name == "accounts:sign_in"
print("inbox" in settings.INSTALLED_APPS)
for ask in (lambda: resolve("/demo/emails"), lambda: reverse("inbox:emails")):
    try:
        print(ask())
    except (Resolver404, NoReverseMatch) as absent:
        print(type(absent).__name__)
from accounts.frame import nobody
print(repr(nobody().demo_emails))
""")
    assert started.returncode == 0, started.stderr
    assert started.stdout.split() == ["False", "Resolver404", "NoReverseMatch", "''"]
