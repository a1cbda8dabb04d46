"""What the words after `sentence-transformers:` mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar, cast, get_args
from urllib.parse import parse_qsl, urlencode

from medrag.embedders.model_usage import PoolingMode, Titles, beside, known_usage
from medrag.errors import InputError

T = TypeVar("T")

_OPTIONS = (
    "dim",
    "download",
    "passage_prompt",
    "pooling",
    "query",
    "query_prompt",
    "revision",
    "titles",
)


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A model and how to use it, as in `BAAI/bge-small-en-v1.5?dim=256`.

    What is None is as the model's own files or `model_usage.KNOWN` say.

    Attributes:
        model: A folder, or a name at the model hub.
        query: The folder or name of another encoder for questions, if the model is a pair.
        pooling: How token vectors become one, for models that do not say so themselves.
        query_prompt: Stands before a question; may be empty.
        passage_prompt: Stands before a passage; `{title}` in it is the passage's title.
        titles: "pair" for an encoder that reads a passage's title and text as two texts.
        dim: Keep the first so many numbers of each vector (Matryoshka models only).
        revision: A commit, branch or tag at the hub.
        download: Whether what is not on this machine may be fetched from the hub.
    """

    model: str
    query: str | None = None
    pooling: PoolingMode | None = None
    query_prompt: str | None = None
    passage_prompt: str | None = None
    titles: Titles | None = None
    dim: int | None = None
    revision: str | None = None
    download: bool = False

    @property
    def label(self) -> str:
        """The reference as `parse` takes it, less the leave to download."""
        options = {
            "query": self.query,
            "pooling": self.pooling,
            "query_prompt": self.query_prompt,
            "passage_prompt": self.passage_prompt,
            "titles": self.titles,
            "dim": self.dim,
            "revision": self.revision,
        }
        given = {name: value for name, value in options.items() if value is not None}
        return f"{self.model}?{urlencode(given, safe='/')}" if given else self.model

    def completed(self) -> ModelReference:
        """Return the reference with what is known of its model where nothing is given.

        Raises:
            InputError: The model is known to be for questions only.
        """
        usage = known_usage(self.model)
        if usage.passage_model is not None:
            raise InputError(
                f"{self.model}: embeds questions only. Open the pair by its encoder for "
                f"passages: {beside(self.model, usage.passage_model)}."
            )
        pair = None if usage.query_model is None else beside(self.model, usage.query_model)
        return replace(
            self,
            query=_first(self.query, pair),
            pooling=_first(self.pooling, usage.pooling),
            query_prompt=_first(self.query_prompt, usage.query_prompt),
            passage_prompt=_first(self.passage_prompt, usage.passage_prompt),
            titles=_first(self.titles, usage.titles),
        )

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
            pooling=cast("PoolingMode | None", _one_of(get_args(PoolingMode), "pooling", options)),
            query_prompt=options.get("query_prompt"),
            passage_prompt=options.get("passage_prompt"),
            titles=cast("Titles | None", _one_of(get_args(Titles), "titles", options)),
            dim=_positive(options.get("dim")),
            revision=options.get("revision"),
            download=_yes(options.get("download", "no")),
        )


def _first(given: T | None, known: T | None) -> T | None:
    return known if given is None else given


def _one_of(known: Sequence[str], name: str, options: Mapping[str, str]) -> str | None:
    value = options.get(name)
    if value is None or value in known:
        return value
    raise InputError(f"{name}={value}: expected one of {', '.join(known)}.")


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
