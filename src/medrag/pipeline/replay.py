"""Make a recorded answer again, and say what differs.

Retrieval, packing, the gate, grounding and the checks run again; what the model said is taken
from the record, since a model is the one part that may not be there any more. An answer that
was selected without a model is selected again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from pydantic import ValidationError

from medrag.config import SELECTION, Settings
from medrag.core.answer import CheckedAnswer
from medrag.core.prompt import Mode
from medrag.core.protocols import LLM
from medrag.core.query import Query
from medrag.core.span import Value
from medrag.errors import InputError
from medrag.generation import ScriptedLLM, open_llm
from medrag.pipeline.answering import Answerer
from medrag.pipeline.gates import Gates
from medrag.pipeline.index import Index
from medrag.pipeline.run import Line, Run, open_policy, open_second_reader
from medrag.review.audit.records import answer_record

_ENDLESS = 1 << 40
_ABSENT = "(absent)"
_SELECTS = "extractive-1+"
"""How the names of the answerer without a model begin."""


class Difference(Value):
    """One place in which the answer made again is another.

    Attributes:
        field: Path of it (`versions.index`, `quoted.claims.0.text`); fields of the record that
            are no part of the answer begin with `record.`.
        recorded, now: The values as JSON; `(absent)` where there is none.
    """

    field: str
    recorded: str
    now: str


class Replay(Value):
    """A recorded answer beside the one made again.

    Attributes:
        record: Id of the record.
        recorded, now: Digests of the two answers.
        differences: What an answer depends on first, then what came of it, in the order of the
            answer; empty where both are the same, byte for byte.
    """

    record: str
    recorded: str
    now: str
    differences: tuple[Difference, ...]


def replay(
    record: Mapping[str, Any],
    answer: CheckedAnswer,
    index: Index,
    *,
    llm: str | None = None,
) -> Replay:
    """Make a recorded answer again from its inputs.

    Args:
        record: The log's `answer` record.
        answer: The answer that it is of: from the record or from the file that was kept.
        index: The index to ask now.
        llm: A model to ask again, by name; None to take the recorded replies.

    Raises:
        InputError: `answer` is not the one that was recorded, or the record is of a version
            that recorded too little.
        BackendError: The model or the second reader cannot be opened.
    """
    body = record["body"]
    if answer.digest != body["answer"]:
        raise InputError(f"The answer given is not the one of record {record['id']}.")
    try:
        inputs = _Inputs.model_validate({key: body.get(key) for key in _Inputs.model_fields})
    except ValidationError as error:
        raise InputError(
            f"Record {record['id']} does not hold what this version of medrag needs; replay it "
            f"with medrag {answer.versions.medrag}."
        ) from error
    settings = inputs.settings
    model = _model(answer, settings, index, llm)
    answerer = Answerer.of(model, settings, mode=None if llm is not None else inputs.mode)
    # The question was kept without its identifiers: nobody looks for them a second time.
    gates = Gates.of(settings.model_copy(update={"deidentify": False}))
    reader, policy = open_second_reader(settings), open_policy(settings)
    run = Run(Line(index, settings, answerer, gates, reader=reader, policy=policy))
    query = Query(text=answer.quoted.question, filters=answer.filters, patient=answer.patient)
    prompt = run.prompt(query, left_out=inputs.left_out)
    completion = answerer.complete(prompt, None) if prompt.hits else None
    traced = run.settled(completion, prompt)
    now = traced.answer
    beside = answer_record(traced, body["settings"])
    differences = chain(
        _differences("versions", _json(answer.versions), _json(now.versions)),
        _differences("record", _compared(body), _compared(beside)),
        _differences("", _json(answer, "versions"), _json(now, "versions")),
    )
    return Replay(
        record=record["id"],
        recorded=answer.digest,
        now=now.digest,
        differences=tuple(differences),
    )


class _Inputs(Value):
    """What of a record a replay needs."""

    settings: Settings
    mode: Mode
    left_out: tuple[str, ...]


_APART = ("seconds", "identifiers", "content", "sealed", "answer", "settings")
"""Fields of a record that no replay repeats, or that the comparison of the answers covers."""


def _compared(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key not in _APART}


def _model(answer: CheckedAnswer, settings: Settings, index: Index, llm: str | None) -> LLM:
    """Return what answers: the model named, the selection, or what was said then."""
    selects = answer.versions.model.startswith(_SELECTS)
    if llm is not None or selects:
        name = llm or SELECTION
        return open_llm(name, embedder=index.embedder, max_claims=settings.max_claims)
    said = [reply for reply in (answer.quoted.completion, answer.quoted.repair) if reply]
    return ScriptedLLM(said, context_tokens=_ENDLESS, name=answer.versions.model)


def _json(value: Value, *without: str) -> dict[str, Any]:
    return value.model_dump(mode="json", exclude=set(without))


def _differences(path: str, recorded: object, now: object) -> Iterator[Difference]:
    """Yield the leaves in which two JSON values differ, in the order of the first."""
    if isinstance(recorded, dict) and isinstance(now, dict):
        keys: list[Any] = [*recorded, *(key for key in now if key not in recorded)]
        pairs = [(key, recorded.get(key, _ABSENT), now.get(key, _ABSENT)) for key in keys]
    elif isinstance(recorded, list) and isinstance(now, list) and len(recorded) == len(now):
        both = zip(recorded, now, strict=True)
        pairs = [(place, one, other) for place, (one, other) in enumerate(both)]
    elif recorded == now:
        return
    else:
        yield Difference(field=path, recorded=_shown(recorded), now=_shown(now))
        return
    for key, one, other in pairs:
        yield from _differences(f"{path}.{key}" if path else str(key), one, other)


def _shown(value: object) -> str:
    return value if value is _ABSENT else json.dumps(value, ensure_ascii=False)
