"""Ten years of the audit trail: invented events in a table for each month, as the service would have left them.

About the cases and by the users that are there, so that references, CRNs and user names can be looked up. Most events
are of few users, as in life. Written by the database itself, in the order of time. PostgreSQL only: elsewhere the trail
is one table.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, Final

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from events.audit_months.months import following, month_of, start_of
from events.audit_months.partitions import attach, changing, make_table, parts, table_of
from events.models import AuditAction
from monitoring.models import ReceivedReferral

MONTHS: Final = 120
#: Which things happen, the most frequent first: each half as often as the one before, or somewhat more.
ACTIONS: Final = (
    AuditAction.DRAFT_OPENED,
    AuditAction.RISK_VIEWED,
    AuditAction.DRAFT_ANSWERED,
    AuditAction.SIGNED_IN,
    AuditAction.PERSON_LOOKED_UP,
    AuditAction.ACCESS_REFUSED,
)
_MONTH: Final = """
INSERT INTO {table} (id, at, action, outcome, referral, crn, share_version, facts, request_id, user_id)
SELECT gen_random_uuid(), %(since)s::timestamptz + happened.number * %(between)s::interval,
    kind, CASE kind WHEN %(refused)s::text THEN 'REFUSED' ELSE 'DONE' END,
    cases.id, cases.crn, 1, '{{}}', md5(happened.number::text), people.id
FROM (
    SELECT number, 1 + floor(random() * %(cases)s::int)::int AS case_number,
        1 + floor(random() ^ 3 * %(people)s::int)::int AS person_number,
        (%(actions)s::text[])[1 + floor(-ln(random() + 1e-9) * 1.4)::int %% %(kinds)s::int] AS kind
    FROM generate_series(0, %(count)s::int - 1) AS number OFFSET 0
) AS happened
JOIN measured_cases AS cases ON cases.number = case_number
JOIN measured_people AS people ON people.number = person_number
ORDER BY happened.number
"""


class NotEmpty(Exception):
    """The months before this one are there already."""


def fill(events: int, *, said: Callable[[str], None]) -> None:
    """Write so many events, the same number in each of the ``MONTHS`` before this one.

    Raises NotEmpty when there are months of that time, and ValueError where there are no cases to tell of.
    """
    this_month = month_of(timezone.now())
    months = [following(this_month, by=-number) for number in range(MONTHS, -1, -1)]
    if any(part.overlaps(start_of(months[0]), start_of(this_month)) for part in parts()):
        raise NotEmpty
    with connection.cursor() as cursor:
        told = _cases_and_people(cursor)
    shares = [events * number // MONTHS for number in range(MONTHS + 1)]
    for (month, after), (before, up_to) in zip(pairwise(months), pairwise(shares), strict=True):
        _write(month, after, up_to - before, told)
        if month.month == 12:
            said(f"{up_to:,} events")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE events_auditevent")


def _cases_and_people(cursor: CursorWrapper) -> dict[str, Any]:
    """Number those that are there, for this connection only; what a month's statement is told of them."""
    for table, columns in {
        "measured_cases": f"id, crn FROM {ReceivedReferral._meta.db_table}",
        "measured_people": "id FROM accounts_user",
    }.items():
        cursor.execute(f"CREATE TEMPORARY TABLE {table} AS SELECT row_number() OVER () AS number, {columns}")
        cursor.execute(f"CREATE INDEX ON {table} (number)")
        cursor.execute(f"ANALYZE {table}")
    counts = {}
    for name in ("cases", "people"):
        cursor.execute(f"SELECT count(*) FROM measured_{name}")  # noqa: S608 (names of ours)
        counts[name] = cursor.fetchone()[0]
    if not counts["cases"]:
        raise ValueError("There are no cases.")
    return {
        **counts,
        "actions": [str(action.value) for action in ACTIONS],
        "kinds": len(ACTIONS),
        "refused": AuditAction.ACCESS_REFUSED.value,
    }


def _write(month: date, after: date, count: int, told: dict[str, Any]) -> None:
    """A month's table, filled before it is attached: that builds its indexes once."""
    since, until = start_of(month), start_of(after)
    asked = told | {"count": count, "since": since, "between": (until - since) / max(1, count)}
    with changing(connection) as cursor:
        make_table(cursor, table_of(month))
        cursor.execute(_MONTH.format(table=table_of(month)), asked)
        attach(connection, table_of(month), since, until)
