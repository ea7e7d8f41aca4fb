"""Rules, lists of words and the dictionary: read once a process, however many threads search at the same moment.

They take a third of a second and 8 MB. Threads that find nothing read yet would each read everything.
"""

from __future__ import annotations

from functools import cache
from threading import Lock

from risk.sensitive_details import word_lists
from risk.sensitive_details.rules import all_rules

_one_at_a_time = Lock()


def load_once() -> None:
    """Read what was not read yet; wait while another thread does."""
    with _one_at_a_time:
        _load()


@cache
def _load() -> None:
    all_rules()
    for word_list in word_lists.EVERY_LIST:
        word_list()
    word_lists.is_in_dictionary("the")
