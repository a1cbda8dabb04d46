import pytest

import medrag
from medrag.core.answer import (
    CheckedAnswer,
    Claim,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    VerifiedQuote,
    Versions,
)
from medrag.core.document import Document, Passage, Source
from medrag.core.finding import Finding, NotChecked, Reference
from medrag.core.prompt import Completion
from medrag.core.query import Hit
from medrag.core.span import Span

ATTACK = "<script>alert(1)</script>"
TEXT = f"Before. Give 5 mg {ATTACK} daily. After."


@pytest.fixture
def hit():
    source = Source(key="k", title=f"Guide {ATTACK}", sha256="0", edition="2")
    document = Document.of(TEXT, source)
    passage = Passage.cut(document, Span(start=0, end=len(TEXT)))
    return Hit(passage=passage, source=source, score=0.5, rank=1, retriever="rrf")


@pytest.fixture
def make_answer(hit):
    def make(status="exact"):
        span = Span(start=8, end=TEXT.index(" After"))
        verified = status in {"exact", "normalized"}
        quote = VerifiedQuote(
            quote=Quote(passage_id=hit.passage.id, text="the model's own words"),
            match=QuoteMatch(
                status=status,
                span=span if verified else None,
                text=span.of(TEXT) if verified else None,
            ),
            document_id=hit.passage.document_id,
            source=hit.source,
        )
        claim = Claim(text=f"Five {ATTACK}", quotes=(quote,), support="supported")
        quoted = QuotedAnswer(
            question="q",
            status="answered",
            claims=(claim,),
            hits=(hit,),
            completion=Completion(text="", model="m"),
        )
        return CheckedAnswer(
            status="answered",
            quoted=quoted,
            findings=(
                Finding(
                    rule_id="MED101",
                    category="daily-dose",
                    severity="critical",
                    message=f"too much {ATTACK}",
                    reference=Reference(title=f"Label {ATTACK}", section="2.1"),
                ),
            ),
            not_checked=(NotChecked(check="allergies", reason=f"none given {ATTACK}"),),
            versions=Versions(medrag="0", model="m", index="1", prompt="p", rules="r"),
        )

    return make


def test_nothing_from_a_document_or_a_message_is_markup(make_answer, hit):
    for html in (make_answer()._repr_html_(), hit._repr_html_()):
        assert "<script" not in html
        assert "&lt;script&gt;" in html


def test_a_verified_quotation_is_the_sources_slice_highlighted_in_its_passage(make_answer):
    html = make_answer()._repr_html_()
    assert ">Give 5 mg &lt;script&gt;" in html
    assert "Before. </span><mark" in html
    assert "the model&#x27;s own words" not in html


@pytest.mark.parametrize("status", ["clipped", "altered", "ambiguous", "not_found"])
def test_an_unverified_quotation_is_never_shown_as_one(make_answer, status):
    html = make_answer(status)._repr_html_()
    assert "<mark" not in html
    assert "the model" not in html
    assert f"quotation not verified: {status.replace('_', ' ')}" in html


def test_findings_what_was_not_checked_and_the_disclaimer_stand_on_the_card(make_answer):
    html = make_answer()._repr_html_()
    assert "1 critical" in html
    assert "Not checked (1)" in html
    assert "not a medical device" in html


def test_a_report_a_patient_and_a_document_show_themselves_escaped():
    hostile = "<script>alert(1)</script>"
    report = medrag.check("Give metformin 5000 mg twice daily.")
    assert "critical" in report._repr_html_()
    patient = medrag.Patient(allergies=[], conditions=[hostile])
    shown = patient._repr_html_()
    assert "none known" in shown
    assert "not known" in shown
    assert "<script" not in shown
    source = medrag.Source(key="k", title=hostile, sha256="0" * 64)
    document = medrag.Document.of(hostile, source)
    assert "<script" not in document._repr_html_()
