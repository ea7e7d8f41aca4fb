"""Handing a stored file to a browser: from the bucket where there is one, else by this server.

Who may have it was decided before. Must not know what the file is.
"""

from __future__ import annotations

from django.core.files.storage import Storage
from django.http import FileResponse, HttpResponseRedirect

from file_storage.database import DatabaseStorage


class NoAddress(Exception):
    """No address could be signed: no credentials were found, or they could not be renewed."""


class SignedAddress(HttpResponseRedirect):
    """On to the file, at an address that opens it without anybody being asked again: to be audited as the file is."""


class StoredFileResponse(FileResponse):
    """The file itself, read when the answer is sent."""

    block_size = 64 * 1024  # bytes


def download(
    storage: Storage, name: str, *, filename: str, content_type: str
) -> SignedAddress | StoredFileResponse:
    """The answer with which a browser gets the file. Raises NoAddress."""
    sign = getattr(storage, "signed_address", None)
    if sign is not None:
        return SignedAddress(sign(name, filename=filename, content_type=content_type))
    assert isinstance(storage, DatabaseStorage)
    content = storage.opened_when_read(name)
    return StoredFileResponse(content, as_attachment=True, filename=filename, content_type=content_type)
