"""What the tests run on: tasks inline, plain static names, the stub; DATABASE_URL and REDIS_URL as given."""

from refer_monitor.settings import base
from refer_monitor.settings.base import (
    CACHES,
    DATABASE_REPLICA_URL,
    REDIS_URL,
    database_from,
    env,
    replica_from,
)
from refer_monitor.settings.local import *  # noqa: F403

# Production's, not the demo's: what must never be logged is tested where it would be.
LOGGING = base.LOGGING
MIDDLEWARE = base.MIDDLEWARE

DATABASES = {"default": database_from(env.str("DATABASE_URL", default="sqlite://:memory:"))}
if DATABASE_REPLICA_URL:
    DATABASES["replica"] = {**replica_from(DATABASE_REPLICA_URL), "TEST": {"MIRROR": "default"}}
# Builds each prepared query anew as well, and compares (prepared/queries.py).
CHECK_PREPARED_QUERIES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
DEMO_HMPPS_AUTH = False
STUB_SIGNING_KEY = None
HMPPS_AUTH_URL = base.HMPPS_AUTH_URL
# Not what a demo on the same machine has kept.
# Also in processes that tests start: no email becomes a file in the folder they run in.
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
EMAIL_FILE_PATH = ""
STORAGES = {
    **base.STORAGES,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Looks a static file up when it is asked for. Otherwise every client of every test would first list all of them.
WHITENOISE_AUTOREFRESH = True
if REDIS_URL:
    # Tests that run side by side empty their caches: each worker process has a Redis database of its own.
    worker = env.str("PYTEST_XDIST_WORKER", default="gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = f"{REDIS_URL.rpartition('/')[0]}/{int(worker) + 1}"
else:
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
