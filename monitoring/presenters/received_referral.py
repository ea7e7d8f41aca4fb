"""What a received referral says to the supplier, in words, card by card.

Takes the handover and nothing else, so that the practitioner's preview is this page exactly. Never RoSH levels, never
what OASys said, no look at any outside system. Must not know how a card looks.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from govuk.template_filters import date, date_time
from interventions.eligibility import age_on
from monitoring.handover import labels
from monitoring.handover.contents import (
    Handover,
    SharedContact,
    SharedCustody,
    SharedPerson,
    SharedRiskSection,
    SharedService,
)
from monitoring.handover.labels import NOT_FOUND, NOT_PROVIDED, NOT_SHARED
from monitoring.models import Topic
from monitoring.rules.personal_details import address_of
from monitoring.rules.risk_sections import RISK_LABELS


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its answer: one text, or several that belong together. ``level`` is a complexity level.

    ``topic``: what a change to it is called in the change log (where it can be changed), and ``category``, of which
    service.
    """

    label: str
    value: str | tuple[str, ...]
    level: str = ""
    level_title: str = ""
    topic: Topic | None = None
    category: int | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """Rows under one heading."""

    heading: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PersonBanner:
    """Whom the page is about, as the banner on every page of a case says it."""

    name: str
    crn: str
    date_of_birth: str
    phone: str
    email: str


@dataclass(frozen=True, slots=True)
class ReceivedReferralPage:
    """Everything that the supplier's page of a referral says. No name in a heading: titles stay in browsers."""

    banner: PersonBanner
    cards: tuple[Card, ...]


def present(
    handover: Handover,
    *,
    today: datetime.date | None = None,
    recalled: str = "",
    updated_at: datetime.datetime | None = None,
) -> ReceivedReferralPage:
    """The page for one handover. ``today`` decides the person's age (this day in the UK unless told).

    ``recalled``: what stands in place of the risk information, once that was recalled. ``updated_at``: when personal
    details last followed nDelius after sending.
    """
    return ReceivedReferralPage(
        banner=banner(handover),
        cards=(
            _identity(handover, today or timezone.localdate()),
            _location(handover),
            _intervention(handover),
            *(_service(service, handover) for service in handover.services),
            *_responsible(handover),
            *_back_up(handover.back_up_contact),
            _whereabouts(handover.person),
            _personal_details(handover.person, updated_at),
            _needs(handover),
            Card(labels.RISK_CARD, (Row(labels.RECALLED, recalled),)) if recalled else _risk(handover),
        ),
    )


def full_name(person: SharedPerson) -> str:
    """First and last name."""
    return f"{person.first_name} {person.last_name}".strip()


def banner(handover: Handover) -> PersonBanner:
    """The person banner of a handover."""
    return banner_of(handover.person, crn=handover.crn)


def banner_of(person: SharedPerson, *, crn: str) -> PersonBanner:
    """The person banner, with the mobile number first, as people answer it."""
    phone_is_withheld = {"mobile", "telephone"} & set(person.withheld)
    return PersonBanner(
        name=full_name(person),
        crn=crn,
        date_of_birth=date(person.date_of_birth),
        phone=person.mobile or person.telephone or (NOT_SHARED if phone_is_withheld else NOT_FOUND),
        email=person.email or (NOT_SHARED if "email" in person.withheld else NOT_FOUND),
    )


def born_in_words(born: datetime.date, today: datetime.date) -> str:
    """A date of birth with the age on that day."""
    return f"{date(born)} ({age_on(today, born)} years old)"


def _identity(handover: Handover, today: datetime.date) -> Card:
    person = handover.person
    born = person.date_of_birth
    return Card(
        labels.IDENTITY,
        (
            Row(labels.FIRST_NAME, person.first_name or NOT_PROVIDED),
            Row(labels.LAST_NAME, person.last_name or NOT_PROVIDED),
            Row(labels.DATE_OF_BIRTH, born_in_words(born, today)),
            Row(labels.CRN, handover.crn),
            *_prison_number(handover),
            Row(labels.REFERENCE, handover.reference or "Given when the referral is sent"),
        ),
    )


def _prison_number(handover: Handover) -> tuple[Row, ...]:
    if handover.location != "CUSTODY":
        return ()
    return (Row(labels.PRISON_NUMBER, handover.custody.prison_number or NOT_FOUND),)


def _location(handover: Handover) -> Card:
    """Where the person was when referred, and for somebody in custody what is known of their release."""
    where = Row(labels.LOCATION, labels.LOCATIONS.get(handover.location, NOT_PROVIDED))
    if handover.location != "CUSTODY":
        return Card(labels.LOCATION_CARD, (where,))
    custody = handover.custody
    return Card(
        labels.LOCATION_AND_RELEASE_CARD,
        (
            where,
            Row(labels.ESTABLISHMENT, custody.establishment or NOT_PROVIDED, topic=Topic.ESTABLISHMENT),
            *_release(custody),
            *_expected_office(custody),
        ),
    )


