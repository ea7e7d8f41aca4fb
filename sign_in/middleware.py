"""In every request of somebody who came through HMPPS Auth: OASys is asked with their own token."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from sign_in.own_tokens import asking_in


class OwnTokens:
    """Middleware, after the web session and its user. Looks the token up only when OASys is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the user's token at hand."""
        with asking_in(request):
            return self.get_response(request)
