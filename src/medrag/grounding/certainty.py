"""How sure a statement is: a claim that is certain of what its quotations only suppose.

Epistemic words are a closed class. A claim raises the certainty where it uses one of the sure ones
and all that its quotations say of the same is hedged, or called unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from medrag.grounding.stems import stems
from medrag.grounding.tokens import clauses, tokens, within


class Raised(NamedTuple):
    """Sure words of the claim, and the hedge of its quotation."""

    start: int
    end: int
    source: str


_SURE = re.compile(
    r"\b(?:certain(?:ly|ty)?(?! (?:patients|people|cases|circumstances|conditions|drugs|types))"
    r"|definite(?:ly)?|undoubtedly|unquestionably|surely|sure to|invariably|without (?:a )?doubt"
    r"|no doubt|beyond doubt|conclusive(?:ly)?|proven|proves?|(?:is|are|been) established"
    r"|(?:it is|is|are) (?:well[- ])?known(?! (?:to|as|by))|it is clear|clearly|guarantee[sd]?)\b",
    re.IGNORECASE,
)
_HEDGED = re.compile(
    r"\b(?:may|might|could|possibl[ey]|perhaps|potential(?:ly)?|probabl[ey]|likely|unlikely"
    r"|uncertain(?:ty)?|unclear|unknown|unproven|unconfirmed|suspected|thought to|believed to"
    r"|appears? to|seems? to|suggests?|suggested|suggesting|limited|inconclusive|hypothes\w+"
    r"|not (?:known|clear|certain|proven|established|confirmed))\b", re.IGNORECASE,
)  # fmt: skip
_DENIED = re.compile(
    r"\b(?:not|no|un\w+|never|little|few|hardly|nobody|whether|if|until|nothing)\b|n't\b", re.I
)
_LEAST = 2


def raised(claim: str, sources: Sequence[str]) -> Iterator[Raised]:
    """Yield where `claim` is certain and every clause of `sources` about the same only supposes."""
    for start, end in clauses(claim) if _SURE.search(claim) else ():
        sure = _SURE.search(claim, start, end)
        if sure is None or _DENIED.search(claim, start, end) or _HEDGED.search(claim, start, end):
            continue
        own = stems(within(tokens(claim), start, end))
        told = [
            (len(own & stems(within(tokens(source), *place))), source[slice(*place)])
            for source in sources
            for place in clauses(source)
        ]
        best = max((shared for shared, _ in told), default=0)
        near = [text for shared, text in told if shared >= max(_LEAST, best - 1)]
        hedges = [_HEDGED.search(text) for text in near]
        if near and all(hedges) and not any(map(_SURE.search, sources)):
            hedge = hedges[0]
            yield Raised(sure.start(), sure.end(), hedge[0] if hedge else "")
