"""One practitioner and one service provider at work on one person, whatever the weather.

A journey goes from finding a service to the provider's plan, as far as its time allows. What does not work is tried
again, as people do. When its time is up it stops where it is; ``go_on`` takes it up from there, in better weather.
Its people, choices and words follow from its number and the seed.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from django.urls import reverse

from tests.chaos.browser import NEVER, Broken, Browser, Failed, Fields, Form, Page, Story
from tests.chaos.installation import Installation
from upstream_stub.people.crowd import crn_of, secret_word

PRACTITIONERS = ("P.OKONJO", "J.ARKWRIGHT", "H.TRELAWNY")
PROVIDER = "SP.HOLLOWAY"
CASEWORKER = "Sorrel Briar"
CONTRACT = "DEMO_0001"
PAUSE = 0.3  # seconds before somebody tries again
#: Times that somebody tries one page in good weather, ever more slowly: longer than what went wrong before is
#: remembered (half a minute that a breaker is open, a minute that nDelius is not asked about access again).
STUCK = 25
PATIENCE_IN_GOOD_WEATHER = 300  # seconds, on a machine that does much else
#: Boxes of the risk information, and which words of OASys stand in them.
SECTIONS = {
    "who_is_at_risk": "who",
    "nature_of_risk": "nature",
    "risk_imminence": "imminence",
    "self_harm": "self_harm",
    "hostel_setting": "hostel",
    "vulnerability": "vulnerability",
}
TASK = re.compile(r'task-list__link" href="([^"]+)".*?task-list__status[^>]*>\s*(\S.*?)\s*</div>', re.DOTALL)
#: The way on from a draft that was sent already.
SENT_ALREADY = re.compile(r'<a class="govuk-link" href="([^"]+)">View this referral</a>')
ERRORS = re.compile(r'govuk-error-summary__list">(.*?)</ul>', re.DOTALL)
WORDS = re.compile(r"zq[a-z]+\d{6}qz")


#: Finds a row when the provider has come so far.
DONE = {
    "assigned": "SELECT 1 FROM monitoring_receivedreferral WHERE id = %s AND caseworker_id IS NOT NULL",
    "arranged": "SELECT 1 FROM monitoring_appointment WHERE received_id = %s",
    "planned": "SELECT 1 FROM monitoring_planactivity a JOIN monitoring_actionplan p ON p.id = a.plan_id"
    " WHERE p.received_id = %s",
}


class TimeIsUp(Exception):
    """The journey's time is over. Somebody can go on with it."""


