"""What Manage Users says of the people who sign in through HMPPS Auth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One account, wherever it is from. What is not known is ``None``; names and emails may hold any letters."""

    username: str
    name: str | None
    source: str | None  # "delius", "auth", "nomis", "azuread"
    user_id: str | None  # a UUID for accounts of HMPPS Auth itself, a number for others
    is_active: bool | None


@dataclass(frozen=True, slots=True)
class ExternalAccount:
    """An account of HMPPS Auth itself, such as those of service provider staff."""

    username: str
    user_id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    is_enabled: bool
    is_verified: bool
    is_locked: bool

    @property
    def can_be_assigned(self) -> bool:
        """Whether somebody can sign in with it, and reads emails."""
        return self.is_enabled and self.is_verified and not self.is_locked


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups of an account: which providers it belongs to, and which contracts it works on, by code.

    Not ``is_whole``: some could not be read, so that what is missing here may be among them.
    """

    providers: frozenset[str]
    contracts: frozenset[str]
    is_whole: bool
