"""Emails to practitioners about drafts and sent cases, delivered from the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.urls import reverse

from events import outbox
from events.emails import NO_RECIPIENT, send_link
from events.models import OutboxEntry
from monitoring.access.responsible_staff import has_left
from monitoring.actions.amend_referral import TO_PRACTITIONER as CHANGE_TO_PRACTITIONER
from monitoring.actions.arrange_appointment import ASSESSMENT_ARRANGED
from monitoring.actions.ask_question import TO_PRACTITIONER as QUESTION_TO_PRACTITIONER
from monitoring.actions.change_provider import TO_PRACTITIONER as PROVIDER_TO_PRACTITIONER
from monitoring.actions.give_feedback import CONCERNS, NOT_ATTENDED, POOR_BEHAVIOUR
from monitoring.actions.write_action_plan import PLAN_SUBMITTED
from monitoring.actions.write_case_note import TO_PRACTITIONER as NOTE_TO_PRACTITIONER
from monitoring.actions.write_end_of_service_report import REPORT_SUBMITTED
from monitoring.deliveries.emails import write_to_user
from monitoring.models import ReceivedReferral, Receiver
from monitoring.rules.stages import OPEN
from referrals.actions.expire_drafts import DRAFT_EXPIRES
from referrals.actions.tell_of_records import PRACTITIONER_CHANGED, RECORDS_TO_CHECK, About
from referrals.models import Referral


@outbox.handler(DRAFT_EXPIRES, about="A draft referral will be deleted")
def tell_the_author_of_a_draft(entry: OutboxEntry) -> None:
    """The draft will be deleted. Not needed when it was sent or deleted meanwhile. A draft is its author's alone."""
    draft = Referral.objects.filter(pk=entry.referral, sent_at__isnull=True).first()
    if draft is None:
        raise outbox.NotNeeded
    write_to_user(
        draft.created_by_id,
        subject="A draft referral will be deleted in 14 days",
        sentence="You have not changed one of your draft referrals for a long time. We will delete it in 14 days. "
        "Change or send it to keep what you wrote.",
        address=reverse("referrals:drafts"),
    )


@dataclass(frozen=True, slots=True)
class Email:
    """What the practitioner of a case is told, and the page of the case that it leads to.

    ``about``: where the entry's payload names what the page shows. ``known_as``: for people who have to know that it
    was not delivered, where the subject alone would not say it.
    """

    subject: str
    sentence: str
    page: str
    about: str = ""
    known_as: str = ""


#: By kind. Live service: an email of its own for each of the four about an appointment.
OF_A_CASE: Final = {
    NOTE_TO_PRACTITIONER: Email(
        "A case note was added",
        "The service provider added a case note to one of your cases.",
        page="case_note",
        about="case_note",
    ),
    QUESTION_TO_PRACTITIONER: Email(
        "The service provider has asked a question",
        "The service provider asked a question about a referral and needs your answer.",
        page="case_questions",
        known_as="The service provider asked a question",
    ),
    PLAN_SUBMITTED: Email(
        "An action plan was submitted",
        "The service provider submitted an action plan for one of your cases. You do not need to approve it.",
        page="case_action_plan",
    ),
    REPORT_SUBMITTED: Email(
        "An end of service report was submitted",
        "The service provider submitted the end of service report for one of your cases.",
        page="case_end_of_service_report",
    ),
    CHANGE_TO_PRACTITIONER: Email(
        "A completion date was changed",
        "Another probation practitioner changed the completion date for one of your cases.",
        page="case_change",
        about="change",
    ),
    PROVIDER_TO_PRACTITIONER: Email(
        "The service provider for a case changed",
        "The service provider for one of your cases changed. You do not need to send the referral again.",
        page="case_progress",
        known_as="The service provider changed",
    ),
    ASSESSMENT_ARRANGED: Email(
        "A supplier assessment was arranged",
        "The service provider arranged a supplier assessment appointment, or changed its details.",
        page="case_appointment",
        about="appointment",
    ),
    NOT_ATTENDED: Email(
        "Someone did not attend an appointment",
        "One of the people you referred did not attend an appointment with the service provider.",
        page="case_appointment",
        about="appointment",
    ),
    POOR_BEHAVIOUR: Email(
        "Poor behaviour at an appointment",
        "The service provider recorded poor behaviour at an appointment and wants you to know about it.",
        page="case_appointment",
        about="appointment",
    ),
    CONCERNS: Email(
        "Concerns after an appointment",
        "The service provider recorded a concern after an appointment and wants you to know about it.",
        page="case_appointment",
        about="appointment",
    ),
}


