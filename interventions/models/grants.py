"""Which supplier staff may see which contract's cases.

A grant alone opens nothing: it counts only while the person's provider is on the contract (decision A1). Written
by ``interventions.actions``; revoked, never deleted.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import Audience, Membership, User
from interventions.models.provider_changes import ProviderChange
from prepared.queries import PreparedQuery


def current_memberships() -> models.QuerySet[Membership]:
    """Memberships that count: not ended, of an active provider, held by an active member of supplier staff."""
    return Membership.objects.filter(
        ended_at=None, provider__is_active=True, user__is_active=True, user__audience=Audience.SUPPLIER
    )


_PROVIDERS = PreparedQuery(lambda user: current_memberships().filter(user=user).order_by().values("provider"))


def id_of(user: User | int) -> int:
    """Of a user, or the id itself: a prepared query has no user, only the value."""
    return user if isinstance(user, int) else user.pk


def ids_of_providers(user: User | int) -> RawSQL:
    """The ids of the providers ``user`` works for now, for a filter."""
    return _PROVIDERS.subquery(user=id_of(user))


_POSTS = PreparedQuery(
    lambda user: current_memberships().filter(user=user).order_by().values_list("post", flat=True)
)


def has_post_of_manager(user: User) -> bool:
    """Whether they are a manager at a provider they work for now."""
    return Membership.Post.MANAGER in _POSTS.rows(user=user.pk)


class ContractGrantQuerySet(models.QuerySet["ContractGrant"]):
    """Reads of grants."""

    def current(self) -> ContractGrantQuerySet:
        """Those that have not been revoked."""
        return self.filter(revoked_at=None)

    def effective(self, *, now: datetime | None = None) -> ContractGrantQuerySet:
        """Those that open their contract's cases to their person now: current, and a provider of theirs is on it."""
        from interventions.models.contracts import Contract

        subcontractors = Contract.subcontractors.through.objects.filter(
            contract=OuterRef(OuterRef("contract"))
        )
        on_it = Q(provider=OuterRef("contract__prime")) | Q(provider__in=subcontractors.values("provider"))
        # One question, not one for each way to be on it: PostgreSQL then joins, and asks each grant once.
        member = current_memberships().filter(on_it, user=OuterRef("user"))
        changing = ProviderChange.objects.due(now or timezone.now()).filter(contract=OuterRef("contract"))
        return self.current().filter(Exists(member), ~Exists(changing))  # nobody while it is being handed on

    def with_effect(self) -> ContractGrantQuerySet:
        """Each grant with ``is_effective``: whether it opens its contract's cases now."""
        return self.annotate(is_effective=Exists(ContractGrant.objects.effective().filter(pk=OuterRef("pk"))))


class ContractGrant(models.Model):
    """One person's right to one contract's cases, with who gave it and who took it away."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contract_grants"
    )
    contract = models.ForeignKey("interventions.Contract", on_delete=models.PROTECT, related_name="grants")
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ContractGrantQuerySet.as_manager()

    class Meta:
        ordering = ["-granted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "contract"],
                condition=Q(revoked_at__isnull=True),
                name="interventions_one_current_grant",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="interventions_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.contract}"

    @property
    def is_current(self) -> bool:
        """True until it is revoked. Says nothing about the person's provider."""
        return self.revoked_at is None


_WITH_ACCESS = PreparedQuery(
    lambda contract, now: (
        ContractGrant.objects.effective(now=now).filter(contract=contract).order_by().values("user")
    ),
)


def ids_with_access_to(contract: int) -> RawSQL:
    """The ids of those who can open the cases of a contract now, for a filter."""
    return _WITH_ACCESS.subquery(contract=contract, now=timezone.now())
