"""Quantising a linear layer."""

from __future__ import annotations

import numpy as np

from medrag.embedders.bert_graph import quantize


def test_each_output_has_the_scale_of_its_largest_weight() -> None:
    weight = np.array([[1.27, -0.635, 0.0], [0.0, 0.0, 0.0]], dtype=np.float32)
    linear = quantize(weight, np.zeros(2, np.float32), {})
    np.testing.assert_allclose(linear.scale, [0.01, 1.0], rtol=1e-6)
    assert linear.weight.T.tolist() == [[127, -64, 0], [0, 0, 0]]
    assert linear.weight.dtype == np.int8


def test_a_loud_channel_takes_its_factor_from_the_input_into_the_weight() -> None:
    weight = np.array([[0.5, 0.25]], dtype=np.float32)
    linear = quantize(weight, np.zeros(1, np.float32), {1: 4.0})
    np.testing.assert_allclose(linear.scale, [1 / 127], rtol=1e-6)
    assert linear.weight.T.tolist() == [[64, 127]]
    assert weight.tolist() == [[0.5, 0.25]]
