"""As many people as are wanted, each with a CRN and words of their own: for load and for bad weather.

``C000001`` and so on. A quarter of them are in custody, a quarter have sections of OASys without text. Every text of
OASys, and what nDelius holds in confidence, holds a word that occurs nowhere else, so that a leak says where it came
from. Their managers are nobody's account here: each has fifty people, as a real one has.
"""

from upstream_stub.people import assessments
from upstream_stub.people.persona import (
    Json,
    Persona,
    case_details,
    disability,
    manager,
    officers,
    one_sentence,
    prisoner,
    profile_of,
)

CASES_OF_A_MANAGER = 50
FORENAMES = ("Alder", "Bryony", "Clover", "Davy", "Elowen", "Florian", "Greta", "Hollis")
SURNAMES = ("Ashdown", "Brackley", "Coldwell", "Dunmore", "Everdene", "Farleigh", "Garstang")
TEXTS = ("who", "nature", "imminence", "self_harm", "hostel", "vulnerability")


def crn_of(number: int) -> str:
    """Of the person with this number, from 1."""
    return f"C{number:06d}"


def secret_word(number: int, text: str) -> str:
    """What stands in one of ``TEXTS`` of a person, and nowhere else."""
    return f"zq{text.replace('_', '')}{number:06d}qz"


def crowd(size: int) -> dict[str, Persona]:
    """The people from 1 to ``size``, by CRN."""
    return {crn_of(number): _person(number) for number in range(1, size + 1)}


def _person(number: int) -> Persona:
    crn = crn_of(number)
    in_custody = number % 4 == 0
    forename, surname = FORENAMES[number % len(FORENAMES)], SURNAMES[number % len(SURNAMES)]
    return Persona(
        crn=crn,
        shows="one of many",
        case=case_details(
            crn,
            forename,
            surname,
            f"{1960 + number % 40}-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "Male" if number % 2 else "Female",
            profile=profile_of(disabilities=[disability("Dyslexia", notes=_sentence(number, "disability"))]),
        ),
        officers=officers(_manager(number // CASES_OF_A_MANAGER)),
        sentences=one_sentence(crn),
        assessments=[_risk(number, has_gaps=number % 4 == 1)],
        needs=assessments.needs(accommodation=number % 8, drug_misuse=3, alcohol_misuse=None),
        prison_number=f"C{number % 10_000:04}ZZ" if in_custody else None,
        prisoner=prisoner("MDI", release=60, confirmed=58) if in_custody else None,
    )


def _manager(number: int) -> Json:
    return manager(
        f"N98C{number:03d}",
        "Corin",
        "Ellery",
        username=f"C.ELLERY{number}",
        email=f"corin.ellery{number}@example.com",
        telephone="01632 960902",
    )


def _risk(number: int, *, has_gaps: bool) -> Json:
    said = {text: _sentence(number, text) for text in TEXTS}
    return assessments.risk(
        who=said["who"],
        nature=said["nature"],
        imminence=None if has_gaps else said["imminence"],
        community={"LOW": ["Children"], "MEDIUM": ["Public"], "HIGH": ["Known Adult"]},
        suicide="DK" if has_gaps else "NO",
        self_harm="YES",
        self_harm_text=said["self_harm"],
        hostel="YES",
        hostel_text=said["hostel"],
        vulnerability=None if has_gaps else "YES",
        vulnerability_text=said["vulnerability"],
    )


def _sentence(number: int, text: str) -> str:
    return f"Arguments about money and rent come before it ({secret_word(number, text)}). It is worse in the evening."
