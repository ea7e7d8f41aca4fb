"""Settings of the web server (gunicorn): one process of threads, because the embedded cache is in its memory.

BIND, PORT, WEB_WORKERS and WEB_THREADS come from the environment; more than one worker needs REDIS_URL.
"""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "refer_monitor.settings.local")
bind = os.environ.get("BIND") or f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = int(os.environ.get("WEB_THREADS", "8"))
worker_class = "gthread"
timeout = 60  # seconds
graceful_timeout = 10
control_socket_disable = True  # it lies in the home folder, where two installations would share it
logconfig_dict = settings.LOGGING  # its own lines look like the service's
