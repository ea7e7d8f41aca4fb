"""Pages are compressed at level 4 of 9: it takes two thirds of the time that Django's 6 takes, for 3 % more bytes."""

from __future__ import annotations

import gzip
from secrets import randbelow

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware, re_accepts_gzip
from django.utils.cache import patch_vary_headers

LEVEL = 4
SHORT = 200  # bytes, and less: not worth it
_NAMED = bytes([gzip.FNAME])
_HEADER, _FLAGS = 10, 3  # bytes of gzip's header, and which of them says what follows it


class Compressing(GZipMiddleware):
    """In the place of Django's, which knows one level only. What is not a page is left to it: files and streams."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress a page, if the browser takes that."""
        if not isinstance(response, HttpResponse) or not _is_page(response):
            return super().process_response(request, response)
        patch_vary_headers(response, ("Accept-Encoding",))
        if re_accepts_gzip.search(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            response.content = compressed(response.content, self.max_random_bytes)
            response.headers["Content-Length"] = str(len(response.content))
            response.headers["Content-Encoding"] = "gzip"
        return response


def _is_page(response: HttpResponse) -> bool:
    is_as_it_was = "Content-Encoding" not in response and "ETag" not in response
    return is_as_it_was and response["Content-Type"].startswith("text/html") and len(response.content) > SHORT


def compressed(page: bytes, most_random_bytes: int) -> bytes:
    """As Django's: a name of random length in the header hides how long a page is, and so what is in it (BREACH)."""
    plain = gzip.compress(page, LEVEL, mtime=0)
    name = b"a" * randbelow(most_random_bytes) + b"\0"
    return plain[:_FLAGS] + _NAMED + plain[_FLAGS + 1 : _HEADER] + name + plain[_HEADER:]
