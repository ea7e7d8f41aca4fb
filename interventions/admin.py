"""The administrators' side of the catalogue.

What the reference files decide is shown but not changed here. Grants are given and revoked through
``interventions.actions``, never edited or deleted. Every change is in Django's own history of the row.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from accounts.admin import PeopleAdmin
from accounts.folded_search import FoldedSearch
from accounts.models import User
from interventions.actions import check_may_be_granted, grant_contract, revoke_grant
from interventions.contract_files.importing import Imported, import_contracts
from interventions.models import (
    Activity,
    ComplexityLevel,
    Contract,
    ContractGrant,
    ContractType,
    DesiredOutcome,
    PoliceArea,
    ProbationDeliveryUnit,
    ProbationOffice,
    ProbationRegion,
    ServiceCategory,
)
from interventions.models.grants import ContractGrantQuerySet

MOST_BYTES = 2_000_000  # of a file of contracts


class FixedOnceAdded(FoldedSearch):
    """Fields named in ``fixed_fields`` can be given when a row is added, and not changed after."""

    fixed_fields: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The fixed fields of a row that is there already."""
        return self.fixed_fields if obj else ()


class NothingToChange:
    """Only looked at: rows come from elsewhere."""

    def has_add_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_change_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False

    def has_delete_permission(self, *args: Any, **kwargs: Any) -> bool:
        return False


@admin.register(ProbationRegion)
class ProbationRegionAdmin(NothingToChange, FoldedSearch):
    """The twelve regions."""

    list_display = ("name", "code")
    search_fields = ("name_folded",)


@admin.register(PoliceArea)
class PoliceAreaAdmin(NothingToChange, FoldedSearch):
    """The police areas and their regions."""

    list_display = ("name", "region")
    list_filter = ("region",)
    list_select_related = ("region",)
    search_fields = ("name_folded",)


@admin.register(ProbationOffice)
class ProbationOfficeAdmin(NothingToChange, FoldedSearch):
    """The register of offices. Changed as a whole: ``manage.py import_offices``."""

    list_display = ("name", "region", "delius_code", "is_active")
    list_filter = ("region", "is_active")
    list_select_related = ("region",)
    search_fields = ("name_folded", "address", "delius_code")


@admin.register(ProbationDeliveryUnit)
class ProbationDeliveryUnitAdmin(NothingToChange, FoldedSearch):
    """The register of probation delivery units. Changed as a whole: ``manage.py import_pdus``."""

    list_display = ("name", "region", "register_id", "is_active")
    list_filter = ("region", "is_active")
    list_select_related = ("region",)
    search_fields = ("name_folded", "register_id")


@admin.register(ServiceCategory)
class ServiceCategoryAdmin(FixedOnceAdded):
    """Service categories."""

    list_display = ("name", "code")
    search_fields = ("name_folded", "code")
    fixed_fields = ("code", "name")


@admin.register(ContractType)
class ContractTypeAdmin(FixedOnceAdded):
    """Contract types and the categories they offer."""

    list_display = ("name", "code", "reference_suffix")
    search_fields = ("name_folded", "code")
    filter_horizontal = ("categories",)
    fixed_fields = ("code", "name", "reference_suffix")


@admin.register(ComplexityLevel)
class ComplexityLevelAdmin(FixedOnceAdded):
    """Complexity levels. Default rows come with the service; those of one contract type are kept here."""

    list_display = ("category", "contract_type", "title", "description")
    list_filter = ("level", "category")
    list_select_related = ("category", "contract_type")
    search_fields = ("category__name_folded", "description")
    fixed_fields = ("category", "contract_type", "level")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A default row is fixed as a whole."""
        fixed = super().get_readonly_fields(request, obj)
        is_default = isinstance(obj, ComplexityLevel) and obj.contract_type_id is None
        return (*fixed, "title", "description") if is_default else fixed


@admin.register(DesiredOutcome)
class DesiredOutcomeAdmin(FixedOnceAdded):
    """Desired outcomes: which contracts they are offered on, and when they stop being offered."""

    list_display = ("text", "category", "scope", "deprecated_at")
    list_filter = ("scope", ("deprecated_at", admin.EmptyFieldListFilter), "category")
    list_select_related = ("category",)
    search_fields = ("text", "code")
    filter_horizontal = ("contracts",)
    fixed_fields = ("category", "code", "text")


class ActivityInline(admin.TabularInline):
    """What the provider does, in the order in which pages list it."""

    model = Activity
    extra = 0


class ShowsEffect:
    """Says of each grant whether it opens its contract's cases now."""

    def get_queryset(self, request: HttpRequest) -> ContractGrantQuerySet:
        """Every grant, with whether it has an effect."""
        return ContractGrant.objects.with_effect().select_related(
            "user", "contract", "granted_by", "revoked_by"
        )

    @admin.display(description="Has an effect", boolean=True)
    def is_effective(self, grant: ContractGrant) -> bool:
        """Not revoked, and a provider of the person's is on the contract."""
        return bool(getattr(grant, "is_effective", False))


