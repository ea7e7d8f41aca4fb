"""The canary sweep: unique words in every private field, redacted, sent; no supplier ever meets one, anywhere.

Twins of the same referral show that the sweep would notice: what is shared is found, and what leaks on purpose too.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
from django.contrib import admin
from django.contrib.sessions.backends.base import SessionBase
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import include, path, reverse

from accounts.models import Feedback, User
from demo import referrals as demo
from events import audit
from events.models import AuditAction, OutboxEntry
from events.tasks import deliver
from integrations.metrics import CALLS
from monitoring.actions.share_again import recall_share
from monitoring.models import PlanActivity, ReceivedReferral
from monitoring.presenters import received_referral
from monitoring.presenters.received_referral import Card, Row
from monitoring.views import cases, lists
from referrals.actions.correct_risk import begin_correction, share_correction
from referrals.actions.send_referral import send_referral
from referrals.models import KeptText, Referral
from risk.actions import change_section as changing
from risk.models import RiskSection, SectionKey
from risk.reading import for_page
from risk.redaction import content_hash
from risk.wording import CORRECTION_WORDING
from tests.addresses import addresses_of
from tests.canary import planting
from tests.canary.planting import FROM_OASYS, PERSONAL, Words
from tests.canary.sweeping import Found, Watch, crawl, elsewhere, every_address, filled, look_at, watch
from tests.factories.monitoring_work import a_ready_report, delivered, ended, reported_on
from tests.stories.referring import Practitioner, filled_in

#: Too long for every run; .ci/run has them all.
THOROUGH = pytest.mark.thorough

SUPPLIERS = ("sp.caseworker", "sp.manager")
STRANGERS = ("sp.other", "sp.nogrant")  # supplier staff without the contract
Works = Callable[[ReceivedReferral, User], ReceivedReferral]
AsPersona = Callable[[str], Client]
OnCommit = Callable[..., contextlib.AbstractContextManager[Any]]


@pytest.fixture
def words(personas: dict[str, User]) -> Iterator[Words]:
    words = Words()
    with planting.known_upstream(words):
        yield words


@pytest.fixture
def seen() -> Iterator[Watch]:
    with watch() as seen:
        yield seen


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


@pytest.fixture
def draft(words: Words, seen: Watch, pp: User) -> Referral:
    """Everything answered, every personal detail kept back, nothing decided about risk."""
    return planting.a_draft(words, pp)


@pytest.fixture
def sends(
    pp: User, words: Words, django_capture_on_commit_callbacks: OnCommit
) -> Callable[[Referral], Referral]:
    """Declares and sends, background work included."""

    def send(draft: Referral) -> Referral:
        planting.add_ids_and_hashes(words, draft)
        with django_capture_on_commit_callbacks(execute=True):
            demo.declare(draft, pp)
            sent = send_referral(draft=Referral.objects.get(pk=draft.pk), by=pp)
        planting.add_ids_and_hashes(words, draft)
        return sent

    return send


def _swept(
    as_persona: AsPersona, seen: Watch, words: Words, suppliers: tuple[str, ...] = SUPPLIERS
) -> set[Found]:
    found = {one for key in suppliers for one in crawl(as_persona(key), words)}
    return found | set(elsewhere(seen, words))


def _labels(found: set[Found]) -> set[str]:
    return {one.label for one in found}


def _received(sent: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=sent.received_id)


def _details(sent: Referral) -> str:
    return reverse("monitoring:referral_details", args=[sent.received_id])


# --- Nothing is anywhere -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "works_on",
    [
        pytest.param(None, id="as it was sent"),
        pytest.param(delivered, id="in delivery, with drafts, notes, questions, a pause", marks=THOROUGH),
        pytest.param(reported_on, id="with an end of service report begun", marks=THOROUGH),
        pytest.param(ended, id="ended early", marks=THOROUGH),
    ],
)
def test_nothing_that_was_not_shared_is_anywhere(
    as_persona: AsPersona, personas: dict[str, User], draft: Referral, sends: Callable[[Referral], Referral],
    words: Words, seen: Watch, pp: User, works_on: Works | None,
) -> None:  # fmt: skip
    # Given words in every private field: pulled, typed twice, kept, decided
    planting.type_everywhere(words, draft, pp)
    planting.redact_everything(draft, pp)
    with_what_comes_later = {
        "referrals.CaseOpening.reason",
        "referrals.Reassignment.reason",
        "referrals.Referral.answers_as_sent",
        "risk.RiskSection.text",
    }
    assert planting.unplanted(words, draft) == with_what_comes_later

    # When the referral is sent, worked on, opened by a colleague, and read by the suppliers, with their report
    sent = sends(draft)
    if works_on is not None:
        works_on(_received(sent), personas["sp.caseworker"])
    for key in SUPPLIERS:
        a_ready_report(personas[key])
    planting.afterwards(words, sent, personas["pp.colleague"])
    found = _swept(as_persona, seen, words)

    # Then no word is found anywhere, and what was shared is there
    assert found == set()
    page = as_persona("sp.caseworker").get(_details(sent)).content.decode()
    assert "Shared about hostel_setting." in page
    assert "No information shared" in page
    assert len(words.by_label) > 60


def test_the_words_that_come_later_are_planted(
    personas: dict[str, User], draft: Referral, sends: Callable[[Referral], Referral], words: Words, pp: User
) -> None:
    """Every private text field has had its word: before sending, or after."""
    planting.type_everywhere(words, draft, pp)
    changing.edit_section(risk=draft.risk, key="suicide", text=words("typed.last"), by=pp)
    before = planting.unplanted(words, draft)
    for key in FROM_OASYS:
        changing.remove_section(risk=draft.risk, key=key, by=pp)
    sent = sends(draft)
    planting.afterwards(words, sent, personas["pp.colleague"])

    assert before & planting.unplanted(words, sent) == set()


def test_the_source_text_is_gone_from_the_practitioners_side_too(
    draft: Referral, sends: Callable[[Referral], Referral], words: Words, pp: User
) -> None:
    """Decision R10: wherever it stood. What was never OASys's text (ids, hashes, personal details) stays."""
    planting.type_everywhere(words, draft, pp)
    planting.redact_everything(draft, pp)
    oasys = {label for label in words.by_label if label.startswith(("oasys.", "typed.", "kept."))}
    columns = [
        *planting.private_columns(),
        *((model, column) for model in (RiskSection, KeptText) for column in model._meta.concrete_fields),
    ]
    held = {
        label
        for model, column in columns
        for label in words.in_text(str(planting.values_of(draft, model, column)))
    }
    assert len(held & oasys) > 25

    sent = sends(draft)

    left = {
        label
        for model, column in columns
        for label in words.in_text(str(planting.values_of(sent, model, column)))
    }
    assert left & oasys == set()
    assert not KeptText.objects.exists()


