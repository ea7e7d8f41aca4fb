"""Where a draft's answers stand: typed values in and out of the draft's row, and nothing else.

Knows columns. Does not know pages, the order of questions, or who is asking.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any, TypeVar, cast

from referrals.journey.answers import (
    CriminogenicNeeds,
    DesiredOutcomes,
    NeedWithComment,
    RiskDeclared,
    Services,
)
from referrals.models import ChosenService, Referral
from risk.redaction import is_begun, is_declared, keyed_hash, was_declared

A = TypeVar("A")


class DraftStore:
    """Reads and writes the answers of one draft. ``service`` says which one, for questions asked per service."""

    def __init__(self, referral: Referral) -> None:
        self.referral = referral

    def read(self, kind: type[A], service: ChosenService | None = None) -> A:
        """The answers of one page, as they stand."""
        if kind is DesiredOutcomes:
            assert service is not None
            return cast(A, DesiredOutcomes(tuple(sorted(one.pk for one in service.outcomes.all()))))
        if kind is Services:
            return cast(A, Services(tuple(sorted(one.category_id for one in self.referral.services.all()))))
        if kind is RiskDeclared:
            risk = self.referral.risk
            declared = RiskDeclared(
                is_declared(risk), was_declared(risk), is_begun(risk), risk.newer_is_undecided
            )
            return cast(A, declared)
        row = service if service is not None else self.referral
        return kind(**{name: self._from_column(kind, getattr(row, name)) for name in _names(kind)})

    def write(self, answers: object, service: ChosenService | None = None) -> None:
        """Put answers onto the row. The caller saves the referral; a service's row is saved here.

        A service that is no longer chosen goes with its answers.
        """
        if isinstance(answers, Services):
            self.referral.services.exclude(category__in=answers.services).delete()
            there = set(self.referral.services.values_list("category", flat=True))
            for category in answers.services:
                if category not in there:
                    ChosenService.objects.create(referral=self.referral, category_id=category)
            return
        if isinstance(answers, DesiredOutcomes):
            assert service is not None
            service.outcomes.set(answers.outcomes)
            return
        row = service if service is not None else self.referral
        for name in _names(type(answers)):
            setattr(row, name, self._to_column(getattr(answers, name)))
        if service is not None:
            service.save()

    def clear(self, kind: type[Any], service: ChosenService | None = None) -> None:
        """Take answers away, as if the question had never been asked. A declaration is voided by change alone."""
        if kind is RiskDeclared:
            return
        if kind is Services:
            self.referral.services.all().delete()
            return
        if kind is DesiredOutcomes:
            assert service is not None
            service.outcomes.clear()
            return
        row: Any = service if service is not None else self.referral
        for name in _names(kind):
            setattr(row, name, self._cleared(row, name))
        if service is not None:
            service.save()

    def holds(self, kind: type[Any], service: ChosenService | None = None) -> bool:
        """Whether clearing these answers would take anything away."""
        if kind is RiskDeclared:
            return False
        answers = self.read(kind, service)
        if kind in (Services, DesiredOutcomes):
            return any(asdict(answers).values())
        row: Any = service if service is not None else self.referral
        return any(
            self._to_column(getattr(answers, name)) not in (None, "", self._cleared(row, name))
            for name in _names(kind)
        )

    @staticmethod
    def _cleared(row: Any, name: str) -> Any:
        field = row._meta.get_field(name.removesuffix("_id") if name == "complexity_level_id" else name)
        return None if field.null else field.get_default()

    @staticmethod
    def _from_column(kind: type[Any], value: Any) -> Any:
        if kind is CriminogenicNeeds and value is not None:
            return tuple(NeedWithComment(**need) for need in value)
        return tuple(value) if isinstance(value, list) else value

    @staticmethod
    def _to_column(value: Any) -> Any:
        if isinstance(value, tuple):
            return [asdict(item) if isinstance(item, NeedWithComment) else item for item in value]
        return value


_NAMES: dict[type[Any], tuple[str, ...]] = {}


def _names(kind: type[Any]) -> tuple[str, ...]:
    if kind not in _NAMES:
        _NAMES[kind] = tuple(field.name for field in fields(kind))
    return _NAMES[kind]


def fingerprint(answers: Any) -> str:
    """A keyed hash of answers: the same only while nobody saved others. Carried by the page that shows them."""
    plain = {name: str(value) if value is not None else None for name, value in asdict(answers).items()}
    return keyed_hash([type(answers).__name__, plain])[:32]
