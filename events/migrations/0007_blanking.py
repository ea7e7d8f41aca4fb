"""What is blanked when its time is over, and the narrow exception by which two tables that only grow allow it (decision 23)."""

from django.db import migrations, models

from events.append_only import NO_TEXT, AllowBlanking


class Migration(migrations.Migration):
    dependencies = [
        ("events", "0006_desk_audited"),
    ]

    operations = [
        migrations.AddField(
            model_name="auditevent",
            name="blanked_at",
            field=models.DateTimeField(blank=True, help_text="When its CRN was blanked.", null=True),
        ),
        migrations.AddField(
            model_name="disclosureevent",
            name="blanked_at",
            field=models.DateTimeField(
                blank=True, help_text="When names, CRN, reason and hashed text were blanked.", null=True
            ),
        ),
        migrations.AlterField(
            model_name='auditevent',
            name='action',
            field=models.CharField(choices=[('account.signed_in', 'Signed in'), ('account.signed_out', 'Signed out'), ('account.sign_in_failed', 'Sign-in failed'), ('account.sessions_ended', 'Signed out somewhere else'), ('account.password_changed', 'Changed their password'), ('access.refused', 'Access refused'), ('person.looked_up', 'Looked up a person by CRN'), ('person.pulled', 'Pulled personal details from nDelius'), ('draft.started', 'Started a referral'), ('draft.opened', 'Opened a draft referral'), ('draft.answered', 'Saved an answer in a draft referral'), ('draft.deleted', 'Deleted a draft referral'), ('draft.previewed', 'Previewed a referral as the service provider will see it'), ('draft.text_kept', 'Kept text that was typed when the web session had ended'), ('draft.autosaved', 'Kept text while it was typed'), ('needs.pulled', 'Pulled criminogenic needs from OASys'), ('draft.expiry_warned', 'Warned that a draft will be deleted'), ('draft.expired', 'Deleted a draft that nobody had changed'), ('practitioner.pulled', 'Pulled the responsible practitioner from nDelius'), ('custody.pulled', 'Pulled custody details from prison records'), ('details.decided', 'Decided about details that may be sensitive'), ('risk.pulled', 'Pulled risk information from OASys'), ('risk.viewed', 'Viewed risk information'), ('risk.edited', 'Edited a section of risk information'), ('risk.reverted', 'Reverted a section of risk information'), ('risk.undone', 'Undid a change to a section of risk information'), ('risk.removed', 'Removed a section of risk information'), ('risk.none_identified', 'Confirmed no identified risk in a section'), ('risk.newer_taken', 'Took a newer OASys assessment'), ('risk.newer_kept_out', 'Decided not to take a newer OASys assessment'), ('risk.declared', 'Declared responsibility for sharing risk information'), ('risk.shared', 'Shared risk information with a service provider'), ('risk.source_purged', 'Deleted the OASys text after sharing'), ('risk.correction_started', 'Started a corrected version of risk information'), ('risk.correction_deleted', 'Deleted a corrected version that was not shared'), ('risk.compared_versions', 'Compared a corrected version with what others shared meanwhile'), ('risk.corrected', 'Shared a corrected version of risk information'), ('risk.recalled', 'Recalled risk information that was shared'), ('risk.newer_after_sending', 'Found newer OASys information after sending'), ('referral.sent', 'Sent a referral'), ('referral.received', 'Received a referral'), ('referral.changed', 'Changed a sent referral'), ('referral.listed', 'Listed referrals'), ('referral.viewed', 'Viewed a referral'), ('referral.opened_with_reason', 'Opened a case by CRN, giving a reason'), ('cover.began', 'Began to cover for a colleague'), ('cover.ended', 'Stopped covering for a colleague'), ('feedback.seen', 'Looked at feedback that their desk pointed to'), ('ndelius.updated', 'Recorded the referral in nDelius'), ('outbox.retried', 'Asked for an outside update to be tried again'), ('case.assigned', 'Assigned a caseworker'), ('appointment.arranged', 'Arranged an appointment'), ('appointment.rescheduled', 'Rescheduled an appointment'), ('appointment.downloaded', "Downloaded an appointment's calendar file"), ('feedback.saved', 'Saved a draft of session feedback'), ('feedback.submitted', 'Submitted attendance and feedback'), ('plan.saved', 'Saved a draft of an action plan'), ('plan.submitted', 'Submitted an action plan'), ('plan.change_asked', 'Asked for a change to an action plan'), ('report.saved', 'Saved a draft of an end of service report'), ('report.submitted', 'Submitted an end of service report'), ('case.end_requested', 'Asked for a case to end'), ('case.concluded', 'Concluded a case'), ('case.paused', 'Paused a case'), ('case.resumed', 'Ended a pause of a case'), ('case.progress_viewed', 'Viewed the progress of a case'), ('case_note.written', 'Wrote a case note'), ('case_note.viewed', 'Viewed case notes'), ('question.asked', 'Asked about shared information'), ('question.answered', 'Answered a question about shared information'), ('question.viewed', 'Viewed questions about shared information'), ('changes.viewed', 'Viewed the change log of a referral'), ('openings.viewed', 'Viewed who opened the shared information'), ('disclosure.recorded', 'Added to the disclosure record'), ('disclosure.viewed', 'Viewed the disclosure record'), ('disclosure.downloaded', 'Downloaded the disclosure record'), ('performance_report.asked', 'Asked for a performance report'), ('performance_report.made', 'Made a performance report'), ('performance_report.downloaded', 'Downloaded a performance report'), ('subject_access.exported', 'Exported what is held about a person'), ('subject_access.unshared', 'Exported unshared risk text about a person'), ('retention.applied', 'Blanked a case whose retention period ended'), ('contract.change_set', 'Set a change of service provider'), ('contract.provider_changed', 'Changed the service provider of a case'), ('contract.imported', 'Imported contracts'), ('catalogue.viewed', 'Looked at the catalogue of services'), ('page.viewed', 'Viewed a page about the service')], max_length=40),
        ),
        migrations.AlterField(
            model_name='disclosureevent',
            name='kind',
            field=models.CharField(choices=[('SHARED', 'Shared'), ('OPENED', 'Opened by the service provider'), ('CORRECTED', 'Corrected version shared'), ('RECALLED', 'Recalled'), ('HANDED_ON', 'Service provider changed')], max_length=20),
        ),
        AllowBlanking("events_auditevent", {"crn": NO_TEXT}),
        AllowBlanking(
            "events_disclosureevent",
            {"crn": NO_TEXT, "by_name": NO_TEXT, "reason": NO_TEXT, "canonical": NO_TEXT},
        ),
    ]
