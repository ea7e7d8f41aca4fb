"""What is encrypted opens in its own row, with its referral's key, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, models, transaction
from django.test import Client

from accounts.models import User
from encryption.fields import EncryptedField, NeedsItsRow, NotReadable, Stored
from encryption.models import ReferralKey
from encryption.outer_keys import OuterKeyMissing
from encryption.referral_keys import KeyDestroyed, came_with, destroy, forget_unwrapped, with_keys
from referrals.models import KeptText, Referral
from risk.models import RiskInformation, RiskSection, RiskSnapshot, SectionKey
from risk.source_text import tagged_models
from tests.factories.referrals import a_draft_with_risk
from tests.factories.risk import Oasys, pulled
from tests.factories.rows import set_on_each

WORDS = "Ynys Môn, 5 o’clock. 🐑"
OTHER_KEY = "other:" + "b" * 43 + "="


@pytest.fixture
def risk(personas: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> RiskInformation:
    monkeypatch.setattr("risk.actions.pull_risk_information.client.risk", Oasys())
    return pulled(personas["pp"])


def _stored(row: models.Model, name: str) -> bytes:
    """What the database holds."""
    table = connection.ops.quote_name(row._meta.db_table)
    pk = row._meta.pk
    assert pk is not None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {connection.ops.quote_name(name)} FROM {table} "
            f"WHERE {connection.ops.quote_name(pk.column)} = %s",
            [pk.get_db_prep_value(row.pk, connection)],
        )
        return bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("text", ["", " ", "a", WORDS, "x" * 100_000, "\x01", "{}"])
def test_text_comes_back_as_it_was_saved(risk: RiskInformation, text: str) -> None:
    section = risk.section("suicide")
    section.state, section.text = "EDITED", text
    section.save()

    again = RiskSection.objects.get(pk=section.pk)

    assert again.text == text
    stored = _stored(section, "text")
    assert (stored == b"") is (text == "")
    assert len(text) < 4 or text.encode() not in stored


@pytest.mark.parametrize("value", [{}, [], {"a": [1, None, {"b": "é"}]}, [""], "text", 0, False])
def test_json_comes_back_as_it_was_saved(risk: RiskInformation, value: Any) -> None:
    risk.newer_answer = value
    risk.save()

    assert RiskInformation.objects.get(pk=risk.pk).newer_answer == value


def test_nothing_is_not_the_same_as_empty(personas: dict[str, User]) -> None:
    from tests.factories.referrals import a_draft

    draft = a_draft(personas["pp"])
    assert Referral.objects.get(pk=draft.pk).oasys_needs is None
    draft.oasys_needs = {}
    draft.save()
    assert Referral.objects.get(pk=draft.pk).oasys_needs == {}


def test_every_field_that_may_hold_source_text_is_encrypted() -> None:
    """A new one is encrypted too, or this fails."""
    plain = [
        f"{model.__name__}.{name}"
        for model in tagged_models()
        for name in model.SOURCE_TEXT
        if not isinstance(model._meta.get_field(name), EncryptedField)
    ]
    assert plain == []


def test_the_same_text_is_never_stored_alike(risk: RiskInformation) -> None:
    section = risk.section("who_is_at_risk")
    before = _stored(section, "source_text")
    set_on_each([section], source_text=section.source_text)
    assert section.source_text
    assert _stored(section, "source_text") != before


def test_a_row_that_nobody_read_is_saved_as_it_was_stored(risk: RiskInformation) -> None:
    section = RiskSection.objects.get(risk=risk, key="who_is_at_risk")
    before = _stored(section, "source_text")
    section.save()
    assert _stored(section, "source_text") == before


def test_a_field_that_was_not_loaded_is_loaded_when_it_is_read_or_saved(risk: RiskInformation) -> None:
    text = risk.section("who_is_at_risk").source_text
    section = RiskSection.objects.defer("source_text").get(risk=risk, key="who_is_at_risk")
    section.save(update_fields=["source_text"])
    again = RiskSection.objects.defer("source_text").get(pk=section.pk)
    assert again.source_text == text
    again.source_text = "typed"
    again.refresh_from_db()
    assert again.source_text == text


def test_many_rows_at_once(risk: RiskInformation) -> None:
    text = risk.section("who_is_at_risk").source_text
    rows = list(RiskSection.objects.filter(risk=risk, key="who_is_at_risk"))
    RiskSection.objects.filter(risk=risk).delete()
    RiskSection.objects.bulk_create(
        RiskSection(risk=risk, key=row.key, source_text=row.source_text) for row in rows
    )
    assert RiskSection.objects.get(risk=risk).source_text == text


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda rows: rows.update(text="Slipped in."), id="an update"),
        pytest.param(lambda rows: rows.filter(text="Slipped in.").exists(), id="a question"),
        pytest.param(lambda rows: rows.bulk_update(_edited(rows), ["text"]), id="an update in bulk"),
    ],
)
def test_text_without_its_row_is_refused_rather_than_written_in_the_clear(
    risk: RiskInformation, write: Callable[[models.QuerySet[RiskSection]], object]
) -> None:
    with pytest.raises(NeedsItsRow):
        write(RiskSection.objects.filter(risk=risk))


def _edited(rows: models.QuerySet[RiskSection]) -> list[RiskSection]:
    held = list(rows)
    for row in held:
        row.text = "Slipped in."
    return held


# --- Moved, changed, without a key


def _moved_to_another_referral(risk: RiskInformation, other: RiskInformation) -> None:
    stored = Stored(_stored(risk.section("who_is_at_risk"), "source_text"))
    RiskSection.objects.filter(risk=other, key="who_is_at_risk").update(source_text=stored)


def _moved_to_another_field(risk: RiskInformation, other: RiskInformation) -> None:
    section = other.section("self_harm")
    RiskSection.objects.filter(pk=section.pk).update(source_text=Stored(_stored(section, "source_answer")))


def _changed(risk: RiskInformation, other: RiskInformation) -> None:
    stored = bytearray(_stored(other.section("who_is_at_risk"), "source_text"))
    stored[-1] ^= 1
    RiskSection.objects.filter(risk=other, key="who_is_at_risk").update(source_text=Stored(stored))


def _cut(risk: RiskInformation, other: RiskInformation) -> None:
    RiskSection.objects.filter(risk=other, key="who_is_at_risk").update(source_text=Stored(b"\x01abc"))


def _in_the_clear(risk: RiskInformation, other: RiskInformation) -> None:
    RiskSection.objects.filter(risk=other, key="who_is_at_risk").update(
        source_text=Stored(b"\x00Slipped in.")
    )


@pytest.mark.parametrize(
    ("spoil", "raised"),
    [
        (_moved_to_another_referral, KeyDestroyed),  # of this referral there is no such key
        (_moved_to_another_field, NotReadable),
        (_changed, NotReadable),
        (_cut, NotReadable),
        (_in_the_clear, NotReadable),
    ],
)
def test_what_was_moved_or_changed_does_not_open(
    risk: RiskInformation,
    personas: dict[str, User],
    spoil: Callable[[RiskInformation, RiskInformation], None],
    raised: type[Exception],
) -> None:
    other = pulled(personas["pp"], crn="X980002")

    spoil(risk, other)

    with pytest.raises(raised) as refused:
        _ = [row.source_text for row in RiskSection.objects.filter(risk=other)]
    assert "Slipped" not in str(refused.value)


def test_without_its_key_nothing_opens_and_new_text_gets_a_new_key(risk: RiskInformation) -> None:
    before = ReferralKey.objects.get(referral_id=risk.pk).pk

    destroy(risk.pk)

    with pytest.raises(KeyDestroyed):
        _ = RiskSection.objects.get(risk=risk, key="who_is_at_risk").source_text
    set_on_each(RiskSection.objects.filter(risk=risk, key="who_is_at_risk"), source_text=WORDS)
    assert RiskSection.objects.get(risk=risk, key="who_is_at_risk").source_text == WORDS
    assert ReferralKey.objects.get(referral_id=risk.pk).pk != before


def test_without_the_outer_key_nothing_opens(risk: RiskInformation, settings: Any) -> None:
    settings.OUTER_KEYS = [OTHER_KEY]
    forget_unwrapped()

    with pytest.raises(OuterKeyMissing):
        _ = RiskSnapshot.objects.get(risk=risk).levels_in_community


# --- Keys in memory


def test_a_key_that_was_rolled_back_encrypts_nothing_afterwards(personas: dict[str, User]) -> None:
    other = uuid4()
    kept = KeptText(user=personas["pp"], path="/x", fields={"a": [WORDS]})
    kept.referral_id = other
    field = KeptText._meta.get_field("fields")
    assert isinstance(field, EncryptedField)
    with transaction.atomic():
        field.encrypted(kept)
        field.encrypted(kept)  # read again in the same transaction
        transaction.set_rollback(True)
    assert not ReferralKey.objects.filter(referral_id=other).exists()

    stored = field.encrypted(kept)

    forget_unwrapped()
    assert stored is not None
    assert field.decrypted(stored, kept) == {"a": [WORDS]}


def test_keys_are_asked_for_once_a_request(
    risk: RiskInformation, django_assert_num_queries: Callable[[int], Any]
) -> None:
    def read() -> None:
        for section in RiskSection.objects.filter(risk=risk):
            _ = section.source_text, section.source_answer, section.text

    forget_unwrapped()
    with django_assert_num_queries(2):  # the sections and the key
        read()
    with django_assert_num_queries(1):
        read()
    Client().get("/ping")  # a request begins and ends
    with django_assert_num_queries(2):
        read()


def test_a_key_comes_with_its_referral(
    personas: dict[str, User], django_assert_num_queries: Callable[[int], Any]
) -> None:
    draft = a_draft_with_risk(personas["pp"])
    forget_unwrapped()
    read = with_keys(Referral.objects.filter(pk=draft.pk)).get()
    section = RiskSection.objects.get(risk=draft.risk_id, key=SectionKey.WHO_IS_AT_RISK)
    kept = KeptText(user=personas["pp"], path="/x", referral_id=draft.pk, key_of=draft.pk, fields={"a": [WORDS]})
    field = KeptText._meta.get_field("fields")
    assert isinstance(field, EncryptedField)

    came_with(read)
    with django_assert_num_queries(0):
        assert section.source_text
    with django_assert_num_queries(1):  # what is written is encrypted with the key that stands then
        field.encrypted(kept)
    forget_unwrapped()
    came_with(read, is_locked=True)
    with django_assert_num_queries(0):
        stored = field.encrypted(kept)
        assert stored is not None
        assert field.decrypted(stored, kept) == {"a": [WORDS]}


def test_a_key_that_came_with_its_referral_is_destroyed_like_any_other(personas: dict[str, User]) -> None:
    draft = a_draft_with_risk(personas["pp"])
    forget_unwrapped()
    came_with(with_keys(Referral.objects.filter(pk=draft.pk)).get())

    destroy(draft.pk)

    with pytest.raises(KeyDestroyed):
        _ = RiskSection.objects.filter(risk=draft.risk_id, key="who_is_at_risk").get().source_text
    came_with(with_keys(Referral.objects.filter(pk=draft.pk)).get())  # and there is none to come with it


def test_text_that_belongs_to_no_referral_is_kept_as_it_is(personas: dict[str, User]) -> None:
    """On the page that opens somebody else's case: no word of OASys stands there."""
    kept = KeptText.objects.create(user=personas["pp"], path="/x", fields={"reason": [WORDS]})
    assert KeptText.objects.get(pk=kept.pk).fields == {"reason": [WORDS]}
    assert not ReferralKey.objects.exists()
