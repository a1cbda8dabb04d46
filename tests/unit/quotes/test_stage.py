"""A draft through the gate: places in the document, pages, support, grounding."""

from __future__ import annotations

import pytest

from medrag.core.answer import DraftAnswer, DraftClaim, Quote
from medrag.core.document import Document, Page, Passage, Source
from medrag.core.prompt import Completion, Prompt
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.quotes import ground_answer, ground_text, verify
from medrag.text import citable

TEXT = "Front matter. " + "Take examplazine 10 mg twice daily.\fIt is given with water."
SOURCE = Source(key="label-1", title="Examplazine label", sha256="0" * 64)
PAGES = (
    Page(number=1, span=Span(start=0, end=50)),
    Page(number=2, label="ii", span=Span(start=50, end=len(TEXT))),
)
DOCUMENT = Document.of(TEXT, SOURCE, pages=PAGES)
PASSAGE = Passage.cut(DOCUMENT, Span(start=14, end=len(TEXT)))


def prompt_of(*, in_force: bool = True) -> Prompt:
    hit = Hit(passage=PASSAGE, source=SOURCE, score=1.0, rank=1, retriever="rrf", in_force=in_force)
    return Prompt(question="How?", hits=(hit,), messages=(), template="answer-v1")


def draft_of(claim: str, *quotes: tuple[str, str]) -> DraftAnswer:
    cited = tuple(Quote(passage_id=passage, text=text) for passage, text in quotes)
    return DraftAnswer(
        status="answered",
        claims=(DraftClaim(text=claim, quotes=cited),),
        completion=Completion(text="", model="scripted"),
    )


def test_a_verified_quotation_is_placed_in_its_document_and_pages():
    draft = draft_of("Given with water.", (PASSAGE.id, "It is given with water."))
    claim = verify(draft, prompt_of()).claims[0]
    quote = claim.quotes[0]
    assert claim.support == "supported"
    assert quote.match.span is not None
    assert quote.match.span.of(DOCUMENT.text) == quote.match.text == "It is given with water."
    assert [page.label for page in quote.pages] == ["ii"]
    assert quote.document_id == DOCUMENT.id
    assert quote.source == SOURCE


def test_a_citation_of_a_passage_that_was_not_offered_is_not_found():
    draft = draft_of("Given with water.", ("made-up", "It is given with water."))
    claim = verify(draft, prompt_of()).claims[0]
    assert claim.support == "unsupported"
    assert claim.quotes[0].match.status == "not_found"
    assert claim.quotes[0].source is None


def test_one_altered_quotation_of_two_makes_partial_support():
    draft = draft_of(
        "Take it.",
        (PASSAGE.id, "It is given with water."),
        (PASSAGE.id, "Take examplazine 100 mg twice daily."),
    )
    answer = verify(draft, prompt_of())
    assert answer.claims[0].support == "partly"
    assert "QUO106" in [finding.rule_id for finding in ground_answer(answer)]


def test_a_claim_that_says_what_its_quotation_says_raises_nothing():
    draft = draft_of("Examplazine 0.01 g BID.", (PASSAGE.id, "Take examplazine 10 mg twice daily."))
    assert ground_answer(verify(draft, prompt_of())) == ()


def test_a_finding_points_into_the_answer_and_at_the_quotation():
    draft = draft_of(
        "Examplazine 20 mg twice daily.", (PASSAGE.id, "Take examplazine 10 mg twice daily.")
    )
    answer = verify(draft, prompt_of())
    (finding,) = ground_answer(answer)
    assert (finding.rule_id, finding.category) == ("QUO101", "unsupported-number")
    assert finding.span is not None
    assert finding.span.of(answer.text) == "20 mg"
    assert "'10 mg'" in finding.message
    assert "Quotation 1, characters 17-22" in finding.message


def test_a_quotation_of_a_superseded_source_is_a_finding():
    draft = draft_of("Given with water.", (PASSAGE.id, "It is given with water."))
    findings = ground_answer(verify(draft, prompt_of(in_force=False)))
    assert [finding.category for finding in findings] == ["superseded"]


def test_a_claim_without_quotations_is_unsupported():
    (finding,) = ground_answer(verify(draft_of("Take it."), prompt_of()))
    assert finding.rule_id == "QUO107"


def test_a_list_parted_from_its_heading_needs_the_section():
    text = "Contraindications\n- severe examplitis of the knee\n- known allergy to examplazine"
    section = {"path": ("Label", "Contraindications"), "span": [0, len(text)]}
    document = Document.model_validate(
        {"id": "d", "source": SOURCE, "text": text, "sections": [section]}
    )
    passage = Passage.cut(document, Span(start=18, end=len(text)))
    hit = Hit(passage=passage, source=SOURCE, score=1.0, rank=1, retriever="rrf")
    prompt = Prompt(question="?", hits=(hit,), messages=(), template="answer-v1")
    draft = draft_of("Severe examplitis.", (passage.id, "severe examplitis of the knee"))
    match = verify(draft, prompt).claims[0].quotes[0].match
    assert match.status == "clipped"
    assert match.diff[0].source == "Contraindications"


@pytest.mark.parametrize(
    ("text", "source", "rule"),
    [
        ("Use in children.", "Use in adults.", "QUO103"),
        ("It is safe in asthma.", "It is not safe in asthma.", "QUO102"),
        ("It raises potassium.", "It lowers potassium.", "QUO102"),
    ],
)
def test_anyones_text_can_be_grounded(text, source, rule):
    assert rule in [finding.rule_id for finding in ground_text(text, [source])]


