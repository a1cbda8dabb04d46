import json

import pytest

from medrag.config import Settings
from medrag.core.answer import Claim, QuotedAnswer
from medrag.core.finding import Finding
from medrag.core.patient import Patient
from medrag.core.prompt import Completion
from medrag.core.query import Query
from medrag.errors import BackendError, InputError
from medrag.generation import ScriptedLLM
from medrag.pipeline.engine import QueryEngine
from medrag.pipeline.index import Index
from medrag.pipeline.verdict import judge

GUIDE = """# Metformin protocol

Metformin is given as 500 mg twice daily with meals.

Stop metformin when the eGFR is below 30 mL/min/1.73 m2.
"""


@pytest.fixture
def index(tmp_path):
    (tmp_path / "guide.md").write_text(GUIDE)
    with Index.build(
        [tmp_path / "guide.md"], tmp_path / "g.index", embedder="hashing", progress=False
    ) as index:
        yield index


def reply(quote, claim, passage=1):
    claims = [{"quotes": [{"p": passage, "t": quote}], "claim": claim}]
    return json.dumps({"status": "answered", "claims": claims})


def ask(index, text, **facts):
    engine = QueryEngine(index, ScriptedLLM([text]))
    return engine.query("metformin dose?", patient=Patient(**facts) if facts else None)


def test_a_faithful_answer_is_answered(index):
    words = "Metformin is given as 500 mg twice daily with meals."
    answer = ask(index, reply(words, words))
    assert answer.status == "answered"
    quote = answer.quoted.claims[0].quotes[0]
    document = index.document(quote.document_id)
    assert quote.match.span.of(document.text) == quote.match.text == words


def test_an_altered_quotation_leaves_nothing_to_answer(index):
    answer = ask(index, reply("Metformin is given as 5000 mg twice daily with meals.", "Give it."))
    assert answer.status == "abstained"
    assert answer.quoted.claims == ()
    (withheld,) = answer.quoted.withheld
    assert withheld.quotes[0].match.status == "altered"


def test_a_critical_finding_blocks(index):
    words = "Metformin is given as 500 mg twice daily with meals."
    answer = ask(
        index,
        reply(words, words),
        labs=[{"name": "eGFR", "value": 22, "unit": "mL/min/1.73m2"}],
        medications=[],
    )
    assert answer.status == "blocked"
    assert any(f.severity == "critical" and f.category == "renal" for f in answer.findings)


def test_whom_the_question_asks_about_counts(index):
    words = "Metformin is given as 500 mg twice daily with meals."
    engine = QueryEngine(index, ScriptedLLM([reply(words, words)]))
    answer = engine.query("Which metformin dose with an eGFR of 12?")
    assert answer.status == "blocked"
    assert answer.patient is None


def test_a_number_that_no_quotation_holds_blocks(index):
    words = "Metformin is given as 500 mg twice daily with meals."
    answer = ask(index, reply(words, "Give metformin 850 mg twice daily with meals."))
    assert answer.status == "blocked"
    (found,) = [f for f in answer.findings if f.category == "unsupported-number"]
    assert found.span.of(answer.quoted.text) == "850 mg"


def test_a_reply_that_breaks_the_contract_is_no_answer_and_is_kept(index):
    answer = ask(index, "I think 500 mg is fine.")
    assert answer.status == "abstained"
    assert answer.quoted.completion.text == "I think 500 mg is fine."
    assert "500" not in answer.reason


def test_a_made_up_passage_number_is_no_answer(index):
    assert ask(index, reply("Metformin", "Give it.", passage=99)).status == "abstained"


def test_an_answerer_that_says_insufficient_abstains_with_what_is_missing(index):
    text = '{"status": "insufficient", "claims": [], "missing": "nothing on children"}'
    answer = ask(index, text)
    assert (answer.status, answer.reason) == ("abstained", "nothing on children")


def test_a_blank_question_is_refused(index):
    with pytest.raises(InputError, match="blank"):
        QueryEngine(index).query("  ")


def test_every_answer_says_what_it_depended_on(index):
    answer = ask(index, reply("x", "y"))
    versions = answer.versions
    assert versions.model == "scripted"
    assert versions.index.startswith("1-")
    assert versions.prompt
    assert versions.rules


def test_the_same_question_gives_the_same_answer(index):
    engine = QueryEngine(index)
    first = engine.query("When is metformin stopped?")
    assert first.digest == engine.query("When is metformin stopped?").digest


def quoted(*supports):
    claims = tuple(Claim(text=f"claim {i}", quotes=(), support=s) for i, s in enumerate(supports))
    return QuotedAnswer(
        question="q", status="answered", claims=claims, completion=Completion(text="", model="m")
    )


def finding(severity, rule_id="MED101"):
    return Finding(rule_id=rule_id, category="single-dose", severity=severity, message="m")


@pytest.mark.parametrize(
    ("answer", "findings", "status"),
    [
        (quoted(), [], "abstained"),
        (quoted("unsupported"), [finding("critical")], "abstained"),
        (quoted("supported"), [], "answered"),
        (quoted("supported"), [finding("warning")], "answered"),
        (quoted("supported"), [finding("warning", "QUO101")], "partly_supported"),
        (quoted("supported", "partly"), [], "partly_supported"),
        (quoted("supported", "unsupported"), [], "partly_supported"),
        (quoted("supported"), [finding("critical")], "blocked"),
    ],
)
def test_status_by_support_and_findings(answer, findings, status):
    assert judge(answer, findings).status == status


