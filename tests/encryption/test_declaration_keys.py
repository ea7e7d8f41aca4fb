"""Proofs under keys that change: an earlier key's still prove, another's never do, and comparisons stay the same."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from encryption import declaration_keys as keys

OLD, NEW, OTHER = "o" * 40, "n" * 40, "x" * 40
CONTENT = "Risg i’r cyhoedd".encode()


def _made_with(settings: Any, key: str, content: bytes = CONTENT) -> str:
    settings.DECLARATION_KEY, settings.DECLARATION_KEY_FALLBACKS = key, []
    return keys.proof(content)


@pytest.mark.parametrize(
    ("made_with", "in_use", "fallbacks", "proves"),
    [
        pytest.param(OLD, OLD, [], True, id="before anything is changed"),
        pytest.param(OLD, OLD, [NEW], True, id="the new key is known, and not used yet"),
        pytest.param(NEW, OLD, [NEW], True, id="another process uses the new key already"),
        pytest.param(OLD, NEW, [OLD], True, id="the new key is used"),
        pytest.param(NEW, NEW, [OLD], True, id="made since"),
        pytest.param(OLD, NEW, [OTHER, OLD], True, id="two keys ago"),
        pytest.param(OLD, NEW, [], False, id="the old key was taken off the list"),
        pytest.param(OTHER, NEW, [OLD], False, id="made by somebody else"),
    ],
)
def test_a_proof_holds_as_long_as_its_key_is_known(
    settings: Any, made_with: str, in_use: str, fallbacks: list[str], proves: bool
) -> None:
    made = _made_with(settings, made_with)

    settings.DECLARATION_KEY, settings.DECLARATION_KEY_FALLBACKS = in_use, fallbacks

    assert keys.proves(made, CONTENT) is proves
    assert not keys.proves(made, CONTENT + b" ")
    assert len(made) == keys.LENGTH
    assert keys.key_of(made) == keys.name_of(made_with)
    assert made_with not in made


@pytest.mark.parametrize(
    ("in_use", "fallbacks", "proves"),
    [
        pytest.param(OLD, [], True, id="the same key"),
        pytest.param(NEW, [OLD], True, id="an earlier key"),
        pytest.param(NEW, [OTHER], False, id="another key"),
    ],
)
def test_a_hash_from_before_they_named_their_key_proves_too(
    settings: Any, in_use: str, fallbacks: list[str], proves: bool
) -> None:
    made = hmac.new(OLD.encode(), CONTENT, hashlib.sha256).hexdigest()

    settings.DECLARATION_KEY, settings.DECLARATION_KEY_FALLBACKS = in_use, fallbacks

    assert keys.proves(made, CONTENT) is proves
    assert not keys.proves(made, b"other content")
    assert keys.key_of(made) == ""


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(lambda made: f"{keys.name_of(NEW)}{made[8:]}", id="the name of another key"),
        pytest.param(lambda made: f":{made[9:]}", id="no name"),
        pytest.param(lambda made: made[9:], id="without its name"),
        pytest.param(lambda made: made[:-1], id="a digit less"),
        pytest.param(lambda made: f"{made}0", id="a digit more"),
        pytest.param(lambda made: made[:9], id="only the name"),
        pytest.param(lambda made: f"{made[:9]}{'é' * 55}", id="no digits"),
        pytest.param(lambda made: made.upper(), id="capitals"),
        pytest.param(lambda made: "", id="nothing"),
        pytest.param(lambda made: "\ud800", id="no text"),
    ],
)
def test_a_hash_that_was_changed_proves_nothing(settings: Any, changed: Any) -> None:
    made = _made_with(settings, OLD)
    settings.DECLARATION_KEY, settings.DECLARATION_KEY_FALLBACKS = NEW, [OLD]

    assert not keys.proves(changed(made), CONTENT)


def test_what_is_compared_stays_the_same_when_the_declaration_key_changes(settings: Any) -> None:
    settings.COMPARISON_KEY = OLD
    settings.DECLARATION_KEY = OLD
    before = keys.to_compare(CONTENT)

    settings.DECLARATION_KEY, settings.DECLARATION_KEY_FALLBACKS = NEW, [OLD]

    assert keys.to_compare(CONTENT) == before
    assert not keys.proves(before, b"other content")
