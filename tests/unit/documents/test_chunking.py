"""Where passages begin and end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from medrag.core.document import Document, Source
from medrag.documents import chunk
from medrag.documents.composer import Composer


def count_words(texts: Sequence[str]) -> list[int]:
    """Two special tokens around one token per word."""
    return [2 + len(text.split()) for text in texts]


def document_of(composer: Composer) -> Document:
    composition = composer.compose()
    source = Source(key="a", title="A", sha256="0" * 64)
    return Document.of(
        composition.text, source, pages=composition.pages, sections=composition.sections
    )


def texts(composer: Composer, max_tokens: int) -> list[str]:
    document = document_of(composer)
    return [p.text for p in chunk(document, count_tokens=count_words, max_tokens=max_tokens)]


def sentence(word: str, words: int) -> str:
    return f"{word.capitalize()} {'x ' * (words - 2)}end."


def test_sections_do_not_share_a_passage():
    composer = Composer()
    composer.heading("Dose", 1)
    composer.paragraph(sentence("a", 45))
    composer.heading("Renal", 1)
    composer.paragraph(sentence("b", 45))
    found = texts(composer, 200)
    assert [text.split("\n")[0] for text in found] == ["Dose", "Renal"]


def test_very_short_sections_of_one_parent_share_a_passage_filed_under_the_parent():
    composer = Composer()
    composer.heading("Doses", 1)
    for name in ("Adults", "Children"):
        composer.heading(name, 2)
        composer.paragraph(f"{name} take five.")
    (passage,) = chunk(document_of(composer), count_tokens=count_words, max_tokens=200)
    assert passage.section == ("Doses",)


def test_sections_of_different_parents_never_share_a_passage():
    composer = Composer()
    for name in ("Adults", "Children"):
        composer.heading(name, 1)
        composer.heading("Dose", 2)
        composer.paragraph("Five.")
    found = chunk(document_of(composer), count_tokens=count_words, max_tokens=200)
    assert [passage.section for passage in found] == [("Adults", "Dose"), ("Children", "Dose")]


def test_sections_with_codes_of_their_own_never_share_a_passage():
    composer = Composer()
    composer.heading("Warning", 1, code="34066-1")
    composer.paragraph("May cause examples.")
    composer.heading("Uses", 1, code="34067-9")
    composer.paragraph("For examples.")
    found = chunk(document_of(composer), count_tokens=count_words, max_tokens=200)
    assert [passage.section_code for passage in found] == ["34066-1", "34067-9"]


def test_a_subsection_without_a_code_has_its_parents():
    composer = Composer()
    composer.heading("Dose", 1, code="34068-7")
    composer.heading("Renal", 2)
    composer.paragraph("Halve it.")
    (passage,) = chunk(document_of(composer), count_tokens=count_words, max_tokens=200)
    assert (passage.section, passage.section_code) == (("Dose", "Renal"), "34068-7")


def test_a_passage_ends_between_paragraphs_before_it_ends_between_sentences():
    composer = Composer()
    composer.paragraph(" ".join([sentence("a", 30), sentence("b", 30)]))
    composer.paragraph(" ".join([sentence("c", 30), sentence("d", 30)]))
    assert [text[0] for text in texts(composer, 102)] == ["A", "C"]


def test_a_heading_stays_with_what_it_heads():
    composer = Composer()
    composer.paragraph(sentence("a", 60))
    composer.heading("Dose", 1)
    composer.paragraph(sentence("b", 60))
    assert texts(composer, 70)[1].startswith("Dose\n\nB ")


def test_what_announces_a_list_stays_with_its_first_item():
    composer = Composer()
    composer.paragraph(sentence("a", 50))
    composer.paragraph("Stop the drug in case of:")
    composer.lines([f"- item {'y ' * 20}" for _ in range(3)])
    assert texts(composer, 82)[1].startswith("Stop the drug in case of:\n\n- item")


def test_a_table_that_fits_is_whole_and_its_header_is_never_alone():
    composer = Composer()
    composer.paragraph(sentence("a", 50))
    composer.lines(["Doses", *(f"r{n} | {'z ' * 8}" for n in range(6))])
    found = texts(composer, 90)
    assert found[1].split("\n")[0] == "Doses"
    assert len(found) == 2


def test_a_table_that_does_not_fit_is_cut_between_rows_after_the_second_at_the_earliest():
    composer = Composer()
    composer.rows([["Drug", "Dose"], *([f"d{n}", "z " * 12] for n in range(12))])
    found = texts(composer, 40)
    assert found[0].split("\n")[0] == "Drug | Dose"
    assert all(line.startswith(("Drug", "d")) for text in found for line in text.split("\n"))
    assert all("\n" in text for text in found)


def test_a_sentence_longer_than_the_budget_is_cut_after_a_clause():
    composer = Composer()
    composer.paragraph("Give " + "x " * 10 + "then, " + "y " * 12 + "end.")
    found = texts(composer, 20)
    assert found[0].endswith("then,")
    assert all(count <= 20 for count in count_words(found))


def test_a_word_longer_than_the_budget_is_cut_too():
    def count_chars(texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]

    composer = Composer()
    composer.paragraph("a" * 100)
    found = chunk(document_of(composer), count_tokens=count_chars, max_tokens=30)
    assert "".join(p.text for p in found) == "a" * 100
    assert max(len(p.text) for p in found) <= 30


def test_a_tokenizer_that_counts_more_for_words_together_is_still_obeyed():
    def count_pairs(texts: Sequence[str]) -> list[int]:
        return [len(text.split()) + len(text.split()) ** 2 // 20 for text in texts]

    composer = Composer()
    composer.paragraph(" ".join(sentence("a", 8) for _ in range(40)))
    document = document_of(composer)
    found = chunk(document, count_tokens=count_pairs, max_tokens=30)
    assert max(count_pairs([p.text for p in found])) <= 30


def test_a_passage_over_a_page_end_has_both_pages():
    composer = Composer()
    composer.page(1, "i")
    composer.paragraph("It begins here")
    composer.page(2, "ii")
    composer.paragraph("and ends there.", continues=True)
    (passage,) = chunk(document_of(composer), count_tokens=count_words, max_tokens=50)
    assert [page.label for page in passage.pages] == ["i", "ii"]


def test_the_tokenizer_is_asked_a_fixed_number_of_times_however_long_the_text():
    calls = []

    def counting(texts: Sequence[str]) -> list[int]:
        calls.append(len(texts))
        return count_words(texts)

    composer = Composer()
    for _ in range(300):
        composer.paragraph(sentence("a", 20))
    chunk(document_of(composer), count_tokens=counting, max_tokens=100)
    assert len(calls) <= 3


def test_a_budget_too_small_for_any_text_is_a_value_error():
    composer = Composer()
    composer.paragraph("Some words.")
    with pytest.raises(ValueError, match=r"leaves 7 tokens"):
        texts(composer, 9)


def test_what_a_tokenizer_takes_for_one_word_is_no_passage_of_any_length():
    composer = Composer()
    composer.paragraph("ยา" * 20_000)
    found = texts(composer, 64)
    assert "".join(found) == "ยา" * 20_000
    assert max(map(len, found)) <= 62 * 33
