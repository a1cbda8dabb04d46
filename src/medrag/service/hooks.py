"""CDS Hooks over HTTP: discovery, the services, and feedback."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from medrag.core.answer import VerifiedQuote
from medrag.core.finding import Finding
from medrag.errors import MedragError
from medrag.interop.cds_hooks import (
    FeedbackRequest,
    HookRequest,
    HookResponse,
    answer_hook,
    discovery,
    quotes_of,
    read_situation,
)
from medrag.interop.cds_hooks.cards import Discovery
from medrag.interop.cds_hooks.requests import Feedback, ReasonCoding
from medrag.interop.cds_hooks.services import hooks_of
from medrag.interop.cds_hooks.situations import Situation
from medrag.service import problems
from medrag.service.asking import SharedState, admitted, checking, inside
from medrag.service.callers import Caller, NotAllowedError
from medrag.service.state import Shared

router = APIRouter(prefix="/cds-services", tags=["CDS Hooks"])
_CODE = re.compile(r"[A-Za-z0-9][\w:/.#|-]{0,199}", re.ASCII)
_bearer = HTTPBearer(auto_error=False, description="The signed token of a CDS client.")


async def _hook_caller(
    request: Request,
    shared: SharedState,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> AsyncIterator[Caller]:
    """Yield who calls: a CDS client with a signed token, else whoever has one of medrag's."""
    caller = _known_caller(request, shared, credentials.credentials if credentials else None)
    with inside(request, caller):
        yield caller


def _known_caller(request: Request, shared: Shared, token: str | None) -> Caller:
    if token and token.count(".") == 2 and shared.hook_clients:
        try:
            caller = shared.hook_clients.of_token(token, request.url.path)
        except NotAllowedError:
            shared.rates.take(f"address {request.client.host if request.client else 'unknown'}")
            raise
        request.scope["caller"] = caller.name
        shared.rates.take(caller.name)
        return caller
    return admitted(request, token)


HookCaller = Annotated[Caller, Depends(_hook_caller)]


@router.get("", response_model=Discovery)
def services() -> Response:
    """List the services; anybody may ask."""
    listed = discovery().model_dump(mode="json", by_alias=True, exclude_none=True)
    return JSONResponse(listed)


@router.options("", include_in_schema=False)
@router.options("/{service}", include_in_schema=False)
@router.options("/{service}/feedback", include_in_schema=False)
def permitted(service: str = "") -> Response:
    """Let a browser of any origin call: who calls is said by the token."""
    del service
    return Response(
        status_code=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
        },
    )


@router.post("/{service}", response_model=HookResponse, responses=problems.RESPONSES)
def call(service: str, body: HookRequest, shared: SharedState, caller: HookCaller) -> Response:
    """Answer a hook with cards."""
    del caller
    hooks = _known(service)
    if body.hook not in hooks:
        raise HTTPException(400, f"This service answers {hooks[0]}.")
    fetched = shared.fhir.missing(body)
    with checking(shared):
        response = answer_hook(
            read_situation(body, fetched),
            least=shared.settings.hook_severity,
            quoter=_quoter(shared),
            page_of=lambda quote: _page(shared, quote),
            policy=shared.policy,
        )
    return JSONResponse(response.json_object())


@router.post("/{service}/feedback", responses=problems.RESPONSES)
def feedback(
    service: str, body: FeedbackRequest, shared: SharedState, caller: HookCaller
) -> dict[str, Any]:
    """Record in the audit log what people did with cards; without a log it is not kept."""
    _known(service)
    if shared.log is not None:
        shared.log.append_many(
            [("feedback", _feedback_record(service, caller, item), None) for item in body.feedback]
        )
    return {}


def _known(service: str) -> tuple[str, ...]:
    hooks = hooks_of(service)
    if not hooks:
        raise HTTPException(404, "There is no such service. GET /cds-services lists them.")
    return hooks


def _feedback_record(service: str, caller: Caller, item: Feedback) -> dict[str, Any]:
    """Return the body of a `feedback` record; a comment's words could be anything and stay out."""
    reason = item.override_reason
    coded = reason.reason if reason else None
    return {
        "service": service,
        "client": caller.name,
        "card": str(item.card),
        "outcome": item.outcome,
        "suggestions": [str(suggestion.id) for suggestion in item.accepted_suggestions],
        "reason": _as_code(coded) if coded else None,
        "commented": bool(reason and reason.user_comment),
        "at": item.outcome_timestamp.isoformat(),
    }


def _as_code(coding: ReasonCoding) -> dict[str, str]:
    """Return a reason as its code; what has not a code's form could be words about anybody."""
    parts = {"system": coding.system, "code": coding.code}
    return {
        key: value if _CODE.fullmatch(value) else "not a code"
        for key, value in parts.items()
        if value
    }


def _quoter(shared: Shared) -> Any:
    """Return what finds quotations for a finding in the institution's own documents."""

    def quotations(finding: Finding, situation: Situation) -> list[VerifiedQuote]:
        del situation
        try:
            with shared.desk.lease() as opened:
                return list(quotes_of(opened.quoting.query(finding.message)))[:1]
        except MedragError:  # a card without a quotation is better than none
            return []

    return quotations


def _page(shared: Shared, quote: VerifiedQuote) -> str | None:
    if quote.document_id is None or quote.match.span is None:
        return None
    start, end = quote.match.span.start, quote.match.span.end
    base = shared.settings.base_url.rstrip("/")
    return f"{base}/documents/{quote.document_id}?start={start}&end={end}#quoted"
