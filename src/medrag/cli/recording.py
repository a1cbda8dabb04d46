"""The options that make a command write to the audit log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from medrag.review.audit import AuditLog

_F = TypeVar("_F", bound=Callable[..., Any])


def audited(function: _F) -> _F:
    """Give a command `--audit DIR` and `--audit-key FILE`."""
    key = click.option("--audit-key", metavar="FILE", help="Ed25519 key that signs the log.")
    folder = click.option("--audit", metavar="DIR", help="Record this in the audit log there.")
    return folder(key(function))


def open_log(audit: str | None, audit_key: str | None) -> AuditLog | None:
    """Return the log that the options name; None without `--audit`.

    Raises:
        InputError: The folder or the key cannot be used, or a key was given without a log.
    """
    from medrag.errors import InputError
    from medrag.review.audit import AuditLog, SigningKey

    if audit is None:
        if audit_key is not None:
            raise InputError("--audit-key signs a log; name the log with --audit DIR.")
        return None
    key = SigningKey.open(Path(audit_key)) if audit_key is not None else None
    return AuditLog(Path(audit), key=key)
