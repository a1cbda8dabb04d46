"""The pages of the service: ask, read, sign, browse. Every page works without a script."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from medrag.core.answer import CheckedAnswer
from medrag.core.document import Document
from medrag.core.query import Filters, Retrieved
from medrag.core.query import Query as Question
from medrag.core.span import Span
from medrag.errors import InputError, MedragError
from medrag.review import hindrance
from medrag.service import leaves
from medrag.service.answers import answered
from medrag.service.asking import COOKIE, SharedState, admitted, checking, patient_in
from medrag.service.bodies import OverrideBody, ReviewBody
from medrag.service.problems import status_of
from medrag.service.reviews import decide, reviews_of
from medrag.service.shown import claims_of, facts_of, mark, replacements, trail_of
from medrag.service.visits import (
    HERE,
    SIGN_IN,
    OwnForm,
    PageRoute,
    Visit,
    Visiting,
    own_path,
    render,
)

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_STATIC = {"icon.svg": "image/svg+xml", "style.css": "text/css; charset=utf-8"}
_SESSION_S = 12 * 3600
_MOST_CHARACTERS = 400_000
_MOST_LEAVES = 3
_MOST_LOOKED_AT = 5


class Place(BaseModel):
    """A place in a document's text, as a link names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    start: int = 0
    end: int = 0

    def span_of(self, document: Document) -> Span | None:
        """Return it as a span; None where it is none of this document."""
        is_place = 0 <= self.start < self.end <= len(document.text)
        return Span(start=self.start, end=self.end) if is_place else None


class QuestionForm(BaseModel):
    """The form of a question."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    question: str = Field(default="", max_length=20_000)
    patient: str = Field(default="", max_length=2_000_000)
    as_of: str = Field(default="", max_length=10)


After = Annotated[str, Query(max_length=2000)]
InPlace = Annotated[Place, Query()]


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Return a file that pages need."""
    if name not in _STATIC:
        raise HTTPException(404, "There is no such file.")
    content = (HERE / "static" / name).read_bytes()
    return Response(content, media_type=_STATIC[name], headers={"Cache-Control": "max-age=300"})


@router.get(SIGN_IN)
def sign_in(request: Request, then: After = "") -> Response:
    """Ask for a token."""
    return render(request, "sign-in.html", message="", then=own_path(then))


