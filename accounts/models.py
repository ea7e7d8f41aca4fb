"""People who sign in, the service providers they belong to, and what they tell us about the service.

Knows nothing of referrals, contracts or risk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from accounts.folded import FoldedField, FoldedQuerySet, KeepsFolded
from accounts.kept_text.models import TypedText

CODE_IN_CAPITALS = (
    "Enter a code of capital letters, digits and single underscores, such as HARROWGATE_PATHWAYS."
)


class Audience(models.TextChoices):
    """Which side of the service a person is on. Nobody is on two: one sign-in, one audience."""

    PRACTITIONER = "PRACTITIONER", "Probation practitioner"
    SUPPLIER = "SUPPLIER", "Service provider staff"
    ADMINISTRATOR = "ADMINISTRATOR", "Administrator"


class Provider(KeepsFolded):
    """An organisation that delivers interventions: the prime of a contract or a subcontractor on it."""

    code = models.CharField(
        max_length=30,
        unique=True,
        validators=[RegexValidator(r"^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*\Z", CODE_IN_CAPITALS)],
        help_text="Capital letters, digits and underscores.",
    )
    name = models.CharField(max_length=120, unique=True)
    name_folded = FoldedField(of=["name"])
    is_active = models.BooleanField(default=True)

    objects = FoldedQuerySet.as_manager()

    class Meta:
        ordering = ["name_folded", "pk"]

    def __str__(self) -> str:
        return self.name


class UserNames(UserManager["User"]):
    """Django's manager of users, for which capitals in a user name make no difference."""

    use_in_migrations = False

    def get_queryset(self) -> FoldedQuerySet[User]:
        """Changed in bulk together with the names that are sorted by."""
        return FoldedQuerySet(self.model, using=self._db)

    def get_by_natural_key(self, username: str | None) -> User:
        """Whoever signs in under this name, however it was typed."""
        return self.get(username=User.normalize_username(username or ""))


class User(KeepsFolded, AbstractUser):
    """Somebody who signs in: a practitioner, a supplier's caseworker or manager, or an administrator.

    User names are kept in small letters, whoever writes them, so that no two differ by capitals alone, on either
    database. An nDelius account is kept as it was given and compared without capitals.
    """

    objects: ClassVar[UserNames] = UserNames()

    audience = models.CharField(max_length=20, choices=Audience, default=Audience.PRACTITIONER)
    ndelius_username = models.CharField(
        max_length=60,
        blank=True,
        validators=[RegexValidator(r"^[!-~]+\Z", "Enter an nDelius account without spaces or accents.")],
        help_text="Practitioners only: their nDelius account.",
    )
    job_title = models.CharField(max_length=120, blank=True)
    closed_there_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        verbose_name="closed in HMPPS Auth",
        help_text="Closed here because it was closed there. It opens again when the person next signs in.",
    )
    name_folded = FoldedField(of=["last_name", "first_name", "username"])

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(username=Lower("username")),
                name="accounts_user_name_in_small_letters",
                violation_error_message="Enter the user name in lower case.",
            ),
            models.UniqueConstraint(
                Lower("ndelius_username"),
                condition=~models.Q(ndelius_username=""),
                name="accounts_one_user_an_ndelius_account",
                violation_error_message="Someone else has this nDelius account.",
            ),
            # Else an account that is closed here later would be opened by signing in.
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(closed_there_at__isnull=True),
                name="accounts_active_or_closed_there",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the user name in small letters."""
        if "username" in self.__dict__:  # it may not have been loaded
            self.username = self.normalize_username(self.username)
        if {"closed_there_at", "is_active"} <= self.__dict__.keys() and self.is_active:
            self.closed_there_at = None  # an administrator has opened it
        super().save(*args, **kwargs)

    @classmethod
    def normalize_username(cls, username: Any) -> Any:
        """The user name as it is kept and looked for: composed, in small letters, without spaces around it."""
        if not isinstance(username, str):  # a form whose user name was refused already
            return username
        return super().normalize_username(username.strip()).lower()

    def get_session_auth_hash(self) -> str:
        """What a web session keeps of the password, to end when that changes. It stays on the server.

        Django's is keyed by SECRET_KEY. After a change of that key it would give each web session a new name, and a
        browser that asks for two things at once would be signed out.
        """
        return hashlib.sha256(f"accounts.password_of_session:{self.password}".encode()).hexdigest()

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """Django's: of web sessions that began before."""
        yield super().get_session_auth_hash()
        yield from super().get_session_auth_fallback_hash()

    @property
    def is_practitioner(self) -> bool:
        """True for a probation practitioner."""
        return self.audience == Audience.PRACTITIONER

    @property
    def is_supplier(self) -> bool:
        """True for staff of a service provider."""
        return self.audience == Audience.SUPPLIER

    @property
    def is_administrator(self) -> bool:
        """True for an administrator of this service."""
        return self.audience == Audience.ADMINISTRATOR

    @property
    def display_name(self) -> str:
        """The name to show: first and last name, else the user name."""
        return self.get_full_name() or self.username


