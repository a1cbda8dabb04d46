"""Texts written for this suite: what stands in [[...]] must go, what stands in {...} must stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.privacy import Deidentifier
from unit.privacy.marked import read_marked

TEXTS = Path(__file__).with_name("texts.txt").read_text(encoding="utf-8").splitlines()


def _cases() -> list[str]:
    lines = (line.strip() for line in TEXTS)
    return [line.replace("\\n", "\n") for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("written", _cases())
def test_identifiers_go_and_facts_stay(written):
    marked = read_marked(written)
    done = Deidentifier(year=2025).deidentify(marked.text)
    gone = {place for span in done.spans for place in range(span.start, span.end)}
    left = [
        marked.text[start:end]
        for start, end in marked.identifiers
        if any(marked.text[place].isalnum() and place not in gone for place in range(start, end))
    ]
    lost = [marked.text[start:end] for start, end in marked.kept if gone & set(range(start, end))]
    assert (left, lost) == ([], [])
