"""Feedback: stored once, with the kind of page it is about, never the case."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from accounts.models import Feedback
from tests.conftest import Page

FEEDBACK = "/feedback"
AsPersona = Callable[[str], Client]


def answers(**changed: str) -> dict[str, str]:
    return {
        "rating": "SATISFIED",
        "comments": "Clear.",
        "form_key": str(uuid4()),
        "came_from": "/",
        **changed,
    }


GIVERS = [
    pytest.param("pp", "PRACTITIONER", id="practitioner"),
    pytest.param("sp.manager", "SUPPLIER", id="supplier"),
    pytest.param("admin", "ADMINISTRATOR", id="administrator"),
    pytest.param("anonymous", "", id="not signed in"),
]


@pytest.mark.parametrize(("who", "audience"), GIVERS)
def test_anybody_can_say_what_they_think(who, audience, as_persona: AsPersona, page: Page) -> None:
    client = as_persona(who)
    page(client, FEEDBACK)
    answer = client.post(FEEDBACK, answers(comments="Clär & <b>quick</b> 👍"), follow=True)
    page.read(answer, status=200)
    kept = Feedback.objects.get()
    assert (kept.audience, kept.rating, kept.comments) == (audience, "SATISFIED", "Clär & <b>quick</b> 👍")
    assert (kept.given_by.username if kept.given_by else "anonymous") == who


def test_the_same_form_sent_twice_is_kept_once(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    sent = answers()
    assert client.post(FEEDBACK, sent).status_code == 302
    assert client.post(FEEDBACK, sent).status_code == 302
    assert Feedback.objects.count() == 1


def test_the_same_form_sent_again_with_other_words_keeps_both(as_persona: AsPersona) -> None:
    client = as_persona("pp")
    sent = answers()
    for comments in ("First.", "Second."):
        client.post(FEEDBACK, sent | {"comments": comments})
    assert sorted(Feedback.objects.values_list("comments", flat=True)) == ["First.", "Second."]


def test_two_forms_are_two_answers(as_persona: AsPersona, page: Page) -> None:
    client = as_persona("pp")
    for _ in range(2):
        key = page(client, FEEDBACK).find("input", {"name": "form_key"})["value"]
        client.post(FEEDBACK, answers(form_key=key))
    assert Feedback.objects.count() == 2


WRONG = [
    pytest.param({"rating": ""}, "Select how satisfied", id="no rating"),
    pytest.param({"rating": "EXCELLENT"}, "Select how satisfied", id="an answer that is not offered"),
    pytest.param({"comments": "x" * 1201}, "1,200 characters or fewer", id="too long"),
    pytest.param({"comments": "a\x00b"}, "cannot be saved", id="null byte"),
]


@pytest.mark.parametrize(("changed", "message"), WRONG)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    changed, message, db, client: Client, page: Page
) -> None:
    answered = page.post(client, FEEDBACK, answers(**changed), status=422)
    assert message in answered.get_text()
    assert not Feedback.objects.exists()
    if "comments" not in changed:
        assert answered.find("textarea", {"name": "comments"}).get_text() == "Clear."


def test_1200_characters_are_taken_with_line_breaks_counted_once(db, client: Client) -> None:
    typed = "\r\n".join(["x" * 99] * 12)
    assert client.post(FEEDBACK, answers(comments=typed)).status_code == 302
    assert Feedback.objects.get().comments == typed.replace("\r\n", "\n")


CASE = uuid4()
CAME_FROM = [
    pytest.param("/feedback", "feedback", id="a page"),
    pytest.param(
        "/admin/accounts/user/12/change/",
        "admin/accounts/user/<path:object_id>/change/",
        id="ids are left out",
    ),
    pytest.param("/X980010", "", id="no page of ours"),
    pytest.param("javascript:alert('X980010')", "", id="no address at all"),
    pytest.param("", "", id="unknown"),
]


@pytest.mark.parametrize(("path", "kept"), CAME_FROM)
def test_the_page_they_came_from_is_kept_without_its_case(path, kept, db, client: Client) -> None:
    client.post(FEEDBACK, answers(came_from=path))
    assert Feedback.objects.get().page == kept


COMING = [
    pytest.param({"query_params": {"page": "/cookies"}}, "/cookies", id="from the banner"),
    pytest.param({"headers": {"referer": "http://testserver/cookies?a=b"}}, "/cookies", id="from a link"),
    pytest.param({}, "", id="typed"),
    pytest.param({"query_params": {"page": "/" + "x" * 2000}}, "", id="an address too long to keep"),
    pytest.param({"query_params": {"page": "/cookies\x00"}}, "", id="an address that cannot be kept"),
    pytest.param({"headers": {"referer": "http://testserver/" + "x" * 2000}}, "", id="a long link"),
]


@pytest.mark.parametrize(("how", "path"), COMING)
def test_the_form_remembers_where_they_came_from(how, path, db, client: Client, page: Page) -> None:
    shown = page(client, FEEDBACK, **how).form
    assert shown is not None
    came_from, form_key = (shown.find("input", {"name": name}) for name in ("came_from", "form_key"))
    assert came_from.get("value", "") == path

    answer = client.post(FEEDBACK, answers(came_from=came_from.get("value", ""), form_key=form_key["value"]))
    assert answer.status_code == 302, "what the page gives, its form takes"


def test_a_broken_key_does_not_stop_anybody(db, client: Client) -> None:
    assert client.post(FEEDBACK, answers(form_key="not a key")).status_code == 302
    assert Feedback.objects.count() == 1
