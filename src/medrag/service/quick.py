"""Routes whose short requests are read here; what the framework does for any request costs more."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from email.message import Message as Mail
from functools import lru_cache
from typing import Any, get_args, get_type_hints

from fastapi import Request
from fastapi.routing import APIRoute
from fastapi.security.utils import get_authorization_scheme_param
from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from medrag.service.asking import SHORT_BYTES, admitted, held_by, inside
from medrag.service.shell import replayed


class QuickRoute(APIRoute):
    """A route of one JSON `body`, for a `caller` of one role, that makes its own response.

    Its function is declared as any other's, and takes `body`, `request`, `shared` and `caller`.
    A short body that fits is read here and given to it; every other request goes the framework's
    way, which says what does not fit (ADR 0289). It stands among the application's own routes.
    """

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        super().__init__(path, endpoint, **more)
        hints = get_type_hints(endpoint, include_extras=True)
        self._kind: type[BaseModel] = hints["body"]
        self._demanded: Callable[..., Coroutine[Any, Any, object]] = get_args(hints["caller"])[
            1
        ].dependency

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        message = await receive()
        again = replayed(message, receive)
        body = self._read(scope, message) if scope["method"] == "POST" else None
        if body is None:
            await super().handle(scope, again, send)
            return
        response = await self._answer(body, Request(scope, again))
        await response(scope, receive, send)

    def _read(self, scope: Scope, message: Message) -> BaseModel | None:
        """Return the body of a short request; None where it is long, or does not fit."""
        raw = message.get("body", b"")
        if message.get("more_body") or not 0 < len(raw) <= SHORT_BYTES:
            return None
        if not _is_json(dict(scope["headers"]).get(b"content-type", b"")):
            return None
        try:
            # As the framework does; pydantic's own reader takes fewer strings.
            return self._kind.model_validate(json.loads(raw))
        except (ValueError, RecursionError):
            return None

    async def _answer(self, body: BaseModel, request: Request) -> Response:
        scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
        caller = admitted(request, token if scheme.lower() == "bearer" else None)
        with inside(request, caller):
            await self._demanded(caller)
            shared = held_by(request)
            response: Response = await self.endpoint(
                body=body, request=request, shared=shared, caller=caller
            )
            return response


@lru_cache(maxsize=64)
def _is_json(media_type: bytes) -> bool:
    """Return whether the framework reads a body of this kind as JSON."""
    mail = Mail()
    mail["content-type"] = media_type.decode("latin-1")
    subtype = mail.get_content_subtype()
    is_application = mail.get_content_maintype() == "application"
    return is_application and (subtype == "json" or subtype.endswith("+json"))
