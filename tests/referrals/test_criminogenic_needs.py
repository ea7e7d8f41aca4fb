"""The criminogenic needs page: what it says when OASys has nothing to show, and how needs are named and shared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from referrals.journey.criminogenic_needs import USUAL_NEEDS, needs_to_choose_from
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from tests.conftest import Page
from tests.factories.referrals import a_draft, a_draft_with_risk
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
SLUG = "criminogenic-needs"
NOT_COMPLETED = "OASys has no full assessment of this person’s needs from the last 55 weeks."


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def _says(page: Page, client: Client, draft: Referral) -> str:
    shown = page(client, f"/probation-practitioner/drafts/{draft.pk}/{SLUG}")
    return " ".join(
        " ".join(notice.get_text(" ").split()) for notice in shown.select("[aria-labelledby=trouble-title]")
    )


@pytest.mark.parametrize(
    ("crn", "knows_risk", "fault", "says"),
    [
        pytest.param("X980003", True, None, "OASys has no record of this person.", id="no record"),
        pytest.param("X980004", True, None, NOT_COMPLETED, id="no full assessment"),
        pytest.param(
            "X980003", False, None,
            "OASys has no record of this person, or no full assessment of their needs from the last 55 weeks.",
            id="one of the two, before risk was asked about",
        ),
        pytest.param("X980030", True, None, "OASys took too long to answer, so we cannot show", id="slow"),
        pytest.param(
            "X980001", True, {"effect": Effect.RESET}, "OASys cannot be reached, so we cannot show", id="silent"
        ),
        pytest.param(
            "X980001", True, {"effect": Effect.STATUS, "status": 200, "body": []},
            "OASys sent an answer that we cannot read, so we cannot show", id="unreadable",
        ),
        pytest.param(
            "X980001", True, {"effect": Effect.STATUS, "status": 403, "body": {}},
            "OASys does not permit you to see this person’s needs.", id="refused",
        ),
    ],
)  # fmt: skip
def test_silence_refusal_and_absence_are_told_apart_as_on_the_risk_page(
    as_persona: AsPersona, pp: User, page: Page, settings: Settings,
    crn: str, knows_risk: bool, fault: dict[str, Any] | None, says: str,
) -> None:  # fmt: skip
    settings.OASYS_TIMEOUTS = (1, 0.05, 0.05)
    settings.UPSTREAM_BACKOFF = 0
    draft = a_draft_with_risk(pp, crn=crn) if knows_risk else a_draft(pp, crn=crn)
    if fault:
        adapter.state().faults.append(Fault(path_regex="^/needs/", **fault))

    assert says in _says(page, as_persona("pp"), draft)


@pytest.mark.parametrize(
    ("given", "names"),
    [
        pytest.param([], list(USUAL_NEEDS.values()), id="no assessment"),
        pytest.param(
            [
                ("ALCOHOL_MISUSE", "Alcohol Misuse", "Identified"),
                ("ACCOMMODATION", "Accommodation", "Identified"),
            ],
            ["Accommodation", "Alcohol misuse"],
            id="the usual names, in the usual order",
        ),
        pytest.param(
            [("ATTITUDE", "Attitude", "Identified"), ("ACCOMMODATION", "Accommodation", "Not identified")],
            ["Attitude", "Accommodation"],
            id="identified first",
        ),
        pytest.param(
            [("NEW_SECTION", "A New Section", "Identified"), ("ATTITUDE", "Attitude", "Identified")],
            ["Attitude", "A New Section"],
            id="a section that we do not know",
        ),
    ],
)
def test_a_need_has_one_name_wherever_it_comes_from(
    given: list[tuple[str, str, str]], names: list[str]
) -> None:
    kept = {
        "needs": [{"section": section, "name": name, "status": status} for section, name, status in given]
    }

    assert [need.name for need in needs_to_choose_from(kept)] == names


@pytest.mark.parametrize(
    ("comment", "status"),
    [pytest.param("Loses tenancies.", 302, id="with a comment"), pytest.param("", 422, id="without")],
)
def test_each_need_that_is_shared_has_a_comment(
    as_persona: AsPersona, pp: User, comment: str, status: int
) -> None:
    """Decision F10."""
    draft = a_draft_with_risk(pp, crn="X980001")

    response = as_persona("pp").post(
        f"/probation-practitioner/drafts/{draft.pk}/{SLUG}",
        {"shared": ["ACCOMMODATION"], "comment_ACCOMMODATION": comment},
    )

    assert response.status_code == status
    draft.refresh_from_db()
    progress = MAKE_A_REFERRAL.on(draft, pp, timezone.localdate())
    placed = progress.find(SLUG)
    assert placed is not None
    assert progress.is_answered(placed) is (status == 302)
