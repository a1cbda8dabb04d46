"""What a front and a shard say to each other: JSON, arrays of numbers in base64.

Every question names the split and the shard that it is meant for, so that a shard of another
split, or of another place in it, refuses instead of mixing in.
"""

from __future__ import annotations

import base64
import binascii
import math
from datetime import date
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field, model_validator

from medrag.core.document import Passage, Source
from medrag.core.query import Filters, Hit
from medrag.core.span import Value, WholeText
from medrag.core.understanding import Added

Number = Annotated[int, Field(ge=0, lt=1 << 62)]
Kind = Literal["<f2", "<f4", "<f8", "<i8"]
Depth = Annotated[int, Field(ge=0, le=100_000)]


class Packed(Value):
    """An array of numbers, row by row.

    Attributes:
        dtype: Of floating point in two, four or eight bytes, or whole numbers; little-endian.
        data: The numbers in base64.
    """

    shape: tuple[Number, ...] = Field(max_length=3)
    dtype: Kind
    data: str

    @model_validator(mode="after")
    def _fits(self) -> Packed:
        try:
            size = len(base64.b64decode(self.data, validate=True))
        except binascii.Error as error:
            raise ValueError("the data are not base64") from error
        wanted = math.prod(self.shape) * np.dtype(self.dtype).itemsize
        if wanted != size:
            raise ValueError(f"the shape {self.shape} needs {wanted} bytes, found {size}")
        return self

    def floats(self) -> NDArray[np.float32]:
        """Return the numbers in single precision."""
        return self.array().astype(np.float32)

    def numbers(self) -> NDArray[np.int64]:
        """Return whole numbers."""
        return self.array().astype(np.int64)

    def array(self) -> NDArray[np.generic]:
        """Return the numbers as they were sent."""
        raw = np.frombuffer(base64.b64decode(self.data), dtype=self.dtype)
        return raw.reshape(self.shape)


def packed(array: NDArray[np.generic], dtype: Kind) -> Packed:
    """Return an array as it travels."""
    raw = np.ascontiguousarray(array, dtype=dtype)
    return Packed(shape=raw.shape, dtype=dtype, data=base64.b64encode(raw.tobytes()).decode())


def _lines(array: Packed) -> Packed:
    if len(array.shape) != 2 or not np.isfinite(array.floats()).all():
        raise ValueError("expected finite numbers of two dimensions, one line for each question")
    return array


def _names(array: Packed) -> Packed:
    if len(array.shape) != 1 or array.dtype != "<i8":
        raise ValueError("expected whole numbers of one dimension")
    return array


class Question(Value):
    """The root of what a front asks.

    Attributes:
        split, number: The shard that it is meant for; see `WholeFacts`.
    """

    split: str
    number: Number


class DenseQuestion(Question):
    """Which passages are nearest to these vectors?"""

    queries: Annotated[Packed, AfterValidator(_lines)]
    k: Depth
    filters: Filters


class LexicalQuestion(Question):
    """Which passages hold these words?"""

    text: WholeText
    k: Depth
    filters: Filters
    added: tuple[Added, ...] = ()


class VectorsQuestion(Question):
    """Which are the vectors of these passages?"""

    passages: Annotated[Packed, AfterValidator(_names)]


class HitsQuestion(Question):
    """What do these passages say, and are they in force on the day?"""

    passages: Annotated[Packed, AfterValidator(_names)]
    as_of: date


class WordsQuestion(Question):
    """In how many passages of the whole do these words stand?"""

    words: tuple[str, ...]


class CountQuestion(Question):
    """How many passages pass?"""

    filters: Filters


class DocumentQuestion(Question):
    """What is in this document?"""

    document_id: str


class DayQuestion(Question):
    """What holds on this day?"""

    as_of: date


class Ranked(Value):
    """Numbers of passages and their scores, best first; of several questions, one row each."""

    passages: Packed
    scores: Packed


class Counts(Value):
    """One count for each thing that was asked about."""

    counts: tuple[int, ...]


class Hits(Value):
    """Passages in the order asked."""

    hits: tuple[Hit, ...]


class Passages(Value):
    """The passages of a document, in text order."""

    passages: tuple[Passage, ...]


class Listed(Value):
    """One document of a shard."""

    number: int
    id: str
    source: Source
    passages: int


class Listing(Value):
    """The documents of a shard, without their texts."""

    sources: tuple[Listed, ...]


class Keys(Value):
    """Keys of sources replaced on a day, each with what replaces it, and of those in force."""

    superseded: dict[str, tuple[str, ...]]
    in_force: tuple[str, ...]
