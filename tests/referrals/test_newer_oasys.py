"""OASys after sending: what is compared, how often it is asked, what is kept, and what the page says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from integrations.failures import Trouble
from integrations.oasys.types import Level, NoRecord, NotPermitted, Risk, Unreachable
from monitoring.models import ReceivedReferral, Stage
from referrals.actions.check_oasys import check_oasys
from referrals.cases.newer_oasys import newer_oasys_among
from referrals.desk import oasys_checks
from referrals.models import OasysCheck, Referral
from referrals.tasks import check_oasys_of_cases
from risk.actions import pull_risk_information as pulling
from tests.conftest import Page
from tests.factories.referrals import a_sent_referral
from tests.factories.risk import Oasys, assessed, says

CANARY = "Wren Halloway"
CRN = "X980021"  # of no other test: what was made once is copied (tests.factories.copies)
HOME = "/probation-practitioner/"
Commits = Callable[..., Any]


@pytest.fixture
def commits(django_capture_on_commit_callbacks: Commits) -> Commits:
    """What is done once a request's work is committed: here, after the page was answered."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def oasys(monkeypatch: pytest.MonkeyPatch) -> Oasys:
    stands_in = Oasys()
    monkeypatch.setattr(pulling.client, "risk", stands_in)
    return stands_in


@pytest.fixture
def case(personas: dict[str, User], oasys: Oasys) -> Referral:
    """Worked from what OASys said at first."""
    return a_sent_referral(personas["pp"], crn=CRN)


@pytest.mark.parametrize(
    ("answer", "sections", "levels"),
    [
        pytest.param(assessed(), [], [], id="it says the same"),
        pytest.param(assessed(who_is_at_risk=says(None, CANARY)), ["who_is_at_risk"], [], id="another text"),
        pytest.param(assessed(suicide=says("YES", CANARY)), ["suicide"], [], id="another answer"),
        pytest.param(assessed(community={"Public": Level.HIGH}), [], ["Public"], id="another level"),
        pytest.param(
            assessed(custody={"Staff": Level.HIGH}, nature_of_risk=says(None, CANARY)),
            ["nature_of_risk"],
            ["Staff"],
            id="a text, and a level in custody",
        ),
        pytest.param(NotPermitted(), [], [], id="no permission"),
        pytest.param(NoRecord(), [], [], id="no record"),
    ],
)
def test_what_differs_is_known_by_name(
    case: Referral, oasys: Oasys, answer: Risk, sections: list[str], levels: list[str]
) -> None:
    oasys.answer = answer

    check = check_oasys(referral=case, by=case.created_by)

    assert (check.changed_sections, check.changed_levels) == (sections, levels)
    assert oasys.timeouts[-1] == pulling.LATER_TRY
    assert CANARY not in repr(OasysCheck.objects.values().get(referral=case))
    found = AuditEvent.objects.filter(action=AuditAction.RISK_NEWER_AFTER_SENDING, referral=case.pk)
    assert found.exists() is check.has_newer
    assert (case.pk in newer_oasys_among([case])) is check.has_newer


def test_it_is_asked_once_a_day_and_silence_forgets_nothing(case: Referral, oasys: Oasys) -> None:
    oasys.answer, before, now = assessed(self_harm=says("NO")), len(oasys.timeouts), timezone.now()
    for _ in range(2):
        check_oasys(referral=case, by=case.created_by, at=now)
    assert len(oasys.timeouts) == before + 1

    oasys.answer = NotPermitted()
    check = check_oasys(referral=case, by=case.created_by, at=now + timedelta(days=1))

    assert (check.answered, check.changed_sections) == (False, ["self_harm"])
    assert AuditEvent.objects.filter(action=AuditAction.RISK_NEWER_AFTER_SENDING).count() == 1


