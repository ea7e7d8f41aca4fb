"""How many messages wait in each queue of background work, and for how long, whichever transport it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from time import time
from typing import Any

from django.conf import settings
from kombu.exceptions import ChannelError

from refer_monitor.celery import app
from refer_monitor.metrics.background_work import QUEUED_AT

PATIENCE = 2  # seconds


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue. ``oldest``: how long its first message has waited, in seconds; 0 when none waits."""

    name: str
    length: int
    oldest: float


def queue_names() -> set[str]:
    """Every queue that a worker takes messages from."""
    return set(app.amqp.queues) or {app.conf.task_default_queue}


def waiting() -> Iterator[Queue]:
    """Each queue, without taking anything from it. Raises what the broker's client raises."""
    with app.connection_for_read(connect_timeout=PATIENCE) as connection:
        connection.ensure_connection(max_retries=1, timeout=PATIENCE)
        channel = connection.default_channel
        for name in sorted(queue_names()):
            length = _length(channel, name)
            yield Queue(name, length, _oldest(channel, name) if length else 0.0)


def _length(channel: Any, name: str) -> int:
    try:
        return int(channel.queue_declare(queue=name, passive=True).message_count)
    except ChannelError:  # Redis has no list that is empty
        return 0


def _oldest(channel: Any, name: str) -> float:
    if settings.CELERY_BROKER_URL.startswith("redis"):
        return _age_of(channel.client.lindex(name, -1))  # the end that workers take from
    return 0.0


def _age_of(message: bytes | None) -> float:
    """Seconds since it was sent: our own header, beside the arguments, which are not read."""
    if message is None:  # taken meanwhile
        return 0.0
    queued_at = json.loads(message)["headers"].get(QUEUED_AT)
    return max(0.0, time() - queued_at) if queued_at else 0.0
