"""What goes into the disclosure record of a case (decision 21): shared, opened, corrected, recalled.

Takes what was shown, keeps the names of its parts. Called in the transaction of what it records.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from accounts.models import Provider, User
from events.disclosures.recording import Disclosure, begin_chain, is_recorded, record
from events.models import DisclosureEvent
from interventions.models import Contract, ProviderChange
from monitoring.access.database_rights import with_own_rights
from monitoring.handover.contents import Handover
from monitoring.models import ReceivedReferral, ReferralChange, ShareVersion, Topic
from monitoring.rules.shared_parts import PART_OF, RISK, Parts, parts_of
from prepared.queries import PreparedQuery

SENT = "Referral sent"
CHANGED = "Referral changed"
HANDED_ON = "The service provider of the contract changed"
_WITH_PRIME = PreparedQuery(lambda contract: Contract.objects.filter(pk=contract).select_related("prime"))
_SUBCONTRACTORS = PreparedQuery(
    lambda contract: Provider.objects.filter(subcontracts=contract).order_by("name")
)


def record_shared(
    received: ReceivedReferral, share: ShareVersion, handover: Handover, *, by: User | None, at: datetime
) -> None:
    """That a version was shared with everybody on the contract, for the first time: ``received`` was just stored."""
    received.contract = _WITH_PRIME.rows(contract=received.contract_id)[0]
    prime, *others = _on_contract(received.contract)
    begin_chain(
        _disclosure(
            received,
            share,
            parts_of(handover),
            kind=DisclosureEvent.Kind.SHARED,
            once=f"shared:{share.number}",
            at=at,
            by=by,
            by_name=by.display_name if by else handover.sent_by,
            recipient=prime,
            others=others,
            reason=SENT,
        )
    )


def record_changed(
    change: ReferralChange, *, by: User | None, at: datetime, parts: Sequence[str] = ()
) -> None:
    """That what was shared changed, and so was shared anew: the names of the parts of the change alone.

    ``parts``: where the topic is several.
    """
    received = change.received
    prime, *others = _on_contract(received.contract)
    share = received.current_share()
    record(
        Disclosure(
            kind=DisclosureEvent.Kind.SHARED,
            once=f"changed:{change.pk}",
            at=at,
            referral=received.pk,
            crn=received.crn,
            by=by,
            by_name=change.by_name,
            recipient=prime,
            subcontractors=[provider.name for provider in others],
            shared=[*parts] or [PART_OF[Topic(change.topic)]],
            withheld=[],
            reason=CHANGED,
            share_version=share.number,
            wording_version=share.wording_version,
            content_hash=share.content_hash,
        )
    )


def record_handed_on(
    received: ReceivedReferral, *, to: Provider, change: ProviderChange, at: datetime
) -> None:
    """That a provider has the case from now on, with the version shared last: once a provider and change."""
    share = received.current_share()
    prime = change.prime
    others = [provider for provider in change.subcontractors.all() if provider != to]
    record(
        _disclosure(
            received,
            share,
            parts_of(received.as_handover(share)),
            kind=DisclosureEvent.Kind.HANDED_ON,
            once=f"handed_on:{change.pk}:{to.pk}",
            at=at,
            by=change.set_by,
            by_name=change.set_by.display_name,
            recipient=to,
            others=others if to == prime else [prime, *others],
            reason=HANDED_ON,
        )
    )


def record_corrected(
    received: ReceivedReferral,
    share: ShareVersion,
    handover: Handover,
    *,
    by: User,
    at: datetime,
    reason: str,
) -> None:
    """That a corrected version took the place of the one before it."""
    _record_again(DisclosureEvent.Kind.CORRECTED, received, share, parts_of(handover), by, at, reason)


def record_recalled(
    received: ReceivedReferral,
    share: ShareVersion,
    handover: Handover,
    *,
    by: User,
    at: datetime,
    reason: str,
) -> None:
    """That a version was recalled: of its parts, those of the risk information. ``handover``: as it was until then."""
    recalled = tuple(part for part in parts_of(handover).shared if part.startswith(RISK))
    _record_again(DisclosureEvent.Kind.RECALLED, received, share, Parts(recalled, ()), by, at, reason)


def _record_again(
    kind: DisclosureEvent.Kind,
    received: ReceivedReferral,
    share: ShareVersion,
    parts: Parts,
    by: User,
    at: datetime,
    reason: str,
) -> None:
    prime, *others = _on_contract(received.contract)
    record(
        _disclosure(
            received,
            share,
            parts,
            kind=kind,
            once=f"{kind.lower()}:{share.number}",
            at=at,
            by=by,
            by_name=by.display_name,
            recipient=prime,
            others=others,
            reason=reason,
        )
    )


def record_opened(share: ShareVersion, shown: Handover, *, by: User, at: datetime) -> None:
    """That somebody at a service provider opened a version: once a day in UK time, a person and version."""

    once = f"opened:{share.number}:{by.pk}:{timezone.localdate(at)}"

    def add() -> None:
        received = share.received
        if is_recorded(received.pk, once):
            return
        providers = _on_contract(received.contract)
        recipient = _provider_of(by, providers)
        record(
            _disclosure(
                received,
                share,
                parts_of(shown),
                kind=DisclosureEvent.Kind.OPENED,
                once=once,
                at=at,
                by=by,
                by_name=by.display_name,
                recipient=recipient,
                others=[],
                reason="",
            )
        )

    with_own_rights(add)


def _disclosure(
    received: ReceivedReferral,
    share: ShareVersion,
    parts: Parts,
    *,
    kind: DisclosureEvent.Kind,
    once: str,
    at: datetime,
    by: User | None,
    by_name: str,
    recipient: Provider,
    others: Sequence[Provider],
    reason: str,
) -> Disclosure:
    return Disclosure(
        kind=kind,
        once=once,
        at=at,
        referral=received.pk,
        crn=received.crn,
        by=by,
        by_name=by_name,
        recipient=recipient,
        subcontractors=[provider.name for provider in others],
        shared=parts.shared,
        withheld=parts.withheld,
        reason=reason,
        share_version=share.number,
        wording_version=share.wording_version,
        content_hash=share.content_hash,
    )


def _on_contract(contract: Contract) -> list[Provider]:
    """The prime first, then the subcontractors."""
    return [contract.prime, *_SUBCONTRACTORS.rows(contract=contract.pk)]


def _provider_of(user: User, providers: Sequence[Provider]) -> Provider:
    """Where they work, of those on the contract: the first when it is more than one."""
    theirs = set(user.memberships.filter(ended_at=None).values_list("provider", flat=True))
    return next((provider for provider in providers if provider.pk in theirs), providers[0])
