"""How models want to be asked: prompts, pooling, titles and second encoders, by their names.

Some models say it in their own files and some only on their page. A model that is used in
another way than it was trained for answers without an error, and worse.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

PoolingMode = Literal["mean", "cls", "max"]
Titles = Literal["pair"]

TITLE = "{title}"
NO_TITLE = "none"


@dataclass(frozen=True, slots=True)
class Usage:
    """What a model's authors say beyond what stands in its files.

    Attributes:
        models: Matches the whole last part of a model's name, in lower case.
        pooling: How token vectors become one.
        query_prompt: Stands before a question.
        passage_prompt: Stands before a passage; `{title}` in it is the passage's title.
        titles: "pair": a passage's title is the first of two texts that the encoder reads.
        query_model: Name of the encoder for questions, beside this one.
        passage_model: Name of the encoder for passages, if this one is for questions only.
        source: Where it says so.
    """

    models: str
    pooling: PoolingMode | None = None
    query_prompt: str | None = None
    passage_prompt: str | None = None
    titles: Titles | None = None
    query_model: str | None = None
    passage_model: str | None = None
    source: str = ""


KNOWN = (
    Usage(
        models=r"medcpt-article-encoder",
        pooling="cls",
        titles="pair",
        query_model="MedCPT-Query-Encoder",
        source="https://huggingface.co/ncbi/MedCPT-Article-Encoder; arXiv:2307.00589",
    ),
    Usage(
        models=r"medcpt-query-encoder",
        passage_model="MedCPT-Article-Encoder",
        source="https://huggingface.co/ncbi/MedCPT-Query-Encoder",
    ),
    Usage(
        models=r"embeddinggemma-300m(-qat-.*)?",
        query_prompt="task: search result | query: ",
        passage_prompt="title: {title} | text: ",
        source="https://ai.google.dev/gemma/docs/embeddinggemma/model_card; arXiv:2509.20354",
    ),
    Usage(
        models=r"bge-(small|base|large)-en(-v1\.5)?",
        pooling="cls",
        query_prompt="Represent this sentence for searching relevant passages: ",
        source="https://huggingface.co/BAAI/bge-small-en-v1.5; arXiv:2309.07597",
    ),
    Usage(
        models=r"(multilingual-)?e5-(small|base|large)(-v2|-unsupervised)?",
        pooling="mean",
        query_prompt="query: ",
        passage_prompt="passage: ",
        source="https://huggingface.co/intfloat/e5-base-v2; arXiv:2212.03533",
    ),
    Usage(
        models=r"multilingual-e5-large-instruct",
        pooling="mean",
        query_prompt=(
            "Instruct: Given a web search query, retrieve relevant passages that answer the "
            "query\nQuery: "
        ),
        source="https://huggingface.co/intfloat/multilingual-e5-large-instruct; arXiv:2402.05672",
    ),
)
"""Names of models -> their use. The page `docs/how-to/choose-an-embedding-model.md` lists them."""


def known_usage(model: str) -> Usage:
    """Return the use of the model named, by the last part of its name; an empty one if unknown.

    A copy in a folder of the same name is the same model: `/models/e5-base-v2`.
    """
    name = Path(model).name.lower()
    return next((usage for usage in KNOWN if re.fullmatch(usage.models, name)), Usage(models=""))


def beside(model: str, other: str) -> str:
    """Return where the model `other` is, if it lies where `model` does: a folder or a hub name."""
    return model[: len(model.rstrip("/\\")) - len(Path(model).name)] + other


@dataclass(frozen=True, slots=True)
class Use:
    """How one opened model is used.

    Attributes:
        query_prompt, passage_prompt, titles: As in `Usage`; empty where nothing stands before.
    """

    query_prompt: str
    passage_prompt: str
    titles: Titles | None

    def of_passages(self, texts: Sequence[str]) -> tuple[list[str] | list[tuple[str, str]], str]:
        """Return what the encoder reads of each passage, and the prompt before all of them."""
        if self.titles == "pair":
            return [parted(text) for text in texts], ""
        if TITLE not in self.passage_prompt:
            return list(texts), self.passage_prompt
        pairs = [parted(text) for text in texts]
        filled = [
            self.passage_prompt.replace(TITLE, title or NO_TITLE) + rest for title, rest in pairs
        ]
        return filled, ""


def parted(text: str) -> tuple[str, str]:
    """Return the title of a passage and the rest of it, by its first line.

    What is embedded of a passage begins with a line of its document's title and headings; a text
    of one line has no title.
    """
    title, line_break, rest = text.partition("\n")
    return (title, rest) if line_break else ("", text)
