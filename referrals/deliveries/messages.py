"""What other systems are told about a referral, delivered from the outbox. Safe to repeat."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from events import audit, outbox
from events.emails import NO_RECIPIENT, send_link
from events.models import NDELIUS, AuditAction, OutboxEntry
from integrations import failures
from integrations.ndelius import client
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
from referrals.actions.send_referral import NDELIUS_REFERRAL
from referrals.actions.tell_of_records import PRACTITIONER_CHANGED, RECORDS_TO_CHECK, About
from referrals.models import Referral


@outbox.handler(NDELIUS_REFERRAL, receiver=NDELIUS, about="The referral")
def record_in_ndelius(entry: OutboxEntry) -> None:
    """Write the referral into nDelius, which knows it by its id and so takes it once (decision F8)."""
    referral = Referral.objects.select_related(
        "contract__contract_type", "contract__prime", "created_by"
    ).get(pk=entry.referral)
    assert referral.sent_at is not None
    assert referral.sentence_id is not None
    address = reverse("referrals:case", args=[referral.pk])
    notes = (
        f"{referral.contract.contract_type.name} referral {referral.reference} to "
        f"{referral.contract.prime.name}.\n{address}"
    )
    try:
        client.record_referral(
            referral.crn,
            referral.pk,
            referral.sent_at,
            referral.contract.contract_type.code,
            referral.sentence_id,
            notes,
        )
    except (failures.Rejected, failures.NotFound, failures.Conflict) as refusal:
        raise outbox.CannotBeDelivered(type(refusal).__name__) from None  # it would say the same again
    audit.record(
        AuditAction.NDELIUS_UPDATED, by=referral.created_by, referral=referral.pk, crn=referral.crn,
        attempts=entry.attempts,
    )  # fmt: skip


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


@outbox.handler(NOTE_TO_PRACTITIONER, receiver=Receiver.PRACTITIONER, about="A case note was added")
def tell_the_practitioner_of_a_note(entry: OutboxEntry) -> None:
    """A note of the supplier."""
    _write_to_practitioner(
        entry,
        subject="A case note was added",
        sentence="The service provider added a case note to one of your cases.",
        page="case_note",
        about=[entry.payload["case_note"]],
    )


@outbox.handler(
    QUESTION_TO_PRACTITIONER, receiver=Receiver.PRACTITIONER, about="The service provider asked a question"
)
def tell_the_practitioner_of_a_question(entry: OutboxEntry) -> None:
    """A question waits for an answer."""
    _write_to_practitioner(
        entry,
        subject="The service provider has asked a question",
        sentence="The service provider asked a question about a referral and needs your answer.",
        page="case_questions",
    )


@outbox.handler(PLAN_SUBMITTED, receiver=Receiver.PRACTITIONER, about="An action plan was submitted")
def tell_the_practitioner_of_a_plan(entry: OutboxEntry) -> None:
    """A version of the action plan is in force."""
    _write_to_practitioner(
        entry,
        subject="An action plan was submitted",
        sentence="The service provider submitted an action plan for one of your cases. It needs no approval.",
        page="case_action_plan",
    )


@outbox.handler(
    REPORT_SUBMITTED, receiver=Receiver.PRACTITIONER, about="An end of service report was submitted"
)
def tell_the_practitioner_of_a_report(entry: OutboxEntry) -> None:
    """The referral has ended, and its report can be read."""
    _write_to_practitioner(
        entry,
        subject="An end of service report was submitted",
        sentence="The service provider submitted the end of service report for one of your cases.",
        page="case_end_of_service_report",
    )


@outbox.handler(CHANGE_TO_PRACTITIONER, receiver=Receiver.PRACTITIONER, about="A completion date was changed")
def tell_the_practitioner_of_a_completion_date(entry: OutboxEntry) -> None:
    """A colleague changed by when the intervention must be completed."""
    _write_to_practitioner(
        entry,
        subject="A completion date was changed",
        sentence="Another probation practitioner changed the completion date for one of your cases.",
        page="case_change",
        about=[entry.payload["change"]],
    )


@outbox.handler(
    PROVIDER_TO_PRACTITIONER, receiver=Receiver.PRACTITIONER, about="The service provider changed"
)
def tell_the_practitioner_of_another_provider(entry: OutboxEntry) -> None:
    """The contract went to other service providers while the case was open."""
    _write_to_practitioner(
        entry,
        subject="The service provider for a case changed",
        sentence="The service provider for one of your cases changed. You do not need to send the referral again.",
        page="case_progress",
    )


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
    subject, sentence = ABOUT_RECORDS[About(entry.payload["about"])]
    _write_to_practitioner(entry, subject=subject, sentence=sentence, page="case")


for kind, told in (
    (RECORDS_TO_CHECK, "Details in nDelius or prison records to check"),
    (PRACTITIONER_CHANGED, "The probation practitioner in nDelius changed"),
):
    outbox.handler(kind, receiver=Receiver.PRACTITIONER, about=told)(tell_the_practitioner_of_records)


#: What is said about an appointment, by kind: subject and sentence (live service: four emails of its own).
ABOUT_AN_APPOINTMENT = {
    ASSESSMENT_ARRANGED: (
        "A supplier assessment was arranged",
        "The service provider arranged a supplier assessment appointment, or changed its details.",
    ),
    NOT_ATTENDED: (
        "Someone did not attend an appointment",
        "One of the people you referred did not attend an appointment with the service provider.",
    ),
    POOR_BEHAVIOUR: (
        "Poor behaviour at an appointment",
        "The service provider recorded poor behaviour at an appointment and wants you to know about it.",
    ),
    CONCERNS: (
        "Concerns after an appointment",
        "The service provider recorded a concern after an appointment and wants you to know about it.",
    ),
}


def tell_the_practitioner_of_an_appointment(entry: OutboxEntry) -> None:
    """One of the four."""
    subject, sentence = ABOUT_AN_APPOINTMENT[entry.kind]
    _write_to_practitioner(
        entry,
        subject=subject,
        sentence=sentence,
        page="case_appointment",
        about=[entry.payload["appointment"]],
    )


for kind, (subject, _) in ABOUT_AN_APPOINTMENT.items():
    outbox.handler(kind, receiver=Receiver.PRACTITIONER, about=subject)(
        tell_the_practitioner_of_an_appointment
    )


def _write_to_practitioner(
    entry: OutboxEntry, *, subject: str, sentence: str, page: str, about: Sequence[str] = ()
) -> None:
    """To who is responsible today (:func:`address_today`); somebody in their place is told why it is them."""
    referral = Referral.objects.select_related("received", "created_by").get(received=entry.referral)
    email = address_today(referral)
    if not email:
        raise outbox.CannotBeDelivered(NO_RECIPIENT)
    assert referral.received is not None
    if has_left(referral.received.practitioner_email):
        sentence = f"{sentence} We sent you this because the responsible practitioner’s account is closed."
    address = reverse(f"referrals:{page}", args=[referral.pk, *about])
    send_link(email, subject=subject, sentence=sentence, address=address)


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
