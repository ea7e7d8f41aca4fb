"""Nothing that a supplier types is lost when their web session ends meanwhile.

Every form on a page of a case carries a token that says, signed by us, who opened it. A post without a web session (or
with another one's form) and with such a token is kept for that person and page, and offered back there once they have
signed in. It is never applied by itself, and nobody else sees it. The practitioner's drafts have the same, in their own
room (``referrals.signed_out``).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from events import audit
from events.models import AuditAction
from govuk.text import printable
from monitoring.models import KeptPost, ReceivedReferral

TOKEN_FIELD = "typed_by"  # noqa: S105 (a name, not a secret)
FORGET_FIELD = "forget_kept"
SALT = "monitoring.typed-by"
GOOD_FOR = 24 * 60 * 60  # seconds that an open page may wait before it is sent
KEPT_FOR = timedelta(days=7)
NOT_KEPT = frozenset({TOKEN_FIELD, FORGET_FIELD, "csrfmiddlewaretoken"})
#: In the web session: the pages for which something was kept, so that every other page asks nothing.
PATHS = "kept_posts"


def token_of(user: User, received_id: UUID) -> str:
    """What every form of a case carries: who opened it, signed."""
    return signing.dumps([user.pk, str(received_id)], salt=SALT)


# --- Keeping ------------------------------------------------------------------------------------------


def keep(request: HttpRequest) -> bool:
    """Keep a post whose author can be told from its token, and may still see the case. Whether anything was kept."""
    try:
        user_id, received_id = signing.loads(request.POST.get(TOKEN_FIELD, ""), salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return False
    author = User.objects.filter(pk=user_id, is_active=True).first()
    if author is None:
        return False
    case = ReceivedReferral.objects.open_to(author).filter(pk=UUID(received_id)).first()
    if case is None or not _is_of(case, request.path):
        return False
    fields = {
        printable(name): [printable(value) for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
    }
    KeptPost.objects.unscoped().update_or_create(
        user=author,
        path=request.path,
        defaults={"received": case, "fields": fields, "kept_at": timezone.now()},
    )
    audit.record(AuditAction.TEXT_KEPT_AT_SIGN_OUT, by=author, referral=case.pk, crn=case.crn)
    if getattr(request, "user", None) == author:  # signed in again meanwhile, in another tab
        request.session[PATHS] = [*request.session.get(PATHS, []), request.path]
    return True


def _is_of(case: ReceivedReferral, path: str) -> bool:
    return path.startswith(reverse("monitoring:progress", args=[case.pk]).removesuffix("progress"))


def forget_old_ones(now: datetime | None = None) -> int:
    """Delete what nobody came back for within seven days; how many."""
    old = KeptPost.objects.unscoped().filter(kept_at__lt=(now or timezone.now()) - KEPT_FOR)
    return old.delete()[0]


# --- Offering back ------------------------------------------------------------------------------------


@receiver(user_logged_in, dispatch_uid="monitoring_kept_posts")
def remember_paths(request: HttpRequest | None, user: User, **_: Any) -> None:
    """Note for this web session on which pages something is offered back."""
    if request is not None and user.is_supplier:
        paths = [*KeptPost.objects.unscoped().filter(user=user).values_list("path", flat=True)]
        if paths:
            request.session[PATHS] = paths


def frame(request: HttpRequest) -> dict[str, Any]:
    """A context processor: the token in every form of a page of a case, and what is offered back on this page."""
    user, match = getattr(request, "user", None), request.resolver_match
    received_id = match.kwargs.get("received_id") if match and match.namespace == "monitoring" else None
    if received_id is None or not isinstance(user, User) or not user.is_supplier:
        return {}
    return {"csrf_input": _boxes(request, user, received_id), "kept_post": _offered(request, user)}


def _boxes(request: HttpRequest, user: User, received_id: UUID) -> SafeString:
    box = '<input type="hidden" name="{}" value="{}">'
    token = token_of(user, received_id)
    return format_html(box * 2, "csrfmiddlewaretoken", get_token(request), TOKEN_FIELD, token)


def _offered(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """The fields as they were sent, and those of them that read as text; on the page itself only."""
    if request.method != "GET" or request.path not in request.session.get(PATHS, ()):
        return None
    kept = KeptPost.objects.unscoped().filter(user=user, path=request.path).first()
    if kept is None:
        return None
    boxes = [(name, value) for name, values in kept.fields.items() for value in values]
    return {"boxes": boxes, "texts": [value for _, value in boxes if " " in value.strip()]}


def settle(request: HttpRequest, response: HttpResponse) -> None:
    """Forget what was kept for a page once it was sent again and arrived: saved, or back in its form."""
    has_arrived = request.method == "POST" and response.status_code in (200, 302, 422)
    if has_arrived and request.path in request.session.get(PATHS, ()):
        forget(request)


def forget(request: HttpRequest) -> None:
    """Delete what was kept for this page."""
    KeptPost.objects.unscoped().filter(user=request.user.pk, path=request.path).delete()
    request.session[PATHS] = [path for path in request.session.get(PATHS, ()) if path != request.path]
