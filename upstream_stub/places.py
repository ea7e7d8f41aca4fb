"""The prison register and Prison API's secure children's homes, in their wire shapes.

Prisons go by their real codes and names: they are public and belong to nobody. The homes are invented.
"""

from typing import Any, Final

Json = dict[str, Any]


def _prison(code: str, name: str, *, in_welsh: str | None = None, is_open: bool = True) -> Json:
    return {"prisonId": code, "prisonName": name, "prisonNameInWelsh": in_welsh, "active": is_open}


#: By name, as the register answers. ``active`` is what it filters by and does not send.
PRISONS: Final[tuple[Json, ...]] = (
    _prison("ACI", "Altcourse (HMP & YOI)"),
    _prison("BXI", "Brixton (HMP)"),
    _prison("CFI", "Cardiff (HMP & YOI)", in_welsh="Carchar Caerdydd"),
    _prison("DTI", "Deerbolt (HMP & YOI)"),
    _prison("DHI", "Drake Hall (HMP & YOI)"),
    _prison("DMI", "Durham (HMP)"),
    _prison("EWI", "Eastwood Park (HMP & YOI)"),
    _prison("FMI", "Feltham A (HMP & YOI)"),
    _prison("HHI", "Holme House (HMP)"),
    _prison("HLI", "Hull (HMP)"),
    _prison("KVI", "Kirklevington Grange (HMP)", is_open=False),
    _prison("LEI", "Leeds (HMP)"),
    _prison("LII", "Lincoln (HMP)"),
    _prison("LNI", "Low Newton (HMP & YOI)"),
    _prison("MDI", "Moorland (HMP & YOI)"),
    _prison("NHI", "New Hall (HMP & YOI)"),
    _prison("PVI", "Pentonville (HMP)"),
    _prison("SDI", "Send (HMP)"),
    _prison("STI", "Styal (HMP & YOI)"),
    _prison("WEI", "Wealstun (HMP)"),
    _prison("WYI", "Wetherby (HMYOI)"),
)


def _home(code: str, name: str, *, is_open: bool = True) -> Json:
    return {
        "agencyId": code,
        "description": name,
        "longDescription": f"{name}, Harrowgate",
        "agencyType": "SCH",
        "active": is_open,
    }


SECURE_CHILDRENS_HOMES: Final[tuple[Json, ...]] = (
    _home("SC9801", "Larkfield Secure Children's Home"),
    _home("SC9802", "Tern Bank Secure Children's Home"),
    _home("SC9803", "Old Ropewalk Secure Children's Home", is_open=False),
)
