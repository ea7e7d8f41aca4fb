"""A supplier asks about a part of what was shared."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import Refused
from monitoring.actions import transition as moving
from monitoring.actions.idempotency import already_made, insert
from monitoring.models import Question, ReceivedReferral
from monitoring.rules.moves import Move
from monitoring.rules.question_parts import parts_of

TO_PRACTITIONER = "email.question_to_practitioner"


@transaction.atomic
def ask_question(
    *,
    received: ReceivedReferral,
    about: str,
    kind: str,
    text: str,
    form_key: UUID,
    by: User,
    at: datetime | None = None,
) -> Question:
    """Keep the question; the same form again answers the one that is there, or raises SentBefore for other words."""
    held = moving.hold(received, by=by)
    parts = parts_of(held.services.all())
    already = already_made(
        Question.objects.unscoped(),
        form_key,
        of={"received_id": held.pk, "asked_by_id": by.pk},
        said={"about": about, "kind": kind, "text": text},
        named=parts,
    )
    if already is not None:
        return already
    moving.require(held, Move.ASK_QUESTION)
    if about not in parts:
        raise Refused("This part is not in the referral.", code="part")
    question = Question(
        form_key=form_key,
        received=held,
        about=about,
        kind=Question.Kind(kind),
        text=text,
        asked_by=by,
        asked_at=at or timezone.now(),
    )
    insert(question)
    audit.record(
        AuditAction.QUESTION_ASKED, by=by, referral=held.pk, crn=held.crn, about=about, kind=question.kind
    )
    outbox.enqueue(
        TO_PRACTITIONER,
        key=f"{TO_PRACTITIONER}:{question.pk}",
        referral=held.pk,
        payload={"question": str(question.pk)},
    )
    return question
