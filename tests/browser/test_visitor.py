"""A visitor notices what is wrong with a page: without this, every other test here could pass for nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.visitor import Visitor

ADD = "html => document.querySelector('main').append(document.createRange().createContextualFragment(html))"


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        pytest.param("<script>alert(1)</script>", "content security policy", id="an inline script"),
        pytest.param("<p style='color: red'>Red</p>", "content security policy", id="an inline style"),
        pytest.param("<img src='https://example.com/a.png' alt=''>", "content security policy", id="from elsewhere"),
        pytest.param("<img src='/assets/none.png' alt=''>", "none.png: 404", id="a missing file"),
        pytest.param("<img src='/assets/images/favicon.svg'>", "axe image-alt", id="no alternative text"),
        pytest.param(f"<pre>{'wide' * 200}</pre>", "wider than 400 pixels", id="too wide"),
        pytest.param("<input type='radio' aria-expanded='true' aria-label='One'>", "axe aria-allowed-attr",
                     id="an attribute that ARIA does not allow"),
    ],
)  # fmt: skip
def test_it_notices(chromium: Browser, live_server: object, html: str, fault: str) -> None:
    me = Visitor(chromium, live_server.url).opens("/cookies")  # type: ignore[attr-defined]
    me.page.evaluate(ADD, html)
    me.page.wait_for_load_state("networkidle")
    assert fault in "\n".join(me.looks().leaves())


def test_it_notices_script_errors_and_pages_that_fail(chromium: Browser, live_server: object) -> None:
    me = Visitor(chromium, live_server.url).opens("/cookies")  # type: ignore[attr-defined]
    me.page.evaluate("setTimeout(() => { throw new Error('broken') })")
    me.page.goto("/no-such-page")
    faults = "\n".join(me.leaves())
    assert "script error" in faults
    assert "404, which nobody expected" in faults


def test_a_good_page_has_no_fault(chromium: Browser, live_server: object) -> None:
    me = Visitor(chromium, live_server.url).opens("/cookies").looks()  # type: ignore[attr-defined]
    assert me.leaves() == []
