"""`Vault`: which surrogate stands for which identifier, in an encrypted file.

Every line of the file is one sealed record of one patient, whose name in the file is a keyed
hash. Records are appended and brought to disk before the surrogates are given out; a line torn by
a crash is cut off by the next writer. Processes share the file: whoever gives out surrogates holds
a lock and has read what the others wrote.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from filelock import FileLock, Timeout

from medrag.errors import InputError
from medrag.privacy.surrogates import Numbering
from medrag.privacy.values import Kind
from medrag.sealing import KeyRing, Sealed
from medrag.text.tags import TAG

_FORMAT = "medrag-vault-1"
_HEADER = "header"
_FARTHEST = 364
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class _Entry:
    """One surrogate: for a tag, its kind; for a moved date, the kind `date`."""

    kind: Kind
    surrogate: str
    original: str

    def json(self) -> bytes:
        return json.dumps([self.kind, self.surrogate, self.original]).encode()


class PatientBook:
    """The surrogates of one patient. Its representation shows none of them.

    Attributes:
        shift: Days by which the patient's dates move, -364 to -1.
    """

    def __init__(self, shift: int) -> None:
        self.shift = shift
        self._numbers = Numbering()
        self._originals: dict[str, str] = {}
        self._dates: dict[str, str] = {}
        self._fresh: list[_Entry] = []

    def tag(self, kind: Kind, original: str) -> str:
        """Return the tag of `original`: the same as ever, or a new one."""
        tag = self._numbers.tag(kind, original)
        if tag not in self._originals:
            self._originals[tag] = original
            self._fresh.append(_Entry(kind, tag, original))
        return tag

    def record(self, surrogate: str, original: str) -> None:
        """Remember what a moved date was."""
        if self._dates.get(surrogate) != original:
            self._dates[surrogate] = original
            self._fresh.append(_Entry("date", surrogate, original))

    def relink(self, text: str) -> str:
        """Return `text` with tags and moved dates turned back; others stay."""
        text = TAG.sub(lambda match: self._originals.get(match[0], match[0]), text)
        if not self._dates:
            return text
        known = "|".join(re.escape(date) for date in sorted(self._dates, key=len, reverse=True))
        pattern = re.compile(rf"(?<![\w/.-])(?:{known})(?![\w/-]|\.\d)")
        return pattern.sub(lambda match: self._dates[match[0]], text)

    def take(self, kind: Kind, surrogate: str, original: str) -> None:
        """Take up what was written before."""
        if TAG.fullmatch(surrogate) is None:
            self._dates[surrogate] = original
            return
        self._originals[surrogate] = original
        self._numbers.restore(kind, original, surrogate)

    def fresh(self) -> list[_Entry]:
        """Return what was not written yet, and regard it as written."""
        entries, self._fresh = self._fresh, []
        return entries


class Vault:
    """Surrogates of patients, kept in a file that only a key of the ring opens.

    Args:
        path: The file; it is made where there is none, with mode 0600.
        keys: The newest key seals, every key opens.

    Raises:
        InputError: The file is no vault, cannot be read or written, or no key opens it.
    """

    def __init__(self, path: Path, keys: KeyRing) -> None:
        self._path = path
        self._keys = keys
        self._lock = FileLock(f"{path}.lock", mode=0o600)
        self._forget()
        with self._held():
            pass

    def __repr__(self) -> str:
        return f"Vault({self._path.name!r})"

    @contextmanager
    def patient(self, patient: str) -> Iterator[PatientBook]:
        """Give the surrogates of one patient; new ones are on disk when the block ends.

        Args:
            patient: Any stable name of the patient; only a keyed hash of it is kept.

        Raises:
            InputError: The vault is locked for 10 seconds, or cannot be read or written.
        """
        with self._held():
            name = hmac.digest(self._secret, patient.encode(), "sha256").hex()[:32]
            book = self._book(name)
            yield book
            lines = [self._line(name, entry.json()) for entry in book.fresh()]
            self._append(lines)

    def rotate(self) -> None:
        """Seal every record anew with the newest key, in a new file that replaces the old one.

        Raises:
            InputError: The vault cannot be read or written.
        """
        with self._held():
            lines = []
            for name, records in self._records.items():
                lines += [self._line(name, self._opened(name, sealed)) for sealed in records]
            beside = self._path.with_name(f".{self._path.name}.part")
            try:
                _write(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, b"".join(lines))
                beside.replace(self._path)
                _sync_folder(self._path.parent)
            except OSError as error:
                raise self._unusable(error) from error
            self._forget()

    @contextmanager
    def _held(self) -> Iterator[None]:
        """Hold the lock, having read what other processes wrote."""
        try:
            self._lock.acquire(timeout=_PATIENCE_S)
        except Timeout as error:
            raise InputError(
                f"{self._path}: another process holds the vault. Try again, or end that process."
            ) from error
        except OSError as error:
            raise self._unusable(error) from error
        try:
            self._catch_up()
            yield
        finally:
            self._lock.release()

    def _forget(self) -> None:
        self._records: dict[str, list[Sealed]] = {}
        self._books: dict[str, PatientBook] = {}
        self._secret = b""
        self._place: tuple[int, int] = (-1, 0)

    def _catch_up(self) -> None:
        """Read the lines that were added; from the start where the file was replaced."""
        try:
            if not self._path.exists():
                self._forget()
                self._found()
            status = self._path.stat()
            inode, size = status.st_ino, status.st_size
            if self._place == (inode, size):
                return
            if self._place[0] != inode or size < self._place[1]:
                self._forget()
            with self._path.open("rb") as file:
                file.seek(self._place[1])
                added = file.read()
            whole = added[: added.rfind(b"\n") + 1]
            for line in whole.splitlines():
                self._take(line)
            end = self._place[1] + len(whole)
            if end < size:  # torn by a crash: nothing of it was ever given out
                os.truncate(self._path, end)
            self._place = inode, end
        except OSError as error:
            raise self._unusable(error) from error

    def _found(self) -> None:
        """Begin a new vault; its first line holds the secret that names patients."""
        first = {"format": _FORMAT, "secret": secrets.token_hex(32)}
        line = self._line(_HEADER, json.dumps(first).encode())
        _write(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, line)
        _sync_folder(self._path.parent)

    def _line(self, name: str, content: bytes) -> bytes:
        sealed = self._keys.seal(content, f"vault {name}")
        return json.dumps([name, sealed.key, sealed.data]).encode() + b"\n"

    def _take(self, line: bytes) -> None:
        try:
            name, key, data = json.loads(line)
            sealed = Sealed(key=key, data=data)
        except (ValueError, TypeError):  # nothing of the line is repeated
            raise InputError(
                f"{self._path}: not a vault of medrag, or damaged. Restore it from a copy."
            ) from None
        self._records.setdefault(name, []).append(sealed)
        if name == _HEADER:
            header = json.loads(self._opened(name, sealed))
            self._secret = bytes.fromhex(header["secret"])
        elif name in self._books:
            self._read_into(self._books[name], name, sealed)

    def _opened(self, name: str, sealed: Sealed) -> bytes:
        try:
            return self._keys.open(sealed, f"vault {name}")
        except InputError as error:
            raise InputError(f"{self._path}: {error}") from error

    def _book(self, name: str) -> PatientBook:
        """Return a patient's book; a new patient is given a shift, which is written at once."""
        if name not in self._books:
            book = PatientBook(0)
            for sealed in self._records.get(name, ()):
                self._read_into(book, name, sealed)
            if book.shift == 0:
                book.shift = -1 - secrets.randbelow(_FARTHEST)
                self._append([self._line(name, json.dumps(book.shift).encode())])
            self._books[name] = book
        return self._books[name]

    def _read_into(self, book: PatientBook, name: str, sealed: Sealed) -> None:
        content = json.loads(self._opened(name, sealed))
        if isinstance(content, int):
            book.shift = content
        else:
            kind, surrogate, original = content
            book.take(cast("Kind", kind), surrogate, original)

    def _append(self, lines: list[bytes]) -> None:
        if not lines:
            return
        written = b"".join(lines)
        try:
            _write(self._path, os.O_WRONLY | os.O_APPEND, written)
        except OSError as error:
            raise self._unusable(error) from error
        self._place = self._place[0], self._place[1] + len(written)
        for line in lines:
            name, key, data = json.loads(line)
            self._records.setdefault(name, []).append(Sealed(key=key, data=data))

    def _unusable(self, error: OSError) -> InputError:
        return InputError(f"{self._path}: cannot be read or written ({error.strerror}).")


def _write(path: Path, flags: int, content: bytes) -> None:
    """Write and bring to disk."""
    handle = os.open(path, flags, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Bring the name of a new file to disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
