"""Addresses of the catalogue, below the practitioner's part of the service."""

from django.urls import path

from interventions import views

app_name = "interventions"
urlpatterns = [
    path("", views.find, name="find"),
    path("<int:contract_id>/", views.detail, name="detail"),
]
