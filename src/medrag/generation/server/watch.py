"""Time limits and cancellation of one request, from outside of whoever reads it."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Any, Literal

from medrag.core.protocols import Cancelled

_ASK_EVERY_S = 0.1
_LOOK_EVERY_S = 0.5
_AFTER_END_S = 2.0


class Watch:
    """Ends a connection when its time is over or somebody no longer wants the reply.

    A thread beside the reader; it shuts the socket down, which wakes a reader that waits for a
    byte and tells the server to stop. Used as a context; `guard` is called with the connection.

    Args:
        first_s: To the first token.
        idle_s: Between two tokens.
        end: When all must be over, on the clock of `time.monotonic`.
        cancelled: Asked every tenth of a second.

    Attributes:
        reason: Why it ended the connection; None while it has not.
        saw_end: Whether the reply has ended by itself.
    """

    def __init__(
        self, *, first_s: float, idle_s: float, end: float, cancelled: Cancelled | None = None
    ) -> None:
        self._idle_s, self._end, self._cancelled = idle_s, end, cancelled
        self._by = time.monotonic() + first_s
        self._over = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, name="medrag-watch", daemon=True)
        self.reason: Literal["timeout", "cancelled"] | None = None
        self.saw_end = False

    @property
    def left(self) -> float:
        """The seconds that are left now, at least a hundredth."""
        return max(min(self._by, self._end) - time.monotonic(), 0.01)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def trace(self, event: str, info: dict[str, Any]) -> None:
        """Take the socket of the connection that httpcore reports as made."""
        stream = info.get("return_value")
        if event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self._socket = stream.get_extra_info("socket") if stream is not None else None
            if self.reason is not None:
                self._shut()

    def saw(self, *, token: bool, end: bool) -> None:
        """Note that an event came: a token in it, or the reply's end, or neither.

        After the end there is a moment only for what may follow, a count of tokens.
        """
        if end or self.saw_end:
            self.saw_end = True
            self._by = min(self._by, time.monotonic() + _AFTER_END_S)
        elif token:
            self._by = time.monotonic() + self._idle_s

    def _run(self) -> None:
        pause = _LOOK_EVERY_S if self._cancelled is None else _ASK_EVERY_S
        while self.reason is None:
            left = min(self._by, self._end) - time.monotonic()
            if self._cancelled is not None and self._cancelled():
                self.reason = "cancelled"
            elif left <= 0:
                self.reason = "timeout"
            elif self._over.wait(min(left, pause)):
                return
        self._shut()

    def _shut(self) -> None:
        if self._socket is not None:
            # Of the plain socket, also under TLS: the TLS object belongs to the reader.
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
