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
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from govuk.text import printable
from monitoring import signed_out as of_suppliers
from referrals.kept_text import PAGE_FIELD, TOKEN_FIELD, Tab, fields_of
from referrals.models import KeptText, Referral

SALT = "referrals.typed-by"
GOOD_FOR = 24 * 60 * 60  # seconds that an open page may wait before it is posted
LONGEST_PATH = 300  # characters


def author_token(user: User, draft: Referral) -> str:
    """What a page of a draft carries: who opened it, signed."""
    return signing.dumps([user.pk, str(draft.pk)], salt=SALT)


def keep(request: HttpRequest) -> str:
    """Keep a post whose author can be told from its token. Returns the address of its page, or nothing.

    What suppliers type on a case is kept in their own room.
    """
    return _keep_of_a_draft(request) or (request.path if of_suppliers.keep(request) else "")


def _keep_of_a_draft(request: HttpRequest) -> str:
    try:
        user_id, referral_id = signing.loads(request.POST.get(TOKEN_FIELD, ""), salt=SALT, max_age=GOOD_FOR)
    except signing.BadSignature:
        return ""
    with transaction.atomic():
        author = User.objects.filter(pk=user_id, is_active=True).first()
        # Locked: while it is being sent, its source text is deleted, and nothing may be kept beside that.
        drafts = Referral.objects.select_for_update().filter(sent_at__isnull=True)
        draft = drafts.filter(pk=UUID(referral_id), created_by_id=user_id).first()
        if author is None or draft is None:
            return ""
        page = _page_of(request, draft)
        if not is_page_of(draft.pk, page):
            return ""
        kept = KeptText.objects.filter(user=author, path=page).first() or KeptText(
            user=author, path=page, revision=0
        )
        kept.referral, kept.fields, kept.kept_at = draft, fields_of(request.POST), timezone.now()
        kept.cause, kept.tab = KeptText.Cause.SIGNED_OUT, Tab.of(request.POST).name
        kept.revision += 1
        kept.save()
        audit.record(AuditAction.TEXT_KEPT_AT_SIGN_OUT, by=author, referral=draft.pk, crn=draft.crn)
    return page


def is_page_of(draft_id: UUID, path: str) -> bool:
    """Whether an address is one of the draft's pages: under another, text would outlive the draft."""
    return path.startswith(reverse("referrals:tasks", args=[draft_id])) and len(path) <= LONGEST_PATH


def _page_of(request: HttpRequest, draft: Referral) -> str:
    """The page that was posted, or for which a script posted."""
    if request.path == reverse("referrals:autosave", args=[draft.pk]):
        return printable(request.POST.get(PAGE_FIELD, ""))
    return request.path


class KeepTypedText(LoginRequiredMiddleware):
    """Django's guard in front of every page, which keeps what was typed before it asks to sign in."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponseRedirect:
        """Keep the post, then ask to sign in and come back to the page."""
        page = keep(request) if request.method == "POST" else ""
        if page:
            return redirect_to_login(request.get_full_path() if page == request.path else page)
        return super().handle_no_permission(request, view_func)