@dataclass
class Journey:
    """One person's referral. ``typed``: words that the service took from us, and must not lose."""

    number: int
    seed: int
    installation: Installation
    patience: float  # seconds
    may_fail: frozenset[int] = NEVER
    thinking: tuple[float, float] | None = None
    draft: str = ""  # the address of its task list
    typed: list[str] = field(default_factory=list)
    kept_back: set[str] = field(default_factory=set)
    is_sent: bool = False
    is_calm: bool = False
    done: list[str] = field(default_factory=list)  # what the provider has done
    trouble: str = ""

    def __post_init__(self) -> None:
        self.random = Random(f"{self.seed} {self.number}")
        self.story = Story(f"chaos{self.number:05d}")
        self.crn = crn_of(self.number)
        self.practitioner = PRACTITIONERS[self.number % len(PRACTITIONERS)]
        self.in_custody = self.number % 4 == 0
        self.edits_risk = self.random.random() < 0.6
        self._visits: Counter[str] = Counter()
        self._until = 0.0

    def word(self, about: str) -> str:
        """A word that only this journey types, and only there."""
        return f"zq{about}{self.number:06d}qz"

    # --- Running

    def go_on(self, browsers: Browsers, *, is_calm: bool = False) -> None:
        """Go as far as there is time. Raises ``Broken``; anything else that it finds wrong stands in ``trouble``."""
        self._until = time.monotonic() + (PATIENCE_IN_GOOD_WEATHER if is_calm else self.patience)
        self.is_calm = is_calm
        self._visits.clear()
        try:
            if not self.is_sent:
                self._refer(browsers.of(self.practitioner, self))
            self._provide(browsers.of(PROVIDER, self))
        except TimeIsUp:
            self.story.tell("time is up")

    @property
    def is_done(self) -> bool:
        """All that was to do was done."""
        return "planned" in self.done

    def _check_time(self) -> None:
        if time.monotonic() > self._until:
            raise TimeIsUp

    def _again(self, why: str, times: int) -> None:
        """Wait a little before the same thing is tried once more."""
        self.story.tell(f"held up: {why}")
        self._check_time()
        time.sleep(PAUSE * times if self.is_calm else PAUSE)

    def _held_up(self, page: Page) -> bool:
        """Whether a page says that it could not do what was asked, so that it has to be asked again."""
        if page.status not in (403, 409, 422, 503):
            return False
        self._stay(page)
        return True

    def _stay(self, page: Page) -> None:
        """Ask for the same again in a moment; in good weather not for ever."""
        self._visits[page.path] += 1
        if self.is_calm and self._visits[page.path] > STUCK:
            raise Broken(f"No way on from {page.path}: {page.heading}: {errors_of(page)}")
        self._again(f"{page.status} {page.heading}: {errors_of(page)}", times=self._visits[page.path])

    # --- The practitioner

    def _refer(self, browser: Browser) -> None:
        page = None
        while not self.is_sent:
            self._check_time()
            try:
                if not self.draft:
                    self._start(browser)
                page = self._next(browser, page or browser.open(f"{self.draft}resume"))
            except Failed as failed:
                self._again(str(failed), times=1)
                page = None

    def _start(self, browser: Browser) -> None:
        """Find the service, enter the CRN, confirm the person."""
        browser.open(reverse("interventions:find"))
        contract = self.installation.rows(
            "SELECT id FROM interventions_contract WHERE reference = %s", CONTRACT
        )[0][0]
        browser.open(reverse("interventions:detail", args=[contract]))
        start = reverse("referrals:start", args=[contract])
        while not self.draft:
            self._check_time()
            page = browser.open(start)
            if page.status == 200:
                page = browser.submit(page.form(with_field="crn"), crn=self.crn)
            if page.status == 200 and page.path.endswith("/confirm"):
                page = browser.submit(page.form(with_field="person"))
            if found := re.search(r"/drafts/[0-9a-f-]{36}/", page.path):
                self.draft = page.path[: found.end()]
            else:
                self._stay(page)

    def _next(self, browser: Browser, page: Page) -> Page:
        """Do what this page asks for; returns the page that comes next."""
        if page.status == 410:
            return self._see_that_it_was_sent(browser, page)
        is_risk = "/risk-information" in page.path and page.status == 422  # which sections are to be decided
        if not is_risk and self._held_up(page) and page.status == 503:
            return browser.open(page.path)
        if not page.path.startswith(self.draft):
            return browser.open(self.draft)
        match page.path.removeprefix(self.draft):
            case "":
                return self._choose_task(browser, page)
            case "check-answers" | "send":
                return self._send(browser, page)
            case "sent":
                self.is_sent = True
                return page
            case "practitioner":
                return self._confirm_practitioner(browser, page)
            case "risk-information" | "risk-information/edit":
                return self._decide_risk(browser, page)
        return self._answer(browser, page)

    def _choose_task(self, browser: Browser, page: Page) -> Page:
        """The first task that is not completed; when all are, to checking the answers."""
        for address, status in TASK.findall(page.text):
            if "Completed" not in status:
                return browser.open(address)
        return browser.open(f"{self.draft}check-answers")

    def _answer(self, browser: Browser, page: Page) -> Page:
        if not page.has_form(with_field="as_opened"):  # nothing to choose from: another system is silent
            self._stay(page)
            return browser.open(page.path)
        form = page.form(with_field="as_opened")
        changes, words = self._answers_to(form)
        return self._saved(browser.submit(form, **changes), page.path, words)

    def _saved(self, after: Page, before: str, words: list[str]) -> Page:
        """Where saving led. The words count as taken when it led anywhere else."""
        if (
            after.status == 200 and after.path == before
        ):  # asks whether answers that this changes may be deleted
            raise Broken(f"{before} came back: {after.heading}")
        if after.status == 200:
            self.typed += words
        return after

    def _answers_to(self, form: Form) -> tuple[Fields, list[str]]:
        """What to change of a question's form, and the words that are typed in it."""
        until = date.today() + timedelta(days=90)
        release = date.today() + timedelta(days=60)
        given: Fields = {
            "has_practitioner": "YES",
            "location": "CUSTODY" if self.in_custody else "COMMUNITY",
            "back_up_name": "Nia Prosser",
            "back_up_email": "nia.prosser@example.com",
            "is_still_there": "YES",
            "establishment": "MDI",
            "release": first([way for way in ("CONFIRM", "ANOTHER") if way in form.values("release")]),
            **boxes("release_date", release),
            "additional_needs": f"Reads slowly {self.word('needs')}.",
            "accessibility_needs": "",
            "needs_interpreter": "NO",
            "has_responsibilities": "YES",
            "when_unavailable": f"Collects a child from school {self.word('unavailable')}.",
            "diversity": f"Prefers a woman as caseworker {self.word('diversity')}.",
            "sentence": first(form.values("sentence")),
            "outcomes": first(form.values("outcomes")),
            "complexity_level": first(form.values("complexity_level")),
            "enforceable_days": str(self.random.randint(1, 40)),
            **boxes("completion_date", until),
            "reason_for_referral": f"Needs a settled home {self.word('reason')}.",
            "further_information": f"Best reached in the morning {self.word('further')}.",
        }
        changes = {name: value for name, value in given.items() if form.has(name) and value is not None}
        if "ACCOMMODATION" in form.values("shared"):
            comment = f"Loses tenancies {self.word('comment')}."
            changes |= {"shared": ["ACCOMMODATION"], "comment_ACCOMMODATION": comment}
        elif "NONE" in form.values("shared"):  # OASys named no needs
            changes["shared"] = ["NONE"]
        return changes, WORDS.findall(" ".join(map(str, changes.values())))

    def _confirm_practitioner(self, browser: Browser, page: Page) -> Page:
        """Confirm what nDelius says; ask it again when something is missing."""
        if page.status == 422:
            page = browser.submit(page.form(to="/practitioner/pull"))
            if page.status != 200:
                return page
        return browser.submit(page.form(with_field="seen"))

    def _decide_risk(self, browser: Browser, page: Page) -> Page:
        """Share it as it stands, or edit it: one section in own words, one removed, the rest as it is."""
        if offered := next((form for form in page.forms() if "keep" in form.values("do")), None):
            # OASys says something else by now.
            return browser.submit(offered, do="take" if self.number % 2 else "keep")
        if page.path.endswith("/edit"):
            return self._edit_risk(browser, page)
        form = page.form(with_field="edit")
        if self.edits_risk or page.status == 422:  # of which some sections have to be decided first
            return browser.submit(form, edit="YES")
        return browser.submit(form, edit="NO", understood="YES")

    def _edit_risk(self, browser: Browser, page: Page) -> Page:
        form = page.form(with_field="understood")
        changes: Fields = {"do": "save", "understood": "YES"}
        kept_back: set[str] = set()
        words: list[str] = []
        if self.edits_risk:
            edited, removed = Random(f"{self.seed} risk {self.number}").sample(sorted(SECTIONS)[:4], 2)
            changes |= {edited: f"In our own words {self.word('edited')}.", removed: ""}
            kept_back = {secret_word(self.number, SECTIONS[name]) for name in (edited, removed)}
            words = [self.word("edited")]
        for name in errors_at(page):
            if name != changes.get("edited"):
                changes[name] = f"Written by the practitioner {self.word('written')}."
                words.append(self.word("written"))
        after = browser.submit(form, **changes)
        if after.status == 200 and not after.path.endswith("/edit"):
            self.kept_back |= kept_back
            self.typed += words
        return after

    def _send(self, browser: Browser, page: Page) -> Page:
        if page.path.endswith("/check-answers"):
            if lost := [word for word in self.typed if word not in page.text]:
                raise Broken(f"{page.path} has lost {', '.join(lost)}")
            page = browser.submit(page.form(to="/send"))
        if page.path.endswith("/send") and page.status == 200:  # some details are undecided
            page = browser.submit(page.form(to="/send"))
        return page

    def _see_that_it_was_sent(self, browser: Browser, page: Page) -> Page:
        """Sent when its time was up, or by a request that failed: a draft that is refused leads to its referral.

        That it was sent once, and told to others once, is judged with all other referrals.
        """
        link = SENT_ALREADY.search(page.text)
        if not link:
            raise Broken(
                f"{page.path} is gone, and does not lead to a referral that was sent: {page.heading}"
            )
        page = browser.open(link[1])
        self.is_sent = page.status == 200
        return page

    # --- The provider

    def _provide(self, browser: Browser) -> None:
        received = self.installation.rows(
            "SELECT received_id FROM referrals_referral WHERE crn = %s AND sent_at IS NOT NULL", self.crn
        )
        if len(received) != 1:
            raise Broken(f"{len(received)} sent referrals of this person, and the page said that it was sent")
        case = reverse("monitoring:referral_details", args=[received[0][0]]).removesuffix("details")
        steps: dict[str, Callable[[Browser, str], Page]] = {
            "opened": self._read,
            "assigned": self._assign,
            "arranged": self._arrange,
            "planned": self._plan,
        }
        for name, do in steps.items():
            while name not in self.done:
                self._check_time()
                try:
                    page = do(browser, case)
                except Failed as failed:
                    self._again(str(failed), times=1)
                    self._note_what_was_done(received[0][0])
                    continue
                if page.status != 200:
                    raise Broken(f"{name}: {page.path} answered {page.status}: {errors_of(page)}")
                self.done.append(name)

    def _note_what_was_done(self, received: Any) -> None:
        """After a page that failed: what it did all the same is not done again."""
        for name, question in DONE.items():
            if name not in self.done and self.installation.rows(question, received):
                self.done.append(name)

    def _read(self, browser: Browser, case: str) -> Page:
        page = browser.open(f"{case}details")
        if shown := [word for word in self.kept_back if word in page.text]:
            raise Broken(f"the provider sees what was kept back: {', '.join(shown)}")
        if lost := [word for word in self.typed if word not in page.text]:
            raise Broken(f"the provider does not see {', '.join(lost)}")
        return page

    def _assign(self, browser: Browser, case: str) -> Page:
        page = browser.open(f"{case}caseworker")
        form = page.form(with_field="caseworker")
        label = form.tag.find("label", string=re.compile(CASEWORKER))
        chosen = form.tag.find(id=label["for"])["value"] if label else form.values("caseworker")[0]
        page = browser.submit(form, caseworker=chosen)
        return browser.submit(page.form(to=page.path))

    def _arrange(self, browser: Browser, case: str) -> Page:
        page = browser.open(f"{case}supplier-assessment/arrange")
        # A caseworker is at one place at a time: twenty half hours a day.
        on = date.today() + timedelta(days=1 + self.number // 20)
        hour, half = divmod(16 + self.number % 20, 2)
        answers = {
            **boxes("date", on),
            "hour": str(hour % 12 or 12),
            "minute": "30" if half else "00",
            "half": "am" if hour < 12 else "pm",
            "hours": "0",
            "minutes": "30",
            "method": "PHONE_CALL",
        }
        page = browser.submit(page.form(with_field="date_day"), **answers, step="details")
        return browser.submit(
            page.form(with_field="date_day" if page.status == 422 else "step"), step="confirm"
        )

    def _plan(self, browser: Browser, case: str) -> Page:
        page = browser.open(f"{case}action-plan")
        page = browser.submit(page.form(to="/action-plan/start"))
        page = browser.open(f"{page.path.removesuffix('/edit')}/activities/add")
        form = page.form(with_field="outcome")
        return browser.submit(
            form, outcome=form.values("outcome")[0], text=f"View flats {self.word('activity')}."
        )


class Browsers:
    """The browsers of one thread: each user signs in once, and their browser stays open."""

    def __init__(self, installation: Installation, name: str) -> None:
        self._installation, self._name = installation, name
        self._open: dict[str, Browser] = {}

    def of(self, username: str, journey: Journey) -> Browser:
        """The browser of this user, who is signed in; what they do now is told in the journey's story."""
        if username not in self._open:
            self._open[username] = self._signed_in(username, journey)
        self._open[username].story = journey.story
        return self._open[username]

    def _signed_in(self, username: str, journey: Journey) -> Browser:
        made = Browser(
            self._installation.address,
            self._installation.public_address,
            Story(f"sign-in-{self._name}-{username}"),
            may_fail=journey.may_fail,
            thinking=journey.thinking,
        )
        for times in range(STUCK):
            with suppress(Failed):
                page = made.open(reverse("sign_in:start"))
                if page.status == 200 and page.url.startswith(self._installation.stub):
                    page = made.submit(page.form(with_field="username"), username=username, choice="sign-in")
                if page.status == 200 and not page.url.startswith(self._installation.stub):
                    return made
            time.sleep(PAUSE * times)
        raise Broken(f"{username} cannot sign in: {made.story.lines[-10:]}")


def boxes(name: str, day: date) -> Fields:
    """The three boxes of a date."""
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def first(values: list[str]) -> Any:
    """The first choice, if there are any."""
    return values[0] if values else None


def errors_of(page: Page) -> str:
    """What the error summary says, in short."""
    found = ERRORS.search(page.text)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(1)).split())[:200] if found else ""


def errors_at(page: Page) -> list[str]:
    """Names of the boxes that the error summary leads to."""
    found = ERRORS.search(page.text)
    return re.findall(r'href="#id_([a-z_]+?)(?:-\d+)?"', found.group(1)) if found else []
