"""Changing one item of a referral after it was sent (decision M2): the practitioner's, with a reason, before and after.

The received referral holds the current values, so that is what changes. What was sent stays provable: the change log
keeps what was overwritten (``monitoring.actions.as_sent``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from events import outbox
from events.refusals import OutOfDate, Refused
from interventions.models import ComplexityLevel, DesiredOutcome
from monitoring.access.responsible_staff import caseworker_as_receiver
from monitoring.actions import transition as moving
from monitoring.actions.idempotency import already_made
from monitoring.actions.record_change import THE_SERVICE, record_change
from monitoring.actions.record_disclosure import record_changed
from monitoring.actions.write_action_plan import record_plan_change
from monitoring.handover.acceptance import LONGEST_TEXT, accept
from monitoring.models import (
    ReceivedOutcome,
    ReceivedReferral,
    ReceivedService,
    ReferralChange,
    Topic,
)
from monitoring.rules import amendments as rules
from monitoring.rules.amendments import Amendment, NewComplexity, NewOutcomes, NewPractitioner, OfAService
from monitoring.rules.moves import Move, is_allowed

#: Outbox kinds. Payload: ``change``, an id.
TO_CASEWORKER = "email.referral_changed"
TO_PRACTITIONER = "email.completion_date_changed"
NOTHING_CHANGED = "Nothing has changed"
CHANGED_MEANWHILE = "Someone else changed this after you opened the page. Your change has not been saved."


class ChangedMeanwhile(OutOfDate):
    """Somebody else changed the same item since the page was shown. Nothing was changed by this one."""


class NothingChanged(Refused):
    """The new value is the present one."""


class NotPossible(Refused):
    """The value is not one that this referral can have: nothing that a page offers."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One item as it stands now, and in words."""

    amendment: Amendment
    words: str
    service: ReceivedService | None = None


@transaction.atomic
def amend_referral(
    *,
    received: ReceivedReferral,
    amendment: Amendment,
    reason: str,
    seen: str,
    form_key: UUID,
    by: User,
    at: datetime | None = None,
) -> ReferralChange:
    """Change one item. The same form again answers what it changed, or raises SentBefore for other words.

    ``seen``: the version of the item that the page showed (``Amendment.seen_as``); ``by`` follows the case, which the
    page has checked. Raises ChangedMeanwhile, NothingChanged, NotPossible, and Refused where the stage does not allow
    it.
    """
    held = moving.hold(received, by=by)
    if not by.is_practitioner:
        raise Refused("Only a probation practitioner can change a referral.", code="audience")
    standing = standing_of(held, type(amendment), _category(amendment))
    after, now = words_for(held, amendment, standing), at or timezone.now()
    already = already_made(
        ReferralChange.objects.unscoped(),
        form_key,
        of={
            "received_id": held.pk,
            "by_id": by.pk,
            "topic": amendment.topic,
            "category_id": _category(amendment),
        },
        said={"after": after, "reason": reason},
    )
    if already is not None:
        return already
    if refused := rules.why_not_now(amendment.topic, held):
        raise Refused(refused, code="stage")
    if seen != standing.amendment.seen_as():
        raise ChangedMeanwhile(CHANGED_MEANWHILE)
    if amendment.same_as(standing.amendment):
        raise NothingChanged(f"{NOTHING_CHANGED}.", code="nothing_changed")
    if not reason.strip() or len(reason) > LONGEST_TEXT:
        raise Refused(f"The reason must be between 1 and {LONGEST_TEXT:,} characters.", code="reason")
    _check(held, amendment, today=timezone.localdate(now))
    change = apply(held, amendment, standing, after=after, reason=reason, by=by, at=now, form_key=form_key)
    _tell(held, change, by=by)
    moving.finish(held)
    return change


