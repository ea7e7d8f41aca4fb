"""A sentence said on the supplier's next page: what was just done."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest


def say(request: HttpRequest, sentence: str) -> None:
    """Keep a sentence for the next page. Our own words only, never text of a case."""
    messages.success(request, sentence)


def said(request: HttpRequest) -> str:
    """What is to be said, once."""
    return " ".join(str(message) for message in messages.get_messages(request))
