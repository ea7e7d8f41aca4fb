"""Django's guard in front of every page, losing nothing typed.

Keeps a post before it asks to sign in; and after each answer keeps what was not saved, and forgets what was. Where a
page with unsaved text only leads on to another, it shows the text first.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from accounts.kept_text.keeping import forget, keep_of_author, keep_unsaved, stays_kept
from accounts.kept_text.offering import leads_on
from accounts.kept_text.posted import BACK, DISCARD, DISCARD_ALL, texts_of_author
from accounts.kept_text.rooms import place_of
from accounts.models import User

REDIRECTS = frozenset({301, 302, 303})
UNREAD = frozenset({400, 413})  # the post could not be read


class KeepTypedText(LoginRequiredMiddleware):
    """In the place of Django's ``LoginRequiredMiddleware``."""

    def process_view(
        self, request: HttpRequest, view_func: Any, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        """Ask to sign in; answer the buttons that discard kept text, or go back to it."""
        if (refused := super().process_view(request, view_func, view_args, view_kwargs)) is not None:
            return refused
        do = request.POST.get("do") if request.method == "POST" and place_of(request) is not None else ""
        if do not in (DISCARD, DISCARD_ALL, BACK):
            return None
        assert isinstance(request.user, User)
        if do != BACK:
            forget(request, request.user, is_whole=do == DISCARD_ALL)
        stays_kept(request)
        return redirect(request.get_full_path())

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponse:
        """Keep the post, then ask to sign in and come back to the page. What cannot be kept is shown (403)."""
        if request.method == "POST":
            if page := keep_of_author(request):
                return redirect_to_login(request.get_full_path() if page == request.path else page)
            if texts := texts_of_author(request.POST):
                return render(request, "errors/signed_out.html", {"posted": texts}, status=403)
        return super().handle_no_permission(request, view_func)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A redirect of a post says that it was saved, unless its view said otherwise. Other answers: not saved."""
        user = getattr(request, "user", None)
        if request.method == "GET" and response.status_code in REDIRECTS:
            return leads_on(request, response["Location"]) or response
        if (
            request.method != "POST"
            or response.status_code in UNREAD
            or getattr(request, "keeps_typed_text", False)
        ):
            return response
        if place_of(request) is None or not isinstance(user, User):
            return response
        if response.status_code in REDIRECTS:
            forget(request, user)
        else:
            keep_unsaved(request, user)
        return response