@transaction.atomic
def replace_practitioner(
    *, received: ReceivedReferral, practitioner: NewPractitioner, reason: str, by: User
) -> ReferralChange | None:
    """Name another practitioner for the service provider, for an administrator who gives somebody's cases to another.

    Answers nothing, and changes nothing, where the case has ended or names that one already.
    """
    held = moving.hold(received, by=by)
    standing = standing_of(held, NewPractitioner)
    if rules.why_not_now(practitioner.topic, held) or practitioner.same_as(standing.amendment):
        return None
    change = apply(
        held, practitioner, standing, after=practitioner.words(), reason=reason, by=by, at=timezone.now()
    )
    _tell(held, change, by=by)
    return change


def apply(
    held: ReceivedReferral,
    amendment: Amendment,
    standing: Standing,
    *,
    after: str,
    reason: str,
    by: User | None,
    at: datetime,
    form_key: UUID | None = None,
    source: str = THE_SERVICE,
    parts: Sequence[str] = (),
) -> ReferralChange:
    """Write the item of a locked case and keep the change. Whom it concerns is told by the caller.

    ``source`` and ``parts``: as ``record_change`` and ``record_changed`` have them.
    """
    replaced = _write(held, amendment, standing, at=at)
    accept(held.as_handover())
    change = record_change(
        held,
        topic=amendment.topic,
        before=standing.words,
        after=after,
        reason=reason,
        by=by,
        at=at,
        service=standing.service,
        replaced=replaced,
        form_key=form_key,
        source=source,
    )
    record_changed(change, by=by, at=at, parts=parts)
    if by is not None:
        _ask_for_a_plan(held, change, by=by)
    return change


def standing_of(
    received: ReceivedReferral, kind: type[Amendment], category_id: int | None = None
) -> Standing:
    """One item of a referral as it stands now. Raises NotPossible for a service that the referral does not have."""
    if not issubclass(kind, OfAService):
        standing = kind.standing(received)
        return Standing(standing, standing.words())
    service = received.services.filter(category=category_id).first()
    if service is None:
        raise NotPossible("This service is not part of the referral.", code="service")
    if kind is NewComplexity:
        level = NewComplexity(service.category_id, service.complexity_level_id)
        return Standing(level, service.complexity_title, service)
    there = [*service.outcomes.all()]
    ids = tuple(sorted(one.outcome_id for one in there))
    return Standing(NewOutcomes(service.category_id, ids), "\n".join(one.text for one in there), service)


def words_for(received: ReceivedReferral, amendment: Amendment, standing: Standing) -> str:
    """The new value as pages will show it; levels and outcomes in the words of the catalogue."""
    if isinstance(amendment, NewComplexity):
        return _level(received, amendment, standing).title
    if isinstance(amendment, NewOutcomes):
        return "\n".join(one.text for one in _outcomes(received, amendment, standing))
    return amendment.words()


def _category(amendment: Amendment) -> int | None:
    return amendment.category_id if isinstance(amendment, OfAService) else None


def _level(received: ReceivedReferral, amendment: NewComplexity, standing: Standing) -> ComplexityLevel:
    """One of those offered, or the present one, which need not be offered any more."""
    assert standing.service is not None
    offered = received.contract.complexity_levels_for(standing.service.category)
    known = {level.pk: level for level in (standing.service.complexity_level, *offered)}
    if amendment.complexity_level_id not in known:
        raise NotPossible("This service does not have this complexity level.", code="level")
    return known[amendment.complexity_level_id]


def _outcomes(received: ReceivedReferral, amendment: NewOutcomes, standing: Standing) -> list[DesiredOutcome]:
    """In the order of the catalogue: of those offered and the present ones, which need not be offered any more."""
    assert standing.service is not None
    assert isinstance(standing.amendment, NewOutcomes)
    offered = received.contract.outcomes_for(standing.service.category, chosen=standing.amendment.outcomes)
    known = {outcome.pk: outcome for outcome in offered}
    if not amendment.outcomes or not set(amendment.outcomes) <= set(known):
        raise NotPossible("Select at least one of the outcomes of this service.", code="outcomes")
    return [known[pk] for pk in sorted(set(amendment.outcomes))]


