"""Check for sensitive details: what is found where, what deciding does, and that nothing is ever blocked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import models
from django.test import Client

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Gone, Refused
from monitoring.models import ReceivedReferral
from referrals.actions.decide_sensitive_details import Decided, decide_details
from referrals.actions.send_referral import send_referral
from referrals.handover.build_handover import HANDED_OVER
from referrals.models import ChosenService, Decision, Referral, SensitiveDetailDecision
from referrals.sensitive_details.undecided import count_undecided, found_in
from referrals.sensitive_details.written_texts import COLUMNS
from risk.actions import change_section as changing
from tests.factories.referrals import a_declared_draft, a_draft_with_risk, an_answered_draft
from tests.stories.referring import Practitioner, filled_in

AsPersona = Callable[[str], Client]
NEIGHBOUR = "The neighbour, Mrs Adeyinka Fosse, complained."
PLAIN = "Needs help with forms."


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


@pytest.fixture
def draft(pp: User) -> Referral:
    """Every answer plain, every risk section plain."""
    made = an_answered_draft(pp, crn="X980001")
    for section in made.risk.in_order():
        changing.edit_section(risk=made.risk, key=section.key, text="Nothing new.", by=pp)
    return Referral.objects.get(pk=made.pk)


@pytest.fixture
def practitioner(as_persona: AsPersona, draft: Referral) -> Practitioner:
    return Practitioner(as_persona("pp"), str(draft.pk))


def _text(page: BeautifulSoup) -> str:
    main = page.select_one("main")
    assert main is not None
    return " ".join(main.get_text(" ").split())


def _words(page: BeautifulSoup) -> list[str]:
    return [mark.get_text() for mark in page.select("main mark")]


def _write(draft: Referral, **columns: Any) -> Referral:
    Referral.objects.filter(pk=draft.pk).update(**columns)
    return Referral.objects.get(pk=draft.pk)


def _decide(page: BeautifulSoup, decision: str, reason: str = "") -> dict[str, Any]:
    """The page's form with one decision for every detail on it."""
    fields = filled_in(page)
    for name in fields:
        if name.startswith("decision_"):
            fields[name] = decision
        if name.startswith("reason_"):
            fields[name] = reason
    return fields | {"do": "save"}


# --- What is searched


def test_every_long_text_that_crosses_is_searched() -> None:
    """A new long text of the form stands in the table, or this fails."""
    crossing = {
        field.name
        for model in (Referral, ChosenService)
        for field in model._meta.concrete_fields
        if isinstance(field, models.TextField) and field.name in HANDED_OVER[model._meta.label]
    }
    assert crossing == {column for column, _, _ in COLUMNS}


def test_a_plain_draft_has_nothing_to_decide(draft: Referral, pp: User) -> None:
    assert found_in(draft, pp).undecided == []
    assert count_undecided(draft, pp).total == 0


@pytest.mark.parametrize("column", [column for column, _, _ in COLUMNS])
def test_each_text_of_the_form_is_searched(draft: Referral, pp: User, column: str) -> None:
    found = found_in(_write(draft, **{column: NEIGHBOUR}), pp).undecided
    assert [(detail.written.place, detail.words) for detail in found] == [(column, "Mrs Adeyinka Fosse")]


def test_comments_on_needs_and_risk_sections_are_searched(draft: Referral, pp: User) -> None:
    need = {"section": "ACCOMMODATION", "name": "Accommodation", "comment": NEIGHBOUR}
    draft = _write(draft, criminogenic_needs=[need])
    changing.edit_section(risk=draft.risk, key="self_harm", text=NEIGHBOUR, by=pp)
    found = found_in(Referral.objects.get(pk=draft.pk), pp).undecided
    assert [detail.written.heading for detail in found] == ["Criminogenic needs: Accommodation"]
    assert count_undecided(Referral.objects.get(pk=draft.pk), pp) == (1, 1)


def test_what_is_kept_back_is_not_searched(draft: Referral, pp: User) -> None:
    changing.edit_section(risk=draft.risk, key="self_harm", text=NEIGHBOUR, by=pp)
    changing.remove_section(risk=draft.risk, key="self_harm", by=pp)
    assert found_in(Referral.objects.get(pk=draft.pk), pp).undecided == []


def test_who_and_what_the_case_is_about_is_known(draft: Referral, pp: User) -> None:
    known = (
        f"{draft.person_name}, {draft.practitioner_name} and {pp.display_name} met at Loom House in Leeds, "
        f"with {draft.contract.prime.name}. CRN {draft.crn}."
    )
    assert found_in(_write(draft, reason_for_referral=known), pp).undecided == []


