"""Names of local models, and what stops one from loading."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
import torch

from medrag.errors import BackendError, BackendMissingError, InputError
from medrag.generation import open_llm
from medrag.generation.local import TransformersLLM
from medrag.generation.local_model import LocalModel


@pytest.fixture
def copied(tiny_gemma, tmp_path):
    """A model's folder that a test may damage."""
    return shutil.copytree(tiny_gemma, tmp_path / "model")


def test_options_stand_after_the_name():
    asked = LocalModel.parse("medgemma-27b?load=4bit&batch=2&device=cuda:1&reuse=no&revision=abc")
    assert asked == LocalModel(
        name="medgemma-27b", load="4bit", batch=2, device="cuda:1", reuse=False, revision="abc"
    )
    assert asked.where == "google/medgemma-27b-text-it"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("m?lode=4bit", "Did you mean 'load'"),
        ("m?load=fp16", "load=fp16: expected one of bf16, 4bit"),
        ("m?batch=0", "batch=0"),
        ("m?reuse=maybe", "reuse=maybe"),
        ("medgemma-27b?download=yes", "terms=accepted"),
        ("google/medgemma-4b-it?download=yes", "accept them at https://huggingface.co/google"),
    ],
)
def test_what_cannot_be_meant_is_refused(text, says):
    with pytest.raises(InputError, match=says):
        LocalModel.parse(text)


def test_terms_are_asked_for_only_where_there_are_terms():
    assert LocalModel.parse("some/model?download=yes").download
    assert LocalModel.parse("medgemma-4b?download=yes&terms=accepted").download


def test_a_hub_name_is_looked_for_on_this_machine_only(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(BackendError, match="hf download some/model --local-dir"):
        open_llm("some/model")


def test_four_bits_need_their_extra(monkeypatch, tiny_gemma):
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    with pytest.raises(BackendMissingError, match=r"medrag\[quantized\]"):
        TransformersLLM(f"{tiny_gemma}?load=4bit")


def test_missing_weights_name_what_to_check(copied):
    (copied / "model.safetensors").unlink()
    with pytest.raises(BackendError, match="weights do not load"):
        TransformersLLM(str(copied))


def test_weights_that_were_cut_short_are_refused(copied):
    file = copied / "model.safetensors"
    file.write_bytes(file.read_bytes()[:5000])
    with pytest.raises(BackendError, match="there and whole"):
        TransformersLLM(str(copied))


def test_pickled_weights_are_never_opened(copied):
    (copied / "model.safetensors").unlink()
    torch.save({}, copied / "pytorch_model.bin")
    with pytest.raises(BackendError, match="safetensors"):
        TransformersLLM(str(copied))


def test_a_model_without_a_chat_template_is_refused(copied):
    (copied / "chat_template.jinja").unlink(missing_ok=True)
    settings = json.loads((copied / "tokenizer_config.json").read_text())
    settings.pop("chat_template", None)
    (copied / "tokenizer_config.json").write_text(json.dumps(settings))
    with pytest.raises(InputError, match="instruction-tuned"):
        TransformersLLM(str(copied))


def test_a_missing_tokenizer_says_which_files_to_bring(copied):
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        (copied / name).unlink(missing_ok=True)
    with pytest.raises((BackendError, InputError), match=r"token|template"):
        TransformersLLM(str(copied))


def test_a_device_that_is_not_there_is_an_error_of_loading(tiny_gemma):
    with pytest.raises(BackendError, match="weights do not load"):
        TransformersLLM(f"{tiny_gemma}?device=cuda:7")


def test_the_recorded_name_says_the_precision(tiny_gemma):
    assert TransformersLLM(str(tiny_gemma)).name == "medgemma-tiny bf16"


def test_weights_are_bfloat16(tiny_gemma):
    llm = TransformersLLM(str(tiny_gemma))
    assert {weight.dtype for weight in llm._model.parameters()} == {torch.bfloat16}


@pytest.mark.parametrize("name", ["./nope", "/nowhere/model?load=4bit", "~/nope"])
def test_a_path_that_leads_nowhere_is_no_hub_name(name):
    with pytest.raises(InputError, match="no such folder"):
        open_llm(name)


def test_a_grammar_library_that_does_not_load_leaves_replies_free(monkeypatch, tiny_gemma):
    monkeypatch.setitem(sys.modules, "llguidance.hf", None)
    assert TransformersLLM(str(tiny_gemma)).dialect() is None
