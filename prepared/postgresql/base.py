"""Where Django looks for a database engine: ``prepared.postgresql`` in the settings.

With values apart from the statement (decision 40) PostgreSQL counts them in 16 bits. Django 5.2 knows no such limit for
it: adding 700 rows of a model with a hundred columns at once failed. With it, Django splits what it adds and looks for.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from typing import Any

from django.db.backends.postgresql import base, features, operations

MOST_VALUES = 65_535  # of one statement


class DatabaseFeatures(features.DatabaseFeatures):
    """With the limit, which Django heeds where it looks for many keys."""

    max_query_params = MOST_VALUES


class DatabaseOperations(operations.DatabaseOperations):
    """With the limit, where rows are added."""

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sized) -> int:
        """How many rows go with one statement."""
        return MOST_VALUES // len(fields) if fields else len(objs)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
