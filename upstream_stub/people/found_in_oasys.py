"""People who show what an assessment can hold: every level, every gap, every kind of text."""

from upstream_stub.dates import Moment
from upstream_stub.people import assessments
from upstream_stub.people.persona import (
    Persona,
    case_details,
    disability,
    manager,
    officers,
    okonjo,
    one_sentence,
    prisoner,
    profile_of,
)

# --- X980001: everything answered ----------------------------------------------------------------

MARLON = Persona(
    crn="X980001",
    shows="a full assessment, very high in the community",
    case=case_details(
        "X980001",
        "Marlon",
        "Ashgrove",
        "1988-04-12",
        "Male",
        profile=profile_of(
            ethnicity="Black or Black British: Caribbean",
            religion="Christian",
            disabilities=[
                disability(
                    "Dyslexia",
                    notes="Prefers appointment letters read to him. Told to officer in confidence.",
                )
            ],
        ),
    ),
    officers=officers(),
    sentences=one_sentence("X980001"),
    assessments=[
        assessments.risk(
            who="Former partners; housing staff who challenge him about rent.",
            nature="Sudden assault with whatever is to hand, usually after drinking.",
            imminence="Evenings, and in the week benefits are paid.",
            community={"LOW": ["Children"], "HIGH": ["Public"], "VERY_HIGH": ["Staff", "Known Adult"]},
            suicide="YES",
            self_harm="YES",
            self_harm_text=(
                "Cut his forearms twice last winter after being told to leave the hostel. Says he thinks about "
                "ending his life when he is alone with no money, and has named the railway bridge. Asks for help "
                "when he is asked directly; keeps the crisis line's number on his telephone."
            ),
            custody="NA",
            hostel="YES",
            hostel_text=(
                "Lost two hostel places through arguments at night about noise and shared kitchens. Manages when he "
                "has a room of his own and one member of staff he knows by name."
            ),
            vulnerability="YES",
            vulnerability_text=(
                "Owes money to people who supplied him with spice. They have waited for him outside the jobcentre, "
                "and he will not go there alone."
            ),
        )
    ],
    needs=assessments.needs(
        accommodation=6,
        education_training_and_employability=5,
        relationships=4,
        lifestyle_and_associates=3,
        drug_misuse=3,
        alcohol_misuse=7,
        thinking_and_behaviour=8,
        attitude=1,
    ),
)

# --- X980002: worse in custody than outside ------------------------------------------------------

IVY = Persona(
    crn="X980002",
    shows="low in the community, very high in custody, where she is; the prison manager is responsible",
    case=case_details("X980002", "Ivy", "Penhallow", "1995-11-30", "Female"),
    officers=officers(
        okonjo(is_responsible=False),
        manager(
            "N98P014",
            "Desmond",
            "Achebe-Ward",
            username="D.ACHEBEWARD",
            email="desmond.achebe-ward@example.com",
            telephone="01632 960914",
            team={"code": "N98OMU", "description": "Offender Management Unit"},
        ),
    ),
    sentences=one_sentence("X980002"),
    assessments=[
        assessments.risk(
            who="Other prisoners who share her landing, and officers who search her cell.",
            nature="Throws hot water and uses furniture to strike; has made a weapon from a toothbrush.",
            imminence="When her medication is late, and after visits that do not happen.",
            community={"LOW": ["Children", "Public", "Known Adult", "Staff"]},
            custody_levels={"VERY_HIGH": ["Prisoners", "Staff"]},
            custody="YES",
            hostel="NO",
            hostel_text="Keeps to her cell and misses meals when the wing is unsettled.",
        )
    ],
    needs=assessments.needs(relationships=4, drug_misuse=5, thinking_and_behaviour=5, attitude=3),
    prison_number="A9802ZZ",
    prisoner=prisoner("LEI", release=160),
)

# --- X980003 and X980004: nothing to find, for two reasons ---------------------------------------

COLM = Persona(
    crn="X980003",
    shows="no OASys record at all (404)",
    case=case_details("X980003", "Colm", "Rafferty-Dunne", "2001-02-09", "Male"),
    officers=officers(),
    sentences=one_sentence("X980003"),
)

