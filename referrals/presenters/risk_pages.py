"""The context of the risk pages: what ``risk`` says about the sections, with this side's addresses."""

from __future__ import annotations

from typing import Any, Protocol, cast

from django.http import HttpRequest

from govuk.addresses import reverse
from govuk.questions import BoundQuestion
from monitoring.presenters.received_referral import PersonBanner, banner_of
from referrals.handover.shared_now import shared_now
from referrals.journey.risk_addresses import is_correcting, risk_address
from referrals.models import Referral
from referrals.presenters import both_texts, details_in_risk
from referrals.presenters.person import Banner
from referrals.sensitive_details.in_risk import RiskDetail
from referrals.typed_text.kept_text import TOKEN_FIELD, as_opened, author_token, carried
from risk.forms.edit_section import EditForm, SectionForm, fingerprint, none_name, opened_name
from risk.forms.review_section import ReviewForm
from risk.models import RiskInformation, RiskSection, SectionKey
from risk.presenters import newer, rosh_panel, sections
from risk.presenters.sections import SectionView
from risk.redaction import ProposedSection
from risk.wording import correction_warning, warning

NEWER_FIELD = "newer_opened"  # which newer answer the page showed
DECIDE_NEWER = (
    "OASys was updated, so we did not save or share anything. Check what changed, then choose the newer or the "
    "earlier information"
)


def has_undecided_newer(risk: RiskInformation, key: SectionKey) -> bool:
    """Whether OASys says something else about the section by now, and nobody has decided about that."""
    return risk.newer_is_undecided and risk.newer_differs(risk.section(key))


class CorrectionErrors(Protocol):
    """The form that shares a corrected version, as far as its errors go."""

    problems: list[SectionView]

    def error_list(self) -> list[dict[str, str]]:
        """As every form."""


def _errors(form: EditForm | SectionForm | ReviewForm | CorrectionErrors) -> list[dict[str, str]]:
    """The error summary; what is to be decided about OASys leads there."""
    return [
        line | {"href": "#oasys-newer"} if line["text"] == DECIDE_NEWER else line
        for line in form.error_list()
    ]


def _shared(request: HttpRequest, draft: Referral, risk: RiskInformation) -> dict[str, Any]:
    view = sections.present(risk, shared_now_of(draft))
    by_now = newer.present(risk)
    not_taken = by_now.announcement if by_now and by_now.is_kept_out else ""
    return {
        "banner": _banner(draft),
        "draft": draft,
        "risk": view,
        "newer": by_now,
        "newer_field": NEWER_FIELD,
        "warning": correction_warning(view.differing, not_taken)
        if view.is_correction
        else warning(view.changes, not_taken),
    }


def shared_now_of(draft: Referral) -> dict[str, ProposedSection] | None:
    """What a corrected version is to replace; nothing for a draft."""
    if not is_correcting(draft) or draft.received is None:
        return None
    return shared_now(draft.received)


def _banner(draft: Referral) -> Banner | PersonBanner:
    """From the draft; of a sent referral as the service provider has it now."""
    if draft.received is None:
        return Banner.of(draft)
    return banner_of(draft.received.shared_person(), crn=draft.crn)


def correction(request: HttpRequest, referral: Referral, risk: RiskInformation) -> dict[str, Any]:
    """The page on which a corrected version is reviewed and shared."""
    return _shared(request, referral, risk)


def correction_errors(form: CorrectionErrors) -> list[dict[str, str]]:
    """The form's own errors, or the sections that keep it from being shared, each linked to its card."""
    if form.problems:
        return [{"text": section.problem, "href": f"#change-{section.slug}"} for section in form.problems]
    return _errors(form)


def review(request: HttpRequest, draft: Referral, risk: RiskInformation, form: ReviewForm) -> dict[str, Any]:
    """The review page."""
    context = _shared(request, draft, risk)
    return {
        **context,
        "form": form,
        "errors": _review_errors(form),
        "panel": rosh_panel.present(risk),
        "token_field": TOKEN_FIELD,
        "author_token": author_token(request.user, draft),  # type: ignore[arg-type]
        "back_link": reverse("referrals:tasks", args=[draft.pk]),
    }


