"""The web server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

#: How many objects are made between two garbage collections. With Python’s own 700 there are many in each page.
GC_THRESHOLDS = (50_000, 50, 100)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
application = get_wsgi_application()


def _keep_what_is_loaded() -> None:
    """Some 160,000 objects are there as long as the process is: the collector need never look at them again."""
    get_resolver().reverse_dict  # noqa: B018 (loads every view)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


_keep_what_is_loaded()
