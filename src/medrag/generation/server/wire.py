"""The one place that speaks to a server: requests, time limits, retries, refusals.

A connection a reply: it takes seconds, a handshake milliseconds, and a kept connection that the
server has closed in the meantime fails in a way that cannot be told from a failed request. Each
is watched from outside (`Watch`), because the time-out of a socket starts anew with every byte:
a server that drips bytes would never be given up. Facts, which are short and many, share
connections.
"""

from __future__ import annotations

import logging
import random
import ssl
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from medrag.core.protocols import Cancelled
from medrag.errors import BackendError, InputError
from medrag.generation.server.address import Address, Connection
from medrag.generation.server.events import (
    Piece,
    Reported,
    events,
    object_of,
    piece_of,
    whole,
    words_of,
)
from medrag.generation.server.refusal import BUSY, Failure, ServerError, meaning, silence
from medrag.generation.server.watch import Watch

_log = logging.getLogger(__name__)

_AGAIN = BUSY
"""Asking again is safe: nothing was said yet, and asking changes nothing at the server."""
_FACT_S = 30.0
_LONGEST_WAIT_S = 60.0
_MOST_ERROR_BYTES = 1 << 16
_MOST_FACT_BYTES = 1 << 23
_BYTES_PER_TOKEN = 4096
"""Ten times an event of one token: 200 to 400 bytes with vLLM and llama.cpp."""
_OPTIONAL = ("seed", "stream_options")
Pieces = Generator[Piece, None, Failure | None]


