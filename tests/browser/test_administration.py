"""Administrators' lists: no column is cut off on a desktop, and no page is wider than a phone."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import admin
from django.urls import reverse

from accounts.models import User
from tests.browser.visitor import DESKTOP, PHONE, WIDER_THAN_WINDOW, Visitor
from tests.factories.referrals import a_sent_referral

CUT_OFF = """() => [...document.querySelectorAll(".results")].filter((list) => list.scrollWidth > list.clientWidth)
  .map((list) => `the list is ${list.scrollWidth} wide, in ${list.clientWidth}`)"""
#: How many rows the lists have to have between them, so that they are looked at with something in them.
FEW_ROWS = 100


def test_no_column_of_an_administrators_list_is_cut_off(
    visitor: Callable[..., Visitor], personas: dict[str, User]
) -> None:
    a_sent_referral(personas["pp"])
    me, rows, faults = visitor().signs_in("admin"), 0, []

    for model in admin.site._registry:
        me.opens(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"))
        rows += me.page.locator("#result_list tbody tr").count()
        for width, measure in ((DESKTOP, CUT_OFF), (PHONE, WIDER_THAN_WINDOW)):
            me.page.set_viewport_size({"width": width, "height": 900})
            faults += [f"{model._meta.label} at {width}: {fault}" for fault in me.page.evaluate(measure)]

    assert rows > FEW_ROWS
    assert faults == []
