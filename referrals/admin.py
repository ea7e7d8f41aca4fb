"""Reassigning the cases of a practitioner who leaves, and correcting a person's CRN, in the admin: each is shown first,
then done just so.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import Audience, User
from events import audit, case_references
from events.admin import ReadOnlyAdmin
from events.crn import Crn, crn_of
from events.crn_changes.models import CrnChange
from events.crn_changes.numbers import numbers_of
from events.models import AuditAction
from events.refusals import OutOfDate, Refused
from govuk.template_filters import date, plural
from integrations.failure_wording import NDELIUS, said_of
from integrations.failures import NotFound, UpstreamFailure
from referrals.actions import correct_crn as correcting
from referrals.actions.look_for_crn import is_still_there
from referrals.actions.reassign_cases import Plan, is_contact, plan, reassign
from referrals.deliveries.emails import address_today
from referrals.models import Reassignment, Referral
from referrals.pulls.both_crns import BothCrns, Identity, compare

MOST_SHOWN = 200


class ReassignForm(forms.Form):
    """From whom, to whom, and why."""

    leaver = forms.CharField(label="From (user name)", max_length=150)
    successor = forms.CharField(label="To (user name)", max_length=150)
    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with each case. Do not include anything about a person on probation.",
    )  # fmt: skip

    def clean_leaver(self) -> User:
        """Whoever has this user name; their account may be closed."""
        return self._practitioner("leaver")

    def clean_successor(self) -> User:
        """Whoever has this user name."""
        return self._practitioner("successor")

    def _practitioner(self, name: str) -> User:
        username = User.normalize_username(self.cleaned_data[name])
        user = User.objects.filter(username=username, audience=Audience.PRACTITIONER).first()
        if user is None:
            raise ValidationError("No probation practitioner has this user name.")
        return user


@admin.register(Reassignment)
class Reassignments(ReadOnlyAdmin):
    """Cases that were reassigned, the newest first; “Add” reassigns those of one practitioner."""

    list_display = ("at", "case", "leaver", "successor", "reason", "by", "superseded_at")
    list_select_related = ("referral", "leaver", "successor", "by")
    search_help_text = "A user name, or a reference number, in full."

    def quoted(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """By the case, or by either practitioner."""
        cases = case_references.cases_with_reference(term)
        username = User.normalize_username(term)
        of_people = rows.filter(leaver__username=username) | rows.filter(successor__username=username)
        return of_people | rows.filter(referral__received__in=cases)

    @admin.display(description="Referral")
    def case(self, row: Reassignment) -> str:
        """Its reference number."""
        return str(row.referral.reference)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Every administrator."""
        return True

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, show what will be done, and do it once that was confirmed."""
        assert isinstance(request.user, User)  # the admin site asks for an administrator
        form, planned = ReassignForm(request.POST if request.method == "POST" else None), None
        if form.is_valid():
            people = {name: form.cleaned_data[name] for name in ("leaver", "successor")}
            try:
                planned = plan(**people)
                if seen := request.POST.get("seen", ""):
                    given = reassign(
                        **people, seen=seen, reason=form.cleaned_data["reason"], by=request.user
                    )
                    messages.success(request, f"{plural(given, 'case')} reassigned.")
                    return redirect("admin:referrals_reassignment_changelist")
            except OutOfDate as changed:
                messages.warning(request, changed.reason)
            except Refused as refused:
                form.add_error(None, refused.reason)
        context = {
            **self.admin_site.each_context(request),
            "title": "Reassign cases",
            "opts": self.model._meta,
            "form": form,
            "plan": planned,
            "rows": _rows(planned) if planned else (),
            "closed": _closed_accounts() if planned is None else (),
        }
        return TemplateResponse(request, "admin/referrals/reassign.html", context)


def _rows(planned: Plan) -> list[tuple[str, str, str, str]]:
    """Each case: reference, service, whether the service provider gets another contact, and who is emailed today."""
    return [
        (
            str(case.reference),
            case.contract.title,
            "Yes" if case.received and is_contact(planned.leaver, case.received) else "No",
            address_today(case) or "No one",
        )
        for case in planned.cases[:MOST_SHOWN]
    ]


def _closed_accounts() -> list[tuple[str, int]]:
    """Practitioners whose account is closed, and how many open cases they have."""
    open_cases = Referral.objects.sent().filter(received__concluded_at=None, blanked_at=None)
    sent = open_cases.exclude(pk__in=Reassignment.objects.in_force().values("referral"))
    theirs = sent.filter(created_by__is_active=False).values_list("created_by__username")
    given = Reassignment.objects.in_force().filter(successor__is_active=False, referral__in=open_cases)
    counts: dict[str, int] = dict(theirs.order_by().annotate(Count("pk"))[:MOST_SHOWN])
    for username, count in given.order_by().values_list("successor__username").annotate(Count("pk")):
        counts[username] = counts.get(username, 0) + count
    return sorted(counts.items())


LIMITED = "Not shown: nDelius limits who can see this person"
NOT_IN_NDELIUS = "nDelius has no person with this CRN."
STILL_THERE = "nDelius still has CRN {crn}. Only correct it if it is the wrong CRN for these referrals."


class CrnField(forms.CharField):
    """A CRN. Spaces and small letters are forgiven."""

    def clean(self, value: Any) -> Crn:
        """As it is kept."""
        crn = crn_of(super().clean(value))
        if crn is None:
            raise ValidationError("Enter a CRN: 1 letter and 6 numbers.")
        return crn


class ReasonForm(forms.Form):
    """Why a correction is undone."""

    reason = forms.CharField(
        label="Reason", max_length=400, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept with the correction. Do not include anything else about the person on probation.",
    )  # fmt: skip


class CorrectCrnForm(ReasonForm):
    """From which CRN, to which, and why."""

    field_order = ("old", "new", "reason")
    old = CrnField(label="Old CRN", max_length=20)
    new = CrnField(label="New CRN", max_length=20)

    def ask_to_confirm(self, both: BothCrns) -> None:
        """That it is the same person all the same."""
        if both.differences:
            self.fields["confirmed"] = forms.MultipleChoiceField(
                label="I have checked that this is the same person, although this is different",
                choices=[(name, LABELS[name]) for name in both.differences],
                widget=forms.CheckboxSelectMultiple, required=False,
            )  # fmt: skip


LABELS = {"name": "Full name", "date_of_birth": "Date of birth"}


@admin.register(CrnChange)
class CrnChanges(ReadOnlyAdmin):
    """Corrections of CRNs, the newest first; “Add” corrects one, the action above the list undoes one."""

    ordering = ("-number",)
    list_display = ("number", "at", "old_crn", "new_crn", "source", "by_name", "is_undone")
    list_filter = ("source", "at")
    fields = (
        "number", "at", "old_crn", "new_crn", "source", "by", "by_name", "reason", "differences", "undoes", "is_undone",
    )  # fmt: skip
    search_fields = ("old_crn", "new_crn")
    search_help_text = "A CRN or a user name, in full."
    actions = ("undo",)

    def quoted(self, rows: QuerySet[Any], term: str) -> QuerySet[Any]:
        """By any CRN of the person, or by who corrected it."""
        crn = crn_of(term)
        if crn is None:
            return rows.filter(by__username=User.normalize_username(term))
        numbers = numbers_of(crn)
        return rows.filter(Q(old_crn__in=numbers) | Q(new_crn__in=numbers))

    def get_queryset(self, request: HttpRequest) -> QuerySet[CrnChange]:
        """With whether each was taken back."""
        undone = CrnChange.objects.filter(undoes=OuterRef("pk"))
        rows: QuerySet[CrnChange] = super().get_queryset(request)
        return rows.annotate(was_undone=Exists(undone)).select_related("by", "undoes")

    @admin.display(description="Undone")
    def is_undone(self, change: Any) -> str:
        """Whether it was taken back."""
        return "Yes" if change.was_undone else "No"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Every administrator."""
        return True

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask, show what will be done and whom nDelius has, and do it once that was confirmed."""
        assert isinstance(request.user, User)  # the admin site asks for an administrator
        form = CorrectCrnForm(request.POST if request.method == "POST" else None)
        context: dict[str, Any] = {}
        if form.is_valid():
            try:
                context = _checked(form, by=request.user)
                if seen := request.POST.get("seen", ""):
                    self._correct(form, seen, by=request.user)
                    messages.success(request, "The CRN was corrected.")
                    return redirect("admin:events_crnchange_changelist")
            except OutOfDate as changed:
                messages.warning(request, changed.reason)
            except Refused as refused:
                at_field = refused.code == "differs" and "confirmed" in form.fields
                form.add_error("confirmed" if at_field else None, refused.reason)
            except NotFound:
                form.add_error("new", NOT_IN_NDELIUS)
            except UpstreamFailure as failure:
                form.add_error(None, said_of(NDELIUS, failure, "so we cannot check the new CRN."))
        context |= {
            **self.admin_site.each_context(request), "title": "Correct a CRN", "opts": self.model._meta, "form": form
        }  # fmt: skip
        return TemplateResponse(request, "admin/referrals/correct_crn.html", context)

    def _correct(self, form: CorrectCrnForm, seen: str, *, by: User) -> None:
        given = form.cleaned_data
        correcting.correct_crn(
            old=given["old"], new=given["new"], reason=given["reason"], seen=seen, by=by,
            confirmed=given.get("confirmed", []),
        )  # fmt: skip

    @admin.action(description="Undo the selected correction", permissions=["add"])
    def undo(self, request: HttpRequest, changes: QuerySet[CrnChange]) -> HttpResponse | None:
        """Show what that will do, ask for a reason, and take it back."""
        assert isinstance(request.user, User)
        change = changes.first()
        if change is None or changes.count() > 1:
            self.message_user(request, "Select one correction.", messages.WARNING)
            return None
        form = ReasonForm(request.POST if "seen" in request.POST else None)
        try:
            planned = correcting.plan_to_undo(change)
            if form.is_valid():
                reason, seen = form.cleaned_data["reason"], request.POST["seen"]
                correcting.undo_correction(change=change, seen=seen, reason=reason, by=request.user)
                self.message_user(request, "The correction was undone.", messages.SUCCESS)
                return None
        except (OutOfDate, Refused) as refused:
            self.message_user(request, refused.reason, messages.WARNING)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": "Undo the correction of a CRN",
            "opts": self.model._meta,
            "form": form,
            "change": change,
            "plan": planned,
            "rows": [*_moved(planned)],
        }
        return TemplateResponse(request, "admin/referrals/undo_crn.html", context)


def _checked(form: CorrectCrnForm, *, by: User) -> dict[str, Any]:
    """What a correction would do, and whether it is the same person. Raises Refused and UpstreamFailure."""
    old, new = form.cleaned_data["old"], form.cleaned_data["new"]
    planned = correcting.plan(old=old, new=new)
    both = compare(planned.newest, new)
    for crn in (old, new):
        audit.record(AuditAction.CRN_COMPARED, by=by, crn=crn)
    form.ask_to_confirm(both)
    form.full_clean()  # with what there is to confirm
    return {
        "plan": planned,
        "seen": correcting.seen_as(planned, both),
        "rows": [*_moved(planned)],
        "compared": _compared(both),
        "still_there": STILL_THERE.format(crn=old) if is_still_there(old) else "",
    }


def _moved(planned: correcting.Plan) -> Iterator[tuple[str, str, str]]:
    """Each referral and draft: its reference number, service, and who made it."""
    for row in (*planned.cases, *planned.drafts)[:MOST_SHOWN]:
        yield row.reference or "Draft", row.contract.title, row.created_by.username


def _compared(both: BothCrns) -> list[tuple[str, str, str, bool]]:
    """Each detail as it is here and in nDelius, and whether it is the same. Nothing of a person with limited access."""
    in_words = {"name": _name, "date_of_birth": _born}
    return [
        (
            label,
            LIMITED if both.is_limited else in_words[name](both.held),
            LIMITED if both.is_limited else in_words[name](both.found),
            name not in both.differences,
        )
        for name, label in LABELS.items()
    ]


def _name(identity: Identity) -> str:
    return identity.name or "Not known"


def _born(identity: Identity) -> str:
    return date(identity.date_of_birth) if identity.date_of_birth else "Not known"
