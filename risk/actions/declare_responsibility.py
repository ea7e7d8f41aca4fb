"""Taking responsibility for sharing: the declaration over exactly what will be shared (decisions R5, R9)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import Refused
from risk import redaction
from risk.actions.change_section import (
    confirm_no_identified_risk,
    keep_typed,
    locked,
    void_declaration,
)
from risk.models import Declaration, RiskInformation, RiskSection, SectionState
from risk.wording import wording_of


class ChangedSinceSeen(Exception):
    """The content is no longer what stood on the page that was declared on. Nothing was declared."""


class NewerUndecided(Exception):
    """OASys says something newer, and nobody has decided whether to take it. Nothing was declared (decision R3)."""


@transaction.atomic
def save_and_declare(
    *,
    risk: RiskInformation,
    texts: dict[str, str],
    by: User,
    wording_version: str,
    as_opened: Mapping[str, RiskSection] | None = None,
    seen: str | None = None,
    without_risk: Iterable[str] = (),
) -> Declaration:
    """Keep the text of every box that was changed, and declare the whole, or do neither (decision R5).

    ``without_risk``: sections that were each ticked as having no identified risk (decision R7).

    ``as_opened``: the sections that the page showed. Raises SavedMeanwhile when a changed one is another by now.
    ``seen``: the content hash of the page; raises ChangedSinceSeen when the content was changed elsewhere meanwhile,
    be it only in what is not typed. The same page saved twice gives the one declaration. Raises NewerUndecided.
    """
    held = locked(risk, by)
    if held.newer_is_undecided:
        raise NewerUndecided
    sections = held.in_order()
    if seen is not None and not redaction.is_hash_of(sections, seen):
        standing = redaction.standing_declaration(held)
        says_the_same = all(texts.get(one.key, one.box_text) == one.box_text for one in sections)
        if standing is None or not says_the_same or not redaction.is_declared(held):
            raise ChangedSinceSeen
        return standing
    keep_typed(risk=risk, boxes=texts, by=by, as_opened=as_opened)
    for key in without_risk:
        confirm_no_identified_risk(risk=risk, key=key, by=by)
    return declare(risk=risk, by=by, wording_version=wording_version)


@transaction.atomic
def save_all(
    *,
    risk: RiskInformation,
    texts: dict[str, str],
    by: User,
    as_opened: Mapping[str, RiskSection] | None = None,
    seen: str | None = None,
    without_risk: Iterable[str] = (),
) -> None:
    """Keep the text of every box of a corrected version. It is declared when it is shared.

    Raises as ``save_and_declare`` does. The same page saved twice changes nothing.
    """
    held = locked(risk, by)
    if held.newer_is_undecided:
        raise NewerUndecided
    sections = held.in_order()
    is_other = seen is not None and not redaction.is_hash_of(sections, seen)
    if is_other and any(texts.get(one.key, one.box_text) != one.box_text for one in sections):
        raise ChangedSinceSeen
    keep_typed(risk=risk, boxes=texts, by=by, as_opened=as_opened)
    for key in without_risk:
        confirm_no_identified_risk(risk=risk, key=key, by=by)


@transaction.atomic
def declare(*, risk: RiskInformation, by: User, wording_version: str, seen: str | None = None) -> Declaration:
    """Declare the content as it is now. Sections not touched count as reviewed and shared as in OASys.

    ``seen`` is the content hash of the page that was declared on; when the content changed since, nobody may
    declare what they did not see. Raises NewerUndecided while OASys says something newer that was neither taken nor
    kept out, and Refused when a section is still to be decided or too long.
    """
    held = locked(risk, by)
    sections = held.in_order()
    if wording_version != wording_of(held).version:  # who agrees now, agrees to the words of now
        raise Refused("Read the declaration again and tick it.", code="other_wording")
    if held.newer_is_undecided:
        raise NewerUndecided
    if seen is not None and not redaction.is_hash_of(sections, seen):
        raise ChangedSinceSeen
    if any(redaction.undecided(section) for section in sections):
        raise Refused("You still need to decide some sections.", code="undecided")
    if any(redaction.too_long(section) for section in sections):
        raise Refused("Some sections are too long to share.", code="too_long")
    RiskSection.objects.filter(risk=held, state=SectionState.UNREVIEWED).update(state=SectionState.UNCHANGED)
    void_declaration(held)
    declaration = Declaration.objects.create(
        risk=held,
        declared_by=by,
        wording_version=wording_version,
        content_hash=redaction.content_hash(sections),
        sections_changed=redaction.changes(sections).sections,
    )
    audit.record(
        AuditAction.RISK_DECLARED,
        by=by,
        referral=held.referral_id,
        crn=held.crn,
        wording=wording_version,
        sections_changed=declaration.sections_changed,
        content_hash=declaration.content_hash,
    )
    return declaration
