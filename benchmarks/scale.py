"""What one passage costs, measured here, and what ten million to a billion would; prints tables.

    python benchmarks/scale.py --out units.json      measure (about ten minutes on four cores)
    python benchmarks/scale.py --plan units.json     the tables of docs/scale.md from it
    python benchmarks/scale.py --plan units.json --machine-usd-hour 0.8 --memory-gib 256

Costs that grow with the index are measured at two sizes, and what they grow by is the unit cost.
Seconds and milliseconds are those of the processor (one core), so that a busy machine does not
change them much; only what goes over HTTP is by the clock.
Passages, vectors and questions of the growing indexes are those of `benchmarks/index.py`; how long
real passages are, and how fast they are embedded, is taken from abstracts in ../shared/data where
they are, and from the project's own corpora else. Everything runs on this machine, at its load.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import index as synthetic
import medrag
import scale_plan
from medrag.core.document import Document, Source
from medrag.embedders import open_embedder
from medrag.index import Store
from medrag.index.flat import FlatIndex, write_exact
from medrag.index.rescored import measured_recall
from medrag.index.sharding import split
from medrag.registry import resolve

ROOT = Path(__file__).resolve().parents[1]
ABSTRACTS = ROOT.parent / "shared" / "data" / "beir" / "scifact-dev" / "corpus.jsonl"
SIZES = (50_000, 200_000)
KINDS = {
    "flat": (100_000, 400_000),
    "compact": (100_000, 400_000),
    "hnsw": (50_000, 200_000),  # its graph takes long to build
    "ivf": (100_000, 400_000),
}
TEXTS = 1_500
SHARDS = (1, 2, 4)
ASKED = 100


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="where the unit costs are written as JSON")
    parser.add_argument("--only", choices=tuple(PARTS), help="measure this anew, keep the rest")
    parser.add_argument("--plan", type=Path, help="print the plan from such a file")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    scale_plan.add_options(parser)
    options = parser.parse_args()
    if options.plan is not None:
        scale_plan.show(json.loads(options.plan.read_text()), options)
    elif options.one is not None:
        print(json.dumps(one_size(options.one)))
    elif options.out is not None:
        known = json.loads(options.out.read_text()) if options.only else {}
        units = measure(known, [options.only] if options.only else list(PARTS))
        options.out.write_text(json.dumps(units, indent=2) + "\n")
        scale_plan.show_units(units)
    else:
        parser.error("give --out FILE or --plan FILE")


def measure(units: dict[str, Any], parts: Sequence[str]) -> dict[str, Any]:
    units = {**units, "machine": machine()}
    for name in parts:
        begun = time.perf_counter()
        units[name] = PARTS[name]()
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)
    units["machine"]["load_at_the_end"] = round(os.getloadavg()[0], 1)
    return units


def machine() -> dict[str, Any]:
    model = next(
        line.split(":", 1)[1].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    )
    packages = ("medrag", "faiss-cpu", "tantivy", "numpy", "onnxruntime")
    return {
        "day": datetime.now(timezone.utc).strftime("%Y-%m-%d"),
        "processor": model,
        "cores": os.cpu_count(),
        "memory_gib": os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") >> 30,
        "load_at_the_start": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
    }


def real_texts() -> dict[str, Any]:
    """Bytes and seconds of passages as people write them."""
    documents = list(abstracts()) if ABSTRACTS.exists() else []
    sources: list[Any] = documents or [ROOT / "corpora"]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "index"
        medrag.Index.build(sources, path, embedder="hashing", progress=False).close()
        with Store.open(path) as store:
            rows, sizes = len(store), bytes_by_group(store)
            texts = [store.passage(row).text for row in range(rows)]
            lengths = [len(text) for text in texts]
    embedder = open_embedder("minilm")
    embedder.embed_passages(texts[:64])
    begun = time.process_time()
    embedder.embed_passages(texts[:1000])
    embedded = len(texts[:1000]) / (time.process_time() - begun)
    del sizes["vectors"]  # the stand-in embedder has others
    return {
        "from": "scifact abstracts" if documents else "the project's corpora",
        "passages": rows,
        "characters": round(float(np.mean(lengths)), 1),
        "passages_a_document": round(rows / max(len(documents), 1), 2) if documents else None,
        "bytes": {name: round(size / rows, 1) for name, size in sorted(sizes.items())},
        "embedded_a_core_second": round(embedded, 1),
    }


def abstracts() -> Iterator[Document]:
    for number, line in enumerate(ABSTRACTS.read_text(encoding="utf-8").splitlines()[:TEXTS]):
        row = json.loads(line)
        text = f"{row['title']}\n\n{row['text']}"
        digest = f"{number:064x}"
        yield Document.of(text, Source(key=f"a{number}", title=row["title"], sha256=digest))


def bytes_by_group(store: Store) -> dict[str, int]:
    sizes: defaultdict[str, int] = defaultdict(int)
    for entry in store.manifest.files:
        name = Path(entry.path).name
        if "/lexical/" in f"/{entry.path}":
            group = "lexical"
        elif name.endswith(".faiss") or name == "vectors.faiss":
            group = "vectors"
        elif name.startswith(("passages", "bodies")):
            group = "texts"
        else:
            group = "catalog"
        sizes[group] += entry.bytes
    return dict(sizes)


def vector_kinds() -> dict[str, Any]:
    """Each kind at two sizes: bytes beside the exact vectors, core time to build and to ask."""
    found: dict[str, Any] = {}
    for kind, sizes in KINDS.items():
        found[kind] = {str(size): one_kind(kind, size) for size in sizes}
        print(kind, found[kind], file=sys.stderr, flush=True)
    return {"exact_bytes": 2 * synthetic.DIM, "kinds": found}


def one_kind(kind: str, size: int) -> dict[str, float]:
    vectors = synthetic.vectors_near_centers(size, size).astype(np.float16)
    asked = synthetic.vectors_near_centers(99, ASKED)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_exact(folder, vectors)
        exact = sum(path.stat().st_size for path in folder.iterdir())
        made = resolve("vector-index", kind)
        begun = time.process_time()
        made.build(folder, vectors)
        built = time.process_time() - begun
        opened = made.open(folder)
        times = core_ms(lambda question: opened.search(question[None], 100), asked)
        recall = 1.0 if kind == "flat" else measured_recall(opened, FlatIndex(folder))
        whole = sum(path.stat().st_size for path in folder.iterdir())
    return {
        "bytes": round((whole - exact) / size, 2),
        "build_us": round(1e6 * built / size, 2),
        "p50_ms": round(float(np.percentile(times, 50)), 3),
        "p99_ms": round(float(np.percentile(times, 99)), 3),
        "recall": round(recall, 4),
    }


def core_ms(ask: Callable[[Any], Any], questions: Sequence[Any]) -> list[float]:
    """Return the milliseconds of this thread's core that each question takes."""
    for question in questions[:5]:
        ask(question)
    times = []
    for question in questions:
        begun = time.thread_time()
        ask(question)
        times.append(1e3 * (time.thread_time() - begun))
    return times


