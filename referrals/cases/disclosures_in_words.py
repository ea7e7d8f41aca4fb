"""Entries of the disclosure record in words: on the page, and in the file. Names of parts, never their text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from events.models import DisclosureEvent
from govuk.template_filters import date_time
from monitoring.rules.shared_parts import label_of
from referrals.models import Referral

Kind = DisclosureEvent.Kind
Rows = list[dict[str, object]]

WHAT = {
    Kind.SHARED: "Shared with the service provider",
    Kind.OPENED: "Opened by the service provider",
    Kind.HANDED_ON: "Shared with a new service provider",
    Kind.CORRECTED: "Corrected version shared with the service provider",
    Kind.RECALLED: "Risk information recalled",
}
#: What is said before the name of who did it.
DONE_BY = {Kind.OPENED: "Opened by", Kind.RECALLED: "Recalled by"}
COLUMNS = (
    "reference",
    "crn",
    "entry",
    "what",
    "when",
    "who",
    "service_provider",
    "subcontractors",
    "reason",
    "share_version",
    "parts_shared",
    "parts_without_information",
    "declaration_wording",
    "content_hash",
    "previous_entry_hash",
    "entry_hash",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as a card: its title, and rows of label and value."""

    title: str
    rows: Rows


def in_words(
    entries: Iterable[DisclosureEvent],
    shared: Mapping[tuple[UUID, int], DisclosureEvent],
    cases: Mapping[UUID | None, Referral],
) -> list[Entry]:
    """Each entry as a card. ``shared``: the entry by which each version was shared; ``cases``: to name each, if any."""
    return [
        Entry(
            title=f"{WHAT[Kind(entry.kind)]}: {date_time(entry.at)}",
            rows=_rows(entry, shared.get((entry.referral, entry.share_version)), cases.get(entry.referral)),
        )
        for entry in entries
    ]


def _rows(entry: DisclosureEvent, shared: DisclosureEvent | None, case: Referral | None) -> Rows:
    rows: Rows = []
    if case is not None:
        rows.append({"label": "Referral", "value": f"{case.reference}: {case.contract.title}"})
    is_opening = entry.kind == Kind.OPENED
    rows.append({"label": DONE_BY.get(Kind(entry.kind), "Shared by"), "value": entry.by_name})
    rows.append({"label": "Service provider", "value": entry.recipient_name})
    if entry.subcontractors:
        rows.append({"label": "Subcontractors", "value": [*entry.subcontractors]})
    if entry.reason:
        rows.append({"label": "Reason", "value": entry.reason})
    rows.append({"label": "Version", "value": entry.share_version})
    if is_opening and shared is not None and _same_parts(entry, shared):
        rows.append({"label": "What was opened", "value": "Everything that was shared in this version"})
    else:
        what = "Information recalled" if entry.kind == Kind.RECALLED else "Information shared"
        rows.append({"label": what, "value": _labels(entry.shared)})
        if entry.withheld:
            rows.append({"label": "No information shared", "value": _labels(entry.withheld)})
    if not is_opening:
        rows.append({"label": "Declaration wording", "value": f"Version {entry.wording_version}"})
        rows.append({"label": "Content hash", "value": entry.content_hash})
    rows.append({"label": "Entry", "value": f"{entry.number}, hash {entry.hash}"})
    return rows


def _same_parts(opened: DisclosureEvent, shared: DisclosureEvent) -> bool:
    return (opened.shared, opened.withheld) == (shared.shared, shared.withheld)


def _labels(names: Iterable[str]) -> list[str]:
    return [label_of(name) for name in names]


def columns_of(entry: DisclosureEvent, reference: str) -> tuple[str | int | datetime, ...]:
    """One row of the file, in the order of ``COLUMNS``."""
    return (
        reference,
        entry.crn,
        entry.number,
        WHAT[Kind(entry.kind)],
        entry.at,
        entry.by_name,
        entry.recipient_name,
        "; ".join(entry.subcontractors),
        entry.reason,
        entry.share_version,
        "; ".join(_labels(entry.shared)),
        "; ".join(_labels(entry.withheld)),
        entry.wording_version,
        entry.content_hash,
        entry.previous,
        entry.hash,
    )
