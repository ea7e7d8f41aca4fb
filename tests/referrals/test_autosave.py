"""Typed text is kept while it is typed: for its author alone, until it is saved, and without touching the draft."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.kept_text.keeping import MOST_CHARACTERS
from accounts.kept_text.offering import offered
from accounts.kept_text.posted import PAGE_FIELD, SHOWN_FIELD, TAB_FIELD, TOKEN_FIELD
from accounts.models import User, WebSession
from events.models import AuditAction, AuditEvent
from referrals.actions.delete_draft import delete_draft
from referrals.actions.send_referral import send_referral
from referrals.models import KeptText, Referral
from referrals.typed_text.kept_text import author_token
from tests.factories.referrals import a_declared_draft, a_draft_with_risk, a_sent_referral
from tests.pages import assert_page
from tests.stories.referring import Practitioner, filled_in

AsPersona = Callable[[str], Client]
MOST_STATEMENTS = 9  # the key that the text is encrypted with among them
OFFERED = "What you typed here earlier was not saved."


@dataclass
class OpenedPage:
    """One tab: a page of a draft as it was opened, typed into and kept as static/autosave.js does it."""

    client: Client
    url: str
    fields: dict[str, Any]

    @classmethod
    def of(cls, practitioner: Practitioner, name: str, *args: Any) -> OpenedPage:
        url = practitioner.address(name, *args)
        return cls(practitioner.client, url, filled_in(practitioner.open(url)))

    def types(self, status: int = 200, **typed: Any) -> Any:
        """Type, and have it kept."""
        self.fields |= typed
        address = reverse("accounts:keep_typed_text")
        answer = self.client.post(address, self.fields | {PAGE_FIELD: self.url})
        assert answer.status_code == status
        return answer

    def saves(self, status: int = 302, **changed: Any) -> Any:
        """Save the page."""
        answer = self.client.post(self.url, self.fields | changed)
        assert answer.status_code == status
        return answer


@pytest.fixture
def practitioner(as_persona: AsPersona, personas: dict[str, User]) -> Practitioner:
    return Practitioner(as_persona("pp"), str(a_draft_with_risk(personas["pp"], crn="X980001").pk))


@pytest.fixture
def tab(practitioner: Practitioner) -> OpenedPage:
    return OpenedPage.of(practitioner, "additional-needs")


def _text(page: Any) -> str:
    return " ".join(page.get_text(" ").split())


def _all_kept(box: str = "additional_needs") -> list[str]:
    """Of every tab, the oldest first."""
    return [kept.fields[box][0] for kept in KeptText.objects.order_by("kept_at")]


def _kept() -> dict[str, list[str]]:
    fields: dict[str, list[str]] = KeptText.objects.get().fields
    return fields


PAGES = [
    pytest.param("additional-needs", (), "additional_needs", id="a question"),
    pytest.param("reason-for-referral", (), "further_information", id="a question with two boxes"),
    pytest.param("risk_edit", (), "suicide", id="all eight boxes"),
    pytest.param("risk_section", ("self-harm",), "text", id="one section"),
]
HOSTILE = [
    pytest.param("<script>alert(1)</script> {{ 7*7 }} \"' & é 🙂 Ŵ مرحبا", None, id="hostile text"),
    pytest.param("a\x00b\ud800c", "a\ufffdb\ufffdc", id="characters that cannot be saved"),
    pytest.param("x" * 12_000, None, id="12,000 characters"),
]


@pytest.mark.parametrize(("name", "args", "box"), PAGES)
def test_it_is_offered_back_on_that_page_until_it_is_saved(
    practitioner: Practitioner, name: str, args: tuple[str, ...], box: str
) -> None:
    # Given text that was typed and kept, on a page that was never saved
    OpenedPage.of(practitioner, name, *args).types(**{box: "Typed and not saved."})

    # When the page is opened again, then the text is offered
    again = OpenedPage.of(practitioner, name, *args)
    assert again.fields[box] == "Typed and not saved."
    assert offered(KeptText.objects.get()) in _text(practitioner.pages[-1])
    assert practitioner.pages[-1].select_one("button[value=discard]") is not None

    # And when it is discarded, or saved, it is gone
    again.saves(do="discard")
    assert not KeptText.objects.exists()
    assert OpenedPage.of(practitioner, name, *args).fields[box] != "Typed and not saved."


def test_saving_the_page_deletes_it(practitioner: Practitioner, tab: OpenedPage) -> None:
    tab.types(additional_needs="Typed.")

    tab.saves(additional_needs="Typed, and more.")

    assert not KeptText.objects.exists()
    assert practitioner.draft.additional_needs == "Typed, and more."


def test_what_is_stored_already_is_not_offered(practitioner: Practitioner, tab: OpenedPage) -> None:
    """As when the last key strokes were taken back, or arrived after the page was saved."""
    tab.saves(additional_needs="The same.")
    tab.types(additional_needs="The same.")

    OpenedPage.of(practitioner, "additional-needs")

    assert KeptText.objects.exists()
    assert OFFERED not in _text(practitioner.pages[-1])


@pytest.mark.parametrize("name", ["additional-needs", "risk_edit", "risk_section"])
def test_it_changes_nothing_else(practitioner: Practitioner, name: str) -> None:
    """Neither state, history, declaration nor the draft's 90 days."""
    tab = OpenedPage.of(practitioner, name, *(["suicide"] if name == "risk_section" else []))

    def stands() -> list[Any]:
        draft = practitioner.draft
        return [model_to_dict(draft), draft.changed_at] + [
            [model_to_dict(section), section.changed_at, section.changes.count()]
            for section in draft.risk.in_order()
        ]

    before = stands()
    for box in ("additional_needs", "suicide", "text"):
        tab.types(**{box: "Typed."})

    assert stands() == before


