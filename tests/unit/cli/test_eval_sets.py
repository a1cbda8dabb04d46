"""`medrag eval new`, `lint` and `import`: files written, exit status."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def index(tmp_path, medrag):
    (tmp_path / "guide.md").write_text(
        "# Examplazine\n\nExamplazine is given as 40 mg once daily with meals to all adults.\n"
    )
    medrag(
        "index", "build", tmp_path / "guide.md", "--index", tmp_path / "i", "--embedder", "hashing"
    )
    return tmp_path / "i"


def test_a_draft_is_written_once_and_holds(tmp_path, medrag, index):
    out = tmp_path / "ours.yaml"
    done = medrag("eval", "new", "--index", index, "--out", out)
    assert done.status == 0, done.err
    assert "1 drafts" in done.out
    assert out.read_text().startswith("name: ours\n")
    again = medrag("eval", "new", "--index", index, "--out", out)
    assert again.status == 2
    assert "is there already" in again.err
    lint = medrag("eval", "lint", out, "--index", index)
    assert lint.status == 0
    assert "1 cases, 0 with broken references" in lint.out


def test_a_broken_reference_is_told_and_fails(tmp_path, medrag, index):
    (tmp_path / "s.yaml").write_text("- {id: a, question: x, expect: {documents: gone}}\n")
    done = medrag("eval", "lint", tmp_path / "s.yaml", "--index", index)
    assert done.status == 1
    assert "a: expect.documents.0: The index has no document 'gone'." in done.out
    told = json.loads(medrag("eval", "lint", tmp_path / "s.yaml", "--index", index, "--json").out)
    assert [problem["kind"] for problem in told["problems"]] == ["note", "document"]


def test_a_set_of_another_format_is_imported_with_its_texts(tmp_path, medrag):
    (tmp_path / "pairs.json").write_text(
        json.dumps(
            {"queries": {"q": "dose?"}, "corpus": {"n": "40 mg."}, "relevant_docs": {"q": ["n"]}}
        )
    )
    done = medrag(
        "eval", "import", "llamaindex-embedding", tmp_path / "pairs.json",
        "--out", tmp_path / "pairs.jsonl", "--corpus", tmp_path / "texts",
    )  # fmt: skip
    assert done.status == 0, done.err
    assert '"documents": ["n"]' in (tmp_path / "pairs.jsonl").read_text()
    found = medrag(
        "eval", "retrieval", tmp_path / "texts", "--index", tmp_path / "made", "--embedder",
        "hashing",
    )  # fmt: skip
    assert "nDCG@10    1.000" in found.out
    run = medrag(
        "eval", "run", tmp_path / "pairs.jsonl", "--index", tmp_path / "made",
        "--out", tmp_path / "run", "-j", "1", "--json",
    )  # fmt: skip
    figures = json.loads(run.out)["figures"]
    assert next(f for f in figures if f["metric"] == "ndcg-10")["value"] == 1.0


def test_a_format_without_texts_has_no_corpus(tmp_path, medrag):
    row = {"question": "x", "options": ["a", "b"], "answer": "a"}
    (tmp_path / "m.jsonl").write_text(json.dumps(row))
    done = medrag(
        "eval", "import", "mirage", tmp_path / "m.jsonl", "--out", tmp_path / "m.yaml",
        "--corpus", tmp_path / "texts",
    )  # fmt: skip
    assert done.status == 2
    assert "no text comes with it" in done.err


def test_commands_are_listed_and_help_is_there(medrag):
    listed = medrag("eval", "--help").out
    for name in ("compare", "import", "lint", "new", "retrieval", "run"):
        assert name in listed
        assert "Usage" in medrag("eval", name, "--help").out
    assert "generation" not in listed
