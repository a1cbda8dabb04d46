"""Rerankers: what they are given, and what becomes of what they say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from medrag.core.document import Document, Passage, Source
from medrag.core.protocols import Reranker
from medrag.core.query import Hit
from medrag.core.span import Span
from medrag.errors import BackendError, InputError, UnknownNameError
from medrag.generation import ScriptedLLM
from medrag.pipeline.reranking import open_reranker
from medrag.registry import names
from medrag.retrieval.llm_reranker import LLMReranker, read_order
from medrag.retrieval.reranking import reranked, shown
from medrag.retrieval.selection import Placed

TEXTS = ("give examplazine", "give 5 mg", "examplazine 5 mg", "mg mg")


def make_hit(text, rank=1) -> Hit:
    source = Source(key=text, title="examplazine", sha256="0" * 64)
    document = Document.of(text, source)
    passage = Passage.cut(document, Span(start=0, end=len(text)))
    passage = passage.model_copy(update={"section": ("Dose",)})
    return Hit(passage=passage, source=source, score=0.5, rank=rank, retriever="hybrid")


HITS = [make_hit(text, rank) for rank, text in enumerate(TEXTS, start=1)]
PLACED = [Placed(row, hit, 0.9 - row / 10) for row, hit in enumerate(HITS)]


class Fixed:
    name = "fixed"

    def __init__(self, scores):
        self.scores = scores

    def rerank(self, question, hits):
        return self.scores


def test_what_was_read_comes_first_in_the_new_order_and_the_rest_follows():
    found = reranked(PLACED, "?", Fixed([0.1, 0.9, 0.1]), depth=3)
    assert [item.row for item in found] == [1, 0, 2, 3]
    assert [item.hit.rank for item in found] == [1, 2, 3, 4]
    assert [item.hit.retriever for item in found] == ["fixed", "fixed", "fixed", "hybrid"]
    scores = [item.hit.score for item in found]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("scores", [[0.1], [0.1, math.nan, 0.2], []])
def test_scores_that_are_missing_or_no_numbers_are_an_error(scores):
    with pytest.raises(BackendError, match="fixed"):
        reranked(PLACED, "?", Fixed(scores), depth=3)


@pytest.mark.parametrize(
    ("reply", "order"),
    [
        ("[2] > [4] > [1] > [3]", [1, 3, 0, 2]),
        ("2, 4", [1, 3, 0, 2]),
        ("I think [3] is best, as 2 of 4 say.", [2, 0, 1, 3]),
        ("[9] > [0] > [2] > [2] > [-1]", [1, 0, 2, 3]),
        ("none of them", [0, 1, 2, 3]),
        ("[99999999999999999999]", [0, 1, 2, 3]),
        ("", [0, 1, 2, 3]),
    ],
)
def test_any_reply_gives_an_order_of_all(reply, order):
    assert read_order(reply, 4) == order


def test_a_language_model_orders_all_in_one_request():
    model = ScriptedLLM(["[3] > [1]"])
    scores = LLMReranker(model).rerank("Which dose?", HITS)
    assert sorted(range(4), key=lambda n: -scores[n]) == [2, 0, 1, 3]
    assert all(0 <= score <= 1 for score in scores)
    (prompt,) = model.prompts
    assert "Which dose?" in prompt.messages[-1].content
    assert shown(HITS[3]) in prompt.messages[-1].content


def test_passages_are_cut_to_the_model_and_what_never_fits_is_refused():
    hits = [make_hit(f"text {n} " + "word " * 400) for n in range(4)]
    small = ScriptedLLM(["[1]"], context_tokens=700)
    LLMReranker(small).rerank("?", hits)
    assert len(small.prompts[0].messages[-1].content.split()) < 700
    with pytest.raises(InputError, match="rerank_depth"):
        LLMReranker(ScriptedLLM([], context_tokens=60)).rerank("?", hits)


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory):
    """A cross-encoder of random weights with as many outputs as asked for."""
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "give", "examplazine", "5", "mg", "dose"]

    def make(labels):
        folder: Path = tmp_path_factory.mktemp("model")
        (folder / "vocab.txt").write_text("\n".join(words))
        transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
        torch.manual_seed(0)
        config = transformers.BertConfig(
            vocab_size=len(words), hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
            intermediate_size=16, max_position_embeddings=64, num_labels=labels,
            initializer_range=0.5,
        )  # fmt: skip
        transformers.BertForSequenceClassification(config).save_pretrained(folder)
        return str(folder)

    return make


@pytest.fixture(params=names("reranker"))
def reranker(request, tiny_model):
    samples = {
        "cross-encoder": lambda: open_reranker(tiny_model(1)),
        "llm": lambda: LLMReranker(ScriptedLLM(["[2] > [1]"] * 9)),
    }
    return samples[request.param]()


def test_a_reranker_gives_one_score_in_range_for_each_hit_and_always_the_same(reranker):
    assert isinstance(reranker, Reranker)
    scores = reranker.rerank("examplazine dose", HITS)
    assert len(scores) == len(HITS)
    assert all(0 <= score <= 1 for score in scores)
    assert reranker.rerank("examplazine dose", HITS) == pytest.approx(scores, abs=1e-4)
    assert reranker.rerank("examplazine dose", []) == []


def test_a_cross_encoder_judges_each_pair_by_itself(tiny_model):
    reranker = open_reranker(f"cross-encoder:{tiny_model(1)}")
    scores = reranker.rerank("examplazine dose", HITS)
    assert len(set(scores)) > 1
    assert reranker.rerank("examplazine dose", HITS[2:3]) == pytest.approx(scores[2:3], abs=1e-4)


def test_a_model_with_several_scores_for_a_pair_is_refused(tiny_model):
    with pytest.raises(InputError, match="3 scores"):
        open_reranker(tiny_model(3))


def test_what_is_no_reranker_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(InputError, match="no cross-encoder"):
        open_reranker(str(tmp_path))
    with pytest.raises(UnknownNameError, match="cross-encoder"):
        open_reranker("cross-encodr")
    with pytest.raises(UnknownNameError):
        open_reranker("llm:nobody")
    with pytest.raises(InputError, match="cannot order"):
        open_reranker("llm:extractive")
