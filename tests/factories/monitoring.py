"""Handovers with good answers, and referrals received from them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from events.models import AuditAction, AuditEvent
from integrations.risk_answers import SharedAnswer
from interventions.models import ComplexityLevel, Contract
from monitoring.actions.receive_referral import receive
from monitoring.actions.record_disclosure import record_shared
from monitoring.handover.acceptance import accept
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
from monitoring.handover.seal import seal
from monitoring.models import (
    ReceivedCriminogenicNeed,
    ReceivedOutcome,
    ReceivedReferral,
    ReceivedService,
    ServiceLevel,
    ShareVersion,
)
from monitoring.rules.case_facts import day_of, facts_from
from monitoring.rules.stages import standing_of
from tests.factories.interventions import ComplexityLevelFactory, ContractFactory, DesiredOutcomeFactory

_counter = itertools.count(1000)
NOT_IN_CUSTODY = SharedCustody(
    prison_number="",
    establishment="",
    release_date=None,
    release_date_unknown_reason="",
    expected_office="",
    expected_office_unknown_reason="",
)
NO_MAIN_CONTACT = SharedMainContact(
    name="", role="", email="", phone="", place="", reason_before_allocation=""
)


def a_handover(**changes: Any) -> Handover:
    """A complete handover. ``changes`` replace whole fields; ids are not those of any catalogue (see ``sent_to``)."""
    return replace(
        Handover(
            key=UUID("6f0a2c1e-3b7d-4a55-9d53-0d9d5f0c7a01"),
            reference="KW5219AC",
            contract_id=1,
            contract_type="Accommodation",
            intervention_title="Accommodation support in the North East",
            crn="X980010",
            sent_by="Bernard Beaks",
            sent_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
            location="COMMUNITY",
            person=a_person(),
            custody=NOT_IN_CUSTODY,
            practitioner=SharedContact(
                name="Bernard Beaks",
                email="bernard.beaks@justice.example",
                phone="0161 496 0101",
                team_phone="0161 496 0102",
                pdu="County Durham and Darlington",
                office="",
            ),
            back_up_contact=SharedContact(
                name="Clara Clerk",
                email="clara.clerk@justice.example",
                phone="",
                team_phone="",
                pdu="",
                office="",
            ),
            main_contact=NO_MAIN_CONTACT,
            sentence=SharedSentence(
                offence_category="Burglary",
                offence_subcategory="Theft from the person",
                ends_on=date(2027, 9, 1),
            ),
            services=(a_service(),),
            needs=SharedNeeds(
                criminogenic=(
                    SharedCriminogenicNeed(name="Accommodation", comment="Sofa surfing since January."),
                ),
                additional_needs="Reads slowly; prefers to be phoned.",
                accessibility_needs="Cannot climb stairs.",
                needs_interpreter=True,
                interpreter_language="Welsh",
                has_responsibilities=True,
                when_unavailable="Weekday mornings, school run.",
                diversity="Observes Ramadan.",
            ),
            enforceable_days=12,
            completion_date=date(2026, 9, 30),
            reason_for_referral="To find and keep settled housing.",
            further_information="Has a deposit saved.",
            risk=a_risk(),
            declaration=SharedDeclaration(
                declared_by="Bernard Beaks",
                declared_at=datetime(2026, 3, 2, 9, 25, tzinfo=UTC),
                wording_version="2026-01",
                content_hash="c" * 64,
            ),
        ),
        **changes,
    )


def a_person(**changes: Any) -> SharedPerson:
    """Somebody about whom everything is known and shared."""
    return replace(
        SharedPerson(
            first_name="Alex",
            last_name="River",
            date_of_birth=date(1990, 1, 5),
            sex="Male",
            ethnicity="White: Irish",
            preferred_language="English",
            religion_or_belief="None",
            disabilities=("Mobility", "Learning difficulties"),
            address_lines=("4 Rushy Glen", "Durham", "DH1 1AA"),
            no_fixed_abode=False,
            telephone="0161 496 0000",
            mobile="07700 900001",
            email="alex.river@mail.example",
            pulled_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
            withheld=(),
        ),
        **changes,
    )


def a_service(**changes: Any) -> SharedService:
    """One service category with two outcomes."""
    return replace(
        SharedService(
            category_id=1,
            category_name="Accommodation",
            complexity_level_id=1,
            complexity="MEDIUM",
            complexity_title="Medium complexity",
            complexity_description="Needs support to find somewhere to live.",
            outcomes=(
                SharedOutcome(outcome_id=1, text="Settled accommodation is found."),
                SharedOutcome(outcome_id=2, text="The tenancy is kept."),
            ),
        ),
        **changes,
    )


def a_risk(**changes: SharedRiskSection) -> SharedRisk:
    """Every way a section can be: text, answer with text, answer alone, no identified risk, and nothing."""
    return replace(
        SharedRisk(
            who_is_at_risk=SharedRiskSection(text="Staff who visit alone."),
            nature_of_risk=SharedRiskSection(text="Shouting and threats."),
            risk_imminence=SharedRiskSection(text="When housing falls through."),
            self_harm=SharedRiskSection(answer=SharedAnswer.YES, text="Cut arms in 2024."),
            suicide=SharedRiskSection(answer=SharedAnswer.NO),
            hostel_setting=SharedRiskSection(answer=SharedAnswer.DONT_KNOW),
            vulnerability=SharedRiskSection(no_identified_risk=True),
            additional_information=SharedRiskSection(),
        ),
        **changes,
    )


def sent_to(contract: Contract, **changes: Any) -> Handover:
    """A handover with a key and a reference of its own, on ``contract`` and its first category as catalogued."""
    category = contract.categories().order_by("pk").first()
    assert category is not None
    level = contract.complexity_levels_for(category)[-1]
    outcomes = contract.outcomes_for(category).order_by("pk")[:2]
    service = SharedService(
        category_id=category.pk,
        category_name=category.name,
        complexity_level_id=level.pk,
        complexity=str(level.level),
        complexity_title=level.title,
        complexity_description=level.description,
        outcomes=tuple(SharedOutcome(outcome_id=outcome.pk, text=outcome.text) for outcome in outcomes),
    )
    return a_handover(
        **{
            "key": uuid4(),
            "reference": _reference(contract),
            "contract_id": contract.pk,
            "contract_type": contract.contract_type.name,
            "intervention_title": contract.title,
            "services": (service,),
            **changes,
        }
    )


def _reference(contract: Contract) -> str:
    return f"KW{next(_counter):04d}{contract.contract_type.reference_suffix}"


def a_contract(**facts: Any) -> Contract:
    """A contract whose one category has a complexity level and two outcomes."""
    contract = ContractFactory(**facts)
    for category in contract.categories():
        ComplexityLevelFactory(category=category, level=ComplexityLevel.Level.MEDIUM)
        DesiredOutcomeFactory.create_batch(2, category=category)
    return contract


def received(
    contract: Contract | None = None, *, at: datetime | None = None, **changes: Any
) -> ReceivedReferral:
    """A referral received on ``contract`` (one of its own unless told).

    Writes what the action ``receive`` leaves, at once and not step by step; a test holds both against each other.
    """
    handover, at = sent_to(contract or a_contract(), **changes), at or timezone.now()
    accept(handover)
    case = ReceivedReferral.from_handover(handover, received_at=at)
    levels = ServiceLevel.objects.holding_on(day_of(at))
    facts = facts_from(
        case,
        appointments=[],
        plan=None,
        change=None,
        report=None,
        levels=levels,
        pauses=[],
        today=timezone.localdate(),
    )
    now = standing_of(facts)
    case.stage, case.whose_turn, case.due_on = now.stage, now.whose_turn, now.due_on
    services = [
        ReceivedService.from_shared(service, received=case, position=position)
        for position, service in enumerate(handover.services)
    ]
    share = ShareVersion.from_handover(
        handover, received=case, number=1, handover_hash=seal(handover), shared_at=at
    )
    ReceivedReferral.objects.unscoped().bulk_create([case])
    ReceivedService.objects.unscoped().bulk_create(services)
    ReceivedOutcome.objects.unscoped().bulk_create(
        ReceivedOutcome(service=row, position=place, outcome_id=outcome.outcome_id, text=outcome.text)
        for row, service in zip(services, handover.services, strict=True)
        for place, outcome in enumerate(service.outcomes)
    )
    ReceivedCriminogenicNeed.objects.unscoped().bulk_create(
        ReceivedCriminogenicNeed(received=case, position=position, name=need.name, comment=need.comment)
        for position, need in enumerate(handover.needs.criminogenic)
    )
    ShareVersion.objects.unscoped().bulk_create([share])
    record_shared(case, share, handover, by=None, at=at)
    AuditEvent.objects.bulk_create(
        AuditEvent(action=action, referral=case.pk, crn=case.crn, share_version=1)
        for action in (AuditAction.REFERRAL_RECEIVED, AuditAction.RISK_SHARED)
    )
    return case


def received_by_the_action(
    contract: Contract | None = None, *, at: datetime | None = None, **changes: Any
) -> ReceivedReferral:
    """The same through the action: for tests of what receiving does."""
    return receive(sent_to(contract or a_contract(), **changes), at=at)


def many_received(contract: Contract, count: int) -> list[ReceivedReferral]:
    """As many referrals as told, a minute apart, stored in bulk: for lists and measurements, without audit events."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    one = sent_to(contract)
    handovers = [replace(one, key=uuid4(), reference=_reference(contract)) for _ in range(count)]
    cases = [
        ReceivedReferral.from_handover(handover, received_at=start + timedelta(minutes=minute))
        for minute, handover in enumerate(handovers)
    ]
    services = [
        ReceivedService.from_shared(handover.services[0], received=case, position=0)
        for case, handover in zip(cases, handovers, strict=True)
    ]
    shares = [
        ShareVersion.from_handover(handover, received=case, number=1, handover_hash="0" * 64, shared_at=start)
        for case, handover in zip(cases, handovers, strict=True)
    ]
    ReceivedReferral.objects.unscoped().bulk_create(cases)
    ReceivedService.objects.unscoped().bulk_create(services)
    ShareVersion.objects.unscoped().bulk_create(shares)
    return cases
