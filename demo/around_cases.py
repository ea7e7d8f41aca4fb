"""What stands around the demo's cases: a notice, a case of two people who left, and a change of provider.

So that the pages about them have something to show. Notifications come by themselves, once the worker has delivered
what the cases tell people. Safe to repeat. Only for demo mode.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import structlog
from django.utils import timezone

from accounts.demo import PROVIDERS
from accounts.models import Audience, Membership, Provider, ServiceNotice, User
from demo import referrals
from demo.referrals import AUTHOR, MANAGER, Case
from events import audit
from events.models import AuditAction
from integrations.failures import UpstreamFailure
from interventions.actions import grant_contract
from interventions.models import Contract, ProviderChange
from monitoring.actions.assign_caseworker import assign
from referrals.models import Referral

IN_NDELIUS = "patience.okonjo@example.com"  # as whom the demo's nDelius names P.OKONJO
A_WHILE = timedelta(days=60)
CHANGING = "DEMO_0012"  # a contract of its own: nothing else of the demo changes when the day comes
LEFT_BEHIND = Case(
    "X980005",
    CHANGING,
    "Spends his days alone since he moved.",
    referrals.nothing_where_oasys_is_silent,
    is_sent=True,
)
log = structlog.get_logger(__name__)


def put_the_author_where_emails_go() -> None:
    """The practitioner of the demo is told what nDelius's practitioner of the same name is: their list is not empty."""
    User.objects.filter(username=AUTHOR, email=f"{AUTHOR}@example.com").update(email=IN_NDELIUS)


def load() -> None:
    """Whatever of it is missing. Needs people and catalogue."""
    _notice()
    _case_of_people_who_left()
    _change_to_come()


def _notice() -> None:
    now = timezone.now()
    ServiceNotice.objects.get_or_create(
        heading="You can change a referral after you send it",
        defaults={
            "kind": ServiceNotice.Kind.WHATS_NEW,
            "text": "Open a case and select “Referral details”. Give a reason for each change: the service provider "
            "reads it.",
            "starts_at": now,
            "ends_at": now + A_WHILE,
            "audience": Audience.PRACTITIONER,
        },
    )


def _case_of_people_who_left() -> None:
    """Sent by a practitioner and in the hands of a caseworker whose accounts are closed by now."""
    if Referral.objects.filter(form_key=LEFT_BEHIND.form_key).exists():
        return
    admin, manager = (User.objects.get(username=name) for name in ("admin", MANAGER))
    practitioner = _person("pp.left", "Lowri", "Fenwick", Audience.PRACTITIONER)
    caseworker = _person("sp.left", "Leopold", "Farrow", Audience.SUPPLIER)
    harrowgate = Provider.objects.get(name=PROVIDERS["HARROWGATE_PATHWAYS"])
    post = {"post": Membership.Post.CASEWORKER}
    Membership.objects.get_or_create(user=caseworker, provider=harrowgate, defaults=post)
    grant_contract(user=caseworker, contract=Contract.objects.get(reference=CHANGING), by=admin)
    try:
        sent = referrals.make(LEFT_BEHIND, practitioner)
    except UpstreamFailure as failure:
        log.warning("demo_cases_not_made", failure=type(failure).__name__)
    else:
        assert sent.received is not None
        assign(received=sent.received, caseworker=caseworker, by=manager, form_key=uuid4())
    User.objects.filter(pk__in=(practitioner.pk, caseworker.pk)).update(is_active=False)


def _person(username: str, first_name: str, last_name: str, audience: Audience) -> User:
    """Without a password: nobody signs in as them."""
    names = {"first_name": first_name, "last_name": last_name, "audience": audience}
    more = {"email": f"{username}@example.com", "ndelius_username": "", "password": "!"}
    return User.objects.get_or_create(username=username, defaults=names | more)[0]


def _change_to_come() -> None:
    """Once: one that was cancelled or carried out is not set again."""
    contract = Contract.objects.get(reference=CHANGING)
    if contract.provider_changes.exists():
        return
    at = (timezone.localtime() + A_WHILE).replace(hour=9, minute=0, second=0, microsecond=0)
    admin = User.objects.get(username="admin")
    change = ProviderChange.objects.create(
        contract=contract,
        prime=Provider.objects.get(name=PROVIDERS["MOSSBANK_TRUST"]),
        incoming_email="mossbank@example.com",
        takes_effect_at=at,
        set_by=admin,
        set_at=timezone.now(),
    )
    audit.record(AuditAction.PROVIDER_CHANGE_SET, by=admin, change=change.pk)
