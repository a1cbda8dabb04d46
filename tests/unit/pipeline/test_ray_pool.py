"""What the pool of Ray workers does while Ray itself ends; no Ray is started."""

from __future__ import annotations

import pytest

from medrag.errors import BackendError
from medrag.pipeline.engines.ray_pool import Pool


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
