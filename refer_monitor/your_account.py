"""Everybody's own account: where they are signed in, ending that, and their password.

Here and not in ``accounts`` because the doors stand above it. The rules are in ``accounts.signed_in``.
"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, update_session_auth_hash
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from accounts import signed_in
from accounts.forms import PasswordForm
from accounts.models import User
from events.audiences import for_everyone

PAGE_SIZE = 20
WRONG_PASSWORD = "Your current password is incorrect"  # noqa: S105 (a sentence)
CHANGED = "You have changed your password. You are signed out everywhere else."
ENDED = "You are signed out there."
ALL_ENDED = "You are signed out everywhere else."


@for_everyone()
@require_safe
def your_account(request: HttpRequest) -> HttpResponse:
    """Who they are here, and where they are signed in."""
    user = _user(request)
    page = Paginator(signed_in.sessions_of(user), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "user": user,
        "has_password": user.has_usable_password(),
        "page": page,
        "this_one": request.session.session_key,
        "success": " ".join(str(message) for message in messages.get_messages(request)),
    }
    return render(request, "accounts/your_account.html", context)


@for_everyone()
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one web session of theirs, or all but this one. Pressed twice, the same."""
    user, name = _user(request), request.POST.get("session", "")
    if name:
        signed_in.end_session(by=user, name=name)
    else:
        signed_in.end_other_sessions(by=user, but=request.session.session_key)
    messages.success(request, ENDED if name else ALL_ENDED)
    return redirect("your_account")


@for_everyone()
@sensitive_post_parameters()
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password for whoever knows the old one. Wrong tries count as they do at signing in."""
    user = _user(request)
    if not user.has_usable_password():  # they sign in elsewhere
        raise Http404
    form = PasswordForm(request.POST if request.method == "POST" else None, user=user)
    if form.is_valid():
        if authenticate(request, username=user.username, password=form.cleaned_data["current"]) is None:
            form.add_error("current", WRONG_PASSWORD)
        else:
            new = form.cleaned_data["new"]
            signed_in.change_password(by=user, new=new, session_key=request.session.session_key)
            update_session_auth_hash(request, user)
            messages.success(request, CHANGED)
            return redirect("your_account")
    return render(
        request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200
    )


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the door let them in
    return request.user
