"""What administrators can do with people and providers, and where they read feedback."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group, Permission
from django.db.models import ManyToManyField, Prefetch, QuerySet
from django.forms import CheckboxSelectMultiple, ModelMultipleChoiceField
from django.http import HttpRequest
from django.utils import timezone

from accounts.folded_search import FoldedSearch
from accounts.models import Feedback, Membership, Provider, ServiceNotice, User

WITHOUT_PROVIDER = (
    "This person is service provider staff without a service provider, so they can sign in but cannot see any cases. "
    "Add their service provider at the end of this page."
)
#: Permissions that being a superuser does not give.
GIVEN_BY_NAME = ("export_unshared_risk",)
admin.site.unregister(Group)  # rights come from the audience, the membership and the grant


class ChosenByName(ModelMultipleChoiceField):
    """Permissions, by what they allow."""

    def label_from_instance(self, obj: Any) -> str:
        """Without the app and the model."""
        return str(obj.name)


class Memberships(admin.TabularInline):
    """The providers somebody belongs to. A membership is ended, never deleted."""

    model = Membership
    extra = 0
    fields = ("provider", "post", "started_at", "ended_at")
    readonly_fields = ("started_at",)
    can_delete = False


@admin.register(User)
class PeopleAdmin(FoldedSearch, UserAdmin):
    """People who sign in. Closed by taking away "active", never deleted: the audit trail names them."""

    list_display: tuple[str, ...] = (
        "username",
        "first_name",
        "last_name",
        "email",
        "audience",
        "providers",
        "is_active",
    )
    list_filter = ("audience", "is_active", "memberships__provider")
    search_fields = (
        "username", "name_folded", "email", "ndelius_username", "memberships__provider__name_folded",
    )  # fmt: skip
    search_help_text = "Part of a user name, name, email address, nDelius account or service provider's name."
    inlines = (Memberships,)
    filter_horizontal = ()
    readonly_fields = ("closed_there_at", "last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Who they are", {"fields": ("first_name", "last_name", "email", "job_title")}),
        ("What they use the service for", {"fields": ("audience", "ndelius_username")}),
        (
            "Access",
            {
                "fields": (
                    "is_active",
                    "closed_there_at",
                    "is_staff",
                    "is_superuser",
                    "last_login",
                    "date_joined",
                ),
                "description": "Administrators need the audience Administrator, staff status, and superuser status.",
            },
        ),
        (
            "Data protection",
            {
                "fields": ("user_permissions",),
                "description": "Given to a named administrator only. Superuser status does not include it.",
            },
        ),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": (
                    "username",
                    "first_name",
                    "last_name",
                    "email",
                    "audience",
                    "password1",
                    "password2",
                ),
            },
        ),
    )

    def formfield_for_manytomany(
        self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Of Django's permissions, only those that are given by name: everything else follows from the audience."""
        if db_field.name == "user_permissions":
            given = Permission.objects.filter(codename__in=GIVEN_BY_NAME).select_related("content_type")
            return ChosenByName(given, required=False, label="Permissions", widget=CheckboxSelectMultiple)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With the providers that the list names: one query more, however many people."""
        current = (
            Membership.objects.filter(ended_at=None).select_related("provider").order_by("provider__name")
        )
        people: QuerySet[User] = super().get_queryset(request)
        return people.prefetch_related(Prefetch("memberships", current, to_attr="current_memberships"))

    @admin.display(description="Service providers")
    def providers(self, person: Any) -> str:
        """Where they work today; supplier staff who work nowhere see nothing, which is worth a word."""
        places = person.current_memberships
        names = ", ".join(f"{place.provider.name} ({place.get_post_display().lower()})" for place in places)
        return names or ("None" if person.is_supplier else "")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Say so when supplier staff are left without a provider: they would sign in and see nothing."""
        super().save_related(request, form, formsets, change)
        person: User = form.instance
        works = person.memberships.filter(ended_at=None, provider__is_active=True)
        if person.is_supplier and person.is_active and not works.exists():
            self.message_user(request, WITHOUT_PROVIDER, messages.WARNING)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody is deleted."""
        return False


@admin.register(Provider)
class ProviderAdmin(FoldedSearch):
    """Organisations that deliver interventions. Closed, never deleted."""

    list_display = ("name", "code", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name_folded", "code")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """No provider is deleted."""
        return False


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """What users say about the service: to be read, not changed."""

    list_display = ("given_at", "rating", "audience", "page", "comments")
    search_fields = ("page", "comments")
    list_filter = ("rating", "audience", "given_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Feedback is given through the banner."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays as it was given."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """And it stays."""
        return False


@admin.register(ServiceNotice)
class ServiceNoticeAdmin(FoldedSearch):
    """What users are told on every page for a time: planned downtime, and what is new."""

    list_display = ("heading", "kind", "audience_in_words", "starts_at", "ends_at", "is_shown")
    list_filter = ("kind", "audience", "starts_at")
    search_fields = ("heading", "text")
    search_help_text = "Part of the heading or the text."

    @admin.display(description="For")
    def audience_in_words(self, notice: ServiceNotice) -> str:
        """Everyone, unless it is for one audience."""
        return notice.get_audience_display() or "Everyone"

    @admin.display(description="Shown now", boolean=True)
    def is_shown(self, notice: ServiceNotice) -> bool:
        """Whether its time is now."""
        return notice.starts_at <= timezone.now() < notice.ends_at
