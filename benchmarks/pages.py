"""What is compared: pages that are opened and forms that are sent, with the share of the base's cost they may have.

Addresses are found by name, so that both trees can be asked. ``places`` are what seeding left: the keys of rows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from browser import Answer, Browser, Form, forms_of
from django.urls import reverse

Places = dict[str, str]


@dataclass(frozen=True, slots=True)
class Page:
    """``ask`` answers the request that is measured; what comes before it is not."""

    name: str
    persona: str
    at_most: float
    ask: Callable[[Browser, Places, int], Answer]
    expects: int = 200
    uses_up: bool = False  # each request uses a draft up
    saves: bool = False  # a form is sent


def _opened(
    name: str, *keys: str, query: str = "", **kwargs: str
) -> Callable[[Browser, Places, int], Answer]:
    def ask(browser: Browser, places: Places, number: int) -> Answer:
        args = [places[key] for key in keys]
        return browser.get(reverse(name, args=args or None, kwargs=kwargs or None) + query)

    return ask


def _form_at(browser: Browser, address: str, wanted: Callable[[Form], bool]) -> Form:
    page = browser.get(address)
    return next(form for form in forms_of(page.body) if wanted(form))


def _save(browser: Browser, places: Places, number: int) -> Answer:
    address = reverse("referrals:reason-for-referral", args=[places["draft"]])
    form = _form_at(browser, address, lambda form: bool(form.boxes))
    return browser.post(
        address, form.with_text(f"Needs a settled home before probation ends, {number} times over.")
    )


def _autosave(browser: Browser, places: Places, number: int) -> Answer:
    form = _form_at(
        browser,
        reverse("referrals:reason-for-referral", args=[places["half_filled"]]),
        lambda form: bool(form.autosave),
    )
    typed = form.with_text(f"Typed, and not yet saved, for the {number}th time.")
    return browser.post(form.autosave["data-autosave"], [*typed, ("typed_page", form.autosave["data-page"])])


def _send(browser: Browser, places: Places, number: int) -> Answer:
    draft = places[f"declared {number}"]
    address = reverse("referrals:check_answers", args=[draft])
    form = _form_at(browser, address, lambda form: form.action.endswith("/send"))
    return browser.post(form.action, form.fields)


PAGES = (
    Page("Home", "pp", 0.40, _opened("referrals:home")),
    Page("Question", "pp", 0.40, _opened("referrals:reason-for-referral", "draft")),
    Page("Risk review", "pp", 0.40, _opened("referrals:risk_information", "draft")),
    Page("Risk edit", "pp", 0.40, _opened("referrals:risk_edit", "draft")),
    Page("Task list", "pp", 0.40, _opened("referrals:tasks", "draft")),
    Page("Check answers", "pp", 0.40, _opened("referrals:check_answers", "draft")),
    Page("Supplier’s list of 50", "sp.manager", 0.45, _opened("monitoring:case_list", which="open")),
    Page("Find", "pp", 0.45, _opened("interventions:find")),
    Page("Referral details", "sp.manager", 0.45, _opened("monitoring:referral_details", "received")),
    Page("Progress", "sp.manager", 0.45, _opened("monitoring:progress", "in_progress")),
    Page("Practitioner’s cases", "pp", 0.45, _opened("referrals:cases")),
    Page("Saving a question", "pp", 0.60, _save, expects=302, saves=True),
    Page("Autosave", "pp", 0.60, _autosave, saves=True),
    Page("Sending", "pp", 0.60, _send, expects=302, uses_up=True, saves=True),
)
#: What fills the memory of a worker: 200 requests of each.
FOR_MEMORY = ("Supplier’s list of 50", "Referral details", "Risk review", "Find", "Home")
BY_NAME = {page.name: page for page in PAGES}
