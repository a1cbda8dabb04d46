"""When each edition is in force, as periods of days that a database can compare with a day.

Which source is in force is decided in one place, `medrag.index.editions`; here that decision is
only asked on every day on which it can change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from medrag.index.editions import Edition, in_force
from medrag.index.postgres.binary import Period


def families(editions: Sequence[Edition]) -> list[int]:
    """Return for each edition a number that those share which can decide about each other.

    That is: editions of one series, and editions of which one names the other.
    """
    parents: dict[tuple[str, str], tuple[str, str]] = {}

    def root(name: tuple[str, str]) -> tuple[str, str]:
        path = []
        while (parent := parents.setdefault(name, name)) != name:
            path.append(name)
            name = parent
        for passed in path:
            parents[passed] = name
        return name

    for edition in editions:
        own = ("key", edition.key)
        relatives = [("key", old) for old in edition.supersedes]
        if edition.series is not None:
            relatives.append(("series", edition.series))
        for relative in relatives:
            parents[root(relative)] = root(own)
    numbers: dict[tuple[str, str], int] = {}
    return [numbers.setdefault(root(("key", edition.key)), len(numbers)) for edition in editions]


def periods_in_force(editions: Sequence[Edition], groups: Sequence[int]) -> list[list[Period]]:
    """Return for each edition the periods in which it is in force, ascending and apart.

    Args:
        editions: All of an index.
        groups: What `families` gives for them.
    """
    members: defaultdict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    found: list[list[Period]] = [[] for _ in editions]
    for places in members.values():
        family = [editions[place] for place in places]
        days = _turning_days(family)
        verdicts = [in_force(family, first) for first in days]
        for number, place in enumerate(places):
            found[place] = _joined(days, [verdict[number] for verdict in verdicts])
    return found


def _turning_days(family: Sequence[Edition]) -> list[date]:
    """Return the first day of each stretch in which nothing changes; the first is `date.min`."""
    starts = {edition.start for edition in family if edition.start is not None}
    ends = {
        edition.expires + timedelta(days=1)
        for edition in family
        if edition.expires is not None and edition.expires < date.max
    }
    return sorted({date.min} | starts | ends)


def _joined(days: Sequence[date], forced: Sequence[bool]) -> list[Period]:
    found: list[Period] = []
    since: date | None = None
    is_open = False
    for first, holds in zip(days, forced, strict=True):
        if holds and not is_open:
            since, is_open = (None if first == date.min else first), True
        elif not holds and is_open:
            found.append((since, first))
            is_open = False
    if is_open:
        found.append((since, None))
    return found
