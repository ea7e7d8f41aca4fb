"""Production refuses to start when it would be unsafe, and says everything that is wrong at once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.conf import settings

from refer_monitor import web_server
from refer_monitor.settings.base import UPSTREAM_SYSTEMS, database_from

ROOT = Path(__file__).resolve().parent.parent.parent
SAFE = {
    "SIGN_IN": "hmpps_auth",
    "HMPPS_AUTH_SIGN_IN_CLIENT_ID": "refer-monitor-sign-in",
    "HMPPS_AUTH_SIGN_IN_CLIENT_SECRET": "s",
    "DJANGO_SETTINGS_MODULE": "refer_monitor.settings.production",
    "SECRET_KEY": "0123456789" * 5,
    "DECLARATION_KEY": "d" * 32,
    "OUTER_KEYS": f"one:{'a' * 43}=,two:{'b' * 43}=",
    "ALLOWED_HOSTS": "refer-monitor.example.com",
    "DATABASE_URL": "postgres://somebody@database.invalid/refer_monitor",
    "REDIS_URL": "rediss://queue.invalid:6379/0",
    "SERVICE_URL": "https://refer-monitor.example.com",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp+tls://mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "refer-monitor@example.com",
    "NDELIUS_DEEP_LINK": "https://ndelius.example.com/start",
    "HMPPS_AUTH_URL": "https://hmpps-auth.example.com/auth",
    "HMPPS_AUTH_CLIENT_ID": "refer-monitor",
    "HMPPS_AUTH_CLIENT_SECRET": "s",
    "MANAGE_USERS_URL": "https://manage-users.example.com",
    "NDELIUS_URL": "https://ndelius.example.com",
    "OASYS_URL": "https://oasys.example.com",
    "PRISON_REGISTER_URL": "https://prison-register.example.com",
    "PRISON_API_URL": "https://prison-api.example.com",
    "PRISONER_SEARCH_URL": "https://prisoner-search.example.com",
}
UNSAFE = [
    pytest.param({"SIGN_IN": ""}, "SIGN_IN", id="nobody said how people sign in"),
    pytest.param({"SIGN_IN": "demo"}, "SIGN_IN", id="signing in some other way"),
    pytest.param(
        {"HMPPS_AUTH_SIGN_IN_CLIENT_ID": "", "HMPPS_AUTH_SIGN_IN_CLIENT_SECRET": ""},
        "which SIGN_IN needs",
        id="no client for signing in",
    ),
    pytest.param({"HMPPS_AUTH_MODE": "off"}, "SIGN_IN is hmpps_auth", id="signing in where nobody listens"),
    pytest.param({"SECRET_KEY": ""}, "SECRET_KEY", id="no secret key"),
    pytest.param({"SECRET_KEY": "short"}, "SECRET_KEY", id="a short secret key"),
    pytest.param({"OUTER_KEYS": ""}, "OUTER_KEYS is missing", id="no outer key"),
    pytest.param({"OUTER_KEYS": f"local:{'a' * 43}="}, "local key", id="the outer key of a demo"),
    pytest.param({"OUTER_KEYS": "one:short"}, "OUTER_KEYS", id="an outer key that cannot be read"),
    pytest.param({"DECLARATION_KEY": ""}, "DECLARATION_KEY", id="no key for declarations"),
    pytest.param(
        {"SECRET_KEY_FALLBACKS": "s" * 50 + ",short"}, "SECRET_KEY_FALLBACKS", id="a short earlier key"
    ),
    pytest.param(
        {"DECLARATION_KEY_FALLBACKS": "short"},
        "DECLARATION_KEY_FALLBACKS has a key shorter",
        id="a short earlier key for declarations",
    ),
    pytest.param(
        {"DECLARATION_KEY_FALLBACKS": "e" * 32}, "COMPARISON_KEY is missing", id="nothing to compare by"
    ),
    pytest.param({"COMPARISON_KEY": "short"}, "COMPARISON_KEY is shorter", id="a short key to compare by"),
    pytest.param({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS", id="no host names"),
    pytest.param({"DATABASE_URL": "sqlite:///file.sqlite3"}, "DATABASE_URL", id="SQLite"),
    pytest.param({"REDIS_URL": ""}, "REDIS_URL", id="no Redis"),
    pytest.param({"UPSTREAM_MODE": "stub"}, "UPSTREAM_MODE", id="stub upstreams"),
    pytest.param({"OASYS_MODE": "stub"}, "must be real or off", id="one stub"),
    pytest.param({"OASYS_MODE": "http"}, "must be real, stub or off", id="a mode that there is not"),
    pytest.param({"HMPPS_AUTH_MODE": "off"}, "because other systems are", id="nobody to give tokens"),
    pytest.param({"HMPPS_AUTH_URL": ""}, "HMPPS_AUTH_URL", id="no address of HMPPS Auth"),
    pytest.param({"HMPPS_AUTH_CLIENT_ID": ""}, "HMPPS_AUTH_CLIENT_ID", id="no name for tokens"),
    pytest.param({"HMPPS_AUTH_CLIENT_SECRET": ""}, "HMPPS_AUTH_CLIENT_SECRET", id="no secret for tokens"),
    pytest.param({"MANAGE_USERS_URL": ""}, "MANAGE_USERS_URL", id="no address of Manage Users"),
    pytest.param({"NDELIUS_URL": ""}, "NDELIUS_URL", id="no address of nDelius"),
    pytest.param({"OASYS_URL": ""}, "OASYS_URL", id="no address of OASys"),
    pytest.param({"PRISON_REGISTER_URL": ""}, "PRISON_REGISTER_URL", id="no address of the prison register"),
    pytest.param({"PRISON_API_URL": ""}, "PRISON_API_URL", id="no address of Prison API"),
    pytest.param({"PRISONER_SEARCH_URL": ""}, "PRISONER_SEARCH_URL", id="no address of prisoner search"),
    pytest.param({"NOTIFY_MODE": "real"}, "NOTIFY_API_KEY", id="Notify without a key"),
    pytest.param(
        {"NOTIFY_MODE": "real", "NOTIFY_API_KEY": "half-a-key"},
        "NOTIFY_TEMPLATE_ID",
        id="Notify with half a key",
    ),
    pytest.param({"EMAIL_URL": ""}, "EMAIL_URL", id="no mail server"),
    pytest.param({"EMAIL_URL": "filemail:///var/mail"}, "mail server", id="emails as files"),
    pytest.param({"EMAIL_URL": "consolemail://"}, "mail server", id="emails on the console"),
    pytest.param({"EMAIL_URL": "smtp+tls://"}, "mail server", id="a mail server without a name"),
    pytest.param({"DEFAULT_FROM_EMAIL": ""}, "DEFAULT_FROM_EMAIL", id="emails from an invented address"),
    pytest.param({"SERVICE_URL": ""}, "SERVICE_URL", id="no address for links"),
    pytest.param({"SERVICE_URL": "http://refer-monitor.example.com"}, "https", id="links without TLS"),
    pytest.param({"SERVICE_URL": "refer-monitor.example.com"}, "https", id="links without a scheme"),
    pytest.param({"NDELIUS_DEEP_LINK": ""}, "NDELIUS_DEEP_LINK", id="an invented link into nDelius"),
    pytest.param({"TRUSTED_PROXIES": ""}, "TRUSTED_PROXIES", id="number of proxies unknown"),
    pytest.param({"TRUSTED_PROXIES": "0"}, "TRUSTED_PROXIES", id="no proxy, though one must end TLS"),
    pytest.param({"REDIS_URL": "redis://queue.invalid"}, "rediss://", id="Redis without TLS"),
    pytest.param(
        {"REDIS_URL": "rediss://queue.invalid?ssl_cert_reqs=none"}, "rediss://", id="Redis of anybody"
    ),
    pytest.param(
        {"DATABASE_URL": f"{SAFE['DATABASE_URL']}?sslmode=disable"}, "sslmode", id="database without TLS"
    ),
    pytest.param(
        {"DATABASE_URL": f"{SAFE['DATABASE_URL']}?sslmode=prefer"}, "sslmode", id="database perhaps with TLS"
    ),
    pytest.param(
        {"DATABASE_REPLICA_URL": "sqlite:///file.sqlite3"},
        "DATABASE_REPLICA_URL must be PostgreSQL",
        id="a replica in a file",
    ),
    pytest.param(
        {"DATABASE_REPLICA_URL": "postgres://somebody@replica.invalid/refer_monitor?sslmode=prefer"},
        "DATABASE_REPLICA_URL must not go without TLS",
        id="a replica perhaps with TLS",
    ),
    *[
        pytest.param({name: "http://upstream.example.com"}, "https://", id=f"{name} without TLS")
        for name in SAFE
        if name.endswith("_URL") and name not in ("DATABASE_URL", "REDIS_URL", "SERVICE_URL", "EMAIL_URL")
    ],
    pytest.param(
        {"REPORTS_BUCKET": "reports", "REPORTS_BUCKET_URL": "http://bucket.example.com"},
        "REPORTS_BUCKET_URL must begin with https://",
        id="a bucket without TLS",
    ),
    *[
        pytest.param({name: "https://x"}, f"REPORTS_BUCKET is missing, and {name} is set", id=f"{name} of no bucket")
        for name in ("REPORTS_BUCKET_URL", "REPORTS_BUCKET_REGION", "REPORTS_BUCKET_KMS_KEY")
    ],
    pytest.param({"EMAIL_URL": "smtp://mail.example.com"}, "smtp+tls://", id="email without TLS"),
    pytest.param(
        {"EMAIL_URL": "smtps://mail.example.com"}, "smtp+ssl://", id="email with TLS of another kind"
    ),
    pytest.param({"WITHOUT_TLS": "databse"}, "databse", id="a misspelt connection"),
    pytest.param(
        dict.fromkeys(
            ("SERVICE_URL", "EMAIL_URL", "DEFAULT_FROM_EMAIL", "NDELIUS_DEEP_LINK", "TRUSTED_PROXIES"), ""
        ),
        "NDELIUS_DEEP_LINK",
        id="everything that was invented before",
    ),
    pytest.param({"DEBUG": "true"}, "DEBUG", id="debug"),
    pytest.param({"DEMO_MODE": "true"}, "DEMO_MODE", id="demo mode"),
    pytest.param(
        {"SECRET_KEY": "", "DEBUG": "1", "UPSTREAM_MODE": "stub"}, "UPSTREAM_MODE", id="everything at once"
    ),
]


def start(code: str, **changed: str) -> subprocess.CompletedProcess[str]:
    """Run ``code`` in a fresh Python with production's settings."""
    environment = {"PATH": os.environ["PATH"], **SAFE, **changed}
    environment = {name: value for name, value in environment.items() if value}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
    )


