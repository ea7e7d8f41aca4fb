"""Asking OASys, and keeping its answer as the one snapshot that a draft works from (decision R3).

OASys is asked outside any transaction; what it said is then stored in one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from integrations.failures import Trouble
from integrations.oasys import client
from integrations.oasys.types import Assessed, NoRecord, NotCompleted, NotPermitted, Risk, RiskAnswer
from integrations.risk_answers import Answer
from risk.actions.change_section import keep_typed, locked, void_declaration
from risk.models import (
    OasysOutcome,
    RiskInformation,
    RiskSection,
    RiskSnapshot,
    SectionKey,
    SectionState,
)
from risk.redaction import keyed_hash

LATER_TRY = 3.0  # seconds; every try after the first, and every freshness check (decision R3)


def group_hash(group: str) -> str:
    """What a group of people is known by once OASys's words are deleted: it names most of them, but may name any."""
    return keyed_hash(["group", group])


@dataclass(frozen=True, slots=True)
class OasysSaid:
    """What OASys answered, in the words of this app."""

    outcome: OasysOutcome
    sections: dict[str, RiskAnswer] = field(default_factory=dict)
    levels_in_community: dict[str, str] = field(default_factory=dict)
    levels_in_custody: dict[str, str] = field(default_factory=dict)
    assessed_at: datetime | None = None
    is_partial: bool = False
    was_mended: bool = False

    @property
    def source_hash(self) -> str:
        """The same for the same content, whoever asks and whenever."""
        sections = {key: [said.answer, said.text] for key, said in self.sections.items()}
        return keyed_hash([self.outcome, sections, self.levels_in_community, self.levels_in_custody])

    def level_hashes(self, crn: str) -> dict[str, str]:
        """A keyed hash of each level, by that of its group; the same level of another person has another."""
        in_all = {group: ["", ""] for group in (*self.levels_in_community, *self.levels_in_custody)}
        for place, levels in enumerate((self.levels_in_community, self.levels_in_custody)):
            for group, level in levels.items():
                in_all[group][place] = level
        return {
            group_hash(group): keyed_hash(["level", crn, group, *levels]) for group, levels in in_all.items()
        }

    def as_json(self) -> dict[str, Any]:
        """For a row: an answer that was announced waits there until it is decided about."""
        return {
            "outcome": self.outcome.value,
            "sections": {
                key: [said.answer.value if said.answer else "", said.text or ""]
                for key, said in self.sections.items()
            },
            "levels_in_community": self.levels_in_community,
            "levels_in_custody": self.levels_in_custody,
            "assessed_at": self.assessed_at.isoformat() if self.assessed_at else "",
            "is_partial": self.is_partial,
            "was_mended": self.was_mended,
            "source_hash": self.source_hash,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> OasysSaid:
        """What ``as_json`` wrote."""
        return cls(
            outcome=OasysOutcome(kept["outcome"]),
            sections={
                key: RiskAnswer(Answer(answer) if answer else None, text or None)
                for key, (answer, text) in kept["sections"].items()
            },
            levels_in_community=kept["levels_in_community"],
            levels_in_custody=kept["levels_in_custody"],
            assessed_at=datetime.fromisoformat(kept["assessed_at"]) if kept["assessed_at"] else None,
            is_partial=kept["is_partial"],
            was_mended=kept["was_mended"],
        )


def start(*, referral_id: UUID, crn: str, owner: User) -> RiskInformation:
    """Make the eight empty sections of a new draft. Asks nobody. Part of starting a draft."""
    risk = RiskInformation.objects.create(pk=referral_id, crn=crn, owner=owner)
    RiskSection.objects.bulk_create(RiskSection(risk=risk, key=key) for key in SectionKey.values)
    return risk


def pull(*, risk: RiskInformation, by: User) -> OasysOutcome:
    """Ask OASys when the draft has no snapshot yet; say what it answered. Typed text is kept.

    A draft that has a snapshot is not asked about again here: see ``compare_with_oasys``.
    """
    if risk.oasys_snapshot is not None or risk.purged_at is not None:
        return OasysOutcome(risk.last_outcome or OasysOutcome.ASSESSED)
    said = ask(risk.crn, by=by, timeout=LATER_TRY if risk.last_asked_at else None)
    with transaction.atomic():
        held = locked(risk, by)
        if said.outcome.is_snapshot and not RiskSnapshot.objects.filter(risk=held).exists():
            store(held, said, by, at=timezone.now())
            void_declaration(held)  # whatever was declared, was declared without seeing this
        held.last_outcome, held.last_asked_at = said.outcome, timezone.now()
        held.save(update_fields=["last_outcome", "last_asked_at"])
        audit.record(
            AuditAction.RISK_PULLED, by=by, referral=held.referral_id, crn=held.crn, answer=said.outcome.value
        )
    return said.outcome


def compare_with_oasys(*, risk: RiskInformation, by: User) -> OasysOutcome | None:
    """Ask whether OASys has changed since the snapshot; announce what it says now, alter nothing else.

    Returns how OASys answered; None where there is nothing to compare. A failure takes nothing back.
    """
    if risk.oasys_snapshot is None or risk.purged_at is not None:
        return None
    said = ask(risk.crn, by=by, timeout=LATER_TRY)
    _announce(risk, said, by)
    return said.outcome


def _announce(risk: RiskInformation, said: OasysSaid, by: User) -> None:
    with transaction.atomic():
        held = RiskInformation.objects.select_for_update().get(pk=risk.pk)
        snapshot = RiskSnapshot.objects.filter(risk=held).first()
        if held.purged_at is not None or snapshot is None:
            return
        if not said.outcome.is_snapshot or said.source_hash == held.newer_hash:
            return
        if said.source_hash == snapshot.source_hash:
            _forget_newer(held)  # it says again what is here
            return
        if said.is_partial and not snapshot.is_partial and said.assessed_at == snapshot.assessed_at:
            return  # the same assessment with a part missing is no update
        held.newer_answer, held.newer_assessed_at = said.as_json(), said.assessed_at
        held.newer_announced_at = timezone.now()
        held.save(update_fields=NEWER)
        if held.newer_is_undecided:  # or it says again what was kept out
            audit.record(
                AuditAction.RISK_PULLED,
                by=by,
                referral=held.referral_id,
                crn=held.crn,
                answer="NEWER_ANNOUNCED",
            )


class NewerChanged(Exception):
    """What OASys says is no longer what the page showed. Nothing was taken or kept out."""


@transaction.atomic
def take_newer(
    *,
    risk: RiskInformation,
    seen: str,
    by: User,
    boxes: Mapping[str, str] | None = None,
    as_opened: Mapping[str, RiskSection] | None = None,
) -> None:
    """Replace the snapshot by the newer answer that the practitioner was shown; ``seen`` is its hash.

    The practitioner's own words are kept (decision R3), those typed in the page's boxes too. Raises NewerChanged when
    something else waits by now, SavedMeanwhile when a box is another by now. Taking it twice changes nothing.
    """
    held = locked(risk, by)
    snapshot = RiskSnapshot.objects.filter(risk=held).first()
    if not held.newer_is_undecided and snapshot is not None and snapshot.source_hash == seen:
        return
    if not seen or held.newer_hash != seen:
        raise NewerChanged
    keep_typed(risk=held, boxes=boxes or {}, by=by, as_opened=as_opened)
    said = OasysSaid.from_json(held.newer_answer)
    assert held.newer_announced_at is not None  # or there would be no hash
    store(held, said, by, at=held.newer_announced_at)
    held.last_outcome, held.last_asked_at = said.outcome, held.newer_announced_at
    held.kept_out_hash = ""
    held.save(update_fields=["last_outcome", "last_asked_at", "kept_out_hash"])
    _forget_newer(held)
    void_declaration(held)
    audit.record(
        AuditAction.RISK_TAKEN, by=by, referral=held.referral_id, crn=held.crn, answer=said.outcome.value
    )


@transaction.atomic
def keep_newer_out(
    *,
    risk: RiskInformation,
    seen: str,
    by: User,
    boxes: Mapping[str, str] | None = None,
    as_opened: Mapping[str, RiskSection] | None = None,
) -> None:
    """Go on with what is here, in view of the newer answer whose hash is ``seen``. It asks for no decision again.

    The answer stays beside what is here, so that pages go on saying that there is a newer one, and it can still be
    taken (promise 6). What is shared stays as it is, so a declaration stands. Raises as ``take_newer`` does.
    """
    held = locked(risk, by)
    if not held.newer_is_undecided and seen and held.kept_out_hash == seen:
        return
    if not seen or held.newer_hash != seen:
        raise NewerChanged
    keep_typed(risk=held, boxes=boxes or {}, by=by, as_opened=as_opened)
    held.kept_out_hash = seen
    held.save(update_fields=["kept_out_hash"])
    audit.record(AuditAction.RISK_NEWER_KEPT_OUT, by=by, referral=held.referral_id, crn=held.crn)


NEWER = ["newer_answer", "newer_assessed_at", "newer_announced_at"]


def _forget_newer(risk: RiskInformation) -> None:
    """There is nothing newer than what is here any more."""
    risk.newer_answer, risk.newer_assessed_at, risk.newer_announced_at = {}, None, None
    risk.save(update_fields=NEWER)


def ask(crn: str, *, by: User, timeout: float | None) -> OasysSaid:
    """Ask OASys on behalf of ``by`` and put its answer into this app's words. Never raises for what OASys does."""
    answer: Risk = client.risk(crn, asker=by.ndelius_username, timeout=timeout)
    match answer:
        case Assessed():
            return OasysSaid(
                outcome=OasysOutcome.ASSESSED,
                sections=dict(answer.sections),
                levels_in_community={
                    group: level.value for group, level in answer.levels_in_community.items()
                },
                levels_in_custody={group: level.value for group, level in answer.levels_in_custody.items()},
                assessed_at=answer.assessed_at,
                is_partial=answer.is_partial or bool(answer.unknown_words),
                was_mended=answer.was_mended,
            )
        case NotCompleted():
            return OasysSaid(OasysOutcome.NOT_COMPLETED)
        case NoRecord():
            return OasysSaid(OasysOutcome.NO_RECORD)
        case NotPermitted():
            return OasysSaid(OasysOutcome.NOT_PERMITTED)
    return OasysSaid(_OUTCOMES.get(answer.reason, OasysOutcome.UNREACHABLE))


#: Where waiting does not help, or helps soon. All else: OASys cannot be reached for now.
_OUTCOMES = {
    Trouble.SLOW: OasysOutcome.TOO_SLOW,
    Trouble.MALFORMED: OasysOutcome.UNREADABLE,
    Trouble.SIGNED_OUT: OasysOutcome.REFUSED,
    Trouble.REJECTED: OasysOutcome.REFUSED,
    Trouble.CONFLICT: OasysOutcome.REFUSED,
    Trouble.NOT_CONNECTED: OasysOutcome.NOT_CONNECTED,
    Trouble.SIGN_IN_AGAIN: OasysOutcome.SIGN_IN_AGAIN,
}


def store(risk: RiskInformation, said: OasysSaid, by: User, *, at: datetime) -> None:
    """Put an answer under the sections as the one snapshot. Inside the caller's transaction."""
    snapshot, _ = RiskSnapshot.objects.update_or_create(
        risk=risk,
        defaults={
            "outcome": said.outcome,
            "assessed_at": said.assessed_at,
            "fetched_at": at,
            "fetched_by": by,
            "levels_in_community": said.levels_in_community,
            "levels_in_custody": said.levels_in_custody,
            "is_partial": said.is_partial,
            "was_mended": said.was_mended,
            "source_hash": said.source_hash,
            "level_hashes": said.level_hashes(risk.crn),
        },
    )
    snapshot.risk = risk  # so that the sections below are asked about in the light of this answer
    for section in RiskSection.objects.filter(risk=risk).exclude(key=SectionKey.ADDITIONAL_INFORMATION):
        section.risk = risk
        _place_under(section, said.sections.get(section.key, RiskAnswer()))


def _place_under(section: RiskSection, said: RiskAnswer) -> None:
    """Put OASys's words under what the practitioner decided, and re-open what they no longer decided about."""
    answer = said.answer.value if said.answer else ""
    text = said.text or ""
    changed = (section.source_answer, section.source_text) != (answer, text)
    section.source_answer, section.source_text = answer, text
    section.source_hash = keyed_hash([answer, text])
    if changed and section.state == SectionState.UNCHANGED:
        section.state = SectionState.UNREVIEWED
    if section.state == SectionState.NO_IDENTIFIED_RISK and not section.may_have_no_identified_risk:
        section.state = SectionState.UNREVIEWED  # OASys says Yes, or something, by now (decision R4)
    section.save(update_fields=["source_answer", "source_text", "source_hash", "state"])
    if changed:  # nor may an undo bring back a decision over words that are gone
        section.changes.filter(state_before=SectionState.UNCHANGED).update(
            state_before=SectionState.UNREVIEWED
        )
