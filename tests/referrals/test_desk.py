"""The practitioner's desk: what needs them today, their lists, covering for a colleague, and what was opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import NDELIUS, AuditAction, AuditEvent, OutboxEntry
from events.refusals import Refused
from integrations.ndelius import client as client_of_ndelius
from integrations.ndelius.types import ResponsibleOfficer
from interventions.models import Contract
from measurements.many_cases import Cases
from measurements.page_cost import statements_of
from monitoring.actions.ask_question import ask_question
from monitoring.models import Appointment, Feedback, Question, ReceivedReferral, Stage
from monitoring.rules.stages import ENDED, OPEN
from referrals.actions.cover_for_colleague import begin_cover, colleagues_of, note_team
from referrals.desk.lists import LISTS as DECLARED
from referrals.desk.needs import NEEDS
from referrals.models import Cover, OasysCheck, Referral, SeenFeedback
from referrals.models.referral import DRAFT_LIFE
from tests.conftest import Page
from tests.factories.monitoring_delivery import assigned, with_plan, with_session
from tests.factories.referrals import a_draft, a_sent_referral
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
HOME = reverse("referrals:home")
COVER = reverse("referrals:cover")
OSKAR, KEZIA, ADA = "X980001", "X980010", "X980022"  # J.ARKWRIGHT (pp.colleague) manages the last one
LISTS = ("open", "completed", "cancelled")


@pytest.fixture
def client(as_persona: SignIn) -> Client:
    return as_persona("pp")


def _list(slug: str, query: str = "") -> str:
    return reverse("referrals:case_list", args=[slug]) + query


def _received(case: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=case.received_id)


def _set(case: Referral, **columns: Any) -> Referral:
    """The case with other columns, past every action: a list reads columns."""
    if columns.get("stage") in ENDED:
        columns |= {"concluded_at": timezone.now(), "conclusion": columns["stage"], "due_on": None}
    ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(**columns)
    return case


def _named(by: User, first: str, last: str, *, crn: str, **columns: Any) -> Referral:
    case = a_sent_referral(by, crn=crn)
    return _set(case, person_first_name=first, person_last_name=last, **columns)


def _text(soup: BeautifulSoup) -> str:
    return " ".join(soup.select_one("main").get_text(" ").split())


def _rows(soup: BeautifulSoup) -> list[dict[str, str]]:
    """The rows of the list, each cell by its column's heading."""
    headings = [one.get_text(strip=True).rstrip(" ▲▼") for one in soup.select("thead th")]
    return [
        dict(zip(headings, (cell.get_text(" ", strip=True) for cell in row.select("th, td")), strict=True))
        for row in soup.select("tbody tr")
    ]


def _people(soup: BeautifulSoup) -> list[str]:
    return [link.get_text(strip=True) for link in soup.select("tbody th a")]


def _needs(soup: BeautifulSoup) -> dict[str, str]:
    """What needs them today, with how much."""
    return {
        str(line.a.get_text(strip=True)): line.strong.get_text(strip=True)
        for line in soup.select("main li")
        if line.strong
    }


# --- The lists -------------------------------------------------------------------------------------


def test_a_case_stands_in_its_list_with_everything_one_needs_to_know(
    client: Client, personas: dict[str, User], page: Page
) -> None:
    pp, today = personas["pp"], timezone.localdate()
    worker = personas["sp.caseworker"]
    case = _named(pp, "Una", "Ebb", crn=KEZIA, caseworker=worker, stage=Stage.PLAN, due_on=today)
    _named(pp, "Bo", "Over", crn=OSKAR, stage=Stage.COMPLETED)
    User.objects.filter(pk=worker.pk).update(is_active=False)

    listed = page(client, _list("open"))

    (row,) = _rows(listed)
    assert row | {"Sent": "", "Due": row["Due"][:5]} == {
        "Person": f"Una Ebb {KEZIA}",
        "Reference": case.reference,
        "Service": case.contract.title,
        "Service provider": case.contract.prime.name,
        "Caseworker": f"{worker.display_name} This account is closed",
        "Sent": "",
        "Status": "Supplier assessment completed Waiting to update nDelius",
        "Next step": "Wait for the action plan Service provider’s turn",
        "Due": "Today",
    }
    assert listed.select_one("tbody a")["href"] == reverse("referrals:case_progress", args=[case.pk])
    tabs = [link.get_text() for link in listed.select(".rm-places a")]
    assert tabs == ["Open cases (1)", "Completed cases (1)", "Cancelled cases (0)", "Draft referrals (0)"]
    assert _people(page(client, _list("completed"))) == ["Bo Over"]
    assert "No cases have been cancelled" in _text(page(client, _list("cancelled")))
    page(client, _list("everything"), status=404)
    back = page(client, reverse("referrals:case_progress", args=[case.pk])).select_one(".govuk-back-link")
    assert back["href"] == _list("cancelled"), "the list that was looked at last"


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_stands_in_one_list(stage: Stage) -> None:
    assert sum(stage in one.stages for one in DECLARED) == 1
    assert (stage in OPEN) is (stage in DECLARED[0].stages)


