"""What stands around hits: neighbors and parent sections, every passage once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from medrag.core.document import Passage, Source
from medrag.core.query import Hit
from medrag.core.span import Span


@dataclass(frozen=True, slots=True)
class Stretch:
    """Passages of one document that follow each other, none of them in another stretch.

    Attributes:
        source: Where they come from.
        passages: In text order; the document's own text from the first one's start to the last
            one's end is what they say.
        ranks: Of the hits among them, ascending.
    """

    source: Source
    passages: tuple[Passage, ...]
    ranks: tuple[int, ...]

    @property
    def span(self) -> Span:
        """Which characters of the document it is."""
        return Span(start=self.passages[0].span.start, end=self.passages[-1].span.end)


def stretches(
    hits: Sequence[Hit],
    passages_of: Callable[[str], Sequence[Passage]],
    *,
    before: int = 1,
    after: int = 1,
    whole_section: bool = False,
) -> list[Stretch]:
    """Return the hits with what stands around them, by their best hit.

    Where the surroundings of two hits meet they are one stretch, so that no passage is counted,
    shown or quoted twice.

    Args:
        hits: Of any documents.
        passages_of: Gives all passages of a document by its id, in text order.
        before: How many neighbors before a hit, at least 0.
        after: How many after it.
        whole_section: Also every passage under the innermost heading of a hit.
    """
    found: list[Stretch] = []
    for document_id in dict.fromkeys(hit.passage.document_id for hit in hits):
        own = {hit.passage.id: hit for hit in hits if hit.passage.document_id == document_id}
        passages = passages_of(document_id)
        wanted: set[int] = set()
        for place, passage in enumerate(passages):
            if passage.id in own:
                wanted.update(range(max(0, place - before), min(len(passages), place + after + 1)))
                if whole_section:
                    wanted.update(_section(passages, place))
        source = next(iter(own.values())).source
        for run in _runs(wanted):
            some = tuple(passages[place] for place in run)
            ranks = sorted(own[passage.id].rank for passage in some if passage.id in own)
            found.append(Stretch(source, some, tuple(ranks)))
    return sorted(found, key=lambda stretch: stretch.ranks)


def _section(passages: Sequence[Passage], place: int) -> Iterator[int]:
    """Yield the places around `place` under the same headings, or deeper ones, without a gap."""
    path = passages[place].section
    if not path:
        return
    for step in (-1, 1):
        at = place + step
        while 0 <= at < len(passages) and passages[at].section[: len(path)] == path:
            yield at
            at += step


def _runs(places: set[int]) -> Iterator[list[int]]:
    for _, run in groupby(enumerate(sorted(places)), key=lambda pair: pair[1] - pair[0]):
        yield [place for _, place in run]
