"""Neighbors and sections of hits, every passage once."""

from __future__ import annotations

import pytest

from medrag.core.document import Document, Passage, Section, Source
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.retrieval.context import stretches

WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def make_document(key) -> Document:
    text = " ".join(WORDS)
    middle = Span(start=text.index("three"), end=text.index(" seven"))
    sections = (Section(path=("Dose", "Adults"), span=middle),)
    source = Source(key=key, title=key, sha256="0" * 64)
    return Document.of(text, source, sections=sections)


DOCUMENTS = {document.id: document for document in (make_document("a"), make_document("b"))}
A, B = DOCUMENTS


def passages_of(document_id):
    document, start, found = DOCUMENTS[document_id], 0, []
    for word in WORDS:
        found.append(Passage.cut(document, Span(start=start, end=start + len(word))))
        start += len(word) + 1
    return found


def hits(*places):
    return [
        Hit(
            passage=passages_of(document_id)[place],
            source=DOCUMENTS[document_id].source,
            score=1 / rank,
            rank=rank,
            retriever="x",
        )
        for rank, (document_id, place) in enumerate(places, start=1)
    ]


def shown(found):
    return [
        (stretch.source.key, " ".join(passage.text for passage in stretch.passages), stretch.ranks)
        for stretch in found
    ]


def test_neighbors_stand_around_their_hit():
    found = stretches(hits((A, 8), (A, 2)), passages_of)
    assert shown(found) == [("a", "seven eight nine", (1,)), ("a", "one two three", (2,))]


def test_surroundings_that_meet_are_one_stretch_and_no_passage_is_twice():
    found = stretches(hits((A, 5), (A, 2), (A, 6)), passages_of)
    assert shown(found) == [("a", "one two three four five six seven", (1, 2, 3))]


def test_documents_come_by_their_best_hit():
    found = stretches(hits((B, 9), (A, 0), (B, 0)), passages_of, before=0, after=1)
    assert shown(found) == [("b", "nine", (1,)), ("a", "zero one", (2,)), ("b", "zero one", (3,))]


@pytest.mark.parametrize(("place", "text"), [(4, "three four five six"), (8, "eight")])
def test_a_whole_section_is_that_of_the_innermost_heading(place, text):
    found = stretches(hits((A, place)), passages_of, before=0, after=0, whole_section=True)
    assert [line for _, line, _ in shown(found)] == [text]


def test_a_stretch_is_the_text_of_its_document():
    for stretch in stretches(hits((A, 4), (B, 1)), passages_of):
        document = DOCUMENTS[stretch.passages[0].document_id]
        said = " ".join(passage.text for passage in stretch.passages)
        assert stretch.span.of(document.text) == said


def test_no_hits_no_stretches():
    assert stretches([], passages_of) == []
