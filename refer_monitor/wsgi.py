"""The web server's entry."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.urls import get_resolver

#: How many objects are made between two garbage collections. With Python’s own 700 there is nearly one a page, with
#: this one in nine. With more, pages take as long, and what waits to be collected takes memory: 9 MB with 50,000.
GC_THRESHOLDS = (5_000, 10, 10)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
application = get_wsgi_application()


def _load_what_every_page_needs() -> None:
    """What the first page would load: here, several processes share it, and nobody waits for it."""
    from refer_monitor.celery import app

    get_resolver().reverse_dict  # noqa: B018 (loads every view)
    app.connection_for_write().get_transport_cls()  # the client of Redis too, where it is the queue
    app.backend  # noqa: B018
    if connection.vendor == "postgresql":
        import psycopg_pool  # noqa: F401


def _keep_what_is_loaded() -> None:
    """Some 160,000 objects are there as long as the process is: the collector need never look at them again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


_load_what_every_page_needs()
_keep_what_is_loaded()
