"""Loading risk information for a page: everything in four statements, whatever the history.

Of the history only that there is one: no page shows the texts that stood there before.
"""

from __future__ import annotations

from uuid import UUID

from prepared.prefetched import keep_prefetched
from prepared.queries import PreparedQuery
from risk.models import Declaration, RiskInformation, RiskSection, SectionChange


def for_page(risk_id: UUID) -> RiskInformation:
    """One referral's risk information with its snapshot, sections, their changes and the declarations."""
    risk = _WHOLE.first(risk=risk_id)
    if risk is None:
        raise RiskInformation.DoesNotExist
    load_the_rest(risk)
    return risk


def load_the_rest(risk: RiskInformation) -> None:
    """The same for risk information that was loaded with its snapshot: three statements."""
    load_what_stands(risk)
    by_section: dict[int, list[SectionChange]] = {section.pk: [] for section in risk.sections.all()}
    for change in _CHANGES.rows(risk=risk.pk):
        by_section[change.section_id].append(change)
    for section in risk.sections.all():
        for change in by_section[section.pk]:
            change.section = section
        keep_prefetched(section, "changes", by_section[section.pk])


def load_what_stands(risk: RiskInformation) -> None:
    """The sections and the declarations: two statements."""
    sections, declarations = _SECTIONS.rows(risk=risk.pk), _DECLARATIONS.rows(risk=risk.pk)
    for section in sections:
        section.risk = risk
    for declaration in declarations:
        declaration.risk = risk
    keep_prefetched(risk, "sections", sections)
    keep_prefetched(risk, "declarations", declarations)


_WHOLE = PreparedQuery(lambda risk: RiskInformation.objects.filter(pk=risk).select_related("snapshot"))
_SECTIONS = PreparedQuery(lambda risk: RiskSection.objects.filter(risk=risk))
_DECLARATIONS = PreparedQuery(lambda risk: Declaration.objects.filter(risk=risk))
_CHANGES = PreparedQuery(
    lambda risk: SectionChange.objects.filter(section__risk=risk).only("section", "number", "undone_at")
)
