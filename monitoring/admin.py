"""What administrators see of the supplier's side: that things happened and when. Never a person, never a risk text."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from events.admin import ReadOnlyAdmin
from monitoring.models import ReceivedReferral, ShareVersion


class BlindAdmin(ReadOnlyAdmin):
    """Rows of which some columns can be looked at, and the others cannot be asked about either."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Everybody's: administrators are on no contract."""
        return self.model._default_manager.unscoped()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters shown. Django would take any column, and so give away what it holds letter by letter."""
        return lookup.split("__")[0] in self.list_filter

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """The row of one referral, by its reference number in any case."""
        term = search_term.strip().upper()
        return (queryset.filter(**{self.search_fields[0]: term}) if term else queryset), False


@admin.register(ReceivedReferral)
class ReceivedReferrals(BlindAdmin):
    """Which referrals arrived on which contract."""

    list_display = ("reference", "contract", "received_at", "service_categories", "share_versions")
    list_filter = ("received_at", "contract")
    search_fields = ("reference",)
    search_help_text = "A reference number, in full."
    fields = ("id", "reference", "contract", "sent_at", "received_at", "service_categories", "share_versions")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReceivedReferral]:
        """With the counts, without the person."""
        rows: QuerySet[ReceivedReferral] = super().get_queryset(request)
        counts = {"categories": Count("services", distinct=True), "versions": Count("shares", distinct=True)}
        shown = ("reference", "contract__title", "contract__reference", "sent_at", "received_at")
        return rows.select_related("contract").only(*shown).annotate(**counts)

    @admin.display(description="service categories")
    def service_categories(self, row: Any) -> int:
        """How many."""
        return int(row.categories)

    @admin.display(description="share versions")
    def share_versions(self, row: Any) -> int:
        """How many."""
        return int(row.versions)


@admin.register(ShareVersion)
class ShareVersions(BlindAdmin):
    """That risk information was shared, and the hashes that prove which. The text is not shown."""

    list_display = ("received", "number", "shared_at", "superseded_at", "recalled_at", "readers")
    list_filter = ("shared_at",)
    search_fields = ("received__reference",)
    search_help_text = "A reference number, in full."
    fields = (
        "received", "number", "declared_at", "wording_version", "shared_at", "superseded_at", "recalled_at",
        "readers", "content_hash", "handover_hash",
    )  # fmt: skip
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShareVersion]:
        """With the count of readers, without the eight sections."""
        rows: QuerySet[ShareVersion] = super().get_queryset(request)
        shown = [name for name in self.fields if name not in ("received", "readers")]
        return (
            rows.select_related("received")
            .only("received__reference", *shown)
            .annotate(opened_by=Count("openings"))
        )

    @admin.display(description="people at the supplier who opened it")
    def readers(self, row: Any) -> int:
        """How many."""
        return int(row.opened_by)
