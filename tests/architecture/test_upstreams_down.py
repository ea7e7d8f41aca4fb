"""With another system down, pages lose a part and say which: only the rule of access may close a page (decision A2).

One walk through every page of both sides finds which ask which system; only these are opened again with it down.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from integrations.transport import close_breakers
from referrals.models import Referral
from tests.architecture.test_routes import PEOPLE, ROWS, _no_log, urls  # noqa: F401 (fixtures)
from tests.factories.referrals import a_draft
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
ACCESS = r"/access$"
TOKENS = "hmpps_auth"  # without it and a token from before, no system can be asked, about access neither
#: How each page says that a part is missing.
SILENCE: dict[str, str | tuple[str, ...]] = {
    "ndelius": "nDelius is not answering",
    "oasys": ("OASys cannot be reached", "OASys did not answer"),
    "prison_register": "The prison register is not answering",
    "prison_api": "The list of secure children’s homes is not answering",
    "prisoner_search": "Prison records are not answering",
}
#: Pages that miss nothing: the drafts are their own, and whom they manage counts only in the tabs beside them; whether
#: nDelius names another practitioner is a hint on the case; what OASys said stands on resuming (decision R3), and the
#: step of risk and sending ask again.
NOTHING_IS_MISSING = {
    ("referrals:drafts", "ndelius"),
    ("referrals:case_progress", "ndelius"),
    ("referrals:resume", "oasys"),
}


def pages_of(*keys: str, at: dict[str, str]) -> list[tuple[str, str, str]]:
    """Whose page, its name and its address, for each that these personas can open."""
    return [(key, name, at[name]) for key in keys for (name, method), row in ROWS.items()
            if method == "GET" and row[PEOPLE.index(key)] in (200, 302)]  # fmt: skip


def opened_anew(signed_in: Client, url: str, *faults: Fault) -> HttpResponse:
    """The answer, with nothing kept from before and everything undone after it."""
    cache.clear()
    close_breakers()
    adapter.reset()
    adapter.state().faults += faults
    client = Client()
    client.cookies.update(signed_in.cookies)
    undone = transaction.atomic()
    undone._from_testcase = True  # type: ignore[attr-defined]  # else other systems could not be called
    with undone:
        answer = client.get(url, follow=True)
        transaction.set_rollback(True)
    return answer


def _asked() -> set[str]:
    """Which systems were asked for more than access."""
    return {call.system for call in adapter.state().journal if not call.path.endswith("/access")}


def _down(system: str) -> Fault:
    return Fault(Effect.STATUS, system=system, path_regex=rf"^(?!.*{ACCESS})", status=503)


def _names(answer: HttpResponse, system: str) -> bool:
    """Whether the page says that it misses what this system has."""
    said = " ".join(BeautifulSoup(answer.content, "html5lib").get_text(" ").split())
    words = SILENCE[system]
    return any(word in said for word in ([words] if isinstance(words, str) else words))


@pytest.mark.slow
@pytest.mark.usefixtures("_no_log")
def test_a_page_without_another_system_says_what_is_missing(
    as_persona: AsPersona,
    personas: dict[str, User],
    urls: dict[str, str],  # noqa: F811
    settings: Any,
) -> None:
    settings.UPSTREAM_BACKOFF = 0
    in_custody = a_draft(personas["pp"], crn="X980012")
    Referral.objects.filter(pk=in_custody.pk).update(has_practitioner=True, location="CUSTODY")
    fresh = (
        "establishment",
        "practitioner",
        "risk_information",
        "criminogenic-needs",
        "relevant-sentence",
        "resume",
    )
    pages = pages_of("pp", "sp.caseworker", at=urls)
    pages += [("pp", name, reverse(f"referrals:{name}", args=[in_custody.pk])) for name in fresh]
    signed_in = {key: as_persona(key) for key in ("pp", "sp.caseworker")}
    wrong, asking = [], 0
    for key, name, url in pages:
        healthy = opened_anew(signed_in[key], url).status_code
        asked, asks_access = _asked(), any(call.path.endswith("/access") for call in adapter.state().journal)
        if key != "pp" and adapter.state().journal:
            wrong.append(f"{key} {name} asks {asked}")
        if asked:
            answer = opened_anew(signed_in[key], url, _down(TOKENS))
            if answer.status_code not in (healthy, 503):
                wrong.append(f"{name} without tokens: {answer.status_code}")
        for system in sorted(asked - {TOKENS}):
            asking += 1
            answer = opened_anew(signed_in[key], url, _down(system))
            if healthy == 403 and answer.status_code == 200 and _names(answer, system):
                continue  # refused for what the system says, which it does not say now
            if answer.status_code != healthy:
                wrong.append(f"{name} without {system}: {answer.status_code} instead of {healthy}")
            elif healthy == 200 and (name, system) not in NOTHING_IS_MISSING and not _names(answer, system):
                wrong.append(f"{name} without {system}: does not say so")
        if asks_access:
            answer = opened_anew(signed_in[key], url, Fault(Effect.STATUS, path_regex=ACCESS, status=503))
            if answer.status_code not in (healthy, 503) or (
                answer.status_code == 503 and not _names(answer, "ndelius")
            ):
                wrong.append(f"{name} without access: {answer.status_code}")
    assert not wrong, "\n".join(wrong)
    assert asking > 10, "pages that ask other systems were found"
