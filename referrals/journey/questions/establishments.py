"""What pages share that ask for an establishment: chosen from the list, typed only while there is no list."""

from __future__ import annotations

from typing import Any

from govuk.fields import AutocompleteField, TextField
from govuk.text import folded
from integrations.establishments import establishments
from integrations.failure_wording import System, said_of
from monitoring.handover import labels
from referrals.journey.pages import Found, Page
from referrals.journey.situation import Situation

INCOMPLETE = "so the list of establishments is incomplete."


def establishment_field(**words: Any) -> AutocompleteField:
    """One of the establishments there are."""
    return AutocompleteField(
        label=labels.ESTABLISHMENT,
        choices=(),
        error_messages={
            "required": "Select an establishment",
            "unknown": "Select an establishment from the list",
        },
        **words,
    )


def typed_establishment_field() -> TextField:
    """The establishment's name, while the list cannot be had."""
    return TextField(
        label=labels.ESTABLISHMENT,
        hint="We cannot show the list of establishments at the moment, so type the name.",
        max_length=200,
        error_messages={"required": "Enter the name of the establishment"},
    )


class EstablishmentsPage(Page):
    """A page with two fields for an establishment, of which it asks one."""

    names: dict[str, str]

    @classmethod
    def look_up(cls, situation: Situation, answers: Any) -> Found:
        """The prisons and secure children’s homes there are."""
        found = establishments()
        trouble = [
            said_of(System(words[:1].upper() + words[1:], words), why, INCOMPLETE)
            for words, why in found.missing
        ]
        return Found(found, trouble=" ".join(trouble))

    def asks_for(self, *, chosen: str, typed: str) -> str:
        """Keep one of the two fields, by whether there is a list; its name."""
        known = self.found.value.known if self.found.value else ()
        self.names = {one.id: one.name for one in sorted(known, key=lambda one: (folded(one.name), one.id))}
        asked, left_out = (chosen, typed) if self.names else (typed, chosen)
        del self.fields[left_out]
        if self.names:
            self.fields[chosen].choices = list(self.names.items())  # type: ignore[attr-defined]
        return asked
