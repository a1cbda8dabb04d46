import json

import pytest
from tests.unit.review.test_audit_records import traced

from medrag.config import Settings
from medrag.errors import AuditError, InputError
from medrag.review.audit import AuditLog, records_of
from medrag.review.audit.recorder import Recorder, content_of, find_answer
from medrag.sealing import KeyRing, SecretKey


@pytest.fixture
def log(tmp_path):
    return AuditLog(tmp_path / "log")


def ring(*letters):
    return KeyRing([SecretKey(letter * 32) for letter in letters])


def on_disk(log):
    return b"".join(path.read_bytes() for path in log.path.glob("*.jsonl"))


def test_by_default_no_content_stands_in_the_log(log, answer):
    id_ = Recorder(log).record(traced(answer), Settings())
    assert content_of(find_answer(log.path, id_)) is None
    assert b"examplazine" not in on_disk(log)


def test_sealed_content_opens_with_its_key_and_in_its_own_record_only(log, answer):
    recorder = Recorder(log, content="encrypted", keys=ring(b"a"))
    first = recorder.record(traced(answer), Settings())
    recorder.record(traced(answer.model_copy(update={"reason": "another"})), Settings())
    assert b"examplazine" not in on_disk(log)
    record, other = records_of(log.path)
    assert content_of(record, ring(b"b", b"a")) == answer
    for keys in (None, ring(b"b")):
        with pytest.raises(InputError, match="key"):
            content_of(record, keys)
    moved = {**other, "body": {**other["body"], "sealed": record["body"]["sealed"]}}
    with pytest.raises(InputError, match="belongs to another record"):
        content_of(moved, ring(b"a"))
    assert find_answer(log.path, first[:8]) == record == find_answer(log.path, answer.digest)


def test_content_in_clear_needs_a_look_for_identifiers(log, answer):
    recorder = Recorder(log, content="deidentified")
    with pytest.raises(InputError, match="deidentify = true"):
        recorder.record(traced(answer), Settings())
    assert on_disk(log) == b""
    looked = traced(answer)
    looked = looked.model_copy(update={"trace": looked.trace.model_copy(update={"identifiers": 0})})
    id_ = recorder.record(looked, Settings())
    assert content_of(find_answer(log.path, id_)) == answer


def test_content_that_is_not_what_its_record_states_is_refused(log, answer):
    looked = traced(answer)
    looked = looked.model_copy(update={"trace": looked.trace.model_copy(update={"identifiers": 0})})
    Recorder(log, content="deidentified").record(looked, Settings())
    (record,) = records_of(log.path)
    text = json.dumps(record)
    with pytest.raises(AuditError, match="another answer"):
        content_of(json.loads(text.replace("40 mg", "400 mg")))
    with pytest.raises(AuditError, match="no answer of this version"):
        content_of(json.loads(text.replace('"quoted"', '"qouted"')))


def test_keys_and_policy_go_together(log):
    for content, keys in (("encrypted", None), ("none", ring(b"a")), ("deidentified", ring(b"a"))):
        with pytest.raises(InputError, match="give content='encrypted' and keys together"):
            Recorder(log, content=content, keys=keys)


def test_an_id_that_is_no_answer_or_begins_several_is_refused(log, answer):
    Recorder(log).record(traced(answer), Settings())
    log.append("answer", {"answer": "0" * 64}, id="12345678-a")
    log.append("answer", {"answer": "1" * 64}, id="12345678-b")
    log.append("review", {"answer": "2" * 64}, id="review")
    for id_ in ("review", "nobody", answer.digest[:7], ""):
        with pytest.raises(InputError, match="no answer"):
            find_answer(log.path, id_)
    with pytest.raises(InputError, match="begins the ids of 2"):
        find_answer(log.path, "12345678")
