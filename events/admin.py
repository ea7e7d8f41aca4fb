"""What administrators see of the audit trail and the outbox. Both can be read; one thing can be done: try again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.timezone import localtime

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction, AuditEvent, OutboxEntry
from govuk.text import one_line

COUNTED = 10_000  # rows; counting every row of the audit trail would take longer than reading it


class ShortCount(Paginator):
    """Pages over the newest rows only: nobody turns 200 pages, and a full count of millions is slow."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most ``COUNTED``."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin only pages over these
        return rows.order_by()[:COUNTED].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that can be looked at and nothing else."""

    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # counting by every filter reads every row
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Written by the service only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never deleted by hand."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows about one referral (its id) or, in the audit trail, one person (their CRN). Exact: by index."""
        term = one_line(search_term)
        if not term:
            return queryset, False
        try:
            return queryset.filter(referral=UUID(term)), False
        except ValueError:
            by_crn = "crn" in self.search_fields
            return queryset.filter(crn=term.upper()) if by_crn else queryset.none(), False


@admin.register(AuditEvent)
class AuditTrail(ReadOnlyAdmin):
    """What happened, and who did it."""

    list_display = ("when", "action", "outcome", "user", "crn", "referral", "share_version")
    list_filter = ("action", "outcome", "at")
    list_select_related = ("user",)
    search_fields = ("crn", "referral")
    search_help_text = "A CRN or the id of a referral, in full."

    @admin.display(description="When", ordering="at")
    def when(self, event: AuditEvent) -> str:
        """To the second, in UK time."""
        return f"{localtime(event.at):%d %B %Y %H:%M:%S}"


@admin.register(OutboxEntry)
class Outbox(ReadOnlyAdmin):
    """What other systems still have to be told."""

    list_display = ("created_at", "kind", "state", "attempts", "last_failure", "next_attempt_at", "referral")
    list_filter = ("state", "kind", "created_at")
    search_fields = ("referral",)
    search_help_text = "The id of a referral, in full."
    actions = ("try_again",)

    @admin.action(description="Try again")
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> None:
        """Put the chosen entries in front of the queue; those that were delivered stay delivered."""
        assert isinstance(request.user, User)
        waiting = list(queryset.exclude(state=OutboxEntry.State.DELIVERED))
        for entry in waiting:
            outbox.try_again(entry)
            audit.record(
                AuditAction.OUTBOX_RETRIED, by=request.user, referral=entry.referral, kind=entry.kind
            )
        self.message_user(request, f"{len(waiting)} will be tried again.", messages.SUCCESS)
