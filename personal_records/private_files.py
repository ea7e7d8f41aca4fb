"""Files with something about a person: for the account that writes them only, never over another, none half written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def private_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file to write to. Raises FileExistsError; leaves none when anything fails."""
    with open(path, "xb", opener=_for_its_owner) as file:
        try:
            yield file
        except BaseException:
            path.unlink()
            raise


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
