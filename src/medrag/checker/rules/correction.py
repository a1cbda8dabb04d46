"""LAB207: a sodium that is to rise or fall faster than the brain bears."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.core.finding import Reference
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_CHANGE = prefiltered(
    r"\b(?:ris(?:e|es|ing)|rais(?:e|ing)|increas\w+|correct\w*|lower\w*|fall\w*|drop\w*|reduc\w+"
    r"|bring\w*)\b[^.;\n]{0,40}?\b(?P<n>\d+(?:\.\d+)?)\s*(?:mmol(?:/L)?|mEq(?:/L)?)"
    r"[^.;\n]{0,40}?\b(?:(?:24|twenty-four|12|6) ?(?:h|hours?|hrs?)|first day|(?:a|per) day"
    r"|daily)\b",
    re.I,
)
_LIMITS = re.compile(
    r"\b(?:no more than|at most|not (?:to )?(?:exceed|more)|maximum|max|below|under|less than"
    r"|limit\w*|never|avoid\w*|do not|don't|not|cap\w*|slower|<|≤)\b",
    re.I,
)
_SODIUM = re.compile(r"\b(?:[Ss]odium|Na|[Hh]ypo-?na?tr\w+|[Hh]yper-?na?tr\w+)\b")
_NEAR = 250
_MOST = Decimal(12)
_SOURCE = Reference(
    title="Diagnosis, Evaluation, and Treatment of Hyponatremia: Expert Panel Recommendations",
    section="Limits of correction",
    edition="2013",
    url="https://doi.org/10.1016/j.amjmed.2013.07.006",
)


def _too_fast(context: Context) -> Iterator[Verdict]:
    for match in _CHANGE.finditer(context.text):
        around = context.text[max(0, match.start() - _NEAR) : match.end()]
        limited = _LIMITS.search(context.text[max(0, match.start() - 40) : match.end() + 10])
        value = Decimal(match["n"])
        if not _MOST < value < 40 or limited or not _SODIUM.search(around):
            continue
        yield Signal(
            severity="critical",
            message=f"A change of sodium by {match['n']} mmol/L in a day: at most 8 to 12 in 24 "
            "hours; faster correction destroys myelin, faster lowering swells the brain.",
            span=Span(start=match.start(), end=match.end()),
            reference=_SOURCE,
            subject="sodium",
        )
        return


RULES = (
    Rule(
        id="LAB207",
        title="sodium corrected too fast",
        category="lab",
        rationale="A sodium raised by 20 in a day leaves a patient locked in.",
        check=_too_fast,
    ),
)
