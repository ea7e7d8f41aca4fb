"""Addresses of signing in and out, feedback, and the pages about the service."""

from django.urls.resolvers import URLPattern

app_name = "accounts"
urlpatterns: list[URLPattern] = []
