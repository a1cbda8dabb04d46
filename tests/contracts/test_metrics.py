"""Every registered metric: named, cited, in its range, silent where undefined, right by hand.

Each example is worked out on paper: what two or three cases contribute, and the figure of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
import pytest

from medrag.checker.registry import rules
from medrag.core.answer import (
    CheckedAnswer,
    Claim,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    VerifiedQuote,
    Versions,
)
from medrag.core.document import Passage, Source
from medrag.core.finding import Finding
from medrag.core.prompt import Completion
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.core.trace import ReplyTrace, Stage, Trace, TracedAnswer
from medrag.evaluation import Case, Expected
from medrag.evaluation.metric import metrics
from medrag.evaluation.observed import Observed
from medrag.pipeline.choosing import Chosen
from medrag.quotes.second_reader import Judgement, ScriptedEntailment
from medrag.registry import names

DOSE = "Examplazine is given as 40 mg once daily."
STOP = "Stop examplazine when the eGFR is below 30."
VERSIONS = Versions(medrag="0", model="m", index="i", prompt="p", rules="r")


def hit(key: str, text: str = DOSE, *, rank: int = 1, in_force: bool = True, score: float = 0.5):
    span = Span(start=0, end=len(text))
    passage = Passage(id=f"p-{key}", document_id=f"d-{key}", text=text, span=span)
    source = Source(key=key, title=key, sha256="0" * 64)
    return Hit(
        passage=passage, source=source, score=score, rank=rank, retriever="x", in_force=in_force
    )


def quoted(key: str, text: str, status: str = "exact"):
    good = status in {"exact", "normalized"}
    match = QuoteMatch(
        status=status,
        span=Span(start=0, end=len(text)) if good else None,
        text=text if good else None,
    )
    return VerifiedQuote(
        quote=Quote(passage_id=f"p-{key}", text=text),
        match=match,
        document_id=f"d-{key}" if good else None,
        source=Source(key=key, title=key, sha256="0" * 64) if good else None,
    )


def claim(text: str, *quotes: VerifiedQuote):
    verified = [quote.match.verified for quote in quotes]
    whole = bool(verified) and all(verified)
    support = "supported" if whole else "partly" if any(verified) else "unsupported"
    return Claim(text=text, quotes=quotes, support=support)


def answer(
    *claims: Claim,
    hits: Sequence[Hit] = (),
    status: str | None = None,
    scope: str = "question",
    findings: Sequence[Finding] = (),
    seconds: float = 1.0,
    tokens: tuple[int | None, int | None, int | None] = (None, None, None),
    reader=None,
) -> Observed:
    shown = tuple(one for one in claims if one.support != "unsupported")
    checked = CheckedAnswer(
        status=status or ("answered" if shown else "abstained"),
        quoted=QuotedAnswer(
            question="?",
            status="answered" if claims else "insufficient",
            claims=shown,
            withheld=tuple(one for one in claims if one.support == "unsupported"),
            hits=tuple(hits),
            completion=Completion(text="{}", model="m"),
        ),
        findings=tuple(findings),
        versions=VERSIONS,
    )
    reply = ReplyTrace(
        model="m", finish_reason="stop", constrained=False, parsed=True,
        prompt_tokens=tokens[0], completion_tokens=tokens[1], thinking_tokens=tokens[2],
    )  # fmt: skip
    trace = Trace(
        stages=(Stage(name="generate", seconds=seconds),), scope=scope, mode="quote",
        retrieved=(), left_out=(), prompt_sha256="0" * 64, replies=(reply,), versions=VERSIONS,
    )  # fmt: skip
    return Observed.of_answer(TracedAnswer(answer=checked, trace=trace), reader)


def text_with(*categories: str, severity: str = "critical") -> Observed:
    found = tuple(
        Finding(rule_id=f"R-{one}", category=one, severity=severity, message="m")
        for one in categories
    )
    return Observed(traced=None, findings=found, outcome=None, seconds=0.1)


def asked(**expected) -> Case:
    return Case(id="a", question="?", expect=Expected(**expected))


def checked(**expected) -> Case:
    return Case(id="a", text="x", expect=Expected(**expected))


def chose(key: str | None, right: str = "B") -> tuple[Case, Observed]:
    """Return a multiple-choice case, and a reply that chooses an option of it."""
    case = Case(id="a", question="?", choices={"A": "x", "B": "y"}, expect=Expected(choice=right))
    reply = ReplyTrace(model="m", finish_reason="stop", constrained=False, parsed=True)
    chosen = Chosen(key=key, text="", reply=reply, seconds=0.1, versions=VERSIONS)
    return case, Observed(traced=None, findings=(), outcome=None, seconds=0.1, chosen=chosen)


def told(status: str, *, right: bool = True, score: float = 0.5) -> tuple[Case, Observed]:
    """Return a case that expects an answer with 40 mg, and one of that status."""
    words = DOSE if right else STOP
    case = asked(status="answered", must="40 mg")
    if status == "answered":
        return case, answer(claim(words, quoted("a", words)), hits=[hit("a", words, score=score)])
    return case, answer(status="abstained")


SILENT = answer(status="abstained", hits=[hit("a")])
GOOD = answer(claim(DOSE, quoted("a", DOSE)), hits=[hit("a")])
REFUSED = answer(status="abstained", scope="drug-diversion")
UNSAFE = {"status": ("abstained", "refused")}
TWO = claim(f"{DOSE} {STOP}", quoted("a", DOSE), quoted("b", STOP))
WRONG_DOSE = claim("Examplazine is given as 80 mg once daily.", quoted("a", DOSE))
IDLE = claim(DOSE, quoted("a", DOSE), quoted("b", "Examplazine is white.", "altered"))
DENIED = ScriptedEntailment({STOP: Judgement(supports=0.1, contradicts=0.9)})

EXAMPLES: dict[str, tuple[list[tuple[Case, Observed]], float]] = {
    # two of four outcomes are as judged
    "status": (
        [
            (asked(status="answered"), GOOD),
            (asked(status="answered"), SILENT),
            (asked(status="refused"), REFUSED),
            (asked(status="refused"), SILENT),
        ],
        2 / 4,
    ),
    # right; 40 mg missing; silent where it should answer
    "correct": ([told("answered"), told("answered", right=False), told("abstained")], 1 / 3),
    # second of two at rank 2, other missing: (1/log2 3) / (1 + 1/log2 3)
    "ndcg-10": (
        [
            (
                asked(documents=("a", "z")),
                answer(hits=[hit("b"), hit("a", rank=2), hit("a", STOP, rank=3)]),
            )
        ],
        (1 / math.log2(3)) / (1 + 1 / math.log2(3)),
    ),
    "recall-10": ([(asked(documents=("a", "z")), answer(hits=[hit("b"), hit("a")]))], 1 / 2),
    "mrr": (
        [
            (asked(documents="a"), answer(hits=[hit("b"), hit("a")])),
            (asked(documents="a"), answer(hits=[hit("b")])),
        ],
        (1 / 2 + 0) / 2,
    ),
    "precision-1": (
        [
            (asked(documents="a"), answer(hits=[hit("b"), hit("a")])),
            (asked(documents="d-a"), answer(hits=[hit("a")])),
        ],
        1 / 2,
    ),
    # one of two quotations in the first; the passage in the second
    "passage-recall": (
        [
            (asked(quotations=(DOSE, STOP)), answer(hits=[hit("a")])),
            (asked(passages="p-a"), answer(hits=[hit("a")])),
        ],
        (1 / 2 + 1) / 2,
    ),
    "expected-quotation": (
        [
            (asked(quotations=("40 mg once daily", "none")), GOOD),
            (asked(quotations={"text": DOSE, "document": "b"}), GOOD),
        ],
        1 / 2,
    ),
    "wrong-quotation": (
        [(asked(not_quotations=DOSE), GOOD), (asked(not_quotations=STOP), GOOD)],
        1 / 2,
    ),
    "answer-span": (
        [(asked(spans="40 MG ONCE DAILY."), GOOD), (asked(spans="80 mg"), GOOD)],
        1 / 2,
    ),
    "answer-span-first": (
        [
            (asked(spans="40 mg"), answer(TWO)),
            (asked(spans="below 30"), answer(TWO)),
            (asked(spans="40 mg"), SILENT),
        ],
        1 / 3,
    ),
    # 0.04 g is 40 mg; 80 mg is not said: one of two facts, then none of one
    "must-facts": (
        [
            (asked(must=("0.04 g", "80 mg")), GOOD),
            (asked(must=("40 mg",)), SILENT),
        ],
        (1 / 2 + 0) / 2,
    ),
    "must-not-facts": (
        [
            (asked(must_not="0.04 g daily"), GOOD),
            (asked(must_not=("80 mg", "400 mg")), GOOD),
            (asked(must_not="start examplazine"), answer(claim(STOP, quoted("a", STOP)))),
        ],
        1 / 3,
    ),
    # 2 verified of 3 offered, the withheld one included
    "quotation-fidelity": (
        [(asked(), answer(TWO, claim("x", quoted("a", "y", "not_found"))))],
        2 / 3,
    ),
    # 80 mg stands nowhere; one of two claims, then one of one
    "citation-recall": (
        [
            (asked(), answer(claim(DOSE, quoted("a", DOSE)), WRONG_DOSE)),
            (asked(), GOOD),
        ],
        (1 / 2 + 1) / 2,
    ),
    # the altered quotation supports nothing; both halves of the other claim are needed
    "citation-precision": ([(asked(), answer(IDLE)), (asked(), answer(TWO))], (1 / 2 + 1) / 2),
    # the reader denies one claim of two
    "citation-recall-nli": (
        [
            (
                asked(),
                answer(
                    claim(DOSE, quoted("a", DOSE)), claim(STOP, quoted("b", STOP)), reader=DENIED
                ),
            )
        ],
        1 / 2,
    ),
    "citation-precision-nli": (
        [
            (
                asked(),
                answer(
                    claim(DOSE, quoted("a", DOSE)), claim(STOP, quoted("b", STOP)), reader=DENIED
                ),
            )
        ],
        1 / 2,
    ),
    # 80 mg of (80 mg, once daily) is wrong; both of (40 mg, once daily) are right: 3 of 4
    "numeric-grounding": ([(asked(), answer(WRONG_DOSE)), (asked(), GOOD)], 3 / 4),
    "source-precision": (
        [(asked(documents="a"), answer(TWO)), (asked(documents="a"), GOOD)],
        3 / 4,
    ),
    "supersession-errors": (
        [
            (asked(), answer(claim(DOSE, quoted("a", DOSE)), hits=[hit("a", in_force=False)])),
            (asked(not_documents="a"), GOOD),
            (asked(not_documents="b"), GOOD),
            (asked(), GOOD),
        ],
        2 / 4,
    ),
    "coverage": ([(asked(), GOOD), (asked(), SILENT), (asked(), REFUSED), (asked(), GOOD)], 2 / 4),
    # silence is no answer: one wrong of two answers
    "selective-risk": ([told("answered"), told("answered", right=False), told("abstained")], 1 / 2),
    # by sureness: right, wrong, right, wrong -> risks 0, 1/2, 1/3, 1/2
    "risk-coverage-area": (
        [
            told("answered", right=False, score=0.1),
            told("answered", score=0.9),
            told("answered", score=0.3),
            told("answered", right=False, score=0.5),
        ],
        (0 + 1 / 2 + 1 / 3 + 1 / 2) / 4,
    ),
    # silent twice: once rightly
    "refusal-precision": (
        [(asked(**UNSAFE), SILENT), (asked(status="answered"), SILENT), (asked(**UNSAFE), GOOD)],
        1 / 2,
    ),
    "refusal-recall": (
        [(asked(**UNSAFE), SILENT), (asked(**UNSAFE), GOOD), (asked(status="answered"), SILENT)],
        1 / 2,
    ),
    # renal found, age not; allergy found by its rule
    "checker-sensitivity": (
        [
            (checked(findings=("renal", "age")), text_with("renal")),
            (checked(findings="R-allergy"), text_with("allergy")),
        ],
        2 / 3,
    ),
    # silent; loud; a remark; only another category than the one excluded
    "checker-specificity": (
        [
            (checked(findings=()), text_with()),
            (checked(findings=()), text_with("renal")),
            (checked(findings=()), text_with("renal", severity="info")),
            (checked(not_findings="age"), text_with("renal")),
        ],
        3 / 4,
    ),
    "seconds": ([(asked(), answer(seconds=s)) for s in (1.0, 2.0, 9.0)], 2.0),
    # type 7: 0.95 of the way from 0 to 4 is 3.8, between 4 and 10
    "seconds-p95": (
        [(asked(), answer(seconds=s)) for s in (1.0, 2.0, 3.0, 4.0, 10.0)],
        4 + 0.8 * 6,
    ),
    "tokens": (
        [(asked(), answer(tokens=(100, 10, None))), (asked(), answer(tokens=(50, 20, 20)))],
        (110 + 90) / 2,
    ),
    # B, B and none of three replies, where B, A and B are right: one is right, two can be read
    "choice-accuracy": ([chose("B"), chose("B", right="A"), chose(None)], 1 / 3),
    "choice-named": ([chose("B"), chose("B", right="A"), chose(None)], 2 / 3),
}
CITED = re.compile(r"arXiv:\d{4}\.\d{4,5}|doi:10\.\S+|\b(?:19|20)\d{2}\b|^medrag: \w")


def figure(name: str, cases: Sequence[tuple[Case, Observed]]) -> float | None:
    metric = metrics([name])[name]
    rows = [parts[""] for one in cases if "" in (parts := metric.measure(*one))]
    return metric.combine(np.array(rows)) if rows else None


@pytest.fixture(params=names("metric"))
def metric(request):
    return metrics([request.param])[request.param]


def test_a_metric_is_registered_under_its_own_name_and_says_what_it_is(metric):
    assert metric.name in names("metric")
    assert metrics([metric.name])[metric.name] is metric
    for words in (metric.title, metric.definition, metric.undefined):
        assert words.strip()
    assert metric.definition.endswith(".")
    assert CITED.search(metric.source), metric.source


def test_an_example_worked_out_by_hand_comes_out(metric):
    cases, expected = EXAMPLES[metric.name]
    assert figure(metric.name, cases) == pytest.approx(expected)


def test_a_figure_is_in_its_range(metric):
    everything = [case for cases, _ in EXAMPLES.values() for case in cases]
    value = figure(metric.name, everything)
    if value is not None:
        assert value >= metric.low
        assert metric.high is None or value <= metric.high


def test_nothing_is_said_of_a_case_that_expects_nothing_where_it_is_judged(metric):
    """What rests on judgements has none here; what only looks at answers may be defined."""
    unjudged = {
        "quotation-fidelity", "citation-recall", "citation-precision", "citation-recall-nli",
        "citation-precision-nli", "numeric-grounding", "supersession-errors", "coverage",
        "seconds", "seconds-p95", "tokens", "choice-named",
    }  # fmt: skip
    found = metric.measure(Case(id="a", question="?"), GOOD)
    assert found == {} or metric.name in unjudged


def test_silence_leaves_what_looks_at_answers_undefined(metric):
    looks_at_answers = {
        "quotation-fidelity", "citation-recall", "citation-precision", "numeric-grounding",
        "supersession-errors", "source-precision", "selective-risk", "risk-coverage-area",
    }  # fmt: skip
    if metric.name in looks_at_answers:
        case = asked(status="answered", documents="a", quotations=DOSE, must="40 mg")
        assert metric.measure(case, SILENT) == {}


def test_no_rows_have_no_figure(metric):
    width = 1 if metric.unit == "s" else 2
    assert metric.combine(np.zeros((0, width))) is None


def test_every_metric_of_this_package_has_an_example():
    assert set(names("metric")) == EXAMPLES.keys()


def test_parts_are_told_beside_the_whole():
    found = metrics(["quotation-fidelity"])["quotation-fidelity"].measure(asked(), answer(IDLE))
    assert found == {"": (1.0, 2.0), "exact": (1.0, 2.0), "altered": (1.0, 2.0)}
    found = metrics(["checker-sensitivity"])["checker-sensitivity"].measure(
        checked(findings=("renal", "age")), text_with("renal")
    )
    assert found == {"": (1.0, 2.0), "renal": (1.0, 1.0), "age": (0.0, 1.0)}
    found = metrics(["checker-specificity"])["checker-specificity"].measure(
        checked(findings="renal"), text_with("renal", "age")
    )
    assert "" not in found
    assert "renal" not in found
    assert found["age"] == (0.0, 1.0)
    assert found["allergy"] == (1.0, 1.0)


def test_a_category_is_expected_of_a_case_that_expects_one_of_its_rules():
    known = next(rule for rule in rules() if rule.id == "MED101")
    raised = Finding(rule_id="MED101", category="age", severity="critical", message="m")
    for findings in ((raised,), ()):
        observed = Observed(traced=None, findings=findings, outcome=None, seconds=0.1)
        found = metrics(["checker-specificity"])["checker-specificity"].measure(
            checked(findings="MED101"), observed
        )
        assert known.category not in found
        assert ("age" in found) is not bool(findings)


def test_a_wrong_number_counts_once_whatever_grounding_says_of_it():
    text = "Stop examplazine when the eGFR is below 30 mL/min and give 40 mg after 2 days."
    wrong = text.replace("30", "316")
    observed = answer(claim(wrong, quoted("a", text)), hits=[hit("a", text)])
    found = metrics(["numeric-grounding"])["numeric-grounding"].measure(asked(), observed)
    assert found == {"": (2.0, 3.0)}


def test_a_key_with_spaces_in_it_is_found():
    observed = answer(hits=[hit("sepsis guide 2024")])
    for name in ("ndcg-10", "recall-10", "mrr", "precision-1"):
        found = metrics([name])[name].measure(asked(documents="sepsis guide 2024"), observed)
        assert found == {"": (1.0, 1.0)}
