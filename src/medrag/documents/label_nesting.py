"""Sections of an openFDA label that a record holds twice: by themselves and inside another.

openFDA gives `clinical_pharmacology` with all its subsections, and `pharmacokinetics` once more
as a field of its own. A passage that stood in the index twice would answer twice, so the inner
copy is not written; its place and its code tell where in the outer text the subsection stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BOXED_WARNING = "boxed_warning"
UNCLASSIFIED = "spl_unclassified_section"
_LEAST_CHARS = 40
"""What is shorter stands in another text by chance, or says nothing without its own heading."""


@dataclass(frozen=True, slots=True)
class Field:
    """One text of a record under the name of its section."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Inner:
    """Where in an outer text another section stands, word for word.

    Attributes:
        depth: 1 directly inside the outer text, 2 inside another inner section, and so on; 0 for
            what stands by itself all the same, so that the outer text need not say it again.
    """

    name: str
    start: int
    end: int
    depth: int


def outer_fields(fields: Sequence[Field]) -> list[tuple[Field, list[Inner]]]:
    """Return the texts that stand inside no other, in order, each with the sections inside it.

    A boxed warning always stands by itself, and so does what only an unclassified section holds.
    Of equal texts the first is the outer one. Inner sections come in text order, outer before
    inner; those that overlap without one holding the other are named by the first only.
    """
    long = [(n, field) for n, field in enumerate(fields) if len(field.text) >= _LEAST_CHARS]
    hosted = {
        at
        for at, inner in long
        if any(_hosts(outer, inner) and _holds(outer, inner, at, n) for n, outer in long)
    }
    return [
        (field, _inner_of(field, [one for _, one in long]))
        for at, field in enumerate(fields)
        if at not in hosted
    ]


def _holds(outer: Field, inner: Field, at: int, place: int) -> bool:
    if at == place:
        return False
    if outer.text == inner.text:
        return place < at
    return len(outer.text) > len(inner.text) and _find(outer.text, inner.text) >= 0


def _hosts(outer: Field, inner: Field) -> bool:
    """Return whether a section may be written inside another one alone."""
    if outer.name == inner.name:
        return True
    return outer.name != UNCLASSIFIED and inner.name != BOXED_WARNING


def _inner_of(outer: Field, fields: Sequence[Field]) -> list[Inner]:
    found: dict[tuple[int, int], str] = {}
    for field in fields:
        if field.name == outer.name or len(field.text) >= len(outer.text):
            continue
        start = _find(outer.text, field.text)
        if start >= 0:
            found.setdefault((start, start + len(field.text)), field.name)
    placed: list[Inner] = []
    around: list[Inner] = []
    for (start, end), name in sorted(found.items(), key=lambda item: (item[0][0], -item[0][1])):
        while around and around[-1].end <= start:
            around.pop()
        if any(end > outer.end or name == outer.name for outer in around):
            continue
        alone = not _hosts(outer, Field(name, ""))
        around.append(Inner(name, start, end, 0 if alone else len(around) + 1))
        placed.append(around[-1])
    return placed


def _find(outer: str, inner: str) -> int:
    """Return where `inner` stands in `outer` between white space or ends; -1 for nowhere."""
    at = outer.find(inner)
    while at >= 0:
        end = at + len(inner)
        if (not at or outer[at - 1] == " ") and (end == len(outer) or outer[end] == " "):
            return at
        at = outer.find(inner, at + 1)
    return -1
