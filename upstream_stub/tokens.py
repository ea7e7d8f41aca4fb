"""The tokens that the stub's HMPPS Auth signs, and the keys that it signs them with.

Made at start and never kept, but where several processes must know each other's tokens: the demo's, whose web server
signs people in, and whose worker asks OASys for them. Knows no HTTP.
"""

import hashlib
import os
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

Claims = dict[str, Any]
ALGORITHM: Final = "RS256"
KEY_SIZE: Final = 2048
MOST_READ: Final = 100  # tokens that are remembered; beyond that it begins anew


@dataclass
class SigningKeys:
    """The newest key signs; every published key is good to check with. The first is made when it is needed.

    ``kept_in``: a file for the first one, which other processes of the same demo read.
    """

    kept_in: Path | None = None
    _keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    # What a token claims, with the key that it was checked with: a client shows the same one at each call.
    _read: dict[str, tuple[str, Claims]] = field(default_factory=dict, repr=False)

    def sign(self, claims: Claims) -> str:
        """A token with these claims."""
        name, key = self._newest()
        return jwt.encode(claims, key, algorithm=ALGORITHM, headers={"kid": name})

    def read(self, token: str, now: datetime) -> Claims | None:
        """What a token claims, when we signed it, its key is still published and its time is not over."""
        if self.kept_in is not None:
            self._newest()  # another process may have signed it
        name, claims = self._read.get(token) or self._checked(token)
        if claims is None or name not in self._keys:
            return None
        return claims if claims["exp"] > now.timestamp() else None

    def _checked(self, token: str) -> tuple[str, Claims | None]:
        """The name of the key that a token is signed with, and what it claims if that is true."""
        try:
            name = jwt.get_unverified_header(token)["kid"]
            # Its time is judged by the stub's own clock, which can be moved.
            options: Any = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
            key = self._keys[name].public_key()
            claims: Claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)
        except (jwt.InvalidTokenError, KeyError):
            return "", None
        if len(self._read) >= MOST_READ:
            self._read.clear()
        self._read[token] = name, claims
        return name, claims

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
        if not self._keys and self.kept_in is not None:
            key = _shared_key(self.kept_in)
            name = hashlib.sha256(str(key.public_key().public_numbers().n).encode()).hexdigest()[:8]
            with self._lock:
                self._keys = {f"stub-{name}": key} | self._keys
        if not self._keys:
            self.rotate()
        return list(self._keys.items())[-1]


def _shared_key(path: Path) -> rsa.RSAPrivateKey:
    """The key in this file, made by whoever comes first. For invented people only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_SIZE)
        written = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        mine = path.with_name(f"{path.name}.{uuid4().hex}")
        with os.fdopen(os.open(mine, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(written)
        with suppress(FileExistsError):  # another process was faster: its key counts
            os.link(mine, path)
        mine.unlink()
    read = serialization.load_pem_private_key(path.read_bytes(), password=None)
    assert isinstance(read, rsa.RSAPrivateKey)
    return read
