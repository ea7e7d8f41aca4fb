"""What is typed on the feedback page and not sent. The page is about no case, and for everybody."""

from __future__ import annotations

from typing import Any

from django.urls import ResolverMatch

from accounts.kept_text.models import TypedText
from accounts.kept_text.rooms import Room
from accounts.models import KeptFeedback, User


class FeedbackRoom(Room):
    """One page."""

    name = "feedback"
    model = KeptFeedback

    def case_of(self, match: ResolverMatch) -> str | None:
        """Of none."""
        return "" if match.view_name == "accounts:feedback" else None

    def place(self, user: User, case: str, match: ResolverMatch) -> dict[str, Any]:
        """Nothing to lock."""
        return {}

    def may_read(self, kept: TypedText) -> bool:
        """Always."""
        return True

    def record(self, kept: TypedText) -> None:
        """Nothing: the audit trail is about cases."""
