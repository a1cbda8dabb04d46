"""The second reader may add, and only add."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.core.answer import Claim, Quote, QuotedAnswer, QuoteMatch, VerifiedQuote
from medrag.core.prompt import Completion
from medrag.core.protocols import Entailment, Judgement
from medrag.core.span import Span
from medrag.errors import InputError
from medrag.quotes import ground_answer
from medrag.quotes.second_reader import ScriptedEntailment, second_findings

SAID = "Give examplazine 5 mg."


def claim(text, *, verified=True):
    span = Span(start=0, end=len(SAID))
    match = (
        QuoteMatch(status="exact", span=span, text=SAID)
        if verified
        else QuoteMatch(status="not_found")
    )
    quote = VerifiedQuote(quote=Quote(passage_id="p", text=SAID), match=match)
    support = "supported" if verified else "unsupported"
    return Claim(text=text, quotes=(quote,), support=support)


def answer(*claims):
    completion = Completion(text="", model="m", finish_reason="stop")
    return QuotedAnswer(question="?", status="answered", claims=claims, completion=completion)


def test_a_contradiction_that_the_reader_sees_is_reported_at_its_claim():
    reader = ScriptedEntailment({"Examplazine is no good.": Judgement(0.1, 0.8)})
    (finding,) = second_findings(answer(claim(SAID), claim("Examplazine is no good.")), reader)
    assert (finding.rule_id, finding.category) == ("QUO108", "contradiction")
    assert finding.span == Span(start=len(SAID) + 1, end=len(SAID) + 24)


def test_a_claim_that_the_reader_does_not_find_is_reported():
    reader = ScriptedEntailment({}, default=Judgement(0.1, 0.1))
    (finding,) = second_findings(answer(claim("It helps.")), reader)
    assert finding.category == "unsupported-number"


def test_a_reader_that_agrees_takes_nothing_back():
    wrong = answer(claim("Give examplazine 50 mg."))
    reader = ScriptedEntailment({}, default=Judgement(1.0, 0.0))
    assert second_findings(wrong, reader) == ()
    assert [finding.rule_id for finding in ground_answer(wrong)] == ["QUO101"]


def test_a_claim_without_a_verified_quotation_is_not_asked_about():
    reader = ScriptedEntailment({}, default=Judgement(0.0, 1.0))
    assert second_findings(answer(claim("It helps.", verified=False)), reader) == ()
    assert reader.asked == [()]


def test_the_scripted_reader_keeps_the_protocol():
    assert isinstance(ScriptedEntailment({}), Entailment)


@pytest.fixture
def tiny_model(tmp_path: Path):
    """A cross-encoder of random weights with the labels asked for."""
    transformers = pytest.importorskip("transformers")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "give", "examplazine", "5", "mg", "."]

    def make(labels):
        folder = tmp_path / "-".join(labels)
        folder.mkdir()
        (folder / "vocab.txt").write_text("\n".join(words))
        transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
        config = transformers.BertConfig(
            vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=16, max_position_embeddings=64,
            id2label=dict(enumerate(labels)), label2id={v: k for k, v in enumerate(labels)},
        )  # fmt: skip
        transformers.BertForSequenceClassification(config).save_pretrained(folder)
        return folder

    return make


def test_a_cross_encoder_judges_by_its_own_labels(tiny_model):
    from medrag.quotes.cross_encoder import open_cross_encoder

    reader = open_cross_encoder(str(tiny_model(["contradiction", "entailment", "neutral"])))
    assert isinstance(reader, Entailment)
    (alone,) = reader.judge([(SAID, "Give examplazine.")])
    both = reader.judge([(SAID, "Give examplazine."), (SAID, "5 mg.")])
    assert 0 <= alone.supports <= 1
    assert 0 <= alone.supports + alone.contradicts <= 1
    assert both[0] == pytest.approx(alone, abs=2e-2)
    assert reader.judge([]) == []


def test_a_cross_encoder_without_the_labels_of_inference_is_refused(tiny_model):
    from medrag.quotes.cross_encoder import open_cross_encoder

    with pytest.raises(InputError, match="expected entailment and contradiction"):
        open_cross_encoder(str(tiny_model(["relevant", "irrelevant"])))


def test_a_model_that_is_not_there_is_refused(tmp_path: Path):
    from medrag.quotes.cross_encoder import open_cross_encoder

    with pytest.raises(InputError, match="no cross-encoder could be opened"):
        open_cross_encoder(str(tmp_path / "nothing"))


@pytest.mark.parametrize(
    ("judged", "categories"),
    [
        (Judgement(supports=1.0, contradicts=0.5), ["contradiction"]),
        (Judgement(supports=1.0, contradicts=0.49), []),
        (Judgement(supports=0.2, contradicts=0.0), []),
        (Judgement(supports=0.19, contradicts=0.0), ["unsupported-number"]),
    ],
)
def test_a_reader_is_heard_from_its_thresholds_on(judged, categories):
    found = second_findings(answer(claim("It helps.")), ScriptedEntailment({}, default=judged))
    assert [finding.category for finding in found] == categories
