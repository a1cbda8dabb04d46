"""Counts and times of requests for Prometheus, and one line of log each; neither holds content."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Iterable
from datetime import datetime, timezone

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from medrag.core.query import NotSearched

_log = logging.getLogger("medrag.requests")
_REQUESTS = Counter("medrag_requests_total", "Requests answered.", ["route", "status"])
_SECONDS = Histogram(
    "medrag_request_seconds",
    "Time from a request's first byte to its answer's last.",
    ["route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
_PARTIAL = Counter(
    "medrag_partial_searches_total", "Searches without a part of the index.", ["part"]
)
_KNOWN = frozenset(
    {"name", "msg", "args", "levelname", "levelno", "pathname", "filename", "module", "exc_info"}
    | {"exc_text", "stack_info", "lineno", "funcName", "created", "msecs", "relativeCreated"}
    | {"thread", "threadName", "processName", "process", "taskName", "color_message"}
)


class Measured:
    """ASGI middleware that counts and times every request under the name of its route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status, begun = 500, time.perf_counter()

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - begun
            # The pattern of the path: a path itself can hold anything.
            route = getattr(scope.get("route"), "path", "unknown")
            _REQUESTS.labels(route, str(status)).inc()
            _SECONDS.labels(route).observe(seconds)
            facts = {
                "request": scope.get("request_id"),
                "client": scope.get("caller"),
                "method": scope["method"],
                "route": route,
                "status": status,
                "ms": round(seconds * 1000, 1),
            }
            _log.info("request", extra=facts)


def count_partial(not_searched: Iterable[NotSearched]) -> None:
    """Count a search that was done without these parts of the index."""
    for part in not_searched:
        _PARTIAL.labels(part.part).inc()


def exposition() -> tuple[bytes, str]:
    """Return the measures of all workers as Prometheus reads them, and their media type."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry), CONTENT_TYPE_LATEST


class JsonLines(logging.Formatter):
    """Writes a log record as one line of JSON: time, level, what happened, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; an exception is named, never its message."""
        facts = {key: value for key, value in vars(record).items() if key not in _KNOWN}
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "log": record.name}
        # What others say may hold what was asked, but for numbers: a process, a port.
        given = record.args if isinstance(record.args, tuple) else (record.args,)
        is_plain = all(isinstance(one, int) for one in given)
        is_ours = record.name.startswith("medrag")
        line["event"] = record.getMessage() if is_ours or is_plain else str(record.msg)
        if record.exc_info and record.exc_info[0] is not None:
            line["exception"] = record.exc_info[0].__name__
        return json.dumps(line | facts, ensure_ascii=False, default=str)
