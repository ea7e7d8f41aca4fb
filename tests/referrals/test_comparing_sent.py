"""Facts after sending: given what other systems say by now, what the service provider reads and who is told."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent, OutboxEntry
from monitoring.actions.amend_referral import amend_referral
from monitoring.actions.as_sent import as_sent
from monitoring.handover import labels
from monitoring.handover.seal import seal
from monitoring.models import Conclusion, ReceivedReferral, ReferralChange, Stage, Topic
from monitoring.rules.amendments import Amendment, NewEstablishment, NewPractitioner, NewReleaseDate
from referrals.actions.tell_of_records import PRACTITIONER_CHANGED, RECORDS_TO_CHECK, About
from referrals.models import CaseCheck, Referral
from referrals.pulls import ask_again
from tests.factories.referrals import a_sent_referral
from tests.referrals.records import CARL, Records, compare, received_of

pytestmark = pytest.mark.django_db
CRN = "X980012"  # in custody; of no other test here, as what was made once is copied
SOON = timezone.localdate() + timedelta(days=60)
LATER = SOON + timedelta(days=7)
PRIVATE = "9 Hidden Lane"
BY_HAND = "Changed by hand"


@pytest.fixture
def records(monkeypatch: pytest.MonkeyPatch) -> Records:
    return Records(monkeypatch)


@pytest.fixture
def case(personas: dict[str, User], records: Records) -> Referral:
    """Sent about somebody held in Leeds, as prison records had it; the address and sex were kept back."""
    sent = a_sent_referral(personas["pp"], crn=CRN)
    kept = {
        "asked_at": "2026-11-01T00:00:00+00:00", "prison_number": "A9812ZZ", "establishment_code": "LEI",
        "release_date": SOON.isoformat(), "release_date_is_confirmed": True, "unread": [],
    }  # fmt: skip
    custody = {"establishment": "Leeds (HMP)", "release_date": SOON}
    withheld = ["address", "religion_or_belief", "sex"]
    Referral.objects.filter(pk=sent.pk).update(
        **custody,
        establishment_code="LEI",
        custody_facts=kept,
        withheld_personal_fields=withheld,
        was_limited=False,
    )
    ReceivedReferral.objects.unscoped().filter(pk=sent.received_id).update(
        **custody, location="CUSTODY", person_withheld=withheld, person_address_lines=[], person_sex="",
        person_no_fixed_abode=False,
    )  # fmt: skip
    records.held_in("LEI", SOON)
    OutboxEntry.objects.all().delete()
    return Referral.objects.get(pk=sent.pk)


def told(kind: str) -> list[str]:
    """What the practitioner is told about."""
    return sorted(entry.payload["about"] for entry in OutboxEntry.objects.filter(kind=kind))


def waiting(case: Referral) -> list[str]:
    """The names of what waits for the practitioner."""
    return [*CaseCheck.objects.get(referral=case).waiting]


def changed(case: Referral) -> dict[str, ReferralChange]:
    """The change log by topic."""
    return {change.topic: change for change in received_of(case).changes.all()}


def amend(case: Referral, amendment: Amendment, by: User) -> None:
    amend_referral(
        received=received_of(case), amendment=amendment, reason=BY_HAND, by=by, form_key=uuid4(),
        seen=type(amendment).standing(received_of(case)).seen_as(),
    )  # fmt: skip


@dataclass
class Says:
    """What the systems say by now."""

    person: dict[str, Any] = field(default_factory=dict)
    officer: dict[str, Any] | None = field(default_factory=dict)
    held_in: tuple[Any, ...] = ("LEI", SOON)
    more: dict[str, Any] = field(default_factory=dict)
    limited: bool | None = False
    silent: tuple[str, ...] = ()


@dataclass
class Reads:
    """Who changed what in the log, what waits for the practitioner, and what they are told."""

    log: dict[str, str] = field(default_factory=dict)
    waits: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


SITUATIONS = [
    pytest.param(Says(), Reads(), id="nothing has changed"),
    pytest.param(
        Says(person={"mobile": "07700 900123", "last_name": "Tolliver-Moor"}),
        Reads({Topic.PERSONAL_DETAILS: "nDelius"}), id="a mobile number and a name",
    ),
    pytest.param(Says(person={"mobile": None}), Reads({Topic.PERSONAL_DETAILS: "nDelius"}), id="no mobile any more"),
    pytest.param(
        Says(person={"mobile": None, "unread": frozenset({"mobile"})}), Reads(), id="a mobile that cannot be read"
    ),
    pytest.param(
        Says(person={"first_name": "", "last_name": "", "date_of_birth": None}), Reads(),
        id="nobody goes without a name or a date of birth",
    ),
    pytest.param(
        Says(person={"address_lines": (PRIVATE,), "sex": "Female", "no_fixed_abode": True}), Reads(),
        id="only what is kept back",
    ),
    pytest.param(Says(held_in=("HLI", SOON)), Reads({Topic.ESTABLISHMENT: "Prison records"}), id="another prison"),
    pytest.param(
        Says(held_in=("LEI", LATER)), Reads({Topic.RELEASE_DATE: "Prison records"}), id="another release date"
    ),
    pytest.param(
        Says(held_in=(None, None)), Reads(waits=["establishment", "release_date"], told=["differs"]),
        id="prison records have neither any more",
    ),
    pytest.param(
        Says(held_in=("ZZZ", SOON), more={"unread": frozenset({"establishment_id"})}), Reads(),
        id="a prison that cannot be read",
    ),
    pytest.param(Says(held_in=("QQQ", SOON)), Reads(), id="a prison that no list has"),
    pytest.param(
        Says(officer=CARL), Reads({Topic.PRACTITIONER: "nDelius"}, told=["replaced"]), id="another practitioner"
    ),
    pytest.param(
        Says(officer=None), Reads(waits=["no_practitioner"], told=["nobody"]), id="no practitioner any more"
    ),
    pytest.param(
        Says(officer={"unallocated": True}), Reads(waits=["no_practitioner"], told=["nobody"]), id="not allocated"
    ),
    pytest.param(
        Says(officer={**CARL, "unread": frozenset({"email"})}), Reads(), id="a practitioner who cannot be read"
    ),
    pytest.param(
        Says(
            limited=True, person={"mobile": "07700 900123", "address_lines": (PRIVATE,)}, held_in=("HLI", LATER),
            officer=CARL,
        ),
        Reads(
            waits=["establishment", "person.mobile", "practitioner", "release_date"],
            told=["another", "differs", "limited"],
        ),
        id="limited access: nothing is copied",
    ),
    pytest.param(Says(limited=True), Reads(told=["limited"]), id="limited access, and nothing else"),
    pytest.param(
        Says(limited=None, person={"mobile": "07700 900123"}), Reads(), id="nDelius does not say who may see them"
    ),
    pytest.param(
        Says(silent=("access", "person", "officer", "custody"), person={"mobile": "07700 900123"}), Reads(),
        id="silence of all",
    ),
    pytest.param(
        Says(silent=("custody",), person={"mobile": "07700 900123"}, held_in=("HLI", LATER)),
        Reads({Topic.PERSONAL_DETAILS: "nDelius"}), id="silence of prison records alone",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("says", "reads"), SITUATIONS)
def test_what_each_side_reads(case: Referral, records: Records, says: Says, reads: Reads) -> None:
    before, sealed = received_of(case), seal(as_sent(received_of(case)))
    records.person, records.officer, records.is_limited = says.person, says.officer, says.limited
    records.held_in(*says.held_in, **says.more)
    records.is_silent(*says.silent)

    compare(case)

    after, check = received_of(case), CaseCheck.objects.get(referral=case)
    log = changed(case)
    assert {topic: change.by_name for topic, change in log.items()} == reads.log
    assert [*check.waiting] == reads.waits
    assert told(RECORDS_TO_CHECK) + told(PRACTITIONER_CHANGED) == [
        *sorted({*reads.told} - {"another", "nobody", "replaced"}),
        *sorted({*reads.told} & {"another", "nobody", "replaced"}),
    ]
    # What was kept back stays so, whoever has another value by now; and no value is kept beside.
    assert (after.person_address_lines, after.person_sex, after.person_no_fixed_abode) == ([], "", False)
    kept = repr([*CaseCheck.objects.values(), *ReferralChange.objects.unscoped().values()])
    assert PRIVATE not in kept
    assert not says.limited or "07700 900123" not in kept
    # What was sent is still provable, and each change names both values.
    assert seal(as_sent(after)) == sealed
    for change in log.values():
        assert change.before != change.after
        assert change.by is None
        assert BY_HAND not in change.reason
    if not reads.log:
        same = {name: getattr(before, name) for name in vars(before) if not name.startswith("_")}
        assert same == {name: getattr(after, name) for name in same}
    # And the same answers once more change nothing and tell nobody.
    entries = OutboxEntry.objects.count()
    compare(case, day=1)
    assert (OutboxEntry.objects.count(), received_of(case).changes.count()) == (entries, len(log))
    assert waiting(case) == reads.waits


def test_what_is_read_of_each(case: Referral, records: Records) -> None:
    records.person, records.officer = {"mobile": "07700 900123"}, CARL
    records.held_in("HLI", LATER)

    compare(case)

    received, log = received_of(case), changed(case)
    assert (received.person_mobile, received.establishment, received.release_date, received.practitioner_name) == (
        "07700 900123", "Hull (HMP)", LATER, "Carl Carr",
    )  # fmt: skip
    assert log[Topic.PERSONAL_DETAILS].after == "Mobile number: 07700 900123"
    assert (log[Topic.ESTABLISHMENT].before, log[Topic.ESTABLISHMENT].after) == ("Leeds (HMP)", "Hull (HMP)")
    assert log[Topic.PRACTITIONER].reason == "nDelius names this practitioner as responsible for the person."
    assert OutboxEntry.objects.filter(kind="email.referral_changed").count() == 1, (
        "the caseworker, once for all"
    )
    pulled = AuditEvent.objects.get(action=AuditAction.RECORDS_COMPARED)
    assert (pulled.crn, pulled.user, pulled.facts) == (CRN, None, {"cases": 1})


@pytest.mark.parametrize(
    ("amendment", "held_in", "officer", "waits"),
    [
        pytest.param(NewEstablishment("York (HMP)"), ("HLI", SOON), {}, ["establishment"], id="establishment"),
        pytest.param(NewReleaseDate(LATER, ""), ("LEI", SOON + timedelta(days=30)), {}, ["release_date"], id="date"),
        pytest.param(
            NewReleaseDate(None, "Parole"), ("LEI", SOON + timedelta(days=30)), {}, ["release_date"], id="not known"
        ),
        pytest.param(
            NewPractitioner("Dora Dell", "dora.dell@justice.gov.uk"), ("LEI", SOON), CARL, ["practitioner"],
            id="practitioner",
        ),
        pytest.param(NewEstablishment("York (HMP)"), ("LEI", SOON), {}, [], id="nothing new in the records"),
    ],
)  # fmt: skip
def test_what_was_changed_by_hand_after_sending_is_not_overwritten(
    case: Referral, records: Records, personas: dict[str, User], amendment: Amendment, held_in: tuple[str, date],
    officer: dict[str, Any], waits: list[str],
) -> None:  # fmt: skip
    amend(case, amendment, personas["pp"])
    records.held_in(*held_in)
    records.officer = officer

    for day in (0, 1):
        compare(case, day=day)

        assert type(amendment).standing(received_of(case)).same_as(amendment)
        assert waiting(case) == waits
    assert len(told(RECORDS_TO_CHECK) + told(PRACTITIONER_CHANGED)) == len(waits), "told once"


@pytest.mark.parametrize("silent", [("access",), ("custody",), ("person", "officer")], ids=" ".join)
def test_silence_between_two_answers_tells_nobody_again(
    case: Referral, records: Records, personas: dict[str, User], silent: tuple[str, ...]
) -> None:
    amend(case, NewEstablishment("York (HMP)"), personas["pp"])
    records.held_in("HLI", SOON)
    records.officer = None
    compare(case)
    before = (told(RECORDS_TO_CHECK), told(PRACTITIONER_CHANGED))
    assert before == ([About.DIFFERS], [About.NOBODY])

    records.is_silent(*silent)
    compare(case, day=1)
    records.failing.clear()
    compare(case, day=2)

    assert (told(RECORDS_TO_CHECK), told(PRACTITIONER_CHANGED)) == before
    assert waiting(case) == ["establishment", "no_practitioner"]


def test_once_the_records_agree_with_what_was_changed_by_hand_it_follows_them_again(
    case: Referral, records: Records, personas: dict[str, User]
) -> None:
    amend(case, NewEstablishment("Hull (HMP)"), personas["pp"])
    for day, code in enumerate(("HLI", "LEI")):
        records.held_in(code, SOON)
        compare(case, day=day)

    assert received_of(case).establishment == "Leeds (HMP)"
    assert changed(case)[Topic.ESTABLISHMENT].by_name in ("Prison records", personas["pp"].display_name)


def test_what_was_answered_by_hand_before_sending_is_not_overwritten_either(
    case: Referral, records: Records
) -> None:
    by_hand = {"establishment": "York (HMP)", "practitioner_name": "Dora Dell"}
    Referral.objects.filter(pk=case.pk).update(**by_hand, establishment_code="YOR", practitioner_email="")
    ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(**by_hand, practitioner_email="")

    compare(case)
    assert waiting(case) == [], "it differed when it was sent"
    records.held_in("HLI", SOON)
    records.officer = CARL
    compare(case, day=1)

    assert received_of(case).establishment == "York (HMP)"
    assert waiting(case) == ["establishment", "practitioner"]


def test_limits_that_end_let_the_referral_follow_again(case: Referral, records: Records) -> None:
    records.is_limited, records.person = True, {"mobile": "07700 900123"}
    compare(case)
    assert received_of(case).person_mobile != "07700 900123"

    records.is_limited = False
    compare(case, day=1)

    assert received_of(case).person_mobile == "07700 900123"
    assert waiting(case) == []
    assert told(RECORDS_TO_CHECK) == [About.DIFFERS, About.LIMITED, About.NOT_LIMITED]
    events = AuditEvent.objects.filter(action=AuditAction.LIMITS_CHANGED, referral=case.pk)
    assert [event.facts for event in events.order_by("at")] == [{"limited": True}, {"limited": False}]


def test_a_crn_that_ndelius_no_longer_has_blanks_nothing_and_is_told_once(
    case: Referral, records: Records
) -> None:
    before = received_of(case).shared_person()
    records.has_nobody()
    for day in (0, 1):
        compare(case, day=day)

    check = CaseCheck.objects.get(referral=case)
    assert (received_of(case).shared_person(), received_of(case).changes.count()) == (before, 0)
    assert check.not_found_at is not None
    assert check.not_found_at < (check.checked_at or check.not_found_at)
    assert told(RECORDS_TO_CHECK) == [About.NOT_FOUND]
    assert AuditEvent.objects.filter(action=AuditAction.CRN_NOT_FOUND, referral=case.pk).count() == 1
    assert {name for name, _ in records.asked} == {"access", "person"}, "nothing else is asked of nobody"

    records.failing.clear()
    compare(case, day=2)
    assert CaseCheck.objects.get(referral=case).not_found_at is None


@pytest.mark.parametrize(
    "ended",
    [
        pytest.param(
            {"stage": Stage.COMPLETED, "concluded_at": timezone.now(), "conclusion": Conclusion.COMPLETED}
        ),
        pytest.param(
            {"stage": Stage.CANCELLED, "concluded_at": timezone.now(), "conclusion": Conclusion.CANCELLED}
        ),
    ],
    ids=["completed", "cancelled"],
)
def test_of_a_case_that_has_ended_nothing_is_asked(
    case: Referral, records: Records, ended: dict[str, Any]
) -> None:
    ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(**ended)
    records.person = {"mobile": "07700 900123"}

    compare(case)

    assert records.asked == []
    assert not CaseCheck.objects.exists()


def test_a_case_that_ends_while_ndelius_is_asked_stays_as_it_is(
    case: Referral, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    records.person = {"mobile": "07700 900123"}
    ending = {"stage": Stage.CANCELLED, "concluded_at": timezone.now(), "conclusion": Conclusion.CANCELLED}
    asked = ask_again.custody_of

    def ends_meanwhile(crn: str) -> Any:
        ReceivedReferral.objects.unscoped().filter(pk=case.received_id).update(**ending)
        return asked(crn)

    monkeypatch.setattr(ask_again, "custody_of", ends_meanwhile)

    compare(case)

    assert received_of(case).person_mobile != "07700 900123"
    assert not received_of(case).changes.exists()


def test_two_cases_of_one_person_are_asked_about_once(
    case: Referral, personas: dict[str, User], records: Records
) -> None:
    other = a_sent_referral(personas["pp"], crn=CRN)
    records.person = {"mobile": "07700 900123"}

    compare(case)

    assert sorted(name for name, _ in records.asked) == ["access", "custody", "officer", "person"]
    assert {received_of(one).person_mobile for one in (case, other)} == {"07700 900123"}


def test_the_release_date_is_not_asked_about_in_the_community(
    personas: dict[str, User], records: Records
) -> None:
    sent = a_sent_referral(personas["pp"], crn="X980001")
    records.held_in("HLI", LATER)

    compare(sent)

    assert "custody" not in {name for name, _ in records.asked}
    assert received_of(sent).establishment == ""
    assert labels.NOT_KNOWN not in received_of(sent).release_date_unknown_reason


def test_a_person_costs_as_many_statements_however_many_others_there_are(
    case: Referral, personas: dict[str, User], records: Records
) -> None:
    compare(case)
    with CaptureQueriesContext(connection) as alone:
        compare(case, day=1)
    for crn in ("X980001", "X980010", "X980026"):
        compare(a_sent_referral(personas["pp"], crn=crn))
    with CaptureQueriesContext(connection) as among_others:
        compare(case, day=2)

    assert len(among_others) == len(alone) <= 14
