"""Processes that listen side by side at one address, which nobody else can take meanwhile.

Where they share one socket, Linux wakes the process that began to wait last: of 100 connections
that come one after the other, one of four idle workers took 73 to 86, and kept them (ADR 0256).
With a socket each, the kernel spreads connections by their addresses.
"""

from __future__ import annotations

import contextlib
import errno
import inspect
import os
import socket
import sys
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from medrag.errors import InputError


def hold(host: str, port: int) -> socket.socket:
    """Return a bound socket that keeps an address for this process and those it starts.

    It does not listen: who connects before a worker does is refused. Others cannot bind there
    until it is closed, neither to the address nor to one that includes it.

    Args:
        host: The address to listen on; an IPv6 address without brackets.
        port: The port to listen on, 0 for any that is free.

    Raises:
        InputError: The port is taken, or nobody can listen there.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return _hold(family, (host, port))
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            found = f"Port {port} of {host} is taken"
            mend = "choose another --port, or end what listens there"
        else:
            found = f"Nobody can listen on port {port} of {host} ({error.strerror})"
            mend = "choose another --host or --port"
        raise InputError(f"{found}: {mend}.") from error


def run_workers(application: str, held: socket.socket, *, workers: int, **more: Any) -> None:
    """Serve with so many processes until a signal ends them; as `uvicorn.run`.

    Args:
        application: Where the factory of the application stands: `module:name`.
        held: What `hold` returned.
        workers: How many processes.
        more: Other settings of uvicorn.
    """
    config = uvicorn.Config(application, factory=True, workers=workers, **more)
    server = uvicorn.Server(config)
    if workers > 1:
        # Older versions have to be told what to run.
        is_told = "target" in inspect.signature(Multiprocess).parameters
        told = {"target": server.run} if is_told else {}
        Multiprocess(config, sockets=[held], **told).run()
        return
    own = OwnSocket.at(*held.address) if isinstance(held, HeldAddress) else held
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[own])
    if not server.started:
        sys.exit(3)  # as `uvicorn.run` where the application does not start


def _hold(family: int, address: tuple[Any, ...]) -> socket.socket:
    taken = socket.socket(family)
    try:
        if os.name == "posix":  # connections of a service that has ended may linger
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(address)
        if sys.platform != "linux":  # there all connections would go to one socket
            return taken
        # Several may be bound like this, but one alone can listen. It does until what holds the
        # address is bound, so that of services that start at once one gets it.
        taken.listen()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held = HeldAddress.at(family, taken.getsockname())
    except BaseException:
        taken.close()
        raise
    taken.close()
    return held


class HeldAddress(socket.socket):
    """A bound socket; each process that it is handed to gets an `OwnSocket` at its address.

    It allows SO_REUSEPORT alone: whoever does not ask for that, as `hold` at first, is refused.
    """

    @classmethod
    def at(cls, family: int, address: tuple[Any, ...]) -> HeldAddress:
        """Return one bound to `address`, where this user listens or holds already."""
        made = cls(family)
        _bind_beside(made, address)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 0)
        return made

    @property
    def address(self) -> tuple[int, tuple[Any, ...]]:
        """Its family, and where it is bound."""
        return int(self.family), self.getsockname()

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how another process opens its own."""
        return OwnSocket.at, self.address


class OwnSocket(socket.socket):
    """A socket to listen with, beside those of other processes of one service.

    Attributes:
        held: Keeps the address also where the parent was killed and this does not listen yet.
    """

    held: HeldAddress

    @classmethod
    def at(cls, family: int, address: tuple[Any, ...]) -> OwnSocket:
        """Return one bound to `address`, which is held."""
        made = cls(family)
        made.held = HeldAddress.at(family, address)
        _bind_beside(made, address)
        return made

    def close(self) -> None:
        """Close it, and let the address go."""
        self.held.close()
        super().close()


def _bind_beside(made: socket.socket, address: tuple[Any, ...]) -> None:
    # Connections inherit the first, so that those which linger hinder no restart.
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(address)
