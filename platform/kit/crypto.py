"""Secrets at rest: personal columns, keyed look-up hashes, passwords, tokens.

AES-256-GCM with a key from the settings; the first byte of a ciphertext names the scheme, so that another cipher
(SM4) or key can be read beside it after a rotation.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from functools import cache
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV

from kit.settings import SettingsError, settings

_AES_GCM = b"\x01"
#: OWASP's recommendation (19 MiB, two passes): suits a small server in the sign-in rush of a deadline hour.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
#: No 0/O, 1/I/L: these are read aloud over the telephone and typed from a printed slip.
_READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@cache
def _key(purpose: str) -> bytes:
    raw = settings().data_key
    try:
        master = base64.b64decode(raw, validate=True)
    except ValueError as error:
        raise SettingsError("JICENG_DATA_KEY is not base64") from error
    if len(master) != 32:
        raise SettingsError("JICENG_DATA_KEY must be 32 bytes in base64")
    return hmac.digest(master, purpose.encode(), hashlib.sha256)


def new_data_key() -> str:
    """A fresh master key, as the environment carries it."""
    return base64.b64encode(os.urandom(32)).decode()


def encrypt(plain: str, *, context: str) -> str:
    """Encrypt one personal value. `context` (table.column) is authenticated: a value can't be moved elsewhere."""
    nonce = os.urandom(12)
    sealed = AESGCM(_key("column")).encrypt(nonce, plain.encode(), context.encode())
    return base64.b64encode(_AES_GCM + nonce + sealed).decode()


def decrypt(cipher: str, *, context: str) -> str:
    """The inverse of `encrypt`. Raises `cryptography.exceptions.InvalidTag` when the value was tampered with."""
    raw = base64.b64decode(cipher)
    if raw[:1] != _AES_GCM:
        raise ValueError("unknown cipher scheme")
    return AESGCM(_key("column")).decrypt(raw[1:13], raw[13:], context.encode()).decode()


def keyed_hash(value: str, *, context: str) -> str:
    """A look-up hash of a personal value: equal values meet, and nobody without the key can try values out."""
    return hmac.new(_key("lookup"), f"{context}\0{value}".encode(), hashlib.sha256).hexdigest()[:32]


def county_mark(value: str, *, county_id: UUID, purpose: str) -> str:
    """128 bits that only somebody with the key could have put to the value, for an address: 22 characters.

    The key belongs to one county and one purpose, so no other county's mark fits."""
    key = hmac.digest(_key(purpose), county_id.bytes, hashlib.sha256)
    return base64.urlsafe_b64encode(hmac.digest(key, value.encode(), hashlib.sha256)[:16]).decode().rstrip("=")


def seal_token(content: bytes, *, context: str) -> str:
    """Bytes for an address that strangers may hold: unreadable and unforgeable, the same for the same bytes."""
    sealed = AESSIV(_key("token")).encrypt(content, [context.encode()])
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_token(token: str, *, context: str) -> bytes | None:
    """What `seal_token` sealed; None for anything else."""
    if not 22 <= len(token) <= 400 or not token.isascii():
        return None
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        return AESSIV(_key("token")).decrypt(sealed, [context.encode()])
    except (ValueError, InvalidTag):
        return None


def hash_password(password: str) -> str:
    """Argon2id, with its parameters inside."""
    return _hasher.hash(password)


def verify_password(hashed: str, password: str) -> bool:
    """Whether the password fits. A malformed stored hash fits nothing."""
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False


def new_token() -> str:
    """256 random bits for a session or a one-time link."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """How a token is stored. The token has full entropy, so a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def readable_code(length: int = 8) -> str:
    """A code for people to read aloud and type, about 4.9 bits a character."""
    return "".join(secrets.choice(_READABLE) for _ in range(length))
