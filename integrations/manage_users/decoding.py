"""Manage Users' answers as they come, and what they mean. Nulls are left out."""

from collections.abc import Iterable
from typing import Final

from integrations.manage_users.types import Account, ExternalAccount, Groups
from integrations.wire import Flag, Wire, text_or_none

PROVIDER: Final = "INT_SP_"
CONTRACT: Final = "INT_CR_"


class UserDetails(Wire):
    """Of an account nobody knows, its name and source alone are answered."""

    username: str
    name: str | None = None
    auth_source: str | None = None
    user_id: str | None = None
    active: Flag | None = None


class EmailAddress(Wire):
    """One that was verified, or is yet to be."""

    username: str
    email: str | None = None
    verified: Flag | None = None


class ExternalUser(Wire):
    """An account of HMPPS Auth itself."""

    user_id: str
    username: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    enabled: Flag | None = None
    verified: Flag | None = None
    locked: Flag | None = None


class Group(Wire):
    """One group: its code says what it is for."""

    group_code: str
    group_name: str | None = None


def account_from(wire: UserDetails) -> Account:
    """The account."""
    return Account(
        username=wire.username.strip(),
        name=text_or_none(wire.name),
        source=text_or_none(wire.auth_source),
        user_id=text_or_none(wire.user_id),
        is_active=wire.active,
    )


def external_from(wire: ExternalUser) -> ExternalAccount:
    """The account. Whether it is enabled, verified or locked counts against it where it is not said."""
    return ExternalAccount(
        username=wire.username.strip(),
        user_id=wire.user_id.strip(),
        first_name=text_or_none(wire.first_name),
        last_name=text_or_none(wire.last_name),
        email=text_or_none(wire.email),
        is_enabled=wire.enabled is True,
        is_verified=wire.verified is True,
        is_locked=wire.locked is not False,
    )


def says_nothing(wire: EmailAddress) -> bool:
    """Whether it cannot be told if there is a verified address: not that there is none."""
    return wire.verified is None or (wire.verified and text_or_none(wire.email) is None)


def email_from(wire: EmailAddress) -> str | None:
    """The address, when it was verified."""
    return text_or_none(wire.email) if wire.verified is True else None


def groups_from(wire: Iterable[Group], *, is_whole: bool) -> Groups:
    """Those of this service, without what their codes begin with."""
    codes = [group.group_code.strip().upper() for group in wire]
    return Groups(
        providers=frozenset(code.removeprefix(PROVIDER) for code in codes if code.startswith(PROVIDER)),
        contracts=frozenset(code.removeprefix(CONTRACT) for code in codes if code.startswith(CONTRACT)),
        is_whole=is_whole,
    )
