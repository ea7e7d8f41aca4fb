"""Who is slowed down by wrong tries, and who is not: by name and address, by address, and never in a known browser."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.demo import PASSWORD
from accounts.known_devices import GOOD_FOR, SALT
from accounts.models import User
from accounts.sign_in_limits import client_address
from accounts.tries import count_try

NAME_LIMIT, ADDRESS_LIMIT = 10, 50
IN, WRONG, LOCKED = 302, 422, 429
PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def _behind_one_proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = 1


def attempt(address: str, username: str, password: str = "wrong", client: Client | None = None) -> int:
    """The status of one try from an address, through our proxy."""
    answer = (client or Client()).post(
        "/sign-in",
        {"username": username, "password": password},
        headers={"x-forwarded-for": address},
        REMOTE_ADDR=PROXY,
    )
    return int(answer.status_code)


ADDRESSES = [
    pytest.param(0, "192.0.2.1", "", "192.0.2.1", id="no proxy"),
    pytest.param(0, "192.0.2.1", "198.51.100.9", "192.0.2.1", id="no proxy: nobody is believed"),
    pytest.param(1, PROXY, "192.0.2.1", "192.0.2.1", id="one proxy"),
    pytest.param(1, PROXY, "198.51.100.9, 192.0.2.1", "192.0.2.1", id="one proxy, and an address made up"),
    pytest.param(2, PROXY, "192.0.2.1, 10.0.0.2", "192.0.2.1", id="two proxies"),
    pytest.param(2, PROXY, "made up, 192.0.2.1, 10.0.0.2", "192.0.2.1", id="two proxies, and words made up"),
    pytest.param(2, PROXY, "192.0.2.1", PROXY, id="fewer addresses than proxies"),
    pytest.param(1, PROXY, "", PROXY, id="past the proxy"),
    pytest.param(1, PROXY, "192.0.2.1:50123", "192.0.2.1", id="with a port"),
    pytest.param(1, PROXY, "[2001:db8:1:2::3]:443", "2001:db8:1:2::/64", id="IPv6 with a port"),
    pytest.param(1, PROXY, "2001:db8:1:2:aaaa::3", "2001:db8:1:2::/64", id="IPv6: the network"),
    pytest.param(1, PROXY, "::ffff:192.0.2.1", "192.0.2.1", id="IPv4 inside IPv6"),
    pytest.param(1, PROXY, "not an address", "unknown", id="no address"),
    pytest.param(0, "", "", "unknown", id="a socket"),
]


@pytest.mark.parametrize(("proxies", "peer", "forwarded", "address"), ADDRESSES)
def test_the_address_that_counts(
    proxies: int, peer: str, forwarded: str, address: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer)) == address


def test_wrong_tries_elsewhere_keep_nobody_out(personas: dict[str, User]) -> None:
    """Behind one proxy everybody used to share one address."""
    assert [attempt("192.0.2.1", "pp") for _ in range(NAME_LIMIT)] == [WRONG] * (NAME_LIMIT - 1) + [LOCKED]
    assert attempt("192.0.2.1", "PP", PASSWORD) == LOCKED, "capitals are no other name"
    assert attempt("192.0.2.2", "pp", PASSWORD) == IN
    assert attempt("192.0.2.1", "pp.colleague", PASSWORD) == IN


@pytest.mark.slow
def test_many_names_from_one_address_are_slowed_down(personas: dict[str, User]) -> None:
    tried = [attempt("192.0.2.1", f"name.{number}") for number in range(ADDRESS_LIMIT)]
    assert tried == [WRONG] * (ADDRESS_LIMIT - 1) + [LOCKED]
    assert attempt("192.0.2.1", "pp", PASSWORD) == LOCKED
    assert attempt("192.0.2.2", "pp", PASSWORD) == IN


def test_an_address_made_up_makes_no_difference(personas: dict[str, User]) -> None:
    for number in range(ADDRESS_LIMIT):
        attempt(f"198.51.100.{number}, 192.0.2.1", f"name.{number}")
    assert attempt("198.51.100.200, 192.0.2.1", "pp", PASSWORD) == LOCKED


@pytest.mark.slow
def test_signing_in_between_does_not_begin_the_count_of_the_address_anew(personas: dict[str, User]) -> None:
    for number in range(ADDRESS_LIMIT):
        attempt("192.0.2.1", f"name.{number}")
        if number % 5 == 0 and number < ADDRESS_LIMIT - 1:
            assert attempt("192.0.2.1", "sp.other", PASSWORD) == IN
    assert attempt("192.0.2.1", "pp", PASSWORD) == LOCKED


def test_signing_in_forgets_the_wrong_tries_of_the_name(personas: dict[str, User]) -> None:
    for _ in range(3):
        for _ in range(NAME_LIMIT - 1):
            assert attempt("192.0.2.1", "pp") == WRONG
        assert attempt("192.0.2.1", "pp", PASSWORD) == IN


@pytest.fixture
def known(personas: dict[str, User]) -> Client:
    """A browser in which pp signed in, and signed out again."""
    client = Client()
    assert attempt("192.0.2.1", "pp", PASSWORD, client) == IN
    client.post("/sign-out")
    return client


@pytest.mark.slow
def test_nobody_in_the_same_office_keeps_somebody_out_of_their_browser(known: Client) -> None:
    for _ in range(NAME_LIMIT):
        attempt("192.0.2.1", "pp")
    for number in range(ADDRESS_LIMIT):
        attempt("192.0.2.1", f"name.{number}")
    assert attempt("192.0.2.1", "pp", PASSWORD) == LOCKED, "another browser of the office"
    assert attempt("192.0.2.1", "pp", PASSWORD, known) == IN


def test_a_known_browser_is_no_way_to_guess(known: Client) -> None:
    assert [attempt("192.0.2.1", "pp", client=known) for _ in range(NAME_LIMIT)][-1] == LOCKED
    assert attempt("203.0.113.5", "pp", PASSWORD, known) == LOCKED, "wherever it is"
    assert attempt("192.0.2.1", "pp", PASSWORD) == IN, "another browser of theirs"


def test_a_browser_is_known_for_its_own_account_alone(known: Client) -> None:
    for _ in range(NAME_LIMIT):
        attempt("192.0.2.1", "pp.colleague", client=known)
    assert attempt("192.0.2.1", "pp.colleague", PASSWORD, known) == LOCKED
    assert attempt("192.0.2.1", "pp", PASSWORD, known) == IN


FORGED = [
    pytest.param(lambda: "", id="none"),
    pytest.param(lambda: "x" * 5000, id="nonsense"),
    pytest.param(lambda: signing.dumps(["pp", "n"], salt="another"), id="signed for something else"),
    pytest.param(lambda: signing.dumps("pp", salt=SALT), id="of another shape"),
    pytest.param(lambda: signing.dumps(["pp", "n"], salt=SALT, key="k"), id="signed by somebody else"),
]


@pytest.mark.parametrize("cookie", FORGED)
def test_a_made_up_browser_is_not_known(cookie: Any, personas: dict[str, User], settings: Any) -> None:
    client = Client()
    client.cookies[settings.KNOWN_DEVICE_COOKIE_NAME] = cookie()
    for _ in range(NAME_LIMIT):
        attempt("192.0.2.1", "pp")
    assert attempt("192.0.2.1", "pp", PASSWORD, client) == LOCKED


def test_a_browser_is_forgotten_in_the_end(known: Client) -> None:
    for _ in range(NAME_LIMIT):
        attempt("192.0.2.1", "pp")
    with time_machine.travel(timezone.now() + timedelta(seconds=GOOD_FOR + 60)):
        for _ in range(NAME_LIMIT):
            attempt("192.0.2.1", "pp")
        assert attempt("192.0.2.1", "pp", PASSWORD, known) == LOCKED


def test_a_lock_ends_a_quarter_of_an_hour_after_the_first_wrong_try(personas: dict[str, User]) -> None:
    """On Redis by its own clock; in memory by ours."""
    for _ in range(NAME_LIMIT + 5):
        attempt("192.0.2.1", "pp")
    keys = [key for key in getattr(cache, "_expire_info", {}) if "sign-in:" in key]
    with time_machine.travel(timezone.now() + timedelta(minutes=15, seconds=1)):
        assert all(attempt("192.0.2.1", "pp", PASSWORD) == IN for _ in keys[:1])


def test_what_was_typed_as_a_name_is_kept_nowhere(personas: dict[str, User], caplog: Any) -> None:
    for _ in range(NAME_LIMIT + 1):
        attempt("192.0.2.1", "my-password-by-mistake")
    assert "my-password-by-mistake" not in caplog.text
    assert "my-password-by-mistake" not in str(getattr(cache, "_cache", ""))


@pytest.mark.django_db
@pytest.mark.usefixtures("redis_is_away")
def test_while_redis_is_away_people_sign_in_and_wrong_tries_count(personas: dict[str, User]) -> None:
    assert [attempt("192.0.2.1", "pp") for _ in range(NAME_LIMIT)] == [WRONG] * (NAME_LIMIT - 1) + [LOCKED]
    assert attempt("192.0.2.1", "pp", PASSWORD) == LOCKED
    assert attempt("192.0.2.2", "pp", PASSWORD) == IN


@pytest.mark.usefixtures("redis_is_away")
def test_while_redis_is_away_a_right_password_forgets_wrong_ones(personas: dict[str, User]) -> None:
    for _ in range(2):
        assert [attempt("192.0.2.1", "pp") for _ in range(NAME_LIMIT - 1)] == [WRONG] * (NAME_LIMIT - 1)
        assert attempt("192.0.2.1", "pp", PASSWORD) == IN


def test_redis_that_goes_away_amid_tries_keeps_nobody_out(
    personas: dict[str, User], request: pytest.FixtureRequest
) -> None:
    client = Client()
    assert attempt("192.0.2.1", "pp", client=client) == WRONG
    request.getfixturevalue("redis_is_away")
    assert attempt("192.0.2.1", "pp", PASSWORD, client) == IN
    assert "_auth_user_id" in client.session


@pytest.mark.slow
def test_a_count_always_ends() -> None:
    """Redis adds in two steps: a count that ends between them is begun by the second, without an end."""
    cache.set("tries", 0, timeout=None)
    assert count_try("tries", seconds=1) == 1
    time.sleep(1.1)  # Redis has a clock of its own, which no test moves
    assert cache.get("tries") is None
