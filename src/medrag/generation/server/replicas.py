"""One model behind several servers, as one answerer.

The replica that has least to do is asked. Where it cannot be reached, breaks off or is busy before
it has said anything, another is asked; once a token came, what came is what there is, because
another replica would say it in other words. How a reply is constrained is found out of each server.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from pydantic import Field

from medrag.config import read_toml
from medrag.core.prompt import GREEDY, Completion, Decoding, Dialect, Prompt
from medrag.core.protocols import Cancelled, Constraint, Embedder
from medrag.core.span import Value
from medrag.errors import BackendError, OverloadedError
from medrag.generation.one_by_one import complete_at_once
from medrag.generation.server.address import Connection
from medrag.generation.server.llm import ServerLLM
from medrag.generation.server.pool import Load, Pool, Replica
from medrag.generation.server.refusal import ServerError

_FILE = "replicas:"


class Replicas(Value):
    """Several servers of one model; a TOML file, or URLs with commas between them.

    Attributes:
        urls: Of the servers; `#name` at the end of each, or of the last for all, names the model.
        each: The most replies that one is asked for at the same time [1, 1024]. Default 8.
        waiting: The most requests that wait for a server [0, 10000]; more are refused at once.
            Default 32.
        wait_s: The longest wait for a server, in seconds (0, 600]. Default 10.
        check_s: How often each is asked whether it is well, in seconds (0, 600]. Default 5.
    """

    urls: tuple[str, ...] = Field(min_length=1, max_length=256)
    each: int = Field(default=8, ge=1, le=1024)
    waiting: int = Field(default=32, ge=0, le=10_000)
    wait_s: float = Field(default=10.0, gt=0, le=600)
    check_s: float = Field(default=5.0, gt=0, le=600)

    @classmethod
    def named(cls, name: str) -> Replicas:
        """Return what `replicas:FILE.toml` or `URL,URL#model` names.

        Raises:
            ConfigError: The file is missing or wrong.
        """
        if name.startswith(_FILE):
            return read_toml(Path(name.removeprefix(_FILE)), cls, "setting of replicas")
        *first, last = [part.strip() for part in name.split(",") if part.strip()]
        model = last.partition("#")[2]
        whole = [url if "#" in url or not model else f"{url}#{model}" for url in first]
        return cls(urls=(*whole, last))


class ReplicatedLLM:
    """Answers with whichever replica has least to do; see `core.protocols.LLM`.

    Args:
        replicas: The servers and how many requests they take.
        connection: How they are reached; the default has the token that the environment names.

    Attributes:
        name: The model's; all replicas have it.
        context_tokens: The least of those that answered at the start.
        notice: Terms that must be shown with this model's answers, or None.

    Raises:
        InputError: A URL cannot be used, or the servers have different models.
        BackendError: None of them can be reached.
    """

    def __init__(self, replicas: Replicas, *, connection: Connection | None = None) -> None:
        # Another replica is a better second try than the same one.
        how = replace(connection or Connection.of_environment(), retries=0)
        self._dialect: Dialect | None = None
        opening = (partial(ServerLLM, url, connection=how) for url in replicas.urls)
        self._pool = Pool(
            [Replica(number, connect) for number, connect in enumerate(opening)],
            each=replicas.each,
            waiting=replicas.waiting,
            wait_s=replicas.wait_s,
            check_s=replicas.check_s,
        )
        self._close = weakref.finalize(self, self._pool.close)
        first = self._pool.open()
        self._places = replicas.each * len(replicas.urls)
        self.name, self.notice = first.name, first.notice
        self.context_tokens = first.context_tokens

    def close(self) -> None:
        """Give up the connections; nothing can be asked afterwards."""
        self._close()

    def loads(self) -> list[Load]:
        """Return what each replica has to do, in the order given."""
        return self._pool.loads()

    def count_tokens(self, text: str) -> int:
        """Return the tokens of `text` by a replica's own tokenizer, or an upper estimate."""
        return _llm(self._pool.well()).count_tokens(text)

    def dialect(self) -> Dialect | None:
        """Return the best dialect that a replica was seen to obey."""
        if self._dialect is None:
            try:
                self._dialect = _llm(self._pool.well()).dialect()
            except BackendError:
                return None
        return self._dialect

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Completion:
        """Return one reply.

        Raises:
            InputError: The prompt does not fit the context.
            OverloadedError: All replicas are busy, and so are the places to wait.
            BackendError: No replica answers.
        """
        pieces = self.stream(prompt, constraint=constraint, decoding=decoding, cancelled=cancelled)
        *_, last = pieces
        if not isinstance(last, Completion):
            raise TypeError("a stream ends with its completion")
        return last

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield the reply piece by piece, then its completion.

        Raises:
            InputError, BackendError: As `complete`.
        """
        failed: frozenset[int] = frozenset()
        while True:
            with self._taken(failed, cancelled) as replica:
                pieces = _llm(replica).stream(
                    prompt, constraint=constraint, decoding=decoding, cancelled=cancelled
                )
                try:
                    first = next(pieces)
                except ServerError as error:
                    self._give_up(replica, error, failed)
                    failed |= {replica.number}
                    continue
                yield first
                yield from pieces  # closing this closes them, and the server stops
                return

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, in order, spread over the replicas.

        Raises:
            InputError, BackendError: As `complete`, for the first prompt that fails; the others
                are given up.
        """
        return complete_at_once(
            self,
            prompts,
            constraints=constraints,
            decoding=decoding,
            cancelled=cancelled,
            places=self._places,
        )

    @contextmanager
    def _taken(self, without: frozenset[int], cancelled: Cancelled | None) -> Iterator[Replica]:
        replica = self._pool.take(without, cancelled)
        try:
            yield replica
        finally:
            self._pool.free(replica)

    def _give_up(self, replica: Replica, error: ServerError, failed: frozenset[int]) -> None:
        """Note that a replica failed before it said anything.

        Raises:
            OverloadedError: All are busy.
            ServerError: Another would not answer either, or there is none.
        """
        if error.is_down:
            self._pool.failed(replica, str(error))
        others = [
            number
            for number, load in enumerate(self._pool.loads())
            if load.down is None and number != replica.number and number not in failed
        ]
        if error.may_ask_another and others:
            return
        if error.status in {429, 503}:
            raise OverloadedError("All servers of the model are busy. Ask again later.") from error
        raise error


def _llm(replica: Replica) -> ServerLLM:
    if replica.llm is None:  # only what was opened is handed out
        raise BackendError("A server of the model was not opened.")
    return replica.llm


def open_replicas(name: str, *, embedder: Embedder | None = None) -> ReplicatedLLM:  # noqa: ARG001
    """Return the model of the servers that `name` names; see `Replicas.named`."""
    return ReplicatedLLM(Replicas.named(name))
