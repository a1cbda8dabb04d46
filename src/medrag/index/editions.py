"""Which sources are in force on a day, and which replaced which.

Three kinds of evidence, all of them data that a source carries: its own dates, the keys that
another source says it supersedes, and the dates of the other editions of its series.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Edition:
    """What decides whether a source is in force; the fields are those of `Source`."""

    key: str
    series: str | None = None
    published: date | None = None
    effective: date | None = None
    expires: date | None = None
    supersedes: tuple[str, ...] = ()

    @property
    def start(self) -> date | None:
        """The first day in force: the effective day, else the day of publication."""
        return self.effective or self.published

    def has_started(self, as_of: date) -> bool:
        """Return whether the edition existed on the day; one without dates always did."""
        return self.start is None or self.start <= as_of


def in_force(
    editions: Sequence[Edition], as_of: date, *, others: Sequence[Edition] = ()
) -> list[bool]:
    """Return for each edition whether it is in force on the day; `others` may replace them.

    It is when it has started, has not expired, and no edition that has started replaces it.
    An edition stays replaced when its successor expires: an old guideline does not come back.
    """
    replaced = superseded(editions, as_of, others=others)
    return [
        edition.has_started(as_of)
        and (edition.expires is None or as_of <= edition.expires)
        and edition.key not in replaced
        for edition in editions
    ]


def superseded(
    editions: Sequence[Edition], as_of: date, *, others: Sequence[Edition] = ()
) -> dict[str, tuple[str, ...]]:
    """Return the keys of replaced editions, each with the keys of what replaces it, sorted.

    What replaces may be among the `others`, whose own keys are not returned.

    A replaces B when A has started on the day and names B's key, or when both are of one
    series and A is the latest to have started. Editions of a series without any date cannot be
    ordered and stay in force, as do those that start on one day: both are shown. Two sources
    that name each other, directly or in a ring, replace nothing by that.
    """
    started = [edition for edition in (*editions, *others) if edition.has_started(as_of)]
    edges = _named(started)
    for old, new in _by_series(started):
        edges[old].add(new)
    present = {edition.key for edition in editions}
    return {old: tuple(sorted(new)) for old, new in sorted(edges.items()) if old in present}


def rings(editions: Sequence[Edition]) -> list[tuple[str, ...]]:
    """Return the keys that replace each other by name, directly or around a ring, sorted.

    Each ring stands once; a source that names itself is a ring of one.
    """
    edges = _edges(editions)
    members: defaultdict[int, list[str]] = defaultdict(list)
    for key, ring in _components(edges).items():
        members[ring].append(key)
    alone = [(key,) for e in editions for key in e.supersedes if key == e.key]
    return sorted({*alone, *(tuple(sorted(m)) for m in members.values() if len(m) > 1)})


def _named(started: Iterable[Edition]) -> defaultdict[str, set[str]]:
    edges = _edges(started)
    ring = _components(edges)
    kept = {old: {new for new in news if ring[new] != ring[old]} for old, news in edges.items()}
    return defaultdict(set, {old: news for old, news in kept.items() if news})


def _edges(editions: Iterable[Edition]) -> dict[str, set[str]]:
    """Return the keys that others name, each with the keys of those who do."""
    edges: defaultdict[str, set[str]] = defaultdict(set)
    for edition in editions:
        for old in edition.supersedes:
            if old != edition.key:
                edges[old].add(edition.key)
    return dict(edges)


def _components(edges: Mapping[str, Iterable[str]]) -> dict[str, int]:
    """Return a number for every key, the same for keys of one ring (Tarjan 1972).

    In one walk, without calling itself: chains of editions are as long as somebody makes them.
    """
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    component: dict[str, int] = {}
    open_keys: list[str] = []
    for root in edges:
        walk = [] if root in order else [(root, iter(edges[root]))]
        while walk:
            key, following = walk[-1]
            if key not in order:
                order[key] = lowest[key] = len(order)
                open_keys.append(key)
            new = next(following, None)
            if new is None:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    lowest[above] = min(lowest[above], lowest[key])
                while lowest[key] == order[key] and key not in component:
                    component[open_keys.pop()] = order[key]
            elif new not in order:
                walk.append((new, iter(edges.get(new, ()))))
            elif new not in component:
                lowest[key] = min(lowest[key], order[new])
    return component


def _by_series(started: Iterable[Edition]) -> Iterable[tuple[str, str]]:
    series: defaultdict[str, list[tuple[date, str]]] = defaultdict(list)
    for edition in started:
        if edition.series is not None and edition.start is not None:
            series[edition.series].append((edition.start, edition.key))
    for members in series.values():
        latest = max(start for start, _ in members)
        newest = [key for start, key in members if start == latest]
        for start, key in members:
            if start < latest and key not in newest:
                yield from ((key, new) for new in newest)
