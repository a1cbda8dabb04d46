"""Does the first quotation of an extractive answer hold the judged answer?

    python benchmarks/spans.py [--data ../shared/data/beir] [--questions 2000]

Prints Markdown tables. The first: the share of the questions of `cpgqa-guidelines` whose judged
answer span stands in what each system shows first, white space apart, for odd questions (on which
the answerer's weights were chosen) and even ones. All systems read the same documents, and those
that compare vectors the same MiniLM vectors:

- medrag: the first quotation of the first claim, after every gate and check; silence is a miss.
- LlamaIndex: its top passage (`VectorStoreIndex`, one node a document; a sentence of it is chosen
  by nothing, so that it shows several times the words).
- BM25 best sentence: the best of all sentences (bm25s, k1 0.9, b 0.4).
- BM25 in medrag's passages: the best sentence of what medrag retrieved.

The second: what medrag does with the questions of other sets, asked of the guideline (nothing
there answers them), and whether it quotes the judged document where whole documents are judged.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bm25s
from llama_index.core import VectorStoreIndex
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.schema import TextNode

import medrag
from medrag.core.protocols import Embedder
from medrag.embedders import open_embedder
from medrag.text import sentences

GUIDELINE = "cpgqa-guidelines"
STRANGERS = ("medicationqa", "scifact-dev", "pubmedqa-para")
BY_DOCUMENT = ("druglabel-doc", "medicationqa")
STRANGERS_EACH = 150


@dataclass(slots=True)
class Tally:
    """What one system showed for some of the questions."""

    asked: int = 0
    shown: int = 0
    right: int = 0
    words: list[int] = field(default_factory=list)

    def add(self, shown: str, span: str) -> None:
        """Count one question, what was shown for it, and whether the span stands in that."""
        self.asked += 1
        self.shown += bool(shown)
        self.right += bool(shown) and bare(span) in bare(shown)
        if shown:
            self.words.append(len(shown.split()))


def bare(text: str) -> str:
    return " ".join(text.split())


def rows(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream]


def documents(folder: Path, target: Path) -> Path:
    """Write each document of a set as a Markdown file and return their folder."""
    target.mkdir()
    for row in rows(folder / "corpus.jsonl"):
        title = f"# {row['title']}\n\n" if row.get("title") else ""
        (target / f"{file_name(row['_id'])}.md").write_text(title + row["text"] + "\n", "utf-8")
    return target


def file_name(document: str) -> str:
    return re.sub(r"[^\w-]", "_", document)


def built(data: Path, name: str, scratch: Path) -> medrag.Index:
    sources = documents(data / name, scratch / name)
    return medrag.Index.build([sources], scratch / f"{name}.index", progress=False)


# --- The systems ----------------------------------------------------------------------------


class Medrag:
    """The whole line, with a clock."""

    def __init__(self, index: medrag.Index) -> None:
        self._index = index
        self._engine = medrag.QueryEngine(index, llm="extractive")
        self.seconds: list[float] = []

    def first(self, question: str) -> str:
        """Return the first quotation of the first claim; empty for silence."""
        began = time.perf_counter()
        answer = self._engine.query(question)
        self.seconds.append(time.perf_counter() - began)
        claims = answer.quoted.claims
        return (claims[0].quotes[0].match.text or "") if claims else ""

    def document(self, question: str) -> str:
        """Return the file name of the document that is quoted first, without suffix."""
        quoted = self._engine.query(question).quoted
        if not quoted.claims:
            return ""
        wanted = quoted.claims[0].quotes[0].quote.passage_id
        source = next(hit.source for hit in quoted.hits if hit.passage.id == wanted)
        return Path(source.key).stem

    def best_by_words(self, question: str) -> str:
        """Return the best sentence by BM25 of the passages that medrag retrieves."""
        texts = [s for hit in self._index.search(question) for s in cut(hit.passage.text)]
        return Bm25(texts).first(question) if texts else ""


def cut(text: str) -> Iterator[str]:
    for span in sentences(text):
        sentence = span.of(text).strip()
        if sentence:
            yield sentence


class Bm25:
    """The best of some sentences."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._index = bm25s.BM25(k1=0.9, b=0.4)
        self._index.index(bm25s.tokenize(list(texts), show_progress=False), show_progress=False)

    def first(self, question: str) -> str:
        """Return the best sentence; empty where none shares a word."""
        asked = bm25s.tokenize([question], show_progress=False)
        found, scores = self._index.retrieve(asked, k=1, show_progress=False)
        return self._texts[int(found[0][0])] if scores[0][0] > 0 else ""