DESTA = Persona(
    crn="X980004",
    shows="known to OASys, last assessed 400 days ago: none in the window (200, empty)",
    case=case_details(
        "X980004",
        "Desta",
        "Alemayehu",
        "1979-07-21",
        "Female",
        profile=profile_of(
            language="Amharic", ethnicity="Black or Black British: African", religion="Christian"
        ),
    ),
    officers=officers(),
    sentences=one_sentence("X980004"),
    assessments=[assessments.not_completed()],
)

# --- X980005: asked, and nobody knew --------------------------------------------------------------

GARETH = Persona(
    crn="X980005",
    shows="every concern answered don't know, no text anywhere, levels medium",
    case=case_details("X980005", "Gareth", "Oyelaran", "1990-05-05", "Male"),
    officers=officers(),
    sentences=one_sentence("X980005"),
    assessments=[
        assessments.risk(
            community={"MEDIUM": ["Children", "Public", "Known Adult", "Staff"]},
            suicide="DK",
            self_harm="DK",
            custody="DK",
            hostel="DK",
            vulnerability="DK",
        )
    ],
    needs=assessments.needs(
        accommodation=None,
        education_training_and_employability=None,
        relationships=None,
        lifestyle_and_associates=None,
        drug_misuse=None,
        alcohol_misuse=None,
        thinking_and_behaviour=None,
        attitude=None,
    ),
)

# --- X980006: holes in everything -----------------------------------------------------------------

_with_holes = assessments.risk(
    who="Shop staff and security guards who stop her leaving with goods.",
    nature=None,
    imminence="When she has had no money for several days.",
    community={"MEDIUM": ["Public"]},
    self_harm=None,
    custody="NO",
    hostel="YES",
    hostel_text=None,
    vulnerability="NO",
    assessed=None,
)
_with_holes["riskToSelf"]["suicide"] = None

NOOR = Persona(
    crn="X980006",
    shows="holes: no profile, a postcode for an address, a yes without text, no assessment date",
    case=case_details(
        "X980006",
        "Noor",
        "Castellane",
        "1984-09-18",
        "Female",
        profile={},
        contact={"mainAddress": {"postcode": "ZZ99 6ZZ"}},
    ),
    officers=officers(),
    sentences=one_sentence("X980006"),
    assessments=[_with_holes],
    needs=assessments.needs(
        accommodation=4, relationships=None, drug_misuse=None, thinking_and_behaviour=3, assessed=None
    ),
)

# --- X980007: long --------------------------------------------------------------------------------

_ENTRIES = (
    "Reported arguing with a neighbour about parking and left when asked.",
    "Attended on time and spoke calmly about the week before.",
    "Came to the office smelling of drink; said that he had not slept.",
    "Shouted at reception when told of the waiting time, then apologised.",
    "His sister telephoned to say that he had been at her door again.",
    "Missed the appointment and sent no message.",
    "Talked about his dog for most of the hour and was in good spirits.",
)


def _text_of(length: int, line_breaks: int = 0) -> str:
    """Exactly ``length`` characters with exactly ``line_breaks`` newlines, all of it readable."""
    lines = line_breaks + 1
    letters, text = length - line_breaks, []
    for line in range(lines):
        size = letters // lines + (1 if line < letters % lines else 0)
        entry = ""
        for turn in range(size):
            entry += f"{_ENTRIES[(line + turn) % len(_ENTRIES)]} "
            if len(entry) > size:
                break
        entry = entry[:size]
        text.append(entry[:-1] + ".")
    return "\n".join(text)


