"""What administrators see of the supplier's side: that things happened and when. Never a person, never a risk text."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from events.admin import ReadOnlyAdmin
from monitoring.models import ReceivedReferral, ServiceLevel, ShareVersion

MOST_WORKING_DAYS = 60


class BlindAdmin(ReadOnlyAdmin):
    """Rows of which some columns can be looked at, and the others cannot be asked about either."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Everybody's: administrators are on no contract."""
        return self.model._default_manager.unscoped()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only the filters shown. Django would take any column, and so give away what it holds letter by letter."""
        return lookup.split("__")[0] in self.list_filter

    def quoted(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Those that the first of ``search_fields`` to find any finds: in full, in any case, each by its index."""
        for lookup in self.search_fields:
            column = lookup.removesuffix("__iexact")
            named = {lookup: term if lookup != column else term.upper()}
            if self.model._default_manager.unscoped().filter(**named).exists():
                return rows.filter(**named)
        return rows.none()


@admin.register(ReceivedReferral)
class ReceivedReferrals(BlindAdmin):
    """Which referrals arrived on which contract."""

    ordering = ("-received_at",)
    list_display = ("reference", "contract", "received_at", "service_categories", "share_versions")
    list_filter = ("received_at", "contract")
    search_fields = (
        "reference", "crn", "caseworker__username__iexact", "contract__reference",
        "contract__prime__name__iexact", "contract__subcontractors__name__iexact",
    )  # fmt: skip
    search_help_text = (
        "Enter in full: a reference number, a CRN, a caseworker's user name, a contract's reference, or a service "
        "provider's "
        "name."
    )
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

    ordering = ("-shared_at",)
    list_display = ("received", "number", "shared_at", "superseded_at", "recalled_at", "readers")
    list_filter = ("shared_at",)
    search_fields = ("received__reference", "received__crn")
    search_help_text = "A reference number or a CRN, in full."
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

    @admin.display(description="people at the service provider who opened it")
    def readers(self, row: Any) -> int:
        """How many."""
        return int(row.opened_by)


class ServiceLevelForm(forms.ModelForm):
    """A time limit for referrals that are still to come: cases that are there keep the limits they began with."""

    class Meta:
        model = ServiceLevel
        fields = ("timer", "working_days", "valid_from")

    def clean_working_days(self) -> int:
        """No more than a quarter of a year: more is a slip of the keyboard."""
        days: int = self.cleaned_data["working_days"]
        if days > MOST_WORKING_DAYS:
            raise ValidationError(f"At most {MOST_WORKING_DAYS} working days.")
        return days

    def clean_valid_from(self) -> date:
        """Not today either: referrals of this morning began with the limits of this morning."""
        day: date = self.cleaned_data["valid_from"]
        if day <= timezone.localdate():
            raise ValidationError("A time limit can start tomorrow or later.")
        return day


@admin.register(ServiceLevel)
class ServiceLevels(admin.ModelAdmin):
    """The time limits. What has begun stays; what is still to come can be changed or taken back."""

    form = ServiceLevelForm
    list_display = ("timer", "working_days", "valid_from")
    list_filter = ("timer",)
    ordering = ("timer", "-valid_from")
    actions = None  # deleting many at once would not ask about each

    def get_queryset(self, request: HttpRequest) -> QuerySet[ServiceLevel]:
        """All: they are nobody's."""
        return ServiceLevel.objects.unscoped().order_by(*self.ordering)

    def has_change_permission(self, request: HttpRequest, obj: ServiceLevel | None = None) -> bool:
        """Only before it begins."""
        return super().has_change_permission(request, obj) and _is_to_come(obj)

    def has_delete_permission(self, request: HttpRequest, obj: ServiceLevel | None = None) -> bool:
        """Only before it begins."""
        return super().has_delete_permission(request, obj) and _is_to_come(obj)


def _is_to_come(level: ServiceLevel | None) -> bool:
    return level is None or level.valid_from > timezone.localdate()
