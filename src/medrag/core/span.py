"""Texts and places in them."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, model_serializer, model_validator

_HALVES = re.compile("[\ud800-\udfff]")


def _whole(text: str) -> str:
    return _HALVES.sub("\ufffd", text)


WholeText = Annotated[str, AfterValidator(_whole)]
"""Text from outside. Half of a surrogate pair, which no file can hold, becomes U+FFFD."""


class Value(BaseModel):
    """The root of every value type: frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(Value):
    """A half-open range of character offsets, `[start, end)`, of a *named* text.

    Offsets count Unicode code points, as Python slicing does; never bytes, never tokens.
    In JSON a span is the pair `[start, end]`.

    Raises:
        ValueError: Unless `0 <= start < end`.
    """

    start: int
    end: int

    @model_validator(mode="before")
    @classmethod
    def _from_pair(cls, value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            if len(value) != 2:
                raise ValueError(f"a span is a pair [start, end], got {len(value)} items")
            return {"start": value[0], "end": value[1]}
        return value

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span needs 0 <= start < end, got [{self.start}, {self.end})")
        return self

    @model_serializer(mode="plain")
    def _to_pair(self) -> tuple[int, int]:
        return self.start, self.end

    def of(self, text: str) -> str:
        """Return the characters of `text` that this span covers.

        Raises:
            ValueError: The span ends after the text does.
        """
        if self.end > len(text):
            raise ValueError(f"span ends at {self.end}, text has {len(text)} characters")
        return text[self.start : self.end]

    def shift(self, offset: int) -> Span:
        """Return this span moved right by `offset` characters (left if negative)."""
        return Span(start=self.start + offset, end=self.end + offset)

    def overlaps(self, other: Span) -> bool:
        """Return whether the two spans share a character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """Return whether `other` lies wholly inside this span."""
        return self.start <= other.start and other.end <= self.end
