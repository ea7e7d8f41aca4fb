"""Where the GOV.UK style sheets, scripts, fonts and images come from, and under which names they are served.

They are fetched by npm and never copied into the repository. Only the prebuilt files that a page loads are
taken, by an allow-list. Knows nothing of our own files in ``static/``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core import checks
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGES = Path(settings.BASE_DIR) / "node_modules"
PACKAGE = PACKAGES / "govuk-frontend" / "dist" / "govuk"
AUTOCOMPLETE = PACKAGES / "accessible-autocomplete" / "dist"
# The maps stay in: the prebuilt files name them, and a name without a file stops collectstatic.
PREBUILT = (
    "govuk-frontend.min.css",
    "govuk-frontend.min.css.map",
    "govuk-frontend.min.js",
    "govuk-frontend.min.js.map",
)
ASSETS = ("fonts/*", "images/*", "manifest.json")
AUTOCOMPLETE_PREBUILT = (
    "accessible-autocomplete.min.css",
    "accessible-autocomplete.min.css.map",
    "accessible-autocomplete.min.js",
    "accessible-autocomplete.min.js.map",
)


class FrontEndFinder(BaseFinder):
    """Finds the prebuilt files under their package's name, and fonts and images at the root (``/assets/fonts/…``)."""

    def __init__(self, app_names: Any = None, *args: Any, **kwargs: Any) -> None:
        self.prebuilt = FileSystemStorage(location=PACKAGE)
        self.prebuilt.prefix = "govuk"  # type: ignore[attr-defined]  # read by collectstatic
        self.assets = FileSystemStorage(location=PACKAGE / "assets")
        self.autocomplete = FileSystemStorage(location=AUTOCOMPLETE)
        self.autocomplete.prefix = "accessible-autocomplete"  # type: ignore[attr-defined]
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[Any]:
        """Warn when a package is missing: pages would still answer, but bare."""
        if PACKAGE.is_dir() and AUTOCOMPLETE.is_dir():
            return []
        message = "The GOV.UK front-end packages are not installed; pages will have no style or no scripts."
        return [checks.Warning(message, hint="Fetch it with: npm ci", id="front_end.W001")]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> str | list[str]:  # type: ignore[override]
        """The file on disk for a static path, or an empty list."""
        for file, storage in self.list([]):
            prefix = getattr(storage, "prefix", "")
            if path == (f"{prefix}/{file}" if prefix else file):
                return [storage.path(file)] if find_all else storage.path(file)
        return []

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        """Every file we take, with the storage it lies in."""
        ignored = [*(ignore_patterns or [])]
        taken = (
            (self.prebuilt, PREBUILT),
            (self.assets, ASSETS),
            (self.autocomplete, AUTOCOMPLETE_PREBUILT),
        )
        for storage, patterns in taken:
            base = Path(storage.location)
            for pattern in patterns:
                for found in sorted(base.glob(pattern)):
                    name = found.relative_to(base).as_posix()
                    if found.is_file() and not matches_patterns(name, ignored):
                        yield name, storage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Content-hashed names, compressed beside the original; imports between script modules are rewritten too."""

    support_js_module_import_aggregation = True
