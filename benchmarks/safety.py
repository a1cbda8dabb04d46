"""What the gate around an answer costs: scope, de-identification, the audit log.

    python benchmarks/safety.py [--records 1000000] [--questions FILE.jsonl]

Overhead: everything that is done besides answering, question by question, with the log on a real
disk and one fsync an answer. Log: appends alone, in groups and from threads, beside SQLite with
one durable transaction an insert and beside a bare write with fsync; then a log of `--records`
answers is verified whole. Medians and 99th percentiles; the machine's disk decides the first
column of the second table, so read the ratios.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from medrag import deidentify, scope
from medrag.config import Settings
from medrag.core.trace import TracedAnswer
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.review.audit import AuditLog, Recorder, SigningKey, verify_log
from medrag.review.audit.records import answer_record
from medrag.sealing import KeyRing, SecretKey

QUESTIONS = Path(__file__).parents[1] / "examples" / "questions.jsonl"
_FIRST = 40
"""Questions until every pattern has been read."""
GUIDE = """# Examplazine

Give examplazine 5 mg by mouth once daily with breakfast.

Do not give examplazine when the eGFR is below 30 mL/min/1.73 m2.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--questions", type=Path, default=QUESTIONS)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=os.environ.get("MEDRAG_BENCHMARK_DIR")) as name:
        folder = Path(name)
        traced = _answered(folder)
        _overhead(folder, traced, _questions(args.questions))
        _appends(folder, traced)
        _verification(folder, traced, args.records)


def _answered(folder: Path) -> TracedAnswer:
    """Return one answer of the real line: what a record is made of."""
    guide = folder / "guide.md"
    guide.write_text(GUIDE, encoding="utf-8")
    with Index.build([guide], folder / "g.index", embedder="hashing", progress=False) as index:
        return QueryEngine(index).traced("What is the dose of examplazine?")


def _questions(path: Path) -> list[str]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line.strip()]
    return [str(row.get("question") or row.get("text") or row.get("query")) for row in rows]


def _overhead(folder: Path, traced: TracedAnswer, questions: Sequence[str]) -> None:
    """Time each part of the gate on every question, and all of it together."""
    keys = KeyRing([SecretKey(os.urandom(32))])
    log = AuditLog(folder / "gate", key=SigningKey.create(folder / "gate.key"))
    recorders = {
        "audit record, fsync": Recorder(log),
        "audit record with sealed answer, fsync": Recorder(log, content="encrypted", keys=keys),
    }
    settings = Settings()
    parts: dict[str, Callable[[str], object]] = {"de-identify": deidentify, "scope": scope}
    for label, recorder in recorders.items():
        parts[label] = lambda _, recorder=recorder: recorder.record(traced, settings)
    began = time.perf_counter()
    for question in questions[:_FIRST]:  # what is read once is not the overhead of each
        deidentify(question), scope(question)
    first = time.perf_counter() - began
    repeated = [question for _ in range(-(-1000 // len(questions))) for question in questions]
    spent: dict[str, list[float]] = {label: [] for label in parts}
    for question in repeated:
        for label, part in parts.items():
            spent[label].append(_seconds(lambda part=part, q=question: part(q)))
    gate = [seconds for label, seconds in spent.items() if label != "audit record, fsync"]
    whole = [sum(of_one) for of_one in zip(*gate, strict=True)]
    longest = max(map(len, questions))
    print(f"\n{len(repeated)} questions of up to {longest} characters; the first {_FIRST} of the")
    print(f"process, which read what is read once, took {first:.2f} s together\n")
    print("| part of the gate | p50 ms | p99 ms |\n|---|---:|---:|")
    for label, seconds in [*spent.items(), ("whole gate, answer sealed", whole)]:
        print(f"| {label} | {median(seconds) * 1e3:.2f} | {_p99(seconds) * 1e3:.2f} |")


def _appends(folder: Path, traced: TracedAnswer) -> None:
    body = answer_record(traced, Settings().model_dump(mode="json"))
    line = json.dumps(body).encode()
    key = SigningKey.create(folder / "append.key")
    print(f"\nappends of records of {len(line)} bytes\n")
    print("| how | records/s | against one at a time |\n|---|---:|---:|")
    one = _rate(_one_by_one(AuditLog(folder / "one", key=key), body), 500)
    rates = {
        "medrag, one at a time, one thread": one,
        "medrag, groups of 100": _rate(_grouped(AuditLog(folder / "many", key=key), body), 50_000),
        "medrag, one at a time, 64 threads": _threads(
            AuditLog(folder / "t", key=key), body, 20_000
        ),
        "SQLite, one durable insert at a time": _rate(_sqlite(folder / "s.db", line), 500),
        "bare write and fsync": _rate(_bare(folder / "bare", line), 500),
    }
    for label, rate in rates.items():
        print(f"| {label} | {rate:,.0f} | {rate / one:.1f} |")


def _verification(folder: Path, traced: TracedAnswer, records: int) -> None:
    body = answer_record(traced, Settings().model_dump(mode="json"))
    key = SigningKey.create(folder / "verify.key")
    log = AuditLog(folder / "verify", key=key)
    started = time.perf_counter()
    _grouped(log, body, group=1000)(records)
    written = time.perf_counter() - started
    started = time.perf_counter()
    report = verify_log(log.path, keys=log.keys)
    seconds = time.perf_counter() - started
    assert (report.problems, report.records, report.signatures) == ((), records, "valid")
    size = sum(path.stat().st_size for path in log.path.glob("*.jsonl")) / 1e6
    print(f"\n{records:,} records, {size:,.0f} MB: written in {written:.1f} s", end=" ")
    print(f"({records / written:,.0f}/s in groups of 1,000), verified whole in {seconds:.1f} s")


def _one_by_one(log: AuditLog, body: dict[str, Any]) -> Callable[[int], None]:
    def run(count: int) -> None:
        for _ in range(count):
            log.append("answer", body)

    return run


def _grouped(log: AuditLog, body: dict[str, Any], group: int = 100) -> Callable[[int], None]:
    def run(count: int) -> None:
        for _ in range(count // group):
            log.append_many([("answer", body, None)] * group)

    return run


def _threads(log: AuditLog, body: dict[str, Any], count: int, workers: int = 64) -> float:
    run = _one_by_one(log, body)
    threads = [threading.Thread(target=run, args=(count // workers,)) for _ in range(workers)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return count / (time.perf_counter() - started)


def _sqlite(path: Path, line: bytes) -> Callable[[int], None]:
    def run(count: int) -> None:
        connection = sqlite3.connect(path, isolation_level=None)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE log (line BLOB)")
        for _ in range(count):
            connection.execute("INSERT INTO log VALUES (?)", (line,))
        connection.close()

    return run


def _bare(path: Path, line: bytes) -> Callable[[int], None]:
    def run(count: int) -> None:
        with path.open("ab", buffering=0) as file:
            for _ in range(count):
                file.write(line + b"\n")
                os.fsync(file.fileno())

    return run


def _rate(run: Callable[[int], None], count: int) -> float:
    return count / _seconds(lambda: run(count))


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[98]


if __name__ == "__main__":
    main()
