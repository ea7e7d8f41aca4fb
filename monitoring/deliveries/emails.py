"""What the supplier's side has to tell its people, delivered from the outbox. Imported when the app starts.

Each email goes to who is responsible when it goes out (decision W5): the caseworker who has the case and can open it,
else the mailbox of the contract's team, with the reason. One that would go to nobody counts as not delivered.
"""

from __future__ import annotations

from django.urls import reverse

from accounts.models import Audience
from events import outbox
from events.emails import NO_RECIPIENT, send_link
from events.models import OutboxEntry
from monitoring.access.reports import no_longer_theirs
from monitoring.access.responsible_staff import (
    Absence,
    absence_of_caseworker,
    address_of,
    address_of_caseworker,
    has_left,
    has_open_account,
    may_open,
)
from monitoring.actions.amend_referral import TO_CASEWORKER as CHANGE_TO_CASEWORKER
from monitoring.actions.answer_question import TO_ASKER as ANSWER_TO_ASKER
from monitoring.actions.assign_caseworker import CASE_ASSIGNED
from monitoring.actions.end_referral import END_REQUESTED, meaning_of_the_end
from monitoring.actions.make_performance_report import REPORT_FINISHED
from monitoring.actions.receive_referral import REFERRAL_RECEIVED
from monitoring.actions.share_again import RISK_CORRECTED, RISK_RECALLED
from monitoring.actions.write_action_plan import PLAN_CHANGE_ASKED
from monitoring.actions.write_case_note import TO_CASEWORKER as NOTE_TO_CASEWORKER
from monitoring.deliveries.ndelius import BOOKING_REFUSED
from monitoring.models import PerformanceReport, Question, ReceivedReferral, Receiver, ReferralChange
from monitoring.rules.end_reasons import EndMeaning
from monitoring.rules.moves import Move, is_allowed

#: Why the team reads what was meant for a caseworker.
WHY_THE_TEAM = {
    Absence.CLOSED: "We sent this to your team because the caseworker’s account is closed.",
    Absence.NO_ACCESS: "We sent this to your team because the caseworker can no longer see cases on this contract.",
    None: "We sent this to your team because the caseworker’s account has no email address.",
}


@outbox.handler(REFERRAL_RECEIVED, receiver=Receiver.TEAM, about="A new referral was sent to you")
def tell_the_team(entry: OutboxEntry) -> None:
    """A new referral came: to the mailbox that the contract names for it."""
    send_link(
        mailbox_of(_case(entry)),
        subject="A new referral was sent to you",
        sentence="A probation practitioner sent a referral to one of your contracts. Assign it to a "
        "caseworker.",
        address=reverse("monitoring:referral_details", args=[entry.referral]),
    )


@outbox.handler(BOOKING_REFUSED, receiver=Receiver.CASEWORKER, about="An appointment needs to be rearranged")
def tell_the_caseworker_of_a_refusal(entry: OutboxEntry) -> None:
    """nDelius did not accept an appointment."""
    write_to_caseworker(
        _case(entry),
        subject="An appointment needs to be rearranged",
        sentence="nDelius did not accept an appointment for one of your cases. Rearrange it.",
        address=reverse("monitoring:progress", args=[entry.referral]),
    )


@outbox.handler(REPORT_FINISHED, about="A performance report is ready")
def tell_who_asked_for_a_report(entry: OutboxEntry) -> None:
    """A performance report is ready, or could not be made. It is theirs alone, while its contracts are."""
    report = PerformanceReport.objects.unscoped().select_related("requested_by").get(pk=entry.referral)
    if not has_open_account(report.requested_by_id) or no_longer_theirs(report.requested_by, [report]):
        raise outbox.NotNeeded
    is_ready = report.state != PerformanceReport.State.FAILED
    write_to_user(
        report.requested_by_id,
        subject="Your performance report is ready"
        if is_ready
        else "We could not prepare your performance report",
        sentence="You can download it for 7 days." if is_ready else "Request it again.",
        address=reverse("monitoring:performance_report", args=[report.pk]),
    )


@outbox.handler(CASE_ASSIGNED, receiver=Receiver.CASEWORKER, about="A caseworker was assigned")
def tell_the_caseworker(entry: OutboxEntry) -> None:
    """A case was given to them. Not needed when somebody else has it by now."""
    case = _case(entry)
    if str(case.caseworker_id) != entry.payload["caseworker"]:
        raise outbox.NotNeeded
    address = reverse("monitoring:referral_details", args=[entry.referral])
    if address_of_caseworker(case):
        write_to_caseworker(
            case,
            subject="You have been assigned a case",
            sentence="You are now the caseworker for a case.",
            address=address,
        )
    else:
        write_to_caseworker(
            case,
            subject="A caseworker was assigned",
            sentence="A case was assigned, but we could not email the caseworker.",
            address=address,
        )


@outbox.handler(NOTE_TO_CASEWORKER, receiver=Receiver.CASEWORKER, about="A case note was added")
def tell_the_caseworker_of_a_note(entry: OutboxEntry) -> None:
    """A note of the practitioner."""
    write_to_caseworker(
        _case(entry),
        subject="A case note was added",
        sentence="A probation practitioner added a case note to one of your cases.",
        address=reverse("monitoring:case_note", args=[entry.referral, entry.payload["case_note"]]),
    )


@outbox.handler(ANSWER_TO_ASKER, receiver=Receiver.CASEWORKER, about="A question was answered")
def tell_who_asked(entry: OutboxEntry) -> None:
    """Their question has its answer: to them, or when they cannot open the case any more, to who has it."""
    question = Question.objects.unscoped().get(pk=entry.payload["question"])
    case, address = _case(entry), reverse("monitoring:questions", args=[question.received_id])
    if may_open(case, question.asked_by_id) and address_of(question.asked_by_id):
        write_to_user(
            question.asked_by_id,
            subject="Your question was answered",
            sentence="A probation practitioner answered your question about a referral.",
            address=address,
        )
    else:
        write_to_caseworker(
            case,
            subject="A question was answered",
            sentence="A probation practitioner answered your colleague’s question about a referral.",
            address=address,
        )