def _release(custody: SharedCustody) -> tuple[Row, ...]:
    """Nothing when no release was asked about."""
    if custody.release_date_unknown_reason:
        return (
            Row(labels.RELEASE_DATE, "Not known", topic=Topic.RELEASE_DATE),
            Row(labels.RELEASE_DATE_UNKNOWN, custody.release_date_unknown_reason),
        )
    known = Row(labels.RELEASE_DATE, date(custody.release_date), topic=Topic.RELEASE_DATE)
    return (known,) if custody.release_date else ()


def _expected_office(custody: SharedCustody) -> tuple[Row, ...]:
    """Nothing when no office was asked about."""
    if custody.expected_office_unknown_reason:
        return (
            Row(labels.EXPECTED_OFFICE, "Not known", topic=Topic.EXPECTED_OFFICE),
            Row(labels.EXPECTED_OFFICE_UNKNOWN, custody.expected_office_unknown_reason),
        )
    known = Row(labels.EXPECTED_OFFICE, custody.expected_office, topic=Topic.EXPECTED_OFFICE)
    return (known,) if custody.expected_office else ()


def _responsible(handover: Handover) -> tuple[Card, ...]:
    """The practitioner, or the main point of contact until there is one."""
    contact = handover.main_contact
    if not contact.name:
        return (_contact(labels.PRACTITIONER, handover.practitioner, can_change=True),)
    return (
        Card(
            labels.MAIN_CONTACT,
            (
                Row(labels.FULL_NAME, contact.name),
                Row(labels.ROLE, contact.role or NOT_PROVIDED),
                Row(labels.EMAIL, contact.email or NOT_PROVIDED),
                Row(labels.PHONE, contact.phone or NOT_PROVIDED),
                Row(labels.PLACE_OF_WORK, contact.place or NOT_PROVIDED),
                *(
                    (
                        Row(
                            labels.REASON_BEFORE_ALLOCATION,
                            contact.reason_before_allocation,
                        ),
                    )
                    if contact.reason_before_allocation
                    else ()
                ),
            ),
        ),
    )


def _intervention(handover: Handover) -> Card:
    sentence = handover.sentence
    nothing = NOT_FOUND if sentence.offence_category else NOT_PROVIDED  # in nDelius; or none was chosen yet
    return Card(
        labels.INTERVENTION_CARD,
        (
            Row(labels.INTERVENTION, handover.intervention_title),
            Row(labels.CONTRACT_TYPE, handover.contract_type),
            Row(labels.SENTENCE, sentence.offence_category or NOT_PROVIDED),
            Row(labels.SUBCATEGORY, sentence.offence_subcategory or nothing),
            Row(labels.SENTENCE_ENDS, date(sentence.ends_on) or nothing),
            Row(
                labels.ENFORCEABLE_DAYS,
                str(handover.enforceable_days or NOT_PROVIDED),
                topic=Topic.MAXIMUM_ENFORCEABLE_DAYS,
            ),
            Row(labels.SENT, date_time(handover.sent_at) if handover.reference else "Not sent yet"),
            Row(
                labels.COMPLETION_DATE,
                date(handover.completion_date) or NOT_PROVIDED,
                topic=Topic.COMPLETION_DATETIME,
            ),
        ),
    )


def _service(service: SharedService, handover: Handover) -> Card:
    return Card(
        labels.service_card(service.category_name),
        (
            Row(
                labels.REASON_FOR_REFERRAL,
                handover.reason_for_referral or NOT_PROVIDED,
                topic=Topic.REASON_FOR_REFERRAL,
            ),
            Row(
                labels.FURTHER_INFORMATION,
                handover.further_information or NOT_PROVIDED,
                topic=Topic.FURTHER_INFORMATION,
            ),
            Row(
                labels.COMPLEXITY,
                service.complexity_description,
                level=service.complexity,
                level_title=service.complexity_title,
                topic=Topic.COMPLEXITY_LEVEL,
                category=service.category_id,
            ),
            Row(
                labels.OUTCOMES,
                tuple(outcome.text for outcome in service.outcomes) or NOT_PROVIDED,
                topic=Topic.DESIRED_OUTCOMES,
                category=service.category_id,
            ),
        ),
    )


def _contact(heading: str, contact: SharedContact, *, can_change: bool = False) -> Card:
    rows = (
        (labels.FULL_NAME, contact.name, Topic.PRACTITIONER_NAME),
        (labels.EMAIL, contact.email, Topic.PRACTITIONER_EMAIL),
        (labels.PHONE, contact.phone, Topic.PRACTITIONER_PHONE),
        (labels.DELIVERY_UNIT, contact.pdu, None),
        (labels.OFFICE, contact.office, Topic.PRACTITIONER_OFFICE),
        (labels.TEAM_PHONE, contact.team_phone, Topic.TEAM_PHONE),
    )
    return Card(
        heading,
        tuple(
            Row(label, value or NOT_PROVIDED, topic=topic if can_change else None)
            for label, value, topic in rows
        ),
    )


