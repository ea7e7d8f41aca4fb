"""In which region somebody is supervised, by the delivery unit of their community manager."""

from __future__ import annotations

import structlog

from govuk.text import folded
from integrations.failures import NotFound, UpstreamFailure
from integrations.ndelius import client
from interventions.models import ProbationDeliveryUnit, ProbationRegion

log = structlog.get_logger(__name__)


def region_of(crn: str) -> ProbationRegion | None:
    """The region; None when nDelius names no delivery unit, or one that we do not know, or does not answer."""
    try:
        unit = client.responsible_officer(crn).pdu
    except NotFound:
        return None
    except UpstreamFailure as failure:
        log.warning("region_unknown", failure=type(failure).__name__)
        return None
    if not unit:
        return None
    units = ProbationDeliveryUnit.objects.in_use().filter(name_folded=folded(unit)).select_related("region")
    regions = {match.region for match in units}
    return regions.pop() if len(regions) == 1 else None
