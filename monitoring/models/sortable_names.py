"""A person's name as lists sort by it and searches look in it: "o'Neill-Wynn, Siân" is ``oneill wynn sian``.

Kept in a column, so that both databases sort and search alike, quickly, and without regard to capitals or accents.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models

LONGEST = 120  # characters: an entry of an index has room for no more than a few kilobytes
APOSTROPHES = "'\u2019\u2018`\u02bc"


def plain(text: str) -> str:
    """Lower-case words of letters and digits with one space between, without accents and apostrophes."""
    apart = unicodedata.normalize("NFKD", text)
    kept = (
        "" if unicodedata.combining(mark) or mark in APOSTROPHES else mark if mark.isalnum() else " "
        for mark in apart
    )
    return " ".join("".join(kept).casefold().split())


class SortableNameField(models.CharField):
    """Last name, then first name, made from two other fields whenever the row is written (in bulk, too)."""

    def __init__(self, *args: Any, last_name: str = "", first_name: str = "", **kwargs: Any) -> None:
        self.last_name, self.first_name = last_name, first_name
        kwargs.update(max_length=LONGEST, default="", editable=False)
        super().__init__(*args, **kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The name as it is now."""
        names = (getattr(model_instance, self.last_name), getattr(model_instance, self.first_name))
        value = plain(" ".join(names))[:LONGEST].strip()
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        """As a plain field, to which a migration adds what it is made from."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "last_name": self.last_name, "first_name": self.first_name}
