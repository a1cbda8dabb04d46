"""Evaluation sets of others as judged sets: one file a format, one row here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from medrag.errors import InputError, UnknownNameError
from medrag.evaluation.importing import beir, llamaindex, mirage, squad
from medrag.evaluation.importing.imported import Imported

FORMATS: dict[str, Callable[[Path], Imported]] = {
    "beir": beir.read,
    "llamaindex-embedding": llamaindex.read_embedding_pairs,
    "llamaindex-rag": llamaindex.read_labelled,
    "mirage": mirage.read,
    "squad": squad.read,
}
"""Name -> what reads a file, or a folder, of that format."""


def import_set(name: str, path: Path) -> Imported:
    """Return the set in a file of the format `name`.

    Raises:
        UnknownNameError: No format has that name.
        InputError: The file is missing or not of that format; names the place.
    """
    if name not in FORMATS:
        raise UnknownNameError(name, kind="format", known=FORMATS)
    try:
        return FORMATS[name](path)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "a case"
        message = first["msg"].removeprefix("Value error, ")
        raise InputError(f"{path}: {place}: {message}. Mend the file or leave it out.") from error


__all__ = ["FORMATS", "Imported", "import_set"]
