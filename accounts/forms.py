"""The forms of signing in, of a new password, and of feedback."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import Feedback, User
from govuk import fields, forms
from govuk.choices import Choice


class SignInForm(forms.Form):
    """User name and password. Says what is missing; whether they are right is for the view to find out."""

    username = fields.CodeField(
        label="User name", called="your user name", width=20, autocomplete="username", max_length=150
    )
    password = fields.PasswordField(label="Password", called="your password", width=20)


class PasswordForm(forms.Form):
    """The password as it is, and a new one. Whether the first is right is for the view to find out."""

    current = fields.PasswordField(label="Current password", called="your current password", width=20)
    new = fields.PasswordField(
        label="New password",
        called="a new password",
        hint="8 characters or more. Do not use a password that you use anywhere else.",
        width=20,
        autocomplete="new-password",
    )

    WRONG = {
        "password_too_short": "Your new password must be 8 characters or more",
        "password_too_common": "Enter a new password that is harder to guess",
    }

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_new(self) -> str:
        """Long enough, and not one that everybody tries."""
        new: str = self.cleaned_data["new"]
        try:
            validate_password(new, self.user)
        except ValidationError as refused:
            first = refused.error_list[0]
            raise ValidationError(self.WRONG.get(first.code or "", first.message), code=first.code) from None
        return new


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