@pytest.mark.slow
def test_sorting_is_remembered_and_filters_leave_cases_out(
    client: Client, personas: dict[str, User], page: Page
) -> None:
    pp, today = personas["pp"], timezone.localdate()
    other = Contract.objects.exclude(prime=Contract.objects.get(reference="DEMO_0001").prime).first()
    _named(pp, "Ann", "Crag", crn=OSKAR, stage=Stage.PLAN, due_on=today - timedelta(days=1))
    _named(pp, "Bea", "Beck", crn=KEZIA, due_on=today + timedelta(days=1), contract=other)
    _named(pp, "Cy", "Arch", crn="X980011", due_on=today + timedelta(days=2))

    assert _people(page(client, _list("open"))) == ["Ann Crag", "Bea Beck", "Cy Arch"], "by due date"
    by_name = page(client, page(client, _list("open")).select_one("thead a")["href"])
    assert _people(by_name) == ["Cy Arch", "Bea Beck", "Ann Crag"]
    assert _people(page(client, _list("open"))) == ["Cy Arch", "Bea Beck", "Ann Crag"], "as the last time"
    for sort in ("reference", "intervention", "provider", "caseworker", "sent", "status", "due"):
        up, down = (_people(page(client, _list("open", f"?sort={sign}{sort}"))) for sign in ("", "-"))
        assert len(up) == 3
        assert sort not in ("due", "reference") or up == down[::-1]
    assert _people(page(client, _list("open", "?stage=PLAN"))) == ["Ann Crag"]
    assert _people(page(client, _list("open", "?overdue=YES"))) == ["Ann Crag"]
    assert _people(page(client, _list("open", f"?provider={other.prime_id}"))) == ["Bea Beck"]
    assert "No cases match" in _text(page(client, _list("open", "?provider=999999&whose=x&need=y")))


@pytest.mark.slow
def test_a_search_finds_by_reference_crn_and_name_and_leaves_no_trace(
    client: Client, personas: dict[str, User], page: Page, caplog: Any, capfd: Any
) -> None:
    pp = personas["pp"]
    case = _named(pp, "Zoë", "O’Brien", crn=KEZIA)
    _named(pp, "Zed", "Brown", crn=OSKAR, stage=Stage.COMPLETED)
    elsewhere = _named(personas["pp.colleague"], "Zoe", "Obrien", crn="X980011")
    Referral.objects.filter(pk=elsewhere.pk).update(created_by=personas["pp.barred"], crn="X989999")

    for terms in (case.reference.lower(), " x980010", "OBRIEN", "zoe", "o'bri zo"):
        posted = client.post(_list("open"), {"terms": terms})
        assert terms.strip().lower() not in posted["Location"].lower()
        assert _people(page(client, posted["Location"])) == ["Zoë O’Brien"], terms
    posted = client.post(_list("open"), {"terms": "brown"})
    assert "Show 1 case in Completed cases" in _text(page(client, posted["Location"]))
    assert "Enter at least 2 letters" in _text(page.post(client, _list("open"), {"terms": "z"}, status=422))

    said = (caplog.text + "".join(capfd.readouterr())).lower()
    assert not [word for word in ("obrien", "brown", "zoë") if word in said]


