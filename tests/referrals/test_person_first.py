"""Finding a service from the person: looked up, confirmed, the services that fit above the others, one draft."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from events.models import AuditAction, AuditEvent
from govuk.template_filters import date
from interventions.models import Contract, ProbationDeliveryUnit
from referrals.finding import people_looked_up as looked_up
from referrals.models import Referral
from referrals.views.starting import NOT_LOOKED_UP, token
from tests.conftest import Page
from tests.factories.referrals import a_draft, a_sent_referral
from tests.stories.referring import filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
FIND_PERSON = "/probation-practitioner/people/"
KEZIA = "X980010"  # a woman of about forty, supervised in Yorkshire and the Humber
SOL = "X980025"  # nDelius does not say whether a man or a woman
MEETS_NEED = "Services that fit and meet a need"
OTHERS = "Services that may not fit"
FINLAY = "X980023"  # a man without a community manager, so nowhere


@pytest.fixture(autouse=True)
def _without_waiting(settings: Settings) -> None:
    settings.UPSTREAM_BACKOFF = 0


def _text(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _looked_up(client: Client, page: Page, crn: str) -> str:
    """The address of the confirmation."""
    page.post(client, FIND_PERSON, {"crn": crn})
    return _last_key(client)


def _last_key(client: Client) -> str:
    return f"{FIND_PERSON}{list(client.session[looked_up.IN_WEB_SESSION])[-1]}/"


def _services_of(client: Client, page: Page, crn: str) -> str:
    """The address of the list of services, the person being confirmed."""
    check = _looked_up(client, page, crn)
    return str(client.post(check)["Location"])


def _one() -> int:
    """The key of a service that takes referrals."""
    return Contract.objects.get(reference="DEMO_0001").pk


def _groups(soup: BeautifulSoup) -> dict[str, list[str]]:
    """The titles under the heading of each group."""
    cards = {heading: heading.find_next("ul", class_="rm-services") for heading in soup.select("main h2[id]")}
    return {
        _text(heading): [_text(link) for link in found.select("h3 a")] for heading, found in cards.items()
    }


def _fitting(soup: BeautifulSoup) -> list[str]:
    """The titles in every group of services that fit."""
    return [title for name, titles in _groups(soup).items() if name != OTHERS for title in titles]


def _card(soup: BeautifulSoup, title: str) -> list[str]:
    """What the card of a service says below its provider and what it offers."""
    lines = soup.find("a", string=title).find_parent(class_="rm-service").select(".rm-service__line")
    return [_text(line) for line in lines[2:]]


# --- From the CRN to the draft


def test_from_the_person_to_the_draft_without_giving_the_crn_again(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    client = as_persona("pp")
    home = page(client, reverse("referrals:home"))
    assert home.find("a", string="Find a service for a person")["href"] == FIND_PERSON

    page.post(client, FIND_PERSON, {"crn": " x980010 "})
    check = page(client, _last_key(client))
    for shown in ("Kezia Brackenridge", "X980010", "27 March 1986"):
        assert shown in _text(check.main)
    services = client.post(_last_key(client))["Location"]
    listed = page(client, services)
    assert "Kezia Brackenridge" in _text(listed.select_one(".rm-person"))
    href = listed.find("a", string="Steps into work in West Yorkshire")["href"]
    chosen = page(client, href)
    assert "Kezia Brackenridge" in _text(chosen.select_one(".rm-person"))
    page.post(client, href, filled_in(chosen, chosen.select_one("main form")))

    draft = Referral.objects.get()
    assert (draft.crn, draft.contract.reference, draft.created_by) == (KEZIA, "DEMO_0002", personas["pp"])
    assert "Kezia Brackenridge" in _text(page(client, reverse("referrals:tasks", args=[draft.pk])))


def test_pressing_twice_makes_one_draft(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    href = f"{_services_of(client, page, KEZIA)}{Contract.objects.get(reference='DEMO_0001').pk}/"
    chosen = page(client, href)
    fields = filled_in(chosen, chosen.select_one("main form"))

    first, second = (client.post(href, fields)["Location"] for _ in range(2))

    assert first == second
    assert Referral.objects.count() == 1


def test_every_step_redirects_for_now_and_not_for_ever(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    answers = [client.post(FIND_PERSON, {"crn": KEZIA})]
    answers.append(client.post(answers[-1]["Location"]))
    contract = Contract.objects.get(reference="DEMO_0001")
    start = reverse("referrals:start", args=[contract.pk])
    answers.append(client.post(start, {"crn": KEZIA}))
    confirm = answers[-1]["Location"]
    token = BeautifulSoup(client.get(confirm).content, "html5lib").select_one("input[name=person]")["value"]
    answers.append(client.post(confirm, {"person": token}))

    assert [answer.status_code for answer in answers] == [302] * 4


# --- What fits


@pytest.mark.usefixtures("personas")
@pytest.mark.parametrize(
    ("crn", "compared", "fitting", "others"),
    [
        pytest.param(
            KEZIA,
            r"Compared with what nDelius says: female, aged \d\d, supervised in Yorkshire and the Humber\.",
            {"DEMO_0001", "DEMO_0002", "DEMO_0004", "DEMO_0006"},
            {"DEMO_0003", "DEMO_0005", "DEMO_0007", "DEMO_0010", "DEMO_0012", "DEMO_0013", "DEMO_0014"},
            id="a woman in Yorkshire",
        ),
        pytest.param(
            SOL,
            r"supervised in Yorkshire and the Humber\. We do not know whether the person is male or female\.",
            {"DEMO_0001", "DEMO_0002", "DEMO_0006"},
            {"DEMO_0003", "DEMO_0004", "DEMO_0005", "DEMO_0009"},
            id="sex not recorded",
        ),
        pytest.param(
            FINLAY,
            r"male, aged \d\d\. We do not know in which region they are supervised\.",
            {"DEMO_0001", "DEMO_0003", "DEMO_0007", "DEMO_0008", "DEMO_0012", "DEMO_0013", "DEMO_0014"},
            {"DEMO_0004", "DEMO_0005", "DEMO_0009", "DEMO_0010"},
            id="nobody says where: no area is held against a service",
        ),
    ],
)
def test_services_that_fit_come_first(
    as_persona: AsPersona, page: Page, crn: str, compared: str, fitting: set[str], others: set[str]
) -> None:
    client = as_persona("pp")
    listed = page(client, _services_of(client, page, crn))
    titles = dict(Contract.objects.values_list("reference", "title"))

    assert re.search(compared, _text(listed.main))
    found, rest = _fitting(listed), _groups(listed)[OTHERS]
    assert {titles[one] for one in fitting} <= set(found)
    assert {titles[one] for one in others} <= set(rest)
    assert titles["DEMO_0011"] not in _text(listed)  # ended
    for title in found:
        assert not any(line.startswith("May not fit") for line in _card(listed, title))
    for title in rest:
        assert any(line.startswith("May not fit: ") for line in _card(listed, title))
    assert f"{len(found)} services fit, and {len(rest)} others may not." in _text(listed.main)


@pytest.mark.parametrize(
    ("reference", "short", "reason"),
    [
        pytest.param(
            "DEMO_0003", "for men only", "for men only, and nDelius says the person is female", id="sex"
        ),
        pytest.param("DEMO_0005", "for ages 18 to 25", "aged 18 to 25, and the person is", id="age"),
        pytest.param("DEMO_0010", "opens on", "does not take referrals before", id="dates"),
        pytest.param(
            "DEMO_0014",
            "for Wales",
            "for Wales, and the person is supervised in Yorkshire and the Humber",
            id="area",
        ),
    ],
)
def test_a_service_that_does_not_fit_says_why_and_can_be_chosen_all_the_same(
    as_persona: AsPersona, page: Page, reference: str, short: str, reason: str
) -> None:
    client = as_persona("pp")
    listed = page(client, _services_of(client, page, KEZIA))
    contract = Contract.objects.get(reference=reference)

    assert any(short in line for line in _card(listed, contract.title))
    href = listed.find("a", string=contract.title)["href"]
    chosen = page(client, href)
    assert any(reason in _text(one) for one in chosen.select(".govuk-warning-text"))
    page.post(client, href, filled_in(chosen, chosen.select_one("main form")))
    assert Referral.objects.get().contract == contract


def test_services_that_open_too_late_are_not_listed(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    Contract.objects.filter(reference="DEMO_0010").update(opens_on=timezone.localdate() + timedelta(days=91))

    assert "Steps into work in London" not in _text(page(client, _services_of(client, page, KEZIA)))


@pytest.mark.parametrize(
    ("units", "is_known"),
    [
        pytest.param({}, True, id="the unit that nDelius names"),
        pytest.param({"name": "HARROWGATE AND NORTH VALE"}, True, id="in capitals"),
        pytest.param({"name": "Hárrowgâte and  North Vale"}, True, id="with accents"),
        pytest.param({"is_active": False}, False, id="a unit that is no more"),
        pytest.param({"name": "Another"}, False, id="a unit that we do not know"),
    ],
)
def test_the_region_is_that_of_the_delivery_unit(
    as_persona: AsPersona, page: Page, units: dict[str, object], is_known: bool
) -> None:
    client = as_persona("pp")
    if units:
        ProbationDeliveryUnit.objects.filter(name="Harrowgate and North Vale").update(**units)

    listed = page(client, _services_of(client, page, KEZIA))

    assert ("supervised in Yorkshire and the Humber" in _text(listed.main)) is is_known
    assert ("in which region they are supervised" in _text(listed.main)) is not is_known


def test_two_units_of_one_name_in_two_regions_say_nothing(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    unit = ProbationDeliveryUnit.objects.get(name="Harrowgate and North Vale")
    elsewhere = ProbationDeliveryUnit.objects.exclude(region=unit.region).first()
    ProbationDeliveryUnit.objects.create(register_id="8001", name=unit.name, region=elsewhere.region)

    assert "in which region they are supervised" in _text(page(client, _services_of(client, page, KEZIA)))


# --- What meets a need


def _needs(*sections: str, **answer: object) -> dict[str, object]:
    """OASys's answer with these needs identified."""
    identified = [
        {"section": section, "name": section.replace("_", " ").title(), "score": 9} for section in sections
    ]
    lists = {"identifiedNeeds": identified, "notIdentifiedNeeds": [], "unansweredNeeds": []}
    return {**lists, "assessedOn": "2026-06-01T12:00:00"} | answer


