"""The topic on which other services hear what happened here: Amazon SNS, or anything that speaks its Publish call.

| Function | Call | Answers beyond 200 |
|---|---|---|
| publish | Publish | 403 our sign-in; other 4xx refused for good; 429 and 5xx: later |

boto3 finds its credentials itself, as the place that the service runs in gives them. It is imported only where a topic
is named, because it takes long. An event is sent once and never repeated here; who hears it may hear it twice, and
knows it again by ``eventId``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from django.conf import settings

from integrations import failures
from integrations.metrics import counted

SYSTEM: Final = "domain_events"
CONNECT_SECONDS, READ_SECONDS = 2, 10
TOO_MANY, FORBIDDEN, FAULT = 429, (401, 403), 500


def publish(event: str, body: Mapping[str, Any], *, event_id: str) -> None:
    """Publish one event. Raises the types of ``integrations.failures``."""
    with counted(SYSTEM, "publish"):
        _publish(event, body, event_id)


def _publish(event: str, body: Mapping[str, Any], event_id: str) -> None:
    from botocore import exceptions

    try:
        _topics(settings.DOMAIN_EVENTS_URL, settings.DOMAIN_EVENTS_REGION).publish(
            TopicArn=settings.DOMAIN_EVENTS_TOPIC,
            Message=json.dumps(body),
            MessageAttributes={
                "eventType": {"DataType": "String", "StringValue": event},
                "eventId": {"DataType": "String", "StringValue": event_id},
            },
        )
    except exceptions.ClientError as refusal:
        status = int(refusal.response.get("ResponseMetadata", {}).get("HTTPStatusCode", FAULT))
        raise _kind(status)(SYSTEM, "publish", status=status) from None
    except (exceptions.ConnectTimeoutError, exceptions.EndpointConnectionError):
        raise failures.Unavailable(SYSTEM, "publish") from None
    except (exceptions.ReadTimeoutError, exceptions.ConnectionClosedError):
        raise failures.OutcomeUnknown(SYSTEM, "publish") from None
    except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError):
        raise failures.AuthFailed(SYSTEM, "publish") from None


def _kind(status: int) -> type[failures.UpstreamFailure]:
    if status in FORBIDDEN:
        return failures.Forbidden
    if status == TOO_MANY:
        return failures.RateLimited
    return failures.ServerFault if status >= FAULT else failures.Rejected


@lru_cache(maxsize=1)
def _topics(url: str, region: str) -> Any:
    """One client for the process: making one reads many files, and it may be used by several threads."""
    import boto3
    from botocore.config import Config

    limits = Config(
        connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"total_max_attempts": 1}
    )
    return boto3.client("sns", region_name=region, endpoint_url=url or None, config=limits)
