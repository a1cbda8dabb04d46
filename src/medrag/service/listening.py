"""Worker processes that listen side by side, each at a socket of its own.

Where they share one socket, Linux wakes the process that began to wait last: of 100 connections
that come one after the other, one of four idle workers took 73 to 86, and kept them (ADR 0256).
With a socket each, the kernel spreads connections by their addresses.
"""

from __future__ import annotations

import inspect
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from medrag.errors import InputError


def run_workers(application: str, *, host: str, port: int, workers: int, **more: Any) -> None:
    """Serve with so many processes until a signal ends them; as `uvicorn.run`.

    Args:
        application: Where the factory of the application stands: `module:name`.
        host: The address to listen on.
        port: The port to listen on, 0 for any that is free.
        workers: How many processes.
        more: Other settings of uvicorn.

    Raises:
        InputError: Nobody can listen there, or somebody else does.
    """
    if workers == 1 or sys.platform != "linux":  # others give all to the one who listened first
        uvicorn.run(application, factory=True, host=host, port=port, workers=workers, **more)
        return
    config = uvicorn.Config(
        application, factory=True, host=host, port=port, workers=workers, **more
    )
    held = [_held(host, port)]
    # Older versions have to be told what to run.
    is_told = "target" in inspect.signature(Multiprocess).parameters
    told = {"target": uvicorn.Server(config).run} if is_told else {}
    Multiprocess(config, sockets=held, **told).run()  # type: ignore[arg-type]


def _held(host: str, port: int) -> OwnSocket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as alone:  # another service there would share in silence
            alone.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            alone.bind((host, port))
            port = alone.getsockname()[1]
        return OwnSocket.at(family, (host, port))
    except OSError as error:
        raise InputError(
            f"{host}, port {port}: {error.strerror}. Choose another --port, or end what "
            "listens there."
        ) from error


class OwnSocket(socket.socket):
    """A socket of which each process that it is handed to gets one of its own, at one address."""

    @classmethod
    def at(cls, family: int, address: tuple[Any, ...]) -> OwnSocket:
        """Return one bound to `address` beside others."""
        made = cls(family)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind(address)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process opens its own."""
        return OwnSocket.at, (int(self.family), self.getsockname())
