"""A synthetic person: what outside systems hold about somebody who does not exist, in their wire shapes.

To add a person: pick the next CRN, write ``Persona(crn=..., shows=..., case=case_details(...), ...)`` in the
module of this folder that fits what the person shows, and add it to that module's tuple; ``everyone`` finds it
there. Whatever is not said stays ordinary: full contact details, one active sentence, P.OKONJO responsible,
nobody barred. Phones are from the ranges kept for drama, emails end in example.com, postcodes begin with ZZ99.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from upstream_stub.dates import Day
from upstream_stub.faults import Fault

Json = dict[str, Any]

STREETS = ("Larkspur Road", "Quarry Hill", "Sexton Street", "Vine Terrace", "Ropewalk Lane", "Dyehouse Yard")
DISTRICTS = ("Millbeck", "Northgate", "St Anselm's", "Copperfields")
PDU = {"code": "N98HNV", "description": "Harrowgate and North Vale"}
TEAM = {
    "code": "N98T01",
    "description": "Harrowgate Sentence Management Team 1",
    "email": "harrowgate.team1@example.com",
    "telephoneNumber": "01632 960900",
}


@dataclass(frozen=True)
class Persona:
    """One person. ``None`` for ``case``, ``officers`` or ``needs`` and no ``assessments`` mean 404.

    ``assessments`` are OASys's answers about risk, one a read; the last one stays. ``barred`` maps a user to
    the message they are refused with; ``open_only_to`` names the only users who may see the person.
    ``prison_number`` is nDelius's, ``prisoner`` what prisoner search holds under it (``None``: 404). ``merged_into``:
    the CRN of the record that this one was made part of, with the referrals and appointments that it had.
    """

    crn: str
    shows: str
    case: Json | None
    officers: Json | None = None
    sentences: Sequence[Json] = ()
    ended_sentences: Sequence[Json] = ()
    barred: Mapping[str, str | None] = field(default_factory=dict)
    open_only_to: frozenset[str] | None = None
    restriction_message: str | None = None
    is_left_out_of_access: bool = False
    assessments: Sequence[Json] = ()
    needs: Json | None = None
    prison_number: str | None = None
    prisoner: Json | None = None
    merged_into: str | None = None
    faults: Sequence[Fault] = ()

    @property
    def all_sentences(self) -> list[Json]:
        """Active and ended."""
        return [*self.sentences, *self.ended_sentences]

    @property
    def managed_by(self) -> str | None:
        """The community manager's user name: who has the person among their cases."""
        return self.officers["communityManager"].get("username") if self.officers else None

    @property
    def is_open_to_named_users_only(self) -> bool:
        """Restricted, in nDelius's word."""
        return self.open_only_to is not None

    def access_of(self, username: str, *, is_known: bool) -> Json:
        """The two flags for one user. For somebody nDelius does not know, any limit counts."""
        is_excluded = username in self.barred or (bool(self.barred) and not is_known)
        is_restricted = self.open_only_to is not None and username not in self.open_only_to
        message = self.barred.get(username, next(iter(self.barred.values()), None))
        return {
            "userExcluded": is_excluded,
            "userRestricted": is_restricted,
            "exclusionMessage": message if is_excluded else None,
            "restrictionMessage": self.restriction_message if is_restricted else None,
        }


# --- The case ------------------------------------------------------------------------------------


def case_details(
    crn: str,
    forename: str,
    surname: str,
    born: str,
    gender: str | None,
    *,
    profile: Json | None = None,
    contact: Json | None = None,
) -> Json:
    """Case details. ``born`` is a date as on the wire: a date of birth does not move with the clock."""
    number = int(crn[-3:])
    ordinary_contact: Json = {
        "noFixedAbode": False,
        "mainAddress": {
            "buildingNumber": str(number * 3 % 180 + 1),
            "streetName": STREETS[number % len(STREETS)],
            "district": DISTRICTS[number % len(DISTRICTS)],
            "town": "Harrowgate",
            "county": "North Vale",
            "postcode": f"ZZ99 {number % 10}ZZ",
        },
        "emailAddress": f"{_for_an_email(forename)}.{_for_an_email(surname)}@example.com",
        "telephoneNumber": f"01632 960{number:03d}",
        "mobileNumber": f"07700 900{number:03d}",
    }
    return {
        "crn": crn,
        "name": {"forename": forename, "surname": surname},
        "dateOfBirth": born,
        "gender": gender,
        "profile": profile_of() if profile is None else profile or None,
        "contactDetails": ordinary_contact | (contact or {}),
    }


