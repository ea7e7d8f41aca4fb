"""The desk in words. Must not know how a table looks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from govuk.addresses import reverse
from govuk.template_filters import date_time, plural, short_date
from interventions.models import Contract
from monitoring.lists.case_lists import CaseList
from monitoring.lists.listed import ListedCase
from monitoring.presenters import case_list
from monitoring.presenters.case_list import CaseRow, Cell, FilterTag, caseworker_cell, standing_cells
from referrals.access.scope import OPENING_HOLDS
from referrals.desk.desk import Desk
from referrals.desk.lists import LISTS, TODAY, DeskChoice
from referrals.desk.needs import BY_SLUG as NEEDS
from referrals.models import CaseOpening

COLUMNS = {
    "name": "Person",
    "reference": "Reference",
    "intervention": "Service",
    "provider": "Service provider",
    "caseworker": "Caseworker",
    "sent": "Sent",
    "status": "Status",
    "next": "Next step",
    "due": "Due",
    "ended": "Ended",
}
EMPTY = {
    "open": "You have no open cases. A case appears here when you send a referral.",
    "completed": "No cases have been completed yet. A case appears here when its end of service report is submitted.",
    "today": "No cases need action today.",
    "cancelled": "No cases have been cancelled. A case appears here when it ends before anyone attended a session.",
}
YOUR_TURN = "Your turn"


def tabs(counts: Mapping[str, int], drafts: int, current: str) -> list[dict[str, object]]:
    """Links between the lists of sent cases and the drafts, with how many stand in each."""
    places: list[tuple[str, str, int, str]] = [
        (one.slug, one.title, counts[one.slug], reverse("referrals:case_list", args=[one.slug]))
        for one in LISTS
    ]
    places.append(("drafts", "Draft referrals", drafts, reverse("referrals:drafts")))
    return [
        {"text": f"{title} ({count:,})", "href": href, "is_current": slug == current}
        for slug, title, count, href in places
    ]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is said of a case beside its columns: what waits."""

    refusal: str = ""
    questions: int = 0
    waits_for_ndelius: bool = False

    @property
    def words(self) -> str:
        """That nDelius does not know of the referral yet, and questions that wait for an answer."""
        said = (
            "Waiting to update nDelius" if self.waits_for_ndelius else "",
            plural(self.questions, "open question") if self.questions else "",
        )
        return ". ".join(part for part in said if part)


NOTHING_WAITS = Beside()


def rows(
    cases: Iterable[ListedCase],
    shown: CaseList,
    contracts: Iterable[Contract],
    *,
    today: datetime.date,
    beside: Mapping[UUID, Beside],
) -> list[CaseRow]:
    """The cases in the order given. Each is known by the id of the practitioner's referral."""
    providers = {contract.pk: contract.prime.name for contract in contracts}
    listed = []
    for case in cases:
        cells = _cells(case, today, providers.get(case.contract_id, ""), beside.get(case.pk, NOTHING_WAITS))
        listed.append(CaseRow(case.key, tuple(cells[key] for key in shown.columns)))
    return listed


def _cells(case: ListedCase, today: datetime.date, provider: str, beside: Beside) -> dict[str, Cell]:
    status, step, due = standing_cells(case, today, beside.refusal, for_supplier=False)
    if beside.questions:
        several = f"Answer the {beside.questions} questions"
        step = Cell("Answer the question" if beside.questions == 1 else several, YOUR_TURN)
    return {
        "name": Cell(case.person_name, case.crn),
        "reference": Cell(case.reference),
        "intervention": Cell(case.intervention_title),
        "provider": Cell(provider),
        "caseworker": caseworker_cell(case),
        "sent": Cell(short_date(case.sent_at)),
        "status": Cell(status.text, beside.words, tone=status.tone),
        "next": step,
        "due": due,
        "ended": Cell(short_date(case.concluded_at)),
    }


def filter_tags(choice: DeskChoice, desk: Desk, contracts: Iterable[Contract]) -> list[FilterTag]:
    """All that leaves cases out, a search included."""
    tags = case_list.filter_tags(choice, "")
    if choice.need:
        tags.append(FilterTag("need", NEEDS[choice.need].title))
    if choice.provider is not None:
        names = {contract.prime_id: contract.prime.name for contract in contracts}
        tags.append(FilterTag("provider", f"Service provider: {names.get(choice.provider, 'none of yours')}"))
    if choice.whose is not None:
        whose = "yours" if choice.whose == desk.user.pk else desk.people[choice.whose].display_name
        tags.append(FilterTag("whose", f"Whose cases: {whose}"))
    return tags


@dataclass(frozen=True, slots=True)
class NeedLine:
    """One kind of thing that needs the practitioner today, with how much of it and where it is."""

    title: str
    count: str
    href: str


def needs(counts: Mapping[str, int], drafts_ending: int) -> list[NeedLine]:
    """What there is, in the order of the kinds; drafts that will be deleted come last."""
    list_address = reverse("referrals:case_list", args=[TODAY.slug])
    lines = [
        NeedLine(one.title, plural(counts[one.slug], "case"), f"{list_address}?need={one.slug}")
        for one in NEEDS.values()
        if counts[one.slug]
    ]
    if drafts_ending:
        drafts = reverse("referrals:drafts")
        lines.append(
            NeedLine("Drafts that will be deleted within 14 days", plural(drafts_ending, "draft"), drafts)
        )
    return lines


def links(counts: Mapping[str, int], drafts: int) -> list[dict[str, object]]:
    """The lists, with how many stand in each."""
    return tabs(counts, drafts, current="")


def recently_opened(openings: Iterable[CaseOpening]) -> list[list[object]]:
    """Person, service and until when each stays open."""
    return [
        [
            {
                "text": one.referral.person_name,
                "href": reverse("referrals:case_progress", args=[one.referral.pk]),
                "hint": one.referral.crn,
            },
            {"text": one.referral.contract.title, "hint": one.referral.reference},
            date_time(one.opened_at + OPENING_HOLDS),
        ]
        for one in openings
    ]
