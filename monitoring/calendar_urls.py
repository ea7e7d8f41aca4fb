"""Addresses that calendar programs read, under /calendars/: of no side's pages, because nobody signs in."""

from django.urls import path

from monitoring.views import calendar_feed

app_name = "calendars"
urlpatterns = [
    path("<slug:secret>.ics", calendar_feed.feed, name="feed"),
]
