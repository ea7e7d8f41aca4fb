"""Reassigning the cases of a practitioner who leaves, in the admin: shown first, then done just so."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import Audience, User
from events import case_references
from events.admin import ReadOnlyAdmin
from events.refusals import OutOfDate, Refused
from govuk.template_filters import plural
from referrals.actions.reassign_cases import Plan, is_contact, plan, reassign
from referrals.deliveries.messages import address_today
from referrals.models import Reassignment, Referral

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
