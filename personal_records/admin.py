"""Subject access and retention in the admin: exports of what is held, retention rules, and holds.

The pages show who exported whom, never what.
"""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.models import User
from events.admin import ReadOnlyAdmin
from events.crn import crn_of
from events.crn_changes.numbers import numbers_of
from personal_records.actions.apply_retention import cases_over
from personal_records.actions.export_person import export_person
from personal_records.actions.hold_person import lift_hold, place_hold
from personal_records.models import RetentionHold, RetentionRule, SubjectAccessExport
from personal_records.policies import may_export

PREVIEW = "personal_records_retentionrule_preview"
PREVIEW_TEMPLATE = "admin/personal_records/retentionrule/preview.html"
CASES_A_PAGE = 50


class CrnForm(forms.ModelForm):
    """A form that asks for a CRN. Spaces and small letters are forgiven."""

    crn = forms.CharField(label="CRN", max_length=20, help_text="1 letter and 6 numbers, such as X123456.")

    def clean_crn(self) -> str:
        """As it is kept."""
        crn = crn_of(self.cleaned_data["crn"])
        if crn is None:
            raise ValidationError("Enter a CRN: 1 letter and 6 numbers.")
        return crn


class ExportForm(CrnForm):
    """Whose."""

    class Meta:
        model = SubjectAccessExport
        fields = ("crn",)


@admin.register(SubjectAccessExport)
class SubjectAccessExports(ReadOnlyAdmin):
    """Exports that were made, the newest first; “Add” makes one."""

    form = ExportForm
    add_form_template = "admin/personal_records/export_person.html"
    list_display = ("made_at", "crn", "made_by", "records", "with_unshared")
    list_filter = ("with_unshared", "made_at")
    list_select_related = ("made_by",)
    search_fields = ("crn", "made_by__username")
    search_help_text = "A CRN or a user name, in full."

    def quoted(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """By the person's CRN, old or new, or by who made it."""
        crn = crn_of(term)
        if crn:
            return rows.filter(crn__in=numbers_of(crn))
        return rows.filter(made_by__username=User.normalize_username(term))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Administrators with the permission to make exports."""
        return isinstance(request.user, User) and may_export(request.user)

    def get_fields(self, request: HttpRequest, obj: SubjectAccessExport | None = None) -> Any:
        return self.list_display if obj else ("crn",)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask for a CRN; answer with the file."""
        return super().add_view(request, form_url, {"title": "Export what we hold about a person"})

    def save_model(self, request: HttpRequest, obj: SubjectAccessExport, form: Any, change: bool) -> None:
        """Make the archive instead of the row alone."""
        assert isinstance(request.user, User)  # the admin site asks for an administrator
        obj.archive = TemporaryFile()  # type: ignore[attr-defined]  # noqa: SIM115 (closed with the answer)
        made = export_person(crn=form.cleaned_data["crn"], by=request.user, to=obj.archive)  # type: ignore[attr-defined]
        obj.pk, obj.crn = made.pk, made.crn

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Not in Django's history, which would keep the CRN: it is in the audit trail."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> FileResponse:  # type: ignore[override]
        """The file, instead of the list."""
        archive: IO[bytes] = obj.archive
        archive.seek(0)
        return FileResponse(archive, as_attachment=True, filename=f"{obj.crn}.zip")


@admin.register(RetentionRule)
class RetentionRules(admin.ModelAdmin):
    """How long what is kept. Off until somebody sets a time and switches it on, having seen what it would delete."""

    list_display = ("kind", "days", "is_on", "authority", "preview")
    search_fields = ("authority",)

    def get_readonly_fields(self, request: HttpRequest, obj: RetentionRule | None = None) -> Any:
        """What happens is decided when the rule is added."""
        return ("kind",) if obj else ()

    def get_urls(self) -> list[Any]:
        """With the page that says what a rule would do."""
        page = self.admin_site.admin_view(self.preview_view)
        return [path("<path:object_id>/preview/", page, name=PREVIEW), *super().get_urls()]

    @admin.display(description="What it would delete tonight")
    def preview(self, rule: RetentionRule) -> str:
        """A way to the page that says so."""
        if rule.days is None:
            return "Nothing: no number of days"
        return format_html('<a href="{}">Preview</a>', reverse(f"admin:{PREVIEW}", args=[rule.pk]))

    def preview_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The cases whose details the rule would delete, on or off, those that ended first on top."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rule = self.get_object(request, unquote(object_id))
        if rule is None:
            raise Http404
        cases = cases_over(rule, timezone.now()).order_by("concluded_at", "pk")
        ended = Paginator(cases.values("reference", "concluded_at"), CASES_A_PAGE)
        page: dict[str, Any] = {"title": "What this rule would delete tonight", "rule": rule}
        page["page"] = ended.get_page(request.GET.get("page"))
        return TemplateResponse(request, PREVIEW_TEMPLATE, self.admin_site.each_context(request) | page)

    def response_add(self, request: HttpRequest, obj: RetentionRule, post_url_continue: Any = None) -> HttpResponse:
        """On to what it would delete."""
        return self._show(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: RetentionRule) -> HttpResponse:
        """On to what it would delete."""
        return self._show(request, obj) or super().response_change(request, obj)

    def _show(self, request: HttpRequest, rule: RetentionRule) -> HttpResponse | None:
        if rule.days is None or "_save" not in request.POST:
            return None
        self.message_user(request, "The rule was saved.", messages.SUCCESS)
        return redirect(f"admin:{PREVIEW}", rule.pk)


class HoldForm(CrnForm):
    """Whose, and why."""

    class Meta:
        model = RetentionHold
        fields = ("crn", "reason")


@admin.register(RetentionHold)
class RetentionHolds(admin.ModelAdmin):
    """People of whom nothing is blanked for now. Lifted with the action above the list, never deleted."""

    form = HoldForm
    list_display = ("crn", "reason", "placed_at", "placed_by", "lifted_at")
    list_filter = (("lifted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("placed_by",)
    search_fields = ("crn", "placed_by__username")
    search_help_text = "A CRN or a user name."
    actions = ("lift",)

    def has_change_permission(self, request: HttpRequest, obj: RetentionHold | None = None) -> bool:
        """A hold is placed or lifted."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: RetentionHold | None = None) -> bool:
        """A hold is lifted."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[RetentionHold], search_term: str
    ) -> tuple[QuerySet[RetentionHold], bool]:
        """A CRN in full finds the holds on every CRN of the person."""
        crn = crn_of(search_term)
        if crn:
            return queryset.filter(crn__in=numbers_of(crn)), False
        return super().get_search_results(request, queryset, search_term)

    def save_model(self, request: HttpRequest, obj: RetentionHold, form: Any, change: bool) -> None:
        """Place it, in the administrator's name."""
        assert isinstance(request.user, User)
        obj.pk = place_hold(crn=obj.crn, reason=obj.reason, by=request.user).pk

    @admin.action(description="Lift the selected holds")
    def lift(self, request: HttpRequest, holds: QuerySet[RetentionHold]) -> None:
        """From now on what is held of these people can be blanked again."""
        lifted = [hold for hold in holds if self._lift(request, hold)]
        self.message_user(request, f"Holds lifted: {len(lifted)}")

    def _lift(self, request: HttpRequest, hold: RetentionHold) -> bool:
        """Whether it was in force. The history says who lifted it."""
        assert isinstance(request.user, User)
        was_in_force = lift_hold(hold=hold, by=request.user)
        if was_in_force:
            self.log_change(request, hold, "Lifted.")
        return was_in_force
