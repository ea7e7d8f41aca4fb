"""Whether nDelius names somebody else than whom the service provider contacts."""

from __future__ import annotations

import pytest

from referrals.journey.records import OfficerInNdelius
from referrals.pulls.responsible_officer import is_somebody_else

BRYONY = {"name": "Bryony Beck", "email": "bryony.beck@justice.gov.uk", "is_allocated": True}


@pytest.mark.parametrize(
    ("officer", "name", "email", "answer"),
    [
        pytest.param(BRYONY, "Bryony Beck", "Bryony.Beck@justice.gov.uk", False, id="the same"),
        pytest.param(BRYONY, "Bryony Smith", "bryony.beck@justice.gov.uk", False, id="the same, by another name"),
        pytest.param(BRYONY | {"phone": "1"}, "Bryony Beck", "bryony.beck@justice.gov.uk", False, id="a new phone"),
        pytest.param(BRYONY, "Carl Carr", "carl.carr@justice.gov.uk", True, id="another"),
        pytest.param(BRYONY | {"email": ""}, "BRYONY BECK", "b@justice.gov.uk", False, id="the same, no email"),
        pytest.param(BRYONY | {"email": ""}, "Carl Carr", "c@justice.gov.uk", True, id="another, without an email"),
        pytest.param(BRYONY, "", "", True, id="nobody was allocated before"),
        pytest.param({"is_allocated": False, "pdu": "York"}, "Carl Carr", "", False, id="nobody is allocated now"),
    ],
)  # fmt: skip
def test_who_is_somebody_else(officer: dict[str, object], name: str, email: str, answer: bool) -> None:
    assert is_somebody_else(OfficerInNdelius(**officer), name=name, email=email) is answer  # type: ignore[arg-type]
