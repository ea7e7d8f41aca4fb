"""The dictionary is read packed, to take little memory: it must have the same words."""

import pytest
import simplemma
from simplemma.strategies.dictionaries import DEFAULT_DICTIONARY_FACTORY

from risk.sensitive_details.word_lists import is_in_dictionary


@pytest.mark.slow
def test_it_has_the_words_that_the_whole_one_has() -> None:
    dictionary = sorted(DEFAULT_DICTIONARY_FACTORY.get_dictionary("en"))[::20]
    asked = [variant for word in dictionary for variant in (word, word.lower(), f"{word}s", word[:-1] or word)]
    assert len(asked) > 25_000
    assert [word for word in asked if is_in_dictionary(word) != simplemma.is_known(word, lang="en")] == []