class WebSession(AbstractBaseSession):
    """One browser that somebody is signed in with. Written by ``accounts.session_store``."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="+")
    began_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    device = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"{self.device}, {self.last_used_at:%d %B %Y %H:%M}"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """What reads and writes it."""
        from accounts.session_store import SessionStore

        return SessionStore

    @property
    def name(self) -> str:
        """What a page may call it: whoever knows the key itself is signed in."""
        return salted_hmac("accounts.web_session", self.session_key).hexdigest()[:32]


class Membership(models.Model):
    """A person's place in a service provider, with the post they hold. Ended, never deleted."""

    class Post(models.TextChoices):
        """What somebody does at a provider."""

        CASEWORKER = "CASEWORKER", "Caseworker"
        MANAGER = "MANAGER", "Manager"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="memberships")
    post = models.CharField(max_length=20, choices=Post, default=Post.CASEWORKER)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "provider"],
                condition=models.Q(ended_at__isnull=True),
                name="accounts_one_current_membership",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} at {self.provider}"


class Feedback(models.Model):
    """What a user told us about the service through the feedback banner. Read by administrators."""

    class Rating(models.TextChoices):
        """How well the service did its job (GOV.UK's five steps)."""

        VERY_SATISFIED = "VERY_SATISFIED", "Very satisfied"
        SATISFIED = "SATISFIED", "Satisfied"
        NEITHER = "NEITHER", "Neither satisfied nor dissatisfied"
        DISSATISFIED = "DISSATISFIED", "Dissatisfied"
        VERY_DISSATISFIED = "VERY_DISSATISFIED", "Very dissatisfied"

    given_at = models.DateTimeField(auto_now_add=True)
    given_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    audience = models.CharField(max_length=20, choices=Audience, blank=True)
    page = models.CharField(max_length=200, blank=True, help_text="The page they came from, without ids.")
    rating = models.CharField(max_length=20, choices=Rating)
    comments = models.TextField(blank=True, max_length=1200)
    form_key = models.UUIDField(unique=True, help_text="One form shown, one answer kept.")

    class Meta:
        ordering = ["-given_at"]
        verbose_name_plural = "feedback"

    def __str__(self) -> str:
        return f"{self.get_rating_display()}, {self.given_at:%d %B %Y}"


class ServiceNoticeQuerySet(models.QuerySet["ServiceNotice"]):
    """Reads of notices."""

    def not_over(self, now: datetime) -> Self:
        """Those that are shown now or will be."""
        return self.filter(ends_at__gt=now)


class ServiceNotice(models.Model):
    """Something that users are told on every page for a time. Plain text."""

    class Kind(models.TextChoices):
        """What it is about."""

        DOWNTIME = "DOWNTIME", "Planned downtime"
        WHATS_NEW = "WHATS_NEW", "What’s new"

    kind = models.CharField(max_length=20, choices=Kind)
    heading = models.CharField(max_length=120)
    text = models.TextField(
        max_length=1000, help_text="Plain text. Say what users will notice, and what they can do."
    )
    audience = models.CharField(
        max_length=20, choices=Audience, blank=True, help_text="Leave empty to show it to everyone."
    )
    starts_at = models.DateTimeField("shown from")
    ends_at = models.DateTimeField("shown until")

    objects = ServiceNoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="accounts_notice_ends_after_its_start",
                violation_error_message="The end must be after the start.",
            )
        ]

    def __str__(self) -> str:
        return self.heading


class KeptFeedback(TypedText):
    """Feedback that somebody typed and did not send. About no case."""

    class Meta:
        indexes = [models.Index(fields=["user", "path"])]
