"""Every fact of a referral from another system: from where, when it is asked again, what then (promise 6).

The one table: a draft is compared with the systems that stand here, and the documentation prints it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final


class Call(Enum):
    """Which answer of which system a fact is part of: its words are those of the documentation."""

    PERSON = "nDelius: personal details"
    ACCESS = "nDelius: limited access"
    OFFICER = "nDelius: responsible practitioner"
    SENTENCES = "nDelius: active sentences"
    CUSTODY = "Prison records"
    RISK = "OASys: risk"
    NEEDS = "OASys: criminogenic needs"


class Moment(Enum):
    """When another system is asked again."""

    ON_OPENING = "when its page is opened"
    ON_RESUME = "on resume"
    ON_CHECKING = "on check answers"
    ON_SENDING = "on sending"
    DAILY = "daily after sending"


class Difference(Enum):
    """What is done about a value that is another by now."""

    TAKEN = "The draft takes it. Both values are shown before sending."
    SHOWN = "Both values are shown before sending. The practitioner decides."
    NOTICED = "It is announced. Taking it is a decision of the practitioner."
    KEPT = "Nothing: it was chosen from once and is not asked again."


class AfterSending(Enum):
    """What is done about a value that is another by now, once the referral was sent."""

    FOLLOWED = (
        "What is shared follows nDelius, with an entry in the change log. Nothing is copied while nDelius limits who "
        "can see the person: a practitioner decides."
    )
    FOLLOWED_UNLESS_CHANGED = (
        "What is shared follows prison records, with an entry in the change log, unless it was changed by hand, they "
        "have none any more, or nDelius limits who can see the person: then a practitioner decides."
    )
    REPLACED = (
        "Another practitioner takes the place of the one that nDelius named before, with an entry in the change log. "
        "One who was changed by hand stays, and so does everyone while nDelius limits who can see the person or names "
        "nobody: the practitioner is told. The page of the case asks too, at most every 15 minutes. Other details of "
        "the same practitioner are not asked for again."
    )
    STOPS = (
        "When nDelius limits who can see the person, nothing is copied any more. The practitioner is told, and again "
        "when the limits end. One who may not see the person is refused with the words of nDelius."
    )
    ANNOUNCED = (
        "It is announced on the case and on the home page, at most once a day. A corrected version can be shared."
    )
    NOTHING = "Nothing. A practitioner can change what can be changed in a sent referral."


@dataclass(frozen=True, slots=True)
class Fact:
    """``columns`` are the draft's. ``question``: where it is confirmed."""

    name: str
    call: Call
    columns: tuple[str, ...]
    question: str
    asked: tuple[Moment, ...]
    difference: Difference
    after_sending: AfterSending


BEFORE_SENDING: Final = (Moment.ON_RESUME, Moment.ON_CHECKING, Moment.ON_SENDING)
ALWAYS: Final = (*BEFORE_SENDING, Moment.DAILY)
PERSONAL: Final = "personal-details"

FACTS: Final[tuple[Fact, ...]] = (
    Fact(
        "Name and date of birth", Call.PERSON,
        ("first_name", "last_name", "date_of_birth", "person_pulled_at", "unread_in_ndelius"), PERSONAL,
        ALWAYS, Difference.TAKEN, AfterSending.FOLLOWED,
    ),
    Fact(
        "Personal details that can be withheld", Call.PERSON,
        ("sex", "ethnicity", "preferred_language", "religion_or_belief", "disabilities", "address_lines",
         "no_fixed_abode", "telephone", "mobile", "email"), PERSONAL,
        ALWAYS, Difference.TAKEN, AfterSending.FOLLOWED,
    ),
    Fact(
        "Limited access", Call.ACCESS, ("was_limited",), "", ALWAYS, Difference.SHOWN, AfterSending.STOPS,
    ),
    Fact(
        "Responsible practitioner", Call.OFFICER,
        ("practitioner_name", "practitioner_email", "practitioner_phone", "practitioner_team_phone",
         "practitioner_pdu", "practitioner_in_ndelius"), "practitioner", ALWAYS, Difference.SHOWN,
        AfterSending.REPLACED,
    ),
    Fact(
        "Relevant sentence", Call.SENTENCES,
        ("sentence_id", "sentence_offence_category", "sentence_offence_subcategory", "sentence_ends_on"),
        "relevant-sentence", (Moment.ON_OPENING, *BEFORE_SENDING), Difference.SHOWN, AfterSending.NOTHING,
    ),
    Fact(
        "Establishment", Call.CUSTODY, ("prison_number", "establishment", "establishment_code", "custody_facts"),
        "establishment", (Moment.ON_OPENING, *ALWAYS), Difference.SHOWN, AfterSending.FOLLOWED_UNLESS_CHANGED,
    ),
    Fact(
        "Expected release date", Call.CUSTODY, ("release_date", "custody_facts"), "expected-release-date",
        (Moment.ON_OPENING, *ALWAYS), Difference.SHOWN, AfterSending.FOLLOWED_UNLESS_CHANGED,
    ),
    Fact(
        "OASys risk information", Call.RISK, ("risk",), "risk-information",
        (Moment.ON_OPENING, Moment.ON_RESUME, Moment.DAILY), Difference.NOTICED,
        AfterSending.ANNOUNCED,
    ),
    Fact(
        "Criminogenic needs", Call.NEEDS, ("oasys_needs",), "criminogenic-needs", (Moment.ON_OPENING,),
        Difference.KEPT, AfterSending.NOTHING,
    ),
)  # fmt: skip


def calls_at(moment: Moment) -> frozenset[Call]:
    """Whom to ask at a moment."""
    return frozenset(fact.call for fact in FACTS if moment in fact.asked)


def as_markdown() -> str:
    """The table as ``docs/facts.md`` prints it."""
    rows = [("Fact", "From", "Asked again", "A difference before sending", "After sending")]
    rows += [("---",) * 5]
    rows += [
        (
            fact.name,
            fact.call.value,
            ", ".join(moment.value for moment in fact.asked),
            fact.difference.value,
            fact.after_sending.value,
        )
        for fact in FACTS
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