def _oasys_answers(body: object, status: int = 200) -> None:
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="^/needs/", status=status, body=body))


NOT_IDENTIFIED = {"notIdentifiedNeeds": [{"section": "ACCOMMODATION", "name": "Accommodation", "score": 0}]}
HOME, WORK, WOMEN, RECOVERY = (
    "Finding and keeping a home in West Yorkshire",
    "Steps into work in West Yorkshire",
    "Women's services in Yorkshire and the Humber",
    "Recovery from alcohol and drugs in Yorkshire and the Humber",
)


@pytest.mark.parametrize(
    ("answer", "sentence", "fits"),
    [
        pytest.param(
            _needs("ACCOMMODATION"),
            "Needs that OASys identifies: accommodation.",
            {HOME: "accommodation", WOMEN: "accommodation"},
            id="one need",
        ),
        pytest.param(
            _needs("DRUG_MISUSE", "ALCOHOL_MISUSE"),
            "Needs that OASys identifies: drug misuse; alcohol misuse.",
            {RECOVERY: "dependency", WOMEN: "dependency"},
            id="two needs, one service category",
        ),
        pytest.param(
            _needs("EDUCATION_TRAINING_AND_EMPLOYABILITY"),
            "Needs that OASys identifies: education, training and employability.",
            {WORK: "education", WOMEN: "education, finance"},
            id="one need, two service categories",
        ),
        pytest.param(
            _needs("DRUG_USE", "ACCOMMODATION"),
            "Needs that OASys identifies: drug use; accommodation.",
            {RECOVERY: "dependency", HOME: "accommodation", WOMEN: "accommodation, dependency"},
            id="a section of the newer form",
        ),
        pytest.param(
            _needs("HOBBIES"), "Needs that OASys identifies: hobbies.", {}, id="a section that we do not know"
        ),
        pytest.param(
            _needs(**NOT_IDENTIFIED),
            "OASys identifies no needs, so services are not matched to needs.",
            {},
            id="a need that is not identified",
        ),
        pytest.param(
            _needs("ACCOMMODATION", unansweredNeeds=None),
            "Needs that OASys identifies: accommodation. Part of its answer could not be read, so there may be others.",
            {HOME: "accommodation", WOMEN: "accommodation"},
            id="an answer in part",
        ),
        pytest.param(
            _needs(identifiedNeeds=7),
            "OASys sent an answer that we can only read in part, so services are not matched to needs.",
            {},
            id="an answer in part, without the needs",
        ),
    ],
)  # fmt: skip
def test_services_are_matched_to_the_needs_that_oasys_identifies(
    as_persona: AsPersona, page: Page, answer: dict[str, object], sentence: str, fits: dict[str, str]
) -> None:
    _oasys_answers(answer)
    client = as_persona("pp")

    listed = page(client, _services_of(client, page, KEZIA))

    assert sentence in _text(listed.main)
    groups = _groups(listed)
    assert set(groups.get(MEETS_NEED, [])) == set(fits)
    assert {title: _card(listed, title) for title in fits} == {
        title: [f"Fits: {categories}"] for title, categories in fits.items()
    }
    rest = groups.get("Other services that fit" if fits else "Services that fit", [])
    assert {*fits, *rest} == {HOME, WORK, WOMEN, RECOVERY}
    for title in rest:
        assert _card(listed, title) == []


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        pytest.param({}, 503, "OASys cannot be reached", id="silent"),
        pytest.param({}, 500, "OASys could not answer because of a fault", id="broken"),
        pytest.param({}, 403, "OASys does not permit you to see this person’s needs", id="refused"),
        pytest.param({"needs": 1}, 200, "OASys sent an answer that we cannot read", id="unreadable"),
        pytest.param(
            {},
            404,
            "OASys has no record of this person, or no full assessment of their needs from the last 55 weeks",
            id="no record, or no assessment",
        ),
    ],
)
def test_without_needs_nothing_is_matched_and_one_sentence_says_why(
    as_persona: AsPersona, page: Page, body: object, status: int, sentence: str
) -> None:
    _oasys_answers(body, status)
    client = as_persona("pp")

    listed = page(client, _services_of(client, page, KEZIA))

    assert f"{sentence}, so services are not matched to needs." in _text(listed.main)
    assert set(_groups(listed)["Services that fit"]) == {HOME, WORK, WOMEN, RECOVERY}
    assert "Fits:" not in _text(listed.main)


