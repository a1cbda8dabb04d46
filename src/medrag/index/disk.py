"""Durable writing and checksums: what every file of an index goes through.

A file counts as written when its bytes and its directory entry are on the disk. The switch
between two states of an index is one atomic rename and nothing else.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from medrag.core.span import Value
from medrag.errors import IndexStateError

BLOCK_BYTES = 1 << 24
"""Checksums at open cover blocks of this size, so that cores share one large file."""

_READ_BYTES = 1 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EROFS, errno.EACCES, errno.EPERM}


class FileSum(Value):
    """What the bytes of one file must be.

    Attributes:
        path: Relative to the index directory, POSIX separators.
        bytes: Length of the file.
        sha256: Hex digest of the whole file; `verify` compares it.
        crc32: One CRC-32 for each block of 16 MiB; compared whenever an index is opened. A
            CRC-32 finds every single damaged byte, and reads at several GB/s a core.
    """

    path: str
    bytes: int
    sha256: str
    crc32: tuple[int, ...]


def checksum(path: Path, root: Path) -> FileSum:
    """Return the checksums of the file at `path`, named relative to `root`."""
    whole, blocks, size = hashlib.sha256(), [], 0
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            whole.update(block)
            blocks.append(zlib.crc32(block))
            size += len(block)
    name = path.relative_to(root).as_posix()
    return FileSum(path=name, bytes=size, sha256=whole.hexdigest(), crc32=tuple(blocks))


def damaged(root: Path, sums: Sequence[FileSum], *, threads: int = 4) -> list[str]:
    """Return what is wrong with each file that is missing, cut short or changed; [] when sound.

    Compares the length and the CRC-32 of every block, on several threads (the interpreter's
    lock is free meanwhile). Reads through small buffers, so memory stays flat.
    """
    problems = {entry.path: problem for entry in sums if (problem := _wrong_size(root, entry))}
    sound = [entry for entry in sums if entry.path not in problems]
    blocks = [(entry, number) for entry in sound for number in range(len(entry.crc32))]
    if len(blocks) <= len(sound) and sum(entry.bytes for entry in sound) < BLOCK_BYTES:
        verdicts = [_block_is_sound(root, *block) for block in blocks]
    else:
        with ThreadPoolExecutor(threads) as pool:
            verdicts = list(pool.map(lambda block: _block_is_sound(root, *block), blocks))
    for (entry, number), is_sound in zip(blocks, verdicts, strict=True):
        if not is_sound:
            start = number * BLOCK_BYTES
            problems.setdefault(entry.path, f"{entry.path}: changed after byte {start}")
    return [problems[path] for path in sorted(problems)]


def _wrong_size(root: Path, entry: FileSum) -> str | None:
    try:
        size = (root / entry.path).stat().st_size
    except FileNotFoundError:
        return f"{entry.path}: missing"
    if size != entry.bytes:
        return f"{entry.path}: {size} bytes, expected {entry.bytes}"
    return None


def _block_is_sound(root: Path, entry: FileSum, number: int) -> bool:
    left, crc = BLOCK_BYTES, 0
    with (root / entry.path).open("rb", buffering=0) as file:
        file.seek(number * BLOCK_BYTES)
        while left and (piece := file.read(min(left, _READ_BYTES))):
            crc = zlib.crc32(piece, crc)
            left -= len(piece)
    return crc == entry.crc32[number]


def write_durably(path: Path, data: bytes) -> None:
    """Write `data` to a new file at `path` and wait until the disk has it."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, data: bytes) -> None:
    """Give `path` the content `data` by one atomic rename; readers see all of it or none."""
    beside = path.with_name(path.name + ".new")
    write_durably(beside, data)
    beside.replace(path)
    sync_folder(path.parent)


def sync_tree(folder: Path) -> None:
    """Wait until the disk has every file below `folder`, and every directory entry."""
    for place, _, names in os.walk(folder):
        for name in names:
            with (Path(place) / name).open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(Path(place))


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the entries of `folder`; Windows does so by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def files_below(folders: Iterable[Path]) -> list[Path]:
    """Return every file below `folders`, sorted."""
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


@contextlib.contextmanager
def clear_errors(root: Path) -> Iterator[None]:
    """Turn what the operating system refuses while writing into errors that say what to do.

    Raises:
        IndexStateError: The disk is full, the folder is read-only, or writing failed; the
            index on disk is as it was.
    """
    try:
        yield
    except OSError as error:
        raise IndexStateError(_advice(root, error)) from error


def _advice(root: Path, error: OSError) -> str:
    if error.errno in _FULL:
        return f"{root}: the disk is full. The index is as it was; free space and build again."
    if error.errno in _REFUSED:
        return f"{root}: not writable ({error.strerror}). Give a folder that you may write to."
    return f"{root}: writing failed ({error.strerror or error}). The index is as it was."
