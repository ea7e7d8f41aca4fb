"""The supplier's lists of cases, in words. Must not know how a table looks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from events.crn import crn_of
from govuk.template_filters import plural, short_date, unbroken
from monitoring.lists.case_lists import SORTS, CaseList, Choice
from monitoring.lists.listed import ListedCase
from monitoring.models import ReceivedReferral, Stage, Turn
from monitoring.rules import stages

COLUMNS = {
    "name": "Name and CRN",
    "reference": "Reference number",
    "intervention": "Intervention",
    "location": "Location",
    "release": "Expected release date",
    "caseworker": "Caseworker",
    "received": "Date received",
    "status": "Status",
    "next": "Next step",
    "due": "Due",
    "ended": "Ended",
}
EMPTY = {
    "mine": "You have no open cases. A case appears here when it is assigned to you.",
    "unassigned": "Every open case has a caseworker. A new referral appears here as soon as it is sent to one of "
    "your contracts.",
    "open": "No referrals yet. A referral appears here as soon as a probation practitioner sends it to one of your "
    "contracts.",
    "completed": "No cases have been completed yet. A case appears here when its end of service report is submitted.",
    "cancelled": "No cases have been cancelled. A case appears here when it ends before anyone attended a session.",
}


@dataclass(frozen=True, slots=True)
class Heading:
    """A column: what it is called, and how the list is sorted by it. ``sort`` is empty when it cannot be."""

    key: str
    text: str
    sort: str = ""
    next_sort: str = ""


class Cell(NamedTuple):
    """One fact about a case, and a second, quieter one. ``tone`` when it is a status."""

    text: str
    hint: str = ""
    tone: str = ""


class CaseRow(NamedTuple):
    """One case: a cell for each column of the list."""

    id: UUID
    cells: tuple[Cell, ...]


def headings(shown: CaseList, choice: Choice, called: Mapping[str, str] = COLUMNS) -> list[Heading]:
    """The columns, as they are ``called``. Choosing the one that the list is sorted by turns the order round."""
    return [_heading(key, choice, called[key]) for key in shown.columns]


def rows(
    cases: Iterable[ListedCase], shown: CaseList, *, today: datetime.date, refusals: Mapping[UUID, str]
) -> list[CaseRow]:
    """The cases in the order given. ``refusals``: why nDelius did not accept an appointment, by case."""
    listed = []
    for case in cases:
        standing = standing_cells(case, today, refusals.get(case.pk, ""), for_supplier=True)
        listed.append(CaseRow(case.pk, tuple(_cell(key, case, standing) for key in shown.columns)))
    return listed


def standing_cells(
    case: ReceivedReferral | ListedCase, today: datetime.date, refusal: str, *, for_supplier: bool
) -> tuple[Cell, Cell, Cell]:
    """Status, next step and due date for one side's list, by the rules that the progress page goes by (decision M4).

    ``refusal``: why nDelius did not accept an appointment.
    """
    stage = Stage(case.stage)
    # Whose turn it is goes without saying where it is the reader’s, and where nothing is left to do.
    turn = TURN_OF_THE_OTHER.get((Turn(case.whose_turn), for_supplier), "")
    hint = " ".join(part for part in (refusal, turn) if part)
    return (
        Cell(stage.label, tone=TONES.get(stage, "active")),
        Cell(stages.next_step(case, for_supplier=for_supplier), hint),
        _due(case, today),
    )


@dataclass(frozen=True, slots=True)
class FilterTag:
    """Something that leaves cases out: which part of the address asks for it, and what it is in words."""

    part: str
    text: str


def filter_tags(choice: Choice, caseworker: str) -> list[FilterTag]:
    """All that leaves cases out, a search included; ``caseworker`` is the name of the one chosen."""
    tags = []
    if choice.terms:
        tags.append(FilterTag("search", f"Search: {choice.terms}"))
    if choice.stage:
        tags.append(FilterTag("stage", f"Status: {Stage(choice.stage).label}"))
    if choice.is_overdue:
        tags.append(FilterTag("overdue", "Only overdue cases"))
    if choice.caseworker is not None:
        tags.append(FilterTag("caseworker", f"Caseworker: {caseworker}"))
    return tags


def found_elsewhere(
    counts: Mapping[str, int], lists: Sequence[CaseList], shown: CaseList
) -> list[tuple[CaseList, str]]:
    """Other lists in which a search finds something, with how much. A list inside another one is left out."""
    others = []
    for other in lists:
        count = sum(counts.get(stage, 0) for stage in other.stages)
        if count and other is not shown and other.has_caseworkers:
            others.append((other, plural(count, "case")))
    return others


def corrected_crn(terms: str, crns: Iterable[str]) -> str:
    """That the CRN that was searched for is another now, as the rows that were found say; or nothing."""
    searched, found = crn_of(terms), next(iter(crns), None)
    return f"CRN {searched} is now {found}." if searched and found and found != searched else ""


def _heading(key: str, choice: Choice, text: str) -> Heading:
    if key not in SORTS:
        return Heading(key, text)
    is_sorted = choice.sort == key
    sort = ("descending" if choice.is_descending else "ascending") if is_sorted else "none"
    return Heading(key, text, sort, f"-{key}" if is_sorted and not choice.is_descending else key)


def _cell(key: str, case: ListedCase, standing: tuple[Cell, Cell, Cell]) -> Cell:
    match key:
        case "name":
            return Cell(case.person_name, case.crn)
        case "reference":
            return Cell(case.reference)
        case "intervention":
            return Cell(case.intervention_title)
        case "location":
            return Cell(_where(case))
        case "release":
            return Cell(_release(case))
        case "caseworker":
            return caseworker_cell(case)
        case "received":
            return Cell(short_date(case.received_at))
        case "status":
            return standing[0]
        case "next":
            return standing[1]
        case "due":
            return standing[2]
        case "ended":
            return Cell(short_date(case.concluded_at))
    raise KeyError(key)


TURN_OF_THE_OTHER = {
    (Turn.PRACTITIONER, True): "Probation practitioner’s turn",
    (Turn.SUPPLIER, False): "Service provider’s turn",
}
TONES = {
    Stage.ASSIGN: "new",
    Stage.COMPLETED: "done",
    Stage.ENDED_EARLY: "neutral",
    Stage.CANCELLED: "neutral",
}


def _where(case: ListedCase) -> str:
    """Where to find the person: the establishment, else the practitioner's office, else their PDU."""
    return case.establishment or case.practitioner_office or case.practitioner_pdu or "Not available"


