"""Contract definitions as JSON, read and checked: every fault with its place, and nothing decided about rows yet.

The schema is that of the live service's files: one object a contract, or a list of them. Knows the catalogue's codes;
writes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from accounts.models import Provider
from interventions.models import ContractType, PoliceArea, ProbationRegion

ACTIVITY: Final = ("need_area", "activity", "delivery_method", "delivery_location")
MOST = 1_000  # contracts at once


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and where: ``contract 2 (PRJ_0001), region``."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(slots=True)
class Definition:
    """One contract as its file has it, with the rows that its codes name."""

    place: str
    reference: str
    columns: dict[str, Any]
    prime: Provider | None
    subcontractors: list[Provider]
    activities: list[tuple[str, ...]]


@dataclass(slots=True)
class Codes:
    """The catalogue by its codes: four statements, however many contracts there are."""

    types: dict[str, ContractType] = field(
        default_factory=lambda: {row.code: row for row in ContractType.objects.all()}
    )
    regions: dict[str, ProbationRegion] = field(
        default_factory=lambda: {row.code: row for row in ProbationRegion.objects.all()}
    )
    areas: dict[str, PoliceArea] = field(
        default_factory=lambda: {row.slug: row for row in PoliceArea.objects.select_related("region")}
    )
    providers: dict[str, Provider] = field(
        default_factory=lambda: {row.code: row for row in Provider.objects.all()}
    )


def read(text: str) -> tuple[list[Definition], list[Fault]]:
    """The definitions in a file, and everything that is wrong with them."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as fault:
        line = f"line {fault.lineno}" if isinstance(fault, json.JSONDecodeError) else "file"
        return [], [Fault(line, "This is not JSON.")]
    documents = given if isinstance(given, list) else [given]
    if len(documents) > MOST:
        return [], [Fault("file", f"At most {MOST} contracts at once.")]
    codes, faults = Codes(), []
    definitions, seen = [], set()
    for number, document in enumerate(documents, 1):
        reader = _Reader(f"contract {number}", codes)
        definition = reader.definition(document)
        if definition.reference in seen:
            reader.fault("contract_reference", "This contract is in the file twice.")
        seen.add(definition.reference)
        definitions.append(definition)
        faults += reader.faults
    return definitions, faults


