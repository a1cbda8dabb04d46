"""Connections, each handed to the worker that has the fewest (ADR 0308).

The parent takes a connection from the one listening socket and sends it through a Unix socket to a
worker. Nobody connects to a worker that is not ready; one that ends hands back what it has not
taken; and when the parent ends, however it does, its workers finish what they have and end too.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import shuffle
from typing import Any

try:
    from uvloop import Loop as _AnyLoop
except ModuleNotFoundError:  # it does not run everywhere
    from asyncio import SelectorEventLoop as _AnyLoop  # type: ignore[assignment]
with contextlib.suppress(ModuleNotFoundError):  # on Windows, where nothing is handed
    import resource

_log = logging.getLogger("medrag.service")
_DOOR = "door"
_LONGEST_PATH = 103
"""Bytes of a Unix socket's path that every system takes."""
_BEGUN = b"+"
_ENDED = b"-"
_RETURNED = b"<"
_LEAVING = b"!"
_AT_ONCE = 16
"""Connections taken together, so that what ended meanwhile is counted before the next."""
_PAUSE_S = 0.01
_LEAVE_S = 2.0
_OWN_FILES = 64
"""Files that a worker has open beside its connections, and some more."""
_FEWEST = 8
"""Connections that a worker is handed however few files it may open."""


def can_hand(folder: Path) -> bool:
    """Return whether connections can be handed to processes that meet this one in a folder."""
    has_calls = hasattr(socket, "send_fds") and hasattr(socket, "AF_UNIX")
    return has_calls and len(os.fsencode(folder / _DOOR)) <= _LONGEST_PATH


def _most_inside() -> int:
    """Return how many connections a worker may have: one that it cannot open is lost."""
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if most == resource.RLIM_INFINITY else max(_FEWEST, most - _OWN_FILES)


@dataclass(eq=False)
class _Worker:
    """A worker as its parent sees it."""

    channel: socket.socket
    inside: int = 0


@dataclass(frozen=True)
class Door:
    """Where a worker meets its parent; stands for a listening socket in what uvicorn is given."""

    path: str

    def close(self) -> None:
        """Do nothing: what is opened here is closed by who opened it."""


