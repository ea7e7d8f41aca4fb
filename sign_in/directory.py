"""What Manage Users says of somebody who signs in: name, email address and, of service provider staff, groups.

Whatever it does not answer is not known, and stays as it was: its silence stops nobody. Knows none of our tables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from integrations.deadlines import deadline
from integrations.failures import Malformed, NotConnected, NotFound, UpstreamFailure
from integrations.manage_users import client
from integrations.manage_users.types import Account, Groups
from sign_in.audiences import HMPPS_AUTH
from sign_in.tokens import Claims

SECONDS: Final = 6.0  # for everything: somebody is waiting to come in
T = TypeVar("T")


class Silence(StrEnum):
    """Why something is not known."""

    NOT_CONNECTED = "not_connected"
    NOT_ANSWERING = "not_answering"
    UNREADABLE = "unreadable"
    UNKNOWN_ACCOUNT = "unknown_account"


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody in the directory. ``None``: not known now. An ``email`` of nothing: none was verified."""

    name: str | None = None
    email: str | None = None
    groups: Groups | None = None
    silence: Silence | None = None
    is_open: bool | None = None

    @property
    def has_failed(self) -> bool:
        """Whether asking again soon may help. That nobody is known under this name is an answer."""
        return self.silence in (Silence.NOT_ANSWERING, Silence.UNREADABLE)


def entry_of(claims: Claims) -> Entry:
    """What is known of whoever has these claims. Asks three times at most, together for a few seconds."""
    silences: list[Silence] = []
    with deadline(SECONDS):
        account = _answer(lambda: client.account(claims.username), silences)
        email = _answer(lambda: client.email_of(claims.username) or "", silences)
        groups: Groups | None = None
        if claims.source == HMPPS_AUTH:
            groups = _groups_of(claims, account, silences)
    return Entry(
        name=account.name if account is not None else None,
        email=email,
        groups=groups,
        silence=silences[-1] if silences else None,
        is_open=account.is_active if account is not None else None,
    )


def entry_again(claims: Claims) -> Entry:
    """The same of somebody who is signed in already: whether their account is open, their name and groups.

    Asks twice at most, within the caller's deadline; of a closed account, or after a silence, once.
    """
    silences: list[Silence] = []
    account = _answer(lambda: client.account(claims.username), silences)
    is_open = account.is_active if account is not None else None
    groups: Groups | None = None
    if claims.source == HMPPS_AUTH and account is not None and is_open is not False:
        groups = _groups_of(claims, account, silences)
    return Entry(
        name=account.name if account is not None else None,
        groups=groups,
        silence=silences[-1] if silences else None,
        is_open=is_open,
    )


def _groups_of(claims: Claims, account: Account | None, silences: list[Silence]) -> Groups | None:
    groups = _answer(lambda: client.groups_of(_id_of(claims, account)), silences)
    if groups is not None and not groups.is_whole:
        silences.append(Silence.UNREADABLE)
    return groups


def _id_of(claims: Claims, account: Account | None) -> str:
    """As the token says; it is signed."""
    return claims.user_id.strip(".") or (account.user_id if account is not None else None) or claims.username


def _answer(ask: Callable[[], T], silences: list[Silence]) -> T | None:
    try:
        return ask()
    except UpstreamFailure as failure:
        silences.append(_silence(failure))
        return None


def _silence(failure: UpstreamFailure) -> Silence:
    match failure:
        case NotConnected():
            return Silence.NOT_CONNECTED
        case NotFound():
            return Silence.UNKNOWN_ACCOUNT
        case Malformed():
            return Silence.UNREADABLE
    return Silence.NOT_ANSWERING
