"""The addresses that the frame links to, answered by nobody: the layouts are tested without the apps."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def nobody(request: HttpRequest) -> HttpResponse:
    """Never called; the tests only need the names."""
    raise NotImplementedError


_ACCOUNTS = [
    path(f"{name}/", nobody, name=name)
    for name in ("feedback", "help", "accessibility", "cookies", "privacy", "sign_out")
]
_ACCOUNTS.append(path("notices/<int:notice_id>/", nobody, name="hide_notice"))
urlpatterns = [
    path("accounts/", include((_ACCOUNTS, "accounts"))),
    path("your-account/", nobody, name="your_account"),
]
