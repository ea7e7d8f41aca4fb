"""Every change that a practitioner makes to a section: edit, remove, no identified risk, revert, undo.

Each is one transaction that checks the author, keeps what stood before, voids the declaration and audits who
did what to which section, never the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import Refused
from prepared.queries import PreparedQuery
from risk import policies
from risk.models import (
    Cause,
    Declaration,
    RiskInformation,
    RiskSection,
    SectionChange,
    SectionKey,
    SectionState,
)
from risk.models.section import LONGEST_SHARED_TEXT, NO_ANSWER
from risk.redaction import ProposedSection, as_in_oasys
from risk.spans import Span, put_instead, take_out

Act = Callable[..., bool]
HISTORY_KEPT = 100  # changes a section; older ones are thinned

RECORDED_AS = {
    Cause.EDIT: AuditAction.RISK_EDITED,
    Cause.REMOVE: AuditAction.RISK_REMOVED,
    Cause.NO_IDENTIFIED_RISK: AuditAction.RISK_NONE_IDENTIFIED,
    Cause.REVERT: AuditAction.RISK_REVERTED,
    Cause.UNDO: AuditAction.RISK_UNDONE,
    Cause.TAKE_OUT: AuditAction.RISK_EDITED,
    Cause.SAY_INSTEAD: AuditAction.RISK_EDITED,
}


class SavedMeanwhile(Exception):
    """Another tab saved this section after the page was opened. Nothing was changed."""


@transaction.atomic
def edit_section(
    *, risk: RiskInformation, key: str, text: str, by: User, as_opened: RiskSection | None = None
) -> bool:
    """Keep the practitioner's words for a section. An emptied box is a removal (decision R4).

    Returns False, and changes nothing, when the text is what already stands in the box. Raises Refused when the
    text is longer than may be shared (decision R8); forms say so first. ``as_opened`` is the section that the page
    showed: raises SavedMeanwhile when it is another by now. Only here, under the lock, is that certain.
    """
    section = _locked(risk, key, by)
    if text == section.box_text:
        return False
    if as_opened is not None and _content(as_opened) != _content(section):
        raise SavedMeanwhile
    if not text.strip():
        return _change(section, Cause.REMOVE, SectionState.REMOVED, "", by)
    if len(text) > LONGEST_SHARED_TEXT:
        raise Refused(f"A section can be at most {LONGEST_SHARED_TEXT:,} characters long.", code="too_long")
    if text == section.source_text and not section.own_answer:
        return _change(section, Cause.REVERT, SectionState.UNCHANGED, "", by)
    return _change(section, Cause.EDIT, SectionState.EDITED, text, by, own_answer=section.own_answer)


class WordsGone(Exception):
    """The words that a button is about no longer stand in the section. Nothing was changed."""


@transaction.atomic
def change_words(
    *,
    risk: RiskInformation,
    key: str,
    find: Callable[[str], Iterable[Span]],
    instead: str,
    by: User,
    press: UUID,
) -> None:
    """Put other words where a section's text holds a sensitive detail, or take it out (``instead`` empty; R12).

    ``find`` says where the detail is in the text as it stands under the lock. Raises WordsGone when it is not there.
    ``press``: one name for all that one press changes, so that one undo takes all of it back. OASys's own text may
    stay longer than may be shared; the declaration refuses that.
    """
    section = _locked(risk, key, by)
    spans = list(find(section.box_text))
    if not spans:
        raise WordsGone
    text = put_instead(section.box_text, spans, instead) if instead else take_out(section.box_text, spans)
    cause = Cause.SAY_INSTEAD if instead else Cause.TAKE_OUT
    if not text.strip():
        _change(section, cause, SectionState.REMOVED, "", by, press)
    else:
        _change(section, cause, SectionState.EDITED, text, by, press, own_answer=section.own_answer)


@transaction.atomic
def remove_section(*, risk: RiskInformation, key: str, by: User) -> bool:
    """Share neither the answer nor the text of a section, on purpose."""
    return _change(_locked(risk, key, by), Cause.REMOVE, SectionState.REMOVED, "", by)


@transaction.atomic
def confirm_no_identified_risk(*, risk: RiskInformation, key: str, by: User) -> bool:
    """Say that no risk is identified in this section (seed: risk newsletter).

    Raises Refused unless OASys answered, and holds neither a Yes nor text.
    """
    section = _locked(risk, key, by)
    code, reason = policies.why_not_no_identified_risk(section)
    if code:
        raise Refused(reason, code=code)
    return _change(section, Cause.NO_IDENTIFIED_RISK, SectionState.NO_IDENTIFIED_RISK, "", by)


@transaction.atomic
def revert_section(*, risk: RiskInformation, key: str, by: User) -> bool:
    """Go back to what OASys has (decision R6); where it says nothing, or that it does not know, to be decided again.

    Where OASys gives nothing the section is empty then, as it was at first. Undo takes the revert back.
    """
    section = _locked(risk, key, by)
    state = SectionState.UNREVIEWED if section.needs_decision else SectionState.UNCHANGED
    return _change(section, Cause.REVERT, state, "", by)


@transaction.atomic
def share_as_before(*, risk: RiskInformation, key: str, by: User, shared: ProposedSection) -> bool:
    """In a corrected version: go back to what is shared of a section now. Undo takes it back."""
    section = _locked(risk, key, by)
    state, text, own_answer = as_shared(section, shared)
    return _change(section, Cause.REVERT, state, text, by, own_answer=own_answer)


def as_shared(section: RiskSection, shared: ProposedSection) -> tuple[SectionState, str, str]:
    """State, text and own answer by which a section is shared as it was: with OASys's words where it says just that."""
    if shared.no_identified_risk:
        return SectionState.NO_IDENTIFIED_RISK, "", ""
    if section.key == SectionKey.ADDITIONAL_INFORMATION and not shared.text:
        return SectionState.UNCHANGED, "", ""
    if not shared.answer and not shared.text:
        return SectionState.REMOVED, "", ""
    if shared == as_in_oasys(section) and not section.needs_decision:
        return SectionState.UNCHANGED, "", ""
    return SectionState.EDITED, shared.text, shared.answer or NO_ANSWER


