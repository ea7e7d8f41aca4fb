"""The supplier's door: for supplier staff only, and with no more database rights than they have."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from events.audiences import View, for_holders_of_a_secret, for_supplier_staff
from events.models import AuditAction
from file_storage.downloads import StoredFileResponse
from monitoring.access.database_rights import supplier_rights
from monitoring.models import CalendarFeed


def for_suppliers(*, records: AuditAction) -> Callable[[View], View]:
    """A page for supplier staff. Whoever asks and their web session were loaded before the rights are taken."""

    def decorate(view: View) -> View:
        return for_supplier_staff(records=records, within=supplier_rights)(_finished(view))

    return decorate


def for_calendar_programs(*, records: AuditAction) -> Callable[[View], View]:
    """A file for whoever holds the secret in its address: no sign-in, and a supplier's database rights."""

    def decorate(view: View) -> View:
        return for_holders_of_a_secret(records=records, within=_rights_of_holder)(_finished(view))

    return decorate


def _rights_of_holder(secret: str) -> AbstractContextManager[None]:
    """Those of whose secret it is, looked up with the service's own; of nobody, when it is none."""
    found = CalendarFeed.objects.open_by(secret, now=timezone.now()).select_related("user").first()
    return supplier_rights(found.user if found is not None else None)


def _finished(view: View) -> View:
    """Refuse an answer that would be made after the rights were given back."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        # Read with the service's own rights, when the answer is sent: who may have it was decided here.
        is_a_file = isinstance(response, StoredFileResponse)
        if (response.streaming and not is_a_file) or not getattr(response, "is_rendered", True):
            raise RuntimeError(
                "A service provider's page is rendered inside its door: no streaming, no late templates"
            )
        return response

    return answer
