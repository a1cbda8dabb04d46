"""`medrag eval compare`: an index that lost a document is noticed."""

from __future__ import annotations

import json

import pytest

DRUGS = ["alphazine", "betazine", "gammazine", "deltazine", "epsizine", "zetazine", "etazine"]


@pytest.fixture
def run_of(tmp_path, medrag):
    cases = [
        f"- {{id: {d}, question: What is the dose of {d}?, expect: {{must: {n}0 mg}}}}"
        for n, d in enumerate(DRUGS, 1)
    ]
    (tmp_path / "set.yaml").write_text("\n".join(cases))

    def made(name, drugs):
        folder = tmp_path / f"{name}-docs"
        folder.mkdir()
        for d in drugs:
            dose = 10 * (DRUGS.index(d) + 1)
            (folder / f"{d}.md").write_text(f"# {d}\n\nThe dose of {d} is {dose} mg daily.\n")
        index = tmp_path / f"{name}-index"
        medrag("index", "build", folder, "--index", index, "--embedder", "hashing")
        out = tmp_path / name
        done = medrag(
            "eval", "run", tmp_path / "set.yaml", "--index", index, "--out", out, "-j", "1"
        )
        assert done.status == 0, done.err
        return out

    return made


def test_a_broken_index_is_noticed(tmp_path, medrag, run_of):
    whole, broken = run_of("whole", DRUGS), run_of("broken", DRUGS[:3])
    same = medrag("eval", "compare", whole, whole)
    assert same.status == 0, same.err
    assert same.out.endswith("passed\n")
    (tmp_path / "gates.toml").write_text("lost = 1\n")
    done = medrag("eval", "compare", whole, broken, "--gates", tmp_path / "gates.toml")
    assert done.status == 1
    assert "  index: 1-" in done.out
    assert "worse:\n" in done.out
    assert "right before, wrong now: 4" in done.out
    assert "FAILED: cases that were right and are wrong now: 4, more than 1 (deltazine" in done.out
    told = json.loads(medrag("eval", "compare", whole, broken, "--json").out)
    assert told["flips"][0]["lost"]
    assert told["changes"][0]["gain"] < 0


def test_a_run_holds_the_bounds_of_a_gate_file(tmp_path, medrag, run_of):
    run_of("whole", DRUGS)
    (tmp_path / "gates.toml").write_text("[[gate]]\nmetric = 'correct'\nmin = 1.1\n")
    done = medrag(
        "eval", "run", tmp_path / "set.yaml", "--index", tmp_path / "whole-index",
        "--out", tmp_path / "whole", "--gates", tmp_path / "gates.toml", "-j", "1",
    )  # fmt: skip
    assert done.status == 1
    assert "FAILED: correct is 1, below 1.1." in done.err


def test_a_folder_without_a_run_is_refused(tmp_path, medrag):
    done = medrag("eval", "compare", tmp_path, tmp_path)
    assert done.status == 2
    assert "no results.json" in done.err
