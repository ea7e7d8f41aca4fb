"""The web server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

#: Objects made since the last look for rubbish. Python’s own 700 has it look many times a page.
BETWEEN_COLLECTIONS = (50_000, 50, 100)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
application = get_wsgi_application()


def _keep_what_is_loaded() -> None:
    """Some 160,000 objects are there as long as the process is: the collector need never look at them again."""
    get_resolver().reverse_dict  # noqa: B018 (loads every view)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*BETWEEN_COLLECTIONS)


_keep_what_is_loaded()