class GrantInline(ShowsEffect, NothingToChange, admin.TabularInline):
    """Who was granted the contract, for reading; given and revoked on the grants' own pages."""

    model = ContractGrant
    fk_name = "contract"
    extra = 0
    fields = ("user", "is_effective", "granted_at", "granted_by", "revoked_at", "revoked_by")
    readonly_fields = fields


class ContractForm(forms.ModelForm):
    """A contract as a whole: what the database cannot check about its providers, or says less well."""

    def clean(self) -> dict[str, Any]:
        """Refuse a prime provider that is its own subcontractor, and a contract for no place or for two."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not {"region", "police_area"} & set(self.errors):
            places = [cleaned.get("region"), cleaned.get("police_area")]
            if None not in places:
                self.add_error("region", "Choose a region or a police area, not both")
            elif not any(places):
                self.add_error("region", "Choose a region or a police area")
        if cleaned.get("prime") in (cleaned.get("subcontractors") or []):
            raise ValidationError({"subcontractors": "The prime provider cannot be a subcontractor as well"})
        return cleaned


class ContractFileForm(forms.Form):
    """A file of contracts, as the text that it holds."""

    file = forms.FileField(label="JSON file", widget=forms.FileInput(attrs={"accept": ".json"}))

    def clean_file(self) -> str:
        """Its text."""
        try:
            text = self.cleaned_data["file"].read(MOST_BYTES + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError("The file must be text in UTF-8.") from None
        if len(text) > MOST_BYTES:
            raise ValidationError("The file is too large. Split it.")
        return str(text)


@admin.register(Contract)
class ContractAdmin(FixedOnceAdded):
    """Contracts. One that somebody was granted or refers to cannot be deleted: give it a last day instead."""

    form = ContractForm
    list_display = (
        "reference",
        "title",
        "contract_type",
        "prime",
        "where",
        "opens_on",
        "closes_on",
        "is_open_today",
    )
    list_filter = (
        "contract_type",
        "region",
        ("prime", admin.RelatedOnlyFieldListFilter),
        "allows_female",
        "allows_male",
    )
    list_select_related = ("contract_type", "prime", "region", "police_area")
    search_fields = ("reference", "title_folded", "prime__name_folded", "subcontractors__name_folded")
    autocomplete_fields = ("prime",)
    filter_horizontal = ("subcontractors",)
    # Who delivers it changes at a minute, with consequences: a change of service provider of its own.
    fixed_fields = ("reference", "contract_type", "prime", "subcontractors")

    def get_inlines(self, request: HttpRequest, obj: Contract | None) -> Any:
        """A contract that is being added has no grants to show."""
        return [ActivityInline, GrantInline] if obj else [ActivityInline]

    def get_urls(self) -> list[Any]:
        """With the page that imports contracts."""
        page = self.admin_site.admin_view(self.import_view)
        return [path("import/", page, name="interventions_contract_import"), *super().get_urls()]

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Take a file, say what it would do; then do that, from what was checked."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        assert isinstance(request.user, User)  # the admin site asks for an administrator
        checked, form = request.POST.get("checked", ""), ContractFileForm()
        imported: Imported | None
        if checked:
            imported = import_contracts(checked, by=request.user)
            if not imported.faults:
                self.message_user(request, f"Contracts added or changed: {imported.writes}", messages.SUCCESS)
                return redirect("admin:interventions_contract_changelist")
        else:
            form = ContractFileForm(request.POST or None, request.FILES or None)
            checked = form.cleaned_data["file"] if form.is_valid() else ""
            imported = import_contracts(checked, by=request.user, dry_run=True) if checked else None
        page = {"title": "Import contracts", "form": form, "imported": imported, "checked": checked}
        context = {**self.admin_site.each_context(request), **page}
        return TemplateResponse(request, "admin/interventions/contract/import.html", context)

    @admin.display(description="Where")
    def where(self, contract: Contract) -> str:
        """The region or the police area."""
        return str(contract.region or contract.police_area)

    @admin.display(description="Open", boolean=True)
    def is_open_today(self, contract: Contract) -> bool:
        """Whether referrals can be made today."""
        return contract.is_open(timezone.localdate())


class GrantForm(forms.ModelForm):
    """A new grant."""

    def clean(self) -> dict[str, Any]:
        """Refuse what the action refuses, and a grant that is there already."""
        cleaned: dict[str, Any] = super().clean() or {}
        user, contract = cleaned.get("user"), cleaned.get("contract")
        if user and contract:
            check_may_be_granted(user)
            if ContractGrant.objects.current().filter(user=user, contract=contract).exists():
                raise ValidationError("This person already has access to this contract")
        return cleaned


class GrantsOfPerson(GrantInline):
    """What a person was granted, for reading on their own page."""

    fk_name = "user"
    fields = ("contract", *GrantInline.fields[1:])
    readonly_fields = fields


admin.site.unregister(User)  # the page of those who sign in, with what this app knows of them


@admin.register(User)
class PeopleWithGrantsAdmin(PeopleAdmin):
    """People who sign in, with the contracts that they were granted."""

    list_display = (*PeopleAdmin.list_display[:-1], "granted", "is_active")

    def get_inlines(self, request: HttpRequest, obj: User | None) -> Any:
        """Somebody who is being added has no grants to show."""
        return (*self.inlines, GrantsOfPerson) if obj else self.inlines

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With their grants: one query more, however many people."""
        current = ContractGrant.objects.current().with_effect().select_related("contract")
        grants = Prefetch(
            "contract_grants", current.order_by("contract__reference"), to_attr="current_grants"
        )
        return super().get_queryset(request).prefetch_related(grants)

    @admin.display(description="Contracts granted")
    def granted(self, person: Any) -> str:
        """By the contracts' references, with a word on those that open no case."""
        return ", ".join(
            grant.contract.reference + ("" if grant.is_effective else " (no effect)")
            for grant in person.current_grants
        )


