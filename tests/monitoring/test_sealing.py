"""The hash over everything handed over: the same for the same, another for any difference."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from integrations.risk_answers import SharedAnswer
from monitoring.handover.contents import Handover, SharedRiskSection
from monitoring.handover.seal import canonical, seal
from tests.factories.monitoring import a_handover, a_risk


def _changed(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, SharedAnswer) or value is None:
        return SharedAnswer.NO if value is not SharedAnswer.NO else SharedAnswer.YES
    if isinstance(value, str):
        return value + "\N{ZERO WIDTH SPACE}"
    if isinstance(value, int):
        return value + 1
    if isinstance(value, datetime):
        return value + timedelta(microseconds=1)
    if isinstance(value, date):
        return value + timedelta(days=1)
    if isinstance(value, UUID):
        return UUID(int=value.int + 1)
    raise AssertionError(f"no other value for {type(value)}")


def _each_change(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every copy of ``value`` that differs in exactly one place, with the name of that place."""
    if is_dataclass(value):
        for field in fields(value):
            for where, part in _each_change(getattr(value, field.name), f"{name}.{field.name}"):
                yield where, replace(value, **{field.name: part})  # type: ignore[type-var]
    elif isinstance(value, tuple):
        yield f"{name}, one more", (*value, value[-1] if value else "withheld")
        for place, one in enumerate(value):
            for where, part in _each_change(one, f"{name}[{place}]"):
                yield where, (*value[:place], part, *value[place + 1 :])
    else:
        yield name, _changed(value)


CHANGES = [pytest.param(changed, id=where.lstrip(".")) for where, changed in _each_change(a_handover())]


def test_every_field_is_among_the_changes() -> None:
    places = {re.split(r"\W", str(parameter.id))[0] for parameter in CHANGES}

    assert places == {field.name for field in fields(Handover)}
    assert len(CHANGES) > 80


@pytest.mark.parametrize("changed", CHANGES)
def test_any_difference_shows(changed: Handover) -> None:
    assert seal(changed) != seal(a_handover())


def test_the_same_handover_has_the_same_hash() -> None:
    assert seal(a_handover()) == seal(a_handover())
    assert len(seal(a_handover())) == 64


def test_one_moment_has_one_hash_in_every_time_zone() -> None:
    moment = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert seal(a_handover(sent_at=moment)) == seal(a_handover(sent_at=elsewhere))


def test_nothing_and_an_empty_text_in_another_field_are_told_apart() -> None:
    as_text = a_handover(risk=a_risk(suicide=SharedRiskSection(text="NO")))
    as_answer = a_handover(risk=a_risk(suicide=SharedRiskSection(answer=SharedAnswer.NO)))

    assert seal(as_text) != seal(as_answer)


def test_the_key_is_part_of_it(settings: Any) -> None:
    before = seal(a_handover())
    settings.DECLARATION_KEY = "another key"

    assert seal(a_handover()) != before


def test_letters_stand_as_they_are() -> None:
    assert "Ŵyn 🙂 שלום".encode() in canonical(a_handover(reason_for_referral="Ŵyn 🙂 שלום"))
