"""The disclosure record of a case, and of a person's cases: to read, to print, and as a CSV file (decision 21)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from events.audiences import for_practitioners
from events.models import AuditAction, DisclosureEvent
from govuk.addresses import reverse
from govuk.csv_cells import written
from integrations.failure_wording import NDELIUS, said_of
from referrals.access.scope import cases_of_person, followed_case, user_of
from referrals.cases.case_pages import case_frame
from referrals.cases.disclosures_in_words import COLUMNS, Entry, columns_of, in_words
from referrals.models import Referral
from referrals.presenters.own_only import own_only

#: What makes a version; each is of one.
SHARINGS = (DisclosureEvent.Kind.SHARED, DisclosureEvent.Kind.CORRECTED)
PAGE_SIZE = 20


@for_practitioners(records=AuditAction.DISCLOSURES_VIEWED)
@require_safe
def disclosures(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """What was shared of one case and who opened it, the newest first."""
    referral = followed_case(request, referral_id)
    return _page(request, referral, _record_of([referral]), of_person=False, not_shown=[])


@for_practitioners(records=AuditAction.DISCLOSURES_VIEWED)
@require_safe
def person_disclosures(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The same of every case of the person that they may open."""
    referral = followed_case(request, referral_id)
    cases, failure = cases_of_person(user_of(request), referral.crn)
    return _page(request, referral, _record_of(cases), of_person=True, not_shown=own_only(failure))


@for_practitioners(records=AuditAction.DISCLOSURES_DOWNLOADED)
@require_safe
def download_disclosures(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The record of one case as a file, the oldest entry first."""
    referral = followed_case(request, referral_id)
    return _file(f"disclosure-record-{referral.reference}.csv", _record_of([referral]), [referral])


@for_practitioners(records=AuditAction.DISCLOSURES_DOWNLOADED)
@require_safe
def download_person_disclosures(request: HttpRequest, referral_id: UUID) -> HttpResponse:
    """The record of every case of the person that they may open, as a file, the oldest entry first.

    A file cannot say that it is not whole: without nDelius's word on whom they manage, there is none.
    """
    referral = followed_case(request, referral_id)
    found, failure = cases_of_person(user_of(request), referral.crn)
    if failure is not None:
        messages.warning(request, said_of(NDELIUS, failure, "so we cannot make a complete file."))
        return redirect("referrals:person_disclosures", referral.pk)
    cases = [*found.select_related("contract__prime")]
    return _file(f"disclosure-record-{referral.crn}.csv", _record_of(cases), cases)


def _record_of(cases: Iterable[Referral]) -> QuerySet[DisclosureEvent]:
    """The newest first; of one moment the one that was written last."""
    received = [case.received_id for case in cases if case.received_id is not None]
    return DisclosureEvent.objects.filter(referral__in=received).order_by("-at", "referral", "-number")


def _page(
    request: HttpRequest,
    referral: Referral,
    record: QuerySet[DisclosureEvent],
    *,
    of_person: bool,
    not_shown: list[str],
) -> HttpResponse:
    page = Paginator(record, PAGE_SIZE).get_page(request.GET.get("page"))
    here = "person_disclosures" if of_person else "case_disclosures"
    context = {
        **case_frame(referral),
        "referral": referral,
        "page": page,
        "entries": _entries(page, of_person=of_person),
        "of_person": of_person,
        "not_shown": not_shown,
        "address": reverse(f"referrals:{here}", args=[referral.pk]),
        "download": reverse(f"referrals:download_{here.removeprefix('case_')}", args=[referral.pk]),
        "back_link": reverse(f"referrals:{'same_person' if of_person else 'case'}", args=[referral.pk]),
    }
    return render(request, "referrals/cases/disclosures.html", context)


def _entries(listed: Iterable[DisclosureEvent], *, of_person: bool) -> list[Entry]:
    """In words, beside the entry by which each version was shared. Two statements however many there are."""
    entries = [*listed]
    named = Referral.objects.filter(received__in={entry.referral for entry in entries})
    cases = {case.received_id: case for case in named.select_related("contract")} if of_person else {}
    return in_words(entries, _shared(entries), cases)


def _shared(entries: Iterable[DisclosureEvent]) -> dict[tuple[UUID, int], DisclosureEvent]:
    """The entry by which each version was shared, by referral and version."""
    shared = DisclosureEvent.objects.filter(
        referral__in={entry.referral for entry in entries}, kind__in=SHARINGS
    )
    return {(entry.referral, entry.share_version): entry for entry in shared}


def _file(name: str, record: QuerySet[DisclosureEvent], cases: Iterable[Referral]) -> HttpResponse:
    references = {case.received_id: case.reference or "" for case in cases}
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    file = csv.writer(answer)
    file.writerow(COLUMNS)
    for entry in record.order_by("at", "referral", "number").iterator():
        file.writerow(written(value) for value in columns_of(entry, references[entry.referral]))
    return answer
