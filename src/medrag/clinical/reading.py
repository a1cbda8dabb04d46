"""`read`: a text to everything it mentions.

One pass each for names, quantities and frequencies over the whole text; then each sentence is
read with what stands in it. The time is linear in the length of the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeVar

from medrag.clinical.acts import settle
from medrag.clinical.carried import Part, carried_on
from medrag.clinical.choices import read_choices
from medrag.clinical.directives import analyze
from medrag.clinical.folding import fold
from medrag.clinical.labs import read_labs
from medrag.clinical.matching import Hit, find_names
from medrag.clinical.medications import read_drugs
from medrag.clinical.mentions import (
    Content,
    DiagnosisMention,
    DrugMention,
    LabMention,
    Sentence,
)
from medrag.clinical.outline import Place, outline
from medrag.clinical.parts import SentenceParts
from medrag.clinical.populations import read_populations
from medrag.clinical.procedures import read_procedures
from medrag.clinical.quantities import parse, parse_frequencies
from medrag.clinical.quantity import Frequency, QuantityMention
from medrag.clinical.supplements import with_salts, with_supplements
from medrag.core.protocols import Cancelled
from medrag.errors import OverdueError

_FINITE = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|should|must|can|may|will|would|could|shows?|indicates?"
    r"|means?"
    r"|suggests?|reports?|takes?|presents?|needs?)\b"
)
_ABSENT = re.compile(
    r"\b(?:no|not\s(?:with|in|if|when|for|suitable\s(?:with|in)|given\s(?:with|in))|denies|denied"
    r"|without|negative\sfor|absence\sof|not\shave|never\shad|rule[sd]?\sout"
    r"|free\sof)"
    r"\s(?:(?:(?:family|personal|past|known|prior)\s(?:or\s|and\s)?){1,3}history\sof\s)?"
    r"(?:[\w-]+[\s,]+(?:or\s|and\s)?){0,4}\Z"
)
_EXCLUDED = re.compile(
    r"(?:\s(?:and|or)\s[\w\s-]{2,25})?(?:\s(?:tests?|screens?|screening|serology))?"
    r"(?:\s(?:has|have)\sbeen|\s(?:is|are|was|were))?\s(?:excluded|ruled\sout|absent|negative)\b"
)
_PART_OF = re.compile(
    r"\s(?:threshold|prophylaxis|precautions|vaccin\w+|clinic|ward|unit\b|prevent\w+"
    r"|(?:tests?|testing|screens?|screening|serolog\w+|status|antibod\w+)\b(?!\s(?:\w+\s){0,2}positive))"
)
"""What makes the name of a disease a part of another name: "seizure threshold"."""
_WRAP = re.compile(r"(?<=\S)\n(?=[a-z(]|\d+(?![.)\d]))")
"""The end of a line within a sentence: what follows is no new line of a list."""
_GOVERNED = frozenset({"drug", "class", "combination", "analyte", "procedure"})
_Item = TypeVar("_Item", Hit, QuantityMention, Frequency)


def read(text: str, *, cancelled: Cancelled | None = None) -> Content:
    """Return what `text` mentions, in text order; linear in its length, no state is kept.

    Raises:
        OverdueError: `cancelled` said so at a sentence.
    """
    folded, places, parts = _parts(text, cancelled)
    drugs = settle(folded, [part.source for part in parts], carried_on(parts))
    return Content(
        text=text,
        sentences=tuple(_sentence(part.source, part.drugs) for part in parts),
        drugs=drugs,
        labs=tuple(lab for part in parts for lab in part.labs),
        procedures=tuple(p for part in parts for p in read_procedures(part.source)),
        diagnoses=tuple(d for part in parts for d in part.diagnoses),
        populations=tuple(p for part in parts for p in read_populations(part.source)),
        quantities=tuple(parse(text)),
        frequencies=tuple(parse_frequencies(text)),
        choices=read_choices(folded, places, drugs),
    )


class Named(NamedTuple):
    """The drugs, diseases and laboratory values of a text, as `Content` has them."""

    drugs: tuple[DrugMention, ...]
    diagnoses: tuple[DiagnosisMention, ...]
    labs: tuple[LabMention, ...]


def read_named(text: str) -> Named:
    """Return what `read` finds of these three in `text`, without the rest of it."""
    folded, _, parts = _parts(text, None)
    return Named(
        drugs=settle(folded, [part.source for part in parts], carried_on(parts)),
        diagnoses=tuple(d for part in parts for d in part.diagnoses),
        labs=tuple(lab for part in parts for lab in part.labs),
    )


def _parts(text: str, cancelled: Cancelled | None) -> tuple[str, Sequence[Place], list[Part]]:
    """Return `text` in small letters, its outline, and what each of its sentences mentions."""
    hits = with_salts(text, find_names(text))
    quantities, frequencies = parse(text), parse_frequencies(text)
    hits = with_supplements(text, hits, quantities)
    folded = fold(_WRAP.sub(" ", text))
    parts = []
    places = outline(text, folded)
    for number, place in enumerate(places):
        demand_time(cancelled)
        start, end = place.start, place.end
        within = (
            _inside(hits, start, end),
            _inside(quantities, start, end),
            _inside(frequencies, start, end),
        )
        named = any(hit.kind in _GOVERNED for hit in within[0])
        clauses = analyze(folded, start, end, named=named)
        parts.append(_read_sentence(SentenceParts(text, folded, clauses, *within, number, place)))
    return folded, places, parts


def demand_time(cancelled: Cancelled | None) -> None:
    """Make sure that there is time to go on.

    Raises:
        OverdueError: `cancelled` says that there is none.
    """
    if cancelled is not None and cancelled():
        raise OverdueError("The text took longer to check than it may. Send it in parts.")


def _inside(items: Sequence[_Item], start: int, end: int) -> list[_Item]:
    first = bisect_left(items, start, key=_start_of)
    return list(items[first : bisect_left(items, end, key=_start_of)])


def _start_of(item: Hit | QuantityMention | Frequency) -> int:
    return item.start


def _read_sentence(source: SentenceParts) -> Part:
    labs = read_labs(source)
    drugs = read_drugs(source, labs.used)
    return Part(
        source=source,
        used=labs.used,
        drugs=drugs,
        labs=labs.labs,
        diagnoses=_diagnoses(source),
    )


def _sentence(source: SentenceParts, drugs: Sequence[DrugMention]) -> Sentence:
    clauses = source.clauses
    kind: Literal["order", "report", "question", "fragment"] = "report"
    imperative = any(
        cue.kind in {"give", "avoid", "stop", "current", "from"}
        and cue.start - clauses.clause(cue.start)[0] <= 2
        for cue in clauses.cues
    )
    if clauses.question:
        kind = "question"
    elif imperative or any(d.polarity != "mention" and not d.reported for d in drugs):
        kind = "order"
    elif not clauses.report and _FINITE.search(source.folded, clauses.start, clauses.end) is None:
        kind = "fragment"
    return Sentence(
        start=clauses.start,
        end=clauses.end,
        text=source.text[clauses.start : clauses.end],
        kind=kind,
    )


def _diagnoses(source: SentenceParts) -> tuple[DiagnosisMention, ...]:
    text, start = source.text, source.clauses.start
    return tuple(
        DiagnosisMention(
            start=hit.start,
            end=hit.end,
            text=text[hit.start : hit.end],
            diagnosis=hit.keys[0],
            negated=_ABSENT.search(source.folded, max(start, hit.start - 90), hit.start) is not None
            or _EXCLUDED.match(source.folded, hit.end, source.clauses.end) is not None,
            sentence=source.number,
        )
        for hit in source.hits
        if hit.kind == "condition" and _PART_OF.match(source.folded, hit.end) is None
    )
