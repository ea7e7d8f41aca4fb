"""The table of facts from other systems: nothing that is taken is missing from it, and the documentation prints it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from pathlib import Path

from django.utils import timezone

from integrations.ndelius.types import Person
from referrals.actions.compare_facts import WITHIN
from referrals.journey.answers import Establishment, RelevantSentence
from referrals.journey.practitioner_details import DETAILS
from referrals.models import Referral
from referrals.pulls.facts import BEFORE_SENDING, FACTS, Call, Moment, as_markdown, calls_at
from referrals.pulls.person import put_person

IN_FULL = Person(
    crn="X980001", first_name="Ada", last_name="Moor", date_of_birth=date(1990, 1, 1), sex="Female",
    ethnicity="Any", preferred_language="Welsh", religion_or_belief="None", disabilities=("Asthma",),
    address_lines=("1 Quarry Hill",), no_fixed_abode=True, telephone="1", mobile="2", email="a@example.com",
    unread=frozenset({"none"}),
)  # fmt: skip


def _pulled_columns() -> set[str]:
    """Found in the code, not in the table: what a pull writes, what it confirms, and what it keeps of an answer."""
    before, draft = Referral(), Referral()
    put_person(draft, IN_FULL, timezone.now())
    columns = [field.attname for field in Referral._meta.concrete_fields]
    return (
        {name for name in columns if getattr(draft, name) != getattr(before, name)}
        - {"id", "created_at", "changed_at"}
        | {detail.column for detail in DETAILS if detail.in_ndelius}
        | {field.name for field in (*fields(RelevantSentence), *fields(Establishment))}
        | {field.name for field in Referral._meta.concrete_fields if " said. Never shared" in field.help_text}
    )


def test_every_pulled_column_is_in_the_table() -> None:
    named = {column for fact in FACTS for column in fact.columns}

    assert _pulled_columns() - named == set()
    assert named <= {field.name for field in Referral._meta.concrete_fields}


def test_the_table_decides_whom_a_draft_is_compared_with() -> None:
    compared = {Call.PERSON, Call.ACCESS, Call.OFFICER, Call.SENTENCES, Call.CUSTODY}

    for moment in BEFORE_SENDING:
        assert calls_at(moment) - {Call.RISK} == compared, moment
    assert set(WITHIN) == set(BEFORE_SENDING)
    assert all(replace(fact) == fact and fact.asked for fact in FACTS)
    assert Call.NEEDS not in calls_at(Moment.DAILY)


def test_the_documentation_prints_the_table() -> None:
    assert as_markdown() in Path("docs/facts.md").read_text(encoding="utf-8"), (
        "Print it again: manage.py shell -c 'from referrals.pulls.facts import as_markdown; print(as_markdown())'"
    )
