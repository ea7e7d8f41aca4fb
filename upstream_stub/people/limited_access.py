"""People whom not every user may see."""

from upstream_stub.people import assessments
from upstream_stub.people.persona import Persona, case_details, officers, one_sentence

HESTER = Persona(
    crn="X980017",
    shows="H.TRELAWNY is excluded, with a message; everybody else may see her",
    case=case_details("X980017", "Hester", "Quarrington", "1974-11-08", "Female"),
    officers=officers(),
    sentences=one_sentence("X980017"),
    barred={"H.TRELAWNY": "You are excluded from viewing this person’s record. Speak to your manager."},
    assessments=[
        assessments.risk(
            who="A former colleague whom she blames for losing her post.",
            nature="Letters and silent calls; once put paint through a letterbox.",
            imminence="Around the anniversary of the dismissal.",
            community={"LOW": ["Children", "Public", "Staff"], "MEDIUM": ["Known Adult"]},
        )
    ],
    needs=assessments.needs(relationships=3, thinking_and_behaviour=4),
)

EMRYS = Persona(
    crn="X980018",
    shows="open to P.OKONJO only, and nDelius gives no message; OASys refuses too (403)",
    case=case_details("X980018", "Emrys", "Vaughan-Ladd", "1968-06-30", "Male"),
    officers=officers(),
    sentences=one_sentence("X980018"),
    open_only_to=frozenset({"P.OKONJO"}),
    assessments=[
        assessments.risk(
            who="The family of the person he injured.",
            nature="Intimidation by others on his behalf.",
            imminence="Whenever the case is in the news.",
            community={"HIGH": ["Known Adult"], "LOW": ["Children", "Public", "Staff"]},
        )
    ],
    needs=assessments.needs(lifestyle_and_associates=4, attitude=3),
)

TAMSIN = Persona(
    crn="X980019",
    shows="nDelius leaves her out of its answer about access: counts as denied",
    case=case_details("X980019", "Tamsin", "Gallowglass", "1992-09-09", "Female"),
    officers=officers(),
    sentences=one_sentence("X980019"),
    is_left_out_of_access=True,
    assessments=[
        assessments.risk(
            who="Door staff and bus drivers.",
            nature="Spitting and kicking when refused entry.",
            imminence="Late on Fridays and Saturdays.",
            community={"LOW": ["Children", "Known Adult"], "MEDIUM": ["Public", "Staff"]},
        )
    ],
    needs=assessments.needs(alcohol_misuse=6, lifestyle_and_associates=3),
)

PEOPLE = (HESTER, EMRYS, TAMSIN)