@outbox.handler(PLAN_CHANGE_ASKED, receiver=Receiver.CASEWORKER, about="Action plan change requested")
def tell_the_caseworker_of_a_change(entry: OutboxEntry) -> None:
    """The practitioner wants the action plan changed."""
    write_to_caseworker(
        _case(entry),
        subject="Action plan change requested",
        sentence="A probation practitioner asked for a change to the action plan for one of your cases.",
        address=reverse("monitoring:action_plan", args=[entry.referral]),
    )


#: What is said about an end, by what it means: subject and sentence (live service: three emails).
ABOUT_AN_END = {
    EndMeaning.WITHDRAWN_BEFORE: (
        "A referral was withdrawn",
        "A probation practitioner withdrew one of your cases before its first session. "
        "You do not need to write an end of service report.",
    ),
    EndMeaning.WITHDRAWN_AFTER: (
        "A referral was withdrawn after its first session",
        "A probation practitioner withdrew one of your cases. Submit the end of service report.",
    ),
    EndMeaning.CLOSED_EARLY: (
        "A referral was closed early",
        "A probation practitioner closed one of your cases early. Submit the end of service report.",
    ),
}


@outbox.handler(END_REQUESTED, receiver=Receiver.CASEWORKER, about="A referral was withdrawn or closed early")
def tell_the_caseworker_of_an_end(entry: OutboxEntry) -> None:
    """The practitioner has ended the referral."""
    case = _case(entry)
    subject, sentence = ABOUT_AN_END[meaning_of_the_end(case)]
    write_to_caseworker(
        case,
        subject=subject,
        sentence=sentence,
        address=reverse("monitoring:progress", args=[entry.referral]),
    )


@outbox.handler(CHANGE_TO_CASEWORKER, receiver=Receiver.CASEWORKER, about="A referral was changed")
def tell_the_caseworker_of_a_changed_referral(entry: OutboxEntry) -> None:
    """The practitioner changed something that they had sent, or another system has it otherwise. Not a word of what."""
    change = entry.payload.get("change")
    is_by_hand = change and ReferralChange.objects.unscoped().filter(pk=change, by__isnull=False).exists()
    write_to_caseworker(
        _case(entry),
        subject="A referral was changed",
        sentence="A probation practitioner changed one of your cases."
        if is_by_hand
        else "One of your cases was updated from nDelius or prison records.",
        address=reverse("monitoring:referral_change", args=[entry.referral, change])
        if change
        else reverse("monitoring:changes", args=[entry.referral]),
    )


@outbox.handler(RISK_CORRECTED, receiver=Receiver.CASEWORKER, about="Risk information was corrected")
def tell_the_caseworker_of_a_correction(entry: OutboxEntry) -> None:
    """A corrected version took the place of what they may have read."""
    write_to_caseworker(
        _case(entry),
        subject="Risk information was corrected",
        sentence="A probation practitioner shared a corrected version of the risk information for one of your cases. "
        "Read it and stop using the earlier version.",
        address=reverse("monitoring:referral_details", args=[entry.referral]),
    )


@outbox.handler(RISK_RECALLED, receiver=Receiver.CASEWORKER, about="Risk information was recalled")
def tell_the_caseworker_of_a_recall(entry: OutboxEntry) -> None:
    """What they may have read was shared in error."""
    write_to_caseworker(
        _case(entry),
        subject="Risk information was recalled",
        sentence="A probation practitioner recalled the risk information for one of your cases. Stop using it, and "
        "delete any copies.",
        address=reverse("monitoring:referral_details", args=[entry.referral]),
    )


def write_to_caseworker(case: ReceivedReferral, *, subject: str, sentence: str, address: str) -> None:
    """To the caseworker, if they can open the case today; else to the team's mailbox, saying why."""
    email = address_of_caseworker(case)
    if email:
        send_link(email, subject=subject, sentence=sentence, address=address)
        return
    send_link(
        mailbox_of(case), subject=subject, sentence=f"{sentence} {_why_the_team(case)}", address=address
    )


def _why_the_team(case: ReceivedReferral) -> str:
    """The reason, and what to do about it while something can be done."""
    absence, can_be_assigned = absence_of_caseworker(case), is_allowed(Move.ASSIGN, case)
    if case.caseworker_id is None:
        return "This case is not assigned to a caseworker." + (
            " Assign a caseworker." if can_be_assigned else ""
        )
    advice = " Assign the case to someone else." if absence is not None and can_be_assigned else ""
    return WHY_THE_TEAM[absence] + advice


def write_to_user(user_id: int, *, subject: str, sentence: str, address: str) -> None:
    """To one person and nobody in their place. Raises CannotBeDelivered without an open account or an address."""
    email = address_of(user_id)
    if not email:
        raise outbox.CannotBeDelivered(NO_RECIPIENT)
    send_link(email, subject=subject, sentence=sentence, address=address)


def mailbox_of(case: ReceivedReferral) -> str:
    """The team's mailbox. Raises CannotBeDelivered when the contract has none, or only that of people who left."""
    mailbox = case.contract.incoming_email
    if not mailbox or has_left(mailbox, audience=Audience.SUPPLIER):
        raise outbox.CannotBeDelivered(NO_RECIPIENT)
    return mailbox


def _case(entry: OutboxEntry) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().select_related("contract").get(pk=entry.referral)
