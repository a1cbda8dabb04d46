"""A build on Ray beside a local build on the same cores; prints tables.

    python benchmarks/ray_build.py --sources ../shared/data/corpora/openfda_labels --files 12
    python benchmarks/ray_build.py --small            what Ray costs a job of one file
    python benchmarks/ray_build.py --skew             one PDF of 2,000 pages beside 10,000 files
    python benchmarks/ray_build.py --driver           what the one writer can take, in passages/s

Each build is a process of its own that may use the first N cores only, and so may everything that
Ray starts for it; N workers of one core each against N threads. Rounds alternate. Wall seconds
count the whole build, Ray's start and end included, in brackets without its start; CPU seconds are
those of the process and all below it, which other work on the machine disturbs less. Efficiency is
local seconds over Ray's. The indexes are compared with each other, byte for byte.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median
from threading import Event, Thread

from medrag.core.document import Document, Passage, Source
from medrag.core.span import Span
from medrag.documents import discover
from medrag.index import FileState, IndexWriter, Recipe, Store, prepare
from medrag.pipeline.index import Index

PDF_PAGES, SMALL_FILES = 2_000, 10_000
TICKS = os.sysconf("SC_CLK_TCK")
READY = "is ready"


@dataclass
class Run:
    """One build in a process of its own."""

    wall_s: float
    start_s: float
    cpu_s: float
    passages: int


# --- The process that is measured ------------------------------------------------------------


def measured(sources: str, index: str, *, engine: str, embedder: str, cores: int) -> None:
    """Build, and print what it took as JSON."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])
    started = time.perf_counter()
    ready: list[float] = []
    log = logging.getLogger("medrag.pipeline.engines.ray_pool")
    log.setLevel(logging.INFO)
    handler = logging.Handler()
    handler.emit = lambda r: ready.append(time.perf_counter()) if READY in r.getMessage() else None
    log.addHandler(handler)
    with CpuOfFamily() as cpu:
        with Index.build([sources], index, embedder=embedder, engine=engine) as built:
            passages = built.report.passages
        wall = time.perf_counter() - started
    start = (max(ready) - started) if ready else 0.0
    print(json.dumps({"wall_s": wall, "start_s": start, "cpu_s": cpu.total, "passages": passages}))


