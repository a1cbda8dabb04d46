"""What every registered loader promises, on one small file of its format each."""

from __future__ import annotations

import base64
import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from medrag import registry
from medrag.documents import chunk, discover, missing_provenance, read
from medrag.errors import CorpusError

WORDS = "Give examplazine 5 mg twice daily."
DOCX_NS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def _text(path: Path) -> None:
    path.write_text(WORDS, encoding="utf-8")


def _html(path: Path) -> None:
    path.write_text(f"<html><body><h1>Dose</h1><p>{WORDS}</p></body></html>", encoding="utf-8")


def _spl(path: Path) -> None:
    path.write_text(
        '<document xmlns="urn:hl7-org:v3"><setId root="s"/><component><structuredBody><component>'
        f'<section><code code="34068-7"/><title>Dose</title><text>{WORDS}</text></section>'
        "</component></structuredBody></component></document>",
        encoding="utf-8",
    )


def _jats(path: Path) -> None:
    path.write_text(f"<article><body><p>{WORDS}</p></body></article>", encoding="utf-8")


def _openfda(path: Path) -> None:
    path.write_text(json.dumps({"id": "1", "purpose": [WORDS]}), encoding="utf-8")


def _fhir(path: Path) -> None:
    data = base64.b64encode(WORDS.encode()).decode()
    resource = {"resourceType": "Binary", "contentType": "text/plain", "data": data}
    path.write_text(json.dumps(resource), encoding="utf-8")


def _pdf(path: Path) -> None:
    canvas = Canvas(str(path), invariant=1)
    canvas.drawString(72, 700, WORDS)
    canvas.save()


def _docx(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        body = f"<w:body><w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p></w:body>"
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{DOCX_NS}">{body}</w:document>'
        )


SAMPLES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "docx": ("a.docx", _docx),
    "fhir": ("a.json", _fhir),
    "html": ("a.html", _html),
    "jats": ("a.nxml", _jats),
    "markdown": ("a.md", _text),
    "openfda": ("a.json", _openfda),
    "pdf": ("a.pdf", _pdf),
    "pdf-pypdf": ("a.pdf", _pdf),
    "spl": ("a.xml", _spl),
    "text": ("a.txt", _text),
}


def test_every_built_in_loader_has_a_sample():
    assert sorted(SAMPLES) == sorted(registry.BUILTINS["loader"])


@pytest.fixture(params=sorted(SAMPLES))
def sample(request, tmp_path: Path) -> tuple[str, Path]:
    name, write = SAMPLES[request.param]
    write(tmp_path / name)
    return request.param, tmp_path / name


def documents_of(sample: tuple[str, Path]):
    name, path = sample
    (file,) = discover([path], loaders={path.suffix: name}).files
    return read(file)


def test_the_words_of_the_file_are_the_documents(sample):
    (document,) = documents_of(sample)
    assert WORDS in document.text


def test_reading_twice_gives_the_same_document(sample):
    assert documents_of(sample) == documents_of(sample)


def test_the_source_names_the_file_and_its_bytes(sample):
    (document,) = documents_of(sample)
    assert document.source.path == sample[1].name
    assert document.source.key.split("#")[0] == sample[1].name
    assert document.source.title
    assert len(bytes.fromhex(document.source.sha256)) == 32
    if sample[0] not in {"openfda", "fhir"}:  # theirs is of the record, of the attachment
        assert document.source.sha256 == hashlib.sha256(sample[1].read_bytes()).hexdigest()


def test_a_sidecar_is_laid_over_what_the_file_says(sample):
    sidecar = sample[1].with_name(sample[1].name + ".toml")
    sidecar.write_text('title = "Local name"\nlicence = "CC0"', encoding="utf-8")
    (document,) = documents_of(sample)
    assert document.source.title == "Local name"
    assert "licence" not in missing_provenance(document.source)


def test_passages_are_the_documents_own_slices(sample):
    (document,) = documents_of(sample)
    passages = chunk(
        document, count_tokens=lambda texts: [len(t.split()) for t in texts], max_tokens=9
    )
    assert passages
    assert all(p.text == p.span.of(document.text) for p in passages)


def test_the_version_is_a_number_from_one(sample):
    assert registry.resolve("loader", sample[0]).version >= 1


@pytest.mark.parametrize("content", [b"", b" \n", b"\x00\x01\x02", b"\xff\xfe\xff"])
def test_what_is_no_such_file_is_a_corpus_error_that_names_it(sample, content):
    name, path = sample
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=path.name):
        list(registry.resolve("loader", name)().load(path))


def test_a_file_cut_in_half_is_read_or_is_a_corpus_error(sample):
    name, path = sample
    data = path.read_bytes()
    for share in (0.2, 0.5, 0.9, 0.99):
        path.write_bytes(data[: int(len(data) * share)])
        try:
            documents = list(registry.resolve("loader", name)().load(path))
        except CorpusError:
            continue
        assert all(document.text for document in documents)
