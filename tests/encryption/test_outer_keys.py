"""The keys that wrap: how the setting is read, and how one takes another's place without anybody waiting."""

from __future__ import annotations

import base64
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from cryptography.exceptions import InvalidTag
from django.core.checks import run_checks
from django.core.management import call_command

from accounts.models import User
from encryption import outer_keys, referral_keys
from encryption.models import ReferralKey
from encryption.tasks import rotate_outer_key
from risk.models import RiskInformation
from tests.factories.risk import WHO, Oasys, pulled, section_of


def a_key(name: str) -> str:
    """An outer key as the environment has it. Invented."""
    return f"{name}:{base64.b64encode(name.encode() * 32)[:43].decode()}="


OLD, NEW = a_key("o"), a_key("n")


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        pytest.param([], "missing", id="none"),
        pytest.param([""], "needs a name", id="an empty one"),
        pytest.param([OLD.removeprefix("o")], "needs a name", id="no name"),
        pytest.param([OLD, OLD], "needs a name of its own", id="a name twice"),
        pytest.param([f"{'x' * 21}:{OLD[2:]}"], "at most 20", id="a long name"),
        pytest.param(["o:!!"], "not base64", id="not base64"),
        pytest.param(["o:"], "32 bytes", id="nothing after the name"),
        pytest.param(["o:c2hvcnQ="], "32 bytes", id="too short"),
    ],
)
def test_a_setting_that_cannot_be_read_stops_the_service_at_start(
    settings: Any, setting: list[str], problem: str
) -> None:
    settings.OUTER_KEYS = setting
    [error] = run_checks(tags=["encryption"])
    assert problem in error.msg
    assert not any(part[2:] and part[2:] in error.msg for part in setting)


def test_the_first_is_in_use_and_the_others_still_open(settings: Any) -> None:
    settings.OUTER_KEYS = [OLD]
    row = {"key_id": uuid4(), "referral_id": uuid4()}
    wrapped = outer_keys.wrap(b"k" * 32, **row)
    settings.OUTER_KEYS = [NEW, OLD]

    assert outer_keys.in_use() == "n"
    assert outer_keys.unwrap(wrapped, by="o", **row) == b"k" * 32
    with pytest.raises(InvalidTag):
        outer_keys.unwrap(wrapped, by="o", key_id=row["key_id"], referral_id=uuid4())
    with pytest.raises(InvalidTag):
        outer_keys.unwrap(wrapped, by="n", **row)


@pytest.fixture
def risk(personas: dict[str, User], monkeypatch: pytest.MonkeyPatch, settings: Any) -> RiskInformation:
    settings.OUTER_KEYS = [OLD]
    monkeypatch.setattr("risk.actions.pull_risk_information.client.risk", Oasys())
    return pulled(personas["pp"])


def test_rotation_wraps_every_key_anew_and_the_text_stays_as_it_is(
    risk: RiskInformation, settings: Any, monkeypatch: pytest.MonkeyPatch, personas: dict[str, User]
) -> None:
    # Given keys wrapped by the old outer key, more than one batch of them
    monkeypatch.setattr(referral_keys, "A_BATCH", 2)
    more = [pulled(personas["pp"], crn=crn) for crn in ("X980002", "X980003")]
    settings.OUTER_KEYS = [NEW, OLD]

    # When the command is run, while one referral is written to
    said = StringIO()
    call_command("rotate_outer_key", stdout=said)

    # Then it says what it did, and that the old key can go
    assert said.getvalue().splitlines() == [
        "Wrapped anew: 3",
        "n: wraps 3, in use",
        "o: wraps 0, can be taken off the list",
    ]
    # And everything opens with the new one alone
    settings.OUTER_KEYS = [NEW]
    referral_keys.forget_unwrapped()
    assert {section_of(one, "who_is_at_risk").source_text for one in (risk, *more)} == {WHO}
    # And once more, or by the nightly task, changes nothing
    before = list(ReferralKey.objects.order_by("pk").values())
    assert rotate_outer_key() == 0
    assert list(ReferralKey.objects.order_by("pk").values()) == before


def test_a_key_that_is_still_needed_is_named(risk: RiskInformation, settings: Any) -> None:
    settings.OUTER_KEYS = [OLD, NEW]
    ReferralKey.objects.update(outer_key="n")  # as if the service still ran with the other order
    said = StringIO()
    with pytest.raises(InvalidTag):
        call_command("rotate_outer_key", stdout=said)
    assert ReferralKey.objects.get().outer_key == "n"  # nothing half done
