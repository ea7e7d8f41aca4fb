"""A catalogue as large as it may become: hundreds of contracts with thousands of activities. The same every time.

Only for databases that are thrown away, with reference data in them. Knows nothing of cases or of people.
"""

from __future__ import annotations

from datetime import date, timedelta

from accounts.models import Provider
from interventions.models import Activity, Contract, ContractType, PoliceArea, ProbationRegion, Setting
from measurements.many_referrals.words import PROVIDERS

CONTRACTS, ACTIVITIES = 500, 3_000
ENDED = 10  # every tenth
FIRST_LINE = (
    "Advisers help people to find out what stands in their way, agree a plan with them, and work on it together "
    "with the council, employers, health services and families for as long as the plan says, with one adviser from "
    "the first meeting to the last and somebody to call in between. "
)
MORE = (
    "People are met where they are, in prison up to twelve weeks before release or close to their home, one to one "
    "and in small groups. Progress is looked at every four weeks. Interpreters and help with travel are there. "
)
TOWNS = (
    "Leeds",
    "Hull",
    "Bristol",
    "Cardiff",
    "Norwich",
    "Durham",
    "Exeter",
    "Luton",
    "Stoke",
    "Kendal",
    "Deal",
)
HOW = ("One to one", "Group of up to 8", "By phone or video")
WHAT = (
    "Housing plan",
    "Course on money",
    "Mentor",
    "Practising interviews",
    "Coping with stress",
    "Recovery group",
)


def make(*, contracts: int = CONTRACTS, activities: int = ACTIVITIES, today: date) -> list[Contract]:
    """Store them. Each contract type, area, region, sex and age stands among them; every tenth contract has ended."""
    firms = _providers()
    kinds, areas = list(ContractType.objects.order_by("pk")), list(PoliceArea.objects.order_by("pk"))
    regions = list(ProbationRegion.objects.order_by("pk"))
    made = Contract.objects.bulk_create(
        Contract(
            reference=f"LARGE_{number:04d}",
            contract_type=kinds[number % len(kinds)],
            prime=firms[number % len(firms)],
            police_area=areas[number % len(areas)] if number % 3 else None,
            region=None if number % 3 else regions[number % len(regions)],
            title=f"{kinds[number % len(kinds)].name} in {TOWNS[number % len(TOWNS)]}, {number:03d}",
            description=f"{FIRST_LINE * 2}\n\n{MORE * 5}",
            min_age=26 if number % 11 == 5 else 18,
            max_age=25 if number % 11 == 6 else None,
            allows_female=number % 7 != 3,
            allows_male=number % 7 != 4,
            opens_on=today - timedelta(days=30 + number),
            closes_on=today - timedelta(days=1) if number % ENDED == 9 else None,
            incoming_email=f"large-{number}@example.com",
        )
        for number in range(contracts)
    )
    Contract.subcontractors.through.objects.bulk_create(
        Contract.subcontractors.through(
            contract_id=contract.pk, provider_id=firms[(number + step) % len(firms)].pk
        )
        for number, contract in enumerate(made)
        for step in (1, 2)
    )
    Activity.objects.bulk_create(
        Activity(
            contract=made[number % contracts],
            need_area=f"Need {number % 8}",
            activity=f"{WHAT[number % len(WHAT)]}, part {number % 13}",
            method=HOW[number % len(HOW)],
            location=TOWNS[number % len(TOWNS)],
            setting=["", *Setting.values][number % 4],
            position=number // contracts,
        )
        for number in range(activities)
    )
    return made


def _providers() -> list[Provider]:
    names = [f"{first} {second}" for second in PROVIDERS[1] for first in PROVIDERS[0]]
    return Provider.objects.bulk_create(
        Provider(code=f"LARGE_{number}", name=f"{name} of the Catalogue") for number, name in enumerate(names)
    )
