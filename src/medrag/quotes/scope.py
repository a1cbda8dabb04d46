"""What stands over a unit: list lead-ins, headings, table headings; and what needs them."""

from __future__ import annotations

import re

from medrag.quotes.reading import FoldedUnit, Reading
from medrag.text import is_inside_token, normalize

_FINITE = re.compile(
    r"(?<!\bwho )(?<!\bthat )(?<!\bwhich )(?<!\bif you )"
    r"\b(?:is|are|was|were|has|have|had|should|must|may"
    r"|might|can|could|will|would|shall|does|do|did|cannot|causes?|caused|occurs?|occurred|includes?"
    r"|increases|decreases|reduces|requires?|inhibits|remains?|showed|shows|demonstrated"
    r"|received|reviewed|reported|underwent|took|gave|experienced"
    r"|reflects?|depends?|produces?|provides?|contains?"
    r"|results|resulted|appears?|indicates?|suggests?|lists|ranged|ranges|consists?|represents?)\b",
    re.IGNORECASE,
)
_ORDER = re.compile(
    r"\W*(?:\d{1,2}[.)] ?)?(?:then |also |always |please |immediately )?"
    r"(?:take|give|administer|use|avoid"
    r"|do|monitor|reduce|increase|start|initiate|discontinue|stop|consider|measure|swallow|store|advise"
    r"|inform|tell|ask|instruct|adjust|withhold|obtain|assess|evaluate|repeat|continue|titrate|observe"
    r"|treat|prescribe|refer|report|inject|apply|infuse|dilute|follow|check|ensure|perform|test|offer"
    r"|begin|limit|keep|call|see|switch|add|decrease|review|counsel|read|shake|discard|prepare|remove"
    r"|hold|wait|wash|insert|place|select|choose|seek|get|contact|protect|permanently|temporarily)\b(?!-)",
    re.IGNORECASE,
)
_ORDER_AFTER_PHRASE = re.compile(
    r"\W*[A-Z][^,.;|]{3,80}, (?:do not|take|give|administer|use|avoid|reduce|start|initiate"
    r"|discontinue|stop|consider|monitor|continue|increase|repeat|infuse|inject|withhold|adjust)\b"
)
_SENTENCE_CLOSED = re.compile(r"[.;:!?]['\"\])]*\Z")
_POINTS_DOWN = re.compile(r"\b(?:following|below|these|any of)\b", re.IGNORECASE)
_AMOUNT_FIRST = re.compile(
    r"[^\w]*(?:\d|(?:usual|recommended|initial|maximum|starting)?\s?dos(?:e|age)\b)", re.I
)
_CELL_END = re.compile(r" ?\||\t")


def is_self_contained(words: str) -> bool:
    """Return whether `words` state or order something by themselves (a verb of their own)."""
    return bool(_FINITE.search(words) or _ORDER.match(words) or _ORDER_AFTER_PHRASE.match(words))


def states(words: str, unit: FoldedUnit) -> bool:
    """Return whether a quotation of `unit` says something by itself.

    A closed sentence of prose does, whatever its verb; an item or a row may be a fragment
    with a full stop.
    """
    return is_self_contained(words) or (unit.kind == "prose" and _is_sentence(words))


def row_heading(reading: Reading, unit: FoldedUnit) -> tuple[int, int]:
    """Return the first cell of a table row; an empty range where the row has one cell."""
    text = reading.folded.text
    start = unit.start
    while start < unit.end and text[start] in "| ":
        start += 1
    edge = _CELL_END.search(text, start, unit.end)
    if edge:
        return start, edge.start()
    # A tab became a space when the text was folded: look in the source.
    source = reading.words(start, unit.end)
    label = normalize(source.split("\t")[0]).text if "\t" in source else ""
    return start, start + min(len(label), unit.end - start)


def governors(reading: Reading, number: int) -> tuple[int, ...]:
    """Return the units that unit `number` is read under, outermost first.

    For an item its list's lead-in, the item above a nested list, and the heading over both;
    for a row its table's first row and the heading over the table; for a fragment of prose
    the heading directly above.
    """
    if not reading.governors:
        reading.governors.extend(_all_governors(reading))
    return reading.governors[number]


def _all_governors(reading: Reading) -> list[tuple[int, ...]]:
    over: tuple[int, ...] = ()
    parent: int | None = None
    found: list[tuple[int, ...]] = []
    previous: FoldedUnit | None = None
    for number, unit in enumerate(reading.units):
        if unit.kind == "item":
            parent = _parent(reading, number, parent)
            nested = (*over, parent) if parent is not None and parent != number else over
            found.append(() if _runs_on(reading, number) else nested)
        elif unit.kind == "row":
            found.append(over)
            if previous is None or previous.kind != "row":
                over = (*over, number)
        else:
            found.append(over if previous is not None and previous.kind == "heading" else ())
            over, parent = _led_in(reading, number, over, previous), None
        previous = unit
    return found


