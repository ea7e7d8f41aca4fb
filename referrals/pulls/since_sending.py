"""Where other systems have something else than a sent referral: values in, differences out. Asks and changes nothing.

What may be taken is an amendment, made of what may cross: what a practitioner keeps back is never in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass, replace
from typing import Final

from django.utils import timezone

from govuk.template_filters import date as in_words
from integrations.establishments import Establishments
from integrations.ndelius.types import Person
from monitoring.actions.follow_records import FromRecords, Source
from monitoring.handover import labels
from monitoring.handover.contents import SharedPerson
from monitoring.models import ReceivedReferral, Topic
from monitoring.rules import personal_details
from monitoring.rules.amendments import (
    Amendment,
    NewEstablishment,
    NewPersonalDetails,
    NewPractitioner,
    NewReleaseDate,
    why_not_now,
)
from referrals.handover.build_handover import person_as_shared
from referrals.journey.records import CustodyFacts, OfficerInNdelius
from referrals.models import CaseCheck, Referral
from referrals.models.records_check import hash_for
from referrals.pulls.ask_again import SaidNow
from referrals.pulls.differences import NOBODY, NOT_IN_RECORDS
from referrals.pulls.person import put_person
from referrals.pulls.responsible_officer import as_contact, is_somebody_else

PERSON: Final = "person."
ESTABLISHMENT, RELEASE_DATE, PRACTITIONER = "establishment", "release_date", "practitioner"
#: How it is kept that nDelius names nobody any more: there is no one to take.
NO_PRACTITIONER: Final = "no_practitioner"
NO_RELEASE_DATE = "No release date in prison records"


@dataclass(frozen=True, slots=True)
class Compared:
    """One detail as it is shared and as a system has it, in words. ``value`` and ``shared_value`` are what is hashed.

    ``amendment``: what takes it; None where there is nothing that could be taken. Of personal details it holds the one.
    """

    key: str
    label: str
    shared: str
    in_records: str
    value: str
    shared_value: str
    source: Source
    is_same: bool
    amendment: Amendment | None

    @property
    def kept_as(self) -> str:
        """Its name among the differences of a case."""
        return NO_PRACTITIONER if self.key == PRACTITIONER and self.amendment is None else self.key

    def follows(self, check: CaseCheck) -> bool:
        """Whether what is shared is what the system had: nobody has decided otherwise, nor changed it by hand."""
        if self.key.startswith(PERSON):  # nobody types these
            return self.key not in check.settled
        return check.agreed.get(self.key) == check.hash_of(self.key, self.shared_value)

    def is_settled(self, check: CaseCheck) -> bool:
        """Whether it differs as it did when it was decided about, or since before the referral was sent."""
        return check.settled.get(self.key) == check.hash_of(self.key, self.value)

    def settle(self, check: CaseCheck, *, is_agreed: bool) -> None:
        """Keep that this is what the system has. ``is_agreed``: and what is shared."""
        check.settled[self.key] = check.hash_of(self.key, self.value)
        if not is_agreed:
            return
        if self.key.startswith(PERSON):
            del check.settled[self.key]
        else:
            shared = check.hash_of(self.key, self._shared_once_taken)
            check.agreed[self.key] = shared

    @property
    def _shared_once_taken(self) -> str:
        match self.amendment:
            case NewEstablishment(name) if not self.is_same:
                return name
            case NewReleaseDate() if not self.is_same:
                return self.value
            case NewPractitioner() if not self.is_same:
                return _contact(self.amendment.practitioner_name, self.amendment.practitioner_email)
        return self.shared_value


def key_of(name: str) -> str:
    """The detail that a difference of a case is of, by the name that it is kept by."""
    return PRACTITIONER if name == NO_PRACTITIONER else name


def compared(
    referral: Referral, received: ReceivedReferral, said: SaidNow, places: Establishments | None
) -> list[Compared]:
    """Every detail of a case of which a system said something, and that can still change."""
    found: list[Compared] = []
    if said.person is not None and not why_not_now(Topic.PERSONAL_DETAILS, received):
        found += _of_person(referral, received, said.person)
    if said.officer is not None and not why_not_now(Topic.PRACTITIONER, received):
        found += _of_practitioner(received, said.officer)
    if said.custody is not None and places is not None:
        if not why_not_now(Topic.ESTABLISHMENT, received):
            found += _of_establishment(referral, received, said.custody, places)
        if not why_not_now(Topic.RELEASE_DATE, received):
            found += _of_release(received, said.custody)
    return found


def taking(chosen: Iterable[Compared], received: ReceivedReferral) -> list[FromRecords]:
    """What takes these: personal details together, as one amendment."""
    standing = received.shared_person()
    person, others = standing, []
    for detail in chosen:
        if isinstance(detail.amendment, NewPersonalDetails):
            parts = personal_details.differing(standing, detail.amendment.person)
            changed = {name: getattr(detail.amendment.person, name) for part in parts for name in part.fields}
            person = replace(person, **changed)
        elif detail.amendment is not None:
            others.append(FromRecords(detail.source, detail.amendment))
    own = [FromRecords(Source.NDELIUS, NewPersonalDetails(person))] if person != standing else []
    return own + others


def as_sent(referral: Referral) -> CaseCheck:
    """What a first comparison begins with: what the systems said before sending, and what agreed with it."""
    check = CaseCheck(referral=referral, is_limited=referral.was_limited)
    facts = CustodyFacts.from_kept(referral.custody_facts)
    if facts is not None:
        code, day = facts.establishment_code, _iso(facts)
        if "establishment_id" not in facts.unread:
            check.settled[ESTABLISHMENT] = hash_for(referral.pk, ESTABLISHMENT, code)
        if code and code == referral.establishment_code:
            check.agreed[ESTABLISHMENT] = hash_for(referral.pk, ESTABLISHMENT, referral.establishment)
        if "release_date" not in facts.unread:
            check.settled[RELEASE_DATE] = hash_for(referral.pk, RELEASE_DATE, day)
        if facts.release_date == referral.release_date:
            check.agreed[RELEASE_DATE] = hash_for(referral.pk, RELEASE_DATE, day)
    officer = OfficerInNdelius.from_kept(referral.practitioner_in_ndelius)
    if officer is not None:
        check.settled[PRACTITIONER] = hash_for(referral.pk, PRACTITIONER, _value_of(officer))
        name, email = referral.practitioner_name, referral.practitioner_email
        if officer.is_allocated and not is_somebody_else(officer, name=name, email=email):
            check.agreed[PRACTITIONER] = hash_for(referral.pk, PRACTITIONER, _contact(name, email))
    return check


def _of_person(referral: Referral, received: ReceivedReferral, said: Person) -> Iterator[Compared]:
    standing = received.shared_person()
    now = _shared(referral, standing, said)
    for detail in personal_details.DETAILS:
        if detail.key in standing.withheld:
            continue
        alone = replace(standing, **{name: getattr(now, name) for name in detail.fields})
        yield Compared(
            key=f"{PERSON}{detail.key}",
            label=detail.label,
            shared=detail.words(standing),
            in_records=detail.words(now),
            value=detail.words(now),
            shared_value=detail.words(standing),
            source=Source.NDELIUS,
            is_same=not detail.differs(standing, now),
            amendment=NewPersonalDetails(alone),
        )


def _shared(referral: Referral, standing: SharedPerson, said: Person) -> SharedPerson:
    """What nDelius has now as it crosses: mapped as on sending. What cannot be read stays as it is shared."""
    tried = copy(referral)
    put_person(tried, said, timezone.now())
    now = person_as_shared(tried)
    unread = {name for name in said.unread if hasattr(standing, name)}
    unread |= {"no_fixed_abode"} if "address_lines" in unread else set()
    unread |= {name for name in ("first_name", "last_name") if not getattr(now, name).strip()}
    if said.date_of_birth is None:  # nobody goes without these
        unread.add("date_of_birth")
    return replace(
        now,
        pulled_at=standing.pulled_at,
        withheld=standing.withheld,
        **{name: getattr(standing, name) for name in unread},
    )


def _of_practitioner(received: ReceivedReferral, officer: OfficerInNdelius) -> Iterator[Compared]:
    """Another practitioner, by the rule of the case's page; or nobody in the place of one."""
    if {"name", "email"} & set(officer.unread):
        return
    name, email = received.practitioner_name, received.practitioner_email
    is_named = officer.is_allocated and bool(officer.name)
    shared = name or received.contact_name
    yield Compared(
        key=PRACTITIONER,
        label=labels.PRACTITIONER,
        shared=shared or labels.NOT_PROVIDED,
        in_records=officer.name if is_named else NOBODY,
        value=_value_of(officer),
        shared_value=_contact(name, email),
        source=Source.NDELIUS,
        is_same=not is_somebody_else(officer, name=name, email=email) if is_named else not name,
        amendment=as_contact(officer, received) if is_named else None,
    )


