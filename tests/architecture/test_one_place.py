"""A fact about a row is written once, on its model; everybody else asks the model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = ("demo", "measurements", "monitoring", "referrals")
#: How a fact looks when it is spelled out, and what to ask instead.
SPELLED_OUT = [
    pytest.param(
        r"submitted_at(__isnull=|=None| is None| is not None)", "is_submitted, submitted(), drafts()", id="submitted"
    ),
    pytest.param(r"answered_at(__isnull=|=None| is None| is not None)", "is_waiting, waiting()", id="answered"),
    pytest.param(r"closed_as(=\"\"| == \"\"| != \"\")", "is_current, current(), waiting()", id="current"),
    pytest.param(r"getattr\(\w+, \"feedback\"", "recorded, is_recorded", id="recorded"),
    pytest.param(r"pauses?\.\w*\(?ends_on(__isnull=|=None)", "is_going_on, going_on()", id="going on"),
]  # fmt: skip
#: The columns of the performance report know of a report only when it was submitted.
OTHER_FACTS = re.compile(r"report_submitted_at|received__")


@pytest.mark.parametrize(("pattern", "instead"), SPELLED_OUT)
def test_no_fact_is_spelled_out_outside_its_model(pattern: str, instead: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts and "models" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(pattern, line) and not OTHER_FACTS.search(line)
    ]

    assert not found, f"ask the model ({instead})"


#: Words and patterns that each stand in one module; and where a copy belongs to something else.
ONE_MODULE = [
    pytest.param(r"\[A-Z(a-z)?\]\(?(\[0-9\]|\\d)\{6\}", {"events/crn.py", "upstream_stub/question.py"}, id="CRN"),
    pytest.param(r"\"Don’t know\"", {"integrations/risk_answers.py"}, id="an answer of OASys"),
    pytest.param(r"\.year - \w+\.year -", {"interventions/eligibility.py"}, id="age"),
    pytest.param(r"years old", {"monitoring/presenters/received_referral.py"}, id="age in words"),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "where"), ONE_MODULE)
def test_it_stands_in_one_module(pattern: str, where: set[str]) -> None:
    packages = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name != "tests"]
    found = {
        str(path.relative_to(ROOT))
        for package in packages
        for path in package.rglob("*.py")
        if "migrations" not in path.parts and re.search(pattern, path.read_text())
    }

    assert found == where
