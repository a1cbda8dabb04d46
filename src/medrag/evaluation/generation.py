"""One answerer over a set of questions: a record for each, kept as soon as it is there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from medrag.core.patient import Patient
from medrag.core.query import Filters
from medrag.core.span import Value
from medrag.core.trace import TracedAnswer
from medrag.errors import BackendError, InputError
from medrag.evaluation.judged import Judgement
from medrag.evaluation.record import Record
from medrag.pipeline.engine import QueryEngine

RECORDS = "records.jsonl"
ANSWERS = "answers.jsonl"
_RUN = "run.json"


class Case(Value):
    """One question of a set.

    Attributes:
        id: Unique in the set.
        judgement: What a good answer rests on, where somebody judged it.
    """

    id: str
    question: str
    patient: Patient | None = None
    judgement: Judgement | None = None


def evaluate(
    cases: Sequence[Case],
    engine: QueryEngine,
    folder: Path,
    *,
    identity: dict[str, str],
    filters: Filters | None = None,
    seen: Callable[[Record], None] = lambda _: None,
) -> list[Record]:
    """Answer `cases` and return a record of each, in the order of the set.

    Every record is on disk before the next question is asked: a run that was stopped goes on
    where it was, and asks again only what failed. `answers.jsonl` holds the answers themselves,
    with their prompts' passages, replies and traces.

    Args:
        cases: With unique ids.
        engine: What answers.
        folder: Where the run is kept; made if missing.
        identity: What this run depends on (set, index, answerer, settings); a folder that holds
            a run of anything else is refused.
        filters: Which sources may answer.
        seen: Called with each record that this call made.

    Raises:
        InputError: Ids repeat, or the folder holds another run or cannot be written.
    """
    _refuse_twins(cases)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _hold(folder / _RUN, identity)
        done = {record.id: record for record in _read(folder / RECORDS) if record.error is None}
        for case in cases:
            if case.id not in done:
                done[case.id] = _answered(case, engine, folder, filters)
                seen(done[case.id])
    except OSError as error:
        raise InputError(
            f"{folder}: {error.strerror}. Give a folder that can be written."
        ) from error
    return [done[case.id] for case in cases]


def _answered(case: Case, engine: QueryEngine, folder: Path, filters: Filters | None) -> Record:
    """Ask one question and keep what came of it; a backend's failure is a record as well."""
    try:
        traced = engine.traced(case.question, patient=case.patient, filters=filters)
    except (BackendError, InputError) as error:
        record = Record(id=case.id, error=f"{type(error).__name__}: {error}")
    else:
        record = Record.of(case.id, traced, case.judgement)
        _append(folder / ANSWERS, _line(case, traced))
    _append(folder / RECORDS, record.model_dump_json())
    return record


def _line(case: Case, traced: TracedAnswer) -> str:
    fields = {"id": case.id, **traced.model_dump(mode="json")}
    return json.dumps(fields, ensure_ascii=False).encode("utf-8", "backslashreplace").decode()


def _refuse_twins(cases: Sequence[Case]) -> None:
    known: set[str] = set()
    for case in cases:
        if case.id in known:
            raise InputError(f"The id {case.id!r} stands twice in the set. Give each its own.")
        known.add(case.id)


def _hold(path: Path, identity: dict[str, str]) -> None:
    """Write what the run depends on, or compare it with what is there."""
    if not path.exists():
        path.write_text(json.dumps(identity, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InputError(f"{path}: not JSON. Give another --out.") from error
    other = sorted(key for key in {*held, *identity} if held.get(key) != identity.get(key))
    if other:
        raise InputError(
            f"{path.parent} holds a run with another {', '.join(other)}. Give another --out, or "
            "the same arguments to go on with that run."
        )


def _read(path: Path) -> Iterator[Record]:
    """Yield the records on disk; a line that was cut short is as good as none."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    for line in lines:
        record = _record(line)
        if record is not None:
            yield record


def _record(line: str) -> Record | None:
    try:
        return Record.model_validate_json(line)
    except ValidationError:
        return None


def _append(path: Path, line: str) -> None:
    with path.open("a+b") as stream:
        if stream.tell() and not _ends_line(stream.fileno()):
            stream.write(b"\n")  # what was cut short stays a line of its own
        stream.write(line.encode("utf-8", "backslashreplace") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def _ends_line(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    last = os.read(descriptor, 1)
    os.lseek(descriptor, 0, os.SEEK_END)
    return last == b"\n"
