"""What the stub's HMPPS Auth remembers: clients, keys, codes that were handed out, browsers that are signed in."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from upstream_stub.tokens import SigningKeys

CLIENT_CREDENTIALS: Final = "client_credentials"
AUTHORIZATION_CODE: Final = "authorization_code"
#: The roles of the service's own client: what every system asks for.
ROLES_OF_THE_SERVICE: Final = (
    "ROLE_PROBATION_API__REFER_AND_MONITOR__CASE_DETAIL__RW",
    "ROLE_RISK_INTEGRATIONS_RO",
    "ROLE_PRISONER_SEARCH",
    "ROLE_VIEW_USER_GROUPS",
)
SERVICE_CLIENT: Final = "refer-monitor"
SIGN_IN_CLIENT: Final = "refer-monitor-sign-in"
#: How the names of the service's settings for its two clients begin.
PREFIXES: Final = {CLIENT_CREDENTIALS: "HMPPS_AUTH", AUTHORIZATION_CODE: "HMPPS_AUTH_SIGN_IN"}


#: Making a key takes half a second: one set for all stubs of a process.
_keys = SigningKeys()


def new_secret() -> str:
    """A secret for the time that this process runs."""
    return secrets.token_urlsafe(24)


def new_api_key() -> str:
    """A key of GOV.UK Notify for the time that this process runs: its name, the service's id, the secret."""
    return f"stub-{uuid4()}-{uuid4()}"


@dataclass(frozen=True, slots=True)
class Client:
    """Who may ask for tokens, how, and with which roles of its own."""

    secret: str
    grant: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code: good once, for the client, address and verifier that it was asked for with."""

    client_id: str
    redirect_uri: str
    challenge: str
    nonce: str
    username: str
    browser: str
    ends_at: datetime


def _clients() -> dict[str, Client]:
    return {
        SERVICE_CLIENT: Client(new_secret(), CLIENT_CREDENTIALS, ROLES_OF_THE_SERVICE),
        SIGN_IN_CLIENT: Client(new_secret(), AUTHORIZATION_CODE),
    }


@dataclass
class AuthState:
    """All that the stub's HMPPS Auth remembers. ``url`` is its own address, as browsers know it."""

    url: str = "http://hmpps-auth.invalid/auth"
    clients: dict[str, Client] = field(default_factory=_clients)
    keys: SigningKeys = field(default_factory=lambda: _keys)
    token_seconds: int = 1200
    codes: dict[str, Code] = field(default_factory=dict)
    browsers: dict[str, str] = field(
        default_factory=dict
    )  # the user name, by the value of the browser's cookie
    tokens_of_browsers: dict[str, set[str]] = field(default_factory=dict)
    ended: set[str] = field(default_factory=set)  # ids of tokens whose user has signed out

    @property
    def issuer(self) -> str:
        """Who signs: the ``iss`` of every token."""
        return f"{self.url}/issuer"

    def set_client(self, client_id: str, secret: str, grant: str) -> None:
        """Know a client by this name and secret, in place of any other of its kind."""
        roles = ROLES_OF_THE_SERVICE if grant == CLIENT_CREDENTIALS else ()
        others = {name: client for name, client in self.clients.items() if client.grant != grant}
        self.clients = others | {client_id: Client(secret, grant, roles)}

    def know_clients_of(self, settings: Any) -> None:
        """Know the clients that the service's settings name; a secret that is not set there is made up here."""
        for grant, prefix in PREFIXES.items():
            name, client = self.client_for(grant)
            client_id = getattr(settings, f"{prefix}_CLIENT_ID", "") or name
            secret = getattr(settings, f"{prefix}_CLIENT_SECRET", "") or client.secret
            if (client_id, secret) != (name, client.secret):
                self.set_client(client_id, secret, grant)

    def client_for(self, grant: str) -> tuple[str, Client]:
        """The client that may use this grant."""
        return next((name, client) for name, client in self.clients.items() if client.grant == grant)

    def sign_out(self, browser: str) -> None:
        """End a browser's time at HMPPS Auth, and with it its tokens."""
        self.browsers.pop(browser, None)
        self.ended |= self.tokens_of_browsers.pop(browser, set())

    def copy(self) -> "AuthState":
        """The same address, clients and keys, with nobody signed in."""
        return AuthState(url=self.url, clients=dict(self.clients), keys=self.keys)

    def reset(self) -> None:
        """Nobody is signed in; keys and clients stay."""
        self.token_seconds = 1200
        self.codes.clear()
        self.browsers.clear()
        self.tokens_of_browsers.clear()
        self.ended.clear()
