"""Fills a tree's empty database: the demo through the tree's own actions, then copies. Run with the tree's settings.

    python seeding.py --cases 60 --contracts 60 --sends 30

Prints the keys of what the pages open, as JSON. Module names differ between trees: they are tried in turn.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from importlib import import_module
from typing import Any
from uuid import NAMESPACE_URL, uuid5


def module(*names: str) -> Any:
    """The first of these modules that the tree has."""
    for name in names:
        try:
            return import_module(name)
        except ModuleNotFoundError as missing:
            if not name.startswith(str(missing.name)):
                raise
    raise LookupError(f"this tree has none of {', '.join(names)}")


def fill(*, cases: int, contracts: int, sends: int) -> dict[str, str]:
    """Make everything; returns which row is which."""
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from interventions.models import Contract
    from referrals.models import Referral

    many_cases = module("measurements.many_cases", "refer_monitor.many_cases")
    services = module("measurements.many_referrals.services", "refer_monitor.many.services")
    demo = module("demo.referrals", "referrals.demo")
    seeding = module("demo.seeding", "refer_monitor.demo")

    made = many_cases.Cases.of_the_demo()
    seeding.load_cases()
    author = User.objects.get(username="pp")
    half_filled = Referral.objects.get(form_key=demo.Case("X980001", "DEMO_0001", "", None).form_key)
    in_progress = Referral.objects.get(form_key=demo.Case("X980022", "DEMO_0002", "", None).form_key)
    drafts = {
        f"declared {number}": str(demo.make(_again(demo, number), author).pk) for number in range(sends)
    }
    made.grow_to(cases)
    if contracts:
        services.make(contracts=contracts, activities=contracts * 6, today=timezone.localdate())
    assert Contract.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {
        "draft": str(made.draft.pk),
        "half_filled": str(half_filled.pk),
        "received": str(made.sent.received_id),
        "in_progress": str(in_progress.received_id),
        **drafts,
    }


def _again(demo: Any, number: int) -> Any:
    """A draft that can be sent: the demo's own for this person, under another key."""

    class Again(demo.Case):
        form_key = property(lambda self: uuid5(NAMESPACE_URL, f"compared:{number}"))

    return Again("X980011", "DEMO_0002", "Wants to go back to work as a cook.", demo._as_in_oasys)


if __name__ == "__main__":
    parser = ArgumentParser()
    for name in ("--cases", "--contracts", "--sends"):
        parser.add_argument(name, type=int, required=True)
    options = parser.parse_args()
    sys.path.insert(0, ".")
    out, sys.stdout = sys.stdout, sys.stderr
    import django

    django.setup()
    print(json.dumps(fill(**vars(options))), file=out)
