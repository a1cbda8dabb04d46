"""Every file of the development corpora loads, or is listed with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.core.document import Document
from medrag.documents import SourceFile, chunk, discover, read
from medrag.errors import CorpusError

pytestmark = [pytest.mark.shared, pytest.mark.slow]

WITHOUT_TEXT = {"guideline_html/cdc_std_2010/MMWR-disclaimer.xhtml": "only 1 image"}


def count_words(texts):
    return [2 + len(text.split()) for text in texts]


@pytest.fixture(scope="module")
def loaded(shared_data: Path) -> list[tuple[SourceFile, list[Document], str]]:
    """Return (file, its documents, the reason where there are none)."""
    found = discover([shared_data / "corpora"])
    assert found.skipped == ()
    return [outcome(file) for file in found.files]


def outcome(file: SourceFile) -> tuple[SourceFile, list[Document], str]:
    try:
        return file, read(file), ""
    except CorpusError as error:
        return file, [], str(error)


def test_every_file_loads_but_for_one_that_is_an_image(loaded):
    assert len(loaded) == 302
    failed = {file.key: reason for file, documents, reason in loaded if not documents}
    assert sorted(failed) == sorted(WITHOUT_TEXT)
    assert all(WITHOUT_TEXT[key] in reason for key, reason in failed.items())


def test_every_passage_is_a_slice_and_every_word_is_in_one(loaded):
    for _, documents, _ in loaded:
        for document in documents:
            passages = chunk(document, count_tokens=count_words, max_tokens=200)
            assert all(p.text == p.span.of(document.text) for p in passages)
            assert "".join("".join(p.text for p in passages).split()) == "".join(
                document.text.split()
            )
            assert max(count_words([p.text for p in passages])) <= 200


def test_labels_have_their_series_edition_day_and_coded_sections(loaded):
    labels = [d for f, docs, _ in loaded if f.loader in {"spl", "openfda"} for d in docs]
    assert len(labels) == 130
    for label in labels:
        source = label.source
        assert source.kind == "label"
        assert source.series
        assert source.edition
        assert source.effective
        assert any(section.code for section in label.sections)


def test_pdf_pages_have_the_printed_numbers(loaded):
    pages = {f.key.rsplit("/", 1)[-1]: d[0].pages for f, d, _ in loaded if f.loader == "pdf"}
    assert [p.label for p in pages["rr5902.pdf"]][:4] == ["A", "B", "1", "2"]
    assert [p.label for p in pages["doc_004.pdf"]][20:22] == ["21", "22"]
    assert all(p.label == str(p.number) for p in pages["CDC-2022-0024-0002_content.pdf"])


def test_running_heads_and_line_numbers_are_in_no_pdf_text(loaded):
    texts = {f.key.rsplit("/", 1)[-1]: d[0].text for f, d, _ in loaded if f.loader == "pdf"}
    assert "Recommendations and Reports" not in texts["rr5904.pdf"][20_000:]
    draft = texts["CDC-2022-0024-0002_content.pdf"].split()
    assert sum("2500" < word < "2600" and len(word) == 4 for word in draft) < 10


def test_pdf_text_keeps_the_words_of_its_pages(loaded):
    import pypdfium2 as pdfium

    for file, documents, _ in loaded:
        if file.loader != "pdf" or "rr59" not in file.key:
            continue
        kept = {word for word in documents[0].text.split() if word.isalpha() and len(word) > 3}
        pdf = pdfium.PdfDocument(str(file.path))
        raw = " ".join(page.get_textpage().get_text_range() for page in pdf).split()
        words = {word for word in raw if word.isalpha() and len(word) > 3}
        pdf.close()
        assert len(words - kept) <= 0.02 * len(words)
