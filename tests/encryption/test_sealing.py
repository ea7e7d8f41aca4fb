"""Short texts that are sealed by an outer key: they open in their place, as long as that key is on the list."""

from __future__ import annotations

from typing import Any

import pytest

from encryption.sealing import NotReadable, seal, unseal
from tests.encryption.test_outer_keys import NEW, OLD

TEXT, PLACE = "Wren Halloway’s token", "row 1"


def test_what_is_sealed_opens_in_its_place_and_reads_as_nothing(settings: Any) -> None:
    settings.OUTER_KEYS = [OLD]
    sealed = seal(TEXT, bound_to=PLACE)
    assert unseal(sealed, bound_to=PLACE) == TEXT
    assert b"Wren" not in sealed
    assert seal(TEXT, bound_to=PLACE) != sealed

    settings.OUTER_KEYS = [NEW, OLD]
    assert unseal(sealed, bound_to=PLACE) == TEXT
    settings.OUTER_KEYS = [NEW]
    with pytest.raises(NotReadable):
        unseal(sealed, bound_to=PLACE)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        pytest.param(lambda sealed: sealed, "row 11", id="in another place"),
        pytest.param(lambda sealed: sealed[:-1], PLACE, id="cut"),
        pytest.param(lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1]), PLACE, id="changed"),
        pytest.param(lambda sealed: b"n" + sealed[1:], PLACE, id="another key's name"),
        pytest.param(lambda sealed: b"\xff" + sealed[1:], PLACE, id="no key's name"),
        pytest.param(lambda sealed: sealed[:8], PLACE, id="nearly nothing"),
        pytest.param(lambda sealed: b"", PLACE, id="nothing"),
    ],
)
def test_what_was_changed_or_moved_does_not_open(settings: Any, changed: Any, place: str) -> None:
    settings.OUTER_KEYS = [OLD, NEW]
    with pytest.raises(NotReadable) as caught:
        unseal(changed(seal(TEXT, bound_to=PLACE)), bound_to=place)
    assert str(caught.value) == ""
