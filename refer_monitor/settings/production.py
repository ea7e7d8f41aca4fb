"""Production: everything from the environment, nothing invented. Refuses to start when unsafe.

What every name means stands in the README, under "Settings".
"""

import re
import ssl
from urllib.parse import parse_qs, urlsplit

from django.core.exceptions import ImproperlyConfigured

from refer_monitor.settings.base import *  # noqa: F403
from refer_monitor.settings.base import (
    ALLOWED_HOSTS,
    DATABASE_REPLICA_URL,
    DATABASE_URL,
    DATABASES,
    DECLARATION_KEY,
    DECLARATION_KEY_FALLBACKS,
    OUTER_KEYS,
    REDIS_URL,
    SECRET_KEY,
    SECRET_KEY_FALLBACKS,
    SIGN_IN,
    TRUSTED_PROXIES,
    UPSTREAM_MODE,
    UPSTREAM_MODES,
    UPSTREAM_SYSTEMS,
    env,
)

#: By the names of systems: which settings each needs beside its address.
CREDENTIALS = {
    "HMPPS_AUTH": ("HMPPS_AUTH_CLIENT_ID", "HMPPS_AUTH_CLIENT_SECRET"),
    "NOTIFY": ("NOTIFY_API_KEY", "NOTIFY_TEMPLATE_ID"),
}
#: Those whose address is known without saying.
WITH_ADDRESS = {"NOTIFY": "NOTIFY_URL"}
#: Ask for a token of HMPPS Auth.
WITH_TOKEN = ("MANAGE_USERS", "NDELIUS", "OASYS", "PRISON_API", "PRISONER_SEARCH")
_connected = [name for name in UPSTREAM_SYSTEMS if UPSTREAM_MODES[name.lower()] == "real"]
UPSTREAMS = [f"{name}_URL" for name in _connected]
#: Connections that may go without TLS, by name: for systems on a network that nobody else can listen to.
TLS_CAN_BE_SWITCHED_OFF_FOR = frozenset({"database", "redis", "upstreams", "email"})
WITHOUT_TLS = frozenset(env.list("WITHOUT_TLS", default=[]))
_unknown = sorted(WITHOUT_TLS - TLS_CAN_BE_SWITCHED_OFF_FOR)
_email = urlsplit(env.str("EMAIL_URL", default=""))
_needs_tls = TLS_CAN_BE_SWITCHED_OFF_FOR - WITHOUT_TLS


def _given(name: str) -> str:
    return env.str(name, default="").strip()


def _is_plain(name: str) -> bool:
    return bool(_given(name)) and urlsplit(_given(name)).scheme != "https"


def _is_safe_database(address: str) -> bool:
    asked = parse_qs(urlsplit(address).query).get("sslmode", ["require"])[-1]
    return asked in ("require", "verify-ca", "verify-full")


def _is_outer_key(entry: str) -> bool:
    return re.fullmatch(r"[^:]{1,20}:[A-Za-z0-9+/]{43}=", entry) is not None


def _is_notify_key(key: str) -> bool:
    return re.fullmatch(r".*-[0-9a-f-]{36}-[0-9a-f-]{36}", key) is not None


def _is_safe_redis(address: str) -> bool:
    asked = parse_qs(urlsplit(address).query).get("ssl_cert_reqs", ["required"])[-1]
    return urlsplit(address).scheme == "rediss" and asked.lower() in ("required", "cert_required")


