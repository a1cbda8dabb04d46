"""Where a process and all below it listen, as the kernel says."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

LISTENING = "0A"


def family(pid: int) -> set[int]:
    """Return a process and all below it."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents[int(status.parent.name)] = int(fields[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def listening(pid: int) -> Iterator[tuple[str, int]]:
    """Yield (address, process) for each listening TCP socket; Linux only."""
    sockets = {}
    for name in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == LISTENING:
                sockets[fields[9]] = fields[1].partition(":")[0]
    for process in family(pid):
        for link in Path(f"/proc/{process}/fd").glob("*"):
            try:
                target = str(link.readlink())
            except OSError:
                continue
            inode = target.removeprefix("socket:[").rstrip("]")
            if inode in sockets:
                yield address(sockets[inode]), process


def address(digits: str) -> str:
    """Return the address that the kernel writes as hexadecimal words in its byte order."""
    words = [bytes.fromhex(digits[start : start + 8])[::-1] for start in range(0, len(digits), 8)]
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, b"".join(words)).removeprefix("::ffff:")
