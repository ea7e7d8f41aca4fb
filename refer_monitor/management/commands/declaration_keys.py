"""``manage.py declaration_keys``: which declaration key made what is still verified, and which keys can go."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Case, CharField, Count, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Substr

from encryption.declaration_keys import END_OF_NAME, NAME_LENGTH, by_name, name_of
from events.models import AuditAction, AuditEvent, AuditSeal, BlankedCrns, DisclosureEvent
from monitoring.models import ShareVersion
from risk.models import Declaration

#: Made before hashes named their key.
UNNAMED = ""


def proofs() -> dict[str, tuple[QuerySet[Any], Any]]:
    """Whatever is verified with a declaration key: the rows, and their hash. What was deleted or blanked is not."""
    blankings = AuditEvent.objects.filter(action=AuditAction.RETENTION_APPLIED, facts__has_key="hash")
    return {
        "declarations of drafts": (
            Declaration.objects.filter(voided_at=None, risk__purged_at=None),
            "content_hash",
        ),
        "seals of what was shared": (
            ShareVersion.objects.unscoped().filter(blanked_at=None),
            "handover_hash",
        ),
        "entries of the disclosure record": (DisclosureEvent.objects.filter(blanked_at=None), "hash"),
        "seals of the audit trail": (AuditSeal.objects.all(), "proof"),
        "notes about CRNs blanked in the audit trail": (BlankedCrns.objects.all(), "proof"),
        "records of deletion": (blankings, KeyTextTransform("hash", "facts")),
    }


def used() -> dict[str, Counter[str]]:
    """By the names of keys (``UNNAMED`` too): how many proofs of each kind."""
    counts: dict[str, Counter[str]] = {}
    for kind, (rows, hash_) in proofs().items():
        named = When(made_by__contains=END_OF_NAME, then=Substr("made_by", 1, NAME_LENGTH))
        annotated = rows.order_by().annotate(made_by=_as_text(hash_))
        by_key = annotated.annotate(key=Case(named, default=Value(UNNAMED), output_field=CharField()))
        for key, count in by_key.values_list("key").annotate(Count("pk")):
            counts.setdefault(key, Counter())[kind] = count
    return counts


def _as_text(hash_: Any) -> Any:
    return Substr(hash_, 1)


class Command(BaseCommand):
    """Exits with 1 when something was made with a key that is not in the list."""

    help = "Say which declaration key made what is still verified, and which keys can be taken off the list."

    def handle(self, *args: Any, **options: Any) -> None:
        """Name every key, never the key itself."""
        counts = used()
        in_use = name_of(settings.DECLARATION_KEY)
        unnamed = counts.pop(UNNAMED, Counter())
        for name in by_name():
            made = counts.pop(name, Counter())
            if name == in_use:
                what = "in use"
            elif made:
                what = "an earlier key, still needed"
            elif unnamed:
                what = "made nothing that names its key; needed if it was the first key"
            else:
                what = "not used: can be taken off the list"
            self.stdout.write(f"{name}: {what}{_list(made)}")
        if unnamed:
            self.stdout.write(f"Made before hashes named their key{_list(unnamed)}")
        self.stdout.write(f"{name_of(settings.COMPARISON_KEY)}: compares")
        for name, made in sorted(counts.items()):
            self.stdout.write(f"{name}: NOT IN THE LIST{_list(made)}")
        if counts:
            raise CommandError("Some were made with a key that is not in the list, and cannot be verified.")


def _list(made: Counter[str]) -> str:
    said = ", ".join(f"{count:,} {kind}" for kind, count in sorted(made.items()))
    return f" ({said})" if said else ""
