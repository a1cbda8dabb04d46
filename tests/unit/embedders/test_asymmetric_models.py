"""Models that treat questions and passages differently, used as their authors say.

Each expectation is computed by the authors' own recipe (the model's page), not by ours.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

import medrag
from medrag.embedders import open_embedder
from medrag.embedders.model_usage import KNOWN
from medrag.errors import InputError
from tiny_encoders import write_bert, write_embedding_gemma, write_sentence_bert

QUESTIONS = ["What is the dose of examplazine?", "Is otherazine safe in pregnancy?"]
PASSAGES = [
    "Examplazine > Renal impairment\nHalve the dose when the eGFR is below 30 mL/min.",
    "Otherazine\nDo not give in pregnancy.\nUse contraception.",
    "Monitor potassium every week.",
]
ALL = [*QUESTIONS, *PASSAGES, "title: none | text: task: search result | query: passage: for"]

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def assert_same(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> None:
    np.testing.assert_allclose(ours, unit(theirs), atol=1e-5)


def cls_vectors(folder: Path, inputs: Sequence[object]) -> NDArray[np.float32]:
    """As on the page of MedCPT: one text, or a pair of title and text, and the vector of [CLS]."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder).eval()
    encoded = tokenizer(
        list(inputs), truncation=True, padding=True, return_tensors="pt", max_length=64
    )
    with torch.no_grad():
        return model(**encoded).last_hidden_state[:, 0, :].numpy()


@pytest.fixture(scope="module")
def medcpt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("ncbi")
    write_bert(place / "MedCPT-Query-Encoder", ALL, seed=1)
    return write_bert(place / "MedCPT-Article-Encoder", ALL, seed=2)


