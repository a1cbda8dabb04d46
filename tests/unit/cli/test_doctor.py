"""`medrag doctor` names what is wrong and what to do."""

import json

from click.testing import CliRunner

import medrag
from medrag.cli.doctor import command


def test_a_sound_machine_and_index_are_said_to_be_so(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nGive examplazine 40 mg.\n", encoding="utf-8")
    medrag.Index.build([tmp_path / "a.md"], tmp_path / "i", embedder="hashing", progress=False)
    result = CliRunner().invoke(
        command, ["--index", str(tmp_path / "i"), "--json"], standalone_mode=False
    )
    found = {item["what"]: item for item in json.loads(result.output)}
    assert result.return_value == 0
    assert found["packages"]["state"] == "ok"
    assert found["index"]["told"].startswith("1 documents, 1 passages")


def test_a_damaged_index_is_wrong(tmp_path):
    (tmp_path / "a.md").write_text("# A\n\nGive examplazine 40 mg.\n", encoding="utf-8")
    medrag.Index.build([tmp_path / "a.md"], tmp_path / "i", embedder="hashing", progress=False)
    victim = next((tmp_path / "i").rglob("*.jsonl"), None) or next(
        path for path in (tmp_path / "i" / "parts").rglob("*") if path.is_file()
    )
    victim.write_bytes(victim.read_bytes()[:-1] + b"\x00")
    result = CliRunner().invoke(command, ["--index", str(tmp_path / "i")], standalone_mode=False)
    assert result.return_value == 1
    assert "wrong" in result.output


def test_no_index_is_wrong(tmp_path):
    result = CliRunner().invoke(command, ["--index", str(tmp_path)], standalone_mode=False)
    assert result.return_value == 1
    assert "no index here" in result.output
