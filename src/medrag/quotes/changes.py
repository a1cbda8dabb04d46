"""What was altered: the nearest words of the source and a word-level diff with kinds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from medrag.clinical.lexicon import load
from medrag.core.answer import QuoteChange
from medrag.quotes.reading import Reading

Kind = Literal["number", "unit", "negation", "comparator", "drug", "omission", "insertion", "word"]
Range = tuple[int, int]

_TOKEN = re.compile(
    r"[<>=~]+|\d+(?:[.,:/^]\d+)*|[^\W\d_]+(?:['-][^\W\d_]+)*(?:/[^\W\d_]+\d?)*|%|°|\S", re.DOTALL
)
_UNITS = frozenset({
    "mg", "mcg", "µg", "ug", "ng", "g", "kg", "ml", "dl", "l", "iu", "u", "units", "unit", "meq",
    "mmol", "mol", "µmol", "nmol", "%", "°", "percent", "hours", "hour", "h", "hr", "days", "day",
    "weeks", "week", "months", "month", "years", "year", "minutes", "minute", "min", "seconds",
    "tablets", "tablet", "capsules", "capsule", "drops", "drop", "puffs", "mg/kg", "mcg/kg",
    "mg/ml", "mg/dl", "mmol/l", "mg/day", "mg/m2", "ml/min", "kg/m2", "mmhg"
})  # fmt: skip
_NEGATIONS = frozenset({
    "not", "no", "never", "without", "cannot", "neither", "nor", "none", "non", "except",
    "unless", "avoid", "contraindicated"
})  # fmt: skip
_COMPARING = frozenset({
    "<", ">", "<=", ">=", "=", "~", "less", "more", "greater", "fewer", "lower", "higher",
    "above", "below", "under", "over", "least", "most", "exceed", "exceeding", "within",
    "maximum", "minimum", "up", "than", "before", "after", "increase", "decrease", "increased",
    "decreased", "increases", "decreases", "older", "younger"
})  # fmt: skip
_NUMBER_WORDS = frozenset({
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "twenty", "thirty", "once", "twice", "thrice", "half", "double", "daily",
    "weekly", "monthly", "hourly"
})  # fmt: skip
_MOST_TOKENS = 400
_MOST_ANCHORS = 48
_ANCHOR_LETTERS = 4
_MOST_REGIONS = 2
_NEAR = 0.6

Token = tuple[str, int, int]


def nearest_change(reading: Reading, folded_quote: str) -> tuple[Range, list[QuoteChange]] | None:
    """Return where the source comes nearest to the quotation, and what differs there.

    None where fewer than six in ten of the quotation's words stand near each other. The
    longest words of the quotation say where to look; linear in the length of the passage.
    Of two places that are as near, the first.
    """
    quoted = [match.group() for match in _TOKEN.finditer(folded_quote)][:_MOST_TOKENS]
    if not quoted:
        return None
    wanted = [word.lower() for word in quoted]
    best, place = 0, list[Token]()
    for start, end in sorted(_regions(reading, wanted, len(folded_quote))):
        tokens = [(m.group(), *m.span()) for m in _TOKEN.finditer(reading.folded.text, start, end)]
        shared, window = _best_window(wanted, [word.lower() for word, _, _ in tokens])
        if shared > best:
            best, place = shared, tokens[max(0, window[0] - 4) : window[1] + 4]
    if best < _NEAR * len(quoted):
        return None
    changes, first, last = _diff(quoted, [word for word, _, _ in place])
    if first >= last:
        return None
    return (place[first][1], place[last - 1][2]), changes


def _regions(reading: Reading, wanted: list[str], length: int) -> list[Range]:
    """Return the stretches of the passage where most of the quotation's long words stand."""
    text = reading.lowered
    anchors = {word for word in wanted if len(word) >= _ANCHOR_LETTERS} or set(wanted)
    longest = sorted(anchors, key=lambda word: (-len(word), word))[:_MOST_ANCHORS]
    hits = sorted((at, word) for word in longest for at in _finds(text, word))
    margin = length // 2 + 40
    found: list[Range] = []
    for _ in range(_MOST_REGIONS):
        start = _densest(hits, length + length // 4)
        if start is None:
            break
        found.append((max(0, start - margin), min(len(text), start + length + margin)))
        hits = [hit for hit in hits if not start <= hit[0] < start + length]
    return found


def _finds(text: str, word: str) -> Iterator[int]:
    at = text.find(word)
    while at >= 0:
        yield at
        at = text.find(word, at + len(word))


def _densest(hits: list[tuple[int, str]], width: int) -> int | None:
    """Return the first hit of the stretch of `width` characters with most different words."""
    inside: Counter[str] = Counter()
    best, place, low = 0, None, 0
    for at, word in hits:
        inside[word] += 1
        while hits[low][0] < at - width:
            gone = hits[low][1]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            low += 1
        if len(inside) > best:
            best, place = len(inside), hits[low][0]
    return place


def _best_window(quoted: list[str], source: list[str]) -> tuple[int, Range]:
    """Return how many words the best run of source words shares, and the run.

    Runs are as long as the quotation.
    """
    wanted = Counter(quoted)
    have = dict.fromkeys(wanted, 0)
    size = min(len(quoted), len(source))
    shared = best = place = 0
    for at, word in enumerate(source):
        if word in have:
            shared += have[word] < wanted[word]
            have[word] += 1
        if at >= size and (gone := source[at - size]) in have:
            have[gone] -= 1
            shared -= have[gone] < wanted[gone]
        if shared > best:
            best, place = shared, max(0, at - size + 1)
    return best, (place, place + size)


def _diff(quoted: list[str], source: list[str]) -> tuple[list[QuoteChange], int, int]:
    """Return the changes and the range of `source` words that the quotation stands for."""
    matcher = SequenceMatcher(None, source, quoted, autojunk=False)
    opcodes = matcher.get_opcodes()
    equal = [code for code in opcodes if code[0] == "equal"]
    if not equal:
        return [], 0, 0
    first, last = equal[0][1], equal[-1][2]
    if equal[0][3] > 0:  # the quotation has words before the first shared one
        first = max(0, first - equal[0][3])
    if equal[-1][4] < len(quoted):
        last = min(len(source), last + len(quoted) - equal[-1][4])
    changes: list[QuoteChange] = []
    for tag, i1, i2, j1, j2 in opcodes:
        if tag != "equal":
            changes += _changes(quoted[j1:j2], source[max(i1, first) : min(i2, last)])
    return changes, first, last


def _changes(quoted: list[str], source: list[str]) -> Iterator[QuoteChange]:
    if len(quoted) == len(source):
        for one, other in zip(quoted, source, strict=True):
            yield QuoteChange(kind=_kind([one], [other]), quoted=one, source=other)
    elif quoted or source:
        yield QuoteChange(
            kind=_kind(quoted, source), quoted=" ".join(quoted), source=" ".join(source)
        )


def _kind(quoted: list[str], source: list[str]) -> Kind:
    words = {word.lower() for word in (*quoted, *source)}
    if words & _NEGATIONS or any(word.endswith("n't") for word in words):
        return "negation"
    if words & _COMPARING:
        return "comparator"
    if words & _NUMBER_WORDS or any(word[0].isdigit() for word in words):
        return "number"
    if words & _UNITS:
        return "unit"
    if words & _drug_words():
        return "drug"
    return _plain_kind(quoted, source)


def _plain_kind(quoted: list[str], source: list[str]) -> Kind:
    if not quoted:
        return "omission"
    return "word" if source else "insertion"


@lru_cache(maxsize=1)
def _drug_words() -> frozenset[str]:
    lexicon = load()
    names = {name for drug in lexicon.drugs.values() for name in (*drug.names, *drug.brands)}
    return frozenset(name.lower() for name in names if " " not in name)
