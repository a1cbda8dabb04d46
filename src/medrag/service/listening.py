"""The address that a service listens at, and its processes."""

from __future__ import annotations

import contextlib
import errno
import inspect
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn
from uvicorn.supervisors import Multiprocess

from medrag.errors import InputError
from medrag.service.handing import Doorman, can_hand
from medrag.service.heads import BoundedHeads

_BACKLOG = 2048


def hold(host: str, port: int) -> socket.socket:
    """Return a socket that listens; who connects before somebody answers there waits.

    Nobody else can listen at the address meanwhile, nor at one that includes it.

    Args:
        host: The address to listen on; an IPv6 address without brackets.
        port: The port to listen on, 0 for any that is free.

    Raises:
        InputError: The port is taken, or nobody can listen there.
    """
    held = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if os.name == "posix":  # connections of a service that has ended may linger
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((host, port))
        held.listen(_BACKLOG)
    except OSError as error:
        held.close()
        if error.errno == errno.EADDRINUSE:
            found = f"Port {port} of {host} is taken"
            mend = "choose another --port, or end what listens there"
        else:
            found = f"Nobody can listen on port {port} of {host} ({error.strerror})"
            mend = "choose another --host or --port"
        raise InputError(f"{found}: {mend}.") from error
    return held


def run_workers(
    application: str, held: socket.socket, *, workers: int, folder: Path, **more: Any
) -> None:
    """Serve with so many processes until a signal ends them; as `uvicorn.run`.

    Args:
        application: Where the factory of the application stands: `module:name`.
        held: What `hold` returned.
        workers: How many processes.
        folder: That they share.
        more: Other settings of uvicorn.
    """
    config = uvicorn.Config(
        application,
        factory=True,
        workers=workers,
        loop="medrag.service.handing:HandedLoop",
        http=BoundedHeads,
        ws="none",
        **more,
    )
    if workers > 1:
        # Where nothing can be handed on, they share the socket: some will take more than others.
        if not can_hand(folder):
            _run_several(config, held, leave=held.close)
            return
        with contextlib.closing(Doorman(held, folder)) as doorman:
            _run_several(config, doorman.door, leave=doorman.leave)
        return
    server = uvicorn.Server(config)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[held])
    if not server.started:
        sys.exit(3)  # as `uvicorn.run` where the application does not start


def _run_several(config: uvicorn.Config, shared: Any, *, leave: Callable[[], None]) -> None:
    class Workers(Multiprocess):
        def terminate_all(self) -> None:
            leave()  # else who connects while they finish what they have would wait for nothing
            super().terminate_all()

    # Older versions have to be told what to run.
    is_told = "target" in inspect.signature(Multiprocess).parameters
    told = {"target": uvicorn.Server(config).run} if is_told else {}
    Workers(config, sockets=[shared], **told).run()
