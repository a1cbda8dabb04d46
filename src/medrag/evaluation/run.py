"""A run of a judged set, in a folder that holds everything about it.

| file | what |
|---|---|
| `run.json` | what the answers depend on; a folder that holds a run of anything else is refused |
| `set.jsonl` | the judged set as it was when the figures were made |
| `answers.jsonl` | a line a case: the answer with passages, replies and trace; appended at once |
| `records.jsonl` | a line a case, without its words: outcome, faults, what it adds to each metric |
| `results.json` | the signature and every figure |

Answers are kept apart from figures: a judgement or a metric that changed is measured again on the
same answers by the same command, and no model is asked.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from time import perf_counter

from pydantic import ValidationError

from medrag.errors import InputError
from medrag.evaluation.asking import Asking, Task, record_of
from medrag.evaluation.judged_set import JudgedSet
from medrag.evaluation.lines import Line, append, read_lines
from medrag.evaluation.metric import metrics
from medrag.evaluation.reading import dump_lines, read_set
from medrag.evaluation.record import Record
from medrag.evaluation.results import Results, Signature, results_of
from medrag.evaluation.signature import held, with_versions

SET, ANSWERS, RECORDS, RESULTS, RUN = (
    "set.jsonl",
    "answers.jsonl",
    "records.jsonl",
    "results.json",
    "run.json",
)
Key = tuple[str, int]
"""A case's id and its repeat."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that is done.

    Attributes:
        folder: Where it is kept.
        judged: The set.
        records: In the order of the set, the repeats of a case together.
        results: Signature and figures.
    """

    folder: Path
    judged: JudgedSet
    records: tuple[Record, ...]
    results: Results

    @classmethod
    def load(cls, folder: Path) -> Run:
        """Return the run in a folder.

        Raises:
            InputError: A file of it is missing or damaged, or the run is not done.
        """
        if not (folder / RESULTS).exists():
            raise InputError(
                f"{folder}: no {RESULTS}. Give the folder of a run that is done; `medrag eval run` "
                "with the same arguments goes on with one that was stopped."
            )
        try:
            results = Results.model_validate_json((folder / RESULTS).read_bytes())
            records = tuple(
                Record.model_validate_json(line)
                for line in (folder / RECORDS).read_bytes().splitlines()
            )
        except (ValidationError, OSError) as error:
            raise InputError(
                f"{folder}: written by another version of medrag, or damaged. Run again with "
                "the same arguments: answers that are there are measured anew."
            ) from error
        return cls(folder, read_set(folder / SET), records, results)

    def answers(self) -> Iterator[Line]:
        """Yield what was answered, in the order it came; one at a time, for they are long."""
        done = {(record.id, record.repeat) for record in self.records}
        for line in read_lines(self.folder / ANSWERS):
            if (line.id, line.repeat) in done and line.error is None:
                yield line


def run(
    judged: JudgedSet,
    asking: Asking,
    folder: Path,
    *,
    signature: Signature,
    seen: Callable[[Record], None] = lambda _: None,
) -> Run:
    """Ask every case of a set, measure the answers and return the run.

    Every answer is on disk before it is counted: a run that was stopped goes on where it was,
    and asks again only what failed.

    Args:
        judged: The set.
        asking: What answers, and how.
        folder: Where the run is kept; made if missing.
        signature: What the run depends on; see `medrag.evaluation.signature.signature_of`.
        seen: Called with each record that this call made.

    Raises:
        InputError: The folder holds another run or cannot be written.
        MedragError: What answers cannot be opened.
    """
    started = perf_counter()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held(folder / RUN, signature)
        records = _measured(judged, asking, folder)
        tasks = [
            Task(case, repeat, case.as_of or judged.as_of)
            for case in judged.cases
            for repeat in range(asking.repeats)
            if (case.id, repeat) not in records
        ]
        for answered in asking.ask(tasks):
            append(folder / ANSWERS, answered.line)
            record = answered.record
            records[record.id, record.repeat] = record
            seen(record)
        ordered = tuple(
            records[case.id, repeat] for case in judged.cases for repeat in range(asking.repeats)
        )
        results = results_of(
            with_versions(signature, ordered),
            ordered,
            at=datetime.now(timezone.utc),
            seconds=perf_counter() - started,
        )
        _keep(folder, judged, ordered, results)
    except OSError as error:
        raise InputError(
            f"{folder}: {error.strerror}. Give a folder that can be written."
        ) from error
    return Run(folder, judged, ordered, results)


def _measured(judged: JudgedSet, asking: Asking, folder: Path) -> dict[Key, Record]:
    """Return the records of what is answered already, measured anew."""
    cases = {case.id: case for case in judged.cases}
    kept: dict[Key, Line] = {}
    for line in read_lines(folder / ANSWERS):
        if line.error is None and line.id in cases and line.repeat < asking.repeats:
            kept[line.id, line.repeat] = line
    if not kept:
        return {}
    measured = metrics(asking.metrics)
    reader = asking.reader()
    return {key: record_of(line, cases[line.id], measured, reader) for key, line in kept.items()}


def _keep(folder: Path, judged: JudgedSet, records: tuple[Record, ...], results: Results) -> None:
    lines = "".join(record.model_dump_json(exclude_defaults=True) + "\n" for record in records)
    document = json.dumps(results.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"
    for name, text in ((SET, dump_lines(judged)), (RECORDS, lines), (RESULTS, document)):
        _replace(folder / name, text)


def _replace(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.part")
    beside.write_text(text, encoding="utf-8", errors="backslashreplace")
    beside.replace(path)


def by_id(records: tuple[Record, ...]) -> Mapping[str, list[Record]]:
    """Return the records of each case, in order of the set and of repeats."""
    found: dict[str, list[Record]] = {}
    for record in records:
        found.setdefault(record.id, []).append(record)
    return found
