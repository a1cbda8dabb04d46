"""From what recognizers found to what is replaced: a clinical fact is never given up to a guess."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

from medrag.privacy.evidence import CERTAIN, SOFT, Found, Note, covering
from medrag.privacy.individual import about_somebody, is_evident
from medrag.privacy.sieve import sifted


def resolve(note: Note, found: Iterable[Found]) -> list[Found]:
    """Return disjoint identifiers in text order.

    What overlaps is joined, so that no part of a find is left behind; the kind is that of the
    surest, then longest. A date keeps its own bounds, since it is moved, not replaced.
    """
    facts = _disjoint(_facts(note))
    spared = {_spared(note, item, facts) for item in set(found)}
    kept = sorted(item for item in spared if item.end > item.start and not _protected(note, item))
    if not about_somebody(note, kept):
        kept = [item for item in kept if is_evident(item, note.text)]
    joined: list[list[Found]] = []
    reach = -1
    for item in kept:
        if item.start < reach:
            joined[-1].append(item)
        else:
            joined.append([item])
        reach = max(reach, item.end)
    return [piece for group in joined for piece in _pieces(group, note.text)]


_RESULT = re.compile(
    r"[\s:=]{0,3}(?:(?:is|was|of|at|level)\s)?[<>]?(?!\d{7})\d[\d.,]{0,20}(?:/\d{1,20})?\s?%?"
)
_SCORED = sifted(
    r"\b(?:bp|pain|gcs|apgars?|strength|power|hr|rr|spo2|sats?|map|peep|phq-?9|moca|mmse|nihss)"
    r"\s?(?:is|was|of|score|:)?\s?\d{1,3}(?:/\d{1,3})?",
    re.IGNORECASE,
)
_PRESSURE = sifted(r"(?<![\w/.-])(?:[5-9]\d|[12]\d\d)/(?:[3-9]\d|1\d\d)(?![\w/-]|\.\d)")
"""A blood pressure alone: above 50/30 no day of a month and no part of a telephone number."""
_ROW = re.compile(
    r"(?:\s|,|:|=|\b(?:at|home|in|was|were|is|of|this|week|today|now|am|pm)\b){1,8}"
    r"(?P<row>(?!\d{3}-\d{3}-\d{4})(?:0\.\d+|[1-9]\d{0,3}(?:\.\d+)?)"
    r"(?:(?:,\s?|\s?(?:->|\u2192)\s?|[ /\u2013-])(?:0(?:\.\d+)?\b|[1-9]\d{0,3}(?:\.\d+)?)){1,12})"
    r"(?![\w/-])",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"\d{3}[ -]\d{3}[ -]\d{4}")
_MEASURED = sifted(
    r"\b(?:sugars?|cbgs?|bgs?|bm|glucose|weights?|wts?|peak\sflows?|pefr?|uo|u/o|urine|i/o|intake|output"
    r"|drains?|tapers?|taper(?:ed|ing)|temps?|pulses?|counts?|doses?|units|basal|bolus|readings?|anc|cd4)\b",
    re.IGNORECASE,
)
"""What is measured or given again and again, so that a row of numbers after it is its values."""
_SERIES = sifted(
    r"(?P<told>\b(?:values?|results?|levels?|numbers|titres?|titers?|trend\w*|serial\s[a-z]{1,40}|series|audiogram"
    r"|measurements?)\s?(?:were|was|are|is|of|:|=)?\s)?"
    r"(?<![\w./+-])(?P<row>\d{1,4}(?:\.\d+)?(?:[-\u2013/ ]\d{1,4}(?:\.\d+)?){1,8})(?![\w/-])"
    r"(?P<over>\s(?:d[Bb]\b|(?:over|on|in|across)\s(?:\w{1,40}\s)?(?:\w{1,40}\s)?(?:days?|visits?|mornings?|weeks?|months?"
    r"|hours?|occasions|draws|samples|checks)\b))?"
)
"""Values in a row by a word before or what they were taken over: "values were 212-348-1180"."""
_BLOOD_GROUP = sifted(r"\b(?:A|B|AB|O)\s?(?:[Rr]h\w{0,5}\s?)?(?:[Pp]os|[Nn]eg)(?:itive|ative)?\b")
_OFTEN = sifted(
    r"\b[a-z]{3,20}\s\d{1,4}(?:\.\d{1,3})?\s?(?:bd|bid|tds|tid|qds|qid|od|om|nocte|daily|prn|stat|weekly|mane|q\d{1,2}h|x\d{1,2}d)\b"
)
"""A dose by how often it is given, its unit left out: "doxy 100 bd"."""
_BARE_TITLES = frozenset({"baby", "twin", "mr", "mrs", "ms", "miss", "dr"})
_EXEMPT = frozenset({"date", "age"})


_CODED = re.compile(r"0\d")


def _facts(note: Note) -> list[tuple[int, int]]:
    """Return where amounts and results stand: no identifier may hold one, however sure it is.

    A number with one capital letter is no fact here: "4001 J" may begin "4001 J Street".
    """
    facts = [
        (item.start, item.end)
        for item in note.amounts
        if (len(item.unit_written) > 1 or item.unit_written in {"%", "g"})
        and not _CODED.match(note.text, item.start)  # "25-331-0091 Gram-positive cocci"
    ]
    for pattern in (_SCORED, _PRESSURE, _BLOOD_GROUP, _OFTEN):
        facts += [match.span() for match in pattern.finditer(note.text)]
    facts += _rows(note)
    for hit in note.hits:
        result = _RESULT.match(note.text, hit.end) if hit.kind == "analyte" else None
        if result is not None:
            facts.append(
                (hit.start, hit.start + len(note.text[hit.start : result.end()].rstrip(".,")))
            )
    return facts


def _rows(note: Note) -> list[tuple[int, int]]:
    """Return rows of values after what they are values of: "sugars at home 145 220 189"."""
    ends = [match.end() for match in _MEASURED.finditer(note.text)]
    ends += [hit.end for hit in note.hits if hit.kind == "analyte"]
    rows = [_ROW.match(note.text, end) for end in ends]
    drugs = (_ROW.match(note.text, hit.end) for hit in note.hits if hit.kind == "drug")
    rows += [row for row in drugs if row and not _TELEPHONE.fullmatch(row["row"])]
    rows += [_ROW.match(note.text, row.end()) for row in rows if row is not None]
    analytes = {hit.start for hit in note.hits if hit.kind == "analyte"}
    for row in _SERIES.finditer(note.text):
        named = note.after(row.end("row"), 5) == " for " and row.end("row") + 5 in analytes
        if row["told"] or row["over"] or named:
            rows.append(row)
    return [row.span("row") for row in rows if row is not None]


def _disjoint(facts: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return facts in text order, those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for first, last in sorted(facts):
        if joined and first < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(last, joined[-1][1]))
        else:
            joined.append((first, last))
    return joined


def _spared(note: Note, item: Found, facts: Sequence[tuple[int, int]]) -> Found:
    """Return a find without the facts at its ends; empty where nothing is left of it."""
    if item.kind in _EXEMPT:
        return item
    start, end = item.start, item.end
    reached = max(0, bisect_left(facts, (start, 0)) - 1)
    for first, last in facts[reached : bisect_left(facts, (end, 0))]:
        if last <= start or end <= first:
            continue
        if first > start:
            end = start + len(note.text[start:first].rstrip(" ,.;:\n"))
        else:
            start = min(
                end, last + len(note.text[last:end]) - len(note.text[last:end].lstrip(" ,.;:\n"))
            )
            if start == last and item.certainty == SOFT:  # one token with the fact: "200-1000"
                end = start
    return replace(item, start=start, end=end)


def _protected(note: Note, item: Found) -> bool:
    """Return whether an amount or a clinical name forbids a find that is not certain."""
    if item.certainty >= CERTAIN:
        return False
    if item.kind != "date" and note.measured(item.start, item.end):
        return True
    if note.text[item.start : item.end].lower() in _BARE_TITLES:  # "baby" of "baby A pos"
        return True
    if covering(note.eponyms, item.start, item.end):
        return True
    if item.certainty > SOFT:
        return False
    return any(h.end >= item.end for h in note.hits_in(item.start, item.start + 1))


def _pieces(group: Sequence[Found], text: str) -> list[Found]:
    """Return finds that overlap as one, but for a date: what stands around it stays apart."""
    dates = [item for item in group if item.kind == "date"]
    others = [item for item in group if item.kind != "date"]
    if not (dates and others):
        return [_union(group)]
    date, other = max(dates, key=_rank), _union(others)
    link = _LINK.search(text, max(0, date.start - 20), date.start)
    before = link.start() if link else date.start
    around = (replace(other, end=before), replace(other, start=date.end))
    pieces = [piece for piece in around if piece.start < piece.end <= other.end]
    return sorted([date, *pieces])


_LINK = re.compile(r"(?:(?:\s|,){1,8}(?:on|in|at|from|since|until|to|dated))?[\s,]{0,8}\Z")
"""What only leads from something to a date."""


def _union(group: Sequence[Found]) -> Found:
    best = max(group, key=_rank)
    start, end = min(item.start for item in group), max(item.end for item in group)
    return Found(start, end, best.kind, best.certainty)


def _rank(item: Found) -> tuple[int, int, str]:
    return item.certainty, item.end - item.start, item.kind
