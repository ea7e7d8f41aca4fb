"""Where a browser is sent at HMPPS Auth, and where it comes back to. Fixed by settings, never by a request."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from sign_in.attempts import Attempt


def callback() -> str:
    """Where HMPPS Auth sends them back to. It knows this address."""
    return f"{settings.SERVICE_URL}{reverse('sign_in:callback')}"


def authorize(attempt: Attempt) -> str:
    """HMPPS Auth's sign-in page."""
    return _at_hmpps_auth(
        "/oauth/authorize",
        response_type="code",
        client_id=settings.HMPPS_AUTH_SIGN_IN_CLIENT_ID,
        redirect_uri=callback(),
        state=attempt.state,
        nonce=attempt.nonce,
        code_challenge=attempt.challenge,
        code_challenge_method="S256",
    )


def sign_out() -> str:
    """Ends their time at HMPPS Auth too, and leads back to our sign-in page."""
    return _at_hmpps_auth(
        "/sign-out",
        client_id=settings.HMPPS_AUTH_SIGN_IN_CLIENT_ID,
        redirect_uri=f"{settings.SERVICE_URL}{reverse('accounts:sign_in')}",
    )


def issuer() -> str:
    """Who must have signed a token."""
    return f"{_hmpps_auth()}/issuer"


def _at_hmpps_auth(path: str, **query: str) -> str:
    return f"{_hmpps_auth()}{path}?{urlencode(query)}"


def _hmpps_auth() -> str:
    return str(settings.HMPPS_AUTH_URL).rstrip("/")
