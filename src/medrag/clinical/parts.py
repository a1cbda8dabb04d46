"""One sentence with everything that was found in it: what its readers share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medrag.clinical.directives import Clauses
from medrag.clinical.matching import Hit
from medrag.clinical.outline import Place
from medrag.clinical.quantity import Frequency, QuantityMention


@dataclass(frozen=True, slots=True)
class SentenceParts:
    """One sentence and what stands in it, each in text order.

    Attributes:
        text: The whole text that was read.
        folded: The whole text in lower case, of the same length; patterns match this one.
        clauses: The sentence's place and structure.
        hits: All lexicon names.
        quantities, frequencies: All of them, whatever they belong to.
        number: The sentence's number.
        place: Where it stands in the layout of the text.
    """

    text: str
    folded: str
    clauses: Clauses
    hits: Sequence[Hit]
    quantities: Sequence[QuantityMention]
    frequencies: Sequence[Frequency]
    number: int
    place: Place