def _review_errors(form: ReviewForm) -> list[dict[str, str]]:
    """The form's own errors, or the sections that keep it from being shared, each linked to its card."""
    problems: list[SectionView] = getattr(form, "problems", [])
    if problems:
        return [{"text": section.problem, "href": f"#change-{section.slug}"} for section in problems]
    return _errors(form)


def problems(risk: RiskInformation) -> list[SectionView]:
    """Sections that cannot be shared as they stand."""
    return sections.present(risk).problems


def removing(risk: RiskInformation, key: SectionKey) -> str:
    """What the button "remove" is called under this section."""
    return next(view.removing for view in sections.present(risk).sections if view.key == key)


def edit(
    request: HttpRequest,
    draft: Referral,
    risk: RiskInformation,
    form: EditForm,
    details: list[RiskDetail],
) -> dict[str, Any]:
    """The edit page: each section's view beside its box, with the details that may be sensitive."""
    found = details_in_risk.present(risk.in_order(), details, sex=draft.sex, typed=_small_boxes(form))
    context = _shared(request, draft, risk)
    held = {section.key: section for section in risk.in_order()}
    boxes = [
        {
            "section": view,
            "box": form[view.key],
            "opened_name": opened_name(view.key),
            "opened": _opened(form, opened_name(view.key), held[view.key]),
            "saved_meanwhile": held[view.key].box_text if view.key in getattr(form, "stale", ()) else None,
            "typed_elsewhere": getattr(form, "typed_elsewhere", {}).get(view.key),
            "details": found.get(view.key),
            "none": _none_box(form, view.key),
        }
        for view in context["risk"].sections
    ]
    return {
        **context,
        "form": form,
        "errors": _errors(form),
        "boxes": boxes,
        "details_to_decide": details_in_risk.to_decide(details),
        "details_found": len(details),
        "tick": form["understood"] if "understood" in form.fields else EditForm(sections=[])["understood"],
        **_kept(request, draft, form),
        "back_link": risk_address(draft, "review"),
    }


def _opened(form: EditForm | SectionForm, name: str, section: RiskSection) -> str:
    """The fingerprint that the page carries: of the text that was typed over, when typed text is offered back."""
    kept = getattr(form, "kept", None) if getattr(form, "offered", "") else None
    return as_opened(kept, name, fingerprint(section))


def _kept(request: HttpRequest, draft: Referral, form: EditForm | SectionForm) -> dict[str, Any]:
    """What the page offers back, and what it carries so that its text is kept while it is typed."""
    kept = getattr(form, "kept", None)
    return {
        "offered": getattr(form, "offered", ""),
        "can_discard": bool(getattr(form, "offered", "") or form.errors),
        "carried": carried(request, draft, kept),
        "elsewhere": both_texts.elsewhere(kept) if kept else "",
    }


def _small_boxes(form: EditForm | SectionForm) -> dict[str, str]:
    """What stands in the boxes beside the details, when the page comes back or offers what was typed."""
    return details_in_risk.typed_beside(form.data) or getattr(form, "typed_beside", {})


def _none_box(form: EditForm, key: str) -> BoundQuestion | None:
    """The tick that there is no identified risk, where it can be given."""
    name = none_name(key)
    return cast(BoundQuestion, form[name]) if name in form.fields else None


def one_section(
    request: HttpRequest,
    draft: Referral,
    risk: RiskInformation,
    key: SectionKey,
    form: SectionForm,
    details: list[RiskDetail],
) -> dict[str, Any]:
    """The page of one section, with the details that may be sensitive in it."""
    context = _shared(request, draft, risk)
    section = risk.section(key)
    return {
        **context,
        "form": form,
        "errors": _errors(form),
        "section": next(view for view in context["risk"].sections if view.key == key),
        "details": details_in_risk.present([section], details, sex=draft.sex, typed=_small_boxes(form)).get(
            key.value
        ),
        "opened": _opened(form, "opened", section),
        "saved_meanwhile": section.box_text if form.is_stale else None,
        "typed_elsewhere": getattr(form, "typed_elsewhere", {}).get("text"),
        **_kept(request, draft, form),
        "back_link": risk_address(draft, "review"),
    }
