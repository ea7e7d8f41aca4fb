"""Nothing typed is lost when the web session ends while somebody writes.

A page of a draft carries a token that says, signed by us, who opened it. A post that arrives without a web session
(or with another session's form) and with such a token is kept for that person and draft, and offered back when that
person opens the page again. It is never applied by itself, and nobody else ever sees it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from govuk.text import printable
from referrals.models import KeptText, Referral

TOKEN_FIELD = "typed_by"  # noqa: S105 (a name, not a secret)
SALT = "referrals.typed-by"
GOOD_FOR = 24 * 60 * 60  # seconds that an open page may wait before it is posted
NOT_KEPT = frozenset({TOKEN_FIELD, "csrfmiddlewaretoken", "as_opened", "seen"})


def author_token(user: User, draft: Referral) -> str:
    """What a page of a draft carries: who opened it, signed."""
    return signing.dumps([user.pk, str(draft.pk)], salt=SALT)


def kept_for(user: User, path: str) -> KeptText | None:
    """What this person typed on this page after their web session had ended."""
    return KeptText.objects.filter(user=user, path=path).first()


def kept_fields(kept: KeptText) -> QueryDict:
    """The kept fields as they were posted."""
    fields = QueryDict(mutable=True)
    for name, values in kept.fields.items():
        fields.setlist(name, values)
    return fields


def forget(user: User, path: str) -> None:
    """Delete what was kept, once it was saved or is not wanted."""
    KeptText.objects.filter(user=user, path=path).delete()


def keep(request: HttpRequest) -> bool:
    """Keep a post whose author can be told from its token. Returns whether anything was kept.

    Characters that cannot be saved become a visible mark, so that nothing around them is lost.
    """
    try:
        user_id, referral_id = signing.loads(request.POST.get(TOKEN_FIELD, ""), salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return False
    fields = {
        printable(name): [printable(value) for value in values]
        for name, values in request.POST.lists()
        if name not in NOT_KEPT
    }
    with transaction.atomic():
        author = User.objects.filter(pk=user_id, is_active=True).first()
        # Locked: while it is being sent, its source text is deleted, and nothing may be kept beside that.
        drafts = Referral.objects.select_for_update().filter(sent_at__isnull=True)
        draft = drafts.filter(pk=UUID(referral_id), created_by_id=user_id).first()
        if author is None or draft is None or not _is_of(draft, request.path):
            return False
        KeptText.objects.update_or_create(
            user=author,
            path=request.path[:300],
            defaults={"referral": draft, "fields": fields, "kept_at": timezone.now()},
        )
        audit.record(AuditAction.TEXT_KEPT_AT_SIGN_OUT, by=author, referral=draft.pk, crn=draft.crn)
    return True


def _is_of(draft: Referral, path: str) -> bool:
    return path.startswith(reverse("referrals:tasks", args=[draft.pk]))


class KeepTypedText(LoginRequiredMiddleware):
    """Django's guard in front of every page, which keeps what was typed before it asks to sign in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Keep the post, then ask to sign in and come back to the page."""
        if request.method == "POST" and keep(request):
            return redirect_to_login(request.get_full_path())
        return super().handle_no_permission(request, view_func)
