"""What administrators see of the supplier's side: that things happened and when. Never a person, never a risk text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone

from accounts.models import User
from events import audit
from events.admin import ReadOnlyAdmin
from events.crn import crn_of
from events.crn_changes.numbers import current_crn
from events.models import AuditAction
from govuk.template_filters import date_time
from interventions.models import ProviderChange
from monitoring.actions.change_provider import Effects, cancel, effects_of
from monitoring.models import PerformanceReport, ReceivedReferral, ServiceLevel, ShareVersion

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
        """Those that the first of ``search_fields`` to find any finds: in full, in any case, each by its index.

        A CRN finds those of whichever took its place.
        """
        crn = crn_of(term)
        term = current_crn(crn) if crn else term
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


@admin.register(PerformanceReport)
class PerformanceReports(BlindAdmin):
    """Who asked for a performance report of which dates, and what became of it. The file is for who asked."""

    ordering = ("-requested_at",)
    list_display = (
        "requested_at",
        "requested_by",
        "from_date",
        "to_date",
        "state",
        "rows_in_all",
        "finished_at",
    )
    list_filter = ("state", "requested_at")
    list_select_related = ("requested_by",)
    search_fields = ("requested_by__username__iexact",)
    search_help_text = "A user name, in full."
    fields = (*list_display, "started_at", "rows_done")
    readonly_fields = fields


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


class ProviderChangeForm(forms.ModelForm):
    """A change that is still to come."""

    class Meta:
        model = ProviderChange
        fields = ("contract", "prime", "subcontractors", "incoming_email", "takes_effect_at")

    def clean_takes_effect_at(self) -> datetime:
        """Later than now, so that what it will do can be read first."""
        at: datetime = self.cleaned_data["takes_effect_at"]
        if at <= timezone.now():
            raise ValidationError("The change must take effect in the future.")
        return at

    def clean(self) -> dict[str, Any]:
        """Refuse a prime provider that is its own subcontractor, and a change to what is there already."""
        cleaned: dict[str, Any] = super().clean() or {}
        contract, prime = cleaned.get("contract"), cleaned.get("prime")
        others = {*(cleaned.get("subcontractors") or [])}
        if prime in others:
            raise ValidationError({"subcontractors": "The prime provider cannot be a subcontractor as well."})
        if contract and prime == contract.prime and others == {*contract.subcontractors.all()}:
            raise ValidationError("The contract has these service providers already.")
        return cleaned


@admin.register(ProviderChange)
class ProviderChanges(admin.ModelAdmin):
    """Changes of service provider: set, read (what it will do stands on its page), and cancelled until their minute."""

    form = ProviderChangeForm
    list_display = ("contract", "prime", "takes_effect_at", "state", "set_by")
    list_filter = ("takes_effect_at", ("carried_out_at", admin.EmptyFieldListFilter))
    list_select_related = ("contract", "prime", "set_by", "cancelled_by")
    search_fields = (
        "contract__reference", "contract__title_folded", "prime__name_folded", "set_by__username",
    )  # fmt: skip
    search_help_text = "The reference or title of a contract, a service provider, or a user name."
    autocomplete_fields = ("contract", "prime")
    filter_horizontal = ("subcontractors",)
    actions = ("cancel",)

    @admin.display(description="Status")
    def state(self, change: ProviderChange) -> str:
        """In words."""
        if change.cancelled_at:
            by = f" by {change.cancelled_by}" if change.cancelled_by else ""  # nobody, of those from before
            return f"Cancelled on {date_time(change.cancelled_at)}{by}"
        if change.carried_out_at:
            return f"Carried out on {date_time(change.carried_out_at)}"
        return "Planned"

    def get_fields(self, request: HttpRequest, obj: ProviderChange | None = None) -> Any:
        """What it will do, once it is set and until it is done."""
        if obj is None:
            return ProviderChangeForm.Meta.fields
        is_to_come = not (obj.carried_out_at or obj.cancelled_at)
        what = ("leaving", "joining", "open_cases", "without_caseworker", "grants_revoked", "ended_cases")
        return (*ProviderChangeForm.Meta.fields, "state", "set_by", "set_at", *(what if is_to_come else ()))

    def get_readonly_fields(self, request: HttpRequest, obj: ProviderChange | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A change is set or cancelled."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays to be read."""
        return False

    def save_model(self, request: HttpRequest, obj: ProviderChange, form: Any, change: bool) -> None:
        """Set it, in the administrator's name."""
        assert isinstance(request.user, User)
        obj.set_by, obj.set_at = request.user, timezone.now()
        super().save_model(request, obj, form, change)
        audit.record(AuditAction.PROVIDER_CHANGE_SET, by=request.user, change=obj.pk)

    def response_add(self, request: HttpRequest, obj: ProviderChange, post_url_continue: Any = None) -> Any:
        """Show what it will do."""
        said = "You have set the change. Check what it will do. You can cancel it in the list until it takes effect."
        self.message_user(request, said, messages.SUCCESS)
        return redirect("admin:interventions_providerchange_change", obj.pk)

    @admin.display(description="Service providers that leave")
    def leaving(self, change: ProviderChange) -> str:
        """By name."""
        return ", ".join(_effects(change).leaving) or "None"

    @admin.display(description="Service providers that join")
    def joining(self, change: ProviderChange) -> str:
        """By name."""
        return ", ".join(_effects(change).joining) or "None"

    @admin.display(description="Open cases that move")
    def open_cases(self, change: ProviderChange) -> str:
        """How many, and which."""
        return _counted(_effects(change).open_cases)

    @admin.display(description="Of these, cases that lose their caseworker")
    def without_caseworker(self, change: ProviderChange) -> str:
        """How many, and which."""
        return _counted(_effects(change).without_caseworker)

    @admin.display(description="Grants that are revoked")
    def grants_revoked(self, change: ProviderChange) -> str:
        """By user name."""
        return _counted(_effects(change).grants_revoked)

    @admin.display(description="Ended cases that those who join will not see")
    def ended_cases(self, change: ProviderChange) -> int:
        """How many."""
        return _effects(change).ended_cases

    @admin.action(description="Cancel the selected changes", permissions=["add"])
    def cancel(self, request: HttpRequest, changes: QuerySet[ProviderChange]) -> None:
        """Those whose minute has not come. Whoever may set one may cancel one."""
        assert isinstance(request.user, User)
        cancelled = [change for change in changes if cancel(change=change, by=request.user)]
        for change in cancelled:
            self.log_change(request, change, "Cancelled.")
        self.message_user(request, f"Changes cancelled: {len(cancelled)}")


MOST_NAMED = 200


def _counted(names: tuple[str, ...]) -> str:
    more = f", and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{len(names)}: {', '.join(names[:MOST_NAMED])}{more}" if names else "None"


def _effects(change: ProviderChange) -> Effects:
    """Worked out once a page."""
    if not hasattr(change, "effects"):
        change.effects = effects_of(change)  # type: ignore[attr-defined]
    effects: Effects = change.effects  # type: ignore[attr-defined]
    return effects
