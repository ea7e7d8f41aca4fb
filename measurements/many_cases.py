"""A few cases and then many: data for measuring pages, copied in bulk from the demo's own cases.

The copies skip the actions, and with them audit and outbox: they are there to be counted, not believed. Only for
databases that are thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import connection, models
from django.urls import reverse

from demo import seeding as demo
from events.models import NDELIUS, OutboxEntry
from monitoring.models import (
    ReceivedCriminogenicNeed,
    ReceivedOutcome,
    ReceivedReferral,
    ReceivedService,
    ShareVersion,
)
from referrals.actions.send_referral import NDELIUS_REFERRAL
from referrals.models import ChosenService, Referral
from risk.models import Cause, RiskInformation, RiskSection, SectionChange, SectionState

FEW, MANY = 5, 500
MOST_STATEMENTS = 12  # a page, with its audit event
Row = TypeVar("Row", bound=models.Model)


@dataclass
class Cases:
    """The demo's cases, which grow on demand: sent referrals, drafts, and the history of one draft's risk."""

    sent: Referral
    draft: Referral
    made: int = 0

    @classmethod
    def of_the_demo(cls) -> Cases:
        """Load the demo's people, catalogue and fresh cases, and start from them."""
        demo.load_people_and_catalogue()
        demo.load_cases(only_fresh=True)
        rows = Referral.objects.select_related("received", "risk")
        return cls(sent=rows.get(crn="X980010"), draft=rows.get(crn="X980011"))

    def grow_to(self, count: int) -> None:
        """Have ``count`` sent referrals, drafts and changes to risk information, those there are included."""
        self._add_sent(count - Referral.objects.sent().filter(created_by=self.sent.created_by).count())
        self._add_drafts(count - Referral.objects.drafts_of(self.draft.created_by).count())
        self._add_changes(count - SectionChange.objects.filter(section__risk=self.draft.risk).count())
        if connection.vendor == "postgresql":
            # As autovacuum would, in time: without it PostgreSQL takes the tables for empty and plans accordingly.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")

    def _add_sent(self, count: int) -> None:
        received = self.sent.received
        assert received is not None
        receivals = [
            _copy(
                received,
                pk=uuid4(),
                key=uuid4(),
                reference=f"ZZ{self.made + number:04d}AC",
                crn=f"M{self.made + number:06d}",
                received_at=received.received_at - timedelta(minutes=number + 1),
            )
            for number in range(count)
        ]
        self.made += count
        ReceivedReferral.objects.unscoped().bulk_create(receivals)
        for one in received.services.all():
            services = [_copy(one, pk=uuid4(), received_id=copied.pk) for copied in receivals]
            ReceivedService.objects.unscoped().bulk_create(services)
            for outcome in one.outcomes.all():
                outcomes = (_copy(outcome, pk=uuid4(), service_id=service.pk) for service in services)
                ReceivedOutcome.objects.unscoped().bulk_create(outcomes)
        for need in received.criminogenic_needs.all():
            needs = (_copy(need, pk=uuid4(), received_id=copied.pk) for copied in receivals)
            ReceivedCriminogenicNeed.objects.unscoped().bulk_create(needs)
        share = received.current_share()
        shares = (_copy(share, pk=uuid4(), received_id=copied.pk) for copied in receivals)
        ShareVersion.objects.unscoped().bulk_create(shares)
        # As sending does: what was received has the referral's id as its key.
        risks = self._risks(self.sent, ((copied.key, copied.crn) for copied in receivals))
        referrals = [
            _copy(
                self.sent, pk=risk.pk, risk_id=risk.pk, form_key=uuid4(), crn=copied.crn, received_id=copied.pk,
                reference=copied.reference, sent_at=copied.received_at,
            )
            for copied, risk in zip(receivals, risks, strict=True)
        ]  # fmt: skip
        Referral.objects.bulk_create(referrals)
        OutboxEntry.objects.bulk_create(
            OutboxEntry(
                kind=NDELIUS_REFERRAL,
                receiver=NDELIUS,
                key=str(referral.pk),
                referral=referral.pk,
                state=state,
            )
            for referral, state in zip(referrals, _now_and_then(OutboxEntry.State), strict=False)
        )

    def _add_drafts(self, count: int) -> None:
        risks = self._risks(self.draft, ((uuid4(), f"N{number:06d}") for number in range(count)))
        drafts = Referral.objects.bulk_create(
            _copy(
                self.draft, pk=risk.pk, risk_id=risk.pk, form_key=uuid4(), crn=risk.crn,
                changed_at=self.draft.changed_at - timedelta(minutes=number + 1),
            )
            for number, risk in enumerate(risks)
        )  # fmt: skip
        service = self.draft.services.get()
        ChosenService.objects.bulk_create(_copy(service, pk=None, referral_id=draft.pk) for draft in drafts)

    @staticmethod
    def _risks(of: Referral, keys: Iterable[tuple[UUID, str]]) -> list[RiskInformation]:
        return RiskInformation.objects.bulk_create(_copy(of.risk, pk=pk, crn=crn) for pk, crn in keys)

    def _add_changes(self, count: int) -> None:
        """Spread over the eight sections, each text as long as may be. The service keeps at most 20 a section."""
        sections = list(RiskSection.objects.filter(risk=self.draft.risk).order_by("pk"))
        SectionChange.objects.bulk_create(
            SectionChange(
                section=sections[number % len(sections)],
                number=1000 + self.made + number,
                cause=Cause.EDIT,
                state_before=SectionState.EDITED,
                text_before="What stood here before. " * 160,
                made_by=self.draft.created_by,
            )
            for number in range(max(count, 0))
        )


