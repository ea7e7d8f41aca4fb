"""A question that an answer opens: shown and hidden with the answer, with nothing said that ARIA does not allow."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from playwright.sync_api import expect

from tests.browser import prepared
from tests.browser.visitor import Visitor


def test_an_answer_opens_its_question(
    visitor: Callable[..., Visitor], as_persona: Callable[[str], Client]
) -> None:
    draft = prepared.draft(as_persona, "X980001").draft
    me = visitor().signs_in("pp").opens(f"/probation-practitioner/drafts/{draft.pk}/responsibilities")
    opened = me.page.locator("textarea[name=when_unavailable]")
    expect(opened).to_be_hidden()

    me.chooses("Yes").looks()
    expect(opened).to_be_visible()
    assert me.page.locator("input[type=radio][aria-controls]").count() == 1
    assert me.page.locator("input[type=radio][aria-expanded]").count() == 0

    me.chooses("No").looks()
    expect(opened).to_be_hidden()
