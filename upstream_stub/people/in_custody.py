"""People with a prison number: held, released, on the way, and held where the prison register does not look."""

from upstream_stub.people import assessments
from upstream_stub.people.persona import (
    Json,
    Persona,
    case_details,
    manager,
    officers,
    okonjo,
    one_sentence,
    prisoner,
)


def _prison_manager(code: str, forename: str, surname: str) -> Json:
    """Responsible while the person is inside; P.OKONJO remains the community manager."""
    return manager(
        code,
        forename,
        surname,
        username=f"{forename[0]}.{surname}".upper(),
        email=f"{forename}.{surname}@example.com".lower(),
        telephone="01632 960915",
        team={"code": "N98OMU", "description": "Offender Management Unit"},
    )


AARON = Persona(
    crn="X980012",
    shows="in Moorland; release confirmed in 45 days, two days before the expected date",
    case=case_details("X980012", "Aaron", "Tolliver", "1993-08-02", "Male"),
    officers=officers(okonjo(is_responsible=False), _prison_manager("N98P015", "Rosalind", "Farquhar")),
    sentences=one_sentence("X980012"),
    assessments=[
        assessments.risk(
            who="Members of a group he has fallen out with, and their families.",
            nature="Arranges for others to do harm; was found with a blade in a shared cell.",
            imminence="In the first weeks after release, when he is back on the estate.",
            community={"LOW": ["Children"], "MEDIUM": ["Staff", "Known Adult"], "HIGH": ["Public"]},
            custody_levels={"LOW": ["Staff"], "MEDIUM": ["Prisoners"]},
        )
    ],
    needs=assessments.needs(
        accommodation=4, lifestyle_and_associates=5, thinking_and_behaviour=5, attitude=3
    ),
    prison_number="A9812ZZ",
    prisoner=prisoner("MDI", release=47, confirmed=45),
)

BLESSING = Persona(
    crn="X980013",
    shows="in Eastwood Park without any release date: an indeterminate sentence",
    case=case_details("X980013", "Blessing", "Umeh-Carrow", "1982-02-14", "Female"),
    officers=officers(okonjo(is_responsible=False), _prison_manager("N98P016", "Imelda", "Quayle")),
    sentences=one_sentence("X980013"),
    assessments=[
        assessments.risk(
            who="Partners who leave.",
            nature="One very serious attack, planned over weeks.",
            imminence="When a relationship ends or she believes that it will.",
            community={"LOW": ["Children", "Public", "Staff"], "MEDIUM": ["Known Adult"]},
            custody_levels={"LOW": ["Prisoners", "Staff"]},
            custody="YES",
            hostel_text="Stops eating when she is moved to another wing without notice.",
        )
    ],
    needs=assessments.needs(relationships=5, thinking_and_behaviour=4),
    prison_number="A9813ZZ",
    prisoner=prisoner("EWI", legal_status="INDETERMINATE_SENTENCE"),
)

PIOTR = Persona(
    crn="X980014",
    shows="released three weeks ago: a prison number, and OUT where a prison is expected",
    case=case_details("X980014", "Piotr", "Zalewicz", "1996-01-25", "Male"),
    officers=officers(),
    sentences=one_sentence("X980014"),
    assessments=[
        assessments.risk(
            who="Security staff at night.",
            nature="Pushes and swears when he is stopped.",
            imminence="After payday, in the town centre.",
            community={"LOW": ["Children", "Public", "Known Adult", "Staff"]},
        )
    ],
    needs=assessments.needs(accommodation=3, alcohol_misuse=4),
    prison_number="A9814ZZ",
    prisoner=prisoner("OUT", status="INACTIVE OUT", release=-21, confirmed=-21),
)

EFFIE = Persona(
    crn="X980015",
    shows="a prison number, and nothing about where she is",
    case=case_details("X980015", "Effie", "Lindqvist-Shaw", "1989-04-04", "Female"),
    officers=officers(),
    sentences=one_sentence("X980015"),
    assessments=[
        assessments.risk(
            who="Her brother's partner.",
            nature="Messages at all hours, and once a broken window.",
            imminence="On birthdays and at Christmas.",
            community={"LOW": ["Children", "Public", "Known Adult", "Staff"]},
        )
    ],
    needs=assessments.needs(relationships=3),
    prison_number="A9815ZZ",
    prisoner=prisoner(None, status=None, legal_status=None),
)

ESME = Persona(
    crn="X980115",
    shows="on the way between two prisons (TRN); release expected in 90 days, not confirmed",
    case=case_details("X980115", "Esme", "Lindqvist-Shaw", "1989-04-04", "Female"),
    officers=officers(),
    sentences=one_sentence("X980115"),
    assessments=[
        assessments.risk(
            who="Her brother's partner.",
            nature="Messages at all hours, and once a broken window.",
            imminence="On birthdays and at Christmas.",
            community={"LOW": ["Children", "Public", "Known Adult", "Staff"]},
        )
    ],
    needs=assessments.needs(relationships=3),
    prison_number="A9815ZY",
    prisoner=prisoner("TRN", status="INACTIVE TRN", release=90),
)

JOVAN = Persona(
    crn="X980016",
    shows="a young adult in a secure children's home; release expected in 130 days, not confirmed",
    case=case_details("X980016", "Jovan", "Trent", "2005-05-19", "Male"),
    officers=officers(),
    sentences=one_sentence("X980016"),
    assessments=[
        assessments.risk(
            who="Other young people, mostly younger than he is.",
            nature="Takes telephones and trainers with threats; once showed a knife.",
            imminence="After school and around the bus station.",
            community={"LOW": ["Staff", "Known Adult"], "MEDIUM": ["Children", "Public"]},
            vulnerability="YES",
            vulnerability_text="Older boys have used him to carry drugs. He says that he owes them.",
        )
    ],
    needs=assessments.needs(
        education_training_and_employability=6, lifestyle_and_associates=4, thinking_and_behaviour=5
    ),
    prison_number="A9816ZZ",
    prisoner=prisoner("SC9801", release=130),
)

PEOPLE = (AARON, BLESSING, PIOTR, EFFIE, ESME, JOVAN)
