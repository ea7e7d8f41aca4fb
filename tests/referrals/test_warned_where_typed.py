"""An answer that is allowed but unlikely is warned of on the page where it was typed, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from referrals.models import Referral
from tests.stories.referring import Practitioner, filled_in

pytestmark = pytest.mark.django_db
AsPersona = Callable[[str], Client]


def _parts(name: str, day: date) -> dict[str, str]:
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}


def _today() -> date:
    return timezone.localdate()


def _completion(me: Practitioner, day: date) -> tuple[str, dict[str, Any]]:
    Referral.objects.filter(pk=me.draft_id).update(sentence_ends_on=_today() + timedelta(days=100))
    return me.address("completion-date"), _parts("completion_date", day)


def _release(me: Practitioner, day: date) -> tuple[str, dict[str, Any]]:
    me.answer("allocation", has_practitioner="YES")
    me.answer("current-location", location="CUSTODY")
    return me.address("expected-release-date"), {"release": "ANOTHER", **_parts("release_date", day)}


@pytest.mark.parametrize(
    ("question", "days", "warns"),
    [
        pytest.param(_completion, 100, "", id="completed on the day the sentence ends"),
        pytest.param(_completion, 101, "is after the sentence ends on", id="completed after the sentence"),
        pytest.param(_release, 365, "", id="released in a year"),
        pytest.param(_release, 64 * 365, "is more than 5 years away", id="released in 64 years"),
    ],
)
def test_an_unlikely_date_is_warned_of_where_it_was_typed(
    as_persona: AsPersona, question: Callable[..., tuple[str, dict[str, Any]]], days: int, warns: str
) -> None:
    # Given a page with a date typed
    me = Practitioner(as_persona("pp")).starts("X980012" if question is _release else "X980001")
    url, typed = question(me, _today() + timedelta(days=days))
    fields = filled_in(me.open(url)) | typed

    # When it is saved
    onwards = me.post(url, fields)["Location"]

    # Then an unlikely one is shown again at once, saved, with the warning; a likely one goes on
    assert (onwards == url) == bool(warns)
    if warns:
        shown = me.open(url)
        assert warns in shown.get_text()
        assert "Your answer is saved." in shown.get_text()
        # And saving it again, with the warning seen, goes on
        assert me.post(url, filled_in(shown))["Location"] != url


def test_another_warning_is_shown_too(as_persona: AsPersona) -> None:
    me = Practitioner(as_persona("pp")).starts("X980001")
    url, typed = _completion(me, _today() + timedelta(days=101))
    me.post(url, filled_in(me.open(url)) | typed)

    later = filled_in(me.open(url)) | _parts("completion_date", _today() + timedelta(days=200))

    assert me.post(url, later)["Location"] == url
