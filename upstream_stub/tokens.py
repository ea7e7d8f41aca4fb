"""The tokens that the stub's HMPPS Auth signs, and the keys that it signs them with: made at start, never kept.

Knows no HTTP.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

Claims = dict[str, Any]
ALGORITHM: Final = "RS256"
KEY_SIZE: Final = 2048


@dataclass
class SigningKeys:
    """The newest key signs; every published key is good to check with. The first is made when it is needed."""

    _keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def sign(self, claims: Claims) -> str:
        """A token with these claims."""
        name, key = self._newest()
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": name})

    def read(self, token: str, now: datetime) -> Claims | None:
        """What a token claims, when we signed it, its key is still published and its time is not over."""
        try:
            key = self._keys[jwt.get_unverified_header(token)["kid"]].public_key()
            # Its time is judged by the stub's own clock, which can be moved.
            options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
            claims: Claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)
        except (jwt.InvalidTokenError, KeyError):
            return None
        return claims if claims["exp"] > now.timestamp() else None

    def rotate(self, *, forget_old: bool = False) -> str:
        """Sign with a new key from now on; answers its name. With the old keys forgotten, their tokens are no good."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
        name = f"stub-{uuid4().hex[:8]}"
        with self._lock:
            # In one step: other threads are reading.
            self._keys = ({} if forget_old else self._keys) | {name: key}
        return name

    def published(self) -> dict[str, Any]:
        """The public keys, as a JSON web key set."""
        self._newest()
        return {
            "keys": [
                RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
                | {"kid": name, "use": "sig", "alg": ALGORITHM}
                for name, key in self._keys.items()
            ]
        }

    def _newest(self) -> tuple[str, rsa.RSAPrivateKey]:
        if not self._keys:
            self.rotate()
        return list(self._keys.items())[-1]