@pytest.mark.parametrize(("typed", "kept"), HOSTILE)
def test_text_is_text(practitioner: Practitioner, tab: OpenedPage, typed: str, kept: str | None) -> None:
    body = typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if kept is None else typed
    if "\ud800" in typed:
        body = typed.replace("\ud800", "\ufffd")  # as a browser sends it
    tab.types(additional_needs=body)

    assert _kept()["additional_needs"] == [kept or typed]
    assert OpenedPage.of(practitioner, "additional-needs").fields["additional_needs"] == (kept or typed)


def test_more_than_can_be_kept_is_refused(tab: OpenedPage) -> None:
    tab.types(additional_needs="x" * (MOST_CHARACTERS - 100))
    tab.types(413, additional_needs="x" * (MOST_CHARACTERS + 1))

    assert len(_kept()["additional_needs"][0]) == MOST_CHARACTERS - 100


OTHER_PAGES = [
    pytest.param(lambda draft, other: "", id="none"),
    pytest.param(lambda draft, other: "/nowhere", id="no page of ours"),
    pytest.param(lambda draft, other: "a\x00b" * 200, id="no address"),
    pytest.param(
        lambda draft, other: reverse("referrals:additional-needs", args=[other.pk]), id="another draft's"
    ),
    pytest.param(lambda draft, other: reverse("referrals:tasks", args=[draft.pk]), id="without a text box"),
    pytest.param(
        lambda draft, other: reverse("referrals:risk_section", args=[draft.pk, "made-up"]),
        id="no section of ours",
    ),
]


@pytest.mark.parametrize("page", OTHER_PAGES)
def test_only_pages_that_offer_it_back(
    tab: OpenedPage, practitioner: Practitioner, personas: dict[str, User], page: Callable[..., str]
) -> None:
    """Else it would never be found again, or outlive its draft."""
    other = a_draft_with_risk(personas["pp"], crn="X980010")
    address = reverse("accounts:keep_typed_text")

    answer = tab.client.post(address, {PAGE_FIELD: page(practitioner.draft, other), "text": "Typed."})

    assert answer.status_code == 404
    assert not KeptText.objects.exists()


def test_a_colleague_can_neither_write_nor_read(tab: OpenedPage, as_persona: AsPersona) -> None:
    tab.types(additional_needs="Mine.")
    theirs = OpenedPage(as_persona("pp.colleague"), tab.url, dict(tab.fields))

    theirs.types(404, additional_needs="Theirs.")

    assert _kept()["additional_needs"] == ["Mine."]
    assert "Mine." not in str(assert_page(theirs.client.get(tab.url), 404))


def test_a_form_of_another_site_is_refused(tab: OpenedPage) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies.update(tab.client.cookies)

    OpenedPage(client, tab.url, {"additional_needs": "Typed."}).types(403)

    assert not KeptText.objects.exists()


