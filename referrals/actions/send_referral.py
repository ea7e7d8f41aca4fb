"""Sending a referral: everything checked again, handed over through the one door, once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit, outbox
from events.models import AuditAction
from events.refusals import Gone, Refused
from monitoring.actions.announce import Event, announce
from monitoring.actions.receive_referral import REFERRAL_RECEIVED, ReferenceTaken, receive
from monitoring.models import ReceivedReferral
from referrals.access import policies
from referrals.access.lock_draft import locked_row
from referrals.access.scope import load_services
from referrals.handover import reference_number
from referrals.handover.build_handover import hand_over
from referrals.journey.structure import Progress
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import KeptText, Referral
from referrals.pulls import differences
from referrals.sensitive_details.undecided import Undecided, count_undecided
from referrals.typed_text.unsaved_text import seen_as, unsaved_texts
from risk import redaction, source_text
from risk.actions.change_section import locked_row as locked_risk
from risk.models import RiskInformation
from risk.reading import load_what_stands

DRAWS = 10  # reference numbers tried before giving up; live service draws as often

#: Outbox kind: writes the referral into nDelius.
NDELIUS_REFERRAL = "ndelius.referral"


class TypedMeanwhile(Exception):
    """Text was typed and not saved, and its author was not told that sending deletes it. Nothing was sent."""


class FactsChanged(Exception):
    """Another system says something else than this draft, and its author was not shown it. Nothing was sent."""


class LeftUndecided(Exception):
    """Details that may be sensitive are undecided, and its author was not told how many. Nothing was sent."""

    def __init__(self, undecided: Undecided) -> None:
        super().__init__("left undecided")
        self.undecided = undecided


@transaction.atomic
def send_referral(
    *,
    draft: Referral,
    by: User,
    at: datetime | None = None,
    unsaved_seen: str | None = None,
    undecided_seen: str | None = None,
    facts_seen: str | None = None,
) -> Referral:
    """Send a complete, declared draft. Sending again returns the referral as sent and changes nothing (decision F7).

    Sending deletes what was typed and not saved: raises TypedMeanwhile unless exactly that was shown before
    (``unsaved_seen``, see ``unsaved_text.seen_as``; None: there is nobody to show it to). Raises LeftUndecided unless
    exactly as many undecided details were named before (``undecided_seen``; decision R12), and FactsChanged unless
    exactly what other systems say otherwise was shown (``facts_seen``, see ``differences.seen_as``). Raises Refused
    when something is missing or undeclared, Gone when the contract no longer takes referrals.
    """
    held = locked_row(draft.pk)
    if held.created_by_id == by.pk and held.is_sent:
        return held
    if not policies.may_send(by, held):
        raise Refused("Only the person who started this referral can send it.", code="not_author")
    # Changes to risk information lock only that: an edit at the same moment is before us or after, never in between.
    held.risk = locked_risk(held.risk_id)
    now = at or timezone.now()
    progress = _read_once(held, by, now)
    _check_complete(progress, now)
    if facts_seen is not None and facts_seen != differences.seen_as(held):
        raise FactsChanged
    if unsaved_seen is not None:
        _check_unsaved(progress, by, unsaved_seen)
    try:
        redacted = redaction.redacted(held.risk)
    except redaction.NotDeclared:
        raise Refused(
            "The risk information changed after you took responsibility for it. Review it and confirm again.",
            code="not_declared",
        ) from None
    if undecided_seen is not None:
        _check_undecided(held, by, undecided_seen)
    received = _receive(held, redacted, by, now)
    held.answers_as_sent = progress.played_back()
    held.reference, held.received, held.sent_at = received.reference, received, now
    held.changed_at = now
    held.save(update_fields=["answers_as_sent", "reference", "received", "sent_at", "changed_at"])
    _delete_source_text(held, by, now)
    outbox.enqueue_all(
        outbox.entry(NDELIUS_REFERRAL, key=f"{NDELIUS_REFERRAL}:{held.pk}", referral=held.pk),
        outbox.entry(REFERRAL_RECEIVED, key=f"{REFERRAL_RECEIVED}:{received.pk}", referral=received.pk),
    )
    announce(Event.SENT, received)
    audit.record(AuditAction.REFERRAL_SENT, by=by, referral=held.pk, crn=held.crn, version=1)
    return held


def _read_once(held: Referral, by: User, now: datetime) -> Progress:
    """Everything that is checked and handed over, read under the locks: nothing of it is read again after this."""
    load_services(held)
    load_what_stands(held.risk)
    for declaration in held.risk.declarations.all():
        if declaration.declared_by_id == by.pk:
            declaration.declared_by = by
    return MAKE_A_REFERRAL.on(held, by, timezone.localdate(now))


def _check_complete(progress: Progress, now: datetime) -> None:
    if why_not := progress.draft.contract.why_not_open(timezone.localdate(now)):
        raise Gone(why_not)
    missing = progress.first_unanswered
    if missing is not None:
        question = missing.page.asked(progress.situation_at(missing))
        raise Refused(f"This referral is not complete yet. Still to do: {question}", code="incomplete")


def _check_unsaved(progress: Progress, by: User, shown: str) -> None:
    if seen_as(unsaved_texts(progress, by)) != shown:
        raise TypedMeanwhile


def _check_undecided(draft: Referral, by: User, shown: str) -> None:
    undecided = count_undecided(draft, by)
    if undecided.total and shown != str(undecided.total):
        raise LeftUndecided(undecided)


def _receive(draft: Referral, redacted: redaction.RedactedRisk, by: User, now: datetime) -> ReceivedReferral:
    """Hand over under a reference number that nobody has yet."""
    for _ in range(DRAWS):
        reference = reference_number.draw(draft.contract.contract_type.reference_suffix)
        handover = hand_over(draft, redacted, reference=reference, sent_by=by, at=now)
        try:
            return receive(handover, sent_by_user=by, at=now)
        except ReferenceTaken:
            continue
    raise Refused("We could not find a free reference number. Send the referral again.", code="no_reference")


def _delete_source_text(draft: Referral, by: User, now: datetime) -> None:
    """Delete what OASys said, wherever it stands; what was shared is on the supplier's side (decision R10)."""
    KeptText.objects.filter(referral=draft).delete()
    emptied = source_text.purge(draft.pk)
    RiskInformation.objects.filter(pk=draft.risk_id).update(purged_at=now)
    # Nor does the value that is handed back hold any of it: whoever goes on with it reads what is there now.
    draft.oasys_needs = None
    Referral._meta.get_field("risk").delete_cached_value(draft)
    audit.record(AuditAction.RISK_SOURCE_PURGED, by=by, referral=draft.pk, crn=draft.crn, rows=emptied)
