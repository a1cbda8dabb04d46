"""What surrounds every request: an id, a largest body, and headers that a browser obeys."""

from __future__ import annotations

import ipaddress
import uuid
from functools import lru_cache
from urllib.parse import urlsplit

from anyio import move_on_after
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medrag.service.problems import problem
from medrag.service.settings import Limits

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
    "Cache-Control": "no-store",
}


_HOOKS = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""CDS clients may be pages of any origin; failures have to reach them as well as cards."""
_ALWAYS_SENT = {
    is_hook: [
        (name.lower().encode(), value.encode())
        for name, value in {**_HEADERS, **(_HOOKS if is_hook else {})}.items()
    ]
    for is_hook in (False, True)
}
_ALWAYS = frozenset({"/healthz", "/readyz", "/metrics"})
_MOST_HELD = 32
"""Bodies of the largest size that may be held while they arrive."""


class Shell:
    """ASGI middleware around the whole application.

    A body is read to its end before its request counts as inside, so that whoever sends slowly
    keeps nobody else out.

    Args:
        app: What answers.
        limits: The largest body and the longest time it may take to arrive.
        is_open: Whether no token is asked for: then only this machine's own names are answered,
            so that no other site can point its name here and read along in a browser.
    """

    def __init__(self, app: ASGIApp, *, limits: Limits, is_open: bool) -> None:
        self._app = app
        self._most = limits.request_bytes
        self._body_s = limits.body_s
        self._is_open = is_open
        self._crowd = limits.crowd
        self._inside = 0
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = uuid.uuid4().hex
        sending = _with_headers(scope, send)
        read: list[bytes] = []
        try:
            refusal = self._refusal(scope) or await self._read(scope, receive, read)
            if refusal is None and self._is_full(scope):
                refusal = _busy()
            if refusal is not None:
                await refusal(scope, receive, sending)
                return
            self._inside += 1
            try:
                whole: Message = {"type": "http.request", "body": b"".join(read)}
                await self._app(_as_get(scope), replayed(whole, receive), sending)
            finally:
                self._inside -= 1
        except ClientDisconnect:
            return
        finally:
            self._held -= sum(map(len, read))

    def _is_full(self, scope: Scope) -> bool:
        """Return whether the next is turned away here, before it waits for a thread."""
        return self._inside >= self._crowd and scope["path"] not in _ALWAYS

    def _refusal(self, scope: Scope) -> Response | None:
        """Return why a request is refused by its head alone."""
        headers = Headers(scope=scope)
        if self._is_open and not _is_this_machine(headers.get("host", "")):
            return problem(
                421, "Without clients in its settings the service answers as localhost only."
            )
        if self._is_full(scope):
            return _busy()
        length = headers.get("content-length", "0")
        is_number = length.isascii() and length.isdigit() and len(length) < 20
        return None if is_number and int(length) <= self._most else self._too_large()

    def _too_large(self) -> Response:
        close = {"Connection": "close"}
        return problem(413, f"The body is larger than {self._most} bytes.", close)

    async def _read(self, scope: Scope, receive: Receive, read: list[bytes]) -> Response | None:
        """Read the body into `read`; return why it is refused, if it is.

        Raises:
            ClientDisconnect: The client went away.
        """
        headers = Headers(scope=scope)
        if "content-length" not in headers and "transfer-encoding" not in headers:
            return None
        refusal: Response | None = None
        with move_on_after(self._body_s) as time_limit:
            refusal = await self._read_all(receive, read)
        if time_limit.cancelled_caught:
            late = f"The body did not arrive within {self._body_s:g} s."
            return problem(408, late, {"Connection": "close"})
        return refusal

    async def _read_all(self, receive: Receive, read: list[bytes]) -> Response | None:
        size, is_whole = 0, False
        while not is_whole:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            part = message.get("body", b"")
            read.append(part)
            self._held += len(part)
            size += len(part)
            if size > self._most:
                return self._too_large()
            if self._held > _MOST_HELD * self._most:
                return _busy()
            is_whole = not message.get("more_body", False)
        return None


def _busy() -> Response:
    return problem(429, "All workers are busy. Try again in 1 s.", {"Retry-After": "1"})


def _as_get(scope: Scope) -> Scope:
    """Return the request that is answered: to HEAD what GET would say, without its body."""
    return {**scope, "method": "GET"} if scope["method"] == "HEAD" else scope


def _with_headers(scope: Scope, send: Send) -> Send:
    """Return what sends a response with the headers that every one has; to HEAD no body."""
    always = _ALWAYS_SENT[scope["path"].startswith("/cds-services")]
    has_body = scope["method"] != "HEAD"

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = list(message.get("headers", ()))
            known = {name for name, _ in given}
            more = [header for header in always if header[0] not in known]
            message["headers"] = [*given, *more, (b"x-request-id", scope["request_id"].encode())]
        elif not has_body:
            message["body"] = b""
        await send(message)

    return sending


def replayed(message: Message, receive: Receive) -> Receive:
    """Return what gives a message that was received, and then what comes after it."""
    messages = [message]

    async def receiving() -> Message:
        return messages.pop() if messages else await receive()

    return receiving


@lru_cache(maxsize=256)
def _is_this_machine(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
