"""Which side of the service somebody is on, by where their account is from and the roles it has.

Administrators are not among them: HMPPS Auth has no role for that. They sign in with a password.
"""

from __future__ import annotations

from enum import StrEnum

from accounts.models import Audience
from sign_in.tokens import Claims

NDELIUS, HMPPS_AUTH = "delius", "auth"
#: By where the account is from: the role that opens the service, and to whom.
OPENED_BY = {
    NDELIUS: ("ROLE_PROBATION", Audience.PRACTITIONER),
    HMPPS_AUTH: ("ROLE_CRS_PROVIDER", Audience.SUPPLIER),
}


class NoRole(StrEnum):
    """Why somebody may not use the service. Codes for the audit trail."""

    PRACTITIONER = "no_role_of_practitioners"
    PROVIDER = "no_role_of_providers"
    OTHER_ACCOUNT = "account_from_elsewhere"


class NotAUser(Exception):
    """They have signed in at HMPPS Auth, and have no business here."""

    def __init__(self, why: NoRole) -> None:
        super().__init__(why)
        self.why = why


def audience_of(claims: Claims) -> Audience:
    """The side they are on. Raises ``NotAUser``."""
    if claims.source not in OPENED_BY:
        raise NotAUser(NoRole.OTHER_ACCOUNT)
    role, audience = OPENED_BY[claims.source]
    if role not in claims.roles:
        raise NotAUser(NoRole.PRACTITIONER if claims.source == NDELIUS else NoRole.PROVIDER)
    return audience
