"""Questions, searches and checks over HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Generator, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from anyio import CancelScope, move_on_after
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

import medrag
from medrag.core.answer import CheckedAnswer
from medrag.core.patient import Patient
from medrag.core.protocols import Cancelled
from medrag.core.query import Filters, Query
from medrag.errors import MedragError
from medrag.quotes import verify_quote
from medrag.service import problems
from medrag.service.asking import Reader, SharedState, checking, is_short, patient_in
from medrag.service.bodies import (
    AskBody,
    CheckBody,
    CheckResult,
    DeidentifyBody,
    DeidentifyResult,
    QuoteBody,
    QuoteResult,
    Replaced,
    SearchBody,
    SearchResult,
)
from medrag.service.measures import count_partial
from medrag.service.quick import QuickRoute
from medrag.service.state import Shared

_ABOUT: Any = {"prefix": "/v1", "tags": ["answers"], "responses": problems.RESPONSES}
quick = APIRouter(**_ABOUT, route_class=QuickRoute)
router = APIRouter(**_ABOUT)
_STREAM = "text/event-stream"
_READING_S = 10.0
"""How long a reader may lag behind the longest answer."""
_AT_ONCE = 400
"""Characters, those of quotations included, that are checked in the event loop itself: 3 to 7 ms
of prose, 20 of a list of nothing but drugs (ADR 0289)."""


@quick.post(
    "/ask",
    response_model=CheckedAnswer,
    responses={200: {"content": {_STREAM: {"schema": {"type": "string"}}}}},
)
async def ask(body: AskBody, request: Request, shared: SharedState, caller: Reader) -> Response:
    """Answer a question with verified quotations and a checked result.

    With `Accept: text/event-stream` each claim is sent as soon as its quotations verify (event
    `claim`), and the checked answer at the end (event `answer`), which decides. With a folder of
    reviews the answer waits there for a person, under the first 16 digits of its digest.
    """
    del caller
    if _STREAM in request.headers.get("accept", ""):
        return await run_in_threadpool(_streamed, shared, body)
    if shared.computes_answers and await is_short(request):
        async with shared.turns.answers.take():
            answer = await run_in_threadpool(_written_answer, shared, body, nullcontext())
    else:
        place = shared.slots.answers.take()
        answer = await run_in_threadpool(_written_answer, shared, body, place)
    return Response(answer, media_type="application/json")


def _streamed(shared: Shared, body: AskBody) -> Response:
    events = _events(shared, body)
    # The first event is waited for here, so that a failure before it is a plain problem.
    first = next(events)
    return _Streamed(first, events, shared.settings.limits.answer_s + _READING_S)


def _written_answer(shared: Shared, body: AskBody, place: AbstractContextManager[None]) -> str:
    patient = patient_in(body.patient)
    return answered(shared, body.question, patient, body.filters, place=place).model_dump_json()


def answered(
    shared: Shared,
    question: str,
    patient: Patient | None,
    filters: Filters,
    *,
    place: AbstractContextManager[None] | None = None,
) -> CheckedAnswer:
    """Return the answer to a question, put where a person reviews it.

    Args:
        shared: What every request shares.
        question: As asked.
        patient: Whom it is about, if anybody.
        filters: Which documents may answer.
        place: What is held meanwhile; one of the places for answers where None.

    Raises:
        BusyError: There is no place for one more question.
        MedragError: As `QueryEngine.query`.
    """
    with place or shared.slots.answers.take(), shared.desk.lease() as opened:
        answer = opened.engine.query(
            question,
            patient=patient,
            filters=filters,
            cancelled=within(shared.settings.limits.answer_s),
        )
    _keep(shared, answer)
    return answer


def _keep(shared: Shared, answer: CheckedAnswer) -> None:
    """Put an answer where a person reviews it, if the service has such a folder.

    What of the index was not searched for it is counted.
    """
    count_partial(answer.not_searched)
    if shared.reviews is not None and answer.quoted.claims:
        shared.reviews.add(answer)


def within(seconds: float) -> Cancelled:
    """Return what says when work has taken longer than so many seconds from now."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def _events(shared: Shared, body: AskBody) -> Generator[str, None, None]:
    with shared.slots.answers.take(), shared.desk.lease() as opened:
        stream = opened.engine.stream(
            body.question,
            patient=patient_in(body.patient),
            filters=body.filters,
            cancelled=within(shared.settings.limits.answer_s),
        )
        for event in stream:
            name = "claim"
            if isinstance(event, CheckedAnswer):
                name = "answer"
                _keep(shared, event)
            yield _event(name, event.model_dump_json())


