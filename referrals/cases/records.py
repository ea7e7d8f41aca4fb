"""Details that nDelius or prison records have changed since a referral was sent: the practitioner decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.audiences import for_practitioners
from events.models import AuditAction
from events.refusals import OutOfDate
from govuk.addresses import reverse
from govuk.fields import CheckboxesField, HiddenField
from govuk.forms import Form
from govuk.questions import Choice
from govuk.template_filters import plural
from integrations.deadlines import deadline
from integrations.establishments import Establishments, establishments
from integrations.failure_wording import System, advises_to_try_again, said_of
from monitoring.actions import transition as moving
from monitoring.actions.follow_records import Source
from monitoring.rules.moves import Move
from referrals.access.scope import followed_case, user_of
from referrals.actions.compare_sent import undecided
from referrals.actions.decide_records import decide_records, seen_as
from referrals.cases.case_pages import case_frame, received_of
from referrals.cases.records_in_words import check_of
from referrals.models import Location, Referral
from referrals.pulls.ask_again import SaidNow, ask_after_sending
from referrals.pulls.since_sending import PRACTITIONER, Compared, compared

WITHIN = 8.0  # seconds for all systems together: somebody waits
INCOMPLETE = "so the list of establishments is incomplete."
HAS_IT = {Source.NDELIUS: "In nDelius", Source.PRISON_RECORDS: "In prison records"}


class RecordsForm(Form):
    """Which details to update. ``seen``: what the page showed."""

    seen = HiddenField(required=False, max_length=64)
    take = CheckboxesField(
        label="Which details do you want to update?",
        hint="Select all that apply. The service provider will see the new details.",
        choices=(),
        error_messages={
            "required": "Select the details to update",
            "unknown": "Select the details to update",
        },
    )

    def __init__(self, *args: Any, differing: list[Compared], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = seen_as(differing)
        takes = [detail for detail in differing if detail.amendment and detail.key != PRACTITIONER]
        self.fields["take"].choices = tuple(  # type: ignore[attr-defined]
            Choice(detail.key, detail.label) for detail in takes
        )
        if not takes:
            del self.fields["take"]


@for_practitioners(records=AuditAction.REFERRAL_VIEWED)
@require_http_methods(["GET", "HEAD", "POST"])
def records(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """Show both values of each, as the systems have them now, and do what the practitioner decides."""
    referral = followed_case(request, referral_id)
    moving.require(received_of(referral), Move.CHANGE_CONTACT)
    said, places = _ask(referral)
    differing = undecided(compared(referral, received_of(referral), said, places), check_of(referral))
    form = RecordsForm(request.POST if request.method == "POST" else None, differing=differing)
    keeps, changed = "keep" in request.POST, ""
    is_stale = request.method == "POST" and request.POST.get("seen") != seen_as(differing)
    if request.method == "POST" and (keeps or form.is_valid() or is_stale):
        take = [] if keeps else request.POST.getlist("take")
        try:
            count = decide_records(
                referral=referral, said=said, places=places, take=take, keeps=keeps,
                seen=request.POST.get("seen", ""), by=user_of(request),
            )  # fmt: skip
        except OutOfDate as conflict:
            changed = conflict.reason
            form = RecordsForm(differing=differing)
        else:
            if count or keeps:
                messages.success(request, _done(count))
            return redirect("referrals:case", referral.pk)
    context = {
        **case_frame(referral),
        **_context(referral, said, places, differing),
        "form": form,
        "changed": changed,
        "back_link": reverse("referrals:case", args=[referral.pk]),
    }
    status = 409 if changed else 422 if form.errors else 200
    return render(request, "referrals/cases/records.html", context, status=status)


def _ask(referral: Referral) -> tuple[SaidNow, Establishments | None]:
    is_in_custody = received_of(referral).location == Location.CUSTODY
    with deadline(WITHIN):
        said = ask_after_sending(referral.crn, is_in_custody=is_in_custody)
        return said, establishments() if said.custody is not None else None


def _context(
    referral: Referral, said: SaidNow, places: Establishments | None, differing: list[Compared]
) -> dict[str, Any]:
    trouble = [*said.troubles.values()]
    for words, why in places.missing if places else ():
        trouble.append(said_of(System(words[:1].upper() + words[1:], words), why, INCOMPLETE))
    return {
        "trouble": trouble,
        "may_try_again": any(advises_to_try_again(sentence) for sentence in trouble),
        "is_limited": said.is_limited,
        "rows": [
            {
                "label": detail.label,
                "shared": detail.shared,
                "source": HAS_IT[detail.source],
                "in_records": detail.in_records,
                "accept_href": reverse("referrals:accept_practitioner", args=[referral.pk])
                if detail.key == PRACTITIONER and detail.amendment
                else "",
            }
            for detail in differing
        ],
    }


def _done(count: int) -> str:
    return (
        f"You updated {plural(count, 'detail')}."
        if count
        else "What the service provider sees stays as it is."
    )
