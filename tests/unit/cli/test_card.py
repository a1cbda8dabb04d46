"""The terminal card, whole: what a person reads before signing."""

from datetime import datetime, timezone

import pytest

from medrag.cli.card import answer_card, hit_card, report_card, reviewed_card
from medrag.core.answer import (
    CheckedAnswer,
    Claim,
    Override,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    Review,
    ReviewedAnswer,
    VerifiedQuote,
    Versions,
)
from medrag.core.document import Document, Page, Passage, Section, Source
from medrag.core.finding import Finding, NotChecked, Reference
from medrag.core.prompt import Completion
from medrag.core.query import Hit
from medrag.core.span import Span

TEXT = "Dosing\nGive examplazine 5 mg once daily.\nweight | dose\n50 kg | 5 mg"


@pytest.fixture
def hit():
    whole = Span(start=0, end=len(TEXT))
    document = Document.of(
        TEXT,
        Source(key="k", title="Examplazine protocol", edition="3", sha256="0"),
        pages=(Page(number=2, label="iv", span=whole),),
        sections=(Section(path=("Dosing",), span=whole),),
    )
    passage = Passage.cut(document, whole)
    return Hit(passage=passage, source=document.source, score=1.5, rank=1, retriever="hybrid")


@pytest.fixture
def answer(hit):
    span = Span(start=7, end=40)
    verified = VerifiedQuote(
        quote=Quote(passage_id=hit.passage.id, text=span.of(TEXT)),
        match=QuoteMatch(status="exact", span=span, text=span.of(TEXT)),
        document_id=hit.passage.document_id,
        source=hit.source,
        section=("Dosing",),
        pages=hit.passage.pages,
    )
    altered = VerifiedQuote(
        quote=Quote(passage_id=hit.passage.id, text="Give 50 mg"),
        match=QuoteMatch(status="altered"),
    )
    quoted = QuotedAnswer(
        question="How much?",
        status="answered",
        claims=(
            Claim(
                text="Give examplazine 5 mg once daily.", quotes=(verified,), support="supported"
            ),
            Claim(text="Give 50 mg.", quotes=(altered,), support="unsupported"),
        ),
        hits=(hit,),
        completion=Completion(text="{}", model="scripted"),
    )
    return CheckedAnswer(
        status="blocked",
        reason="1 critical finding stands against it.",
        quoted=quoted,
        findings=(
            Finding(
                rule_id="MED101",
                category="single-dose",
                severity="critical",
                message="examplazine 50 mg in one dose is above the maximum of 10 mg for adults.",
                span=Span(start=34, end=44),
                reference=Reference(title="Examplazine label", section="2.1", edition="2024"),
            ),
        ),
        not_checked=(NotChecked(check="renal dosing", reason="no eGFR or creatinine is given"),),
        rules_run=("MED101",),
        versions=Versions(medrag="0", model="scripted", index="1-abc", prompt="p", rules="r"),
    )


@pytest.fixture(autouse=True)
def _plain(monkeypatch):
    monkeypatch.setenv("COLUMNS", "96")


def uncolored(text):
    from click import unstyle

    return unstyle(text) + "\n"


def test_the_card_of_an_answer(answer, golden):
    golden("cards/answer.txt", uncolored(answer_card(answer)))


def test_the_card_of_a_reviewed_answer(answer, golden):
    review = Review(
        reviewer="A. Person",
        decision="accept",
        reason="",
        at=datetime(2026, 3, 1, 12, tzinfo=timezone.utc),
        expires=datetime(2026, 3, 2, 12, tzinfo=timezone.utc),
        overrides=(Override(rule_id="MED101", reason="dose confirmed"),),
        answer_digest=answer.digest,
    )
    reviewed = ReviewedAnswer.bind(answer, review)
    golden("cards/reviewed.txt", uncolored(reviewed_card(reviewed)))


def test_the_card_of_a_hit(hit, golden):
    golden("cards/hit.txt", uncolored(hit_card(hit)))


def test_an_unverified_quotation_is_never_printed_as_one(answer):
    card = uncolored(answer_card(answer))
    assert "“Give 50 mg”" not in card
    assert "quotation not verified: altered" in card


def test_a_report_without_findings_says_that_the_checks_ran():
    assert report_card((), ()) == "Findings: the checks that ran raised nothing."


def test_who_gets_no_statement_reads_no_findings_and_is_not_sent_to_sign(answer):
    silent = answer.model_copy(
        update={
            "status": "emergency",
            "reason": "Call 112.",
            "quoted": answer.quoted.model_copy(update={"claims": ()}),
        }
    )
    card = uncolored(answer_card(silent))
    assert card.startswith("EMERGENCY\n  Call 112.\n\nNothing is stated")
    assert "Findings" not in card
    assert "sign-off" not in card
    page = silent._repr_html_()
    assert "Call 112." in page
    assert "waiting for sign-off" not in page


def test_a_document_cannot_steer_the_terminal(hit):
    source = hit.source.model_copy(update={"title": "Guide\x1b]0;owned\x07"})
    passage = hit.passage.model_copy(update={"text": "\x1b[2J\u202e" + hit.passage.text[5:]})
    card = hit_card(hit.model_copy(update={"source": source, "passage": passage}))
    assert "\x1b]" not in card
    assert "\x1b[2J" not in card
    assert "\\u001b[2J" in card
    assert "\u202e" not in card
