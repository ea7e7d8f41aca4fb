"""A sentence said on the next page: what was just done, or what could not be."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest


class Said(str):
    """What is to be said on a page; ``is_warning`` when it is no success."""

    is_warning = False


def say(request: HttpRequest, sentence: str, *, is_warning: bool = False) -> None:
    """Keep a sentence for the next page. Our own words only, never text of a case."""
    if sentence:
        messages.add_message(request, messages.WARNING if is_warning else messages.INFO, sentence)


def said(request: HttpRequest) -> Said:
    """What is to be said, once."""
    found = list(messages.get_messages(request))
    sentence = Said(" ".join(str(message) for message in found))
    sentence.is_warning = any(message.level == messages.WARNING for message in found)
    return sentence
