"""What a system is shown with each call, so that it answers: the value of the Authorization header.

``Transport`` asks for it once a call, inside the call's deadline, and once more when the system answers 401. Knows no
system and no HTTP.
"""

from __future__ import annotations

import base64
from typing import Protocol

from django.conf import settings

from integrations.failures import AuthFailed, UpstreamFailure


class Credentials(Protocol):
    """One way to be let in. Nothing that holds a secret shows it in its ``repr``."""

    @property
    def refused_as(self) -> type[UpstreamFailure]:
        """What it means that a system answers 401 to all that there is."""
        ...

    def authorization(self) -> str:
        """The header's value. May raise any of ``integrations.failures``: it may have to be asked for."""
        ...

    def renewed(self, refused: str) -> str | None:
        """Another value after ``refused`` was answered 401, or ``None`` when there is no other."""
        ...


class Basic:
    """A client's name and secret, each the name of a setting, read at each call."""

    refused_as = AuthFailed

    def __init__(self, *, name_setting: str, secret_setting: str) -> None:
        self._name_setting, self._secret_setting = name_setting, secret_setting

    def authorization(self) -> str:
        """RFC 7617."""
        pair = f"{getattr(settings, self._name_setting)}:{getattr(settings, self._secret_setting)}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"

    def renewed(self, refused: str) -> str | None:
        """There is no other."""
        return None


class Bearer:
    """A token that somebody else keeps, such as that of a user who is signed in."""

    refused_as = AuthFailed

    def __init__(self, token: str) -> None:
        self._token = token

    def authorization(self) -> str:
        """RFC 6750."""
        return f"Bearer {self._token}"

    def renewed(self, refused: str) -> str | None:
        """Only its user can get another, by signing in."""
        return None
