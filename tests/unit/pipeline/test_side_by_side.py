"""Work in processes: in order, with the errors of one process, and none left behind."""

import os
import time
from functools import partial

import pytest

from medrag.errors import BackendError, PartlyReadError
from medrag.pipeline.side_by_side import side_by_side


# What a process opens is found by its name, so it stands in a module of the package or, as here,
# of the standard library: a test file cannot be imported by a process that knows no tests.
def opener(function, *arguments):
    return partial(partial, function, *arguments)


def test_results_come_in_the_order_of_the_tasks():
    tasks = [0.2, 0.0, 0.1, 0.0]
    assert list(side_by_side(opener(divmod, 7), [1, 2, 3, 4, 5], 2)) == [
        (7, 0),
        (3, 1),
        (2, 1),
        (1, 3),
        (1, 2),
    ]
    assert list(side_by_side(opener(time.sleep), tasks, 2)) == [None] * 4


def test_tasks_are_done_in_other_processes_each_of_which_keeps_to_one_core():
    assert os.getpid() not in side_by_side(opener(eval), ["__import__('os').getpid()"] * 6, 2)
    (told,) = side_by_side(opener(os.getenv), ["OMP_NUM_THREADS"], 1)
    assert told == "1"


def test_no_task_is_no_result():
    assert list(side_by_side(opener(len), [], 2)) == []


RAISES = "(_ for _ in ()).throw(__import__('medrag.errors').errors.PartlyReadError('a', ['b']))"


def test_an_error_of_ours_is_raised_as_it_was():
    with pytest.raises(PartlyReadError, match="one part not read") as raised:
        list(side_by_side(opener(eval), ["1", RAISES, "2"], 2))
    assert raised.value.parts == ("b",)


def test_an_error_of_the_opener_is_raised():
    with pytest.raises(PartlyReadError, match="one part not read"):
        list(side_by_side(partial(eval, RAISES), [1], 1))


def test_a_process_that_dies_is_an_error():
    with pytest.raises(BackendError, match="died"):
        list(side_by_side(opener(os._exit), [3], 1))


def test_what_a_task_prints_is_no_answer(capfd):
    assert list(side_by_side(opener(print), ["shown"], 1)) == [None]
    assert capfd.readouterr().err == "shown\n"


def test_tasks_are_taken_as_they_are_needed():
    taken = []

    def tasks():
        for number in range(100):
            taken.append(number)
            yield number

    results = side_by_side(opener(str), tasks(), 1)
    assert next(results) == "0"
    results.close()
    assert len(taken) < 10
