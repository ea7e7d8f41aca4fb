"""Exporting what is held about a person: all of it, nobody else's, and unshared text only for whom it is."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from events.crn import Crn
from events.models import AuditAction, AuditEvent, OutboxEntry
from monitoring.models import ReceivedReferral
from personal_records.actions.export_person import export_person
from personal_records.held import HELD
from personal_records.models import RetentionHold, SubjectAccessExport
from personal_records.reading import Person, rows_of
from referrals.models import KeptText, Referral
from risk.models import SectionKey
from tests.factories.monitoring_work import delivered, reported_on
from tests.factories.referrals import a_declared_draft, a_sent_referral

CRN = Crn("X980010")
DRAFTED = "Words about risk that were never shared"


@pytest.fixture
def person(personas: dict[str, User]) -> Person:
    """Someone with a delivered case, a reported one, and a draft of which a section was edited; someone else beside."""
    worker = personas["sp.caseworker"]
    for case in (
        delivered(_received(a_sent_referral(personas["pp"], crn=CRN)), worker),
        reported_on(_received(a_sent_referral(personas["pp"], crn=CRN)), worker),
    ):
        OutboxEntry.objects.create(kind="tests.tell", key=str(case.pk), referral=case.pk)
    draft = a_declared_draft(personas["pp"], crn=CRN)
    section = draft.risk.section(SectionKey.SUICIDE)
    section.state, section.text = "EDITED", DRAFTED
    section.save()
    kept = KeptText(user=personas["pp"], path="/somewhere", referral=draft, fields={"text": [DRAFTED]})
    kept.save()
    a_sent_referral(personas["pp"], crn="X980001")
    RetentionHold.objects.create(crn=CRN, reason="A claim.", placed_by=personas["admin"])
    export_person(crn=CRN, by=personas["admin"], to=io.BytesIO())
    return Person.with_crn(CRN)


def _received(sent: Referral) -> ReceivedReferral:
    assert sent.received is not None
    return sent.received


def _read(archive: bytes | Path) -> tuple[str, dict[str, Any]]:
    with ZipFile(io.BytesIO(archive) if isinstance(archive, bytes) else archive) as file:
        assert sorted(file.namelist()) == [f"{CRN}.html", f"{CRN}.json"]
        return file.read(f"{CRN}.html").decode(), json.loads(file.read(f"{CRN}.json"))


def _give_permission(user: User) -> None:
    user.user_permissions.add(Permission.objects.get(codename="export_unshared_risk"))


@pytest.mark.slow
def test_the_page_gives_everything_that_is_held_but_unshared_text(
    as_persona: Callable[[str], Client], personas: dict[str, User], person: Person
) -> None:
    client = as_persona("admin")
    address = reverse("admin:personal_records_subjectaccessexport_add")
    assert "Export what we hold" in client.get(address).content.decode()

    answer = client.post(address, {"crn": " x980010"})
    page, told = _read(b"".join(answer.streaming_content))  # type: ignore[attr-defined]

    held = {part["table"]: part["rows"] for part in told["held"]}
    assert len(held) > 25
    for table in HELD:
        now = rows_of(table, person).count()
        is_of_exports = table.label in ("personal_records.SubjectAccessExport", "events.AuditEvent")
        assert (
            len(held.get(table.label, [])) == now - is_of_exports
        )  # this one was recorded after it was read
        assert (table.heading in page) == (table.label in held)
    assert {row["crn"] for row in held["referrals.Referral"]} == {CRN}
    share = held["monitoring.ShareVersion"][0]
    assert share["nature_of_risk_text"] in unescape(page)
    assert DRAFTED not in page
    assert DRAFTED not in json.dumps(told)
    sections = [row for row in held["risk.RiskSection"] if row["key"] == "suicide"]
    assert "Held, not shared. Not in this export." in [row["text"] for row in sections]
    assert {made.made_by.username for made in SubjectAccessExport.objects.filter(crn=CRN)} == {"admin"}
    assert AuditEvent.objects.filter(action=AuditAction.PERSON_EXPORTED, crn=CRN).count() == 2

    refused = client.post(address, {"crn": "nobody"})
    assert "Enter a CRN: 1 letter and 6 numbers." in refused.content.decode()


def test_administrators_without_the_permission_cannot_export(
    as_persona: Callable[[str], Client], personas: dict[str, User]
) -> None:
    client = as_persona("admin")
    User.objects.filter(username="admin").update(is_superuser=False)

    answer = client.post(reverse("admin:personal_records_subjectaccessexport_add"), {"crn": CRN})

    assert answer.status_code == 403
    assert not SubjectAccessExport.objects.exists()


def test_unshared_text_needs_the_data_protection_permission(
    personas: dict[str, User], person: Person, tmp_path: Path
) -> None:
    refused = AuditEvent.objects.filter(action=AuditAction.UNSHARED_EXPORTED, outcome="REFUSED")

    with pytest.raises(
        CommandError, match="needs the data protection permission"
    ):  # a superuser has not been given it
        call_command("export_person", CRN, out=tmp_path, by="admin", unshared_risk=True)
    assert [*tmp_path.iterdir()] == []
    assert refused.get().user == personas["admin"]

    _give_permission(personas["admin"])
    call_command("export_person", CRN, out=tmp_path, by="admin", unshared_risk=True)

    page, told = _read(tmp_path / f"{CRN}.zip")
    assert (
        page.count(DRAFTED) == json.dumps(told).count(DRAFTED) == 2
    )  # the section, and what was kept while typing
    assert (tmp_path / f"{CRN}.zip").stat().st_mode & 0o077 == 0
    assert SubjectAccessExport.objects.filter(with_unshared=True).get().made_by == personas["admin"]


@pytest.mark.parametrize(
    ("crn", "by", "said"),
    [
        pytest.param("nobody", "admin", "Enter a CRN", id="no CRN"),
        pytest.param(CRN, "whoever", "no account", id="nobody's name"),
        pytest.param(CRN, "pp", "may not export", id="a practitioner"),
    ],
)
def test_the_command_refuses(crn: str, by: str, said: str, personas: dict[str, User], tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("export_person", crn, out=tmp_path, by=by)
    assert [*tmp_path.iterdir()] == []


@pytest.mark.slow
def test_more_rows_take_no_more_statements(personas: dict[str, User], person: Person) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            export_person(crn=CRN, by=User.objects.get(username="admin"), to=io.BytesIO())
        return len(queries)

    few = statements()
    for _ in range(2):
        delivered(_received(a_sent_referral(personas["pp"], crn=CRN)), personas["sp.caseworker"])

    assert statements() == few
