"""The disclosure record, which only grows: both databases refuse to change or delete an entry."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from events.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_kept_feedback"),
        ("events", "0002_audit_trail_append_only"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditevent",
            name="action",
            field=models.CharField(
                choices=[
                    ("account.signed_in", "Signed in"),
                    ("account.signed_out", "Signed out"),
                    ("account.sign_in_failed", "Sign-in failed"),
                    ("account.sessions_ended", "Signed out somewhere else"),
                    ("account.password_changed", "Changed their password"),
                    ("access.refused", "Access refused"),
                    ("person.looked_up", "Looked up a person by CRN"),
                    ("person.pulled", "Pulled personal details from nDelius"),
                    ("draft.started", "Started a referral"),
                    ("draft.opened", "Opened a draft referral"),
                    ("draft.answered", "Saved an answer in a draft referral"),
                    ("draft.deleted", "Deleted a draft referral"),
                    ("draft.previewed", "Previewed a referral as the service provider will see it"),
                    ("draft.text_kept", "Kept text that was typed when the web session had ended"),
                    ("draft.autosaved", "Kept text while it was typed"),
                    ("needs.pulled", "Pulled criminogenic needs from OASys"),
                    ("draft.expiry_warned", "Warned that a draft will be deleted"),
                    ("draft.expired", "Deleted a draft that nobody had changed"),
                    ("practitioner.pulled", "Pulled the responsible practitioner from nDelius"),
                    ("custody.pulled", "Pulled custody details from prison records"),
                    ("details.decided", "Decided about details that may be sensitive"),
                    ("risk.pulled", "Pulled risk information from OASys"),
                    ("risk.viewed", "Viewed risk information"),
                    ("risk.edited", "Edited a section of risk information"),
                    ("risk.reverted", "Reverted a section of risk information"),
                    ("risk.undone", "Undid a change to a section of risk information"),
                    ("risk.removed", "Removed a section of risk information"),
                    ("risk.none_identified", "Confirmed no identified risk in a section"),
                    ("risk.newer_taken", "Took a newer OASys assessment"),
                    ("risk.newer_kept_out", "Decided not to take a newer OASys assessment"),
                    ("risk.declared", "Declared responsibility for sharing risk information"),
                    ("risk.shared", "Shared risk information with a service provider"),
                    ("risk.source_purged", "Deleted the OASys text after sharing"),
                    ("referral.sent", "Sent a referral"),
                    ("referral.received", "Received a referral"),
                    ("referral.listed", "Listed referrals"),
                    ("referral.viewed", "Viewed a referral"),
                    ("referral.opened_with_reason", "Opened a case by CRN, giving a reason"),
                    ("ndelius.updated", "Recorded the referral in nDelius"),
                    ("outbox.retried", "Asked for an outside update to be tried again"),
                    ("case.assigned", "Assigned a caseworker"),
                    ("appointment.arranged", "Arranged an appointment"),
                    ("appointment.rescheduled", "Rescheduled an appointment"),
                    ("appointment.downloaded", "Downloaded an appointment's calendar file"),
                    ("feedback.saved", "Saved a draft of session feedback"),
                    ("feedback.submitted", "Submitted attendance and feedback"),
                    ("plan.saved", "Saved a draft of an action plan"),
                    ("plan.submitted", "Submitted an action plan"),
                    ("plan.change_asked", "Asked for a change to an action plan"),
                    ("report.saved", "Saved a draft of an end of service report"),
                    ("report.submitted", "Submitted an end of service report"),
                    ("case.end_requested", "Asked for a case to end"),
                    ("case.concluded", "Concluded a case"),
                    ("case.paused", "Paused a case"),
                    ("case.resumed", "Ended a pause of a case"),
                    ("case.progress_viewed", "Viewed the progress of a case"),
                    ("case_note.written", "Wrote a case note"),
                    ("case_note.viewed", "Viewed case notes"),
                    ("question.asked", "Asked about shared information"),
                    ("question.answered", "Answered a question about shared information"),
                    ("question.viewed", "Viewed questions about shared information"),
                    ("openings.viewed", "Viewed who opened the shared information"),
                    ("disclosure.recorded", "Added to the disclosure record"),
                    ("disclosure.viewed", "Viewed the disclosure record"),
                    ("disclosure.downloaded", "Downloaded the disclosure record"),
                    ("performance_report.asked", "Asked for a performance report"),
                    ("performance_report.made", "Made a performance report"),
                    ("performance_report.downloaded", "Downloaded a performance report"),
                    ("catalogue.viewed", "Looked at the catalogue of services"),
                    ("page.viewed", "Viewed a page about the service"),
                ],
                max_length=40,
            ),
        ),
        migrations.CreateModel(
            name="DisclosureEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("referral", models.UUIDField(help_text="The referral as it was received.")),
                (
                    "number",
                    models.PositiveIntegerField(help_text="Place within the referral's record, from 1."),
                ),
                ("once", models.CharField(help_text="The same thing is recorded once.", max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[("SHARED", "Shared"), ("OPENED", "Opened by the service provider")],
                        max_length=20,
                    ),
                ),
                ("at", models.DateTimeField()),
                ("crn", models.CharField(db_index=True, max_length=7, verbose_name="CRN")),
                ("by_name", models.TextField(verbose_name="by (name on the day)")),
                ("recipient_name", models.TextField(verbose_name="service provider (name on the day)")),
                (
                    "subcontractors",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Names of the other service providers on the contract that day.",
                    ),
                ),
                (
                    "shared",
                    models.JSONField(
                        default=list, help_text="Names of the parts that held something. Never text."
                    ),
                ),
                (
                    "withheld",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="Names of the parts that were kept back, or of which nothing was shared.",
                    ),
                ),
                ("reason", models.TextField(blank=True)),
                ("share_version", models.PositiveIntegerField()),
                ("wording_version", models.CharField(help_text="Of the declaration.", max_length=40)),
                (
                    "content_hash",
                    models.CharField(help_text="Of the eight sections, from the declaration.", max_length=64),
                ),
                (
                    "previous",
                    models.CharField(
                        blank=True, help_text="Hash of the entry before this one.", max_length=64
                    ),
                ),
                (
                    "canonical",
                    models.TextField(
                        help_text="What is hashed: every column but this and the hash, as RFC 8785 JSON."
                    ),
                ),
                ("hash", models.CharField(help_text="HMAC-SHA-256 of that text.", max_length=64)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "recipient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.provider"
                    ),
                ),
            ],
            options={
                "verbose_name": "disclosure",
                "verbose_name_plural": "disclosure record",
                "ordering": ["-at", "-number"],
                "indexes": [models.Index(fields=["-at"], name="events_disclosure_newest")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("referral", "number"), name="events_disclosure_number_once"
                    ),
                    models.UniqueConstraint(fields=("referral", "once"), name="events_disclosure_once"),
                    models.CheckConstraint(
                        condition=models.Q(("number__gte", 1)), name="events_disclosures_from_one"
                    ),
                ],
            },
        ),
        AppendOnly("events_disclosureevent"),
    ]
