"""A slow person is not a slow system; and nothing can be said of what is merely unknown (decisions R4, W6)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from risk.models import SectionState
from tests.factories.referrals import a_draft
from tests.stories.referring import SECTION_SLUGS, Practitioner
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
SLOW, OTHER = "X980030", "X980001"
OURS = "Written by the practitioner."


def text_of(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _of(client: Client, by: User, crn: str) -> Practitioner:
    return Practitioner(client, str(a_draft(by, crn=crn).pk))


@pytest.mark.slow
def test_one_slow_person_keeps_nobody_else_waiting(
    as_persona: AsPersona, personas: dict[str, User], settings: Settings
) -> None:
    # Given somebody whose OASys record is slow, looked at again and again
    settings.OASYS_TIMEOUTS, settings.UPSTREAM_BACKOFF = (1, 0.05, 0.05), 0
    client = as_persona("pp")
    slow, other = _of(client, personas["pp"], SLOW), _of(client, personas["pp"], OTHER)
    for _ in range(6):
        seen = slow.reviews_risk()

    # Then their page says so, says when to try again, and offers it
    assert "or try again in a minute." in text_of(seen)
    assert seen.find("a", string="Ask OASys again")["href"] == slow.address("risk_information")  # type: ignore[index]

    # And somebody else's is answered at once
    settings.OASYS_TIMEOUTS = (10, 20, 20)
    assert "Very high" in text_of(other.reviews_risk())

    # When nDelius is slow about one person's sentences, that page says when to try again, and offers it, too
    settings.NDELIUS_TIMEOUTS = (1, 0.05, 0.05)
    adapter.state().faults.append(Fault(Effect.HANG, path_regex="/convictions$", crn=SLOW))
    url = slow.address("relevant-sentence")
    asked = slow.open(url)
    said = "nDelius took too long to answer, so you cannot select a sentence now. Try again in a minute."
    assert said in text_of(asked)
    assert asked.select_one("#trouble a")["href"] == url  # type: ignore[index]

    # And what does not pass by itself is not offered again
    adapter.state().faults[:] = [Fault(Effect.STATUS, path_regex="/convictions$", status=403)]
    asked = other.open(other.address("relevant-sentence"))
    assert (
        "nDelius does not permit this, so you cannot select a sentence now. Tell the support team"
        in text_of(asked)
    )
    assert asked.select_one("#trouble a") is None


@pytest.mark.slow
def test_nobody_confirms_no_risk_while_oasys_cannot_be_reached(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    # Given OASys cannot be reached
    adapter.state().faults.append(Fault(Effect.RESET, system="oasys"))
    me = _of(as_persona("pp"), personas["pp"], OTHER)

    # When they open a section
    slug = SECTION_SLUGS[4]
    section = me.open(me.address("risk_section", slug))

    # Then "no identified risk" is not offered, and is refused however it is sent
    assert not section.select("button[value=none]")
    me.presses(slug, "none", status=403)
    assert me.draft.risk.sections.get(key=slug.replace("-", "_")).state == SectionState.UNREVIEWED

    # And they write what they know, or wait: once OASys answers, it is offered where OASys holds nothing
    me.edits(slug, OURS)
    assert me.draft.risk.sections.get(key=slug.replace("-", "_")).text == OURS
    adapter.reset()
    cache.clear()  # as half a minute later
    assert "OASys cannot be reached" not in text_of(me.reviews_risk())
