"""Naming a back-up contact, for a practitioner who refers their own case and so cannot be it."""

from __future__ import annotations

from tests.browser.visitor import Visitor


def names_a_back_up_contact(me: Visitor) -> Visitor:
    """On the page that asks; it starts empty when the practitioner is the one who refers."""
    assert me.heading == "Who is the back-up contact for this referral?"
    assert me.page.get_by_label("Full name", exact=True).input_value() == ""
    me.fills("Full name", "Tabitha Oyelaran").fills("Email address", "tabitha.oyelaran@example.org")
    return me.presses("Save and continue")