class _Reader:
    """Reads one object, and goes on after a fault, so that all are found at once."""

    def __init__(self, place: str, codes: Codes) -> None:
        self.place, self.codes, self.faults = place, codes, list[Fault]()

    def fault(self, where: str, what: str) -> None:
        self.faults.append(Fault(f"{self.place}, {where}" if where else self.place, what))

    def definition(self, given: Any) -> Definition:
        if not isinstance(given, dict):
            self.fault("", "A contract is an object with names and values.")
            given = {}
        reference = self._text(given, "contract_reference", most=30)
        if reference:
            self.place += f" ({reference})"
        self._known(given, "", _TOP)
        region, area = self._place(self._object(given, "region"))
        eligibility = self._object(given, "eligibility")
        scheduling = self._object(given, "scheduling")
        title = self._text(given, "intervention_title", most=200)
        prime, subcontractors = self._providers(self._object(given, "providers"))
        self._known(eligibility, "eligibility", _ELIGIBILITY)
        self._known(scheduling, "scheduling", _SCHEDULING)
        columns = {
            "contract_type": self._named(given, "contract_type_id", self.codes.types, "contract type"),
            "region": region,
            "police_area": area,
            "title": title,
            "description": self._text(given, "short_description", needed=False) or title,
            "min_age": self._age(eligibility, "minimum_age"),
            "max_age": self._age(eligibility, "maximum_age", needed=False),
            "allows_female": self._yes_or_no(eligibility, "allows_female"),
            "allows_male": self._yes_or_no(eligibility, "allows_male"),
            "opens_on": self._day(scheduling),
            "closes_on": self._last_day(scheduling),
            "incoming_email": self._text(given, "incoming_distribution_email", needed=False),
        }
        return Definition(self.place, reference, columns, prime, subcontractors, [*self._activities(given)])

    # --- Parts

    def _place(self, region: dict[str, Any]) -> tuple[ProbationRegion | None, PoliceArea | None]:
        self._known(region, "region", _REGION)
        codes = [region.get(name) for name in _REGION]
        if sum(code not in (None, "") for code in codes) != 1:
            self.fault("region", "Give nps_region_code or pcc_region_code, and not both.")
            return None, None
        if codes[0]:
            return self._named(region, "nps_region_code", self.codes.regions, "region", "region."), None
        return None, self._named(region, "pcc_region_code", self.codes.areas, "police area", "region.")

    def _providers(self, given: dict[str, Any]) -> tuple[Provider | None, list[Provider]]:
        self._known(given, "providers", _PROVIDERS)
        prime = self._named(
            given, "prime_provider_code", self.codes.providers, "service provider", "providers."
        )
        codes = given.get("subcontractor_codes") or []
        if not isinstance(codes, list):
            self.fault("providers.subcontractor_codes", "This must be a list.")
            codes = []
        others = []
        for place, code in enumerate(codes):
            where = f"providers.subcontractor_codes[{place}]"
            provider = self.codes.providers.get(code) if isinstance(code, str) else None
            if provider is None:
                self.fault(where, f"There is no service provider with the code {code}.")
            elif provider == prime:
                self.fault(where, "The prime provider cannot be a subcontractor as well.")
            elif provider not in others:
                others.append(provider)
        return prime, others

    def _activities(self, given: dict[str, Any]) -> Iterator[tuple[str, ...]]:
        activities = given.get("activities") or []
        if not isinstance(activities, list):
            self.fault("activities", "This must be a list.")
            return
        seen = set()
        for place, activity in enumerate(activities):
            where = f"activities[{place}]"
            if not isinstance(activity, dict):
                self.fault(where, "An activity is an object with names and values.")
                continue
            self._known(activity, where, ACTIVITY)
            limits = (120, 300, 200, 200)
            read = tuple(
                self._text(activity, name, most=most, before=f"{where}.")
                for name, most in zip(ACTIVITY, limits, strict=True)
            )
            if read not in seen:
                seen.add(read)
                yield read

    # --- Values

    def _object(self, given: dict[str, Any], name: str) -> dict[str, Any]:
        value = given.get(name)
        if not isinstance(value, dict):
            self.fault(name, "This is missing, or is not an object with names and values.")
            return {}
        return value

    def _known(self, given: dict[str, Any], where: str, names: tuple[str, ...]) -> None:
        for name in given.keys() - set(names):
            self.fault(f"{where}.{name}" if where else name, "There is no such field.")

    def _text(
        self, given: dict[str, Any], name: str, *, needed: bool = True, most: int = 20_000, before: str = ""
    ) -> str:
        value = given.get(name)
        if value in (None, ""):
            if needed:
                self.fault(before + name, "This is missing.")
            return ""
        if not isinstance(value, str) or "\x00" in value or len(value) > most:
            self.fault(before + name, f"This must be text of at most {most} characters.")
            return ""
        return value.strip()

    def _named(
        self, given: dict[str, Any], name: str, rows: dict[str, Any], kind: str, before: str = ""
    ) -> Any:
        code = self._text(given, name, before=before)
        row = rows.get(code)
        if code and row is None:
            self.fault(before + name, f"There is no {kind} with the code {code}.")
        return row

    def _age(self, given: dict[str, Any], name: str, *, needed: bool = True) -> int | None:
        value = given.get(name)
        if value is None and not needed:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 150:
            self.fault(f"eligibility.{name}", "This must be an age in years.")
            return None
        return value

    def _yes_or_no(self, given: dict[str, Any], name: str) -> bool:
        value = given.get(name)
        if not isinstance(value, bool):
            self.fault(f"eligibility.{name}", "This must be true or false.")
            return False
        return value

    def _day(self, given: dict[str, Any]) -> date | None:
        value = given.get("hide_before")
        day = _parsed(parse_date, value)
        if day is None:
            self.fault("scheduling.hide_before", "This must be a date such as 2026-04-01.")
        return day

    def _last_day(self, given: dict[str, Any]) -> date | None:
        """The last day before the moment from which on no referral is taken, in UK time."""
        value = given.get("hide_after")
        if value is None:
            return None
        moment = _parsed(parse_datetime, value)
        if moment is None or timezone.is_naive(moment):
            what = "This must be a date and time with an offset, such as 2026-04-01T00:00:00+01:00."
            self.fault("scheduling.hide_after", what)
            return None
        return timezone.localtime(moment - timedelta(microseconds=1)).date()


def _parsed(parse: Any, value: Any) -> Any:
    try:
        parsed: date | datetime | None = parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed


_TOP: Final = (
    "internal_contract_id", "internal_intervention_id", "contract_reference", "contract_type_id",
    "incoming_distribution_email", "region", "eligibility", "scheduling", "providers", "intervention_title",
    "short_description", "activities",
)  # fmt: skip
_REGION: Final = ("nps_region_code", "pcc_region_code")
_ELIGIBILITY: Final = ("allows_female", "allows_male", "minimum_age", "maximum_age")
_SCHEDULING: Final = ("hide_before", "hide_after")
_PROVIDERS: Final = ("prime_provider_code", "subcontractor_codes")
