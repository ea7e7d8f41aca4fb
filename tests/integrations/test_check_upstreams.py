"""``check_upstreams`` says of each system whether it answers and lets us in, and nothing that is secret."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from upstream_stub.faults import Effect, Fault
from upstream_stub.state import StubState

ALL = (
    "hmpps_auth", "manage_users", "ndelius", "oasys", "prison_register", "prison_api", "prisoner_search", "notify"
)  # fmt: skip


@pytest.fixture(autouse=True)
def _by_notify(settings: Settings) -> None:
    settings.UPSTREAM_MODES = settings.UPSTREAM_MODES | {"notify": "stub"}


def check() -> tuple[str, dict[str, str]]:
    """What the command fails with, and what it says of each system."""
    out, failed = StringIO(), None
    try:
        call_command("check_upstreams", stdout=out)
    except CommandError as failure:
        failed = failure
    assert failed is None or failed.returncode == 1
    lines = [line.split(maxsplit=4) for line in out.getvalue().splitlines()]
    return str(failed or ""), {system: words for system, _, _, _, words in lines}


def test_all_is_well(stub: StubState) -> None:
    failed, said = check()
    assert failed == ""
    assert tuple(said) == ALL
    assert said["hmpps_auth"] == "gave a token"
    assert said["prison_register"] == "answered, no token needed"
    assert said["notify"] == "answered, key accepted"
    assert {
        said[system] for system in ("manage_users", "ndelius", "oasys", "prison_api", "prisoner_search")
    } == {"answered, token accepted"}


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(Effect.STATUS, status=401), "refused: credentials not accepted"),
        (Fault(Effect.STATUS, status=403), "refused: credentials accepted, but a role is missing"),
        (Fault(Effect.STATUS, status=500), "failed: server fault"),
        (Fault(Effect.RESET), "failed: unavailable"),
    ],
    ids=["not accepted", "no role", "broken", "no connection"],
)
def test_one_that_fails_is_named(in_process: StubState, fault: Fault, words: str) -> None:
    for system in ("hmpps_auth", "oasys", "prisoner_search", "notify"):
        fault.system = system
        in_process.faults[:] = [fault]
        failed, said = check()
        assert said[system].startswith(words)
        if system == "hmpps_auth":
            assert "ndelius" in failed, "without a token"
            assert said["prison_register"].startswith("answered")
        else:
            assert failed == f"Failed: {system}"


def test_one_that_is_off_has_not_failed(in_process: StubState, settings: Settings) -> None:
    settings.UPSTREAM_MODES = settings.UPSTREAM_MODES | {"oasys": "off"}
    failed, said = check()
    assert (failed, said["oasys"]) == ("", "not connected")


def test_nothing_secret_is_printed(
    in_process: StubState, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    in_process.faults.append(Fault(Effect.STATUS, system="oasys", status=403, body={"message": "of Kezia"}))
    with pytest.raises(CommandError) as caught:
        call_command("check_upstreams")
    written = "".join([*capsys.readouterr(), str(caught.value)])
    for secret in (settings.HMPPS_AUTH_CLIENT_SECRET, settings.NOTIFY_API_KEY, "eyJ", "Kezia"):
        assert secret not in written
