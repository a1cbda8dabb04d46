"""Files read by several workers at once come in the order that was asked for, whatever is lost."""

from __future__ import annotations

import random
from contextlib import contextmanager
from dataclasses import replace
from threading import Condition, Event

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medrag.core.document import Document, Source
from medrag.documents import discover
from medrag.embedders import open_embedder
from medrag.errors import BackendError
from medrag.pipeline.cutting import Ending, Item, pieces
from medrag.pipeline.engines import reading_ahead
from medrag.pipeline.engines.ray_pool import WorkerLostError
from medrag.pipeline.engines.ray_worker import Contents, Parcel, Unseen, Worker
from medrag.pipeline.engines.reading_ahead import ReadingAhead, bundles

BUDGET = 64


def make_item(number: int, size: int = 20) -> Item:
    text = f"Examplazine {number} mg. " * max(1, size // 20)
    key = f"{number:04}.txt"
    source = Source(key=key, title=key, path=key, sha256="0" * 64)
    return Item(Document.of(text, source), key)


class Hand:
    """A worker of this process; `dies(parcels, alone)` says whether it ends on a task."""

    def __init__(self, dies=lambda parcels: False):
        self.blind = False
        self.worker = Worker("hashing", BUDGET, 1)
        self.worker.facts()
        self.dies = dies


class Pool:
    """Lends hands for a call as the real one does: alone, and replaced where one is lost."""

    def __init__(self, hands, dies=lambda parcels: False):
        self.closed = False
        self.asked = []
        self._dies = dies
        self._hands = [Hand(dies) for _ in range(hands)]
        self._lent = set()
        self._changed = Condition()

    @contextmanager
    def lent(self, task, *, alone=False, hand=None):
        with self._changed:
            while True:
                if hand is not None and hand not in self._hands:
                    raise WorkerLostError(meanwhile=False)
                free = [h for h in self._hands if h not in self._lent and hand in {None, h}]
                if free:
                    break
                assert self._changed.wait(timeout=30)
            chosen = free[0]
            self._lent.add(chosen)
        try:
            yield chosen
        except WorkerLostError:
            with self._changed:
                self._hands[self._hands.index(chosen)] = Hand(self._dies)
            raise
        finally:
            with self._changed:
                self._lent.discard(chosen)
                self._changed.notify_all()

    def call(self, hand, method, *arguments):
        if method == "begin":
            self.asked.append([parcel.item.name for parcel in arguments[1]])
            if hand.dies(arguments[1]):
                raise WorkerLostError
        return getattr(hand.worker, method)(*arguments)


def read_all(pool, items, readers):
    try:
        return list(ReadingAhead(pool, items, readers).pieces())
    finally:
        pool.closed = True


def expected(items):
    embedder = open_embedder("hashing")
    return [piece for item in items for piece in pieces(item, embedder, BUDGET)]


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.sampled_from([20, 2_000, 60_000]), max_size=60),
    readers=st.integers(1, 4),
    seed=st.integers(),
)
def test_the_stream_is_that_of_one_reader_whatever_is_lost_on_the_way(sizes, readers, seed):
    items = [make_item(number, size) for number, size in enumerate(sizes)]
    chance = random.Random(seed)
    losses = iter([chance.random() < 0.3 for _ in range(len(sizes))])
    several = lambda parcels: len(parcels) > 1 and next(losses, False)  # noqa: E731
    assert read_all(Pool(readers, several), items, readers) == expected(items)


def test_a_file_that_ends_every_worker_is_the_only_one_left_out():
    items = [make_item(number) for number in range(12)]
    pool = Pool(2, lambda parcels: any(p.item.name == "0005.txt" for p in parcels))
    found = read_all(pool, items, 2)
    whole = expected(items)
    assert found[:10] == whole[:10]
    assert "0005.txt: reading it ended the worker's process 3 times" in found[10].failed
    assert found[11:] == whole[12:]


def test_a_large_file_is_begun_before_its_turn_and_given_in_its_turn(monkeypatch):
    monkeypatch.setattr(reading_ahead, "_LARGE_BYTES", 50_000)
    monkeypatch.setattr(reading_ahead, "_BUNDLE_BYTES", 1_000)
    items = [*(make_item(number, 600) for number in range(40)), make_item(99, 60_000)]
    pool = Pool(2)
    assert read_all(pool, items, 2) == expected(items)
    assert "0099.txt" in {name for names in pool.asked[:2] for name in names}


