"""What the pool of Ray workers does while Ray itself ends; no Ray is started."""

from __future__ import annotations

from threading import Event
from time import sleep
from types import SimpleNamespace

import pytest

from medrag.errors import BackendError
from medrag.pipeline.engines.ray_pool import Hand, Pool
from medrag.pipeline.engines.ray_worker import Facts


class EndingPool(Pool):
    """A pool whose Ray shuts down while the first worker is waited for."""

    def _answering(self, tasks):
        raise SystemExit(0)


def test_a_thread_that_waits_while_ray_shuts_down_ends_quietly(monkeypatch):
    pool = EndingPool.__new__(EndingPool)
    told: list[BackendError] = []
    monkeypatch.setattr(pool, "_give_up", told.append)
    pool._started(frozenset({"read"}))
    assert [str(problem) for problem in told] == ["Ray failed: SystemExit."]


def test_what_no_thread_may_swallow_goes_on():
    pool = Pool.__new__(Pool)
    pool._answering = lambda tasks: (_ for _ in ()).throw(KeyboardInterrupt)
    with pytest.raises(KeyboardInterrupt):
        pool._started(frozenset({"read"}))


class StuckRay:
    """A Ray whose workers never answer, and that tells whether anybody waits in it."""

    exceptions = SimpleNamespace(RayTaskError=LookupError, RayError=ArithmeticError)

    def __init__(self):
        self.asked = Event()
        self.inside = 0

    def wait(self, asked, timeout):
        self.inside += 1
        self.asked.set()
        sleep(0.05)
        self.inside -= 1
        return [], asked

    def kill(self, actor):
        pass


class Actor:
    facts = SimpleNamespace(remote=object)


ACTOR = Actor()
FACTS = Facts(medrag="1", python="3.11", chunker=1, digest="d", pid=1, node="n")


def hired(ray, wanted):
    return Pool(ray, lambda tasks: ACTOR, expected=FACTS, wanted=wanted)


def test_nobody_is_inside_ray_when_the_pool_has_ended():
    ray, reads = StuckRay(), frozenset({"read"})
    with hired(ray, [reads]) as pool:
        assert ray.asked.wait(10)
    assert ray.inside == 0
    with pytest.raises(BackendError, match="The build was ended"):
        pool.call(Hand(ACTOR, reads, FACTS), "facts")


def test_who_comes_for_a_worker_after_the_end_is_told_at_once():
    with hired(StuckRay(), []) as pool:
        pass
    with pytest.raises(BackendError, match="The build was ended"), pool.lent("read"):
        pass
