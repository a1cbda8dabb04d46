"""The committed PDFs are what the generator writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CORPORA = Path(__file__).resolve().parents[3] / "corpora"


def test_the_generator_writes_the_committed_bytes(tmp_path):
    pytest.importorskip("reportlab")
    run = [sys.executable, "-B", str(CORPORA / "make_pdfs.py"), str(tmp_path)]
    subprocess.run(run, check=True, capture_output=True)
    written = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*.pdf"))
    assert written == sorted(path.relative_to(CORPORA) for path in CORPORA.rglob("*.pdf"))
    for path in written:
        assert (tmp_path / path).read_bytes() == (CORPORA / path).read_bytes(), path
