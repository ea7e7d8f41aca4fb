"""The demo's providers and contracts, and what its supplier accounts are granted. All invented; safe to repeat.

Only for demo mode. Rows that are there already stay as they are.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts import demo as people
from accounts.models import Audience, Provider, User
from interventions import actions
from interventions.models import (
    Activity,
    Contract,
    ContractGrant,
    ContractType,
    DesiredOutcome,
    PoliceArea,
    ProbationRegion,
    Setting,
)
from interventions.reference import loading

FILE = Path(__file__).with_name("demo_contracts.toml")
Row = dict[str, Any]


def load() -> None:
    """Load reference data, people, contracts and grants: grants need all the others to be there."""
    demo = tomllib.loads(FILE.read_text(encoding="utf-8"))
    with transaction.atomic():
        loading.load()
        people.load()
        providers = {code: _provider(code, name) for code, name in demo["providers"].items()}
        known = set(Contract.objects.values_list("reference", flat=True))
        added = {
            row["reference"]: _contract(row, providers, timezone.localdate())
            for row in demo["contract"]
            if row["reference"] not in known
        }
        _name_contracts_of_outcomes(demo["scoped_outcomes"], added)
        _grant(demo["grants"])


def _provider(code: str, name: str) -> Provider:
    return Provider.objects.get_or_create(code=code, defaults={"name": name})[0]


def _contract(row: Row, providers: dict[str, Provider], today: date) -> Contract:
    contract = Contract.objects.create(
        reference=row["reference"],
        contract_type=ContractType.objects.get(code=row["type"]),
        prime=providers[row["prime"]],
        region=ProbationRegion.objects.get(code=row["region"]) if "region" in row else None,
        police_area=PoliceArea.objects.get(slug=row["area"]) if "area" in row else None,
        title=row["title"],
        description=row["description"],
        min_age=row.get("min_age", 18),
        max_age=row.get("max_age"),
        allows_female=row.get("female", True),
        allows_male=row.get("male", True),
        opens_on=today + timedelta(days=row["opens"]),
        closes_on=today + timedelta(days=row["closes"]) if "closes" in row else None,
        incoming_email=f"{row['reference'].lower()}@example.com",
    )
    contract.subcontractors.set(providers[code] for code in row.get("subcontractors", []))
    Activity.objects.bulk_create(
        Activity(
            contract=contract,
            need_area=need_area,
            activity=activity,
            method=method,
            location=location,
            setting=_setting(location),
            position=position,
        )
        for position, (need_area, activity, method, location) in enumerate(row["activities"])
    )
    return contract


def _setting(location: str) -> Setting:
    """Custody or community, as the invented locations put it."""
    if not location.startswith("Prison"):
        return Setting.COMMUNITY
    return Setting.BOTH if "community" in location else Setting.CUSTODY


def _name_contracts_of_outcomes(scoped: dict[str, list[str]], added: dict[str, Contract]) -> None:
    if not added:
        return
    for outcome in DesiredOutcome.objects.filter(code__in=scoped):
        outcome.contracts.add(*(added[reference] for reference in scoped[outcome.code] if reference in added))


def _grant(grants: dict[str, list[str]]) -> None:
    """A grant that was given once and revoked since stays revoked."""
    given = set(ContractGrant.objects.values_list("user__username", "contract__reference"))
    missing = [
        (who, what) for who, references in grants.items() for what in references if (who, what) not in given
    ]
    if not missing:
        return
    administrator = User.objects.get(username="admin", audience=Audience.ADMINISTRATOR)
    users = {user.username: user for user in User.objects.filter(username__in=grants)}
    contracts = {contract.reference: contract for contract in Contract.objects.all()}
    for who, what in missing:
        actions.grant_contract(user=users[who], contract=contracts[what], by=administrator)
