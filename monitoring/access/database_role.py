"""The PostgreSQL role that a supplier's request takes: made when missing, and granted anew after every migrate.

Some things everybody may do on PostgreSQL, whatever a role was granted: make temporary tables, write large objects.
Those rights are taken from everybody, as far as the user who migrates may; ``still_open`` tells what is left, and the
system check ``monitoring.W002`` says it.

Nothing to do on SQLite. The user who migrates must own the tables, and is the one who may take the role; when it may
not make roles, somebody else makes it once (``CREATE ROLE … NOLOGIN``) and grants it to that user.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from monitoring.access.database_rights import CHANGEABLE_COLUMNS, READABLE_COLUMNS, SUPPLIER_RIGHTS
from monitoring.access.row_security import make_policies

# Roles belong to the whole server: another database's migrate may make the same one at the same moment.
MAKE_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {name}) THEN
        CREATE ROLE {role} NOLOGIN NOINHERIT;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$
"""
# Nothing to do for a superuser, or when somebody else granted it. From PostgreSQL 16 on, being a member and being
# allowed to take the role are two things.
LET_US_TAKE_IT = """
DO $$ BEGIN
    IF NOT pg_has_role(current_user, {name}, CASE
        WHEN current_setting('server_version_num')::int >= 160000 THEN 'SET' ELSE 'MEMBER' END) THEN
        GRANT {role} TO CURRENT_USER;
    END IF;
EXCEPTION WHEN unique_violation THEN NULL;
END $$
"""
#: Taken from everybody (PUBLIC), for PostgreSQL has no way to deny one role. The service itself uses none of it. Each
#: is its name, the question whether a role has it, and the statement that takes it away.
OPEN_TO_ALL: Final = {
    "temporary tables": (
        "SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')",
        "DO $$ BEGIN EXECUTE format('REVOKE TEMPORARY ON DATABASE %I FROM PUBLIC', current_database()); END $$",
    ),
    "tables of one's own": (
        "SELECT has_schema_privilege(%s, current_schema(), 'CREATE')",
        "DO $$ BEGIN EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC', current_schema()); END $$",
    ),
    "large objects": (
        "SELECT bool_or(has_function_privilege(%s, oid, 'EXECUTE')) FROM pg_proc "
        "WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^lo(_.*|read|write)$'",
        "DO $$ DECLARE one regprocedure; BEGIN FOR one IN SELECT oid::regprocedure FROM pg_proc "
        "WHERE pronamespace = 'pg_catalog'::regnamespace AND proname ~ '^lo(_.*|read|write)$' "
        "LOOP EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', one); END LOOP; END $$",
    ),
}
ONE_AT_A_TIME = 5_219_001  # any number of ours: two migrates of one database wait for each other


def grant_after_migrate(*, using: str, **kwargs: Any) -> None:
    """Receiver of ``post_migrate``: a new table of ours is closed until the list names it."""
    grant_supplier_rights(connections[using])


def grant_supplier_rights(connection: BaseDatabaseWrapper | None = None) -> list[str]:
    """Take every right from the role and grant those of the list, and give each table its policy.

    Answers the tables granted (none on SQLite).
    """
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return []
    role = connection.ops.quote_name(settings.SUPPLIER_DATABASE_ROLE)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
        name = "'" + settings.SUPPLIER_DATABASE_ROLE.replace("'", "''") + "'"
        cursor.execute(MAKE_ROLE.format(role=role, name=name))
        cursor.execute(LET_US_TAKE_IT.format(role=role, name=name))
        cursor.execute("SELECT quote_ident(current_schema())")
        (schema,) = cursor.fetchone()
        cursor.execute(f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}")
        cursor.execute(f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM {role}")
        cursor.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
        present = set(connection.introspection.table_names(cursor))
        granted = [table for table in SUPPLIER_RIGHTS if table in present]
        for table in granted:
            cursor.execute(
                f"GRANT {_rights(connection, table)} ON {connection.ops.quote_name(table)} TO {role}"
            )
        make_policies(connection, cursor, present)
        for what in _open_to(cursor, settings.SUPPLIER_DATABASE_ROLE):
            try:
                with transaction.atomic(using=connection.alias):
                    cursor.execute(OPEN_TO_ALL[what][1])
            except ProgrammingError:  # not ours to take: the check says so
                pass
    return granted


def still_open(connection: BaseDatabaseWrapper | None = None) -> list[str]:
    """What the role may do although the list has nothing of it, by the names of ``OPEN_TO_ALL``."""
    connection = connection or connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [settings.SUPPLIER_DATABASE_ROLE]
        )
        return _open_to(cursor, settings.SUPPLIER_DATABASE_ROLE) if cursor.fetchone()[0] else []


def _open_to(cursor: CursorWrapper, role: str) -> list[str]:
    found = []
    for what, (question, _) in OPEN_TO_ALL.items():
        cursor.execute(question, [role])
        if cursor.fetchone()[0]:
            found.append(what)
    return found


def _rights(connection: BaseDatabaseWrapper, table: str) -> str:
    limits = {"SELECT": READABLE_COLUMNS, "UPDATE": CHANGEABLE_COLUMNS}

    def right(verb: str) -> str:
        columns = ", ".join(connection.ops.quote_name(one) for one in limits.get(verb, {}).get(table, ()))
        return f"{verb} ({columns})" if columns else verb

    return ", ".join(right(verb) for verb in sorted(SUPPLIER_RIGHTS[table]))
