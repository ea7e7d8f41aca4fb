"""Manage Users: names, email addresses and groups of the people who sign in through HMPPS Auth.

| Function | Call | Answers beyond 200 |
|---|---|---|
| account | GET /users/{username} | 404 |
| email_of | GET /users/{username}/email | 204 none was verified; 404 |
| external_account | GET /externalusers/{username} | 404: deactivated |
| accounts_with | GET /externalusers?email= | 204 nobody |
| groups_of | GET /externalusers/{userId}/groups?children=true | 404 |
| me, my_email | GET /users/me, GET /users/me/email, with the user's own token | 401; 204 |

Raises the types of ``integrations.failures``. Must not know our users, nor what a group may do here.
"""

from typing import Final

from integrations.credentials import Bearer
from integrations.hmpps_auth.tokens import ServiceToken
from integrations.manage_users import decoding
from integrations.manage_users.types import Account, ExternalAccount, Groups
from integrations.transport import Reply, Transport

SYSTEM: Final = "manage_users"

_manage_users = Transport(
    SYSTEM,
    url_setting="MANAGE_USERS_URL",
    timeouts_setting="MANAGE_USERS_TIMEOUTS",
    timeouts=(2.0, 3.0, 3.0),
    credentials=ServiceToken(),
)


def account(username: str) -> Account:
    """Any account, by its user name. Raises ``NotFound``."""
    return _account_in(_manage_users.read("account", "/users/{username}", username=username))


def email_of(username: str) -> str | None:
    """The verified email address of an account; ``None`` when none was verified. Raises ``NotFound``."""
    return _email_in(_manage_users.read("email_of", "/users/{username}/email", username=username))


def external_account(username: str) -> ExternalAccount:
    """An account of HMPPS Auth itself. Raises ``NotFound``."""
    reply = _manage_users.read("external_account", "/externalusers/{username}", username=username)
    wire, _ = reply.decoded_as(decoding.ExternalUser)
    return decoding.external_from(wire)


def accounts_with(email: str) -> tuple[ExternalAccount, ...]:
    """The accounts of HMPPS Auth itself that have this email address, whatever their state; may be empty."""
    reply = _manage_users.read("accounts_with", "/externalusers?email={email}", email=email)
    if reply.status == NO_CONTENT:
        return ()
    wire, _ = reply.decoded_as_list_of(decoding.ExternalUser)
    return tuple(decoding.external_from(item) for item in wire)


def groups_of(user_id: str) -> Groups:
    """Which providers and contracts an account of HMPPS Auth itself belongs to. Raises ``NotFound``."""
    reply = _manage_users.read("groups_of", "/externalusers/{user_id}/groups?children=true", user_id=user_id)
    wire, is_whole = reply.decoded_as_list_of(decoding.Group)
    return decoding.groups_from(wire, is_whole=is_whole)


def me(token: str) -> Account:
    """Whoever signed in with this token. Raises ``AuthFailed`` when it is over."""
    return _account_in(_manage_users.read("me", "/users/me", credentials=Bearer(token)))


def my_email(token: str) -> str | None:
    """The verified email address of whoever signed in with this token."""
    return _email_in(_manage_users.read("my_email", "/users/me/email", credentials=Bearer(token)))


#: Nothing is held.
NO_CONTENT: Final = 204


def _account_in(reply: Reply) -> Account:
    wire, _ = reply.decoded_as(decoding.UserDetails)
    return decoding.account_from(wire)


def _email_in(reply: Reply) -> str | None:
    if reply.status == NO_CONTENT:
        return None
    wire, _ = reply.decoded_as(decoding.EmailAddress)
    if decoding.says_nothing(wire):
        raise reply.malformed("no address, or not whether it was verified")
    return decoding.email_from(wire)
