"""Which of the GOV.UK style sheets, scripts, fonts and images are served.

They are fetched by npm and never copied into the repository. Where they lie, and under which prefix they are served, is
said by ``STATICFILES_DIRS``; of the packages there, only the prebuilt files that a page loads are taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import FileSystemFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: What is taken of a package. Maps stay in: prebuilt files name them, and a name without a file stops collectstatic.
TAKEN: dict[Path, tuple[str, ...]] = {
    settings.GOVUK_FRONTEND: (
        "govuk-frontend.min.css",
        "govuk-frontend.min.css.map",
        "govuk-frontend.min.js",
        "govuk-frontend.min.js.map",
    ),
    settings.GOVUK_FRONTEND / "assets": ("fonts/*", "images/*", "manifest.json"),
    settings.ACCESSIBLE_AUTOCOMPLETE: (
        "accessible-autocomplete.min.css",
        "accessible-autocomplete.min.css.map",
        "accessible-autocomplete.min.js",
        "accessible-autocomplete.min.js.map",
    ),
}


class TakenFilesFinder(FileSystemFinder):
    """Django's, without what no page loads."""

    def find_location(self, root: Any, path: str, prefix: Any = None) -> str | None:
        """The file on disk for a static path, or None."""
        found = super().find_location(root, path, prefix)
        return found if found and _is_taken(Path(root), Path(found).relative_to(root)) else None

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file we take, with the storage it lies in."""
        for name, storage in super().list(ignore_patterns):
            if _is_taken(Path(storage.location), Path(name)):
                yield name, storage


def _is_taken(root: Path, name: Path) -> bool:
    return root not in TAKEN or matches_patterns(name.as_posix(), TAKEN[root])


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Content-hashed names, compressed beside the original; imports between script modules are rewritten too."""

    support_js_module_import_aggregation = True
