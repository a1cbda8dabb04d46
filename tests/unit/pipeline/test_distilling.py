import random

from medrag.pipeline.distilling import _chosen


def test_the_choice_of_passages_does_not_depend_on_their_order():
    texts = [f"passage {n}" for n in range(500)]
    shuffled = random.Random(0).sample(texts, len(texts))
    assert _chosen(iter(texts), 50) == _chosen(iter(shuffled), 50)
    assert len(_chosen(iter(texts), 50)) == 50


def test_what_stands_twice_is_chosen_once():
    assert sorted(_chosen(iter(["a", "b", "a", "a"]), 10)) == ["a", "b"]
    assert len(_chosen(iter(["a", "b", "a", "c"]), 2)) == 2
