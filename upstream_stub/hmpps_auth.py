"""HMPPS Auth's answers: sign-in pages, tokens, published keys, sign-out; and what token verification says.

| Call | Answers |
|---|---|
| GET /auth/oauth/authorize | the sign-in page; 302 with a code when this browser is signed in already |
| POST /auth/oauth/authorize | 302 back to the service: ``code`` and ``state``, or ``error=access_denied`` |
| POST /auth/oauth/token | 200 a token; 400, 401 ``{error, error_description}`` |
| GET /auth/.well-known/jwks.json | the public keys |
| GET /auth/issuer/.well-known/openid-configuration | where everything is |
| GET /auth/sign-out | ends the browser's time here; 302 back to the service |
| POST /token/verify | ``{active}`` |

A code is good once, for five minutes, with the address and the verifier (S256) that it was asked for with. No
password: whoever opens the page chooses whom to be.
"""

import base64
import binascii
import hashlib
import hmac
import html
import secrets
from datetime import timedelta
from typing import Any, Final
from urllib.parse import unquote_plus, urlencode, urlsplit
from uuid import uuid4

from upstream_stub.auth_state import AUTHORIZATION_CODE, CLIENT_CREDENTIALS, Client, Code
from upstream_stub.exchange import StubResponse
from upstream_stub.people.accounts import ACCOUNTS, Account
from upstream_stub.question import JSON_HEADERS, Question, Route, as_json

COOKIE: Final = "stub-hmpps-auth"
CODE_LASTS: Final = timedelta(minutes=5)
NOT_KEPT: Final = {"cache-control": "no-store"}


# --- Signing in ----------------------------------------------------------------------------------


def _authorize(question: Question) -> StubResponse:
    """The sign-in page, or what it was sent with."""
    asked = {name: values[0] for name, values in question.query.items()}
    client = question.state.auth.clients.get(asked.get("client_id", ""))
    address = asked.get("redirect_uri", "")
    if client is None or client.grant != AUTHORIZATION_CODE or not _is_web_address(address):
        return _page(400, "Sorry, there is a problem", "<p>The client or its address is not known here.</p>")
    if asked.get("response_type") != "code":
        return _back(asked, {"error": "unsupported_response_type"})
    if asked.get("code_challenge_method", "S256") != "S256":
        return _back(asked, {"error": "invalid_request"})
    browser = question.cookies.get(COOKIE, "")
    if question.method == "GET":
        username = question.state.auth.browsers.get(browser, "")
        return _with_code(question, asked, username, browser) if username else _sign_in_page(question, 200)
    if question.form.get("choice") == "cancel":
        return _back(asked, {"error": "access_denied"})
    account = ACCOUNTS.get(question.form.get("username", "").strip().upper())
    if account is None or not account.is_enabled:
        return _sign_in_page(question, 401, problem="Enter the user name of an account that is in use")
    browser = secrets.token_urlsafe(16)
    question.state.auth.browsers[browser] = account.username
    return _with_code(question, asked, account.username, browser)


def _with_code(question: Question, asked: dict[str, str], username: str, browser: str) -> StubResponse:
    code = secrets.token_urlsafe(16)
    question.state.auth.codes[code] = Code(
        client_id=asked["client_id"],
        redirect_uri=asked["redirect_uri"],
        challenge=asked.get("code_challenge", ""),
        nonce=asked.get("nonce", ""),
        username=username,
        browser=browser,
        ends_at=question.now + CODE_LASTS,
    )
    return _back(
        asked, {"code": code}, {"set-cookie": f"{COOKIE}={browser}; Path=/auth; HttpOnly; SameSite=Lax"}
    )


def _back(asked: dict[str, str], said: dict[str, str], headers: dict[str, str] | None = None) -> StubResponse:
    """Back to the service that asked."""
    state = {"state": asked["state"]} if "state" in asked else {}
    return _redirect(asked["redirect_uri"], said | state, headers)


