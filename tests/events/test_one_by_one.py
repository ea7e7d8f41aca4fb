"""One that fails holds up none of the others, and is not passed over in silence."""

import logging

import pytest

from events.one_by_one import OneByOne


def test_the_answers_come_in_order() -> None:
    with OneByOne() as each:
        assert [*each([1, 2, 3], str)] == ["1", "2", "3"]
        assert [*each([], str)] == []


def test_the_others_are_done_and_the_first_failure_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    def do(number: int) -> int:
        if number % 2:
            raise ValueError(f"Private words of case {number}")
        return number

    answers: list[int] = []

    def work() -> None:
        with OneByOne() as each:
            answers.extend(each([1, 2, 3, 4], do))
            answers.extend(each([6], do))

    with caplog.at_level(logging.ERROR), pytest.raises(ValueError, match="case 1"):
        work()

    assert answers == [2, 4, 6]
    assert len(caplog.records) == 2
    assert "ValueError" in caplog.text
    assert "Private words" not in caplog.text


def test_what_the_block_itself_raises_is_not_replaced() -> None:
    def work() -> None:
        with OneByOne() as each:
            assert [*each(["no number"], int)] == []
            raise KeyError("the block's own")

    with pytest.raises(KeyError):
        work()
