"""A line to one service: kept connections, one deadline, no more than that.

A front asks every shard several times for each question, so what a request costs in this process
is what limits how many shards it can have: the standard library's client takes a third of the time
of a general one.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import NamedTuple
from urllib.parse import SplitResult

from medrag.index.shard import ShardFailedError

_KEPT = 32
_KEPT_S = 20.0
"""Connections are kept for less than the 30 s after which a service closes them."""


class Reply(NamedTuple):
    """What a service answered."""

    status: int
    content: bytes


class Line:
    """Asks one service; any number of threads may use it.

    Args:
        place: Scheme, host and port, and what stands before every path.
        headers: Sent with each request.
        trust: Certificates that count, for https.
        limit_s: The longest wait for a connection, and for a byte.
    """

    def __init__(
        self,
        place: SplitResult,
        *,
        headers: Mapping[str, str],
        trust: ssl.SSLContext | None,
        limit_s: float,
    ) -> None:
        self._place, self._headers, self._trust = place, dict(headers), trust
        self._limit_s = limit_s
        self._base = place.path.rstrip("/")
        self._free: list[tuple[float, HTTPConnection]] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def close(self) -> None:
        """Close every connection that is not in use; those in use close when they are done."""
        with self._lock:
            self._is_closed = True
            free, self._free = self._free, []
        for _, connection in free:
            connection.close()

    def send(self, method: str, path: str, body: bytes | None) -> Reply:
        """Return the answer to one request, which may be asked twice: it changes nothing.

        Raises:
            ShardFailedError: There is none.
        """
        kept = self._kept()
        if kept is not None:
            try:
                return self._once(kept, method, path, body)
            except TimeoutError as error:
                raise self._late() from error
            except (HTTPException, OSError):
                pass  # it had ended in the meantime, which is no failure of the shard
        try:
            return self._once(self._new(), method, path, body)
        except TimeoutError as error:
            raise self._late() from error
        except ConnectionResetError as error:
            raise ShardFailedError("broke off", is_down=True) from error
        except OSError as error:
            raise ShardFailedError("cannot be reached", is_down=True) from error
        except HTTPException as error:
            raise ShardFailedError("broke off", is_down=True) from error

    def _once(
        self, connection: HTTPConnection, method: str, path: str, body: bytes | None
    ) -> Reply:
        try:
            connection.request(method, self._base + path, body=body, headers=self._headers)
            response = connection.getresponse()
            reply = Reply(response.status, response.read())
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._keep(connection)
        return reply

    def _kept(self) -> HTTPConnection | None:
        with self._lock:
            while self._free:
                since, connection = self._free.pop()
                if time.monotonic() - since < _KEPT_S:
                    return connection
                connection.close()
        return None

    def _keep(self, connection: HTTPConnection) -> None:
        with self._lock:
            if not self._is_closed and len(self._free) < _KEPT:
                self._free.append((time.monotonic(), connection))
                return
        connection.close()

    def _new(self) -> HTTPConnection:
        host, port = self._place.hostname or "", self._place.port
        if self._place.scheme == "https":
            return HTTPSConnection(host, port, timeout=self._limit_s, context=self._trust)
        return HTTPConnection(host, port, timeout=self._limit_s)

    def _late(self) -> ShardFailedError:
        return ShardFailedError(f"gave no answer within {self._limit_s:g} s", is_down=True)
