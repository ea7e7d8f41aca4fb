"""Every address of the service: which app answers under which name."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    # Before the practitioner's other pages, whose addresses could otherwise swallow it.
    path("probation-practitioner/services/", include("interventions.urls")),
    path("probation-practitioner/", include("referrals.urls")),
    path("service-provider/", include("monitoring.urls")),
    path("admin/", admin.site.urls),
]
