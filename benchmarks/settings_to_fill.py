"""The settings that pages are measured with, and the demo's apps, which make the cases. Tasks run at once."""

from importlib.util import find_spec

from settings_to_measure import *  # noqa: F403
from settings_to_measure import INSTALLED_APPS

DEMO_MODE = True
INSTALLED_APPS = [
    *(app for app in ("demo", "inbox", "measurements") if find_spec(app) is not None),
    *INSTALLED_APPS,
]
CELERY_TASK_ALWAYS_EAGER = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