def _redirect(address: str, said: dict[str, str], headers: dict[str, str] | None = None) -> StubResponse:
    query = urlencode(said)
    joined = f"{address}{'&' if '?' in address else '?'}{query}" if query else address
    return StubResponse(302, b"", NOT_KEPT | {"location": joined} | (headers or {}))


def _sign_out(question: Question) -> StubResponse:
    question.state.auth.sign_out(question.cookies.get(COOKIE, ""))
    address = question.query.get("redirect_uri", [""])[0]
    gone = {"set-cookie": f"{COOKIE}=; Path=/auth; Max-Age=0; HttpOnly; SameSite=Lax"}
    if _is_web_address(address):
        return _redirect(address, {}, gone)
    page = _page(200, "You have signed out", "")
    return StubResponse(page.status, page.body, {**page.headers, **gone})


def _is_web_address(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.fragment


def _sign_in_page(question: Question, status: int, *, problem: str = "") -> StubResponse:
    """A form without anything to remember. What the service asked for stays in the address."""
    message = f'<p id="username-error" role="alert">Error: {html.escape(problem)}</p>' if problem else ""
    described = ' aria-describedby="username-error"' if problem else ""
    rows = "".join(
        f"<li><code>{html.escape(account.username)}</code> {html.escape(account.name)}</li>"
        for account in ACCOUNTS.values()
    )
    form = (
        f'<form method="post" action="{html.escape(f"{question.path}?{question.raw_query}")}">{message}'
        '<p><label for="username">User name</label> '
        f'<input id="username" name="username" autocomplete="off"{described}></p>'
        '<p><button name="choice" value="sign-in">Sign in</button> '
        '<button name="choice" value="cancel">Cancel</button></p></form>'
        f"<h2>Accounts</h2><ul>{rows}</ul>"
    )
    return _page(status, "Sign in", form, title=f"{'Error: ' if problem else ''}Sign in")


def _page(status: int, heading: str, content: str, *, title: str = "") -> StubResponse:
    page = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title or heading} - stub</title></head>'
        f"<body><main><h1>{heading}</h1>{content}"
        "<p>A stub of HMPPS Auth, with invented people.</p></main></body></html>"
    )
    return StubResponse(status, page.encode(), NOT_KEPT | {"content-type": "text/html; charset=utf-8"})


# --- Tokens --------------------------------------------------------------------------------------


def _token(question: Question) -> StubResponse:
    client_id, client = _client_of(question)
    if client is None:
        return _refused(401, "invalid_client", "Bad client credentials")
    grant = question.form.get("grant_type", "")
    if grant not in (CLIENT_CREDENTIALS, AUTHORIZATION_CODE):
        return _refused(400, "unsupported_grant_type", f"Unsupported grant type: {grant}"[:80])
    if grant != client.grant:
        return _refused(400, "unauthorized_client", "The client may not use this grant")
    if grant == CLIENT_CREDENTIALS:
        username = question.form.get("username", "")
        of_user = {"user_name": username.upper(), "sub": username.upper()} if username else {"sub": client_id}
        return _issued(question, client_id, grant, client.roles, {"auth_source": "none"} | of_user)
    code = question.state.auth.codes.pop(question.form.get("code", ""), None)
    if code is None or not _is_for(code, client_id, question):
        return _refused(400, "invalid_grant", "Invalid authorization code")
    account = ACCOUNTS[code.username]
    of_user = _of_user(account) | ({"nonce": code.nonce} if code.nonce else {})
    return _issued(question, client_id, grant, account.roles, of_user, browser=code.browser)


def _is_for(code: Code, client_id: str, question: Question) -> bool:
    """Whether a code is asked in by whom it was given to, in time."""
    return (
        code.client_id == client_id
        and code.redirect_uri == question.form.get("redirect_uri", "")
        and question.now < code.ends_at
        and (not code.challenge or code.challenge == challenge_of(question.form.get("code_verifier", "")))
    )


