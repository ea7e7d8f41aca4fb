"""The whole demo, in order: reference data, people, contracts, grants; cases by the real actions; what stands around.

Safe to repeat. Refused outside demo mode.
"""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import CommandError

from demo import around_cases
from demo import referrals as cases
from demo import services as catalogue


def load() -> None:
    """Load everything that the demo needs. Raises CommandError outside demo mode."""
    load_people_and_catalogue()
    around_cases.put_the_author_where_emails_go()
    load_cases()
    around_cases.load()


def load_people_and_catalogue() -> None:
    """Reference data, people, providers, contracts and grants. Raises CommandError outside demo mode."""
    _only_in_demo_mode()
    catalogue.load()


def load_cases(*, only_fresh: bool = False) -> None:
    """Drafts and sent referrals, for people and contracts that are there. Raises CommandError outside demo mode.

    ``only_fresh``: without those on which a supplier has worked since.
    """
    _only_in_demo_mode()
    cases.load(cases.FRESH if only_fresh else None)


def _only_in_demo_mode() -> None:
    if not settings.DEMO_MODE:
        raise CommandError("Demo data is only for demo mode, and this installation is not in it.")
