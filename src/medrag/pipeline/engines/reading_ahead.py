"""Files read on workers, several bundles at once, and given in the order they were asked for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from queue import Empty, Full, Queue
from threading import Condition, Thread

from medrag.core.document import Document
from medrag.errors import BackendError
from medrag.pipeline.cutting import Ending, Item, Piece
from medrag.pipeline.engines.ray_pool import Pool, WorkerLostError
from medrag.pipeline.engines.ray_worker import Contents, Parcel, Slip, Unseen

_BUNDLE_FILES = 64
_BUNDLE_BYTES = 1 << 20
"""A call to a worker costs about as much as reading a small file: they go together."""

_LARGE_BYTES = 8 << 20
"""A file of so many bytes is begun before its turn, so that nobody waits for it in the end."""

_BUNDLES_AHEAD = 64
"""Bundles read before their turn; with `_BUNDLE_BYTES`, what bounds the memory they take."""

_SLIPS_AHEAD = 4
STRIKES = 2
"""How often something may end a worker that does nothing else, until it is left out."""

_POISONED = (
    "{name}: reading it ended the worker's process {times} times. Read it on a machine with more "
    "memory, or repair it. The file is left out."
)

_GONE = "{name}: removed while the index was built. Build again."


@dataclass(eq=False, slots=True)
class Bundle:
    """Items that are read together.

    Attributes:
        given: Their pieces in order; an exception where reading cannot go on.
        taken: Whether somebody reads it, or has.
    """

    items: tuple[Item, ...]
    given: Queue[Piece | Exception] = field(default_factory=lambda: Queue(_SLIPS_AHEAD))
    taken: bool = False

    @property
    def large(self) -> bool:
        """Whether it is one large file."""
        return len(self.items) == 1 and self.items[0].size >= _LARGE_BYTES


def bundles(items: Sequence[Item], readers: int) -> list[Bundle]:
    """Return items in bundles, in order: small enough that every reader gets several."""
    whole = sum(item.size for item in items)
    most = min(_BUNDLE_BYTES, max(_BUNDLE_BYTES // 16, whole // (8 * readers)))
    made: list[Bundle] = []
    bundle: list[Item] = []
    size = 0
    for item in items:
        if bundle and (size + item.size > most or len(bundle) == _BUNDLE_FILES):
            made.append(Bundle(tuple(bundle)))
            bundle, size = [], 0
        bundle.append(item)
        size += item.size
    return [*made, Bundle(tuple(bundle))] if bundle else made


class ReadingAhead:
    """Reads bundles on the workers of a pool, one thread for each that may read at once.

    All but one of two threads take the bundles in order; the others take large files first. What
    is read before its turn waits, so memory is bounded; as one thread at least goes in order, the
    bundle whose turn it is never waits for those behind it.

    Args:
        pool: Lends the workers.
        items: What to read.
        readers: How many workers can read.
    """

    def __init__(self, pool: Pool, items: Sequence[Item], readers: int) -> None:
        self._pool = pool
        self._bundles = bundles(items, readers)
        self._readers = min(readers, len(self._bundles))
        self._in_order = deque(self._bundles)
        self._large = deque(bundle for bundle in self._bundles if bundle.large)
        self._ahead = 0
        self._turn = Condition()
        self._numbers = count()

    def pieces(self) -> Iterator[Piece]:
        """Yield the pieces of all items in order.

        Raises:
            BackendError: There is no worker left, or one failed.
        """
        for number in range(self._readers):
            early = number < self._readers // 2
            Thread(target=self._work, args=(early,), name="reading", daemon=True).start()
        for bundle in self._bundles:
            left = len(bundle.items)
            while left:
                piece = self._next_of(bundle)
                left -= isinstance(piece, Ending)
                yield piece
            with self._turn:
                self._ahead -= not bundle.large
                self._turn.notify_all()

    def _next_of(self, bundle: Bundle) -> Piece:
        while True:
            try:
                piece = bundle.given.get(timeout=1.0)
            except Empty:
                if self._pool.closed:
                    raise BackendError("The build was ended.") from None
                continue
            if isinstance(piece, Exception):
                raise piece
            return piece

    def _work(self, early: bool) -> None:
        while (bundle := self._take(early=early)) is not None and self._whole(bundle):
            pass

    def _whole(self, bundle: Bundle) -> bool:
        """Read a bundle; return whether that went well, and say so to the thread that builds."""
        try:
            self._read(bundle)
        except Exception as error:  # noqa: BLE001 - raised again where somebody can be told
            self._give(bundle, error)
            return False
        return True

    def _take(self, *, early: bool) -> Bundle | None:
        """Return the bundle to read next; None where none is left."""
        with self._turn:
            while not self._pool.closed:
                if early and (bundle := _first(self._large)) is not None:
                    bundle.taken = True
                    return bundle
                bundle = _first(self._in_order)
                if bundle is None:
                    return None
                if bundle.large or self._ahead < _BUNDLES_AHEAD:
                    bundle.taken = True
                    self._ahead += not bundle.large
                    return bundle
                self._turn.wait(timeout=1.0)
        return None

    def _read(self, bundle: Bundle) -> None:
        """Give all pieces of a bundle; begin anew on another worker where one is lost.

        After a loss its items are read one by one on workers that do nothing else, so that it
        is known which of them ends a worker.
        """
        left = deque(bundle.items)
        alone, strikes = False, 0
        while left:
            group = [left[0]] if alone else list(left)
            try:
                for piece in self._asked(group, alone=alone):
                    self._give(bundle, piece)
                    if isinstance(piece, Ending):
                        left.popleft()
                        strikes = 0
            except WorkerLostError as error:
                strikes += alone and error.meanwhile
                alone = True
            if strikes == STRIKES:
                name = left.popleft().name
                reason = _POISONED.format(name=name, times=STRIKES + 1)
                self._give(bundle, Ending(failed=reason))
                strikes = 0

    def _asked(self, items: Sequence[Item], *, alone: bool) -> Iterator[Piece]:
        """Yield what a worker makes of items, up to one that it does not see."""
        number = next(self._numbers)
        with self._pool.lent("read", alone=alone) as hand:
            parcels = [_packed(item, unseen=hand.blind) for item in items]
            blind = hand.blind
            slip: Slip = self._pool.call(hand, "begin", number, parcels)
        done = 0
        while True:
            found, last = slip
            for piece in found:
                if not isinstance(piece, Unseen):
                    yield piece
                elif not blind:
                    hand.blind = True  # the next call brings the contents along
                    return
                else:
                    yield Ending(failed=_GONE.format(name=items[done].name))
                    return
                done += isinstance(piece, Ending)
            if last:
                return
            with self._pool.lent("read", alone=alone, hand=hand):
                slip = self._pool.call(hand, "more", number)

    def _give(self, bundle: Bundle, piece: Piece | Exception) -> None:
        while not self._pool.closed:
            with suppress(Full):
                return bundle.given.put(piece, timeout=1.0)
        return None


def _first(waiting: deque[Bundle]) -> Bundle | None:
    """Return the first bundle that nobody has taken and forget those before it."""
    while waiting and waiting[0].taken:
        waiting.popleft()
    return waiting[0] if waiting else None


def _packed(item: Item, *, unseen: bool) -> Parcel:
    """Return an item for a worker elsewhere, with its file's bytes where it does not see them.

    Without them where they are gone here too.
    """
    file = item.source
    if isinstance(file, Document):
        return Parcel(item)
    there = replace(
        file,
        path=file.path.absolute(),
        sidecar=file.sidecar.absolute() if file.sidecar is not None else None,
    )
    contents = None
    if unseen:
        with suppress(OSError):
            sidecar = there.sidecar.read_bytes() if there.sidecar is not None else None
            contents = Contents(there.path.read_bytes(), sidecar)
    return Parcel(Item(there, item.name), contents)
