"""A practitioner answers a question, once. What was shared stays as it is: a correction goes through the door."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import Refused
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions import transition as moving
from monitoring.actions.idempotency import refuse_other_words
from monitoring.models import Question, ReceivedReferral
from monitoring.rules.moves import Move

TO_ASKER = "email.answer_to_asker"


@transaction.atomic
def answer_question(
    *,
    received: ReceivedReferral,
    question_id: UUID,
    answer: str,
    correction_follows: bool,
    by: User,
    at: datetime | None = None,
) -> Question:
    """Keep the answer. The same answer again changes nothing; another one raises SentBefore, nothing is overwritten."""
    held = moving.begin(received, Move.ANSWER_QUESTION, by=by)
    if by.is_supplier:
        raise Refused("Only the probation practitioner can answer questions.", code="audience")
    question = held.questions.get(pk=question_id)
    if not question.is_waiting:
        refuse_other_words(question, {"answer": answer, "correction_follows": correction_follows})
        return question
    question.answer, question.correction_follows = answer, correction_follows
    question.answered_by, question.answered_at = by, at or timezone.now()
    question.save(update_fields=["answer", "correction_follows", "answered_by", "answered_at"])
    audit.record(
        AuditAction.QUESTION_ANSWERED,
        by=by,
        referral=held.pk,
        crn=held.crn,
        about=question.about,
        correction_follows=correction_follows,
    )
    outbox.enqueue(
        TO_ASKER,
        key=f"{TO_ASKER}:{question.pk}",
        referral=held.pk,
        receiver=caseworker_as_receiver(question.asked_by_id),
        payload={"question": str(question.pk)},
    )
    return question
