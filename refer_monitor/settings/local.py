"""The embedded default: one machine, demo people, no outside service. What ``make run`` uses."""

import warnings

from refer_monitor import demo_log
from refer_monitor.settings.base import *  # noqa: F403
from refer_monitor.settings.base import INSTALLED_APPS, MIDDLEWARE, VAR_DIR, env

DEMO_MODE = True
# What invents, and what measures: never part of production.
INSTALLED_APPS = ["demo", "inbox", "measurements", "upstream_stub", *INSTALLED_APPS]
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="local-only-not-a-secret-0123456789abcdef0123456789")
DECLARATION_KEY = env.str("DECLARATION_KEY", default="local-only-declaration-key-0123456789abcdef")
OUTER_KEYS = env.list("OUTER_KEYS", default=["local:bG9jYWwtb25seS1ub3QtYS1zZWNyZXQtMDEyMzQ1Njc="])
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
UPSTREAM_MODE = env.str("UPSTREAM_MODE", default="stub")
VAR_DIR.mkdir(exist_ok=True)

# --- A log for whoever started it ----------------------------------------------------------------
LOGGING = demo_log.LOGGING
MIDDLEWARE = [*MIDDLEWARE]
MIDDLEWARE.insert(
    MIDDLEWARE.index("refer_monitor.request_log.RequestLog"), "refer_monitor.demo_log.RequestLine"
)
# In a container everybody is root.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
