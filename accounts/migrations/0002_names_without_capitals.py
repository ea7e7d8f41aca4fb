"""User names in small letters, and one user an nDelius account whatever its capitals.

Where accounts differ by capitals alone, the one that signed in last keeps the name (never signed in: the oldest); the
others stay open, and their names end in -2, -3 and so on. Of users with one nDelius account, the same one keeps it; the
others have none until an administrator gives them their own. Each change is logged with the numbers of both users.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

import django.core.validators
from django.db import migrations, models
from django.db.models.functions import Lower

LONGEST = 150  # characters
log = logging.getLogger(__name__)


def fold(apps: Any, schema_editor: Any) -> None:
    """Rewrite what is there."""
    users = list(apps.get_model("accounts", "User").objects.order_by("pk"))
    users.sort(key=lambda user: user.last_login.timestamp() if user.last_login else 0.0, reverse=True)
    _fold_user_names(users)
    _part_ndelius_accounts(users)


def _fold_user_names(users: list[Any]) -> None:
    groups = _alike(users, lambda user: user.username)
    taken = set(groups)
    for name, (keeper, *others) in groups.items():
        for user in others:  # first, so that the name is free
            user.username = next(free for free in _numbered(name) if free not in taken)
            user.save(update_fields=["username"])
            taken.add(user.username)
            log.warning("User %s had the name of user %s but for capitals; numbered.", user.pk, keeper.pk)
        keeper.username = name
        keeper.save(update_fields=["username"])


def _part_ndelius_accounts(users: list[Any]) -> None:
    for name, (keeper, *others) in _alike(users, lambda user: user.ndelius_username).items():
        for user in others if name else ():
            user.ndelius_username = ""
            user.save(update_fields=["ndelius_username"])
            log.warning("User %s had the nDelius account of user %s; taken off.", user.pk, keeper.pk)
        if keeper.ndelius_username != keeper.ndelius_username.strip():
            keeper.ndelius_username = keeper.ndelius_username.strip()
            keeper.save(update_fields=["ndelius_username"])


def _alike(users: list[Any], name_of: Callable[[Any], str]) -> dict[str, list[Any]]:
    """The users by name without capitals, those who keep it first."""
    groups: dict[str, list[Any]] = {}
    for user in users:
        groups.setdefault(unicodedata.normalize("NFKC", name_of(user).strip()).lower(), []).append(user)
    return groups


def _numbered(name: str) -> Iterable[str]:
    return (f"{name[: LONGEST - 6]}-{number}" for number in count(2))


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AlterModelManagers(name="user", managers=[]),
        migrations.RemoveConstraint(model_name="user", name="accounts_one_user_an_ndelius_account"),
        migrations.RunPython(fold, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="ndelius_username",
            field=models.CharField(
                blank=True,
                help_text="Practitioners only: the account nDelius knows them by.",
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[!-~]+\\Z", "Enter an nDelius account without spaces or accents."
                    )
                ],
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(username=Lower("username")),
                name="accounts_user_name_in_small_letters",
                violation_error_message="Write the user name in small letters.",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                Lower("ndelius_username"),
                condition=models.Q(("ndelius_username", ""), _negated=True),
                name="accounts_one_user_an_ndelius_account",
                violation_error_message="Somebody else has this nDelius account.",
            ),
        ),
    ]
