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
from monitoring.handover.contents import (
    Handover,
    RiskAnswer,
    SharedContact,
    SharedCustody,
    SharedPerson,
    SharedRiskSection,
    SharedService,
)
from monitoring.rules.risk_sections import RISK_LABELS

NOT_PROVIDED = "Not provided"
NOT_SHARED = "No information shared"
NOT_FOUND = "Not found"  # the seed's word in the person banner
ANSWERS = {RiskAnswer.YES: "Yes", RiskAnswer.NO: "No", RiskAnswer.DONT_KNOW: "Don’t know"}
LOCATIONS = {"COMMUNITY": "Community", "CUSTODY": "Custody"}


@dataclass(frozen=True, slots=True)
class Row:
    """A question and its answer: one text, or several that belong together. ``level`` is a complexity level."""

    label: str
    value: str | tuple[str, ...]
    level: str = ""
    level_title: str = ""


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


def present(handover: Handover, *, today: datetime.date | None = None) -> ReceivedReferralPage:
    """The page for one handover. ``today`` decides the person's age (this day in the UK unless told)."""
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
            _personal_details(handover.person),
            _needs(handover),
            _risk(handover),
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


def _identity(handover: Handover, today: datetime.date) -> Card:
    person = handover.person
    born = person.date_of_birth
    return Card(
        "Identity details",
        (
            Row("First name", person.first_name or NOT_PROVIDED),
            Row("Last name", person.last_name or NOT_PROVIDED),
            Row("Date of birth", f"{date(born)} ({age_on(today, born)} years old)"),
            Row("CRN", handover.crn),
            *_prison_number(handover),
            Row("Referral number", handover.reference or "Given when the referral is sent"),
        ),
    )


def _prison_number(handover: Handover) -> tuple[Row, ...]:
    if handover.location != "CUSTODY":
        return ()
    return (Row("Prison number", handover.custody.prison_number or NOT_FOUND),)


def _location(handover: Handover) -> Card:
    """Where the person was when referred, and for somebody in custody what is known of their release."""
    where = Row("Location when referred", LOCATIONS.get(handover.location, NOT_PROVIDED))
    practitioner = handover.practitioner
    probation = (
        Row("Probation office", practitioner.office)
        if practitioner.office
        else Row("Probation delivery unit (PDU)", practitioner.pdu or NOT_PROVIDED)
    )
    if handover.location != "CUSTODY":
        return Card("Current location", (where, probation))
    custody = handover.custody
    return Card(
        "Current location and release",
        (
            where,
            Row("Establishment", custody.establishment or NOT_PROVIDED),
            *_release(custody),
            *_expected_office(custody),
            *((probation,) if practitioner.name else ()),
        ),
    )


def _release(custody: SharedCustody) -> tuple[Row, ...]:
    """Nothing when no release was asked about."""
    if custody.release_date_unknown_reason:
        return (
            Row("Expected release date", "Not known"),
            Row("Why the date is not known", custody.release_date_unknown_reason),
        )
    return (Row("Expected release date", date(custody.release_date)),) if custody.release_date else ()


def _expected_office(custody: SharedCustody) -> tuple[Row, ...]:
    """Nothing when no office was asked about."""
    if custody.expected_office_unknown_reason:
        return (
            Row("Expected probation office", "Not known"),
            Row("Why the office is not known", custody.expected_office_unknown_reason),
        )
    return (Row("Expected probation office", custody.expected_office),) if custody.expected_office else ()