_wrong = [
    problem
    for problem, is_wrong in {
        "SECRET_KEY is missing or shorter than 50 characters": len(SECRET_KEY) < 50,
        "DECLARATION_KEY is missing or shorter than 32 characters": len(DECLARATION_KEY) < 32,
        "SECRET_KEY_FALLBACKS has a key shorter than 50 characters": any(
            len(key) < 50 for key in SECRET_KEY_FALLBACKS
        ),
        "DECLARATION_KEY_FALLBACKS has a key shorter than 32 characters": any(
            len(key) < 32 for key in DECLARATION_KEY_FALLBACKS
        ),
        "COMPARISON_KEY is shorter than 32 characters": 0 < len(_given("COMPARISON_KEY")) < 32,
        "COMPARISON_KEY is missing, and DECLARATION_KEY_FALLBACKS is set: it must be the first key that was in use": (
            bool(DECLARATION_KEY_FALLBACKS) and not _given("COMPARISON_KEY")
        ),
        "OUTER_KEYS is missing": not OUTER_KEYS,
        "OUTER_KEYS must be name:key in base64, each key 32 bytes long": not all(
            map(_is_outer_key, OUTER_KEYS)
        ),
        "OUTER_KEYS must not hold the local key of a demo": any(
            key.startswith("local:") for key in OUTER_KEYS
        ),
        "ALLOWED_HOSTS is missing": not ALLOWED_HOSTS,
        "DATABASE_URL must be PostgreSQL": not DATABASE_URL.startswith("postgres"),
        "REDIS_URL is missing": not REDIS_URL,
        "UPSTREAM_MODE must be real or off": UPSTREAM_MODE not in ("real", "off"),
        **{f"{name}_MODE must be real or off": _given(f"{name}_MODE") == "stub" for name in UPSTREAM_SYSTEMS},
        **{
            f"{name} is missing, and {system}_MODE is real": not _given(name)
            for system in _connected
            for name in (f"{system}_URL", *CREDENTIALS.get(system, ()))
            if name != WITH_ADDRESS.get(system)
        },
        "HMPPS_AUTH_MODE must be real, because other systems are, and take their tokens from it": (
            "HMPPS_AUTH" not in _connected and not set(WITH_TOKEN).isdisjoint(_connected)
        ),
        "SIGN_IN must say how people sign in: hmpps_auth, or password": not _given("SIGN_IN"),
        **{
            f"{name} is missing, which SIGN_IN needs": SIGN_IN == "hmpps_auth" and not _given(name)
            for name in ("HMPPS_AUTH_SIGN_IN_CLIENT_ID", "HMPPS_AUTH_SIGN_IN_CLIENT_SECRET")
        },
        "HMPPS_AUTH_MODE must be real, because SIGN_IN is hmpps_auth": (
            SIGN_IN == "hmpps_auth" and "HMPPS_AUTH" not in _connected
        ),
        # What the other settings invent when nobody says it: files for emails, links to this machine.
        "EMAIL_URL must name a mail server (smtp+tls://…)": not (
            "NOTIFY" in _connected or (_email.scheme.startswith("smtp") and _email.hostname)
        ),
        "NOTIFY_API_KEY must be the whole key, with the name, the service’s id and the secret": (
            "NOTIFY" in _connected
            and bool(_given("NOTIFY_API_KEY"))
            and not _is_notify_key(_given("NOTIFY_API_KEY"))
        ),
        "DEFAULT_FROM_EMAIL is missing": not _given("DEFAULT_FROM_EMAIL"),
        "SERVICE_URL must be the https address that people use": urlsplit(_given("SERVICE_URL")).scheme
        != "https"
        or not urlsplit(_given("SERVICE_URL")).hostname,
        "NDELIUS_DEEP_LINK is missing": not _given("NDELIUS_DEEP_LINK"),
        "TRUSTED_PROXIES must say how many proxies stand in front, at least 1": TRUSTED_PROXIES < 1,
        "DATABASE_REPLICA_URL must be PostgreSQL": bool(DATABASE_REPLICA_URL)
        and not DATABASE_REPLICA_URL.startswith("postgres"),
        **{
            f"{name} must not go without TLS (sslmode), or WITHOUT_TLS must name database": (
                "database" in _needs_tls and not _is_safe_database(_given(name))
            )
            for name in ("DATABASE_URL", "DATABASE_REPLICA_URL")
        },
        "REDIS_URL must begin with rediss:// and check certificates, or WITHOUT_TLS must name redis": (
            "redis" in _needs_tls and bool(REDIS_URL) and not _is_safe_redis(REDIS_URL)
        ),
        **{
            f"{name} must begin with https://, or WITHOUT_TLS must name upstreams": (
                "upstreams" in _needs_tls and _is_plain(name)
            )
            for name in (*UPSTREAMS, "DOMAIN_EVENTS_URL", "REPORTS_BUCKET_URL")
        },
        **{
            f"REPORTS_BUCKET is missing, and {name} is set": bool(_given(name))
            and not _given("REPORTS_BUCKET")
            for name in ("REPORTS_BUCKET_URL", "REPORTS_BUCKET_REGION", "REPORTS_BUCKET_KMS_KEY")
        },
        "EMAIL_URL must begin with smtp+tls:// or smtp+ssl://, or WITHOUT_TLS must name email": (
            "email" in _needs_tls and _email.scheme not in ("", "smtp+tls", "smtp+ssl")
        ),
        f"WITHOUT_TLS names what it does not know: {', '.join(_unknown)}": bool(_unknown),
        "DEBUG must be off": env.bool("DEBUG", default=False),
        "DEMO_MODE must be off": env.bool("DEMO_MODE", default=False),
    }.items()
    if is_wrong
]
if _wrong:
    raise ImproperlyConfigured("Refusing to start: " + "; ".join(_wrong))

if "database" in _needs_tls:
    for _database in DATABASES.values():
        _database["OPTIONS"].setdefault("sslmode", "require")
if REDIS_URL.startswith("rediss://"):
    # The cache's client asks for a certificate by itself, Celery's only when told.
    CELERY_BROKER_USE_SSL = {"ssl_cert_reqs": ssl.CERT_REQUIRED}

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^ping$", r"^health(/start|/ready)?$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# No page of another host, nor one without TLS, can set a cookie of these names.
SESSION_COOKIE_NAME = "__Host-sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken"
KNOWN_DEVICE_COOKIE_NAME = "__Host-knowndevice"
SIGN_IN_COOKIE_NAME = "__Host-signin"
