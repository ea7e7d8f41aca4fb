"""Sensitive details of the risk sections, handled where they stand (decision R12)."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from referrals.actions.handle_detail import Boxes, change_detail, decide_detail, decide_detail_again
from referrals.models import Decision, Referral, SensitiveDetailDecision
from referrals.sensitive_details.in_risk import RiskDetail, details_of
from referrals.sensitive_details.undecided import count_undecided
from risk.actions import change_section as changing
from risk.actions.change_section import WordsGone
from risk.models import SectionKey
from risk.reading import for_page
from risk.redaction import is_declared, keyed_hash
from tests.factories.referrals import a_declared_draft, a_draft_with_risk
from tests.stories.referring import Practitioner, filled_in

WHO, NATURE, SUICIDE = "who_is_at_risk", "nature_of_risk", "suicide"
NOBODY = Boxes({}, {})


def _text(page: Any) -> str:
    return " ".join(page.get_text(" ").split())


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


@pytest.fixture
def draft(pp: User) -> Referral:
    """X980010, whose OASys names Milo in three sections and an address in two."""
    return a_draft_with_risk(pp, crn="X980010")


@pytest.fixture
def practitioner(as_persona: Any, draft: Referral) -> Practitioner:
    return Practitioner(as_persona("pp"), str(draft.pk))


def _fresh(draft: Referral) -> Referral:
    fresh = Referral.objects.get(pk=draft.pk)
    fresh.risk = for_page(fresh.risk_id)
    return fresh


def _detail(draft: Referral, pp: User, words: str) -> RiskDetail:
    (detail,) = [one for one in details_of(_fresh(draft), pp) if one.words == words]
    return detail


def _texts(draft: Referral) -> dict[str, str]:
    return {section.key: section.box_text for section in _fresh(draft).risk.in_order()}


# --- The same words are one detail, in all sections


def test_the_same_words_are_one_detail(draft: Referral, pp: User) -> None:
    detail = _detail(draft, pp, "Milo")
    holding = [key for key, text in _texts(draft).items() if "Milo" in text]
    assert [key.value for key in detail.spans] == holding
    assert detail.times >= len(holding) > 1


def test_taking_out_takes_out_everywhere_and_one_undo_brings_all_back(draft: Referral, pp: User) -> None:
    before = _texts(draft)
    detail = _detail(draft, pp, "Milo")

    change_detail(draft=_fresh(draft), detail=detail, instead="", boxes=NOBODY, by=pp)

    after = _texts(draft)
    assert not [text for text in after.values() if "Milo" in text]
    assert {key for key in before if before[key] != after[key]} == {key.value for key in detail.spans}
    changing.undo_last_change(risk=draft.risk, key=next(iter(detail.spans)), by=pp)
    assert _texts(draft) == before


def test_undo_leaves_a_section_alone_that_was_changed_since(draft: Referral, pp: User) -> None:
    detail = _detail(draft, pp, "Milo")
    first, second, *_ = detail.spans
    change_detail(draft=_fresh(draft), detail=detail, instead="", boxes=NOBODY, by=pp)
    changing.edit_section(risk=draft.risk, key=second, text="Written since.", by=pp)

    changing.undo_last_change(risk=draft.risk, key=first, by=pp)

    assert "Milo" in _texts(draft)[first]
    assert _texts(draft)[second] == "Written since."


def test_other_words_stand_instead(draft: Referral, pp: User) -> None:
    change_detail(
        draft=_fresh(draft), detail=_detail(draft, pp, "Dorian Vellacott"), instead="another person",
        boxes=NOBODY, by=pp,
    )  # fmt: skip
    assert "Her ex-partner another person and their son" in _texts(draft)[WHO]


def test_a_change_voids_the_declaration_and_is_recorded_without_words(pp: User) -> None:
    made = a_declared_draft(pp, crn="X980010")
    detail = details_of(_fresh(made), pp)[0]
    change_detail(draft=_fresh(made), detail=detail, instead="", boxes=NOBODY, by=pp)
    assert not is_declared(_fresh(made).risk)
    events = AuditEvent.objects.filter(action=AuditAction.RISK_EDITED).order_by("-pk")[: len(detail.spans)]
    assert not [event for event in events if detail.words in str(event.facts)]


def test_words_that_are_gone_change_nothing(draft: Referral, pp: User) -> None:
    detail = _detail(draft, pp, "Milo")
    for key in detail.spans:
        changing.edit_section(risk=draft.risk, key=key, text="Nobody is named.", by=pp)
    before = _texts(draft)
    with pytest.raises(WordsGone):
        change_detail(draft=_fresh(draft), detail=detail, instead="", boxes=NOBODY, by=pp)
    assert _texts(draft) == before


def test_a_text_longer_than_may_be_shared_can_be_shortened_bit_by_bit(pp: User) -> None:
    made = a_draft_with_risk(pp, crn="X980010")
    long = made.risk.section(WHO)
    long.source_text = f"{'Plain words. ' * 400}Told his brother Milo."
    long.save()
    detail = _detail(made, pp, "Milo")
    change_detail(draft=_fresh(made), detail=detail, instead="", boxes=NOBODY, by=pp)
    assert _texts(made)[WHO].endswith("Told his brother.")


@pytest.mark.parametrize("decision", Decision)
def test_a_decision_counts_everywhere_and_can_be_taken_back(
    draft: Referral, pp: User, decision: Decision
) -> None:
    before = count_undecided(draft, pp).risk
    detail = _detail(draft, pp, "Milo")

    decide_detail(
        draft=_fresh(draft), detail=detail, decision=decision, reason="Lives there.", boxes=NOBODY, by=pp
    )

    assert SensitiveDetailDecision.objects.count() == len(detail.spans)
    assert count_undecided(draft, pp).risk == before - 1
    decided = _detail(draft, pp, "Milo")
    assert decided.decision is not None
    assert decided.decision.decision == decision
    decide_detail_again(draft=_fresh(draft), detail=decided, boxes=NOBODY, by=pp)
    assert count_undecided(draft, pp).risk == before


def test_only_the_author(draft: Referral, pp: User, personas: dict[str, User]) -> None:
    detail, other = _detail(draft, pp, "Milo"), personas["pp.colleague"]
    for act in (
        lambda: change_detail(draft=_fresh(draft), detail=detail, instead="", boxes=NOBODY, by=other),
        lambda: decide_detail(
            draft=_fresh(draft), detail=detail, decision=Decision.NOT_SENSITIVE, reason="", boxes=NOBODY, by=other
        ),
    ):  # fmt: skip
        with pytest.raises(Refused):
            act()
    assert not SensitiveDetailDecision.objects.exists()


# --- Any sequence of presses leaves the text that the presses describe


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["take out", "instead", "undo", "revert", "edit", "stale"]), st.integers(0, 7)
        ),
        max_size=8,
    )
)
@pytest.mark.slow
def test_any_presses_leave_what_they_describe(
    draft: Referral, pp: User, presses: list[tuple[str, int]]
) -> None:
    """After each press every section holds what that press says, and no other section changed."""
    sections = {section.section_key: section for section in _fresh(draft).risk.in_order()}
    for key, section in sections.items():
        changing.edit_section(risk=draft.risk, key=key, text=section.source_text, by=pp)
    sources = {key: section.source_text for key, section in sections.items()}
    for do, number in presses:
        key = list(SectionKey)[number]
        details = details_of(_fresh(draft), pp)
        if do in ("take out", "instead") and details:
            detail = details[number % len(details)]
            words = "another person" if do == "instead" else ""
            change_detail(draft=_fresh(draft), detail=detail, instead=words, boxes=NOBODY, by=pp)
            for place in detail.spans:
                assert detail.words not in _texts(draft)[place] or words
        elif do == "stale" and details:
            detail = details[number % len(details)]
            gone = dict.fromkeys(detail.spans, "Nothing here.")
            for place, text in gone.items():
                changing.edit_section(risk=draft.risk, key=place, text=text, by=pp)
            before = _texts(draft)
            with pytest.raises(WordsGone):
                change_detail(draft=_fresh(draft), detail=detail, instead="", boxes=NOBODY, by=pp)
            assert _texts(draft) == before
        elif do == "edit":
            changing.edit_section(risk=draft.risk, key=key, text=f"Edit {number} of Milo.", by=pp)
            assert _texts(draft)[key] == f"Edit {number} of Milo."
        elif do == "revert" and sections[key].has_original:
            changing.revert_section(risk=draft.risk, key=key, by=pp)
            assert _texts(draft)[key] == sources[key]
        elif do == "undo":
            before = _texts(draft)
            standing = (
                _fresh(draft).risk.section(key).changes.filter(undone_at=None).order_by("-number").first()
            )
            if changing.undo_last_change(risk=draft.risk, key=key, by=pp) and standing is not None:
                state = _texts(draft)
                assert keyed_hash(state[key]) != keyed_hash(before[key]) or standing.text_before in (
                    "",
                    before[key],
                )


# --- The page


def _press(practitioner: Practitioner, do: str, status: int = 302, **also: str) -> BeautifulSoup:
    url = practitioner.address("risk_edit")
    answer = practitioner.post(url, filled_in(practitioner.open(url)) | {"do": do} | also, status)
    return practitioner.open(url) if answer.status_code == 302 else practitioner.pages[-1]


def test_the_text_is_shown_with_each_detail_marked_numbered_and_said_in_words(
    practitioner: Practitioner,
) -> None:
    page = practitioner.open(practitioner.address("risk_edit"))
    card = page.select_one("#who-is-at-risk .rm-details")
    assert card is not None
    marked = card.select_one("p.rm-text")
    assert marked is not None
    assert [mark.get_text() for mark in marked.select("mark")][:1] == ["Dorian Vellacott"]
    assert "Detail 1 : Name of another person" in _text(marked)
    assert len(page.select("button[value^=take-out]")) == len(page.select(".rm-detail"))


def test_a_press_says_in_its_section_what_it_did(
    practitioner: Practitioner, draft: Referral, pp: User
) -> None:
    page = _press(practitioner, f"take-out:{_detail(draft, pp, 'Milo').id}")
    done = page.select_one("#who-is-at-risk .govuk-notification-banner--success")
    assert done is not None
    assert "Taken out: name of another person, 3 times in 3 sections." in _text(done)
    assert "Milo" not in _text(done)


@pytest.mark.parametrize(
    ("do", "also", "error"),
    [
        pytest.param("keep-detail", {}, "Enter why the detail is needed", id="keep without a reason"),
        pytest.param("instead:own", {}, "Enter the words to use instead", id="no words"),
        pytest.param("instead:own", {"words": "x" * 201}, "200 characters or fewer", id="too many words"),
        pytest.param("keep-detail", {"reason": "x" * 501}, "500 characters or fewer", id="too long a reason"),
    ],
)
def test_what_a_button_needs_is_asked_for(
    practitioner: Practitioner, draft: Referral, pp: User, do: str, also: dict[str, str], error: str
) -> None:
    one = _detail(draft, pp, "Milo").id
    name, _, choice = do.partition(":")
    fields = {f"{key}_{one}": value for key, value in also.items()}
    before = _texts(draft)
    page = _press(practitioner, f"{name}:{one}:{choice}" if choice else f"{name}:{one}", 422, **fields)
    assert error in _text(page.select_one(".govuk-error-summary"))
    assert _texts(draft) == before
    for value in fields.values():
        assert page.select_one(f"input[value='{value}']") is not None


@pytest.mark.slow
def test_own_words_and_a_reason_are_kept(practitioner: Practitioner, draft: Referral, pp: User) -> None:
    one, other = _detail(draft, pp, "Milo").id, _detail(draft, pp, "Dorian Vellacott").id
    _press(practitioner, f"instead:{one}:own", **{f"words_{one}": "the younger  child"})
    page = _press(practitioner, f"keep-detail:{other}", **{f"reason_{other}": "Collects him."})
    assert "the younger child" in _texts(draft)[WHO]
    assert "You decided to keep this : Collects him." in _text(page.select_one("#who-is-at-risk"))
    page = _press(practitioner, f"again:{other}")
    assert page.select_one(f"button[value='keep-detail:{other}']") is not None


def test_what_was_typed_in_other_boxes_is_kept_with_a_press(
    practitioner: Practitioner, draft: Referral, pp: User
) -> None:
    _press(
        practitioner, f"take-out:{_detail(draft, pp, 'Milo').id}", additional_information="Typed, not saved."
    )
    assert _texts(draft)["additional_information"] == "Typed, not saved."


def test_a_press_on_a_text_that_changed_meanwhile_shows_both(
    practitioner: Practitioner, draft: Referral, pp: User
) -> None:
    url, one = practitioner.address("risk_edit"), _detail(draft, pp, "Milo").id
    opened = filled_in(practitioner.open(url))
    changing.edit_section(risk=draft.risk, key=WHO, text="Another tab wrote of her son Milo.", by=pp)

    practitioner.post(url, opened | {"do": f"take-out:{one}"}, 409)

    page = practitioner.pages[-1]
    assert "the text changed after you opened the page" in _text(page)
    card = _text(page.select_one("#who-is-at-risk"))
    assert "Another tab wrote of her son Milo." in card
    assert "Dorian Vellacott" in card
    assert _texts(draft)[WHO] == "Another tab wrote of her son Milo."


@pytest.mark.parametrize("do", ["take-out:0000", "instead:0000:0", "keep-detail:", "again:0000"])
def test_an_unknown_detail_changes_nothing(practitioner: Practitioner, draft: Referral, do: str) -> None:
    before = _texts(draft)
    assert "no longer in the text" in _text(_press(practitioner, do, 409))
    assert _texts(draft) == before


def test_made_up_words_are_not_found(practitioner: Practitioner, draft: Referral, pp: User) -> None:
    _press(practitioner, f"instead:{_detail(draft, pp, 'Milo').id}:99", 404)


def test_the_page_of_one_section_changes_that_section_only(
    practitioner: Practitioner, draft: Referral, pp: User
) -> None:
    url, before = practitioner.address("risk_section", "who-is-at-risk"), _texts(draft)
    fields = filled_in(practitioner.open(url)) | {"do": f"take-out:{_detail(draft, pp, 'Milo').id}"}
    practitioner.post(url, fields)
    after = _texts(draft)
    assert "Milo" not in after[WHO]
    assert {key for key in before if before[key] != after[key]} == {WHO}


def test_the_same_queries_for_few_details_and_many(
    practitioner: Practitioner, draft: Referral, pp: User, django_assert_max_num_queries: Any
) -> None:
    url = practitioner.address("risk_edit")
    practitioner.open(url)
    many = " ".join(f"Told Mr Adam Quill{chr(97 + number)}e." for number in range(24))
    changing.edit_section(risk=draft.risk, key="additional_information", text=many, by=pp)
    practitioner.open(url)
    with django_assert_max_num_queries(20):
        practitioner.open(url)


# --- Before sending


def test_what_is_left_undecided_is_named_by_kind_before_sending(as_persona: Any, pp: User) -> None:
    made = a_declared_draft(pp, crn="X980010")
    practitioner = Practitioner(as_persona("pp"), str(made.pk))
    practitioner.open(practitioner.address("check_answers"))

    practitioner.post(practitioner.address("send"), {}, 200)

    page = practitioner.pages[-1]
    total = count_undecided(made, pp).total
    assert f"You have not decided about {total} details" in _text(page)
    assert "Name of another person: " in _text(page)
    assert not Referral.objects.get(pk=made.pk).is_sent
    form = page.select_one("form:has(input[name=left_undecided])")
    assert form is not None
    practitioner.post(practitioner.address("send"), filled_in(page, form))
    assert Referral.objects.get(pk=made.pk).is_sent


def test_no_word_of_a_decision_reaches_the_service_provider(as_persona: Any, pp: User) -> None:
    made = a_declared_draft(pp, crn="X980010")
    detail = details_of(_fresh(made), pp)[0]
    decide_detail(
        draft=_fresh(made), detail=detail, decision=Decision.KEEP, reason="CANARY-REASON", boxes=NOBODY, by=pp
    )
    practitioner = Practitioner(as_persona("pp"), str(made.pk))
    practitioner.sends()
    client: Client = as_persona("sp.manager")
    received = Referral.objects.get(pk=made.pk).received_id
    page = client.get(f"/service-provider/referrals/{received}/details")
    assert page.status_code in (200, 404)  # 404: a contract of another provider
    assert "CANARY-REASON" not in page.content.decode()
    assert not SensitiveDetailDecision.objects.filter(reason__contains="CANARY").exists()


# --- What is typed beside a detail is not lost


@pytest.mark.parametrize("do", ["take-out", "remove:suicide", "save"])
def test_what_is_typed_beside_another_detail_outlives_a_press(
    practitioner: Practitioner, draft: Referral, pp: User, do: str
) -> None:
    one, other = _detail(draft, pp, "Milo").id, _detail(draft, pp, "Dorian Vellacott").id
    url = practitioner.address("risk_edit")
    typed = {f"reason_{other}": "Collects him from sessions.", "understood": "YES"}
    fields = filled_in(practitioner.open(url)) | typed
    practitioner.client.post(url, fields | {"do": f"take-out:{one}" if do == "take-out" else do})

    again = practitioner.open(url)

    assert again.select_one(f"input[name=reason_{other}]")["value"] == "Collects him from sessions."
    assert "What you typed here earlier was not saved." in _text(again)


def test_what_a_button_used_is_not_offered_again(
    practitioner: Practitioner, draft: Referral, pp: User
) -> None:
    one = _detail(draft, pp, "Milo").id
    page = _press(practitioner, f"keep-detail:{one}", **{f"reason_{one}": "Lives there."})
    assert "was not saved" not in _text(page)
