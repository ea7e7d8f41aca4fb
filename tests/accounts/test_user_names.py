"""Capitals make no difference to a user name: signing in and making an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.demo import PASSWORD
from accounts.models import User
from tests.conftest import Page
from tests.factories.accounts import PractitionerFactory

AsPersona = Callable[[str], Client]

TYPED = [
    pytest.param("sp.caseworker", id="as it is kept"),
    pytest.param("Sp.caseworker", id="as a telephone writes it"),
    pytest.param("SP.CASEWORKER", id="in capitals"),
    pytest.param(" Sp.Caseworker ", id="with spaces around"),
    pytest.param("ｓｐ．ｃａｓｅｗｏｒｋｅｒ", id="in full-width letters"),
]


@pytest.mark.parametrize("typed", TYPED)
def test_signing_in(typed: str, personas: dict[str, User], client: Client) -> None:
    answer = client.post("/sign-in", {"username": typed, "password": PASSWORD})

    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(personas["sp.caseworker"].pk)


KEPT = [
    pytest.param("Sp.Caseworker", "sp.caseworker", id="capitals"),
    pytest.param("SIÂN.PROSSER", "siân.prosser", id="capitals with accents"),
    pytest.param("sia\u0302n.prosser", "siân.prosser", id="decomposed"),
    pytest.param(" a.b ", "a.b", id="spaces around"),
]


@pytest.mark.parametrize(("given", "kept"), KEPT)
@pytest.mark.parametrize("way", ["create", "save", "create_user"])
def test_however_it_is_written_it_is_kept_in_small_letters(
    empty_tables: None, way: str, given: str, kept: str
) -> None:
    if way == "create":
        user = User.objects.create(username=given)
    elif way == "create_user":
        user = User.objects.create_user(given)
    else:
        user = User(username=given)
        user.save()

    assert User.objects.get(pk=user.pk).username == kept
    assert User.objects.get_by_natural_key(given) == user


SAME = [
    pytest.param("sp.caseworker", "SP.caseworker", id="capitals"),
    pytest.param("siân", "SIÂN", id="capitals with accents"),
    pytest.param("siân", "sia\u0302n", id="decomposed"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_no_second_account_differs_by_capitals_alone(empty_tables: None, first: str, second: str) -> None:
    User.objects.create(username=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=second)


PAST_THE_MODEL = [
    pytest.param(lambda: User.objects.update(username="SP.caseworker"), id="update"),
    pytest.param(lambda: User.objects.bulk_create([User(username="Another")]), id="many at once"),
]


@pytest.mark.parametrize("write", PAST_THE_MODEL)
def test_the_database_refuses_what_goes_past_the_model(empty_tables: None, write: Callable[[], Any]) -> None:
    User.objects.create(username="sp.caseworker")
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_an_administrator_who_makes_one_is_told(as_persona: AsPersona) -> None:
    new = {"audience": "SUPPLIER", "password1": "long enough 1", "password2": "long enough 1"}
    formset = {f"memberships-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    answer = as_persona("admin").post(
        reverse("admin:accounts_user_add"),
        {"username": "SP.caseworker", "usable_password": "true", **new, **formset},
    )

    assert answer.status_code == 200
    assert "already exists" in answer.content.decode()


ACCOUNTS = [
    pytest.param("P.OKONJO", "p.okonjo", id="capitals"),
    pytest.param("P.Okonjo", "P.Okonjo", id="the same"),
]


@pytest.mark.parametrize(("first", "second"), ACCOUNTS)
def test_one_user_an_ndelius_account_whatever_its_capitals(
    empty_tables: None, first: str, second: str
) -> None:
    PractitionerFactory(ndelius_username=first)
    other = PractitionerFactory.build(ndelius_username=second)
    with pytest.raises(ValidationError, match="Someone else has this nDelius account"):
        other.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


@pytest.mark.parametrize("account", ["P OKONJO", "P.OKONJO\n", "P.OKONJÖ", " "])
def test_an_ndelius_account_that_cannot_be_one_is_refused(empty_tables: None, account: str) -> None:
    with pytest.raises(ValidationError, match="without spaces or accents"):
        PractitionerFactory.build(ndelius_username=account).full_clean()


CODES = [
    pytest.param("anonymous", "accounts:sign_in", "username", id="user name"),
    pytest.param("pp", "referrals:find_person", "crn", id="CRN"),
    pytest.param("sp.caseworker", "monitoring:all_cases", "terms", id="search of a list"),
]


@pytest.mark.parametrize(("who", "name", "box"), CODES)
def test_nothing_helps_with_what_is_no_word(
    as_persona: AsPersona, page: Page, who: str, name: str, box: str
) -> None:
    shown = page(as_persona(who), reverse(name), follow=True).find("input", {"name": box})

    assert shown is not None
    helps = [shown.get(attribute) for attribute in ("autocapitalize", "autocorrect", "spellcheck")]
    assert helps == ["none", "off", "false"]
