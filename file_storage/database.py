"""Django's storage in the database: the default, which every web server and worker shares without setting anything up.

For files that are made again when they are lost, and kept for days. Files that are large or kept for long belong in
``file_storage.bucket``.
"""

from __future__ import annotations

import io
from typing import Any

from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils.deconstruct import deconstructible

from file_storage.models import StoredFile, StoredPart

PART = 512 * 1024  # bytes


@deconstructible(path="file_storage.database.DatabaseStorage")
class DatabaseStorage(Storage):
    """Saving under a name that is taken replaces the file. Files can be saved and read whole, not changed."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself."""
        return name

    def exists(self, name: str) -> bool:
        """Whether there is a file of this name."""
        return StoredFile.objects.filter(name=name).exists()

    def size(self, name: str) -> int:
        """In bytes. Raises FileNotFoundError."""
        return _newest(name).size

    def delete(self, name: str) -> None:
        """Delete the file, if there is one."""
        StoredFile.objects.filter(name=name).delete()

    def _open(self, name: str, mode: str = "rb") -> File:
        if mode != "rb":
            raise ValueError("Stored files are only read, as bytes")
        return File(io.BufferedReader(_Parts(name, _newest(name)), PART), name)

    @transaction.atomic
    def _save(self, name: str, content: File) -> str:
        stored = StoredFile.objects.create(name=name, size=0, number_of_parts=0)
        for chunk in content.chunks(PART):
            part = chunk.encode() if isinstance(chunk, str) else bytes(chunk)
            StoredPart.objects.create(file=stored, number=stored.number_of_parts, content=part)
            stored.number_of_parts += 1
            stored.size += len(part)
        stored.save()
        StoredFile.objects.filter(name=name, pk__lt=stored.pk).delete()
        return name

    def opened_when_read(self, name: str) -> io.BufferedReader:
        """The file, looked for at the first read: by then a request has given its narrow database rights back."""
        return io.BufferedReader(_Parts(name), PART)


class _Parts(io.RawIOBase):
    """Reads one part after the other. Raises FileNotFoundError when a part is not there (any more)."""

    def __init__(self, name: str, stored: StoredFile | None = None) -> None:
        self._name, self._stored = name, stored
        self._next, self._rest = 0, memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the part goes; returns how many bytes, 0 at the end of the file."""
        self._stored = self._stored or _newest(self._name)
        while not self._rest and self._next < self._stored.number_of_parts:
            self._rest = memoryview(_content(self._stored, self._next))
            self._next += 1
        taken = self._rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self._rest = self._rest[len(taken) :]
        return len(taken)


def _newest(name: str) -> StoredFile:
    stored = StoredFile.objects.filter(name=name).order_by("-pk").first()
    if stored is None:
        raise FileNotFoundError(name)
    return stored


def _content(stored: StoredFile, number: int) -> bytes:
    try:
        return bytes(stored.parts.get(number=number).content)
    except StoredPart.DoesNotExist:
        raise FileNotFoundError(stored.name) from None
