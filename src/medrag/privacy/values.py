"""What de-identification returns: the text without identifiers, and where they stood."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from medrag.core.span import Value

Kind = Literal[
    "name",
    "place",
    "organization",
    "date",
    "age",
    "phone",
    "fax",
    "email",
    "ssn",
    "mrn",
    "health-plan",
    "account",
    "license",
    "vehicle",
    "device",
    "url",
    "ip",
    "biometric",
    "photo",
    "id",
]
"""The 18 kinds of 45 CFR 164.514(b)(2), with `age` apart from `date` and `organization` (hospitals,
employers, schools) apart from `place`. `ssn` holds every national number; `id` any other."""


class Replacement(Value):
    """One identifier and what stands in its place.

    Attributes:
        start, end: Offsets of the identifier in the original text, half-open.
        kind: What it is.
        surrogate: What the de-identified text has there.
    """

    start: int
    end: int
    kind: Kind
    surrogate: str

    @model_validator(mode="after")
    def _in_order(self) -> Replacement:
        if not 0 <= self.start < self.end:
            raise ValueError(
                f"a replacement needs 0 <= start < end, got [{self.start}, {self.end})"
            )
        return self


class Deidentified(Value):
    """A text without identifiers; it holds nothing of the original.

    Attributes:
        text: The text with every identifier replaced.
        spans: The replacements in text order, disjoint, with offsets of the *original* text.
    """

    text: str
    spans: tuple[Replacement, ...] = ()
