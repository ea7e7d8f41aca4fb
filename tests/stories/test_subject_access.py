"""Someone asks what is held about them: an administrator hands over all of it, and no word that was not shared."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from html import unescape
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import AuditAction, AuditEvent
from monitoring.models import ReceivedReferral
from risk.models import RiskSection, SectionKey
from tests.factories.referrals import a_draft_with_risk, a_sent_referral
from tests.pages import assert_page

CRN = "X980010"


@pytest.mark.slow
def test_a_person_asks_what_is_held_about_them(
    as_persona: Callable[[str], Client], personas: dict[str, User]
) -> None:
    # Given a referral that was sent and opened by a caseworker, and a draft with words of OASys that nobody has shared
    sent = a_sent_referral(personas["pp"], crn=CRN)
    received = ReceivedReferral.objects.unscoped().get(pk=sent.received_id)
    assert_page(as_persona("sp.caseworker").get(reverse("monitoring:referral_details", args=[received.pk])))
    draft = a_draft_with_risk(personas["pp.colleague"], crn=CRN)
    section = draft.risk.section(SectionKey.NATURE_OF_RISK)
    unshared = "Said in OASys, and shared with nobody"
    section.source_text = unshared
    section.save()

    # When an administrator exports what is held about them
    answer = as_persona("admin").post(reverse("admin:personal_records_subjectaccessexport_add"), {"crn": CRN})
    with ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:  # type: ignore[attr-defined]
        page = unescape(archive.read(f"{CRN}.html").decode())
        held = {part["table"]: part["rows"] for part in json.loads(archive.read(f"{CRN}.json"))["held"]}

    # Then it has what was shared, and who opened it
    (share,) = held["monitoring.ShareVersion"]
    assert share["nature_of_risk_text"] in page
    assert received.reason_for_referral in page
    opened = [row for row in held["events.DisclosureEvent"] if row["kind"] == "OPENED"]
    assert [row["by_name"] for row in opened] == [personas["sp.caseworker"].display_name]

    # And the draft, of which the unshared words are listed as held, with their section and without their text
    assert len(held["referrals.Referral"]) == 2
    drafts = [row for row in held["risk.RiskSection"] if row["risk"] == str(draft.risk_id)]
    assert {row["key"] for row in drafts} == {*SectionKey.values}
    nature = next(row for row in drafts if row["key"] == "nature_of_risk")
    assert nature["source_text"] == "Held, not shared. Not in this export."
    assert RiskSection.objects.get(pk=section.pk).source_text == unshared
    assert unshared not in page + json.dumps(held)

    # And the audit trail says who exported it
    exported = AuditEvent.objects.get(action=AuditAction.PERSON_EXPORTED)
    assert (exported.user, exported.crn) == (personas["admin"], CRN)