@pytest.mark.slow
def test_people_they_may_not_see_are_neither_listed_nor_counted_nor_found(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    """X980017, from whom pp.barred is excluded: the same page for every filter and search but a constant number."""
    barred = personas["pp.barred"]
    hidden = a_sent_referral(personas["pp"], crn="X980017")
    shown = a_sent_referral(personas["pp"], crn=KEZIA)
    Referral.objects.filter(pk__in=[hidden.pk, shown.pk]).update(created_by=barred)
    Question.objects.unscoped().create(
        form_key=uuid4(), received_id=hidden.received_id, about="needs", kind="MISSING", text="?",
        asked_by=personas["sp.caseworker"], asked_at=timezone.now(),
    )  # fmt: skip
    client = as_persona("pp.barred")

    pages = [page(client, address) for address in (HOME, _list("open"), _list("completed"), _list("today"))]
    for terms in (hidden.reference, "X980017", "quarrington"):
        pages.append(page(client, client.post(_list("open"), {"terms": terms})["Location"]))

    for soup in pages:
        for typed in soup.select("input[name=terms], h2[data-user-text], .rm-active__list"):
            typed.extract()
        assert "1 case is not shown" in _text(soup)
        assert not [word for word in ("Quarrington", hidden.reference) if word in str(soup.main)]
    assert "Open cases (1)" in _text(pages[1])
    assert _needs(pages[0]) == {}


# --- What needs them today ---------------------------------------------------------------------------


def _fails_in_ndelius(case: Referral) -> None:
    OutboxEntry.objects.filter(referral=case.pk, receiver=NDELIUS).update(state=OutboxEntry.State.GIVEN_UP)


def _is_overdue(case: Referral) -> None:
    _set(case, due_on=timezone.localdate() - timedelta(days=1))


def _differs_in_oasys(case: Referral) -> None:
    OasysCheck.objects.create(
        referral=case, checked_at=timezone.now(), answered=True, changed_sections=["suicide"]
    )


def _is_asked(case: Referral) -> None:
    ask_question(
        received=_received(case), about="needs", kind="MISSING", text="?", form_key=uuid4(),
        by=User.objects.get(username="sp.caseworker"),
    )  # fmt: skip


def _session(case: Referral, **feedback: Any) -> Appointment:
    with_session(with_plan(assigned(_received(case), to=User.objects.get(username="sp.caseworker"))), 1)
    _set(case, due_on=None)
    rows = Feedback.objects.unscoped().filter(appointment__received=case.received_id)
    rows.filter(appointment__session__isnull=False).update(**feedback)
    return Appointment.objects.unscoped().get(received=case.received_id, session__isnull=False)


def test_what_needs_them_today_comes_first_and_leads_to_it(
    client: Client, personas: dict[str, User], page: Page
) -> None:
    pp = personas["pp"]
    assert "No action needed today" in _text(page(client, HOME))
    cases = {
        crn: _set(a_sent_referral(pp, crn=crn), due_on=None) for crn in (OSKAR, KEZIA, "X980011", "X980012")
    }
    asked, overdue, failed, held = cases.values()
    _is_asked(asked)
    _is_overdue(overdue)
    _differs_in_oasys(overdue)
    OasysCheck.objects.create(referral=asked, checked_at=timezone.now(), answered=True)
    _fails_in_ndelius(failed)
    _session(held, notify_of_concerns=True)
    draft = a_draft(pp)
    Referral.objects.filter(pk=draft.pk).update(changed_at=timezone.now() - DRAFT_LIFE + timedelta(days=13))

    home = page(client, HOME)

    assert _needs(home) == {
        "Questions from service providers": "1 case",
        "Concerns after an appointment": "1 case",
        "Newer risk information in OASys": "1 case",
        "Steps overdue with the service provider": "1 case",
        "nDelius could not be updated": "1 case",
        "Drafts that will be deleted within 14 days": "1 draft",
    }
    leads = {
        line.a.get_text(strip=True): page(client, line.a["href"])
        for line in home.select("main li")
        if line.strong
    }
    names = {title: [link["href"] for link in soup.select("tbody th a")] for title, soup in leads.items()}
    assert names["Questions from service providers"] == [reverse("referrals:case_questions", args=[asked.pk])]
    assert names["Concerns after an appointment"] == [reverse("referrals:case_progress", args=[held.pk])]
    (row,) = _rows(leads["Questions from service providers"])
    assert row["Next step"] == "Answer the question Your turn"


@pytest.mark.slow
def test_looking_at_feedback_clears_it_for_whoever_looked(
    client: Client, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    case = _set(a_sent_referral(personas["pp"], crn=ADA), due_on=None)  # whom pp.colleague manages
    appointment = _session(case, happened=False, attended=False)
    other = _set(a_sent_referral(personas["pp"], crn=KEZIA), due_on=None)
    _session(other, happened=False, attended=False, notify_of_behaviour=True)
    assert _needs(page(client, HOME)) == {
        "Concerns after an appointment": "1 case",
        "Missed appointments": "2 cases",
    }

    page(client, reverse("referrals:case_appointment", args=[case.pk, appointment.pk]))
    page(client, reverse("referrals:case_appointment", args=[case.pk, appointment.pk]))

    assert _needs(page(client, HOME)) == {
        "Concerns after an appointment": "1 case",
        "Missed appointments": "1 case",
    }
    assert _needs(page(as_persona("pp.colleague"), HOME)) == {"Missed appointments": "1 case"}
    (seen,) = AuditEvent.objects.filter(action=AuditAction.FEEDBACK_SEEN)
    assert (seen.user, seen.referral, seen.facts) == (personas["pp"], case.pk, {"count": 1})

    mark_all = reverse("referrals:mark_seen", args=["missed"])
    assert page(client, _list("today", "?need=missed")).select_one(f"form[action='{mark_all}']")
    page.post(client, mark_all, {}, status=302)
    assert _needs(page(client, HOME)) == {}
    assert SeenFeedback.objects.filter(user=personas["pp"]).count() == 2
    page.post(client, reverse("referrals:mark_seen", args=["overdue"]), {}, status=404)


# --- Covering, and opening with a reason -------------------------------------------------------------


@pytest.mark.slow
def test_covering_for_a_colleague_of_the_team_shows_their_cases_for_a_working_day(
    client: Client, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    colleague = personas["pp.colleague"]
    theirs = a_sent_referral(personas["pp.barred"], crn=ADA)  # the colleague manages her
    sent = a_sent_referral(colleague, crn=OSKAR)
    Referral.objects.filter(pk=theirs.pk).update(created_by=personas["pp.barred"])
    own = a_sent_referral(personas["pp"], crn=KEZIA)
    progress = reverse("referrals:case_progress", args=[theirs.pk])
    assert "There are no colleagues you can cover for" in _text(page(client, COVER))
    page(client, progress, status=404)
    page(as_persona("pp.colleague"), HOME)  # nDelius says which team they are in

    page.post(client, COVER, {"colleague": str(colleague.pk)}, status=302)
    page.post(client, COVER, {"colleague": str(colleague.pk)}, status=302)

    assert Cover.objects.count() == 1
    listed = page(client, _list("open"))
    assert {row["Reference"] for row in _rows(listed)} == {own.reference, sent.reference, theirs.reference}
    assert f"You are covering for {colleague.display_name}" in _text(listed)
    mine = page(client, _list("open", f"?whose={colleague.pk}"))
    assert {row["Reference"] for row in _rows(mine)} >= {theirs.reference}
    page(client, progress)
    assert AuditEvent.objects.filter(action=AuditAction.COVER_BEGAN, user=personas["pp"]).count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
        page(as_persona("pp"), progress, status=404)
    page.post(client, reverse("referrals:stop_covering"), {}, status=302)
    page(client, progress, status=404)


@pytest.mark.slow
def test_nobody_covers_for_somebody_of_another_team(
    client: Client, as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    """Not by an id that was not offered, not while nDelius is silent, and not for somebody who left the team."""
    colleague, barred = personas["pp.colleague"], personas["pp.barred"]  # the latter manages nobody
    page(as_persona("pp.colleague"), HOME)
    page.post(client, COVER, {"colleague": str(barred.pk)}, status=422)
    User.objects.filter(pk=colleague.pk).update(ndelius_username="NOT.THERE")
    refused = page.post(client, COVER, {"colleague": str(colleague.pk)}, status=403)
    assert "You can only cover for someone in your team" in _text(refused)
    adapter.state().faults.append(Fault(Effect.STATUS, system="ndelius", status=503))
    page.post(client, COVER, {"colleague": str(colleague.pk)}, status=503)

    assert not Cover.objects.exists()


@pytest.mark.parametrize(
    ("mine", "theirs", "is_one"),
    [
        pytest.param(("N01A", "Team 1"), ("N01A", "Team 1"), True, id="one team"),
        pytest.param(
            ("N01A", "Team 1"), ("N01A", "Team one"), True, id="one team, called something else since"
        ),
        pytest.param(("N01A", "Team 1"), ("N01A", None), True, id="one team, without its name"),
        pytest.param(("N01A", "Team 1"), ("N02B", "Team 1"), False, id="two teams of one name"),
        pytest.param(
            (None, "Team 1"), (None, "Team 1"), False, id="one name, and nobody knows of which team"
        ),
        pytest.param(("N01A", "Team 1"), (None, "Team 1"), False, id="one of them without a code"),
        pytest.param(("N" * 61, "Team 1"), ("N" * 61, "Team 1"), False, id="no code at all"),
    ],
)
def test_a_team_is_one_by_its_code(
    personas: dict[str, User],
    monkeypatch: pytest.MonkeyPatch,
    mine: tuple[str | None, str | None],
    theirs: tuple[str | None, str | None],
    is_one: bool,
) -> None:
    me, colleague = personas["pp"], personas["pp.colleague"]
    teams = {me.ndelius_username: mine, colleague.ndelius_username: theirs}

    def officer(username: str) -> ResponsibleOfficer:
        code, name = teams[username]
        return ResponsibleOfficer(
            name="Somebody", username=username, team=name, team_code=code, pdu_code="N98"
        )

    monkeypatch.setattr(client_of_ndelius, "managed_crns", lambda username: frozenset({username}))
    monkeypatch.setattr(client_of_ndelius, "responsible_officer", officer)
    for user in (me, colleague):
        note_team(user)

    assert (colleague in colleagues_of(me)) is is_one
    if is_one:
        assert begin_cover(colleague=colleague, by=me).colleague == colleague
    else:
        with pytest.raises(Refused):
            begin_cover(colleague=colleague, by=me)


def test_what_was_opened_with_a_reason_stands_on_the_home_while_it_is_open(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    case = a_sent_referral(personas["pp"], crn=OSKAR)
    client = as_persona("pp.colleague")
    posted = {"crn": OSKAR, "reason": "I cover for a colleague."}
    page.post(client, reverse("referrals:open_by_crn"), posted, status=302)
    page.post(client, reverse("referrals:open_by_crn"), posted, status=302)

    home = page(client, HOME)
    assert [link["href"] for link in home.select("tbody th a")] == [
        reverse("referrals:case_progress", args=[case.pk])
    ]
    assert "Open cases (0)" in _text(home), "it is not theirs"
    with time_machine.travel(timezone.now() + timedelta(hours=12, minutes=1)):
        assert "Recently opened" not in _text(page(as_persona("pp.colleague"), HOME))


@pytest.mark.slow
def test_a_case_that_was_opened_and_then_blanked_stands_on_no_home(
    as_persona: SignIn, personas: dict[str, User], page: Page
) -> None:
    case = a_sent_referral(personas["pp"], crn=OSKAR)
    a_sent_referral(personas["pp.colleague"], crn=ADA)
    client = as_persona("pp.colleague")
    posted = {"crn": OSKAR, "reason": "I cover for a colleague."}
    page.post(client, reverse("referrals:open_by_crn"), posted, status=302)
    Referral.objects.filter(pk=case.pk).update(crn="", blanked_at=timezone.now())

    home = _text(page(client, HOME))
    assert "Recently opened" not in home
    assert "Open cases (1)" in home


# --- What it costs -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_desk_and_lists_cost_the_same_for_ten_cases_as_for_a_thousand(
    client: Client, personas: Any, page: Page
) -> None:
    """With limited access asked of nDelius for everybody on the desk, however many there are."""
    cases = Cases.of_the_demo()
    asked = "?sort=provider&overdue=YES"
    lists = [_list(one) + more for one in (*LISTS, "today") for more in ("", asked)]
    addresses = [
        HOME,
        *lists,
        *(_list("today", f"?need={one.slug}") for one in NEEDS),
        *(reverse("referrals:drafts") + more for more in ("", "?sort=name", "?search=1")),
    ]
    costs = []
    for many in (10, 1_000):
        cases.grow_to(many)
        client.get(HOME)
        client.post(_list("open"), {"terms": "brack"})
        client.post(reverse("referrals:drafts"), {"terms": "brack"})
        costs.append(
            {one: len(statements_of(client, one)) for one in (*addresses, _list("open", "?search=1"))}
        )

    assert len(_people(page(client, _list("open")))) == 50
    assert costs[0] == costs[1]
    assert max(costs[1].values()) <= 12
