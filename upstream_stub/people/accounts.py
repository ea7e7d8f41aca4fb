"""Who can sign in at the stub's HMPPS Auth, and what Manage Users says of them. All invented.

Practitioners have their account from nDelius, everyone else from HMPPS Auth itself. The groups of service provider
staff name the providers and contracts of the demo. LEAVER01 is simply not here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

NDELIUS: Final = "delius"
AUTH: Final = "auth"
PRACTITIONER: Final = "ROLE_PROBATION"
PROVIDER_STAFF: Final = "ROLE_CRS_PROVIDER"
EDITOR: Final = "ROLE_INTERVENTIONS_SERVICE_EDITOR"


@dataclass(frozen=True, slots=True)
class Account:
    """One account. No ``email``: none was verified. ``groups`` of ``None``: the account is not known to groups."""

    username: str
    first_name: str
    last_name: str
    source: str
    roles: tuple[str, ...]
    email: str | None
    groups: Mapping[str, str] | None = None
    is_enabled: bool = True

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def user_id(self) -> str:
        """A UUID for accounts of HMPPS Auth itself, a number for nDelius's."""
        id = uuid5(NAMESPACE_URL, f"stub:{self.username}")
        return str(id) if self.source == AUTH else str(2_500_000_000 + id.int % 1_000_000)


def _practitioner(username: str, first_name: str, last_name: str) -> Account:
    email = f"{first_name}.{last_name}@example.com".lower()
    return Account(username, first_name, last_name, NDELIUS, (PRACTITIONER,), email)


def _staff(username: str, first_name: str, last_name: str, groups: Any, **others: Any) -> Account:
    email = f"{first_name}.{last_name}@example.com".lower()
    return Account(
        username,
        first_name,
        last_name,
        AUTH,
        (PROVIDER_STAFF,),
        **{"email": email, "groups": groups, **others},
    )


def _groups(code: str, name: str, *contracts: str) -> dict[str, str]:
    """A provider's group, and one for each contract."""
    return {f"INT_SP_{code}": f"Int SP {name}"} | {f"INT_CR_{one}": f"Int CR {one}" for one in contracts}


_HARROWGATE = ("HARROWGATE_PATHWAYS", "Harrowgate Pathways")
_MOSSBANK = ("MOSSBANK_TRUST", "Mossbank Trust")

ACCOUNTS: Final[Mapping[str, Account]] = {
    account.username: account
    for account in (
        _practitioner("P.OKONJO", "Patience", "Okonjo"),
        _practitioner("J.ARKWRIGHT", "Jonah", "Arkwright"),
        # Excluded from X980017.
        _practitioner("H.TRELAWNY", "Harriet", "Trelawny"),
        _staff("SP.BRIAR", "Sorrel", "Briar", _groups(*_HARROWGATE, "DEMO_0001", "DEMO_0002")),
        _staff(
            "SP.HOLLOWAY", "Magnus", "Holloway", _groups(*_HARROWGATE, "DEMO_0001", "DEMO_0002", "DEMO_0004")
        ),
        _staff("SP.MOSS", "Otto", "Moss", _groups(*_MOSSBANK, "DEMO_0003", "DEMO_0005", "DEMO_0006")),
        # At a provider, with no contract.
        _staff("SP.QUILL", "Nadia", "Quill", _groups(*_HARROWGATE)),
        # In no provider's group.
        _staff("SP.ADRIFT", "Avis", "Driffield", {}),
        # New: the email address is not verified, and the groups are not known.
        _staff("SP.NEW", "Nell", "Ewart", None, email=None),
        # Has left: the account is there, and disabled.
        _staff("SP.LEFT", "Leopold", "Farrow", _groups(*_HARROWGATE, "DEMO_0001"), is_enabled=False),
        Account("A.MINISTER", "Ada", "Minister", AUTH, (EDITOR,), "ada.minister@example.com", {}),
        # Signs in, and may do nothing here.
        Account("N.OROLE", "Nora", "Orole", AUTH, (), "nora.orole@example.com", {}),
    )
}
