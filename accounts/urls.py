"""Addresses of signing in and out, feedback, and the pages about the service."""

from django.urls import path

from accounts import views, web_session
from accounts.kept_text.views import keep_typed_text

app_name = "accounts"
urlpatterns = [
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-in/demo", views.sign_in_to_demo, name="sign_in_to_demo"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("web-session", web_session.web_session, name="web_session"),
    path("kept-text", keep_typed_text, name="keep_typed_text"),
    path("feedback", views.give_feedback, name="feedback"),
    path("feedback/thank-you", views.feedback_given, name="feedback_given"),
    path("notices/<int:notice_id>/hide", views.hide_notice, name="hide_notice"),
    path("help", views.get_help, name="help"),
    path("accessibility-statement", views.accessibility_statement, name="accessibility"),
    path("cookies", views.cookies, name="cookies"),
    path("privacy", views.privacy, name="privacy"),
]
