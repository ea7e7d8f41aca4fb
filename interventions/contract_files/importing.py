"""Contracts from a file: what would be added and changed, and then that, all of it or nothing.

A contract that is there already gets its dates, title, description and activities from the file. Who it is for and who
delivers it are set when it is added: later differences are named and left, since a change of service provider has a
minute and consequences (``ProviderChange``). Its type and its place never change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from events import audit
from events.models import AuditAction
from interventions.contract_files.reading import Definition, Fault, read
from interventions.models import Activity, Contract

REPLACED: Final = ("opens_on", "closes_on", "title", "description")
SET_ONCE: Final = ("min_age", "max_age", "allows_female", "allows_male", "incoming_email")
FIXED: Final = ("contract_type", "region", "police_area")


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of one contract: names of what changes, and of what the file has otherwise and is left."""

    reference: str
    is_new: bool
    changes: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """In a sentence or two."""
        if self.is_new:
            return "To be added."
        said = f"To be changed: {', '.join(self.changes)}." if self.changes else "No change."
        return said + (
            f" Different in the file, and left as it is: {', '.join(self.left)}." if self.left else ""
        )


@dataclass(frozen=True, slots=True)
class Imported:
    """What was done, or would be. With a fault there are no steps: nothing is done then."""

    steps: tuple[Step, ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def writes(self) -> int:
        """How many contracts are added or changed."""
        return sum(step.is_new or bool(step.changes) for step in self.steps)


class _NothingIsDone(Exception):
    """Rolls back a dry run, and an import with faults."""


def import_contracts(text: str, *, by: User, dry_run: bool = False) -> Imported:
    """Import every contract of a file, or none and say why. A dry run does the same and takes it back."""
    definitions, faults = read(text)
    steps: list[Step] = []
    if not faults:
        try:
            with transaction.atomic():
                there = _there(definitions)
                for definition in definitions:
                    try:
                        with transaction.atomic():
                            steps.append(_write(definition, there.get(definition.reference)))
                    except ValidationError as fault:
                        faults += _faults(definition, fault)
                if faults or dry_run:
                    raise _NothingIsDone
                if writes := Imported(tuple(steps)).writes:
                    audit.record(AuditAction.CONTRACTS_IMPORTED, by=by, contracts=writes)
        except _NothingIsDone:
            pass
    return Imported(faults=tuple(faults)) if faults else Imported(tuple(steps))


def _there(definitions: list[Definition]) -> dict[str, Contract]:
    rows = Contract.objects.select_for_update(of=("self",)).filter(
        reference__in=[definition.reference for definition in definitions]
    )
    return {row.reference: row for row in rows.prefetch_related("activities", "subcontractors")}


def _write(definition: Definition, contract: Contract | None) -> Step:
    if contract is None:
        return _add(definition)
    columns = definition.columns
    for name in FIXED:
        if getattr(contract, name) != columns[name]:
            raise ValidationError(
                {name: "This differs from the contract that is there, and cannot be changed."}
            )
    changes = [name for name in REPLACED if getattr(contract, name) != columns[name]]
    for name in changes:
        setattr(contract, name, columns[name])
    if changes:
        contract.full_clean()
        contract.save()
    if [_as_given(activity) for activity in contract.activities.all()] != definition.activities:
        _replace_activities(contract, definition)
        changes.append("activities")
    left = [name for name in SET_ONCE if columns[name] != "" and getattr(contract, name) != columns[name]]
    if contract.prime != definition.prime:
        left.append("prime provider")
    if {*contract.subcontractors.all()} != {*definition.subcontractors}:
        left.append("subcontractors")
    return Step(definition.reference, False, _labels(changes), _labels(left))


def _add(definition: Definition) -> Step:
    contract = Contract(reference=definition.reference, prime=definition.prime, **definition.columns)
    contract.full_clean()
    contract.save()
    contract.subcontractors.set(definition.subcontractors)
    _replace_activities(contract, definition)
    return Step(definition.reference, True)


def _as_given(activity: Activity) -> tuple[str, ...]:
    return activity.need_area, activity.activity, activity.method, activity.location


def _replace_activities(contract: Contract, definition: Definition) -> None:
    """As in the file; where it is delivered (custody or community) is kept of those that stay."""
    settings = {_as_given(activity): activity.setting for activity in contract.activities.all()}
    contract.activities.all().delete()
    for position, given in enumerate(definition.activities):
        need_area, activity, method, location = given
        row = Activity(
            contract=contract, need_area=need_area, activity=activity, method=method, location=location,
            setting=settings.get(given, ""), position=position,
        )  # fmt: skip
        row.save()


def _labels(names: list[str]) -> tuple[str, ...]:
    return tuple(_LABELS.get(name, name.replace("_", " ")) for name in names)


_LABELS: Final[dict[str, str]] = {
    "opens_on": "first day",
    "closes_on": "last day",
    "min_age": "minimum age",
    "max_age": "maximum age",
    "allows_female": "for women",
    "allows_male": "for men",
    "incoming_email": "mailbox for new referrals",
}
_IN_THE_FILE: Final[dict[str, str]] = {
    "opens_on": "scheduling.hide_before",
    "closes_on": "scheduling.hide_after",
    "title": "intervention_title",
    "description": "short_description",
    "min_age": "eligibility.minimum_age",
    "max_age": "eligibility.maximum_age",
    "incoming_email": "incoming_distribution_email",
    "contract_type": "contract_type_id",
    "region": "region",
    "police_area": "region",
    "reference": "contract_reference",
}


def _faults(definition: Definition, fault: ValidationError) -> list[Fault]:
    by_field: dict[str, Any] = fault.message_dict
    return [
        Fault(
            f"{definition.place}, {_IN_THE_FILE[name]}" if name in _IN_THE_FILE else definition.place,
            message,
        )
        for name, messages in by_field.items()
        for message in messages
    ]
