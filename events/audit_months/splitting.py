"""Makes months of an audit trail that is one table, and one table of months again: for migrations.

What was written before stays in its table, which becomes the part of all months up to now: no row is copied. While
indexes are built and rows are looked through others write on; the last step takes a moment, and is done or not done.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from events.append_only import NO_TEXT, allow_blanking, install, remove
from events.audit_months.months import following, month_of, start_of
from events.audit_months.partitions import PATIENCE, REST, TRAIL, attach, keep_ahead, make_table

BEFORE: Final = f"{TRAIL}_before"
_LIMIT: Final = "events_audit_before_limit"
_KEY: Final = "events_audit_before_key"
INDEXES: Final = {
    "events_audit_at": "(at, id)",
    "events_audit_user": "(user_id, at)",
    "events_audit_crn": "(crn, at)",
    "events_audit_action": "(action, at)",
    "events_audit_referral": "(referral, at) WHERE referral IS NOT NULL",
}
#: Of the one table, before: by the names that Django gave them.
_INDEXES_OF_ONE_TABLE: Final = {
    "events_auditevent_at_86702b90": "(at)",
    "events_auditevent_crn_3fba509d": "(crn)",
    "events_auditevent_crn_3fba509d_like": "(crn varchar_pattern_ops)",
    "events_auditevent_referral_c6113bf6": "(referral)",
    "events_auditevent_user_id_1c759bf0": "(user_id)",
}


def split(connection: BaseDatabaseWrapper) -> None:
    """One table becomes months. To be called outside a transaction."""
    # Far enough ahead that nobody who writes while this runs is refused.
    until = start_of(following(month_of(timezone.now() + timedelta(days=2))))
    with connection.cursor() as cursor:
        if has_rows := _has_rows(cursor):
            _prepare(cursor, until)
        try:
            with transaction.atomic(using=connection.alias):
                _swap(connection, cursor, until if has_rows else None)
        except BaseException:
            cursor.execute(f"ALTER TABLE {TRAIL} DROP CONSTRAINT IF EXISTS {_LIMIT}")
            raise


def join(connection: BaseDatabaseWrapper) -> None:
    """Months become one table again. Copies every row, and keeps everybody waiting meanwhile."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {TRAIL} IN ACCESS EXCLUSIVE MODE")
        keys, rights = _keys(cursor, TRAIL), _rights(cursor, TRAIL)
        cursor.execute(f"CREATE TABLE {BEFORE} (LIKE {TRAIL} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
        cursor.execute(f"INSERT INTO {BEFORE} SELECT * FROM {TRAIL}")  # noqa: S608 (names of ours)
        cursor.execute(f"DROP TABLE {TRAIL}")
        cursor.execute(f"ALTER TABLE {BEFORE} RENAME TO {TRAIL}")
        cursor.execute(f"ALTER TABLE {TRAIL} ADD PRIMARY KEY (id)")
        for name, definition in keys.items():
            cursor.execute(f'ALTER TABLE {TRAIL} ADD CONSTRAINT "{name}" {definition}')
        for name, columns in _INDEXES_OF_ONE_TABLE.items():
            cursor.execute(f"CREATE INDEX {name} ON {TRAIL} {columns}")
        _protect(connection, cursor, rights)


def _prepare(cursor: CursorWrapper, until: datetime) -> None:
    """What can be done while others write: indexes, and the proof that all rows are of the time before ``until``."""
    cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {_KEY}")  # of a run that was cut off
    cursor.execute(f"CREATE UNIQUE INDEX CONCURRENTLY {_KEY} ON {TRAIL} (id, at)")
    for name, columns in INDEXES.items():
        cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_before")
        cursor.execute(f"CREATE INDEX CONCURRENTLY {name}_before ON {TRAIL} {columns}")
    cursor.execute(f"ALTER TABLE {TRAIL} DROP CONSTRAINT IF EXISTS {_LIMIT}")
    limit = f"CHECK (at < '{until:%Y-%m-%d %H:%M:%S}+00')"
    cursor.execute(f"ALTER TABLE {TRAIL} ADD CONSTRAINT {_LIMIT} {limit} NOT VALID")
    cursor.execute(f"ALTER TABLE {TRAIL} VALIDATE CONSTRAINT {_LIMIT}")


def _swap(connection: BaseDatabaseWrapper, cursor: CursorWrapper, until: datetime | None) -> None:
    """The table steps aside, and comes back as a part. Without ``until`` it is empty, and goes."""
    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])
    cursor.execute(f"LOCK TABLE {TRAIL} IN ACCESS EXCLUSIVE MODE")
    if until is None and _has_rows(cursor):
        raise RuntimeError("The first event was written while the trail was made. Migrate again.")
    keys, rights = _keys(cursor, TRAIL), _rights(cursor, TRAIL)
    remove(connection, TRAIL)
    cursor.execute(f"ALTER TABLE {TRAIL} RENAME TO {BEFORE}")
    cursor.execute(
        f"CREATE TABLE {TRAIL} (LIKE {BEFORE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (at)"
    )
    cursor.execute(f"ALTER TABLE {TRAIL} DROP CONSTRAINT IF EXISTS {_LIMIT}")
    if until is None:
        cursor.execute(f"DROP TABLE {BEFORE}")
    else:
        _keep_only_its_new_indexes(cursor)
    cursor.execute(f"ALTER TABLE {TRAIL} ADD CONSTRAINT {TRAIL}_pkey PRIMARY KEY (id, at)")
    for name, columns in INDEXES.items():
        cursor.execute(f"CREATE INDEX {name} ON {TRAIL} {columns}")
    for name, definition in keys.items():
        cursor.execute(f'ALTER TABLE {TRAIL} ADD CONSTRAINT "{name}" {definition}')
    if until is not None:
        attach(connection, BEFORE, None, until)
        cursor.execute(f"ALTER TABLE {BEFORE} DROP CONSTRAINT {_LIMIT}")
    make_table(cursor, REST)
    attach(connection, REST, None, None)
    _protect(connection, cursor, rights)
    keep_ahead(connection=connection)


