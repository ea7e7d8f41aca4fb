"""Every kind of email is of a type that people can choose by, and what is urgent always comes."""

from __future__ import annotations

import pytest

from accounts.models import Audience
from events.outbox import HANDLERS
from notifications.forms import DAILY, EmailsForm
from notifications.keeping import Choice, How
from notifications.types import DIGEST, LABELS, TYPES, URGENT, Told, choices_of

ALL_OFF = Choice(frozenset(told.value for told in Told), daily=True)


def test_every_kind_of_email_has_a_type_and_every_type_a_kind() -> None:
    kinds = {kind for kind in HANDLERS if kind.startswith("email.")} - {DIGEST}

    assert kinds - TYPES.keys() == set(), "name these in notifications/types.py"
    assert set(TYPES.values()) == set(Told)


def test_every_type_is_called_something_on_some_side() -> None:
    assert {told for labels in LABELS.values() for told in labels} == set(Told)


@pytest.mark.parametrize(
    ("kind", "choice", "how"),
    [
        pytest.param("email.case_assigned", Choice(), How.EMAIL, id="nothing chosen"),
        pytest.param("email.case_assigned", Choice(daily=True), How.DAILY, id="once a day"),
        pytest.param("email.case_assigned", ALL_OFF, How.NOT, id="off"),
        pytest.param("email.case_assigned", Choice(frozenset({"plan"})), How.EMAIL, id="another is off"),
        pytest.param("email.of_tomorrow", ALL_OFF, How.EMAIL, id="a kind without a type"),
        *[
            pytest.param(kind, ALL_OFF, How.EMAIL, id=f"urgent: {told.value}")
            for kind, told in TYPES.items()
            if told in URGENT
        ],
    ],
)
def test_how_somebody_is_told(kind: str, choice: Choice, how: How) -> None:
    assert choice.how_to_tell(kind) == how


@pytest.mark.parametrize("audience", [Audience.PRACTITIONER, Audience.SUPPLIER])
def test_what_is_urgent_is_not_offered_and_cannot_be_posted(audience: Audience) -> None:
    posted = {"how_often": DAILY, "wanted": ["case_note", *(told.value for told in URGENT)]}
    form = EmailsForm(posted, audience=audience, chosen=Choice())

    assert not URGENT & choices_of(audience).keys()
    assert not form.is_valid()
    kept = EmailsForm({"how_often": DAILY, "wanted": ["case_note"]}, audience=audience, chosen=Choice())
    assert kept.is_valid()
    assert kept.choice() == Choice(
        frozenset(told.value for told in choices_of(audience)) - {"case_note"}, daily=True
    )
