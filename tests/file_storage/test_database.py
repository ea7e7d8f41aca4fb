"""Files in the database: read as they were saved, whole or not at all, a part at a time."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.base import ContentFile, File
from django.db import DatabaseError

from file_storage.database import PART, DatabaseStorage
from file_storage.models import StoredFile, StoredPart

pytestmark = pytest.mark.django_db
storage = DatabaseStorage()
NAME = "reports/Adroddiad ŵ & 1.csv"


@pytest.mark.parametrize(
    ("size", "parts"),
    [
        pytest.param(0, 0, id="nothing"),
        pytest.param(1, 1, id="a byte"),
        pytest.param(PART, 1, id="a whole part"),
        pytest.param(PART + 1, 2, id="a byte more than a part"),
        pytest.param(3 * PART - 1, 3, id="almost three parts"),
    ],
)
def test_a_file_is_read_as_it_was_saved(size: int, parts: int) -> None:
    content = (b"0123456789\x00\xff" * (size // 12 + 1))[:size]

    assert storage.save(NAME, ContentFile(content)) == NAME

    assert StoredPart.objects.count() == parts
    assert storage.size(NAME) == size
    with storage.open(NAME) as opened:
        assert opened.read() == content


def test_lines_across_the_border_of_a_part_are_whole() -> None:
    lines = [f"{number},ŵ\r\n" for number in range(100_000)]
    storage.save(NAME, ContentFile("".join(lines).encode()))

    assert [*io.TextIOWrapper(storage.open(NAME), encoding="utf-8", newline="")] == lines


def test_saving_again_replaces_the_file() -> None:
    storage.save(NAME, ContentFile(b"x" * (PART + 5)))
    storage.save("another", ContentFile(b"another"))
    storage.save(NAME, ContentFile(b"new"))

    assert storage.open(NAME).read() == b"new"
    assert storage.open("another").read() == b"another"
    assert StoredPart.objects.count() == 2


class Breaks(File):
    """A file whose disk fails in the middle."""

    def chunks(self, chunk_size: int | None = None) -> Any:
        """One chunk, then a failure."""
        yield b"half"
        raise OSError("no space left")


def test_a_save_that_fails_leaves_what_was_there() -> None:
    storage.save(NAME, ContentFile(b"before"))

    with pytest.raises(OSError, match="no space"):
        storage.save(NAME, Breaks(io.BytesIO()))

    assert storage.open(NAME).read() == b"before"
    assert StoredFile.objects.count() == 1


def test_what_is_deleted_is_gone_and_can_be_deleted_again() -> None:
    storage.save(NAME, ContentFile(b"x"))

    for _ in range(2):
        storage.delete(NAME)

    assert not storage.exists(NAME)
    assert not StoredPart.objects.exists()
    with pytest.raises(FileNotFoundError):
        storage.open(NAME)
    with pytest.raises(FileNotFoundError):
        storage.size(NAME)


def test_a_file_that_goes_while_it_is_read_is_not_cut_short_in_silence() -> None:
    storage.save(NAME, ContentFile(b"x" * (2 * PART)))
    opened = storage.open(NAME)
    assert opened.read(PART) == b"x" * PART

    storage.delete(NAME)

    with pytest.raises(FileNotFoundError):
        opened.read()


@pytest.mark.parametrize("mode", ["wb", "ab", "r+b"])
def test_a_file_is_not_written_in_place(mode: str) -> None:
    storage.save(NAME, ContentFile(b"x"))

    with pytest.raises(ValueError, match="only read"):
        storage.open(NAME, mode)


def test_one_part_is_read_at_a_time(django_assert_num_queries: Any) -> None:
    storage.save(NAME, ContentFile(b"x" * (3 * PART)))

    with django_assert_num_queries(0):
        opened = storage.opened_when_read(NAME)
    with django_assert_num_queries(2):  # the file, its first part
        opened.read(PART)
    with django_assert_num_queries(2):
        opened.read()


def test_a_part_is_stored_once() -> None:
    storage.save(NAME, ContentFile(b"x"))

    with pytest.raises(DatabaseError):
        StoredPart.objects.create(file=StoredFile.objects.get(), number=0, content=b"y")
