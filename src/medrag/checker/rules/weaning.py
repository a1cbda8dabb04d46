"""MED320: a drug that is tapered, stopped from one day to the next."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows_pairs import WithdrawalRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import name
from medrag.checker.words import find
from medrag.clinical import DrugMention

_NO_TAPER = (
    r"(?:no|without)(?: (?:an?|any|the))?(?: need (?:for|of|to)(?: an?| any)?| gradual| slow)?"
    r" (?:taper\w*|wean\w*|step-?down|dose reduction)"
    r"|(?:taper|wean)\w* (?:is|are)(?: not|n['\u2019]t) (?:needed|necessary|required)"
    r"|(?:taper|wean)\w* (?:is|are) (?:unnecessary|needless|superfluous)"
    r"|(?:not|n['\u2019]t|no) need (?:to (?:be )?(?:taper|wean)\w*|(?:an?|any) taper)"
)
_AT_ONCE = sifted(
    r"\b(?:abruptly|suddenly|cold turkey|(?:all )?at once|in one (?:go|step)|outright"
    rf"|from one day to the next|overnight(?=[\s)]*(?:[.;,]|\Z))|{_NO_TAPER})(?!\w)",
    re.I,
)
"""How a drug is ended without a taper; "today" alone is no manner but a day."""
_WARNED = re.compile(
    r"\b(?:not|never|\w+n['\u2019]t|avoid\w*|rather than|instead of|if|when|should|danger\w*"
    r"|risk\w*"
    r"|may|can|could|because|since|after|was|were|had|has|have)\b",
    re.I,
)
"""Before the ending: it is forbidden, supposed, or told of the past."""


_THEN_ENDED = re.compile(
    r"\b(?:then|and) (?:stop|discontinue|cease|end|finish)\b[^.;]{0,40}\Z", re.I
)
""""Daily for eight weeks, then stop without a taper": an order that tells its own end."""


def _weaned(context: Context) -> Iterator[Verdict]:
    drugs = [d for d in context.content.drugs if any(rows_of(context, d, WithdrawalRow))]
    if not drugs or not context.says(_AT_ONCE):
        return
    for mention in drugs:
        told = mention.standing not in {"past", "hypothetical", "told"}
        if not told or mention.polarity == "avoid" or not _is_at_once(context, mention):
            continue
        for drug, row in rows_of(context, mention, WithdrawalRow):
            if _holds(context, row):
                yield Signal(
                    severity=row.severity,
                    message=f"{name(drug)} stopped without a taper: {row.text}.",
                    span=mention.span,
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )
                break


def _is_at_once(context: Context, mention: DrugMention) -> bool:
    """Return whether the words about a drug end it without a taper and do not warn of that."""
    sentence = context.sentence(mention)
    manner = context.search(_AT_ONCE, sentence)
    if manner is None or _WARNED.search(sentence, 0, manner.start()):
        return False
    ended = mention.polarity == "stop" or _THEN_ENDED.search(sentence, 0, manner.start())
    return bool(ended)


def _holds(context: Context, row: WithdrawalRow) -> bool:
    known = (context.text, *(context.facts.patient.conditions or ()))
    said = any(find(text, row.of) for text in known) if row.of else True
    return said and context.first(row.unless) is None


RULES = (
    Rule(
        id="MED320",
        title="stopped without a taper",
        category="contraindication",
        rationale="Where the body has grown used to a drug, its sudden end does harm.",
        tables=("withdrawals",),
        check=_weaned,
    ),
)
