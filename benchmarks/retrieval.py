"""Benchmark of retrieval on judged sets: medrag and its parts beside what people use.

    python benchmarks/retrieval.py [--data ../shared/data/beir] [--cache DIR] [--out FILE.md]

Every system searches the same passages: medrag's, with title and headings before them. The peers
are handed the vectors that medrag has made of them, and of the questions, with the same MiniLM,
so that what differs is the search alone (and the table is affordable). A document's best passage
counts; 300 passages are asked for. Plain BM25 sees whole documents, as published figures do.
Measures are trec_eval's. medrag's one configuration was chosen on every second question; the
first table gives the other half.

Peers that are not installed are left out: `pip install bm25s llama-index-retrievers-bm25
langchain-community langchain-classic rank-bm25 txtai`.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from medrag.core.query import Query as Asked
from medrag.core.query import RetrievalSettings
from medrag.embedders import open_embedder
from medrag.evaluation.beir import Qrels, read_corpus, read_qrels, read_queries, trec_name
from medrag.evaluation.retrieval import PerQuery, measure
from medrag.index import Store
from medrag.pipeline.index import Index
from medrag.retrieval import HybridRetriever, fuse_reciprocal_rank

PASSAGES, DOCUMENTS = 300, 100
BLOCK = 256
PACKAGES = (
    "medrag",
    "bm25s",
    "llama-index-core",
    "llama-index-retrievers-bm25",
    "langchain-classic",
    "langchain-community",
    "txtai",
)
PLAIN = RetrievalSettings(
    drug_names=False,
    abbreviations=False,
    spelling=False,
    synonyms=False,
    misspellings=False,
    question_kind=False,
    patient_context=False,
)

Run = dict[str, dict[str, float]]


@dataclass(frozen=True)
class JudgedSet:
    """A judged set with its index, and everything that the peers are handed.

    Attributes:
        documents, texts, vectors: For each row of the index the id of its document, what is
            searched, and its vector; `asked` the vectors of the questions.
    """

    folder: Path
    store: Store
    embedder: Any
    qrels: Qrels
    ids: list[str]
    questions: list[str]
    asked: np.ndarray
    documents: list[str]
    texts: list[str]
    vectors: np.ndarray

    def run(self, rankings: Iterator[Sequence[int]]) -> Run:
        """Return the run of rows, best first, for each question."""
        found: Run = {}
        for query, rows in zip(self.ids, rankings, strict=True):
            names = dict.fromkeys(self.documents[row] for row in rows)
            ranked = list(names)[:DOCUMENTS]
            found[query] = {trec_name(name): 1 / rank for rank, name in enumerate(ranked, 1)}
        return found


Search = Callable[[JudgedSet], Run]


# --- medrag and its parts -------------------------------------------------------------------


def dense(judged: JudgedSet) -> Run:
    _, rows = judged.store.dense(judged.asked, PASSAGES)
    return judged.run(iter(rows.tolist()))


def lexical(judged: JudgedSet) -> Run:
    found = (judged.store.lexical(text, PASSAGES) for text in judged.questions)
    return judged.run([row for row, _ in ranked] for ranked in found)


def reciprocal_ranks(judged: JudgedSet) -> Run:
    scores, rows = judged.store.dense(judged.asked, 100)
    near = [
        list(zip(r, s, strict=True)) for r, s in zip(rows.tolist(), scores.tolist(), strict=True)
    ]
    pairs = zip(near, (judged.store.lexical(text, 100) for text in judged.questions), strict=True)
    fused = (fuse_reciprocal_rank(both) for both in pairs)
    return judged.run([row for row, _ in ranked] for ranked in fused)


def fused(settings: RetrievalSettings) -> Search:
    """Return the ranking before headings count, copies are left out and rerankers read."""

    def search(judged: JudgedSet) -> Run:
        retriever = HybridRetriever(judged.store, judged.embedder, settings=settings)
        found = (retriever.candidates(Asked(text=text), PASSAGES) for text in judged.questions)
        return judged.run([row for row, _ in weighed.ranked()] for weighed in found)

    return search


def searched(settings: RetrievalSettings) -> Search:
    """Return everything that `medrag search` does."""

    def search(judged: JudgedSet) -> Run:
        index = Index(judged.store)
        found: Run = {}
        answers = index.search_many(judged.questions, DOCUMENTS, settings=settings)
        for query, hits in zip(judged.ids, answers, strict=True):
            found[query] = {trec_name(hit.source.key): 1 / n for n, hit in enumerate(hits, 1)}
        return found

    return search


# --- what people use ------------------------------------------------------------------------


def plain_bm25(judged: JudgedSet) -> Run:
    import bm25s

    documents = list(read_corpus(judged.folder))
    model = bm25s.BM25(k1=0.9, b=0.4)
    texts = [f"{document.source.title} {document.text}" for document in documents]
    model.index(bm25s.tokenize(texts, stopwords=None, show_progress=False), show_progress=False)
    asked = bm25s.tokenize(judged.questions, stopwords=None, show_progress=False)
    count = min(DOCUMENTS, len(documents))
    rows, scores = model.retrieve(asked, k=count, show_progress=False)
    return {
        query: {
            trec_name(documents[row].source.key): 1 / rank
            for rank, (row, score) in enumerate(zip(*found, strict=True), 1)
            if score > 0
        }
        for query, *found in zip(judged.ids, rows.tolist(), scores.tolist(), strict=True)
    }


def llama_parts(judged: JudgedSet) -> tuple[Any, Any]:
    """Return LlamaIndex's vector retriever and its BM25 retriever, each with its defaults."""
    import faiss
    from llama_index.core import StorageContext, VectorStoreIndex
    from llama_index.core.embeddings import BaseEmbedding
    from llama_index.core.schema import TextNode
    from llama_index.retrievers.bm25 import BM25Retriever
    from llama_index.vector_stores.faiss import FaissVectorStore

    known = dict(zip(judged.questions, judged.asked.tolist(), strict=True))

    class Known(BaseEmbedding):
        def _get_query_embedding(self, query: str) -> list[float]:
            return known[query]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return known[query]

        def _get_text_embedding(self, text: str) -> list[float]:
            raise NotImplementedError

    pairs = zip(judged.texts, judged.vectors.tolist(), strict=True)
    nodes = [TextNode(text=t, id_=str(n), embedding=v) for n, (t, v) in enumerate(pairs)]
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(judged.vectors.shape[1]))
    context = StorageContext.from_defaults(vector_store=store)
    index = VectorStoreIndex(nodes, storage_context=context, embed_model=Known())
    top = min(PASSAGES, len(nodes))
    words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=top)
    return index.as_retriever(similarity_top_k=top), words


