"""What nobody should type, post or pull: a clear message or the right status, nothing lost, nothing half-saved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core import signing
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from interventions.models import Contract
from referrals.actions.start_referral import NO_DATE_OF_BIRTH
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.views.starting import CONFIRM_SALT, NOT_LOOKED_UP
from risk.actions import change_section as changing
from risk.models import SectionKey
from tests.conftest import Page
from tests.factories.referrals import ACCOMMODATION, a_draft, a_sent_referral, an_answered_draft
from tests.factories.risk import declared
from tests.pages import assert_page
from tests.stories.referring import Practitioner, filled_in
from upstream_stub import adapter
from upstream_stub.faults import Effect, Fault

AsPersona = Callable[[str], Client]
FORMAT = "Enter a CRN in the correct format: 1 letter and 6 numbers, like X123456"
UNKNOWN = "No person with this CRN was found in nDelius. Check the CRN and try again"
UNSAVEABLE = "contains a character that cannot be saved"
HOSTILE = (
    "<script>alert('x')</script> </textarea> {{ 7*7 }} {% raw %} {person} ${x} & &amp; \"quotes\" 'single' %s "
    "\U0001f600 \u0175\u0177 \u0645\u0631\u062d\u0628\u0627"
)


@pytest.fixture(autouse=True)
def _without_waiting(settings: Settings) -> None:
    settings.UPSTREAM_BACKOFF = 0
    settings.NDELIUS_TIMEOUTS = (1, 0.05, 0.05)


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


@pytest.fixture
def start(personas: dict[str, User]) -> str:
    return reverse("referrals:start", args=[Contract.objects.get(reference=ACCOMMODATION).pk])


def _text(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _errors(page: BeautifulSoup) -> list[str]:
    return [_text(link) for link in page.select(".govuk-error-summary a")]


# --- The CRN question


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        pytest.param("", "Enter a CRN", id="nothing"),
        pytest.param("   ", "Enter a CRN", id="spaces"),
        pytest.param("X98000", FORMAT, id="too short"),
        pytest.param("X9800011", FORMAT, id="too long"),
        pytest.param("1980001", FORMAT, id="no letter"),
        pytest.param("XX80001", FORMAT, id="two letters"),
        pytest.param("X98000\u0661", FORMAT, id="an Arabic digit"),
        pytest.param("\u03a7980001", FORMAT, id="a Greek letter"),
        pytest.param("X980001\nX980002", FORMAT, id="two lines"),
        pytest.param("' OR 1=1 --", FORMAT, id="a query"),
        pytest.param("../../admin", FORMAT, id="a path"),
        pytest.param("<script>alert(1)", FORMAT, id="a script"),
        pytest.param("\U0001f600" * 5, FORMAT, id="emoji"),
        pytest.param("Marlon Ashgrove", FORMAT, id="a name"),
        pytest.param("X" * 21, "must be 20 characters or fewer", id="21 characters"),
        pytest.param("X98\x000001", UNSAVEABLE, id="a null byte"),
        pytest.param("X999999", UNKNOWN, id="nobody's CRN"),
    ],
)
def test_a_crn_that_cannot_be_used(
    as_persona: AsPersona, page: Page, start: str, typed: str, error: str
) -> None:
    client = as_persona("pp")

    answered = page.post(client, start, {"crn": typed}, status=422)

    assert len(_errors(answered)) == 1
    assert error in _errors(answered)[0]
    field = answered.select_one("input[name=crn]")
    assert field is not None
    assert field.get("value", "") == typed.replace("\x00", "\ufffd")  # as typed
    assert not Referral.objects.exists()
    assert "crn_to_confirm" not in client.session


@pytest.mark.parametrize("typed", ["X980001", "x980001", "  X980001  ", "X 980 001"])
def test_small_letters_and_spaces_are_forgiven(
    as_persona: AsPersona, page: Page, start: str, typed: str
) -> None:
    client = as_persona("pp")

    page.post(client, start, {"crn": typed})

    assert "Marlon Ashgrove" in _text(page(client, f"{start}/confirm"))


SILENT, SLOW = (
    ("is not answering", "Try again in a few minutes"),
    ("took too long to answer", "Try again in a minute"),
)
BROKEN = ("could not answer because of a fault", "Try again in a few minutes")


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        pytest.param(lambda: Fault(Effect.STATUS, system="ndelius", status=503), SILENT, id="down"),
        pytest.param(lambda: Fault(Effect.RESET, system="ndelius"), SILENT, id="connection dropped"),
        pytest.param(lambda: Fault(Effect.DELAY, system="ndelius", seconds=30), SLOW, id="slow"),
        pytest.param(
            lambda: Fault(Effect.NOT_JSON, system="ndelius"),
            ("sent an answer that we cannot read", "Tell the support team of nDelius"),
            id="malformed",
        ),
        pytest.param(lambda: Fault(Effect.HTML, system="ndelius", status=502), SILENT, id="a gateway's page"),
        pytest.param(
            lambda: Fault(Effect.STATUS, path_regex="/details$", status=500),
            BROKEN,
            id="access known, details not",
        ),
        pytest.param(
            lambda: Fault(Effect.STATUS, path_regex="/access$", status=500),
            BROKEN,
            id="details known, access not",
        ),
        pytest.param(
            lambda: Fault(Effect.STATUS, system="ndelius", status=403),
            ("does not permit this", "Tell the support team of nDelius"),
            id="refused",
        ),
    ],
)
def test_ndelius_does_not_answer_the_crn_question(
    as_persona: AsPersona, page: Page, start: str, fault: Callable[[], Fault], said: tuple[str, str]
) -> None:
    adapter.state().faults.append(fault())

    answered = page.post(as_persona("pp"), start, {"crn": "X980001"}, status=422)

    assert _errors(answered) == [f"nDelius {said[0]}, {NOT_LOOKED_UP} {said[1]}"]
    field = answered.select_one("input[name=crn]")
    assert field is not None
    assert field["value"] == "X980001"
    assert "Marlon" not in _text(answered)


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(
            {"profile": {"disabilities": [None, {"type": "Mobility"}]}}, id="a disability that is null"
        ),
        pytest.param({"contactDetails": ["none"]}, id="contact details of another shape"),
        pytest.param({"name": {"forename": {}, "surname": "Ashgrove"}}, id="a first name of another shape"),
    ],
)
def test_a_bad_value_in_ndelius_keeps_nobody_from_being_referred(
    as_persona: AsPersona, page: Page, start: str, wrong: dict[str, Any]
) -> None:
    client = as_persona("pp")
    body = {
        "crn": "X980001",
        "name": {"forename": "MARLON", "surname": "ASHGROVE"},
        "dateOfBirth": "1988-04-12",
    } | wrong
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/details$", status=200, body=body))

    page.post(client, start, {"crn": "X980001"})
    confirmed = page(client, f"{start}/confirm")
    page.post(client, f"{start}/confirm", filled_in(confirmed))

    assert "Ashgrove" in _text(confirmed)
    assert "not answering" not in _text(confirmed)
    draft = Referral.objects.get()
    assert (draft.crn, draft.last_name, draft.date_of_birth) == ("X980001", "Ashgrove", date(1988, 4, 12))


@pytest.mark.parametrize("written", ["", "12/04/1988", None, 572832000])
def test_a_date_of_birth_that_cannot_be_read_is_told_as_that(
    as_persona: AsPersona, page: Page, start: str, written: Any
) -> None:
    """The person is shown, with what is known of them; a referral needs to say whom it is about."""
    client = as_persona("pp")
    body = {"crn": "X980001", "name": {"forename": "MARLON", "surname": "ASHGROVE"}, "dateOfBirth": written}
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/details$", status=200, body=body))

    page.post(client, start, {"crn": "X980001"})
    confirmed = page(client, f"{start}/confirm")
    refused = page.post(client, f"{start}/confirm", filled_in(confirmed), status=403)

    assert "Marlon Ashgrove" in _text(confirmed)
    assert NO_DATE_OF_BIRTH in _text(refused)


def test_an_answer_that_cannot_be_read_is_not_called_silence(
    as_persona: AsPersona, page: Page, start: str
) -> None:
    body = {"crn": ["X980001"]}
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/details$", status=200, body=body))

    answered = page.post(as_persona("pp"), start, {"crn": "X980001"}, status=422)

    assert _errors(answered) == [
        f"nDelius sent an answer that we cannot read, {NOT_LOOKED_UP} Tell the support team of nDelius"
    ]


def test_ndelius_goes_down_before_the_person_is_confirmed(
    as_persona: AsPersona, page: Page, start: str
) -> None:
    client = as_persona("pp")
    page.post(client, start, {"crn": "X980001"})
    fields = filled_in(page(client, f"{start}/confirm"))
    adapter.state().faults.append(Fault(Effect.STATUS, path_regex="/details$", status=503))

    for answered in (
        page(client, f"{start}/confirm", status=503),
        page.post(client, f"{start}/confirm", fields, status=503),
    ):
        assert "nDelius is not answering" in _text(answered)
    assert not Referral.objects.exists()


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(lambda pp, other: "", id="nothing"),
        pytest.param(lambda pp, other: "X980001", id="a bare CRN"),
        pytest.param(
            lambda pp, other: signing.dumps(["X980001", str(uuid4())], salt=f"{CONFIRM_SALT}.{other.pk}"),
            id="somebody else's",
        ),
    ],
)
def test_nobody_is_referred_without_having_been_confirmed(
    as_persona: AsPersona,
    personas: dict[str, User],
    page: Page,
    start: str,
    token: Callable[[User, User], str],
) -> None:
    client = as_persona("pp")

    forged = client.post(f"{start}/confirm", {"person": token(personas["pp"], personas["pp.colleague"])})

    assert forged["Location"] == start
    assert client.get(f"{start}/confirm")["Location"] == start  # no CRN was given yet
    assert not Referral.objects.exists()


def test_confirming_twice_makes_one_draft(as_persona: AsPersona, page: Page, start: str) -> None:
    client = as_persona("pp")
    page.post(client, start, {"crn": "X980001"})
    fields = filled_in(page(client, f"{start}/confirm"))

    first, second = (client.post(f"{start}/confirm", fields)["Location"] for _ in range(2))

    assert first == second
    assert Referral.objects.count() == 1


# --- Long, hostile and unsaveable text, on every page that takes text

#: Page, field, most characters, and the other answers that make the field count.
TEXTS: list[tuple[str, str, int, dict[str, Any]]] = [
    ("back-up-contact", "back_up_name", 200, {}),
    ("criminogenic-needs", "comment_ALCOHOL_MISUSE", 4000, {"shared": ["ALCOHOL_MISUSE"]}),
    ("additional-needs", "additional_needs", 4000, {}),
    ("accessibility-needs", "accessibility_needs", 4000, {}),
    ("interpreter", "interpreter_language", 200, {"needs_interpreter": "YES"}),
    ("responsibilities", "when_unavailable", 4000, {"has_responsibilities": "YES"}),
    ("diversity", "diversity", 4000, {}),
    ("reason-for-referral", "reason_for_referral", 4000, {}),
    ("reason-for-referral", "further_information", 4000, {}),
]
every_text = pytest.mark.parametrize(
    ("slug", "name", "most", "others"), [pytest.param(*row, id=row[1]) for row in TEXTS]
)


@pytest.fixture
def practitioner(as_persona: AsPersona, pp: User) -> Practitioner:
    return Practitioner(as_persona("pp"), str(an_answered_draft(pp, crn="X980001").pk))


@every_text
def test_text_that_is_too_long_or_cannot_be_saved(
    practitioner: Practitioner, slug: str, name: str, most: int, others: dict[str, Any]
) -> None:
    url = practitioner.address(slug)
    as_stored = filled_in(practitioner.open(url))
    before = Referral.objects.filter(pk=practitioner.draft_id).values().get()
    spoilt = {"e" * (most + 1): f"must be {most:,} characters or fewer", "Null\x00byte": UNSAVEABLE}

    for typed, error in spoilt.items():
        practitioner.post(url, as_stored | others | {name: typed}, 422)
        page = practitioner.pages[-1]
        assert len(_errors(page)) == 1
        assert error in _errors(page)[0]
        assert filled_in(page)[name] == typed.replace("\x00", "\ufffd")
        assert Referral.objects.filter(pk=practitioner.draft_id).values().get() == before

    # The longest that is allowed, of characters that are two in UTF-16 and four in UTF-8
    longest = "\U0001f600" * most
    answer = practitioner.client.post(url, as_stored | others | {name: longest})
    if answer.status_code == 200:  # asks first: the text under another answer goes
        asked = assert_page(answer)
        practitioner.post(url, filled_in(asked, asked.select_one("main form")))
    assert filled_in(practitioner.open(url))[name] == longest


def test_every_text_of_the_journey_is_in_the_table_above(pp: User) -> None:
    """A new question with text fails here until it has a row."""
    draft = Referral.objects.get(pk=an_answered_draft(pp, crn="X980001").pk)
    progress = MAKE_A_REFERRAL.on(draft, pp, draft.created_at.date())
    asked = set()
    for placed in progress.steps:
        form = placed.page(situation=progress.situation_at(placed))
        asked |= {
            (placed.step.slug, name)
            for name, field in form.fields.items()
            if type(field).__name__ in ("TextField", "TextAreaField") and not name.startswith("comment_")
        }
    assert asked == {(slug, name) for slug, name, _, _ in TEXTS if not name.startswith("comment_")}


def test_eight_boxes_that_are_too_long_come_back_as_typed(practitioner: Practitioner) -> None:
    url = practitioner.address("risk_edit")
    typed = {key: f"{key} ".ljust(4001, "x") for key in SectionKey.values}

    practitioner.post(
        url, filled_in(practitioner.open(url)) | typed | {"do": "save", "understood": "YES"}, 422
    )

    page = practitioner.pages[-1]
    assert len(_errors(page)) == 8
    assert all("must be 4,000 characters or fewer" in error for error in _errors(page))
    assert {key: filled_in(page)[key] for key in typed} == typed
    assert {section.state for section in practitioner.draft.risk.in_order()} == {"UNREVIEWED"}


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        pytest.param("x" * 4001, "must be 4,000 characters or fewer", id="4,001 characters"),
        pytest.param("Null\x00byte", UNSAVEABLE, id="a null byte"),
    ],
)
def test_a_section_that_cannot_be_saved(practitioner: Practitioner, typed: str, error: str) -> None:
    practitioner.edits("who-is-at-risk", typed, status=422)

    page = practitioner.pages[-1]
    assert error in _errors(page)[0]
    assert filled_in(page)["text"] == typed.replace("\x00", "\ufffd")
    assert practitioner.draft.risk.section("who_is_at_risk").state == "UNREVIEWED"


def test_a_box_takes_4000_characters_however_the_browser_writes_line_breaks(
    practitioner: Practitioner,
) -> None:
    text = ("\U0001f600" * 19 + "\r\n") * 200

    practitioner.edits("who-is-at-risk", text)

    assert practitioner.draft.risk.section("who_is_at_risk").box_text == text.replace("\r\n", "\n")


def test_lone_surrogates_and_broken_utf_8_never_reach_the_database(practitioner: Practitioner) -> None:
    """A browser cannot send them, a script can."""
    url = practitioner.address("additional-needs")
    fields = urlencode({"as_opened": "", "additional_needs": ""})

    response = practitioner.client.post(
        url,
        f"{fields}%ED%A0%80 and %FF%FE",
        content_type="application/x-www-form-urlencoded",
    )

    assert response.status_code == 302
    saved = practitioner.draft.additional_needs
    assert saved is not None
    assert saved.startswith("\ufffd")
    practitioner.open(url)


@pytest.mark.slow
def test_marks_of_scripts_and_templates_are_shown_as_typed_on_every_page(
    as_persona: AsPersona, pp: User, page: Page
) -> None:
    # Given a referral whose every text is full of them, in OASys's answer too
    texts = dict.fromkeys(
        (
            "comment",
            "additional_needs",
            "accessibility_needs",
            "when_unavailable",
            "diversity",
            "reason_for_referral",
            "further_information",
        ),
        HOSTILE,
    )
    draft = an_answered_draft(pp, crn="X980009", **texts)
    for key in SectionKey.values:
        changing.edit_section(risk=draft.risk, key=key, text=f"{HOSTILE} {key}", by=pp)
    Referral.objects.filter(pk=draft.pk).update(
        practitioner_name=HOSTILE[:200], back_up_name=HOSTILE[:200], practitioner_pdu=HOSTILE[:200]
    )
    declared(draft.risk, pp)
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))

    # When its pages are opened, by the practitioner and by the supplier
    shown = [
        practitioner.open(practitioner.address(name))
        for name in ("tasks", "risk_information", "risk_edit", "preview", "check_answers", "practitioner")
    ]
    shown.append(practitioner.open(practitioner.address("risk_section", "suicide")))
    shown += [practitioner.open(practitioner.address(slug)) for slug, *_ in TEXTS]
    practitioner.sends()
    received = practitioner.draft.received_id
    shown.append(practitioner.open(practitioner.address("case")))
    details = page(as_persona("sp.caseworker"), reverse("monitoring:referral_details", args=[received]))
    shown.append(details)

    # Then they stand there as typed, and nothing came alive
    for one in shown:
        assert not one.select("main script, main img")
        assert "49" not in [_text(cell) for cell in one.select("main p, main dd")]
    assert _text(details).count(" ".join(HOSTILE.split())) >= 7 + 8
    boxes = filled_in(shown[2])
    assert {key: boxes[key] for key in SectionKey.values} == {
        key: f"{HOSTILE} {key}" for key in SectionKey.values
    }


# --- Posts that no page of ours makes


def test_steps_can_be_answered_in_any_order(as_persona: AsPersona, pp: User) -> None:
    practitioner = Practitioner(as_persona("pp"), str(a_draft(pp, crn="X980001").pk))

    practitioner.answer("reason-for-referral", reason_for_referral="Home.", further_information="None.")
    practitioner.answer("enforceable-days", enforceable_days="3")

    draft = practitioner.draft
    assert (draft.reason_for_referral, draft.enforceable_days) == ("Home.", 3)
    assert practitioner.client.get(practitioner.address("check_answers"))["Location"] == practitioner.address(
        "tasks"
    )


def test_an_incomplete_referral_is_not_sent_and_says_what_is_missing(as_persona: AsPersona, pp: User) -> None:
    practitioner = Practitioner(as_persona("pp"), str(a_draft(pp, crn="X980001").pk))

    practitioner.post(practitioner.address("send"), {}, status=403)

    assert "Still to do: Does Marlon Ashgrove have an allocated community probation practitioner?" in _text(
        practitioner.pages[-1]
    )
    assert not practitioner.draft.is_sent


@pytest.mark.parametrize(
    ("slug", "per_service", "answers"),
    [
        pytest.param("relevant-sentence", False, {"sentence": "1"}, id="a sentence nDelius does not show"),
        pytest.param("relevant-sentence", False, {"sentence": "x' OR 1=1"}, id="a query for a sentence"),
        pytest.param("desired-outcomes", True, {"outcomes": ["999999"]}, id="an outcome that is not offered"),
        pytest.param("desired-outcomes", True, {"outcomes": ["x"]}, id="no number for an outcome"),
        pytest.param("complexity-level", True, {"complexity_level": "999999"}, id="a level not offered"),
        pytest.param("interpreter", False, {"needs_interpreter": "PERHAPS"}, id="a made-up answer"),
        pytest.param("interpreter", False, {}, id="no answer"),
        pytest.param("criminogenic-needs", False, {"shared": ["MADE_UP"]}, id="a made-up need"),
        pytest.param("personal-details", False, {"shared": ["crn"]}, id="a detail that cannot be chosen"),
        pytest.param("enforceable-days", False, {"enforceable_days": "0"}, id="no days"),
        pytest.param("enforceable-days", False, {"enforceable_days": "41"}, id="41 days"),
        pytest.param("enforceable-days", False, {"enforceable_days": "9" * 30}, id="very many days"),
        pytest.param(
            "completion-date",
            False,
            {"completion_date_day": "31", "completion_date_month": "2", "completion_date_year": "2031"},
            id="no such day",
        ),
        pytest.param(
            "completion-date",
            False,
            {"completion_date_day": "1", "completion_date_month": "1", "completion_date_year": "2020"},
            id="a day in the past",
        ),
    ],
)
def test_answers_that_were_not_offered_are_refused(
    as_persona: AsPersona, pp: User, slug: str, per_service: bool, answers: dict[str, Any]
) -> None:
    practitioner = Practitioner(as_persona("pp"), str(a_draft(pp, crn="X980001").pk))
    service = practitioner.draft.services.get()
    before = Referral.objects.filter(pk=practitioner.draft_id).values().get()
    chosen = (service.complexity_level_id, sorted(service.outcomes.values_list("pk", flat=True)))

    practitioner.post(
        practitioner.address(slug, *([service.category_id] if per_service else [])), answers, 422
    )

    assert _errors(practitioner.pages[-1])
    after = Referral.objects.filter(pk=practitioner.draft_id).values().get()
    assert after | {"oasys_needs": None} == before  # which are pulled by looking
    service.refresh_from_db()
    assert chosen == (service.complexity_level_id, sorted(service.outcomes.values_list("pk", flat=True)))


def test_a_question_about_a_service_that_was_not_chosen_is_not_there(
    practitioner: Practitioner, page: Page
) -> None:
    url = practitioner.address("desired-outcomes", 999_999)

    page(practitioner.client, url, status=404)
    page.post(practitioner.client, url, {"outcomes": ["1"]}, status=404)


def _every_address(draft: Referral) -> list[str]:
    """Every page of a draft: the questions, and what stands around them."""
    category = draft.services.get().category_id
    questions = [
        reverse(f"referrals:{step.slug}", args=[draft.pk, category] if per_service else [draft.pk])
        for step, per_service in MAKE_A_REFERRAL.declared_steps()
        if not step.page.view_name
    ]
    around = (
        "tasks",
        "resume",
        "delete_draft",
        "refresh_person",
        "risk_information",
        "risk_edit",
        "risk_take_newer",
    )
    return [
        *questions,
        *(reverse(f"referrals:{name}", args=[draft.pk]) for name in (*around, "check_answers", "preview")),
        reverse("referrals:risk_section", args=[draft.pk, "suicide"]),
    ]


POST_ONLY = ("/refresh", "/newer", "/send")


@pytest.mark.parametrize(
    ("prepare", "persona", "status"),
    [
        pytest.param(a_draft, "pp.colleague", 404, id="somebody else's draft"),
        pytest.param(a_sent_referral, "pp.colleague", 404, id="somebody else's referral, sent"),
        pytest.param(a_sent_referral, "pp", 410, id="their own referral, sent"),
    ],
)
@pytest.mark.slow
def test_pages_of_a_draft_that_is_not_theirs_to_change(
    as_persona: AsPersona,
    pp: User,
    page: Page,
    prepare: Callable[..., Referral],
    persona: str,
    status: int,
) -> None:
    draft = prepare(pp, crn="X980001")
    before = Referral.objects.filter(pk=draft.pk).values().get()
    client = as_persona(persona)

    for url in _every_address(draft):
        if not url.endswith(POST_ONLY):
            page(client, url, status=status)
        if not url.endswith(("/resume", "/preview", "/check-answers", f"{draft.pk}/")):
            page.post(client, url, {"do": "save", "text": "Mine."}, status=status)

    assert Referral.objects.filter(pk=draft.pk).values().get() == before


def test_a_draft_that_is_not_there(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")

    for draft_id in (uuid4(), "0" * 32):
        page(client, f"/probation-practitioner/drafts/{draft_id}/", status=404)
        page(client, f"/probation-practitioner/drafts/{draft_id}/risk-information", status=404)
