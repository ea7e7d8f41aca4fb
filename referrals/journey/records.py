"""What nDelius and the prison records said of a case, kept plainly on the draft. Offered to confirm; never shared.

Knows no client and no page: values in, values out.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from integrations.ndelius.types import ResponsibleOfficer
from integrations.prisoner_search.types import Custody


@dataclass(frozen=True, slots=True)
class OfficerInNdelius:
    """The community practitioner as nDelius names them; everything is empty when it names nobody."""

    name: str = ""
    email: str = ""
    phone: str = ""
    team_phone: str = ""
    pdu: str = ""
    is_allocated: bool = False
    unread: tuple[str, ...] = ()  # names of the fields that nDelius sent in a way that cannot be read

    @classmethod
    def of(cls, officer: ResponsibleOfficer) -> OfficerInNdelius:
        """From nDelius's answer. A placeholder for "unallocated" names nobody, but its PDU counts."""
        unread = tuple(sorted(officer.unread & {"name", "email", "phone", "team_phone", "pdu"}))
        if officer.unallocated:
            return cls(pdu=_said(officer.pdu), unread=unread)
        return cls(
            name=_said(officer.name),
            email=_said(officer.email),
            phone=_said(officer.phone),
            team_phone=_said(officer.team_phone),
            pdu=_said(officer.pdu),
            is_allocated=True,
            unread=unread,
        )

    @classmethod
    def from_kept(cls, kept: dict[str, Any] | None) -> OfficerInNdelius | None:
        """What stands on the draft, or None when nDelius was not asked with success."""
        return cls(**{**kept, "unread": tuple(kept.get("unread", ()))}) if kept is not None else None

    def as_kept(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "unread": list(self.unread)}


def _said(value: str | None) -> str:
    """A detail, or nothing for the word of a machine that had none (live service: "undefined" was stored)."""
    plain = (value or "").strip()
    return "" if plain.lower() in ("undefined", "null", "none") else plain


@dataclass(frozen=True, slots=True)
class CustodyFacts:
    """Where the prison records have the person, and the release date they expect."""

    asked_at: datetime
    prison_number: str = ""
    establishment_code: str = ""
    release_date: date | None = None
    release_date_is_confirmed: bool = False
    unread: tuple[str, ...] = ()  # what they said in a way that cannot be read

    @classmethod
    def of(cls, custody: Custody | None, at: datetime) -> CustodyFacts:
        """From the prisoner search's answer; None: nobody with such a number."""
        if custody is None:
            return cls(asked_at=at)
        return cls(
            asked_at=at,
            prison_number=custody.prison_number,
            establishment_code=custody.establishment_id or "",
            release_date=custody.release_date,
            release_date_is_confirmed=custody.release_date_is_confirmed,
            unread=tuple(sorted(custody.unread)),
        )

    @classmethod
    def from_kept(cls, kept: dict[str, Any] | None) -> CustodyFacts | None:
        """What stands on the draft, or None when the records were not asked with success."""
        if kept is None:
            return None
        released = kept["release_date"]
        return cls(
            asked_at=datetime.fromisoformat(kept["asked_at"]),
            prison_number=kept["prison_number"],
            establishment_code=kept["establishment_code"],
            release_date=date.fromisoformat(released) if released else None,
            release_date_is_confirmed=kept["release_date_is_confirmed"],
            unread=tuple(kept.get("unread", ())),
        )

    def as_kept(self) -> dict[str, Any]:
        """As plain values."""
        return {
            "asked_at": self.asked_at.isoformat(),
            "prison_number": self.prison_number,
            "establishment_code": self.establishment_code,
            "release_date": self.release_date.isoformat() if self.release_date else None,
            "release_date_is_confirmed": self.release_date_is_confirmed,
            "unread": list(self.unread),
        }