def _responsible(handover: Handover) -> tuple[Card, ...]:
    """The practitioner, or the main point of contact until there is one."""
    contact = handover.main_contact
    if not contact.name:
        return (_contact("Probation practitioner", handover.practitioner),)
    return (
        Card(
            "Main point of contact",
            (
                Row("Name", contact.name),
                Row("Role or job title", contact.role or NOT_PROVIDED),
                Row("Email address", contact.email or NOT_PROVIDED),
                Row("Phone number", contact.phone or NOT_PROVIDED),
                Row("Establishment or probation office", contact.place or NOT_PROVIDED),
                *(
                    (
                        Row(
                            "Reason for referring before a practitioner is allocated",
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
    return Card(
        "Intervention details",
        (
            Row("Intervention", handover.intervention_title),
            Row("Type of service", handover.contract_type),
            Row("Sentence", sentence.offence_category or NOT_PROVIDED),
            Row("Subcategory", sentence.offence_subcategory or NOT_PROVIDED),
            Row("End of sentence", date(sentence.ends_on) or NOT_FOUND),
            Row("Maximum number of enforceable days", str(handover.enforceable_days or NOT_PROVIDED)),
            Row("Referral sent", date_time(handover.sent_at) if handover.reference else "Not sent yet"),
            Row("To be completed by", date(handover.completion_date) or NOT_PROVIDED),
        ),
    )


def _service(service: SharedService, handover: Handover) -> Card:
    return Card(
        f"{service.category_name} intervention",
        (
            Row("Reason for the referral", handover.reason_for_referral or NOT_PROVIDED),
            Row("Further information", handover.further_information or NOT_PROVIDED),
            Row(
                "Complexity level",
                service.complexity_description,
                level=service.complexity,
                level_title=service.complexity_title,
            ),
            Row("Desired outcomes", tuple(outcome.text for outcome in service.outcomes) or NOT_PROVIDED),
        ),
    )


def _contact(heading: str, contact: SharedContact) -> Card:
    return Card(
        heading,
        (
            Row("Name", contact.name or NOT_PROVIDED),
            Row("Email address", contact.email or NOT_PROVIDED),
            Row("Phone number", contact.phone or NOT_PROVIDED),
            Row("Probation delivery unit (PDU)", contact.pdu or NOT_PROVIDED),
            Row("Probation office", contact.office or NOT_PROVIDED),
            Row("Team phone number", contact.team_phone or NOT_PROVIDED),
        ),
    )


def _back_up(contact: SharedContact) -> tuple[Card, ...]:
    """Only what is known of the back-up contact, and no card when there is none."""
    known = tuple(row for row in _contact("", contact).rows if row.value != NOT_PROVIDED)
    return (Card("Back-up contact for this referral", known),) if known else ()


def _whereabouts(person: SharedPerson) -> Card:
    address = "No fixed abode" if person.no_fixed_abode else "\n".join(person.address_lines)
    if person.no_fixed_abode and person.address_lines:
        address = "\n".join((address, *person.address_lines))
    return Card(
        "Last known address and contact details",
        (
            Row("Address", address or _missing(person, "address")),
            Row("Phone number", person.telephone or _missing(person, "telephone")),
            Row("Mobile number", person.mobile or _missing(person, "mobile")),
            Row("Email address", person.email or _missing(person, "email")),
        ),
    )


def _personal_details(person: SharedPerson) -> Card:
    return Card(
        "Personal details",
        (
            Row("Sex", person.sex or _missing(person, "sex")),
            Row("Ethnicity", person.ethnicity or _missing(person, "ethnicity")),
            Row("Preferred language", person.preferred_language or _missing(person, "preferred_language")),
            Row("Disabilities", person.disabilities or _missing(person, "disabilities")),
            Row("Religion or belief", person.religion_or_belief or _missing(person, "religion_or_belief")),
            Row("Details taken from nDelius", date_time(person.pulled_at) or NOT_PROVIDED),
        ),
    )


def _missing(person: SharedPerson, detail: str) -> str:
    """Whether a detail that is empty was kept back or is not known."""
    return NOT_SHARED if detail in person.withheld else NOT_PROVIDED


def _needs(handover: Handover) -> Card:
    needs = handover.needs
    criminogenic = tuple(
        f"{need.name}: {need.comment}" if need.comment else need.name for need in needs.criminogenic
    )
    language = Row("Interpreter language", needs.interpreter_language or NOT_PROVIDED)
    unavailable = Row("When they are not available", needs.when_unavailable or NOT_PROVIDED)
    return Card(
        "Needs and requirements",
        (
            Row("Criminogenic needs", criminogenic or NOT_SHARED),
            Row("Additional needs", needs.additional_needs or NOT_PROVIDED),
            Row("Mobility, disability or accessibility needs", needs.accessibility_needs or NOT_PROVIDED),
            Row("Interpreter needed", _yes_or_no(needs.needs_interpreter)),
            *((language,) if needs.needs_interpreter else ()),
            Row("Caring or employment responsibilities", _yes_or_no(needs.has_responsibilities)),
            *((unavailable,) if needs.has_responsibilities else ()),
            Row("Diversity", needs.diversity or NOT_PROVIDED),
        ),
    )


def _yes_or_no(answer: bool | None) -> str:
    return {True: "Yes", False: "No", None: NOT_PROVIDED}[answer]


def _risk(handover: Handover) -> Card:
    declaration = handover.declaration
    declared = f"{declaration.declared_by}, {date_time(declaration.declared_at)}"
    return Card(
        "Risk information",
        (
            *(
                Row(label, _section(getattr(handover.risk, section)))
                for section, label in RISK_LABELS.items()
            ),
            Row(
                "Who takes responsibility for sharing this",
                declared if declaration.declared_by else "Nobody yet",
            ),
        ),
    )


def _section(section: SharedRiskSection) -> str:
    """As declared. Removed and empty read the same, so that a removal cannot be inferred (decision R4)."""
    answer = ANSWERS[section.answer] if section.answer else ""
    first = "No identified risk" if section.no_identified_risk else answer
    return "\n\n".join(part for part in (first, section.text) if part.strip()) or NOT_SHARED
