"""What `sentence-transformers:...` spells, and which files of a model decide its vectors."""

from __future__ import annotations

from pathlib import Path

import pytest

from medrag.embedders.model_reference import ModelReference, hashed_files
from medrag.errors import InputError


def test_a_bare_name_has_no_option_and_may_not_be_downloaded() -> None:
    assert ModelReference.parse("org/model") == ModelReference(model="org/model")
    assert not ModelReference.parse("org/model").download


def test_every_option_is_read() -> None:
    text = "org/p?dim=64&query=org/q&pooling=cls&revision=abc&download=yes"
    assert ModelReference.parse(text) == ModelReference(
        model="org/p", query="org/q", pooling="cls", dim=64, revision="abc", download=True
    )


def test_the_label_reads_as_the_same_reference_without_the_download() -> None:
    reference = ModelReference.parse("org/p?download=yes&dim=64&query=org/q")
    assert reference.label == "org/p?query=org/q&dim=64"
    assert ModelReference.parse(reference.label) == ModelReference(
        model="org/p", query="org/q", dim=64
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "needs a model"),
        ("?dim=3", "needs a model"),
        ("m?size=3", "unknown option 'size'. Known: dim"),
        ("m?dim=0", "dim=0: expected a whole number above 0"),
        ("m?dim=many", "dim=many"),
        ("m?pooling=sum", "pooling=sum: expected one of mean, cls, max"),
        ("m?download=1", "download=1: expected yes or no"),
    ],
)
def test_a_wrong_option_is_named(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        ModelReference.parse(text)
    assert said in str(caught.value)


def test_weights_tokenizer_and_configuration_decide(tmp_path: Path) -> None:
    for name in (
        "config.json",
        "vocab.txt",
        "model.safetensors",
        "pytorch_model.bin",
        "README.md",
        "1_Pooling/config.json",
        "2_Dense/pytorch_model.bin",
        "onnx/model.safetensors",
        ".cache/x.json",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = [path.relative_to(tmp_path).as_posix() for path in hashed_files(tmp_path)]
    assert found == [
        "1_Pooling/config.json",
        "2_Dense/pytorch_model.bin",
        "config.json",
        "model.safetensors",
        "vocab.txt",
    ]
