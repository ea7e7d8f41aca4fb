"""Reads of the supplier's side begin with who is asking: a read that does not say so raises.

Knows nothing of any single table. Must not offer a quiet way around itself: ``unscoped()`` is the only one, and is
found by its name.
"""

from __future__ import annotations

from typing import TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model, covariant=True)


class UnscopedRead(RuntimeError):
    """Somebody's cases were read without saying whose."""


class ScopedManager(models.Manager[Row]):
    """The default manager of every model here. Rows reached from their parent (``received.services``) are scoped.

    Django itself saves, deletes, refreshes and follows keys through the plain base manager, so nothing but reads
    from nowhere is refused: ``objects.all()``, ``.filter()``, ``.get()``, ``get_object_or_404(Model)``.
    """

    def get_queryset(self) -> models.QuerySet[Row]:
        """The rows of a parent; raises :class:`UnscopedRead` when there is none."""
        if not isinstance(getattr(self, "instance", None), models.Model):
            raise UnscopedRead(f"Begin with open_to(user), or say unscoped(): {self.model.__name__}")
        return super().get_queryset()

    def unscoped(self) -> models.QuerySet[Row]:
        """All rows of everybody: for the receiving action, the practitioner's side, the admin, and tests."""
        return super().get_queryset()
