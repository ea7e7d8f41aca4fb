"""Who comes in as what: audiences by role, user names in any case, names from the directory, groups as grants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Audience, Membership, User
from events.models import AuditAction, AuditEvent
from interventions.models import Contract, ContractGrant
from tests.factories.accounts import ProviderFactory, SupplierUserFactory
from tests.pages import assert_page
from tests.sign_in.conftest import Browser
from tests.sign_in.test_tokens import saying
from upstream_stub import adapter
from upstream_stub.faults import Fault

SignsTokens = Callable[[Callable[[dict[str, Any]], str]], None]
MANAGER, HARROWGATE = "INT_SP_MOSSBANK_TRUST", "INT_SP_HARROWGATE_PATHWAYS"


def audited(*actions: AuditAction, username: str) -> list[tuple[str, dict[str, Any]]]:
    """What is in the trail, oldest first."""
    events = AuditEvent.objects.filter(user__username=username, action__in=actions).order_by("at")
    return [(event.action, event.facts) for event in events]


def told(browser: Browser) -> str:
    """What the first page says in banners."""
    page = BeautifulSoup(browser.client.get("/", follow=True).content, "html5lib")
    return " ".join(banner.get_text(" ", strip=True) for banner in page.select(".govuk-notification-banner"))


# --- Who they are


ROLES = [
    ("delius", ["ROLE_PROBATION"], Audience.PRACTITIONER),
    ("delius", ["ROLE_OTHER", "ROLE_PROBATION"], Audience.PRACTITIONER),
    ("DELIUS", ["ROLE_PROBATION"], Audience.PRACTITIONER),
    ("auth", ["ROLE_CRS_PROVIDER"], Audience.SUPPLIER),
    ("delius", ["ROLE_CRS_PROVIDER"], "no_role_of_practitioners"),
    ("delius", [], "no_role_of_practitioners"),
    ("auth", ["ROLE_PROBATION"], "no_role_of_providers"),
    ("auth", ["ROLE_INTERVENTIONS_SERVICE_EDITOR"], "no_role_of_providers"),
    ("auth", ["CRS_PROVIDER", 7], "no_role_of_providers"),
    ("nomis", ["ROLE_PROBATION"], "account_from_elsewhere"),
    ("azuread", ["ROLE_PROBATION", "ROLE_CRS_PROVIDER"], "account_from_elsewhere"),
    ("none", ["ROLE_PROBATION"], "account_from_elsewhere"),
    (None, ["ROLE_PROBATION"], "account_from_elsewhere"),
]


@pytest.mark.slow
def test_the_source_and_the_roles_decide_the_audience(db: None, signs_tokens: SignsTokens) -> None:
    for number, (source, roles, expected) in enumerate(ROLES):
        browser = Browser()
        signs_tokens(saying(user_name=f"SOMEBODY{number}", auth_source=source, authorities=roles))
        answer = browser.signs_in("N.OROLE")
        if isinstance(expected, Audience):
            assert browser.user is not None, (source, roles)
            assert browser.user.audience == expected
            assert not browser.user.has_usable_password()
            assert not browser.user.is_staff
            continue
        page = assert_page(answer, 403)
        assert page.find("a", string="Sign out of HMPPS Auth, to use another account") is not None
        assert " ask " in page.text, "what to do"
        assert browser.user is None
        assert not User.objects.filter(username=f"somebody{number}").exists()
        event = AuditEvent.objects.filter(action=AuditAction.SIGN_IN_FAILED).latest("at")
        assert event.facts["code"] == expected, (source, roles)


@pytest.mark.slow
def test_user_names_are_the_same_in_any_case(personas: dict[str, User], signs_tokens: SignsTokens) -> None:
    before = User.objects.count()
    User.objects.filter(pk=personas["pp"].pk).update(ndelius_username="p.Okonjo")
    for written in ("P.OKONJO", "p.okonjo", "P.Okonjo"):
        signs_tokens(saying(user_name=written))
        browser = Browser()
        browser.signs_in("P.OKONJO")
        assert browser.user == personas["pp"], written
    assert User.objects.count() == before

    for written in ("SP.BRIAR", "sp.briar", "Sp.Briar"):
        signs_tokens(saying(user_name=written))
        browser = Browser()
        browser.signs_in("SP.BRIAR")
        assert browser.user is not None
        assert browser.user.username == "sp.briar"
    assert User.objects.count() == before + 1


def test_accounts_that_nobody_may_take_over(personas: dict[str, User], signs_tokens: SignsTokens) -> None:
    User.objects.filter(username="sp.other").update(is_active=False)
    for row in (
        ({"user_name": "ADMIN"}, "SP.BRIAR", "account_of_another"),
        ({"user_name": "ADMIN"}, "P.OKONJO", "account_of_another"),
        ({"user_name": "PP"}, "SP.BRIAR", "account_of_another"),
        ({"user_name": "SP.CASEWORKER"}, "P.OKONJO", "account_of_another"),
        ({"user_name": "PP"}, "P.OKONJO", "account_of_another"),  # whose nDelius account is P.OKONJO
        ({"user_name": "SP.OTHER"}, "SP.BRIAR", "closed_account"),
    ):
        claims, username, code = row
        signs_tokens(saying(**claims))
        browser = Browser()
        assert_page(browser.signs_in(username), 403)
        assert browser.user is None
        event = AuditEvent.objects.filter(action=AuditAction.SIGN_IN_FAILED).latest("at")
        assert event.user is not None
        assert (event.user.username, event.facts["code"]) == (str(claims["user_name"]).lower(), code)
    assert User.objects.get(username="admin").audience == Audience.ADMINISTRATOR


def test_names_and_emails_follow_the_directory(browser: Browser, groups: Callable[..., None]) -> None:
    browser.signs_in("SP.QUILL")
    quill = User.objects.get(username="sp.quill")
    assert (quill.first_name, quill.last_name, quill.email) == ("Nadia", "Quill", "nadia.quill@example.com")
    for others, now in (
        ({"last_name": "van der  Berg"}, ("Nadia", "van der Berg", "nadia.quill@example.com")),
        ({"first_name": "Nia\u200b", "email": "not an address"}, ("Nia", "Quill", "nadia.quill@example.com")),
        ({"email": "nq@example.com"}, ("Nadia", "Quill", "nq@example.com")),
        ({"email": None}, ("Nadia", "Quill", "")),
    ):
        groups("SP.QUILL", [HARROWGATE], **others)
        Browser().signs_in("SP.QUILL")
        quill.refresh_from_db()
        assert (quill.first_name, " ".join(quill.last_name.split()), quill.email) == now
    facts = audited(AuditAction.ACCOUNT_UPDATED, username="sp.quill")
    assert [one["fields"] for _, one in facts][:2] == ["email,first_name,last_name", "last_name"]
    assert audited(AuditAction.ACCOUNT_CREATED, username="sp.quill") == [
        ("account.created", {"audience": "SUPPLIER"})
    ]


# --- Where they belong


@dataclass(frozen=True)
class Row:
    """Groups; the providers and contracts that they amount to; what is said of those that give nothing."""

    groups: list[str]
    providers: set[str]
    contracts: set[str]
    told: tuple[str, ...] = ()


GROUPS = {
    "one contract": Row([HARROWGATE, "INT_CR_DEMO_0001"], {"HARROWGATE_PATHWAYS"}, {"DEMO_0001"}),
    "one more, in small letters": Row(
        [HARROWGATE, "int_cr_demo_0001", "INT_CR_DEMO_0002"],
        {"HARROWGATE_PATHWAYS"},
        {"DEMO_0001", "DEMO_0002"},
    ),
    "as a subcontractor": Row([HARROWGATE, "INT_CR_DEMO_0004"], {"HARROWGATE_PATHWAYS"}, {"DEMO_0004"}),
    "a contract of another provider": Row(
        [HARROWGATE, "INT_CR_DEMO_0001", "INT_CR_DEMO_0003"],
        {"HARROWGATE_PATHWAYS"},
        {"DEMO_0001"},
        ("INT_CR_DEMO_0003 is for a contract that your service provider does not deliver",),
    ),
    "names that nobody knows": Row(
        [HARROWGATE, "INT_CR_DEMO_0001", "INT_CR_NO_SUCH", "INT_SP_NOBODY"],
        {"HARROWGATE_PATHWAYS"},
        {"DEMO_0001"},
        ("INT_CR_NO_SUCH is for a contract that this", "INT_SP_NOBODY is for a service provider that this"),
    ),
    "a provider that is closed": Row(
        [HARROWGATE, "INT_CR_DEMO_0001", "INT_SP_CLOSED"],
        {"HARROWGATE_PATHWAYS"},
        {"DEMO_0001"},
        ("INT_SP_CLOSED is for a service provider that is closed here",),
    ),
    "groups of other services": Row(
        [HARROWGATE, "INT_CR_DEMO_0001", "PECS_LONDON", "INT_XX_A", "<script>"],
        {"HARROWGATE_PATHWAYS"},
        {"DEMO_0001"},
    ),
    "another provider": Row([MANAGER, "INT_CR_DEMO_0003"], {"MOSSBANK_TRUST"}, {"DEMO_0003"}),
    "two providers": Row(
        [MANAGER, HARROWGATE, "INT_CR_DEMO_0001", "INT_CR_DEMO_0003"],
        {"MOSSBANK_TRUST", "HARROWGATE_PATHWAYS"},
        {"DEMO_0001", "DEMO_0003"},
    ),
    "no contract": Row(
        [HARROWGATE], {"HARROWGATE_PATHWAYS"}, set(), ("None of your groups in HMPPS Auth is for a contract",)
    ),
    "contracts without a provider": Row(
        ["INT_CR_DEMO_0001"],
        set(),
        set(),
        (
            "INT_CR_DEMO_0001 is for a contract that your",
            "None of your groups in HMPPS Auth is for a service provider",
        ),
    ),
    "none": Row([], set(), set(), ("None of your groups in HMPPS Auth is for a service provider",)),
}


def _places(username: str) -> tuple[set[str], set[str]]:
    current = Membership.objects.filter(user__username=username, ended_at=None)
    grants = ContractGrant.objects.current().filter(user__username=username)
    return (
        set(current.values_list("provider__code", flat=True)),
        set(grants.values_list("contract__reference", flat=True)),
    )


@pytest.mark.slow
def test_groups_are_given_and_what_is_gone_from_them_ends(db: None, groups: Callable[..., None]) -> None:
    """One person, whose groups change from each sign-in to the next."""
    ProviderFactory(code="CLOSED", is_active=False)
    held: tuple[set[str], set[str]] = (set(), set())
    for what, row in GROUPS.items():
        groups("SP.QUILL", row.groups)
        browser = Browser()
        before = AuditEvent.objects.count()
        assert browser.signs_in("SP.QUILL").status_code == 302, what
        assert _places("sp.quill") == (row.providers, row.contracts), what
        new = set(
            AuditEvent.objects.order_by("at")[before:].values_list(
                "action", "facts__provider", "facts__contract"
            )
        )
        changes = {(AuditAction.MEMBERSHIP_BEGAN, code, None) for code in row.providers - held[0]}
        changes |= {(AuditAction.MEMBERSHIP_ENDED, code, None) for code in held[0] - row.providers}
        changes |= {(AuditAction.CONTRACT_GRANTED, None, code) for code in row.contracts - held[1]}
        changes |= {(AuditAction.CONTRACT_GRANT_REVOKED, None, code) for code in held[1] - row.contracts}
        others = {
            AuditAction.SIGNED_IN,
            AuditAction.GROUP_REFUSED,
            AuditAction.ACCOUNT_CREATED,
            AuditAction.ACCOUNT_UPDATED,
        }
        assert {event for event in new if event[0] not in others} == changes, what
        wrong = sum(
            event[0] == AuditAction.GROUP_REFUSED
            for event in AuditEvent.objects.order_by("at")[before:].values_list("action")
        )
        assert wrong == sum("INT_" in words for words in row.told), what
        if row.told or what == "one contract":
            said = told(browser)
            assert all(words in said for words in row.told), (what, said)
            assert bool(said) == bool(row.told), said
        held = (row.providers, row.contracts)


def test_groups_that_cannot_be_read_end_nothing(db: None, groups: Callable[..., None]) -> None:
    held = [HARROWGATE, "INT_CR_DEMO_0001"]
    groups("SP.QUILL", held)
    Browser().signs_in("SP.QUILL")
    before = _places("sp.quill")
    assert all(before)

    # When one of them has lost its code, and a new one is there
    fewer = [{"groupCode": "INT_CR_DEMO_0002", "groupName": "A group"}, {"groupName": "A group"}]
    adapter.state().faults.append(
        Fault("status", system="manage_users", path_regex="/groups", status=200, body=fewer, times=1)
    )
    browser = Browser()
    assert browser.signs_in("SP.QUILL").status_code == 302

    # Then what they had stays, what is new is not given to somebody whose provider is not named, and they are told
    assert _places("sp.quill") == before
    assert "sent an answer that we cannot read" in told(browser)

    # Until all can be read
    groups("SP.QUILL", held[:1])
    Browser().signs_in("SP.QUILL")
    assert _places("sp.quill") == (before[0], set())


def test_a_post_is_kept_and_a_grant_of_an_administrator_ends(
    personas: dict[str, User], groups: Callable[..., None]
) -> None:
    someone = SupplierUserFactory(username="sp.quill")
    provider = Contract.objects.get(reference="DEMO_0001").prime
    place = Membership.objects.create(user=someone, provider=provider, post=Membership.Post.MANAGER)
    ContractGrant.objects.create(
        user=someone, contract=Contract.objects.get(reference="DEMO_0001"), granted_by=personas["admin"]
    )
    for codes in ([HARROWGATE], [], [HARROWGATE]):
        groups("SP.QUILL", codes)
        Browser().signs_in("SP.QUILL")
        assert _places("sp.quill")[1] == set()
    place.refresh_from_db()
    assert place.ended_at is not None
    again = Membership.objects.get(user=someone, ended_at=None)
    assert (again.provider, again.post) == (provider, Membership.Post.MANAGER)


# --- When the directory is of no use


SILENCES = {
    "nothing answers": ([Fault("status", system="manage_users", status=503)], "is not answering"),
    "the connection breaks": ([Fault("reset", system="manage_users")], "is not answering"),
    "our own token is refused": ([Fault("status", system="manage_users", status=401)], "is not answering"),
    "nothing can be read": ([Fault("not_json", system="manage_users")], "sent an answer that we cannot read"),
    "groups alone are missing": (
        [Fault("status", system="manage_users", path_regex="groups", status=500)],
        "is not answering",
    ),
    "nobody of that name": (
        [Fault("status", system="manage_users", path_regex="groups", status=404, body={})],
        "does not know your account",
    ),
}


@pytest.mark.slow
def test_a_silent_directory_stops_nobody(personas: dict[str, User], settings: Settings) -> None:
    inside = Browser()
    inside.signs_in("SP.BRIAR")
    held = _places("sp.briar")
    assert held == ({"HARROWGATE_PATHWAYS"}, {"DEMO_0001", "DEMO_0002"})
    for what, (faults, words) in SILENCES.items():
        adapter.reset()
        adapter.state().faults += faults
        browser = Browser()
        assert browser.signs_in("SP.BRIAR").status_code == 302, what
        assert browser.user is not None
        assert browser.user.get_full_name() == "Sorrel Briar", what
        assert _places("sp.briar") == held, what
        said = told(browser)
        assert words in said, (what, said)
        assert "access are as they were" in said
        assert "cannot see any cases" not in said
        assert inside.client.get(reverse("monitoring:all_cases")).status_code == 200, "nobody is signed out"

    # A practitioner, and a new member of staff
    adapter.reset()
    adapter.state().faults.append(Fault("status", status=503, system="manage_users"))
    adapter.state().faults.append(Fault("status", status=503, system="ndelius"))
    practitioner, newcomer = Browser(), Browser()
    assert practitioner.signs_in("P.OKONJO").status_code == 302
    assert practitioner.user is not None
    newcomer.signs_in("SP.QUILL")
    assert "You cannot see any cases" in told(newcomer)

    # Where it is not connected at all, access is given here, and nothing is said
    adapter.reset()
    settings.UPSTREAM_MODES = {**settings.UPSTREAM_MODES, "manage_users": "off"}
    assert told(signed_in("SP.BRIAR")) == ""
    assert _places("sp.briar") == held


def signed_in(username: str) -> Browser:
    """Somebody who has just signed in."""
    browser = Browser()
    browser.signs_in(username)
    return browser
