"""Connections to a PostgreSQL server, a few of them shared by many threads."""

from __future__ import annotations

import contextlib
import os
import queue
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import Connection as _Connection
from pg8000.native import PreparedStatement

from medrag.errors import BackendError, IndexStateError
from medrag.index.postgres.address import Address

_CONNECT_S = 10.0
_MOST_CONNECTIONS = 8
_LOST = (InterfaceError, OSError)
_NO_TABLE = {"42P01", "3F000", "3D000"}
_SHUT_DOWN = ("57P", "08")
_SETTINGS = """
SET jit = off; SET plan_cache_mode = force_custom_plan; SET statement_timeout = 0;
SET DateStyle = ISO; SET bytea_output = hex
"""
"""Statements are short and their parameters decide the plan."""


class Connection:
    """One connection; every statement is prepared once, parameters never enter its text."""

    def __init__(self, address: Address, *, timeout_s: float | None) -> None:
        """Connect.

        Args:
            address: Of the index.
            timeout_s: Longest time without a byte from the server; None waits for ever.

        Raises:
            BackendError: The server is not there, or lets nobody in.
        """
        with clear(address), contextlib.ExitStack() as failed:
            made = failed.enter_context(_socket(address))
            self._raw = _Connection(
                address.user,
                host=address.host,
                port=address.port,
                database=address.database,
                password=address.password,
                sock=made,
                ssl_context=address.tls,
                application_name="medrag",
            )
            failed.callback(self.close)
            self._raw._usock.settimeout(timeout_s)
            self._raw.run(_SETTINGS)
            failed.pop_all()
        self._prepared: dict[str, PreparedStatement] = {}

    def rows(self, sql: str, **values: Any) -> list[list[Any]]:
        """Return what a statement gives; `:name` in it stands for a value."""
        if sql not in self._prepared:
            self._prepared[sql] = self._raw.prepare(sql)
        found: list[list[Any]] = self._prepared[sql].run(**values) or []
        return found

    def do(self, sql: str) -> None:
        """Run statements without values."""
        self._raw.run(sql)

    def copy(self, table: str, chunks: Iterable[bytes]) -> None:
        """Fill a table from a binary stream; see `medrag.index.postgres.binary.stream`."""
        self._raw.run(f"COPY {table} FROM STDIN WITH (FORMAT BINARY)", stream=chunks)

    def close(self) -> None:
        """Say goodbye; a connection that is lost already is no error."""
        ends = [end for end in (self._raw._sock, self._raw._usock) if end is not None]
        with contextlib.suppress(*_LOST, DatabaseError):
            self._raw.close()
        for end in ends:  # the driver leaves its buffered end open, which keeps the socket
            with contextlib.suppress(OSError):
                end.close()


class Pool:
    """Connections that are made when needed and kept.

    A connection that is lost (a server that was started anew, a firewall that forgot it) is
    replaced once for each question. After a fork the child makes its own.

    Args:
        address: Of the index.
        ready: Called with each new connection before it is used.
        timeout_s: Longest time without a byte from the server.
    """

    def __init__(
        self, address: Address, ready: Callable[[Connection], None], *, timeout_s: float = 60.0
    ) -> None:
        self._address = address
        self._ready = ready
        self._timeout_s = timeout_s
        self._begin()

    def rows(self, sql: str, **values: Any) -> list[list[Any]]:
        """Return what a statement that changes nothing gives.

        Raises:
            BackendError: The server failed or cannot be reached.
        """
        if self._process != os.getpid():
            self._begin()
        with self._places, clear(self._address):
            try:
                return self._ask(self._idle_or_new(), sql, values)
            except _LOST:
                self._forget()
            return self._ask(self._new(), sql, values)

    def close(self) -> None:
        """Close every connection; one that is in use is closed when it is given back."""
        self._is_closed = True
        self._forget()

    def _begin(self) -> None:
        self._process = os.getpid()
        self._idle: queue.LifoQueue[Connection] = queue.LifoQueue()
        self._places = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._is_closed = False

    def _ask(self, connection: Connection, sql: str, values: dict[str, Any]) -> list[list[Any]]:
        try:
            found = connection.rows(sql, **values)
        except DatabaseError as error:
            if sqlstate(error).startswith(_SHUT_DOWN):
                connection.close()
                raise InterfaceError("the server is going down") from error
            self._keep(connection)
            raise
        except BaseException:  # an answer that was not read to its end would answer the next
            connection.close()
            raise
        self._keep(connection)
        return found

    def _keep(self, connection: Connection) -> None:
        if self._is_closed:
            connection.close()
        else:
            self._idle.put(connection)

    def _idle_or_new(self) -> Connection:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._new()

    def _new(self) -> Connection:
        connection = Connection(self._address, timeout_s=self._timeout_s)
        try:
            self._ready(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _forget(self) -> None:
        """Drop the idle connections: what one of them lost the others have lost, too."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


@contextlib.contextmanager
def clear(address: Address) -> Iterator[None]:
    """Turn what the driver raises into errors that say what to do and hold no value asked.

    Raises:
        IndexStateError: The database, schema or table is not there.
        BackendError: Anything else.
    """
    try:
        yield
    except DatabaseError as error:
        raise _explained(address, sqlstate(error)) from None
    except _LOST as error:
        cause = error.__cause__ or error
        told = getattr(cause, "strerror", None) or type(cause).__name__
        raise BackendError(
            f"{address}: the database cannot be reached ({told}). Look whether the server runs, "
            "and at host, port and sslmode of the URL."
        ) from None


def sqlstate(error: DatabaseError) -> str:
    """Return the five characters by which PostgreSQL names an error."""
    fields = error.args[0] if error.args else None
    return str(fields.get("C", "")) if isinstance(fields, dict) else ""


def _explained(address: Address, code: str) -> Exception:
    if code in _NO_TABLE:
        return IndexStateError(
            f"{address}: no index here. Push one: medrag index push --index DIR --to URL"
        )
    if code.startswith("28"):
        return BackendError(f"{address}: the server does not let this user in. Check the password.")
    if code == "42501":
        return BackendError(f"{address}: this user may not do that. Ask for the right to.")
    if code.startswith("53"):
        return BackendError(f"{address}: the server is out of room or connections ({code}).")
    return BackendError(f"{address}: the database failed (SQLSTATE {code or 'unknown'}).")


def _socket(address: Address) -> socket.socket:
    if address.is_socket:
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        made.settimeout(_CONNECT_S)
        made.connect(f"{address.host}/.s.PGSQL.{address.port}")
        return made
    made = socket.create_connection((address.host, address.port), _CONNECT_S)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return made
