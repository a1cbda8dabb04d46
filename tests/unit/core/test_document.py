import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medrag.core.document import Document, Page, Passage, Section, Source
from medrag.core.span import Span

TEXT = "Dosing\nGive 5 mg.\nRenal\nGive 2 mg."


@pytest.fixture
def make_source():
    def make(**fields):
        return Source(**{"key": "guide", "title": "A guide", "sha256": "0" * 64, **fields})

    return make


@pytest.fixture
def document(make_source):
    return Document.of(
        TEXT,
        make_source(),
        pages=(
            Page(number=1, label="iv", span=Span(start=0, end=17)),
            Page(number=2, label="v", span=Span(start=18, end=len(TEXT))),
        ),
        sections=(
            Section(path=("Dosing",), span=Span(start=0, end=len(TEXT))),
            Section(path=("Dosing", "Renal"), span=Span(start=18, end=len(TEXT)), code="x-1"),
        ),
    )


def test_a_passage_is_the_documents_own_slice(document):
    passage = Passage.cut(document, Span(start=24, end=34))
    assert passage.text == "Give 2 mg."
    assert document.text[passage.span.start : passage.span.end] == passage.text


def test_a_passage_knows_its_innermost_section_and_its_pages(document):
    passage = Passage.cut(document, Span(start=24, end=34))
    assert passage.section == ("Dosing", "Renal")
    assert passage.section_code == "x-1"
    assert [page.label for page in passage.pages] == ["v"]


def test_a_passage_across_pages_names_both(document):
    assert [p.number for p in Passage.cut(document, Span(start=7, end=23)).pages] == [1, 2]


def test_pages_of_a_part_of_a_passage_are_those_it_touches(document):
    passage = Passage.cut(document, Span(start=7, end=34))
    assert [page.number for page in passage.pages_at(Span(start=24, end=34))] == [2]


@st.composite
def outlined(draw):
    """Return sections and pages of a text of 40 characters, nested at random, in any order."""
    found: list[Section] = []

    def part(start: int, end: int, path: tuple[str, ...]) -> None:
        while start < end and len(path) < 4:
            begin = draw(st.integers(start, end - 1))
            stop = draw(st.integers(begin + 1, end))
            inner = (*path, str(len(found)))
            found.append(Section(path=inner, span=Span(start=begin, end=stop)))
            part(begin, stop, inner)
            start = stop

    part(0, 40, ())
    edges = sorted(draw(st.sets(st.integers(0, 40), max_size=8)))
    spans = [Span(start=a, end=b) for a, b in itertools.pairwise(edges)]
    pages = [Page(number=n, span=span) for n, span in enumerate(spans, 1) if draw(st.booleans())]
    return tuple(found), tuple(draw(st.permutations(pages)))


@given(outlined(), st.integers(0, 39), st.integers(1, 40))
def test_sections_and_pages_are_those_that_one_by_one_would_be_found(outline, start, length):
    sections, pages = outline
    span = Span(start=start, end=min(start + length, 40))
    source = Source(key="guide", title="A guide", sha256="0" * 64)
    document = Document.of("x" * 40, source, pages=pages, sections=sections)
    around = [s for s in sections if s.span.start <= start < s.span.end]
    assert document.section_of(start) == max(around, key=lambda s: len(s.path), default=None)
    touched = [page for page in pages if page.span.overlaps(span)]
    assert set(document.pages_of(span)) == set(touched)


def test_a_passage_of_another_length_than_its_span_is_refused():
    with pytest.raises(ValueError, match="length of its span"):
        Passage(id="a", document_id="b", text="four", span=Span(start=0, end=5))


def test_a_page_past_the_end_of_the_text_is_refused(make_source):
    with pytest.raises(ValueError, match="ends at 9"):
        Document.of("short", make_source(), pages=(Page(number=1, span=Span(start=0, end=9)),))


def test_ids_depend_on_key_bytes_and_text_only(make_source):
    first = Document.of("a", make_source())
    assert first.id == Document.of("a", make_source(title="Another title")).id
    assert first.id != Document.of("b", make_source()).id
    assert first.id != Document.of("a", make_source(key="other")).id
    assert first.id != Document.of("a", make_source(sha256="1" * 64)).id


@pytest.mark.parametrize(
    ("effective", "expires", "as_of", "in_date"),
    [
        (None, None, date(2024, 5, 1), True),
        (date(2024, 5, 1), None, date(2024, 5, 1), True),
        (date(2024, 5, 2), None, date(2024, 5, 1), False),
        (None, date(2024, 5, 1), date(2024, 5, 1), True),
        (None, date(2024, 4, 30), date(2024, 5, 1), False),
    ],
)
def test_effective_and_expiry_days_are_both_in_force(
    make_source, effective, expires, as_of, in_date
):
    assert make_source(effective=effective, expires=expires).in_date(as_of) is in_date


def test_a_document_round_trips_through_json(document):
    assert Document.model_validate_json(document.model_dump_json()) == document
