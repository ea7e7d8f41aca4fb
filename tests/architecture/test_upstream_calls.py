"""What a page of the practitioner's side asks other systems: whether they may see the person, and rarely more.

Nothing is kept from before when each page is opened here, so these are the most that a page asks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Final

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from monitoring.models import ReceivedReferral
from referrals.models import Referral
from tests.architecture.test_routes import _no_log, urls  # noqa: F401 (fixtures)
from tests.architecture.test_upstreams_down import opened_anew, pages_of
from tests.factories.referrals import a_draft, a_sent_referral
from upstream_stub import adapter

AsPersona = Callable[[str], Client]
ACCESS, DETAILS, OFFICER, SENTENCES, MANAGED, OASYS, LIMITED = (
    "access", "details", "responsible-officer", "convictions", "managed-cases", "risks", "limited at all",
)  # fmt: skip
#: The team is asked for once a day, about up to three people whom they manage.
TEAM: Final = (MANAGED, OFFICER)
FACTS: Final = (DETAILS, LIMITED, OFFICER, SENTENCES)
#: What these pages ask besides access, and why they may.
MORE: Final = {
    "referrals:home": TEAM,
    "referrals:drafts": (MANAGED,),  # how many cases stand beside them
    "referrals:cases": (MANAGED,),
    "referrals:case_list": (MANAGED,),
    "referrals:cover": TEAM,
    # Every referral of a person is for who manages them.
    "referrals:person_of_draft": (MANAGED,),
    "referrals:same_person": (MANAGED,),
    "referrals:person_disclosures": (MANAGED,),
    "referrals:download_person_disclosures": (MANAGED,),
    # Facts are compared on resuming and before sending; resuming a draft that is ready leads there, just compared.
    "referrals:check_answers": FACTS,
    "referrals:resume": (*FACTS, OASYS),
    "referrals:relevant-sentence": (SENTENCES,),
    # Newer OASys is looked for once a day for a case; another practitioner every 15 minutes.
    "referrals:case": (OASYS,),
    "referrals:case_progress": (OFFICER, OASYS),
    # Both values are shown as they are at that moment.
    "referrals:accept_practitioner": (OFFICER,),
    "referrals:case_records": (DETAILS, LIMITED, OFFICER),
    "referrals:check_crn": (DETAILS,),
}


def _asked() -> list[str]:
    calls = [call for call in adapter.state().journal if call.system != "hmpps_auth"]
    return [_kind(call.path) for call in calls]


def _kind(path: str) -> str:
    if re.search(r"/users/REFER-AND-MONITOR/access$", path):
        return LIMITED
    return "risks" if "/risks/" in path else path.rpartition("/")[2]


@pytest.mark.thorough
@pytest.mark.usefixtures("_no_log")
def test_a_page_asks_whether_they_may_see_the_person_and_rarely_more(
    as_persona: AsPersona,
    personas: dict[str, User],
    urls: dict[str, str],  # noqa: F811
) -> None:
    signed_in = as_persona("pp")
    wrong, of_cases = [], 0
    for _, name, url in pages_of("pp", at=urls):
        if not name.startswith("referrals:"):
            continue
        opened_anew(signed_in, url)
        asked = Counter(_asked())
        of_cases += asked[ACCESS]
        if beyond := asked - Counter((ACCESS, *MORE.get(name, ()))):
            wrong.append(f"{name} asks too much: {dict(beyond)}")
        if missing := Counter(MORE.get(name, ())) - asked:
            wrong.append(f"{name} does not ask, as the table says: {dict(missing)}")
    assert not wrong, "\n".join(wrong)
    assert of_cases > 40, "pages of one person ask for access"


@pytest.mark.thorough
@pytest.mark.parametrize("rows", [3, 50])
def test_a_list_asks_once_for_access_however_many_people_it_has(
    as_persona: AsPersona, personas: dict[str, User], rows: int
) -> None:
    for number in range(rows):
        for made in (a_draft(personas["pp"]), a_sent_referral(personas["pp"])):
            crn = f"X9701{number:02}"
            Referral.objects.filter(pk=made.pk).update(crn=crn)
            ReceivedReferral.objects.unscoped().filter(pk=made.received_id).update(crn=crn)
    client = as_persona("pp")

    for url in (reverse("referrals:drafts"), reverse("referrals:case_list", args=["open"])):
        opened_anew(client, url)

        (call,) = adapter.state().calls("ndelius", "/access")
        assert len(call.body) == rows, url
        assert Counter(_asked()) == Counter((ACCESS, MANAGED)), url
