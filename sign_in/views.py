"""Signing in through HMPPS Auth: there, and back. Open to anyone; shows nothing of any case."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import wraps

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.next_page import given_next, next_page
from accounts.open_pages import View, for_anyone
from accounts.session_store import BEGAN, SIGN_OUT_AT
from accounts.views import HMPPS_AUTH
from accounts.web_session import MODEL_BACKEND
from events import audit
from events.models import AuditAction, AuditEvent
from integrations.deadlines import deadline
from integrations.failures import Rejected, UpstreamFailure
from integrations.hmpps_auth.signing_in import redeem
from sign_in import account_checks, addresses, attempts, own_tokens, tokens, web_sessions, words
from sign_in.actions import UnusableAccount, bring_in_line
from sign_in.again import AGAIN
from sign_in.attempts import Attempt
from sign_in.audiences import NotAUser, audience_of
from sign_in.audit_limit import is_to_be_audited
from sign_in.directory import entry_of
from sign_in.tokens import BadToken, Claims

SECONDS = 10.0  # for HMPPS Auth to say who it is, and with which keys it signs
log = structlog.get_logger(__name__)


class _Refused(Exception):
    """Somebody did not get in, for the reason with this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _where_it_is_used(view: View) -> View:
    """There is no such page where people sign in otherwise."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        if settings.SIGN_IN != HMPPS_AUTH and not settings.DEMO_HMPPS_AUTH:
            raise Http404
        return view(request)

    return wrapper


@for_anyone
@never_cache
@require_safe
@_where_it_is_used
def start(request: HttpRequest) -> HttpResponse:
    """Go to HMPPS Auth's sign-in page. Keeps nothing here: whoever comes is not known yet.

    Who is signed in goes there only to sign in again, for a new token.
    """
    if request.user.is_authenticated and AGAIN not in request.GET:
        return redirect(next_page(request))
    attempt = attempts.begin(next_page=given_next(request))
    response = redirect(addresses.authorize(attempt))
    attempts.remember(attempt, request, response)
    return response


@for_anyone
@never_cache
@require_safe
@_where_it_is_used
def callback(request: HttpRequest) -> HttpResponse:
    """Come back from it, and be signed in. ``state`` says that this browser was sent there, as a CSRF token would."""
    attempt = attempts.under_way(request)
    response = _answer(request, attempt)
    if attempt is not None:
        attempts.forget(attempt, response)
    return response


def _answer(request: HttpRequest, attempt: Attempt | None) -> HttpResponse:
    """Signed in and on their way, or told why not."""
    try:
        came_in = _signed_in(request, attempt)
    except _Refused as refused:
        return _refusal(request, refused.code, next_page=attempt.next_page if attempt else "")
    except UnusableAccount as unusable:
        return _refusal(request, unusable.why, user=unusable.user)
    _let_in(request, came_in)
    for note in came_in.notes:
        messages.info(request, note)
    assert attempt is not None  # else they were refused
    return redirect(attempt.next_page or reverse("home"))


@dataclass(frozen=True, slots=True)
class _CameIn:
    """Who it is, as HMPPS Auth says; their token; and what to tell them."""

    user: User
    claims: Claims
    token: str = field(repr=False)
    notes: list[str]


def _let_in(request: HttpRequest, came_in: _CameIn) -> None:
    """A web session for them. Who is signed in already stays so: forms that are open in other tabs go on working."""
    is_again = request.user == came_in.user and web_sessions.claims_in(request.session) is not None
    if is_again:
        request.session[BEGAN] = time.time()
        audit.record(AuditAction.SIGNED_IN, by=came_in.user, again=True)
    else:
        login(request, came_in.user, backend=MODEL_BACKEND)
    request.session[SIGN_OUT_AT] = addresses.sign_out()
    web_sessions.remember(request.session, came_in.claims)
    account_checks.begin(request.session, came_in.user)
    own_tokens.keep(request.session, came_in.user, token=came_in.token, claims=came_in.claims)


def _signed_in(request: HttpRequest, attempt: Attempt | None) -> _CameIn:
    """Who it is. Raises ``_Refused`` and ``UnusableAccount``."""
    if attempt is None:
        raise _Refused("state")
    code = request.GET.get("code", "")
    if not code:
        raise _Refused("cancelled")
    try:
        with deadline(SECONDS):
            token = redeem(code, redirect_uri=addresses.callback(), verifier=attempt.verifier)
            claims = tokens.read(token, nonce=attempt.nonce)
        audience = audience_of(claims)
    except Rejected as refusal:
        # The second time: the first answer was cut off, and whether it used the code nobody knows.
        raise _Refused("code" if refusal.attempts == 1 else "not_answering") from None
    except UpstreamFailure:
        raise _Refused("not_answering") from None
    except BadToken as bad:
        raise _Refused(bad.fault) from None
    except NotAUser as nobody:
        raise _Refused(nobody.why) from None
    entry = entry_of(claims)
    user, wrong = bring_in_line(claims=claims, audience=audience, entry=entry)
    return _CameIn(user, claims, token, words.notes_for(user, entry, wrong))


def _refusal(
    request: HttpRequest, code: str, *, next_page: str = "", user: User | None = None
) -> HttpResponse:
    """The page, and the event: never the token, nor whom it names. Of somebody with an account always an event."""
    if user is not None or is_to_be_audited(request):
        audit.record(
            AuditAction.SIGN_IN_FAILED,
            by=user,
            outcome=AuditEvent.Outcome.REFUSED,
            code=str(code),
            way=HMPPS_AUTH,
        )
    else:
        log.info("refused_sign_in_not_audited", code=str(code))
    refusal = words.REFUSALS[code]
    context = {"refusal": refusal, "next": next_page, "sign_out": addresses.sign_out()}
    return render(request, "sign_in/refused.html", context, status=refusal.status)
