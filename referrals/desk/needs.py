"""What needs a practitioner today: each kind of thing is a condition on the cases of their desk.

To add a kind, write a function that says for which cases it holds and add it to ``NEEDS``. All kinds are counted in one
statement, and each is a filter of the lists. Knows no page and no words but the names of the kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from events.models import NDELIUS, OutboxEntry
from monitoring.models import Feedback, Question, Turn
from monitoring.models.appointments import FeedbackQuerySet
from monitoring.rules.stages import ENDED
from referrals.models import CaseCheck, OasysCheck, SeenFeedback


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks (the id of the user), and on which day."""

    user: int
    today: date


@dataclass(frozen=True, slots=True)
class Need:
    """One kind. ``informs``: it is done once it was looked at; every other ends when what it points to is done."""

    slug: str
    title: str
    holds: Callable[[Asking], Q]
    leads_to: str = "referrals:case_progress"
    informs: bool = False


#: Said by the three stages at which it is not: shorter than by the eight at which it is.
IS_OPEN = ~Q(stage__in=ENDED)


def waits_for_answer() -> Q:
    """A question of the service provider does, whoever asks."""
    return Q(Exists(Question.objects.unscoped().waiting().filter(received=OuterRef("pk"))))


def _asked(asking: Asking) -> Q:
    return waits_for_answer()


def _concerns(asking: Asking) -> Q:
    return Q(Exists(unseen_feedback(asking.user).filter(CONCERNS, appointment__received=OuterRef("pk"))))


def _missed(asking: Asking) -> Q:
    return Q(Exists(unseen_feedback(asking.user).filter(MISSED, appointment__received=OuterRef("pk"))))


def _overdue(asking: Asking) -> Q:
    return IS_OPEN & Q(whose_turn=Turn.SUPPLIER, due_on__lt=asking.today)


def _not_in_ndelius(asking: Asking) -> Q:
    given_up = OutboxEntry.objects.filter(receiver=NDELIUS, state=OutboxEntry.State.GIVEN_UP)
    return Q(Exists(given_up.filter(referral=OuterRef("key"))))


def _newer_oasys(asking: Asking) -> Q:
    newer = OasysCheck.objects.exclude(changed_sections=[], changed_levels=[])
    return Q(Exists(newer.filter(referral=OuterRef("key")))) & IS_OPEN


def _records(asking: Asking) -> Q:
    found = CaseCheck.objects.filter(~Q(differs=[]) | Q(not_found_at__isnull=False))
    return Q(Exists(found.filter(referral=OuterRef("key")))) & IS_OPEN


def due_in_oasys(beginning: datetime) -> Q:
    """An open case that was not checked since (decision 25)."""
    checked = OasysCheck.objects.filter(referral=OuterRef("key"), checked_at__gte=beginning)
    return ~Q(Exists(checked)) & IS_OPEN


CONCERNS = Q(notify_of_concerns=True) | Q(notify_of_behaviour=True)
MISSED = Q(attended=False)
NEEDS = (
    Need("questions", "Questions from service providers", _asked, leads_to="referrals:case_questions"),
    Need("concerns", "Concerns after an appointment", _concerns, informs=True),
    Need("missed", "Missed appointments", _missed, informs=True),
    Need("oasys", "Newer risk information in OASys", _newer_oasys, leads_to="referrals:case"),
    Need("records", "Details that changed in nDelius or prison records", _records, leads_to="referrals:case"),
    Need("overdue", "Steps overdue with the service provider", _overdue),
    Need("ndelius", "nDelius could not be updated", _not_in_ndelius, leads_to="referrals:case"),
)
BY_SLUG = {one.slug: one for one in NEEDS}
#: Which feedback a kind that informs points to.
POINTS_TO = {"concerns": CONCERNS, "missed": MISSED}


def unseen_feedback(user: User | int) -> FeedbackQuerySet:
    """Submitted feedback that ``user`` has not looked at."""
    seen = SeenFeedback.objects.filter(user=user, feedback=OuterRef("pk"))
    return Feedback.objects.unscoped().submitted().exclude(Exists(seen))
