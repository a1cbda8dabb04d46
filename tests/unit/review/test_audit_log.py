import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from medrag.errors import AuditError, InputError
from medrag.review.audit import (
    AuditLog,
    SigningKey,
    TreeHead,
    VerifyingKey,
    prove,
    records_of,
    verify_log,
)


@pytest.fixture
def key(tmp_path: Path) -> SigningKey:
    return SigningKey.create(tmp_path / "audit.key")


@pytest.fixture
def log(tmp_path: Path, key: SigningKey) -> AuditLog:
    """A signed log of twelve records in several segments."""
    log = AuditLog(tmp_path / "log", key=key, rotate_bytes=1_500)
    for number in range(12):
        log.append("answer", {"number": number, "text": "µg ≥ 5"}, id=f"a{number}")
    return log


def lines(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def segments(log: AuditLog) -> list[Path]:
    return sorted(log.path.glob("*.jsonl"))


def problems(log: AuditLog, key: SigningKey | None = None) -> str:
    report = verify_log(log.path, keys=[key.public] if key else [])
    return "; ".join(report.problems)


def test_an_untouched_log_verifies_with_its_key(log: AuditLog, key: SigningKey):
    report = verify_log(log.path, keys=[key.public])
    assert report.problems == ()
    assert (report.records, report.heads, report.signatures) == (12, 12, "valid")
    assert report.segments > 2
    assert [record["body"]["number"] for record in records_of(log.path)] == list(range(12))


def test_every_flipped_byte_is_found(log: AuditLog, key: SigningKey):
    for path in (segments(log)[0], segments(log)[-1], log.path / "head.json"):
        sound = path.read_bytes()
        for place in range(0, len(sound), 7):
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
            assert problems(log, key), f"{path.name} byte {place}"
        path.write_bytes(sound)
    assert not problems(log, key)


def test_every_deleted_line_and_every_swap_of_neighbours_is_found(log: AuditLog, key: SigningKey):
    for path in segments(log):
        sound = lines(path)
        for place in range(len(sound)):
            path.write_bytes(b"".join(sound[:place] + sound[place + 1 :]))
            assert problems(log, key), f"{path.name} without line {place}"
        for place in range(len(sound) - 1):
            swapped = [*sound[:place], sound[place + 1], sound[place], *sound[place + 2 :]]
            path.write_bytes(b"".join(swapped))
            assert problems(log, key), f"{path.name} with line {place} swapped"
        path.write_bytes(b"".join(sound))


def test_every_cut_of_the_tail_is_found(log: AuditLog, key: SigningKey):
    path = segments(log)[-1]
    sound = path.read_bytes()
    for length in range(len(sound)):
        path.write_bytes(sound[:length])
        assert problems(log, key), f"cut to {length} bytes"
    path.unlink()
    assert "its tail was cut" in problems(log, key)


def test_a_missing_segment_in_the_middle_is_found(log: AuditLog):
    segments(log)[1].unlink()
    assert "lines were removed or added" in problems(log)


def test_a_change_is_placed_between_two_lines(log: AuditLog):
    path = segments(log)[0]
    changed = path.read_bytes().replace(b'"number":1,', b'"number":7,')
    path.write_bytes(changed)
    assert "between line 2 of the log (000000000000.jsonl) and line 4" in problems(log)


def test_a_log_rewritten_with_another_key_fails_the_true_one(
    log: AuditLog, key: SigningKey, tmp_path: Path
):
    other = SigningKey.create(tmp_path / "other.key")
    shutil.rmtree(log.path)
    AuditLog(log.path, key=other).append("answer", {"number": 99})
    assert f"not signed by {key.id}" in problems(log, key)
    shutil.rmtree(log.path)
    AuditLog(log.path).append("answer", {"number": 99})
    assert verify_log(log.path, keys=[key.public]).signatures == "invalid"


def test_a_log_goes_on_under_a_new_key_and_both_are_given_to_verify(
    log: AuditLog, key: SigningKey, tmp_path: Path
):
    new = SigningKey.create(tmp_path / "new.key")
    renewed = AuditLog(log.path, key=new, rotate_bytes=1_500)
    for _ in range(5):
        renewed.append("answer", {"number": 0})
    assert verify_log(log.path, keys=[key.public, new.public]).signatures == "valid"
    assert verify_log(log.path, keys=[new.public]).signatures == "invalid"


def test_a_log_rolled_back_with_its_head_file_is_found_by_a_head_kept_elsewhere(
    tmp_path: Path, key: SigningKey
):
    log = AuditLog(tmp_path / "log", key=key)
    log.append("answer", {"number": 1})
    shutil.copytree(log.path, tmp_path / "earlier")
    log.append("answer", {"number": 2})
    saved = log.head()
    shutil.rmtree(log.path)
    shutil.copytree(tmp_path / "earlier", log.path)
    assert verify_log(log.path, keys=[key.public]).problems == ()
    report = verify_log(log.path, keys=[key.public], against=saved)
    assert "its tail was cut" in report.problems[0]
    AuditLog(log.path, key=key).append_many([("answer", {"number": 3}, None)] * 5)
    report = verify_log(log.path, keys=[key.public], against=saved)
    assert "the log was rewritten" in report.problems[0]


def test_a_saved_head_of_an_honest_log_is_met_again(tmp_path: Path, key: SigningKey):
    log = AuditLog(tmp_path / "log", key=key)
    for number in range(5):
        log.append("answer", {"number": number})
        saved = log.head()
        assert verify_log(log.path, keys=[key.public], against=saved).problems == ()
    log.append("answer", {"number": 6})
    assert verify_log(log.path, keys=[key.public], against=saved).problems == ()


def test_a_record_is_proved_without_its_log(log: AuditLog, key: SigningKey):
    proof = prove(log.path, "a3")
    assert proof.holds(key.public)
    assert json.loads(proof.line)["body"]["number"] == 3
    assert not proof.model_copy(update={"line": proof.line.replace("3", "4")}).holds()
    assert not proof.model_copy(update={"index": proof.index + 1}).holds()
    with pytest.raises(InputError, match="no record 'nobody'"):
        prove(log.path, "nobody")


def test_reopening_continues_the_same_tree(log: AuditLog, key: SigningKey):
    again = AuditLog(log.path, key=key, rotate_bytes=1_500)
    again.append("review", {"decision": "accept"})
    log.append("answer", {"number": 13})  # the first writer notices the second's lines
    assert verify_log(log.path, keys=[key.public]).problems == ()


def test_a_writer_refuses_a_log_whose_tail_was_cut(log: AuditLog):
    path = segments(log)[-1]
    path.write_bytes(b"".join(lines(path)[:-2]))
    with pytest.raises(AuditError, match="its tail was cut"):
        AuditLog(log.path).append("answer", {})


def test_a_writer_refuses_a_log_that_was_changed(log: AuditLog):
    path = segments(log)[-1]
    path.write_bytes(path.read_bytes().replace(b"answer", b"Answer", 1))
    with pytest.raises(AuditError, match="were changed"):
        AuditLog(log.path).append("answer", {})


@pytest.mark.parametrize("is_first_commit", [True, False])
def test_unfinished_lines_of_a_dead_writer_are_moved_aside_and_said(
    tmp_path: Path, is_first_commit: bool
):
    log = AuditLog(tmp_path / "log")
    path = log.path / "000000000000.jsonl"
    if is_first_commit:
        path.write_bytes(b'{"kind":"segment","format":1,"fir')
    else:
        log.append("answer", {"number": 1})
        with path.open("ab") as file:
            file.write(b'{"kind":"answer","id":"x","at":"2026-01-01","body":{}}\n{"kind":"he')
        assert "stand after the last head" in problems(log)
    AuditLog(log.path).append("answer", {"number": 2})
    assert not problems(log)
    kinds = [record["kind"] for record in records_of(log.path)]
    assert kinds[-2:] == ["recovery", "answer"]
    torn = [record["body"]["file"] for record in records_of(log.path) if "file" in record["body"]]
    assert (log.path / torn[0]).stat().st_size > 0


def _append_forty(path: Path, name: str) -> None:
    log = AuditLog(path, rotate_bytes=4_000)
    for number in range(40):
        log.append("answer", {"who": name, "number": number})


def test_a_writer_that_still_runs_notices_that_its_file_was_cut(tmp_path):
    log = AuditLog(tmp_path / "log")
    log.append("answer", {"number": 1})
    segment = next(log.path.glob("*.jsonl"))
    segment.write_bytes(segment.read_bytes()[:-5])
    with pytest.raises(AuditError, match="its tail was cut"):
        log.append("answer", {"number": 2})


def test_processes_and_threads_write_one_log_together(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    path = tmp_path / "log"
    workers = [context.Process(target=_append_forty, args=(path, f"p{n}")) for n in range(3)]
    log = AuditLog(path, rotate_bytes=4_000)
    threads = [
        threading.Thread(
            target=lambda: [log.append("answer", {"who": "t", "number": n}) for n in range(40)]
        )
        for _ in range(3)
    ]
    for worker in [*workers, *threads]:
        worker.start()
    for worker in [*workers, *threads]:
        worker.join()
    report = verify_log(path)
    assert (report.problems, report.records) == ((), 240)
    for name in ("p0", "p1", "p2"):
        mine = [r["body"]["number"] for r in records_of(path) if r["body"]["who"] == name]
        assert mine == list(range(40))


_WRITER = """
import sys
from pathlib import Path
from medrag.review.audit import AuditLog
log = AuditLog(Path(sys.argv[1]), rotate_bytes=3000)
number = 0
while True:
    log.append_many([("answer", {"number": number}, f"n{number}")] * 3)
    print(number, flush=True)
    number += 1
"""


def test_what_was_acknowledged_outlives_a_killed_writer(tmp_path: Path):
    path, promised = tmp_path / "log", 0
    for round_ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(5 + round_ * 3)]
        os.kill(process.pid, signal.SIGKILL)
        seen += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        promised += 3 * len([line for line in seen if line.endswith("\n")])
        log = AuditLog(path, rotate_bytes=3_000)
        log.append("check", {"round": round_})
        report = verify_log(path)
        assert report.problems == ()
        answers = [record for record in records_of(path) if record["kind"] == "answer"]
        assert len(answers) >= promised


def test_a_full_disk_loses_nothing_and_is_said(tmp_path: Path):
    log = AuditLog(tmp_path / "log")
    log.append("answer", {"number": 1})
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limits[1]))
    try:
        with pytest.raises(AuditError, match="Nothing was recorded"):
            log.append("answer", {"text": "x" * 10_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, handler)
    assert not problems(log)
    log.append("answer", {"number": 2})
    assert [record["body"]["number"] for record in records_of(log.path)] == [1, 2]
    assert not problems(log)


@pytest.mark.parametrize("kind", ["head", "segment", "recovery", ""])
def test_the_logs_own_kinds_are_refused(tmp_path: Path, kind: str):
    with pytest.raises(InputError, match="the log uses it itself"):
        AuditLog(tmp_path).append(kind, {})


def test_a_body_that_is_no_json_is_refused_and_nothing_is_written(tmp_path: Path):
    log = AuditLog(tmp_path / "log")
    for body in ({"x": object()}, {"x": float("nan")}):
        with pytest.raises(InputError, match="must be JSON"):
            log.append("answer", body)
    assert segments(log) == []


def test_a_body_cannot_pass_for_a_head(tmp_path: Path):
    log = AuditLog(tmp_path / "log")
    log.append("answer", {"text": '\n{"kind":"head","size":0}'})
    assert not problems(log)
    assert next(records_of(log.path))["body"]["text"].startswith("\n")


def test_a_private_key_is_readable_by_its_owner_only_and_printed_nowhere(tmp_path: Path):
    key = SigningKey.create(tmp_path / "k")
    assert (tmp_path / "k").stat().st_mode & 0o077 == 0
    assert VerifyingKey.open(tmp_path / "k.pub").id == key.id == SigningKey.open(tmp_path / "k").id
    assert "PRIVATE" not in repr(key)
    with pytest.raises(InputError, match="exists already"):
        SigningKey.create(tmp_path / "k")
    with pytest.raises(InputError, match="no private key"):
        SigningKey.open(tmp_path / "k.pub")
    with pytest.raises(InputError, match="no public key"):
        VerifyingKey.open(tmp_path / "k")


def test_verifying_a_folder_without_a_log_is_an_error(tmp_path: Path):
    with pytest.raises(InputError, match="no audit log"):
        verify_log(tmp_path)
    (tmp_path / "h.json").write_text("{}")
    with pytest.raises(InputError, match="no head of an audit log"):
        TreeHead.read(tmp_path / "h.json")
