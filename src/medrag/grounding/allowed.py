"""Whether a claim allows, in whatever words, what its quotations plainly forbid.

"Ergotamine is fine with ritonavir" beside "coadministration is contraindicated", "it can be tried
again" beside "do not rechallenge". The claim denies nothing, says in words of leave that something
is done, and all that its quotations say of the same is against it, without a condition that the
claim might have turned to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.grounding.asserted import EXCEPTING
from medrag.grounding.bounds import direction
from medrag.grounding.cues import Clause, read_clauses
from medrag.grounding.facts import read_facts
from medrag.grounding.stems import stems
from medrag.grounding.strength import grades
from medrag.grounding.tokens import tokens, within
from medrag.grounding.turns import Turn

_ALLOWS = re.compile(
    r"\b(?:(?:is|are|be) (?:quite |perfectly |entirely |still |also )?(?:fine|safe|ok|okay|suitable"
    r"|acceptable|appropriate|unproblematic|routine|all right|welcome|harmless|allowed|permitted)"
    r"|suits?\b|go(?:es)? (?:well |fine )?together|(?:can|may|could) (?:safely |still |also )?(?:be"
    r" (?:[a-z]+ly )?(?:given|used|taken|tried|repeated|crushed|chewed|opened|split|mixed|started"
    r"|begun|continued|resumed|combined|offered|prescribed|added|swallowed|injected|applied|had)"
    r"|go (?:on|in|ahead|down|up)|continue|have|take|get|receive|use|carry on|start|begin|change"
    r"|switch|drive|drink|donate|breast-?feed)"
    r"|(?:is|are) (?:routinely|usually|regularly|freely|generally|normally) (?:given|used|taken"
    r"|offered|recommended|advised|done|screened|treated|checked)"
    r"|no (?:objection|problem|obstacle|bar)\b|(?:allows?|permits?|supports?|approves?"
    r"|justif(?:y|ies)|suffices?|warrants?)\b"
    r"|(?:is|are) (?:reason enough|(?:enough|sufficient|adequate|good)(?: (?:reason|ground"
    r"|grounds|cause))?)(?= to\b| for\b))",
    re.IGNORECASE,
)
_QUIET = re.compile(
    r"\b(?:not|no|never|cannot|neither|nor|none|nobody|without|less|lower|fewer|smaller|reduc\w*"
    r"|half|halv\w*|instead|rather|other|another|alternative|different|once|after|until|later"
    r"|caution\w*|careful\w*|hardly|stop\w*|apart|separate\w*|away|off|out|than|adjust\w*|low)\b"
    r"|n't\b",
    re.IGNORECASE,
)
"""What in a claim may tell the very thing that its quotation forbids, or narrow what it allows."""
_NO_BAR = re.compile(r"\bno (?:objection|problem|obstacle|bar)\b", re.IGNORECASE)
_AGAINST = {("use", "against"), ("start", "stop")}
_LEAST, _SHARE = 2, 0.5
_MOST = 60
"""Clauses of either side that are compared."""


def allowed_against(claim: str, sources: Sequence[str]) -> Iterator[Turn]:
    """Yield the clauses of `claim` that give leave to what all quotations of the same forbid."""
    said = [c for c in read_clauses(claim)[:_MOST] if _gives_leave(c)]
    if not said or any(_is_against(c) for c in read_clauses(claim)[:_MOST]):
        return
    told = [(_stems(source, c), c, source) for source in sources for c in read_clauses(source)]
    told = told[:_MOST]
    for clause in said:
        own = _stems(claim, clause) - _ADVISING
        shared = [(len(own & (words - _ADVISING)), words - _ADVISING, c, s) for words, c, s in told]
        best = max((count for count, *_ in shared), default=0)
        near = [(words, c, s) for count, words, c, s in shared if count >= max(_LEAST, best - 1)]
        if best < _LEAST or not near or best < _SHARE * len(own):
            continue
        if all(
            _is_against(c) and not EXCEPTING.search(c.text) and not _LIMITS.search(c.text)
            and _SHARE * len(words) <= len(own & words) and _same_bounds(clause, c)
            for words, c, _ in near
        ):  # fmt: skip
            yield Turn("negation", clause.start, clause.end, near[0][1].text)


_LIMITS = re.compile(
    r"\b(?:unless|until|without|alone|monotherapy|more than|longer than|higher than|routine\w*"
    r"|abrupt\w*|sudden\w*|rapid\w*|first|before|after|within|while|same)\b", re.IGNORECASE,
)  # fmt: skip
_ADVISING = frozenset({
    "recom", "indic", "contr", "avoid", "allow", "permi", "safe", "fine", "suit", "suita", "discon",
    "stop", "withh", "accep", "appro", "routi", "toget", "conti", "begin", "start", "given", "give",
    "use", "used", "take", "taken", "patie", "peopl", "adult", "well",
})  # fmt: skip


def _stems(text: str, clause: Clause) -> frozenset[str]:
    return stems(within(tokens(text), clause.start, clause.end))


def _gives_leave(clause: Clause) -> bool:
    text = _NO_BAR.sub("", clause.text)
    leave = _ALLOWS.search(clause.text) is not None
    return leave and not clause.denials and not _QUIET.search(text) and not EXCEPTING.search(text)


def _is_against(clause: Clause) -> bool:
    if any((c.axis, c.pole) in _AGAINST for c in clause.cues):
        return True
    found = grades(clause.text)
    return bool(found) and all(grade.high < 0 for grade in found)


def _same_bounds(clause: Clause, other: Clause) -> bool:
    """Return whether what bounds the quotation's clause bounds the claim's in the same way."""
    mine, theirs = (read_facts(c.text).numbers for c in (clause, other))
    bounded = [n for n in theirs if n.bound or n.quantity.high is not None]
    return all(
        any(
            n.quantity.value == o.quantity.value
            and direction(n.bound, n.quantity.unit) == direction(o.bound, o.quantity.unit)
            for n in mine
        )
        for o in bounded
    )