def llama_default(judged: JudgedSet) -> Run:
    retriever, _ = llama_parts(judged)
    return judged.run(
        [int(found.node.node_id) for found in retriever.retrieve(text)] for text in judged.questions
    )


def llama_fusion(judged: JudgedSet) -> Run:
    from llama_index.core.llms import MockLLM
    from llama_index.core.retrievers import QueryFusionRetriever

    parts = list(llama_parts(judged))
    retriever = QueryFusionRetriever(
        parts,
        llm=MockLLM(),
        mode="reciprocal_rerank",
        num_queries=1,
        similarity_top_k=PASSAGES,
        use_async=False,
    )
    return judged.run(
        [int(found.node.node_id) for found in retriever.retrieve(text)] for text in judged.questions
    )


def langchain_ensemble(judged: JudgedSet) -> Run:
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever
    from langchain_community.vectorstores import FAISS
    from langchain_core.embeddings import Embeddings

    known = dict(zip(judged.questions, judged.asked.tolist(), strict=True))

    class Known(Embeddings):
        def embed_query(self, text: str) -> list[float]:
            return known[text]

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            raise NotImplementedError

    rows = [{"row": n} for n in range(len(judged.texts))]
    pairs = list(zip(judged.texts, judged.vectors.tolist(), strict=True))
    near = FAISS.from_embeddings(pairs, Known(), metadatas=rows)
    words = BM25Retriever.from_texts(judged.texts, metadatas=rows, k=PASSAGES)
    both = EnsembleRetriever(
        retrievers=[words, near.as_retriever(search_kwargs={"k": PASSAGES})],
        weights=[0.5, 0.5],
        id_key="row",
    )
    return judged.run(
        [int(found.metadata["row"]) for found in both.invoke(text)] for text in judged.questions
    )


def txtai_hybrid(judged: JudgedSet) -> Run:
    from txtai import Embeddings

    known = {text: row for row, text in enumerate(judged.texts)}
    asked = {text: row for row, text in enumerate(judged.questions)}

    def transform(texts: Sequence[str]) -> np.ndarray:
        return np.stack(
            [judged.asked[asked[t]] if t in asked else judged.vectors[known[t]] for t in texts]
        )

    index = Embeddings(method="external", transform=transform, hybrid=True)
    index.index((row, text, None) for row, text in enumerate(judged.texts))
    return judged.run(
        [int(row) for row, _ in index.search(text, PASSAGES)] for text in judged.questions
    )


PEERS: dict[str, tuple[str, Search]] = {
    "BM25 (k1 0.9, b 0.4), whole documents": ("bm25s", plain_bm25),
    "LlamaIndex, default": ("llama_index.core", llama_default),
    "LlamaIndex, fusion with BM25": ("llama_index.retrievers.bm25", llama_fusion),
    "LangChain, ensemble with BM25": ("langchain_classic", langchain_ensemble),
    "txtai, hybrid": ("txtai", txtai_hybrid),
}


# --- the table ------------------------------------------------------------------------------


