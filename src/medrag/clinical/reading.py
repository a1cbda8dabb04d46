"""`read`: a text to everything it mentions."""

from __future__ import annotations

import re
from functools import lru_cache

from medrag.clinical.frequency import parse_frequencies
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import Content, DrugMention, LabMention, Regimen, Sentence
from medrag.clinical.quantities import parse

_END = re.compile(r"(?<=[.!?])\s+|\n+")
_NEGATIVE = re.compile(r"\b(avoid|do not|don't|stop|hold|contraindicated|not recommended)\b", re.I)


@lru_cache(maxsize=1)
def _names() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    lexicon = load()
    table: dict[str, tuple[str, ...]] = {
        n.lower(): (d.key,) for d in lexicon.drugs.values() for n in (*d.names, *d.brands)
    }
    for product in lexicon.combinations:
        table |= {name.lower(): product.ingredients for name in product.names}
    names = "|".join(re.escape(n) for n in sorted(table, key=len, reverse=True))
    return re.compile(rf"\b(?:{names})\b", re.I), table


def read(text: str) -> Content:
    """Return what `text` mentions; linear in its length."""
    sentences = _sentences(text)
    quantities, frequencies = parse(text), parse_frequencies(text)
    pattern, table = _names()
    drugs = []
    matches = list(pattern.finditer(text))
    for match, following in zip(matches, [*matches[1:], None], strict=True):
        number, sentence = next(
            (i, s) for i, s in enumerate(sentences) if s.start <= match.start() < s.end
        )
        until = min(sentence.end, following.start() if following else len(text))
        dose = next((q for q in quantities if match.end() <= q.start < until), None)
        often = next((f for f in frequencies if match.end() <= f.start < until), None)
        before = text[sentence.start : match.start()]
        regimens: tuple[Regimen, ...] = ()
        if dose is not None or often is not None:
            regimens = (
                Regimen(
                    start=match.start(),
                    end=max(dose.end if dose else 0, often.end if often else 0),
                    dose=dose.quantity if dose else None,
                    frequency=often,
                ),
            )
        drugs.append(
            DrugMention(
                start=match.start(),
                end=match.end(),
                text=match[0],
                ingredients=table[match[0].lower()],
                polarity="avoid" if _NEGATIVE.search(before) else "give",
                regimens=regimens,
                sentence=number,
            )
        )
    labs: list[LabMention] = []
    return Content(
        text=text,
        sentences=tuple(sentences),
        drugs=tuple(drugs),
        labs=tuple(labs),
        quantities=tuple(quantities),
        frequencies=tuple(frequencies),
    )


def _sentences(text: str) -> list[Sentence]:
    found, start = [], 0
    for match in [*_END.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            found.append(Sentence(start=start, end=end, text=text[start:end]))
        start = match.end() if match else end
    return found