def _back_up(contact: SharedContact) -> tuple[Card, ...]:
    """Only what is known of the back-up contact, and no card when there is none."""
    known = tuple(row for row in _contact("", contact).rows if row.value != NOT_PROVIDED)
    return (Card(labels.BACK_UP_CONTACT, known),) if known else ()


def _whereabouts(person: SharedPerson) -> Card:
    address = "\n".join(address_of(person))
    return Card(
        labels.WHEREABOUTS,
        (
            Row(labels.ADDRESS, address or _missing(person, "address")),
            Row(labels.PHONE, person.telephone or _missing(person, "telephone")),
            Row(labels.MOBILE, person.mobile or _missing(person, "mobile")),
            Row(labels.EMAIL, person.email or _missing(person, "email")),
        ),
    )


def _personal_details(person: SharedPerson, updated_at: datetime.datetime | None) -> Card:
    return Card(
        labels.PERSONAL_DETAILS,
        (
            Row(labels.SEX, person.sex or _missing(person, "sex")),
            Row(labels.ETHNICITY, person.ethnicity or _missing(person, "ethnicity")),
            Row(
                labels.PREFERRED_LANGUAGE, person.preferred_language or _missing(person, "preferred_language")
            ),
            Row(labels.DISABILITIES, person.disabilities or _missing(person, "disabilities")),
            Row(labels.RELIGION, person.religion_or_belief or _missing(person, "religion_or_belief")),
            Row(labels.TAKEN_FROM_NDELIUS, date_time(person.pulled_at) or NOT_PROVIDED),
            *((Row(labels.UPDATED_FROM_NDELIUS, date_time(updated_at)),) if updated_at else ()),
        ),
    )


def _missing(person: SharedPerson, detail: str) -> str:
    """Whether a detail that is empty was kept back or is not known."""
    return NOT_SHARED if detail in person.withheld else NOT_FOUND


def _needs(handover: Handover) -> Card:
    needs = handover.needs
    criminogenic = tuple(labels.need_with_comment(need.name, need.comment) for need in needs.criminogenic)
    language = Row(labels.INTERPRETER_LANGUAGE, needs.interpreter_language or NOT_PROVIDED)
    unavailable = Row(labels.WHEN_UNAVAILABLE, needs.when_unavailable or NOT_PROVIDED)
    return Card(
        labels.NEEDS_CARD,
        (
            Row(labels.CRIMINOGENIC_NEEDS, criminogenic or NOT_SHARED),
            Row(
                labels.ADDITIONAL_NEEDS,
                needs.additional_needs or NOT_PROVIDED,
                topic=Topic.ADDITIONAL_INFORMATION,
            ),
            Row(
                labels.ACCESSIBILITY_NEEDS,
                needs.accessibility_needs or NOT_PROVIDED,
                topic=Topic.ACCESSIBILITY_NEEDS,
            ),
            Row(
                labels.NEEDS_INTERPRETER,
                _yes_or_no(needs.needs_interpreter),
                topic=Topic.INTERPRETER_REQUIRED,
            ),
            *((language,) if needs.needs_interpreter else ()),
            Row(
                labels.RESPONSIBILITIES,
                _yes_or_no(needs.has_responsibilities),
                topic=Topic.RESPONSIBILITIES,
            ),
            *((unavailable,) if needs.has_responsibilities else ()),
            Row(labels.DIVERSITY, needs.diversity or NOT_PROVIDED, topic=Topic.DIVERSITY),
        ),
    )


def _yes_or_no(answer: bool | None) -> str:
    return {True: "Yes", False: "No", None: NOT_PROVIDED}[answer]


def _risk(handover: Handover) -> Card:
    declaration = handover.declaration
    declared = f"{declaration.declared_by}, {date_time(declaration.declared_at)}"
    return Card(
        labels.RISK_CARD,
        (
            *(
                Row(label, _section(getattr(handover.risk, section)))
                for section, label in RISK_LABELS.items()
            ),
            Row(
                labels.DECLARED_BY,
                declared if declaration.declared_by else "Not accepted yet",
            ),
        ),
    )


def _section(section: SharedRiskSection) -> str:
    """As declared. Removed and empty read the same, so that a removal cannot be inferred (decision R4)."""
    answer = section.answer.label if section.answer else ""
    first = "No identified risk" if section.no_identified_risk else answer
    return "\n\n".join(part for part in (first, section.text) if part.strip()) or NOT_SHARED
