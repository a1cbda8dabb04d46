"""Recognizers over other models: a fake of Presidio, a tiny random model of the real kind."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from medrag.errors import BackendMissingError, InputError
from medrag.privacy import Deidentifier, Found
from medrag.privacy.evidence import CERTAIN, SOFT, STRONG
from medrag.privacy.presidio import PresidioRecognizer

TEXT = "Zorblatt is 61 and takes warfarin 5 mg."


@dataclass
class Result:
    entity_type: str
    start: int
    end: int
    score: float


class Analyzer:
    """Answers as presidio_analyzer.AnalyzerEngine.analyze does."""

    def __init__(self, *results):
        self.results = results

    def analyze(self, text, language):
        assert language == "en"
        return list(self.results)


def test_entities_of_presidio_become_kinds():
    analyzer = Analyzer(Result("PERSON", 0, 8, 0.9), Result("LOCATION", 0, 8, 0.6))
    found = list(PresidioRecognizer(analyzer).find(TEXT))
    assert found == [Found(0, 8, "name", STRONG), Found(0, 8, "place", SOFT)]


def test_low_scores_dates_and_nationalities_are_let_pass():
    results = [
        Result("PERSON", 0, 8, 0.4),
        Result("DATE_TIME", 12, 14, 0.9),
        Result("NRP", 0, 8, 1),
    ]
    assert list(PresidioRecognizer(Analyzer(*results)).find(TEXT)) == []


def test_what_a_recognizer_finds_is_replaced():
    recognizer = PresidioRecognizer(Analyzer(Result("PERSON", 0, 8, 0.9)))
    done = Deidentifier(recognizers=[recognizer]).deidentify(TEXT)
    assert done.text == "[NAME-1] is 61 and takes warfarin 5 mg."


def test_a_recognizer_takes_no_dose_and_no_drug():
    start = TEXT.index("warfarin")
    results = [Result("PERSON", start, start + 8, 0.6), Result("PHONE_NUMBER", start + 9, 38, 0.9)]
    done = Deidentifier(recognizers=[PresidioRecognizer(Analyzer(*results))]).deidentify(TEXT)
    assert "warfarin 5 mg" in done.text


def test_without_presidio_the_error_says_what_to_install():
    with pytest.raises(BackendMissingError, match="presidio"):
        PresidioRecognizer()


def test_a_certain_find_of_a_hospital_is_replaced_whatever_it_is():
    class Ours:
        def find(self, text):
            start = text.index("warfarin")
            return [Found(start, start + 8, "id", CERTAIN)]

    assert "[ID-1]" in Deidentifier(recognizers=[Ours()]).deidentify(TEXT).text


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A DistilBERT of two layers with random weights, and a tokenizer trained on one sentence."""
    transformers = pytest.importorskip("transformers")
    import torch

    from tiny_models import train_tokenizer

    path = tmp_path_factory.mktemp("tagger")
    tokenizer = train_tokenizer([TEXT] * 4, size=200)
    tokenizer.save_pretrained(path)
    torch.manual_seed(0)
    config = transformers.DistilBertConfig(
        vocab_size=len(tokenizer),
        dim=16,
        hidden_dim=32,
        n_layers=2,
        n_heads=2,
        max_position_embeddings=48,
        id2label={0: "O", 1: "B-PATIENT", 2: "I-PATIENT", 3: "B-DATE"},
        label2id={"O": 0, "B-PATIENT": 1, "I-PATIENT": 2, "B-DATE": 3},
    )
    transformers.DistilBertForTokenClassification(config).save_pretrained(path)
    return path


def test_a_model_answers_with_places_of_the_text(folder):
    from medrag.privacy.token_classifier import TokenClassifierRecognizer

    text = " ".join([TEXT] * 6)  # longer than the model's window
    found = list(TokenClassifierRecognizer(folder, least=0.0).find(text))
    assert found == list(TokenClassifierRecognizer(folder, least=0.0).find(text))
    assert all(0 <= item.start < item.end <= len(text) for item in found)
    assert {item.kind for item in found} <= {"name"}


def test_labels_can_be_named(folder):
    from medrag.privacy.token_classifier import TokenClassifierRecognizer

    kinds = {"PATIENT": "id", "DATE": "id", "O": "id"}
    found = list(TokenClassifierRecognizer(folder, kinds=kinds, least=0.0).find(TEXT))
    assert {item.kind for item in found} == {"id"}
    assert min(item.start for item in found) == 0
    assert max(item.end for item in found) == len(TEXT)


def test_a_folder_without_a_model_is_refused(tmp_path):
    from medrag.privacy.token_classifier import TokenClassifierRecognizer

    with pytest.raises(InputError, match="holds no token-classification model"):
        TokenClassifierRecognizer(tmp_path)
