"""Every way in which OASys can answer has its own words, and none stops the practitioner from finishing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from accounts.models import User
from demo import referrals as demo
from govuk.template_filters import date
from govuk.text import composed
from monitoring.models import ReceivedReferral
from risk import redaction
from risk.models.section import LONGEST_SHARED_TEXT
from tests.factories.answering import answer
from tests.factories.referrals import a_draft
from tests.stories.referring import SECTION_SLUGS, Practitioner, filled_in, key_of
from upstream_stub import adapter, dates
from upstream_stub.faults import Effect, Fault
from upstream_stub.people import assessments
from upstream_stub.people.found_in_oasys import LOWRI, ROBERT, THADDEUS

AsPersona = Callable[[str], Client]
OURS = "Written by the practitioner."
PARTLY = (
    "OASys may not have sent everything. A gap below does not mean there is no risk, so check OASys before you "
    "decide a section."
)


def _risk_fault(effect: Effect, **facts: Any) -> Fault:
    return Fault(effect, path_regex="^/risks/", **facts)


def _text_with_a_null_byte() -> dict[str, Any]:
    said = assessments.risk(who="A neighbour\x00 of hers.", nature="Threats.", imminence="At night.")
    said["summary"]["riskInCommunity"] = {"LOW": ["Public"]}
    written: dict[str, Any] = dates.written_out(said, timezone.now(), with_nulls=True)
    return written


@dataclass(frozen=True)
class Situation:
    """What OASys does, and what the review page says because of it."""

    crn: str
    notices: tuple[str, ...] = ()
    panel: str = ""  # the sentence in the panel
    also: tuple[str, ...] = ()  # what else the page says in this situation only
    undecided: int = 0
    fault: Callable[[], Fault] | None = None
    shared: dict[str, str] = field(default_factory=dict)  # texts that reach the supplier untouched


SITUATIONS = {
    "everything answered": Situation(
        "X980001",
        also=(
            "VERY HIGH RoSH",
            "OASys has the same text under “Concerns in relation to suicide”. Change both.",
        ),
        shared={"risk_imminence": "Evenings, and in the week benefits are paid."},
    ),
    "higher in custody": Situation("X980002", also=("LOW RoSH", "Risk in custody", "Prisoners")),
    "no record": Situation(
        "X980003",
        notices=("OASys has no record of this person. Decide each section yourself.",),
        panel="There is no OASys record, so there are no levels to show.",
        undecided=7,
    ),
    "no assessment in 55 weeks": Situation(
        "X980004",
        notices=(
            "OASys has no assessment of this person completed in the last 55 weeks. Decide each section yourself.",
        ),
        panel="No risk of serious harm assessment was completed in the last 55 weeks. Check OASys.",
        undecided=7,
    ),
    "don't know everywhere": Situation("X980005", also=("MEDIUM RoSH", "Staff Medium"), undecided=7),
    "gaps": Situation(
        "X980006",
        also=("OASys says yes but gives no text", "Assessment date not found"),
        undecided=4,
        shared={"who_is_at_risk": "Shop staff and security guards who stop her leaving with goods."},
    ),
    "very long": Situation(
        "X980007",
        also=("It is 8,000 too long", "It is 1 too long", "Winterbourne" * 50),
        shared={"who_is_at_risk": THADDEUS.assessments[0]["summary"]["whoIsAtRisk"]},
    ),
    "Welsh, and every other script": Situation(
        "X980008",
        also=("Ei chyn-bartner a'i fam; staff y siop leol.",),
        shared={"nature_of_risk": composed(LOWRI.assessments[0]["summary"]["natureOfRisk"])},
    ),
    "text that looks like code": Situation(
        "X980009",
        also=("<script>alert('x')</script> <img src=x onerror=1>", "{{7*7}} {% raw %}"),
        shared={
            "who_is_at_risk": ROBERT.assessments[0]["summary"]["whoIsAtRisk"],
            "hostel_setting": ROBERT.assessments[0]["riskToSelf"]["hostelSetting"]["currentConcernsText"],
        },
    ),
    "one text for two sections, of which one is no": Situation(
        "X980011", also=("Has said since the bankruptcy",)
    ),
    "slow": Situation(
        "X980030",
        notices=(
            "OASys took too long to answer, so we could not fill anything in and do not know if there is a risk. "
            "You can write each section yourself, or try again in a minute.",
        ),
        panel="OASys took too long to answer, so we do not know the levels.",
        undecided=7,
    ),
    "malformed": Situation(
        "X980031",
        notices=(
            "OASys sent an answer we could not read, so we could not fill anything in and do not know if there is "
            "a risk. You can write each section yourself. Tell the support team of OASys.",
        ),
        panel="OASys sent an answer we could not read, so we do not know the levels.",
        undecided=7,
    ),
    "an unknown level": Situation(
        "X980231", notices=(PARTLY,), panel="OASys gave levels that we do not know. Check OASys."
    ),
    "partly empty: screening": Situation("X980032", notices=(PARTLY,), also=("HIGH RoSH",)),
    "partly empty: levels": Situation(
        "X980132",
        notices=(PARTLY,),
        panel="OASys gave an incomplete answer without levels. Check OASys.",
        undecided=1,
    ),
    "not permitted": Situation(
        "X980001",
        notices=(
            "You do not have permission to see this person’s OASys record. We could not fill anything in and do "
            "not know if there is a risk. You can write each section yourself. We will ask OASys again each time you "
            "open this page.",
        ),
        panel="You do not have permission to see the levels in OASys.",
        undecided=7,
        fault=lambda: _risk_fault(Effect.STATUS, status=403, body={"developerMessage": "no"}),
    ),
    "unreachable": Situation(
        "X980001",
        notices=(
            "OASys cannot be reached, so we could not fill anything in and do not know if there is a risk. You can "
            "write each section yourself, or try again in a few minutes. We will ask OASys again each time you open "
            "this page.",
        ),
        panel="OASys cannot be reached, so we do not know the levels.",
        undecided=7,
        fault=lambda: _risk_fault(Effect.RESET),
    ),
    "question refused": Situation(
        "X980001",
        notices=(
            "OASys did not accept our question about this person, so we could not fill anything in and do not know if "
            "there is a risk. You can write each section yourself. Tell the support team of OASys.",
        ),
        panel="OASys did not accept our question, so we do not know the levels.",
        undecided=7,
        fault=lambda: _risk_fault(Effect.STATUS, status=400),
    ),
    "characters that cannot be kept": Situation(
        "X980001",
        notices=("Some characters from OASys cannot be shown or saved. We have replaced them with \ufffd.",),
        also=("A neighbour\ufffd of hers.",),
        fault=lambda: _risk_fault(Effect.STATUS, status=200, body=_text_with_a_null_byte()),
    ),
}
# What also happens behind the same words: a practitioner can do the same about each.
ALSO_UNREACHABLE = {
    "a gateway's page": lambda: _risk_fault(Effect.HTML, status=502),
    "broken": lambda: _risk_fault(Effect.STATUS, status=500),
    "busy": lambda: _risk_fault(Effect.STATUS, status=429, retry_after="60"),
}
#: Nothing that passes by itself: a page that said "try again" would send people in circles.
ALSO_REFUSED = {
    "our token is refused": lambda: _risk_fault(Effect.STATUS, status=401),
    "the person is there twice": lambda: _risk_fault(Effect.STATUS, status=409),
}


@pytest.fixture(autouse=True)
def _impatient(settings: Settings) -> None:
    settings.OASYS_TIMEOUTS = (1, 0.05, 0.05)
    settings.UPSTREAM_BACKOFF = 0


def _at_the_risk_step(
    as_persona: AsPersona, pp: User, crn: str, fault: Callable[[], Fault] | None = None
) -> Practitioner:
    """Everything else is answered; OASys has not been asked about risk yet."""
    draft = a_draft(pp, crn=crn)
    answer(draft, pp)
    if fault:
        adapter.state().faults.append(fault())
    return Practitioner(as_persona("pp"), str(draft.pk))


def _words(page: BeautifulSoup, selector: str) -> list[str]:
    return [" ".join(found.get_text(" ").split()) for found in page.select(selector)]


def _all_words(page: BeautifulSoup) -> str:
    return " ".join(page.get_text(" ").split())


def _notices(page: BeautifulSoup) -> list[str]:
    return _words(page, ".govuk-notification-banner[role=region] .govuk-notification-banner__heading")


def _says(page: BeautifulSoup, situation: Situation) -> None:
    assert tuple(_notices(page)) == situation.notices
    panel = _words(page, ".rm-rosh p.govuk-body")
    assert panel == ([situation.panel] if situation.panel else [])
    for sentence in situation.also:
        assert " ".join(sentence.split()) in _all_words(page)


@pytest.mark.parametrize("situation", [pytest.param(one, id=name) for name, one in SITUATIONS.items()])
@pytest.mark.slow
def test_oasys_answers_and_the_referral_is_sent(
    as_persona: AsPersona, personas: dict[str, User], situation: Situation
) -> None:
    # Given somebody who has answered everything but risk
    practitioner = _at_the_risk_step(as_persona, personas["pp"], situation.crn, situation.fault)

    # When they review the risk information
    review = practitioner.reviews_risk()

    # Then the page says what happened in words of its own
    _says(review, situation)
    waiting = _words(review, ".govuk-summary-card .govuk-tag").count("Decision needed")
    assert waiting == situation.undecided

    # And they can decide every section on one page, take responsibility, and send
    url = practitioner.address("risk_edit")
    boxes = filled_in(practitioner.open(url))
    for section in practitioner.draft.risk.in_order():
        text = boxes[section.key]
        if section.needs_decision:
            boxes[section.key] = OURS
        elif len(text) > LONGEST_SHARED_TEXT:
            boxes[section.key] = text[:LONGEST_SHARED_TEXT]
    practitioner.post(url, boxes | {"do": "save", "understood": "YES"})
    practitioner.sends()

    # And the supplier has what they decided, and none of our words about OASys
    shared = ReceivedReferral.objects.unscoped().get().as_handover().risk
    texts = {key_of(slug): getattr(shared, key_of(slug)).text for slug in SECTION_SLUGS}
    assert sum(text == OURS for text in texts.values()) == situation.undecided
    for key, text in situation.shared.items():
        assert texts[key] == text
    assert not [key for key, text in texts.items() if "OASys" in text]


def test_no_two_situations_are_told_in_the_same_words() -> None:
    told = [(one.notices, one.panel, one.also) for one in SITUATIONS.values()]
    assert len(set(told)) == len(told)
    failed = [one.notices for one in SITUATIONS.values() if one.undecided == 7 and one.notices]
    assert len(set(failed)) == len(failed) == 7


@pytest.mark.parametrize(
    ("fault", "reads_as"),
    [
        *(pytest.param(one, "unreachable", id=name) for name, one in ALSO_UNREACHABLE.items()),
        *(pytest.param(one, "question refused", id=name) for name, one in ALSO_REFUSED.items()),
    ],
)
def test_other_failures_read_as_one_of_these(
    as_persona: AsPersona, personas: dict[str, User], fault: Callable[[], Fault], reads_as: str
) -> None:
    draft = a_draft(personas["pp"], crn="X980001")
    adapter.state().faults.append(fault())

    review = Practitioner(as_persona("pp"), str(draft.pk)).reviews_risk()

    _says(review, SITUATIONS[reads_as])


@pytest.mark.parametrize(
    "page", ["risk_edit", "risk_section"], ids=["the edit page", "the page of one section"]
)
def test_the_other_pages_say_it_too_when_they_are_opened_first(
    as_persona: AsPersona, personas: dict[str, User], page: str
) -> None:
    """They used to say that OASys cannot be reached when nobody had asked it."""
    draft = a_draft(personas["pp"], crn="X980003")
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))

    opened = practitioner.open(practitioner.address(page, *(["suicide"] if page == "risk_section" else [])))

    assert tuple(_notices(opened)) == SITUATIONS["no record"].notices


@pytest.mark.parametrize("page", ["risk_information", "risk_edit"], ids=["the review page", "the edit page"])
def test_a_page_that_is_posted_before_it_was_opened_says_it_too(
    as_persona: AsPersona, personas: dict[str, User], page: str
) -> None:
    draft = a_draft(personas["pp"], crn="X980003")
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))

    practitioner.post(practitioner.address(page), {"edit": "NO", "understood": "YES"}, 422)

    assert tuple(_notices(practitioner.pages[-1])) == SITUATIONS["no record"].notices


def test_oasys_is_asked_again_by_opening_a_page_and_not_by_saving_one(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    """Each try may take three seconds: a save must not wait for it."""
    draft = a_draft(personas["pp"], crn="X980031")
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))

    def asked() -> int:
        return len({call.headers["x-request-id"] for call in adapter.state().calls("oasys", "/risks/")})

    practitioner.reviews_risk()
    assert asked() == 1
    url = practitioner.address("risk_section", "who-is-at-risk")
    opened = filled_in(practitioner.open(url))
    assert asked() == 2
    practitioner.post(url, opened | {"text": "Whom I know of.", "do": "save"})
    practitioner.post(url, opened | {"text": "Whom I know of.", "do": "remove"})
    assert asked() == 2
    practitioner.open(practitioner.address("risk_edit"))
    assert asked() == 3


def test_oasys_answers_on_the_second_visit(as_persona: AsPersona, personas: dict[str, User]) -> None:
    # Given OASys did not answer, and something was written meanwhile
    practitioner = _at_the_risk_step(
        as_persona, personas["pp"], "X980001", lambda: _risk_fault(Effect.STATUS, status=503)
    )
    practitioner.reviews_risk()
    practitioner.edits("who-is-at-risk", "Whom I know of.")

    # When it answers on a later visit
    adapter.reset()
    review = practitioner.reviews_risk()

    # Then its text stands in the other sections, and what was written is kept beside OASys's
    assert _notices(review) == []
    who = _words(review, "#who-is-at-risk")[0]
    assert "Whom I know of." in who
    assert "Former partners; housing staff" in who
    assert "Evenings, and in the week benefits are paid." in _words(review, "#risk-imminence")[0]


# --- A newer assessment


def _decides(practitioner: Practitioner, choice: str) -> None:
    """Press one of the two buttons on the review page, where what changed is shown."""
    form = practitioner.reviews_risk().select_one("form:has(#oasys-newer)")
    practitioner.post(
        practitioner.address("risk_take_newer"), filled_in(practitioner.pages[-1], form) | {"do": choice}
    )


def _dates(practitioner: Practitioner) -> tuple[str, str]:
    """Of the assessment that is worked from, and of the newer one."""
    risk = practitioner.draft.risk
    assert risk.oasys_snapshot is not None
    return date(risk.oasys_snapshot.assessed_at), date(risk.newer_assessed_at)


def _shows_what_changed(page: BeautifulSoup) -> None:
    """For X980037: levels, the answer about self-harm, and both texts in words and marked."""
    said = _words(page, "#oasys-newer")[0]
    assert "OASys was updated on" in said
    assert "Overall Medium High" in said
    assert "Staff Low High" in said
    assert "OASys said: No. OASys now says: Yes." in said
    assert "Burned her hand on purpose" in said
    assert "[added: , and the new care worker ]" in said
    assert [str(button["value"]) for button in page.select("#oasys-newer button")] == ["take", "keep"]


@pytest.mark.parametrize("page", ["review page", "edit page"])
def test_saving_alone_never_confirms_a_changed_oasys(
    as_persona: AsPersona, personas: dict[str, User], page: str
) -> None:
    # Given a page that was opened before OASys replaced the assessment
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    practitioner.reviews_risk()
    if page == "review page":
        url, answers = practitioner.address("risk_information"), {"edit": "NO", "understood": "YES"}
    else:
        url = practitioner.address("risk_edit")
        answers = {
            "do": "save",
            "understood": "YES",
            "nature_of_risk": "Typed.",
            "additional_information": "Of ours.",
        }
    form = "form:has([name=understood])"
    opened = practitioner.open(url)

    # When it is saved, and saved again
    for _ in range(3):
        practitioner.post(url, filled_in(opened, opened.select_one(form)) | answers, 409)
        opened = practitioner.pages[-1]

        # Then each time what changed is shown, nothing is declared, and what was typed is there
        _shows_what_changed(opened)
        summary = opened.select(".govuk-error-summary a")
        assert [str(link["href"]) for link in summary] == ["#oasys-newer"]
        assert not redaction.is_declared(practitioner.draft.risk)
        if page == "edit page":
            assert filled_in(opened)["nature_of_risk"] == "Typed."
            assert filled_in(opened)["additional_information"] == "Of ours."
            assert practitioner.draft.risk.section("nature_of_risk").state == "UNREVIEWED"


@pytest.mark.parametrize("where", ["edit page", "own page"])
@pytest.mark.parametrize("choice", ["take", "keep"])
def test_both_choices_keep_what_was_typed(
    as_persona: AsPersona, personas: dict[str, User], where: str, choice: str
) -> None:
    # Given a page with a box, on which what changed is shown
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    practitioner.reviews_risk()
    practitioner.client.get(practitioner.address("resume"))
    name, args, box = ("risk_edit", (), "nature_of_risk") if where == "edit page" else (
        "risk_section", ("nature-of-risk",), "text")  # fmt: skip
    url = practitioner.address(name, *args)
    opened = practitioner.open(url)
    _shows_what_changed(opened)

    # When the practitioner types, and decides
    response = practitioner.post(url, filled_in(opened) | {box: "Typed.", "do": choice})

    # Then the page comes back without the question, with what was typed; only "take" brings the newer text
    page = practitioner.open(response["Location"])
    offered = [str(button["value"]) for button in page.select("#oasys-newer button")]
    assert offered == ([] if choice == "take" else ["take"])
    assert filled_in(page)[box] == "Typed."
    who = practitioner.draft.risk.section("who_is_at_risk")
    assert ("the new care worker" in who.source_text) is (choice == "take")
    practitioner.declares()
    practitioner.sends()
    shared = ReceivedReferral.objects.unscoped().get().as_handover().risk
    assert shared.nature_of_risk.text == "Typed."
    assert (shared.self_harm.answer == "YES") is (choice == "take")


@pytest.mark.parametrize("where", ["edit page", "own page"])
def test_a_choice_is_not_made_over_text_that_cannot_be_kept(
    as_persona: AsPersona, personas: dict[str, User], where: str
) -> None:
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    practitioner.reviews_risk()
    practitioner.client.get(practitioner.address("resume"))
    name, args, box = ("risk_edit", (), "nature_of_risk") if where == "edit page" else (
        "risk_section", ("nature-of-risk",), "text")  # fmt: skip
    url = practitioner.address(name, *args)

    practitioner.post(url, filled_in(practitioner.open(url)) | {box: "x" * 4001, "do": "take"}, 422)

    page = practitioner.pages[-1]
    assert filled_in(page)[box] == "x" * 4001
    _shows_what_changed(page)
    assert "There is a problem with your text, so nothing was done" in _all_words(page)


def test_one_section_is_not_saved_over_a_change_that_its_page_did_not_show(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    practitioner.reviews_risk()
    url = practitioner.address("risk_section", "nature-of-risk")
    opened = filled_in(practitioner.open(url))
    practitioner.client.get(practitioner.address("resume"))

    practitioner.post(url, opened | {"text": "Typed.", "do": "save"}, 409)
    page = practitioner.pages[-1]
    _shows_what_changed(page)
    assert filled_in(page)["text"] == "Typed."
    assert practitioner.draft.risk.section("nature_of_risk").state == "UNREVIEWED"

    # When Save is pressed again, nothing is passed
    practitioner.post(url, filled_in(page) | {"do": "save"}, 409)
    _shows_what_changed(practitioner.pages[-1])
    assert practitioner.draft.risk.section("nature_of_risk").state == "UNREVIEWED"

    # Then either choice keeps the words
    practitioner.post(url, filled_in(practitioner.pages[-1]) | {"do": "keep"})
    assert practitioner.draft.risk.section("nature_of_risk").text == "Typed."


def test_a_declared_draft_is_not_sent_while_a_changed_oasys_is_undecided(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    # Given a draft that was declared, and another answer of OASys seen on resuming
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    draft = practitioner.draft
    practitioner.reviews_risk()
    demo.declare(draft, personas["pp"])
    assert redaction.is_declared(practitioner.draft.risk)
    resumed = practitioner.client.get(practitioner.address("resume"))

    # Then resuming leads to it, the task list says so, and sending is refused
    assert resumed["Location"] == practitioner.address("risk_information")
    assert "OASys was updated. Choose" in _all_words(practitioner.open(practitioner.address("tasks")))
    practitioner.post(practitioner.address("send"), {}, 403)
    assert not ReceivedReferral.objects.unscoped().exists()

    # And keeping what is here is enough: what was declared is what is shared
    _decides(practitioner, "keep")
    assert redaction.is_declared(practitioner.draft.risk)
    practitioner.sends()
    shared = ReceivedReferral.objects.unscoped().get().as_handover().risk
    assert shared.who_is_at_risk.text == "Her mother, whom she cares for."


@pytest.mark.slow
def test_a_newer_assessment_is_announced_on_resuming_and_can_be_taken(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    # Given a draft with a removal, an edit, and a declaration
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    practitioner.reviews_risk()
    practitioner.presses("nature-of-risk", "remove")
    practitioner.edits("risk-imminence", "At night.")

    # When it is resumed after OASys was updated
    resumed = practitioner.client.get(practitioner.address("resume"))
    practitioner.open(resumed["Location"])
    review = practitioner.reviews_risk()
    _shows_what_changed(review)
    assert "the new care worker" not in _words(review, "#who-is-at-risk")[0]
    _decides(practitioner, "take")

    # Then the newer text stands where nothing was decided, and decisions are kept
    review = practitioner.reviews_risk()
    assert "OASys was updated on" not in _all_words(review)
    assert "the new care worker" in _words(review, "#who-is-at-risk")[0]
    assert "Removed" in _words(review, "#nature-of-risk")[0]
    assert "At night." in _words(review, "#risk-imminence")[0]
    assert "HIGH RoSH" in _all_words(review)
    practitioner.declares()
    practitioner.sends()
    shared = ReceivedReferral.objects.unscoped().get().as_handover().risk
    assert shared.nature_of_risk.text == ""
    assert shared.risk_imminence.text == "At night."
    assert shared.self_harm.text == "Burned her hand on purpose after the care worker complained."


@pytest.mark.slow
def test_what_was_kept_out_is_said_wherever_risk_is_shown_and_can_still_be_taken(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    """Promise 6: OASys's newest is never passed over in silence, however it was decided."""
    # Given a newer assessment that was kept out, and a declaration without it
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    practitioner.reviews_risk()
    practitioner.client.get(practitioner.address("resume"))
    _decides(practitioner, "keep")
    practitioner.declares()
    here, newer_at = _dates(practitioner)

    # Then every page about it goes on saying that there is a newer one, of when, and what differs
    for name, args in (
        ("risk_information", []),
        ("risk_edit", []),
        ("risk_section", ["suicide"]),
        ("check_answers", []),
    ):
        page = practitioner.open(practitioner.address(name, *args))
        said = _words(page, "#oasys-newer")[0]
        assert f"OASys has a newer version of {newer_at}. You have not used it." in said, name
        assert "Concerns in relation to self-harm: was No, is now Yes" in said
        assert "Risk of serious harm level, Overall: was Medium, is now High" in said
    review = practitioner.reviews_risk()
    assert f"Assessment you are using: {here}. OASys has a newer one of {newer_at}" in _all_words(review)
    assert (
        f"OASys’s newer version of {newer_at} gives the overall level “High”."
        in _words(review, ".rm-rosh")[0]
    )
    assert f"Shared as in OASys of {here}" in _words(review, "#who-is-at-risk")[0]
    assert "Shared as in OASys No" in _words(review, "#suicide")[0]  # there, nothing changed
    assert "You have not used it. When you send the referral" in _all_words(review)  # in view of the tick

    # And it can still be taken
    _decides(practitioner, "take")
    review = practitioner.reviews_risk()
    assert not review.select("#oasys-newer")
    assert "the new care worker" in _words(review, "#who-is-at-risk")[0]
    assert not redaction.is_declared(practitioner.draft.risk)


@pytest.mark.slow
def test_a_sent_case_says_that_a_newer_assessment_was_kept_out(
    as_persona: AsPersona, personas: dict[str, User]
) -> None:
    practitioner = _at_the_risk_step(as_persona, personas["pp"], "X980037")
    practitioner.reviews_risk()
    practitioner.client.get(practitioner.address("resume"))
    _decides(practitioner, "keep")
    practitioner.declares()
    here, newer_at = _dates(practitioner)
    practitioner.sends()

    said = _all_words(practitioner.open(practitioner.address("case")))

    assert (
        f"The risk information came from the OASys information of {here}. When the referral was sent, OASys had "
        f"a newer version of {newer_at}, which was not used."
    ) in said
    assert practitioner.draft.risk.newer_answer == {}  # of its text nothing is left (R10)