TWO = [
    "Metformin is given as 500 mg twice daily with meals.",
    "Stop metformin when the eGFR is below 30 mL/min/1.73 m2.",
]


def reply_of(*claims):
    listed = [{"quotes": [{"p": 1, "t": quote}], "claim": claim} for quote, claim in claims]
    return json.dumps({"status": "answered", "claims": listed})


def test_settings_reach_the_answer_and_their_digest_is_recorded(index):
    settings = Settings(max_claims=1)
    text = reply_of((TWO[0], TWO[0]), (TWO[1], TWO[1]))
    llm = ScriptedLLM([text, text])
    short = QueryEngine(index, llm, settings=settings).query("metformin dose?")
    long = QueryEngine(index, llm).query("metformin dose?")
    assert [len(answer.quoted.claims) for answer in (short, long)] == [1, 2]
    assert short.versions.settings != long.versions.settings
    assert short.versions.settings == settings.model_copy(update={"llm": llm.name}).digest


def test_retrieve_is_how_many_passages_are_offered(index):
    engine = QueryEngine(index, ScriptedLLM([reply(TWO[0], TWO[0])]), settings=Settings(retrieve=1))
    assert len(engine.query("metformin dose?").quoted.hits) == 1


def test_the_extractive_answerer_heeds_the_most_claims(index):
    engine = QueryEngine(index, settings=Settings(max_claims=1))
    assert len(engine.query("Metformin twice daily with meals?").quoted.claims) <= 1


def test_a_claim_without_support_is_withheld_and_does_not_block_the_others(index):
    answer = ask(index, reply_of((TWO[0], TWO[0]), ("Metformin is sweet.", "Metformin is sweet.")))
    assert answer.status == "partly_supported"
    assert [claim.support for claim in answer.quoted.claims] == ["supported"]
    assert [claim.text for claim in answer.quoted.withheld] == ["Metformin is sweet."]


def test_a_rule_on_old_guidelines_says_nothing_about_grounding():
    withdrawn = finding("warning", "QUO104")
    assert judge(quoted("supported"), [withdrawn]).status == "answered"


def test_a_llama_index_model_is_taken_as_it_is(index):
    from llama_index.core.llms.mock import MockLLM

    engine = QueryEngine(index, MockLLM())
    assert engine.query("metformin dose?").versions.model.endswith("(llama-index)")


def test_what_cannot_answer_is_refused_with_what_can(index):
    with pytest.raises(InputError, match=r"A list cannot answer\. Give a name"):
        QueryEngine(index, [])


def test_the_extractive_answerer_quotes_whatever_the_settings_say(index):
    answers = [
        QueryEngine(index, settings=Settings(quoting=quoting)).query("When is metformin stopped?")
        for quoting in ("auto", "pointer", "words")
    ]
    assert {answer.status for answer in answers} == {"answered"}
    assert {answer.versions.prompt for answer in answers} == {"answer-v2-quote"}


def test_a_second_reader_can_only_add_findings(index):
    from medrag.core.protocols import Judgement
    from medrag.quotes.second_reader import ScriptedEntailment

    doubtful = ScriptedEntailment({TWO[0]: Judgement(supports=0.0, contradicts=0.9)})
    found = []
    for reader in (None, ScriptedEntailment({}), doubtful):
        llm = ScriptedLLM([reply(TWO[0], TWO[0])])
        answer = QueryEngine(index, llm, second_reader=reader).query("metformin dose?")
        found.append({finding.message for finding in answer.findings})
    assert found[0] == found[1]
    (added,) = found[2] - found[0]
    assert "second reader" in added


def test_a_second_reader_that_fails_is_a_check_that_was_not_done(index):
    class Broken:
        name = "broken"

        def judge(self, pairs):
            raise BackendError("broken: the model failed.")

    llm = ScriptedLLM([reply(TWO[0], TWO[0])])
    answer = QueryEngine(index, llm, second_reader=Broken()).query("metformin dose?")
    assert answer.status == "answered"
    assert "broken: the model failed." in [item.reason for item in answer.not_checked]


def test_processes_answer_as_one_process_does(index):
    queries = [Query(text=f"metformin {n} mg with an eGFR of 20?") for n in range(40)]
    engine = QueryEngine(index)
    alone = [engine.query(query.text) for query in queries]
    assert list(engine.query_all(queries, jobs=2)) == alone
    assert list(engine.query_all(queries)) == alone


def test_an_error_in_another_process_is_the_error_of_one(index):
    queries = [Query(text="metformin dose?")] * 35 + [Query(text=" ")] * 5
    with pytest.raises(InputError, match="blank"):
        list(QueryEngine(index).query_all(queries, jobs=2))


def test_whoever_runs_the_engine_is_asked_before_each_stage(index):
    words = "Metformin is given as 500 mg twice daily with meals."
    calls = []
    engine = QueryEngine(index, ScriptedLLM([reply(words, words)]), pause=lambda: calls.append(1))
    traced = engine.traced("metformin dose?")
    assert len(calls) == len(traced.trace.stages) > 5