TABLE = (
    "No bleeding\n\nINR | Examplazine\nbelow 4 | lower a dose\n4 to 10 | omit 1 or 2 doses\n\n"
    "Give it with water."
)
TABLE_DOCUMENT = Document.of(TABLE, SOURCE)
TABLE_PASSAGE = Passage.cut(TABLE_DOCUMENT, Span(start=0, end=len(TABLE)))


def table_claim(claim, *quotes):
    hit = Hit(passage=TABLE_PASSAGE, source=SOURCE, score=1.0, rank=1, retriever="rrf")
    prompt = Prompt(question="How?", hits=(hit,), messages=(), template="answer-v1")
    answer = verify(draft_of(claim, *((TABLE_PASSAGE.id, text) for text in quotes)), prompt)
    return answer.claims[0], ground_answer(answer)


def test_a_row_quoted_with_its_header_and_caption_is_verified_and_grounded():
    claim, findings = table_claim(
        "No bleeding: INR: 4 to 10; Examplazine: omit 1 or 2 doses",
        "No bleeding\n\nINR | Examplazine",
        "4 to 10 | omit 1 or 2 doses",
    )
    assert claim.support == "supported"
    assert findings == ()


def test_a_row_without_its_header_stays_clipped():
    claim, _ = table_claim("Omit 1 or 2 doses.", "4 to 10 | omit 1 or 2 doses")
    assert claim.quotes[0].match.status == "clipped"


def test_a_quotation_elsewhere_does_not_mend_a_clipped_row():
    claim, _ = table_claim(
        "Omit 1 or 2 doses.", "4 to 10 | omit 1 or 2 doses", "Give it with water."
    )
    assert [quote.match.status for quote in claim.quotes] == ["clipped", "exact"]


TWICE = "Tablets\nTake 10 mg twice daily.\n\nOral syrup\nTake 10 mg twice daily."


def twice_claim(span):
    document = Document.of(TWICE, SOURCE)
    passage = Passage.cut(document, Span(start=0, end=len(TWICE)))
    hit = Hit(passage=passage, source=SOURCE, score=1.0, rank=1, retriever="rrf")
    prompt = Prompt(question="How?", hits=(hit,), messages=(), template="answer-v1")
    quote = Quote(passage_id=passage.id, text="Take 10 mg twice daily.", span=span)
    draft = DraftAnswer(
        status="answered",
        claims=(DraftClaim(text="Twice daily.", quotes=(quote,)),),
        completion=Completion(text="", model="scripted"),
    )
    return verify(draft, prompt).claims[0].quotes[0].match


def test_the_place_that_a_quotation_was_copied_from_settles_which_of_two_it_is():
    assert twice_claim(None).status == "ambiguous"
    match = twice_claim(Span(start=44, end=67))
    assert match.status == "exact"
    assert match.span == Span(start=44, end=67)


def test_a_place_that_says_something_else_is_ignored():
    assert twice_claim(Span(start=0, end=23)).status == "ambiguous"
    assert twice_claim(Span(start=44, end=900)).status == "ambiguous"


def quotes_of(text, *quotes, section=()):
    document = Document.of(text, SOURCE)
    passage = Passage.cut(document, Span(start=0, end=len(text)))
    hit = Hit(passage=passage, source=SOURCE, score=1.0, rank=1, retriever="rrf")
    prompt = Prompt(question="How?", hits=(hit,), messages=(), template="answer-v1")
    cited = tuple(Quote(passage_id=passage.id, text=t, span=span) for t, span in quotes)
    draft = DraftAnswer(
        status="answered",
        claims=(DraftClaim(text="A claim.", quotes=cited),),
        completion=Completion(text="", model="scripted"),
    )
    return verify(draft, prompt).claims[0]


def test_a_row_joined_to_its_header_is_shown_as_two_quotations_without_the_rows_between():
    claim = quotes_of(TABLE, ("INR | Examplazine … 4 to 10 | omit 1 or 2 doses", None))
    assert [quote.match.text for quote in claim.quotes] == [
        "INR | Examplazine", "4 to 10 | omit 1 or 2 doses",
    ]  # fmt: skip
    assert claim.support == "supported"


def test_an_ellipsis_inside_a_sentence_stays_one_quotation():
    claim = quotes_of(
        "The tablets (white) dissolve in water.", ("The tablets … dissolve in water.", None)
    )
    assert [quote.match.status for quote in claim.quotes] == ["normalized"]


STRUCTURED = (
    "4 CONTRAINDICATIONS\nNever give it in:\n- asthma\n- gout\n  - of the knee\n\n"
    "Uses\n- pain\n- fever\n\nDose by weight\n\nWeight | Dose | Often\n6 to 12 kg | 5 mg | daily\n"
    "over 12 kg | 9 mg | daily\n\nIt is given to adults. This does not apply in asthma.\n"
)


def test_the_parts_of_all_that_is_citable_verify_when_one_claim_quotes_them():
    found = citable(STRUCTURED)
    assert len(found) == 8
    for one in found:
        claim = quotes_of(STRUCTURED, *((part.of(STRUCTURED), part) for part in one.parts))
        assert claim.support == "supported", one.quotation(STRUCTURED)
