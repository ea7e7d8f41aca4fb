"""Manage Users' answers: nulls are left out, and 204 stands for no verified email and for nobody."""

from typing import Any, Final

from upstream_stub.exchange import StubResponse
from upstream_stub.people.accounts import ACCOUNTS, AUTH, Account
from upstream_stub.question import Question, Route, from_ndelius

NO_CONTENT: Final = StubResponse(204)
MAY_SEE_GROUPS: Final = frozenset(
    {"ROLE_MAINTAIN_OAUTH_USERS", "ROLE_AUTH_GROUP_MANAGER", "ROLE_VIEW_USER_GROUPS"}
)


def _user(question: Question, username: str) -> StubResponse:
    account = ACCOUNTS.get(username.upper())
    return _not_found(question, username) if account is None else _details(question, account)


def _email(question: Question, username: str) -> StubResponse:
    account = ACCOUNTS.get(username.upper())
    return _not_found(question, username) if account is None else _address(question, account)


def _me(question: Question) -> StubResponse:
    """Of a token that is nobody's, what it says itself."""
    username = _username(question)
    account = ACCOUNTS.get(username)
    if account is None:
        return _said(question, {"username": username, "authSource": "none"})
    return _details(question, account)


def _my_email(question: Question) -> StubResponse:
    username = _username(question)
    account = ACCOUNTS.get(username)
    return _not_found(question, username) if account is None else _address(question, account)


def _username(question: Question) -> str:
    claims = question.claims or {}
    return str(claims.get("user_name") or claims.get("sub", ""))


def _details(question: Question, account: Account) -> StubResponse:
    return _said(
        question,
        {
            "username": account.username,
            "active": account.is_enabled,
            "name": account.name,
            "authSource": account.source,
            "userId": account.user_id,
            "uuid": account.user_id if account.source == AUTH else None,
        },
    )


def _address(question: Question, account: Account) -> StubResponse:
    if account.email is None:
        return NO_CONTENT
    return _said(question, {"username": account.username, "email": account.email, "verified": True})


def _external_user(question: Question, username: str) -> StubResponse:
    account = _external(username)
    return _not_found(question, username) if account is None else _said(question, _as_external(account))


def _external_users(question: Question) -> StubResponse:
    asked = question.query.get("email", [""])[0].lower()
    found = [
        _as_external(account)
        for account in ACCOUNTS.values()
        if account.source == AUTH and account.email and account.email.lower() == asked
    ]
    return _said(question, found) if found else NO_CONTENT


def _groups(question: Question, user_id: str) -> StubResponse:
    if MAY_SEE_GROUPS.isdisjoint((question.claims or {}).get("authorities", ())):
        return _said(question, {"status": 403, "userMessage": "Access denied"}, status=403)
    account = next((one for one in ACCOUNTS.values() if one.source == AUTH and one.user_id == user_id), None)
    if account is None or account.groups is None:
        return _not_found(question, user_id)
    return _said(question, [{"groupCode": code, "groupName": name} for code, name in account.groups.items()])


def _external(username: str) -> Account | None:
    account = ACCOUNTS.get(username.upper())
    return account if account is not None and account.source == AUTH else None


def _as_external(account: Account) -> dict[str, Any]:
    return {
        "userId": account.user_id,
        "username": account.username,
        "email": account.email,
        "firstName": account.first_name,
        "lastName": account.last_name,
        "locked": False,
        "enabled": account.is_enabled,
        "verified": account.email is not None,
        "inactiveReason": None if account.is_enabled else "Left",
    }


def _said(question: Question, value: Any, *, status: int = 200) -> StubResponse:
    return from_ndelius(question, status, value)  # which leaves nulls out, too


def _not_found(question: Question, name: str) -> StubResponse:
    message = f"Account for username {name} not found"
    body = {"status": 404, "userMessage": f"User not found: {message}", "developerMessage": message}
    return _said(question, body, status=404)


ROUTES: Final[list[Route]] = [
    ("GET", r"/users/me", _me),
    ("GET", r"/users/me/email", _my_email),
    ("GET", r"/users/(?P<username>[^/]+)", _user),
    ("GET", r"/users/(?P<username>[^/]+)/email", _email),
    ("GET", r"/externalusers", _external_users),
    ("GET", r"/externalusers/(?P<username>[^/]+)", _external_user),
    ("GET", r"/externalusers/(?P<user_id>[^/]+)/groups", _groups),
]
#: How its paths look: they begin as nDelius's do.
PATHS: Final = r"/externalusers(/.*)?|/users/[^/]+(/email)?"