def _runs_on(reading: Reading, number: int) -> bool:
    """Return whether this sentence sticks to an item of a list that lost its lines.

    In flattened labels nothing but the next bullet ends an item, so that whole paragraphs
    stick to the last item: sentences after the second of an inline item are not its own,
    nor is the second where no further item follows.
    """
    units = reading.units
    block = units[number].block
    first = number
    while first and number - first < 3 and units[first - 1].block == block:
        first -= 1
    if first == number:
        return False
    after = number + 1
    while after < len(units) and after - first < 3 and units[after].block == block:
        after += 1
    is_last = after >= len(units) or units[after].kind != "item"
    return (after - first > 2 or is_last) and _is_inline(reading, first)


def _is_inline(reading: Reading, number: int) -> bool:
    """Return whether text stands before this item, or this sentence of one, on its line."""
    at = reading.folded.origin[reading.units[number].start]
    line = reading.text[max(0, at - 80) : at].rsplit("\n", 1)[-1]
    return any(char.isalnum() for char in line)


def _led_in(
    reading: Reading, number: int, over: tuple[int, ...], previous: FoldedUnit | None
) -> tuple[int, ...]:
    """Return what a list or table that begins after unit `number` is read under."""
    unit = reading.units[number]
    words = reading.folded.text[unit.start : unit.end]
    above = over if previous is not None and previous.kind == "heading" else ()
    if unit.kind == "heading" or words.endswith(":"):
        return (*above[-2:], number)
    if not _SENTENCE_CLOSED.search(words) or _POINTS_DOWN.search(words):
        return (*above[-2:], number)
    return above


def _parent(reading: Reading, number: int, parent: int | None) -> int | None:
    """Return the item above a nested list; the item itself where it opens one."""
    text = reading.folded.text
    unit = reading.units[number]
    if text[unit.start : unit.end].endswith(":"):
        return number
    if parent is None:
        return None
    same = _marker(reading, parent) == _marker(reading, number)
    same_item = reading.units[parent].block == unit.block
    return None if same and not same_item else parent


def _marker(reading: Reading, number: int) -> str:
    """Return the mark of the item's line in the source, with its indent; digits as `1`."""
    block = reading.units[number].block
    while number and reading.units[number - 1].block == block:
        number -= 1
    at = reading.folded.origin[reading.units[number].start]
    line = reading.text[max(0, at - 24) : at + 4].rsplit("\n", 1)[-1]
    mark = re.match(r"\s*(?:[^\w\s]+|\d+[.)]|\(?\w{1,3}\))", line)
    return re.sub(r"\d+", "1", mark[0]) if mark else line[:4]


def context_of(reading: Reading, start: int, end: int) -> tuple[str, ...]:
    """Return what a quotation must be read with; equal contexts say the same thing.

    Empty for a statement with a subject of its own. An order that holds an amount is read
    under its heading (`Take 10 mg daily` is about the drug above it). A fragment is read
    under its lead-in and headings, with its row's label and, where it holds an amount, with
    the rest of its sentence.
    """
    text = reading.folded.text
    words = text[start:end]
    number = reading.unit_at(start)
    unit = reading.units[number]
    amount = any(char.isdigit() for char in words)
    if unit.kind in {"prose", "item"} and states(words, unit):
        subjectless = _ORDER.match(words) or _AMOUNT_FIRST.match(words)
        above = _heading_above(reading, number)
        return (above,) if subjectless and amount and above else ()
    over = [g for g in governors(reading, number) if amount or reading.cues(g)]
    context = [_bare(text[reading.units[g].start : reading.units[g].end]) for g in over]
    if unit.kind == "row":
        context.append(_bare(text[slice(*row_heading(reading, unit))]))
    if amount:
        last = reading.units[reading.unit_at(end - 1)]
        context += (_bare(text[unit.start : start][-200:]), _bare(text[end : last.end][:200]))
        context.append(_heading_above(reading, number))
    return tuple(context)


def _heading_above(reading: Reading, number: int) -> str:
    """Return the nearest heading of the passage above unit `number`, or ""."""
    if not reading.headings:
        reading.headings.extend(_all_headings(reading))
    above = reading.headings[number]
    if above is None:
        return ""
    unit = reading.units[above]
    return _bare(reading.folded.text[unit.start : unit.end])


def _all_headings(reading: Reading) -> list[int | None]:
    found: list[int | None] = []
    above: int | None = None
    for number, unit in enumerate(reading.units):
        found.append(above)
        if unit.kind == "heading":
            above = number
    return found


def _is_sentence(words: str) -> bool:
    closed = bool(_SENTENCE_CLOSED.search(words)) and words.lstrip("'\"([")[:1].isupper()
    return closed and len(words.split()) >= 6


def _bare(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.lower()))


def expand_token(text: str, at: int) -> tuple[int, int] | None:
    """Return the token around the place `at`, or None where `at` lies between tokens."""
    if not is_inside_token(text, at):
        return None
    start = end = at
    while start > 0 and at - start < 48 and is_inside_token(text, start):
        start -= 1
    while end < len(text) and end - at < 48 and is_inside_token(text, end):
        end += 1
    return start, end
