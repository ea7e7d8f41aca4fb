"""The audit trail (what happened, who did it), the disclosure record (what was shared with whom), the outbox (what
other systems still have to be told), and CRNs that took the place of others (``events.crn_changes``).

None ever holds anything about a person but their CRN, nor a text of a case: ids, counts and words of our own only. The
disclosure record names the staff and the service provider as they were called on the day.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import Provider
from events.audit_months.models import AuditSeal, BlankedCrns
from events.crn_changes.models import CrnChange, FormerCrn

__all__ = [
    "NDELIUS", "STRICT", "AuditAction", "AuditEvent", "AuditSeal", "BlankedCrns", "CrnChange", "DisclosureEvent",
    "FormerCrn", "OutboxEntry", "audit_actions",
]  # fmt: skip


class AuditAction(models.TextChoices):
    """Everything that is recorded. Sources: product decisions R13 and A2, Data Protection Act 2018 section 62."""

    SIGNED_IN = "account.signed_in", "Signed in"
    SIGNED_OUT = "account.signed_out", "Signed out"
    SIGN_IN_FAILED = "account.sign_in_failed", "Sign-in failed"
    ACCOUNT_CREATED = "account.created", "Signed in for the first time"
    ACCOUNT_UPDATED = "account.updated", "Took over a name or email address from HMPPS Auth"
    MEMBERSHIP_BEGAN = "account.membership_began", "Joined a service provider"
    MEMBERSHIP_ENDED = "account.membership_ended", "Left a service provider"
    GROUP_REFUSED = "account.group_refused", "Found a group in HMPPS Auth that gives no access"
    ACCOUNT_FOUND_CLOSED = "account.found_closed", "Closed because their account in HMPPS Auth is closed"
    ACCOUNT_FOUND_OPEN = "account.found_open", "Opened again because their account in HMPPS Auth is open"
    SESSIONS_ENDED = "account.sessions_ended", "Signed out somewhere else"
    PASSWORD_CHANGED = "account.password_changed", "Changed their password"
    ACCESS_REFUSED = "access.refused", "Access refused"
    PERSON_LOOKED_UP = "person.looked_up", "Looked up a person by CRN"
    CRN_CORRECTED = "crn.corrected", "Corrected a person’s CRN"
    CRN_CORRECTION_UNDONE = "crn.correction_undone", "Undid the correction of a person’s CRN"
    CRN_COMPARED = "crn.compared", "Compared a person’s old and new CRN before a correction"
    PERSON_PULLED = "person.pulled", "Pulled personal details from nDelius"
    DRAFT_STARTED = "draft.started", "Started a referral"
    DRAFT_OPENED = "draft.opened", "Opened a draft referral"
    DRAFT_ANSWERED = "draft.answered", "Saved an answer in a draft referral"
    DRAFT_DELETED = "draft.deleted", "Deleted a draft referral"
    DRAFT_PREVIEWED = "draft.previewed", "Previewed a referral as the service provider will see it"
    TEXT_KEPT_AT_SIGN_OUT = "draft.text_kept", "Kept text that was typed when the web session had ended"
    TEXT_AUTOSAVED = "draft.autosaved", "Kept text while it was typed"
    NEEDS_PULLED = "needs.pulled", "Pulled criminogenic needs from OASys"
    DRAFT_EXPIRY_WARNED = "draft.expiry_warned", "Warned that a draft will be deleted"
    DRAFT_EXPIRED = "draft.expired", "Deleted a draft that nobody had changed"
    PRACTITIONER_PULLED = "practitioner.pulled", "Pulled the responsible practitioner from nDelius"
    CUSTODY_PULLED = "custody.pulled", "Pulled custody details from prison records"
    DETAILS_DECIDED = "details.decided", "Decided about details that may be sensitive"
    RISK_PULLED = "risk.pulled", "Pulled risk information from OASys"
    RISK_VIEWED = "risk.viewed", "Viewed risk information"
    RISK_EDITED = "risk.edited", "Edited a section of risk information"
    RISK_REVERTED = "risk.reverted", "Reverted a section of risk information"
    RISK_UNDONE = "risk.undone", "Undid a change to a section of risk information"
    RISK_REMOVED = "risk.removed", "Removed a section of risk information"
    RISK_NONE_IDENTIFIED = "risk.none_identified", "Confirmed no identified risk in a section"
    RISK_TAKEN = "risk.newer_taken", "Took a newer OASys assessment"
    RISK_NEWER_KEPT_OUT = "risk.newer_kept_out", "Decided not to take a newer OASys assessment"
    RISK_DECLARED = "risk.declared", "Declared responsibility for sharing risk information"
    RISK_SHARED = "risk.shared", "Shared risk information with a service provider"
    RISK_SOURCE_PURGED = "risk.source_purged", "Deleted the OASys text after sharing, or when the case ended"
    RISK_CORRECTION_STARTED = "risk.correction_started", "Started a corrected version of risk information"
    RISK_CORRECTION_DELETED = "risk.correction_deleted", "Deleted a corrected version that was not shared"
    RISK_COMPARED = "risk.compared_versions", "Compared a corrected version with one that was shared since"
    RISK_CORRECTED = "risk.corrected", "Shared a corrected version of risk information"
    RISK_RECALLED = "risk.recalled", "Recalled risk information that was shared"
    RISK_NEWER_AFTER_SENDING = "risk.newer_after_sending", "Found newer OASys information after sending"
    REFERRAL_SENT = "referral.sent", "Sent a referral"
    REFERRAL_RECEIVED = "referral.received", "Received a referral"
    REFERRAL_CHANGED = "referral.changed", "Changed a sent referral"
    RECORDS_COMPARED = "records.compared", "Compared open cases of a person with nDelius and prison records"
    RECORDS_DECIDED = "records.decided", "Decided about details that nDelius or prison records have changed"
    LIMITS_CHANGED = "person.limits_changed", "Found that nDelius limits who sees a person, or no longer does"
    CRN_NOT_FOUND = "person.not_found", "Found that nDelius no longer has a CRN"
    REFERRAL_LISTED = "referral.listed", "Listed referrals"
    REFERRAL_VIEWED = "referral.viewed", "Viewed a referral"
    CASE_OPENED_WITH_REASON = "referral.opened_with_reason", "Opened a case by CRN, giving a reason"
    COVER_BEGAN = "cover.began", "Started covering for a colleague"
    COVER_ENDED = "cover.ended", "Stopped covering for a colleague"
    FEEDBACK_SEEN = "feedback.seen", "Marked feedback as read"
    NDELIUS_UPDATED = "ndelius.updated", "Recorded the referral in nDelius"
    OUTBOX_RETRIED = "outbox.retried", "Asked for an outside update to be tried again"
    OUTBOX_DISMISSED = "outbox.dismissed", "Dismissed an outside update"
    CASE_ASSIGNED = "case.assigned", "Assigned a caseworker"
    APPOINTMENT_ARRANGED = "appointment.arranged", "Arranged an appointment"
    APPOINTMENT_RESCHEDULED = "appointment.rescheduled", "Rescheduled an appointment"
    APPOINTMENT_DOWNLOADED = "appointment.downloaded", "Downloaded an appointment's calendar file"
    CALENDAR_FEED_MADE = "calendar_feed.made", "Created a private calendar address"
    CALENDAR_FEED_ENDED = "calendar_feed.ended", "Deleted a private calendar address"
    CALENDAR_FEED_READ = "calendar_feed.read", "A calendar program read a private calendar address"
    FEEDBACK_SAVED = "feedback.saved", "Saved a draft of session feedback"
    FEEDBACK_SUBMITTED = "feedback.submitted", "Submitted attendance and feedback"
    PLAN_SAVED = "plan.saved", "Saved a draft of an action plan"
    PLAN_SUBMITTED = "plan.submitted", "Submitted an action plan"
    PLAN_CHANGE_ASKED = "plan.change_asked", "Asked for a change to an action plan"
    REPORT_SAVED = "report.saved", "Saved a draft of an end of service report"
    REPORT_SUBMITTED = "report.submitted", "Submitted an end of service report"
    END_REQUESTED = "case.end_requested", "Ended a referral"
    CASE_REASSIGNED = "case.reassigned", "Reassigned a case of a practitioner to another"
    CASE_CONCLUDED = "case.concluded", "Concluded a case"
    CASE_PAUSED = "case.paused", "Paused the time limits of a case"
    CASE_RESUMED = "case.resumed", "Restarted the time limits of a case"
    PROGRESS_VIEWED = "case.progress_viewed", "Viewed the progress of a case"
    CASE_NOTE_WRITTEN = "case_note.written", "Wrote a case note"
    CASE_NOTES_VIEWED = "case_note.viewed", "Viewed case notes"
    QUESTION_ASKED = "question.asked", "Asked about shared information"
    QUESTION_ANSWERED = "question.answered", "Answered a question about shared information"
    QUESTIONS_VIEWED = "question.viewed", "Viewed questions about shared information"
    CHANGES_VIEWED = "changes.viewed", "Viewed the change log of a referral"
    OPENINGS_VIEWED = "openings.viewed", "Viewed who opened the shared information"
    DISCLOSURE_RECORDED = "disclosure.recorded", "Added to the disclosure record"
    DISCLOSURES_VIEWED = "disclosure.viewed", "Viewed the disclosure record"
    DISCLOSURES_DOWNLOADED = "disclosure.downloaded", "Downloaded the disclosure record"
    PERFORMANCE_REPORT_ASKED = "performance_report.asked", "Asked for a performance report"
    PERFORMANCE_REPORT_MADE = "performance_report.made", "Made a performance report"
    PERFORMANCE_REPORT_DOWNLOADED = "performance_report.downloaded", "Downloaded a performance report"
    PERSON_EXPORTED = "subject_access.exported", "Exported what is held about a person"
    UNSHARED_EXPORTED = "subject_access.unshared", "Exported unshared risk text about a person"
    AS_SENT_EXPORTED = "referral.as_sent_exported", "Exported a referral as it was sent"
    RETENTION_APPLIED = "retention.applied", "Deleted the details of a case whose retention period ended"
    HOLD_PLACED = "retention.hold_placed", "Placed a retention hold"
    HOLD_LIFTED = "retention.hold_lifted", "Lifted a retention hold"
    PROVIDER_CHANGE_SET = "contract.change_set", "Set a change of service provider"
    PROVIDER_CHANGE_CANCELLED = "contract.change_cancelled", "Cancelled a change of service provider"
    PROVIDER_CHANGED = "contract.provider_changed", "Changed the service provider of a case"
    CONTRACT_GRANTED = "contract.granted", "Gave access to a contract"
    CONTRACT_GRANT_REVOKED = "contract.grant_revoked", "Took away access to a contract"
    CONTRACTS_IMPORTED = "contract.imported", "Imported contracts"
    NOTIFICATIONS_VIEWED = "notifications.viewed", "Viewed notifications"
    EMAILS_CHOSEN = "notifications.emails_chosen", "Chose which emails they get"
    CATALOGUE_VIEWED = "catalogue.viewed", "Looked at the catalogue of services"
    AUDIT_MONTH_SEALED = "audit.month_sealed", "Sealed a month of the audit trail"
    AUDIT_MONTHS_MOVED_OUT = "audit.months_moved_out", "Moved months out of the audit trail"
    SERVICE_PAGE_VIEWED = "page.viewed", "Viewed a page about the service"


def audit_actions() -> list[tuple[str, str]]:
    """The choices of an audit event, as a callable: a migration then names it, and a new word needs no migration."""
    return AuditAction.choices


class AuditEvent(models.Model):
    """One thing that happened. Append-only: both databases refuse to change or delete a row.

    On PostgreSQL the table has a part for each month, and its key there is id and time (decision 39).
    """

    class Outcome(models.TextChoices):
        """Whether it was done or refused."""

        DONE = "DONE", "Done"
        REFUSED = "REFUSED", "Refused"

    # Not a number from the database: a supplier's request may add here, but read nothing back.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField(default=timezone.now)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,  # see Meta
    )
    action = models.CharField(max_length=40, choices=audit_actions)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.DONE)
    referral = models.UUIDField(null=True, blank=True, help_text="Draft or received referral.")
    crn = models.CharField("CRN", max_length=7, blank=True)
    share_version = models.PositiveIntegerField(null=True, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="Counts and codes. Never text of a case.")
    request_id = models.CharField(max_length=64, blank=True)
    blanked_at = models.DateTimeField(null=True, blank=True, help_text="When its CRN was blanked.")

    class Meta:
        ordering = ["-at"]
        verbose_name = "audit event"
        # Each with the time: the newest of somebody's are read without reading the others, from every month at once.
        indexes = [
            models.Index(fields=["at", "id"], name="events_audit_at"),
            models.Index(fields=["user", "at"], name="events_audit_user"),
            models.Index(fields=["crn", "at"], name="events_audit_crn"),
            models.Index(fields=["action", "at"], name="events_audit_action"),
            models.Index(
                fields=["referral", "at"],
                condition=models.Q(referral__isnull=False),
                name="events_audit_referral",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()}, {self.at:%d %B %Y %H:%M}"


class DisclosureEvent(models.Model):
    """That something of a referral was shared, or that what was shared was opened (decision 21).

    Append-only, and chained: each entry holds the hash of the one before it. Written by
    ``events.disclosures.recording`` and nobody else.
    """

    class Kind(models.TextChoices):
        """What happened."""

        SHARED = "SHARED", "Shared"
        OPENED = "OPENED", "Opened by the service provider"
        CORRECTED = "CORRECTED", "Corrected version shared"
        RECALLED = "RECALLED", "Recalled"
        HANDED_ON = "HANDED_ON", "Service provider changed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.UUIDField(help_text="The referral as it was received.")
    number = models.PositiveIntegerField(help_text="Place within the referral's record, from 1.")
    once = models.CharField(max_length=120, help_text="The same thing is recorded once.")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    crn = models.CharField("CRN", max_length=7, db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_name = models.TextField("by (name on the day)")
    recipient = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="+")
    recipient_name = models.TextField("service provider (name on the day)")
    subcontractors = models.JSONField(
        default=list, blank=True, help_text="Names of the other service providers on the contract that day."
    )
    shared = models.JSONField(default=list, help_text="Names of the parts that held something. Never text.")
    withheld = models.JSONField(
        default=list,
        blank=True,
        help_text="Names of the parts that were kept back, or of which nothing was shared.",
    )
    reason = models.TextField(blank=True)
    share_version = models.PositiveIntegerField()
    wording_version = models.CharField(max_length=40, help_text="Of the declaration.")
    content_hash = models.CharField(max_length=64, help_text="Of the eight sections, from the declaration.")
    previous = models.CharField(max_length=64, blank=True, help_text="Hash of the entry before this one.")
    canonical = models.TextField(
        help_text="What is hashed: every column but this and the hash, as RFC 8785 JSON."
    )
    hash = models.CharField(max_length=64, help_text="HMAC-SHA-256 of that text.")
    blanked_at = models.DateTimeField(
        null=True, blank=True, help_text="When names, CRN, reason and hashed text were blanked."
    )

    class Meta:
        ordering = ["-at", "-number"]
        verbose_name = "disclosure"
        verbose_name_plural = "disclosure record"
        constraints = [
            models.UniqueConstraint(fields=["referral", "number"], name="events_disclosure_number_once"),
            models.UniqueConstraint(fields=["referral", "once"], name="events_disclosure_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="events_disclosures_from_one"),
        ]
        indexes = [models.Index(fields=["-at"], name="events_disclosure_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%d %B %Y %H:%M}"


#: Receiver of everything that nDelius is told.
NDELIUS = "nDelius"
#: Receivers for whom an entry of a referral makes no sense before those in front of it: one that waits or was given up
#: holds back the next. For everybody else no order is kept.
STRICT = (NDELIUS,)


class OutboxEntry(models.Model):
    """One thing that another system has to be told, kept until it has been told, and once only."""

    class State(models.TextChoices):
        """Where the delivery stands."""

        WAITING = "WAITING", "Waiting"
        DELIVERED = "DELIVERED", "Delivered"
        NOT_NEEDED = "NOT_NEEDED", "Not needed any more"
        GIVEN_UP = "GIVEN_UP", "Stopped trying: an administrator must check"
        DISMISSED = "DISMISSED", "Dismissed by an administrator"

    #: Nothing is left to be done about these.
    SETTLED = (State.DELIVERED, State.NOT_NEEDED, State.DISMISSED)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    receiver = models.CharField(
        max_length=60,
        blank=True,
        help_text="Who it goes to, within the referral. Order is kept for each receiver.",
    )
    key = models.CharField(max_length=120, unique=True, help_text="Idempotency key: the same thing, once.")
    referral = models.UUIDField(db_index=True)
    payload = models.JSONField(default=dict, help_text="Ids only.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    last_failure = models.CharField(
        max_length=120, blank=True, help_text="Kind of failure, without its text."
    )
    created_at = models.DateTimeField(default=timezone.now)
    first_attempt_at = models.DateTimeField(null=True, blank=True)
    next_attempt_at = models.DateTimeField(default=timezone.now, db_index=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    dismissed_because = models.CharField(
        "reason for dismissing",
        max_length=500,
        blank=True,
        default="",
        help_text="What the administrator wrote.",
    )

    class Meta:
        ordering = ["created_at"]
        verbose_name = "outbox entry"
        verbose_name_plural = "outbox"
        indexes = [models.Index(fields=["state", "next_attempt_at"], name="events_outbox_due")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.get_state_display()})"
