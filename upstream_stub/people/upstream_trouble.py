"""People whose systems fail, each in one way; and one whose assessment changes while you look."""

from upstream_stub.dates import Moment
from upstream_stub.faults import Effect, Fault
from upstream_stub.people import assessments
from upstream_stub.people.persona import Persona, case_details, officers, one_sentence

_ORDINARY_RISK = assessments.risk(
    who="Members of the public who get in the way when something is stolen.",
    nature="A shove or a punch, never with a weapon so far.",
    imminence="When cravings are strongest, in the early afternoon.",
    community={"LOW": ["Children", "Staff"], "MEDIUM": ["Public", "Known Adult"]},
)
_ORDINARY_NEEDS = assessments.needs(drug_misuse=5, lifestyle_and_associates=3, thinking_and_behaviour=4)

PERPETUA = Persona(
    crn="X980029",
    shows="nDelius breaks twice on her details, then answers",
    case=case_details("X980029", "Perpetua", "Nwosu-Lang", "1990-02-20", "Female"),
    officers=officers(),
    sentences=one_sentence("X980029"),
    assessments=[_ORDINARY_RISK],
    needs=_ORDINARY_NEEDS,
    faults=[Fault(Effect.STATUS, path_regex=r"/details$", status=500, times=2)],
)

PETRA = Persona(
    crn="X980129",
    shows="nDelius breaks on her details every time",
    case=case_details("X980129", "Petra", "Nwosu-Lang", "1990-02-20", "Female"),
    officers=officers(),
    sentences=one_sentence("X980129"),
    assessments=[_ORDINARY_RISK],
    needs=_ORDINARY_NEEDS,
    faults=[Fault(Effect.STATUS, path_regex=r"/details$", status=500)],
)

OTIS = Persona(
    crn="X980030",
    shows="OASys takes 30 seconds to answer",
    case=case_details("X980030", "Otis", "Calloway-Frome", "1985-06-06", "Male"),
    officers=officers(),
    sentences=one_sentence("X980030"),
    assessments=[_ORDINARY_RISK],
    needs=_ORDINARY_NEEDS,
    faults=[Fault(Effect.DELAY, system="oasys", seconds=30)],
)

MABEL = Persona(
    crn="X980031",
    shows="OASys's risk answer is not JSON",
    case=case_details("X980031", "Mabel", "Strickland-Oye", "1997-03-15", "Female"),
    officers=officers(),
    sentences=one_sentence("X980031"),
    assessments=[_ORDINARY_RISK],
    needs=_ORDINARY_NEEDS,
    faults=[Fault(Effect.NOT_JSON, path_regex=r"^/risks/")],
)

MAUDE = Persona(
    crn="X980131",
    shows="a gateway answers for OASys, with an HTML page and 502",
    case=case_details("X980131", "Maude", "Strickland-Oye", "1997-03-15", "Female"),
    officers=officers(),
    sentences=one_sentence("X980131"),
    assessments=[_ORDINARY_RISK],
    needs=_ORDINARY_NEEDS,
    faults=[Fault(Effect.HTML, system="oasys", status=502)],
)

MIRIAM = Persona(
    crn="X980231",
    shows='OASys uses a level that nobody knows, "EXTREME"',
    case=case_details("X980231", "Miriam", "Strickland-Oye", "1997-03-15", "Female"),
    officers=officers(),
    sentences=one_sentence("X980231"),
    assessments=[
        assessments.risk(
            who="Anyone she takes to be from the council.",
            nature="Thrown stones, and threats with a garden fork.",
            imminence="When a visit is announced by letter.",
            community={"EXTREME": ["Public"], "MEDIUM": ["Known Adult", "Staff"], "LOW": ["Children"]},
        )
    ],
    needs=_ORDINARY_NEEDS,
)

BARTHOLOMEW = Persona(
    crn="X980032",
    shows="OASys's screening part is down: screening answers missing under answered concerns",
    case=case_details("X980032", "Bartholomew", "Kite", "1978-12-01", "Male"),
    officers=officers(),
    sentences=one_sentence("X980032"),
    assessments=[
        assessments.risk(
            who="His landlord and the landlord's agents.",
            nature="Damage to doors and cars; one threat to burn the house.",
            imminence="When notices are served.",
            community={"LOW": ["Children", "Staff"], "MEDIUM": ["Public"], "HIGH": ["Known Adult"]},
            suicide="YES",
            self_harm="YES",
            self_harm_text="Stopped eating for six days in the spring and said that he did not mind how it ended.",
            hostel="YES",
            hostel_text="Keeps others awake and is afraid of sharing.",
            custody="YES",
            vulnerability="YES",
            vulnerability_text="Lends his bank card to a man who keeps it.",
            is_screened=False,
        )
    ],
    needs=_ORDINARY_NEEDS,
)

BENEDICT = Persona(
    crn="X980132",
    shows="OASys's levels are missing although its texts are there",
    case=case_details("X980132", "Benedict", "Kite", "1978-12-01", "Male"),
    officers=officers(),
    sentences=one_sentence("X980132"),
    assessments=[
        assessments.risk(
            who="Older relatives he lives with.",
            nature="Shouting and pushing when asked for rent.",
            imminence="On the day that he is paid.",
            suicide="DK",
        )
    ],
    needs=_ORDINARY_NEEDS,
)

THANDIWE = Persona(
    crn="X980035",
    shows="nDelius refuses every appointment: it clashes with one that is there",
    case=case_details("X980035", "Thandiwe", "Merriott", "2000-10-02", "Female"),
    officers=officers(),
    sentences=one_sentence("X980035"),
    assessments=[_ORDINARY_RISK],
    needs=_ORDINARY_NEEDS,
    faults=[
        Fault(
            Effect.STATUS,
            method="PUT",
            path_regex=r"/appointments$",
            status=409,
            body={"status": 409, "message": "Appointment conflicts with another"},
        )
    ],
)

JEMIMA = Persona(
    crn="X980037",
    shows="OASys is updated between the first read of her risk and the second",
    case=case_details("X980037", "Jemima", "Sarkisian", "1988-08-18", "Female"),
    officers=officers(),
    sentences=one_sentence("X980037"),
    assessments=[
        assessments.risk(
            who="Her mother, whom she cares for.",
            nature="Rough handling and shouting when tired.",
            imminence="At night, and when carers do not come.",
            community={"LOW": ["Children", "Public", "Staff"], "MEDIUM": ["Known Adult"]},
        ),
        assessments.risk(
            who="Her mother, whom she cares for, and the new care worker.",
            nature="Rough handling and shouting when tired. Last week locked the care worker out.",
            imminence="At night, and when carers do not come.",
            community={"LOW": ["Children", "Public"], "HIGH": ["Known Adult", "Staff"]},
            self_harm="YES",
            self_harm_text="Burned her hand on purpose after the care worker complained.",
            assessed=Moment(-1, "14:20:00"),
        ),
    ],
    needs=assessments.needs(relationships=5, alcohol_misuse=None, thinking_and_behaviour=4),
)

PEOPLE = (PERPETUA, PETRA, OTIS, MABEL, MAUDE, MIRIAM, BARTHOLOMEW, BENEDICT, THANDIWE, JEMIMA)
