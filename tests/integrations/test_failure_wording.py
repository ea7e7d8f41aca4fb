"""Silence, refusal, bad data and absence are different sentences, and "try again" stands where it can help (W6)."""

from __future__ import annotations

import pytest

from integrations import failures
from integrations.failure_wording import NDELIUS, OASYS, PRISON_RECORDS, WORDS, may_pass, not_known, said_of
from integrations.failures import Trouble

SOON, IN_A_MINUTE, TELL = (
    "Try again in a few minutes.", "Try again in a minute.", "Tell the support team of nDelius.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("failure", "sentence", "to_do"),
    [
        pytest.param(failures.Unavailable, "nDelius is not answering", SOON, id="silence"),
        pytest.param(failures.TimedOut, "nDelius took too long to answer", IN_A_MINUTE, id="slow"),
        pytest.param(failures.RateLimited, "nDelius asked us to wait", SOON, id="busy"),
        pytest.param(failures.ServerFault, "nDelius could not answer because of a fault", SOON, id="broken"),
        pytest.param(failures.OutcomeUnknown, "nDelius is not answering", SOON, id="in doubt"),
        pytest.param(failures.Malformed, "nDelius sent an answer that we cannot read", TELL, id="bad data"),
        pytest.param(failures.AuthFailed, "nDelius did not accept our sign-in", TELL, id="our token"),
        pytest.param(
            failures.SignInAgain,
            "nDelius no longer accepts your sign-in",
            "Sign in again to use nDelius.",
            id="the user's token",
        ),
        pytest.param(failures.Forbidden, "nDelius does not permit this", TELL, id="refusal"),
        pytest.param(failures.Rejected, "nDelius did not accept our question", TELL, id="question"),
        pytest.param(failures.Conflict, "nDelius has more than one record for this", TELL, id="twice"),
        pytest.param(failures.NotFound, "nDelius has no record of this", "", id="absence"),
    ],
)
def test_each_way_to_fail_has_its_sentence(
    failure: type[failures.UpstreamFailure], sentence: str, to_do: str
) -> None:
    said = said_of(NDELIUS, failure("ndelius", "person"), "so we cannot show it.")
    assert said == f"{sentence}, so we cannot show it. {to_do}".strip()
    assert may_pass(failure("ndelius", "person")) is ("Try again" in to_do)
    assert may_pass(failure("ndelius", "person")) is failure.transient


def test_no_two_troubles_read_the_same() -> None:
    assert WORDS.keys() == set(Trouble)
    assert len({words.happened for words in WORDS.values()}) == len(WORDS)


def test_silence_in_the_words_of_each_system() -> None:
    assert [said_of(system, Trouble.UNREACHABLE, "so …") for system in (OASYS, PRISON_RECORDS)] == [
        f"OASys cannot be reached, so … {SOON}",
        f"Prison records are not answering, so … {SOON}",
    ]


@pytest.mark.parametrize(
    ("facts", "these"),
    [
        pytest.param(["Sex"], "sex", id="one"),
        pytest.param(["Sex", "Date of birth", "PDU"], "sex, date of birth and PDU", id="three"),
    ],
)
def test_what_cannot_be_read_is_named(facts: list[str], these: str) -> None:
    assert not_known(NDELIUS, facts) == (
        f"nDelius sent details that we cannot read: {these}. They are shown as “Not known”. Check them in nDelius."
    )
    assert not_known(NDELIUS, []) == ""
