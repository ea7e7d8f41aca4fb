"""OASys after sending: what is compared, how often it is asked, what is kept, and what the page says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from integrations.oasys.types import Level, NoRecord, NotPermitted, Risk
from referrals.actions.check_oasys import check_oasys
from referrals.cases.newer_oasys import newer_oasys_among
from referrals.models import OasysCheck, Referral
from risk.actions import pull_risk_information as pulling
from tests.conftest import Page
from tests.factories.referrals import a_sent_referral
from tests.factories.risk import Oasys, assessed, says

CANARY = "Wren Halloway"


@pytest.fixture
def oasys(monkeypatch: pytest.MonkeyPatch) -> Oasys:
    stands_in = Oasys()
    monkeypatch.setattr(pulling.client, "risk", stands_in)
    return stands_in


@pytest.fixture
def case(personas: dict[str, User], oasys: Oasys) -> Referral:
    """Worked from what OASys said at first."""
    return a_sent_referral(personas["pp"], crn="X980021")


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
