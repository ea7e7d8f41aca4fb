"""GOV.UK Notify's answers: emails are kept, and sent to nobody.

| Call | Answers |
|---|---|
| POST /v2/notifications/email | 201; 400 ValidationError or BadRequestError; 403 AuthError |
| GET /v2/notifications?reference= | those with this reference, newest first |

Every template is known, and asks for ``subject`` and ``body``. An address that ends with @outside-the-team.example.com
is refused, as one outside the team is to whoever has a team-only key.
"""

import re
from typing import Any, Final
from uuid import UUID, uuid4

import jwt

from upstream_stub.exchange import StubResponse
from upstream_stub.question import JSON_HEADERS, Question, Route, as_json

OUTSIDE_THE_TEAM: Final = "@outside-the-team.example.com"
SECONDS_OFF: Final = 30  # that the clocks may be apart
ASKED_FOR: Final = ("subject", "body")


def _send_email(question: Question) -> StubResponse:
    if (refusal := _refusal(question)) is not None:
        return refusal
    asked = question.asked if isinstance(question.asked, dict) else {}
    problem = _invalid(asked)
    if problem:
        return _errors(400, "ValidationError", problem)
    personalisation = asked.get("personalisation", {})
    missing = [name for name in ASKED_FOR if name not in personalisation]
    if missing:
        return _errors(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
    if asked["email_address"].lower().endswith(OUTSIDE_THE_TEAM):
        return _errors(400, "BadRequestError", "Can’t send to this recipient using a team-only API key")
    id = str(uuid4())
    question.state.emails[id] = {
        "id": id,
        "reference": asked.get("reference"),
        "email_address": asked["email_address"],
        "type": "email",
        "status": "delivered",
        "subject": personalisation["subject"],
        "body": personalisation["body"],
        "created_at": question.now.isoformat(),
    }
    uri = f"/v2/notifications/{id}"
    template = {"id": asked["template_id"], "version": 1, "uri": f"/v2/template/{asked['template_id']}"}
    content = {name: personalisation[name] for name in ASKED_FOR} | {"from_email": "stub@example.com"}
    said = {
        "id": id,
        "reference": asked.get("reference"),
        "content": content,
        "uri": uri,
        "template": template,
    }
    return StubResponse(201, as_json(said), dict(JSON_HEADERS))


def _notifications(question: Question) -> StubResponse:
    if (refusal := _refusal(question)) is not None:
        return refusal
    reference = question.query.get("reference", [None])[0]
    found = [email for email in question.state.emails.values() if reference in (None, email["reference"])]
    said = {"notifications": found[::-1], "links": {"current": question.path}}
    return StubResponse(200, as_json(said), dict(JSON_HEADERS))


def _invalid(asked: dict[str, Any]) -> str:
    address = asked.get("email_address")
    if not isinstance(address, str) or not re.fullmatch(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", address):
        return "email_address Not a valid email address"
    try:
        UUID(str(asked.get("template_id")))
    except ValueError:
        return "template_id is not a valid UUID"
    if not isinstance(asked.get("personalisation", {}), dict):
        return "personalisation is not of type object"
    return ""


def _refusal(question: Question) -> StubResponse | None:
    """403 for another key, and for a clock that is wrong."""
    key = question.state.notify_key
    token = (question.authorization or "").removeprefix("Bearer ")
    options: Any = {"verify_iat": False}
    try:
        claims = jwt.decode(token, key[-36:], algorithms=["HS256"], options=options)
    except jwt.InvalidTokenError:
        return _errors(403, "AuthError", "Invalid token: API key not found")
    if claims.get("iss") != key[-73:-37]:
        return _errors(403, "AuthError", "Invalid token: service not found")
    if abs(question.now.timestamp() - claims.get("iat", 0)) > SECONDS_OFF:
        return _errors(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
    return None


def _errors(status: int, error: str, message: str) -> StubResponse:
    said = {"status_code": status, "errors": [{"error": error, "message": message}]}
    return StubResponse(status, as_json(said), dict(JSON_HEADERS))


ROUTES: Final[list[Route]] = [
    ("POST", r"/v2/notifications/email", _send_email),
    ("GET", r"/v2/notifications", _notifications),
]
