"""Drafts and sent referrals, made through the real actions and the stub, without the web."""

from __future__ import annotations

from uuid import uuid4

from accounts.models import User
from demo import referrals as demo
from integrations.ndelius import client
from interventions.models import Contract
from referrals.actions.send_referral import send_referral
from referrals.actions.start_referral import start_referral
from referrals.models import Referral
from risk.actions import change_section as changing
from risk.actions import pull_risk_information as pulling
from risk.models import SectionState
from tests.factories.answering import answer
from tests.factories.copies import made

ACCOMMODATION = "DEMO_0001"


def a_draft(by: User, *, crn: str = "X980010", contract: str = ACCOMMODATION) -> Referral:
    """A draft with nothing answered yet."""
    return start_referral(
        by=by,
        contract=Contract.objects.get(reference=contract),
        person=client.person(crn),
        form_key=uuid4(),
    )


def a_draft_with_risk(by: User, *, crn: str = "X980010", contract: str = ACCOMMODATION) -> Referral:
    """A draft with nothing answered, whose risk was pulled."""
    draft = a_draft(by, crn=crn, contract=contract)
    pulling.pull(risk=draft.risk, by=by)
    return Referral.objects.get(pk=draft.pk)


def an_answered_draft(
    by: User, *, crn: str = "X980010", contract: str = ACCOMMODATION, **texts: str
) -> Referral:
    """A draft with every question answered but risk, which is pulled. ``texts`` replace the answers' plain texts."""

    def through_the_actions() -> Referral:
        draft = a_draft(by, crn=crn, contract=contract)
        answer(draft, by, **texts)
        pulling.pull(risk=draft.risk, by=by)
        return Referral.objects.get(pk=draft.pk)

    return made(through_the_actions, "answered", by, crn=crn, contract=contract, **texts)


def a_declared_draft(
    by: User, *, crn: str = "X980010", contract: str = ACCOMMODATION, **texts: str
) -> Referral:
    """A draft that can be sent: what OASys leaves open is removed, the rest is shared as it stands."""

    def through_the_actions() -> Referral:
        draft = an_answered_draft(by, crn=crn, contract=contract, **texts)
        for section in draft.risk.in_order():
            if section.needs_decision and section.state == SectionState.UNREVIEWED:
                changing.remove_section(risk=draft.risk, key=section.key, by=by)
        demo.declare(draft, by)
        return Referral.objects.get(pk=draft.pk)

    return made(through_the_actions, "declared", by, crn=crn, contract=contract, **texts)


def a_sent_referral(
    by: User, *, crn: str = "X980010", contract: str = ACCOMMODATION, **texts: str
) -> Referral:
    """A referral as it stands after sending."""

    def through_the_actions() -> Referral:
        return send_referral(draft=a_declared_draft(by, crn=crn, contract=contract, **texts), by=by)

    return made(through_the_actions, "sent", by, crn=crn, contract=contract, **texts)
