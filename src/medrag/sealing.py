"""Secret keys, and text sealed with them: AES-256-GCM, for the vault and the audit log.

A key is 32 random bytes, kept in a file of mode 0600 or in an environment variable, in URL-safe
base64. What is sealed names its key, so that keys can be changed: the first of a ring seals,
every one of it opens.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from medrag.core.span import Value
from medrag.errors import InputError

_KEY_BYTES = 32
_NONCE_BYTES = 12


class Sealed(Value):
    """Encrypted text, as it stands in a file.

    Attributes:
        key: Id of the key that opens it.
        data: Nonce and ciphertext, base64.
    """

    key: str = Field(pattern="^[0-9a-f]{16}$")
    data: str


class SecretKey:
    """One symmetric key. Its bytes are in no representation and no error.

    Attributes:
        id: First 16 hex digits of a SHA-256 that starts from the key.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != _KEY_BYTES:
            raise InputError(f"The key has {len(secret)} bytes; expected {_KEY_BYTES}.")
        self._secret = secret
        self.id = hashlib.sha256(b"medrag sealing key\0" + secret).hexdigest()[:16]

    @classmethod
    def create(cls, path: Path) -> SecretKey:
        """Make a new key in `path`, mode 0600.

        Raises:
            InputError: A file stands there already, or the folder cannot be written.
        """
        secret = os.urandom(_KEY_BYTES)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(base64.urlsafe_b64encode(secret) + b"\n")
        except FileExistsError as error:
            raise InputError(f"{path}: exists already. Give a path where no file is.") from error
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
        return cls(secret)

    @classmethod
    def open(cls, path: Path) -> SecretKey:
        """Read a key from a file.

        Raises:
            InputError: The file is missing or holds no key.
        """
        try:
            text = path.read_bytes()
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
        return cls._decoded(text.strip(), str(path))

    @classmethod
    def from_environment(cls, variable: str) -> SecretKey:
        """Read a key from an environment variable.

        Raises:
            InputError: The variable is not set or holds no key.
        """
        text = os.environ.get(variable)
        if text is None:
            raise InputError(f"The environment variable {variable} is not set. Put the key there.")
        return cls._decoded(text.strip().encode("utf-8", "replace"), variable)

    @classmethod
    def _decoded(cls, text: bytes, where: str) -> SecretKey:
        try:
            secret = base64.b64decode(text, altchars=b"-_", validate=True)
        except binascii.Error:
            secret = b""
        if len(secret) != _KEY_BYTES:  # of what stands there nothing is repeated, nor chained
            raise InputError(f"{where}: no key of {_KEY_BYTES} bytes in base64.")
        return cls(secret)

    def derived(self, purpose: str) -> bytes:
        """Return 32 bytes that depend on the key and `purpose` and tell nothing of the key."""
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        made = HKDF(SHA256(), _KEY_BYTES, salt=None, info=f"medrag {purpose}".encode())
        return made.derive(self._secret)

    def seal(self, text: bytes, context: str) -> Sealed:
        """Return `text` encrypted; it opens under the same `context` only."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = os.urandom(_NONCE_BYTES)
        cipher = AESGCM(self.derived("sealing")).encrypt(nonce, text, context.encode())
        return Sealed(key=self.id, data=base64.b64encode(nonce + cipher).decode())

    def __repr__(self) -> str:
        return f"SecretKey(id={self.id!r})"


class KeyRing:
    """The keys of one place: the first seals, every one opens.

    Args:
        keys: Newest first, at least one.

    Raises:
        InputError: There is no key.
    """

    def __init__(self, keys: Sequence[SecretKey]) -> None:
        if not keys:
            raise InputError("There is no key. Give at least one.")
        self._keys = {key.id: key for key in reversed(keys)}
        self.newest = keys[0]

    def seal(self, text: bytes, context: str) -> Sealed:
        """Return `text` encrypted with the newest key; it opens under the same `context` only."""
        return self.newest.seal(text, context)

    def open(self, sealed: Sealed, context: str) -> bytes:
        """Return what was sealed.

        Raises:
            InputError: Its key is not in the ring, or it was changed or moved elsewhere.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        key = self._keys.get(sealed.key)
        if key is None:
            known = ", ".join(self._keys)
            raise InputError(f"It was sealed with key {sealed.key}; the keys given are {known}.")
        try:
            data = base64.b64decode(sealed.data, validate=True)
            nonce, cipher = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
            return AESGCM(key.derived("sealing")).decrypt(nonce, cipher, context.encode())
        except (InvalidTag, ValueError) as error:
            raise InputError(
                f"What key {sealed.key} sealed was changed, or belongs to another record."
            ) from error