THADDEUS = Persona(
    crn="X980007",
    shows="very long text: 4,000, 4,001 and 12,000 characters, and one word of 600 letters",
    case=case_details(
        "X980007",
        "Thaddeus",
        "Winterbourne",
        "1969-01-03",
        "Male",
        profile=profile_of(
            disabilities=[
                disability(f"{kind}, long-standing and substantially affecting day-to-day activities")
                for kind in (
                    "Hearing impairment in both ears",
                    "Visual impairment",
                    "Reduced mobility",
                    "Reduced physical capacity",
                    "Chronic obstructive pulmonary disease",
                    "Type 2 diabetes",
                    "Learning difficulty",
                    "Acquired brain injury",
                    "Depression and anxiety",
                    "Speech impairment",
                    "Progressive neurological condition",
                    "Severe disfigurement",
                )
            ]
        ),
        contact={
            "mainAddress": {
                "buildingName": "The Former Harrowgate and District Co-operative Society Warehouse Apartments",
                "buildingNumber": "118-122",
                "streetName": "Great Northern and Eastern Railway Goods Station Approach Road West",
                "district": "Millbeck-with-Upper-and-Lower-Copperfields",
                "town": "Harrowgate",
                "county": "North Vale",
                "postcode": "ZZ99 7ZZ",
            }
        },
    ),
    officers=officers(),
    sentences=one_sentence("X980007"),
    assessments=[
        assessments.risk(
            who=_text_of(4_000),
            nature=_text_of(4_001),
            imminence=_text_of(12_000, line_breaks=200),
            community={"MEDIUM": ["Public", "Known Adult"], "LOW": ["Children", "Staff"]},
            vulnerability="YES",
            vulnerability_text=(
                "Signs himself in online groups with one word, which he asks to have recorded: "
                + "Winterbourne" * 50
                + ". People there have asked him for money."
            ),
        )
    ],
    needs=assessments.needs(
        accommodation=2,
        education_training_and_employability=3,
        relationships=2,
        lifestyle_and_associates=2,
        drug_misuse=2,
        alcohol_misuse=4,
        thinking_and_behaviour=4,
        attitude=2,
    ),
)

# --- X980008: Welsh, and every other script -------------------------------------------------------

_RIGHT_TO_LEFT = "\u0645\u0631\u062d\u0628\u0627 \u05e9\u05dc\u05d5\u05dd"
_COMBINING = "cafe\u0301, Cymru\u0302, a\u030angstro\u0308m"
_SPACES = "no\u00a0break, zero\u200bwidth, joined\u2060word"
_FLAG_OF_WALES = "\U0001f3f4\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f"
_EMOJI = f"\U0001f600 \U0001f469\U0001f3fd\u200d\U0001f692 {_FLAG_OF_WALES}"

LOWRI = Persona(
    crn="X980008",
    shows="Welsh and unicode: circumflexes, emoji, combining accents, right-to-left, odd spaces",
    case=case_details(
        "X980008",
        "Lowri",
        "ap Gethin-Prydderch",
        "1999-12-31",
        "Female",
        profile=profile_of(
            language="Welsh",
            ethnicity="White: Welsh",
            religion="Annibynwyr",
            disabilities=[disability("Asthma")],
        ),
        contact={
            "mainAddress": {
                "buildingName": "T\u0177 Newydd",
                "streetName": "Heol Llan\u00efestyn",
                "town": "Llanfihangel-y-traethau",
                "county": "Gwynedd",
                "postcode": "ZZ99 8ZZ",
            }
        },
    ),
    officers=officers(),
    sentences=one_sentence("X980008"),
    assessments=[
        assessments.risk(
            who=f"Ei chyn-bartner a'i fam; staff y siop leol. {_EMOJI} Said in two scripts: {_RIGHT_TO_LEFT}.",
            nature=f"Bygythiadau ar-lein ac yn y stryd, mewn Cymraeg a Saesneg: {_COMBINING}; {_SPACES}.",
            imminence=(
                "Mae'r risg fwyaf gartref yn Llanfihangel-y-traethau; \u0175 \u0177 \u00e2 \u00ea. "
                f"{_EMOJI} {_COMBINING} {_RIGHT_TO_LEFT} {_SPACES}"
            ),
            community={"LOW": ["Children", "Staff"], "MEDIUM": ["Public"], "HIGH": ["Known Adult"]},
            self_harm="YES",
            self_harm_text="Mae hi'n cnoi ei dwylo pan fydd y t\u0177'n wag. Settles when spoken to in Welsh.",
        )
    ],
    needs=assessments.needs(
        version="SAN",
        accommodation=1,
        employment_and_education=3,
        personal_relationships_and_community=5,
        drug_use=None,
        alcohol_use=2,
        thinking_attitudes_and_behaviour=6,
    ),
)

# --- X980009: text that looks like code -----------------------------------------------------------

