"""Without Redis every page answers as it does with it, but for /health, which says what is ill."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User
from refer_monitor import plain_cache
from tests.architecture.test_routes import _no_log, urls  # noqa: F401 (fixtures)
from tests.architecture.test_upstreams_down import opened_anew, pages_of

AsPersona = Callable[[str], Client]


@pytest.mark.slow
@pytest.mark.usefixtures("_no_log")
def test_a_page_without_redis_answers_as_with_it(
    as_persona: AsPersona,
    personas: dict[str, User],
    urls: dict[str, str],  # noqa: F811
    request: pytest.FixtureRequest,
) -> None:
    pages = [page for page in pages_of("pp", "sp.caseworker", "admin", at=urls) if page[1] != "health"]
    signed_in = {key: as_persona(key) for key in ("pp", "sp.caseworker", "admin")}
    healthy = {(key, name): opened_anew(signed_in[key], url).status_code for key, name, url in pages}
    request.getfixturevalue("redis_is_away")

    wrong = []
    for key, name, url in pages:
        plain_cache._left_alone_until.clear()  # else most pages would not even ask
        status = opened_anew(signed_in[key], url).status_code
        if status != healthy[key, name]:
            wrong.append(f"{key} {name}: {status} instead of {healthy[key, name]}")
    assert not wrong, "\n".join(wrong)
    assert Client().get("/health").json()["cache"] == "failed"
    assert len(pages) > 150, "pages were found"
