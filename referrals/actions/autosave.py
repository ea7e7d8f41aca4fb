"""Keeping what is typed before it is saved, in a row of its own."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import Gone, OutOfDate
from referrals.actions.changing import SENT
from referrals.kept_text import HIGHEST_REVISION, Tab, says_the_same
from referrals.models import KeptText, Referral

ANOTHER_TAB = "Something else was typed on this page in another tab or window. Nothing of it was overwritten."


@transaction.atomic
def autosave(*, draft_id: UUID, page: str, fields: dict[str, list[str]], tab: Tab, by: User) -> KeptText:
    """Keep what an author has typed on a page of their draft. The same text again changes nothing but the time.

    Changes neither the draft nor its risk information, and does not begin its 90 days again: only saving does, or a
    page left open would keep a draft alive. Audited once for each page and day, because a row for every few seconds
    of typing would bury the trail, and says no more. Raises Http404 for anybody else, Gone once sent, OutOfDate when
    another tab has typed on the page since this one was opened.
    """
    # Locked: while it is being sent, its source text is deleted, and nothing may be kept beside that.
    drafts = Referral.objects.select_for_update().filter(created_by=by)
    draft = drafts.only("crn", "sent_at").filter(pk=draft_id).first()
    if draft is None:
        raise Http404
    if draft.is_sent:
        raise Gone(SENT)
    now = timezone.now()
    kept = KeptText.objects.filter(user=by, path=page).first()
    if kept is None:
        is_first = True
        kept = KeptText(user=by, path=page, revision=tab.revision)
    elif not tab.knows(kept) and not says_the_same(kept.fields, fields):
        raise OutOfDate(ANOTHER_TAB)
    else:
        is_first = timezone.localdate(kept.kept_at) != timezone.localdate(now)
    kept.referral, kept.fields, kept.kept_at = draft, fields, now
    kept.cause, kept.tab = KeptText.Cause.AUTOSAVED, tab.name
    kept.revision = min(kept.revision + 1, HIGHEST_REVISION)
    kept.save()
    if is_first:
        audit.record(AuditAction.TEXT_AUTOSAVED, by=by, referral=draft.pk, crn=draft.crn)
    return kept
