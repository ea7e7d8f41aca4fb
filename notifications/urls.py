"""Addresses of the notifications."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.all_notifications, name="all"),
    path("read", views.mark_all_read, name="mark_all_read"),
    path("emails", views.emails, name="emails"),
]
