"""What a web server must not load at its start: each takes megabytes in each process, and pages do without."""

import os
import subprocess
import sys

import pytest

ONLY_WHERE_USED = {
    "boto3": "a bucket, where there is one",
    "icalendar": "a calendar file",
    "notifications_python_client": "GOV.UK Notify, where it is connected",
}
LOADED = "import sys, refer_monitor.wsgi; print(*{name.partition('.')[0] for name in sys.modules})"


@pytest.mark.slow
def test_libraries_that_few_pages_need_are_loaded_where_they_are_used() -> None:
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "refer_monitor.settings.test"}
    loaded = subprocess.run(
        [sys.executable, "-c", LOADED], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert "django" in loaded
    assert ONLY_WHERE_USED.keys() & loaded == set()
