"""What surrounds every request: an id, a largest body, and headers that a browser obeys."""

from __future__ import annotations

import ipaddress
import uuid
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medrag.service.problems import problem

_POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})


class TooLargeError(Exception):
    """The body of a request is larger than it may be."""


class Shell:
    """ASGI middleware around the whole application.

    Args:
        app: What answers.
        request_bytes: Largest body; what is larger is refused before it is read to the end.
        is_open: Whether no token is asked for: then only this machine's own names are answered,
            so that no other site can point its name here and read along in a browser.
        crowd: Requests that may be inside at once. The next is turned away here, before it
            waits for a thread: being told to come back is quick however full it is.
    """

    def __init__(self, app: ASGIApp, *, request_bytes: int, is_open: bool, crowd: int) -> None:
        self._app = app
        self._most = request_bytes
        self._is_open = is_open
        self._crowd = crowd
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = uuid.uuid4().hex
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = scope["request_id"]
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        headers = Headers(scope=scope)
        if self._is_open and not _is_this_machine(headers.get("host", "")):
            detail = "Without clients in its settings the service answers as localhost only."
            await problem(421, detail)(scope, receive, sending)
            return
        if self._inside >= self._crowd and scope["path"] not in _ALWAYS:
            detail = "All workers are busy. Try again in 1 s."
            await problem(429, detail, {"Retry-After": "1"})(scope, receive, sending)
            return
        refusal = problem(413, f"The body is larger than {self._most} bytes.")
        if self._is_too_large(headers.get("content-length", "0")):
            await refusal(scope, receive, sending)
            return
        self._inside += 1
        try:
            await self._app(scope, self._counted(receive), sending)
        except TooLargeError:
            if has_begun:
                raise
            await refusal(scope, receive, sending)
        finally:
            self._inside -= 1

    def _is_too_large(self, length: str) -> bool:
        is_number = length.isascii() and length.isdigit() and len(length) < 20
        return not is_number or int(length) > self._most

    def _counted(self, receive: Receive) -> Receive:
        read = 0

        async def receiving() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most:
                raise TooLargeError
            return message

        return receiving


def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
