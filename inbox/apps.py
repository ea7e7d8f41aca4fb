"""Registers the app with Django. Demo settings install it; production does not."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The emails that the demo would have sent."""

    name = "inbox"
    verbose_name = "Emails of the demo"
