"""Names of the people who act on a case, read at once and in no more columns than a supplier may read.

A row's own key (``received.caseworker``) would read every column of a user, which the database refuses a supplier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from django.db.models import BooleanField, ExpressionWrapper, Q

from accounts.models import User
from interventions.models.grants import ids_with_access_to

UNKNOWN = "Deleted account"


class Absence(Enum):
    """Why somebody who has a case does not work with it."""

    CLOSED = "closed"  # their account
    NO_ACCESS = "no access"  # the grant was revoked, or their provider left the contract


#: What stands behind the name of somebody who does not work with a case any more.
CLOSED, NO_ACCESS = "account closed", "no longer has access"


@dataclass(frozen=True, slots=True)
class SomeoneAtWork:
    """Who somebody is to the people they work with. ``absence`` is known where a contract was named."""

    name: str
    email: str = ""
    absence: Absence | None = None

    @property
    def as_caseworker(self) -> str:
        """The name, and that they do not work with the case any more, so that nobody takes them to be at work."""
        if self.absence is None:
            return self.name
        return f"{self.name} ({CLOSED if self.absence is Absence.CLOSED else NO_ACCESS})"


class People:
    """The people with these ids, in one read; with ``contract``, whether they can open its cases today, too."""

    def __init__(self, ids: Iterable[int | None], *, contract: int | None = None) -> None:
        wanted = {pk for pk in ids if pk is not None}
        columns = ("username", "first_name", "last_name", "email", "is_active")
        users = User.objects.filter(pk__in=wanted).only(*columns)
        if contract is not None:
            has_access = Q(pk__in=ids_with_access_to(contract))
            users = users.annotate(may_open=ExpressionWrapper(has_access, BooleanField()))
        self._found = {
            user.pk: SomeoneAtWork(user.display_name, user.email, _absence(user)) for user in users
        } if wanted else {}  # fmt: skip

    def __getitem__(self, pk: int | None) -> SomeoneAtWork:
        return self._found.get(pk or 0, SomeoneAtWork(UNKNOWN))


def _absence(user: User) -> Absence | None:
    if not user.is_active:
        return Absence.CLOSED
    return None if getattr(user, "may_open", True) else Absence.NO_ACCESS
