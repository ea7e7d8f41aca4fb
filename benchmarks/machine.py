"""How busy the machine was with other work while something was measured."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

TICKS = os.sysconf("SC_CLK_TCK")
QUIET = 0.2  # cores that others may use


@dataclass(frozen=True, slots=True)
class Moment:
    """Seconds of processor time that the whole machine has used so far, and when that was."""

    busy: float
    at: float

    @classmethod
    def now(cls) -> Moment:
        """From /proc/stat: user, nice, system, interrupts; and what the host gave to others (steal)."""
        user, nice, system, _, _, hard, soft, stolen = map(
            int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]
        )
        return cls((user + nice + system + hard + soft + stolen) / TICKS, monotonic())


def busy_sentence(since: Moment, own_seconds: float) -> str:
    """Says how many cores other work used since, when that is more than a little."""
    now = Moment.now()
    others = max(0.0, now.busy - since.busy - own_seconds) / max(now.at - since.at, 0.001)
    load = ", ".join(f"{average:.1f}" for average in os.getloadavg())
    if others <= QUIET:
        return f"The machine was quiet: other work used {others:.2f} of {os.cpu_count()} cores (load {load})."
    return (
        f"The machine was BUSY: other work used {others:.2f} of {os.cpu_count()} cores (load {load}). "
        "Ratios of neighbours in time still mean something; milliseconds do not."
    )
