"""Addresses of the app's pages."""

from django.urls.resolvers import URLPattern

app_name = "monitoring"
urlpatterns: list[URLPattern] = []
