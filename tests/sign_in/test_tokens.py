"""Which tokens sign somebody in, which do not, and what each page and audit event says; and keys that change."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from events.models import AuditAction, AuditEvent
from tests.pages import assert_page
from tests.sign_in.conftest import Browser
from upstream_stub import adapter
from upstream_stub.faults import Fault

Claims = dict[str, Any]
Make = Callable[[Claims], str]
STRANGER = rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signed(claims: Claims, **headers: Any) -> str:
    """As HMPPS Auth signs it, with other claims."""
    keys = adapter.state().auth.keys
    name, key = keys._newest()
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": name} | headers)


def saying(**changed: Any) -> Make:
    """A token with these claims in place of the right ones; None: without."""
    return lambda claims: signed({k: v for k, v in (claims | changed).items() if v is not None})


def later(**seconds: int) -> Make:
    """A token whose times are so many seconds after they should be."""
    return lambda claims: signed(
        claims | {name: claims.get(name, claims["iat"]) + by for name, by in seconds.items()}
    )


def by_a_stranger(claims: Claims) -> str:
    return jwt.encode(
        claims, STRANGER, algorithm="RS256", headers={"kid": adapter.state().auth.keys._newest()[0]}
    )


def of_an_unknown_key(claims: Claims) -> str:
    return jwt.encode(claims, STRANGER, algorithm="RS256", headers={"kid": "another"})


def unsigned(claims: Claims) -> str:
    return jwt.encode(claims, "", algorithm="none", headers={"kid": adapter.state().auth.keys._newest()[0]})


def signed_with_the_public_key(claims: Claims) -> str:
    """HS256, whose secret is what HMPPS Auth publishes. PyJWT refuses to make it."""
    name, key = adapter.state().auth.keys._newest()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT", "kid": name}, claims)]
    text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
    hashed = jwt.get_algorithm_by_name("HS256")
    signature = base64.urlsafe_b64encode(hashed.sign(text, public)).rstrip(b"=")  # type: ignore[arg-type]
    return (text + b"." + signature).decode()


def changed_after_signing(claims: Claims) -> str:
    header, _, signature = signed(claims).split(".")
    other = json.dumps(claims | {"user_name": "J.ARKWRIGHT"}).encode()
    return f"{header}.{base64.urlsafe_b64encode(other).rstrip(b'=').decode()}.{signature}"


@dataclass(frozen=True)
class Row:
    """A token, and what becomes of it: the audited code (none: signed in), the status and words of the page."""

    make: Make
    code: str = ""
    status: int = 403
    words: str = "We could not sign you in"


CLOCKS = "The clocks of two systems differ"
AGAIN = "Sign in again"
TOKENS = {
    "as it should be": Row(signed),
    "two seconds in the future": Row(later(iat=2, nbf=2)),
    "29 seconds in the future": Row(later(iat=29, nbf=29)),
    "40 seconds in the future": Row(later(iat=40), "from_the_future", 503, CLOCKS),
    "good from 40 seconds on": Row(later(nbf=40), "from_the_future", 503, CLOCKS),
    "over for 25 seconds": Row(later(iat=-1225, exp=-1225)),
    "over for 40 seconds": Row(later(iat=-1240, exp=-1240), "expired", 403, AGAIN),
    "without an end": Row(saying(exp=None), "unreadable"),
    "with an end that is no time": Row(saying(exp="soon"), "unreadable"),
    "with an end that is no number": Row(saying(exp=float("nan")), "unreadable"),
    "without a beginning": Row(saying(iat=None), "unreadable"),
    "by a stranger, in HMPPS Auth's name": Row(by_a_stranger, "forged"),
    "by a key that is not published": Row(of_an_unknown_key, "unknown_key"),
    "changed after signing": Row(changed_after_signing, "forged"),
    "signed by nobody": Row(unsigned, "not_signed"),
    "signed with the public key": Row(signed_with_the_public_key, "not_signed"),
    "no token": Row(lambda _: "not-a-token", "unreadable"),
    "an empty token": Row(lambda _: "", "unreadable"),
    "from another issuer": Row(saying(iss="https://elsewhere.example.com/issuer"), "issuer"),
    "from no issuer": Row(saying(iss=None), "unreadable"),
    "for us by name": Row(saying(aud="refer-monitor-sign-in")),
    "for us among others": Row(saying(aud=["other", "refer-monitor-sign-in"])),
    "for another service": Row(saying(aud="other-service"), "audience"),
    "for another client": Row(saying(client_id="other-service"), "audience"),
    "for us, given to another client": Row(
        saying(aud="refer-monitor-sign-in", client_id="other"), "audience"
    ),
    "for nobody": Row(saying(client_id=None), "audience"),
    "for something that is no name": Row(saying(aud=5), "audience"),
    "of another sign-in": Row(saying(nonce="another"), "nonce"),
    "of a program": Row(saying(grant_type="client_credentials"), "no_user"),
    "of nobody": Row(saying(user_name=None), "no_user"),
    "of a number": Row(saying(user_name=7), "no_user"),
    "of a name with a space": Row(saying(user_name="P. OKONJO"), "no_user"),
    "of a very long name": Row(saying(user_name="P" * 61), "no_user"),
    "with roles that are no list": Row(
        saying(authorities="ROLE_PROBATION"),
        "no_role_of_practitioners",
        403,
        "Your account cannot use this service",
    ),
}


@pytest.mark.slow
def test_which_tokens_sign_somebody_in(db: None, signs_tokens: Callable[[Make], None]) -> None:
    for what, row in TOKENS.items():
        browser = Browser()
        signs_tokens(row.make)
        with time_machine.travel(timezone.now(), tick=False):
            answer = browser.signs_in("P.OKONJO")
        if not row.code:
            assert (answer.status_code, browser.user and browser.user.username) == (302, "pp"), what
            continue
        assert browser.user is None, what
        assert answer.status_code == row.status, f"{what}: {answer.status_code}"
        assert assert_page(answer, row.status).h1.text.strip() == row.words, what  # type: ignore[union-attr]
        event = AuditEvent.objects.filter(action=AuditAction.SIGN_IN_FAILED).latest("at")
        assert (event.facts, event.outcome) == ({"code": row.code, "way": "hmpps_auth"}, "REFUSED"), what
    assert AuditEvent.objects.filter(action=AuditAction.SIGN_IN_FAILED).count() == sum(
        bool(row.code) for row in TOKENS.values()
    )


def test_a_clock_that_differs(browser: Browser) -> None:
    """The stub's own clock, as it would be."""
    for ahead, status in ((2, 302), (-20, 302), (31, 503)):
        adapter.state().ahead = timedelta(seconds=ahead)
        with time_machine.travel(timezone.now(), tick=False):
            assert Browser().signs_in("P.OKONJO").status_code == status, ahead


