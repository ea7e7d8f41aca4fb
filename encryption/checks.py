"""Outer keys that cannot be read fail at start-up, by Django's system checks, and not when text is first saved."""

from __future__ import annotations

from typing import Any

from django.core.checks import Error, register

from encryption.outer_keys import OuterKeysAreWrong, outer_keys


@register("encryption")
def check_outer_keys(app_configs: Any, **kwargs: Any) -> list[Error]:
    """There is at least one, and each can be read."""
    try:
        outer_keys()
    except OuterKeysAreWrong as wrong:
        return [Error(str(wrong), hint="See docs/settings.md.", id="encryption.E001")]
    return []
