"""Prompt templates: versioned files of words, and the worked example that they show.

The example's replies are made from sentence ids by the code that shows passages, so that they
quote in any mode exactly what a decoder could copy.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any

from medrag.core.document import Document, Passage, Section, Source
from medrag.core.prompt import Mode
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.errors import InputError
from medrag.generation.shown import quotables

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ANSWER = "answer-v2"
REPAIR = "repair-v1"


@lru_cache(maxsize=8)
def load_template(name: str) -> Mapping[str, Any]:
    """Return the fields of the template file called `name`.

    Raises:
        InputError: There is no such file; names those there are.
    """
    folder = files("medrag.generation") / "prompts"
    try:
        return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        known = sorted(file.name.removesuffix(".toml") for file in folder.iterdir())
        raise InputError(
            f"No prompt template is named {name!r}. Known: {', '.join(known)}."
        ) from error


def example_hits(template: Mapping[str, Any]) -> tuple[Hit, ...]:
    """Return the passages of a template's example, as hits."""
    made = []
    for rank, fields in enumerate(template["example"]["passages"], start=1):
        source = Source(
            key=f"example-{rank}",
            title=fields["title"],
            edition=fields["edition"],
            sha256="0" * 64,
        )
        span = Span(start=0, end=len(fields["text"]))
        section = Section(path=(fields["section"],), span=span)
        passage = Passage.cut(Document.of(fields["text"], source, sections=(section,)), span)
        made.append(Hit(passage=passage, source=source, score=1, rank=rank, retriever="example"))
    return tuple(made)


def example_replies(template: Mapping[str, Any], mode: Mode) -> list[tuple[str, str]]:
    """Return the (question, reply) pairs of a template's example."""
    hits = example_hits(template)
    return [
        (exchange["question"], _reply(exchange, hits, mode))
        for exchange in template["example"]["exchanges"]
    ]


def _reply(exchange: Mapping[str, Any], hits: Sequence[Hit], mode: Mode) -> str:
    if "missing" in exchange:
        fields = {"status": "insufficient", "claims": [], "missing": exchange["missing"]}
    else:
        claims = [
            {
                "quotes": [_quote(pointer, hits, mode) for pointer in claim["quotes"]],
                "claim": claim["claim"],
            }
            for claim in exchange["claims"]
        ]
        fields = {"status": "answered", "claims": claims}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _quote(pointer: str, hits: Sequence[Hit], mode: Mode) -> str | dict[str, Any]:
    if mode == "pointer":
        return pointer
    number, place = (int(part) for part in pointer.split("."))
    quotable = quotables(hits[number - 1].passage)[place - 1]
    if mode == "words":
        return {"s": pointer, "t": quotable.statement}
    return {"p": number, "t": quotable.text}
