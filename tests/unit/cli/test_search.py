"""`medrag search` with filters, and `medrag index build --strict`, over a corpus of three files."""

from __future__ import annotations

import json

import pytest

OLD = "# Fever\n\nIn testing fever give testazine 9 mg at once.\n"
NEW = "# Fever\n\nCall the ward in fever.\n"
OTHER = "# Pain\n\nIn pain give testazine 4 mg.\n"


@pytest.fixture
def corpus(tmp_path):
    folder = tmp_path / "corpus"
    folder.mkdir()
    for name, text, said in (
        ("fever-2014.md", OLD, 'series = "fever"\neffective = 2014-01-01\nkind = "protocol"'),
        ("fever-2024.md", NEW, 'series = "fever"\neffective = 2024-01-01\nkind = "protocol"'),
        ("pain.md", OTHER, 'published = 2020-05-05\nkind = "guideline"\npublisher = "North"'),
    ):
        (folder / name).write_text(text)
        (folder / f"{name}.toml").write_text(said + "\n")
    return folder


@pytest.fixture
def index(medrag, corpus, tmp_path):
    path = tmp_path / "an.index"
    assert medrag("index", "build", corpus, "--index", path, "--embedder", "hashing").status == 0
    return path


def keys(outcome):
    return {hit["source"]["key"] for hit in json.loads(outcome.out)["hits"]}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), {"fever-2024.md", "pain.md"}),
        (("--kind", "guideline"), {"pain.md"}),
        (("--publisher", "north"), {"pain.md"}),
        (("--from", "2021-01-01"), {"fever-2024.md"}),
        (("--until", "2021-01-01"), {"pain.md"}),
        (("--as-of", "2019-01-01"), {"fever-2014.md"}),
        (("--superseded",), {"fever-2014.md", "fever-2024.md", "pain.md"}),
        (("--jurisdiction", "US"), set()),
    ],
)
def test_filters_choose_what_may_answer(medrag, index, options, expected):
    asked = medrag("search", "testazine in fever or pain", "--index", index, "--json", *options)
    assert keys(asked) == expected


def test_a_better_match_that_is_not_in_force_is_named(medrag, index):
    question = ("search", "testazine 9 mg in testing fever", "--index", index)
    shown = medrag(*question).out
    assert "Better match NOT IN FORCE, superseded by fever-2024.md" in shown
    (match,) = json.loads(medrag(*question, "--json").out)["better_but_not_in_force"]
    assert match["hit"]["source"]["key"] == "fever-2014.md"


def test_a_strict_build_lists_what_to_mend_and_writes_nothing(medrag, corpus, tmp_path):
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.7 and nothing more")
    build = ("index", "build", corpus, "--index", tmp_path / "i", "--embedder", "hashing")
    outcome = medrag(*build, "--strict")
    assert outcome.status == 1
    assert outcome.out.startswith("refused: the index is as it was\nfailed (1):\n  broken.pdf: ")
    assert "pain.md: does not say its edition, licence" in outcome.out
    assert medrag("index", "info", "--index", tmp_path / "i").status == 2
    refused = json.loads(medrag(*build, "--strict", "--json").out)
    assert [row["file"] for row in refused["failed"]] == ["broken.pdf"]


def test_a_name_with_control_characters_does_not_reach_the_terminal_as_it_is(
    medrag, corpus, tmp_path
):
    (corpus / "a\x1b[31m\n.txt").write_text("Testazine.")
    outcome = medrag("index", "build", corpus, "--index", tmp_path / "i", "--embedder", "hashing")
    assert "\x1b" not in outcome.out
    assert r"a\x1b[31m\n.txt" in outcome.out


def test_explain_says_how_the_question_was_read_and_why_each_hit_is_there(medrag, index):
    shown = medrag("search", "afib: testazine dose in fever", "--index", index, "--explain").out
    assert 'Asks for: dose ("dose")' in shown
    assert "  afib: atrial fibrillation (what it stands for; " in shown
    assert "   why: meaning " in shown
    assert "   words asked: testazine, fever" in shown or "words asked: testazine" in shown


def test_explain_in_json_stands_beside_the_hits(medrag, index):
    question = ("search", "afib: testazine dose in fever", "--index", index, "--json")
    plain, explained = (json.loads(medrag(*question, *more).out) for more in ((), ("--explain",)))
    explanation = explained.pop("explanation")
    assert explained == plain
    assert explanation["understood"]["added"][0]["text"] == "atrial fibrillation"
    assert len(explanation["scores"]) == len(plain["hits"])


def test_settings_turn_parts_off(medrag, index, tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text("[retrieval]\nabbreviations = false\n")
    asked = ("search", "afib in fever", "--index", index, "--explain", "--settings", path)
    assert "atrial fibrillation" not in medrag(*asked).out