@transaction.atomic
def undo_last_change(*, risk: RiskInformation, key: str, by: User) -> bool:
    """Take back the last change to a section; a revert can be taken back too. False when there is none."""
    section = _locked(risk, key, by)
    last = section.changes.filter(undone_at__isnull=True).order_by("-number").first()
    if last is None:
        return False
    _undo(section, last, by)
    for other in _others_of_the_press(risk, last):
        _undo(_locked(risk, other.section.key, by), other, by)
    return True


def _undo(section: RiskSection, change: SectionChange, by: User) -> None:
    change.undone_at = timezone.now()
    change.save(update_fields=["undone_at"])
    _write(section, _state_again(section, change), change.text_before, change.own_answer_before, by)
    audit.record(
        AuditAction.RISK_UNDONE,
        by=by,
        referral=section.risk.referral_id,
        section=section.key,
        cause=change.cause,
    )


def _others_of_the_press(risk: RiskInformation, change: SectionChange) -> list[SectionChange]:
    """What the same press changed in other sections, where nothing was changed since."""
    if change.press is None:
        return []
    standing = SectionChange.objects.filter(section__risk=risk, undone_at__isnull=True)
    others = standing.filter(press=change.press).exclude(section=change.section_id).select_related("section")
    return [
        other
        for other in others
        if not standing.filter(section=other.section_id, number__gt=other.number).exists()
    ]


def _undo_typing(section: RiskSection, by: User) -> bool:
    """Take back what was typed a moment ago, as a change of its own: the next undo brings it back."""
    last = section.changes.order_by("-number")[0]
    state, answer = _state_again(section, last), last.own_answer_before
    return _change(section, Cause.UNDO, state, last.text_before, by, own_answer=answer)


def _state_again(section: RiskSection, change: SectionChange) -> SectionState:
    """The state before a change, unless what OASys says by now no longer allows it."""
    state = SectionState(change.state_before)
    if state == SectionState.NO_IDENTIFIED_RISK and not section.may_have_no_identified_risk:
        return SectionState.UNREVIEWED
    return state