class SameVectors(BaseEmbedding):
    """LlamaIndex embeds what medrag embeds, with the same model."""

    embedder: Any

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        listed: list[list[float]] = self.embedder.embed_passages(texts).tolist()
        return listed

    def _get_query_embedding(self, query: str) -> list[float]:
        listed: list[float] = self.embedder.embed_queries([query])[0].tolist()
        return listed

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_query_embedding(query)


class LlamaTop:
    """LlamaIndex's best passage."""

    def __init__(self, corpus: Sequence[dict[str, Any]], embedder: Embedder) -> None:
        nodes = [
            TextNode(id_=row["_id"], text=f"{row.get('title', '')}\n{row['text']}")
            for row in corpus
        ]
        index = VectorStoreIndex(nodes, embed_model=SameVectors(embedder=embedder))
        self._retriever = index.as_retriever(similarity_top_k=1)

    def first(self, question: str) -> str:
        """Return the whole passage."""
        found = self._retriever.retrieve(question)
        return found[0].node.get_content() if found else ""


# --- The tables -----------------------------------------------------------------------------


def spans_table(data: Path, scratch: Path, most: int) -> medrag.Index:
    index = built(data, GUIDELINE, scratch)
    corpus = rows(data / GUIDELINE / "corpus.jsonl")
    ours = Medrag(index)
    systems: dict[str, Callable[[str], str]] = {
        "medrag, first quotation": ours.first,
        "LlamaIndex, top passage": LlamaTop(corpus, index.embedder).first,
        "BM25, best sentence": Bm25([s for row in corpus for s in cut(row["text"])]).first,
        "BM25, best sentence of medrag's passages": ours.best_by_words,
    }
    judged = rows(data / GUIDELINE / "queries.jsonl")[:most]
    ours.first(judged[0]["text"])  # the answerer loads
    ours.seconds.clear()
    print("| shows | odd | even | all | silent | words shown |")
    print("|---|---|---|---|---|---|")
    for name, first in systems.items():
        halves: defaultdict[int, Tally] = defaultdict(Tally)
        for number, row in enumerate(judged):
            halves[number % 2].add(first(row["text"]), row["metadata"]["answer"])
        print(line(name, halves[1], halves[0]))
    ordered = sorted(ours.seconds)
    print(
        f"\nmedrag: p50 {1000 * statistics.median(ordered):.0f} ms, 1,000 questions one after the "
        f"other in {1000 * statistics.fmean(ordered):.0f} s."
    )
    return index


def line(name: str, odd: Tally, even: Tally) -> str:
    asked, words = odd.asked + even.asked, [*odd.words, *even.words]
    right, shown = odd.right + even.right, odd.shown + even.shown
    return (
        f"| {name} | {odd.right / odd.asked:.3f} | {even.right / even.asked:.3f} "
        f"| {right / asked:.3f} | {1 - shown / asked:.3f} | {statistics.fmean(words):.0f} |"
    )


def other_table(data: Path, scratch: Path, guideline: medrag.Index) -> None:
    print("\n| questions | answered | from the judged document |")
    print("|---|---|---|")
    engine = Medrag(guideline)
    for name in STRANGERS:
        asked = rows(data / name / "queries.jsonl")
        asked = asked[:: max(1, len(asked) // STRANGERS_EACH)][:STRANGERS_EACH]
        answered = sum(bool(engine.first(row["text"])) for row in asked)
        print(f"| {name}, asked of the guideline | {answered / len(asked):.3f} | none answers |")
    for name in BY_DOCUMENT:
        engine = Medrag(built(data, name, scratch))
        wanted = judged_documents(data / name / "qrels/test.tsv")
        asked = [row for row in rows(data / name / "queries.jsonl") if row["_id"] in wanted]
        quoted = [(row["_id"], engine.document(row["text"])) for row in asked]
        answered = [(question, document) for question, document in quoted if document]
        right = sum(document in wanted[question] for question, document in answered)
        share = f"{right / len(answered):.3f} of these"
        print(f"| {name}, of its own documents | {len(answered) / len(asked):.3f} | {share} |")


def judged_documents(path: Path) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            if int(row["score"]) > 0:
                found[row["query-id"]].add(file_name(row["corpus-id"]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/beir"))
    parser.add_argument("--questions", type=int, default=2000, help="Of the guideline, at most.")
    options = parser.parse_args()
    if not (options.data / GUIDELINE).is_dir():
        sys.exit(f"{options.data} has no {GUIDELINE}. Give the folder with the sets by --data.")
    open_embedder("minilm")
    print(f"{date.today()}, Python {sys.version.split()[0]}, medrag {version('medrag')}\n")
    with tempfile.TemporaryDirectory() as folder:
        index = spans_table(options.data, Path(folder), options.questions)
        other_table(options.data, Path(folder), index)


if __name__ == "__main__":
    main()