def _of_establishment(
    referral: Referral, received: ReceivedReferral, facts: CustodyFacts, places: Establishments
) -> Iterator[Compared]:
    code = facts.establishment_code
    name = places.name_of(code) if code else ""
    if name is None or "establishment_id" in facts.unread:
        return  # a code without a name says nothing to anybody
    as_then = code == referral.establishment_code and received.establishment == referral.establishment
    yield Compared(
        key=ESTABLISHMENT,
        label=labels.ESTABLISHMENT,
        shared=received.establishment or labels.NOT_PROVIDED,
        in_records=name or NOT_IN_RECORDS,
        value=code,
        shared_value=received.establishment,
        source=Source.PRISON_RECORDS,
        is_same=as_then or name.casefold() == received.establishment.casefold(),
        amendment=NewEstablishment(name) if name else None,
    )


def _of_release(received: ReceivedReferral, facts: CustodyFacts) -> Iterator[Compared]:
    if "release_date" in facts.unread:
        return
    day = facts.release_date
    yield Compared(
        key=RELEASE_DATE,
        label=labels.RELEASE_DATE,
        shared=in_words(received.release_date) if received.release_date else labels.NOT_KNOWN,
        in_records=in_words(day) if day else NO_RELEASE_DATE,
        value=_iso(facts),
        shared_value=received.release_date.isoformat() if received.release_date else "",
        source=Source.PRISON_RECORDS,
        is_same=day == received.release_date,
        amendment=NewReleaseDate(day, "") if day else None,
    )


def _iso(facts: CustodyFacts) -> str:
    return facts.release_date.isoformat() if facts.release_date else ""


def _value_of(officer: OfficerInNdelius) -> str:
    return _contact(officer.name, officer.email) if officer.is_allocated else ""


def _contact(name: str, email: str) -> str:
    return f"{name}\n{email}".casefold()
