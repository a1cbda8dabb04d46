"""Who calls, and what they may do."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from medrag.errors import MedragError
from medrag.service.settings import ROLES, Client, Role

ANYBODY = "this machine"


class NotAllowedError(MedragError):
    """The caller is not known, or may not do this.

    Attributes:
        is_known: Whether the caller is known.
    """

    def __init__(self, message: str, *, is_known: bool) -> None:
        self.is_known = is_known
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who was let in.

    Attributes:
        name: As the settings name them.
        role: What they may do.
        is_named: Whether a token says so; else it is whoever uses this machine.
    """

    name: str
    role: Role
    is_named: bool = True

    def demand(self, role: Role) -> None:
        """Make sure that the caller may do what `role` may.

        Raises:
            NotAllowedError: They may not.
        """
        if ROLES.index(self.role) < ROLES.index(role):
            raise NotAllowedError(
                f"This needs the role {role!r}; the token's role is {self.role!r}.", is_known=True
            )


class Callers:
    """Everybody who may come in.

    Args:
        clients: With the digests of their tokens; where empty, whoever reaches the service may
            do everything: it listens to its own machine only.
    """

    def __init__(self, clients: Sequence[Client]) -> None:
        self._clients = tuple(clients)

    @property
    def is_open(self) -> bool:
        """Whether no token is asked for."""
        return not self._clients

    def of_token(self, token: str | None) -> Caller:
        """Return whose token this is.

        Raises:
            NotAllowedError: It is nobody's.
        """
        if self.is_open:
            return Caller(ANYBODY, "administrator", is_named=False)
        if not token:
            raise NotAllowedError(
                "No token. Send it as `Authorization: Bearer TOKEN`.", is_known=False
            )
        digest = token_digest(token)
        # All are compared, so that the time tells nothing of which came near.
        known = [c for c in self._clients if hmac.compare_digest(c.token_sha256, digest)]
        if not known:
            raise NotAllowedError("The token is nobody's here.", is_known=False)
        return Caller(known[0].name, known[0].role)


def new_token() -> str:
    """Return a token that nobody can guess."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """Return the SHA-256 of a token, in hex: what the settings hold."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
