"""Which CRN took the place of which: one leads to one other at most, never back, and a correction can be taken back."""

from __future__ import annotations

from itertools import permutations, product

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import User
from events.crn_changes.models import CrnChange, FormerCrn
from events.crn_changes.numbers import as_current, current_crn, ever_joined_with, numbers_of
from events.crn_changes.recording import BLANKED, UNDO_OF_UNDO, UNDONE_BEFORE, record, record_undone, why_not
from events.refusals import Refused
from personal_records.models import RetentionHold

A, B, C, D, E = "X980001", "X980002", "X980003", "X980004", "X980005"


@pytest.fixture
def admin(personas: dict[str, User]) -> User:
    return personas["admin"]


def _correct(by: User, *pairs: tuple[str, str]) -> list[CrnChange]:
    said = {"source": CrnChange.Source.ADMINISTRATOR, "reason": "Merged.", "by": by, "at": timezone.now()}
    return [record(old=old, new=new, **said) for old, new in pairs]  # type: ignore[arg-type]


def _undo(change: CrnChange, by: User) -> tuple[CrnChange, frozenset[str]]:
    source = CrnChange.Source.ADMINISTRATOR
    return record_undone(change=change, source=source, reason="Wrong.", by=by, at=timezone.now())


@pytest.mark.parametrize(
    ("corrected", "current", "numbers"),
    [
        pytest.param([], {A: A}, {A: {A}}, id="nothing was corrected"),
        pytest.param([(A, B)], {A: B, B: B, C: C}, {A: {A, B}, B: {A, B}, C: {C}}, id="one"),
        pytest.param([(A, B), (B, C)], {A: C, B: C}, dict.fromkeys((A, B, C), {A, B, C}), id="a chain"),
        pytest.param([(B, C), (A, B)], {A: A}, {A: {A}}, id="into a number that is former: refused"),
        pytest.param([(A, C), (B, C)], {A: C, B: C}, dict.fromkeys((A, B, C), {A, B, C}), id="two into one"),
        pytest.param(
            [(A, B), (C, D), (B, D)], {A: D, B: D, C: D}, dict.fromkeys((A, C), {A, B, C, D}), id="two chains joined"
        ),
    ],
)  # fmt: skip
def test_every_number_of_a_person_leads_to_the_current_one(
    admin: User, corrected: list[tuple[str, str]], current: dict[str, str], numbers: dict[str, set[str]]
) -> None:
    for pair in corrected:
        if not why_not(*pair):
            _correct(admin, pair)

    assert {crn: current_crn(crn) for crn in current} == current
    assert {crn: numbers_of(crn) for crn in numbers} == numbers
    for crn, now in current.items():
        assert [*CrnChange.objects.values_list("pk").filter(new_crn=as_current(crn))] == [
            *CrnChange.objects.values_list("pk").filter(new_crn=now)
        ]


@pytest.mark.parametrize(
    ("corrected", "old", "new", "why"),
    [
        pytest.param([], A, A, "The new CRN must be different from the old CRN.", id="itself"),
        pytest.param([], A, "A1", "A CRN is 1 letter and 6 numbers.", id="no CRN"),
        pytest.param([], "x980001", B, "A CRN is 1 letter and 6 numbers.", id="in small letters"),
        pytest.param([(A, B)], B, A, f"CRN {A} was replaced by {B}. To go back", id="back"),
        pytest.param([(A, B), (B, C)], C, A, f"CRN {A} was replaced by {C}. To go back", id="round"),
        pytest.param([(A, B)], A, C, f"CRN {A} was corrected before: it is now {B}.", id="twice"),
        pytest.param([(A, B)], C, A, f"CRN {A} was replaced by {B}. Enter that CRN.", id="to a former one"),
    ],
)
def test_what_cannot_be_corrected_says_why(
    admin: User, corrected: list[tuple[str, str]], old: str, new: str, why: str
) -> None:
    _correct(admin, *corrected)

    assert why in why_not(old, new)
    with pytest.raises(Refused, match="crn"):
        _correct(admin, (old, new))
    assert CrnChange.objects.count() == len(corrected)


