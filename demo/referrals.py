"""The demo's referrals: two drafts, and sent ones at every stage, made as a practitioner makes them. Safe to repeat.

Everything goes through the real actions and the systems mounted at start-up (the stub), so what is there is what the
service itself would have written. Only for demo mode. Needs people and catalogue to be there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import structlog
from django.db import transaction
from django.utils import timezone

from accounts.models import Audience, User
from demo import cases as stages
from demo.cases import STAGES, Team, Work, day
from events.models import NDELIUS, OutboxEntry
from events.outbox import deliver_entry
from integrations.failures import UpstreamFailure
from integrations.ndelius import client
from interventions.models import Contract
from monitoring.rules.appointments import moment_at
from referrals.actions.cover_for_colleague import note_team
from referrals.actions.save_answers import answer_question
from referrals.actions.send_referral import send_referral
from referrals.actions.start_referral import start_referral
from referrals.journey import answers
from referrals.journey.questions.service import described
from referrals.journey.records import OfficerInNdelius
from referrals.journey.structure import PlacedStep
from referrals.make_a_referral import MAKE_A_REFERRAL
from referrals.models import Referral
from referrals.pulls.criminogenic_needs import pull_needs
from referrals.pulls.practitioner import pull_practitioner
from risk.actions import change_section as changing
from risk.actions import declare_responsibility as declaring
from risk.actions import pull_risk_information as pulling
from risk.models import RiskInformation, SectionKey, SectionState
from risk.wording import CURRENT_WORDING
from upstream_stub.adapter import state

AUTHOR, MANAGER, CASEWORKER = "pp", "sp.manager", "sp.caseworker"
PERSON_ANSWERS = ("allocation", "current-location", "practitioner", "back-up-contact", "personal-details")
Decide = Callable[[RiskInformation, User], object]
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Case:
    """One referral of the demo. ``decide`` is what the practitioner does about the risk information."""

    crn: str
    contract: str
    reason: str
    decide: Decide
    is_half_filled: bool = False
    is_sent: bool = False
    further: Callable[[Work], None] | None = None  # what was done on it since
    is_merged_since: bool = False  # nDelius had the CRN when it was sent, and has it no more

    @property
    def form_key(self) -> UUID:
        """Always the same for the same case: what makes loading safe to repeat."""
        return uuid5(NAMESPACE_URL, f"demo:{self.crn}:{self.contract}")


def load(cases: Sequence[Case] | None = None) -> None:
    """Make the cases that are missing (of all, unless told); one that somebody went on with stays as it is.

    Without nDelius there are no people to refer: the service then starts without cases.
    """
    author = User.objects.get(username=AUTHOR)
    for practitioner in User.objects.filter(audience=Audience.PRACTITIONER, is_active=True):
        note_team(practitioner)  # so that they can cover for each other
    wanted = CASES if cases is None else cases
    made = Referral.objects.filter(form_key__in=[case.form_key for case in wanted])
    there = set(made.values_list("form_key", flat=True))
    try:
        for slot, case in enumerate(wanted):
            if case.form_key not in there:
                make(case, author, slot=slot)
    except UpstreamFailure as failure:
        log.warning("demo_cases_not_made", failure=type(failure).__name__)


def make(case: Case, author: User, *, slot: int = 0) -> Referral:
    """Make one case, as far as it is to go. ``slot`` keeps its appointments apart from those of other cases."""
    if not case.is_merged_since:
        return _make(case, author, slot)
    with state().before_the_merge(case.crn):
        sent = _make(case, author, slot)
        for entry in OutboxEntry.objects.filter(referral=sent.pk, receiver=NDELIUS).order_by("created_at"):
            deliver_entry(entry.pk)  # while nDelius has the CRN
        return sent


def _make(case: Case, author: User, slot: int) -> Referral:
    draft = start_referral(
        by=author,
        contract=Contract.objects.get(reference=case.contract),
        person=client.person(case.crn),
        form_key=case.form_key,
    )
    answer(
        draft, author, only=PERSON_ANSWERS if case.is_half_filled else None, reason_for_referral=case.reason
    )
    pulling.pull(risk=draft.risk, by=author)
    case.decide(draft.risk, author)
    if case.is_half_filled:
        return draft
    declare(draft, author)
    if not case.is_sent:
        return draft
    with transaction.atomic():  # as far as it is to go, or not sent
        return _send(draft, author, case.further, slot)


def _send(draft: Referral, author: User, further: Callable[[Work], None] | None, slot: int) -> Referral:
    """Send it now, or so long ago that what was done since fits in."""
    if further is None:
        return send_referral(draft=draft, by=author)
    received_at = moment_at(day(-STAGES[further]), time(9, 30))
    sent = send_referral(draft=draft, by=author, at=received_at)
    assert sent.received is not None
    manager, caseworker = (User.objects.get(username=name) for name in (MANAGER, CASEWORKER))
    further(Work(sent.received, Team(author, manager, caseworker), slot))
    return sent


def answer(draft: Referral, author: User, *, only: Iterable[str] | None = None, **texts: str) -> None:
    """Answer every question but risk, or ``only`` those under the slugs named. ``texts`` replace plain answers."""
    pull_needs(draft=draft, by=author)
    given = plain_answers(draft, author, **texts)
    asked = set(given) if only is None else set(only)
    done: set[tuple[str, int | None]] = set()
    as_it_stands = _fresh(draft)
    while True:  # an answer can open further questions
        steps = MAKE_A_REFERRAL.on(as_it_stands, author, timezone.localdate()).steps
        placed = next(
            (one for one in steps if one.step.slug in asked & set(given) and _key(one) not in done), None
        )
        if placed is None:
            return
        done.add(_key(placed))
        value = given[placed.step.slug]
        as_it_stands = answer_question(
            journey=MAKE_A_REFERRAL,
            draft=draft,
            placed=placed,
            answers=value(placed.service.category) if placed.service and callable(value) else value,
            by=author,
            as_opened="",
        ).draft


def _key(placed: PlacedStep) -> tuple[str, int | None]:
    return placed.step.slug, placed.service.category_id if placed.service else None


def plain_answers(draft: Referral, author: User, **texts: str) -> dict[str, Any]:
    """Good answers by the slug of their question; a function of the service where it is asked of each."""
    pull_practitioner(draft=draft, by=author)
    officer = OfficerInNdelius.from_kept(draft.practitioner_in_ndelius) or OfficerInNdelius()
    sentence = client.active_sentences(draft.crn).known[0]
    contract = draft.contract
    said = {
        "comment": "Lost the last tenancy after arrears. Wants to understand what went wrong.",
        "additional_needs": "Reads slowly: please send short text messages before each appointment.",
        "accessibility_needs": "",
        "when_unavailable": "Collects a child from school at 3pm on weekdays.",
        "diversity": "",
        "reason_for_referral": "Needs a settled home before probation ends.",
        "further_information": "Best reached by telephone in the morning.",
        **texts,
    }
    return {
        "allocation": answers.Allocation(has_practitioner=True),
        "current-location": answers.WhereNow("COMMUNITY"),
        "practitioner": answers.Practitioner(
            practitioner_name=officer.name or author.display_name,
            practitioner_email=officer.email,
            practitioner_phone=officer.phone,
            practitioner_team_phone=officer.team_phone,
            practitioner_pdu=officer.pdu or "North Durham",
            practitioner_office="",
            practitioner_office_number=None,
            practitioner_confirmed_at=timezone.now(),
        ),
        "release": answers.Release(is_releasing=True),
        "main-contact": answers.MainContact(
            contact_name="Nia Prosser",
            contact_role="Resettlement worker",
            contact_email="nia.prosser@example.com",
            contact_phone="01632 960777",
            contact_place="ESTABLISHMENT",
            contact_establishment="Moorland (HMP & YOI)",
            contact_establishment_code="MDI",
            contact_office="",
            contact_office_number=None,
        ),
        "reason-before-allocation": answers.ReasonBeforeAllocation("Is released before a team is chosen."),
        "establishment": answers.Establishment("A9812ZZ", "Moorland (HMP & YOI)", "MDI"),
        "expected-release-date": answers.ExpectedRelease(timezone.localdate() + timedelta(days=45), ""),
        "expected-probation-office": answers.ExpectedOffice("", None, "Depends on where they find a room."),
        "back-up-contact": answers.BackUpContact(
            "Jonah Arkwright", "pp.colleague@example.com", "01632 960902"
        ),
        "personal-details": answers.SharedPersonalDetails(("religion_or_belief",)),
        "criminogenic-needs": answers.CriminogenicNeeds(
            (answers.NeedWithComment("ACCOMMODATION", "Accommodation", said["comment"]),)
        ),
        "additional-needs": answers.AdditionalNeeds(said["additional_needs"]),
        "accessibility-needs": answers.AccessibilityNeeds(said["accessibility_needs"]),
        "interpreter": answers.Interpreter(needs_interpreter=False, interpreter_language=""),
        "responsibilities": answers.Responsibilities(
            has_responsibilities=True, when_unavailable=said["when_unavailable"]
        ),
        "diversity": answers.Diversity(said["diversity"]),
        "services": answers.Services(tuple(sorted(one.pk for one in contract.categories())[:2])),
        "relevant-sentence": answers.RelevantSentence(
            sentence.id, described(sentence), sentence.offence_subcategory or "", sentence.ends_on
        ),
        "desired-outcomes": lambda category: answers.DesiredOutcomes(
            tuple(sorted(one.pk for one in contract.outcomes_for(category)[:2]))
        ),
        "complexity-level": lambda category: answers.Complexity(
            contract.complexity_levels_for(category)[0].pk
        ),
        "enforceable-days": answers.EnforceableDays(12),
        "completion-date": answers.CompletionDate(timezone.localdate() + timedelta(days=120)),
        "reason-for-referral": answers.Reasons(said["reason_for_referral"], said["further_information"]),
    }


def declare(draft: Referral, author: User) -> None:
    """Take responsibility for the risk information as it stands."""
    declaring.declare(risk=draft.risk, by=author, wording_version=CURRENT_WORDING.version)


def _fresh(draft: Referral) -> Referral:
    return Referral.objects.select_related("contract__contract_type", "risk").get(pk=draft.pk)


# --- What is decided about risk ------------------------------------------------------------------


def _one_edit_so_far(risk: RiskInformation, author: User) -> None:
    text = "Assaults when drunk and challenged; he is calmer when he is spoken to alone."
    changing.edit_section(risk=risk, key=SectionKey.NATURE_OF_RISK, text=text, by=author)


def _as_in_oasys(risk: RiskInformation, author: User) -> None:
    """Nothing to change: this assessment names nobody."""


def nothing_where_oasys_is_silent(risk: RiskInformation, author: User) -> None:
    """What OASys leaves open is removed, the rest is shared as it stands."""
    for section in risk.in_order():
        if section.needs_decision and section.state == SectionState.UNREVIEWED:
            changing.remove_section(risk=risk, key=section.key, by=author)


def _without_third_parties(risk: RiskInformation, author: User) -> None:
    """Her assessment names people and places: take them out, and remove what cannot be said without them."""
    edited = {
        SectionKey.WHO_IS_AT_RISK: "Her former partner and their child. A neighbour.",
        SectionKey.NATURE_OF_RISK: "Has waited for her former partner while carrying a kitchen knife, and threatened "
        "him. Pushed a neighbour who called the police.",
        SectionKey.RISK_IMMINENCE: "After family court hearings, and when contact with her child is refused.",
        SectionKey.SUICIDE: "Took an overdose in January. Speaks of doing it again; ask her directly.",
        SectionKey.VULNERABILITY: "Gives money to somebody she met online.",
        SectionKey.ADDITIONAL_INFORMATION: "See her at your own office, with a second member of staff in the building.",
    }
    for key, text in edited.items():
        changing.edit_section(risk=risk, key=key, text=text, by=author)
    changing.remove_section(risk=risk, key=SectionKey.HOSTEL_SETTING, by=author)


FRESH = (
    Case("X980001", "DEMO_0001", "Is sleeping on a friend’s sofa.", _one_edit_so_far, is_half_filled=True),
    Case("X980011", "DEMO_0002", "Wants to go back to work as a cook.", _as_in_oasys),
    Case(
        "X980010",
        "DEMO_0001",
        "Must leave her present home by the end of the month.",
        _without_third_parties,
        is_sent=True,
    ),
    Case(
        "X980026", "DEMO_0002", "Has never held a job for longer than a season.", _as_in_oasys, is_sent=True
    ),
)


def _on(crn: str, contract: str, reason: str, further: Callable[[Work], None]) -> Case:
    """A sent one on which people have worked since."""
    return Case(crn, contract, reason, nothing_where_oasys_is_silent, is_sent=True, further=further)


FURTHER_ON = (
    _on("X980004", "DEMO_0001", "Has had notice to leave by spring.", stages.arranged),
    _on("X980005", "DEMO_0002", "Wants to drive a forklift again.", stages.assigned_and_late),
    _on("X980006", "DEMO_0001", "Moves between friends.", stages.awaiting_feedback),
    _on("X980035", "DEMO_0002", "Has never written an application.", stages.refused),
    _on("X980002", "DEMO_0001", "Needs a ground-floor flat.", stages.paused),
    _on("X980017", "DEMO_0002", "Gave up a job in the last crisis.", stages.asked),
    _on("X980006", "DEMO_0002", "Has not worked for three years.", stages.assessed),
    _on("X980008", "DEMO_0002", "Would like to work in Welsh.", stages.planned),
    _on("X980021", "DEMO_0001", "Is behind with the rent.", stages.change_asked),
    _on("X980009", "DEMO_0001", "Shares a room with three others.", stages.planned_anew),
    _on("X980022", "DEMO_0002", "Wants to finish a course.", stages.delivering),
    _on("X980024", "DEMO_0001", "Has a flat, and cannot heat it.", stages.report_due),
    _on("X980025", "DEMO_0002", "Has work, and keeps losing it.", stages.completed),
    _on("X980032", "DEMO_0001", "Sleeps in a van.", stages.ended_early),
    _on("X980031", "DEMO_0002", "Looks for a first job.", stages.cancelled),
)
#: Last: a stub in another process says that it has nobody of this CRN, and the case is not made.
MERGED = (
    Case(
        "X980020", "DEMO_0002", "Drove for a living, and lost the licence.", nothing_where_oasys_is_silent,
        is_sent=True, further=stages.arranged, is_merged_since=True,
    ),
)  # fmt: skip
CASES = FRESH + FURTHER_ON + MERGED