class Wire:
    """A line to one server; any number of threads may use it.

    Args:
        address: Of the server.
        connection: How it is reached.
    """

    def __init__(self, address: Address, connection: Connection) -> None:
        self._at, self._how = address, connection
        self._chat_url = address.api + "/chat/completions"
        self._takes_optional: bool | None = None  # not known before the first request
        trust = _trust(connection, [address.api, connection.proxy or ""])
        self._replies = _client(connection, trust, kept=0)
        self._facts = _client(connection, trust, kept=4)
        if not address.is_private and connection.bearer():
            _log.warning("%s: the token travels unencrypted. Use https.", address.api)

    def close(self) -> None:
        """Give up the line."""
        self._replies.close()
        self._facts.close()

    def tells_token(self, text: str) -> bool:
        """Return whether `text`, which the server told, holds the token that it was given.

        Words shorter than eight characters are no secrets: `ollama`, `EMPTY`.
        """
        token = self._how.bearer()
        return token is not None and len(token) >= 8 and token in text

    def models(self) -> dict[str, Any] | None:
        """Return the server's list of models; None where it has none.

        Raises:
            ServerError: The server cannot be reached, refuses the token, or stays busy.
        """
        return self._fact(self._at.api + "/models", None, _FACT_S)

    def answers(self, limit_s: float) -> bool:
        """Return whether the server answers at all, asked once."""
        told = self._fact_once(self._at.api + "/models", None, time.monotonic() + limit_s)
        return not isinstance(told, Failure)

    def fact(
        self, path: str, body: dict[str, Any] | None = None, *, limit_s: float = _FACT_S
    ) -> dict[str, Any] | None:
        """Return the JSON object at a path of the server; None where it has none.

        Args:
            path: From the server's root, with its slash.
            body: What is posted; None asks only.
            limit_s: The most seconds that it may take.

        Raises:
            ServerError: As `models`.
        """
        return self._fact(self._at.root + path, body, limit_s)

    def chat(
        self,
        body: dict[str, Any],
        *,
        deadline_s: float | None = None,
        cancelled: Cancelled | None = None,
    ) -> Generator[Piece, None, None]:
        """Yield the pieces of a chat completion; one of them, near the end, says how it ended.

        That may also be `timeout`, `cancelled` or `error` (the connection broke), then as the
        last piece; `timeout` and `error` only where something was said before.

        Args:
            body: The request, with `max_tokens`; that it streams is added here.
            deadline_s: For the whole reply, all attempts together.
            cancelled: Asked ten times a second.

        Raises:
            InputError: The prompt does not fit the context, or the model is not known.
            BackendError: Nothing was said, or what was said is no chat completion.
        """
        limit_s = min(deadline_s or self._how.total_s, self._how.total_s)
        end, tries = time.monotonic() + limit_s, 0
        while (failure := (yield from self._attempt(body, end, cancelled))) is not None:
            tries += 1
            self._pause_or_raise(failure, tries, end, cancelled)

    def _attempt(self, body: dict[str, Any], end: float, cancelled: Cancelled | None) -> Pieces:
        body = {**body, "stream": True, "stream_options": {"include_usage": True}}
        plain = {name: value for name, value in body.items() if name not in _OPTIONAL}
        if self._takes_optional is False:
            return (yield from self._once(plain, end, cancelled))
        unsure = self._takes_optional is None
        failure = yield from self._once(body, end, cancelled)
        if failure is None or not unsure:
            return failure
        if not isinstance(failure.error, ServerError) or failure.error.status not in {400, 422}:
            return failure
        # Strict servers refuse requests with fields that they do not know.
        return (yield from self._once(plain, end, cancelled))

    def _once(self, body: dict[str, Any], end: float, cancelled: Cancelled | None) -> Pieces:
        began, failure, cause = False, None, None
        limits = (self._how.first_token_s, self._how.idle_s)
        watch = Watch(first_s=limits[0], idle_s=limits[1], end=end, cancelled=cancelled)
        try:
            with watch, self._sent(self._replies, self._chat_url, body, watch) as response:
                if response.status_code != 200:
                    return self._refused(response)
                self._takes_optional = "stream_options" in body
                for piece in _pieces(response, body["max_tokens"]):
                    if isinstance(piece, Reported):
                        failure = Failure(meaning(self._at.api, piece.status, piece.words))
                        break
                    began = began or bool(piece.text or piece.thinking)
                    watch.saw(token=bool(piece.text or piece.thinking), end=bool(piece.ended))
                    yield piece
                    if watch.saw_end and piece.usage is not None:
                        return None
        except (httpx.TransportError, httpx.StreamError) as error:
            cause = error
        if watch.saw_end:
            return None
        if began or watch.reason == "cancelled":
            yield Piece(ended=watch.reason or "error")
            return None
        return failure or silence(self._at.api, cause, timed_out=watch.reason is not None)

    def _pause_or_raise(
        self, failure: Failure, tries: int, end: float, cancelled: Cancelled | None
    ) -> None:
        """Wait before another attempt, or raise what the last one failed with."""
        own = self._how.backoff_s * 2 ** (tries - 1) * random.SystemRandom().uniform(0.5, 1.0)
        pause_s = max(own, failure.pause_s or 0.0)
        until = time.monotonic() + pause_s
        hopeless = failure.pause_s is None or pause_s > _LONGEST_WAIT_S or until > end
        if hopeless or tries > self._how.retries:
            raise failure.error from failure.cause
        _log.info("%s: asked again in %.1f s (%s)", self._at.api, pause_s, failure.error)
        while (left := until - time.monotonic()) > 0:
            if cancelled is not None and cancelled():
                raise failure.error from failure.cause
            time.sleep(min(left, 0.1))

    @contextmanager
    def _sent(
        self, client: httpx.Client, url: str, body: dict[str, Any] | None, watch: Watch
    ) -> Iterator[httpx.Response]:
        """Yield the answer with its body unread; what is unread at the end is given up."""
        token = self._how.bearer()
        slowest = max(self._how.first_token_s, self._how.idle_s)
        if client is self._facts:  # on a kept connection the watch has no socket to end
            slowest = watch.left
        request = client.build_request(
            "GET" if body is None else "POST",
            url,
            json=body,
            headers={"Authorization": f"Bearer {token}"} if token else None,
            timeout=httpx.Timeout(slowest, connect=self._how.connect_s),
            extensions={"trace": watch.trace},
        )
        response = client.send(request, stream=True)
        try:
            yield response
        finally:
            response.close()

    def _fact(self, url: str, body: dict[str, Any] | None, limit_s: float) -> dict[str, Any] | None:
        end, tries = time.monotonic() + limit_s, 0
        while True:
            told = self._fact_once(url, body, end)
            if not isinstance(told, Failure):
                return told
            tries += 1
            self._pause_or_raise(told, tries, end, None)

    def _fact_once(
        self, url: str, body: dict[str, Any] | None, end: float
    ) -> dict[str, Any] | Failure | None:
        left = end - time.monotonic()
        watch = Watch(first_s=left, idle_s=left, end=end)
        try:
            with watch, self._sent(self._facts, url, body, watch) as response:
                status = response.status_code
                if status in _AGAIN or status in {401, 403}:
                    return self._refused(response)
                if status != 200 or _kind(response) != "application/json":
                    return None
                return object_of(whole(response.iter_raw(), most_bytes=_MOST_FACT_BYTES))
        except BackendError:
            return None
        except (httpx.TransportError, httpx.StreamError) as error:
            return silence(self._at.api, error, timed_out=watch.reason is not None)

    def _refused(self, response: httpx.Response) -> Failure:
        status = response.status_code
        error = meaning(self._at.api, status, words_of(_beginning(response)))
        return Failure(error, _told_pause(response) if status in _AGAIN else None)