@pytest.fixture(scope="module")
def gemma(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("google")
    model = write_embedding_gemma(place, ALL)
    return model.rename(place / "embeddinggemma-300m")


@pytest.fixture
def named(tmp_path: Path):
    def write(name: str, pooling: str, prompts: dict[str, str] | None = None) -> Path:
        model = write_sentence_bert(tmp_path, ALL, pooling=pooling, prompts=prompts)
        return model.rename(tmp_path / name)

    return write


def test_medcpt_reads_title_and_text_as_a_pair_and_questions_by_its_other_encoder(
    medcpt: Path,
) -> None:
    embedder = open_embedder(str(medcpt))
    pairs = [
        ("Examplazine > Renal impairment", PASSAGES[0].partition("\n")[2]),
        ("Otherazine", PASSAGES[1].partition("\n")[2]),
        ("", PASSAGES[2]),
    ]
    assert_same(embedder.embed_passages(PASSAGES), cls_vectors(medcpt, pairs))
    questions = medcpt.parent / "MedCPT-Query-Encoder"
    assert_same(embedder.embed_queries(QUESTIONS), cls_vectors(questions, QUESTIONS))
    assert embedder.max_tokens == 63


def test_a_full_passage_of_medcpt_loses_nothing(medcpt: Path) -> None:
    embedder = open_embedder(str(medcpt))
    text = "Otherazine\nDo not give in pregnancy. " + "Use contraception. " * 20
    while embedder.count_tokens([text])[0] > embedder.max_tokens:
        text = text.rpartition(" ")[0]
    assert embedder.count_tokens([text])[0] >= embedder.max_tokens - 2
    last = text.rpartition(" ")[2]
    other = text.removesuffix(last) + "dose"
    assert not np.allclose(*embedder.embed_passages([text, other]), atol=1e-4)


def test_the_encoder_for_questions_alone_is_refused(medcpt: Path) -> None:
    with pytest.raises(InputError, match=r"questions only.*MedCPT-Article-Encoder"):
        open_embedder(str(medcpt.parent / "MedCPT-Query-Encoder"))


def test_a_pair_of_which_one_is_missing_names_it(medcpt: Path, tmp_path: Path) -> None:
    alone = shutil.copytree(medcpt, tmp_path / "MedCPT-Article-Encoder")
    with pytest.raises(InputError, match="MedCPT-Query-Encoder: neither a folder"):
        open_embedder(str(alone))


def test_a_pair_under_other_names_is_used_alike_when_it_is_said(
    medcpt: Path, tmp_path: Path
) -> None:
    articles = shutil.copytree(medcpt, tmp_path / "articles")
    questions = shutil.copytree(medcpt.parent / "MedCPT-Query-Encoder", tmp_path / "questions")
    other = open_embedder(f"{articles}?query={questions}&pooling=cls&titles=pair")
    one = open_embedder(str(medcpt))
    assert other.digest == one.digest
    np.testing.assert_array_equal(other.embed_passages(PASSAGES), one.embed_passages(PASSAGES))


def test_embeddinggemma_puts_the_title_into_its_template(gemma: Path) -> None:
    embedder = open_embedder(str(gemma))
    theirs = SentenceTransformer(str(gemma)).float()
    asked = [f"task: search result | query: {question}" for question in QUESTIONS]
    stated = [
        "title: Examplazine > Renal impairment | text: " + PASSAGES[0].partition("\n")[2],
        "title: Otherazine | text: " + PASSAGES[1].partition("\n")[2],
        "title: none | text: " + PASSAGES[2],
    ]
    assert_same(embedder.embed_queries(QUESTIONS), theirs.encode(asked, prompt=""))
    assert_same(embedder.embed_passages(PASSAGES), theirs.encode(stated, prompt=""))


def test_weights_of_sixteen_bits_are_computed_in_full(gemma: Path) -> None:
    embedder = open_embedder(str(gemma))
    together = embedder.embed_passages([*PASSAGES, "dose " * 100])
    alone = np.concatenate([embedder.embed_passages([text]) for text in PASSAGES])
    np.testing.assert_allclose(alone, together[:3], atol=1e-4)


@pytest.mark.parametrize("dim", [512, 256, 128, 16])
def test_matryoshka_keeps_the_first_numbers_and_the_length_one(gemma: Path, dim: int) -> None:
    whole = open_embedder(str(gemma))
    if dim > whole.dim:
        with pytest.raises(InputError, match=f"dim={dim} is more than the model's 32"):
            open_embedder(f"{gemma}?dim={dim}")
        return
    part = open_embedder(f"{gemma}?dim={dim}")
    for method in ("embed_passages", "embed_queries"):
        assert_same(getattr(part, method)(PASSAGES), getattr(whole, method)(PASSAGES)[:, :dim])
    assert part.digest != whole.digest


@pytest.mark.parametrize(
    ("name", "pooling", "question", "passage"),
    [
        (
            "bge-small-en-v1.5",
            "cls",
            "Represent this sentence for searching relevant passages: ",
            "",
        ),
        ("bge-large-en", "cls", "Represent this sentence for searching relevant passages: ", ""),
        ("e5-base-v2", "mean", "query: ", "passage: "),
        ("multilingual-e5-small", "mean", "query: ", "passage: "),
        ("MedEmbed-small-v0.1", "cls", "", ""),
        ("an-unknown-model", "mean", "", ""),
    ],
)
def test_a_model_known_by_its_name_gets_its_prompts(
    named, name: str, pooling: str, question: str, passage: str
) -> None:
    folder = named(name, pooling)
    embedder = open_embedder(str(folder))
    theirs = SentenceTransformer(str(folder))
    asked = theirs.encode([question + text for text in QUESTIONS], prompt="")
    stated = theirs.encode([passage + text for text in PASSAGES], prompt="")
    assert_same(embedder.embed_queries(QUESTIONS), asked)
    assert_same(embedder.embed_passages(PASSAGES), stated)


def test_what_a_model_says_in_its_files_counts_more_than_its_name(named) -> None:
    folder = named("e5-base-v2", "mean", {"query": "ask: ", "document": ""})
    theirs = SentenceTransformer(str(folder))
    embedder = open_embedder(str(folder))
    asked = theirs.encode([f"ask: {text}" for text in QUESTIONS], prompt="")
    assert_same(embedder.embed_queries(QUESTIONS), asked)


def test_what_the_caller_says_counts_most_even_nothing(named) -> None:
    folder = named("e5-base-v2", "mean", {"query": "ask: ", "document": "say: "})
    theirs = SentenceTransformer(str(folder))
    embedder = open_embedder(f"{folder}?query_prompt=&passage_prompt=for+")
    assert_same(embedder.embed_queries(QUESTIONS), theirs.encode(QUESTIONS, prompt=""))
    stated = theirs.encode([f"for {text}" for text in PASSAGES], prompt="")
    assert_same(embedder.embed_passages(PASSAGES), stated)
    again = open_embedder(embedder.name)
    assert again.digest == embedder.digest


def test_every_part_of_the_use_is_in_the_digest(named, medcpt: Path) -> None:
    folder = named("a-model", "mean")
    spellings = [
        f"{folder}",
        f"{folder}?query_prompt=a",
        f"{folder}?passage_prompt=a",
        f"{folder}?dim=16",
        f"{folder}?titles=pair",
        f"{medcpt}",
        f"{medcpt}?query={medcpt}",
        f"{medcpt}?pooling=mean",
    ]
    assert len({open_embedder(spelling).digest for spelling in spellings}) == len(spellings)


def test_a_pooling_beside_the_models_own_is_refused(named) -> None:
    folder = named("a-model", "mean")
    with pytest.raises(InputError, match=r"says itself.*Leave \?pooling= out"):
        open_embedder(f"{folder}?pooling=cls")


def test_an_index_of_one_pair_is_not_asked_with_another(medcpt: Path, tmp_path: Path) -> None:
    home = tmp_path / "ncbi"
    shutil.copytree(medcpt.parent, home)
    articles = home / "MedCPT-Article-Encoder"
    (tmp_path / "a.md").write_text("# Examplazine\n\nHalve the dose when the eGFR is below 30.\n")
    medrag.Index.build([tmp_path / "a.md"], tmp_path / "index", embedder=str(articles)).close()
    with medrag.Index.open(tmp_path / "index") as index:
        assert index.search("What is the dose of examplazine?", k=1)
    config = home / "MedCPT-Query-Encoder" / "config.json"
    config.write_text(json.dumps({**json.loads(config.read_text()), "layer_norm_eps": 1e-3}))
    with (
        medrag.Index.open(tmp_path / "index") as index,
        pytest.raises(InputError, match="another version of the embedder"),
    ):
        index.search("What is the dose of examplazine?", k=1)


def test_every_known_model_stands_in_the_guide() -> None:
    guide = Path(__file__).parents[3] / "docs" / "how-to" / "choose-an-embedding-model.md"
    rows = [row for row in guide.read_text(encoding="utf-8").split("\n") if row.startswith("| [")]
    for usage in KNOWN:
        if usage.passage_model is not None:
            continue
        names = [row.split("`")[1].rpartition("/")[2].lower() for row in rows]
        (row,) = [r for r, n in zip(rows, names, strict=True) if re.fullmatch(usage.models, n)]
        for words in (usage.query_prompt, usage.passage_prompt):
            for line in (words or "").split("\n"):
                assert line.replace("|", "\\|").strip() in row
