"""What administrators see of the audit trail, the disclosure record and the outbox. They read; of the
outbox they can have an entry tried again, or dismiss it with a reason.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import cached_property
from django.utils.timezone import localtime

from accounts.models import User
from events import audit, case_references, outbox
from events.crn import is_crn
from events.crn_changes.numbers import numbers_of
from events.dismissing import dismiss
from events.failure_words import why_not_delivered
from events.models import NDELIUS, AuditAction, AuditEvent, DisclosureEvent, OutboxEntry
from govuk.template_filters import plural
from govuk.text import one_line

NOTHING_LEFT = (
    "None of these messages is waiting. Select messages that are waiting or that we stopped trying to send."
)
COUNTED = 10_000  # rows; counting every row of the audit trail would take longer than reading it


class ShortCount(Paginator):
    """Pages over the newest rows only: nobody turns 200 pages, and a full count of millions is slow."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most ``COUNTED``."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # the admin only pages over these
        return rows.order_by()[:COUNTED].count()


class ShortCountByTime(ShortCount):
    """The same for the audit trail, whose indexes all have the time: nothing but an index is read."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most ``COUNTED``."""
        rows: QuerySet[Any] = self.object_list  # type: ignore[assignment]  # as above
        if rows.model is not AuditEvent:  # the history of one event, of which the admin keeps entries of its own
            return super().count
        return rows.order_by().values("at")[:COUNTED].count()


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that can be looked at and nothing else."""

    paginator = ShortCount
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # counting by every filter reads every row
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows about what was quoted, in full: see ``quoted``. By indexes only."""
        term = one_line(search_term)
        return (self.quoted(queryset, term) if term else queryset), False

    def quoted(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Of the rows, those that the term names."""
        raise NotImplementedError


class AboutCasesAdmin(ReadOnlyAdmin):
    """Rows about a case each, which are found and shown by the reference number that callers quote."""

    def quoted(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """By a case's reference number or its id."""
        try:
            return rows.filter(referral=UUID(term))
        except ValueError:
            return rows.filter(referral__in=case_references.cases_with_reference(term))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The list, with the reference numbers of its cases looked up at once."""
        changelist = super().get_changelist_instance(request)
        rows = list(changelist.result_list)
        references = case_references.references_of({row.referral for row in rows if row.referral})
        for row in rows:
            row.case_reference = references.get(row.referral)
        changelist.result_list = rows  # the list page only walks over it
        return changelist

    @admin.display(description="Referral")
    def case(self, row: Any) -> str:
        """Its reference number; the id of a case that has none: a draft."""
        if not row.referral:
            return ""
        if not hasattr(row, "case_reference"):  # a page of its own
            row.case_reference = case_references.references_of({row.referral}).get(row.referral)
        return str(row.case_reference or row.referral)


class ByPeopleAdmin(AboutCasesAdmin):
    """What people did about cases: found by the case, its person's CRN, or who did it."""

    done_by = "user"  # the column
    search_help_text = "A user name, a reference number, a CRN, or the id of a referral, in full."

    def quoted(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """By a person's CRN, old or new, by who did it (their user name in any case), or by the case."""
        if is_crn(term.upper()):
            return rows.filter(crn__in=numbers_of(term.upper()))
        users = list(User.objects.filter(username=User.normalize_username(term)).values_list("pk", flat=True))
        return rows.filter(**{f"{self.done_by}__in": users}) if users else super().quoted(rows, term)

    @admin.display(description="When", ordering="at")
    def when(self, row: Any) -> str:
        """To the second, in UK time."""
        return f"{localtime(row.at):%d %B %Y %H:%M:%S}"


@admin.register(AuditEvent)
class AuditTrail(ByPeopleAdmin):
    """What happened, and who did it."""

    paginator = ShortCountByTime
    list_display = ("when", "action", "outcome", "user", "crn", "case", "share_version")
    list_filter = ("action", "outcome", "at")
    list_select_related = ("user",)
    fields = (
        "when", "action", "outcome", "user", "crn", "case", "referral", "share_version", "facts", "request_id",
    )  # fmt: skip
    search_fields = ("crn", "referral", "user")


@admin.register(DisclosureEvent)
class DisclosureRecord(ByPeopleAdmin):
    """What was shared with which service provider, and who opened it. Names of kinds of information, never text."""

    list_display = ("when", "kind", "case", "crn", "by_name", "recipient_name", "share_version", "number")
    ordering = ("-at", "-number")
    list_filter = ("kind", "at")
    fields = (
        "when", "kind", "case", "referral", "crn", "number", "by", "by_name", "recipient", "recipient_name",
        "subcontractors", "reason", "share_version", "shared", "withheld", "wording_version", "content_hash",
        "previous", "hash", "canonical",
    )  # fmt: skip
    search_fields = ("crn", "referral", "by")
    done_by = "by"


def _about(kind: str) -> str:
    """What entries of a kind tell, and whether by email; the kind itself when no one delivers it any more."""
    delivery = outbox.HANDLERS.get(kind)
    if delivery is None or not delivery.about:
        return kind
    how = "nDelius" if delivery.receiver == NDELIUS else "email" if kind.startswith("email.") else "event"
    return f"{delivery.about} ({how})"


class What(admin.SimpleListFilter):
    """Entries of one kind, by what it tells."""

    title = "message"
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Every kind that is delivered."""
        return sorted(((kind, _about(kind)) for kind in outbox.HANDLERS), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Of the kind chosen."""
        return queryset.filter(kind=self.value()) if self.value() else queryset


class DismissForm(forms.Form):
    """Why a message is not to be delivered."""

    reason = forms.CharField(
        max_length=500,
        label="Reason",
        help_text="Do not write anything that identifies the person on probation.",
    )


@admin.register(OutboxEntry)
class Outbox(AboutCasesAdmin):
    """What other systems still have to be told."""

    list_display = ("created_at", "case", "what", "state", "attempts", "why", "next_attempt_at")
    ordering = ("-created_at",)
    list_filter = ("state", What, "created_at")
    fields = (
        "created_at", "case", "referral", "what", "kind", "receiver", "state", "attempts", "why",
        "last_failure", "first_attempt_at", "next_attempt_at", "delivered_at", "dismissed_at", "dismissed_by",
        "dismissed_because", "key", "payload",
    )  # fmt: skip
    search_fields = ("referral",)
    search_help_text = "A reference number or the id of a referral, in full."
    actions = ("try_again", "dismiss")

    @admin.display(description="Message", ordering="kind")
    def what(self, entry: OutboxEntry) -> str:
        """In words."""
        return _about(entry.kind)

    @admin.display(description="Why it was not delivered", ordering="last_failure")
    def why(self, entry: OutboxEntry) -> str:
        """In words."""
        return why_not_delivered(entry)

    @admin.action(description="Try again")
    def try_again(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> None:
        """Put the chosen entries in front of the queue; those that were delivered stay delivered."""
        assert isinstance(request.user, User)
        waiting = list(queryset.exclude(state__in=OutboxEntry.SETTLED))
        for entry in waiting:
            outbox.try_again(entry)
            audit.record(
                AuditAction.OUTBOX_RETRIED, by=request.user, referral=entry.referral, kind=entry.kind
            )
        if not waiting:
            self.message_user(request, NOTHING_LEFT, messages.WARNING)
            return
        self.message_user(
            request, f"{plural(len(waiting), 'message')} will be tried again.", messages.SUCCESS
        )

    @admin.action(description="Dismiss")
    def dismiss(self, request: HttpRequest, queryset: QuerySet[OutboxEntry]) -> HttpResponse | None:
        """Ask for a reason, and have the chosen entries never delivered. The rows stay."""
        assert isinstance(request.user, User)
        entries = list(queryset.exclude(state__in=OutboxEntry.SETTLED).order_by("created_at"))
        if not entries:
            self.message_user(request, NOTHING_LEFT, messages.WARNING)
            return None
        form = DismissForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            context = {
                **self.admin_site.each_context(request),
                "title": "Dismiss messages",
                "opts": self.model._meta,
                "form": form,
                "entries": entries,
                "rows": [(_about(entry.kind), self.case(entry)) for entry in entries],
                "has_ndelius": any(entry.receiver == NDELIUS for entry in entries),
            }
            return TemplateResponse(request, "admin/events/dismiss.html", context)
        done = sum(dismiss(entry, reason=form.cleaned_data["reason"], by=request.user) for entry in entries)
        self.message_user(request, f"{plural(done, 'message')} dismissed.", messages.SUCCESS)
        if done < len(entries):
            left = len(entries) - done
            were, them = ("was", "it") if left == 1 else ("were", "them")
            because = f"not dismissed because we are sending {them} now. Try again in a few minutes."
            self.message_user(request, f"{plural(left, 'message')} {were} {because}", messages.WARNING)
        return None
