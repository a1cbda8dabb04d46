"""LAB205: conclusions that a value cannot bear."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from medrag.checker.context import Context
from medrag.checker.facts import with_unit
from medrag.checker.rows_patient import MeaningRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.labs import place, said_from
from medrag.checker.rules.patient import COMPARE
from medrag.checker.wording import amount, name
from medrag.checker.words import find
from medrag.clinical import LabMention, Quantity
from medrag.clinical.lexicon import load

_DENIED = re.compile(
    r"\b(?:not|no|never|without|excludes?|rul(?:es|ed|ing) out|unlikely|rather than|instead of"
    r"|if|goal|target|until|unless|should|previous\w*|was|were|less|to avoid|treat\w*)\b"
    r"|\bfor\s(?:[\w-]+\s){0,3}\Z",
    re.I,
)
_ENDS = re.compile(r"[.;]|,| and | with | but | while ")
_STATED = frozenset({"result", "mention"})
_BESIDE_AIM = re.compile(
    r"\b(?:against|for|versus|with|given)\s(?:an?|the|his|her)\s(?:usual\s)?(?:target|goal)(?:\srange)?"
    r"\s(?:of\s)?[\d.]+\s?(?:to|-|\u2013)\s?[\d.]*\d"
)
"""What a value is held against and does not belong to: "against a target of 2 to 3"."""
_REACH = 90


def _concluded(context: Context) -> Iterator[Verdict]:
    for lab in context.content.labs:
        rows = context.knowledge.rows(MeaningRow, lab.analyte)
        if not rows or lab.value is None or lab.role not in _STATED:
            continue
        said = _said(context, lab)
        for row in rows:
            value = _value(lab, row)
            word = find(said, _in_other_words(row.words))
            if value is None or word is None or not COMPARE[row.op](value.value, row.value):
                continue
            if _DENIED.search(_BESIDE_AIM.sub("", said[: word.start])):
                continue
            yield Signal(
                severity=row.severity,
                message=f"{name(lab.analyte)} {amount(lab.value)} does not mean "
                f"{word.of(said).lower()}: {row.text}.",
                span=place(context, lab),
                reference=context.knowledge.reference(row),
                subject=lab.analyte,
                fact=f"{lab.analyte} {lab.start}",
            )
            break


_OTHER_WORDS = {
    "excludes": ("speaks against", "argues against", "counts against", "makes it unlikely"),
    "unlikely": ("improbable",),
    "no": ("free of",),
}
"""Other words for what a value is said to show."""


@lru_cache(maxsize=256)
def _in_other_words(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return words with others for their first: "excludes X", "speaks against X"."""
    more = (
        other + word.removeprefix(first)
        for word in words
        for first, others in _OTHER_WORDS.items()
        if word == first or word.startswith(f"{first} ")
        for other in others
    )
    return tuple(dict.fromkeys((*words, *more)))


def _value(lab: LabMention, row: MeaningRow) -> Quantity | None:
    entry = load().analytes.get(lab.analyte)
    if lab.value is None or entry is None or lab.value.comparator is not None:
        return None
    stated = lab.value if lab.unit_written else with_unit(lab.analyte, lab.value)
    return entry.convert(stated, row.unit)


def _said(context: Context, lab: LabMention) -> str:
    """Return the words behind a value, and those of its clause behind an aside: "31 (late) is"."""
    end, behind = place(context, lab).end, said_from(context, lab)
    said = _conclusion(context, lab, end)
    if behind == end:
        return said
    return f"{said} {_CLAUSE.split(_conclusion(context, lab, behind))[0]}"


_CLAUSE = re.compile(r"[;.]")


def _conclusion(context: Context, lab: LabMention, start: int) -> str:
    """Return the words from `start` on that may say what a value means."""
    sentence = context.content.sentences[lab.sentence]
    labs = context.content.labs
    after = bisect_right(labs, start, key=lambda other: other.start)
    later = (other for other in labs[after:] if not _is_named_again(lab, other))
    following = [other.start for other in islice(later, 1)]
    end = min([sentence.end, start + _REACH, *following])
    said = context.text[start:end]
    if following and following[0] == end:
        cuts = [match.start() for match in _ENDS.finditer(said)]
        said = said[: cuts[-1]] if cuts else ""  # "normal" there may be of the next value
    return said


def _is_named_again(lab: LabMention, other: LabMention) -> bool:
    """Return whether a name is part of what a value means: "LVEF 28 %, a reduced EF"."""
    again = {lab.analyte, "weight"} if lab.analyte == "bmi" else {lab.analyte}
    return other.value is None and other.analyte in again


RULES = (
    Rule(
        id="LAB205",
        title="conclusion that the value does not bear",
        category="lab-interpretation",
        rationale="An HbA1c of 5.1 % confirms no diabetes; one of 11 % is no good control.",
        tables=("meanings",),
        check=_concluded,
    ),
)
