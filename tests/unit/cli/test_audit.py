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


def test_that_a_log_only_grew_is_proved_to_who_kept_a_head(log: Path, medrag):
    kept, proof = log.parent / "kept.json", log.parent / "proof.json"
    kept.write_text(medrag("audit", "head", log).out)
    AuditLog(log, key=SigningKey.open(log.parent / "k")).append("answer", {"number": 3})
    proof.write_text(medrag("audit", "prove", log, "--since", kept).out)
    checked = medrag("audit", "check-proof", proof, "--key", log.parent / "k.pub")
    assert (checked.status, "begin with the 6 of" in checked.out) == (0, True), checked
    segment = next(log.glob("*.jsonl"))
    segment.write_text(segment.read_text().replace('"number":1', '"number":8'))
    assert "does not verify" in medrag("audit", "prove", log, "--since", kept).err
    for path in log.iterdir():
        path.unlink()
    for number in range(5):
        AuditLog(log).append("answer", {"number": number})
    proof.write_text(medrag("audit", "prove", log, "--since", kept).out)
    assert medrag("audit", "check-proof", proof).status == 1
    for wrong in ([], ["a1", "--since", kept]):
        assert medrag("audit", "prove", log, *wrong).status == 2
    for path in log.iterdir():
        path.unlink()
    AuditLog(log).append("answer", {"number": 0})
    assert "its tail was cut" in medrag("audit", "prove", log, "--since", kept).err


def test_a_folder_without_a_log_is_bad_input(tmp_path: Path, medrag):
    for command in ("verify", "head", "prove"):
        arguments = ["nobody"] if command == "prove" else []
        assert medrag("audit", command, tmp_path, *arguments).status == 2


@pytest.fixture
def answered(tmp_path: Path, medrag) -> Path:
    """A folder with an index and a log that holds one sealed answer."""
    guide = tmp_path / "guide.md"
    guide.write_text("# Examplazine\n\nGive examplazine 5 mg once daily with breakfast.\n")
    assert medrag("index", "build", guide, "--index", tmp_path / "g.index").status == 0
    assert medrag("audit", "content-key", tmp_path / "c.key").status == 0
    told = medrag(
        *("ask", "What is the dose of examplazine?", "--index", tmp_path / "g.index", "--json"),
        *("--audit", tmp_path / "log", "--content-key", tmp_path / "c.key"),
    )
    assert told.status == 0
    (tmp_path / "answer.json").write_text(told.out)
    return tmp_path


def test_an_answer_is_made_again_from_the_log_or_from_its_file(answered: Path, medrag):
    digest = json.loads((answered / "answer.json").read_text())["digest"]
    assert b"breakfast" not in next((answered / "log").glob("*.jsonl")).read_bytes()
    replay = ("audit", "replay", answered / "log", digest[:12], "--index", answered / "g.index")
    sealed = medrag(*replay)
    assert (sealed.status, "sealed with key" in sealed.err) == (2, True)
    for source in (("--content-key", answered / "c.key"), ("--answer", answered / "answer.json")):
        again = medrag(*replay, *source)
        assert (again.status, "byte for byte" in again.out) == (0, True), again
    (answered / "guide.md").write_text("# Examplazine\n\nGive examplazine 2 mg once daily.\n")
    medrag("index", "build", answered / "guide.md", "--index", answered / "g.index")
    changed = medrag(*replay, "--content-key", answered / "c.key")
    assert changed.status == 1
    assert changed.out.splitlines()[1].startswith("  versions.index: ")


def test_a_file_that_is_not_the_recorded_answer_is_refused(answered: Path, medrag):
    id_ = medrag("audit", "show", answered / "log").out.split()[-1]
    replay = ("audit", "replay", answered / "log", id_, "--index", answered / "g.index")
    kept = answered / "answer.json"
    kept.write_text(kept.read_text().replace("5 mg", "9 mg"))
    refused = medrag(*replay, "--answer", kept)
    assert (refused.status, "not the one of record" in refused.err) == (2, True)
    kept.write_text("[]")
    assert "no answer as" in medrag(*replay, "--answer", kept).err


def test_options_of_content_that_do_not_go_together_are_refused(answered: Path, medrag):
    ask = ("ask", "Dose of examplazine?", "--index", answered / "g.index")
    for options in (
        ("--content-key", answered / "c.key"),
        ("--audit-content", "none"),
        ("--audit", answered / "log", "--audit-content", "encrypted"),
        (
            "--audit",
            answered / "log",
            "--audit-content",
            "none",
            "--content-key",
            answered / "c.key",
        ),
    ):
        assert medrag(*ask, *options).status == 2, options
    assert len(medrag("audit", "show", answered / "log").out.splitlines()) == 1
