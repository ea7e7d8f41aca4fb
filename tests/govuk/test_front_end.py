"""The files that a page loads: where they are found, their hashed names, and how much a first view costs."""

import re
from collections.abc import Iterator
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.template.loader import get_template
from django.test import override_settings

from refer_monitor.front_end import TakenFilesFinder

pytestmark = pytest.mark.skipif(
    not settings.GOVUK_FRONTEND.exists(), reason="the front-end packages are not installed"
)


@pytest.mark.parametrize(
    "path",
    [
        "govuk/govuk-frontend.min.css",
        "govuk/govuk-frontend.min.css.map",
        "govuk/govuk-frontend.min.js",
        "fonts/bold-b542beb274-v2.woff2",
        "images/favicon.svg",
        "manifest.json",
        "accessible-autocomplete/accessible-autocomplete.min.css",
        "accessible-autocomplete/accessible-autocomplete.min.js",
        "service.css",
        "service.js",
        "autocomplete.js",
        "autosave.js",
        "web-session.js",
    ],
)
def test_what_is_served(path: str) -> None:
    found = finders.find(path)
    assert isinstance(found, str)
    assert Path(found).is_file()


@pytest.mark.parametrize(
    "path",
    [
        "govuk/all.mjs",
        "govuk/index.scss",
        "govuk/template.njk",
        "package.json",
        "images",
        "accessible-autocomplete/package.json",
        "accessible-autocomplete/lib/accessible-autocomplete.react.min.js",
        "accessible-autocomplete.min.js",
    ],
)
def test_what_is_not_served(path: str) -> None:
    assert not finders.find(path)


def test_a_missing_package_is_said_by_the_checks(tmp_path: Path) -> None:
    assert TakenFilesFinder().check() == []
    with override_settings(STATICFILES_DIRS=[("govuk", tmp_path / "gone")]):
        warnings = TakenFilesFinder().check()
    assert [warning.id for warning in warnings] == ["staticfiles.W004"]


HASHED = {"staticfiles": {"BACKEND": "refer_monitor.front_end.HashedStorage"}}


@pytest.fixture(scope="session")
def collected_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files as production collects them: it takes ten seconds to name and compress them."""
    folder = tmp_path_factory.mktemp("static")
    with override_settings(STATIC_ROOT=folder, STORAGES={**settings.STORAGES, **HASHED}):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture
def collected(collected_once: Path) -> Iterator[Path]:
    """The static files as production collects them, and pages that name them so."""
    with override_settings(STATIC_ROOT=collected_once, STORAGES={**settings.STORAGES, **HASHED}):
        yield collected_once


@pytest.mark.urls("tests.govuk.addresses")
@pytest.mark.slow
def test_every_name_is_hashed_and_a_first_view_is_small(collected: Path) -> None:
    """At most 8 requests and 120 kB, counting both fonts and the favicon."""
    html = get_template("errors/404.html").render({})
    named = re.findall(r'(?:href|src)="/assets/([^"]+)"', html)
    texts = {name: (collected / name).read_text() for name in named if name.endswith((".css", ".js"))}
    fonts = [found for text in texts.values() for found in re.findall(r"/assets/(fonts/[^)]+?\.woff2)", text)]
    imported = [found for text in texts.values() for found in re.findall(r'from "\./([^"]+)"', text)]
    assert len(fonts) == 2
    assert len(imported) == 1
    loaded = [*named, *fonts, *imported]
    assert all(re.search(r"\.[0-9a-f]{12}\.", name) for name in loaded), loaded
    assert len(loaded) + 1 <= 8
    size = len(brotli.compress(html.encode()))
    for name in loaded:
        packed = collected / f"{name}.br"
        size += (packed if packed.exists() else collected / name).stat().st_size
    assert size <= 120_000


@pytest.mark.parametrize(
    ("script", "brings", "most"),
    [
        pytest.param(
            "autocomplete",
            ["accessible-autocomplete/accessible-autocomplete.min.#.js"],
            20_000,
            id="long lists",
        ),
        pytest.param("autosave", [], 3_000, id="typing on a draft"),
        pytest.param("web-session", [], 3_000, id="signed in"),
    ],
)
def test_a_script_that_some_pages_need_is_fetched_on_demand_under_a_hashed_name(
    collected: Path, script: str, brings: list[str], most: int
) -> None:
    """``most``: bytes more, where a page asks for it."""
    name = str(staticfiles_storage.url("service.js")).removeprefix("/assets/")
    imports = re.findall(r'import ?\(?"\./([^"]+)"', (collected / name).read_text())
    asked_for = [found for found in imports if re.fullmatch(rf"{script}\.[0-9a-f]{{12}}\.js", found)]
    assert len(asked_for) == 1, imports
    while found := re.findall(r'import ?\(?"\./([^"]+)"', (collected / asked_for[-1]).read_text()):
        asked_for += found
    assert [re.sub(r"\.[0-9a-f]{12}\.", ".#.", name) for name in asked_for[1:]] == brings
    sizes = [min(path.stat().st_size for path in collected.glob(f"{name}*")) for name in asked_for]
    assert sum(sizes) <= most


def test_the_style_sheet_names_only_files_that_are_there(collected: Path) -> None:
    for sheet in collected.glob("**/*.css"):
        for name in re.findall(r"url\(\"?/assets/([^)\"]+)", sheet.read_text()):
            assert (collected / name).is_file(), name