# --- Keys ------------------------------------------------------------------------------------------


def keys_asked() -> int:
    """How often."""
    return len(adapter.state().calls("hmpps_auth", "jwks.json"))


@pytest.fixture
def own_keys(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Keys that a test may change: the others are every test's."""
    from upstream_stub.tokens import SigningKeys

    monkeypatch.setattr(adapter.state().auth, "keys", SigningKeys())
    return adapter.state().auth.keys


def test_keys_are_kept_and_asked_for_again_when_they_change(db: None, own_keys: Any) -> None:
    with time_machine.travel(timezone.now(), tick=True):
        assert [Browser().signs_in("P.OKONJO").status_code for _ in range(2)] == [302, 302]
    assert keys_asked() == 1

    own_keys.rotate()
    assert Browser().signs_in("P.OKONJO").status_code == 302
    assert keys_asked() == 2, "a name that was not known"

    own_keys.rotate(forget_old=True)
    assert Browser().signs_in("P.OKONJO").status_code == 403
    assert keys_asked() == 2, "not again within a minute"


def test_unknown_keys_are_asked_for_once_a_minute(
    db: None, signs_tokens: Callable[[Make], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1000.0]
    monkeypatch.setattr("sign_in.keys.time.monotonic", lambda: now[0])
    signs_tokens(of_an_unknown_key)
    asked = []
    for seconds in (0, 1, 30, 59, 61):
        now[0] = 1000.0 + seconds
        assert Browser().signs_in("P.OKONJO").status_code == 403
        asked.append(keys_asked())
    assert asked == [1, 2, 2, 2, 3]


def test_keys_that_cannot_be_had(db: None, own_keys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("sign_in.keys.time.monotonic", lambda: now[0])
    silent = Fault("status", system="hmpps_auth", path_regex="jwks", status=503)
    adapter.state().faults.append(silent)
    answer = Browser().signs_in("P.OKONJO")
    assert "HMPPS Auth is not answering" in assert_page(answer, 503).text

    adapter.reset()
    assert Browser().signs_in("P.OKONJO").status_code == 302
    adapter.state().faults.append(silent)
    now[0] += 3601
    assert Browser().signs_in("P.OKONJO").status_code == 302, "the keys that were known are used on"

    adapter.reset()
    now[0] += 61
    own_keys.rotate(forget_old=True)
    assert Browser().signs_in("P.OKONJO").status_code == 302