@pytest.mark.slow
def test_of_what_was_corrected_or_recalled_no_older_word_is_read(
    as_persona: AsPersona, draft: Referral, sends: Callable[[Referral], Referral], words: Words, seen: Watch,
    pp: User, django_capture_on_commit_callbacks: OnCommit,
) -> None:  # fmt: skip
    """Decision R11: by no address, in no email, log or file; the versions themselves stay as evidence."""
    planting.redact_everything(draft, pp)
    changing.edit_section(risk=draft.risk, key="suicide", text=words("shared.first"), by=pp)
    sent = sends(draft)
    assert _read(as_persona, words) == {"shared.first"}

    correction = begin_correction(referral=sent, by=pp)
    for label in ("typed.in_correction", "shared.second"):
        changing.edit_section(risk=correction, key="suicide", text=words(label), by=pp)
    with django_capture_on_commit_callbacks(execute=True):
        share_correction(
            referral=sent, correction=correction, reason="Corrected.", by=pp,
            wording_version=CORRECTION_WORDING.version, seen=content_hash(for_page(correction.pk).in_order()),
        )  # fmt: skip
    assert _read(as_persona, words) == {"shared.second"}

    with django_capture_on_commit_callbacks(execute=True):
        recall_share(received=_received(sent), number=2, reason="Recalled.", by=pp)
    assert _read(as_persona, words) == set()
    kept = set(elsewhere(seen, words))
    assert {one.where for one in kept} == {"table monitoring_shareversion"}
    assert _labels(kept) == {"shared.first", "shared.second"}


