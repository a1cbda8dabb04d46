"""Multiple-choice questions as in MIRAGE's `benchmark.json`, and as in MedQA's JSON Lines.

MIRAGE: `{"medqa": {"0000": {"question", "options": {"A": "..."}, "answer": "A"}}, ...}`.
JSON Lines: `{"question", "options": {...} or [...], "answer_idx" or "answer"}` a line, where the
answer is a key, or the words of an option. Source: Xiong et al., ACL Findings 2024,
arXiv:2402.13178; Jin et al., Applied Sciences 11(14), 2021, arXiv:2009.13081.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from medrag.errors import InputError
from medrag.evaluation.importing.imported import Imported, read_object, text_at
from medrag.evaluation.judged_set import Case, Expected, JudgedSet
from medrag.evaluation.reading import read_text


def read(path: Path) -> Imported:
    """Return the questions of a file; those of each part of MIRAGE are tagged with its name.

    Raises:
        InputError: The file is missing, or a question lacks its words, options or answer.
    """
    rows = _lines(path) if path.suffix == ".jsonl" else _parts(path)
    cases = tuple(_case(name, part, row, f"{path}: {name}") for name, part, row in rows)
    if not cases:
        raise InputError(f"{path}: no question.")
    return Imported(JudgedSet(name=path.stem, cases=cases))


def _parts(path: Path) -> Iterator[tuple[str, str, Any]]:
    for part, questions in read_object(path).items():
        if not isinstance(questions, dict):
            raise InputError(f"{path}: {part}: expected an object of questions by id.")
        for key, row in questions.items():
            yield f"{part}-{key}", part, row


def _lines(path: Path) -> Iterator[tuple[str, str, Any]]:
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise InputError(f"{path}:{number}: not JSON.") from error
            name = row.get("id", number) if isinstance(row, dict) else number
            yield str(name), "", row


def _case(name: str, part: str, row: Any, place: str) -> Case:
    question = text_at(row, "question", place)
    choices = _choices(row.get("options"), place)
    given = row.get("answer_idx", row.get("answer"))
    by_words = {words: key for key, words in choices.items()}
    choice = given if given in choices else by_words.get(str(given))
    if choice is None:
        raise InputError(f"{place}: the answer is none of the options.")
    return Case(
        id=name,
        question=question,
        choices=choices,
        expect=Expected(choice=choice),
        tags=(part,) if part else (),
    )


def _choices(options: Any, place: str) -> dict[str, str]:
    if isinstance(options, list):
        options = dict(zip(ascii_uppercase, options, strict=False))
    if not isinstance(options, Mapping) or len(options) < 2:
        raise InputError(f"{place}: expected two options or more, by their letters.")
    return {str(key): str(words) for key, words in options.items() if str(words).strip()}