def _copy(row: Row, *, pk: Any, **changes: Any) -> Row:
    """Another row with the same values but for those given."""
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**{**values, row._meta.pk.attname: pk, **changes})


def _now_and_then(states: type[OutboxEntry.State]) -> Iterable[OutboxEntry.State]:
    """One in ten still waits."""
    while True:
        yield states.WAITING
        yield from [states.DELIVERED] * 9


@dataclass(frozen=True, slots=True)
class MeasuredPage:
    """A page, who opens it, and where it is."""

    name: str
    persona: str
    address: Callable[[Cases], str]


def _of(name: str) -> Callable[[Cases], str]:
    """A page of the draft."""
    return lambda cases: reverse(f"referrals:{name}", args=[cases.draft.pk])


PAGES = (
    MeasuredPage("Supplier: all cases", "sp.caseworker", lambda cases: reverse("monitoring:all_cases")),
    MeasuredPage(
        "Supplier: referral details",
        "sp.caseworker",
        lambda cases: reverse("monitoring:referral_details", args=[cases.sent.received_id]),
    ),
    MeasuredPage("Supplier: reporting", "sp.caseworker", lambda cases: reverse("monitoring:reporting")),
    MeasuredPage("Home", "pp", lambda cases: reverse("referrals:home")),
    MeasuredPage("Your cases", "pp", lambda cases: reverse("referrals:cases")),
    MeasuredPage("A sent case", "pp", lambda cases: reverse("referrals:case", args=[cases.sent.pk])),
    MeasuredPage("Draft referrals", "pp", lambda cases: reverse("referrals:drafts")),
    MeasuredPage("Task list", "pp", _of("tasks")),
    MeasuredPage("A question", "pp", _of("reason-for-referral")),
    MeasuredPage("Risk: review", "pp", _of("risk_information")),
    MeasuredPage("Risk: edit all sections", "pp", _of("risk_edit")),
    MeasuredPage("Check your answers", "pp", _of("check_answers")),
    MeasuredPage("Sensitive details", "pp", _of("sensitive_details")),
    MeasuredPage("Preview", "pp", _of("preview")),
)