def test_nothing_is_kept_of_a_sent_referral(as_persona: AsPersona, personas: dict[str, User]) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    url = reverse("referrals:additional-needs", args=[sent.pk])

    token = {TOKEN_FIELD: author_token(personas["pp"], sent)}
    OpenedPage(as_persona("pp"), url, token).types(410, additional_needs="Too late.")

    assert not KeptText.objects.exists()


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(lambda draft, by: send_referral(draft=draft, by=by), id="sent"),
        pytest.param(lambda draft, by: delete_draft(draft=draft, by=by), id="deleted"),
    ],
)
def test_it_does_not_outlive_the_draft(
    as_persona: AsPersona, personas: dict[str, User], end: Callable[[Referral, User], object]
) -> None:
    draft = a_declared_draft(personas["pp"], crn="X980001")
    tab = OpenedPage.of(Practitioner(as_persona("pp"), str(draft.pk)), "risk_edit")
    tab.types(suicide="Typed and not saved.")

    end(draft, personas["pp"])

    assert not KeptText.objects.exists()


def test_it_is_recorded_once_a_day_without_the_text(practitioner: Practitioner) -> None:
    with time_machine.travel("2026-06-03T09:00:00+01:00") as clock:
        practitioner.client.force_login(practitioner.draft.created_by)
        tab = OpenedPage.of(practitioner, "additional-needs")
        for minute in range(3):
            clock.shift(60)
            tab.types(additional_needs=f"Typed {minute}.")
        assert AuditEvent.objects.filter(action=AuditAction.TEXT_AUTOSAVED).count() == 1
        clock.shift(24 * 60 * 60)
        practitioner.client.force_login(practitioner.draft.created_by)
        tab.types(additional_needs="Typed on the next day.")

    events = AuditEvent.objects.filter(action=AuditAction.TEXT_AUTOSAVED)
    assert [(event.crn, str(event.referral), event.facts) for event in events] == [
        ("X980001", practitioner.draft_id, {})
    ] * 2


def test_it_needs_few_statements(tab: OpenedPage) -> None:
    tab.types(additional_needs="Typed.")

    with CaptureQueriesContext(
        connection,
    ) as captured:
        tab.types(additional_needs="Typed on.")

    data = [
        one["sql"] for one in captured if one["sql"].split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")
    ]
    assert len(data) <= MOST_STATEMENTS, data


# --- Two tabs


def test_a_second_tab_does_not_overwrite_what_the_first_typed(
    practitioner: Practitioner, tab: OpenedPage
) -> None:
    # Given two tabs on one page
    second = OpenedPage.of(practitioner, "additional-needs")
    tab.types(additional_needs="In the first tab.")

    # When the second types too, then it is told, and both are kept
    assert second.types(additional_needs="In the second tab.").json()["is_alone"] is False
    assert _all_kept() == ["In the first tab.", "In the second tab."]

    # And when it saves, then it is shown both texts, and nothing is stored
    page = assert_page(second.saves(409), 409)
    beside = " ".join(side.get_text() for side in page.select(".rm-comparison"))
    assert "Something else was typed on this page, in another tab or before" in _text(page)
    assert "first" in beside
    assert "second" in beside
    assert filled_in(page)["additional_needs"] == "In the second tab."
    assert practitioner.draft.additional_needs is None

    # And saving again is their decision
    OpenedPage(tab.client, tab.url, filled_in(page)).saves()
    assert practitioner.draft.additional_needs == "In the second tab."
    assert not KeptText.objects.exists()


@pytest.mark.parametrize(
    ("name", "args", "box"),
    [
        pytest.param("risk_edit", (), "suicide", id="all eight boxes"),
        pytest.param("risk_section", ("suicide",), "text", id="one section"),
    ],
)
def test_so_it_is_with_risk_information(
    practitioner: Practitioner, name: str, args: tuple[str, ...], box: str
) -> None:
    first, second = (OpenedPage.of(practitioner, name, *args) for _ in range(2))
    first.types(**{box: "In the first tab."})
    second.types(**{box: "In the second tab."})

    page = assert_page(second.saves(409, do="save", understood="YES"), 409)

    assert "Also typed on this page at" in _text(page)
    assert "In the first tab." in _text(page)
    assert filled_in(page)[box] == "In the second tab."
    assert practitioner.draft.risk.section("suicide").state == "UNREVIEWED"
    links = [str(link["href"]) for link in page.select(".govuk-error-summary a")]
    assert links == [f"#id_{box}"]

    OpenedPage(first.client, first.url, filled_in(page)).saves(do="save", understood="YES")
    assert practitioner.draft.risk.section("suicide").text == "In the second tab."
    assert not KeptText.objects.exists()


