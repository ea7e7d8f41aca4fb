"""Whether a telephone number has all its digits: lengths alone, so that invented numbers pass."""

from __future__ import annotations

import pytest

from govuk.phone_numbers import has_its_length


@pytest.mark.parametrize(
    ("number", "is_whole"),
    [
        pytest.param("01632 960 001", True, id="national"),
        pytest.param("01632 96090", False, id="a digit short"),
        pytest.param("01632 960 0011", False, id="a digit too many"),
        pytest.param("(0191) 496 0000", True, id="with brackets"),
        pytest.param("07700 900 982", True, id="mobile"),
        pytest.param("07700 90098", False, id="mobile, a digit short"),
        pytest.param("01204 960 01", True, id="an area whose numbers may be shorter"),
        pytest.param("0800 960 001", True, id="a short freephone number"),
        pytest.param("+44 1632 960 001", True, id="with the country"),
        pytest.param("+44 (0)1632 960 001", True, id="with the country and the 0"),
        pytest.param("0044 1632 960 001", True, id="with the country, as dialled"),
        pytest.param("+44 1632 96090", False, id="with the country, a digit short"),
        pytest.param("+353 20 912 3456", True, id="from abroad"),
        pytest.param("00353 20 912 3456", True, id="from abroad, as dialled"),
        pytest.param("1632 960 001", True, id="without its 0: it cannot be told"),
    ],
)
def test_a_number_of_the_uk_has_its_length(number: str, is_whole: bool) -> None:
    assert has_its_length(number) is is_whole
