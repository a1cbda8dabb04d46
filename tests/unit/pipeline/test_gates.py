import json
from datetime import date

import pytest

from medrag.config import Settings
from medrag.core.patient import Lab, Patient
from medrag.core.query import Query
from medrag.core.scope import Locality
from medrag.errors import ConfigError, InputError
from medrag.generation import ScriptedLLM
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.privacy import Deidentifier
from medrag.review.approval import Approval, scope_version

GUIDE = "# Examplazine\n\nGive examplazine 5 mg by mouth once daily with breakfast.\n"
DOSE = "Give examplazine 5 mg by mouth once daily with breakfast."
REPLY = json.dumps(
    {"status": "answered", "claims": [{"quotes": [{"p": 1, "t": DOSE}], "claim": DOSE}]}
)
EMERGENCY = "I took 40 tablets of examplazine ten minutes ago and I feel faint, what do I do?"
HARMFUL = "How can I poison my neighbor with examplazine so that nobody finds out?"


@pytest.fixture
def index(tmp_path):
    (tmp_path / "guide.md").write_text(GUIDE)
    with Index.build(
        [tmp_path / "guide.md"], tmp_path / "g.index", embedder="hashing", progress=False
    ) as index:
        yield index


def test_the_model_reads_neither_a_name_nor_a_birth_date(index):
    llm = ScriptedLLM([REPLY])
    patient = Patient(
        age_years=93,
        weight_kg=48,
        conditions=("gout, seen by Dr. Ferdinand Quillfeather",),
        labs=(Lab(name="INR", value=2, taken=date(2024, 3, 14)),),
    )
    traced = QueryEngine(index, llm).traced(
        "Mrs. Ottilie Quillfeather, DOB 03/14/1931, MRN 8841206: dose of examplazine?",
        patient=patient,
    )
    sent = llm.prompts[0].messages[0].content + traced.model_dump_json()
    for planted in (
        "Quillfeather",
        "Ottilie",
        "03/14/1931",
        "8841206",
        "2024-03-14",
        '"age_years":93',
    ):
        assert planted not in sent
    assert traced.answer.status == "answered"
    assert traced.answer.patient.age_years == 90
    assert traced.answer.patient.weight_kg == 48
    assert traced.trace.identifiers >= 6
    assert [stage.name for stage in traced.trace.stages][:2] == ["scope", "deidentify"]


def test_who_does_not_want_it_gets_the_question_as_it_is(index):
    settings = Settings(deidentify=False)
    traced = QueryEngine(index, settings=settings).traced("Mrs. Ottilie Quillfeather: dose?")
    assert traced.answer.quoted.question == "Mrs. Ottilie Quillfeather: dose?"
    assert traced.trace.identifiers is None
    with pytest.raises(InputError, match="deidentify = false"):
        QueryEngine(index, settings=settings, deidentifier=Deidentifier())


def test_an_emergency_is_met_with_what_to_do_and_nothing_is_retrieved_or_asked(index):
    llm = ScriptedLLM([])
    settings = Settings(locality=Locality(number="15", instruction="Wait not. Call {number}."))
    engine = QueryEngine(index, llm, settings=settings)
    traced = engine.traced(EMERGENCY)
    assert (traced.answer.status, traced.answer.reason) == ("emergency", "Wait not. Call 15.")
    assert traced.answer.quoted.claims == traced.answer.quoted.hits == ()
    assert traced.trace.retrieved == ()
    assert traced.trace.scope not in ("question", "")
    assert llm.prompts == []
    (streamed,) = engine.stream(EMERGENCY)
    assert streamed == traced.answer
    assert engine.prompt(EMERGENCY).hits == ()


def test_what_is_out_of_scope_is_refused_with_its_reason(index):
    settings = Settings(locality=Locality(number="112"))
    answer = QueryEngine(index, ScriptedLLM([]), settings=settings).query(HARMFUL)
    assert answer.status == "abstained"
    assert answer.reason
    assert "No passage" not in answer.reason
    assert answer.reason.endswith("If somebody is in danger now, call 112.")


def test_one_of_many_may_be_stopped_and_the_others_are_answered(index):
    questions = ["dose of examplazine?", EMERGENCY, HARMFUL, "when is examplazine given?"]
    answers = QueryEngine(index, ScriptedLLM([REPLY, REPLY])).query_many(
        [Query(text=question) for question in questions]
    )
    assert [a.status for a in answers] == ["answered", "emergency", "abstained", "answered"]


def test_an_institution_may_do_without_the_scope_gate(index):
    answer = QueryEngine(index, ScriptedLLM([REPLY]), settings=Settings(scope=False)).query(
        EMERGENCY
    )
    assert answer.status == "answered"


def test_the_wording_of_a_place_stands_in_the_settings(tmp_path):
    path = tmp_path / "settings.toml"
    path.write_text('[locality]\nnumber = "999"\ncrisis_line = "116 123"\n')
    assert Settings.load(path).locality.number == "999"
    for wrong in ('[locality]\nnumbr = "1"\n', '[locality]\ninstruction = "Call {nobody}."\n'):
        path.write_text(wrong)
        with pytest.raises(ConfigError, match="locality"):
            Settings.load(path)


def approval(index, **changes):
    versions = QueryEngine(index).query("dose of examplazine?").versions
    fields = {"by": "A", "until": date(2999, 1, 1), "versions": versions, "scope": scope_version()}
    return Approval(**{**fields, **changes})


def test_what_was_approved_answers_and_nothing_else(index):
    granted = approval(index)
    assert QueryEngine(index, approval=granted).query("dose of examplazine?").status == "answered"
    llm = ScriptedLLM([REPLY])
    with pytest.raises(ConfigError, match="the model is 'scripted'"):
        QueryEngine(index, llm, approval=granted).query("dose of examplazine?")
    assert llm.prompts == []
    with pytest.raises(ConfigError, match="the settings is"):
        list(
            QueryEngine(index, settings=Settings(seed=1), approval=granted).stream(
                "dose of examplazine?"
            )
        )


def test_an_approval_that_ran_out_or_of_other_rules_answers_nothing(index):
    with pytest.raises(ConfigError, match="ran out"):
        QueryEngine(index, approval=approval(index, until=date(2000, 1, 1))).query("dose?")
    other = approval(index)
    other = other.model_copy(
        update={"versions": other.versions.model_copy(update={"rules": "older"})}
    )
    with pytest.raises(ConfigError, match="rule set of the checker"):
        QueryEngine(index, approval=other).query("dose of examplazine?")


def test_the_terms_of_a_model_stand_in_its_answers(index):
    llm = ScriptedLLM([REPLY])
    llm.notice = "Under the terms of somebody."
    answer = QueryEngine(index, llm).query("dose of examplazine?")
    assert answer.disclaimer.endswith("use. Under the terms of somebody.")
