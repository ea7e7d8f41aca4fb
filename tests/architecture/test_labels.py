"""One field has one label: on the form, on "check your answers", in the preview and on the service provider's page.

The fields are those of the journey and of the handover, on every branch; nothing is listed here by hand but what only
one side has.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from monitoring.handover import labels
from monitoring.presenters import received_referral
from monitoring.rules.question_parts import parts_of
from referrals.handover.build_handover import preview
from referrals.journey.pages import Page
from referrals.journey.questions.risk import RiskPage
from referrals.journey.structure import PlacedStep, Progress
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.presenters.check_answers import cards, risk_rows
from referrals.sensitive_details.written_texts import COLUMNS
from tests.factories.referrals import a_sent_referral
from tests.referrals.test_branches import BRANCHES, ONE_SERVICE, SEVERAL_SERVICES, filled_in
from tests.referrals.test_check_answers import declared

#: Known from the moment of sending, or not asked on the form.
ONLY_THE_PROVIDER = {
    labels.REFERENCE, labels.SENT, labels.INTERVENTION, labels.TAKEN_FROM_NDELIUS, labels.DECLARED_BY,
}  # fmt: skip
KNOWN = {value for name, value in vars(labels).items() if name.isupper() and isinstance(value, str)}
OPTIONAL = " (optional)"
BOTH_CONTRACTS = pytest.mark.parametrize(
    "contract", [ONE_SERVICE, SEVERAL_SERVICES], ids=["one service", "several"]
)


@pytest.fixture
def pp(personas: dict[str, User]) -> User:
    return personas["pp"]


def progress_of(draft: Referral, by: User) -> Progress:
    return MAKE_A_REFERRAL.on(draft, by, timezone.localdate())


def complete(by: User, branch: str, contract: str) -> Referral:
    """A draft with every question of the branch answered, nothing left empty that may be filled, nothing kept back."""
    draft = filled_in(by, branch, contract)
    more = {"accessibility_needs": "Ramp.", "diversity": "Faith.", "withheld_personal_fields": []}
    Referral.objects.filter(pk=draft.pk).update(**more)
    return declared(Referral.objects.get(pk=draft.pk), by)


def in_words(value: str | tuple[str, ...]) -> str:
    """A value as it reads, however it is broken into lines."""
    parts = [value] if isinstance(value, str) else value
    return " ".join(" ".join(parts).replace(",", " ").split())


def on_the_form(draft: Referral, by: User) -> set[tuple[str, str]]:
    """Label and value of every row of "check your answers"."""
    shown = [row for card in cards(progress_of(draft, by)) for row in card.rows]
    shown += risk_rows(draft)
    return {(row.label, in_words(row.value)) for row in shown}


def at_the_provider(draft: Referral, by: User) -> set[tuple[str, str]]:
    """Label and value of every row of the preview, which is the service provider's page."""
    page = received_referral.present(preview(draft, by=by))
    return {
        (row.label, in_words((row.level_title, str(row.value)) if row.level else row.value))
        for card in page.cards
        for row in card.rows
    }


@BOTH_CONTRACTS
@pytest.mark.parametrize("branch", BRANCHES)
def test_what_crosses_has_the_label_and_the_words_of_check_answers(
    pp: User, branch: str, contract: str
) -> None:
    draft = complete(pp, branch, contract)

    told = {row for row in at_the_provider(draft, pp) if row[0] not in ONLY_THE_PROVIDER}

    assert len(told) > 30
    assert told - on_the_form(draft, pp) == set()


@BOTH_CONTRACTS
@pytest.mark.parametrize("branch", BRANCHES)
def test_both_sides_have_the_same_cards(pp: User, branch: str, contract: str) -> None:
    draft = complete(pp, branch, contract)
    ours = [card.title for card in cards(progress_of(draft, pp))]
    theirs = [card.heading for card in received_referral.present(preview(draft, by=pp)).cards]

    of_several = {f"{draft.contract.contract_type.name} intervention"}
    assert set(theirs) - {labels.RISK_CARD} == set(ours) - of_several


def test_what_was_left_empty_reads_the_same_on_both_sides(pp: User) -> None:
    draft = complete(pp, next(iter(BRANCHES)), ONE_SERVICE)
    empty: dict[str, Any] = {
        "additional_needs": "", "accessibility_needs": "", "diversity": "", "criminogenic_needs": [],
        "disabilities": [], "ethnicity": "", "email": "", "mobile": "", "practitioner_email": "",
        "sentence_offence_subcategory": "", "sentence_ends_on": None,
    }  # fmt: skip
    Referral.objects.filter(pk=draft.pk).update(**empty)
    draft = Referral.objects.get(pk=draft.pk)

    told = {row for row in at_the_provider(draft, pp) if row[0] not in ONLY_THE_PROVIDER}

    assert {value for _, value in told} >= {labels.NOT_PROVIDED, labels.NOT_FOUND, labels.NOT_SHARED}
    assert told - on_the_form(draft, pp) == set()


def _labels_of(form: Page) -> set[str]:
    """The labels of a page's fields. A question, which ends with its mark, is no label."""
    said = {str(field.label).removesuffix(OPTIONAL) for field in form.fields.values()}
    return {label for label in said if not label.endswith("?") and label != type(form).question}


def _form(progress: Progress, placed: PlacedStep) -> Page:
    situation = progress.situation_at(placed)
    return placed.page(situation=situation, found=placed.page.look_up(situation, progress.answers(placed)))


@BOTH_CONTRACTS
@pytest.mark.parametrize("branch", BRANCHES)
def test_a_field_of_the_form_has_the_label_of_its_answer(pp: User, branch: str, contract: str) -> None:
    progress = progress_of(complete(pp, branch, contract), pp)
    asked = {
        placed.step.slug: _labels_of(_form(progress, placed))
        for placed in progress.steps
        if placed.page is not RiskPage and not placed.page.view_name
    }

    assert set().union(*asked.values()) >= {labels.FULL_NAME, labels.REASON_FOR_REFERRAL}
    assert {slug: said - KNOWN for slug, said in asked.items() if said - KNOWN} == {}


def test_texts_to_check_for_sensitive_details_have_the_labels_of_their_answers() -> None:
    assert {heading for _, _, heading in COLUMNS} <= KNOWN


def test_what_can_be_asked_about_has_the_names_of_the_cards(pp: User) -> None:
    received = a_sent_referral(pp).received
    assert received is not None
    cards_shown = {card.heading for card in received_referral.present(received.as_handover()).cards}

    assert {name for name in parts_of(received.services.all()).values() if ": " not in name} <= cards_shown