def profile_of(
    *,
    language: str | None = "English",
    ethnicity: str | None = "White: British/English/Welsh/Scottish/Northern Irish",
    religion: str | None = "No Religion",
    disabilities: Sequence[Json] = (),
) -> Json:
    """The profile; pass ``{}`` to ``case_details`` for none at all."""
    return {
        "primaryLanguage": language,
        "ethnicity": ethnicity,
        "religion": religion,
        "disabilities": list(disabilities),
    }


def disability(kind: str, *, since: int = 900, notes: str | None = None) -> Json:
    """A disability that began ``since`` days ago."""
    return {"type": kind, "startDate": Day(-since), "notes": notes}


def _for_an_email(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isascii() and letter.isalpha())


# --- Officers ------------------------------------------------------------------------------------


def manager(
    code: str,
    forename: str,
    surname: str,
    *,
    username: str | None = None,
    email: str | None = None,
    telephone: str | None = None,
    is_responsible: bool = True,
    team: Json | None = None,
    is_unallocated: bool = False,
) -> Json:
    """A community or prison manager."""
    return {
        "code": code,
        "name": {"forename": forename, "surname": surname},
        "username": username,
        "email": email,
        "telephoneNumber": telephone,
        "responsibleOfficer": is_responsible,
        "pdu": PDU,
        "team": team or TEAM,
        "unallocated": is_unallocated,
    }


def okonjo(*, is_responsible: bool = True, team: Json | None = None) -> Json:
    """P.OKONJO, to whom most people are allocated."""
    return manager(
        "N98A001",
        "Patience",
        "Okonjo",
        username="P.OKONJO",
        email="patience.okonjo@example.com",
        telephone="01632 960901",
        is_responsible=is_responsible,
        team=team,
    )


def officers(community: Json | None = None, prison: Json | None = None) -> Json:
    """The responsible officer's answer: P.OKONJO unless somebody else is given."""
    return {"communityManager": community or okonjo(), "prisonManager": prison}


# --- In custody ----------------------------------------------------------------------------------


def prisoner(
    prison: str | None,
    *,
    status: str | None = "ACTIVE IN",
    legal_status: str | None = "SENTENCED",
    release: int | None = None,
    confirmed: int | None = None,
) -> Json:
    """Prisoner search's document, but for the number. ``release`` and ``confirmed`` in days from today.

    The last word of ``status`` is where they are: IN, OUT or TRN.
    """
    return {
        "prisonId": prison,
        "status": status,
        "inOutStatus": status.rpartition(" ")[2] if status else None,
        "legalStatus": legal_status,
        "releaseDate": None if release is None else Day(release),
        "confirmedReleaseDate": None if confirmed is None else Day(confirmed),
        "conditionalReleaseDate": None if release is None else Day(release),
        "nonDtoReleaseDate": None if release is None else Day(release),
        "nonDtoReleaseDateType": None if release is None else "CRD",
        "automaticReleaseDate": None,
        "postRecallReleaseDate": None,
        "actualParoleDate": None,
        "dischargeDate": None,
    }


# --- Sentences -----------------------------------------------------------------------------------


def sentence(
    sentence_id: int,
    category: str,
    sub_category: str,
    description: str,
    *,
    began: int | None = -200,
    ends: int | None = 400,
    is_active: bool = True,
) -> Json:
    """One conviction; ``began`` and ``ends`` in days from today, ``None`` when nDelius holds no date."""
    return {
        "id": sentence_id,
        "date": None if began is None else Day(began),
        "sentence": {"description": description, "expectedEndDate": None if ends is None else Day(ends)},
        "mainOffence": {"category": category, "subCategory": sub_category},
        "active": is_active,
    }


ORDINARY_OFFENCES = (
    (
        "Violence against the person",
        "Assault occasioning actual bodily harm",
        "ORA Community Order (18 Months)",
    ),
    ("Theft offences", "Theft from shops", "ORA Community Order (12 Months)"),
    ("Burglary", "Burglary in a dwelling", "ORA Suspended Sentence Order (18 Months)"),
    ("Drug offences", "Possession with intent to supply, class B", "Adult Custody < 12m (on licence)"),
    ("Public order offences", "Affray", "ORA Community Order (12 Months)"),
)


def one_sentence(crn: str) -> tuple[Json, ...]:
    """The single active sentence of an ordinary person."""
    number = int(crn[-3:])
    category, sub_category, description = ORDINARY_OFFENCES[number % len(ORDINARY_OFFENCES)]
    began, ends = -120 - number % 90, 240 + number % 200
    return (sentence(2_500_980_000 + number, category, sub_category, description, began=began, ends=ends),)