@admin.register(ContractGrant)
class ContractGrantAdmin(ShowsEffect, FoldedSearch):
    """Grants: added, and revoked by the action above the list. A revoked grant stays to be read."""

    form = GrantForm
    list_display = (
        "user",
        "contract",
        "is_effective",
        "granted_at",
        "granted_by",
        "revoked_at",
        "revoked_by",
    )
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), ("contract", admin.RelatedOnlyFieldListFilter))
    search_fields = ("user__username", "user__name_folded", "contract__reference", "contract__title_folded")
    date_hierarchy = "granted_at"
    actions = ("revoke",)
    autocomplete_fields = ("user", "contract")

    def get_fields(self, request: HttpRequest, obj: ContractGrant | None = None) -> Any:
        """Who and what when adding; everything when reading."""
        return GrantInline.fields[:1] + ("contract", *GrantInline.fields[1:]) if obj else ("user", "contract")

    def get_readonly_fields(self, request: HttpRequest, obj: ContractGrant | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No: a grant is given or revoked."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """No: a grant is revoked."""
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        """Whoever has the permission to change grants may revoke them."""
        return super().has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: ContractGrant, form: Any, change: bool) -> None:
        """Give the grant through the action, and say so when it has no effect yet."""
        assert isinstance(request.user, User)  # the admin site asks for an administrator
        given = grant_contract(user=obj.user, contract=obj.contract, by=request.user)
        obj.pk = given.pk
        if not ContractGrant.objects.effective().filter(pk=given.pk).exists():
            nothing = "This grant has no effect yet. Add the person to a service provider on this contract."
            self.message_user(request, nothing, messages.WARNING)

    @admin.action(description="Revoke the selected grants", permissions=["revoke"])
    def revoke(self, request: HttpRequest, grants: QuerySet[ContractGrant]) -> HttpResponse | None:
        """Ask; then take the contracts away, one history line each."""
        assert isinstance(request.user, User)
        if "confirmed" not in request.POST:
            page = {
                "title": "Are you sure you want to revoke these grants?",
                "grants": grants.filter(revoked_at=None),
            }
            context = {**self.admin_site.each_context(request), **page}
            return TemplateResponse(request, "admin/interventions/contractgrant/revoke.html", context)
        revoked = [grant for grant in grants if revoke_grant(grant=grant, by=request.user)]
        for grant in revoked:
            self.log_change(request, grant, "Revoked.")
        self.message_user(request, f"Grants revoked: {len(revoked)}", messages.SUCCESS)
        return None