def test_a_tab_that_shows_the_text_goes_on_with_it(practitioner: Practitioner, tab: OpenedPage) -> None:
    """The first tab crashed; or it is still open, and is told so when it types again."""
    tab.types(additional_needs="Begun.")
    second = OpenedPage.of(practitioner, "additional-needs")

    second.types(additional_needs="Begun, and gone on.")
    tab.types(additional_needs="Begun otherwise.")

    assert _all_kept() == ["Begun, and gone on.", "Begun otherwise."]


def test_an_answer_that_got_lost_is_no_conflict(tab: OpenedPage) -> None:
    tab.types(additional_needs="Kept, but the page never heard of it.")
    tab.types(additional_needs="Typed on.")
    tab.saves()

    assert not KeptText.objects.exists()


def test_what_another_tab_typed_outlives_the_saving_of_this_one(
    practitioner: Practitioner, tab: OpenedPage
) -> None:
    """A button of one section saves, and asks nothing about other boxes."""
    first, second = (OpenedPage.of(practitioner, "risk_edit") for _ in range(2))
    first.types(suicide="In the first tab.")

    second.saves(do="remove:self_harm")

    assert _kept()["suicide"] == ["In the first tab."]


@pytest.mark.parametrize("name", ["additional-needs", "risk_edit", "risk_section"])
def test_text_typed_over_what_was_changed_since_is_not_saved_unseen(
    practitioner: Practitioner, name: str
) -> None:
    """Typed, not saved; then the same was changed elsewhere; then the typed text is offered and saved."""
    args = ["suicide"] if name == "risk_section" else []
    box = {"additional-needs": "additional_needs", "risk_edit": "suicide", "risk_section": "text"}[name]
    lost, other = (OpenedPage.of(practitioner, name, *args) for _ in range(2))
    lost.types(**{box: "Typed first."})
    KeptText.objects.update(path="/elsewhere")
    other.saves(**{box: "Saved since."}, do="save", understood="YES")
    KeptText.objects.update(path=lost.url)

    again = OpenedPage.of(practitioner, name, *args)
    assert again.fields[box] == "Typed first."
    page = assert_page(again.saves(409, do="save", understood="YES"), 409)

    assert "Saved" in _text(page)
    assert filled_in(page)[box] == "Typed first."


@pytest.mark.parametrize("value", ["", "-1", "x", "9" * 30, "²", "1.5", "\x00", "1." * 5000])
def test_who_says_to_show_what_it_does_not_writes_over_nothing(
    practitioner: Practitioner, tab: OpenedPage, value: str
) -> None:
    OpenedPage.of(practitioner, "additional-needs").types(additional_needs="In another tab.")

    tab.types(**{SHOWN_FIELD: value}, additional_needs="Typed.")

    assert _all_kept() == ["In another tab.", "Typed."]


# --- After the web session has ended


def test_what_a_script_posts_after_the_end_is_kept_and_leads_back_to_the_page(
    practitioner: Practitioner, tab: OpenedPage, as_persona: AsPersona
) -> None:
    tab.types(additional_needs="Before the end.")
    WebSession.objects.all().delete()

    answer = tab.types(302, additional_needs="After the end.")

    assert answer["Location"] == f"{reverse('accounts:sign_in')}?next={tab.url}"
    assert _all_kept() == ["Before the end.", "After the end."]
    assert KeptText.objects.latest("kept_at").cause == KeptText.Cause.SIGNED_OUT
    practitioner.client = as_persona("pp")
    assert OpenedPage.of(practitioner, "additional-needs").fields["additional_needs"] == "After the end."


def test_without_its_token_nothing_is_kept_after_the_end(tab: OpenedPage) -> None:
    WebSession.objects.all().delete()
    tab.fields.pop(TOKEN_FIELD)

    answer = tab.types(302, additional_needs="After the end.")

    assert tab.url not in answer["Location"]
    assert not KeptText.objects.exists()


def test_a_page_without_javascript_carries_the_same_fields(tab: OpenedPage) -> None:
    assert tab.fields[TAB_FIELD]
    assert tab.fields[SHOWN_FIELD] == ""
    tab.saves(additional_needs="Typed without JavaScript.")
