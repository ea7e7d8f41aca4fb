"""Starting a referral: a draft for a confirmed person and a chosen service."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.utils import timezone

from accounts.models import User
from events import audit
from events.models import AuditAction
from events.refusals import Gone, Refused
from integrations.ndelius.types import Person
from interventions.models import Contract
from monitoring.actions.idempotency import already_made, once
from referrals.models import ChosenService, Referral
from referrals.pulls.person import put_person
from risk.actions import pull_risk_information as pulling

NO_DATE_OF_BIRTH = (
    "nDelius has no date of birth for this person, or one we cannot read. Correct it in nDelius before you make a "
    "referral."
)


def start_referral(*, by: User, contract: Contract, person: Person, form_key: UUID) -> Referral:
    """Make the draft, once for each confirmation page shown.

    Raises SentBefore when that page made one of another person or service, Gone when the contract has ended, Refused
    for a person without a date of birth: a supplier could not be sure whom they have before them. One that opens later
    can be prepared for (decision F5: dates only warn).
    """

    def made() -> Referral | None:
        return already_made(
            Referral.objects.all(),
            form_key,
            of={"created_by_id": by.pk},
            said={"crn": person.crn, "contract_id": contract.pk},
        )

    def make() -> Referral:
        if contract.has_ended():
            raise Gone(contract.why_not_open())
        if person.date_of_birth is None:
            raise Refused(NO_DATE_OF_BIRTH, code="no_date_of_birth")
        return _make(by, contract, person, form_key)

    return once(made, make)


def _make(by: User, contract: Contract, person: Person, form_key: UUID) -> Referral:
    referral_id = uuid4()
    risk = pulling.start(referral_id=referral_id, crn=person.crn, owner=by)
    draft = Referral(
        pk=referral_id, form_key=form_key, created_by=by, crn=person.crn, contract=contract, risk=risk
    )
    put_person(draft, person, timezone.now())
    draft.save(force_insert=True)
    categories = list(contract.categories())
    if len(categories) == 1:  # nothing to choose; several are chosen in the form
        ChosenService.objects.create(referral=draft, category=categories[0])
    audit.record(
        AuditAction.DRAFT_STARTED, by=by, referral=draft.pk, crn=draft.crn, contract=contract.reference
    )
    return draft
