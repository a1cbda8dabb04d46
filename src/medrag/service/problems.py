"""Every failure as one JSON object that says what to do (RFC 9457); none shows what was asked."""

from __future__ import annotations

import logging
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from medrag.errors import (
    AuditError,
    BackendError,
    ConfigError,
    IndexStateError,
    InputError,
    MedragError,
    NotFoundError,
    NotReviewedError,
    OverdueError,
    OverloadedError,
    PartialSearchError,
)
from medrag.service.bodies import Problem
from medrag.service.callers import NotAllowedError
from medrag.service.limits import BusyError

_log = logging.getLogger("medrag.service")
MEDIA_TYPE = "application/problem+json"
_NOWHERE = 404
_UNPARSED = {
    "There was an error parsing the body": "The body is no JSON in UTF-8, or nests too deep."
}
"""What the framework says, and what helps."""
_TITLES = {
    400: "Bad request",
    401: "Not known",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow to send",
    409: "Not reviewed",
    413: "Too large",
    415: "No JSON",
    421: "Misdirected",
    422: "Not understood",
    429: "Too many requests",
    500: "Failed",
    502: "Answerer failed",
    503: "Not ready",
    504: "Too slow",
}
RESPONSES: dict[int | str, dict[str, object]] = {
    status: {"model": Problem, "description": _TITLES[status], "content": {MEDIA_TYPE: {}}}
    for status in (400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 502, 503, 504)
}
"""What any route may answer besides its result, for the OpenAPI document."""


def problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Return a failure as a response."""
    body = Problem(title=_TITLES.get(status, "Failed"), status=status, detail=detail)
    return JSONResponse(
        body.model_dump(), status_code=status, headers=headers, media_type=MEDIA_TYPE
    )


def status_of(error: MedragError) -> int:
    """Return the HTTP status of a foreseen failure."""
    kinds: tuple[tuple[type[MedragError], int], ...] = (
        (BusyError, 429),
        (NotFoundError, 404),
        (OverdueError, 504),
        (OverloadedError, 429),
        (NotReviewedError, 409),
        (AuditError, 503),
        (IndexStateError, 503),
        (ConfigError, 503),
        (InputError, 422),
        (PartialSearchError, 503),
        (BackendError, 502),
    )
    return next((status for kind, status in kinds if isinstance(error, kind)), 500)


def add_problems(app: FastAPI, page: Callable[[Request, int, str], Response]) -> None:
    """Make the application answer every failure as a problem.

    In the event loop, not in a thread: who comes too often is told so in microseconds.

    Args:
        app: The application.
        page: Makes the page that says it to a browser, where nothing has the address.
    """

    async def of_http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        if error.status_code == _NOWHERE and "text/html" in request.headers.get("accept", ""):
            return page(request, error.status_code, "There is no such page.")
        detail = _UNPARSED.get(str(error.detail), str(error.detail))
        return problem(error.status_code, detail, dict(error.headers or {}))

    app.add_exception_handler(MedragError, _foreseen)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(Exception, _unforeseen)


async def _foreseen(request: Request, error: Exception) -> Response:
    del request
    if isinstance(error, NotAllowedError):
        headers = None if error.is_known else {"WWW-Authenticate": "Bearer"}
        return problem(403 if error.is_known else 401, str(error), headers)
    if isinstance(error, BusyError | OverloadedError):
        return problem(429, str(error), {"Retry-After": str(error.retry_s)})
    assert isinstance(error, MedragError)
    return problem(status_of(error), str(error))


async def _malformed(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    sent = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if first["loc"] == ("body",) and not sent.endswith(("/json", "+json")):
        return problem(415, "Send the body as `Content-Type: application/json`.")
    if first["type"] == "json_invalid":
        return problem(422, f"The body is no JSON: it breaks at character {first['loc'][-1]}.")
    place = ".".join(str(part) for part in first["loc"])
    return problem(422, f"{place}: {first['msg']}.")


async def _unforeseen(request: Request, error: Exception) -> Response:
    # The place alone: a message or a value could hold what was asked.
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "unknown"
    _log.error("unforeseen", extra={"error": type(error).__name__, "place": place})
    del request
    return problem(500, "Something failed that was not foreseen. The log says where.")
