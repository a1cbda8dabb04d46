"""The committed PDFs are what the generator writes, and are read as it set them."""

from __future__ import annotations

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from medrag.documents import discover, read

ROOT = Path(__file__).resolve().parents[3]
CORPORA = ROOT / "corpora"
GENERATOR = ROOT / "tools" / "corpus_pdfs"
LED = {"SEPSIS", "THROMBOSIS"}


def test_the_generator_writes_the_committed_bytes(tmp_path):
    pytest.importorskip("reportlab")
    run = [sys.executable, "-B", str(GENERATOR / "make_pdfs.py"), str(tmp_path)]
    subprocess.run(run, check=True, capture_output=True)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.pdf"))
    assert written == sorted(path.relative_to(CORPORA) for path in CORPORA.rglob("*.pdf"))
    for path in written:
        assert (tmp_path / path).read_bytes() == (CORPORA / path).read_bytes(), path


def tables() -> list[tuple[str, str, list[tuple[str, ...]]]]:
    """(document, caption, rows) of every table, from the words that the generator sets."""
    found = []
    for name in ("pdf_sepsis", "pdf_thrombosis"):
        content = next(
            v for k, v in runpy.run_path(str(GENERATOR / f"{name}.py")).items() if k in LED
        )
        found += [
            (content["file"], item["caption"], item["rows"])
            for item in content["body"]
            if isinstance(item, dict) and "rows" in item
        ]
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """The text of each PDF by its path under `corpora/`."""
    return {
        file.key: read(file)[0].text
        for file in discover([CORPORA]).files
        if file.path.suffix == ".pdf"
    }


@pytest.mark.parametrize(
    ("path", "caption", "rows"),
    [pytest.param(*table, id=table[1]) for table in tables()],
)
def test_every_row_of_a_table_is_read_as_one_row_under_its_caption(texts, path, caption, rows):
    text = texts[path]
    lost = [row for row in rows if " | ".join(row) not in text]
    assert lost == []
    assert text.index(caption) < text.index(" | ".join(rows[0]))