def challenge_of(verifier: str) -> str:
    """The challenge that a verifier answers (RFC 7636, S256)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _of_user(account: Account) -> dict[str, Any]:
    return {
        "sub": account.username,
        "user_name": account.username,
        "user_id": account.user_id,
        "auth_source": account.source,
    }


def _client_of(question: Question) -> tuple[str, Client | None]:
    """The client that says its name and secret, by HTTP Basic."""
    kind, _, encoded = (question.authorization or "").partition(" ")
    try:
        said = base64.b64decode(encoded, validate=True).decode() if kind.lower() == "basic" else ""
    except (binascii.Error, UnicodeDecodeError):
        said = ""
    name, _, secret = (unquote_plus(part) for part in said.partition(":"))
    client = question.state.auth.clients.get(name)
    if (
        client is None
        or not client.secret
        or not hmac.compare_digest(client.secret.encode(), secret.encode())
    ):
        return name, None
    return name, client


def _issued(
    question: Question,
    client_id: str,
    grant: str,
    roles: tuple[str, ...],
    of_user: dict[str, Any],
    *,
    browser: str = "",
) -> StubResponse:
    auth = question.state.auth
    began_at = int(question.now.timestamp())
    claims = {
        **of_user,
        "authorities": list(roles),
        "scope": ["read", "write"],
        "client_id": client_id,
        "grant_type": grant,
        "jti": str(uuid4()),
        "iss": auth.issuer,
        "iat": began_at,
        "exp": began_at + auth.token_seconds,
    }
    if browser:
        auth.tokens_of_browsers.setdefault(browser, set()).add(claims["jti"])
    reply = {
        "access_token": auth.keys.sign(claims),
        "token_type": "bearer",
        "expires_in": auth.token_seconds,
        "scope": "read write",
        "jti": claims["jti"],
        "iss": auth.issuer,
        **of_user,
    }
    return StubResponse(200, as_json(reply), JSON_HEADERS | NOT_KEPT)


def _refused(status: int, error: str, description: str) -> StubResponse:
    return StubResponse(
        status, as_json({"error": error, "error_description": description}), JSON_HEADERS | NOT_KEPT
    )


def _keys(question: Question) -> StubResponse:
    return StubResponse(200, as_json(question.state.auth.keys.published()), dict(JSON_HEADERS))


def _configuration(question: Question) -> StubResponse:
    url = question.state.auth.url
    return StubResponse(
        200,
        as_json(
            {
                "issuer": question.state.auth.issuer,
                "authorization_endpoint": f"{url}/oauth/authorize",
                "token_endpoint": f"{url}/oauth/token",
                "jwks_uri": f"{url}/.well-known/jwks.json",
                "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "subject_types_supported": ["public"],
            }
        ),
        dict(JSON_HEADERS),
    )


def _ping(question: Question) -> StubResponse:
    return StubResponse(200, as_json({"status": "UP"}), dict(JSON_HEADERS))


def _verify(question: Question) -> StubResponse:
    """Whether the user of this token is still signed in."""
    if question.claims is None:
        return StubResponse(401)
    active = question.claims["jti"] not in question.state.auth.ended
    return StubResponse(200, as_json({"active": active}), dict(JSON_HEADERS))


ROUTES: Final[list[Route]] = [
    ("GET", r"/auth/oauth/authorize", _authorize),
    ("POST", r"/auth/oauth/authorize", _authorize),
    ("POST", r"/auth/oauth/token", _token),
    ("GET", r"/auth/\.well-known/jwks\.json", _keys),
    ("GET", r"/auth/issuer/\.well-known/openid-configuration", _configuration),
    ("GET", r"/auth/sign-out", _sign_out),
    ("GET", r"/auth/health/ping", _ping),
    ("POST", r"/token/verify", _verify),
]
