"""Judged sets written by commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medrag.cli.jsonlines import write_text

if TYPE_CHECKING:
    from medrag.evaluation import JudgedSet


def write_set(out: str, judged: JudgedSet) -> None:
    """Write a set as YAML, or as JSON Lines where the file's name ends so.

    Raises:
        InputError: The file cannot be written.
    """
    from medrag.evaluation.reading import dump_lines
    from medrag.evaluation.writing import yaml_set

    text = dump_lines(judged) if out.endswith(".jsonl") else yaml_set(judged)
    write_text(out, [text])
