"""What is kept of people who signed in through HMPPS Auth, as long as they are signed in."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import User, WebSession

#: A token that OASys refused is not shown to it again for this long: every page of a user would be refused anew.
NOT_AFTER_REFUSAL = timedelta(minutes=5)
#: A token is over this much before its end, which it might otherwise reach on its way.
OVER_BEFORE_ITS_END = timedelta(seconds=10)


class UserTokenQuerySet(models.QuerySet["UserToken"]):
    """Reads of tokens."""

    def good(self, now: datetime) -> Self:
        """Those that may be shown now: in time, of a web session and account that go on, and not just refused."""
        refused_lately = Q(refused_at__gt=now - NOT_AFTER_REFUSAL)
        in_time = self.filter(
            ends_at__gt=now + OVER_BEFORE_ITS_END, web_session__expire_date__gt=now, user__is_active=True
        )
        return in_time.exclude(refused_lately)

    def over(self, now: datetime) -> Self:
        """Those that nobody needs any more."""
        return self.filter(
            Q(ends_at__lte=now) | Q(web_session__expire_date__lte=now) | Q(user__is_active=False)
        )


class UserToken(models.Model):
    """The access token of a practitioner, sealed (decision 34). Its row goes with the web session, or when it ends."""

    web_session = models.OneToOneField(
        WebSession, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    sealed = models.BinaryField()
    ends_at = models.DateTimeField(db_index=True)
    refused_at = models.DateTimeField(null=True, blank=True, help_text="When OASys refused it last.")

    objects = UserTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Token until {self.ends_at:%d %B %Y %H:%M}"


#: After a silence, how long nobody asks about the account again.
PAUSE: Final = timedelta(minutes=1)
#: The same where nobody waits for the answer.
LONG_PAUSE: Final = timedelta(hours=1)


class AccountCheckQuerySet(models.QuerySet["AccountCheck"]):
    """Reads of account checks, and the one write that several requests at once may try."""

    def claim(self, user: User, now: datetime) -> bool:
        """Whether the caller is the one who asks about this account now. Whoever else comes is told no meanwhile."""
        due = self.filter(user=user, asked_at__lte=now - PAUSE, answered_at__lte=now - check_every())
        if due.update(asked_at=now):
            return True
        first = {"asked_at": now, "answered_at": now - check_every()}
        return self.get_or_create(user=user, defaults=first)[1]

    def not_asked_about_for(self, time: timedelta, now: datetime) -> Self:
        """Accounts of which nothing was heard for so long, nor asked for an hour."""
        return self.filter(answered_at__lte=now - time, asked_at__lte=now - LONG_PAUSE)


class AccountCheck(models.Model):
    """When it was asked last whether an account is open, and when that was answered. One row a user."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="+")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(help_text="Or when they signed in.")

    objects = AccountCheckQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Account check of {self.answered_at:%d %B %Y %H:%M}"

    @property
    def due_at(self) -> datetime:
        """When it is asked again, at the next request after that."""
        return max(self.answered_at + check_every(), self.asked_at + PAUSE)


def check_every() -> timedelta:
    """As the setting says."""
    return timedelta(minutes=settings.ACCOUNT_CHECK_MINUTES)
