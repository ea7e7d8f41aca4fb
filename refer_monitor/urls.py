"""Every address of the service: which app answers under which name."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from refer_monitor import error_pages, your_account
from refer_monitor.health import health, ping, ready, start
from refer_monitor.home import home

urlpatterns = [
    # What is asked for most, first: each request is compared with what stands before its page.
    # Before the practitioner's other pages, whose addresses could otherwise swallow it.
    path("probation-practitioner/services/", include("interventions.urls")),
    path("probation-practitioner/", include("referrals.urls")),
    path("service-provider/", include("monitoring.urls")),
    path("", home, name="home"),
    path("ping", ping, name="ping"),
    path("health", health, name="health"),
    path("health/start", start, name="health_start"),
    path("health/ready", ready, name="health_ready"),
    path("", include("accounts.urls")),
    path("", include("sign_in.urls")),
    path("your-account", your_account.your_account, name="your_account"),
    path("your-account/password", your_account.change_password, name="change_password"),
    path("your-account/sign-out-there", your_account.end_session, name="end_session"),
    path("notifications/", include("notifications.urls")),
    path("calendars/", include("monitoring.calendar_urls")),
    path("admin/", admin.site.urls),
]
if apps.is_installed("inbox"):
    urlpatterns.append(path("demo/", include("inbox.urls")))
if settings.DEMO_HMPPS_AUTH:
    urlpatterns.append(path("auth/", include("upstream_stub.urls")))
handler400 = error_pages.bad_request
handler403 = error_pages.permission_denied
handler404 = error_pages.page_not_found
handler500 = error_pages.server_error
