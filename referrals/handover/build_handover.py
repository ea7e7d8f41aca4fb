"""What crosses to the supplier, and what does not: every field of the practitioner's side is decided here.

``HANDED_OVER`` and ``WITHHELD`` together name every column of every model on this side; a new column fails the
tests until somebody decides. ``hand_over`` maps name by name: no loop, no ``**``.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import User
from integrations.risk_answers import SharedAnswer
from monitoring.handover.contents import (
    Handover,
    SharedContact,
    SharedCriminogenicNeed,
    SharedCustody,
    SharedDeclaration,
    SharedMainContact,
    SharedNeeds,
    SharedOutcome,
    SharedPerson,
    SharedRisk,
    SharedRiskSection,
    SharedSentence,
    SharedService,
)
from referrals.models import ChosenService, Referral
from risk.models import Declaration, SectionKey
from risk.redaction import ProposedSection, RedactedRisk, is_declared, proposed, standing_declaration

HANDED_OVER: dict[str, frozenset[str]] = {
    "referrals.Referral": frozenset(
        {
            "id",
            "crn",
            "contract",
            "location",
            "reference",
            "sent_at",
            "first_name",
            "last_name",
            "date_of_birth",
            "sex",
            "ethnicity",
            "preferred_language",
            "religion_or_belief",
            "disabilities",
            "address_lines",
            "no_fixed_abode",
            "telephone",
            "mobile",
            "email",
            "person_pulled_at",
            "withheld_personal_fields",
            "practitioner_name",
            "practitioner_email",
            "practitioner_phone",
            "practitioner_team_phone",
            "practitioner_pdu",
            "practitioner_office",
            "contact_name",
            "contact_role",
            "contact_email",
            "contact_phone",
            "contact_establishment",
            "contact_office",
            "reason_before_allocation",
            "has_practitioner",
            "prison_number",
            "establishment",
            "release_date",
            "release_date_unknown_reason",
            "expected_office",
            "expected_office_unknown_reason",
            "back_up_name",
            "back_up_email",
            "back_up_phone",
            "criminogenic_needs",
            "additional_needs",
            "accessibility_needs",
            "needs_interpreter",
            "interpreter_language",
            "has_responsibilities",
            "when_unavailable",
            "diversity",
            "sentence_offence_category",
            "sentence_offence_subcategory",
            "sentence_ends_on",
            "enforceable_days",
            "completion_date",
            "reason_for_referral",
            "further_information",
        }
    ),
    "referrals.ChosenService": frozenset({"category", "complexity_level", "outcomes"}),
    # The text crosses only as redaction.redacted() gives it: edited, reverted, removed, declared.
    "risk.RiskSection": frozenset({"key", "state", "text", "source_text", "source_answer", "own_answer"}),
    "risk.Declaration": frozenset({"declared_by", "declared_at", "wording_version", "content_hash"}),
}
WITHHELD: dict[str, frozenset[str]] = {
    "referrals.Referral": frozenset(
        {"form_key", "created_by", "created_at", "changed_at", "risk", "oasys_needs", "sentence_id", "received",
         "answers_as_sent", "blanked_at", "is_releasing", "practitioner_office_number", "practitioner_in_ndelius",
         "practitioner_confirmed_at", "contact_place", "contact_establishment_code", "contact_office_number",
         "custody_facts", "establishment_code", "expected_office_number", "expiry_warned_at", "unread_in_ndelius",
         "changed_outside", "was_limited", "first_crn"}
    ),
    "referrals.ChosenService": frozenset({"id", "referral"}),
    "referrals.KeptText": frozenset(
        {"id", "referral", "key_of", "user", "path", "fields", "kept_at", "cause", "revision", "tab"}
    ),
    "referrals.SensitiveDetailDecision": frozenset(
        {"id", "referral", "key_of", "place", "finding_hash", "category", "decision", "reason", "decided_by",
         "decided_at"}
    ),
    "referrals.OasysCheck": frozenset(
        {"referral", "checked_at", "answered", "changed_sections", "changed_levels", "assessed_at", "source_hash"}
    ),
    "referrals.CaseCheck": frozenset(
        {"referral", "checked_at", "silent", "is_limited", "not_found_at", "differs", "settled", "agreed", "told"}
    ),
    "referrals.PersonCheck": frozenset({"crn", "asked_at", "claimed_until"}),
    "referrals.AskingPace": frozenset({"id", "next_at"}),
    "referrals.CaseOpening": frozenset({"id", "user", "referral", "reason", "opened_at"}),
    "referrals.Reassignment": frozenset(
        {"id", "referral", "leaver", "successor", "reason", "by", "at", "superseded_at"}
    ),
    "referrals.Cover": frozenset({"id", "user", "colleague", "began_at", "ended_at"}),
    "referrals.SeenFeedback": frozenset({"id", "user", "feedback", "seen_at"}),
    "referrals.TeamInNdelius": frozenset({"id", "user", "code", "name", "asked_at"}),
    "risk.RiskInformation": frozenset(
        {"id", "crn", "owner", "created_at", "last_outcome", "last_asked_at", "newer_assessed_at",
         "newer_announced_at", "newer_answer", "kept_out_hash", "purged_at", "corrects", "compared_with",
         "shared_as"}
    ),
    "risk.RiskSnapshot": frozenset(
        {"id", "risk", "outcome", "assessed_at", "fetched_at", "fetched_by", "levels_in_community",
         "levels_in_custody", "is_partial", "was_mended", "source_hash", "level_hashes"}
    ),
    "risk.RiskSection": frozenset({"id", "risk", "source_hash", "changed_by", "changed_at"}),
    "risk.SectionChange": frozenset(
        {"press", "id", "section", "number", "cause", "state_before", "text_before", "own_answer_before", "made_by",
         "made_at", "undone_at"}
    ),
    "risk.Declaration": frozenset({"id", "risk", "sections_changed", "voided_at"}),
}  # fmt: skip


def hand_over(
    draft: Referral, redacted: RedactedRisk, *, reference: str, sent_by: User, at: datetime
) -> Handover:
    """The referral as it crosses, with the risk information as declared."""
    declaration = _declaration(redacted.declaration)
    return _handover(draft, redacted.sections, declaration, reference=reference, sent_by=sent_by, at=at)


def risk_and_declaration(redacted: RedactedRisk) -> tuple[SharedRisk, SharedDeclaration]:
    """Only the risk information as it crosses again: a corrected version."""
    return _risk(redacted.sections), _declaration(redacted.declaration)


def preview(draft: Referral, *, by: User) -> Handover:
    """The referral as it would cross now, for the practitioner's own eyes; nothing is shared by it."""
    sections = {section.key: proposed(section) for section in draft.risk.in_order()}
    now = timezone.now()
    declared = standing_declaration(draft.risk) if is_declared(draft.risk) else None
    nobody = SharedDeclaration(declared_by="", declared_at=now, wording_version="", content_hash="")
    declaration = _declaration(declared) if declared else nobody
    return _handover(draft, sections, declaration, reference="", sent_by=by, at=now)


