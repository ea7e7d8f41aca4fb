"""After sharing, OASys's words are gone wherever they stood. Bytes on disk: tests/encryption/test_raw_files.py."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import models

from accounts.models import User
from encryption.fields import EncryptedField, EncryptedJSONField, EncryptedTextField
from encryption.models import ReferralKey
from referrals.models import KeptText, Referral, SensitiveDetailDecision
from risk.models import RiskInformation, RiskSection, RiskSnapshot, SectionChange
from risk.source_text import purge, tagged_models
from tests.factories.referrals import a_declared_draft
from tests.factories.rows import set_on_each

CANARY = "Canary Marchbanks"
#: Of no text: they stay, to tell after sending what OASys has otherwise by then.
KEYED_HASHES = {"level_hashes"}
FILLERS: dict[type[models.Field[Any, Any]], object] = {
    EncryptedJSONField: {"text": [CANARY]},
    EncryptedTextField: CANARY,
}


def _rows_of(model: type[models.Model], referral: Referral) -> models.QuerySet[models.Model]:
    return model._base_manager.filter(**{model.SOURCE_OF: referral.pk})  # type: ignore[attr-defined]


def _fill(referral: Referral, by: User) -> None:
    """Put something into every field of every tagged model; fails for a model without a row."""
    section = RiskSection.objects.filter(risk_id=referral.pk).first()
    assert section is not None
    SectionChange.objects.create(
        section=section, number=1, cause="EDIT", state_before="EDITED", text_before=CANARY, made_by=by
    )
    KeptText.objects.create(
        referral=referral, user=by, path=f"/{referral.pk}", fields={"self_harm": [CANARY]}
    )
    SensitiveDetailDecision.objects.create(
        referral=referral,
        place="self_harm",
        finding_hash="f" * 64,
        category="health",
        decision="KEEP",
        decided_by=by,
    )
    RiskSection.objects.filter(risk_id=referral.pk).update(state="EDITED")
    for model in tagged_models():
        filled = {
            name: next(
                value for kind, value in FILLERS.items() if isinstance(model._meta.get_field(name), kind)
            )
            for name in model.SOURCE_TEXT  # type: ignore[attr-defined]
        }
        assert set_on_each(_rows_of(model, referral), **filled), f"{model.__name__}: the test makes no row of it"


def test_every_tagged_field_is_emptied_and_nothing_else(personas: dict[str, User]) -> None:
    # Given two drafts with something in every field that may hold source text
    pp = personas["pp"]
    draft, other = a_declared_draft(pp), a_declared_draft(pp, crn="X980001")
    _fill(draft, pp)
    _fill(other, pp)
    others = {model: list(_rows_of(model, other).order_by("pk").values()) for model in tagged_models()}
    before = {model: list(_rows_of(model, draft).order_by("pk").values()) for model in tagged_models()}

    # When one of them is purged
    emptied = purge(draft.pk)

    # Then exactly its tagged fields are empty
    assert emptied == sum(len(rows) for rows in before.values())
    for model, rows in before.items():
        emptied_to = {name: None if value is None else b"" for name, value in model.SOURCE_TEXT.items()}  # type: ignore[attr-defined]
        expected = [row | emptied_to for row in rows]
        assert list(_rows_of(model, draft).order_by("pk").values()) == expected
        assert list(_rows_of(model, other).order_by("pk").values()) == others[model]

    # And no key of it is left, while the other's text still opens
    assert [key.referral_id for key in ReferralKey.objects.all()] == [other.pk]
    assert {row.source_text for row in RiskSection.objects.filter(risk_id=other.pk)} == {CANARY}

    # And what proves what was shared still stands (R10)
    sections = RiskSection.objects.filter(risk_id=draft.pk).exclude(key="additional_information")
    assert {len(section.source_hash) for section in sections} == {64}
    snapshot = RiskSnapshot.objects.get(risk_id=draft.pk)
    assert snapshot.assessed_at is not None
    assert len(snapshot.source_hash) == 64
    assert RiskInformation.objects.get(pk=draft.pk).declarations.get().content_hash


def test_the_models_that_may_hold_source_text() -> None:
    assert {model.__name__ for model in tagged_models()} == {
        "KeptText",
        "Referral",
        "RiskInformation",
        "RiskSection",
        "RiskSnapshot",
        "SectionChange",
        "SensitiveDetailDecision",
    }


@pytest.mark.parametrize("model", list(apps.get_app_config("risk").get_models()))
def test_no_free_text_of_the_risk_app_is_left_out(model: type[models.Model]) -> None:
    """A new field for text is deleted after sharing, or this fails until somebody has thought about it."""
    free_text = {
        field.name
        for field in model._meta.get_fields()
        if isinstance(field, models.TextField | models.JSONField | EncryptedField)
    }
    assert free_text - KEYED_HASHES <= set(getattr(model, "SOURCE_TEXT", {}))
