"""What becomes of each table's columns when the time of a case is over (decision 23): which stay, which are emptied.

Of a table that is blanked everything goes that could say something of a person: text, lists and dates. A column that is
added later goes too, unless it is named here as one that stays. Says what; ``personal_records.actions`` does it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Final

from django.db import models

from accounts.folded import FoldedField, FoldedTextField
from encryption.fields import EncryptedField
from monitoring.models.share_versions import SECTIONS

#: What a column holds that must hold a date.
NO_DATE: Final = datetime.date(1900, 1, 1)
_OF_A_PERSON: Final = (models.CharField, models.TextField, models.JSONField, models.DateField)

#: Tables that are blanked: the columns of text, lists and dates that stay. Codes, names of services, dates of the case.
STAYS: Final[Mapping[str, frozenset[str]]] = {
    "referrals.Referral": frozenset({"reference", "location", "contact_place", "completion_date"}),
    "referrals.CaseOpening": frozenset(),
    "referrals.Reassignment": frozenset(),
    "monitoring.ReceivedReferral": frozenset(
        {
            "reference",
            "contract_type",
            "intervention_title",
            "location",
            "completion_date",
            "stage",
            "whose_turn",
            "due_on",
            "booking_refused_on",
            "end_reason",
            "conclusion",
        }
    ),
    "monitoring.ReceivedCriminogenicNeed": frozenset(),
    "monitoring.ShareVersion": frozenset({"wording_version", "content_hash", "handover_hash"}),
    "monitoring.ReferralChange": frozenset({"topic", "category_name"}),
    "monitoring.Question": frozenset({"about", "kind"}),
    "monitoring.CaseNote": frozenset({"side"}),
    "monitoring.PlanActivity": frozenset(),
    "monitoring.PlanChangeRequest": frozenset(),
    "monitoring.Appointment": frozenset(
        {"purpose", "method", "closed_as", "ndelius_state", "reschedule_asked_by"}
    ),
    "monitoring.Feedback": frozenset({"no_session_reason"}),
    "monitoring.EndOfServiceReport": frozenset(),
    "monitoring.OutcomeAchievement": frozenset({"level"}),
}
#: Yes or no that says something of a person.
ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "referrals.Referral": ("no_fixed_abode", "needs_interpreter", "has_responsibilities"),
    "monitoring.ReceivedReferral": ("person_no_fixed_abode", "needs_interpreter", "has_responsibilities"),
    "monitoring.ShareVersion": tuple(f"{section}_no_identified_risk" for section in SECTIONS),
}
#: Tables whose rows are deleted: text that nobody saved, what was found in it, and what staff were told.
DELETED: Final[tuple[str, ...]] = (
    "referrals.KeptText",
    "referrals.CaseCheck",
    "referrals.OasysCheck",
    "referrals.SensitiveDetailDecision",
    "monitoring.KeptPost",
    "notifications.Notification",
)
#: Tables about a person that stay as they are once the others are blanked, and why.
LEFT: Final[Mapping[str, str]] = {
    "referrals.ChosenService": "A service of the catalogue.",
    "referrals.ChosenService_outcomes": "Outcomes of the catalogue.",
    "risk.RiskSnapshot": "Emptied on sending; what an unshared correction holds is emptied first.",
    "risk.RiskSection": "The same.",
    "risk.SectionChange": "The same.",
    "risk.RiskInformation": "The same, and its CRN is blanked by the action.",
    "risk.Declaration": "Ids, wording and a keyed hash.",
    "monitoring.ReceivedService": "A service of the catalogue, as it was called.",
    "monitoring.ReceivedOutcome": "An outcome of the catalogue, as it was called.",
    "monitoring.ShareOpening": "Ids and times.",
    "monitoring.Assignment": "Ids and times.",
    "monitoring.ActionPlan": "Numbers and times.",
    "monitoring.DeliverySession": "A number.",
    "monitoring.Pause": "Dates and a code.",
    "monitoring.UndeliveredMessage": "What could not be told, in words of ours.",
    "events.OutboxEntry": "Ids. Deleted by a rule of its own; the reason for dismissing is blanked by the action.",
    "events.AuditEvent": "Blanked by the action: the CRN.",
    "events.CrnChange": "Blanked by the action with the person's last case: CRNs, reason and who made it.",
    "events.FormerCrn": "Deleted by the action with the person's last case.",
    "events.DisclosureEvent": "Blanked by events.disclosures.blanking.",
    "referrals.PersonCheck": "Deleted once the person has no open case (referrals.tasks).",
    "personal_records.SubjectAccessExport": "Blanked by the action with the person's last case: the CRN.",
    "personal_records.RetentionHold": "Holds that are in force keep the case from being blanked.",
}


def blanks_of(model: type[models.Model]) -> dict[str, Any]:
    """The columns of a table in ``STAYS`` that go, and what each becomes."""
    label = model._meta.label
    going = [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, _OF_A_PERSON)
        and not isinstance(field, models.DateTimeField | FoldedField | FoldedTextField | EncryptedField)
        and field.name not in STAYS[label]
    ]
    blanks = {field.name: _nothing(field) for field in going}
    return blanks | {name: _nothing(model._meta.get_field(name)) for name in ALSO.get(label, ())}


def _nothing(field: Any) -> Any:
    if isinstance(field, models.CharField | models.TextField):
        return ""
    if isinstance(field, models.BooleanField):
        return None if field.null else False
    if isinstance(field, models.JSONField):
        return None if field.null else field.get_default()
    return None if field.null else NO_DATE
