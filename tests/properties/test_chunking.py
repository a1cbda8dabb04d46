"""Passages are the document's own text, in order, and hold all of it."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.core.document import Document, Section, Source
from medrag.core.span import Span
from medrag.documents import chunk
from medrag.documents.composer import Composer

SOURCE = Source(key="a", title="A", sha256="0" * 64)
WORDS = st.sampled_from(
    ["Give", "examplazine", "5", "mg.", "If", "e.g.", "<3.5,", "|", "- x", "Note:", "…", "10⁹", "é"]
)
TEXTS = st.one_of(
    st.text(max_size=400),
    st.lists(st.tuples(WORDS, st.sampled_from([" ", "\n", "\n\n", "\t"])), max_size=80).map(
        lambda pairs: "".join(word + space for word, space in pairs)
    ),
)
BUDGETS = st.integers(min_value=10, max_value=60)


def by_words(texts: Sequence[str]) -> list[int]:
    return [2 + sum(1 + len(word) // 8 for word in text.split()) for text in texts]


def by_characters(texts: Sequence[str]) -> list[int]:
    return [len(text) for text in texts]


@st.composite
def documents(draw):
    text = draw(TEXTS)
    sections = []
    for number in range(draw(st.integers(0, 4)) if len(text) > 2 else 0):
        start = draw(st.integers(0, len(text) - 2))
        end = draw(st.integers(start + 1, len(text)))
        sections.append(Section(path=("A", str(number)), span=Span(start=start, end=end)))
    sections.sort(key=lambda section: section.span.start)
    return Document.of(text, SOURCE, sections=tuple(sections))


@given(documents(), BUDGETS, st.sampled_from([by_words, by_characters]))
@settings(max_examples=300, deadline=None)
def test_passages_tile_the_text_within_the_budget(document, budget, count_tokens):
    passages = chunk(document, count_tokens=count_tokens, max_tokens=budget)
    at = 0
    for passage in passages:
        assert passage.span.start >= at
        assert not document.text[at : passage.span.start].strip()
        assert passage.text == document.text[passage.span.start : passage.span.end]
        assert passage.text.strip() == passage.text
        assert passage.document_id == document.id
        at = passage.span.end
    assert not document.text[at:].strip()
    assert all(count <= budget for count in count_tokens([p.text for p in passages]))
    assert len({passage.id for passage in passages}) == len(passages)


@given(documents(), BUDGETS)
@settings(max_examples=50, deadline=None)
def test_chunking_twice_gives_the_same_passages(document, budget):
    first = chunk(document, count_tokens=by_words, max_tokens=budget)
    assert chunk(document, count_tokens=by_words, max_tokens=budget) == first


BLOCKS = st.lists(
    st.tuples(st.sampled_from(["heading", "paragraph", "rows", "page"]), st.text(max_size=40)),
    max_size=20,
)


@given(BLOCKS)
@settings(max_examples=200, deadline=None)
def test_a_composed_text_has_sections_and_pages_inside_it_and_pages_apart(blocks):
    composer = Composer()
    for number, (kind, text) in enumerate(blocks, start=1):
        if kind == "heading":
            composer.heading(text, 1 + len(text) % 3)
        elif kind == "paragraph":
            composer.paragraph(text)
        elif kind == "rows":
            composer.rows([[text, "x"], ["y", text]])
        else:
            composer.page(number, None)
    made = composer.compose()
    document = Document.of(made.text, SOURCE, pages=made.pages, sections=made.sections)
    for section in document.sections:
        assert section.span.of(document.text).startswith(section.path[-1])
    for before, after in zip(document.pages, document.pages[1:], strict=False):
        assert before.span.end <= after.span.start
