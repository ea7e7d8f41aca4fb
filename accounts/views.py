"""Signing in and out, feedback, and the pages about the service. Open to anyone; shows nothing of any case."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import demo, service_notices
from accounts.demo_people import TO_TRY
from accounts.forms import FeedbackForm, SignInForm
from accounts.kept_text.offering import render_form
from accounts.models import Audience, Feedback, User
from accounts.next_page import given_next, next_page
from accounts.open_pages import for_anyone
from accounts.session_store import SIGN_OUT_AT
from accounts.web_session import MODEL_BACKEND

WRONG_SIGN_IN = "Enter a correct user name and password"
NOT_BY_PASSWORD = "Sign in with HMPPS Auth. Only administrators sign in with a password"  # noqa: S105 (a sentence)
HMPPS_AUTH = "hmpps_auth"  # a value of the setting SIGN_IN


@for_anyone
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Choose how to sign in, or do so with a user name and password. Too many wrong tries: 429, by django-axes."""
    if request.method == "GET" and request.user.is_authenticated:
        return redirect(next_page(request))
    form = SignInForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        user = authenticate(request, **form.cleaned_data)
        if isinstance(user, User) and not _may_use_a_password(user):
            form.add_error(None, NOT_BY_PASSWORD)
        elif user is not None:
            login(request, user)
            return redirect(next_page(request))
        else:
            form.add_error(None, WRONG_SIGN_IN)
    accounts = demo.ACCOUNTS if settings.DEMO_MODE else ()
    page = {
        "form": form,
        "next": given_next(request),
        "by_hmpps_auth": settings.SIGN_IN == HMPPS_AUTH,
        "may_try_hmpps_auth": settings.SIGN_IN != HMPPS_AUTH and settings.DEMO_HMPPS_AUTH,
        "demo_accounts": accounts,
        "demo_password": demo.PASSWORD,
        "demo_people": TO_TRY,
    }
    return render(request, "accounts/sign_in.html", page, status=422 if form.errors else 200)


def _may_use_a_password(user: User) -> bool:
    """Everybody where there is no other way, or in a demo; else administrators, who have no account elsewhere."""
    return settings.SIGN_IN != HMPPS_AUTH or settings.DEMO_MODE or user.is_administrator


@for_anyone
@never_cache
@require_POST
def sign_in_to_demo(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people with one click. There is no such page outside demo mode."""
    known = {account.username for account in demo.ACCOUNTS}
    chosen = request.POST.get("account", "")
    if not settings.DEMO_MODE or chosen not in known:
        raise Http404
    user = User.objects.filter(username=chosen, is_active=True).first()
    if user is None:
        raise Http404
    login(request, user, backend=MODEL_BACKEND)
    return redirect(next_page(request))


def too_many_attempts(request: HttpRequest, *_: Any) -> HttpResponse:
    """The answer to somebody who got the password wrong too often (called by django-axes)."""
    return render(request, "errors/429.html", status=429)


@for_anyone
@never_cache
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the web session, here and where they signed in. A link that was followed asks first; a button ends it."""
    if request.method == "POST":
        where = request.session.get(SIGN_OUT_AT)
        logout(request)
        return redirect(where or "accounts:sign_in")
    if not request.user.is_authenticated:
        return redirect("accounts:sign_in")
    return render(request, "accounts/sign_out.html")


@for_anyone
@never_cache
def give_feedback(request: HttpRequest) -> HttpResponse:
    """Keep what somebody thinks of the service. The same form sent twice is kept once; with other words, both are."""
    if request.method != "POST":
        form = FeedbackForm(initial={"came_from": _came_from(request), "form_key": uuid4()})
        return render_form(request, "accounts/feedback.html", {"form": form})
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return render_form(request, "accounts/feedback.html", {"form": form})
    user = request.user if isinstance(request.user, User) else None
    said = {"rating": form.cleaned_data["rating"], "comments": form.cleaned_data["comments"]}
    about = {
        "given_by": user,
        "audience": user.audience if user else "",
        "page": _without_ids(form.cleaned_data["came_from"]),
    }
    kept, _ = Feedback.objects.get_or_create(
        form_key=_as_key(form.cleaned_data["form_key"]), defaults=said | about
    )
    if (kept.rating, kept.comments) != (said["rating"], said["comments"]):
        Feedback.objects.create(form_key=uuid4(), **said, **about)
    return redirect("accounts:feedback_given")


@for_anyone
def feedback_given(request: HttpRequest) -> HttpResponse:
    """Thank them."""
    return render(request, "accounts/feedback_given.html")


@for_anyone
def accessibility_statement(request: HttpRequest) -> HttpResponse:
    """How accessible the service is."""
    return render(request, "accounts/accessibility_statement.html")


@for_anyone
def cookies(request: HttpRequest) -> HttpResponse:
    """Which cookies the service sets."""
    names = {
        "session": settings.SESSION_COOKIE_NAME,
        "csrf": settings.CSRF_COOKIE_NAME,
        "device": settings.KNOWN_DEVICE_COOKIE_NAME,
        "sign_in": settings.SIGN_IN_COOKIE_NAME,
    }
    return render(request, "accounts/cookies.html", {"names": names})


@for_anyone
def privacy(request: HttpRequest) -> HttpResponse:
    """What the service does with what it is told."""
    return render(request, "accounts/privacy.html")


@for_anyone
def get_help(request: HttpRequest) -> HttpResponse:
    """Whom to ask about what, and what to say when something goes wrong."""
    return render(request, "accounts/help.html", {"service_desk": settings.SERVICE_DESK})


@never_cache
@require_POST
def hide_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Show a notice no more in this web session, and go back to the page it stood on. Not on for them: not found."""
    if not service_notices.hide(request, notice_id):
        raise Http404
    return redirect(next_page(request))


hide_notice.audiences = frozenset(Audience)  # type: ignore[attr-defined]
hide_notice.records = "page.viewed"  # type: ignore[attr-defined] # by the page it leads to


def _came_from(request: HttpRequest) -> str:
    """The page they came from; nothing when the form would refuse it, for they could not correct it."""
    given = request.GET.get("page") or urlsplit(request.headers.get("Referer", "")).path
    try:
        return str(FeedbackForm.base_fields["came_from"].clean(given))
    except ValidationError:
        return ""


def _without_ids(path: str) -> str:
    """A page's address with the names of its parts instead of their values, so that it names no case."""
    try:
        return resolve(path).route[:200]
    except Resolver404:
        return ""


def _as_key(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()
