"""Heads of requests that come in time and within bounds (ADR 0316).

uvicorn waits for ever for a request's first line and headers, takes any length of them, and
a header of some tens of megabytes keeps a worker busy for minutes.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_S = 30.0
"""Longest time for the head of a request to arrive, and for a connection to ask nothing."""
MOST_HEAD = 64 * 1024
"""Bytes in a row that are neither a whole head nor body: of a head, of trailers, of empty lines."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"connection: close\r\ncontent-length: 0\r\n\r\n"
)


class BoundedHeads(HttpToolsProtocol):
    """uvicorn's protocol, which closes a connection whose next request does not come or end.

    Bodies and answers have limits of their own (`Limits`).
    """

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._is_on = False
        self._is_answering = False
        self._read = 0
        self._since = self.loop.time()
        self._late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        if self._late is not None:
            self._late.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; a line or header that is too long is refused."""
        self._is_on = False
        super().data_received(data)
        self._read = 0 if self._is_on else self._read + len(data)
        if self._read > MOST_HEAD and not self.transport.is_closing():
            self.transport.write(_TOO_LARGE)
            self.transport.close()

    def on_message_begin(self) -> None:
        """Note when a request begins."""
        self._is_on, self._since = True, self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Note that a head has come."""
        self._is_on = self._is_answering = True
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Note that some body has come, not only trailers or what chunks are called."""
        self._is_on = True
        super().on_body(body)

    def on_response_complete(self) -> None:
        """Note when the client may ask again."""
        self._is_answering, self._since = bool(self.pipeline), self.loop.time()
        super().on_response_complete()

    def _wait(self, seconds: float) -> None:
        self._late = self.loop.call_later(seconds, self._look)

    def _look(self) -> None:
        """Close the connection, or look again when its time may have come.

        One timer a connection, not one a request: it asks how long nothing has come.
        """
        waited = 0.0 if self._is_answering else self.loop.time() - self._since
        if waited < HEAD_S:
            self._wait(HEAD_S - waited)
        elif not self.transport.is_closing():
            self.transport.close()
