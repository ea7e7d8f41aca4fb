"""How many refused sign-ins of one address are written to the audit trail: anybody can open the way back here.

As many as wrong passwords are taken of it, in as long a time: enough for every mistake of an office.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpRequest

from accounts.sign_in_limits import client_address
from accounts.tries import count_try

SECONDS: Final = 15 * 60


def is_to_be_audited(request: HttpRequest) -> bool:
    """Count one more refusal of this address."""
    key = f"refused-sign-ins:{sha256(client_address(request).encode()).hexdigest()}"
    return count_try(key, seconds=SECONDS) <= settings.SIGN_IN_TRIES_OF_AN_ADDRESS