def _keep_only_its_new_indexes(cursor: CursorWrapper) -> None:
    cursor.execute(f"ALTER TABLE {BEFORE} DROP CONSTRAINT {TRAIL}_pkey")
    cursor.execute(
        "SELECT relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE indrelid = %s::regclass",
        [BEFORE],
    )
    for (name,) in cursor.fetchall():
        if name != _KEY and name.removesuffix("_before") not in INDEXES:
            cursor.execute(f'DROP INDEX "{name}"')
    cursor.execute(f"ALTER TABLE {BEFORE} ADD CONSTRAINT {_KEY} PRIMARY KEY USING INDEX {_KEY}")


def _has_rows(cursor: CursorWrapper) -> bool:
    cursor.execute(f"SELECT EXISTS (SELECT FROM {TRAIL})")  # noqa: S608 (a name of ours)
    return bool(cursor.fetchone()[0])


def _keys(cursor: CursorWrapper, table: str) -> dict[str, str]:
    """Its foreign keys, by name."""
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND conrelid = %s::regclass",
        [table],
    )
    return dict(cursor.fetchall())


def _rights(cursor: CursorWrapper, table: str) -> list[tuple[str, str]]:
    """Who but its owner may do what: the release before goes on while the rights are granted anew after migrating."""
    cursor.execute(
        "SELECT grantee::regrole::text, privilege_type FROM pg_class, aclexplode(relacl)"
        " WHERE pg_class.oid = %s::regclass AND grantee NOT IN (0, relowner)",
        [table],
    )
    return list(cursor.fetchall())


def _protect(connection: BaseDatabaseWrapper, cursor: CursorWrapper, rights: list[tuple[str, str]]) -> None:
    """Refuse changes, but for blanking (decision 23), and give others the rights they had."""
    install(connection, TRAIL)
    allow_blanking(connection, TRAIL, {"crn": NO_TEXT})
    for grantee, verb in rights:
        cursor.execute(f"GRANT {verb} ON {TRAIL} TO {grantee}")
