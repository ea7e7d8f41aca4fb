"""Which rows a supplier's request reaches: on PostgreSQL row-level security, by the grants of who is asking.

Beside ``monitoring.access.database_rights``, which says what may be done with which table at all. Each table named
there either has a policy here, or a reason why its rows are not of one provider: a test asks it of every table.

Who is asking is told in settings that end with the transaction, in the message that takes the role. A policy is for
everybody, the owner of the table included (FORCE), and knows two cases: nobody's request by a supplier, which means
every row, and somebody's, which means theirs. Taking the role and telling nothing shows no row.

The rule itself (decision A1) is ``Contract.objects.granted_to``; here are only its answers. On SQLite there is no such
thing: tests hold the scoping of queries to the same rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from interventions.models import Contract

#: Settings of a transaction: the key of who is asking (0: nobody is known yet); whether a contract is granted to them,
#: and since when (null: since it began), each an array with the id of the contract as its subscript: what is asked of
#: every row of a list is then answered by one look, however many contracts there are.
ASKING: Final = "refer_monitor.asking"
GRANTED: Final = "refer_monitor.granted"
JOINED: Final = "refer_monitor.joined"
TOLD: Final = (ASKING, GRANTED, JOINED)


def _told(setting: str, kind: str) -> str:
    """A setting as a value, read once a statement and not for every row. After its transaction it is empty, no null."""
    return f"(SELECT nullif(current_setting('{setting}', true), '')::{kind})"


# No request by a supplier: neither the role nor anybody who is asking. Read once a statement, too.
_THE_SERVICE = f"(SELECT current_user <> {{role}} AND coalesce(current_setting('{ASKING}', true), '') = '')"
_GRANTED = f"{_told(GRANTED, 'boolean[]')}[contract_id]"
# Not what had ended before their provider came to the contract: as ``ReceivedReferral.objects.open_to`` says it.
_THEIR_CASE = f"{_GRANTED} AND (concluded_at < {_told(JOINED, 'timestamptz[]')}[contract_id]) IS NOT TRUE"

# Where their provider came later, some of the cases that are counted are not theirs.
_WHOLE = f"{_GRANTED} AND {_told(JOINED, 'timestamptz[]')}[contract_id] IS NULL"


def _row_of(parent: str, column: str) -> str:
    """A row is theirs when the row that ``column`` points at is.

    Not EXISTS, for which PostgreSQL may read every row of theirs before it looks at the first: this is one look by key.
    """
    return f"(SELECT true FROM {parent} AS parent WHERE parent.id = {column})"  # noqa: S608 (names of ours)


def _own(column: str) -> str:
    return f"{column} = {_told(ASKING, 'bigint')}"


_OF_A_CASE: Final = _row_of("monitoring_receivedreferral", "received_id")
#: Table: which rows are theirs, to read, to add and to change.
POLICIES: Final[Mapping[str, str]] = {
    "monitoring_receivedreferral": _THEIR_CASE,
    "monitoring_receivedservice": _OF_A_CASE,
    "monitoring_receivedoutcome": _row_of("monitoring_receivedservice", "service_id"),
    "monitoring_receivedcriminogenicneed": _OF_A_CASE,
    "monitoring_shareversion": _OF_A_CASE,
    "monitoring_shareopening": f"{_own('user_id')} AND {_row_of('monitoring_shareversion', 'share_id')}",
    "monitoring_assignment": _OF_A_CASE,
    "monitoring_appointment": _OF_A_CASE,
    "monitoring_feedback": _row_of("monitoring_appointment", "appointment_id"),
    "monitoring_actionplan": _OF_A_CASE,
    "monitoring_planactivity": _row_of("monitoring_actionplan", "plan_id"),
    "monitoring_planchangerequest": _row_of("monitoring_actionplan", "plan_id"),
    "monitoring_deliverysession": _OF_A_CASE,
    "monitoring_endofservicereport": _OF_A_CASE,
    "monitoring_outcomeachievement": _row_of("monitoring_endofservicereport", "report_id"),
    "monitoring_casenote": _OF_A_CASE,
    "monitoring_question": _OF_A_CASE,
    "monitoring_referralchange": _OF_A_CASE,
    "monitoring_pause": _OF_A_CASE,
    "monitoring_undeliveredmessage": _OF_A_CASE,
    "monitoring_performancereport": _own("requested_by_id"),
    "monitoring_calendarfeed": _own("user_id"),
    "monitoring_keptpost": f"{_own('user_id')} AND {_OF_A_CASE}",
    "monitoring_endedcount": _WHOLE,
    "monitoring_receivedcount": _WHOLE,
    # Of their colleagues on the same contracts, and their own.
    "interventions_contractgrant": f"{_own('user_id')} OR {_GRANTED}",
}
#: Table: why its rows are not of one provider.
WITHOUT_POLICY: Final[Mapping[str, str]] = {
    "monitoring_servicelevel": "deadlines that hold for every provider",
    "interventions_contract": "the catalogue: what each provider offers where is no secret",
    "interventions_contract_subcontractors": "the catalogue",
    "interventions_providerchange": "whoever loses a contract has to find that they lost it",
    "interventions_providerchange_subcontractors": "the same, of those who stay on it",
    "interventions_providerterm": "who delivered a contract from when to when: whoever came later has to find it",
    "interventions_probationoffice": "places where anybody can meet",
    "interventions_probationregion": "places",
    "interventions_policearea": "places",
    "accounts_provider": "names of organisations; cases name those they came from",
    "accounts_membership": "who works where: asked to find out whose request it is; of no case",
    "accounts_servicenotice": "said to everybody",
    "accounts_user": "names of people on both sides stand on cases; only the columns of a name can be read",
    "events_auditevent": "added to, never read: of no use to whoever adds",
    "events_formercrn": "a CRN is of a person, and found by whoever types it",
    "events_outboxentry": "added to, never read",
}

NAME: Final = "theirs"


def take_role(cursor: CursorWrapper, user: User | None, contracts: Sequence[Contract]) -> None:
    """Take the supplier's role, and say in the same message whose request it is; all of it ends with the transaction.

    ``contracts`` are ``granted_contracts(user)``.
    """
    role = connections[DEFAULT_DB_ALIAS].ops.quote_name(settings.SUPPLIER_DATABASE_ROLE)
    cursor.execute(f"SET LOCAL ROLE {role}; {_told_as(str(user.pk if user else 0), *_as_arrays(contracts))}")


def give_role_back(cursor: CursorWrapper) -> None:
    """The service's own rights again, and nobody is asking: inside a test the transaction outlives the request."""
    cursor.execute(f"RESET ROLE; {_told_as('', '', '')}")


