"""Sending one form twice makes one thing, and loses nothing: the second sending may say something else.

Every action that makes something takes the key of its form (``form_key``) and asks ``already_made`` before anything
else. The same key with the same content answers what was made; with other content it is refused, with both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, models, transaction

from accounts.models import User
from events.refusals import SentBefore
from govuk.template_filters import date as in_words
from govuk.template_filters import date_time
from govuk.text import with_plain_newlines

Row = TypeVar("Row", bound=models.Model)
FROM_ELSEWHERE = "This form was used for something else. Go back and start again."
SAYS_OTHER = "This was saved before, when the page was sent the first time. What you typed since is not saved."
#: What the parts of a form are called, where both sendings are shown.
CALLED = {
    "after": "Changed to",
    "about": "Part of the referral",
    "address_county": "County",
    "address_line_1": "Address line 1",
    "address_line_2": "Address line 2",
    "address_postcode": "Postcode",
    "address_town": "Town or city",
    "answer": "Answer",
    "attended": "The person came",
    "behaviour": "Behaviour",
    "body": "Case note",
    "caseworker_id": "Caseworker",
    "concerns": "Concerns",
    "contract_id": "Service",
    "correction_follows": "A corrected version will follow",
    "crn": "CRN",
    "from_date": "First day",
    "happened": "It happened",
    "how_they_responded": "How they responded",
    "is_group": "Group session",
    "kind": "What it is about this part",
    "late_reason": "Why they were late",
    "method": "How you meet",
    "minutes": "Length in minutes",
    "next_plans": "What is planned next",
    "no_attendance_information": "What you know about why they did not come",
    "no_session_details": "What happened",
    "no_session_reason": "Why it did not happen",
    "notify_of_behaviour": "Tell the probation practitioner about behaviour",
    "notify_of_concerns": "Tell the probation practitioner about concerns",
    "office_id": "Probation office",
    "outcome_id": "Desired outcome",
    "reason": "Reason",
    "reschedule_asked_by": "Who asked for the change",
    "reschedule_reason": "Reason for the change",
    "starts_at": "Date and time",
    "starts_on": "First day",
    "subject": "Subject",
    "tell_other_side": "Tell the other side by email",
    "text": "Text",
    "to_date": "Last day",
    "was_late": "They were late",
    "what_was_done": "What was done",
}


def already_made(
    rows: models.QuerySet[Row],
    form_key: UUID,
    *,
    of: Mapping[str, object],
    said: Mapping[str, object],
    named: Mapping[str, str] | None = None,
    key: str = "form_key",
) -> Row | None:
    """What this form made before, if anything. Call it with the case locked, and before the move is required.

    ``of``: columns that say whose it is, or of which case; ``said``: columns with what the form says; ``named``: words
    for codes. Raises SentBefore: for another ``of`` without a word of what was made there, for other words with both.
    """
    row = rows.filter(**{key: form_key}).first()
    if row is None:
        return None
    if any(getattr(row, name) != value for name, value in of.items()):
        raise SentBefore(FROM_ELSEWHERE)
    refuse_other_words(row, said, named=named)
    return row


def refuse_other_words(
    row: models.Model, said: Mapping[str, object], *, named: Mapping[str, str] | None = None
) -> None:
    """Raise SentBefore, with what is stored and what was typed, unless ``row`` says just that."""
    stored = {name: getattr(row, name) for name in said}
    if _plain(stored) == _plain(said):
        return
    words = {name: _words_for(row, name, named or {}) for name in said}
    raise SentBefore(
        SAYS_OTHER,
        stored=[(CALLED[name], words[name](value)) for name, value in stored.items()],
        typed=[(CALLED[name], words[name](value)) for name, value in said.items()],
    )


def insert(row: models.Model) -> None:
    """Store what a form makes on the case that is locked.

    Raises SentBefore when the same form makes something for another case at this very moment: the lock is on one only.
    """
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise SentBefore(FROM_ELSEWHERE) from None


def once(made: Callable[[], Row | None], make: Callable[[], Row]) -> Row:
    """What ``made`` finds, or else what ``make`` makes: for what is of no case, so that no lock keeps two apart."""
    if (already := made()) is not None:
        return already
    try:
        with transaction.atomic():
            return make()
    except IntegrityError:
        if (already := made()) is None:
            raise
        return already


def _plain(content: Mapping[str, object]) -> dict[str, object]:
    return {
        name: with_plain_newlines(value) if isinstance(value, str) else value
        for name, value in content.items()
    }


def _words_for(row: models.Model, name: str, named: Mapping[str, str]) -> Callable[[Any], str]:
    field = row._meta.get_field(name)
    related = field.related_model if field.is_relation else None
    labels = dict(getattr(field, "flatchoices", ()))

    def words(value: Any) -> str:
        if value is None or value == "":
            return "Nothing"
        if isinstance(related, type):
            return _name_of(related, value)
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, datetime):
            return date_time(value)
        if isinstance(value, date):
            return in_words(value)
        return named.get(value) or str(labels.get(value, value))

    return words


def _name_of(model: type[models.Model], pk: object) -> str:
    rows = model._base_manager.filter(pk=pk)
    if issubclass(model, User):  # never the whole row: the supplier's side has no right to read passwords
        person = rows.only("username", "first_name", "last_name").first()
        return person.display_name if isinstance(person, User) else "Nothing"
    return str(rows.first() or "Nothing")
