"""An installation that does without a system says so where its part would be, and the rest of the page works."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from tests.stories.referring import Practitioner
from tests.stories.test_branches import text_of
from upstream_stub import adapter


def test_each_part_says_that_its_system_is_not_connected(
    as_persona: Callable[[str], Client], settings: Settings
) -> None:
    connected = settings.UPSTREAM_MODES
    me = Practitioner(as_persona("pp")).starts("X980012")
    me.answers_where("CUSTODY")
    for off, step, says in (
        ("prisoner_search", "establishment", "Prison records are not connected to this service"),
        (
            "prison_register",
            "establishment",
            "The prison register is not connected to this service, so the list",
        ),
        (
            "prison_api",
            "establishment",
            "The list of secure children’s homes is not connected to this service",
        ),
        (
            "oasys",
            "risk_information",
            "OASys is not connected to this service, so we do not know the levels.",
        ),
        ("oasys", "criminogenic-needs", "OASys is not connected to this service, so we cannot show"),
    ):
        cache.clear()  # a list that was fetched lately counts as known
        settings.UPSTREAM_MODES = connected | {off: "off"}
        assert says in text_of(me.open(me.address(step))), (off, step)

    settings.UPSTREAM_MODES = connected | {"ndelius": "off"}
    cache.clear()
    adapter.state().journal.clear()
    refused = me.client.get(me.address("establishment"))
    assert refused.status_code == 503
    said = " ".join(refused.content.decode().split())
    assert "nDelius is not connected to this service, so we cannot check whether you" in said
    assert adapter.state().journal == []