@transaction.atomic
def press_button(
    *,
    risk: RiskInformation,
    key: str,
    act: Act,
    boxes: Mapping[str, str],
    by: User,
    as_opened: Mapping[str, RiskSection] | None = None,
) -> bool:
    """Keep what was typed in the boxes of the page, then do what a section's button says; or do neither.

    What was typed in the section's own box is kept first too, so that undoing the button brings it back; of what was
    typed and not saved, the button "Undo" takes back the typing alone.
    ``as_opened``: the sections that the page showed. Raises SavedMeanwhile when a box is another by now.
    """
    was_typed = keep_typed(risk=risk, boxes=boxes, by=by, as_opened=as_opened)
    if act is undo_last_change and key in was_typed:
        return _undo_typing(_locked(risk, key, by), by)
    return act(risk=risk, key=key, by=by)


@transaction.atomic
def keep_typed(
    *,
    risk: RiskInformation,
    boxes: Mapping[str, str],
    by: User,
    as_opened: Mapping[str, RiskSection] | None = None,
) -> set[str]:
    """Keep what was typed in the boxes of a page; the keys of those that it changed. Part of what a button does."""
    return {
        key
        for key, text in boxes.items()
        if edit_section(risk=risk, key=key, text=text, by=by, as_opened=(as_opened or {}).get(key))
    }


def void_declaration(risk: RiskInformation) -> None:
    """No declaration stands over content that changed (decision R9)."""
    Declaration.objects.filter(risk=risk, voided_at__isnull=True).update(voided_at=timezone.now())


_LOCKED = PreparedQuery(lambda key: RiskInformation.objects.select_for_update().filter(pk=key))


def locked_row(risk_id: UUID) -> RiskInformation:
    """The row, locked for this transaction, whoever asks. Raises RiskInformation.DoesNotExist."""
    assert connection.in_atomic_block, "outside a transaction the lock would end at once"
    for held in _LOCKED.rows(key=risk_id):
        return held
    raise RiskInformation.DoesNotExist


def locked(risk: RiskInformation, by: User) -> RiskInformation:
    """Lock the risk information for this transaction. Raises Refused for anybody but its author, or once sent."""
    held = locked_row(risk.pk)
    if not policies.may_change(by, held):
        raise Refused("You can no longer change this risk information.", code="not_changeable")
    return held


def _locked(risk: RiskInformation, key: str, by: User) -> RiskSection:
    held = locked(risk, by)
    section = RiskSection.objects.select_for_update().get(risk=held, key=key)
    section.risk = held
    return section


def _content(section: RiskSection) -> tuple[str, str, str, str]:
    return section.state, section.text, section.own_answer, section.source_text


def _change(
    section: RiskSection,
    cause: Cause,
    state: SectionState,
    text: str,
    by: User,
    press: UUID | None = None,
    *,
    own_answer: str = "",
) -> bool:
    if (section.state, section.text, section.own_answer) == (state, text, own_answer):
        return False
    latest = section.changes.order_by("-number").first()
    number = latest.number + 1 if latest else 1
    SectionChange.objects.create(
        section=section,
        number=number,
        cause=cause,
        state_before=section.state,
        text_before=section.text,
        own_answer_before=section.own_answer,
        press=press,
        made_by=by,
    )
    section.changes.filter(number__lte=number - HISTORY_KEPT).delete()
    _write(section, state, text, own_answer, by)
    audit.record(
        RECORDED_AS[cause],
        by=by,
        referral=section.risk.referral_id,
        section=section.key,
        state=state,
        characters=len(text),
    )
    return True


def _write(section: RiskSection, state: SectionState, text: str, own_answer: str, by: User) -> None:
    section.state, section.text, section.own_answer = state, text, own_answer
    section.changed_by, section.changed_at = by, timezone.now()
    section.save(update_fields=["state", "text", "own_answer", "changed_by", "changed_at"])
    void_declaration(section.risk)