@router.post(SIGN_IN, dependencies=[OwnForm])
def signed_in(
    request: Request,
    shared: SharedState,
    token: Annotated[str, Form(max_length=200)],
    then: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Keep a token that counts in a cookie which no script can read."""
    try:
        admitted(request, token)
    except MedragError as error:
        return render(request, "sign-in.html", 403, message=str(error), then=own_path(then))
    response = RedirectResponse(own_path(then), 303)
    is_secure = shared.settings.base_url.startswith("https:")
    response.set_cookie(
        COOKIE, token, max_age=_SESSION_S, httponly=True, samesite="strict", secure=is_secure
    )
    return response


@router.post("/sign-out", dependencies=[OwnForm])
def sign_out() -> Response:
    """Forget the token."""
    response = RedirectResponse(SIGN_IN, 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


@router.get("/")
def asking(visit: Visiting) -> Response:
    """Show the form for a question."""
    return visit.page("ask.html", form=QuestionForm(), message="")


@router.post("/", dependencies=[OwnForm])
def asked(visit: Visiting, form: Annotated[QuestionForm, Form()]) -> Response:
    """Answer a question and show the answer."""
    shared = visit.shared
    try:
        patient, filters = patient_in(_object(form.patient)), Filters(as_of=_day(form.as_of))
        answer = answered(shared, form.question, patient, filters)
    except MedragError as error:
        return visit.page("ask.html", status_of(error), form=form, message=str(error))
    if shared.reviews is not None and answer.quoted.claims:
        return RedirectResponse(f"/answers/{answer.digest[:16]}", 303)
    return _answer_page(visit, answer)


def _object(text: str) -> Mapping[str, Any] | None:
    if not text.strip():
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError("The patient's facts are no JSON. Paste an object, or nothing.") from error
    if not isinstance(found, dict):
        raise InputError("The patient's facts are no JSON object. Paste an object, or nothing.")
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError as error:
        raise InputError("The day is not written as 2026-05-17.") from error


@router.get("/answers")
def answers(visit: Visiting) -> Response:
    """List answers, those that wait first."""
    return visit.page("answers.html", entries=reviews_of(visit.shared).entries())


@router.get("/answers/{name}")
def answer(visit: Visiting, name: str) -> Response:
    """Show one answer with its sign-off, or the form for it."""
    return _answer_page(visit, reviews_of(visit.shared).answer(name))


def _answer_page(visit: Visit, answer: CheckedAnswer, message: str = "") -> Response:
    name, folder = answer.digest[:16], visit.shared.reviews
    reviewed = folder.reviewed(name) if folder is not None else None
    why_not = None
    if reviewed is not None and folder is not None:
        why_not = hindrance(reviewed, policy=folder.policy)
    return visit.page(
        "answer.html",
        422 if message else 200,
        answer=answer,
        claims=claims_of(answer),
        facts=facts_of(answer.patient),
        looked_at=() if answer.quoted.claims else answer.quoted.hits[:_MOST_LOOKED_AT],
        reviewed=reviewed,
        hindrance=why_not,
        critical=[finding for finding in answer.findings if finding.severity == "critical"],
        trail=trail_of(visit.shared.log, answer.digest) if "reviewer" in visit.may else [],
        message=message,
    )


@router.post("/answers/{name}", dependencies=[OwnForm])
async def decided(visit: Visiting, name: str) -> Response:
    """Record a person's decision."""
    sent = await visit.request.form()
    form = {key: value for key, value in sent.items() if isinstance(value, str)}
    return await run_in_threadpool(_decided, visit, name, form)


def _decided(visit: Visit, name: str, form: Mapping[str, str]) -> Response:
    visit.caller.demand("reviewer")
    stored = reviews_of(visit.shared).answer(name)
    try:
        body = ReviewBody.model_validate(
            {
                "answer": name,
                "decision": form.get("decision", ""),
                "reason": form.get("reason", ""),
                "reviewer": None if visit.caller.is_named else form.get("reviewer"),
                "overrides": _overrides(form),
            }
        )
        decide(visit.shared, visit.caller, body)
    except ValidationError:
        return _answer_page(visit, stored, "Choose to accept or to reject; keep reasons short.")
    except MedragError as error:
        return _answer_page(visit, stored, str(error))
    return RedirectResponse(f"/answers/{name}", 303)


def _overrides(form: Mapping[str, str]) -> list[OverrideBody]:
    """Return the overrides of a form: rule, code and words of each critical finding."""
    numbers = (key.removeprefix("rule-") for key in form if key.startswith("rule-"))
    return [
        OverrideBody.model_validate(
            {"rule_id": form[f"rule-{n}"], "code": code, "reason": form.get(f"words-{n}", "")}
        )
        for n in numbers
        if (code := form.get(f"code-{n}"))
    ]


@router.get("/search")
def search(visit: Visiting, q: Annotated[str, Query(max_length=20_000)] = "") -> Response:
    """Find passages."""
    asked = bool(q.strip())
    with checking(visit.shared), visit.shared.desk.lease() as opened:
        settings = visit.shared.answering.retrieval
        found = Retrieved(hits=())
        if asked:
            found = opened.index.retrieved(Question(text=q), 10, settings=settings)
        is_whole = asked and not found.is_partial
        better = opened.index.passed_over(q, settings=settings) if is_whole else []
    return visit.page(
        "search.html", q=q, hits=found.hits, better=better, not_searched=found.not_searched
    )


@router.get("/documents")
def documents(visit: Visiting) -> Response:
    """List the documents of the index with their editions."""
    with checking(visit.shared), visit.shared.desk.lease() as opened:
        info = opened.index.info()
    return visit.page("documents.html", info=info, newer=replacements(info.sources))


@router.get("/documents/{name}")
def document(visit: Visiting, name: str, place: InPlace) -> Response:
    """Show a document with a place in it marked."""
    with checking(visit.shared), visit.shared.desk.lease() as opened:
        found = opened.index.document(name)
        sources = opened.index.info().sources
    quoted = place.span_of(found)
    has_file = leaves.file_of(found, visit.shared.settings.corpora) is not None
    return visit.page(
        "document.html",
        document=found,
        source=next((source for source in sources if source.id == name), None),
        newer=replacements(sources).get(name),
        parts=mark(found.text, quoted, _MOST_CHARACTERS),
        quoted=quoted,
        printed_pages=found.pages_of(quoted)[:_MOST_LEAVES] if quoted and has_file else (),
    )


@router.get("/documents/{name}/pages/{number}.png")
def printed(visit: Visiting, name: str, number: int, place: InPlace) -> Response:
    """Return a page of a PDF as printed, a place in it marked."""
    with checking(visit.shared), visit.shared.desk.lease() as opened:
        found = opened.index.document(name)
        path = leaves.file_of(found, visit.shared.settings.corpora)
        leaf = next((leaf for leaf in found.pages if leaf.number == number), None)
        if path is None or leaf is None:
            raise HTTPException(404, "There is no such page, or its file is not at hand.")
        content = leaves.picture(path, found, leaf, place.span_of(found))
    return Response(content, media_type="image/png", headers={"Cache-Control": "private"})