#: Reads the settings anew for each environment it is given, in one Python: starting one for each takes half a second.
READS_EACH = """
import json, os, sys
import django.conf
from django.core.exceptions import ImproperlyConfigured

for environment in json.load(sys.stdin):
    os.environ.clear()
    os.environ.update(environment)
    for name in [name for name in sys.modules if name.startswith("refer_monitor.settings")]:
        del sys.modules[name]
    django.conf.settings._wrapped = django.conf.empty
    try:
        django.conf.settings.DEBUG
        print("started")
    except ImproperlyConfigured as refusal:
        print(" ".join(str(refusal).split()))
"""


@lru_cache
def answers() -> list[str]:
    """What production says to nothing changed, and then to each of UNSAFE: "started", or why it refuses."""
    changes = [{}, *(case.values[0] for case in UNSAFE)]
    environments = [
        {name: value for name, value in {"PATH": os.environ["PATH"], **SAFE, **changed}.items() if value}
        for changed in changes
    ]
    done = subprocess.run(
        [sys.executable, "-c", READS_EACH],
        cwd=ROOT, input=json.dumps(environments), capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert len(said) == len(environments)
    return said


@pytest.mark.slow
def test_production_starts_when_nothing_is_missing() -> None:
    assert answers()[0] == "started"
    assert start("from django.conf import settings; settings.DEBUG").returncode == 0


@pytest.mark.parametrize("number", range(len(UNSAFE)), ids=[case.id for case in UNSAFE])
def test_production_refuses_to_start(number: int) -> None:
    changed, named = UNSAFE[number].values
    reason = answers()[number + 1]
    assert reason.startswith("Refusing to start")
    for name in changed:
        assert name in reason
    assert named in reason


def test_a_refusal_ends_the_start() -> None:
    started = start("from django.conf import settings; settings.DEBUG", SECRET_KEY="")
    assert started.returncode != 0
    assert "Refusing to start" in started.stderr.strip().splitlines()[-1]


@pytest.mark.slow
def test_with_notify_no_mail_server_is_needed() -> None:
    code = "from django.conf import settings; print(settings.EMAIL_BACKEND)"
    by_notify = {
        "NOTIFY_MODE": "real",
        "NOTIFY_API_KEY": f"n-{uuid4()}-{uuid4()}",
        "NOTIFY_TEMPLATE_ID": str(uuid4()),
    }
    assert start(code, EMAIL_URL="", **by_notify).stdout.strip() == "refer_monitor.notify_email.EmailBackend"
    assert start(code).stdout.strip() == "django.core.mail.backends.smtp.EmailBackend"


KEYS = """
from django.conf import settings
print(settings.SECRET_KEY_FALLBACKS, settings.DECLARATION_KEY_FALLBACKS, settings.COMPARISON_KEY)
"""


@pytest.mark.parametrize(
    ("given", "used"),
    [
        pytest.param({}, f"[] [] {'d' * 32}", id="as first set up"),
        pytest.param(
            {
                "SECRET_KEY_FALLBACKS": f"{'s' * 50},{'t' * 50}",
                "DECLARATION_KEY_FALLBACKS": "e" * 32,
                "COMPARISON_KEY": "e" * 32,
            },
            f"['{'s' * 50}', '{'t' * 50}'] ['{'e' * 32}'] {'e' * 32}",
            id="after a change",
        ),
    ],
)
def test_earlier_keys_are_known(given: dict[str, str], used: str) -> None:
    assert start(KEYS, **given).stdout.strip() == used


@pytest.mark.slow
def test_a_system_that_is_off_needs_nothing() -> None:
    code = "from django.conf import settings; print(settings.UPSTREAM_MODES['oasys'])"
    off = {"OASYS_MODE": "off", "OASYS_URL": "", "MANAGE_USERS_MODE": "off", "MANAGE_USERS_URL": ""}
    assert start(code, **off).stdout.strip() == "off"
    everything = {"UPSTREAM_MODE": "off", "SIGN_IN": "password"} | {
        name: "" for name in SAFE if name.startswith(("HMPPS_AUTH", "NDELIUS_U"))
    }
    assert start(code, **everything).stdout.strip() == "off"


@pytest.mark.slow
def test_the_button_that_signs_out_may_lead_on_to_where_they_signed_in() -> None:
    code = "from django.conf import settings; print(settings.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'])"
    assert start(code).stdout.strip() == """["'self'", 'https://hmpps-auth.example.com']"""
    assert start(code, SIGN_IN="password").stdout.strip() == """["'self'"]"""


PLAIN = {
    "database": {"DATABASE_URL": "postgres://somebody@database.invalid/refer_monitor?sslmode=disable"},
    "redis": {"REDIS_URL": "redis://queue.invalid:6379/0"},
    "upstreams": {"NDELIUS_URL": "http://ndelius.internal", "OASYS_URL": "http://oasys.internal"},
    "email": {"EMAIL_URL": "smtp://mail.internal"},
}


@pytest.mark.parametrize("named", PLAIN)
@pytest.mark.slow
def test_tls_is_switched_off_by_name_and_for_nothing_else(named: str) -> None:
    code = "from django.conf import settings; settings.DEBUG"
    without = {"WITHOUT_TLS": named, **PLAIN[named]}
    assert start(code, **without).returncode == 0
    other = next(name for name in PLAIN if name != named)
    assert "Refusing to start" in start(code, **without, **PLAIN[other]).stderr


CONNECTIONS = """
from django.conf import settings
from refer_monitor.celery import app
import ssl
options = settings.DATABASES["default"]["OPTIONS"]
print(options["sslmode"], options.get("sslrootcert"), "pool" in options)
print(app.connection_for_write().ssl["ssl_cert_reqs"] == ssl.CERT_REQUIRED)
print(settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL)
"""
SECURED = [
    pytest.param({}, ["require None True", "True", "True False"], id="unless more is said"),
    pytest.param(
        {
            "DATABASE_URL": f"{SAFE['DATABASE_URL']}?sslmode=verify-full&sslrootcert=/ca.pem",
            "EMAIL_URL": "smtp+ssl://mail.example.com:465",
        },
        ["verify-full /ca.pem True", "True", "False True"],
        id="as the addresses say",
    ),
]


@pytest.mark.parametrize(("changed", "said"), SECURED)
@pytest.mark.slow
def test_connections_are_made_with_tls(changed: dict[str, str], said: list[str]) -> None:
    started = start(CONNECTIONS, **changed)
    assert started.stdout.splitlines() == said, started.stderr


REPLICA = """
from django.conf import settings
replica = settings.DATABASES.get("replica")
print(replica and (replica["HOST"], replica["OPTIONS"]["sslmode"], "pool" in replica["OPTIONS"]))
"""


@pytest.mark.slow
def test_a_replica_is_used_when_it_is_given_and_with_tls() -> None:
    assert start(REPLICA).stdout.strip() == "None"
    address = "postgres://somebody@replica.invalid/refer_monitor"
    assert start(REPLICA, DATABASE_REPLICA_URL=address).stdout.strip() == "('replica.invalid', 'require', False)"


COOKIES = """
import django; django.setup()
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory
from django.middleware.csrf import CsrfViewMiddleware, get_token
from accounts.known_devices import remember
from accounts.models import User
from accounts.web_session import WebSessions
from sign_in import attempts

def page(request):
    request.session["x"] = 1
    remember(request, User(username="pp"))
    get_token(request)
    return HttpResponse()

request = RequestFactory().get("/", secure=True)
middleware = WebSessions(CsrfViewMiddleware(page))
middleware.SessionStore.save = lambda *_, **__: None
response = middleware(request)
attempts.remember(attempts.begin(next_page=""), request, response)
for cookie in response.cookies.values():
    flags = bool(cookie["secure"]), bool(cookie["httponly"])
    print(cookie.key, cookie["path"], *flags, cookie["samesite"], cookie["domain"])
print(settings.MESSAGE_STORAGE.rpartition(".")[2])
"""


@pytest.mark.slow
def test_every_cookie_is_of_this_host_alone() -> None:
    started = start(COOKIES)
    assert started.returncode == 0, started.stderr
    *cookies, messages = started.stdout.splitlines()
    assert {re.sub("-[0-9a-f]{12}$", "-…", cookie.split()[0]) for cookie in cookies} == {
        "__Host-signin-…",
        "__Host-sessionid",
        "__Host-csrftoken",
        "__Host-knowndevice",
    }
    assert {cookie.partition(" ")[2].strip() for cookie in cookies} == {"/ True True Lax"}
    assert messages == "SessionStorage", "else a cookie of its own"


# --- What is written down ------------------------------------------------------------------------


def _names_read() -> set[str]:
    """Every name that settings, web server and metrics read from the environment."""
    folder = ROOT / "refer_monitor"
    files = [*(folder / "settings").glob("*.py"), *(folder / "metrics").glob("*.py"), folder / "web_server.py"]
    read = re.compile(r"""(?:env\.\w+|os\.environ\.get|_given)\(\s*["']([A-Z_]+)["']""")
    modes = {f"{system}_MODE" for system in UPSTREAM_SYSTEMS}
    return modes | {name for file in files for name in read.findall(file.read_text())} - {
        "PYTEST_XDIST_WORKER"
    }


def _compose() -> dict[str, Any]:
    composed: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return composed


def _names_on_the_page() -> set[str]:
    """Every name in the first column of the page on settings."""
    page = (ROOT / "docs" / "settings.md").read_text()
    first_cells = re.findall(r"^\| (`.*?) \|", page, re.MULTILINE)
    return {name for cell in first_cells for name in re.findall(r"`([A-Z_]+)`", cell)}


def test_the_settings_page_names_every_setting() -> None:
    assert _names_read() | SAFE.keys() == _names_on_the_page()


@pytest.mark.parametrize("service", ["web", "worker-waited-for", "worker-can-wait", "beat", "make-ready"])
def test_the_compose_file_passes_what_production_needs(service: str) -> None:
    passed = _compose()["services"][service]["environment"]
    assert SAFE.keys() <= passed.keys()
    for name in ("SERVICE_URL", "EMAIL_URL"):
        assert passed[name] == f"${{{name}:-}}"


#: Settled by the image, or refused in production.
NOT_PASSED = {"BIND", "PORT", "VAR_DIR", "DEBUG", "DEMO_MODE"}


def test_the_compose_file_passes_every_other_setting_too() -> None:
    passed = _compose()["services"]["web"]["environment"].keys()
    assert _names_on_the_page() - passed == NOT_PASSED, "what is not passed would be left out in silence"


def test_production_starts_as_the_compose_file_says() -> None:
    passed = _compose()["services"]["web"]["environment"]
    fixed = {name: value for name, value in passed.items() if "${" not in value} | {"TRUSTED_PROXIES": "1"}
    started = start("from django.conf import settings; settings.DEBUG", **fixed)
    assert started.returncode == 0, started.stderr


def test_every_queue_has_a_worker_and_each_process_the_time_to_stop() -> None:
    services = _compose()["services"]
    workers = {
        name: service["command"]
        for name, service in services.items()
        if "worker" in service.get("command", []) and not name.startswith("demo")
    }
    taken = {command[command.index("--queues") + 1] for command in workers.values()}
    assert taken == {settings.WAITED_FOR, settings.CAN_WAIT}
    assert "--queues" not in services["demo-worker"]["command"], "one for both"
    given = {name: int(services[name]["stop_grace_period"].rstrip("s")) for name in ("web", *workers)}
    assert given.pop("web") > web_server.graceful_timeout
    assert min(given.values()) >= 120


def test_no_process_shares_a_folder_with_another() -> None:
    """Nor keeps anything in one: what it writes to a disk of its own, no other process would find."""
    services = _compose()["services"]
    with_folders = {
        name: service["volumes"]
        for name, service in services.items()
        if service.get("volumes") and not name.startswith("demo")
    }
    assert with_folders == {"postgres": ["database:/var/lib/postgresql/data"], "redis": ["queue:/data"]}


STORAGE = """
from django.conf import settings
kept = settings.STORAGES["performance_reports"]
print(kept["BACKEND"], *sorted(kept.get("OPTIONS", {}).items()))
"""


@pytest.mark.parametrize(
    ("given", "kept_in"),
    [
        pytest.param({}, "file_storage.database.DatabaseStorage", id="nothing said: the database"),
        pytest.param(
            {"REPORTS_BUCKET": "reports"},
            "file_storage.bucket.BucketStorage ('bucket_name', 'reports') ('endpoint_url', None) "
            "('kms_key', '') ('region_name', 'eu-west-2')",
            id="a bucket of Amazon's",
        ),
        pytest.param(
            {
                "REPORTS_BUCKET": "reports",
                "REPORTS_BUCKET_URL": "https://bucket.example.com",
                "REPORTS_BUCKET_REGION": "wales",
                "REPORTS_BUCKET_KMS_KEY": "alias/reports",
            },
            "file_storage.bucket.BucketStorage ('bucket_name', 'reports') "
            "('endpoint_url', 'https://bucket.example.com') ('kms_key', 'alias/reports') ('region_name', 'wales')",
            id="another one, with a key of ours",
        ),
    ],
)
def test_where_reports_are_kept(given: dict[str, str], kept_in: str) -> None:
    assert start(STORAGE, **given).stdout.strip() == kept_in


STARTED = """
import django; django.setup()
from django.conf import settings
from django.core.management import CommandError
import requests
assert not settings.DEMO_MODE and not settings.DEBUG
adapter = requests.Session().get_adapter(settings.NDELIUS_URL)
assert type(adapter).__module__ == "requests.adapters", adapter
from demo import seeding as demo
try:
    demo.load()
except CommandError as refusal:
    print(refusal)
"""


@pytest.mark.slow
def test_production_starts_without_stub_and_refuses_the_demo() -> None:
    started = start(STARTED)
    assert started.returncode == 0, started.stderr
    assert "Demo data is only for demo mode" in started.stdout


@pytest.mark.slow
def test_production_passes_djangos_deployment_check() -> None:
    code = "import sys; from django.core.management import execute_from_command_line as run; run(sys.argv)"
    environment = {"PATH": os.environ["PATH"], **SAFE}
    checked = subprocess.run(
        [sys.executable, "-c", code, "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgres://a@database.invalid/b", "-c jit=off"),
        ("postgres://a@database.invalid/b?options=-c%20work_mem%3D8MB", "-c work_mem=8MB -c jit=off"),
    ],
)
def test_postgresql_compiles_no_question_of_a_page(address: str, said: str) -> None:
    assert database_from(address)["OPTIONS"]["options"] == said
