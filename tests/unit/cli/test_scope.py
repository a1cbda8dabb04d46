from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from medrag.cli.scope import command

URGENT = "my dad collapsed and is not breathing"


def test_a_question_is_decided_in_words() -> None:
    done = CliRunner().invoke(command, [URGENT])
    assert done.exit_code == 0
    assert done.output.startswith("EMERGENCY (")
    assert done.output.count("not a medical device") == 1


def test_json_is_the_whole_decision() -> None:
    done = CliRunner().invoke(command, ["What is the dose of examplazine?", "--json"])
    decision = json.loads(done.output)
    assert decision["decision"] == "answer"
    assert set(decision) == {"decision", "kind", "reason", "instruction", "rules"}


def test_cases_are_decided_line_by_line(tmp_path: Path) -> None:
    cases = tmp_path / "in.jsonl"
    rows = [{"id": "a", "text": URGENT}, {"id": "b", "text": "Is examplazine safe?", "more": 1}]
    cases.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    out = tmp_path / "out.jsonl"
    done = CliRunner().invoke(command, ["--cases", str(cases), "--out", str(out)])
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(line["id"], line["decision"]) for line in lines] == [
        ("a", "emergency"),
        ("b", "answer"),
    ]
    assert all(set(line) == {"id", "decision", "reason"} for line in lines)


def test_the_locality_of_a_file_is_used(tmp_path: Path) -> None:
    place = tmp_path / "place.toml"
    place.write_text('number = "112"\n', encoding="utf-8")
    done = CliRunner().invoke(command, [URGENT, "--locality", str(place)])
    assert "Call 112 or" in done.output


def test_neither_question_nor_cases_is_an_error() -> None:
    assert CliRunner().invoke(command, []).exit_code == 2
    assert CliRunner().invoke(command, ["--cases", "in.jsonl"]).exit_code == 2
