"""Which rows a passage from the middle of a table is told beside its text."""

from __future__ import annotations

import time

import pytest

from medrag.core.document import Document, Source
from medrag.documents import chunk
from medrag.documents.composer import Composer
from medrag.documents.table_heads import headed_at_once, table_headers
from medrag.pipeline.cutting import contexts_of


def text_of(*lines: str) -> tuple[str, list[int]]:
    """Return a text whose second block has these lines, and where each begins."""
    text = "Before.\n\n"
    places = []
    for line in lines:
        places.append(len(text))
        text += f"{line}\n"
    return f"{text.rstrip()}\n\nAfter | it.\n", places


TWO_IN_ONE = ["| Exampla | | Otherazine", "| n | % | n | %", "Men | 5 | 6 | 7 | 8"]
TWO_IN_ONE += ["| Thirdazine | | Lastazine", "| n | % | n | %", "Men | 9 | 8 | 7 | 6"]


@pytest.mark.parametrize(
    ("lines", "row", "heads"),
    [
        (["Drug | Dose", "exampla | 5 mg", "otherazine | 7 mg"], 2, [0]),
        (["Drug | Dose", "exampla | 5 mg"], 0, []),
        (["Drug | Dose | ", "Drug | Adult | Child", "exampla | 5 mg | 2 mg"], 2, [0, 1]),
        (
            ["Drug | Dose | | Renal", "| Adult | Child | All", "exampla | 5 mg | 2 mg | no"],
            2,
            [0, 1],
        ),
        (["Drug | Dose | | Renal", "| Adult | Child | All", "exampla | 5 mg | 2 mg | no"], 1, [0]),
        (["Doses by age", "Drug | Dose", "exampla | 5 mg", "otherazine | 7 mg"], 3, [1]),
        (["Drug | Dose", "Adults", "exampla | 5 mg", "Children", "exampla | 2 mg"], 4, [0, 3]),
        (["Drug | Dose", "Adults", "exampla | 5 mg", "Children", "exampla | 2 mg"], 3, [0]),
        (["Drug | Day | Dose", "exampla | 1 | 5 mg", "| 2 | 7 mg", "| 3 | 9 mg"], 3, [0, 1]),
        (["| Drug | Dose |", "|---|---|", "| exampla | 5 mg |", "| otherazine | 7 mg |"], 3, [0]),
        (TWO_IN_ONE, 5, [3, 4]),
        (TWO_IN_ONE, 4, [3]),
        (TWO_IN_ONE, 2, [0, 1]),
        (["Drug | Dose", "exampla | 5 mg", "Drug | Dose", "otherazine | 7 mg"], 3, [2]),
        (["Adults | 10 mg", "Children | 5 mg"], 1, []),  # pairs without a header
        (["Nausea | 5 | 6%", "Rash | 7 | 8%"], 1, []),  # goes on from elsewhere
        (["Give exampla.", "Do not give otherazine."], 1, []),
    ],
)
def test_a_row_is_told_what_heads_it(lines, row, heads):
    text, places = text_of(*lines)
    (found,) = table_headers(text, [places[row]])
    assert found == tuple(lines[n] for n in heads)


def test_places_that_begin_no_row_have_no_header():
    text, places = text_of("Drug | Dose", "exampla | 5 mg")
    inside = places[1] + len("exampla ")
    assert table_headers(text, [0, places[0], inside, text.index("After")]) == [(), (), (), ()]


def test_a_row_directly_under_its_heading_is_known():
    text, places = text_of(
        "Drug | Dose | ", "Drug | Adult | Child", "a | 5 mg | 2 mg", "b | 5 mg | 2 mg"
    )
    assert headed_at_once(text) == {places[1], places[2]}
    text, places = text_of("Drug | Dose", "Adults", "a | 5 mg", "b | 7 mg", "Children", "a | 2 mg")
    assert headed_at_once(text) == {places[1], places[2], places[5]}


def passages_and_contexts(rows: list[list[str]], max_tokens: int) -> list[tuple[str, str]]:
    def count(texts):
        return [2 + len(text.split()) for text in texts]

    composer = Composer()
    composer.heading("Doses", 1)
    composer.rows(rows)
    composition = composer.compose()
    source = Source(key="a", title="T", sha256="0" * 64)
    document = Document.of(composition.text, source, sections=composition.sections)
    passages = chunk(document, count_tokens=count, max_tokens=max_tokens)
    contexts = contexts_of(passages, [document], count_tokens=count)
    return list(zip([p.text for p in passages], contexts, strict=True))


def test_both_rows_of_a_header_go_with_every_part_of_its_table():
    rows = [["Drug", "Dose", "", "Renal"], ["", "Adult", "Child", "CrCl below 30"]]
    rows += [[f"drug{n}", "5 mg", "2 mg", "avoid"] for n in range(12)]
    (first, _), *others = passages_and_contexts(rows, 60)
    assert first.startswith(
        "Doses\n\nDrug | Dose | | Renal\n| Adult | Child | CrCl below 30\ndrug0"
    )
    assert len(others) > 1
    for _, context in others:
        assert context == "T > Doses > Drug | Dose | | Renal > | Adult | Child | CrCl below 30"


@pytest.mark.parametrize("budget", range(30, 90, 3))
def test_no_passage_ends_between_the_rows_of_a_header_or_after_a_heading_in_the_table(budget):
    rows = [["Drug", "Dose", ""], ["Drug", "Adult", "Child"]]
    for group in ("Infections", "Pain", "Gout"):
        rows += [[group], *([f"{group[0]}{n}", "5 mg", "2 mg"] for n in range(6))]
    for text, _ in passages_and_contexts(rows, budget):
        assert text.split("\n")[-1].startswith(("I", "P", "G"))
        assert text.split("\n")[-1] not in {"Infections", "Pain", "Gout"}


def test_a_header_too_long_for_a_context_gives_its_lowest_row():
    rows = [["Drug", "Dose of it " * 20, ""], ["Drug", "Adult", "Child"]]
    rows += [[f"drug{n}", "5 mg", "2 mg"] for n in range(20)]
    _, *others = passages_and_contexts(rows, 100)
    assert {context for _, context in others} == {"T > Doses > Drug | Adult | Child"}


def test_a_table_is_read_once_however_many_passages_it_fills():
    def seconds(rows: int) -> float:
        text, places = text_of("Drug | Dose", *(f"drug{n} | 5 mg" for n in range(rows)))
        start = time.process_time()
        headers = table_headers(text, places[5::5])
        assert set(headers) == {("Drug | Dose",)}
        return time.process_time() - start

    seconds(2_000)
    assert seconds(32_000) < 60 * seconds(2_000) + 0.5
