"""The address of the demo's emails."""

from django.urls import path

from inbox import views

app_name = "inbox"
urlpatterns = [path("emails", views.emails, name="emails")]