def test_with_one_worker_files_are_read_in_order(monkeypatch):
    monkeypatch.setattr(reading_ahead, "_LARGE_BYTES", 50_000)
    items = [*(make_item(number, 600) for number in range(40)), make_item(99, 60_000)]
    pool = Pool(1)
    assert read_all(pool, items, 1) == expected(items)
    assert pool.asked[-1] == ["0099.txt"]


class OneAfterTheOther(Pool):
    """Gives a worker alone only when the second bundle has been begun."""

    second_begun = Event()

    def lent(self, task, *, alone=False, hand=None):
        assert not alone or self.second_begun.wait(timeout=30)
        return super().lent(task, alone=alone, hand=hand)

    def call(self, hand, method, *arguments):
        if method == "begin" and arguments[1][0].item.name == "0008.txt":
            self.second_begun.set()
        return super().call(hand, method, *arguments)


def test_who_waits_for_its_turn_holds_no_worker(monkeypatch):
    monkeypatch.setattr(reading_ahead, "_BUNDLE_FILES", 8)  # more pieces than may wait
    items = [make_item(number) for number in range(16)]
    loss = iter([True])
    pool = OneAfterTheOther(1, lambda parcels: len(parcels) == 8 and next(loss, False))
    assert read_all(pool, items, 2) == expected(items)


def test_many_small_files_go_together_and_a_large_one_goes_alone():
    items = [make_item(number) for number in range(200)]
    items.insert(100, make_item(999, 9_000_000))
    made = bundles(items, readers=2)
    assert [item for bundle in made for item in bundle.items] == items
    assert [len(bundle.items) for bundle in made] == [64, 36, 1, 64, 36]
    assert [bundle.large for bundle in made] == [False, False, True, False, False]


def test_what_a_worker_cannot_do_is_raised_where_the_build_waits():
    items = [make_item(number) for number in range(3)]
    pool = Pool(1)
    pool.call = lambda *_: (_ for _ in ()).throw(BackendError("nobody is left"))
    with pytest.raises(BackendError, match="nobody is left"):
        read_all(pool, items, 1)


def test_a_build_that_stops_waiting_leaves_no_reader_behind():
    pool = Pool(1)
    stream = ReadingAhead(pool, [make_item(number) for number in range(400)], 1).pieces()
    next(stream)
    pool.closed = True
    with pytest.raises(BackendError, match="was ended"):
        list(stream)


# --- Files that a worker does not see --------------------------------------------------------


@pytest.fixture
def file(tmp_path):
    (tmp_path / "label.txt").write_text("Examplazine 5 mg once daily.\n")
    (tmp_path / "label.txt.toml").write_text('title = "Examplazine label"\n')
    return discover([tmp_path]).files[0]


def asked(worker, *parcels):
    slip, last = worker.begin(7, parcels)
    assert last
    return slip


@pytest.fixture
def worker():
    worker = Worker("hashing", BUDGET, 1)
    worker.facts()
    return worker


def test_a_worker_that_does_not_see_a_file_says_so_and_reads_it_from_its_bytes(
    worker, file, tmp_path
):
    whole = expected([Item(file, "label.txt")])
    contents = Contents(file.path.read_bytes(), file.sidecar.read_bytes())
    elsewhere = replace(file, path=tmp_path / "no" / "label.txt")
    assert asked(worker, Parcel(Item(elsewhere, "label.txt"))) == [Unseen()]
    assert asked(worker, Parcel(Item(elsewhere, "label.txt"), contents)) == whole
    assert whole[0][0].source["title"] == "Examplazine label"


def test_another_file_of_the_same_name_is_not_taken_for_it(worker, file):
    file.path.write_text("Otherazine 7 mg twice daily.\n")
    assert asked(worker, Parcel(Item(file, "label.txt"))) == [Unseen()]


def test_files_go_along_to_workers_that_do_not_see_them(file, monkeypatch):
    monkeypatch.setattr("medrag.pipeline.engines.ray_worker.is_as_found", lambda _: False)
    item = Item(file, "label.txt")
    assert read_all(Pool(1), [item], 1) == expected([item])


def test_a_file_that_is_gone_everywhere_is_listed_as_failed(file):
    file.path.unlink()
    found = read_all(Pool(1), [Item(file, "shared/label.txt")], 1)
    assert found == [
        Ending(failed="shared/label.txt: removed while the index was built. Build again.")
    ]


def test_messages_name_a_file_as_its_user_does(worker, file):
    contents = Contents(b"", None)
    [ending] = asked(worker, Parcel(Item(file, "s3://bucket/label.txt"), contents))
    assert ending.failed == "s3://bucket/label.txt: the file is empty (0 bytes)."
