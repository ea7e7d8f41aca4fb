"""Writing a case note: by either side, at every stage, once for each form, and for good."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Audience, User
from events import audit, outbox
from events.models import AuditAction
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions import transition as moving
from monitoring.actions.idempotency import already_made, insert
from monitoring.models import CaseNote, ReceivedReferral
from monitoring.rules.moves import Move

TO_CASEWORKER = "email.case_note_to_caseworker"
TO_PRACTITIONER = "email.case_note_to_practitioner"


@transaction.atomic
def write_case_note(
    *,
    received: ReceivedReferral,
    subject: str,
    body: str,
    tell_other_side: bool,
    form_key: UUID,
    by: User,
    at: datetime | None = None,
) -> CaseNote:
    """Keep the note; the same form again answers the note that is there, or raises SentBefore for other words.

    The case's stage does not follow from notes, so it is not worked out anew.
    """
    held = moving.hold(received, by=by)
    already = already_made(
        CaseNote.objects.unscoped(),
        form_key,
        of={"received_id": held.pk, "written_by_id": by.pk},
        said={"subject": subject, "body": body, "tell_other_side": tell_other_side},
    )
    if already is not None:
        return already
    moving.require(held, Move.WRITE_CASE_NOTE)
    note = CaseNote(
        form_key=form_key,
        received=held,
        subject=subject,
        body=body,
        written_by=by,
        side=Audience(by.audience),
        written_at=at or timezone.now(),
        tell_other_side=tell_other_side,
    )
    insert(note)
    audit.record(
        AuditAction.CASE_NOTE_WRITTEN, by=by, referral=held.pk, crn=held.crn, tells_other_side=tell_other_side
    )
    if tell_other_side:
        _tell(note, held, by)
    return note


def _tell(note: CaseNote, held: ReceivedReferral, by: User) -> None:
    """An email to the other side."""
    kind = TO_PRACTITIONER if by.is_supplier else TO_CASEWORKER
    outbox.enqueue(
        kind,
        key=f"{kind}:{note.pk}",
        referral=held.pk,
        receiver="" if by.is_supplier else caseworker_as_receiver(held.caseworker_id),
        payload={"case_note": str(note.pk)},
    )
