"""Every field of the practitioner's side is either handed over or withheld, and the handover does as it is said."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone

from accounts.models import User
from encryption.fields import EncryptedTextField
from interventions.models import Contract
from monitoring.handover.contents import Handover, SharedRisk
from monitoring.handover.seal import canonical
from referrals.handover.build_handover import HANDED_OVER, WITHHELD, hand_over
from referrals.models import ChosenService, Referral
from risk.models import RiskSection, SectionKey, SectionState
from risk.redaction import RedactedRisk, proposed, redacted
from tests.factories.referrals import a_declared_draft

ROOMS = ("referrals", "risk")
MODELS = {
    model._meta.label: model
    for room in ROOMS
    for model in apps.get_app_config(room).get_models(include_auto_created=False)
}
DECIDE = (
    "{label}.{name} is in neither HANDED_OVER nor WITHHELD of referrals/handover/build_handover.py. Decide: may a "
    "supplier "
    "have it? Then give it a field of its own in monitoring/handover/contents.py, map it, and name it in HANDED_OVER. "
    "If not, name it in WITHHELD."
)
#: Fields of the handover that no question feeds: the form asks for none of these of a back-up contact.
NOT_FED = {"back_up_contact.team_phone", "back_up_contact.pdu", "back_up_contact.office"}
#: Handed over as arguments of ``hand_over``: the draft has them only once it is sent.
ARGUMENTS = {"reference", "sent_at"}


def _names(model: type[models.Model]) -> set[str]:
    return {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}


# --- Every field is decided ----------------------------------------------------------------------


def test_the_lists_name_the_models_that_there_are() -> None:
    assert HANDED_OVER.keys() | WITHHELD.keys() == MODELS.keys()


@pytest.mark.parametrize("label", MODELS)
def test_every_field_is_decided(label: str) -> None:
    decided = HANDED_OVER.get(label, frozenset()) | WITHHELD.get(label, frozenset())
    actual = _names(MODELS[label])

    open_questions = [DECIDE.format(label=label, name=name) for name in sorted(actual - decided)]
    assert not open_questions, "\n".join(open_questions)
    assert decided - actual == set(), "decided fields that are not there any more"


@pytest.mark.parametrize("label", MODELS)
def test_no_field_is_decided_twice(label: str) -> None:
    assert HANDED_OVER.get(label, frozenset()) & WITHHELD.get(label, frozenset()) == frozenset()


def test_a_new_field_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WITHHELD, "risk.RiskSnapshot", WITHHELD["risk.RiskSnapshot"] - {"levels_in_custody"})

    with pytest.raises(AssertionError, match="risk.RiskSnapshot.levels_in_custody is in neither"):
        test_every_field_is_decided("risk.RiskSnapshot")


def test_a_new_model_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(WITHHELD, "referrals.KeptText")

    with pytest.raises(AssertionError):
        test_the_lists_name_the_models_that_there_are()


# --- Every field of the handover is fed ------------------------------------------------------------


OF_OTHER_BRANCHES = (
    "practitioner_office",
    "contact_name",
    "contact_role",
    "contact_email",
    "contact_phone",
    "contact_establishment",
    "reason_before_allocation",
    "establishment",
    "release_date_unknown_reason",
    "expected_office",
    "expected_office_unknown_reason",
)


@pytest.fixture
def draft(personas: dict[str, User]) -> Referral:
    """A declared draft in which nothing is empty and nothing kept back."""
    made = a_declared_draft(personas["pp"], crn="X980001", accessibility_needs="Ramp.", diversity="Faith.")
    Referral.objects.filter(pk=made.pk).update(
        withheld_personal_fields=[],
        no_fixed_abode=True,
        needs_interpreter=True,
        interpreter_language="Welsh",
        # Of other branches: a draft never has them all.
        **{name: f"A word for {name}" for name in OF_OTHER_BRANCHES},
        release_date=date(2027, 1, 1),
        prison_number="A1234BC",
    )
    return _loaded(made.pk)


def _loaded(pk: Any) -> Referral:
    rows = Referral.objects.select_related("contract__contract_type", "contract__prime", "risk")
    return rows.prefetch_related(
        "services__category", "services__complexity_level", "services__outcomes"
    ).get(pk=pk)


def _handed(draft: Referral, risk: RedactedRisk | None = None) -> Handover:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=timezone.get_current_timezone())
    return hand_over(
        draft, risk or redacted(draft.risk), reference="KW5219AC", sent_by=User(first_name="Pat"), at=at
    )


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        for field in fields(value):
            yield from _leaves(getattr(value, field.name), f"{name}.{field.name}".lstrip("."))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        yield from _leaves(value[0], name)
    else:
        yield name, value


def test_every_field_of_the_handover_is_fed(draft: Referral) -> None:
    handed = _handed(draft)

    empty = {
        name
        for name, value in _leaves(handed)
        if value in (None, "", (), False) and not name.startswith("risk.") and name != "person.withheld"
    }
    assert empty == NOT_FED


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        pytest.param(SectionState.EDITED, ("YES", "words of {key}", False), id="answer and text"),
        pytest.param(SectionState.NO_IDENTIFIED_RISK, (None, "", True), id="no identified risk"),
        pytest.param(SectionState.REMOVED, (None, "", False), id="removed"),
    ],
)
def test_every_section_of_the_handover_is_fed_from_its_own(
    draft: Referral, state: SectionState, expected: tuple[Any, ...]
) -> None:
    """Each section says its own key, so that two that are swapped show."""
    sections = draft.risk.in_order()
    for section in sections:
        section.state, section.source_answer, section.text = state, "YES", f"words of {section.key}"
    risk = RedactedRisk({one.key: proposed(one) for one in sections}, draft.risk.declarations.get())

    shared = _handed(draft, risk).risk

    assert [field.name for field in fields(SharedRisk)] == SectionKey.values
    for key in SectionKey.values:
        section = getattr(shared, key)
        answer, text, no_risk = expected
        assert (section.answer, section.text, section.no_identified_risk) == (
            answer,
            text.format(key=key),
            no_risk,
        )


# --- What is said to cross crosses, and nothing else ------------------------------------------------

OTHER_WORDS = "quite other words"
CHANGED: dict[type[models.Field[Any, Any]], Callable[[Any], Any]] = {
    models.BooleanField: lambda value: not value,
    models.DateTimeField: lambda value: (value or timezone.now()) + timedelta(days=1),
    models.DateField: lambda value: (value or date(2026, 1, 1)) + timedelta(days=1),
    models.PositiveIntegerField: lambda value: (value or 0) + 1,
    models.BigIntegerField: lambda value: (value or 0) + 1,
    models.CharField: lambda value: OTHER_WORDS,
    models.TextField: lambda value: OTHER_WORDS,
    EncryptedTextField: lambda value: OTHER_WORDS,
    models.UUIDField: lambda value: type(value)(int=value.int ^ 1),
}
SPECIAL: dict[str, Any] = {
    "disabilities": [OTHER_WORDS],
    "address_lines": [OTHER_WORDS],
    "withheld_personal_fields": ["mobile"],
    "criminogenic_needs": [{"section": "ATTITUDE", "name": "Attitude", "comment": OTHER_WORDS}],
    "oasys_needs": {"needs": [{"section": "ATTITUDE", "name": OTHER_WORDS}]},
    "answers_as_sent": [{"label": OTHER_WORDS, "value": OTHER_WORDS}],
    "prison_number": "A9999ZZ",
    "practitioner_in_ndelius": {"name": OTHER_WORDS},
    "unread_in_ndelius": ["mobile"],
    "custody_facts": {"establishment_code": OTHER_WORDS},
    "changed_outside": [{"label": OTHER_WORDS, "before": OTHER_WORDS}],
    "levels_in_community": {OTHER_WORDS: "HIGH"},
}


def _change(row: models.Model, name: str) -> None:
    """Give one field of a row in memory another value."""
    field = row._meta.get_field(name)
    if name in SPECIAL:
        value = SPECIAL[name]
    elif isinstance(field, models.ForeignKey):
        setattr(row, name, _another(field.related_model, getattr(row, field.attname)))
        return
    else:
        change = next(change for kind, change in CHANGED.items() if isinstance(field, kind))
        value = change(getattr(row, name))
    assert getattr(row, name) != value
    setattr(row, name, value)


def _another(model: type[models.Model], pk: Any) -> models.Model:
    if model is Contract:
        return Contract.objects.select_related("contract_type", "prime").exclude(pk=pk).order_by("pk")[0]
    return model._base_manager.exclude(pk=pk).order_by("pk").first() or model()


def _crosses(draft: Referral, changed: Referral) -> bool:
    """Whether the two drafts are handed over differently. Risk crosses by itself: see below."""
    risk = redacted(draft.risk)
    return canonical(_handed(changed, risk)) != canonical(_handed(draft, risk))


def test_what_a_referral_hands_over_crosses_and_what_it_withholds_does_not(draft: Referral) -> None:
    crossing = set()
    for name in _names(Referral) - ARGUMENTS:
        changed = copy.copy(draft)
        changed._state = copy.copy(draft._state)
        changed._state.fields_cache = dict(draft._state.fields_cache)
        _change(changed, name)
        if _crosses(draft, changed):
            crossing.add(name)

    assert crossing == HANDED_OVER["referrals.Referral"] - ARGUMENTS


def test_what_a_service_hands_over_crosses_and_what_it_withholds_does_not(draft: Referral) -> None:
    crossing = set()
    for name in ("category", "complexity_level"):
        changed = _loaded(draft.pk)
        _change(changed.services.all()[0], name)
        if _crosses(draft, changed):
            crossing.add(name)
    ChosenService.objects.get(referral=draft).outcomes.clear()
    if _crosses(draft, _loaded(draft.pk)):
        crossing.add("outcomes")

    assert crossing == HANDED_OVER["referrals.ChosenService"]


@pytest.mark.parametrize("state", SectionState.values)
def test_a_section_hands_over_what_its_state_allows(draft: Referral, state: str) -> None:
    """Over all states together exactly the fields that are declared; in a removed section no text at all."""
    section = draft.risk.section(SectionKey.SUICIDE)
    section.state, section.text = (
        state,
        "the practitioner’s own words" if state == SectionState.EDITED else "",
    )
    crossing = {
        name
        for name in _names(RiskSection) - {"state", "key", "risk"}
        if _changes_what_is_proposed(section, name)
    }

    assert (
        crossing
        == {
            SectionState.UNREVIEWED: {"source_text", "source_answer"},
            SectionState.UNCHANGED: {"source_text", "source_answer"},
            SectionState.EDITED: {"text", "source_answer", "own_answer"},
            SectionState.REMOVED: set(),
            SectionState.NO_IDENTIFIED_RISK: set(),
        }[SectionState(state)]
    )
    assert crossing <= HANDED_OVER["risk.RiskSection"]


def _changes_what_is_proposed(section: RiskSection, name: str) -> bool:
    changed = copy.copy(section)
    if name == "source_answer":
        changed.source_answer = "NO"
    elif name == "changed_by":
        changed.changed_by_id = (section.changed_by_id or 0) + 1
    elif name == "id":
        changed.pk = section.pk + 1
    else:
        _change(changed, name)
    return proposed(changed) != proposed(section)
