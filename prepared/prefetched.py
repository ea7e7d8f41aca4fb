"""Rows that a prepared query read, put where Django keeps what it has prefetched.

``prefetch_related`` builds its queries anew for every use; a page that every draft opens asks with prepared ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Model


def keep_prefetched(instance: Model, name: str, rows: Iterable[Any]) -> None:
    """As if ``rows`` had been prefetched for ``instance``: they are all that ``instance.<name>`` has, in its order."""
    found = getattr(instance, name).get_queryset()
    found._result_cache = [*rows]
    found._prefetch_done = True
    held = vars(instance).setdefault("_prefetched_objects_cache", {})
    held[name] = found
