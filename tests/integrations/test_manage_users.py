"""Manage Users: whom it knows, which email addresses are verified, and which groups somebody is in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from integrations import failures
from integrations.manage_users import client as manage_users
from tests.integrations.conftest import bearer
from upstream_stub.faults import Effect, Fault
from upstream_stub.people.accounts import ACCOUNTS
from upstream_stub.state import StubState


def says(stub: StubState, body: Any) -> None:
    stub.faults.append(Fault(Effect.STATUS, system="manage_users", status=200, body=body, times=1))


def test_what_it_says_of_people(stub: StubState) -> None:
    patience, briar = manage_users.account("p.okonjo"), manage_users.account("SP.BRIAR")
    assert (patience.name, patience.source, patience.is_active) == ("Patience Okonjo", "delius", True)
    assert (briar.source, briar.user_id) == ("auth", ACCOUNTS["SP.BRIAR"].user_id)
    assert manage_users.email_of("P.OKONJO") == "patience.okonjo@example.com"
    assert manage_users.email_of("SP.NEW") is None, "none was verified"

    assert manage_users.external_account("SP.BRIAR").can_be_assigned
    left, new = manage_users.external_account("SP.LEFT"), manage_users.external_account("SP.NEW")
    assert (left.is_enabled, left.can_be_assigned) == (False, False)
    assert (new.is_verified, new.email, new.can_be_assigned) == (False, None, False)
    found = manage_users.accounts_with("Sorrel.Briar@example.com")
    assert [account.username for account in found] == ["SP.BRIAR"]
    assert manage_users.accounts_with("nobody+&?@example.com") == ()

    groups = manage_users.groups_of(ACCOUNTS["SP.BRIAR"].user_id)
    assert groups.providers == {"HARROWGATE_PATHWAYS"}
    assert groups.contracts == {"DEMO_0001", "DEMO_0002"}
    assert groups.is_whole
    assert manage_users.groups_of(ACCOUNTS["SP.ADRIFT"].user_id).providers == frozenset()
    assert {call.system for call in stub.journal} == {"manage_users"}


UNKNOWN: dict[str, Callable[[], object]] = {
    "an account": lambda: manage_users.account("LEAVER01"),
    "an email": lambda: manage_users.email_of("LEAVER01"),
    "an account of HMPPS Auth": lambda: manage_users.external_account("P.OKONJO"),
    "groups": lambda: manage_users.groups_of(ACCOUNTS["SP.NEW"].user_id),
}


def test_what_it_does_not_know(in_process: StubState) -> None:
    for ask in UNKNOWN.values():
        with pytest.raises(failures.NotFound):
            ask()


def test_who_has_signed_in(in_process: StubState) -> None:
    token = bearer(user_name="SP.BRIAR", authorities=[]).removeprefix("Bearer ")
    assert manage_users.me(token).name == "Sorrel Briar"
    assert manage_users.my_email(token) == "sorrel.briar@example.com"
    assert manage_users.my_email(bearer(user_name="SP.NEW").removeprefix("Bearer ")) is None
    with pytest.raises(failures.AuthFailed):
        manage_users.me("of nobody")


def test_what_is_not_said_about_an_address_is_not_that_there_is_none(in_process: StubState) -> None:
    for said in ({"email": "a@example.com"}, {"verified": True}, {"email": [], "verified": True}):
        says(in_process, {"username": "P.OKONJO", **said})
        with pytest.raises(failures.Malformed):
            manage_users.email_of("P.OKONJO")


def test_one_bad_value_costs_that_value(in_process: StubState) -> None:
    says(in_process, {"username": " P.OKONJO ", "name": {"first": "x"}, "active": "yes", "userId": 7})
    account = manage_users.account("P.OKONJO")
    assert (account.username, account.name, account.is_active, account.user_id) == (
        "P.OKONJO",
        None,
        None,
        "7",
    )
    says(in_process, {"username": "SP.BRIAR", "userId": "u", "email": "a@example.com"})
    assert not manage_users.external_account("SP.BRIAR").can_be_assigned, "what is not said counts against it"
    says(in_process, {"username": "P.OKONJO", "email": "a@example.com", "verified": False})
    assert manage_users.email_of("P.OKONJO") is None
    says(
        in_process,
        [{"groupCode": "int_sp_A"}, {"groupName": "no code"}, {"groupCode": "OTHER"}, {"groupCode": 5}],
    )
    groups = manage_users.groups_of("x")
    assert (groups.providers, groups.is_whole) == ({"A"}, False)
    says(in_process, {"groups": []})
    with pytest.raises(failures.Malformed):
        manage_users.groups_of("x")
