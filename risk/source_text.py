"""Deleting OASys's text after sharing, in every row that holds a copy of it (decision R10).

After that no query reaches it. It is not a promise about bytes: traces can remain in database files, replicas and
backups until they are overwritten (docs/decisions/0005).

A model that may hold a copy says so with two class attributes: ``SOURCE_TEXT`` names its fields and what each
becomes, ``SOURCE_OF`` is the path to the id of the referral. Nothing here needs to know the models.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction

from encryption import referral_keys


def tagged_models() -> list[Any]:
    """Every model of the service that may hold source text."""
    return [model for model in apps.get_models() if hasattr(model, "SOURCE_TEXT")]


def purge(referral_id: UUID) -> int:
    """Empty the tagged fields of one referral's rows; returns how many rows were emptied.

    Call inside the transaction that shares. Keyed hashes, states and the assessment date stay.
    """
    emptied = 0
    for model in tagged_models():
        rows = model._base_manager.filter(**{model.SOURCE_OF: referral_id})
        emptied += rows.update(**model.SOURCE_TEXT)
    referral_keys.destroy(referral_id)
    transaction.on_commit(_empty_the_write_ahead_log)
    return emptied


def _empty_the_write_ahead_log() -> None:
    """SQLite keeps earlier versions of pages in its log until it is emptied; PostgreSQL's vacuum sees to its own."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute(
                "PRAGMA busy_timeout = 200"
            )  # another reader may hold it; the next checkpoint comes
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA busy_timeout = 20000")
