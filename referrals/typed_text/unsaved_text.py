"""What the author of a draft typed on its pages and did not save: sending deletes it, so it is named before.

Kept text that says what is stored already, as when the last key strokes were taken back, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import ResolverMatch, resolve

from accounts.kept_text.offering import differing
from accounts.kept_text.posted import is_blank, kept_fields
from accounts.models import User
from prepared.queries import PreparedQuery
from referrals.journey.answers import Practitioner
from referrals.journey.pages import Page
from referrals.journey.practitioner_details import BY_SLUG
from referrals.journey.store import DraftStore
from referrals.journey.structure import PlacedStep, Progress
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import KeptText, Referral
from referrals.sensitive_details.undecided import LATER
from risk.models import RiskInformation, SectionKey
from risk.redaction import keyed_hash


@dataclass(frozen=True, slots=True)
class UnsavedText:
    """Text that was not saved: what its page is called, and where it is."""

    page: str
    href: str
    kept: KeptText


_OF_DRAFT = PreparedQuery(
    lambda user, draft: KeptText.objects.filter(user=user, referral=draft).order_by("kept_at", "pk")
)


def unsaved_texts(progress: Progress, user: User) -> list[UnsavedText]:
    """The pages of the draft, in the order typed. One statement, and those that load what is compared."""
    rows = _OF_DRAFT.rows(user=user.pk, draft=progress.draft.pk)
    named = ((kept, _page(progress, kept)) for kept in rows if not is_blank(kept.fields))
    return [UnsavedText(page, kept.path, kept) for kept, page in named if page]


def unsaved_in_correction(correction: RiskInformation, user: User) -> list[UnsavedText]:
    """The same of a corrected version; what was typed on the page that shares it is not lost by sharing. One statement,
    and those that load the sections."""
    rows = KeptText.objects.filter(user=user, key_of=correction.pk).order_by("kept_at", "pk")
    named = ((kept, _page_of_correction(correction, kept)) for kept in rows if not is_blank(kept.fields))
    return [UnsavedText(page, kept.path, kept) for kept, page in named if page]


def _page_of_correction(correction: RiskInformation, kept: KeptText) -> str:
    match = resolve(kept.path)
    if match.url_name == "correction_edit":
        boxes = {section.key: section.box_text for section in correction.in_order()}
        return "Edit the corrected version" if differing(kept, boxes) else ""
    if match.url_name == "correction_section":
        key = next(key for key in SectionKey if key.slug == match.kwargs["slug"])
        is_other = differing(kept, {"text": correction.section(key).box_text})
        return f"Corrected version: {key.label}" if is_other else ""
    return ""


def pages_of(texts: list[UnsavedText]) -> list[tuple[str, str]]:
    """Name and address of each page, once."""
    return [*dict.fromkeys((text.page, text.href) for text in texts)]


def seen_as(texts: list[UnsavedText]) -> str:
    """A keyed hash of what was shown: the same only while nobody typed anything else. Empty when there is nothing."""
    return keyed_hash([[text.kept.pk, text.kept.revision] for text in texts])[:32] if texts else ""


def _page(progress: Progress, kept: KeptText) -> str:
    """What the page is called; nothing when it has nothing to save."""
    match = resolve(kept.path)
    name = match.url_name or ""
    if name == "risk_edit":
        boxes = {section.key: section.box_text for section in progress.draft.risk.in_order()}
        return "Edit OASys risk information" if differing(kept, boxes) else ""
    if name == "risk_section":
        key = next(key for key in SectionKey if key.slug == match.kwargs["slug"])
        box = {"text": progress.draft.risk.section(key).box_text}
        return f"OASys risk information: {key.label}" if differing(kept, box) else ""
    if name == "practitioner_change":
        return _practitioner_detail(progress.draft, match, kept)
    if name == "sensitive_details":
        is_decided = any(value not in ("", LATER) for values in kept.fields.values() for value in values)
        return "Check for sensitive details" if is_decided else ""
    placed = progress.find(name, match.kwargs.get("category_id"))
    if placed is None:
        return _question_of(name).question.format(person=progress.situation.person, category="the service")
    return "" if _is_stored(progress, placed, kept) else placed.page.asked(progress.situation_at(placed))


def _practitioner_detail(draft: Referral, match: ResolverMatch, kept: KeptText) -> str:
    detail = BY_SLUG[match.kwargs["detail"]]
    stored = detail.of(DraftStore(draft).read(Practitioner))
    is_other = differing(kept, {detail.column: stored})
    return f"The probation practitioner’s {detail.called}" if is_other else ""


def _question_of(slug: str) -> type[Page]:
    return next(step.page for step, _ in MAKE_A_REFERRAL.declared_steps() if step.slug == slug)


def _is_stored(progress: Progress, placed: PlacedStep, kept: KeptText) -> bool:
    form = placed.page(kept_fields(kept), situation=progress.situation_at(placed))
    return form.is_valid() and form.given() == progress.answers(placed)
