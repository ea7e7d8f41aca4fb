"""Emails by GOV.UK Notify: what is sent, which failures are for good, and that nothing is sent twice."""

from __future__ import annotations

from contextlib import nullcontext
from uuid import uuid4

import jwt
import pytest
from django.core.mail import EmailMessage
from pytest_django.fixtures import Settings

from events.emails import INVALID_ADDRESS, RefusedForGood, send_link
from events.models import OutboxEntry
from events.outbox import CannotBeDelivered, delivering
from integrations import failures
from integrations.notify import client as notify
from upstream_stub.faults import Effect, Fault
from upstream_stub.notify import OUTSIDE_THE_TEAM
from upstream_stub.state import StubState

EMAIL = "sorrel.briar@example.com"


@pytest.fixture(autouse=True)
def _by_notify(settings: Settings) -> None:
    settings.UPSTREAM_MODES = settings.UPSTREAM_MODES | {"notify": "stub"}
    settings.EMAIL_BACKEND = "refer_monitor.notify_email.EmailBackend"
    settings.SERVICE_URL = "https://service.example.com"


def send(email: str = EMAIL) -> None:
    send_link(
        email, subject="An action plan was submitted", sentence="Magnus submitted it.", address="/case/1"
    )


def test_an_email_is_what_it_is_by_a_mail_server(stub: StubState) -> None:
    send()
    [email] = stub.emails.values()
    assert email["email_address"] == EMAIL
    assert email["subject"] == "An action plan was submitted – Refer and monitor an intervention"
    assert email["body"] == (
        "Magnus submitted it.\n\nSign in to continue: https://service.example.com/case/1\n"
    )
    assert [(call.method, call.path, call.status) for call in stub.journal] == [
        ("POST", "/v2/notifications/email", 201)
    ]


FAILURES = {
    "an address that Notify refuses": (Fault(Effect.STATUS, status=400), CannotBeDelivered, 1),
    "busy": (Fault(Effect.STATUS, status=429), failures.RateLimited, 1),
    "broken": (Fault(Effect.STATUS, status=500), failures.ServerFault, 1),
    "a gateway": (Fault(Effect.STATUS, status=503), failures.Unavailable, 1),
    "a gateway that did not wait": (Fault(Effect.STATUS, status=504), failures.OutcomeUnknown, 1),
    "no answer in time": (Fault(Effect.HANG), failures.OutcomeUnknown, 1),
    "half an answer": (Fault(Effect.TRUNCATE), failures.OutcomeUnknown, 1),
    "no connection": (Fault(Effect.RESET), failures.OutcomeUnknown, 1),
    "our key or clock": (Fault(Effect.STATUS, status=403), failures.Forbidden, 1),
}


def test_which_failures_are_for_good(
    in_process: StubState, impatient: None, caplog: pytest.LogCaptureFixture
) -> None:
    for what, (fault, expected, calls) in FAILURES.items():
        fault.system = "notify"
        fault.body = {"errors": [{"error": "ValidationError", "message": f"{EMAIL} is not valid"}]}
        in_process.faults[:] = [fault]
        in_process.journal.clear()
        notify._notify.breaker_for_writes.close()
        with pytest.raises(Exception) as caught:  # noqa: PT011 (which it is, is in the table)
            send()
        assert type(caught.value) is expected, what
        assert len(in_process.journal) == calls, f"{what}: never repeated here"
        assert EMAIL not in f"{caught.value} {caught.value!r} {caught.value.__cause__}", what
    assert EMAIL not in caplog.text
    in_process.faults.clear()
    notify._notify.breaker_for_writes.close()
    for email in (f"anybody{OUTSIDE_THE_TEAM}", "somebody@nowhere"):
        with pytest.raises(CannotBeDelivered):
            send(email)
    with pytest.raises(CannotBeDelivered, match=INVALID_ADDRESS):
        send("no address")


def test_a_dead_notify_is_left_alone_for_a_while(in_process: StubState) -> None:
    in_process.faults.append(Fault(Effect.STATUS, system="notify", status=500))
    for _ in range(7):
        with pytest.raises(failures.UpstreamFailure):
            send()
    assert len(in_process.journal) == 5


def test_what_may_have_been_taken_is_looked_for_before_it_is_sent_again(
    in_process: StubState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("events.emails.LISTENERS", [])
    entry = OutboxEntry(pk=uuid4(), attempts=1)
    token = delivering.set(entry)
    try:
        for effect, expected, calls in (
            (Effect.TRUNCATE, failures.OutcomeUnknown, 1),
            (Effect.RESET, failures.OutcomeUnknown, 2),
            # A page of something in between, which has not passed it on; and one of Notify's own, that it has taken.
            (Effect.HTML, failures.Malformed, 2),
            (Effect.WRONG_CONTENT_TYPE, failures.Malformed, 1),
        ):
            in_process.reset()
            entry.attempts = 1
            in_process.faults.append(Fault(effect, system="notify", status=200, times=1))
            with pytest.raises(expected):
                send()
            entry.attempts = 2
            send()
            assert len(in_process.emails) == 1, effect
            assert len(in_process.calls("notify", "/v2/notifications/email")) == calls
            send("magnus.holloway@example.com")
            assert len(in_process.emails) == 2, "another email of the same entry"
    finally:
        delivering.reset(token)


def test_the_key_may_end_with_a_newline_and_is_never_shown(
    in_process: StubState, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    settings.NOTIFY_API_KEY += "\n"
    send()
    assert len(in_process.emails) == 1
    secret = settings.NOTIFY_API_KEY.strip()[-36:]
    assert secret not in caplog.text + repr(in_process.journal)
    assert EMAIL not in caplog.text
    settings.NOTIFY_API_KEY = f"other-{uuid4()}-{uuid4()}"
    in_process.notify_key = f"stub-{uuid4()}-{uuid4()}"
    shown = notify._SignedWithOurKey().authorization().removeprefix("Bearer ")
    claims = jwt.decode(shown, settings.NOTIFY_API_KEY[-36:], algorithms=["HS256"])
    assert claims["iss"] == settings.NOTIFY_API_KEY[-73:-37]


def test_attachments_are_refused(in_process: StubState) -> None:
    attached = [("a.txt", "text", "text/plain")]
    for silently in (True, False):
        message = EmailMessage("Subject", "Text", None, [EMAIL], attachments=attached)
        with nullcontext() if silently else pytest.raises(RefusedForGood, match="attachments"):
            message.send(fail_silently=silently)
    assert in_process.journal == []
