"""Production's settings, with the outside systems answered inside this process. Works in old commits too.

Used by the processes that ``compare.py`` starts; where the databases are is in the environment.
"""

import os
from importlib.util import find_spec

HOST = "compared.example"
IS_STUB_AN_APP = find_spec("upstream_stub") is not None  # before, it was a part of ``integrations``
SYSTEMS = ("NDELIUS", "OASYS", "PRISON_REGISTER", "PRISON_API", "PRISONER_SEARCH")

for _name, _value in {
    "SECRET_KEY": "compared-" * 8,
    "DECLARATION_KEY": "compared-" * 5,
    "OUTER_KEYS": "compared:bG9jYWwtb25seS1ub3QtYS1zZWNyZXQtMDEyMzQ1Njc=",
    "ALLOWED_HOSTS": HOST,
    "SIGN_IN": "password",
    "EMAIL_URL": "smtp+tls://compared.example",
    "DEFAULT_FROM_EMAIL": "compared@compared.example",
    "SERVICE_URL": f"https://{HOST}",
    "NDELIUS_DEEP_LINK": "https://ndelius.example/",
    "TRUSTED_PROXIES": "1",
    "WITHOUT_TLS": "database,redis",
    "HMPPS_AUTH_CLIENT_ID": "compared",
    "HMPPS_AUTH_CLIENT_SECRET": "compared",
    "UPSTREAM_MODE": "off" if IS_STUB_AN_APP else "http",
    "UPSTREAM_TOKEN": "compared",
    **{
        f"{name}_URL": f"http://{name.lower().replace('_', '-')}.invalid"
        for name in SYSTEMS
        if not IS_STUB_AN_APP
    },
}.items():
    os.environ[_name] = _value

from refer_monitor.settings import production  # noqa: E402
from refer_monitor.settings.production import *  # noqa: E402, F403

INSTALLED_APPS = [*production.INSTALLED_APPS, *(["upstream_stub"] if IS_STUB_AN_APP else [])]
UPSTREAM_MODE = "stub"
UPSTREAM_MODES = {
    name: "off" if name == "notify" else "stub" for name in getattr(production, "UPSTREAM_MODES", {})
}
#: Where the stub keeps the key that it signs tokens with; production, which has no stub, does not say it.
STUB_SIGNING_KEY = production.VAR_DIR / "stub-signing-key.pem"
