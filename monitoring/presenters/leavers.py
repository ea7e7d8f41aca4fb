"""Cases of people who have left, in words. Must not know how a list looks."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from govuk.choices import Choice
from govuk.template_filters import plural
from monitoring.access.staff_names import CLOSED, NO_ACCESS
from monitoring.models import ReceivedReferral, Stage
from monitoring.presenters.due import due_in_words


def choice(case: ReceivedReferral, *, today: datetime.date) -> Choice:
    """A case to be chosen: whose it is, who had it, and how it stands."""
    had = case.caseworker
    assert had is not None
    due = due_in_words(case.due_on, today=today).words
    return Choice(
        str(case.pk),
        f"{case.person_name}, {case.reference}",
        ". ".join(
            part
            for part in (
                f"Caseworker: {had.display_name} ({NO_ACCESS if had.is_active else CLOSED})",
                case.intervention_title,
                Stage(case.stage).label,
                f"Due {due}" if due else "",
            )
            if part
        ),
    )


def how_many(count: int) -> str:
    """What a list of cases says of them; nothing when there are none."""
    if not count:
        return ""
    who = "a caseworker who has" if count == 1 else "caseworkers who have"
    return f"{plural(count, 'open case')} assigned to {who} left"


def reassigned(count: int, name: str) -> str:
    """What was done."""
    return f"{plural(count, 'case')} reassigned to {name}. We will email them a link to each case."


def cannot_have(name: str, references: Collection[str]) -> str:
    """Why nothing was reassigned."""
    return f"{name} cannot see {', '.join(references)}. Select someone else, or clear those cases"
