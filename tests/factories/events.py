"""Entries of the disclosure record with good values."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from accounts.models import User
from events.disclosures.recording import Disclosure
from events.models import DisclosureEvent
from tests.factories.accounts import ProviderFactory


def a_disclosure(*, by: User, **changes: Any) -> Disclosure:
    """What is recorded when a referral is sent."""
    sent = Disclosure(
        kind=DisclosureEvent.Kind.SHARED,
        once="shared:1",
        at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        referral=UUID(int=7),
        crn="X980010",
        by=by,
        by_name=by.display_name,
        recipient=ProviderFactory(name="Harbour Trust"),
        subcontractors=["Lantern"],
        shared=["risk.suicide"],
        withheld=["person.email"],
        reason="Sent with the referral",
        share_version=1,
        wording_version="2026-2",
        content_hash="c" * 64,
    )
    return replace(sent, **changes)
