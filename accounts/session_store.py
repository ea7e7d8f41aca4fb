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
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import WebSession

#: In the web session: when somebody signed in (seconds since the epoch), and with what.
BEGAN, DEVICE = "began", "device"
#: And where to go to be signed out there too, when they signed in somewhere else.
SIGN_OUT_AT = "sign_out_at"


class SessionStore(db.SessionStore):
    """Django's, in our own table, with an end that no request puts off."""

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
