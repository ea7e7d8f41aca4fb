"""Saving the answers of one page of a draft."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from referrals.access.lock_draft import locked
from referrals.access.scope import load_services
from referrals.journey.answers import Services
from referrals.journey.store import DraftStore, fingerprint
from referrals.journey.structure import Journey, PlacedStep
from referrals.models import Referral
from risk.reading import load_what_stands
from risk.redaction import keyed_hash


class SavedMeanwhile(Exception):
    """Another tab saved other answers to this question after the page was opened. Nothing was changed."""


class DeletesAnswers(Exception):
    """The answer would delete answers to other questions, and that was not confirmed. Nothing was changed."""

    def __init__(self, lost: tuple[tuple[str, int | None], ...], confirmation: str) -> None:
        super().__init__(lost)
        self.lost = lost  # the slug and the service's category of each question
        self.confirmation = confirmation


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft after a page was saved, and what its other questions lost or gained by it."""

    draft: Referral
    deleted: tuple[str, ...] = ()  # questions whose answers were deleted, because they no longer apply
    opened: tuple[str, ...] = ()  # questions that apply since a mind was changed, and have no answer yet


@transaction.atomic
def answer_question(
    *,
    journey: Journey,
    draft: Referral,
    placed: PlacedStep,
    answers: Any,
    by: User,
    as_opened: str,
    confirmed: Collection[str] | None = None,
) -> Saved:
    """Save one page's answers, and clear the answers to questions that no longer apply because of them.

    ``as_opened``: the fingerprint of the answers that the page showed. Raises SavedMeanwhile when others were saved
    since (not checked when empty), DeletesAnswers unless exactly these losses were ``confirmed`` (None: nobody is
    there to ask), Gone once sent, Refused for anybody but the author.
    """
    held = locked(draft, by)
    load_services(held)
    # Whether risk is declared is asked before and after, and of what is answered here. It does not change meanwhile.
    load_what_stands(held.risk)
    stood = {**vars(held)}
    service = held.services.get(pk=placed.service.pk) if placed.service else None
    store = DraftStore(held)
    standing = store.read(placed.page.answers, service)
    if as_opened and fingerprint(standing) != as_opened and standing != answers:
        raise SavedMeanwhile
    before = journey.on(held, by, timezone.localdate())
    lost_if_left_out = {_key(one): one for one in before.steps}
    answered = {key for key, one in lost_if_left_out.items() if before.is_answered(one)}
    held_answers = {
        key: fingerprint(before.answers(one))
        for key, one in lost_if_left_out.items()
        if store.holds(one.page.answers, one.service)
    }
    store.write(answers, service)
    if service is not None or isinstance(answers, Services):
        load_services(held)
    after = journey.on(held, by, timezone.localdate())
    asked_now = {_key(one): one for one in after.steps}
    left_out = [one for key, one in lost_if_left_out.items() if key not in asked_now]
    lost = {_key(one): held_answers[_key(one)] for one in left_out if _key(one) in held_answers}
    confirmation = keyed_hash([[*key, value] for key, value in lost.items()])[:32] if lost else ""
    if confirmed is not None and lost and confirmation not in confirmed:
        raise DeletesAnswers(tuple(lost), confirmation)
    services_there = set(held.services.values_list("pk", flat=True))
    for one in left_out:
        if one.service is None or one.service.pk in services_there:  # answers of a service went with it
            store.clear(one.page.answers, one.service)
    if left_out:
        load_services(held)
    held.changed_at = timezone.now()
    settled = {one.step.slug for one in (placed, *left_out)}
    held.changed_outside = [kept for kept in held.changed_outside if kept["question"] not in settled]
    changed = [field.name for field in held._meta.concrete_fields if _differs(held, stood, field.attname)]
    held.save(update_fields=changed)
    audit.record(AuditAction.DRAFT_ANSWERED, by=by, referral=held.pk, crn=held.crn, question=placed.step.slug)
    return Saved(
        held,
        deleted=tuple(before.asked_of_anybody(one) for one in left_out if _key(one) in lost),
        opened=tuple(
            after.asked_of_anybody(one)
            for key, one in asked_now.items()
            if _key(placed) in answered and key not in lost_if_left_out and not after.is_answered(one)
        ),
    )


def _differs(held: Referral, stood: dict[str, Any], column: str) -> bool:
    now = vars(held)
    return column in now and (column not in stood or now[column] != stood[column])


def _key(placed: PlacedStep) -> tuple[str, int | None]:
    return placed.step.slug, placed.service.category_id if placed.service else None
