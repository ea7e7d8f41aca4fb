"""Bad weather: a share of all calls goes wrong, each in a way that follows from a seed.

What a call meets depends on the request it belongs to (``X-Request-Id``), on its method and path, and on how often that
request has asked it: not on when it comes, nor on what others ask meanwhile. Whoever names their requests the same way
meets the same faults again, however many threads they have.

The pages of HMPPS Auth that only browsers open are spared: no call of the service's.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from upstream_stub.faults import Effect, Fault

#: How often each fault comes, in a hundred, and what it is like. Those that take a caller's whole time are rare.
WEATHER: Final[tuple[tuple[int, dict[str, Any]], ...]] = (
    (10, {"effect": Effect.STATUS, "status": 500}),
    (10, {"effect": Effect.STATUS, "status": 502}),
    (10, {"effect": Effect.STATUS, "status": 503}),
    (5, {"effect": Effect.STATUS, "status": 429, "retry_after": "1"}),
    (3, {"effect": Effect.STATUS, "status": 429, "retry_after": "60"}),
    (8, {"effect": Effect.DELAY, "seconds": 0.3}),
    (4, {"effect": Effect.DELAY, "seconds": 2.0}),
    (10, {"effect": Effect.RESET}),
    (8, {"effect": Effect.TRUNCATE}),
    (8, {"effect": Effect.NOT_JSON}),
    (6, {"effect": Effect.WRONG_CONTENT_TYPE}),
    (4, {"effect": Effect.HTML, "status": 200}),
    (8, {"effect": Effect.DROP_FIELDS}),
    (3, {"effect": Effect.DRIP, "seconds": 1.0}),
    (1, {"effect": Effect.DRIP, "seconds": 60.0}),
    (2, {"effect": Effect.HANG}),
)
BROWSERS_ONLY: Final = re.compile(r"/auth/(oauth/authorize|sign-out)")
UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOST_REMEMBERED: Final = 20_000  # questions; a request is over long before so many others were asked


@dataclass
class Chaos:
    """``share`` of calls goes wrong, between 0 and 1."""

    seed: int
    share: float = 0.2
    _asked: OrderedDict[str, int] = field(default_factory=OrderedDict, repr=False)

    def fault(self, request_id: str, method: str, path: str) -> Fault | None:
        """What this call meets, if anything."""
        if BROWSERS_ONLY.fullmatch(path):
            return None
        question = f"{request_id} {method} {UUID.sub('*', path)}"
        times = self._asked[question] = self._asked.get(question, 0) + 1
        if len(self._asked) > MOST_REMEMBERED:
            self._asked.popitem(last=False)
        random = Random(f"{self.seed} {question} {times}")  # noqa: S311 (no secret)
        if random.random() >= self.share:
            return None
        [kind] = random.choices([kind for _, kind in WEATHER], [weight for weight, _ in WEATHER])
        return Fault(**kind, seed=random.randrange(2**16))
