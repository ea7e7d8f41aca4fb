"""What every page of a case shows around its own content."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from monitoring.models import ReceivedReferral
from monitoring.presenters.case_pages import case_pages
from monitoring.presenters.progress_actions import SupplierActions
from monitoring.presenters.progress_records import progress_of
from monitoring.presenters.received_referral import banner_of


def case_frame(received: ReceivedReferral, current: str = "") -> dict[str, Any]:
    """What every page of a case shows around its own content: the person, and the other pages of the case.

    The next task is read only where a page shows it: beside what was just done.
    """
    return {
        "next_task": SimpleLazyObject(
            lambda: SupplierActions(received).next_task(progress_of(received), now=timezone.now())
        ),
        "banner": banner_of(received.shared_person(), crn=received.crn),
        "case_pages": case_pages(received, current),
        "received": received,
    }
