"""Reads procedures: which is named, and whether the sentence orders, stops or only names it."""

from __future__ import annotations

import re
from dataclasses import replace

from medrag.clinical.acts import is_described
from medrag.clinical.matching import Hit
from medrag.clinical.mentions import Condition, ProcedureMention
from medrag.clinical.parts import SentenceParts
from medrag.clinical.polarity import decide

_WITH_CONTRAST = re.compile(
    r"[^.;,|\n]{0,40}?\bwith\s(?:(?:and\swithout|iv|intravenous|oral|and|iodinated|or)\s)*contrast\b"
)
_BARE = frozenset({"epidural", "spinal"})
_STANDS_ALONE = re.compile(
    r"\s?(?:[.,;:)?!]|\Z)|\s(?:\d|an?\b|only|one|two|three|four|five|six|eight|ten|twelve|now|today"
    r"|tonight|tomorrow|this|at|in|for|after|before|within|is|was|can|may|should|must|will|as|when"
    r"|once|until|and|while|with|without|again|goes|went|placed|top-?up|removal|insertion)"
)
"""What may follow the bare word for a block; else it is of a space, a bleeding or a route."""
_CONTRASTED = {"ct": "contrast-ct", "mri": "gadolinium-mri"}


def read_procedures(source: SentenceParts) -> tuple[ProcedureMention, ...]:
    """Return the procedures of one sentence and what it says to do with each, in order."""
    text, clauses = source.text, source.clauses
    hits = [
        block or hit
        for hit in source.hits
        for block in (_block(source, hit),)
        if block is not None or (hit.kind == "procedure" and not _is_bare(source, hit))
    ]
    spans = [(hit.start, hit.end) for hit in hits]
    found = []
    for index, hit in enumerate(hits):
        if is_described(source.folded, _behind(source.folded, hit), clauses.end):
            continue  # "CT with contrast carries a risk of its own" plans none
        decision = decide(source.folded, clauses, spans, index, dosed=False)
        region = decision.region
        found.append(
            ProcedureMention(
                start=hit.start,
                end=hit.end,
                text=text[hit.start : hit.end],
                procedure=_kind_of(source.folded, hit),
                polarity=decision.polarity,
                condition=Condition(
                    region.start, region.end, text[region.start : region.end], region.exception
                )
                if region
                else None,
                sentence=source.number,
            )
        )
    return tuple(found)


def _behind(folded: str, hit: Hit) -> int:
    contrast = _WITH_CONTRAST.match(folded, hit.end)
    return contrast.end() if contrast else hit.end


def _is_bare(source: SentenceParts, hit: Hit) -> bool:
    return source.folded[hit.start : hit.end] in _BARE


def _block(source: SentenceParts, hit: Hit) -> Hit | None:
    """Return the bare "epidural" or "spinal" as the procedure; None for a place or a route."""
    if not _is_bare(source, hit) or _STANDS_ALONE.match(source.folded, hit.end) is None:
        return None
    return replace(hit, kind="procedure", keys=("neuraxial-anesthesia",))


def _kind_of(folded: str, hit: Hit) -> str:
    """Return the procedure that a name means: "CT of the abdomen with contrast" is another one."""
    key = hit.keys[0]
    contrasted = key in _CONTRASTED and _WITH_CONTRAST.match(folded, hit.end) is not None
    return _CONTRASTED[key] if contrasted else key