ROBERT = Persona(
    crn="X980009",
    shows="text that looks like HTML, script, a template, a formula: all to be shown as it stands",
    case=case_details("X980009", '"Robert"', "O'Malley-&-Sons", "1991-06-16", "Male"),
    officers=officers(
        okonjo(
            team={
                "code": "N98T09",
                "description": "Harrowgate <b>North</b> & District Team",
                "telephoneNumber": "01632 960909",
            }
        )
    ),
    sentences=one_sentence("X980009"),
    assessments=[
        assessments.risk(
            who="<script>alert('x')</script> <img src=x onerror=1> and \"quotes\" & 5 < 6",
            nature='{{7*7}} {% raw %} ${x} =HYPERLINK("z")',
            imminence='When somebody says "calm down" &amp; walks off; see <notes> \\n and 100% of the time.',
            community={"MEDIUM": ["Known Adult"], "LOW": ["Children", "Public", "Staff"]},
            hostel="YES",
            hostel_text="</textarea><b>Argues</b> about the rules; '--",
        )
    ],
    needs=assessments.needs(education_training_and_employability=6, thinking_and_behaviour=4, attitude=3),
)

# --- X980010: other people's names in the text ----------------------------------------------------

_HOSTEL_AND_CUSTODY = (
    "Fosse's nephew works nights at Larch House and would recognise her. On remand she was moved after "
    "Vellacott's cousin was placed on the same wing."
)

KEZIA = Persona(
    crn="X980010",
    shows="victims and other people are named inside the text: what redaction is for",
    case=case_details("X980010", "Kezia", "Brackenridge", "1986-03-27", "Female"),
    officers=officers(),
    sentences=one_sentence("X980010"),
    assessments=[
        assessments.risk(
            who=(
                "Her ex-partner Dorian Vellacott and their son Milo, who live at 4 Tern Court; "
                "neighbour Mrs Adeyinka Fosse."
            ),
            nature=(
                "Has waited outside Milo's school with a kitchen knife in her bag and told Mr Vellacott that he "
                "would be sorry. Pushed Mrs Fosse on the stairs when she called the police."
            ),
            imminence=(
                "After family court hearings, when contact with Milo is refused, and on the dates that "
                "Mr Vellacott posts photographs of the boy."
            ),
            community={
                "VERY_HIGH": ["Known Adult"],
                "HIGH": ["Children"],
                "MEDIUM": ["Public"],
                "LOW": ["Staff"],
            },
            suicide="YES",
            self_harm="NO",
            self_harm_text=(
                "Took an overdose in the stairwell of 4 Tern Court in January and was found by a neighbour. Says "
                "that she would go back there to do it properly."
            ),
            custody="YES",
            hostel="YES",
            hostel_text=_HOSTEL_AND_CUSTODY,
            vulnerability="YES",
            vulnerability_text=(
                "Gives money to a man she met online who calls himself Captain Ross; has not been told by her "
                "sister Petronella that the account was reported."
            ),
        )
    ],
    needs=assessments.needs(
        accommodation=3,
        education_training_and_employability=1,
        relationships=6,
        lifestyle_and_associates=1,
        drug_misuse=0,
        alcohol_misuse=5,
        thinking_and_behaviour=5,
        attitude=None,
    ),
)

# --- X980011: one text for two questions ----------------------------------------------------------

SILVIO = Persona(
    crn="X980011",
    shows="suicide yes and self-harm no, over the one text that OASys keeps for both",
    case=case_details(
        "X980011",
        "SILVIO",
        "MARCHETTI-ROWE",
        "1977-10-10",
        "Male",
        profile=profile_of(ethnicity="White: Other", religion="Roman Catholic", language="Italian"),
    ),
    officers=officers(),
    sentences=one_sentence("X980011"),
    assessments=[
        assessments.risk(
            who="His business partner and anybody he believes is helping him.",
            nature="Threats by telephone, and once driving at a parked van.",
            imminence="At the end of each quarter, when the accounts are due.",
            community={"LOW": ["Children", "Staff"], "MEDIUM": ["Public"], "HIGH": ["Known Adult"]},
            suicide="YES",
            self_harm="NO",
            self_harm_text=(
                "Has said since the bankruptcy that his family would be better off with the insurance. Gave his "
                "shotgun certificate up himself when asked."
            ),
            assessed=Moment(-15, "09:05:00"),
        )
    ],
    needs=assessments.needs(
        education_training_and_employability=5, relationships=2, thinking_and_behaviour=6
    ),
)

PEOPLE = (MARLON, IVY, COLM, DESTA, GARETH, NOOR, THADDEUS, LOWRI, ROBERT, KEZIA, SILVIO)
