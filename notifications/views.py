"""Everybody's own list of notifications, and which emails they get. Each leads to the page that it is about."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from events.audiences import for_everyone
from events.models import AuditAction
from govuk.addresses import reverse
from notifications.actions import choose_emails, mark_read
from notifications.forms import EmailsForm
from notifications.keeping import choice_of
from notifications.presenters import COLUMNS, row
from notifications.reading import visible_to
from notifications.types import always_sent_to

PAGE_SIZE = 20


@for_everyone(records=AuditAction.NOTIFICATIONS_VIEWED)
@require_safe
def all_notifications(request: HttpRequest) -> HttpResponse:
    """Theirs, the newest first; of cases that are no longer theirs nothing."""
    visible, names = visible_to(_user(request))
    page = Paginator(visible, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "columns": COLUMNS,
        "rows": [row(one, case=names[one.referral]) for one in page],
        "has_unread": any(one.read_at is None for one in page) or visible.unread().exists(),
    }
    return render(request, "notifications/all.html", context)


@for_everyone(records=AuditAction.NOTIFICATIONS_VIEWED)
@require_POST
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark everything that they may see as read."""
    visible, _ = visible_to(_user(request))
    if mark_read(by=_user(request), notifications=visible):
        messages.success(request, "You have marked all notifications as read.")
    return redirect("notifications:all")


@for_everyone(records=AuditAction.NOTIFICATIONS_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def emails(request: HttpRequest) -> HttpResponse:
    """Choose how often emails come, and about what."""
    user = _user(request)
    form = EmailsForm(
        request.POST if request.method == "POST" else None, audience=user.audience, chosen=choice_of(user)
    )
    if form.is_valid():
        choose_emails(by=user, choice=form.choice())
        messages.success(request, "You have changed which emails you get.")
        return redirect("notifications:all")
    context = {
        "form": form,
        "always": always_sent_to(user.audience),
        "back_link": reverse("notifications:all"),
    }
    return render(request, "notifications/emails.html", context, status=422 if form.errors else 200)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the door let them in
    return request.user
