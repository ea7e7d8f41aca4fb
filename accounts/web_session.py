"""How long the web session still lasts, said without making it last longer; and staying signed in.

The service ends a web session after a time without a request (``SESSION_COOKIE_AGE``). A page that stays open asks
here before it says so: another tab may have been used meanwhile.
"""

from __future__ import annotations

from django.contrib.sessions.middleware import SessionMiddleware
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.open_pages import for_anyone


@for_anyone
@never_cache
@require_http_methods(["GET", "POST"])
def web_session(request: HttpRequest) -> HttpResponse:
    """Seconds until the web session ends without another request; 0 when nobody is signed in.

    GET leaves it as it is; POST, like every other request, makes it begin anew.
    """
    if not request.user.is_authenticated:
        return JsonResponse({"seconds": 0})
    if request.method == "POST":
        return JsonResponse({"seconds": request.session.get_expiry_age()})
    request.leaves_web_session = True  # type: ignore[attr-defined]
    ends = Session.objects.filter(session_key=request.session.session_key).values_list(
        "expire_date", flat=True
    )
    return JsonResponse({"seconds": max(0, int((ends.get() - timezone.now()).total_seconds()))})


class WebSessions(SessionMiddleware):
    """Django's, but for a request that only asks how long the web session lasts."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Save the web session and begin its time anew, unless this request is to leave it as it is."""
        if getattr(request, "leaves_web_session", False):
            patch_vary_headers(response, ("Cookie",))
            return response
        return super().process_response(request, response)
