"""People of whom nDelius holds more, or less, than usual."""

from upstream_stub.people import assessments
from upstream_stub.people.persona import (
    Persona,
    case_details,
    manager,
    officers,
    one_sentence,
    profile_of,
    sentence,
)

# --- X980020 and X980021: two records made one ---------------------------------------------------

RAVI_MERGED_AWAY = Persona(
    crn="X980020",
    shows="merged away: nDelius and OASys know nobody under this CRN any more (X980021 is what is left)",
    case=None,
    merged_into="X980021",
)

RAVI = Persona(
    crn="X980021",
    shows="what is left of two records: an ordinary person, who was X980020 as well",
    case=case_details("X980021", "Ravi", "Sundaram-Pike", "1987-12-12", "Male"),
    officers=officers(),
    sentences=one_sentence("X980021"),
    assessments=[
        assessments.risk(
            who="Other drivers, and anyone who films him.",
            nature="Follows cars home and bangs on their windows.",
            imminence="On the motorway in the rush hour, when he is late.",
            community={"LOW": ["Children", "Known Adult", "Staff"], "MEDIUM": ["Public"]},
        )
    ],
    needs=assessments.needs(thinking_and_behaviour=5, attitude=2),
)

# --- Officers: not flagged, none, nobody yet -----------------------------------------------------

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

FINLAY = Persona(
    crn="X980023",
    shows="no active community manager: asked for an officer, nDelius answers 404",
    case=case_details("X980023", "Finlay", "Dewhurst", "1980-03-03", "Male"),
    sentences=one_sentence("X980023"),
    assessments=[
        assessments.risk(
            who="Staff of betting shops.",
            nature="Kicks machines and threatens whoever asks him to leave.",
            imminence="On the day his wages come, once they are spent.",
            community={"LOW": ["Children", "Known Adult"], "MEDIUM": ["Public", "Staff"]},
        )
    ],
    needs=assessments.needs(lifestyle_and_associates=4, thinking_and_behaviour=4),
)

UNITY = Persona(
    crn="X980024",
    shows="not allocated yet: nDelius names a placeholder without user name, email or telephone",
    case=case_details("X980024", "Unity", "Achterberg", "1971-01-19", "Female"),
    officers=officers(manager("N01PROU", "Unallocated", "Staff", is_unallocated=True)),
    sentences=one_sentence("X980024"),
    assessments=[
        assessments.risk(
            who="Her tenants.",
            nature="Enters their rooms and throws out what they own.",
            imminence="When rent is late and she has bills of her own.",
            community={"LOW": ["Children", "Staff"], "MEDIUM": ["Public", "Known Adult"]},
        )
    ],
    needs=assessments.needs(accommodation=2, relationships=3, attitude=3),
)

# --- Contact details and sentences ---------------------------------------------------------------

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

PEOPLE = (RAVI_MERGED_AWAY, RAVI, ORLA, FINLAY, UNITY, SOL, WENDELL, AGNES)
