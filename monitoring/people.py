"""Names of the people who act on a case, read at once and in no more columns than a supplier may read.

A row's own key (``received.caseworker``) would read every column of a user, which the database refuses a supplier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from accounts.models import User

UNKNOWN = "Somebody whose account is no longer here"


@dataclass(frozen=True, slots=True)
class SomeoneAtWork:
    """Who somebody is to the people they work with."""

    name: str
    email: str = ""


class People:
    """The people with these ids, in one read."""

    def __init__(self, ids: Iterable[int | None]) -> None:
        wanted = {pk for pk in ids if pk is not None}
        columns = ("username", "first_name", "last_name", "email")
        found = User.objects.filter(pk__in=wanted).only(*columns) if wanted else []
        self._found = {user.pk: SomeoneAtWork(user.display_name, user.email) for user in found}

    def __getitem__(self, pk: int | None) -> SomeoneAtWork:
        return self._found.get(pk or 0, SomeoneAtWork(UNKNOWN))
