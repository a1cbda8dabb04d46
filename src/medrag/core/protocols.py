"""The seams of the house: what each plug-in promises, in prose with numbers.

One contract suite in `tests/contracts` runs over every registered implementation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias, runtime_checkable

from medrag.core.prompt import GREEDY

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from medrag.core.document import Document
    from medrag.core.prompt import Completion, Decoding, Dialect, Prompt
    from medrag.core.query import Filters, Hit, Query
    from medrag.core.understanding import Added

    Vectors = NDArray[np.float32]
    Rows = NDArray[np.int64]
    Mask = NDArray[np.bool_]

Progress = Callable[[int], None]
"""Called with the number of items done since the last call."""
Allowed: TypeAlias = Any
"""What `PassageIndex.select` gave; only the index that gave it knows what it is."""
Cancelled = Callable[[], bool]
"""Asked now and then, from any thread: whether to stop now."""


class Loader(Protocol):
    """Reads the documents of one file format.

    Attributes:
        version: Grows by one whenever the same bytes give another text; an index re-reads then.
    """

    version: int

    def load(self, path: Path) -> Iterator[Document]:
        """Yield the documents in `path`, in file order.

        What the file itself says about its origin goes into `Document.source`; sidecars are
        laid over it by `medrag.documents`, not by a loader.

        Raises:
            CorpusError: The file is damaged, encrypted, empty or holds no text.
            PartlyReadError: After the last document, where parts of the file are not read.
        """
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into unit vectors whose inner product is their similarity.

    Attributes:
        name: As registered, or the path or hub name it was made from.
        digest: Hex SHA-256 over weights, tokenizer, pooling and prompts; two embedders with
            one digest give the same vectors up to the stated tolerance. An index refuses a
            query from another digest.
        dim: Length of a vector.
        max_tokens: Longest input, special tokens included; longer input is cut, so passages
            are chunked to fit.
    """

    name: str
    digest: str
    dim: int
    max_tokens: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the number of tokens of each text, special tokens included, uncut."""
        ...

    def embed_passages(self, texts: Sequence[str], *, progress: Progress | None = None) -> Vectors:
        """Return float32 of shape (len(texts), dim), rows of L2 norm 1, in input order.

        The same text gives the same row alone or in any batch (absolute tolerance 2e-2 for
        quantised backends, 1e-4 otherwise). An empty list gives shape (0, dim).
        """
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """Return vectors as `embed_passages` does, for texts that ask rather than state."""
        ...


class VectorIndex(Protocol):
    """Finds the nearest of many vectors.

    Scores are inner products of unit vectors, so cosine similarity in [-1, 1]; higher is
    better. A backend that thinks in distances converts before it answers.
    """

    def __len__(self) -> int: ...

    def search(
        self, queries: Vectors, k: int, *, allowed: Mask | None = None
    ) -> tuple[Vectors, Rows]:
        """Return scores and row numbers, each of shape (len(queries), k'), best first.

        `allowed` has shape (len(self),); rows that are False cannot be found. k' is the
        smaller of k and the number of allowed rows: an index never pads, and a filter never
        costs a hit.
        """
        ...


class LexicalIndex(Protocol):
    """Finds passages by their words, scored by BM25.

    A score is the share of the most that a passage could reach for the question: above 0, below 1
    but for words that stand for nothing asked, and comparable between questions.
    """

    def __len__(self) -> int: ...

    def search(
        self, text: str, k: int, *, allowed: Mask | None = None, added: Sequence[Added] = ()
    ) -> list[tuple[int, float]]:
        """Return at most k pairs (row, score), best first; ties go to the smaller row.

        Any text is a legal query: it is words, never query syntax. Rows without a shared
        word are not returned. Words in `added` count with their weight, together never more
        than the words that they stand for.
        """
        ...


class PassageIndex(Protocol):
    """What retrieval needs of an opened index."""

    @property
    def quick(self) -> bool:
        """Whether `lexical` takes less time than a thread takes to start.

        False of an index on a server, and of many passages.
        """
        ...

    def __len__(self) -> int: ...

    def select(self, filters: Filters) -> Allowed | None:
        """Return which rows may answer, to be handed on to `dense` and `lexical`; None: all."""
        ...

    def dense(
        self, queries: Vectors, k: int, *, allowed: Allowed | None = None
    ) -> tuple[Vectors, Rows]:
        """Return what `VectorIndex.search` does, over all passages of the index."""
        ...

    def lexical(
        self, text: str, k: int, *, allowed: Allowed | None = None, added: Sequence[Added] = ()
    ) -> list[tuple[int, float]]:
        """Return what `LexicalIndex.search` does, over all passages of the index."""
        ...

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the stored vectors of rows, shape (len(rows), dim), in the order given."""
        ...

    def terms(self, text: str) -> list[str]:
        """Return the words of `text` as the lexical search compares them, in text order."""
        ...

    def frequencies(self, words: Sequence[str]) -> list[int]:
        """Return in how many passages each of `words`, as `terms` gives them, stands; an estimate.

        It is 0 only where no passage holds the word.
        """
        ...

    def hits(
        self,
        ranked: Sequence[tuple[int, float]],
        *,
        retriever: str,
        as_of: date | None = None,
    ) -> list[Hit]:
        """Return the passages of (row, score) pairs as hits, ranked from 1 in the order given.

        `Hit.in_force` is what it is on the day `as_of`, today (UTC) where None: pass the
        query's own day.
        """
        ...


class Retriever(Protocol):
    """Answers a query with passages."""

    def retrieve(self, query: Query, k: int) -> list[Hit]:
        """Return at most k hits, best first, ranks from 1; no passage twice."""
        ...


@runtime_checkable
class Reranker(Protocol):
    """Reads question and passage together and says again how well each hit answers.

    Attributes:
        name: What judges, with its path or revision; the `retriever` of the hits that it ranked.
    """

    name: str

    def rerank(self, question: str, hits: Sequence[Hit]) -> list[float]:
        """Return one score in [0, 1] for each hit, in input order; higher answers better.

        Equal scores mean that the order given stays. The same question and hits give the same
        scores. An empty list gives an empty list.

        Raises:
            BackendError: The model failed.
        """
        ...


class Constraint(Protocol):
    """What a reply may say, in every dialect that decoders read; all say the same language."""

    def lark(self) -> str:
        """Return the grammar in llguidance's Lark; it never holds `::=`."""
        ...

    def gbnf(self) -> str:
        """Return the grammar in GBNF, as llama.cpp, xgrammar and SGLang read it."""
        ...

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON schema; servers may put white space between its tokens."""
        ...

    def admits(self, text: str, *, cut: bool = False) -> bool:
        """Return whether a reply says only what this allows; where `cut`, as far as it goes.

        White space between the tokens of JSON counts for nothing. For a server that was seen to
        obey a constraint once and may not have obeyed this one.
        """
        ...

    def after_thinking(self) -> Constraint:
        """Return the same, where a MedGemma thinking block may stand before it.

        For a server that can be asked only once. A JSON schema cannot say this: it stays as it
        is there. The block's length is bounded by the tokens of the reply only.
        """
        ...


@runtime_checkable
class LLM(Protocol):
    """Answers a prompt in the answer contract (`medrag.generation.contract`).

    A prompt has exactly one user message, at the end; the backend puts it into its model's
    chat template. With a `constraint` the backend makes its decoder obey it where it can, and
    says so in `Completion.constrained` and `Completion.dialect`; where it cannot, the reply is
    free. Where the deadline of `decoding` passes, or `cancelled` says so, decoding stops between
    two tokens and what was said so far comes back with that finish reason.

    Attributes:
        name: What answers, with its revision; recorded in every answer.
        context_tokens: The most tokens of prompt and reply together.
    """

    name: str
    context_tokens: int

    def count_tokens(self, text: str) -> int:
        """Return the number of tokens of `text` for this model; never too few."""
        ...

    def dialect(self) -> Dialect | None:
        """Return what it reads constraints in; None where replies are free.

        The first call may ask a server; it never raises, and the answer never changes.
        """
        ...

    def complete(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Completion:
        """Return one reply; the same arguments give the same reply.

        Raises:
            InputError: Prompt and `decoding.reply_tokens` do not fit `context_tokens`.
            BackendError: The model or its server failed, or the deadline passed before there
                was any reply.
        """
        ...

    def stream(
        self,
        prompt: Prompt,
        *,
        constraint: Constraint | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> Iterator[str | Completion]:
        """Yield pieces of the reply as they come, thinking left out; last the completion.

        The pieces joined are the completion's text, which is what `complete` returns for the
        same arguments. Closing the iterator stops the decoding.

        Raises:
            InputError, BackendError: As `complete`; at the first step, or in the middle.
        """
        ...

    def complete_many(
        self,
        prompts: Sequence[Prompt],
        *,
        constraints: Sequence[Constraint | None] | None = None,
        decoding: Decoding = GREEDY,
        cancelled: Cancelled | None = None,
    ) -> list[Completion]:
        """Return the reply to each prompt, in order: what `complete` would say to each.

        `constraints` has one entry a prompt; None constrains none of them. The deadline of
        `decoding` is that of each reply.

        Raises:
            InputError, BackendError: As `complete`, for the first prompt that fails.
        """
        ...


class Judgement(NamedTuple):
    """How far a text supports a claim, and how far it contradicts it.

    Both in [0, 1], their sum at most 1; the rest is "neither".
    """

    supports: float
    contradicts: float


@runtime_checkable
class Entailment(Protocol):
    """Judges whether claims follow from their quotations: a second reader beside the gate.

    It may find more, and never less: nothing that it says makes a quotation verified or a
    finding of the deterministic comparison go away.

    Attributes:
        name: What judges, with its path or revision; named in its findings.
    """

    name: str

    def judge(self, pairs: Sequence[tuple[str, str]]) -> list[Judgement]:
        """Return one judgement for each (quotation, claim), in input order.

        The same pair is judged alike alone or in any batch (absolute tolerance 2e-2). An
        empty list gives an empty list.

        Raises:
            BackendError: The model failed.
        """
        ...
