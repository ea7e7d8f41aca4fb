"""Bringing somebody's account in line with HMPPS Auth as they sign in: who they are, where they belong, what they see.

Groups decide about service provider staff: what they are in is given, what they are not in (any more) ends, in one
transaction, audited. What is not known now stays as it was; while some groups cannot be read, nothing ends.
"""

from __future__ import annotations

import re
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Audience, Membership, Provider, User
from accounts.signed_in import end_other_sessions
from events import audit
from events.models import AuditAction, AuditEvent
from govuk.text import printable, without_unseen
from interventions.actions import grant_contract, revoke_grant
from interventions.models import Contract, ContractGrant
from sign_in.directory import Entry
from sign_in.groups import Places, WrongGroup, places_of
from sign_in.tokens import Claims

OUR_CODE = re.compile(r"[A-Z0-9_]{1,40}")


class Unusable(StrEnum):
    """Why nobody may sign in with an account. Codes for the audit trail."""

    CLOSED = "closed_account"
    SOMEBODY_ELSES = "account_of_another"


class UnusableAccount(Exception):
    """There is an account of this user name here that they may not have."""

    def __init__(self, why: Unusable, user: User) -> None:
        super().__init__(why)
        self.why, self.user = why, user


@transaction.atomic
def bring_in_line(*, claims: Claims, audience: Audience, entry: Entry) -> tuple[User, list[WrongGroup]]:
    """The account of whoever signs in, and the groups that give nothing. Raises ``UnusableAccount``."""
    user = _account_of(claims, audience, entry)
    _follow(user, entry)
    if audience != Audience.SUPPLIER or entry.groups is None:
        return user, []
    places = places_of(entry.groups)
    _follow_groups(user, places, is_whole=entry.groups.is_whole)
    _note_wrong(user, places)
    return user, places.wrong


@transaction.atomic
def keep_in_line(*, user: User, entry: Entry) -> bool:
    """The same for somebody who is signed in. Whether what they can see is other now."""
    held = User.objects.select_for_update().get(pk=user.pk)
    before = _access_of(held)
    _follow(held, entry)
    if held.is_supplier and entry.groups is not None:
        _follow_groups(held, places_of(entry.groups), is_whole=entry.groups.is_whole)
    return _access_of(held) != before


def _access_of(user: User) -> tuple[set[int], set[int]]:
    places = Membership.objects.filter(user=user, ended_at=None)
    grants = ContractGrant.objects.current().filter(user=user)
    return set(places.values_list("provider", flat=True)), set(grants.values_list("contract", flat=True))


@transaction.atomic
def close_account(user: User) -> None:
    """Sign somebody out everywhere whose account in HMPPS Auth is closed, and write to them no more.

    Signing in opens it again, once it is open there.
    """
    held = User.objects.select_for_update().get(pk=user.pk)
    if held.is_active:
        held.is_active, held.closed_there_at = False, timezone.now()
        held.save(update_fields=["is_active", "closed_there_at"])
        audit.record(AuditAction.ACCOUNT_FOUND_CLOSED, by=held)
    end_other_sessions(by=held, but=None)


# --- Who they are


def _account_of(claims: Claims, audience: Audience, entry: Entry) -> User:
    """Found by user name, whatever its capitals, or made; locked."""
    found = _known(claims, audience)
    if found is None:
        try:
            with transaction.atomic():
                return _created(claims, audience)
        except IntegrityError:  # made at this moment by the same person's other tab
            found = _known(claims, audience)
            if found is None:
                raise
    if entry.is_open is False or not (found.is_active or (found.closed_there_at and entry.is_open)):
        raise UnusableAccount(Unusable.CLOSED, found)
    if found.audience != audience or (
        audience == Audience.PRACTITIONER and found.ndelius_username.upper() not in ("", claims.username)
    ):
        raise UnusableAccount(Unusable.SOMEBODY_ELSES, found)
    if not found.is_active:
        _open_again(found)
    return found


def _open_again(user: User) -> None:
    user.is_active, user.closed_there_at = True, None
    user.save(update_fields=["is_active", "closed_there_at"])
    audit.record(AuditAction.ACCOUNT_FOUND_OPEN, by=user)


def _known(claims: Claims, audience: Audience) -> User | None:
    """A practitioner is known by their nDelius account first: their user name here may be another."""
    locked = User.objects.select_for_update()
    if audience == Audience.PRACTITIONER:
        by_ndelius = locked.filter(ndelius_username__iexact=claims.username).first()
        if by_ndelius is not None:
            return by_ndelius
    return locked.filter(username=User.normalize_username(claims.username)).first()


def _created(claims: Claims, audience: Audience) -> User:
    is_practitioner = audience == Audience.PRACTITIONER
    user = User(
        username=claims.username,
        audience=audience,
        ndelius_username=claims.username if is_practitioner else "",
    )
    user.set_unusable_password()
    user.save()
    audit.record(AuditAction.ACCOUNT_CREATED, by=user, audience=audience.value)
    return user


def _follow(user: User, entry: Entry) -> None:
    """Take over the name and the email address, where the directory says them."""
    said: dict[str, str] = {}
    if entry.name:
        first, _, last = without_unseen(printable(entry.name)).partition(" ")
        said |= {"first_name": first[:150], "last_name": last.strip()[:150]}
    if entry.email is not None and _is_email(entry.email):
        said["email"] = entry.email
    if user.is_practitioner and not user.ndelius_username:
        said["ndelius_username"] = user.username.upper()
    changed = [name for name, value in said.items() if getattr(user, name) != value]
    if changed:
        for name in changed:
            setattr(user, name, said[name])
        user.save(update_fields=changed)
        audit.record(AuditAction.ACCOUNT_UPDATED, by=user, fields=",".join(sorted(changed)))


def _is_email(text: str) -> bool:
    """One that can be written to, or none."""
    try:
        if text:
            validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


# --- Where they belong


def _follow_groups(user: User, places: Places, *, is_whole: bool) -> None:
    """What is missing ends, unless some groups could not be read: it may be among them."""
    if is_whole:
        for place in Membership.objects.filter(user=user, ended_at=None).exclude(
            provider__in=places.providers
        ):
            _leave(place)
        for grant in ContractGrant.objects.current().filter(user=user).exclude(contract__in=places.contracts):
            revoke_grant(grant=grant, by=user)
    for provider in places.providers:
        _join(user, provider)
    for contract in places.contracts:
        _give(user, contract)


def _note_wrong(user: User, places: Places) -> None:
    for group in places.wrong:
        code = group.code if OUR_CODE.fullmatch(group.code) else ""
        refused = AuditEvent.Outcome.REFUSED
        audit.record(AuditAction.GROUP_REFUSED, by=user, outcome=refused, code=group.why.value, group=code)


def _join(user: User, provider: Provider) -> None:
    """In the post they held there last: groups say nothing of posts."""
    held = Membership.objects.filter(user=user, provider=provider).order_by("-started_at", "-pk").first()
    if held is not None and held.ended_at is None:
        return
    post = held.post if held is not None else Membership.Post.CASEWORKER
    Membership.objects.create(user=user, provider=provider, post=post)
    audit.record(AuditAction.MEMBERSHIP_BEGAN, by=user, provider=provider.code)


def _leave(place: Membership) -> None:
    place.ended_at = timezone.now()
    place.save(update_fields=["ended_at"])
    audit.record(AuditAction.MEMBERSHIP_ENDED, by=place.user, provider=place.provider.code)


def _give(user: User, contract: Contract) -> None:
    grant_contract(user=user, contract=contract, by=user)
