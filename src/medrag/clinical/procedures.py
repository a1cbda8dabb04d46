"""Reads procedures: which is named, and whether the sentence orders, stops or only names it."""

from __future__ import annotations

import re

from medrag.clinical.acts import is_described
from medrag.clinical.matching import Hit
from medrag.clinical.mentions import Condition, ProcedureMention
from medrag.clinical.parts import SentenceParts
from medrag.clinical.polarity import decide

_WITH_CONTRAST = re.compile(
    r"[^.;,|\n]{0,40}?\bwith\s(?:(?:and\swithout|iv|intravenous|oral|and|iodinated|or)\s)*contrast\b"
)
_CONTRASTED = {"ct": "contrast-ct", "mri": "gadolinium-mri"}


def read_procedures(source: SentenceParts) -> tuple[ProcedureMention, ...]:
    """Return the procedures of one sentence and what it says to do with each, in order."""
    text, clauses = source.text, source.clauses
    hits = [hit for hit in source.hits if hit.kind == "procedure"]
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


def _kind_of(folded: str, hit: Hit) -> str:
    """Return the procedure that a name means: "CT of the abdomen with contrast" is another one."""
    key = hit.keys[0]
    contrasted = key in _CONTRASTED and _WITH_CONTRAST.match(folded, hit.end) is not None
    return _CONTRASTED[key] if contrasted else key
