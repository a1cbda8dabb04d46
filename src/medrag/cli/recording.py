"""The options that make a command write to the audit log."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

if TYPE_CHECKING:
    from medrag.review.audit import AuditLog
    from medrag.review.audit.recorder import ContentPolicy, Recorder
    from medrag.sealing import KeyRing

_F = TypeVar("_F", bound=Callable[..., Any])


def audited(function: _F) -> _F:
    """Give a command `--audit DIR`, `--audit-key FILE` and `--audit-old-key FILE`."""
    old = click.option(
        "--audit-old-key",
        multiple=True,
        metavar="FILE",
        help="Public key that signed the log before --audit-key.",
    )
    key = click.option("--audit-key", metavar="FILE", help="Ed25519 key that signs the log.")
    folder = click.option("--audit", metavar="DIR", help="Record this in the audit log there.")
    return folder(key(old(function)))


def open_log(
    audit: str | None, audit_key: str | None, audit_old_key: Sequence[str] = ()
) -> AuditLog | None:
    """Return the log that the options name; None without `--audit`.

    Raises:
        InputError: The folder or the key cannot be used, or a key was given without a log.
    """
    from medrag.errors import InputError
    from medrag.review.audit import AuditLog, SigningKey, VerifyingKey

    if audit is None:
        if audit_key is not None or audit_old_key:
            raise InputError("--audit-key signs a log; name the log with --audit DIR.")
        return None
    if audit_key is None and audit_old_key:
        raise InputError("--audit-old-key goes with --audit-key: the key that signs now.")
    key = SigningKey.open(Path(audit_key)) if audit_key is not None else None
    old = [VerifyingKey.open(Path(path)) for path in audit_old_key]
    return AuditLog(Path(audit), key=key, trusted=old)


def content_recorded(function: _F) -> _F:
    """Give a command that is `audited` also `--audit-content` and `--content-key FILE`."""
    key = click.option(
        "--content-key",
        metavar="FILE",
        help="Key that seals the content; `medrag audit content-key FILE` makes one.",
    )
    policy = click.option(
        "--audit-content",
        type=click.Choice(["none", "deidentified", "encrypted"]),
        help="What of the answer itself the record holds. Default: none, and encrypted where a "
        "key is given.",
    )
    return policy(key(function))


def open_recorder(
    log: AuditLog | None, content: str | None, content_key: str | None
) -> Recorder | None:
    """Return what records answers in the log; None without one.

    Raises:
        InputError: Content and key do not go together, or there is no log for them.
    """
    from medrag.errors import InputError
    from medrag.review.audit.recorder import Recorder

    keys = open_keys((content_key,) if content_key else ())
    if log is None:
        if content is not None or keys is not None:
            raise InputError("--audit-content is of a log; name the log with --audit DIR.")
        return None
    policy = cast("ContentPolicy", content or ("encrypted" if keys else "none"))
    if (policy == "encrypted") != (keys is not None):
        raise InputError("--audit-content encrypted and --content-key FILE go together.")
    return Recorder(log, content=policy, keys=keys)


def open_keys(paths: Sequence[str]) -> KeyRing | None:
    """Return the keys in these files, newest first; None where none is named.

    Raises:
        InputError: One of them holds no key.
    """
    from medrag.sealing import KeyRing, SecretKey

    return KeyRing([SecretKey.open(Path(path)) for path in paths]) if paths else None