class Doorman:
    """Takes connections, in a thread of its own, and hands each to the worker that has the fewest.

    Args:
        listening: Where they come in.
        folder: Only this user's; workers meet the parent there.

    Attributes:
        door: What workers are given.
    """

    def __init__(self, listening: socket.socket, folder: Path) -> None:
        self.door = Door(str(folder / _DOOR))
        self._listening = listening
        self._meeting = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._meeting.bind(self.door.path)
        self._meeting.listen()
        for one in (self._meeting, listening):
            one.setblocking(False)
        self._bell, rung = socket.socketpair()
        self._found = selectors.DefaultSelector()
        self._found.register(self._meeting, selectors.EVENT_READ, self._meet)
        self._found.register(rung, selectors.EVENT_READ, lambda _: rung.recv(1))
        self._workers: list[_Worker] = []
        self._most_inside = _most_inside()
        self._held: list[socket.socket] = []
        self._takes = False
        self._is_leaving = threading.Event()
        self._has_ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="doorman", daemon=True)
        self._thread.start()

    def leave(self) -> None:
        """Refuse who connects from now on: the workers are about to end."""
        self._is_leaving.set()
        self._bell.send(b".")

    def close(self) -> None:
        """Take no more connections, and let the workers go."""
        self._has_ended.set()
        self._bell.send(b".")
        self._thread.join()
        self._look(False)
        heard = [key.fileobj for key in self._found.get_map().values()]
        self._found.close()
        for one in (*heard, *self._held, self._bell, self._listening):
            one.close()  # type: ignore[union-attr]

    def _work(self) -> None:
        while not self._has_ended.is_set():
            is_held = bool(self._held and self._workers)
            for key, _ in self._found.select(_PAUSE_S if is_held else None):
                self._see_to(key)
            self._give()
            # Who cannot be handed on waits with the system: here he would take a file each.
            self._look(bool(self._workers) and not (self._held or self._is_leaving.is_set()))
            if self._is_leaving.is_set():
                self._listening.close()

    def _look(self, takes: bool) -> None:
        """See who connects, or do not."""
        if takes and not self._takes:
            self._found.register(self._listening, selectors.EVENT_READ, self._take)
        if self._takes and not takes:
            self._found.unregister(self._listening)
        self._takes = takes

    @staticmethod
    def _see_to(key: selectors.SelectorKey) -> None:
        try:
            key.data(key.fileobj)
        except BlockingIOError:  # it ended before it was taken
            pass
        except OSError as error:  # too many files are open; what waits is seen again
            _log.warning("connection", extra={"error": type(error).__name__})
            time.sleep(_PAUSE_S)

    def _meet(self, meeting: socket.socket) -> None:
        """Let a worker in that is ready."""
        channel, _ = meeting.accept()
        channel.setblocking(False)
        worker = _Worker(channel)
        self._workers.append(worker)
        self._found.register(channel, selectors.EVENT_READ, lambda _: self._hear(worker))

    def _take(self, listening: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            self._held.append(listening.accept()[0])

    def _hear(self, worker: _Worker) -> None:
        """Count what ended at a worker, take what it hands back, and let it go."""
        told, returned = _received(worker.channel)
        self._held += returned
        if not told:
            self._forget(worker)
            self._found.unregister(worker.channel)
            worker.channel.close()
            return
        worker.inside -= told.count(_ENDED) + told.count(_RETURNED)
        if _LEAVING in told:
            self._forget(worker)
            with contextlib.suppress(OSError):
                worker.channel.shutdown(socket.SHUT_WR)  # it has been sent all that it gets

    def _forget(self, worker: _Worker) -> None:
        if worker in self._workers:
            self._workers.remove(worker)

    def _give(self) -> None:
        if self._is_leaving.is_set() and not self._workers:
            while self._held:
                self._held.pop().close()  # nobody will serve it, which its client learns now
        while self._held and self._workers:
            # In any order where they have as many: clients that connect in turn, one for questions
            # and one for checks, would give each worker one kind.
            shuffle(self._workers)
            for worker in sorted(self._workers, key=lambda one: one.inside):
                if self._sent(worker, self._held[0]):
                    self._held.pop(0).close()
                    break
            else:
                return  # all are too busy to take another

    def _sent(self, worker: _Worker, connection: socket.socket) -> bool:
        if worker.inside >= self._most_inside:
            return False
        try:
            socket.send_fds(worker.channel, [_BEGUN], [connection.fileno()])
        except OSError:  # it is full, or has gone, which is heard of next
            return False
        worker.inside += 1
        return True


class HandedLoop(_AnyLoop):
    """An event loop in whose servers a `Door` may stand for a listening socket."""

    async def create_server(self, protocol_factory: Any, *args: Any, **more: Any) -> Any:
        """Return a server; at a door it is handed the connections that its parent takes."""
        door = more.get("sock")
        if isinstance(door, Door):
            return _Handed(self, protocol_factory, door, more.get("ssl"))
        return await super().create_server(protocol_factory, *args, **more)


class _Handed:
    """The side of a worker: serves what is handed to it."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        factory: Callable[[], asyncio.Protocol],
        door: Door,
        ssl: Any,
    ) -> None:
        self._loop, self._factory, self._ssl = loop, factory, ssl
        self._begun: set[asyncio.Task[None]] = set()
        self._untold = 0
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._channel.connect(door.path)
        self._channel.setblocking(False)
        loop.add_reader(self._channel.fileno(), self._take)

    def close(self) -> None:
        """Hand back what was not taken yet, and take no more."""
        self._loop.remove_reader(self._channel.fileno())
        self._channel.settimeout(_LEAVE_S)
        with contextlib.suppress(OSError):
            self._channel.sendall(_LEAVING)
            while (received := _received(self._channel))[0]:
                for connection in received[1]:
                    socket.send_fds(self._channel, [_RETURNED], [connection.fileno()])
                    connection.close()

    async def wait_closed(self) -> None:
        """Leave the parent."""
        self._channel.close()

    def _take(self) -> None:
        told, connections = _received(self._channel)
        for connection in connections:
            task = self._loop.create_task(self._serve(connection))
            self._begun.add(task)
            task.add_done_callback(self._begun.discard)
        self._tell_ended(told.count(_BEGUN) - len(connections))  # what could not be opened
        if not told:  # the parent has ended
            self._loop.remove_reader(self._channel.fileno())
            signal.raise_signal(signal.SIGTERM)

    async def _serve(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        protocol = self._factory()
        ended = protocol.connection_lost

        def told(error: Exception | None) -> None:
            self._tell_ended()
            ended(error)

        protocol.connection_lost = told  # type: ignore[method-assign, assignment]
        try:
            await self._loop.connect_accepted_socket(lambda: protocol, connection, ssl=self._ssl)
        except OSError:  # it ended on the way
            connection.close()
            self._tell_ended()

    def _tell_ended(self, count: int = 1) -> None:
        if count and not self._untold:
            self._loop.call_soon(self._tell)
        self._untold += count

    def _tell(self) -> None:
        try:
            told = self._channel.send(_ENDED * self._untold)
        except BlockingIOError:  # the parent has much to hear
            told = 0
        except OSError:  # it has gone
            told = self._untold
        self._untold -= told
        if self._untold:
            self._loop.call_later(_PAUSE_S, self._tell)


def _received(channel: socket.socket) -> tuple[bytes, list[socket.socket]]:
    """Return what was said, nothing where the other side has gone, and what came with it."""
    try:
        told, files, _, _ = socket.recv_fds(channel, 4096, _AT_ONCE)
    except BlockingIOError:
        return b" ", []
    except OSError:
        return b"", []
    return told, [_connection(number) for number in files]


def _connection(number: int) -> socket.socket:
    os.set_inheritable(number, False)
    return socket.socket(fileno=number)
