"""What the words after `sentence-transformers:` mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args
from urllib.parse import parse_qsl, urlencode

from medrag.errors import InputError

PoolingMode = Literal["mean", "cls", "max"]

_OPTIONS = ("dim", "download", "pooling", "query", "revision")


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A model and how to use it, as in `BAAI/bge-small-en-v1.5?dim=256`.

    Attributes:
        model: A folder, or a name at the model hub.
        query: The folder or name of another encoder for questions, if the model is a pair.
        pooling: How token vectors become one, for models that do not say so themselves.
        dim: Keep the first so many numbers of each vector (Matryoshka models only).
        revision: A commit, branch or tag at the hub.
        download: Whether what is not on this machine may be fetched from the hub.
    """

    model: str
    query: str | None = None
    pooling: PoolingMode | None = None
    dim: int | None = None
    revision: str | None = None
    download: bool = False

    @property
    def label(self) -> str:
        """The reference as `parse` takes it, less the leave to download."""
        options = {
            "query": self.query,
            "pooling": self.pooling,
            "dim": self.dim,
            "revision": self.revision,
        }
        given = {name: value for name, value in options.items() if value is not None}
        return f"{self.model}?{urlencode(given, safe='/')}" if given else self.model

    @classmethod
    def parse(cls, text: str) -> ModelReference:
        """Return the reference that `text` spells.

        Raises:
            InputError: No model is named, an option is unknown or its value is out of range.
        """
        model, _, tail = text.partition("?")
        options = dict(parse_qsl(tail, keep_blank_values=True))
        if not model:
            raise InputError(
                "sentence-transformers: needs a model. Write sentence-transformers:NAME, with "
                "a folder or a hub name such as BAAI/bge-small-en-v1.5."
            )
        for name in options:
            if name not in _OPTIONS:
                raise InputError(f"{text}: unknown option {name!r}. Known: {', '.join(_OPTIONS)}.")
        return cls(
            model=model,
            query=options.get("query"),
            pooling=_pooling(options.get("pooling")),
            dim=_positive(options.get("dim")),
            revision=options.get("revision"),
            download=_yes(options.get("download", "no")),
        )


def _pooling(value: str | None) -> PoolingMode | None:
    if value is None or value in get_args(PoolingMode):
        return cast("PoolingMode | None", value)
    raise InputError(f"pooling={value}: expected one of {', '.join(get_args(PoolingMode))}.")


def _positive(value: str | None) -> int | None:
    if value is None:
        return None
    if not value.isdecimal() or int(value) == 0:
        raise InputError(f"dim={value}: expected a whole number above 0.")
    return int(value)


def _yes(value: str) -> bool:
    if value not in ("yes", "no"):
        raise InputError(f"download={value}: expected yes or no.")
    return value == "yes"


def hashed_files(folder: Path) -> list[Path]:
    """Return the files of a model folder that decide its vectors, sorted by relative path.

    Weights (`*.safetensors`, else `*.bin`), tokenizer and configuration; neither a README nor
    copies of the weights for other runtimes.
    """
    chosen = []
    for path in folder.rglob("*"):
        parts = path.relative_to(folder).parts
        other_runtime = {"onnx", "openvino"} & set(parts)
        hidden = any(part.startswith(".") for part in parts)
        if path.is_file() and not other_runtime and not hidden and _decides(path):
            chosen.append(path)
    return sorted(chosen, key=lambda path: path.relative_to(folder).as_posix())


def _decides(path: Path) -> bool:
    if path.suffix == ".bin":
        return not any(path.parent.glob("*.safetensors"))
    return path.suffix in {".safetensors", ".json", ".txt", ".model"}
