"""What the database itself lets a supplier's request do: an allow-list of tables and verbs, and how a request takes it.

A guard against our own mistakes: a query that strays into the practitioner's tables fails instead of answering. A table
that is not named here is closed, whoever adds it and whenever. Granted on PostgreSQL by
``monitoring.access.database_role``; on SQLite ``monitoring.access.sqlite_authorizer`` asks this list about every
statement.

Must be taken after the web session and its user were loaded, and given back before anything of the service's own runs:
work after commit, error pages, saving the session.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final

from django.db import connection, transaction

from accounts.models import User
from interventions.models.contracts import granted_contracts, granted_contracts_kept
from monitoring.access.row_security import give_role_back, take_role

READ: Final = frozenset({"SELECT"})
ADD: Final = frozenset({"INSERT"})
REMOVE: Final = frozenset({"DELETE"})
READ_ADD: Final = frozenset({"SELECT", "INSERT"})
READ_CHANGE: Final = frozenset({"SELECT", "UPDATE"})
READ_ADD_CHANGE: Final = frozenset({"SELECT", "INSERT", "UPDATE"})

SUPPLIER_RIGHTS: Final[Mapping[str, frozenset[str]]] = {
    "monitoring_receivedreferral": READ_CHANGE,
    "monitoring_receivedservice": READ,
    "monitoring_receivedoutcome": READ,
    "monitoring_receivedcriminogenicneed": READ,
    "monitoring_shareversion": READ,
    "monitoring_shareopening": READ_ADD_CHANGE,
    "monitoring_assignment": READ_ADD_CHANGE,
    "monitoring_appointment": READ_ADD_CHANGE,
    "monitoring_feedback": READ_ADD_CHANGE,
    "monitoring_actionplan": READ_ADD_CHANGE,
    "monitoring_planactivity": READ_ADD_CHANGE
    | REMOVE,  # of a draft; a submitted plan is frozen by its action
    "monitoring_planchangerequest": READ_CHANGE,
    "monitoring_deliverysession": READ_ADD,
    "monitoring_endofservicereport": READ_ADD_CHANGE,
    "monitoring_outcomeachievement": READ_ADD_CHANGE,
    "monitoring_casenote": READ_ADD,
    "monitoring_question": READ_ADD,
    "monitoring_referralchange": READ,
    "monitoring_pause": READ_ADD_CHANGE,
    "monitoring_undeliveredmessage": READ,
    "monitoring_servicelevel": READ,
    "monitoring_endedcount": READ,
    "monitoring_receivedcount": READ,
    "monitoring_performancereport": READ_ADD_CHANGE,
    "monitoring_calendarfeed": READ_ADD_CHANGE,
    "monitoring_keptpost": READ,  # their own, offered back; written and deleted outside their requests
    # Which contracts are theirs (decision A1).
    "interventions_contract": READ,
    "interventions_contract_subcontractors": READ,
    "interventions_contractgrant": READ,
    "interventions_providerchange": READ,
    "interventions_providerchange_subcontractors": READ,
    "interventions_providerterm": READ,
    # Where people can meet.
    "interventions_probationoffice": READ,
    "interventions_probationregion": READ,
    "interventions_policearea": READ,
    "accounts_provider": READ,
    "accounts_membership": READ,
    "accounts_servicenotice": READ,
    "accounts_user": READ,
    # What they did is added to the trail; the trail itself they never read.
    "events_auditevent": ADD,
    # Which CRN took the place of the one that is searched for; not who said so, or why.
    "events_formercrn": READ,
    # What other systems must be told is added; what waits there they never read.
    "events_outboxentry": ADD,
}
#: Where a table may be read in part only. Never the password.
READABLE_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "events_formercrn": ("former", "current"),
    "accounts_user": (
        "id",
        "username",
        "first_name",
        "last_name",
        "name_folded",
        "email",
        "is_active",
        "audience",
    ),
}
#: Where only some columns may be changed. Never what was shared.
CHANGEABLE_COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "monitoring_receivedreferral": (
        "stage", "whose_turn", "due_on", "booking_refused_on", "caseworker_id", "concluded_at", "conclusion",
    ),
    "monitoring_planchangerequest": ("answered_at",),
    "monitoring_calendarfeed": ("ended_at", "read_on"),
}  # fmt: skip


@contextmanager
def supplier_rights(user: User | None) -> Iterator[None]:
    """Run the block in a transaction that reaches no more than ``SUPPLIER_RIGHTS``.

    On PostgreSQL, no more than the rows of ``user`` either (``monitoring.access.row_security``), and nobody's while it
    is not known who is asking.

    A statement outside the list raises ``django.db.DatabaseError`` and everything is rolled back. The rights are given
    back before the transaction ends, so that work after commit runs with the service's own.
    """
    with transaction.atomic():
        waiting: list[Callable[[], None]] = []
        before = _waiting.set(waiting)
        try:
            with _role(user) if connection.vendor == "postgresql" else _authorizer():
                yield
        finally:
            _waiting.reset(before)
        for record in waiting:
            record()


def with_own_rights(record: Callable[[], None]) -> None:
    """Run ``record`` with the service's own rights, in the transaction of the request, after what the request does.

    For what is recorded of a service provider in tables that they do not read (decision 21), and for nothing else:
    a test names who may call this. When it fails the request fails, and nothing of it is kept. Where no rights were
    taken it runs at once.
    """
    waiting = _waiting.get()
    if waiting is None:
        record()
    else:
        waiting.append(record)


_waiting: ContextVar[list[Callable[[], None]] | None] = ContextVar("records_of_a_supplier", default=None)


@contextmanager
def _role(user: User | None) -> Iterator[None]:
    contracts = granted_contracts(user) if user is not None else []
    with connection.cursor() as cursor:
        take_role(cursor, user, contracts)
    with granted_contracts_kept(user, contracts) if user is not None else nullcontext():
        yield
    # Not in a finally: a failed transaction takes no statement, and rolling back (to a savepoint, too) gives the role
    # back by itself.
    with connection.cursor() as cursor:
        give_role_back(cursor)


@contextmanager
def _authorizer() -> Iterator[None]:
    # Brings SQLite's library with it, which a service on PostgreSQL needs nowhere.
    from monitoring.access.sqlite_authorizer import allow_only_supplier_rights

    with allow_only_supplier_rights(connection.connection):
        yield
