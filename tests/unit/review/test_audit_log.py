import json
import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from datetime import datetime, timezone
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
from medrag.review.audit.fhir import export_log
from medrag.review.audit.merkle import EMPTY_ROOT

NESTED: list[object] = []
for _ in range(5_000):
    NESTED = [NESTED]


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
    with pytest.raises(AuditError, match="the key was changed"):
        AuditLog(log.path, key=new).append("answer", {})
    renewed = AuditLog(log.path, key=new, trusted=[key.public], rotate_bytes=1_500)
    for _ in range(5):
        renewed.append("answer", {"number": 0})
    assert verify_log(log.path, keys=[key.public, new.public]).signatures == "valid"
    assert verify_log(log.path, keys=[new.public]).signatures == "invalid"
    assert problems(log, new)
    AuditLog(log.path, key=new).append("answer", {"number": 1})  # from now on the new one will do


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
        empty = TreeHead(size=0, root=EMPTY_ROOT.hex(), at=datetime.now(timezone.utc))
        (log.path / "head.json").write_text(empty.model_dump_json())
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
        with pytest.raises(InputError, match="must be a JSON object"):
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


def copied(log: AuditLog, **options: object) -> None:
    """Write every record of a log anew, by somebody with other means."""
    records = list(records_of(log.path))
    shutil.rmtree(log.path)
    entries = [("answer", record["body"], record["id"]) for record in records]
    AuditLog(log.path, **options).append_many(entries)


@pytest.mark.parametrize("who", ["nobody", "another"])
def test_no_writer_vouches_for_what_others_wrote(
    log: AuditLog, key: SigningKey, tmp_path: Path, who: str
):
    copied(log, key=SigningKey.create(tmp_path / "other") if who == "another" else None)
    with pytest.raises(AuditError, match="not signed by the key given"):
        AuditLog(log.path, key=key).append("answer", {})
    assert problems(log, key)


def test_a_writer_without_the_key_does_not_break_a_signed_log(log: AuditLog, key: SigningKey):
    with pytest.raises(AuditError, match="Give the key"):
        AuditLog(log.path).append("answer", {})
    assert not problems(log, key)


def without_last_segment(log: AuditLog) -> None:
    segments(log)[-1].unlink()


def without_last_commit(log: AuditLog) -> None:
    path = segments(log)[-1]
    path.write_bytes(b"".join(lines(path)[:-2]))


def with_a_disguised_head(log: AuditLog) -> None:
    path = segments(log)[-1]
    *before, head = lines(path)
    path.write_bytes(b"".join([*before, b" " + head]))


@pytest.mark.parametrize("cut", [without_last_segment, without_last_commit, with_a_disguised_head])
@pytest.mark.parametrize("head", ["removed", "damaged", "emptied", "kept", "of another log"])
def test_no_writer_covers_a_cut_tail(
    log: AuditLog, key: SigningKey, tmp_path: Path, cut, head: str
):
    cut(log)
    path = log.path / "head.json"
    if head == "removed":
        path.unlink()
    elif head == "damaged":
        path.write_text("{")
    elif head == "emptied":
        empty = TreeHead(
            size=0, root=EMPTY_ROOT.hex(), at=datetime.now(timezone.utc), key=key.id,
            signature="A" * 86 + "==",
        )  # fmt: skip
        path.write_text(empty.model_dump_json())
    elif head == "of another log":
        other = AuditLog(tmp_path / "other", key=key)
        other.append("answer", {})
        path.write_text(other.head().model_dump_json())
    before = {path: path.read_bytes() for path in log.path.iterdir()}
    assert problems(log, key)
    for writer in (AuditLog(log.path, key=key), log):
        with pytest.raises(AuditError):
            writer.append("answer", {})
    assert {path: path.read_bytes() for path in log.path.iterdir()} == before


def test_a_writer_that_died_before_head_json_is_followed(log: AuditLog, key: SigningKey):
    path = log.path / "head.json"
    behind = path.read_bytes()
    log.append("answer", {"number": 12})
    path.write_bytes(behind)
    assert not problems(log, key)
    AuditLog(log.path, key=key).append("answer", {"number": 13})
    assert not problems(log, key)


@pytest.mark.parametrize(
    ("found", "put"),
    [(b"\n", b"\r\n"), (b'"size"', b'"\\u0073ize"'), (b'{"kind":"head",', b'{"kind":"head", ')],
)
def test_the_bytes_of_the_last_head_are_bound_too(log: AuditLog, key, found: bytes, put: bytes):
    path = segments(log)[-1]
    *before, head = lines(path)
    path.write_bytes(b"".join([*before, head.replace(found, put)]))
    assert problems(log, key)


