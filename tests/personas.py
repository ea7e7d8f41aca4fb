"""The people of the demo, as the tests call them: one row a person, named by the key that tests use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who uses the service, or nobody (``anonymous``)."""

    key: str
    is_practitioner: bool = False
    is_supplier: bool = False
    is_administrator: bool = False

    @property
    def is_signed_in(self) -> bool:
        """False for the one who is not."""
        return self.key != "anonymous"


PERSONAS = (
    Persona("pp", is_practitioner=True),
    Persona("pp.colleague", is_practitioner=True),
    Persona("pp.barred", is_practitioner=True),
    Persona("sp.caseworker", is_supplier=True),
    Persona("sp.manager", is_supplier=True),
    Persona("sp.other", is_supplier=True),
    Persona("sp.nogrant", is_supplier=True),
    Persona("admin", is_administrator=True),
    Persona("anonymous"),
)
BY_KEY = {persona.key: persona for persona in PERSONAS}