# --- After saving


def test_saving_a_plain_text_goes_on_as_always(practitioner: Practitioner) -> None:
    saved = practitioner.answer("additional-needs", additional_needs=PLAIN)
    assert saved["Location"] == practitioner.address("accessibility-needs")


def test_saving_a_text_with_a_detail_leads_to_the_page_and_on_from_there(practitioner: Practitioner) -> None:
    saved = practitioner.answer("additional-needs", additional_needs=NEIGHBOUR)
    assert saved["Location"] == f"{practitioner.address('sensitive_details')}?of=additional-needs"
    assert practitioner.draft.additional_needs == NEIGHBOUR

    page = practitioner.open(saved["Location"])

    assert _words(page) == ["Mrs Adeyinka Fosse"]
    assert "This names someone" in _text(page)
    assert "The neighbour, Mrs Adeyinka Fosse , complained." in _text(page)
    assert page.select_one(f"a[href='{practitioner.address('additional-needs')}']") is not None
    onwards = {link["href"] for link in page.find_all("a", string="Continue without deciding")}
    assert onwards == {practitioner.address("accessibility-needs")}


def test_a_change_from_the_check_page_goes_back_there(as_persona: AsPersona, pp: User) -> None:
    practitioner = Practitioner(as_persona("pp"), str(a_declared_draft(pp, crn="X980001").pk))
    address = f"{practitioner.address('reason-for-referral')}?return=check"
    fields = filled_in(practitioner.open(address)) | {"reason_for_referral": NEIGHBOUR}
    saved = practitioner.post(address, fields)
    page = practitioner.open(saved["Location"])
    link = page.find("a", string="Continue without deciding")
    assert link is not None
    assert link["href"] == practitioner.address("check_answers")  # type: ignore[index]


def test_saving_risk_information_goes_on_because_its_details_are_decided_on_its_own_page(
    practitioner: Practitioner,
) -> None:
    saved = practitioner.edits("suicide", "Told his brother Milo.")
    assert saved["Location"] == practitioner.address("risk_information")
    card = practitioner.open(saved["Location"]).select_one("#suicide")
    assert card is not None
    assert "1 detail to decide" in " ".join(card.get_text(" ").split())


@pytest.mark.parametrize("name", ["tasks", "check_answers", "risk_information"])
def test_other_pages_say_how_many(as_persona: AsPersona, pp: User, name: str) -> None:
    made = a_declared_draft(pp, crn="X980001")
    before = count_undecided(made, pp).other
    _write(made, diversity="Her brother Milo helps.")
    practitioner = Practitioner(as_persona("pp"), str(made.pk))
    page = practitioner.open(practitioner.address(name))
    link = page.select_one(f"main a[href^='{practitioner.address('sensitive_details')}']")
    assert link is not None
    assert link.get_text().startswith(f"{before + 1} detail")
    assert "You can send the referral without reviewing" in _text(page)


def test_nothing_is_said_where_there_is_nothing(practitioner: Practitioner) -> None:
    assert "may be sensitive" not in _text(practitioner.open(practitioner.address("tasks")))
    page = practitioner.open(practitioner.address("sensitive_details"))
    assert "There are no details to review." in _text(page)


# --- Deciding


@pytest.fixture
def page(practitioner: Practitioner) -> BeautifulSoup:
    """The page after a text with one detail was saved."""
    saved = practitioner.answer("additional-needs", additional_needs=NEIGHBOUR)
    return practitioner.open(saved["Location"])


@pytest.fixture
def address(practitioner: Practitioner) -> str:
    return f"{practitioner.address('sensitive_details')}?of=additional-needs"


def test_keeping_needs_a_reason(practitioner: Practitioner, page: BeautifulSoup, address: str) -> None:
    practitioner.post(address, _decide(page, "KEEP"), 422)
    again = practitioner.pages[-1]
    assert "Enter why detail 1 is needed to deliver the service safely" in _text(again)
    assert again.select_one("input[value=KEEP][checked]") is not None
    assert not SensitiveDetailDecision.objects.exists()


