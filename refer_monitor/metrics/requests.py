"""Figures about pages: by the view's name, never by the path, which may say whom a page is about."""

from prometheus_client import Counter, Histogram

NO_VIEW = "none"  # an address that does not exist: what was asked for is not said
REQUESTS = Counter("refer_monitor_requests", "Requests that were answered.", ["view", "status"])
SECONDS = Histogram(
    "refer_monitor_request_seconds",
    "How long an answer took.",
    ["view"],
    buckets=(0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)


def count_request(view: str, status: int, seconds: float) -> None:
    """One request. ``view``: its name, or nothing. ``status`` is told by its class (2xx)."""
    REQUESTS.labels(view or NO_VIEW, f"{status // 100}xx").inc()
    SECONDS.labels(view or NO_VIEW).observe(seconds)
