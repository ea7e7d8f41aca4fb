"""Sending a referral from the page "Check your answers"."""

from __future__ import annotations

from tests.browser.visitor import Visitor


def presses_send(me: Visitor) -> Visitor:
    """Send, past the page that names what nobody decided about, when there is such."""
    me.presses("Send the referral").looks()
    if me.heading.startswith("You have not decided about"):
        me.presses("Send without deciding").looks()
    return me
