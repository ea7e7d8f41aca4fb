"""The web server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

#: How many objects are made between two garbage collections. With Python’s own 700 there is nearly one a page, with
#: this one in nine. With more, pages take as long, and what waits to be collected takes memory: 9 MB with 50,000.
GC_THRESHOLDS = (5_000, 10, 10)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
application = get_wsgi_application()


def _keep_what_is_loaded() -> None:
    """Some 160,000 objects are there as long as the process is: the collector need never look at them again."""
    get_resolver().reverse_dict  # noqa: B018 (loads every view)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


_keep_what_is_loaded()
