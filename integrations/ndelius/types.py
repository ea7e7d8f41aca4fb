"""What nDelius tells us, in the field's words: plain values, frozen, with no trace of the wire.

Knows nothing of HTTP, of our own models or of pages. A missing value is ``None`` or an empty tuple, never
"Not found" and never "undefined": what to say about a gap is a page's business.

``was_mended`` says that the source held null bytes or lone surrogates, which were replaced by U+FFFD. ``unread`` names
the fields whose value could not be read: these are not known, which is not the same as nDelius holding nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Person:
    """A person on probation as nDelius holds them now."""

    crn: str
    first_name: str
    last_name: str
    date_of_birth: date | None = None
    sex: str | None = None
    ethnicity: str | None = None
    preferred_language: str | None = None
    religion_or_belief: str | None = None
    disabilities: tuple[str, ...] = ()  # types only: the notes never leave the client
    address_lines: tuple[str, ...] = ()
    no_fixed_abode: bool = False
    telephone: str | None = None
    mobile: str | None = None
    email: str | None = None
    was_mended: bool = False
    unread: frozenset[str] = frozenset()  # "address_lines" for both address_lines and no_fixed_abode

    @property
    def name(self) -> str:
        """First and last name, as printed in the banner."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class ResponsibleOfficer:
    """The community manager of a person, and the prison manager when that one is responsible.

    The live service fills its referral from the community manager, whoever is responsible. ``unallocated``
    means that nDelius names a placeholder, not somebody who can be reached.
    """

    name: str
    username: str | None = None
    email: str | None = None
    phone: str | None = None
    team: str | None = None
    team_code: str | None = None
    team_phone: str | None = None
    team_email: str | None = None
    pdu: str | None = None
    pdu_code: str | None = None
    unallocated: bool = False
    is_responsible_officer: bool = False
    prison_manager: "ResponsibleOfficer | None" = None
    was_mended: bool = False
    unread: frozenset[str] = frozenset()

    @property
    def to_notify(self) -> "ResponsibleOfficer":
        """Whoever of the two is flagged responsible, else the community manager (live service)."""
        prison = self.prison_manager
        if not self.is_responsible_officer and prison is not None and prison.is_responsible_officer:
            return prison
        return self


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. ``id`` is nDelius's event id, the only part that is always there."""

    id: int
    offence_category: str | None = None
    offence_subcategory: str | None = None
    sentence_description: str | None = None
    started_on: date | None = None
    ends_on: date | None = None
    is_active: bool = True
    was_mended: bool = False
    unread: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Sentences:
    """The active sentences, in nDelius's order. ``is_partial``: it named more, which could not be read."""

    known: tuple[Sentence, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Access:
    """Whether one user may see one person.

    ``message`` is nDelius's own, to be shown with the refusal; it may be absent although access is refused.
    ``was_answered`` is false when nDelius left this person out of its reply, or (then ``is_readable`` is false too)
    named them without saying whether they are excluded and restricted.
    """

    excluded: bool
    restricted: bool
    message: str | None = None
    was_answered: bool = True
    is_readable: bool = True

    @property
    def allowed(self) -> bool:
        """The booleans decide, never the message; no answer is a refusal."""
        return self.was_answered and not self.excluded and not self.restricted

    @property
    def is_limited(self) -> bool:
        """This user is barred by nDelius itself, as opposed to nDelius not answering."""
        return self.was_answered and (self.excluded or self.restricted)


@dataclass(frozen=True, slots=True)
class Practitioner:
    """A user of nDelius, by its directory."""

    username: str
    name: str
    email: str | None = None
    was_mended: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an appointment. ``no_session_reason``: LOGISTICS, POP_ACCEPTABLE or POP_UNACCEPTABLE."""

    happened: bool
    attended: bool
    no_session_reason: str | None = None
    notify_of_behaviour: bool = False
    notify_of_concerns: bool = False


@dataclass(frozen=True, slots=True)
class Booking:
    """An appointment as nDelius is told of it. ``id`` is ours, always the same for the same appointment.

    ``starts_at`` must be aware. ``office_code`` is None for a meeting outside a probation office. ``previous_id`` is
    our id of the appointment that this one replaces, ``ndelius_id`` what nDelius calls this one, if it knows it.
    """

    id: UUID
    referral_id: UUID
    referral_reference: str
    starts_at: datetime
    minutes: int
    notes: str
    counts_towards_enforceable_days: bool
    office_code: str | None = None
    outcome: Outcome | None = None
    previous_id: UUID | None = None
    ndelius_id: int | None = None
    moved_by_provider: bool | None = None  # who asked for the move; None: it was not moved