def test_files_that_were_joined_parted_emptied_or_cut_at_their_line_end_are_found(
    log: AuditLog, key: SigningKey
):
    sound = {path: path.read_bytes() for path in segments(log)}
    first, second, *_, last = sound

    def found() -> str:
        text = problems(log, key)
        for path, data in sound.items():
            path.write_bytes(data)
        return text

    first.write_bytes(b"".join(sound.values()))
    for path in list(sound)[1:]:
        path.unlink()
    assert "in the middle of another" in found()
    first.write_bytes(sound[first][:-1])
    assert "its last line was cut" in found()
    second.write_bytes(b"")
    assert "is empty" in found()
    last.write_bytes(sound[last].replace(b'"frontier":["', b'"frontier":["00', 1))
    assert "begins as another" in found()
    assert not problems(log, key)


HOSTILE = [
    b'{"kind":"head","a":' + b"[" * 100_000,
    b"[" * 100_000,
    b'{"kind":"answer"}',
    b'{"kind":"answer","id":1,"at":"x","body":{}}',
    b'{"kind":"answer","id":"x","at":"x","body":[]}',
    b"null",
    b"\xff\x00",
    b'{"kind":"head","size":1,"root":"' + b"0" * 64 + b'","at":"0001-01-01T00:00:00+14:00"}',
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_that_is_no_record_is_an_error_of_the_log_and_never_of_ours(
    log: AuditLog, key: SigningKey, line: bytes
):
    path = segments(log)[0]
    path.write_bytes(path.read_bytes() + line + b"\n")
    assert problems(log, key)
    for reading in (
        lambda: list(records_of(log.path)),
        lambda: prove(log.path, "a1"),
        lambda: list(export_log(log.path)),
    ):
        with suppress(AuditError):
            reading()


def test_other_files_in_the_folder_are_no_part_of_the_log(log: AuditLog, key: SigningKey):
    (log.path / "².jsonl").write_text("x")
    (log.path / "notes.jsonl").write_text("x")
    assert not problems(log, key)


@pytest.mark.parametrize("signature", ["é" * 88, "AAAA", "A" * 86 + "=="])
def test_a_head_with_a_signature_that_is_none_is_found(log, key, signature: str):
    path = log.path / "head.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "signature": signature}))
    assert problems(log, key)


def test_a_disk_that_has_no_room_for_head_json_records_nothing(tmp_path: Path):
    log = AuditLog(tmp_path / "log")
    log.append("answer", {"number": 1})
    blocked = log.path / ".head.json.new"
    blocked.mkdir()
    with pytest.raises(AuditError, match="Nothing was recorded"):
        log.append("answer", {"number": 2})
    blocked.rmdir()
    log.append("answer", {"number": 3})
    assert [record["body"]["number"] for record in records_of(log.path)] == [1, 3]
    assert not problems(log)


def test_a_head_json_that_cannot_be_replaced_records_nothing(tmp_path: Path):
    log = AuditLog(tmp_path / "log")
    log.append("answer", {"number": 1})
    size = segments(log)[0].stat().st_size
    (log.path / "head.json").unlink()
    (log.path / "head.json").mkdir()
    with pytest.raises(AuditError):
        log.append("answer", {"number": 2})
    assert segments(log)[0].stat().st_size == size


@pytest.mark.parametrize(
    ("kind", "body", "id_"),
    [
        ("answer", [], "x"),
        ("answer", "text", "x"),
        ("answer", None, "x"),
        ("answer", {}, 7),
        ("answer", {}, "two\nlines"),
        ("a" * 201, {}, "x"),
        (["a"], {}, "x"),
        ("answer", {"x": NESTED}, "x"),
    ],
)
def test_what_readers_could_not_read_is_not_appended(tmp_path: Path, kind, body, id_):
    log = AuditLog(tmp_path / "log")
    with pytest.raises(InputError):
        log.append(kind, body, id=id_)
    assert segments(log) == []


def test_half_a_character_is_kept_and_proved(tmp_path: Path):
    log = AuditLog(tmp_path / "log")
    log.append("feedback", {"text": "\ud800"}, id="half")
    assert next(records_of(log.path))["body"] == {"text": "\ud800"}
    assert prove(log.path, "half").holds()
    assert next(export_log(log.path))["resourceType"] == "AuditEvent"


def test_a_log_is_verified_and_nothing_is_missed_while_others_write(tmp_path: Path):
    path = tmp_path / "log"
    AuditLog(path).append("answer", {})
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(path)], stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    try:
        found = [verify_log(path).problems for _ in range(60)]
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    assert set(found) == {()}
