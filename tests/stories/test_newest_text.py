"""Whatever is typed into any box of a sent case, in whatever order it is saved with an error, left and opened again:
the newest text is offered, once, and to its author only.

The pages are those that each side keeps text of: one that is added there is tried here, and fails until it is said
under which circumstances it opens. The same examples every time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from monitoring.access.kept_text import PAGES
from monitoring.models import Feedback, KeptPost, ReceivedReferral
from referrals.models import KeptText
from referrals.typed_text.kept_text import OF_CASES, OF_NO_CASE
from tests.addresses import addresses
from tests.factories.monitoring_work import delivered, reported_on, rows_in_addresses, with_a_caseworker
from tests.factories.referrals import a_sent_referral
from tests.pages import assert_page
from tests.signing_in import sign_in
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

pytestmark = pytest.mark.django_db
OFFERED = "What you typed here earlier was not saved."
BESIDE = "Also typed on this page at"
TOO_LONG = "x" * 12_500  # no box takes as much, so that sending it never saves
NAMES = sorted(f"monitoring:{name}" for name in PAGES) + sorted(
    f"referrals:{name}" for name in OF_CASES | OF_NO_CASE
)
#: Pages on which nobody types: choices only.
WITHOUT_BOXES = {"monitoring:choose_caseworker", "monitoring:attendance"}
ACTS = st.lists(
    st.sampled_from(
        ["type", "type", "save with an error", "leave", "come back", "sign out", "send signed out"]
    ),
    min_size=2,
    max_size=7,
)
WITH_SILENCE = st.lists(
    st.sampled_from(["type", "type", "save with an error", "come back", "sign out", "nDelius is silent"]),
    min_size=2,
    max_size=7,
)
EXAMPLES = settings(
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


# --- Where people type ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Box:
    """A box of one page, and its author."""

    address: str
    name: str
    author: User
    colleague: User


def text_boxes(page: BeautifulSoup) -> list[str]:
    """The names of all boxes that take words or numbers, hidden ones of choices included."""
    form = page.select_one("main form:has(.govuk-form-group)")
    return [box["name"] for box in form.select("textarea, input[type=text]")] if form is not None else []


def openings(name: str, people: dict[str, User]) -> Iterator[str]:
    """Addresses of a page in every case there is, until it opens."""
    pattern = dict(addresses())[name]
    for stand in (delivered, reported_on, with_a_caseworker, _missed):
        referral = a_sent_referral(people["pp"], crn="X980017")
        case = stand(
            ReceivedReferral.objects.unscoped().get(pk=referral.received_id), people["sp.caseworker"]
        )
        for number in (1, 2, 3):
            known = rows_in_addresses(case) | {
                "received_id": case.pk,
                "referral_id": referral.pk,
                "category_id": referral.services.values_list("category_id", flat=True)[0],
                "item": "desired-outcomes" if name == "referrals:change_case_service" else "enforceable-days",
                "number": number,
                "place": 1,
            }
            if all(part in known for part in pattern.converters):
                yield reverse(name, kwargs={part: known[part] for part in pattern.converters})


def _missed(case: ReceivedReferral, worker: User) -> ReceivedReferral:
    """Session 1 has begun, and whether they came was answered: they did not."""
    case = delivered(case, worker)
    begun = Feedback.objects.unscoped().filter(appointment__session__number=1, appointment__received=case)
    begun.update(happened=False, attended=False, was_late=None, what_was_done="", how_they_responded="")
    return case


def boxes_of(name: str, people: dict[str, User]) -> list[Box]:
    """Every box of a page, by the author that it is for."""
    is_practitioners = name.startswith("referrals:")
    author = people["pp" if is_practitioners else "sp.caseworker"]
    colleague = people["pp.colleague" if is_practitioners else "sp.manager"]
    client = signed_in(author)
    for address in openings(name, people):
        answer = client.get(address)
        if answer.status_code == 200 and (found := text_boxes(assert_page(answer, 200))):
            return [Box(address, box, author, colleague) for box in found]
    raise AssertionError(f"{name} opens in no case of this test with a box: say when it does")


def signed_in(user: User) -> Client:
    client = Client()
    sign_in(client, user)
    return client


# --- What somebody does ---------------------------------------------------------------------------


@dataclass
class Writing:
    """Somebody at one box of one page, and what they typed last."""

    box: Box
    client: Client = field(init=False)
    tab: dict[str, Any] = field(default_factory=dict)
    newest: str = ""
    count: int = 0
    is_silent: bool = False

    def __post_init__(self) -> None:
        self.client = signed_in(self.box.author)
        self.comes_back()

    def does(self, act: str) -> None:
        """One of the acts."""
        {
            "type": self.types,
            "save with an error": self.saves_with_an_error,
            "leave": self.leaves,
            "come back": self.comes_back,
            "sign out": self.signs_out,
            "send signed out": self.sends_signed_out,
            "nDelius is silent": self.nobody_answers,
        }[act]()

    def types(self) -> None:
        """The page keeps what is typed while it is typed; the tab may be closed at any moment."""
        fields = self._with_new_text()
        kept = self.client.post("/kept-text", fields | {"typed_page": self.box.address})
        assert kept.status_code == 200

    def saves_with_an_error(self) -> None:
        """Whatever else is missing, this is too long. The page comes back with it, or says that nDelius is silent."""
        answer = self.client.post(self.box.address, self._with_new_text(TOO_LONG))
        if answer.status_code == 200:
            self._keeps_what_would_be_deleted(assert_page(answer))
            return
        assert answer.status_code == (503 if self.is_silent else 422)
        assert self.newest[:40] in answer.content.decode()
        if not self.is_silent:
            self.tab = filled_in(assert_page(answer, 422))

    def _keeps_what_would_be_deleted(self, asking: BeautifulSoup) -> None:
        """The box stands under a choice that was not made, so the page asks before it deletes. They keep it."""
        assert self.newest[:40] in asking.main.get_text()
        keep = asking.select_one("main form button[name=do]")
        fields = filled_in(asking, asking.main.form) | {keep["name"]: keep["value"]}
        assert self.client.post(self.box.address, fields).status_code == 302
        self.comes_back()

    def leaves(self) -> None:
        """To another page."""
        assert self.client.get("/your-account").status_code == 200

    def comes_back(self) -> None:
        """The newest text is in the form, said once, and stands nowhere beside it."""
        if self.is_silent:
            self.nDelius_answers()
        shown = assert_page(self.client.get(self.box.address), 200)
        self.tab = filled_in(shown)
        assert shown.get_text().count(OFFERED) == bool(self.newest)
        if self.newest:
            assert self.tab[self.box.name].replace("\r\n", "\n") == self.newest
        beside = [one.get_text() for one in shown.select(".govuk-inset-text") if BESIDE in one.get_text()]
        assert not any(self.newest in text for text in beside if self.newest)

    def signs_out(self) -> None:
        """And in again, with the old page still open."""
        self.client.post("/sign-out")
        self.client = signed_in(self.box.author)

    def sends_signed_out(self) -> None:
        """The web session has ended meanwhile: the post is kept, and they sign in again."""
        answer = Client().post(self.box.address, self._with_new_text(TOO_LONG))
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in")
        self.comes_back()

    def nobody_answers(self) -> None:
        """nDelius does not answer, so the page does not open; it keeps what is typed."""
        self.is_silent = True
        cache.clear()
        adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius", status=503))
        assert self.client.get(self.box.address).status_code == 503

    def nDelius_answers(self) -> None:
        """Again."""
        self.is_silent = False
        adapter.reset()
        cache.clear()

    def _with_new_text(self, more: str = "") -> dict[str, Any]:
        self.count += 1
        self.newest = f"Typed as number {self.count:03} in {self.box.name}. {more}".strip()
        self.tab[self.box.name] = self.newest
        return self.tab


def holds(box: Box, acts: list[str]) -> None:
    """Do it all; at the end its author is offered the newest text, and a colleague is offered nothing of it."""
    for model in (KeptPost, KeptText):
        model._base_manager.all().delete()
    adapter.reset()
    cache.clear()
    writing = Writing(box)
    for act in acts:
        writing.does(act)
    writing.comes_back()
    others = signed_in(box.colleague).get(box.address).content.decode()
    assert "Typed as number" not in others
    assert OFFERED not in others


# --- It always holds ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_BOXES])
def test_the_newest_text_is_offered_once_to_its_author_only(personas: dict[str, User], name: str) -> None:
    """Every page, in one of its boxes; many orders in every box are tried by the thorough test below."""
    boxes = boxes_of(name, personas)
    holds(
        boxes[len(name) % len(boxes)],
        ["type", "save with an error", "leave", "come back", "sign out", "type", "send signed out"],
    )


@pytest.mark.thorough
@pytest.mark.parametrize("name", [name for name in NAMES if name not in WITHOUT_BOXES])
def test_the_newest_text_in_every_box_and_many_orders(personas: dict[str, User], name: str) -> None:
    boxes = boxes_of(name, personas)

    @settings(EXAMPLES, max_examples=8 * len(boxes))
    @given(box=st.sampled_from(boxes), acts=ACTS)
    def always(box: Box, acts: list[str]) -> None:
        holds(box, acts)

    always()


@pytest.mark.parametrize("name", sorted(f"referrals:{name}" for name in OF_CASES))
@pytest.mark.slow
def test_a_silent_ndelius_loses_nothing(personas: dict[str, User], name: str) -> None:
    boxes = boxes_of(name, personas)
    holds(
        boxes[len(name) % len(boxes)],
        ["type", "nDelius is silent", "type", "save with an error", "sign out", "come back"],
    )


@pytest.mark.thorough
@pytest.mark.parametrize("name", sorted(f"referrals:{name}" for name in OF_CASES))
def test_a_silent_ndelius_loses_nothing_in_many_orders(personas: dict[str, User], name: str) -> None:
    boxes = boxes_of(name, personas)

    @settings(EXAMPLES, max_examples=3 * len(boxes))
    @given(box=st.sampled_from(boxes), acts=WITH_SILENCE)
    def always(box: Box, acts: list[str]) -> None:
        holds(box, acts)

    always()


@pytest.mark.slow
def test_pages_without_boxes_have_none(personas: dict[str, User]) -> None:
    """Else they belong among those that are tried."""
    client = signed_in(personas["sp.caseworker"])
    for name in WITHOUT_BOXES:
        for address in openings(name, personas):
            answer = client.get(address)
            assert answer.status_code != 200 or text_boxes(assert_page(answer, 200)) == []