@pytest.mark.parametrize(
    ("corrected", "undone", "current", "again"),
    [
        pytest.param([(A, B)], 0, {A: A, B: B}, {A}, id="one"),
        pytest.param([(A, B), (B, C)], 0, {A: A, B: C}, {A}, id="the first of a chain"),
        pytest.param([(A, B), (B, C)], 1, {A: B, B: B}, {A, B}, id="the last of a chain"),
        pytest.param([(A, B), (B, C), (C, D)], 1, {A: B, B: B, C: D}, {A, B}, id="in the middle"),
        pytest.param([(A, C), (B, C)], 0, {A: A, B: C}, {A}, id="one of two into one"),
        pytest.param([(A, B), (E, B), (B, C)], 2, {A: B, E: B, B: B}, {A, E, B}, id="where two had met"),
    ],
)
def test_a_correction_that_is_taken_back_leaves_the_others(
    admin: User, corrected: list[tuple[str, str]], undone: int, current: dict[str, str], again: set[str]
) -> None:
    changes = _correct(admin, *corrected)
    known_until_now = current_crn(changes[undone].old_crn)

    row, freed = _undo(changes[undone], admin)

    assert (row.old_crn, row.new_crn) == (known_until_now, changes[undone].old_crn)
    assert freed == again
    assert {crn: current_crn(crn) for crn in current} == current


def test_a_correction_can_be_taken_back_once_and_made_again(admin: User) -> None:
    (first,) = _correct(admin, (A, B))
    undone, _ = _undo(first, admin)

    for change, why in ((first, UNDONE_BEFORE), (undone, UNDO_OF_UNDO)):
        with pytest.raises(Refused) as refused:
            _undo(change, admin)
        assert refused.value.reason == why
    _correct(admin, (A, B))
    assert current_crn(A) == B
    _undo(CrnChange.objects.get(number=3), admin)
    _correct(admin, (B, A))  # the other way round
    assert (current_crn(A), current_crn(B)) == (A, A)


def _followed(standing: dict[str, str], crn: str) -> str:
    """By the corrections that stand, one after the other: what the table of former CRNs must say at once."""
    while crn in standing:
        crn = standing[crn]
    return crn


@pytest.mark.parametrize("order", [*permutations(((A, B), (B, C), (D, B), (C, E)))], ids=str)
def test_what_is_kept_is_what_follows_from_the_corrections_that_stand(
    admin: User, order: tuple[tuple[str, str], ...]
) -> None:
    """Made in every order, and taken back in the order in which they were made."""
    standing: dict[str, str] = {}
    made = []
    for old, new in order:
        if not why_not(old, new):
            made += _correct(admin, (old, new))
            standing[old] = new
        assert {crn: current_crn(crn) for crn in (A, B, C, D, E)} == {
            crn: _followed(standing, crn) for crn in (A, B, C, D, E)
        }
    for change in made:
        _undo(change, admin)
        del standing[change.old_crn]
        kept = dict(FormerCrn.objects.values_list("former", "current"))
        assert kept == {crn: _followed(standing, crn) for crn in standing}


@pytest.mark.parametrize(("held", "case"), [*product((A, B, C), (A, B, C))])
def test_what_was_ever_joined_stays_together_for_a_hold(admin: User, held: str, case: str) -> None:
    first, _ = _correct(admin, (A, B), (B, C))
    _undo(first, admin)
    RetentionHold.objects.create(crn=held, reason="Court.", placed_by=admin, placed_at=timezone.now())

    assert RetentionHold.objects.filter(ever_joined_with(case)).exists()
    assert not RetentionHold.objects.filter(ever_joined_with(D)).exists()


def test_the_database_refuses_to_change_or_delete_a_correction(admin: User) -> None:
    (change,) = _correct(admin, (A, B))
    rows = CrnChange.objects.filter(pk=change.pk)

    for write in (
        lambda: rows.update(new_crn=C),
        lambda: rows.update(reason=""),
        lambda: rows.update(old_crn="", new_crn=""),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM events_crnchange")
    assert rows.update(old_crn="", new_crn="", reason="", by_name="", blanked_at=timezone.now()) == 1
    with pytest.raises(Refused) as refused:
        _undo(CrnChange.objects.get(pk=change.pk), admin)
    assert refused.value.reason == BLANKED
