"""The arithmetic of memory against the real classes, built without weights."""

from __future__ import annotations

import pytest
import torch
import transformers

from medrag.generation.variants import ALLOWANCE_BYTES, VARIANTS

BY_NAME = {variant.name: variant for variant in VARIANTS}
SIGLIP = {
    "hidden_size": 1152,
    "intermediate_size": 4304,
    "num_hidden_layers": 27,
    "num_attention_heads": 16,
    "image_size": 896,
    "patch_size": 14,
    "vision_use_head": False,
}


def text_config(shape):
    return transformers.Gemma3TextConfig(
        vocab_size=shape.vocabulary,
        hidden_size=shape.hidden,
        intermediate_size=shape.inner,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.groups,
        head_dim=shape.head,
        sliding_window=shape.window,
    )


def built(shape):
    """The model on torch's meta device: shapes without numbers."""
    with torch.device("meta"):
        if not shape.sees:
            return transformers.Gemma3ForCausalLM(text_config(shape))
        config = transformers.Gemma3Config(
            text_config=text_config(shape).to_dict(), vision_config=SIGLIP
        )
        return transformers.Gemma3ForConditionalGeneration(config)


@pytest.fixture(scope="module", params=["medgemma-27b", "medgemma-27b-multimodal", "medgemma-4b"])
def pair(request):
    shape = BY_NAME[request.param].architecture
    return shape, built(shape)


def test_every_parameter_is_counted(pair):
    shape, model = pair
    assert shape.parameters == sum(weight.numel() for weight in model.parameters())


def test_four_bits_make_the_linear_layers_smaller_and_nothing_else(pair):
    shape, model = pair
    linear = sum(
        part.weight.numel()
        for name, part in model.named_modules()
        if isinstance(part, torch.nn.Linear) and name != "lm_head"
    )
    rest = shape.parameters - linear
    packed = linear / 2  # four bits each
    scales = linear / 64 + 4 * linear / (64 * 256)
    assert shape.weights_bytes("4bit") == pytest.approx(packed + scales + 2 * rest, rel=1e-9)


def test_layers_that_look_everywhere_are_counted_as_transformers_places_them(pair):
    shape, model = pair
    kinds = model.config.get_text_config().layer_types
    far, near = kinds.count("full_attention"), kinds.count("sliding_attention")
    each = 2 * 2 * shape.groups * shape.head
    assert shape.states_bytes(8192) == each * (far * 8192 + near * 1024)
    assert shape.states_bytes(500) == each * (far + near) * 500


def test_the_27b_model_takes_what_the_model_card_says():
    variant = BY_NAME["medgemma-27b"]
    assert variant.architecture.parameters == pytest.approx(27.009e9, rel=1e-4)
    assert variant.architecture.weights_bytes("bf16") == pytest.approx(54.0e9, rel=2e-3)
    assert variant.architecture.states_bytes(8192) / 2**30 == pytest.approx(1.03, abs=0.005)
    total = variant.memory_bytes("bf16", 8192)
    assert total == 2 * variant.architecture.parameters + 1107296256 + ALLOWANCE_BYTES
