"""Files in the database, in parts: what writes or reads one holds no more than a part in memory."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class StoredFile(models.Model):
    """One file. Of several with one name the newest counts: those before it are about to be deleted."""

    name = models.CharField(max_length=200, db_index=True)
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    number_of_parts = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class StoredPart(models.Model):
    """A part of a file. Parts are numbered from 0."""

    file = models.ForeignKey(StoredFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="file_storage_part_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file}, part {self.number}"
