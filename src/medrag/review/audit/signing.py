"""Ed25519 keys that sign the heads of the audit log."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from medrag.errors import InputError


class SigningKey:
    """A private key. Its bytes are in no representation and no error.

    Attributes:
        id: First 16 hex digits of the SHA-256 of the public key.
    """

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = VerifyingKey(private.public_key())
        self.id = self.public.id

    @classmethod
    def create(cls, path: Path) -> SigningKey:
        """Make a new key: private in `path` (mode 0600), public beside it with suffix `.pub`.

        Raises:
            InputError: A file stands there already, or the folder cannot be written.
        """
        key = cls(Ed25519PrivateKey.generate())
        secret = key._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        public = path.with_name(path.name + ".pub")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(secret)
            public.write_bytes(key.public.pem())
        except FileExistsError as error:
            raise InputError(f"{path}: exists already. Give a path where no file is.") from error
        except OSError as error:
            raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
        return key

    @classmethod
    def open(cls, path: Path) -> SigningKey:
        """Read a private key in PEM without a passphrase.

        Raises:
            InputError: The file is missing, no private key, or not Ed25519.
        """
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
        except (ValueError, TypeError) as error:
            raise InputError(
                f"{path}: no private key in PEM without a passphrase. "
                "Make one: medrag audit key PATH."
            ) from error
        if not isinstance(private, Ed25519PrivateKey):
            raise InputError(f"{path}: a key of another kind; expected Ed25519.")
        return cls(private)

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature."""
        return self._private.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(id={self.id!r})"


class VerifyingKey:
    """A public key.

    Attributes:
        id: First 16 hex digits of the SHA-256 of its 32 bytes.
    """

    def __init__(self, public: Ed25519PublicKey) -> None:
        self._public = public
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.id = hashlib.sha256(raw).hexdigest()[:16]

    @classmethod
    def open(cls, path: Path) -> VerifyingKey:
        """Read a public key in PEM.

        Raises:
            InputError: The file is missing, no public key, or not Ed25519.
        """
        try:
            public = load_pem_public_key(path.read_bytes())
        except OSError as error:
            raise InputError(f"{path}: cannot be read ({error.strerror}).") from error
        except ValueError as error:
            raise InputError(f"{path}: no public key in PEM.") from error
        if not isinstance(public, Ed25519PublicKey):
            raise InputError(f"{path}: a key of another kind; expected Ed25519.")
        return cls(public)

    def pem(self) -> bytes:
        """Return the key as PEM text, to hand to those who verify."""
        return self._public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def confirms(self, signature: bytes, message: bytes) -> bool:
        """Return whether this key signed the message."""
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            return False
        return True