def person_as_shared(referral: Referral) -> SharedPerson:
    """Only the person as they cross: details that follow nDelius after sending."""
    return _person(referral)


def _declaration(declaration: Declaration) -> SharedDeclaration:
    return SharedDeclaration(
        declared_by=declaration.declared_by.display_name,
        declared_at=declaration.declared_at,
        wording_version=declaration.wording_version,
        content_hash=declaration.content_hash,
    )


def _handover(
    draft: Referral,
    sections: dict[str, ProposedSection],
    declaration: SharedDeclaration,
    *,
    reference: str,
    sent_by: User,
    at: datetime,
) -> Handover:
    return Handover(
        key=draft.pk,
        reference=reference,
        contract_id=draft.contract_id,
        contract_type=draft.contract.contract_type.name,
        intervention_title=draft.contract.title,
        crn=draft.crn,
        sent_by=sent_by.display_name,
        sent_at=at,
        location=draft.current_location,
        person=_person(draft),
        custody=_custody(draft),
        practitioner=SharedContact(
            name=draft.practitioner_name,
            email=draft.practitioner_email,
            phone=draft.practitioner_phone,
            team_phone=draft.practitioner_team_phone,
            pdu=draft.practitioner_pdu,
            office=draft.practitioner_office,
        ),
        back_up_contact=SharedContact(
            name=draft.back_up_name,
            email=draft.back_up_email,
            phone=draft.back_up_phone,
            team_phone="",
            pdu="",
            office="",
        ),
        main_contact=_main_contact(draft),
        sentence=SharedSentence(
            offence_category=draft.sentence_offence_category,
            offence_subcategory=draft.sentence_offence_subcategory,
            ends_on=draft.sentence_ends_on,
        ),
        services=tuple(_service(service) for service in draft.services.all() if service.complexity_level),
        needs=_needs(draft),
        enforceable_days=draft.enforceable_days,
        completion_date=draft.completion_date,
        reason_for_referral=draft.reason_for_referral,
        further_information=draft.further_information,
        risk=_risk(sections),
        declaration=declaration,
    )


