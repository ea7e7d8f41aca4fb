"""The port for the cluster alone, in a worker and in the scheduler: their figures, and whether they are at work.

A worker's beat comes from the loop that takes messages: it stops while the broker cannot be reached, and when the loop
hangs. The scheduler notes when it last looked at its schedule. ``/ready`` fails soon after either stops, ``/live`` so
much later that a broker that is away for some minutes starts nothing anew.
"""

from __future__ import annotations

from time import monotonic
from typing import Any

from celery import signals

READY_WITHIN = 60.0  # seconds
LIVE_WITHIN = 15 * 60.0  # seconds


class Pulse:
    """When something was last seen at work."""

    def __init__(self) -> None:
        self.last = monotonic()

    def beat(self, **_: Any) -> None:
        """It is at work now."""
        self.last = monotonic()

    def is_within(self, seconds: float) -> bool:
        """Whether that was not longer ago."""
        return monotonic() - self.last < seconds

    def probes(self) -> dict[str, Any]:
        """What Kubernetes asks for. That the port answers at all means that the process has started."""
        return {
            "/start": lambda: True,
            "/ready": lambda: self.is_within(READY_WITHIN),
            "/live": lambda: self.is_within(LIVE_WITHIN),
        }


class PulseOfScheduler(Pulse):
    """Celery's scheduler keeps that time itself."""

    def __init__(self, service: Any) -> None:
        super().__init__()
        self._service = service

    def is_within(self, seconds: float) -> bool:
        """Whether it looked at its schedule, or was started, not longer ago."""
        return monotonic() - (self._service._last_tick or self.last) < seconds


def listen() -> None:
    """Open the port when a worker or the scheduler has started, where ``METRICS_PORT`` says so."""
    signals.worker_ready.connect(_serve_worker, dispatch_uid="metrics")
    signals.heartbeat_sent.connect(pulse_of_worker.beat, dispatch_uid="metrics")
    signals.beat_init.connect(_serve_scheduler, dispatch_uid="metrics")


pulse_of_worker = Pulse()


def _serve_worker(sender: Any, **_: Any) -> None:
    from refer_monitor.metrics import background_work
    from refer_monitor.metrics.processes import AllProcesses
    from refer_monitor.metrics.serving import serve

    pulse_of_worker.beat()
    background_work.begin_at_nothing(sender.app.tasks)
    serve(AllProcesses(), probes=pulse_of_worker.probes())


def _serve_scheduler(sender: Any, **_: Any) -> None:
    from refer_monitor.metrics.serving import serve
    from refer_monitor.metrics.state import WholeService

    serve(WholeService(), probes=PulseOfScheduler(sender).probes())
