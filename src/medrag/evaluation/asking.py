"""How cases are asked: one engine, or several processes with one each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

from medrag.checker import check
from medrag.config import SELECTION, Settings
from medrag.core.protocols import Entailment
from medrag.core.query import Filters
from medrag.errors import BackendError, InputError
from medrag.evaluation.judged_set import Case
from medrag.evaluation.lines import Line
from medrag.evaluation.metric import Metric, metrics
from medrag.evaluation.record import Record
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.pipeline.side_by_side import side_by_side

if TYPE_CHECKING:
    from datetime import date


class Task(NamedTuple):
    """One case to ask, once more where it is repeated, of the sources in force on a day."""

    case: Case
    repeat: int
    as_of: date | None


class Answered(NamedTuple):
    """What is kept of a task: the answer as it is written down, and its record."""

    line: Line
    record: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How the cases of a set are asked.

    Attributes:
        index: Directory or URL of the index that is asked.
        settings: Of the engine; their `llm` answers, their `seed` is that of the first repeat.
        open_engine: Makes the engine from the settings; None opens the index. What is given here
            answers in this process.
        repeats: How often every question is asked, each time with the next seed.
        jobs: How many cases at a time. The extractive answerer works in as many processes,
            a server is asked by as many threads; a model in this process takes one at a time.
        nli: Folder or name of a cross-encoder that judges entailment for the metrics that ask.
        closed_book: Whether multiple-choice questions are asked without passages.
        metrics: Names; all where empty.
    """

    index: str | Path
    settings: Settings
    open_engine: Callable[[Settings], QueryEngine] | None = None
    repeats: int = 1
    jobs: int = 1
    nli: str | None = None
    closed_book: bool = False
    metrics: tuple[str, ...] = ()

    def ask(self, tasks: Sequence[Task]) -> Iterator[Answered]:
        """Yield what became of each task, in the order they are done.

        Raises:
            MedragError: The index, the answerer or the second reader cannot be opened, or a
                process died.
        """
        if not tasks:
            return
        jobs = min(self.jobs, len(tasks))
        own = self.open_engine is None and self.settings.llm == SELECTION
        if own and jobs > 1:
            yield from side_by_side(self.open, tasks, jobs)
            return
        asker = Asker(self)
        try:
            with ThreadPoolExecutor(jobs if self._is_served else 1) as pool:
                futures = [pool.submit(asker.answered, task) for task in tasks]
                for future in as_completed(futures):
                    yield future.result()
        finally:
            asker.close()

    def open(self) -> Callable[[Task], Answered]:
        """Open what is asked; return what becomes of a task."""
        return Asker(self).answered

    def reader(self) -> Entailment | None:
        """Return what judges entailment; None for nobody.

        Raises:
            InputError, BackendError: It cannot be opened.
        """
        if self.nli is None:
            return None
        from medrag.quotes.cross_encoder import open_cross_encoder

        return open_cross_encoder(self.nli)

    @property
    def _is_served(self) -> bool:
        return self.settings.llm.startswith(("http://", "https://"))


class Asker:
    """Asks one task after the other; opens what it needs when it is needed."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._measured: dict[str, Metric] = metrics(asking.metrics)
        self._index: Index | None = None
        self._reader = asking.reader()
        engine, seed = self._engine(asking), asking.settings.seed
        self._engines = [engine.reseeded(seed + repeat) for repeat in range(asking.repeats)]

    def close(self) -> None:
        """Let go of the index."""
        if self._index is not None:
            self._index.close()

    def answered(self, task: Task) -> Answered:
        """Return what became of a task; a backend's failure is a record as well."""
        try:
            line = self._line(task)
        except (BackendError, InputError) as error:
            told = f"{type(error).__name__}: {error}"
            line = Line(id=task.case.id, repeat=task.repeat, error=told)
        return Answered(line, self.record(line, task.case))

    def _line(self, task: Task) -> Line:
        """Return what is to be kept of a task: of a text, a choice, or a question."""
        case, repeat = task.case, task.repeat
        if case.text is not None:
            started = perf_counter()
            report = check(case.text, case.patient, quotes=case.quotes or None)
            return Line(id=case.id, repeat=repeat, report=report, seconds=perf_counter() - started)
        question, filters = case.question or "", Filters(as_of=task.as_of)
        engine = self._engines[repeat]
        if case.choices:
            closed = self._asking.closed_book
            chosen = engine.choose(question, case.choices, filters=filters, closed_book=closed)
            return Line(id=case.id, repeat=repeat, chosen=chosen)
        traced = engine.traced(question, patient=case.patient, filters=filters)
        return Line(id=case.id, repeat=repeat, answer=traced.answer, trace=traced.trace)

    def record(self, line: Line, case: Case) -> Record:
        """Return the record of what was written down about a case."""
        return record_of(line, case, self._measured, self._reader)

    def _engine(self, asking: Asking) -> QueryEngine:
        if asking.open_engine is not None:
            return asking.open_engine(asking.settings)
        self._index = Index.open(asking.index, preload=True)
        return QueryEngine(self._index, settings=asking.settings)


def record_of(
    line: Line, case: Case, measured: dict[str, Metric], reader: Entailment | None = None
) -> Record:
    """Return the record of what was written down about a case."""
    observed = line.observed(reader)
    if observed is None:
        return Record.failed(case, line.error or "no answer", repeat=line.repeat)
    return Record.of(case, observed, measured, repeat=line.repeat)