@pytest.mark.parametrize(
    ("decision", "reason"),
    [
        pytest.param("KEEP", "She is told when sessions are at his home.", id="kept"),
        pytest.param("NOT_SENSITIVE", "", id="not sensitive"),
    ],
)
def test_a_decision_is_kept_and_asked_about_no_more(
    practitioner: Practitioner, page: BeautifulSoup, address: str, decision: str, reason: str
) -> None:
    saved = practitioner.post(address, _decide(page, decision, reason))

    assert saved["Location"] == practitioner.address("accessibility-needs")
    kept = SensitiveDetailDecision.objects.get()
    assert (kept.decision, kept.reason, kept.category) == (decision, reason, "other_person")
    assert "Fosse" not in f"{kept.place} {kept.finding_hash}"
    assert practitioner.draft.additional_needs == NEIGHBOUR
    again = practitioner.answer("additional-needs", additional_needs=f"{NEIGHBOUR} Twice.")
    assert again["Location"] == practitioner.address("accessibility-needs")
    event = AuditEvent.objects.get(action=AuditAction.DETAILS_DECIDED)
    assert event.facts == {f"{decision.lower()}_other_person": 1}


def test_later_decides_nothing(practitioner: Practitioner, page: BeautifulSoup, address: str) -> None:
    saved = practitioner.post(address, _decide(page, "LATER"))
    assert saved["Location"] == practitioner.address("accessibility-needs")
    assert not SensitiveDetailDecision.objects.exists()
    assert not AuditEvent.objects.filter(action=AuditAction.DETAILS_DECIDED).exists()


def test_the_same_decision_twice_is_one(
    practitioner: Practitioner, page: BeautifulSoup, address: str
) -> None:
    fields = _decide(page, "NOT_SENSITIVE")
    practitioner.post(address, fields)
    practitioner.post(address, fields)
    assert SensitiveDetailDecision.objects.count() == 1
    assert AuditEvent.objects.filter(action=AuditAction.DETAILS_DECIDED).count() == 1


def test_a_decision_about_words_that_are_gone_shows_nowhere_and_holds_when_they_come_back(
    practitioner: Practitioner, page: BeautifulSoup, address: str
) -> None:
    practitioner.post(address, _decide(page, "NOT_SENSITIVE"))
    decided = f"{practitioner.address('sensitive_details')}?show=decided"
    assert "Mrs Adeyinka Fosse" in _text(practitioner.open(decided))
    practitioner.answer("additional-needs", additional_needs=PLAIN)
    assert "Fosse" not in _text(practitioner.open(decided))
    assert "You have not made any decisions about text" in _text(practitioner.pages[-1])
    back = practitioner.answer("additional-needs", additional_needs=NEIGHBOUR)
    assert back["Location"] == practitioner.address("accessibility-needs")


def test_the_same_words_in_another_text_are_asked_about_there(
    practitioner: Practitioner, page: BeautifulSoup, address: str
) -> None:
    practitioner.post(address, _decide(page, "NOT_SENSITIVE"))
    saved = practitioner.answer("diversity", diversity=NEIGHBOUR)
    assert "of=diversity" in saved["Location"]


def test_words_that_stand_twice_are_asked_about_once(practitioner: Practitioner) -> None:
    saved = practitioner.answer("diversity", diversity=f"{NEIGHBOUR} Ask Mrs  Adeyinka Fosse.")
    page = practitioner.open(saved["Location"])
    assert _words(page) == ["Mrs Adeyinka Fosse"]
    assert "It appears 2 times in this text." in _text(page)


def test_a_decision_can_be_taken_back(practitioner: Practitioner, page: BeautifulSoup, address: str) -> None:
    practitioner.post(address, _decide(page, "KEEP", "Lives below."))
    decided = f"{practitioner.address('sensitive_details')}?show=decided"
    listed = practitioner.open(decided)
    assert "Lives below." in _text(listed)
    button = listed.select_one("button[name=do]")
    assert button is not None
    practitioner.post(decided, filled_in(listed) | {"do": button["value"]}, 200)
    assert "Lives below." in _text(practitioner.pages[-1])  # the reason goes with it
    practitioner.post(decided, filled_in(practitioner.pages[-1]))
    assert not SensitiveDetailDecision.objects.exists()
    assert practitioner.post(decided, {"do": button["value"]}, 404)
    facts = AuditEvent.objects.filter(action=AuditAction.DETAILS_DECIDED).values_list("facts", flat=True)
    assert {"taken_back_other_person": 1} in list(facts)


def test_many_details_have_pages(practitioner: Practitioner, draft: Referral) -> None:
    many = " ".join(f"Rang 01632 960{number:03d}." for number in range(45))
    _write(draft, further_information=many)
    first = practitioner.address("sensitive_details")
    page = practitioner.open(first)
    assert len(_words(page)) == 20
    assert "Showing 1 to 20 of 45 details" in _text(page)
    later = practitioner.post(first, _decide(page, "LATER"))["Location"]
    assert later.endswith("?page=2")
    decided = practitioner.post(later, _decide(practitioner.open(later), "NOT_SENSITIVE"))["Location"]
    assert "Showing 21 to 25 of 25 details" in _text(practitioner.open(decided))


