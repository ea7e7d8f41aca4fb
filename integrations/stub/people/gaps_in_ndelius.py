"""People of whom nDelius holds more, or less, than usual."""

from integrations.stub.people import assessments
from integrations.stub.people.persona import (
    Persona,
    case_details,
    manager,
    officers,
    one_sentence,
    profile_of,
    sentence,
)

ORLA = Persona(
    crn="X980022",
    shows="J.ARKWRIGHT's: the manager is not flagged responsible and has no email, and there is no other",
    case=case_details("X980022", "Orla", "Macnamara-Bligh", "1998-07-07", "Female"),
    officers=officers(
        manager(
            "N98A002",
            "Jonah",
            "Arkwright",
            username="J.ARKWRIGHT",
            telephone="01632 960902",
            is_responsible=False,
        )
    ),
    sentences=one_sentence("X980022"),
    assessments=[
        assessments.risk(
            who="Her flatmate.",
            nature="Slaps and thrown crockery during arguments.",
            imminence="When both have been drinking at home.",
            community={"LOW": ["Children", "Public", "Known Adult", "Staff"]},
        )
    ],
    needs=assessments.needs(accommodation=3, alcohol_misuse=5),
)

SOL = Persona(
    crn="X980025",
    shows="no contact details at all but no fixed abode; no gender",
    case=case_details("X980025", "Sol", "Everleigh", "1994-10-26", None, profile={})
    | {"contactDetails": {"noFixedAbode": True}},
    officers=officers(),
    sentences=one_sentence("X980025"),
    assessments=[
        assessments.risk(
            who="People sleeping in the same doorways.",
            nature="Fights over blankets and pitches.",
            imminence="In cold weather.",
            community={"LOW": ["Children", "Public", "Known Adult", "Staff"]},
            vulnerability="YES",
            vulnerability_text="Beaten twice this year while asleep. Will not use the night shelter.",
        )
    ],
    needs=assessments.needs(accommodation=9, drug_misuse=6, education_training_and_employability=None),
)

WENDELL = Persona(
    crn="X980026",
    shows="seven active sentences, two of one offence, one without an end, one without a start; one ended",
    case=case_details(
        "X980026", "Wendell", "Hoskyns", "1965-05-15", "Male", profile=profile_of(language="English")
    ),
    officers=officers(),
    sentences=[
        sentence(
            2_500_982_601, "Theft offences", "Theft from shops", "ORA Community Order (12 Months)", ends=165
        ),
        sentence(
            2_500_982_602,
            "Theft offences",
            "Theft from shops",
            "ORA Community Order (12 Months)",
            began=-90,
            ends=275,
        ),
        sentence(
            2_500_982_603,
            "Burglary",
            "Burglary in a dwelling",
            "ORA Suspended Sentence Order (24 Months)",
            ends=530,
        ),
        sentence(
            2_500_982_604,
            "Public order offences",
            "Affray",
            "Unpaid Work Requirement",
            ends=None,
        ),
        sentence(
            2_500_982_605,
            "Motoring offences",
            "Driving while disqualified",
            "ORA Community Order (6 Months)",
            began=None,
        ),
        sentence(
            2_500_982_606,
            "Sexual offences",
            "Breach of a prevention order",
            "Extended Determinate Sentence (on licence)",
            began=-1_460,
            ends=3_652,
        ),
        sentence(
            2_500_982_607,
            "Violence against the person",
            "Common assault",
            "ORA Community Order (18 Months)",
            began=-30,
            ends=517,
        ),
    ],
    ended_sentences=[
        sentence(
            2_500_982_699,
            "Criminal damage",
            "Damage to a vehicle",
            "ORA Community Order (12 Months)",
            began=-900,
            ends=-535,
            is_active=False,
        )
    ],
    assessments=[
        assessments.risk(
            who="Householders who disturb him, and shop staff.",
            nature="Pushing past people to get away; carries a screwdriver.",
            imminence="At night, when he has run out of prescribed medication.",
            community={"LOW": ["Children"], "MEDIUM": ["Staff", "Known Adult"], "HIGH": ["Public"]},
        )
    ],
    needs=assessments.needs(
        accommodation=4, drug_misuse=7, lifestyle_and_associates=5, thinking_and_behaviour=5, attitude=4
    ),
)

AGNES = Persona(
    crn="X980027",
    shows="no active sentence to refer for",
    case=case_details("X980027", "Agnes", "Thistlewood", "1959-02-28", "Female"),
    officers=officers(),
    assessments=[
        assessments.risk(
            who="Her adult son.",
            nature="Withholding food and medicine when he does not hand over his benefits.",
            imminence="At the end of the month.",
            community={"LOW": ["Children", "Public", "Staff"], "MEDIUM": ["Known Adult"]},
        )
    ],
    needs=assessments.needs(relationships=5),
)

PEOPLE = (ORLA, SOL, WENDELL, AGNES)
