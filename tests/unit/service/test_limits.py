"""What holds for the whole service, and what is told to who comes too often."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest

from medrag.service.ledger import FullError, Ledger
from medrag.service.limits import BusyError, Crowd, Rates, Turns

NEVER = {"is_idle": lambda pair: False}


def read(ledger: Ledger, key: str) -> tuple[float, float] | None:
    seen: list[tuple[float, float] | None] = []

    def same(pair):
        seen.append(pair)
        return pair or (0.0, 0.0)

    ledger.change(key, same, **NEVER)
    return seen[0]


def test_what_one_worker_writes_another_reads(tmp_path):
    one, other = Ledger(tmp_path / "ledger"), Ledger(tmp_path / "ledger")
    one.change("a", lambda _: (1.5, 2.0), **NEVER)
    other.change("b", lambda _: (3.0, 4.0), **NEVER)
    assert (read(other, "a"), read(one, "b"), read(one, "c")) == ((1.5, 2.0), (3.0, 4.0), None)


def test_a_ledger_without_a_file_is_its_own():
    one, other = Ledger(), Ledger()
    one.change("a", lambda _: (1.0, 1.0), **NEVER)
    assert read(other, "a") is None


def test_processes_that_count_together_lose_no_count(tmp_path):
    count = (
        "import sys; from pathlib import Path; from medrag.service.ledger import Ledger\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "for _ in range(2000):\n"
        "    ledger.change('a', lambda p: ((p or (0, 0))[0] + 1, 0), is_idle=lambda p: False)"
    )
    path = tmp_path / "ledger"
    running = [subprocess.Popen([sys.executable, "-c", count, str(path)]) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]
    assert read(Ledger(path), "a") == (6000.0, 0.0)


def test_where_there_is_no_room_the_oldest_gives_way_or_nobody():
    ledger = Ledger(rows=16)
    for number in range(16):
        ledger.change(f"client {number}", lambda _, at=number: (1.0, float(at)), **NEVER)
    with pytest.raises(FullError):
        ledger.change("one more", lambda _: (1.0, 99.0), **NEVER)
    ledger.change("one more", lambda _: (1.0, 99.0), **NEVER, evicts=True)
    assert read(ledger, "one more") == (1.0, 99.0)
    assert read(ledger, "client 15") == (1.0, 15.0)


def test_a_pair_that_says_nothing_any_more_gives_way_first():
    ledger = Ledger(rows=16)
    for number in range(16):
        ledger.change(f"client {number}", lambda _, at=number: (float(at), 0.0), **NEVER)
    ledger.change("one more", lambda _: (99.0, 0.0), is_idle=lambda pair: pair[0] == 7.0)
    assert read(ledger, "client 6") == (6.0, 0.0)


def test_a_rate_holds_for_all_workers_together(tmp_path):
    workers = [Rates(60, 3, ledger=Ledger(tmp_path / "rates")) for _ in range(4)]
    for worker in workers[:3]:
        worker.take("a client")
    with pytest.raises(BusyError):
        workers[3].take("a client")
    workers[3].take("another client")


def test_a_client_has_so_many_inside_and_others_are_let_in():
    crowd = Crowd(2)
    with crowd.take("a"), crowd.take("a"):
        with pytest.raises(BusyError), crowd.take("a"):
            pass
        with crowd.take("b"):
            pass
    with crowd.take("a"):
        pass


def taken(turns, *, callers):
    """Return what each of so many callers, who come at once, does and is told."""
    told = []

    async def come(number):
        try:
            async with turns.take():
                told.append(f"{number} begins")
                await asyncio.sleep(0.05)
                told.append(f"{number} ends")
        except BusyError:
            told.append(f"{number} is turned away")

    async def all_come():
        await asyncio.gather(*(come(number) for number in range(callers)))

    asyncio.run(all_come())
    return told


def test_turns_are_taken_one_at_a_time_in_the_order_of_coming():
    assert taken(Turns(2), callers=3) == [
        *("0 begins", "0 ends", "1 begins", "1 ends", "2 begins", "2 ends")
    ]


def test_who_finds_no_place_to_wait_for_a_turn_is_turned_away_at_once():
    assert taken(Turns(1), callers=3) == [
        *("0 begins", "2 is turned away", "0 ends", "1 begins", "1 ends")
    ]


def test_who_waits_too_long_for_a_turn_is_turned_away_and_gives_the_place_back():
    turns = Turns(1, wait_s=0.01)
    assert taken(turns, callers=2) == ["0 begins", "1 is turned away", "0 ends"]
    assert taken(turns, callers=1) == ["0 begins", "0 ends"]


def test_others_are_let_pass_until_nobody_has_a_turn_but_not_for_long():
    turns = Turns(8)
    waited = []

    def wait():
        started = time.perf_counter()
        turns.let_pass()
        waited.append(time.perf_counter() - started)

    async def inside():
        async with turns.take():
            await asyncio.to_thread(wait)

    wait()
    asyncio.run(inside())
    wait()
    assert waited[1] >= 0.002  # nobody left meanwhile
    assert min(waited[0], waited[2]) < waited[1]
    assert max(waited) < 1
