"""The forms of signing in and of feedback."""

from __future__ import annotations

from accounts.models import Feedback
from govuk import fields, forms
from govuk.choices import Choice


class SignInForm(forms.Form):
    """User name and password. Says what is missing; whether they are right is for the view to find out."""

    username = fields.CodeField(
        label="User name", called="your user name", width=20, autocomplete="username", max_length=150
    )
    password = fields.PasswordField(label="Password", called="your password", width=20)


class FeedbackForm(forms.Form):
    """How satisfied somebody is with the service, and why."""

    rating = fields.RadiosField(
        label="Overall, how satisfied are you with this service?",
        label_size="m",
        called="how satisfied you are with this service",
        choices=[Choice(value, label) for value, label in Feedback.Rating.choices],
    )
    comments = fields.TextAreaField(
        label="How could we improve this service? (optional)",
        label_size="m",
        called="what you wrote",
        hint="Do not include anything about a person on probation, such as their name or CRN.",
        max_length=1200,
        rows=6,
        required=False,
    )
    came_from = fields.HiddenField(required=False, max_length=2000)
    form_key = fields.HiddenField(required=False, max_length=36)
