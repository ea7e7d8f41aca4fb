"""What the tests run on: tasks inline, plain static names, the stub; DATABASE_URL and REDIS_URL as given."""

from refer_monitor.settings.base import REDIS_URL, database_from, env
from refer_monitor.settings.local import *  # noqa: F403

DATABASES = {"default": database_from(env.str("DATABASE_URL", default="sqlite://:memory:"))}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if not REDIS_URL:
    CELERY_BROKER_URL = "memory://"
    CELERY_BROKER_TRANSPORT_OPTIONS = {}
