"""How cases are asked: one engine, or several processes with one each."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from queue import Empty
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from medrag.checker import check
from medrag.config import Settings
from medrag.core.protocols import Entailment
from medrag.core.query import Filters
from medrag.errors import BackendError, InputError, MedragError
from medrag.evaluation.judged_set import Case
from medrag.evaluation.lines import Line
from medrag.evaluation.metric import Metric, metrics
from medrag.evaluation.record import Record
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index

if TYPE_CHECKING:
    from datetime import date

_BY_SELECTION = "extractive"
_ALIVE_S = 2.0
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")


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
        own = self.open_engine is None and self.settings.llm == _BY_SELECTION
        if own and jobs > 1:
            yield from _in_processes(self, tasks, jobs)
            return
        asker = Asker(self)
        try:
            with ThreadPoolExecutor(jobs if self._is_served else 1) as pool:
                futures = [pool.submit(asker.answered, task) for task in tasks]
                for future in as_completed(futures):
                    yield future.result()
        finally:
            asker.close()

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


def _in_processes(asking: Asking, tasks: Sequence[Task], jobs: int) -> Iterator[Answered]:
    """Yield what the processes answer; each opens the index for itself and takes the next task.

    Raises:
        BackendError: A process could not begin, or died.
    """
    context = get_context("spawn")  # a fork would inherit the threads of onnxruntime and FAISS
    todo: Any = context.Queue()
    done: Any = context.Queue()
    for task in tasks:
        todo.put(task)
    for _ in range(jobs):
        todo.put(None)
    given = (asking, todo, done)
    workers = [context.Process(target=_work, args=given, daemon=True) for _ in range(jobs)]
    for worker in workers:
        worker.start()
    try:
        for _ in tasks:
            yield _next(done, workers)
    finally:
        for worker in workers:
            worker.terminate()
            worker.join()
        todo.cancel_join_thread()  # tasks that nobody took would be waited for at the end
        todo.close()
        done.close()


def _next(done: Any, workers: Sequence[Any]) -> Answered:
    while True:
        try:
            found = done.get(timeout=_ALIVE_S)
        except Empty:
            if any(worker.exitcode for worker in workers):
                raise BackendError(
                    "A process that answers died. Run again with fewer --jobs, or with 1."
                ) from None
            continue
        if isinstance(found, str):
            raise BackendError(f"A process that answers stopped: {found}")
        answered: Answered = found
        return answered


def _work(asking: Asking, todo: Any, done: Any) -> None:
    """Answer tasks until there is none; each process keeps to one core.

    An interrupt is the parent's business. Where the parent is gone, so is who would listen.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in _THREADS:
        os.environ[name] = "1"
    parent = os.getppid()
    try:
        asker = Asker(asking)
        while (task := _taken(todo, parent)) is not None:
            done.put(asker.answered(task))
    except MedragError as error:
        done.put(str(error))
    if os.getppid() != parent:
        done.cancel_join_thread()


def _taken(todo: Any, parent: int) -> Task | None:
    """Return the next task; None where there is none, or nobody waits for it any more."""
    while os.getppid() == parent:
        with suppress(Empty):
            task: Task | None = todo.get(timeout=_ALIVE_S)
            return task
    return None
