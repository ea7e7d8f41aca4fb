"""The practitioner's lists of sent cases, declared, and how somebody wants to see one.

Sorted, filtered and searched by the rules of the supplier's lists (``monitoring.lists``), over the cases of one desk.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.http import HttpRequest

from interventions.models import Contract
from monitoring.lists import choices
from monitoring.lists.case_lists import CaseList, Choice
from monitoring.models import Stage
from monitoring.models.received_referral import ReceivedReferralQuerySet
from monitoring.rules.stages import OPEN
from referrals.desk.desk import Desk
from referrals.desk.needs import BY_SLUG as NEEDS
from referrals.desk.needs import waits_for_answer

_WHO_AND_WHERE = ("name", "reference", "intervention", "provider", "caseworker", "sent", "status", "next")
OPEN_CASES = CaseList("open", "Open cases", OPEN, (*_WHO_AND_WHERE, "due"))
COMPLETED = CaseList(
    "completed", "Completed cases", (Stage.COMPLETED, Stage.ENDED_EARLY), (*_WHO_AND_WHERE, "ended")
)
CANCELLED = CaseList("cancelled", "Cancelled cases", (Stage.CANCELLED,), (*_WHO_AND_WHERE, "ended"))
LISTS = (OPEN_CASES, COMPLETED, CANCELLED)
#: What needs them today, at whatever stage. No tab: the home leads here, for one kind of need at a time.
TODAY = CaseList("today", "Cases that need action today", tuple(Stage), OPEN_CASES.columns)
BY_SLUG = {one.slug: one for one in (*LISTS, TODAY)}


def counts_of(desk: Desk) -> dict[str, int]:
    """How many cases stand in each list, by its slug."""
    return {one.slug: sum(desk.counts_by_stage[stage] for stage in one.stages) for one in LISTS}


@dataclass(frozen=True, slots=True)
class DeskChoice(Choice):
    """How a practitioner wants to see a list. ``whose``: the id of one of those whose cases stand on the desk."""

    provider: int | None = None
    whose: int | None = None
    need: str = ""

    @property
    def leaves_out(self) -> bool:
        """Whether some cases are left out, other than by a search."""
        return bool(self.stage or self.is_overdue or self.provider or self.whose)


def choice_for(request: HttpRequest, shown: CaseList, desk: Desk) -> DeskChoice:
    """What the address asks for, without what this list or this desk does not offer."""
    plain = asdict(choices.choice_for(request, shown)) | {"caseworker": None}
    whose, need = choices.id_in(request.GET.get("whose", "")), request.GET.get("need", "")
    return DeskChoice(
        **plain,
        provider=choices.id_in(request.GET.get("provider", "")),
        whose=whose if whose in desk.people else None,
        need=need if shown is TODAY and need in NEEDS else "",
    )


def parts_of(choice: DeskChoice) -> dict[str, str]:
    """The parts of an address that ask for this choice."""
    more = {
        "provider": str(choice.provider or ""),
        "whose": str(choice.whose or ""),
        "need": choice.need,
    }
    return choices.parts_of(choice) | {name: value for name, value in more.items() if value}


def query_of(choice: DeskChoice, **changes: str | None) -> str:
    """The query of an address that asks for this choice, with some parts changed; None: without that part."""
    return choices.query_with(parts_of(choice) | changes)


def left_by(
    choice: DeskChoice, shown: CaseList, *, desk: Desk, contracts: list[Contract]
) -> ReceivedReferralQuerySet:
    """The cases of a list that the filters of a desk leave; those of every list come on top."""
    cases = desk.cases(whose=choice.whose).standing_at(shown.stages)
    if shown is TODAY:
        kinds = [NEEDS[choice.need]] if choice.need else NEEDS.values()
        cases = cases.filter(reduce(or_, (kind.holds(desk.asking) for kind in kinds)))
    if choice.provider is not None:
        of_provider = [contract.pk for contract in contracts if contract.prime_id == choice.provider]
        cases = cases.filter(contract__in=of_provider)
    return cases


def needing_me() -> Q:
    """What stands first: a question that waits for the practitioner."""
    return waits_for_answer()


def filter_values(choice: DeskChoice) -> dict[str, Any]:
    """What the form of filters shows as chosen."""
    return {
        "stage": choice.stage,
        "overdue": choice.is_overdue,
        "provider": str(choice.provider or ""),
        "whose": str(choice.whose or ""),
    }
