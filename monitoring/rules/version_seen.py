"""Whether what somebody read is still what is there: a short fingerprint that a page carries and sends back."""

from __future__ import annotations

import hashlib
import json


def fingerprint(*values: object) -> str:
    """The same for the same values, otherwise different. Not a secret, and proves nothing."""
    written = json.dumps([None if value is None else str(value) for value in values])
    return hashlib.sha256(written.encode()).hexdigest()[:32]