def _read(as_persona: AsPersona, words: Words) -> set[str]:
    return _labels(set(crawl(as_persona("sp.caseworker"), words)))


@pytest.mark.parametrize(
    ("goes_wrong", "status"),
    [
        pytest.param("not there", 404, id="not found"),
        pytest.param("another's", 403, id="not for suppliers"),
        pytest.param("breaks", 500, id="a failure whose text is private"),
        pytest.param("strays", 500, id="a query into the practitioner's tables"),
    ],
)
def test_an_error_page_says_no_word(
    as_persona: AsPersona, draft: Referral, sends: Callable[[Referral], Referral], words: Words, seen: Watch,
    pp: User, monkeypatch: pytest.MonkeyPatch, goes_wrong: str, status: int,
) -> None:  # fmt: skip
    planting.type_everywhere(words, draft, pp)
    planting.redact_everything(draft, pp)
    sent = sends(draft)

    def breaks(*args: Any, **kwargs: Any) -> Any:
        private = " ".join(words.by_label.values())
        raise RuntimeError(private)

    def strays(*args: Any, **kwargs: Any) -> Any:
        RiskSection.objects.values_list("text").first()

    if goes_wrong in ("breaks", "strays"):
        monkeypatch.setattr(received_referral, "present", {"breaks": breaks, "strays": strays}[goes_wrong])
    url = {
        "not there": reverse("monitoring:referral_details", args=[uuid4()]),
        "another's": reverse("referrals:risk_information", args=[sent.pk]),
    }.get(goes_wrong, _details(sent))
    client = as_persona("sp.caseworker")
    client.raise_request_exception = False
    answer = client.get(url)

    assert answer.status_code == status
    assert set(look_at(answer, url, words)) | set(elsewhere(seen, words)) == set()


def test_administrators_meet_no_risk_text_either(
    as_persona: AsPersona, draft: Referral, sends: Callable[[Referral], Referral], words: Words, pp: User
) -> None:
    """Decision A3: the list, a row and its history, of everything that can be administered; draft and sent."""
    planting.type_everywhere(words, draft, pp)
    before = _met_in_the_admin(as_persona("admin"), words)
    planting.redact_everything(draft, pp)
    sends(draft)

    met = before | _met_in_the_admin(as_persona("admin"), words)

    assert met == set()


def _met_in_the_admin(client: Client, words: Words) -> set[Found]:
    met: set[Found] = set()
    for model in admin.site._registry:
        place = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        first = model._base_manager.order_by("-pk").values_list("pk", flat=True).first()
        urls = [reverse(f"{place}_changelist")]
        urls += [reverse(f"{place}_{page}", args=[first]) for page in ("change", "history")] if first else []
        for url in urls:
            answer = client.get(url)
            assert answer.status_code == 200, url
            met |= set(look_at(answer, url, words))
    return met


# --- Twins: exactly what was shared, and nothing beside it -------------------------------------------------