def _told_as(*values: str) -> str:
    """Numbers and moments of ours, so that nothing needs quoting. Without parameters, all goes in one message."""
    return "; ".join(f"SET LOCAL {name} = '{value}'" for name, value in zip(TOLD, values, strict=True))


def _as_arrays(contracts: Sequence[Contract]) -> tuple[str, str]:
    """Whether and since when, as PostgreSQL writes arrays that do not begin at 1."""
    joined: dict[int, datetime | None] = {
        contract.pk: getattr(contract, "joined_at", None) for contract in contracts
    }
    if not joined:
        return "{}", ""
    ids = range(min(joined), max(joined) + 1)
    granted = ",".join("t" if pk in joined else "f" for pk in ids)
    since = ",".join(f'"{at.isoformat()}"' if (at := joined.get(pk)) else "NULL" for pk in ids)
    bounds = f"[{ids[0]}:{ids[-1]}]"
    return f"{bounds}={{{granted}}}", f"{bounds}={{{since}}}" if any(joined.values()) else ""


# --- As the database has them ---------------------------------------------------------------------------


def make_policies(connection: BaseDatabaseWrapper, cursor: CursorWrapper, present: set[str]) -> None:
    """Give each table its policy. What is right already is not touched: making one locks its table for a moment.

    Gives up after seconds where something else holds a table, such as a backup: every page would wait behind us.
    """
    cursor.execute(
        "SELECT relname, relrowsecurity AND relforcerowsecurity, polname, obj_description(pg_policy.oid, 'pg_policy') "
        "FROM pg_class LEFT JOIN pg_policy ON polrelid = pg_class.oid "
        "WHERE relnamespace = current_schema()::regnamespace AND relname = ANY (%s)",
        [[*POLICIES]],
    )
    found: dict[str, set[tuple[bool, str | None, str | None]]] = {}
    for table, is_forced, name, mark in cursor.fetchall():
        found.setdefault(table, set()).add((is_forced, name, mark))
    cursor.execute("SET LOCAL lock_timeout = '5s'")
    for table in POLICIES:
        if table in present and found.get(table) != {(True, NAME, _mark(connection, table))}:
            for _, name, _ in found.get(table, ()):
                if name is not None:  # ours from before, or one by hand, which would open what ours closes
                    cursor.execute(f"DROP POLICY {connection.ops.quote_name(name)} ON {table}")
            cursor.execute(f"CREATE POLICY {NAME} ON {table} USING ({_condition(connection, table)})")
            cursor.execute(f"COMMENT ON POLICY {NAME} ON {table} IS '{_mark(connection, table)}'")
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")


def _condition(connection: BaseDatabaseWrapper, table: str) -> str:
    role = "'" + settings.SUPPLIER_DATABASE_ROLE.replace("'", "''") + "'"
    return f"{_THE_SERVICE.format(role=role)} OR ({POLICIES[table]})"


def _mark(connection: BaseDatabaseWrapper, table: str) -> str:
    """Tells policies apart: PostgreSQL shows a condition in words of its own."""
    return hashlib.sha256(_condition(connection, table).encode()).hexdigest()


@contextmanager
def not_forced(connection: BaseDatabaseWrapper | None = None) -> Iterator[None]:
    """Let the owner of the tables fill them by COPY, which knows no policies. For empty databases and tests only."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if connection.vendor == "postgresql":
        _force(connection, "NO FORCE")
    try:
        yield
    finally:
        if connection.vendor == "postgresql":
            _force(connection, "FORCE")


def _force(connection: BaseDatabaseWrapper, force: str) -> None:
    with connection.cursor() as cursor:
        if connection.in_atomic_block:  # a table whose rows wait to be checked cannot be altered
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        for table in POLICIES:
            cursor.execute(f"ALTER TABLE {table} {force} ROW LEVEL SECURITY")
