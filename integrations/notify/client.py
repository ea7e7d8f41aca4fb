"""GOV.UK Notify, by its own Python client, over this service's transport.

| Function | Call | Answers beyond 201 and 200 |
|---|---|---|
| send_email | POST /v2/notifications/email | 400 refused for good; 403 our key or clock is wrong; 429, 500: later |
| was_taken | GET /v2/notifications?reference= | 403, 429, 500 |

One template for every email, with the fields ``subject`` and ``body``: NOTIFY_TEMPLATE_ID. What an email says is
written by this service and names nobody, so there is nothing to sanitise in it.

An email is sent once and never repeated here. Raises the types of ``integrations.failures``: ``Rejected`` means that
Notify will say the same again (a bad address, a key that may write to the team only, another template);
``OutcomeUnknown`` that it may have been taken: ask ``was_taken`` before it is sent again.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from notifications_python_client.authentication import create_jwt_token
from notifications_python_client.notifications import NotificationsAPIClient

from integrations.failures import AuthFailed
from integrations.transport import Transport
from integrations.wire import read_json

SYSTEM: Final = "notify"


class _SignedWithOurKey:
    """A new token for each call, good for half a minute. The key is name, service's id and secret, in one."""

    refused_as = AuthFailed

    def authorization(self) -> str:
        """As Notify's client makes it."""
        key = settings.NOTIFY_API_KEY.strip()  # a newline after it would shift both parts
        return f"Bearer {create_jwt_token(key[-36:], key[-73:-37])}"

    def renewed(self, refused: str) -> str | None:
        """Another would be the same."""
        return None


_notify = Transport(
    SYSTEM,
    url_setting="NOTIFY_URL",
    timeouts_setting="NOTIFY_TIMEOUTS",
    timeouts=(2.0, 5.0, 10.0),
    credentials=_SignedWithOurKey(),
)


class _Client(NotificationsAPIClient):
    """Notify's client, which knows its questions. How they are put, and what failures are, is the transport's."""

    def request(self, method: str, url: str, data: Any = None, params: Any = None) -> Any:
        """What Notify's client calls for each question; here, one to send an email."""
        reply = _notify.post("send_email", url, data)
        try:
            return read_json(reply.body)[0]
        except ValueError:
            return {}  # taken, whatever it says


def send_email(email: str, *, subject: str, body: str, reference: str) -> None:
    """Have one email sent. ``reference``: what ``was_taken`` knows it by."""
    client = _Client(settings.NOTIFY_API_KEY.strip(), base_url=settings.NOTIFY_URL)
    client.send_email_notification(
        email_address=email,
        template_id=settings.NOTIFY_TEMPLATE_ID,
        personalisation={"subject": subject, "body": body},
        reference=reference,
    )


def was_taken(reference: str) -> bool:
    """Whether Notify has an email with this reference."""
    reply = _notify.read("was_taken", "/v2/notifications?reference={reference}", reference=reference)
    try:
        return bool(read_json(reply.body)[0]["notifications"])
    except (ValueError, TypeError, KeyError):
        pass
    raise reply.malformed("no list of notifications")
