"""A question that another answer made inapplicable, while somebody typed: which answer it was, and what they typed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.kept_text.offering import shows
from accounts.kept_text.posted import fields_of, is_blank, texts_in
from govuk.addresses import reverse
from referrals.access.scope import user_of
from referrals.journey.structure import Progress
from referrals.presenters import task_list
from referrals.presenters.person import Banner
from referrals.typed_text.kept_text import kept_for

DELETE = "delete_text"  # the value of the button "do"


def no_longer_asked(
    request: HttpRequest, progress: Progress, slug: str, category_id: int | None
) -> HttpResponse:
    """Say which answer took the question away, and show what was typed. 404 when nothing was.

    What was posted is kept, and offered again when the question applies again.
    """
    draft = progress.draft
    is_posted = request.method == "POST"
    kept = kept_for(request, user_of(request))
    fields = fields_of(request.POST) if is_posted else kept.fields if kept else {}
    decided_by = progress.taken_away_by(slug, category_id)
    tasks = reverse("referrals:tasks", args=[draft.pk])
    if is_posted and request.POST.get("do") == DELETE:
        return redirect(tasks)
    if decided_by is None or is_blank(fields):
        raise Http404
    shows(request, None if is_posted else kept)
    context = {
        "banner": Banner.of(draft),
        "draft": draft,
        "decided_by": decided_by.page.asked(progress.situation_at(decided_by)),
        "answers": progress.rows(decided_by),
        "texts": texts_in(fields),
        "change_href": task_list.address(progress, decided_by),
        "delete": DELETE,
        "back_link": tasks,
    }
    return render(
        request, "referrals/journey/no_longer_asked.html", context, status=409 if is_posted else 200
    )
