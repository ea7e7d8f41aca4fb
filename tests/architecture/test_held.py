"""Every table is either found for a subject access request or exempted with a reason (``personal_records.held``)."""

from __future__ import annotations

import pytest
from django.apps import apps

from personal_records.held import EXEMPT, HELD, LABELS

MODELS = {model._meta.label: model for model in apps.get_models(include_auto_created=True)}
#: Columns that lead to a person on probation.
OF_A_PERSON = {"crn", "referral", "received"}


def test_every_table_is_decided_about_once() -> None:
    undecided = MODELS.keys() - LABELS - EXEMPT.keys()

    assert not undecided, (
        f"{sorted(undecided)}: in neither HELD nor EXEMPT of personal_records/held.py. Decide: does the table hold "
        "something about a person on probation? Then say how it is found. If not, say why."
    )
    assert LABELS | EXEMPT.keys() == MODELS.keys(), "decided tables that are not there any more"
    assert not LABELS & EXEMPT.keys()
    assert len(HELD) == len(LABELS)


@pytest.mark.parametrize("label", sorted(EXEMPT))
def test_what_is_exempted_leads_to_no_person(label: str) -> None:
    fields = MODELS[label]._meta.concrete_fields
    related = {field.related_model._meta.label for field in fields if field.is_relation}

    assert not OF_A_PERSON & {field.name for field in fields}
    assert not related & LABELS
    assert len(EXEMPT[label]) > 10, "the reason"


def test_a_new_table_fails_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(EXEMPT, "monitoring.ServiceLevel")  # type: ignore[arg-type]

    with pytest.raises(AssertionError, match="monitoring.ServiceLevel.*in neither"):
        test_every_table_is_decided_about_once()
