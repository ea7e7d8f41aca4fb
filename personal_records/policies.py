"""Who may export what is held about a person. Pure: actions refuse with them, pages hide with them."""

from __future__ import annotations

from accounts.models import User

UNSHARED = "export_unshared_risk"


def may_export(user: User) -> bool:
    """An administrator with an open account who may make exports."""
    return (
        user.is_active and user.is_administrator and user.has_perm("personal_records.add_subjectaccessexport")
    )


def may_export_unshared(user: User) -> bool:
    """One who was given the data protection permission by name: being a superuser is not enough (decision A3)."""
    given = user.user_permissions.filter(content_type__app_label="personal_records", codename=UNSHARED)
    return may_export(user) and given.exists()
