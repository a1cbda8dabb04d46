"""Factories of evaluation runs for tests: what was answered is written down, nothing is asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from medrag.config import Settings
from medrag.core.answer import (
    AnswerStatus,
    CheckedAnswer,
    Claim,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    VerifiedQuote,
    Versions,
)
from medrag.core.document import Passage, Source
from medrag.core.finding import CheckReport, Finding
from medrag.core.prompt import Completion
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.core.trace import ReplyTrace, Stage, Trace, TracedAnswer
from medrag.evaluation import Asking, JudgedSet, Run, run, signature_of
from medrag.evaluation.lines import Line, append
from medrag.evaluation.run import ANSWERS

_VERSIONS = Versions(medrag="0", model="scripted-1", index="i1", prompt="answer", rules="r1")


def answer_of(
    question: str,
    sentence: str | None,
    *,
    status: AnswerStatus | None = None,
    findings: Sequence[Finding] = (),
    passage: str | None = None,
    key: str = "guide-1",
) -> CheckedAnswer:
    """Return an answer that quotes `sentence`; one without a sentence abstains."""
    hits, claims = (), ()
    if sentence is not None:
        text = passage if passage is not None else f"Before it. {sentence} After it."
        span = Span(start=text.index(sentence), end=text.index(sentence) + len(sentence))
        source = Source(key=key, title="The guide", sha256="0" * 64)
        held = Passage(id="p1", document_id="d1", text=text, span=Span(start=0, end=len(text)))
        hits = (Hit(passage=held, source=source, score=0.5, rank=1, retriever="dense"),)
        quote = VerifiedQuote(
            quote=Quote(passage_id="p1", text=sentence),
            match=QuoteMatch(status="exact", span=span, text=sentence),
            document_id="d1",
            source=source,
        )
        claims = (Claim(text=sentence, quotes=(quote,), support="supported"),)
    return CheckedAnswer(
        status=status or ("answered" if sentence is not None else "abstained"),
        quoted=QuotedAnswer(
            question=question,
            status="answered" if sentence is not None else "insufficient",
            claims=claims,
            hits=hits,
            completion=Completion(text="{}", model="scripted-1"),
        ),
        findings=tuple(findings),
        versions=_VERSIONS,
    )


def traced(answer: CheckedAnswer, *, scope: str = "question", tokens: int = 7) -> TracedAnswer:
    """Return the answer with a trace of a tenth of a second and one reply."""
    reply = ReplyTrace(
        model="scripted-1",
        finish_reason="stop",
        constrained=False,
        parsed=True,
        prompt_tokens=10 * tokens,
        completion_tokens=tokens,
    )
    trace = Trace(
        stages=(Stage(name="generate", seconds=0.1),),
        scope=scope,
        mode="quote",
        retrieved=tuple(hit.passage.id for hit in answer.quoted.hits),
        left_out=(),
        prompt_sha256="0" * 64,
        replies=(reply,),
        versions=_VERSIONS,
    )
    return TracedAnswer(answer=answer, trace=trace)


def answered(name: str, told: TracedAnswer, *, repeat: int = 0) -> Line:
    """Return what a run keeps of an answer."""
    return Line(id=name, repeat=repeat, answer=told.answer, trace=told.trace)


def checked(name: str, *findings: Finding) -> Line:
    """Return what a run keeps of a text that was checked."""
    return Line(id=name, report=CheckReport(findings=findings, rule_set="r1"), seconds=0.01)


def made_run(
    folder: Path, judged: JudgedSet, lines: Sequence[Line], *, llm: str = "scripted"
) -> Run:
    """Return the run of a set whose cases all have a line."""
    folder.mkdir(parents=True)
    for line in lines:
        append(folder / ANSWERS, line)
    settings = Settings(llm=llm)
    repeats = 1 + max(line.repeat for line in lines)
    signature = signature_of(judged, index="i1", settings=settings, repeats=repeats)
    asking = Asking(index=folder, settings=settings, repeats=repeats)
    return run(judged, asking, folder, signature=signature)
