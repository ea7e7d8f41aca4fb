"""Who a page is for: every view says it here, and what opening it records.

The decorator checks the audience, runs the view, audits what it did, and turns refusals into pages, outside any
transaction that the refusal rolled back. Must not know any app above ``events``.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from accounts.kept_text.offering import render_refusal
from accounts.models import Audience, User
from events import audit
from events.models import AuditAction, AuditEvent
from events.refusals import Gone, OutOfDate, Refused, SentBefore, Unanswered
from file_storage.downloads import SignedAddress

View = Callable[..., HttpResponse]
Within = Callable[[User], AbstractContextManager[Any]]
WithinRequest = Callable[..., AbstractContextManager[Any]]


def about(
    request: HttpRequest, *, referral: UUID | None = None, crn: str = "", version: int | None = None
) -> None:
    """Say which case this request is about, so that the audit event names it."""
    request.audited = {"referral": referral, "crn": crn, "version": version}  # type: ignore[attr-defined]


def _with_the_services_rights(user: User) -> AbstractContextManager[Any]:
    return nullcontext()


def _guard(
    audiences: frozenset[Audience], records: AuditAction, within: Within = _with_the_services_rights
) -> Callable[[View], View]:
    def decorator(view: View) -> View:
        @never_cache
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            assert isinstance(user, User)  # LoginRequiredMiddleware stands in front
            if user.audience not in audiences:
                _record(request, AuditAction.ACCESS_REFUSED, AuditEvent.Outcome.REFUSED, code="audience")
                raise PermissionDenied
            try:
                with within(user):
                    response = view(request, *args, **kwargs)
                    if _shows_the_page(request, response):
                        _record(request, records)
                return response
            except Refused as refusal:
                _record(request, AuditAction.ACCESS_REFUSED, AuditEvent.Outcome.REFUSED, code=refusal.code)
                return render_refusal(request, "errors/403.html", {"message": refusal.reason}, status=403)
            except Http404:
                _record(request, AuditAction.ACCESS_REFUSED, AuditEvent.Outcome.REFUSED, code="not_found")
                raise
            except SentBefore as before:
                return render_refusal(request, "errors/sent_before.html", {"before": before}, status=409)
            except OutOfDate as conflict:
                return render_refusal(request, "errors/409.html", {"message": conflict.reason}, status=409)
            except Gone as gone:
                context = {"message": gone.reason, "link": gone.link}
                return render_refusal(request, "errors/410.html", context, status=410)
            except Unanswered as unanswered:
                silent = {"message": unanswered.reason, "may_pass": unanswered.may_pass}
                return render_refusal(request, "errors/503.html", silent, status=503)

        wrapper.audiences = audiences  # type: ignore[attr-defined]
        wrapper.records = records  # type: ignore[attr-defined]
        return wrapper

    return decorator


def _shows_the_page(request: HttpRequest, response: HttpResponse) -> bool:
    """Opened, or shown again because the form has errors (422) or somebody saved first (409).

    Whoever has the signed address of a file has the file.
    """
    is_opened = request.method in ("GET", "HEAD") and response.status_code == 200
    return is_opened or response.status_code in (409, 422) or isinstance(response, SignedAddress)


def _record(
    request: HttpRequest,
    action: AuditAction,
    outcome: AuditEvent.Outcome = AuditEvent.Outcome.DONE,
    *,
    code: str = "",
) -> None:
    assert isinstance(request.user, User)
    match = request.resolver_match
    subject: dict[str, Any] = getattr(request, "audited", {})
    page = match.view_name if match else ""
    audit.record(action, by=request.user, outcome=outcome, **subject, page=page, code=code)


def for_practitioners(*, records: AuditAction) -> Callable[[View], View]:
    """A page for probation practitioners only."""
    return _guard(frozenset({Audience.PRACTITIONER}), records)


def for_supplier_staff(*, records: AuditAction, within: Within) -> Callable[[View], View]:
    """A page for supplier staff only, run inside ``within`` (their database rights), which is told who is asking."""
    return _guard(frozenset({Audience.SUPPLIER}), records, within)


def for_everyone(*, records: AuditAction = AuditAction.SERVICE_PAGE_VIEWED) -> Callable[[View], View]:
    """A page for everybody who is signed in."""
    return _guard(frozenset(Audience), records)


def for_holders_of_a_secret(*, records: AuditAction, within: WithinRequest) -> Callable[[View], View]:
    """Something that a program reads at an address that is a secret of one person's: nobody signs in.

    The view itself finds whose secret it is, answers "not found" to every other one, and records ``records``, for
    only it knows whose name that is in. ``within`` is given what stands in the address. The secret stands in no log:
    lines name views, not addresses.
    """

    def decorator(view: View) -> View:
        @login_not_required
        @never_cache
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            with within(*args, **kwargs):
                response = view(request, *args, **kwargs)
            response["X-Robots-Tag"] = "noindex, nofollow"
            return response

        wrapper.audiences = None  # type: ignore[attr-defined]
        wrapper.is_by_secret = True  # type: ignore[attr-defined]
        wrapper.records = records  # type: ignore[attr-defined]
        return wrapper

    return decorator
