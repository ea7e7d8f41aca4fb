"""Addresses of the supplier's side, under /service-provider/."""

from django.urls import path

from monitoring.views import cases

app_name = "monitoring"
urlpatterns = [
    path("", cases.all_cases, name="all_cases"),
    path("referrals/<uuid:received_id>/details", cases.referral_details, name="referral_details"),
    path("reporting", cases.reporting, name="reporting"),
]