def tell_the_practitioner(entry: OutboxEntry) -> None:
    """One of these."""
    _write_to_practitioner(entry, OF_A_CASE[entry.kind])


for kind, email in OF_A_CASE.items():
    known_as = email.known_as or email.subject
    outbox.handler(kind, receiver=Receiver.PRACTITIONER, about=known_as)(tell_the_practitioner)


#: What is said about other systems, by what there is to know: subject and sentence. Never which detail.
ABOUT_RECORDS = {
    About.DIFFERS: (
        "Details of a case have changed",
        "nDelius or prison records have different details for one of your cases. Check what the service provider "
        "should see.",
    ),
    About.LIMITED: (
        "Access to a record was limited",
        "nDelius now limits who can see the record of someone you referred. We have stopped updating what the service "
        "provider sees. You decide what to update.",
    ),
    About.NOT_LIMITED: (
        "Access to a record is no longer limited",
        "nDelius no longer limits who can see the record of someone you referred. What the service provider sees is "
        "updated again.",
    ),
    About.NOT_FOUND: (
        "nDelius no longer has a CRN",
        "nDelius no longer has the CRN of one of your cases. Enter the new CRN, so that we can update what the service "
        "provider sees.",
    ),
    About.REPLACED: (
        "The probation practitioner for a case changed",
        "nDelius names another probation practitioner for a case. The service provider now has their details, and we "
        "send emails about the case to them.",
    ),
    About.ANOTHER: (
        "nDelius names another practitioner for a case",
        "nDelius names another probation practitioner for one of your cases. Check who the service provider should "
        "contact.",
    ),
    About.NOBODY: (
        "nDelius names no practitioner for a case",
        "nDelius no longer names a probation practitioner for one of your cases. Check who the service provider should "
        "contact.",
    ),
}


def tell_the_practitioner_of_records(entry: OutboxEntry) -> None:
    """Other systems have something else by now. Not needed once the case has ended."""
    received = ReceivedReferral.objects.unscoped().get(pk=entry.referral)
    if received.stage not in OPEN:
        raise outbox.NotNeeded
    _write_to_practitioner(entry, Email(*ABOUT_RECORDS[About(entry.payload["about"])], page="case"))


for kind, known_as in (
    (RECORDS_TO_CHECK, "Details in nDelius or prison records to check"),
    (PRACTITIONER_CHANGED, "The probation practitioner in nDelius changed"),
):
    outbox.handler(kind, receiver=Receiver.PRACTITIONER, about=known_as)(tell_the_practitioner_of_records)


def _write_to_practitioner(entry: OutboxEntry, email: Email) -> None:
    """To who is responsible today (:func:`address_today`); somebody in their place is told why it is them."""
    referral = Referral.objects.select_related("received", "created_by").get(received=entry.referral)
    to = address_today(referral)
    if not to:
        raise outbox.CannotBeDelivered(NO_RECIPIENT)
    assert referral.received is not None
    sentence = email.sentence
    if has_left(referral.received.practitioner_email):
        sentence = f"{sentence} We sent you this because the responsible practitioner’s account is closed."
    about = [entry.payload[email.about]] if email.about else []
    address = reverse(f"referrals:{email.page}", args=[referral.pk, *about])
    send_link(to, subject=email.subject, sentence=sentence, address=address)


def address_today(referral: Referral) -> str:
    """Where the practitioner's side of a sent case reads its email; empty when all of them have left.

    The practitioner whom the supplier sees as responsible, or before one is allocated the main contact; then who was
    given the case, or who sent it; then the back-up contact, who is named for just that. Nobody whose account is
    closed.
    """
    received = referral.received
    assert received is not None
    given = referral.reassignments.in_force().filter(successor__is_active=True)
    successor = given.values_list("successor__email", flat=True).first() or ""
    sender = referral.created_by.email if referral.created_by.is_active else ""
    known = (received.practitioner_email, received.contact_email, successor, sender, received.back_up_email)
    return next((email for email in known if email and not has_left(email)), "")
