"""A practitioner, an OASys that says what the test wants, and risk information pulled from it."""

from __future__ import annotations

import pytest

from accounts.models import User
from risk.actions import pull_risk_information as pulling
from risk.models import RiskInformation
from tests.factories.accounts import PractitionerFactory
from tests.factories.risk import Oasys, pulled


@pytest.fixture
def oasys(monkeypatch: pytest.MonkeyPatch) -> Oasys:
    """Set ``oasys.answer``; read ``oasys.timeouts``."""
    stand_in = Oasys()
    monkeypatch.setattr(pulling.client, "risk", stand_in)
    return stand_in


@pytest.fixture
def author(db: None) -> User:
    """Who started the referral."""
    return PractitionerFactory()


@pytest.fixture
def colleague(db: None) -> User:
    """Another practitioner."""
    return PractitionerFactory()


@pytest.fixture
def risk(author: User, oasys: Oasys) -> RiskInformation:
    """Risk information with a full assessment, nothing decided yet."""
    return pulled(author)
