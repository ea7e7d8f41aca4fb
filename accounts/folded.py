"""Fields that keep other text of their row as it is searched and sorted by, whichever way the row is written.

What folding is stands in ``govuk.text.folded``. Kept in columns, so that a list is sorted and searched in the database,
alike on both. Must not know any model.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from govuk.text import folded

A_BATCH = 2_000  # rows
LONGEST = 200  # characters: an entry of an index has room for no more than a few kilobytes
Row = TypeVar("Row", bound=models.Model)
_Field: Any = models.Field if TYPE_CHECKING else object


class _Folded(_Field):
    """What both kinds of field have in common. ``of``: the fields that are folded, in order."""

    of: tuple[str, ...]

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The text of the row as it is now."""
        value = folded(" ".join(getattr(model_instance, name) or "" for name in self.of))
        value = value[: self.max_length].strip()
        setattr(model_instance, self.attname, value)
        return value

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Compared byte by byte, as on SQLite; other collations of PostgreSQL pass over spaces, for one thing."""
        parameters = super().db_parameters(connection)
        return {**parameters, "collation": "C"} if connection.vendor == "postgresql" else parameters

    def deconstruct(self) -> Any:
        """With what it is made of."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "of": self.of}


class FoldedField(_Folded, models.CharField):
    """A name, to sort by and to look in."""

    def __init__(self, *args: Any, of: Sequence[str], **kwargs: Any) -> None:
        self.of = tuple(of)
        usual: dict[str, Any] = {"max_length": LONGEST, "default": "", "editable": False}
        super().__init__(*args, **usual | kwargs)


class FoldedTextField(_Folded, models.TextField):
    """Text of any length, to look in."""

    def __init__(self, *args: Any, of: Sequence[str], **kwargs: Any) -> None:
        self.of = tuple(of)
        usual: dict[str, Any] = {"default": "", "editable": False}
        super().__init__(*args, **usual | kwargs)


def _made_of(model: type[models.Model], names: Collection[str]) -> list[str]:
    """The folded fields of a model that are made of one of these fields."""
    fields = model._meta.concrete_fields
    return [one.attname for one in fields if isinstance(one, _Folded) and not set(names).isdisjoint(one.of)]


class FoldedQuerySet(models.QuerySet[Row]):
    """Keeps folded fields right where rows are changed without being saved one by one."""

    def update(self, **values: Any) -> int:
        """The same; then what is folded of it (``bulk_update`` comes this way, too)."""
        names = _made_of(self.model, values)
        if not names:
            return super().update(**values)
        with transaction.atomic(using=self.db):
            keys = [*self.values_list("pk", flat=True)]
            changed = super().update(**values)
            fold(self.model._base_manager.using(self.db).filter(pk__in=keys), names)
        return changed

    def bulk_create(self, objs: Iterable[Row], *args: Any, **options: Any) -> list[Row]:
        """The same; rows that are there already get what is folded of the fields that are brought up to date."""
        if options.get("update_fields"):
            names = list(options["update_fields"])
            options["update_fields"] = [*names, *_made_of(self.model, names)]
        return super().bulk_create(objs, *args, **options)


class KeepsFolded(models.Model):
    """A model with folded fields, which are saved whenever what they are made of is. Its queryset is a folded one."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """The same, with the folded fields of those named in ``update_fields``."""
        if options.get("update_fields") is not None:
            names = list(options["update_fields"])
            options["update_fields"] = [*names, *_made_of(type(self), names)]
        elif deferred := self.get_deferred_fields():
            loaded = {one.attname for one in self._meta.concrete_fields} - deferred
            for name in _made_of(type(self), loaded):
                setattr(self, name, "")  # a field that was not loaded would not be saved
        super().save(*args, **options)


def fold(rows: models.QuerySet[Any], names: Sequence[str]) -> int:
    """Write these folded fields of the rows anew, a few thousand at a time. How many were wrong. For migrations."""
    wrong = 0
    fields: list[Any] = [rows.model._meta.get_field(name) for name in names]
    waiting: list[Any] = []
    sources = {name for field in fields for name in field.of}
    for row in rows.only(*names, *sources).order_by("pk").iterator(chunk_size=A_BATCH):
        before = [getattr(row, name) for name in names]
        if [field.pre_save(row, add=False) for field in fields] != before:
            waiting.append(row)
        if len(waiting) == A_BATCH:
            wrong += rows.model._base_manager.using(rows.db).bulk_update(waiting, names)
            waiting = []
    return wrong + (rows.model._base_manager.using(rows.db).bulk_update(waiting, names) if waiting else 0)