@pytest.mark.thorough
def test_a_section_emptied_stays_empty_for_ever(
    as_persona: AsPersona, draft: Referral, sends: Callable[[Referral], Referral], words: Words, seen: Watch
) -> None:
    """The blanking story on the edit page, swept: emptied, left, opened again, refused, saved, opened, saved."""
    practitioner = Practitioner(as_persona("pp"), str(draft.pk))
    url = practitioner.address("risk_edit")

    def opened() -> dict[str, Any]:
        page = practitioner.open(url)
        return filled_in(page, page.select_one("form:has(textarea)"))

    tick = {"understood": "YES", "do": "save"}
    practitioner.post(url, opened() | {"suicide": "", "do": "save"}, 422)
    practitioner.post(url, opened() | {"suicide": ""} | tick)
    practitioner.open(practitioner.address("risk_information"))
    assert opened()["suicide"] == ""
    practitioner.post(url, opened() | {"do": "save"}, 422)
    practitioner.post(url, opened() | tick)

    sent = sends(draft)
    found = _swept(as_persona, seen, words)

    assert _labels(found) == {f"oasys.{key}" for key in FROM_OASYS if key != SectionKey.SUICIDE}
    assert {one.where for one in found} == {f"page {_details(sent)} (200)", "table monitoring_shareversion"}


@pytest.mark.thorough
@pytest.mark.parametrize("reverted", FROM_OASYS)
def test_of_one_section_reverted_exactly_that_word_appears(
    as_persona: AsPersona, draft: Referral, sends: Callable[[Referral], Referral], words: Words, seen: Watch,
    pp: User, reverted: str,
) -> None:  # fmt: skip
    planting.type_everywhere(words, draft, pp)
    planting.redact_everything(draft, pp)
    changing.revert_section(risk=draft.risk, key=reverted, by=pp)

    sends(draft)

    assert _labels(_swept(as_persona, seen, words, SUPPLIERS[:1])) == {f"oasys.{reverted}"}


@pytest.mark.parametrize(
    "withheld", [PERSONAL[::2], PERSONAL[1::2]], ids=["every other detail", "the others"]
)
@pytest.mark.thorough
def test_of_the_personal_details_exactly_those_not_kept_back_appear(
    as_persona: AsPersona, sends: Callable[[Referral], Referral], words: Words, seen: Watch, pp: User,
    withheld: tuple[str, ...],
) -> None:  # fmt: skip
    draft = planting.a_draft(words, pp, withheld=withheld)
    planting.redact_everything(draft, pp)

    sends(draft)

    shared = {f"personal.{key}" for key in PERSONAL if key not in withheld}
    assert _labels(_swept(as_persona, seen, words, SUPPLIERS[:1])) == shared


# --- Another provider ------------------------------------------------------------------------------------


@pytest.mark.thorough
@pytest.mark.parametrize("works_on", [delivered, reported_on, ended])
def test_what_is_shared_is_for_those_on_the_contract_alone(
    as_persona: AsPersona, personas: dict[str, User], draft: Referral, sends: Callable[[Referral], Referral],
    words: Words, pp: User, works_on: Works,
) -> None:  # fmt: skip
    """What a caseworker reads on many pages and in files, another provider's staff meet on none: 404 for all of it."""
    planting.redact_everything(draft, pp)
    sent = sends(draft)
    case = works_on(_received(sent), personas["sp.caseworker"])
    for key in ("sp.caseworker", *STRANGERS):
        a_ready_report(personas[key])
    shared = {f"shared.{label}": text for label, text in _shared_about(case).items()}
    for label, text in shared.items():
        words.add(label, text)

    read = set(crawl(as_persona("sp.caseworker"), words))
    assert _labels(read) == shared.keys()
    assert [one.where for one in read if "/download " in one.where] != []
    assert set(crawl(as_persona("sp.other"), words)) == set()
    for key in STRANGERS:
        stranger = as_persona(key)
        about_the_case = [url for url in every_address() if f"/referrals/{case.pk}/" in url]
        assert len(about_the_case) > 40
        answers = {url: stranger.get(url).status_code for url in about_the_case}
        only_posted = {url for url in about_the_case if url.endswith("/start") and "/pauses/" not in url}
        assert {url: status for url, status in answers.items() if status != 404} == dict.fromkeys(
            only_posted, 405
        )
        assert {stranger.post(url).status_code for url in only_posted} == {404}


