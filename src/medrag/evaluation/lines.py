"""Answers on disk: one line a case, written before the next is taken, read back after a stop."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from medrag.core.answer import CheckedAnswer
from medrag.core.finding import CheckReport
from medrag.core.protocols import Entailment
from medrag.core.span import Value
from medrag.core.trace import Trace, TracedAnswer
from medrag.evaluation.observed import Observed
from medrag.pipeline.choosing import Chosen


class Line(Value):
    """What came of one case: an answer with its trace, the report on a text, a choice, or an error.

    Attributes:
        id: As in the set.
        repeat: From 0.
        seconds: Of a report; an answer's trace knows.
    """

    id: str
    repeat: int = 0
    answer: CheckedAnswer | None = None
    trace: Trace | None = None
    report: CheckReport | None = None
    chosen: Chosen | None = None
    seconds: float = 0.0
    error: str | None = None

    @property
    def traced(self) -> TracedAnswer | None:
        """The answer with its trace, where there is one."""
        if self.answer is None or self.trace is None:
            return None
        return TracedAnswer(answer=self.answer, trace=self.trace)

    def observed(self, reader: Entailment | None = None) -> Observed | None:
        """Return what metrics read; None where there is an error."""
        traced = self.traced
        if traced is not None:
            return Observed.of_answer(traced, reader)
        if self.chosen is not None:
            return Observed(
                traced=None,
                findings=(),
                outcome=None,
                seconds=self.chosen.seconds,
                chosen=self.chosen,
            )
        if self.report is None:
            return None
        return Observed(
            traced=None, findings=self.report.findings, outcome=None, seconds=self.seconds
        )


def append(path: Path, line: Line) -> None:
    """Write a line to the end of a file and to the disk."""
    text = line.model_dump_json(exclude_none=True)
    with path.open("a+b") as stream:
        if stream.tell() and not _ends_line(stream.fileno()):
            stream.write(b"\n")  # what was cut short stays a line of its own
        stream.write(text.encode("utf-8", "backslashreplace") + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


def read_lines(path: Path) -> Iterator[Line]:
    """Yield the lines of a file; one that was cut short is as good as none."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for raw in stream:
            line = _line(raw)
            if line is not None:
                yield line


def _line(raw: bytes) -> Line | None:
    try:
        return Line.model_validate_json(raw)
    except ValidationError:
        return None


def _ends_line(descriptor: int) -> bool:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    last = os.read(descriptor, 1)
    os.lseek(descriptor, 0, os.SEEK_END)
    return last == b"\n"
