import json

import pytest

from medrag.config import Settings
from medrag.core.patient import Patient
from medrag.errors import AuditError, InputError
from medrag.generation import ScriptedLLM
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.pipeline.replay import replay
from medrag.review.audit import AuditLog, records_of
from medrag.review.audit.recorder import Recorder, content_of, find_answer
from medrag.sealing import KeyRing, SecretKey

GUIDE = """# Examplazine protocol

Examplazine is given as 500 mg twice daily with meals.

Stop examplazine when the eGFR is below 30 mL/min/1.73 m2.

Examplazine tablets are kept in a dry cupboard below 25 degrees.
"""
KEYS = KeyRing([SecretKey(b"k" * 32)])
QUESTION, PATIENT = "examplazine dose?", Patient(age_years=70)
DOSE = "Examplazine is given as 500 mg twice daily with meals."


def build(folder, text=GUIDE):
    (folder / "guide.md").write_text(text)
    return Index.build(
        [folder / "guide.md"],
        folder / "g.index",
        embedder="hashing",
        passage_tokens=32,
        progress=False,
    )


@pytest.fixture
def index(tmp_path):
    with build(tmp_path) as index:
        yield index


@pytest.fixture
def log(tmp_path):
    return AuditLog(tmp_path / "log")


def reply(quote, claim=DOSE):
    claims = [{"quotes": [{"p": 1, "t": quote}], "claim": claim}]
    return json.dumps({"status": "answered", "claims": claims})


def asked(index, log, *, llm="extractive", settings=None, question=QUESTION):
    recorder = Recorder(log, content="encrypted", keys=KEYS)
    engine = QueryEngine(index, llm, settings=settings, recorder=recorder)
    answer = engine.query(question, patient=PATIENT)
    record = find_answer(log.path, answer.digest)
    assert content_of(record, KEYS) == answer
    return record, answer


@pytest.mark.parametrize(
    "replies",
    [
        [reply(DOSE)],
        [reply("Examplazine is given as 5000 mg twice daily."), reply(DOSE)],
        ["no JSON at all", "nor this"],
        [reply("stands nowhere")],  # and no reply to the repair request
    ],
    ids=["verified", "repaired", "unreadable", "repair failed"],
)
def test_a_recorded_reply_comes_to_the_same_answer(index, log, replies):
    record, answer = asked(index, log, llm=ScriptedLLM(replies))
    again = replay(record, answer, index)
    assert (again.now, again.differences) == (answer.digest, ())


def test_an_answer_of_passages_that_were_left_out_is_packed_alike(index, log):
    brief = Settings(answer_tokens=64)
    whole = ScriptedLLM([reply(DOSE)])
    QueryEngine(index, whole, settings=brief).query(QUESTION, patient=PATIENT)
    words = sum(len(m.content.split()) for m in whole.prompts[0].messages)
    tight = ScriptedLLM([reply(DOSE)], context_tokens=words + brief.answer_tokens + 80)
    record, answer = asked(index, log, llm=tight, settings=brief)
    assert record["body"]["left_out"] == list(answer.quoted.left_out) != []
    assert replay(record, answer, index).differences == ()


def test_a_selection_and_an_answer_of_nothing_are_made_again(index, log):
    for question in ("examplazine dose?", "zebra xylophone?"):
        record, answer = asked(index, log, question=question)
        assert replay(record, answer, index).differences == ()


def test_another_edition_is_named_first_and_what_came_of_it_after(index, log, tmp_path):
    record, answer = asked(index, log)
    with build(tmp_path, GUIDE.replace("500 mg", "250 mg")) as newer:
        again = replay(record, answer, newer)
    assert again.differences[0].field == "versions.index"
    fields = {one.field: (one.recorded, one.now) for one in again.differences}
    recorded, now = fields["quoted.claims.0.text"]
    assert ("500 mg" in recorded, "250 mg" in now) == (True, True)
    assert "record.prompt_sha256" in fields
    assert again.now != again.recorded == answer.digest


@pytest.mark.parametrize("weight", ["48.0", "48.50", "4.8E+1", 48.0])
def test_a_weight_is_one_number_however_it_is_written(index, log, weight):
    engine = QueryEngine(index, recorder=Recorder(log, content="encrypted", keys=KEYS))
    engine.query(QUESTION, patient=Patient(weight_kg=weight))
    record = next(records_of(log.path))
    assert replay(record, content_of(record, KEYS), index).differences == ()


def test_a_record_that_states_other_than_its_answer_is_told(index, log):
    record, answer = asked(index, log)
    for key, value in (("status", "blocked"), ("findings", [{"rule_id": "X"}]), ("versions", {})):
        again = replay({**record, "body": {**record["body"], key: value}}, answer, index)
        assert any(one.field.startswith(f"record.{key}") for one in again.differences), key


def test_half_a_character_in_a_question_is_answered_recorded_and_replayed(index, log):
    record, answer = asked(index, log, question="examplazine \ud800 dose?")
    assert answer.quoted.question == "examplazine \ufffd dose?"
    assert replay(record, answer, index).differences == ()


def test_other_settings_or_an_edited_answer_are_not_replayed(index, log):
    record, answer = asked(index, log)
    with pytest.raises(InputError, match="not the one of record"):
        replay(record, answer.model_copy(update={"reason": "edited"}), index)
    for wrong in (
        {"settings": {"made_up": 1}},
        {"settings": None},
        {"mode": "x"},
        {"left_out": None},
    ):
        body = {**record["body"], **wrong}
        with pytest.raises(InputError, match="does not hold what this version"):
            replay({**record, "body": body}, answer, index)


def test_an_answer_that_cannot_be_recorded_is_not_given(index, log):
    engine = QueryEngine(index, recorder=Recorder(log))
    engine.query("examplazine dose?")
    next(log.path.glob("*.jsonl")).write_bytes(b"")
    with pytest.raises(AuditError):
        engine.query("examplazine dose?")
    with pytest.raises(AuditError):
        list(engine.stream("examplazine dose?"))