class CpuOfFamily:
    """Adds up the CPU seconds of this process and all below it, looked at five times a second."""

    def __init__(self) -> None:
        self._seen: dict[int, float] = {}
        self._ended = Event()
        self._thread = Thread(target=self._look, daemon=True)

    def __enter__(self) -> CpuOfFamily:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._sample()
        self._ended.set()
        self._thread.join()

    @property
    def total(self) -> float:
        """Seconds of user and system time so far."""
        return sum(self._seen.values())

    def _look(self) -> None:
        while not self._ended.wait(0.2):
            self._sample()

    def _sample(self) -> None:
        parents, spent = {}, {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            pid = int(status.parent.name)
            parents[pid], spent[pid] = int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS
        family = {os.getpid()}
        while more := {pid for pid, parent in parents.items() if parent in family} - family:
            family |= more
        self._seen |= {pid: spent[pid] for pid in family if pid in spent}


# --- Comparisons -----------------------------------------------------------------------------


def build(sources: Path, index: Path, *, engine: str, embedder: str, cores: int) -> Run:
    command = [sys.executable, __file__, "--measured", str(sources), str(index), engine, embedder]
    environment = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    done = subprocess.run(
        [*command, str(cores)], check=True, capture_output=True, text=True, env=environment
    )
    return Run(**json.loads(done.stdout.splitlines()[-1]))


def content(path: Path) -> dict[str, str]:
    with Store.open(path) as store:
        files = {entry.path: entry.sha256 for entry in store.manifest.files}
    return {name: digest for name, digest in files.items() if "lexical" not in name}


def compared(
    sources: Path, embedder: str, cores: int, rounds: int
) -> tuple[list[Run], list[Run], bool]:
    """Return the runs of the local build and of Ray, and whether all indexes are the same."""
    runs: dict[str, list[Run]] = {"local": [], "ray": []}
    contents = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(rounds):
            for name, engine in (("local", "local"), ("ray", f"ray?workers={cores}")):
                index = Path(folder) / f"{name}{number}"
                runs[name].append(
                    build(sources, index, engine=engine, embedder=embedder, cores=cores)
                )
                contents.append(content(index))
    return runs["local"], runs["ray"], all(found == contents[0] for found in contents)


def scaling(sources: Path, embedder: str, cores: list[int], rounds: int) -> None:
    print("| cores | local, s | Ray, s | efficiency | local CPU, s | Ray CPU, s | CPU efficiency |")
    print("|---|---|---|---|---|---|---|")
    for count in cores:
        local, ray, same = compared(sources, embedder, count, rounds)
        assert same, "the indexes differ"
        whole = [a.wall_s / b.wall_s for a, b in zip(local, ray, strict=True)]
        work = [a.wall_s / (b.wall_s - b.start_s) for a, b in zip(local, ray, strict=True)]
        cpu = [a.cpu_s / b.cpu_s for a, b in zip(local, ray, strict=True)]
        print(
            f"| {count} | {spread([run.wall_s for run in local])} "
            f"| {spread([run.wall_s for run in ray])} "
            f"[{spread([run.wall_s - run.start_s for run in ray])}] "
            f"| {percent(whole)} [{percent(work)}] "
            f"| {spread([run.cpu_s for run in local])} | {spread([run.cpu_s for run in ray])} "
            f"| {percent(cpu)} |",
            flush=True,
        )
    print(f"\n{local[0].passages} passages, {rounds} rounds, medians (range); same bytes each time")


def small(embedder: str, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "one"
        sources.mkdir()
        (sources / "label.txt").write_text("Examplazine 5 mg once daily.\n")
        local, ray, _ = compared(sources, embedder, 2, rounds)
    print(f"one file, 2 cores: local {spread([r.wall_s for r in local])} s, Ray ", end="")
    print(f"{spread([r.wall_s for r in ray])} s; workers ready after ", end="")
    print(f"{spread([r.start_s for r in ray])} s")


def skew(embedder: str, cores: int, rounds: int) -> None:
    """Read one long PDF, first in order, beside many small files."""
    from reportlab.pdfgen.canvas import Canvas

    with tempfile.TemporaryDirectory() as folder:
        sources = Path(folder) / "corpus"
        sources.mkdir()
        canvas = Canvas(str(sources / "aaa.pdf"))
        for page in range(PDF_PAGES):
            for line in range(45):
                dose = f"Line {line}: examplazine {page}.{line} mg is given to adults once a day."
                canvas.drawString(72, 780 - 16 * line, dose)
            canvas.showPage()
        canvas.save()
        for number in range(SMALL_FILES):
            (sources / f"label{number:05}.txt").write_text(f"Examplazine {number} mg daily.\n")
        local, ray, same = compared(sources, embedder, cores, rounds)
    assert same, "the indexes differ"
    print(f"{PDF_PAGES} pages and {SMALL_FILES} files, {cores} cores, {embedder}, ", end="")
    print(f"{local[0].passages} passages: local {spread([r.wall_s for r in local])} s, ", end="")
    print(f"Ray {spread([r.wall_s for r in ray])} s")


def driver(passages: int = 100_000) -> None:
    """Stage, save and commit prepared passages: what no number of workers makes faster."""
    import numpy as np

    vectors = np.eye(384, dtype=np.float32)[np.zeros(256, dtype=int)]
    recipe = Recipe(
        embedder_name="none", embedder_digest="0", dim=384, chunker_version=1, passage_tokens=256
    )
    given = []
    for number in range(passages // 20):
        words = "Examplazine is given with food to adults " * 15
        lines = [f"{words} {number:06} {line:02}" for line in range(20)]
        own = "\n".join(lines)
        source = Source(key=f"{number}", title="T", path=f"{number}", sha256="0" * 64)
        document = Document.of(own, source)
        size = len(lines[0]) + 1
        spans = [Span(start=n * size, end=n * size + size - 1) for n in range(len(lines))]
        given += prepare([document], [Passage.cut(document, span) for span in spans])
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        with IndexWriter(Path(folder) / "i", recipe=recipe) as writer:
            files = [FileState(document.id, document.id, "text", 1) for document in given]
            writer.plan(files)
            for state, document in zip(files, given, strict=True):
                writer.keep(state, writer.stage([document]))
            staged = time.perf_counter()
            for batch in writer.batches(256):
                writer.put(batch, vectors[: len(batch.keys)])
            saved = time.perf_counter()
            writer.commit()
            ended = time.perf_counter()
    for name, seconds in (
        ("stage", staged - started),
        ("take and save vectors", saved - staged),
        ("commit (words, vector index, checksums)", ended - saved),
    ):
        print(f"| {name} | {passages / seconds:,.0f} | {1e6 * seconds / passages:.0f} |")


def spread(values: list[float]) -> str:
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


def percent(values: list[float]) -> str:
    return f"{median(values):.0%} ({min(values):.0%}-{max(values):.0%})"


def chosen(sources: Path, files: int, folder: Path) -> Path:
    """Return a folder with links to the first files that can be read."""
    for file in islice(discover([sources]).files, files):
        link = folder / file.key
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(file.path.resolve())
    return folder


def main() -> None:
    if sys.argv[1:2] == ["--measured"]:
        sources, index, engine, embedder, cores = sys.argv[2:]
        measured(sources, index, engine=engine, embedder=embedder, cores=int(cores))
        return
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=Path, default=Path("corpora"))
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--embedder", default="minilm")
    parser.add_argument("--cores", type=int, nargs="+", default=[1, 2, 4])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--skew", action="store_true")
    parser.add_argument("--driver", action="store_true")
    given = parser.parse_args()
    print(f"Python {platform.python_version()}, medrag {version('medrag')}, ray {version('ray')}")
    print(f"load average before: {os.getloadavg()[0]:.1f}\n")
    if given.small:
        small(given.embedder, given.rounds)
    elif given.skew:
        skew(given.embedder, given.cores[-1], given.rounds)
    elif given.driver:
        driver()
    else:
        with tempfile.TemporaryDirectory() as folder:
            sources = chosen(given.sources, given.files, Path(folder) / "corpus")
            scaling(sources, given.embedder, given.cores, given.rounds)
    print(f"\nload average after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
