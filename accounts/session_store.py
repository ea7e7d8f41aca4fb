"""Where web sessions are kept: in the database, by whose they are, and never longer than ``WEB_SESSION_LIFETIME``.

In the database and not in the cache: they outlive a Redis that was emptied, and their owner can list and end them. A
web session ends after a time without a request (Django's ``SESSION_COOKIE_AGE``), and in any case at a fixed time after
signing in, whatever was done meanwhile.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends import db
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from prepared.queries import PreparedQuery

if TYPE_CHECKING:
    from accounts.models import WebSession

#: In the web session: when somebody signed in (seconds since the epoch), and with what.
BEGAN, DEVICE = "began", "device"
#: And where to go to be signed out there too, when they signed in somewhere else.
SIGN_OUT_AT = "sign_out_at"


#: Seconds within which requests of one browser are one use: a page costs a write no more than once a minute.
USE = 60


def _found(key: str, now: datetime) -> QuerySet[WebSession]:
    """The web session with whose it is, and as ``organisation`` the service provider that they joined first."""
    from accounts.models import Membership

    providers = Membership.objects.filter(user=OuterRef("user"), ended_at=None).order_by("started_at", "pk")
    sessions = SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)
    return sessions.select_related("user").annotate(organisation=Subquery(providers.values("provider__name")[:1]))


_FOUND = PreparedQuery(_found)


class SessionStore(db.SessionStore):
    """Django's, in our own table, with an end that no request puts off. Read together with whose it is."""

    row: WebSession | None = None  # as it was read

    @classmethod
    def get_model_class(cls) -> type[WebSession]:
        """The table. Models are not loaded yet when this module is."""
        from accounts.models import WebSession

        return WebSession

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Seconds until it ends without another request."""
        age: int = super().get_expiry_age(**kwargs)
        left = self.seconds_left()
        return age if left is None else max(0, min(age, left))

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """When it ends without another request."""
        return timezone.now() + timedelta(seconds=self.get_expiry_age(**kwargs))

    def _get_session_from_db(self) -> WebSession | None:
        self.row = _FOUND.first(key=self.session_key, now=timezone.now())
        if self.row is None:
            self._session_key = None
        return self.row

    @property
    def organisation(self) -> str:
        """The service provider of whose it is (the one joined first, when several); nothing for other people."""
        self.get(SESSION_KEY)  # reads it
        return getattr(self.row, "organisation", None) or ""

    def begins_new_use(self) -> bool:
        """Whether this request puts off the end: the last that did was a minute ago. Others leave the row as it is."""
        self.get(SESSION_KEY)  # reads it
        return self.row is None or timezone.now() - self.row.last_used_at >= timedelta(seconds=USE)

    def seconds_from_now(self) -> int:
        """Seconds until it ends when this request is the last; what a page may tell."""
        if self.modified or self.row is None or self.begins_new_use():
            return self.get_expiry_age()
        return max(0, int((self.row.expire_date - timezone.now()).total_seconds()))

    def seconds_left(self) -> int | None:
        """Seconds until it ends whatever is done; None while nobody has signed in."""
        began = self.get(BEGAN)
        return None if began is None else int(began + settings.WEB_SESSION_LIFETIME - time.time())

    def create_model_instance(self, data: dict[str, Any]) -> WebSession:
        """The row, with what its owner is shown of it."""
        row = cast("WebSession", super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.began_at = datetime.fromtimestamp(data[BEGAN], tz=UTC) if BEGAN in data else timezone.now()
        row.last_used_at = timezone.now()
        row.device = data.get(DEVICE, "")
        return row
