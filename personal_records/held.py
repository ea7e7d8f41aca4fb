"""Every table, decided about once: does it hold something about a person on probation, and how is it found?

What does is exported when somebody asks what we hold about them (``reading``), and blanked when its time is over
(``blanking``). What does not says why. ``tests/architecture/test_held.py`` fails when a new table is in neither list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any, Final

from django.apps import apps
from django.db import models

from encryption.fields import EncryptedField


class By(Enum):
    """What leads from a person to the rows."""

    REFERRAL = "the referral on the practitioner's side"
    CASE = "the case on the service provider's side"
    EITHER = "an id of one of the two"
    RISK = "the referral, or the one that a corrected version of risk information corrects"
    CRN = "any of the person's CRNs"
    CRN_OR_EITHER = "any of the CRNs, or an id of one of the two"


@dataclass(frozen=True)
class Held:
    """A table with something about people on probation. ``path`` leads from a row to what ``by`` says.

    By ``RISK`` it leads to the risk information, and ends in "__" unless it is empty.
    """

    heading: str
    label: str
    by: By
    path: str

    @cached_property
    def model(self) -> Any:
        """The model."""
        return apps.get_model(self.label)

    @property
    def rows(self) -> models.QuerySet[Any]:
        """All rows of everybody, with what their keys to staff and to the catalogue lead to."""
        rows = self.model._base_manager.order_by("pk")
        named = [key.name for key in self.keys if key.related_model._meta.label not in LABELS]
        named += [  # a complexity level is named with its category
            f"{key.name}__category"
            for key in self.keys
            if key.related_model._meta.label == "interventions.ComplexityLevel"
        ]
        return rows.select_related(*named) if named else rows

    @cached_property
    def keys(self) -> list[Any]:
        """Its foreign keys."""
        return [field for field in self.model._meta.concrete_fields if field.is_relation]

    @cached_property
    def unshared(self) -> frozenset[str]:
        """Fields whose text is not shared and not exported without the permission: what is encrypted at rest."""
        fields = self.model._meta.concrete_fields
        return frozenset(field.name for field in fields if isinstance(field, EncryptedField))


#: In the order in which the archive has them.
HELD: Final[tuple[Held, ...]] = (
    Held("Referrals and drafts, as the practitioner wrote them", "referrals.Referral", By.REFERRAL, "pk"),
    Held("Services chosen", "referrals.ChosenService", By.REFERRAL, "referral"),
    Held(
        "Desired outcomes chosen",
        "referrals.ChosenService_outcomes",
        By.REFERRAL,
        "chosenservice__referral",
    ),
    Held("Decisions about sensitive details", "referrals.SensitiveDetailDecision", By.REFERRAL, "referral"),
    Held("Practitioners who opened the case with a reason", "referrals.CaseOpening", By.REFERRAL, "referral"),
    Held(
        "Practitioners an administrator reassigned the case to",
        "referrals.Reassignment",
        By.REFERRAL,
        "referral",
    ),
    Held("Text that practitioners typed and did not save", "referrals.KeptText", By.REFERRAL, "referral"),
    Held("Risk information of the practitioner: held, not shared", "risk.RiskInformation", By.RISK, ""),
    Held("OASys answers: held, not shared", "risk.RiskSnapshot", By.RISK, "risk__"),
    Held("Risk sections of the practitioner: held, not shared", "risk.RiskSection", By.RISK, "risk__"),
    Held("Changes to those sections: held, not shared", "risk.SectionChange", By.RISK, "section__risk__"),
    Held("Declarations", "risk.Declaration", By.RISK, "risk__"),
    Held("Newer OASys information after sending", "referrals.OasysCheck", By.REFERRAL, "pk"),
    Held("Comparisons of the case with nDelius and prison records", "referrals.CaseCheck", By.REFERRAL, "pk"),
    Held("When nDelius was last asked about the person", "referrals.PersonCheck", By.CRN, "crn"),
    Held("Referrals as service providers received them", "monitoring.ReceivedReferral", By.CASE, "pk"),
    Held("Services received", "monitoring.ReceivedService", By.CASE, "received"),
    Held("Desired outcomes received", "monitoring.ReceivedOutcome", By.CASE, "service__received"),
    Held("Needs received", "monitoring.ReceivedCriminogenicNeed", By.CASE, "received"),
    Held("Risk information shared, every version", "monitoring.ShareVersion", By.CASE, "received"),
    Held("Changes to what was sent", "monitoring.ReferralChange", By.CASE, "received"),
    Held("Who opened which version", "monitoring.ShareOpening", By.CASE, "share__received"),
    Held("Disclosure record", "events.DisclosureEvent", By.CRN_OR_EITHER, "crn"),
    Held("Caseworkers", "monitoring.Assignment", By.CASE, "received"),
    Held("Questions about what was shared", "monitoring.Question", By.CASE, "received"),
    Held("Case notes", "monitoring.CaseNote", By.CASE, "received"),
    Held("Action plans", "monitoring.ActionPlan", By.CASE, "received"),
    Held("Activities of action plans", "monitoring.PlanActivity", By.CASE, "plan__received"),
    Held("Changes to action plans requested", "monitoring.PlanChangeRequest", By.CASE, "plan__received"),
    Held("Delivery sessions", "monitoring.DeliverySession", By.CASE, "received"),
    Held("Appointments", "monitoring.Appointment", By.CASE, "received"),
    Held("Attendance and feedback", "monitoring.Feedback", By.CASE, "appointment__received"),
    Held("Pauses of time limits", "monitoring.Pause", By.CASE, "received"),
    Held("End of service reports", "monitoring.EndOfServiceReport", By.CASE, "received"),
    Held("Outcomes in end of service reports", "monitoring.OutcomeAchievement", By.CASE, "report__received"),
    Held("Text that service providers typed and did not save", "monitoring.KeptPost", By.CASE, "received"),
    Held("Messages and nDelius updates", "events.OutboxEntry", By.EITHER, "referral"),
    Held("What staff were told about", "notifications.Notification", By.EITHER, "referral"),
    Held("Messages that could not be delivered", "monitoring.UndeliveredMessage", By.CASE, "received"),
    Held("CRNs that another took the place of", "events.FormerCrn", By.CRN, "current"),
    Held("Who said so, and why", "events.CrnChange", By.CRN, "retired__current"),
    Held("What was done, and by whom", "events.AuditEvent", By.CRN_OR_EITHER, "crn"),
    Held("Exports like this one", "personal_records.SubjectAccessExport", By.CRN, "crn"),
    Held("Holds on deletion", "personal_records.RetentionHold", By.CRN, "crn"),
)
LABELS: Final[frozenset[str]] = frozenset(held.label for held in HELD)

STAFF: Final = "About people who sign in, not about people on probation."
CATALOGUE: Final = "About services, places and contracts."
DJANGO: Final = "Django's own: names of tables and permissions."
SIGN_INS: Final = "Tries to sign in, by user name and address."
SCHEDULE: Final = "When recurring work was last started, and by which process."
REPORTS: Final = "Files of performance reports, made from the cases and deleted after some days."
#: Tables without anything that can be found by a person on probation, and why.
EXEMPT: Final[Mapping[str, str]] = {
    "accounts.Feedback": "What users say about the service. The page tells them not to name anyone; no CRN is kept.",
    "accounts.KeptFeedback": "The same, typed and not sent.",
    "accounts.Membership": STAFF,
    "accounts.Provider": CATALOGUE,
    "accounts.ServiceNotice": "What administrators tell users of the service.",
    "accounts.User": STAFF,
    "accounts.User_groups": STAFF,
    "accounts.User_user_permissions": STAFF,
    "accounts.WebSession": "Who is signed in with which browser. Searches and typed text are not in it.",
    "admin.LogEntry": "What administrators changed: staff, services and contracts.",
    "auth.Group": DJANGO,
    "auth.Group_permissions": DJANGO,
    "auth.Permission": DJANGO,
    "axes.AccessAttempt": SIGN_INS,
    "axes.AccessAttemptExpiration": SIGN_INS,
    "axes.AccessFailureLog": SIGN_INS,
    "axes.AccessLog": SIGN_INS,
    "contenttypes.ContentType": DJANGO,
    "encryption.ReferralKey": "Keys. What they encrypt is exported from its own table.",
    "events.AuditSeal": "Counts and keyed hashes over months of the audit trail.",
    "events.BlankedCrns": "Counts and keyed hashes over CRNs that are gone.",
    "file_storage.StoredFile": REPORTS,
    "file_storage.StoredPart": REPORTS,
    "interventions.Activity": CATALOGUE,
    "interventions.ComplexityLevel": CATALOGUE,
    "interventions.Contract": CATALOGUE,
    "interventions.Contract_subcontractors": CATALOGUE,
    "interventions.ContractGrant": STAFF,
    "interventions.ContractType": CATALOGUE,
    "interventions.ContractType_categories": CATALOGUE,
    "interventions.DesiredOutcome": CATALOGUE,
    "interventions.DesiredOutcome_contracts": CATALOGUE,
    "interventions.PoliceArea": CATALOGUE,
    "interventions.ProbationDeliveryUnit": CATALOGUE,
    "interventions.ProbationOffice": CATALOGUE,
    "interventions.ProbationRegion": CATALOGUE,
    "interventions.ProviderChange": CATALOGUE,
    "interventions.ProviderChange_subcontractors": CATALOGUE,
    "interventions.ProviderTerm": CATALOGUE,
    "interventions.ServiceCategory": CATALOGUE,
    "monitoring.CalendarFeed": STAFF,
    "monitoring.EndedCount": "How many cases of a contract ended: numbers.",
    "monitoring.ReceivedCount": "How many cases of a contract were received: numbers.",
    "monitoring.PerformanceReport": "Who asked for a report of which dates. Its file is made from the cases, without "
    "names, and deleted after some days.",
    "monitoring.ServiceLevel": "Time limits.",
    "notifications.EmailChoice": STAFF,
    "referrals.AskingPace": "When the next person may be asked about, and not who: a time.",
    "referrals.Cover": STAFF,
    "referrals.SeenFeedback": "Which feedback a practitioner has looked at: ids only.",
    "referrals.TeamInNdelius": STAFF,
    "scheduling.LastRun": SCHEDULE,
    "scheduling.Lease": SCHEDULE,
    "sign_in.AccountCheck": STAFF,
    "sign_in.UserToken": "What a practitioner who is signed in shows to OASys: sealed, for hours.",
    "personal_records.RetentionRule": "How long things are kept.",
}