def test_odd_text_is_shown_as_it_is(practitioner: Practitioner) -> None:
    odd = "<script>alert(1)</script> His son Milo {{ 7*7 }} None & 'quotes' 👩‍👩‍👧 \u202eابن\u202c"
    saved = practitioner.answer("diversity", diversity=odd)
    page = practitioner.open(saved["Location"])
    assert "<script>alert(1)</script>" in _text(page)
    assert "{{ 7*7 }}" in _text(page)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("of=no-such-page", id="unknown text"),
        pytest.param("of=risk-information/nothing", id="unknown section"),
    ],
)
def test_an_unknown_text_is_not_found(practitioner: Practitioner, query: str) -> None:
    practitioner.open(f"{practitioner.address('sensitive_details')}?{query}", 404)


@pytest.mark.parametrize("do", ["", "again:", "again:x", "again:99999999999999999999", "send"])
def test_an_unknown_button_is_not_found(practitioner: Practitioner, do: str) -> None:
    practitioner.post(practitioner.address("sensitive_details"), {"do": do}, 404)


# --- Whose it is, and after sending


def test_only_the_author_decides(draft: Referral, pp: User, personas: dict[str, User]) -> None:
    draft = _write(draft, diversity=NEIGHBOUR)
    (detail,) = found_in(draft, pp).undecided
    one = Decided(detail, Decision.NOT_SENSITIVE)
    with pytest.raises(Refused):
        decide_details(draft=draft, decided=[one], by=personas["pp.colleague"])
    with pytest.raises(Refused):
        decide_details(draft=draft, decided=[Decided(detail, Decision.KEEP, " ")], by=pp)
    assert not SensitiveDetailDecision.objects.exists()


def test_a_decision_of_another_draft_cannot_be_taken_back(practitioner: Practitioner, pp: User) -> None:
    other = a_draft_with_risk(pp, crn="X980002")
    theirs = SensitiveDetailDecision.objects.create(
        referral=other, place="diversity", finding_hash="a" * 64, category="health",
        decision=Decision.NOT_SENSITIVE, decided_by=pp,
    )  # fmt: skip
    practitioner.post(practitioner.address("sensitive_details"), {"do": f"again:{theirs.pk}"}, 404)
    assert SensitiveDetailDecision.objects.filter(pk=theirs.pk).exists()


def test_sending_is_not_blocked_deletes_reasons_and_closes_the_page(as_persona: AsPersona, pp: User) -> None:
    made = _write(
        a_declared_draft(pp, crn="X980001"), diversity=NEIGHBOUR, reason_for_referral="Ask PC Hargreave."
    )
    first = found_in(made, pp).undecided[-1]
    decide_details(draft=made, decided=[Decided(first, Decision.KEEP, "Lives below.")], by=pp)
    assert count_undecided(made, pp).total > 0

    send_referral(draft=made, by=pp)

    assert ReceivedReferral.objects.unscoped().get(key=made.pk).diversity == NEIGHBOUR
    assert SensitiveDetailDecision.objects.get().reason == ""
    practitioner = Practitioner(as_persona("pp"), str(made.pk))
    practitioner.open(practitioner.address("sensitive_details"), 410)
    with pytest.raises(Gone):
        decide_details(draft=made, decided=[Decided(first, Decision.NOT_SENSITIVE)], by=pp)


def test_what_was_typed_after_the_web_session_ended_is_offered_back(
    as_persona: AsPersona, practitioner: Practitioner, page: BeautifulSoup, address: str
) -> None:
    Client().post(address, _decide(page, "KEEP", "Lives below."))
    again = practitioner.open(address)
    assert "What you typed here earlier was not saved." in _text(again)
    assert "Lives below." in str(again.select_one("textarea"))
    practitioner.post(address, filled_in(again) | {"do": "discard"})
    assert "Lives below." not in str(practitioner.open(address).select_one("textarea"))


def test_counts_kept_for_a_while_hold_no_words(draft: Referral, pp: User) -> None:
    from django.core.cache import cache

    draft = _write(draft, diversity=NEIGHBOUR)
    assert count_undecided(draft, pp) == (0, 1)
    assert "Fosse" not in str(getattr(cache, "_cache", ""))
    assert count_undecided(_write(draft, diversity=PLAIN), pp).total == 0
