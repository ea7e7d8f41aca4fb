"""The embedded default: one machine, demo people, no outside service. What ``make run`` uses."""

import secrets
import warnings
from uuid import uuid4

from refer_monitor import demo_log
from refer_monitor.settings.base import *  # noqa: F403
from refer_monitor.settings.base import INSTALLED_APPS, MIDDLEWARE, SERVICE_URL, VAR_DIR, env, upstream_modes

DEMO_MODE = True
# What invents, and what measures: never part of production.
INSTALLED_APPS = ["demo", "inbox", "measurements", "upstream_stub", *INSTALLED_APPS]
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="local-only-not-a-secret-0123456789abcdef0123456789")
DECLARATION_KEY = env.str("DECLARATION_KEY", default="local-only-declaration-key-0123456789abcdef")
COMPARISON_KEY = env.str("COMPARISON_KEY", default="") or DECLARATION_KEY
OUTER_KEYS = env.list("OUTER_KEYS", default=["local:bG9jYWwtb25seS1ub3QtYS1zZWNyZXQtMDEyMzQ1Njc="])
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
UPSTREAM_MODE = env.str("UPSTREAM_MODE", default="stub")
UPSTREAM_MODES = upstream_modes(UPSTREAM_MODE)
# Of the stub inside this process, which knows what stands here: made at every start.
HMPPS_AUTH_CLIENT_ID = env.str("HMPPS_AUTH_CLIENT_ID", default="refer-monitor")
NOTIFY_API_KEY = env.str("NOTIFY_API_KEY", default=f"local-{uuid4()}-{uuid4()}")
NOTIFY_TEMPLATE_ID = env.str("NOTIFY_TEMPLATE_ID", default=str(uuid4()))
HMPPS_AUTH_CLIENT_SECRET = env.str("HMPPS_AUTH_CLIENT_SECRET", default=secrets.token_urlsafe(24))
HMPPS_AUTH_SIGN_IN_CLIENT_ID = env.str("HMPPS_AUTH_SIGN_IN_CLIENT_ID", default="refer-monitor-sign-in")
HMPPS_AUTH_SIGN_IN_CLIENT_SECRET = env.str(
    "HMPPS_AUTH_SIGN_IN_CLIENT_SECRET", default=secrets.token_urlsafe(24)
)
DEMO_HMPPS_AUTH = UPSTREAM_MODES["hmpps_auth"] == "stub"
# Where web server and worker find the key that the stub's HMPPS Auth signs with: each has a stub of its own.
STUB_SIGNING_KEY = VAR_DIR / "stub" / "signing-key.pem" if DEMO_HMPPS_AUTH else None
if DEMO_HMPPS_AUTH:
    HMPPS_AUTH_URL = f"{SERVICE_URL}/auth"
VAR_DIR.mkdir(exist_ok=True)

# --- A log for whoever started it ----------------------------------------------------------------
LOGGING = demo_log.LOGGING
MIDDLEWARE = [*MIDDLEWARE]
MIDDLEWARE.insert(
    MIDDLEWARE.index("refer_monitor.request_log.RequestLog"), "refer_monitor.demo_log.RequestLine"
)
# In a container everybody is root.
warnings.filterwarnings("ignore", message="You're running the worker with superuser privileges")
