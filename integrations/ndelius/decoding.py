"""nDelius's wire shapes, and how each becomes a value of ``integrations.ndelius.types``.

The only place that knows the keys of nDelius's JSON. Every key may be missing but the few without which an
answer means nothing (a CRN, a sentence's id, the list that was asked for: an absent list is not an empty one).
Nothing here calls anything.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from integrations.ndelius.name_case import in_name_case
from integrations.ndelius.types import Access, Person, Practitioner, ResponsibleOfficer, Sentence, Sentences
from integrations.unread_facts import facts_of
from integrations.wire import Day, Flag, Number, Wire, text_or_none

# --- Names ---------------------------------------------------------------------------------------


class Name(Wire):
    """A name in two parts."""

    forename: str = ""
    surname: str = ""


def _whole(name: Name) -> str:
    return f"{_forename(name)} {_surname(name)}".strip()


def _forename(name: Name) -> str:
    return in_name_case(text_or_none(name.forename) or "", is_forename=True)


def _surname(name: Name) -> str:
    return in_name_case(text_or_none(name.surname) or "")


# --- A person ------------------------------------------------------------------------------------


class Disability(Wire):
    """A disability; its notes are deliberately not read."""

    type: str = ""


class Profile(Wire):
    """Absent as a whole when nDelius holds none of it."""

    primary_language: str | None = None
    ethnicity: str | None = None
    religion: str | None = None
    disabilities: list[Disability] = []


class Address(Wire):
    """The main address, any part of which may be missing."""

    building_name: str | None = None
    building_number: str | None = None
    street_name: str | None = None
    district: str | None = None
    town: str | None = None
    county: str | None = None
    postcode: str | None = None


class ContactDetails(Wire):
    """How to reach the person."""

    no_fixed_abode: Flag = False
    main_address: Address | None = None
    email_address: str | None = None
    telephone_number: str | None = None
    mobile_number: str | None = None


class CaseDetail(Wire):
    """GET /probation-case/{crn}/details."""

    crn: str
    name: Name = Name()
    date_of_birth: Day | None = None
    gender: str | None = None
    profile: Profile = Profile()
    contact_details: ContactDetails = ContactDetails()


#: What each key says of a person.
_OF_A_PERSON = {
    "name.forename": "first_name",
    "name.surname": "last_name",
    "dateOfBirth": "date_of_birth",
    "gender": "sex",
    "profile.ethnicity": "ethnicity",
    "profile.primaryLanguage": "preferred_language",
    "profile.religion": "religion_or_belief",
    "profile.disabilities": "disabilities",
    "contactDetails.mainAddress": "address_lines",
    "contactDetails.noFixedAbode": "address_lines",
    "contactDetails.telephoneNumber": "telephone",
    "contactDetails.mobileNumber": "mobile",
    "contactDetails.emailAddress": "email",
}


def person_from(wire: CaseDetail, *, was_mended: bool) -> Person:
    """Case details as a person."""
    contact, profile = wire.contact_details, wire.profile
    return Person(
        crn=wire.crn.strip().upper(),
        first_name=_forename(wire.name),
        last_name=_surname(wire.name),
        date_of_birth=wire.date_of_birth,
        sex=text_or_none(wire.gender),
        ethnicity=text_or_none(profile.ethnicity),
        preferred_language=text_or_none(profile.primary_language),
        religion_or_belief=text_or_none(profile.religion),
        disabilities=tuple(kind for item in profile.disabilities if (kind := text_or_none(item.type))),
        address_lines=_address_lines(contact.main_address),
        no_fixed_abode=contact.no_fixed_abode,
        telephone=text_or_none(contact.telephone_number),
        mobile=text_or_none(contact.mobile_number),
        email=text_or_none(contact.email_address),
        was_mended=was_mended,
        unread=facts_of(wire.unread, _OF_A_PERSON),
    )


def _address_lines(address: Address | None) -> tuple[str, ...]:
    """The address as on an envelope, without lines for what is missing."""
    if address is None:
        return ()
    street = " ".join(
        part for part in (text_or_none(address.building_number), text_or_none(address.street_name)) if part
    )
    lines: Iterable[str | None] = (
        address.building_name,
        street,
        address.district,
        address.town,
        address.county,
        address.postcode,
    )
    return tuple(text for line in lines if (text := text_or_none(line)))


# --- Their prison number -------------------------------------------------------------------------

_PRISON_NUMBER = re.compile(r"[A-Z][0-9]{4}[A-Z]{2}")


class Identifiers(Wire):
    """GET /probation-case/{crn}/identifiers. An unknown CRN is answered too, without the number."""

    crn: str
    noms_id: str | None = None


def noms_number_from(wire: Identifiers) -> str | None:
    """The prison number, or ``None`` when nDelius holds none. Raises ``ValueError`` for what can be none."""
    number = (text_or_none(wire.noms_id) or "").upper()
    if wire.unread or (number and not _PRISON_NUMBER.fullmatch(number)):
        raise ValueError("no readable prison number")
    return number or None


# --- Their officer -------------------------------------------------------------------------------


class Described(Wire):
    """A code with its words."""

    code: str | None = None
    description: str | None = None


class Team(Described):
    """A team and how to reach it."""

    email: str | None = None
    telephone_number: str | None = None


class ManagersName(Name):
    """Comes in two parts; a whole one is accepted."""

    @classmethod
    def in_full(cls, value: Any) -> Any:
        """A whole name as an object."""
        return {"forename": value} if isinstance(value, str) else value


class Manager(Wire):
    """A community or prison manager."""

    name: ManagersName = ManagersName()
    username: str | None = None
    email: str | None = None
    telephone_number: str | None = None
    responsible_officer: Flag = False
    pdu: Described = Described()
    team: Team = Team()
    unallocated: Flag = False


class Officers(Wire):
    """GET /probation-case/{crn}/responsible-officer."""

    community_manager: Manager
    prison_manager: Manager | None = None


#: What each key says of a manager.
_OF_A_MANAGER = {
    "name": "name",
    "username": "username",
    "email": "email",
    "telephoneNumber": "phone",
    "responsibleOfficer": "is_responsible_officer",
    "pdu.code": "pdu_code",
    "pdu.description": "pdu",
    "team.code": "team_code",
    "team.description": "team",
    "team.email": "team_email",
    "team.telephoneNumber": "team_phone",
    "unallocated": "unallocated",
}


def officer_from(wire: Officers, *, was_mended: bool) -> ResponsibleOfficer:
    """The community manager, carrying the prison manager when nDelius names one."""
    prison = _manager(wire.prison_manager, None, was_mended) if wire.prison_manager else None
    community = _manager(wire.community_manager, prison, was_mended)
    beside = facts_of(wire.unread, {"prisonManager": "prison_manager"})
    return replace(community, unread=community.unread | beside)


def _manager(wire: Manager, prison: ResponsibleOfficer | None, was_mended: bool) -> ResponsibleOfficer:
    return ResponsibleOfficer(
        name=_whole(wire.name),
        username=text_or_none(wire.username),
        email=text_or_none(wire.email),
        phone=text_or_none(wire.telephone_number),
        team=text_or_none(wire.team.description),
        team_code=text_or_none(wire.team.code),
        team_phone=text_or_none(wire.team.telephone_number),
        team_email=text_or_none(wire.team.email),
        pdu=text_or_none(wire.pdu.description),
        pdu_code=text_or_none(wire.pdu.code),
        unallocated=wire.unallocated,
        is_responsible_officer=wire.responsible_officer,
        prison_manager=prison,
        was_mended=was_mended,
        unread=facts_of(wire.unread, _OF_A_MANAGER),
    )


# --- Their sentences -----------------------------------------------------------------------------


class SentenceDetail(Wire):
    """What was imposed."""

    description: str | None = None
    expected_end_date: Day | None = None


class Offence(Wire):
    """The main offence, in two words."""

    category: str | None = None
    sub_category: str | None = None


class Conviction(Wire):
    """One event with its sentence; offence and dates may be missing."""

    id: Number
    date: Day | None = None
    sentence: SentenceDetail = SentenceDetail()
    main_offence: Offence = Offence()
    active: Flag = True


class Convictions(Wire):
    """GET /probation-case/{crn}/convictions."""

    convictions: list[Conviction]


class OneConviction(Wire):
    """GET /probation-case/{crn}/convictions/{id}."""

    conviction: Conviction


#: What each key says of a sentence.
_OF_A_SENTENCE = {
    "date": "started_on",
    "sentence.description": "sentence_description",
    "sentence.expectedEndDate": "ends_on",
    "mainOffence.category": "offence_category",
    "mainOffence.subCategory": "offence_subcategory",
    "active": "is_active",
}


def sentences_from(wire: Convictions, *, was_mended: bool) -> Sentences:
    """All sentences that could be read; one without an id cannot be chosen."""
    known = tuple(sentence_from(item, was_mended=was_mended) for item in wire.convictions)
    return Sentences(known, is_partial=any(name.count(".") == 1 for name in wire.unread))


def sentence_from(wire: Conviction, *, was_mended: bool) -> Sentence:
    """A conviction as the sentence that a referral can be made for."""
    return Sentence(
        id=wire.id,
        offence_category=text_or_none(wire.main_offence.category),
        offence_subcategory=text_or_none(wire.main_offence.sub_category),
        sentence_description=text_or_none(wire.sentence.description),
        started_on=wire.date,
        ends_on=wire.sentence.expected_end_date,
        is_active=wire.active,
        was_mended=was_mended,
        unread=facts_of(wire.unread, _OF_A_SENTENCE),
    )


# --- Users ---------------------------------------------------------------------------------------


class AccessEntry(Wire):
    """One person in an answer about access. A missing flag stays missing: it is not a "no"."""

    crn: str
    user_excluded: Flag | None = None
    user_restricted: Flag | None = None
    exclusion_message: str | None = None
    restriction_message: str | None = None


class AccessReply(Wire):
    """POST /users/{username}/access."""

    access: list[AccessEntry]


#: What stands for a person whom nDelius left out of its answer.
UNANSWERED = Access(excluded=False, restricted=False, was_answered=False)
#: And for one whom it named without saying yes or no.
UNREADABLE = replace(UNANSWERED, is_readable=False)


def access_from(wire: AccessEntry) -> Access:
    """One entry. Either flag bars; without both it lets nobody in, and counts as no answer."""
    is_barred = bool(wire.user_excluded or wire.user_restricted)
    if not is_barred and (wire.user_excluded is None or wire.user_restricted is None):
        return UNREADABLE
    messages = [
        text
        for applies, message in (
            (wire.user_excluded, wire.exclusion_message),
            (wire.user_restricted, wire.restriction_message),
        )
        if applies and (text := text_or_none(message))
    ]
    return Access(bool(wire.user_excluded), bool(wire.user_restricted), "\n".join(messages) or None)


class ManagedCase(Wire):
    """One person in an answer about managed cases."""

    crn: str


class ManagedCases(Wire):
    """GET /users/{username}/managed-cases."""

    managed_cases: list[ManagedCase]


class UserDetails(Wire):
    """GET /users/{username}/details."""

    username: str = ""
    name: Name = Name()
    email: str | None = None


def practitioner_from(wire: UserDetails, username: str, *, was_mended: bool) -> Practitioner:
    """A user by nDelius's directory, which was asked for ``username``."""
    return Practitioner(
        username=text_or_none(wire.username) or username,
        name=_whole(wire.name),
        email=text_or_none(wire.email),
        was_mended=was_mended,
    )


# --- An appointment that was booked ----------------------------------------------------------------


class BookedAppointment(Wire):
    """PUT /probation-case/{crn}/referrals/{id}/appointments."""

    appointment_id: Number
