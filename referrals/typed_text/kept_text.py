"""What practitioners type and do not save: the pages of drafts and cases that take text, and whose it is.

The mechanism is ``accounts.kept_text``, shared with the supplier's side; the table is this side's own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest
from django.urls import ResolverMatch

from accounts.kept_text import keeping
from accounts.kept_text.keeping import forget, keep_unsaved
from accounts.kept_text.models import TypedText
from accounts.kept_text.offering import as_opened, differing, offered, shows
from accounts.kept_text.posted import TOKEN_FIELD, Author
from accounts.kept_text.rooms import Closed, Fields, NotTheirs, Room
from accounts.models import User
from encryption import referral_keys
from events import audit
from events.models import AuditAction
from prepared.queries import PreparedQuery
from referrals.access.limited_access import visible_among
from referrals.access.scope import may_follow
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import KeptText, Referral
from risk.models import RiskInformation, SectionKey

__all__ = [
    "TOKEN_FIELD",
    "PractitionerRoom",
    "as_opened",
    "author_token",
    "carried",
    "differing",
    "forget",
    "keep_unsaved",
    "kept_for",
    "offered",
    "typed_elsewhere",
]
QUESTIONS = frozenset(step.slug for step, _ in MAKE_A_REFERRAL.declared_steps() if not step.page.view_name)
OF_DRAFTS = QUESTIONS | {"risk_edit", "risk_section", "practitioner_change", "sensitive_details"}
OF_CASES = frozenset(
    {
        "add_case_note", "answer_question", "ask_for_plan_change", "change_case", "change_case_service", "end_case",
        "recall_risk",
    }
)  # fmt: skip
OF_CORRECTIONS = frozenset({"correction", "correction_edit", "correction_section"})
OF_NO_CASE = frozenset({"open_by_crn"})
KEEPING = OF_DRAFTS | OF_CASES | OF_CORRECTIONS | OF_NO_CASE
OF_SECTIONS = frozenset({"risk_section", "correction_section"})


class PractitionerRoom(Room):
    """Text on pages of their own drafts, and of sent cases that they opened."""

    name = "referrals"
    model = KeptText

    def case_of(self, match: ResolverMatch) -> str | None:
        """The referral in the page's address; none on the page that opens a case."""
        if match.namespace != self.name or match.url_name not in KEEPING:
            return None
        if match.url_name in OF_SECTIONS and all(key.slug != match.kwargs["slug"] for key in SectionKey):
            return None
        return str(match.kwargs.get("referral_id", ""))

    def place(self, user: User, case: str, match: ResolverMatch) -> dict[str, Any]:
        """Under the referral: a draft of theirs that was not sent, or a sent one that they could open."""
        if not user.is_practitioner:
            raise NotTheirs
        if match.url_name in OF_NO_CASE:
            return {"referral": None}
        if match.url_name in OF_CORRECTIONS:
            return _place_of_correction(user, UUID(case), match.kwargs["correction_id"])
        if match.url_name in OF_CASES:
            referral = Referral.objects.sent().only("crn").filter(pk=UUID(case)).first()
        else:
            # Locked: while it is being sent, its source text is deleted, and nothing may be kept beside that.
            referral = next(iter(_OWN_LOCKED.rows(user=user.pk, key=UUID(case))), None)
            if referral is not None and referral.is_sent:
                raise Closed
            if referral is not None:
                referral_keys.came_with(referral, is_locked=True)
        if referral is None:
            raise NotTheirs
        return {"referral": referral}

    def locks(self, match: ResolverMatch) -> bool:
        """A draft or a corrected version is one author's; a sent case is many people's, and is not locked."""
        return match.url_name in OF_DRAFTS | OF_CORRECTIONS

    def may_read(self, kept: TypedText) -> bool:
        """While they may see the person, and the draft is theirs or the case one they follow."""
        assert isinstance(kept, KeptText)
        if kept.referral is None:
            return True
        is_theirs = kept.referral.created_by_id == kept.user_id or may_follow(kept.user, kept.referral)
        return is_theirs and bool(visible_among(kept.user, [kept.referral.crn]))

    def record(self, kept: TypedText) -> None:
        """For the referral, if it has one."""
        assert isinstance(kept, KeptText)
        is_signed_out = kept.cause == KeptText.Cause.SIGNED_OUT
        action = AuditAction.TEXT_KEPT_AT_SIGN_OUT if is_signed_out else AuditAction.TEXT_AUTOSAVED
        crn = kept.referral.crn if kept.referral else ""
        audit.record(action, by=kept.user, referral=kept.referral_id, crn=crn)

    def not_ended_otherwise(self) -> models.QuerySet[TypedText]:
        """Text of drafts and corrected versions stays as long as they do; sharing and deleting them delete the text."""
        of_cases = Q(referral__sent_at__isnull=False, key_of=F("referral"))
        return self.rows().filter(Q(referral=None) | of_cases)

    def adds_up(self, match: ResolverMatch) -> bool:
        """Details that may be sensitive are shown in pages, and by what was just saved."""
        return match.url_name == "sensitive_details"

    def left_over(self, match: ResolverMatch, kept: Fields, saved: Collection[str]) -> Fields:
        """The details of the other pages."""
        return {name: values for name, values in kept.items() if self.adds_up(match) and name not in saved}


#: Asked inside the transaction of ``keeping.write``, which holds the lock until the text is kept.
_OWN_LOCKED = PreparedQuery(
    lambda user, key: referral_keys.with_keys(
        Referral.objects.select_for_update().filter(created_by=user, pk=key).only("crn", "sent_at")
    )
)


def _place_of_correction(user: User, referral_id: UUID, correction_id: UUID) -> dict[str, Any]:
    """Under the referral, and the corrected version's own key. Locked: while it is shared, its text is deleted."""
    own = RiskInformation.objects.select_for_update().filter(corrects=referral_id, owner=user)
    correction = own.only("purged_at").filter(pk=correction_id).first()
    referral = Referral.objects.sent().only("crn").filter(pk=referral_id).first()
    if correction is None or referral is None:
        raise NotTheirs
    if correction.purged_at is not None:
        raise Closed
    return {"referral": referral, "key_of": correction_id}


def author_token(user: User, draft: Referral) -> str:
    """What a page of a draft carries: who opened it, signed."""
    return Author(user.pk, PractitionerRoom.name, str(draft.pk)).token()


def kept_for(request: HttpRequest, user: User) -> KeptText | None:
    """What this practitioner typed on the requested page and did not save."""
    return _of_ours(keeping.kept_for(request, user))


def typed_elsewhere(request: HttpRequest, user: User) -> KeptText | None:
    """Other text that another tab typed on the posted page since it was shown."""
    return _of_ours(keeping.typed_elsewhere(request, user))


def _of_ours(kept: TypedText | None) -> KeptText | None:
    assert kept is None or isinstance(kept, KeptText)
    return kept


def carried(request: HttpRequest, draft: Referral, kept: TypedText | None) -> dict[str, object]:
    """Note which kept text the page shows. What its forms carry is added to every one of them (``csrf_input``)."""
    shows(request, kept)
    return {}
