"""Production: everything from the environment, nothing invented. Refuses to start when unsafe."""

from django.core.exceptions import ImproperlyConfigured

from refer_monitor.settings.base import *  # noqa: F403
from refer_monitor.settings.base import (
    ALLOWED_HOSTS,
    DATABASE_URL,
    DECLARATION_KEY,
    REDIS_URL,
    SECRET_KEY,
    UPSTREAM_MODE,
    UPSTREAM_TOKEN,
    env,
)

_wrong = [
    problem
    for problem, is_wrong in {
        "SECRET_KEY is missing or shorter than 50 characters": len(SECRET_KEY) < 50,
        "DECLARATION_KEY is missing or shorter than 32 characters": len(DECLARATION_KEY) < 32,
        "ALLOWED_HOSTS is missing": not ALLOWED_HOSTS,
        "DATABASE_URL must be PostgreSQL": not DATABASE_URL.startswith("postgres"),
        "REDIS_URL is missing": not REDIS_URL,
        "UPSTREAM_MODE must be http": UPSTREAM_MODE != "http",
        "UPSTREAM_TOKEN is missing": not UPSTREAM_TOKEN,
        "NDELIUS_URL is missing": not env.str("NDELIUS_URL", default=""),
        "OASYS_URL is missing": not env.str("OASYS_URL", default=""),
        "PRISON_REGISTER_URL is missing": not env.str("PRISON_REGISTER_URL", default=""),
        "PRISON_API_URL is missing": not env.str("PRISON_API_URL", default=""),
        "PRISONER_SEARCH_URL is missing": not env.str("PRISONER_SEARCH_URL", default=""),
        "DEBUG must be off": env.bool("DEBUG", default=False),
        "DEMO_MODE must be off": env.bool("DEMO_MODE", default=False),
    }.items()
    if is_wrong
]
if _wrong:
    raise ImproperlyConfigured("Refusing to start: " + "; ".join(_wrong))

SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^ping$", r"^health$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
