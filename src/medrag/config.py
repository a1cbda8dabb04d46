"""Every setting of medrag in one frozen value, read from TOML."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Literal, TypeVar

from pydantic import Field, ValidationError

from medrag.core.query import RetrievalSettings
from medrag.core.scope import Locality
from medrag.core.span import Value
from medrag.errors import ConfigError, nearest_name

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_V = TypeVar("_V", bound=Value)

SELECTION = "extractive"
"""The answerer that has no model: it selects statements of the passages."""


class Settings(Value):
    """What an index and an answer depend on, besides documents and models.

    Stages receive the values they need, never this object. Every answer records `digest`.

    Attributes:
        embedder: Registry name, hub name or path of the embedder. Default `minilm`.
        passage_tokens: Longest passage, in the embedder's own tokens, special ones included
            [32, 8192]. Default 256: the length MiniLM was trained for.
        retrieve: Passages retrieved for one question [1, 100]. Default 10.
        candidates: Hits taken from each retriever before fusion [1, 1000]. Default 100.
        llm: Registry name, URL or path of the answerer. Default `extractive`.
        answer_tokens: Longest reply, in the model's tokens [64, 8192]. Default 1024.
        max_claims: Most claims of one answer [1, 20]. Default 4.
        quoting: How a model quotes: `quote` copies whole sentences, `pointer` names them by id,
            `words` copies any run of words; `auto` points where the decoder reads JSON schema
            only, and quotes otherwise. Default `auto`.
        think_tokens: Longest thinking before a reply, in the model's tokens [0, 8192]; 0 is
            none. Default 0.
        temperature: Of the sampling [0, 2]; 0 is greedy. Default 0.
        seed: Of the sampling. Default 0.
        reply_timeout_s: Longest time for one reply, in seconds (0, 3600]. Default 900.
        second_reader: Folder, or hub name in the local cache, of a cross-encoder for inference
            that reads every claim against its quotations again; it can only add findings.
            Default None: there is no second reader.
        policy: TOML file of what the institution decided about the checker. Default None.
        deidentify: Whether identifiers are taken out of question and patient facts before
            anything else sees them. Default true.
        scope: Whether emergencies and what is out of scope are stopped before retrieval.
            Default true.
        locality: How somebody is told to get help.
        retrieval: How questions are understood and passages ranked.
    """

    embedder: str = "minilm"
    passage_tokens: int = Field(default=256, ge=32, le=8192)
    retrieve: int = Field(default=10, ge=1, le=100)
    candidates: int = Field(default=100, ge=1, le=1000)
    llm: str = SELECTION
    answer_tokens: int = Field(default=1024, ge=64, le=8192)
    max_claims: int = Field(default=4, ge=1, le=20)
    quoting: Literal["auto", "quote", "pointer", "words"] = "auto"
    think_tokens: int = Field(default=0, ge=0, le=8192)
    temperature: float = Field(default=0.0, ge=0, le=2)
    seed: int = 0
    reply_timeout_s: float = Field(default=900.0, gt=0, le=3600)
    second_reader: str | None = None
    policy: str | None = None
    deidentify: bool = True
    scope: bool = True
    locality: Locality = Field(default_factory=Locality)
    retrieval: RetrievalSettings = Field(default_factory=RetrievalSettings)

    @property
    def digest(self) -> str:
        """The first 12 hex digits of the SHA-256 of all settings."""
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Return the settings of the TOML file at `path`; what it leaves out has its default.

        Raises:
            ConfigError: As `read_toml`.
        """
        return read_toml(path, cls, "setting")


def read_toml(
    path: Path, kind: type[_V], noun: str, given: Mapping[str, object] = MappingProxyType({})
) -> _V:
    """Return the value that a TOML file holds.

    Args:
        path: The file.
        kind: Of which value; a key that it does not have is an error.
        noun: What one key is called (`setting`).
        given: What counts more than the file, which need not hold it: options of a command.

    Raises:
        ConfigError: The file is missing or not TOML, a key is unknown (the near miss is
            named), or a value is out of range.
    """
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file. Give the path of a TOML file.") from error
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ConfigError(f"{path}: not TOML ({error}).") from error
    for key in fields:
        if key not in kind.model_fields:
            raise ConfigError(f"{path}: {nearest_name(key, kind.model_fields, noun)}")
    try:
        return kind.model_validate({**fields, **given})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{path}: {place}: {first['msg']}.") from error
