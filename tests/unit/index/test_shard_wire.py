"""What travels between a front and a shard is refused where it cannot be an array."""

import numpy as np
import pytest
from pydantic import ValidationError

from medrag.core.query import Filters
from medrag.index.shard_wire import DenseQuestion, Packed, VectorsQuestion, packed


def test_an_array_arrives_as_it_was_sent():
    sent = np.array([[1.5, -2.0], [0.0, 3.25]], dtype=np.float32)
    assert packed(sent, "<f4").floats().tolist() == sent.tolist()


@pytest.mark.parametrize(
    "shape",
    [
        (10**40,),  # more than any machine counts to
        (1 << 61, 8),  # in 64 bits this product is nothing
        (-1, -2),
        (1, 1, 1, 1),
        (3,),
    ],
)
def test_a_shape_that_the_data_do_not_have_is_refused(shape):
    with pytest.raises(ValidationError):
        Packed(shape=shape, dtype="<f4", data="")


@pytest.mark.parametrize("numbers", [[1.0, 2.0], [[float("nan"), 1.0]]])
def test_questions_are_lines_of_finite_numbers(numbers):
    array = packed(np.array(numbers), "<f4")
    with pytest.raises(ValidationError, match="finite numbers of two dimensions"):
        DenseQuestion(split="s", number=0, queries=array, k=1, filters=Filters())


@pytest.mark.parametrize(("numbers", "kind"), [([[1]], "<i8"), ([1.0], "<f4")])
def test_passages_are_named_by_one_row_of_whole_numbers(numbers, kind):
    with pytest.raises(ValidationError, match="whole numbers of one dimension"):
        VectorsQuestion(split="s", number=0, passages=packed(np.array(numbers), kind))
