"""Walking every chain of the disclosure record: is each entry as it was written, and is none missing?

Compares each entry with its hash, with the one before it, and with the audit trail, which has the number and hash of
every entry. Says which entry is wrong and which columns, never what stands in them. ``docs/operations.md`` says what it
cannot find.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models.functions import Cast

from events.disclosures.chain import NotWritable, canonical, fits, has_unknown_key, is_blank, is_what_was_left
from events.models import AuditAction, AuditEvent, DisclosureEvent

CHAINS_AT_ONCE = 200
MOST_NAMED = 1000  # faults; the others are counted
Heads = dict[int, str]  # hashes by number, as the audit trail has them


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: ``number`` within the record of ``referral``."""

    referral: str
    number: int
    what: str


@dataclass(slots=True)
class Verified:
    """What was looked at, and what was found: ``wrong`` counts all faults, ``faults`` names the first of them."""

    chains: int = 0
    entries: int = 0
    blanked: int = 0  # entries whose retention period was over: only what is left of them is verified
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> None:
        """Count a fault, and keep it while there are few."""
        self.wrong += 1
        if len(self.faults) < MOST_NAMED:
            self.faults.append(fault)


def verify() -> Verified:
    """Look at every chain."""
    result = Verified()
    for referrals in _batches(_referrals(), CHAINS_AT_ONCE):
        ids = [*_ids(referrals, result)]
        rows, recorded, blankings = _rows(ids, result), _recorded(ids), _blankings(ids)
        for referral in ids:
            chain = rows.get(referral, [])
            result.chains += bool(chain)
            result.entries += len(chain)
            result.blanked += sum(entry.blanked_at is not None for entry in chain)
            for fault in (
                *_faults(referral, chain, recorded[referral]),
                *_wrongly_blanked(referral, chain, blankings[referral]),
            ):
                result.add(fault)
    return result


def _referrals() -> Iterator[str]:
    """Every referral that has entries, or of which the audit trail says so. As text: a changed id may be no id."""
    as_text = Cast("referral", models.CharField())
    here = DisclosureEvent.objects.order_by().annotate(of=as_text).values_list("of")
    said = _audited().annotate(of=as_text).values_list("of")
    return (of for (of,) in here.union(said).order_by("of").iterator())


def _audited() -> models.QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(action=AuditAction.DISCLOSURE_RECORDED).order_by()


def _batches(items: Iterator[str], size: int) -> Iterator[list[str]]:
    while batch := [*islice(items, size)]:
        yield batch


def _ids(referrals: Iterable[str], result: Verified) -> Iterator[UUID]:
    for referral in referrals:
        try:
            yield UUID(referral)
        except ValueError:
            result.add(Fault(referral, 0, "referral is not an id"))


def _rows(referrals: list[UUID], result: Verified) -> dict[UUID, list[DisclosureEvent]]:
    """The entries of each, in order."""
    entries = DisclosureEvent.objects.filter(referral__in=referrals).order_by("number")
    try:
        found = [*entries]
    except (ValueError, TypeError, AttributeError):  # SQLite keeps what is no date, and Django cannot read it
        found = [*_readable(entries, result)]
    chains = defaultdict(list)
    for entry in found:
        chains[entry.referral].append(entry)
    return chains


def _readable(entries: models.QuerySet[DisclosureEvent], result: Verified) -> Iterator[DisclosureEvent]:
    """Each by itself; of one that cannot be read a fault."""
    for referral, number in entries.values_list("referral", "number"):
        try:
            yield entries.get(referral=referral, number=number)
        except (ValueError, TypeError, AttributeError):
            result.add(Fault(str(referral), number, "cannot be read"))


def _recorded(referrals: list[UUID]) -> dict[UUID, Heads]:
    """What the audit trail says of each: hashes by number."""
    heads: dict[UUID, Heads] = defaultdict(dict)
    for referral, facts in _audited().filter(referral__in=referrals).values_list("referral", "facts"):
        assert referral is not None  # it was asked for
        heads[referral][facts.get("number", 0)] = facts.get("hash", "")
    return heads


def _blankings(referrals: list[UUID]) -> dict[UUID, set[str]]:
    """What the audit trail says was left of the entries of each when they were blanked: hashes."""
    hashes: dict[UUID, set[str]] = defaultdict(set)
    applied = AuditEvent.objects.filter(action=AuditAction.RETENTION_APPLIED, referral__in=referrals)
    for referral, facts in applied.order_by().values_list("referral", "facts"):
        assert referral is not None  # it was asked for
        hashes[referral].add(facts.get("hash", ""))
    return hashes


def _wrongly_blanked(referral: UUID, chain: list[DisclosureEvent], said: set[str]) -> Iterator[Fault]:
    """Entries of one chain that say that they were blanked, and of which the audit trail says something else."""
    at_once = defaultdict(list)
    for entry in chain:
        if entry.blanked_at is not None:
            at_once[entry.blanked_at].append(entry)
    for entries in at_once.values():
        try:
            is_known = is_what_was_left(entries, said)
        except NotWritable:
            is_known = False
        if not is_known:
            what = "blanked, but the audit trail does not know it or what is left was changed"
            yield Fault(str(referral), entries[0].number, what)


def _faults(referral: UUID, chain: list[DisclosureEvent], recorded: Heads) -> Iterator[Fault]:
    """What is wrong with one chain, in order."""
    due, previous = 1, ""
    for entry in chain:
        for missing in range(due, entry.number):
            yield Fault(str(referral), missing, "missing")
        wrong = [*_wrong(entry)]
        if entry.number == due and entry.previous != previous:
            wrong.append("does not follow the entry before it")
        if recorded.get(entry.number) != entry.hash:
            wrong.append("the audit trail has another hash or none")
        if wrong:
            yield Fault(str(referral), entry.number, "; ".join(wrong))
        due, previous = entry.number + 1, entry.hash
    for missing in sorted(number for number in recorded if number >= due):
        yield Fault(str(referral), missing, "missing")


def _wrong(entry: DisclosureEvent) -> Iterator[str]:
    """What is wrong with one entry by itself. Of a blanked one the text that was hashed is gone."""
    if entry.blanked_at is not None:
        if not is_blank(entry):
            yield "marked as blanked, and holds text"
        return
    if has_unknown_key(entry):
        yield "the hash names a key that is not in the list"
    elif not fits(entry):
        yield "the hash does not fit"
    if changed := _changed_columns(entry):
        yield f"differs from what was hashed: {', '.join(changed)}"


def _changed_columns(entry: DisclosureEvent) -> list[str]:
    """Names of the columns that are not as they were hashed; "all" when that cannot be told."""
    try:
        now = canonical(entry)
    except NotWritable:
        return ["all"]
    if now == entry.canonical:
        return []
    try:
        then: Any = json.loads(entry.canonical)
    except ValueError:
        then = None
    if not isinstance(then, dict):
        return ["all"]
    is_now = json.loads(now)
    names = [name for name in sorted(is_now.keys() | then.keys()) if is_now.get(name) != then.get(name)]
    return names or ["all"]
