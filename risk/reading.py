"""Loading risk information for a page: everything in three statements, whatever the history.

Of the history only that there is one: no page shows the texts that stood there before.
"""

from __future__ import annotations

from uuid import UUID

from django.db.models import Exists, OuterRef

from prepared.prefetched import keep_prefetched
from prepared.queries import PreparedQuery
from risk.models import Declaration, RiskInformation, RiskSection, SectionChange


def for_page(risk_id: UUID) -> RiskInformation:
    """One referral's risk information with its snapshot, its sections and the declarations."""
    risk = _WHOLE.first(risk=risk_id)
    if risk is None:
        raise RiskInformation.DoesNotExist
    load_what_stands(risk)
    return risk


def load_what_stands(risk: RiskInformation) -> None:
    """The sections and the declarations of risk information that was loaded with its snapshot: two statements."""
    sections, declarations = _SECTIONS.rows(risk=risk.pk), _DECLARATIONS.rows(risk=risk.pk)
    for section in sections:
        section.risk = risk
    for declaration in declarations:
        declaration.risk = risk
    keep_prefetched(risk, "sections", sections)
    keep_prefetched(risk, "declarations", declarations)


_WHOLE = PreparedQuery(lambda risk: RiskInformation.objects.filter(pk=risk).select_related("snapshot"))
_SECTIONS = PreparedQuery(
    lambda risk: RiskSection.objects.filter(risk=risk).annotate(  # type: ignore[no-redef]  # its property
        can_undo=Exists(SectionChange.objects.filter(section=OuterRef("pk"), undone_at=None).order_by())
    )
)
_DECLARATIONS = PreparedQuery(lambda risk: Declaration.objects.filter(risk=risk))
