"""Where Django looks for a database engine: ``prepared.postgresql`` in the settings.

With values apart from the statement (decision 40) PostgreSQL counts them in 16 bits. Django 5.2 knows no such limit for
it: adding 700 rows of a model with a hundred columns at once failed. With it, Django splits what it adds and looks for.

Moments are read by psycopg, in C: 0.13 µs each. Django has each matched against a regular expression, 3.6 µs, so that a
connection may have another time zone than its database; ours have UTC.
"""

from __future__ import annotations

from collections.abc import Sequence, Sized
from functools import lru_cache
from typing import Any

import psycopg
from django.db.backends.postgresql import base, features, operations
from psycopg.adapt import AdaptersMap
from psycopg.pq import Format

MOST_VALUES = 65_535  # of one statement
_MOMENT = psycopg.adapters.types["timestamptz"].oid


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

    def get_connection_params(self) -> dict[str, Any]:
        """Django's, with psycopg's way to read moments."""
        params: dict[str, Any] = super().get_connection_params()
        params["context"] = _reading_moments_fast(params["context"])
        return params

    def create_cursor(self, name: str | None = None) -> Any:
        """As Django's, but for its question whether moments are read in the time zone of this connection."""
        assert self.timezone_name == "UTC", "Moments would come in another time zone than Django's"
        if name is None:
            return self.connection.cursor()
        return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)


@lru_cache
def _reading_moments_fast(template: AdaptersMap) -> AdaptersMap:
    of_psycopg = psycopg.adapters.get_loader(_MOMENT, Format.TEXT)
    assert of_psycopg is not None
    fast = AdaptersMap(template)
    fast.register_loader("timestamptz", of_psycopg)
    return fast
