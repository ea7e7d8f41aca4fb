"""What must hold when everything has settled, whatever went wrong on the way.

Reads the database past the service, what the stub was told, and what every process wrote.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from monitoring.actions.amend_referral import TO_CASEWORKER as CHANGE_TO_CASEWORKER
from monitoring.actions.arrange_appointment import ASSESSMENT_ARRANGED
from monitoring.actions.assign_caseworker import CASE_ASSIGNED
from monitoring.actions.receive_referral import REFERRAL_RECEIVED
from referrals.actions.expire_drafts import DRAFT_EXPIRES
from referrals.actions.tell_of_records import PRACTITIONER_CHANGED, RECORDS_TO_CHECK, About
from referrals.deliveries.emails import ABOUT_RECORDS
from tests.chaos.installation import Installation, wait_until

#: Words that practitioners typed and OASys holds, and the CRNs of those they are about.
PRIVATE = re.compile(rb"zq[a-z]+\d{6}qz|\bC0\d{5}\b")
#: Subjects of the emails that a journey brings about, by the kind of their entry. Sent referrals are compared with
#: other systems meanwhile: an answer that lost some of its fields on the way is news.
SUBJECTS = {
    CHANGE_TO_CASEWORKER: "A referral was changed",
    REFERRAL_RECEIVED: "A new referral was sent to you",
    CASE_ASSIGNED: "You have been assigned a case",
    ASSESSMENT_ARRANGED: "A supplier assessment was arranged",
    DRAFT_EXPIRES: "A draft referral will be deleted in 14 days",
}
ARRANGED = "SELECT id::text FROM monitoring_appointment"
SUFFIX = " – Refer and monitor an intervention"
TIMES = """
    SELECT count(*),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - created_at)),
        percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM delivered_at - created_at)),
        count(*) FILTER (WHERE attempts > 1),
        sum(attempts)
    FROM events_outboxentry
"""
SETTLED = ("DELIVERED", "NOT_NEEDED")
WAITING = "SELECT count(*) FROM events_outboxentry WHERE state = 'WAITING'"
BRING_FORWARD = """
    UPDATE events_outboxentry SET next_attempt_at = now() WHERE state = 'WAITING' AND next_attempt_at > now()
"""


def settle(installation: Installation, seconds: float, *, bring_forward: bool) -> float:
    """Wait until nothing waits to be delivered; returns how long it took.

    ``bring_forward``: what failed is tried again at once. By itself it would be within an hour.
    """

    def nothing_waits() -> bool:
        if bring_forward:
            with installation.database() as connection:
                connection.execute(BRING_FORWARD)
        [[waiting]] = installation.rows(WAITING)
        return bool(waiting == 0)

    return wait_until(nothing_waits, "everything was delivered", seconds)


def deliveries(installation: Installation) -> Counter[str]:
    """How many entries of the outbox ended how."""
    return Counter(dict(installation.rows("SELECT state, count(*) FROM events_outboxentry GROUP BY state")))


def wrongly_delivered(installation: Installation) -> list[str]:
    """What other systems were told otherwise than once: the stub's records held against the database."""
    kept = installation.kept()
    emails = [email | {"subject": email["subject"].removesuffix(SUFFIX)} for email in kept["emails"].values()]
    referrals = installation.rows(
        "SELECT id::text, received_id::text FROM referrals_referral WHERE sent_at IS NOT NULL"
    )
    sent, received = [id for id, _ in referrals], [id for _, id in referrals]
    arranged = [id for [id] in installation.rows(ARRANGED)]
    taken = [id for [id] in installation.rows(f"{ARRANGED} WHERE ndelius_state = 'ACCEPTED'")]
    new = SUBJECTS[REFERRAL_RECEIVED]
    to_team = [_case_in(email) for email in emails if email["subject"] == new]
    unsettled = [state for state, count in deliveries(installation).items() if state not in SETTLED]
    return [
        *_differences("deliveries", expected=[], found=unsettled),
        *_differences("referrals in nDelius", expected=sent, found=kept["referrals"]),
        *_differences("appointments that nDelius took", expected=arranged, found=taken),
        *_differences("appointments in nDelius", expected=arranged, found=kept["appointments"]),
        *_differences("emails to the provider's team", expected=received, found=to_team),
        *_differences(
            "emails", expected=_emails_due(installation), found=[email["subject"] for email in emails]
        ),
    ]


def _emails_due(installation: Installation) -> Iterator[str]:
    """By subject: one for each delivered entry that writes to somebody."""
    for kind, about, count in installation.rows(
        "SELECT kind, payload->>'about', count(*) FROM events_outboxentry WHERE state = 'DELIVERED' GROUP BY 1, 2"
    ):
        if kind in (RECORDS_TO_CHECK, PRACTITIONER_CHANGED):
            subject, _ = ABOUT_RECORDS[About(about)]
            yield from [subject] * count
        elif kind in SUBJECTS:
            yield from [SUBJECTS[kind]] * count


def _case_in(email: dict[str, Any]) -> str:
    """The case that an email leads to."""
    found = re.search(r"/referrals/([0-9a-f-]{36})/", email["body"])
    return found.group(1) if found else ""


def _differences(what: str, *, expected: Iterable[str], found: Iterable[str]) -> Iterator[str]:
    due, there = Counter(list(expected)), Counter(list(found))
    for wrong, items in (("lost", due - there), ("doubled, or not to be there", there - due)):
        if items:
            yield f"{what}, {wrong}: {items.total()}, such as {next(iter(items))}"


def tell_of_deliveries(installation: Installation, tell: Callable[[str], None]) -> None:
    """The figures: how many, how long they took from their cause on, how often they were tried."""
    [[count, middle, slow, retried, attempts]] = installation.rows(TIMES)
    ended = ", ".join(f"{count} {state}" for state, count in deliveries(installation).most_common())
    tell(f"deliveries: {ended}; p50 {middle or 0:.1f} s, p95 {slow or 0:.1f} s from their cause on")
    tell(f"{retried} of {count} were tried again, {attempts} tries")


def private_words(logs: list[Path]) -> list[str]:
    """Where a log holds what no log may."""
    found = []
    for log in logs:
        with log.open("rb") as lines:
            found += [
                f"{log.name}: {match.group().decode()} in: {line[:300].decode(errors='replace')}"
                for line in lines
                if (match := PRIVATE.search(line))
            ]
    return found