def _shared_about(case: ReceivedReferral) -> dict[str, str]:
    """Words that those on the contract read of a case, and nobody else's staff."""
    texts = {"crn": case.crn, "reference": case.reference, "last name": case.person_last_name}
    texts |= {f"note {note.pk}": note.body for note in case.case_notes.all()}
    texts |= {f"question {question.pk}": question.text for question in case.questions.all()}
    texts |= {f"pause {pause.pk}": pause.reason for pause in case.pauses.all()}
    plans = PlanActivity.objects.unscoped().filter(plan__received=case)
    texts |= {f"activity {activity.pk}": activity.text for activity in plans}
    if case.end_comments:
        texts["end"] = case.end_comments
    return texts


# --- The sweep bites -------------------------------------------------------------------------------------


def test_a_leak_of_any_kind_is_found(
    as_persona: AsPersona, draft: Referral, sends: Callable[[Referral], Referral], words: Words, seen: Watch,
    pp: User, personas: dict[str, User],
) -> None:  # fmt: skip
    """Each leak made on purpose is found where it was made: so that finding nothing means something."""
    planting.redact_everything(draft, pp)
    sent = sends(draft)
    supplier = as_persona("sp.caseworker")
    assert supplier.get(_details(sent)).status_code == 200

    in_web_session: SessionBase = supplier.session
    in_web_session["note"] = words("leak.web session")
    in_web_session.save()
    cache.set("note", [words("leak.cache")])
    structlog.get_logger("anybody").warning("note", text=words("leak.log"))
    CALLS.labels("ndelius", words("leak.metrics"), "answered").inc()
    mail.send_mail("A note", words("leak.mail"), "a@example.com", ["b@example.com"])
    with contextlib.suppress(Exception):
        deliver.delay(words("leak.task"))
    audit.record(AuditAction.REFERRAL_VIEWED, by=pp, note=words("leak.audit"))
    OutboxEntry.objects.update(payload={"note": words("leak.outbox")})
    Feedback.objects.create(rating="SATISFIED", comments=words("leak.feedback"), form_key=uuid4())
    ReceivedReferral.objects.unscoped().update(further_information=words("leak.handover").upper())

    found = set(elsewhere(seen, words))
    CALLS.clear()

    leaks = {label for label in words.by_label if label.startswith("leak.")}
    assert leaks - _labels(found) == set()
    assert {one.where.split()[0] for one in found} == {"web", "cache", "log", "metrics", "mail", "task", "table"}


@pytest.mark.thorough
def test_a_page_that_says_a_private_word_is_found(
    as_persona: AsPersona, draft: Referral, sends: Callable[[Referral], Referral], words: Words, seen: Watch,
    pp: User, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A presenter that prints a word, and an answer that carries one in a header."""
    planting.redact_everything(draft, pp)
    sent = sends(draft)
    present, render = received_referral.present, cases.render

    def leaking(*args: Any, **kwargs: Any) -> Any:
        page = present(*args, **kwargs)
        leak = Card("Leak", (Row("Self-harm", f"It says {words('oasys.self_harm')}."),))
        return received_referral.ReceivedReferralPage(banner=page.banner, cards=(*page.cards, leak))

    def with_header(*args: Any, **kwargs: Any) -> Any:
        answer = render(*args, **kwargs)
        answer["X-Note"] = words("oasys.suicide")
        return answer

    monkeypatch.setattr(received_referral, "present", leaking)
    monkeypatch.setattr(cases, "render", with_header)
    monkeypatch.setattr(lists, "render", with_header)
    found = _swept(as_persona, seen, words, SUPPLIERS[:1])

    assert _labels(found) == {"oasys.self_harm", "oasys.suicide"}
    assert Found(f"page {_details(sent)} (200)", "oasys.self_harm") in found
    assert Found("header /service-provider/ (200)", "oasys.suicide") in found


def test_an_address_that_nobody_can_fill_in_fails() -> None:
    pattern = path("referrals/<uuid:session_id>/", include([path("notes", cases.reporting, name="session_notes")]))

    ((name, address),) = addresses_of([pattern])

    with pytest.raises(pytest.fail.Exception, match="session_notes has the part 'session_id'"):
        filled(name, address)
