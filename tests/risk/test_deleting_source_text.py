"""After sharing, OASys's words are gone wherever they stood, down to the bytes of the database file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from accounts.models import User
from referrals.models import KeptText, Referral, SensitiveDetailDecision
from risk.models import RiskInformation, RiskSection, RiskSnapshot, SectionChange
from risk.source_text import purge, tagged_models
from tests.factories.referrals import a_declared_draft

CANARY = "Canary Marchbanks"
FILLERS: dict[type[models.Field[Any, Any]], object] = {
    models.JSONField: {"text": [CANARY]},
    models.TextField: CANARY,
    models.CharField: "YES",  # the answer to a concern
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
        assert _rows_of(model, referral).update(**filled), f"{model.__name__}: the test makes no row of it"


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
        expected = [row | model.SOURCE_TEXT for row in rows]  # type: ignore[attr-defined]
        assert list(_rows_of(model, draft).order_by("pk").values()) == expected
        assert list(_rows_of(model, other).order_by("pk").values()) == others[model]

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
        if isinstance(field, models.TextField | models.JSONField)
    }
    assert free_text <= set(getattr(model, "SOURCE_TEXT", {}))


# --- On disk

SCRIPT = """
import json, sqlite3, sys
from pathlib import Path

import django

django.setup()

from django.core.management import call_command
from django.db import connection

from accounts.models import User
from demo import seeding as demo
from referrals.actions.send_referral import send_referral
from referrals.models import KeptText
from risk.actions import change_section as changing
from risk.models import SectionKey
from tests.factories.referrals import an_answered_draft
from tests.factories.risk import declared

path, words = Path(sys.argv[1]), sys.argv[2:]


def found():
    files = [path, Path(f"{path}-wal")]
    held = b"".join(file.read_bytes() for file in files if file.exists())
    return [word for word in words if word.encode() in held]


call_command("migrate", verbosity=0, interactive=False)
demo.load_people_and_catalogue()
pp = User.objects.get(username="pp")
draft = an_answered_draft(pp, crn="X980010")
for key in SectionKey.values[:7]:
    changing.edit_section(risk=draft.risk, key=key, text="Typedcanary " * 300, by=pp)
    changing.remove_section(risk=draft.risk, key=key, by=pp)
changing.edit_section(risk=draft.risk, key=SectionKey.VULNERABILITY, text="Sharedwords.", by=pp)
KeptText.objects.create(referral=draft, user=pp, path="/x", fields={"text": ["Keptcanary " * 300]})
declared(draft.risk, pp)
before = found()
another_process = sqlite3.connect(path)  # connected and idle, as the worker is
another_process.execute("select count(*) from risk_risksection").fetchall()
send_referral(draft=draft, by=pp)
print(json.dumps({"before": before, "after": found(), "vendor": connection.vendor}))
"""


@pytest.mark.thorough
def test_the_words_are_no_longer_in_the_database_file_nor_in_its_log(tmp_path: Path) -> None:
    """secure_delete overwrites what is deleted; the write-ahead log is emptied once the sending is committed."""
    gone = ["Vellacott", "Tern Court", "Adeyinka", "Typedcanary", "Keptcanary"]
    database = tmp_path / "sent.sqlite3"
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{database}",
        "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.test",
        "REDIS_URL": "",
    }

    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(database), *gone, "Sharedwords"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert run.returncode == 0, run.stderr[-2000:]
    said = json.loads(run.stdout.splitlines()[-1])
    assert said["vendor"] == "sqlite"
    assert said["before"] == [*gone, "Sharedwords"]  # the search finds what is there
    assert said["after"] == ["Sharedwords"]
