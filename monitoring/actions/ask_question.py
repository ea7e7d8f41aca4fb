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
from monitoring.actions.idempotency import already_made
from monitoring.models import Question, ReceivedReferral
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
    """Keep the question; the same ``form_key`` again answers the question that is there."""
    held = moving.begin(received, "ask_question", by=by)
    already = already_made(Question, form_key, held=held)
    if already is not None:
        return already
    if about not in parts_of(held):
        raise Refused("This referral has no such part.", code="part")
    question = Question(
        form_key=form_key,
        received=held,
        about=about,
        kind=Question.Kind(kind),
        text=text,
        asked_by=by,
        asked_at=at or timezone.now(),
    )
    question.save(force_insert=True)
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
