"""What an importer returns, and how it reads JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medrag.errors import InputError
from medrag.evaluation.judged_set import Case, JudgedSet
from medrag.evaluation.reading import read_text


@dataclass(frozen=True, slots=True)
class Imported:
    """A set of another format.

    Attributes:
        judged: Its questions with what is expected.
        corpus: id -> (title, text) of the texts that come with it; empty where none do.
        relevant: Case id -> the texts that answer it.
    """

    judged: JudgedSet
    corpus: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    relevant: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def over_corpus(self) -> JudgedSet:
        """Return the set with the texts of the corpus as its expected documents.

        For an index of that corpus; over any other index nobody knows which document answers.
        """
        cases = tuple(
            _answered_by(case, self.relevant.get(case.id, ())) for case in self.judged.cases
        )
        return self.judged.model_copy(update={"cases": cases})

    def beir(self) -> Iterator[tuple[str, str]]:
        """Yield (file, text) of the layout of BEIR: corpus, queries and judgements."""
        yield (
            "corpus.jsonl",
            _lines(
                {"_id": key, "title": title, "text": text}
                for key, (title, text) in self.corpus.items()
            ),
        )
        yield (
            "queries.jsonl",
            _lines({"_id": case.id, "text": case.asked} for case in self.judged.cases),
        )
        rows = [
            f"{case}\t{document}\t1\n"
            for case, found in self.relevant.items()
            for document in found
        ]
        yield "qrels/test.tsv", "query-id\tcorpus-id\tscore\n" + "".join(rows)


def _answered_by(case: Case, documents: tuple[str, ...]) -> Case:
    if case.expect is None or not documents:
        return case
    expected = case.expect.model_copy(update={"documents": documents})
    return case.model_copy(update={"expect": expected})


def _lines(rows: Iterator[dict[str, str]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def read_object(path: Path) -> dict[str, Any]:
    """Return the JSON object in a file.

    Raises:
        InputError: The file is missing or holds anything else.
    """
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: not JSON.") from error
    if not isinstance(value, dict):
        raise InputError(f"{path}: expected a JSON object, found {type(value).__name__}.")
    return value


def text_at(row: Any, key: str, place: str) -> str:
    """Return the text at `key` of an object.

    Raises:
        InputError: It is no object, or has no text there; names the place.
    """
    value = row.get(key) if isinstance(row, dict) else None
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"{place}: expected a text at {key!r}.")
    return value


def id_at(row: Any, key: str, place: str) -> str:
    """Return the id at `key` of an object, as text; some sets number their questions.

    Raises:
        InputError: As `text_at`.
    """
    value = row.get(key) if isinstance(row, dict) else None
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else text_at(row, key, place)


def list_at(row: Any, key: str, place: str) -> list[Any]:
    """Return the list at `key` of an object; empty where it is missing or null.

    Raises:
        InputError: It is no object, or has something else there; names the place.
    """
    value = (row.get(key) or []) if isinstance(row, dict) else None
    if not isinstance(value, list):
        raise InputError(f"{place}: expected a list at {key!r}.")
    return value