def _client(connection: Connection, trust: ssl.SSLContext, *, kept: int) -> httpx.Client:
    return httpx.Client(
        verify=trust,
        proxy=connection.proxy,
        trust_env=False,
        follow_redirects=False,
        limits=httpx.Limits(max_keepalive_connections=kept),
        headers={"Accept-Encoding": "identity", "User-Agent": "medrag"},
    )


def _pieces(response: httpx.Response, max_tokens: int) -> Iterator[Piece | Reported]:
    """Yield what a chat completion says, streamed or whole.

    Raises:
        BackendError: It is neither, or longer than a reply of so many tokens can be.
    """
    most = (1 << 20) + max_tokens * _BYTES_PER_TOKEN
    kind = _kind(response)
    if kind == "text/event-stream":
        for data in events(response.iter_raw(), most_bytes=most):
            yield piece_of(object_of(data))
    elif kind == "application/json":
        yield piece_of(object_of(whole(response.iter_raw(), most_bytes=most)))
    else:
        raise BackendError(
            "The server answered neither events nor JSON; expected a chat completion. "
            "Is the address that of an OpenAI-compatible API?"
        )


def _kind(response: httpx.Response) -> str:
    if response.headers.get("Content-Encoding", "identity") != "identity":
        return "packed"  # nobody asked for it, and what unpacks has no limit
    kind: str = response.headers.get("Content-Type", "")
    return kind.partition(";")[0].strip().lower()


def _beginning(response: httpx.Response) -> str:
    """Return the first 64 KiB of a refusal's body, or what came of them."""
    body = bytearray()
    try:
        for chunk in response.iter_raw():
            body += chunk
            if len(body) > _MOST_ERROR_BYTES:
                break
    except (httpx.TransportError, httpx.StreamError):
        pass
    return bytes(body[:_MOST_ERROR_BYTES]).decode("utf-8", "replace")


def _told_pause(response: httpx.Response) -> float:
    """Return the seconds that `Retry-After` asks for, as number or date; 0 where it does not."""
    told: str = response.headers.get("Retry-After", "")
    if told.isascii() and told.isdecimal():
        return float(told[:9])
    try:
        when = parsedate_to_datetime(told)
    except ValueError:
        return 0.0
    zoned = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
    return max(0.0, (zoned - datetime.now(timezone.utc)).total_seconds())


def _trust(connection: Connection, urls: Sequence[str]) -> ssl.SSLContext:
    """Return what to trust: the given certificates only, or the system's and certifi's.

    Where none of the URLs needs certificates, none are loaded, which takes a twentieth second.

    Raises:
        InputError: The file cannot be read, or holds no certificates.
    """
    if not any(url.startswith("https:") for url in urls):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if connection.ca_file is None:
        context = httpx.create_ssl_context(trust_env=False)
        context.load_default_certs()
        return context
    try:
        return ssl.create_default_context(cafile=str(connection.ca_file))
    except (OSError, ssl.SSLError) as error:
        raise InputError(
            f"{connection.ca_file} holds no certificates that can be read. Give a PEM file."
        ) from error
