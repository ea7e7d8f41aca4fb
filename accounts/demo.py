"""The people of the demo: one account for each way of using the service, all with one password.

Only for demo mode. Knows providers by code; what they are contracted to deliver is added from above.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from accounts.models import Audience, Membership, Provider, User

PASSWORD = "refer-and-monitor"  # noqa: S105 (invented people on a demo machine)
PROVIDERS = {"HARROWGATE_PATHWAYS": "Harrowgate Pathways", "MOSSBANK_TRUST": "Mossbank Trust"}


@dataclass(frozen=True, slots=True)
class Account:
    """One demo account. ``shows`` says on the sign-in page what it is for."""

    username: str
    first_name: str
    last_name: str
    audience: Audience
    shows: str
    ndelius_username: str = ""
    provider: str = ""
    post: str = ""

    @property
    def name(self) -> str:
        """First and last name."""
        return f"{self.first_name} {self.last_name}"


ACCOUNTS = (
    Account(
        username="pp",
        first_name="Patience",
        last_name="Okonjo",
        audience=Audience.PRACTITIONER,
        shows="Probation practitioner. Manages most people of the demo.",
        ndelius_username="P.OKONJO",
    ),
    Account(
        username="pp.colleague",
        first_name="Jonah",
        last_name="Arkwright",
        audience=Audience.PRACTITIONER,
        shows="Probation practitioner in the same team.",
        ndelius_username="J.ARKWRIGHT",
    ),
    Account(
        username="pp.barred",
        first_name="Hugh",
        last_name="Trelawny",
        audience=Audience.PRACTITIONER,
        shows="Probation practitioner that nDelius excludes from X980017.",
        ndelius_username="H.TRELAWNY",
    ),
    Account(
        username="sp.caseworker",
        first_name="Sorrel",
        last_name="Briar",
        audience=Audience.SUPPLIER,
        shows="Caseworker at Harrowgate Pathways.",
        provider="HARROWGATE_PATHWAYS",
        post=Membership.Post.CASEWORKER,
    ),
    Account(
        username="sp.manager",
        first_name="Magnus",
        last_name="Holloway",
        audience=Audience.SUPPLIER,
        shows="Manager at Harrowgate Pathways.",
        provider="HARROWGATE_PATHWAYS",
        post=Membership.Post.MANAGER,
    ),
    Account(
        username="sp.other",
        first_name="Otto",
        last_name="Moss",
        audience=Audience.SUPPLIER,
        shows="Caseworker at another provider, Mossbank Trust.",
        provider="MOSSBANK_TRUST",
        post=Membership.Post.CASEWORKER,
    ),
    Account(
        username="sp.nogrant",
        first_name="Nadia",
        last_name="Quill",
        audience=Audience.SUPPLIER,
        shows="Caseworker at Harrowgate Pathways who was given no contract.",
        provider="HARROWGATE_PATHWAYS",
        post=Membership.Post.CASEWORKER,
    ),
    Account(
        username="admin",
        first_name="Ada",
        last_name="Minister",
        audience=Audience.ADMINISTRATOR,
        shows="Administrator.",
    ),
)


def load() -> None:
    """Make the providers and accounts that are missing. Those that are there stay as they are."""
    providers = {
        code: Provider.objects.get_or_create(code=code, defaults={"name": name})[0]
        for code, name in PROVIDERS.items()
    }
    there = set(
        User.objects.values_list("username", flat=True).filter(username__in=[a.username for a in ACCOUNTS])
    )
    missing = [account for account in ACCOUNTS if account.username not in there]
    hashed = make_password(PASSWORD) if missing else ""
    for account in missing:
        is_administrator = account.audience == Audience.ADMINISTRATOR
        user = User.objects.create(
            username=account.username,
            password=hashed,
            first_name=account.first_name,
            last_name=account.last_name,
            email=f"{account.username}@example.com",
            audience=account.audience,
            ndelius_username=account.ndelius_username,
            is_staff=is_administrator,
            is_superuser=is_administrator,
        )
        if account.provider:
            Membership.objects.create(user=user, provider=providers[account.provider], post=account.post)
