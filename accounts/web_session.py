"""How long the web session still lasts, said without making it last longer; and staying signed in.

The service ends a web session after a time without a request (``SESSION_COOKIE_AGE``), and a fixed time after signing
in (``WEB_SESSION_LIFETIME``). A page that stays open asks here before it says so: another tab may have been used
meanwhile.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.known_devices import add_cookie
from accounts.models import WebSession
from accounts.open_pages import for_anyone


@for_anyone
@never_cache
@require_http_methods(["GET", "POST"])
def web_session(request: HttpRequest) -> HttpResponse:
    """Seconds until the web session ends without another request; 0 when nobody is signed in.

    ``is_final`` when no request makes it last longer: the fixed time after signing in is near.
    GET leaves it as it is; POST, like every other request, makes it begin anew.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0})
    if request.method == "POST":
        seconds = request.session.get_expiry_age()
        return JsonResponse({"seconds": seconds, "is_final": is_final(request)})
    request.leaves_web_session = True  # type: ignore[attr-defined]
    row = WebSession.objects.filter(session_key=request.session.session_key).first()
    seconds = int((row.expire_date - timezone.now()).total_seconds()) if row else 0
    return JsonResponse({"seconds": max(0, seconds), "is_final": is_final(request)})


def is_final(request: HttpRequest) -> bool:
    """Whether the fixed time after signing in ends the web session before disuse could."""
    left = request.session.seconds_left()  # type: ignore[attr-defined]  # our own store
    return left is not None and left < settings.SESSION_COOKIE_AGE


class WebSessions(SessionMiddleware):
    """Django's, but for a request that only asks how long the web session lasts."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the web session and begin its time anew, unless this request is to leave it as it is."""
        add_cookie(request, response)
        if getattr(request, "leaves_web_session", False):
            patch_vary_headers(response, ("Cookie",))
            return response
        try:
            return super().process_response(request, response)
        except SessionInterrupted:
            # Ended in another browser while this request ran. What it did is done; it says so, and is the last.
            return response
