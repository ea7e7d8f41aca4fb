"""What the stub remembers between calls: faults that were set, a journal, referrals, appointments, emails, counts
of reads, who is signed in, and how far its clock was moved.

One state a process. Tests reach it through ``upstream_stub.adapter.state()``.
"""

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.utils import timezone

from upstream_stub.auth_state import AuthState, new_api_key
from upstream_stub.chaos import Chaos
from upstream_stub.faults import Fault

LONGEST_JOURNAL: Final = 20_000  # calls: a demo may run for weeks


@dataclass(frozen=True, slots=True)
class JournalEntry:
    """One call as it arrived, the status it got (``None`` when it got no answer), and the fault it met.

    ``claims``: what the token that it showed says, if that was good; never the token.
    """

    system: str
    method: str
    path: str
    headers: Mapping[str, str]
    body: Any
    status: int | None
    fault: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the server's journal."""
        return asdict(self)


@dataclass
class StubState:
    """Faults are taken in order, those set here before those that a person carries, and those before chaos."""

    faults: list[Fault] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    referrals: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the referral's id
    appointments: dict[str, dict[str, Any]] = field(default_factory=dict)  # by the appointment's id
    risk_reads: Counter[str] = field(default_factory=Counter)  # by CRN
    emails: dict[str, dict[str, Any]] = field(default_factory=dict)  # by Notify's id
    notify_key: str = field(default_factory=new_api_key)
    auth: AuthState = field(default_factory=AuthState)
    not_merged_yet: set[str] = field(default_factory=set)  # CRNs whose record is still one of its own
    ahead: timedelta = timedelta()  # by how much the stub's clock is ahead of the real one
    chaos: Chaos | None = None
    met: Counter[str] = field(default_factory=Counter)  # calls that chaos let be ("") or how it broke them
    _of_people: dict[str, list[Fault]] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def reset(self) -> None:
        """As at the start: no faults, nothing read, nothing recorded."""
        with self._lock:
            self.faults.clear()
            self.journal.clear()
            self.referrals.clear()
            self.appointments.clear()
            self.emails.clear()
            self.risk_reads.clear()
            self._of_people.clear()
            self.chaos = None
            self.met.clear()
            self.auth.reset()
            self.not_merged_yet.clear()
            self.ahead = timedelta()

    @contextmanager
    def before_the_merge(self, crn: str) -> Iterator[None]:
        """Within the block whoever was merged away is there under this CRN, as they are under the one that is left."""
        self.not_merged_yet.add(crn)
        try:
            yield
        finally:
            self.not_merged_yet.discard(crn)

    def now(self) -> datetime:
        """The time on the stub's clock."""
        return timezone.now() + self.ahead

    def take_fault(
        self,
        system: str,
        method: str,
        path: str,
        crns: frozenset[str],
        carried: Mapping[str, Iterable[Fault]],
        request_id: str = "",
    ) -> Fault | None:
        """The first fault that meets this call, counted down. ``carried`` are the people's own, by CRN."""
        with self._lock:
            for crn, faults in carried.items():
                # Copies: a person's fault counts down here, not in the person.
                self._of_people.setdefault(crn, [replace(fault, crn=crn) for fault in faults])
            for fault in [*self.faults, *(own for crn in carried for own in self._of_people[crn])]:
                if fault.meets(system, method, path, crns):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
            if self.chaos is None:
                return None
            drawn = self.chaos.fault(request_id, method, path)
            self.met["" if drawn is None else str(drawn.effect)] += 1
            return drawn

    def note(self, entry: JournalEntry) -> None:
        """Write one call into the journal, which forgets its older half when it is full."""
        with self._lock:
            self.journal.append(entry)
            if len(self.journal) > LONGEST_JOURNAL:
                del self.journal[: LONGEST_JOURNAL // 2]

    def count_risk_read(self, crn: str) -> int:
        """How many times this person's risk was read before."""
        with self._lock:
            before = self.risk_reads[crn]
            self.risk_reads[crn] += 1
            return before

    def kept(self) -> dict[str, Any]:
        """What was written here, and how many calls chaos let be or broke: for the server's control."""
        with self._lock:
            return {
                "referrals": dict(self.referrals),
                "appointments": dict(self.appointments),
                "emails": dict(self.emails),
                "met": dict(self.met),
            }

    def calls(self, system: str | None = None, path_contains: str = "") -> list[JournalEntry]:
        """The journal's entries for one system and part of a path."""
        with self._lock:
            return [
                entry
                for entry in self.journal
                if system in (None, entry.system) and path_contains in entry.path
            ]
