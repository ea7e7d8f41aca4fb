"""The pages of HMPPS Auth that a browser opens, where the stub stands in for it inside the demo's own process."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.open_pages import for_anyone
from upstream_stub import adapter
from upstream_stub.exchange import StubRequest


@for_anyone
@csrf_exempt  # its forms are those of the real one, which knows nothing of ours
@never_cache
@require_http_methods(["GET", "POST"])
def hmpps_auth(request: HttpRequest) -> HttpResponse:
    """As the stub's server answers, with the browser's own cookies."""
    asked = StubRequest(
        method=request.method or "GET",
        path=request.path,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        query=request.META.get("QUERY_STRING", ""),
    )
    said = adapter.answered(asked)
    return HttpResponse(said.body, status=said.status, headers=dict(said.headers))
