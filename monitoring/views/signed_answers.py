"""Answers that a page carries on to the next one without being stored: signed, for one person and one case, for a day.

Nothing is kept in the web session or the database until the last page is sent.
"""

from __future__ import annotations

from typing import Any

from django.core import signing

from events.refusals import Gone

A_DAY = 24 * 60 * 60  # seconds; live service: a draft of an appointment holds a day
TOO_OLD = "This page is more than a day old, or part of it was not sent. Go back to the case and start again."


def carry(answers: dict[str, Any], *, about: str) -> str:
    """The answers as text for a hidden box. ``about`` says whose they are and of what; they open for that only."""
    return signing.dumps(answers, salt=f"monitoring.views.signed_answers:{about}", compress=True)


def carried(text: str, *, about: str) -> dict[str, Any]:
    """The answers of a hidden box. Raises Gone when they are too old, or not what we wrote."""
    try:
        answers: dict[str, Any] = signing.loads(
            text, salt=f"monitoring.views.signed_answers:{about}", max_age=A_DAY
        )
    except signing.BadSignature:
        raise Gone(TOO_OLD) from None
    return answers