def grown() -> dict[str, Any]:
    """An index at two sizes, each in a process of its own, whose peak memory is its own."""
    here = [sys.executable, str(Path(__file__).resolve()), "--one"]
    found = {}
    for size in SIZES:
        done = subprocess.run([*here, str(size)], check=True, capture_output=True, text=True)
        found[str(size)] = json.loads(done.stdout.splitlines()[-1])
        print(size, found[str(size)], file=sys.stderr, flush=True)
    return found


def one_size(passages: int) -> dict[str, Any]:
    """Build, open, ask, change and split one synthetic index."""
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "index"
        begun, first = time.process_time(), peak_mb()
        with quiet():
            synthetic.build(path, passages, None)
        made = time.process_time() - begun
        begun = time.process_time()
        for number in range(-(-passages // synthetic.PASSAGES_A_DOCUMENT)):
            synthetic.make_document(number, synthetic.PASSAGES_A_DOCUMENT)
        drawn = time.process_time() - begun
        found["build_s"] = round(made - drawn, 2)
        found["build_peak_mb"] = round(peak_mb() - first, 1)
        begun = time.process_time()
        with Store.open(path) as store:
            found["open_s"] = round(time.process_time() - begun, 3)
            found["bytes"] = {n: round(s / passages, 1) for n, s in bytes_by_group(store).items()}
            chance = np.random.default_rng(7)
            texts = [
                " ".join(chance.choice(store.passage(int(n)).text.split(), size=8))
                for n in chance.integers(0, len(store), ASKED)
            ]
            times = core_ms(lambda text: store.lexical(text, 100), texts)
            found["lexical_p50_ms"] = round(float(np.percentile(times, 50)), 3)
        begun = time.process_time()
        with quiet():
            synthetic.update(path)
        found["commit_s"] = round(time.process_time() - begun, 3)
        begun = time.process_time()
        split(path, Path(place) / "shards", 4)
        found["split_s"] = round(time.process_time() - begun, 2)
        found["split_peak_mb"] = round(peak_mb() - first, 1)  # that of the build, if it was more
    return found


@contextmanager
def quiet() -> Iterator[None]:
    kept, sys.stdout = sys.stdout, sys.stderr
    try:
        yield
    finally:
        sys.stdout = kept


def peak_mb() -> float:
    """Return the most memory that this program has held; what started it is not counted."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def scattered() -> dict[str, Any]:
    """The same small index whole, and in shards behind services of this machine."""
    found: dict[str, Any] = {}
    texts = [
        " ".join(f"word{n % 977:x} drug{n % 89:x}" for n in range(number, number + 40))
        for number in range(4000)
    ]
    questions = [f"drug{n % 89:x} word{n % 977:x} dose" for n in range(ASKED)]
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        documents = [
            Document.of(text, Source(key=f"k{n}", title=f"t{n}", sha256=f"{n:064x}"))
            for n, text in enumerate(texts)
        ]
        path = root / "index"
        medrag.Index.build(documents, path, embedder="hashing", progress=False).close()
        found["whole"] = asked_ms(str(path), questions, [])
        for count in SHARDS:
            split(path, root / f"shards{count}", count)
            folders = [root / f"shards{count}" / f"shard-{n}" for n in range(count)]
            with services(folders) as (urls, processes):
                place_of = "shards://" + ",".join(urls)
                found[f"shards_{count}"] = asked_ms(place_of, questions, processes)
            print(count, found[f"shards_{count}"], file=sys.stderr, flush=True)
    return found


def asked_ms(place: str, questions: Sequence[str], processes: Sequence[int]) -> dict[str, float]:
    """Milliseconds a question: by the clock, and of the cores of the asking and the asked."""
    with medrag.Index.open(place) as opened:
        synthetic.timed(lambda text: opened.search(text, 10), questions[:10])
        own, theirs = time.process_time(), sum(map(core_s, processes))
        _, (p50, _) = synthetic.timed(lambda text: opened.search(text, 10), questions)
        own, theirs = time.process_time() - own, sum(map(core_s, processes)) - theirs
    each = 1e3 / (len(questions) + 5)  # `timed` asks five once more
    return {
        "clock_p50_ms": round(p50, 2),
        "asking_core_ms": round(own * each, 2),
        "asked_core_ms": round(theirs * each, 2),
    }


def core_s(process: int) -> float:
    """Return the seconds of cores that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def services(folders: Sequence[Path]) -> Iterator[tuple[list[str], list[int]]]:
    ports = []
    running = []
    for folder in folders:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            ports.append(free.getsockname()[1])
        command = [Path(sys.executable).with_name("medrag"), "serve", "--index", folder]
        running.append(
            subprocess.Popen(
                [*command, "--port", str(ports[-1])],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        )
    urls = [f"http://127.0.0.1:{port}" for port in ports]
    try:
        for url in urls:
            wait_for(url)
        yield urls, [process.pid for process in running]
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            process.wait(30)


def wait_for(url: str) -> None:
    until = time.monotonic() + 60
    while not answers(url):
        if time.monotonic() > until:
            sys.exit(f"the shard at {url} does not start")
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=1):
            return True
    except OSError:
        return False


PARTS = {"text": real_texts, "vectors": vector_kinds, "index": grown, "front": scattered}

if __name__ == "__main__":
    main()
