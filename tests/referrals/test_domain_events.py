"""Other services hear what happened on a case: published to a topic, once for each thing, in ids only."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.cache import cache
from django.utils import timezone
from structlog.testing import capture_logs

from accounts.models import User
from events.models import OutboxEntry
from integrations.domain_events import client
from monitoring.actions.announce import DOMAIN_EVENT, Event, announce, announce_feedback
from monitoring.actions.end_referral import request_end
from monitoring.models import Appointment, EndOfServiceReport, ReceivedReferral
from referrals.models import Referral
from tests.factories.monitoring_delivery import assigned, with_plan, with_session
from tests.factories.outbox import deliver_all
from tests.factories.referrals import a_sent_referral

pytestmark = pytest.mark.django_db
PUBLISHED = (
    b'<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId>'
    b"</PublishResult></PublishResponse>"
)
REFUSED = (
    b'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>X</Code>'
    b"<Message>no</Message></Error></ErrorResponse>"
)


class Topic:
    """The one call of SNS that we make, over HTTP."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[dict[str, str]] = []
        topic = self

        class Speaks(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                if topic.status == 200:
                    topic.heard.append({name: values[0] for name, values in form.items()})
                body = PUBLISHED if topic.status == 200 else REFUSED
                self.send_response(topic.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Speaks)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def bodies(self) -> dict[str, Any]:
        """What was heard, by type of event."""
        bodies = [json.loads(heard["Message"]) for heard in self.heard]
        return {body["eventType"]: body for body in bodies}


@pytest.fixture
def topic(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Topic]:
    topic = Topic()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "invented")
    settings.DOMAIN_EVENTS_TOPIC = "arn:aws:sns:eu-west-2:000000000000:events"
    settings.DOMAIN_EVENTS_URL = f"http://127.0.0.1:{topic.server.server_port}"
    client._topics.cache_clear()
    cache.clear()
    yield topic
    client._topics.cache_clear()
    topic.server.shutdown()
    topic.server.server_close()


@pytest.fixture
def referral(personas: dict[str, User]) -> Referral:
    return a_sent_referral(personas["pp"], crn="X980001")


def _received(referral: Referral) -> ReceivedReferral:
    return ReceivedReferral.objects.unscoped().get(pk=referral.received_id)


@pytest.mark.slow
def test_each_thing_that_happens_is_published_once_in_ids_only(
    personas: dict[str, User], referral: Referral, topic: Topic
) -> None:
    case = with_session(with_plan(assigned(_received(referral), to=personas["sp.caseworker"])))
    plan = case.action_plans.get()
    session = Appointment.objects.unscoped().filter(received=case, session__isnull=False).get()
    assessment = Appointment.objects.unscoped().filter(received=case, session=None).first()
    assert assessment is not None

    announce(Event.SENT, case)
    announce(Event.ASSIGNED, case, about=case.assignments.get().pk)
    for event in (Event.PLAN_SUBMITTED, Event.PLAN_APPROVED):
        announce(event, case, about=plan.pk)
    announce_feedback(assessment, was_missed=False)
    announce_feedback(session, was_missed=True)
    announce_feedback(session, was_missed=True)
    request_end(received=case, by=personas["pp"], reason="MOV", comments="Moved to Leeds.")
    by, now = personas["sp.caseworker"], timezone.now()
    report = EndOfServiceReport.objects.unscoped().create(
        received=case, started_by=by, started_at=now, submitted_by=by, submitted_at=now
    )
    announce(Event.REPORT_SUBMITTED, case, about=report.pk)
    deliver_all()

    heard = topic.bodies()
    others = {Event.ASSESSMENT_MISSED, Event.SESSION_ATTENDED, Event.CONCLUDED}
    assert set(heard) == set(Event) - others
    assert len(topic.heard) == len(heard)
    for form, body in zip(topic.heard, heard.values(), strict=True):
        values = {value for name, value in form.items() if name.startswith("MessageAttributes")}
        assert body["eventType"] in values
        assert body["version"] == 1
        assert body["additionalInformation"]["referralId"] == str(case.key)
        assert body["personReference"] == {"identifiers": [{"type": "CRN", "value": "X980001"}]}
        assert "Leeds" not in form["Message"]
        assert case.person_last_name not in form["Message"]
    more = {event: body["additionalInformation"] for event, body in heard.items()}
    assert more[Event.ASSIGNED]["assignedTo"] == personas["sp.caseworker"].username
    assert more[Event.PLAN_APPROVED]["actionPlanId"] == str(plan.pk)
    assert more[Event.PLAN_APPROVED]["referralReference"] == case.reference
    assert more[Event.ENDED]["withdrawalCode"] == "MOV"
    assert more[Event.ENDED]["deliveryState"] == "PREMATURELY_ENDED"
    assert not OutboxEntry.objects.filter(kind=DOMAIN_EVENT).exclude(state="DELIVERED").exists()


#: What the topic answers: what becomes of the event, and the kind of failure that is kept.
ANSWERS = {
    200: ("DELIVERED", ""),
    400: ("GIVEN_UP", "Rejected"),
    403: ("WAITING", "Forbidden"),
    429: ("WAITING", "RateLimited"),
    500: ("WAITING", "ServerFault"),
}


@pytest.mark.slow
def test_a_refusal_for_good_is_given_up_and_everything_else_is_tried_again(
    referral: Referral, topic: Topic
) -> None:
    case = _received(referral)
    for status, expected in ANSWERS.items():
        topic.status = status
        announce(Event.SENT, case)
        deliver_all()
        entry = OutboxEntry.objects.get(kind=DOMAIN_EVENT)
        assert (entry.state, entry.last_failure) == expected, status
        entry.delete()
    topic.server.shutdown()
    topic.server.server_close()
    announce(Event.SENT, case)
    deliver_all()
    assert OutboxEntry.objects.get(kind=DOMAIN_EVENT).last_failure == "Unavailable"


def test_without_a_topic_it_is_a_line_in_the_log(
    referral: Referral, django_capture_on_commit_callbacks: Any
) -> None:
    with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
        announce(Event.CONCLUDED, _received(referral))

    assert [line["type"] for line in lines if line["event"] == "domain_event"] == [Event.CONCLUDED.value]
    assert not OutboxEntry.objects.filter(kind=DOMAIN_EVENT).exists()