def _release(case: ListedCase) -> str:
    """When somebody in custody is expected out; who has just arrived was not asked for a date."""
    if case.location != "CUSTODY":
        return "In the community"
    if case.release_date:
        return short_date(case.release_date)
    return "Not known" if case.release_date_unknown_reason else "Not during the intervention"


def caseworker_cell(case: ListedCase) -> Cell:
    """Who has the case. That they have left matters while something is to be done."""
    if case.caseworker_id is None:
        return Cell("Not assigned")
    if not case.has_open_account:
        return Cell(case.caseworker_name, "This account is closed")
    has_left = case.concluded_at is None and not case.is_caseworker_at_work
    return Cell(case.caseworker_name, "No longer has access to this case" if has_left else "")


def _due(case: ReceivedReferral | ListedCase, today: datetime.date) -> Cell:
    """By when, and whether the clock stands still: then the day moves on every night."""
    if case.due_on is None:
        return Cell("")
    days, day = (case.due_on - today).days, short_date(case.due_on)
    since = getattr(case, "paused_since", None)
    paused = f"Paused since {short_date(since)}" if since else ""
    if days > 0:
        return Cell(day, paused)
    said = (unbroken(f"Overdue by {plural(-days, 'day')}"), "urgent") if days < 0 else ("Today", "waiting")
    return Cell(said[0], ". ".join(part for part in (day, paused) if part), tone=said[1])
