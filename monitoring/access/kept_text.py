"""What supplier staff type and do not save: the pages of a case that take text, and whose it is.

The mechanism is ``accounts.kept_text``, shared with the practitioner's side; the table is this side's own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.urls import ResolverMatch

from accounts.kept_text.models import TypedText
from accounts.kept_text.posted import texts_in
from accounts.kept_text.rooms import Fields, NotTheirs, Room
from accounts.models import User
from events import audit
from events.models import AuditAction
from monitoring.models import KeptPost, ReceivedReferral

#: Pages that offer typed text back; each renders its form with ``render_form``.
PAGES = frozenset(
    {
        "choose_caseworker",
        "add_case_note",
        "ask_question",
        "add_activity",
        "change_activity",
        "action_plan_sessions",
        "report_outcome",
        "report_further_information",
        "pause_case",
        "resume_case",
        "arrange_assessment",
        "arrange_session",
        "arrange_sessions",
        "attendance",
        "feedback",
    }
)


class SupplierRoom(Room):
    """Text on pages of a case on a contract of theirs."""

    name = "monitoring"
    model = KeptPost

    def case_of(self, match: ResolverMatch) -> str | None:
        """The case in the page's address."""
        if match.namespace != self.name or match.url_name not in PAGES:
            return None
        return str(match.kwargs["received_id"])

    def adds_up(self, match: ResolverMatch) -> bool:
        """Several sessions, or an appointment in the past, are arranged on several pages at one address, and saved on
        the last.

        What is asked after an appointment depends on whether it happened: a form for each answer, all at one address.
        """
        return match.url_name in ("arrange_assessment", "arrange_session", "arrange_sessions", "feedback")

    def left_over(self, match: ResolverMatch, kept: Fields, saved: Collection[str]) -> Fields:
        """What was written in the form for another answer about attendance."""
        if match.url_name != "feedback":
            return {}
        return {
            name: values for name, values in kept.items() if name not in saved and texts_in({name: values})
        }

    def place(self, user: User, case: str, match: ResolverMatch) -> dict[str, Any]:
        """Under the case, while they may see it."""
        received = ReceivedReferral.objects.open_to(user).filter(pk=UUID(case)).first() if case else None
        if received is None or not user.is_supplier:
            raise NotTheirs
        return {"received": received}

    def may_read(self, kept: TypedText) -> bool:
        """While the case is on a contract of theirs."""
        assert isinstance(kept, KeptPost)
        return ReceivedReferral.objects.open_to(kept.user).filter(pk=kept.received_id).exists()

    def record(self, kept: TypedText) -> None:
        """For the case."""
        assert isinstance(kept, KeptPost)
        is_signed_out = kept.cause == KeptPost.Cause.SIGNED_OUT
        action = AuditAction.TEXT_KEPT_AT_SIGN_OUT if is_signed_out else AuditAction.TEXT_AUTOSAVED
        audit.record(action, by=kept.user, referral=kept.received_id, crn=kept.received.crn)
