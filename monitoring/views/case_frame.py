"""What every page of a case shows around its own content."""

from __future__ import annotations

from typing import Any

from monitoring.models import ReceivedReferral
from monitoring.presenters.case_pages import case_pages
from monitoring.presenters.received_referral import banner_of


def case_frame(received: ReceivedReferral, current: str = "") -> dict[str, Any]:
    """What every page of a case shows around its own content: the person, and the other pages of the case."""
    return {
        "banner": banner_of(received.shared_person(), crn=received.crn),
        "case_pages": case_pages(received, current),
        "received": received,
    }