def _person(draft: Referral) -> SharedPerson:
    """The person's details without what the practitioner keeps back."""
    withheld = frozenset(draft.withheld_personal_fields or ())
    address_is_shared = "address" not in withheld
    return SharedPerson(
        first_name=draft.first_name,
        last_name=draft.last_name,
        date_of_birth=draft.date_of_birth,
        sex="" if "sex" in withheld else draft.sex,
        ethnicity="" if "ethnicity" in withheld else draft.ethnicity,
        preferred_language="" if "preferred_language" in withheld else draft.preferred_language,
        religion_or_belief="" if "religion_or_belief" in withheld else draft.religion_or_belief,
        disabilities=() if "disabilities" in withheld else tuple(draft.disabilities),
        address_lines=tuple(draft.address_lines) if address_is_shared else (),
        no_fixed_abode=draft.no_fixed_abode and address_is_shared,
        telephone="" if "telephone" in withheld else draft.telephone,
        mobile="" if "mobile" in withheld else draft.mobile,
        email="" if "email" in withheld else draft.email,
        pulled_at=draft.person_pulled_at,
        withheld=tuple(sorted(withheld)),
    )


def _custody(draft: Referral) -> SharedCustody:
    return SharedCustody(
        prison_number=draft.prison_number,
        establishment=draft.establishment,
        release_date=draft.release_date,
        release_date_unknown_reason=draft.release_date_unknown_reason,
        expected_office=draft.expected_office,
        expected_office_unknown_reason=draft.expected_office_unknown_reason,
    )


def _main_contact(draft: Referral) -> SharedMainContact:
    return SharedMainContact(
        name=draft.contact_name,
        role=draft.contact_role,
        email=draft.contact_email,
        phone=draft.contact_phone,
        place=draft.contact_establishment + draft.contact_office,  # never both
        reason_before_allocation=draft.reason_before_allocation or "",
    )


def _service(service: ChosenService) -> SharedService:
    level = service.complexity_level
    assert level is not None
    outcomes = sorted(service.outcomes.all(), key=lambda outcome: outcome.pk)
    return SharedService(
        category_id=service.category_id,
        category_name=service.category.name,
        complexity_level_id=level.pk,
        complexity=level.level,
        complexity_title=level.title,
        complexity_description=level.description,
        outcomes=tuple(SharedOutcome(outcome_id=one.pk, text=one.text) for one in outcomes),
    )


def _needs(draft: Referral) -> SharedNeeds:
    chosen = draft.criminogenic_needs or ()
    return SharedNeeds(
        criminogenic=tuple(
            SharedCriminogenicNeed(name=need["name"], comment=need["comment"]) for need in chosen
        ),
        additional_needs=draft.additional_needs or "",
        accessibility_needs=draft.accessibility_needs or "",
        needs_interpreter=draft.needs_interpreter,
        interpreter_language=draft.interpreter_language,
        has_responsibilities=draft.has_responsibilities,
        when_unavailable=draft.when_unavailable,
        diversity=draft.diversity or "",
    )


def _risk(sections: dict[str, ProposedSection]) -> SharedRisk:
    return SharedRisk(
        who_is_at_risk=_section(sections[SectionKey.WHO_IS_AT_RISK]),
        nature_of_risk=_section(sections[SectionKey.NATURE_OF_RISK]),
        risk_imminence=_section(sections[SectionKey.RISK_IMMINENCE]),
        self_harm=_section(sections[SectionKey.SELF_HARM]),
        suicide=_section(sections[SectionKey.SUICIDE]),
        hostel_setting=_section(sections[SectionKey.HOSTEL_SETTING]),
        vulnerability=_section(sections[SectionKey.VULNERABILITY]),
        additional_information=_section(sections[SectionKey.ADDITIONAL_INFORMATION]),
    )


def _section(section: ProposedSection) -> SharedRiskSection:
    answer = SharedAnswer(section.answer) if section.answer else None
    return SharedRiskSection(answer=answer, text=section.text, no_identified_risk=section.no_identified_risk)