class _Streamed(StreamingResponse):
    """Sends events; whether they are read to the end or not, their place is given back.

    Args:
        first: The first event.
        events: The others; closed at the end, whoever left first.
        longest_s: How long they may take, reader and all.
    """

    def __init__(self, first: str, events: Generator[str, None, None], longest_s: float) -> None:
        self._events = events
        self._longest_s = longest_s
        super().__init__(_again(first, events), media_type=_STREAM)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send them."""
        try:
            with move_on_after(self._longest_s):
                await super().__call__(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(self._events.close)


def _again(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    try:
        yield from rest
    except MedragError as error:
        status = problems.status_of(error)
        yield _event("problem", json.dumps({"status": status, "detail": str(error)}))


def _event(name: str, data: str) -> str:
    return f"event: {name}\ndata: {data}\n\n"


@router.post("/search")
def search(body: SearchBody, shared: SharedState, caller: Reader) -> SearchResult:
    """Find passages, without an answer."""
    del caller
    with checking(shared), shared.desk.lease() as opened:
        query = Query(text=body.question, filters=body.filters, patient=patient_in(body.patient))
        found = opened.index.retrieved(query, body.k, settings=shared.answering.retrieval)
    count_partial(found.not_searched)
    return SearchResult(
        question=body.question,
        hits=list(found.hits),
        partial=found.is_partial,
        not_searched=list(found.not_searched),
    )


@quick.post("/check", response_model=CheckResult)
async def check(body: CheckBody, request: Request, shared: SharedState, caller: Reader) -> Response:
    """Check the medication and laboratory content of a text."""
    del caller
    if await is_short(request):
        async with shared.turns.checks.take():
            if len(body.text) + len(body.asked) + sum(map(len, body.quotes or ())) <= _AT_ONCE:
                await asyncio.sleep(0)  # one in each round of the loop, which answers between
                report = _written_report(shared, body, nullcontext())
            else:
                report = await run_in_threadpool(_written_report, shared, body, nullcontext())
    else:
        report = await run_in_threadpool(_written_report, shared, body, checking(shared))
    return Response(report, media_type="application/json")


def _written_report(shared: Shared, body: CheckBody, place: AbstractContextManager[None]) -> str:
    from medrag.checker import check as check_text

    with place:
        report = check_text(
            body.text,
            patient_in(body.patient),
            quotes=body.quotes,
            asked=body.asked,
            policy=shared.policy,
            cancelled=within(shared.settings.limits.check_s),
        )
    return report.model_dump_json()


@router.post("/quotes/verify")
def verify(body: QuoteBody, shared: SharedState, caller: Reader) -> QuoteResult:
    """Say whether a quotation stands in a passage, and where."""
    del caller
    with checking(shared):
        match = verify_quote(body.quote, body.passage)
    return QuoteResult(verified=match.verified, **match.model_dump())


@router.post("/deidentify")
def deidentify(body: DeidentifyBody, shared: SharedState, caller: Reader) -> DeidentifyResult:
    """Take identifiers out of a text; clinical facts stay."""
    del caller
    with checking(shared):
        found = medrag.deidentify(body.text)
    spans = [
        Replaced(start=one.start, end=one.end, kind=one.kind, surrogate=one.surrogate)
        for one in found.spans
    ]
    return DeidentifyResult(text=found.text, spans=spans)
