"""Which LlamaIndex vector store holds the vectors, and how it is opened: one TOML file."""

from __future__ import annotations

import os
import re
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import Field, field_validator

from medrag.config import read_toml
from medrag.core.span import Value
from medrag.errors import BackendError, InputError

SCHEME = "llama-index://"
_PUSH, _DIM = "{push}", "{dim}"
_NAME = re.compile(r"[\w.]+:[\w.]+")
_MAKERS = ("faiss", "qdrant_client", "pymilvus", "opensearchpy", "llama_index.vector_stores")
"""Libraries whose objects a store may be given, such as its client."""


class VectorsFile(Value):
    """Where the vectors of an index lie.

    Attributes:
        folder: What each push keeps here: passages, words, editions; relative to the file.
        store: The store's class, `MODULE:CLASS`.
        arguments: What the class is given. In texts `{push}` stands for the number of the push
            and `{dim}` for the length of a vector. `{ env = "NAME" }` is the value of an
            environment variable, for keys; `{ make = "MODULE:NAME", arguments = {...} }` or
            `{ make = "MODULE:NAME", with = [...] }` an object of the store's library.
        persist: For stores in memory: the file in which a push saves them, within its folder.
    """

    folder: str
    store: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    persist: str | None = None

    @field_validator("store")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if not _NAME.fullmatch(value):
            raise ValueError("has the form MODULE:CLASS")
        return value

    @field_validator("persist")
    @classmethod
    def _is_inside(cls, value: str | None) -> str | None:
        if value is not None and (not value or Path(value).name != value):
            raise ValueError("is the name of a file, without folders")
        return value


def read_vectors_file(url: str) -> tuple[Path, VectorsFile]:
    """Return the folder that pushes keep and the settings of `llama-index://FILE.toml`.

    Raises:
        InputError: The file is missing or wrong, or two pushes would share one collection.
    """
    path = Path(url.removeprefix(SCHEME))
    settings = read_toml(path, VectorsFile, "setting of a vector store")
    if settings.persist is None and _PUSH not in repr(settings.arguments):
        raise InputError(
            f"{path}: every push needs a place of its own. Put {_PUSH} into the name of the "
            "collection or table in [arguments], or give `persist`."
        )
    return path.parent / settings.folder, settings


def open_store(
    settings: VectorsFile, place: Path, *, push: int, dim: int, is_new: bool = False
) -> Any:
    """Return the store of one push.

    Args:
        settings: Which.
        place: Folder of the push.
        push: Its number.
        dim: Length of a vector.
        is_new: It is to be filled; a store in memory is not read from its file.

    Raises:
        InputError: What is named is no LlamaIndex vector store.
        BackendError: Its library is not installed, or the store cannot be opened.
    """
    made = _named(settings.store)
    if not _is_store(made):
        raise InputError(f"{settings.store} is no LlamaIndex vector store.")
    arguments = _filled(settings.arguments, {_PUSH: str(push), _DIM: str(dim)})
    try:
        if settings.persist is not None and not is_new:
            return made.from_persist_path(str(place / settings.persist))
        return made(**arguments)
    except Exception as error:  # noqa: BLE001 - every store has its own
        raise failed(settings, "be opened", error) from None


def failed(settings: VectorsFile, what: str, error: Exception) -> BackendError:
    """Return the error for what a store did; its own words may hold addresses and keys."""
    return BackendError(
        f"The vector store {settings.store} could not {what} ({type(error).__name__}). "
        "Look whether its server runs, and at [arguments]."
    )


def _is_store(made: Any) -> bool:
    from llama_index.core.vector_stores.types import BasePydanticVectorStore

    return isinstance(made, type) and issubclass(made, BasePydanticVectorStore)


def _filled(value: Any, names: dict[str, str]) -> Any:
    """Return a value of the file with its names filled in and its objects made."""
    if isinstance(value, str):
        if value == _DIM:
            return int(names[_DIM])
        for name, meant in names.items():
            value = value.replace(name, meant)
        return value
    if isinstance(value, list):
        return [_filled(item, names) for item in value]
    return _filled_table(value, names) if isinstance(value, dict) else value


def _filled_table(value: dict[str, Any], names: dict[str, str]) -> Any:
    if set(value) == {"env"}:
        if (found := os.environ.get(value["env"])) is None:
            raise InputError(f"The environment variable {value['env']} is not set.")
        return found
    if "make" in value:
        return _made(value, names)
    return {key: _filled(item, names) for key, item in value.items()}


def _made(value: dict[str, Any], names: dict[str, str]) -> Any:
    module = str(value["make"]).partition(":")[0]
    if not any(module == maker or module.startswith(f"{maker}.") for maker in _MAKERS):
        raise InputError(f"make = {value['make']!r}: known are objects of {', '.join(_MAKERS)}.")
    given = _filled(value.get("with", []), names)
    return _named(value["make"])(*given, **_filled(value.get("arguments", {}), names))


def _named(name: str) -> Any:
    module, _, attributes = name.partition(":")
    try:
        found: Any = import_module(module)
        for attribute in attributes.split("."):
            found = getattr(found, attribute)
    except ModuleNotFoundError as error:
        package = str(error.name).replace("_", "-").replace(".", "-")
        raise BackendError(
            f"{error.name!r} is not installed. Run: pip install {package}"
        ) from error
    except AttributeError as error:
        raise InputError(f"{module} has no {attributes!r}.") from error
    return found
