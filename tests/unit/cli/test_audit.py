import json
from pathlib import Path

import pytest

from medrag.review.audit import AuditLog, SigningKey


@pytest.fixture
def log(tmp_path: Path, medrag) -> Path:
    assert medrag("audit", "key", tmp_path / "k").status == 0
    log = AuditLog(tmp_path / "log", key=SigningKey.open(tmp_path / "k"))
    for number in range(3):
        log.append("answer", {"number": number}, id=f"a{number}")
    return log.path


def test_a_sound_log_exits_0_and_a_changed_one_1(log: Path, medrag):
    sound = medrag("audit", "verify", log, "--key", log.parent / "k.pub")
    assert (sound.status, "signed by the key given" in sound.out) == (0, True)
    segment = next(log.glob("*.jsonl"))
    segment.write_text(segment.read_text().replace('"number":1', '"number":8'))
    changed = medrag("audit", "verify", log, "--json")
    assert changed.status == 1
    assert "lines were changed" in json.loads(changed.out)["problems"][0]


def test_a_head_kept_elsewhere_finds_a_log_that_was_begun_again(log: Path, medrag):
    kept = log.parent / "kept.json"
    kept.write_text(medrag("audit", "head", log).out)
    for path in log.iterdir():
        path.unlink()
    AuditLog(log).append("answer", {})
    assert medrag("audit", "verify", log).status == 0
    found = medrag("audit", "verify", log, "--head", kept)
    assert (found.status, "its tail was cut" in found.out) == (1, True)


def test_a_record_is_shown_and_proved(log: Path, medrag):
    assert len(medrag("audit", "show", log).out.splitlines()) == 3
    assert json.loads(medrag("audit", "show", log, "a1").out)["body"] == {"number": 1}
    assert medrag("audit", "show", log, "none").status == 2
    proof = log.parent / "proof.json"
    proof.write_text(medrag("audit", "prove", log, "a1").out)
    assert medrag("audit", "check-proof", proof, "--key", log.parent / "k.pub").status == 0
    fields = json.loads(proof.read_text())
    proof.write_text(json.dumps({**fields, "line": fields["line"].replace(":1", ":2")}))
    assert medrag("audit", "check-proof", proof).status == 1
    proof.write_text("{}")
    assert medrag("audit", "check-proof", proof).status == 2


def test_a_folder_without_a_log_is_bad_input(tmp_path: Path, medrag):
    for command in ("verify", "head", "prove"):
        arguments = ["nobody"] if command == "prove" else []
        assert medrag("audit", command, tmp_path, *arguments).status == 2