def main() -> None:
    options = parse_options()
    warnings.simplefilter("ignore")
    systems = own_systems(options.reranker) | {
        name: system for name, (module, system) in PEERS.items() if is_installed(module)
    }
    found: dict[str, dict[str, PerQuery]] = {name: {} for name in systems}
    for name in options.sets or sorted(path.name for path in options.data.iterdir()):
        judged = open_set(options.data / name, options.cache / name)
        for system, search in systems.items():
            began = time.perf_counter()
            found[system][name] = measure(judged.qrels, search(judged))
            took = time.perf_counter() - began
            print(f"{name}: {system}: {took:.0f} s", file=sys.stderr, flush=True)
    text = page(found)
    print(text)
    if options.out:
        options.out.write_text(text + "\n", encoding="utf-8")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/beir"))
    parser.add_argument("--cache", type=Path, default=Path(".cache/retrieval"))
    parser.add_argument("--sets", nargs="*", help="Names of sets; all where none is given.")
    parser.add_argument("--reranker", help="Also measure the default with this reranker.")
    parser.add_argument("--out", type=Path, help="Write the page here, too.")
    return parser.parse_args()


def own_systems(reranker: str | None) -> dict[str, Search]:
    words = ("drug_names", "abbreviations", "spelling", "synonyms", "misspellings")
    expanded = PLAIN.model_copy(update=dict.fromkeys(words, True))
    systems: dict[str, Search] = {
        "**medrag, default**": searched(RetrievalSettings()),
        "medrag, dense only": dense,
        "medrag, lexical only": lexical,
        "medrag, both by reciprocal rank": reciprocal_ranks,
        "medrag, fused": fused(PLAIN),
        "medrag, fused and expanded": fused(expanded),
    }
    if reranker:
        name = f"medrag, default, reranked by {reranker}"
        systems[name] = searched(RetrievalSettings(reranker=reranker))
    return systems


def open_set(folder: Path, index: Path) -> JudgedSet:
    if not (index / "CURRENT").exists():
        Index.build(list(read_corpus(folder)), index, progress=False).close()
    store = Store.open(index)
    embedder = open_embedder(store.embedder_name)
    qrels = read_qrels(folder)
    queries = [query for query in read_queries(folder) if query.id in qrels]
    questions = [query.text for query in queries]
    blocks = [questions[n : n + BLOCK] for n in range(0, len(questions), BLOCK)]
    hits = store.hits([(row, 1.0) for row in range(len(store))], retriever="all")
    heads = [" > ".join((hit.source.title, *hit.passage.section)) for hit in hits]
    return JudgedSet(
        folder=folder,
        store=store,
        embedder=embedder,
        qrels=qrels,
        ids=[query.id for query in queries],
        questions=questions,
        asked=np.concatenate([embedder.embed_queries(block) for block in blocks]),
        documents=[hit.source.key for hit in hits],
        texts=[f"{head}\n{hit.passage.text}" for head, hit in zip(heads, hits, strict=True)],
        vectors=store.vectors(range(len(store))),
    )


def page(found: dict[str, dict[str, PerQuery]]) -> str:
    parts = [
        "# Retrieval on judged sets",
        about(),
        "## nDCG@10, the half of the questions that nothing was chosen on",
        table(found, "nDCG@10", half=0),
        "## nDCG@10, the half that the configuration was chosen on",
        table(found, "nDCG@10", half=1),
        "## Recall@100, all questions",
        table(found, "recall@100", half=None),
    ]
    if any("druglabel-doc" in sets for sets in found.values()):
        parts += ["## A right label among the first three (druglabel-doc)", top_three(found)]
    return "\n\n".join(parts)


def about() -> str:
    moment = datetime.now(timezone.utc).strftime("%Y-%m-%d")
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES if is_there(name))
    return (
        f"{moment}, {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}; "
        f"{versions}. Written by `python benchmarks/retrieval.py`: same passages and same MiniLM "
        "vectors for all, handed to the peers; a document's best passage counts."
    )


def table(found: dict[str, dict[str, PerQuery]], name: str, *, half: int | None) -> str:
    sets = list(next(iter(found.values())))
    lines = [f"| system | {' | '.join(sets)} | mean |", "|---|" + "---|" * (len(sets) + 1)]
    for system, values in found.items():
        means = [mean(values[one], name, half) for one in sets]
        cells = " | ".join(f"{value:.3f}" for value in (*means, float(np.mean(means))))
        lines.append(f"| {system} | {cells} |")
    return "\n".join(lines)


def mean(values: PerQuery, name: str, half: int | None) -> float:
    """Return the mean over all queries, or over every second one in file order."""
    rows = [row[name] for row in values.values()]
    return float(np.mean(rows if half is None else rows[half::2]))


def top_three(found: dict[str, dict[str, PerQuery]]) -> str:
    lines = ["| system | share |", "|---|---|"]
    for system, sets in found.items():
        ranks = [row["MRR"] for row in sets["druglabel-doc"].values()]
        lines.append(f"| {system} | {np.mean([rank > 0.3 for rank in ranks]):.3f} |")
    return "\n".join(lines)


def is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # the package around it is missing
        return False


def is_there(package: str) -> bool:
    try:
        return bool(version(package))
    except PackageNotFoundError:
        return False


def processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
