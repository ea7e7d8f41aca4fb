"""The Content-Security-Policy of every answer: django-csp's, put together once and not for each answer.

It follows from the settings; only the nonce is another one each time. No view has a policy of its own.
"""

from __future__ import annotations

from typing import Any

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

_NONCE = "stands-in-for-the-nonce"


class ContentPolicy(CSPMiddleware):
    """In the place of ``CSPMiddleware``."""

    _of: Any = None  # the settings that the texts below were made of
    _without_nonce = _with_nonce = ""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Add the header; with the nonce, if the page has one."""
        if self._of is not settings.CONTENT_SECURITY_POLICY:
            self._without_nonce, self._with_nonce = build_policy(), build_policy(nonce=_NONCE)
            self._of = settings.CONTENT_SECURITY_POLICY
        nonce: str | None = getattr(request, "_csp_nonce", None)
        if nonce is None:
            response[HEADER] = self._without_nonce
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        else:
            response[HEADER] = self._with_nonce.replace(_NONCE, nonce)
        return response
