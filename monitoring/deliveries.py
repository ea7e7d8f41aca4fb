"""What the supplier's side has to tell the world, delivered from the outbox. Imported when the app starts.

An email is a subject and a link: never a name, a CRN or a word of a case. Whoever opens the link signs in first.
"""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse

from accounts.models import User
from events import outbox
from events.models import OutboxEntry
from monitoring.actions.action_plans import PLAN_CHANGE_ASKED
from monitoring.actions.answer_question import TO_ASKER as ANSWER_TO_ASKER
from monitoring.actions.assign import CASE_ASSIGNED
from monitoring.actions.ending import END_REQUESTED
from monitoring.actions.performance_reports import REPORT_FINISHED
from monitoring.actions.receive import REFERRAL_RECEIVED
from monitoring.actions.write_case_note import TO_CASEWORKER as NOTE_TO_CASEWORKER
from monitoring.appointment_deliveries import BOOKING_REFUSED
from monitoring.models import CaseNote, PerformanceReport, Question, ReceivedReferral


@outbox.handler(REFERRAL_RECEIVED)
def tell_the_team(entry: OutboxEntry) -> None:
    """A new referral came: to the mailbox that the contract names for it."""
    received = ReceivedReferral.objects.unscoped().select_related("contract").only("contract__incoming_email")
    email = received.get(pk=entry.referral).contract.incoming_email
    if email:
        write_to(
            email,
            subject="A new referral was sent to you",
            sentence="A probation practitioner sent a referral to one of your contracts. Nobody has it yet.",
            address=reverse("monitoring:referral_details", args=[entry.referral]),
        )


@outbox.handler(BOOKING_REFUSED)
def tell_the_caseworker_of_a_refusal(entry: OutboxEntry) -> None:
    """nDelius did not accept an appointment: to whoever has the case when the email goes out."""
    case = ReceivedReferral.objects.unscoped().get(pk=entry.referral)
    email_link(
        str(case.caseworker_id or 0),
        subject="An appointment has to be arranged again",
        sentence="nDelius did not accept an appointment of one of your cases.",
        address=reverse("monitoring:progress", args=[entry.referral]),
    )


@outbox.handler(REPORT_FINISHED)
def tell_who_asked_for_a_report(entry: OutboxEntry) -> None:
    """A performance report is ready, or could not be made."""
    report = PerformanceReport.objects.unscoped().get(pk=entry.referral)
    is_ready = report.state != PerformanceReport.State.FAILED
    email_link(
        str(report.requested_by_id),
        subject="Your performance report is ready"
        if is_ready
        else "Your performance report could not be made",
        sentence="It can be downloaded for seven days." if is_ready else "Ask for it again.",
        address=reverse("monitoring:performance_report", args=[report.pk]),
    )


@outbox.handler(CASE_ASSIGNED)
def tell_the_caseworker(entry: OutboxEntry) -> None:
    """A case was given to them."""
    email_link(
        entry.payload["caseworker"],
        subject="You have been assigned a case",
        sentence="You are now the caseworker of a case in the service.",
        address=reverse("monitoring:referral_details", args=[entry.referral]),
    )


@outbox.handler(NOTE_TO_CASEWORKER)
def tell_the_caseworker_of_a_note(entry: OutboxEntry) -> None:
    """To whoever has the case when the email goes out."""
    note = CaseNote.objects.unscoped().select_related("received").get(pk=entry.payload["case_note"])
    email_link(
        str(note.received.caseworker_id or 0),
        subject="A case note was added",
        sentence="A probation practitioner added a case note to one of your cases.",
        address=reverse("monitoring:case_note", args=[note.received_id, note.pk]),
    )


@outbox.handler(ANSWER_TO_ASKER)
def tell_who_asked(entry: OutboxEntry) -> None:
    """Their question has its answer."""
    question = Question.objects.unscoped().get(pk=entry.payload["question"])
    email_link(
        str(question.asked_by_id),
        subject="Your question was answered",
        sentence="A probation practitioner answered a question that you asked about a referral.",
        address=reverse("monitoring:questions", args=[question.received_id]),
    )


@outbox.handler(PLAN_CHANGE_ASKED)
def tell_the_caseworker_of_a_change(entry: OutboxEntry) -> None:
    """The practitioner wants the action plan changed."""
    email_link(
        entry.payload["caseworker"],
        subject="A change to an action plan was asked for",
        sentence="A probation practitioner asked for a change to the action plan of one of your cases.",
        address=reverse("monitoring:action_plan", args=[entry.referral]),
    )


@outbox.handler(END_REQUESTED)
def tell_the_caseworker_of_an_end(entry: OutboxEntry) -> None:
    """The practitioner has ended the referral, or asked for its end."""
    email_link(
        entry.payload["caseworker"],
        subject="The end of a referral was asked for",
        sentence="A probation practitioner asked for the end of one of your referrals.",
        address=reverse("monitoring:progress", args=[entry.referral]),
    )


def email_link(user_id: str, *, subject: str, sentence: str, address: str) -> None:
    """Write to one person, if they still have an account and an email address; else there is nobody to tell."""
    email = User.objects.filter(pk=user_id, is_active=True).values_list("email", flat=True).first()
    if email:
        write_to(email, subject=subject, sentence=sentence, address=address)


def write_to(email: str, *, subject: str, sentence: str, address: str) -> None:
    """One email: a sentence of ours and a link."""
    lines = (sentence, f"Sign in to read it: {settings.SERVICE_URL}{address}")
    send_mail(f"{subject} – {settings.SERVICE_NAME}", "\n\n".join(lines) + "\n", None, [email])
