"""What changed between two indexes, document by document."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from medrag.core.document import Source
from medrag.core.span import Value
from medrag.index.opening import OpenedIndex
from medrag.index.store import today


class Difference(Value):
    """Keys of sources, sorted, by what happened to them from one index to another.

    Attributes:
        added, removed: Only in the new index; only in the old one.
        changed: Their text or bytes differ.
        described: The text is the same; title, dates or other metadata differ.
        superseded: Pairs of a key that the new index holds as replaced, and the old one did
            not, and the key of what replaces it.
        lapsed: In force in the old index on the day, present but not in force in the new one,
            and not because something replaces it.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    described: tuple[str, ...]
    superseded: tuple[tuple[str, str], ...]
    lapsed: tuple[str, ...]


def diff(old: OpenedIndex, new: OpenedIndex, *, as_of: date | None = None) -> Difference:
    """Return what changed from `old` to `new`; both may be generations of one index.

    What is in force is decided for one day, `as_of` or today, in both.
    """
    day = as_of or today()
    before, after = _by_key(old), _by_key(new)
    both = sorted(before.keys() & after.keys())
    changed = [key for key in both if before[key].keys() != after[key].keys()]
    described = [key for key in both if key not in changed and before[key] != after[key]]
    replaced_before, replaced = old.superseded(day), new.superseded(day)
    fresh = {key: by for key, by in replaced.items() if replaced_before.get(key) != by}
    lapsed = sorted(old.keys_in_force(day) & after.keys() - new.keys_in_force(day) - {*replaced})
    return Difference(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(changed),
        described=tuple(described),
        superseded=tuple((key, by) for key in sorted(fresh) for by in fresh[key]),
        lapsed=tuple(lapsed),
    )


def _by_key(store: OpenedIndex) -> dict[str, dict[str, Source]]:
    """Return for each source key its documents' ids, each with its source."""
    found: defaultdict[str, dict[str, Source]] = defaultdict(dict)
    for document_id, source, _ in store.sources():
        found[source.key][document_id] = source
    return found
