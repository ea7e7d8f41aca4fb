"""Asking OASys: one snapshot, failures that are none, a newer assessment announced and taken or not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from events.models import AuditAction, AuditEvent
from events.refusals import Refused
from integrations.oasys.types import NoRecord, NotCompleted, NotPermitted, Risk, Trouble, Unreachable
from risk import redaction
from risk.actions import change_section as changing
from risk.actions import declare_responsibility as declaring
from risk.actions import pull_risk_information as pulling
from risk.models import OasysOutcome, RiskInformation, RiskSnapshot, SectionKey, SectionState
from risk.reading import for_page
from risk.wording import CURRENT_WORDING
from tests.factories.risk import (
    ASSESSED_AT,
    IMMINENCE,
    NATURE,
    SELF_HARM,
    WHO,
    Oasys,
    assessed,
    declared,
    nothing_known,
    pulled,
    says,
    section_of,
    take_newer,
)

NEWER_AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
FAILURES = {
    "not permitted": (NotPermitted(), OasysOutcome.NOT_PERMITTED),
    "not reachable": (Unreachable(Trouble.UNREACHABLE), OasysOutcome.UNREACHABLE),
    "busy": (Unreachable(Trouble.BUSY), OasysOutcome.UNREACHABLE),
    "broken": (Unreachable(Trouble.FAULT), OasysOutcome.UNREACHABLE),
    "we are signed out": (Unreachable(Trouble.SIGNED_OUT), OasysOutcome.REFUSED),
    "they have to sign in again": (Unreachable(Trouble.SIGN_IN_AGAIN), OasysOutcome.SIGN_IN_AGAIN),
    "holds the person twice": (Unreachable(Trouble.CONFLICT), OasysOutcome.REFUSED),
    "did not accept the question": (Unreachable(Trouble.REJECTED), OasysOutcome.REFUSED),
    "slow": (Unreachable(Trouble.SLOW), OasysOutcome.TOO_SLOW),
    "malformed": (Unreachable(Trouble.MALFORMED), OasysOutcome.UNREADABLE),
}
every_failure = pytest.mark.parametrize(
    ("answer", "outcome"),
    [pytest.param(answer, outcome, id=name) for name, (answer, outcome) in FAILURES.items()],
)
newer = assessed(
    who_is_at_risk=says(None, "Former partners, and their new neighbour."),
    suicide=says("YES", "Has spoken of a plan."),
    assessed_at=NEWER_AT,
)
third = assessed(vulnerability=says("YES", "Is being threatened."), assessed_at=NEWER_AT)


def _pull(risk: RiskInformation, by: User) -> OasysOutcome:
    return pulling.pull(risk=for_page(risk.pk), by=by)


def _newer_waits(risk: RiskInformation, by: User) -> bool:
    """Whether something newer waits for a decision, having asked."""
    pulling.compare_with_oasys(risk=risk, by=by)
    return for_page(risk.pk).newer_is_undecided


def _box(risk: RiskInformation, key: str) -> tuple[str, str]:
    section = section_of(risk, key)
    return section.state, section.box_text


# --- The snapshot


def test_what_oasys_says_is_kept_as_it_was_said(author: User, oasys: Oasys) -> None:
    oasys.answer = assessed(
        nature_of_risk=says(None, "First line.\nSecond line."), is_partial=True, was_mended=True
    )
    with time_machine.travel("2026-04-01 10:00:00+00:00", tick=False):
        risk = pulled(author)

    snapshot = risk.oasys_snapshot
    assert snapshot is not None
    assert (snapshot.outcome, snapshot.assessed_at) == (OasysOutcome.ASSESSED, ASSESSED_AT)
    assert snapshot.fetched_at == datetime(2026, 4, 1, 10, tzinfo=UTC)
    assert snapshot.fetched_by == author
    assert snapshot.levels_in_community == {"Public": "MEDIUM"}
    assert (snapshot.is_partial, snapshot.was_mended) == (True, True)
    said = {section.key: (section.source_answer, section.source_text) for section in risk.in_order()}
    assert said == {
        "who_is_at_risk": ("", WHO),
        "nature_of_risk": ("", "First line.\nSecond line."),
        "risk_imminence": ("", IMMINENCE),
        "self_harm": ("YES", SELF_HARM),
        "suicide": ("NO", ""),
        "hostel_setting": ("NO", ""),
        "vulnerability": ("NO", ""),
        "additional_information": ("", ""),
    }
    assert {section.state for section in risk.in_order()} == {"UNREVIEWED"}


def test_text_of_any_length_is_kept(author: User, oasys: Oasys) -> None:
    oasys.answer = assessed(nature_of_risk=says(None, "x" * 120_000))
    assert len(section_of(pulled(author), "nature_of_risk").source_text) == 120_000


def test_oasys_is_asked_once(risk: RiskInformation, author: User, oasys: Oasys) -> None:
    oasys.answer = newer

    assert _pull(risk, author) == OasysOutcome.ASSESSED
    assert _pull(risk, author) == OasysOutcome.ASSESSED

    assert len(oasys.timeouts) == 1
    assert _box(risk, "who_is_at_risk") == ("UNREVIEWED", WHO)
    assert RiskSnapshot.objects.count() == 1
    assert AuditEvent.objects.filter(action=AuditAction.RISK_PULLED).count() == 1


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(NotCompleted(), OasysOutcome.NOT_COMPLETED, id="none in 55 weeks"),
        pytest.param(NoRecord(), OasysOutcome.NO_RECORD, id="no record"),
    ],
)
def test_that_there_is_nothing_is_an_answer_too(
    author: User, oasys: Oasys, answer: Risk, outcome: OasysOutcome
) -> None:
    oasys.answer = answer

    risk = pulled(author)

    assert risk.oasys_snapshot is not None
    assert risk.oasys_snapshot.outcome == outcome
    assert [section.key for section in risk.in_order() if redaction.undecided(section)] == list(
        SectionKey.values[:7]
    )
    _pull(risk, author)
    assert len(oasys.timeouts) == 1


# --- Failures


@every_failure
def test_a_failure_is_not_a_snapshot_and_is_tried_again(
    author: User, oasys: Oasys, answer: Risk, outcome: OasysOutcome
) -> None:
    oasys.answer = answer

    risk = pulled(author)
    assert risk.oasys_snapshot is None
    assert risk.last_outcome == outcome
    assert _pull(risk, author) == outcome

    oasys.answer = assessed()
    assert _pull(risk, author) == OasysOutcome.ASSESSED

    assert _box(risk, "who_is_at_risk") == ("UNREVIEWED", WHO)
    # The first time the page may wait as long as the client does, later three seconds (R3).
    assert oasys.timeouts == [None, 3.0, 3.0]


def test_what_was_typed_is_kept_when_oasys_answers_later(author: User, oasys: Oasys) -> None:
    oasys.answer = Unreachable(Trouble.SLOW)
    risk = pulled(author)
    changing.edit_section(risk=risk, key="who_is_at_risk", text="Whom I know of.", by=author)
    changing.remove_section(risk=risk, key="nature_of_risk", by=author)
    changing.edit_section(risk=risk, key="additional_information", text="Likes dogs.", by=author)
    oasys.answer = assessed()

    _pull(risk, author)

    assert _box(risk, "who_is_at_risk") == ("EDITED", "Whom I know of.")
    assert section_of(risk, "who_is_at_risk").source_text == WHO
    assert _box(risk, "nature_of_risk") == ("REMOVED", "")
    assert _box(risk, "risk_imminence") == ("UNREVIEWED", IMMINENCE)
    assert _box(risk, "self_harm") == ("UNREVIEWED", SELF_HARM)
    assert _box(risk, "additional_information") == ("EDITED", "Likes dogs.")


def test_a_declaration_made_without_oasys_does_not_outlive_its_answer(author: User, oasys: Oasys) -> None:
    oasys.answer = Unreachable(Trouble.UNREACHABLE)
    risk = declared(pulled(author), author)
    assert redaction.is_declared(risk)
    oasys.answer = assessed(self_harm=says("NO"))

    _pull(risk, author)

    assert redaction.standing_declaration(for_page(risk.pk)) is None


def test_a_failing_second_try_leaves_the_declaration(author: User, oasys: Oasys) -> None:
    oasys.answer = Unreachable(Trouble.UNREACHABLE)
    risk = declared(pulled(author), author)

    _pull(risk, author)

    assert redaction.is_declared(for_page(risk.pk))


# --- A newer assessment


def test_a_newer_assessment_is_announced_and_changes_nothing(
    risk: RiskInformation, author: User, oasys: Oasys
) -> None:
    declared(risk, author)
    oasys.answer = newer

    assert _newer_waits(for_page(risk.pk), author) is True

    stands = for_page(risk.pk)
    assert stands.newer_assessed_at == NEWER_AT
    assert stands.newer_announced_at is not None
    assert _box(risk, "who_is_at_risk") == ("UNCHANGED", WHO)
    assert stands.oasys_snapshot is not None
    assert stands.oasys_snapshot.assessed_at == ASSESSED_AT
    assert redaction.is_declared(stands)
    assert oasys.timeouts[-1] == 3.0


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(assessed(), id="the same"),
        pytest.param(assessed(assessed_at=NEWER_AT), id="assessed again, with the same result"),
        pytest.param(
            assessed(self_harm=says(None), is_partial=True), id="the same assessment with a part missing"
        ),
        pytest.param(assessed(community={}, is_partial=True), id="the same assessment without its levels"),
        *[pytest.param(answer, id=name) for name, (answer, _) in FAILURES.items()],
    ],
)
def test_what_is_not_announced(risk: RiskInformation, author: User, oasys: Oasys, answer: Risk) -> None:
    oasys.answer = answer

    assert _newer_waits(for_page(risk.pk), author) is False
    assert for_page(risk.pk).newer_announced_at is None


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(assessed(suicide=says("DK")), id="an answer"),
        pytest.param(assessed(nature_of_risk=says(None, f"{NATURE} Twice.")), id="a text"),
        pytest.param(assessed(community={}), id="the levels"),
        pytest.param(NotCompleted(), id="too old by now"),
        pytest.param(
            assessed(self_harm=says("NO"), is_partial=True, assessed_at=NEWER_AT), id="newer, and partial"
        ),
    ],
)
def test_whatever_changed_is_announced(
    risk: RiskInformation, author: User, oasys: Oasys, answer: Risk
) -> None:
    oasys.answer = answer
    assert _newer_waits(for_page(risk.pk), author) is True


def test_freshness_is_not_asked_about_nothing(author: User, oasys: Oasys) -> None:
    oasys.answer = NotPermitted()
    risk = pulled(author)

    assert _newer_waits(risk, author) is False
    assert len(oasys.timeouts) == 1


@pytest.mark.parametrize(
    ("key", "decide", "state", "box"),
    [
        pytest.param(
            "who_is_at_risk", None, "UNREVIEWED", "Former partners, and their new neighbour.", id="new"
        ),
        pytest.param(
            "who_is_at_risk",
            "declare",
            "UNREVIEWED",
            "Former partners, and their new neighbour.",
            id="unchanged",
        ),
        pytest.param("nature_of_risk", "declare", "UNCHANGED", NATURE, id="unchanged, and the same in OASys"),
        pytest.param("who_is_at_risk", "edit", "EDITED", "Mine.", id="edited"),
        pytest.param("who_is_at_risk", "remove", "REMOVED", "", id="removed"),
        pytest.param("vulnerability", "none", "NO_IDENTIFIED_RISK", "", id="none, and no yes in OASys"),
        pytest.param(
            "suicide", "none", "UNREVIEWED", "Has spoken of a plan.", id="none, and yes in OASys by now"
        ),
        pytest.param("suicide", "remove", "REMOVED", "", id="removed, and yes in OASys by now"),
        pytest.param("additional_information", "edit", "EDITED", "Mine.", id="additional information"),
    ],
)
def test_taking_the_newer_assessment_keeps_what_the_practitioner_decided(
    risk: RiskInformation, author: User, oasys: Oasys, key: str, decide: str | None, state: str, box: str
) -> None:
    if decide == "edit":
        changing.edit_section(risk=risk, key=key, text="Mine.", by=author)
    elif decide == "remove":
        changing.remove_section(risk=risk, key=key, by=author)
    elif decide == "none":
        changing.confirm_no_identified_risk(risk=risk, key=key, by=author)
    elif decide == "declare":
        declared(risk, author)
    oasys.answer = newer

    take_newer(risk, author)

    assert _box(risk, key) == (state, box)
    stands = for_page(risk.pk)
    assert stands.oasys_snapshot is not None
    assert stands.oasys_snapshot.assessed_at == NEWER_AT
    assert RiskSnapshot.objects.count() == 1
    assert (stands.newer_assessed_at, stands.newer_announced_at) == (None, None)


def test_taking_the_newer_assessment_voids_the_declaration(
    risk: RiskInformation, author: User, oasys: Oasys
) -> None:
    for key in SectionKey.values:  # nothing that is shared depends on OASys any more
        changing.remove_section(risk=risk, key=key, by=author)
    declared(risk, author)
    oasys.answer = newer

    take_newer(risk, author)

    assert redaction.standing_declaration(for_page(risk.pk)) is None
    assert AuditEvent.objects.filter(action=AuditAction.RISK_TAKEN).count() == 1


@every_failure
def test_what_was_announced_can_be_taken_whatever_oasys_does_meanwhile(
    risk: RiskInformation, author: User, oasys: Oasys, answer: Risk, outcome: OasysOutcome
) -> None:
    """What is taken is what was shown, and OASys need not be asked for it."""
    oasys.answer = newer
    pulling.compare_with_oasys(risk=for_page(risk.pk), by=author)
    seen = for_page(risk.pk).newer_hash
    oasys.answer = answer
    assert _newer_waits(for_page(risk.pk), author) is True  # a failure takes nothing back

    pulling.take_newer(risk=risk, seen=seen, by=author)

    assert _box(risk, "who_is_at_risk") == ("UNREVIEWED", "Former partners, and their new neighbour.")


# --- Deciding about a newer assessment


def _announced(risk: RiskInformation, by: User, oasys: Oasys) -> str:
    oasys.answer = newer
    pulling.compare_with_oasys(risk=for_page(risk.pk), by=by)
    return for_page(risk.pk).newer_hash


def test_nothing_is_declared_or_shared_until_somebody_decided(
    risk: RiskInformation, author: User, oasys: Oasys
) -> None:
    declared(risk, author)
    seen = _announced(risk, author, oasys)

    for _ in range(2):  # saving again is no decision
        with pytest.raises(declaring.NewerUndecided):
            declaring.declare(risk=risk, by=author, wording_version=CURRENT_WORDING.version)
        with pytest.raises(declaring.NewerUndecided):
            declaring.save_and_declare(
                risk=risk,
                texts={"suicide": "Typed."},
                by=author,
                wording_version=CURRENT_WORDING.version,
            )
    with pytest.raises(redaction.NotDeclared):
        redaction.redacted(for_page(risk.pk))

    pulling.keep_newer_out(risk=risk, seen=seen, by=author)
    assert redaction.redacted(for_page(risk.pk)).sections["who_is_at_risk"].text == WHO
    assert _box(risk, "suicide")[0] == "UNCHANGED"


def test_what_was_kept_out_is_not_announced_again_and_anything_else_is(
    risk: RiskInformation, author: User, oasys: Oasys
) -> None:
    pulling.keep_newer_out(risk=risk, seen=_announced(risk, author, oasys), by=author)

    assert _newer_waits(for_page(risk.pk), author) is False
    assert for_page(risk.pk).newer_is_kept_out
    oasys.answer = assessed(vulnerability=says("YES", "Is being threatened."), assessed_at=NEWER_AT)
    assert _newer_waits(for_page(risk.pk), author) is True
    assert AuditEvent.objects.filter(action=AuditAction.RISK_NEWER_KEPT_OUT).count() == 1


@pytest.mark.parametrize(
    ("says", "undecided", "kept_out"),
    [
        pytest.param([newer], False, True, id="what was kept out, again"),
        pytest.param([third], True, False, id="something else"),
        pytest.param([third, newer], False, True, id="something else, and then what was kept out"),
        pytest.param([assessed()], False, False, id="what is here"),
        pytest.param([assessed(), newer], False, True, id="what is here, and then what was kept out"),
        pytest.param([NotPermitted()], False, True, id="nothing"),
    ],
)
def test_what_was_kept_out_stays_known_as_long_as_oasys_says_it(
    risk: RiskInformation, author: User, oasys: Oasys, says: list[Risk], undecided: bool, kept_out: bool
) -> None:
    pulling.keep_newer_out(risk=risk, seen=_announced(risk, author, oasys), by=author)

    for oasys.answer in says:
        is_asked_about = _newer_waits(for_page(risk.pk), author)

    stands = for_page(risk.pk)
    assert (stands.newer_is_undecided, stands.newer_is_kept_out) == (undecided, kept_out)
    assert is_asked_about is undecided


def test_what_was_kept_out_can_be_taken_later(risk: RiskInformation, author: User, oasys: Oasys) -> None:
    seen = _announced(risk, author, oasys)
    pulling.keep_newer_out(risk=risk, seen=seen, by=author)
    declared(risk, author)

    pulling.take_newer(risk=risk, seen=seen, by=author)

    stands = for_page(risk.pk)
    assert _box(risk, "who_is_at_risk") == ("UNREVIEWED", "Former partners, and their new neighbour.")
    assert stands.newer_hash == ""
    assert redaction.standing_declaration(stands) is None


def test_an_announcement_goes_when_oasys_says_again_what_is_here(
    risk: RiskInformation, author: User, oasys: Oasys
) -> None:
    _announced(risk, author, oasys)
    oasys.answer = assessed()

    assert _newer_waits(for_page(risk.pk), author) is False

    assert not for_page(risk.pk).newer_is_undecided


@pytest.mark.parametrize("decide", [pulling.take_newer, pulling.keep_newer_out], ids=["take", "keep"])
def test_nobody_decides_about_what_they_were_not_shown(
    risk: RiskInformation, author: User, oasys: Oasys, decide: Callable[..., None]
) -> None:
    shown = _announced(risk, author, oasys)
    oasys.answer = assessed(vulnerability=says("YES", "Is being threatened."), assessed_at=NEWER_AT)
    pulling.compare_with_oasys(risk=for_page(risk.pk), by=author)

    for seen in (shown, "", "0" * 64):
        with pytest.raises(pulling.NewerChanged):
            decide(risk=risk, seen=seen, by=author, boxes={"suicide": "Typed."})

    assert for_page(risk.pk).newer_is_undecided
    assert _box(risk, "suicide") == ("UNREVIEWED", "")
    now = for_page(risk.pk).newer_hash
    for _ in range(2):  # a double click
        decide(risk=risk, seen=now, by=author, boxes={"suicide": "Typed."})
    assert _box(risk, "suicide") == ("EDITED", "Typed.")
    assert not for_page(risk.pk).newer_is_undecided


def test_undoing_across_a_newer_assessment_asks_for_a_review(
    risk: RiskInformation, author: User, oasys: Oasys
) -> None:
    """What stood there was "as in OASys", and OASys says something else by now."""
    declared(risk, author)
    changing.edit_section(risk=risk, key="who_is_at_risk", text="One.", by=author)
    changing.edit_section(risk=risk, key="who_is_at_risk", text="Two.", by=author)
    oasys.answer = newer
    take_newer(risk, author)

    changing.undo_last_change(risk=risk, key="who_is_at_risk", by=author)
    assert _box(risk, "who_is_at_risk") == ("EDITED", "One.")
    changing.undo_last_change(risk=risk, key="who_is_at_risk", by=author)
    assert _box(risk, "who_is_at_risk") == ("UNREVIEWED", "Former partners, and their new neighbour.")


# --- Who may ask, and when


def test_only_the_author_takes_a_newer_assessment(
    risk: RiskInformation, author: User, colleague: User, oasys: Oasys
) -> None:
    oasys.answer = newer
    pulling.compare_with_oasys(risk=risk, by=author)
    seen = for_page(risk.pk).newer_hash
    for decide in (pulling.take_newer, pulling.keep_newer_out):
        with pytest.raises(Refused):
            decide(risk=risk, seen=seen, by=colleague)
    assert for_page(risk.pk).newer_is_undecided
    assert _box(risk, "who_is_at_risk") == ("UNREVIEWED", WHO)


def test_oasys_is_not_asked_once_the_text_was_deleted(
    risk: RiskInformation, author: User, oasys: Oasys
) -> None:
    RiskInformation.objects.update(purged_at=timezone.now())
    oasys.answer = newer

    _pull(risk, author)
    assert _newer_waits(for_page(risk.pk), author) is False
    with pytest.raises(Refused):
        pulling.take_newer(risk=for_page(risk.pk), seen="0" * 64, by=author)

    assert _box(risk, "who_is_at_risk") == ("UNREVIEWED", WHO)


def test_oasys_is_never_asked_inside_a_transaction(author: User) -> None:
    """A slow upstream must not hold our locks: the transport itself refuses (this one is the real client)."""
    risk = for_page(pulling.start(referral_id=UUID("1" * 32), crn="X980001", owner=author).pk)

    with pytest.raises(RuntimeError, match="inside a database transaction"), transaction.atomic():
        pulling.pull(risk=risk, by=author)
    assert pulling.pull(risk=risk, by=author) == OasysOutcome.ASSESSED
    with pytest.raises(RuntimeError, match="inside a database transaction"), transaction.atomic():
        pulling.compare_with_oasys(risk=for_page(risk.pk), by=author)


def test_what_nobody_knows_is_left_to_the_practitioner(author: User, oasys: Oasys) -> None:
    oasys.answer = nothing_known()
    risk = pulled(author)
    undecided = [section.key for section in risk.in_order() if redaction.undecided(section)]
    assert undecided == list(SectionKey.values[:7])
    assert section_of(risk, "suicide").state == SectionState.UNREVIEWED


def test_the_same_answer_has_the_same_hash_whoever_asks(author: User, colleague: User, oasys: Oasys) -> None:
    hashes = {
        snapshot.source_hash
        for risk in (pulled(author), pulled(colleague, "X980002"))
        if (snapshot := risk.oasys_snapshot)
    }
    oasys.answer = newer
    later = pulled(author).oasys_snapshot

    assert len(hashes) == 1
    assert later is not None
    assert later.source_hash not in hashes
