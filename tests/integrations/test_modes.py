"""Each system by itself is called over the network, answered by the stub, or not connected; pages say which."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytest_django.fixtures import Settings

from integrations import failures
from integrations.establishments import establishments
from integrations.failure_wording import NDELIUS, PRISON_RECORDS, what_happened
from integrations.failures import Trouble
from integrations.hmpps_auth import client as hmpps_auth
from integrations.manage_users import client as manage_users
from integrations.ndelius import client as ndelius
from integrations.notify import client as notify
from integrations.oasys import client as oasys
from integrations.oasys.types import Unreachable
from integrations.prison_api import client as prison_api
from integrations.prison_register import client as prison_register
from integrations.prisoner_search import client as prisoner_search
from upstream_stub.server import StubServer
from upstream_stub.state import StubState

ASK: dict[str, Callable[[], object]] = {
    "hmpps_auth": hmpps_auth.token,
    "manage_users": lambda: manage_users.account("P.OKONJO"),
    "ndelius": lambda: ndelius.person("X980001"),
    "oasys": lambda: raised(oasys.risk("X980001")),
    "prison_register": prison_register.prisons,
    "prison_api": prison_api.secure_childrens_homes,
    "prisoner_search": lambda: prisoner_search.custody("A9812ZZ"),
    "notify": lambda: notify.was_taken("x"),
}


def raised(answer: object) -> object:
    """OASys's outcomes are values: here, as the failures that they stand for."""
    if answer == Unreachable(Trouble.NOT_CONNECTED):
        raise failures.NotConnected(oasys.SYSTEM, "risk")
    return answer


def set_mode(settings: Settings, mode: str, *systems: str) -> None:
    settings.UPSTREAM_MODES = settings.UPSTREAM_MODES | dict.fromkeys(systems, mode)


def test_every_system_has_a_mode_and_is_asked_here(settings: Settings) -> None:
    assert settings.UPSTREAM_MODES.keys() == ASK.keys()


def test_a_system_that_is_off_is_not_asked_and_takes_none_with_it(
    in_process: StubState, settings: Settings
) -> None:
    before = settings.UPSTREAM_MODES | {"notify": "stub"}
    for off in ASK:
        settings.UPSTREAM_MODES = before | {off: "off"}
        in_process.journal.clear()
        for system, ask in ASK.items():
            if system == off:
                with pytest.raises(failures.NotConnected):
                    ask()
            else:
                ask()
        assert in_process.calls(off) == []
    assert what_happened(NDELIUS, failures.NotConnected("ndelius", "person")) == (
        "nDelius is not connected to this service"
    )
    assert what_happened(PRISON_RECORDS, Trouble.NOT_CONNECTED).startswith("Prison records are not connected")


def test_without_hmpps_auth_nothing_that_needs_a_token_is_connected(
    in_process: StubState, settings: Settings
) -> None:
    from integrations.hmpps_auth.tokens import forget_tokens

    forget_tokens()
    set_mode(settings, "off", "hmpps_auth")
    with pytest.raises(failures.NotConnected) as caught:
        ndelius.person("X980001")
    assert caught.value.system == "ndelius"
    assert prison_register.prisons()


def test_lists_that_are_not_connected_are_named_apart(in_process: StubState, settings: Settings) -> None:
    set_mode(settings, "off", "prison_api")
    found = establishments()
    assert found.known
    assert found.missing == (("the list of secure children’s homes", Trouble.NOT_CONNECTED),)


def test_one_system_over_the_network_beside_the_others_in_process(
    in_process: StubState, stub_server: StubServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    settings.PRISON_REGISTER_URL = stub_server.url
    set_mode(settings, "real", "prison_register")
    prison_register.prisons()
    ndelius.person("X980001")
    assert [call.system for call in stub_server.state.journal] == ["prison_register"]
    assert [call.system for call in in_process.journal] == ["ndelius"]
