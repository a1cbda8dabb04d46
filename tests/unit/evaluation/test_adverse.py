"""A rejection or an override becomes a draft case, without identifiers and without guesses."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from medrag.config import Settings
from medrag.core.answer import (
    CheckedAnswer,
    Claim,
    Override,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    VerifiedQuote,
    Versions,
)
from medrag.core.document import Source
from medrag.core.finding import Finding
from medrag.core.patient import Patient
from medrag.core.prompt import Completion
from medrag.core.query import Filters
from medrag.core.span import Span
from medrag.core.trace import Trace, TracedAnswer
from medrag.errors import InputError
from medrag.evaluation.adverse import Adverse, Unusable, add_to, draft, in_folder, in_log
from medrag.evaluation.reading import read_set
from medrag.privacy import Deidentifier
from medrag.review import ReviewFolder, sign
from medrag.review.audit import AuditLog
from medrag.review.audit.recorder import Recorder
from medrag.review.audit.records import review_record

NOW = datetime(2031, 5, 1, 9, 0, tzinfo=timezone.utc)
DOSE = "Give examplazine 40 mg once daily."


def quoted(text: str) -> VerifiedQuote:
    return VerifiedQuote(
        quote=Quote(passage_id="p1", text=text),
        match=QuoteMatch(status="exact", span=Span(start=10, end=10 + len(text)), text=text),
        document_id="d1",
        source=Source(
            key="guide-2", title="Guide", sha256="0" * 64, specialty="cardiology", kind="label"
        ),
    )


@pytest.fixture
def answer() -> CheckedAnswer:
    return CheckedAnswer(
        status="blocked",
        quoted=QuotedAnswer(
            question="How much examplazine for Mrs. Jane Miller, MRN 4451234?",
            status="answered",
            claims=(Claim(text=DOSE, quotes=(quoted(DOSE),), support="supported"),),
            completion=Completion(text="{}", model="scripted"),
        ),
        patient=Patient(age_years=93, conditions=("fall at Mrs. Miller's home",)),
        findings=(
            Finding(rule_id="MED101", category="daily-dose", severity="critical", message="m"),
            Finding(rule_id="MED201", category="interaction", severity="critical", message="m"),
        ),
        versions=Versions(medrag="0", model="m", index="i", prompt="p", rules="r"),
    )


def adverse(answer: CheckedAnswer, reason: str = "", *overrides: Override) -> Adverse:
    return Adverse(answer, not overrides, NOW.date(), reason, overrides)


def test_question_facts_and_the_reviewers_words_lose_their_identifiers(answer):
    case = draft(adverse(answer, "Jane Miller is allergic, call 555-203-4410."), Deidentifier())
    everything = case.model_dump_json()
    assert not [word for word in ("Jane", "Miller", "4451234", "4410") if word in everything]
    assert "examplazine" in case.question
    assert case.patient.age_years == 90, "ages above 89 are told as 90"
    assert "is allergic" in case.notes


def test_no_day_is_told_on_which_the_patient_was_treated(answer):
    asked = answer.model_copy(update={"filters": Filters(as_of=NOW.date())})
    for overrides in ((), (Override(rule_id="MED101", code="will-monitor"),)):
        case = draft(adverse(asked, "too much", *overrides), Deidentifier())
        assert case.as_of is None
        assert "2031-05-01" not in case.model_dump_json()
        assert "in 2031" in case.notes


def test_of_a_rejected_answer_nothing_is_expected_and_its_words_stand_in_the_notes(answer):
    case = draft(adverse(answer, "too much"), Deidentifier())
    assert case.expect is None
    assert case.tags == ("adverse", "rejected", "to-be-judged")
    assert case.judged_by is None
    assert "The reviewer said: too much" in case.notes
    assert f"The answer said: {DOSE}" in case.notes
    assert "Findings: MED101, MED201." in case.notes


def test_a_rejected_abstention_should_have_been_an_answer(answer):
    silent = answer.model_copy(
        update={"status": "abstained", "quoted": answer.quoted.model_copy(update={"claims": ()})}
    )
    case = draft(adverse(silent, "the guide says it"), Deidentifier())
    assert case.expect.status == ("answered", "partly_supported")


@pytest.mark.parametrize(
    ("code", "findings", "not_findings"),
    [
        ("finding-wrong", None, ("MED101",)),
        ("not-applicable", None, ("MED101",)),
        ("will-monitor", ("MED101",), ()),
        ("specialist-advice", ("MED101",), ()),
    ],
)
def test_an_override_says_whether_the_finding_is_right(answer, code, findings, not_findings):
    case = draft(adverse(answer, "", Override(rule_id="MED101", code=code)), Deidentifier())
    assert case.expect.findings == findings
    assert case.expect.not_findings == not_findings
    assert "overridden" in case.tags


def test_an_accepted_answer_was_right_in_its_quotations_and_documents(answer):
    case = draft(adverse(answer, "", Override(rule_id="MED101")), Deidentifier())
    assert [one.text for one in case.expect.quotations] == [DOSE]
    assert case.expect.documents == ("guide-2",)
    assert (case.specialty, case.kind) == ("cardiology", "label")
    assert "blocked" in case.expect.status, "the finding has to stand, so it may block again"


def test_a_folder_gives_its_last_decisions_and_names_what_is_damaged(answer, tmp_path):
    folder = ReviewFolder(tmp_path)
    accepted = answer.model_copy(update={"findings": ()})
    waiting = answer.model_copy(update={"reason": "another"})
    broken = answer.model_copy(update={"reason": "third"})
    folder.add(waiting)
    damaged = folder.add(broken)
    (tmp_path / f"{damaged}.answer.json").write_text("{", encoding="utf-8")
    folder.record(sign(answer, "dr-0417", "reject", reason="no", now=NOW))
    folder.record(sign(accepted, "dr-0417", "accept", now=NOW))
    found = list(in_folder(folder))
    assert [one.id for one in found if isinstance(one, Unusable)] == [damaged]
    assert [one.answer.digest for one in found if isinstance(one, Adverse)] == [answer.digest]


def recorded(answer: CheckedAnswer) -> TracedAnswer:
    trace = Trace(
        stages=(),
        identifiers=0,
        mode="quote",
        retrieved=(),
        left_out=(),
        prompt_sha256="0" * 64,
        replies=(),
        versions=answer.versions,
    )
    return TracedAnswer(answer=answer, trace=trace)


def test_a_log_gives_the_answers_it_holds_and_names_those_it_does_not(answer, tmp_path):
    log = AuditLog(tmp_path / "log")
    unkept = answer.model_copy(update={"reason": "another"})
    Recorder(log, content="deidentified").record(recorded(answer), Settings())
    Recorder(log).record(recorded(unkept), Settings())
    for one in (answer, unkept):
        log.append("review", review_record(sign(one, "dr-0417", "reject", reason="no", now=NOW)))
    found = list(in_log(tmp_path / "log"))
    assert [one.answer.digest for one in found if isinstance(one, Adverse)] == [answer.digest]
    assert [one.id for one in found if isinstance(one, Unusable)] == [unkept.digest[:16]]


def test_drafts_are_added_once_and_what_people_wrote_stays(answer, tmp_path):
    path = tmp_path / "cases.yaml"
    first = draft(adverse(answer, "no"), Deidentifier())
    other = first.model_copy(update={"id": "adverse-2"})
    assert add_to(path, [first]) == [first]
    edited = path.read_text(encoding="utf-8").replace("question: How", "question: So how")
    path.write_text(edited + "    # mine\n", encoding="utf-8")
    assert add_to(path, [first, other]) == [other]
    text = path.read_text(encoding="utf-8")
    assert "So how" in text
    assert "# mine" in text
    assert [case.id for case in read_set(path).cases] == [first.id, "adverse-2"]
    assert add_to(path, [first, other]) == []


def test_a_set_whose_cases_do_not_come_last_is_left_as_it_is(answer, tmp_path):
    path = tmp_path / "cases.yaml"
    before = "cases:\n  - id: a\n    question: Why?\nname: mine\n"
    path.write_text(before, encoding="utf-8")
    with pytest.raises(InputError):
        add_to(path, [draft(adverse(answer, "no"), Deidentifier())])
    assert path.read_text(encoding="utf-8") == before
    assert [one.name for one in tmp_path.iterdir()] == ["cases.yaml"]


def test_another_format_is_refused(answer, tmp_path):
    with pytest.raises(InputError, match="YAML"):
        add_to(tmp_path / "cases.jsonl", [draft(adverse(answer, "no"), Deidentifier())])