def test_of_two_at_once_one_asks(case: Referral, oasys: Oasys, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask_while_another_does(crn: str, *, asker: str = "", timeout: float | None = None) -> Risk:
        asked.append(crn)
        if len(asked) == 1:
            assert not check_oasys(referral=case, by=case.created_by).has_newer
        return assessed(suicide=says("YES", CANARY))

    monkeypatch.setattr(pulling.client, "risk", ask_while_another_does)

    assert check_oasys(referral=case, by=case.created_by).changed_sections == ["suicide"]
    assert len(asked) == 1


def test_opening_the_desk_has_each_case_checked_once_a_day_while_nobody_waits(
    personas: dict[str, User], oasys: Oasys, as_persona: Callable[[str], Client], page: Page, commits: Commits
) -> None:
    # Given three open cases, one that has ended, and one that was opened today
    pp, client = personas["pp"], as_persona("pp")
    *cases, ended, opened = [a_sent_referral(pp, crn=CRN) for _ in range(5)]
    ReceivedReferral.objects.unscoped().filter(key=ended.pk).update(stage=Stage.CANCELLED)
    check_oasys(referral=opened, by=pp)
    oasys.answer, before = assessed(suicide=says("YES", CANARY)), len(oasys.timeouts)

    # When the practitioner opens their desk
    with commits(execute=True):
        desk = page(client, HOME)
        assert len(oasys.timeouts) == before, "the page does not wait for OASys"

    # Then the three are checked, and the desk says so
    assert "We are checking OASys for 3 cases" in desk.select_one("#oasys-checks").get_text()
    assert {check.referral_id for check in OasysCheck.objects.all()} == {case.pk for case in (*cases, opened)}
    assert len(oasys.timeouts) == before + 3
    pulled = AuditEvent.objects.filter(action=AuditAction.RISK_PULLED, referral=cases[0].pk)
    assert pulled.latest("pk").user == pp

    # When they open it again, then it says what is newer, and nothing is asked
    cache.clear()
    with commits(execute=True):
        desk = page(client, HOME)
    assert desk.select_one("#oasys-checks") is None
    assert "Newer risk information in OASys: 3 cases" in " ".join(desk.main.get_text(" ").split()).replace(
        " :", ":"
    )
    assert len(oasys.timeouts) == before + 3


def test_the_desk_has_a_few_checked_at_once_and_leaves_a_silent_oasys_alone(
    personas: dict[str, User], oasys: Oasys, as_persona: Callable[[str], Client], page: Page, commits: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(oasys_checks, "MOST_AT_ONCE", 3)
    client = as_persona("pp")
    for _ in range(4):
        a_sent_referral(personas["pp"], crn=CRN)
    oasys.answer, before = Unreachable(Trouble.SLOW), len(oasys.timeouts)

    with commits(execute=True):
        desk = page(client, HOME)
        page(client, HOME)  # a second opening in the same minute starts nothing

    assert "for 3 cases" in desk.select_one("#oasys-checks").get_text()
    assert len(oasys.timeouts) == before + 2, (
        "after two without an answer, the third is left for another time"
    )
    cache.clear()
    oasys.answer = assessed()
    with commits(execute=True):
        assert "for 2 cases" in page(client, HOME).select_one("#oasys-checks").get_text()

    cache.clear()
    OasysCheck.objects.all().delete()
    monkeypatch.setattr(oasys_checks, "is_connected", lambda system: False)
    assert page(client, HOME).select_one("#oasys-checks") is None, "there is no OASys to ask"


@pytest.mark.parametrize("situation", ["account closed", "no longer theirs to see"])
def test_nothing_is_asked_for_who_may_not_see_the_person(
    case: Referral, oasys: Oasys, personas: dict[str, User], situation: str
) -> None:
    before, reader = len(oasys.timeouts), personas["pp.barred" if "see" in situation else "pp"]
    if situation == "account closed":
        User.objects.filter(pk=reader.pk).update(is_active=False)
    else:
        Referral.objects.filter(pk=case.pk).update(crn="X980017")

    check_oasys_of_cases(reader.pk, [str(case.pk)])

    assert len(oasys.timeouts) == before


def test_the_case_says_what_changed_and_leads_to_a_corrected_version(
    case: Referral, oasys: Oasys, as_persona: Callable[[str], Client], page: Page
) -> None:
    oasys.answer, client = assessed(suicide=says("YES", CANARY)), as_persona("pp")

    for name in ("case", "case_progress"):
        banner = page(client, reverse(f"referrals:{name}", args=[case.pk])).select_one("#newer-oasys")
        assert banner is not None
        assert "Concerns in relation to suicide" in banner.get_text()
        assert CANARY not in banner.get_text()
        link = banner.select_one("a")
        assert link is not None
        assert link["href"] == reverse("referrals:correct_risk", args=[case.pk])