def _check(held: ReceivedReferral, amendment: Amendment, *, today: date) -> None:
    """What the pages' forms check as well: days that have passed, and answers that must be there."""
    for field in fields(amendment):
        value = getattr(amendment, field.name)
        if isinstance(value, date) and value < today:
            raise NotPossible("The date must be today or in the future.", code="date")
    needed = {
        Topic.REASON_FOR_REFERRAL, Topic.FURTHER_INFORMATION, Topic.ESTABLISHMENT, Topic.PRACTITIONER_NAME,
        Topic.RELEASE_DATE, Topic.EXPECTED_OFFICE,
    }  # fmt: skip
    if amendment.topic in needed and not any(getattr(amendment, field.name) for field in fields(amendment)):
        raise NotPossible("This detail must not be empty.", code="empty")


def _write(
    held: ReceivedReferral, amendment: Amendment, standing: Standing, *, at: datetime
) -> Mapping[str, object]:
    """Overwrite the item; answers what stood there."""
    if isinstance(amendment, NewComplexity):
        assert standing.service is not None
        return _write_level(standing.service, _level(held, amendment, standing))
    if isinstance(amendment, NewOutcomes):
        assert standing.service is not None
        return _write_outcomes(standing.service, _outcomes(held, amendment, standing), at=at)
    new = {name: value for name, value in amendment.columns().items() if getattr(held, name) != value}
    replaced = {name: _as_json(getattr(held, name)) for name in new}
    for name, value in new.items():
        setattr(held, name, value)
    held.save(update_fields=[*new])
    return replaced


def _write_level(service: ReceivedService, level: ComplexityLevel) -> Mapping[str, object]:
    names = ("complexity_level_id", "complexity", "complexity_title", "complexity_description")
    replaced = {name: getattr(service, name) for name in names}
    service.complexity_level, service.complexity = level, level.level
    service.complexity_title, service.complexity_description = level.title, level.description
    service.save(update_fields=names)
    return replaced


def _write_outcomes(
    service: ReceivedService, wanted: list[DesiredOutcome], *, at: datetime
) -> Mapping[str, object]:
    """Take off, put back, add. Nothing is deleted: submitted plans name their outcomes."""
    rows = ReceivedOutcome.objects.unscoped().filter(service=service)
    replaced = [[one.outcome_id, one.text] for one in service.outcomes.all()]
    keys = [outcome.pk for outcome in wanted]
    rows.filter(removed_at=None).exclude(outcome__in=keys).update(removed_at=at)
    rows.filter(outcome__in=keys).update(removed_at=None)
    there = {*rows.values_list("outcome", flat=True)}
    last = rows.aggregate(last=Max("position"))["last"]
    following = -1 if last is None else last
    ReceivedOutcome.objects.unscoped().bulk_create(
        ReceivedOutcome(service=service, outcome=outcome, text=outcome.text, position=following + place)
        for place, outcome in enumerate((one for one in wanted if one.pk not in there), start=1)
    )
    return {"outcomes": replaced}


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _ask_for_a_plan(held: ReceivedReferral, change: ReferralChange, *, by: User) -> None:
    """A plan that was submitted before does not know of the change: ask for a new version (decision M1)."""
    sentence = rules.ASK_FOR_A_PLAN.get(Topic(change.topic))
    if sentence is None or not is_allowed(Move.ASK_FOR_PLAN_CHANGE, held):
        return
    text = sentence.format(category=change.category_name, before=change.before, after=change.after)
    record_plan_change(held, text=text, by=by, form_key=change.pk, at=change.at)


def _tell(held: ReceivedReferral, change: ReferralChange, *, by: User) -> None:
    """The caseworker, of every change; the practitioner, of a completion date that somebody else changed."""
    outbox.enqueue(
        TO_CASEWORKER,
        key=f"{TO_CASEWORKER}:{change.pk}",
        referral=held.pk,
        receiver=caseworker_as_receiver(held.caseworker_id),
        payload={"change": str(change.pk)},
    )
    is_their_own = by.email.casefold() == held.practitioner_email.casefold()
    if change.topic == Topic.COMPLETION_DATETIME and held.practitioner_email and not is_their_own:
        outbox.enqueue(
            TO_PRACTITIONER,
            key=f"{TO_PRACTITIONER}:{change.pk}",
            referral=held.pk,
            payload={"change": str(change.pk)},
        )
