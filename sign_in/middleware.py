"""In every request of somebody who came through HMPPS Auth: whose account it is now, and whose token OASys is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from accounts.kept_text.keeping import keep_of_author
from accounts.kept_text.posted import PAGE_FIELD, texts_of_author
from accounts.models import User
from sign_in import addresses, words
from sign_in.account_checks import Found, look_at_account, sign_out_everywhere
from sign_in.own_tokens import asking_in


class OwnTokens:
    """Middleware, after the web session and its user. Looks the token up only when OASys is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the user's token at hand."""
        with asking_in(request):
            return self.get_response(request)


class AccountChecks:
    """Middleware, before the guard that asks to sign in: looks now and then whether the account is still open."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        """On pages that need a user: go on, or say that the account is closed. What was typed is kept."""
        if not getattr(view_func, "login_required", True) or not request.user.is_authenticated:
            return None
        found = look_at_account(request)
        if found is Found.OTHER_ACCESS:
            messages.info(request, words.OTHER_ACCESS)
        if found is not Found.CLOSED:
            return None
        return _closed(request)


def _closed(request: HttpRequest) -> HttpResponse | None:
    user = request.user
    assert isinstance(user, User)
    sentences = words.CLOSED_MEANWHILE[user.is_practitioner]
    sign_out_everywhere(request)
    if PAGE_FIELD in request.POST:
        return None  # a script asks: the guard keeps the text, and says that they are signed out
    is_kept = request.method == "POST" and bool(keep_of_author(request))
    posted = texts_of_author(request.POST) if request.method == "POST" and not is_kept else []
    context = {"sentences": sentences, "is_kept": is_kept, "posted": posted, "sign_out": addresses.sign_out()}
    return render(request, "sign_in/closed.html", context, status=403)
