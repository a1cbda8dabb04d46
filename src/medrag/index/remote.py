"""Shards behind addresses: a front's line to each, and the place `shards://` that opens them."""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from pydantic import BaseModel, Field, ValidationError

from medrag.config import read_toml
from medrag.core.document import Document, Passage
from medrag.core.query import Filters, Hit
from medrag.core.span import Value
from medrag.core.understanding import Added
from medrag.errors import BackendError, InputError, NotFoundError
from medrag.index import shard_wire as wire
from medrag.index.line import Line
from medrag.index.manifest import Manifest
from medrag.index.shard import ListedSource, ShardFacts, ShardFailedError
from medrag.index.sharded import ShardedStore
from medrag.index.vectors import Rows, Vectors

_log = logging.getLogger(__name__)
_V = TypeVar("_V", bound=BaseModel)
_SCHEME = "shards://"
_REASONS = {
    401: "refuses the front's token",
    403: "refuses the front's token",
    404: "is no shard",
    409: "holds another split of the index",
    429: "is busy",
    503: "has no index open",
}
_LOOPBACK = ("localhost", "127.", "::1")


class ShardsFile(Value):
    """Where the shards of one split are; a TOML file.

    Attributes:
        urls: Of the services of the shards, in the order of their numbers.
        token_file: File with the token of a client that they let in; the token itself stands in
            no settings. Else `MEDRAG_SHARDS_TOKEN_FILE` or `MEDRAG_SHARDS_TOKEN`.
        ca_file: Certificates (PEM) to trust instead of the system's.
        limit_s: The longest time for one question to one shard, in seconds (0, 60]. Default 2.
    """

    urls: tuple[str, ...] = Field(min_length=1, max_length=1024)
    token_file: str | None = None
    ca_file: str | None = None
    limit_s: float = Field(default=2.0, gt=0, le=60)

    def token(self) -> str | None:
        """Return the token, or None where there is none.

        Raises:
            InputError: Its file cannot be read.
        """
        path = self.token_file or os.environ.get("MEDRAG_SHARDS_TOKEN_FILE")
        if path is None:
            return os.environ.get("MEDRAG_SHARDS_TOKEN")
        try:
            return Path(path).read_text(encoding="utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"The shards' token file {path} cannot be read.") from error


class ShardsKind:
    """The places `shards://URL,URL,...` and `shards://FILE.toml`."""

    @staticmethod
    def open(url: str) -> ShardedStore:
        """Return the shards as the index that was split.

        Raises:
            InputError: A URL or the file cannot be used.
            IndexStateError: They are not the shards of one split, in their order.
            BackendError: None of them can be reached.
        """
        place = places_of(url)
        return ShardedStore(_shards(place), limit_s=place.limit_s)

    @staticmethod
    def newest(url: str) -> Manifest:
        """Return the manifest of the index that was split, of the first shard that answers.

        Raises:
            InputError, BackendError: As `open`.
        """
        found = [_facts_or_reason(shard) for shard in _shards(places_of(url))]
        for facts in found:
            if isinstance(facts, ShardFacts):
                return facts.manifest
        raise BackendError(f"No shard of the index answers ({'; '.join(map(str, found))}).")

    @staticmethod
    def verify(url: str) -> list[str]:
        """Refuse: every shard compares its own bytes when it starts.

        Raises:
            InputError: Always.
        """
        del url
        raise InputError(
            "Shards are verified where they lie: medrag index verify --index SHARD, one by one."
        )


def places_of(url: str) -> ShardsFile:
    """Return where the shards are that a place names.

    Raises:
        InputError: It names none.
    """
    named = url.removeprefix(_SCHEME)
    if named.endswith(".toml"):
        return read_toml(Path(named), ShardsFile, "setting of shards")
    urls = tuple(part.strip() for part in named.split(",") if part.strip())
    if not urls:
        raise InputError("Name the shards: shards://http://HOST:PORT,http://HOST:PORT.")
    return ShardsFile(urls=urls)


def _shards(place: ShardsFile) -> list[RemoteShard]:
    token, trust = place.token(), _trust(place)
    return [
        RemoteShard(url, number, token=token, trust=trust, limit_s=place.limit_s)
        for number, url in enumerate(place.urls)
    ]


def _facts_or_reason(shard: RemoteShard) -> ShardFacts | str:
    try:
        return shard.facts()
    except ShardFailedError as error:
        return f"shard {shard.number + 1} {error.reason}"
    finally:
        shard.close()


class RemoteShard:
    """A shard that a `medrag serve` answers for; see `shard.Shard`. Safe to share between threads.

    Args:
        url: Of the service.
        number: Its place in the split, from 0.
        token: Of a client that the service lets in.
        trust: Certificates that count.
        limit_s: The longest wait for a byte, in seconds.

    Raises:
        InputError: The URL cannot be used.
    """

    def __init__(
        self,
        url: str,
        number: int,
        *,
        token: str | None = None,
        trust: ssl.SSLContext | None = None,
        limit_s: float = 2.0,
    ) -> None:
        self.number = number
        self._split = ""
        token_line = {"Authorization": f"Bearer {token}"} if token else {}
        self._line = Line(
            _place_of(url, is_secret=token is not None),
            headers={"Content-Type": "application/json", **token_line},
            trust=trust,
            limit_s=limit_s,
        )

    def close(self) -> None:
        """Give up the line."""
        self._line.close()

    def facts(self) -> ShardFacts:
        """Return what it says of itself."""
        return self._read(self._sent("GET", "facts", None), ShardFacts)

    def dense(self, queries: Vectors, k: int, filters: Filters) -> tuple[Vectors, Rows]:
        """Return the nearest passages."""
        asked = wire.DenseQuestion(
            **self._meant(), queries=wire.packed(queries, "<f4"), k=k, filters=filters
        )
        found = self._ask("dense", asked, wire.Ranked)
        return found.scores.floats(), found.passages.numbers()

    def lexical(
        self, text: str, k: int, filters: Filters, added: Sequence[Added]
    ) -> list[tuple[int, float]]:
        """Return the best passages by BM25 with the whole index's statistics."""
        asked = wire.LexicalQuestion(
            **self._meant(), text=text, k=k, filters=filters, added=tuple(added)
        )
        found = self._ask("lexical", asked, wire.Ranked)
        scores = found.scores.array().tolist()
        return list(zip(found.passages.numbers().tolist(), scores, strict=True))

    def vectors(self, numbers: Rows) -> Vectors:
        """Return the stored vectors of passages, in the order given."""
        asked = wire.VectorsQuestion(**self._meant(), passages=wire.packed(numbers, "<i8"))
        return self._ask("vectors", asked, wire.Packed).floats()

    def hits(self, numbers: Rows, as_of: date) -> list[Hit]:
        """Return passages as hits without rank and score, in the order given."""
        asked = wire.HitsQuestion(
            **self._meant(), passages=wire.packed(numbers, "<i8"), as_of=as_of
        )
        return list(self._ask("hits", asked, wire.Hits).hits)

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages of the whole index each word stands."""
        asked = wire.WordsQuestion(**self._meant(), words=tuple(words))
        return list(self._ask("frequencies", asked, wire.Counts).counts)

    def count(self, filters: Filters) -> int:
        """Return how many of its passages pass."""
        asked = wire.CountQuestion(**self._meant(), filters=filters)
        return self._ask("count", asked, wire.Counts).counts[0]

    def document(self, document_id: str) -> Document:
        """Return a document.

        Raises:
            NotFoundError: It holds none of that id.
        """
        asked = wire.DocumentQuestion(**self._meant(), document_id=document_id)
        return self._ask("document", asked, Document)

    def passages_of(self, document_id: str) -> list[Passage]:
        """Return a document's passages.

        Raises:
            NotFoundError: It holds none of that id.
        """
        asked = wire.DocumentQuestion(**self._meant(), document_id=document_id)
        return list(self._ask("passages", asked, wire.Passages).passages)

    def sources(self) -> list[ListedSource]:
        """Return its documents, without their texts."""
        listed = self._ask("sources", wire.Question(**self._meant()), wire.Listing)
        return [
            ListedSource(one.number, one.id, one.source, one.passages) for one in listed.sources
        ]

    def superseded(self, as_of: date) -> dict[str, tuple[str, ...]]:
        """Return the keys of its sources that are replaced, by whatever shard."""
        return self._keys(as_of).superseded

    def keys_in_force(self, as_of: date) -> set[str]:
        """Return the keys of its sources that are in force on the day."""
        return set(self._keys(as_of).in_force)

    def _keys(self, as_of: date) -> wire.Keys:
        return self._ask("keys", wire.DayQuestion(**self._meant(), as_of=as_of), wire.Keys)

    def expect(self, split: str) -> None:
        """Ask for shards of this split only."""
        self._split = split

    def _meant(self) -> dict[str, object]:
        return {"split": self._split, "number": self.number}

    def _ask(self, what: str, question: wire.Question, kind: type[_V]) -> _V:
        return self._read(self._sent("POST", what, question.model_dump_json().encode()), kind)

    def _sent(self, method: str, what: str, body: bytes | None) -> bytes:
        reply = self._line.send(method, f"/v1/shard/{what}", body)
        if reply.status == 200:
            return reply.content
        if reply.status == 404 and what in {"document", "passages"}:
            raise NotFoundError("The index holds no document of that id.")
        reason = _REASONS.get(reply.status, f"failed (HTTP {reply.status})")
        raise ShardFailedError(reason, is_down=reply.status != 429)

    def _read(self, content: bytes, kind: type[_V]) -> _V:
        try:
            return kind.model_validate_json(content)
        except ValidationError as error:
            raise ShardFailedError("answered what no shard answers", is_down=True) from error


def _place_of(url: str, *, is_secret: bool) -> SplitResult:
    """Return the parts of a service's URL.

    Raises:
        InputError: It is no such URL, or holds a user or a query.
    """
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise InputError("A shard's URL cannot be read. Give http://HOST:PORT.") from error
    plain = not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in {"http", "https"} or not host or not plain:
        raise InputError(
            "A shard's URL must be like http://HOST:PORT, without a user or a query. The token is "
            "given in a file: token_file, or MEDRAG_SHARDS_TOKEN_FILE."
        )
    if is_secret and parts.scheme == "http" and not host.startswith(_LOOPBACK):
        _log.warning("%s: the token of the shards travels unencrypted. Use https.", parts.netloc)
    return parts


def _trust(place: ShardsFile) -> ssl.SSLContext | None:
    if not any(url.startswith("https:") for url in place.urls):
        return None  # nothing to trust, and loading certificates takes a twentieth second
    try:
        return ssl.create_default_context(cafile=place.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"{place.ca_file} holds no certificates. Give a PEM file.") from error