def test_oasys_is_asked_once_for_a_person_however_often_the_list_is_read(
    as_persona: AsPersona, page: Page
) -> None:
    client = as_persona("pp")
    services = _services_of(client, page, KEZIA)
    for query in ("", "?sort=provider", "?need=ACC"):
        page(client, f"{services}{query}")
    page(client, f"{services}{_one()}/")

    assert len(adapter.state().calls("oasys", "/needs/")) == 1


def test_the_page_of_a_service_says_which_needs_it_meets(as_persona: AsPersona, page: Page) -> None:
    _oasys_answers(_needs("ALCOHOL_MISUSE", "ACCOMMODATION"))
    client = as_persona("pp")
    listed = page(client, _services_of(client, page, KEZIA))

    said = {title: _text(page(client, listed.find("a", string=title)["href"]).main) for title in (HOME, WORK)}

    assert "Fits needs that OASys identifies: accommodation." in said[HOME]
    assert "OASys" not in said[WORK]


def test_somebody_kept_before_needs_were_asked_for_is_still_found(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    services = _services_of(client, page, KEZIA)
    session = client.session
    for person in session[looked_up.IN_WEB_SESSION].values():
        del person["needs"]
    session.save()

    assert "OASys was not asked, so services are not matched to needs." in _text(page(client, services).main)


# --- Filters


def test_the_same_filters_work_and_are_remembered_for_this_person_only(
    as_persona: AsPersona, page: Page
) -> None:
    client = as_persona("pp")
    of_kezia, of_finlay = (_services_of(client, page, crn) for crn in (KEZIA, FINLAY))

    listed = page(client, f"{of_kezia}?need=ACC&words=women")

    assert _groups(listed) == {
        "Services that fit and meet a need": ["Women's services in Yorkshire and the Humber"],
        OTHERS: ["Women's support services in Greater Manchester"],
    }
    assert "1 service fits, and 1 other may not, of those that match your filters." in _text(listed.main)
    assert client.get(of_kezia)["Location"] == f"{of_kezia}?words=women&need=ACC"
    chosen = page(client, listed.select_one(".rm-service h3 a")["href"])
    assert chosen.select_one(".govuk-back-link")["href"] == f"{of_kezia}?words=women&need=ACC"
    assert "match your filters" not in _text(page(client, of_finlay))
    page(client, f"{of_kezia}?age=x", status=422)


def test_pages_go_on_from_those_that_fit_to_the_others(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    first = Contract.objects.get(reference="DEMO_0001")
    for number in range(20):
        first.pk, first.reference, first.title = None, f"MORE_{number:04}", f"A {number:02} more help"
        first.save()
    services = _services_of(client, page, KEZIA)

    pages = [page(client, f"{services}?words=e&page={number}") for number in (1, 2)]

    one, two = (_groups(listed) for listed in pages)
    assert list(one) == [MEETS_NEED]
    assert len(one[MEETS_NEED]) == 20
    assert list(two) == [MEETS_NEED, "Other services that fit", OTHERS]
    assert not {*one[MEETS_NEED]} & {*two[MEETS_NEED]}
    assert _jumps(pages[0]) == [
        ("#meets-need", "Services that fit and meet a need (23)"),
        (f"{services}?words=e&page=2#fits", "Other services that fit (1)"),
        (f"{services}?words=e&page=2#may-not-fit", "Services that may not fit (9)"),
    ]
    assert [href for href, _ in _jumps(pages[1])] == ["#meets-need", "#fits", "#may-not-fit"]


def _jumps(soup: BeautifulSoup) -> list[tuple[str, str]]:
    """The links to the groups."""
    links = soup.select("nav[aria-label='Groups of services'] a")
    return [(str(link["href"]), _text(link)) for link in links]


# --- Who is it?


@pytest.mark.parametrize("where", ["", "services/", "services/{one}/"])
def test_a_key_means_something_in_one_web_session_only(as_persona: AsPersona, page: Page, where: str) -> None:
    client, colleague = as_persona("pp"), as_persona("pp.colleague")
    services = _services_of(client, page, KEZIA)
    address = services.removesuffix("services/") + where.format(one=_one())

    assert colleague.get(address)["Location"] == FIND_PERSON
    assert client.get(f"{FIND_PERSON}{uuid4()}/{where.format(one=_one())}")["Location"] == FIND_PERSON


@pytest.mark.parametrize("where", ["services/", "services/{one}/"])
def test_nobody_is_chosen_a_service_for_before_being_confirmed(
    as_persona: AsPersona, page: Page, where: str
) -> None:
    client = as_persona("pp")
    check = _looked_up(client, page, KEZIA)

    assert client.get(check + where.format(one=_one()))["Location"] == check


def test_two_people_in_two_tabs_stay_apart(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    of_kezia, of_finlay = (_services_of(client, page, crn) for crn in (KEZIA, FINLAY))

    assert "Kezia" in _text(page(client, of_kezia).select_one(".rm-person"))
    assert "Finlay" in _text(page(client, of_finlay).select_one(".rm-person"))


def test_only_the_last_people_are_kept(
    as_persona: AsPersona, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked_up, "MOST", 2)
    client = as_persona("pp")
    first = _services_of(client, page, KEZIA)
    page(client, f"{first}?words=home")
    for crn in (FINLAY, SOL):
        _services_of(client, page, crn)

    assert client.get(first)["Location"] == FIND_PERSON
    assert len(client.session[looked_up.IN_WEB_SESSION]) == 2
    assert "home" not in str(dict(client.session.items()))


def test_no_address_on_the_way_holds_crn_or_name(
    as_persona: AsPersona, page: Page, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    client = as_persona("pp")
    seen = [FIND_PERSON, _looked_up(client, page, KEZIA), _services_of(client, page, KEZIA)]
    listed = page(client, f"{seen[-1]}?need=ACC&page=1")
    seen += [str(link["href"]) for link in listed.find_all("a")]
    seen += [str(form.get("action", "")) for form in listed.find_all("form")]
    chosen = page(client, listed.select_one(".rm-service h3 a")["href"])
    seen += [str(link["href"]) for link in chosen.find_all("a")]

    assert len(seen) > 30
    for address in seen:
        for private in ("X980010", "x980010", "Kezia", "Brackenridge", "1986"):
            assert private not in address
    logged = caplog.text + "".join(capfd.readouterr())
    assert "request" in logged
    for private in ("X980010", "Kezia", "Brackenridge"):
        assert private not in logged


@pytest.mark.parametrize(
    ("sent", "is_taken"),
    [
        pytest.param(lambda pp, other: token(pp, KEZIA), True, id="of the page"),
        pytest.param(lambda pp, other: token(other, KEZIA), False, id="of a colleague's page"),
        pytest.param(lambda pp, other: KEZIA, False, id="a bare CRN"),
        pytest.param(lambda pp, other: "", False, id="nothing"),
    ],
)
def test_a_referral_is_started_only_from_our_page(
    as_persona: AsPersona,
    personas: dict[str, User],
    page: Page,
    sent: Callable[[User, User], str],
    is_taken: bool,
) -> None:
    client = as_persona("pp")
    href = f"{_services_of(client, page, KEZIA)}{Contract.objects.get(reference='DEMO_0001').pk}/"

    answer = client.post(href, {"person": sent(personas["pp"], personas["pp.colleague"])})

    assert (answer["Location"] == href) is not is_taken
    assert Referral.objects.exists() is is_taken


# --- Limited access, silence, and what is recorded


def test_somebody_barred_is_told_so_and_shown_nothing(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp.barred")

    refused = page.post(client, FIND_PERSON, {"crn": "X980017"}, status=403)

    assert "You are excluded from viewing this person’s record." in _text(refused)
    assert "Quarrington" not in refused.get_text()
    assert looked_up.IN_WEB_SESSION not in client.session


@pytest.mark.parametrize("where", ["", "services/", "services/{one}/"])
def test_access_that_is_withdrawn_meanwhile_closes_every_page(
    as_persona: AsPersona, page: Page, where: str
) -> None:
    client = as_persona("pp")
    address = _services_of(client, page, KEZIA).removesuffix("services/") + where.format(one=_one())
    entry = {"crn": KEZIA, "userExcluded": True, "userRestricted": False, "exclusionMessage": "No more."}
    adapter.state().faults.append(
        Fault(Effect.STATUS, path_regex="/access$", status=200, body={"access": [entry]})
    )
    cache.clear()

    refused = page(client, address, status=403)

    assert "No more." in _text(refused)
    assert "Brackenridge" not in refused.get_text()


@pytest.mark.parametrize("where", ["", "services/", "services/{one}/"])
def test_ndelius_goes_silent_on_the_way(as_persona: AsPersona, page: Page, where: str) -> None:
    client = as_persona("pp")
    address = _services_of(client, page, KEZIA).removesuffix("services/") + where.format(one=_one())
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/details$", status=503))

    assert f"nDelius is not answering, {NOT_LOOKED_UP}" in _text(page(client, address, status=503))


def test_without_the_manager_the_services_are_there_without_the_area(
    as_persona: AsPersona, page: Page
) -> None:
    client = as_persona("pp")
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/responsible-officer$", status=503))

    listed = page(client, _services_of(client, page, KEZIA))

    assert "We do not know in which region they are supervised." in _text(listed.main)
    assert "Money advice in Wales – Cyngor arian yng Nghymru" in _fitting(listed)


def test_a_crn_that_nobody_has_any_more(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    services = _services_of(client, page, KEZIA)
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/details$", status=404))

    assert client.get(services)["Location"] == FIND_PERSON
    assert "No person with this CRN" in _text(page.post(client, FIND_PERSON, {"crn": KEZIA}, status=422))


def test_looking_is_recorded_with_the_person(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    services = _services_of(client, page, KEZIA)
    page(client, services)
    page(client, f"{services}{Contract.objects.get(reference='DEMO_0001').pk}/")

    recorded = AuditEvent.objects.filter(crn=KEZIA).order_by("at")
    assert [(event.action, event.facts.get("page")) for event in recorded] == [
        (AuditAction.PERSON_LOOKED_UP, None),
        (AuditAction.NEEDS_PULLED, None),
        (AuditAction.CATALOGUE_VIEWED, "referrals:services_for_person"),
        (AuditAction.CATALOGUE_VIEWED, "referrals:service_for_person"),
    ]


# --- What there is already


def test_a_service_says_that_the_person_is_referred_to_it_already(
    as_persona: AsPersona, personas: dict[str, User], page: Page
) -> None:
    draft = a_draft(personas["pp"], crn=KEZIA, contract="DEMO_0001")
    a_sent_referral(personas["pp.colleague"], crn=KEZIA, contract="DEMO_0002")
    client = as_persona("pp")

    listed = page(client, _services_of(client, page, KEZIA))

    today = date(timezone.now())
    assert _card(listed, draft.contract.title) == [
        "Fits: accommodation",
        f"Warning You have a draft for this service, started on {today}",
    ]
    assert _card(listed, "Steps into work in West Yorkshire") == [
        f"Warning Another practitioner sent a referral on {today}, and it is still open"
    ]
    assert draft.contract.title in _fitting(listed)


@pytest.mark.parametrize(
    ("drafts", "words"),
    [
        pytest.param(1, "Warning You have a draft for this service, started on {today}", id="one"),
        pytest.param(
            3, "Warning You have a draft for this service, started on {today} (and 2 more)", id="three"
        ),
    ],
)
def test_a_card_warns_in_one_line_however_many_there_are(
    as_persona: AsPersona, personas: dict[str, User], page: Page, drafts: int, words: str
) -> None:
    for _ in range(drafts):
        draft = a_draft(personas["pp"], crn=KEZIA, contract="DEMO_0001")
    client = as_persona("pp")

    listed = page(client, _services_of(client, page, KEZIA))

    assert _card(listed, draft.contract.title)[1:] == [words.format(today=date(timezone.now()))]


def test_a_service_that_ended_since_the_list_is_gone(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    contract = Contract.objects.get(reference="DEMO_0001")
    href = f"{_services_of(client, page, KEZIA)}{contract.pk}/"
    chosen = page(client, href)
    Contract.objects.filter(pk=contract.pk).update(closes_on=timezone.localdate() - timedelta(days=1))

    assert "stopped taking referrals" in _text(page(client, href, status=410))
    fields = filled_in(chosen, chosen.select_one("main form"))
    assert "stopped taking referrals" in _text(page.post(client, href, fields, status=410))
    assert not Referral.objects.exists()
