"""Orders of a course or of a lasting treatment that do not say how often the dose is given."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows import DoseRow
from medrag.checker.sieve import sifted
from medrag.clinical import DrugMention, convert
from medrag.clinical.mentions import Regimen

_ONE_DOSE = sifted(
    r"\b(?:once|single|one[- ]time|one dose|stat|now|today|tonight|tomorrow|immediate\w*|before"
    r"|prior|bolus\w*|load\w*|push|then|follow\w*|repeat\w*|needed|prn|required|initial\w*|first"
    r"|premedic\w*|induction|at once|after|when|until|total|split|divided|morning|evening|night\w*"
    r"|bedtime|noon|breakfast|lunch|dinner|supper|meals?|food|infusion|drip|pump|over|rate|titrat\w*"
    r"|patch\w*|every|each|apart|interval\w*|schedule|protocol|usual|same|continu\w*|increas\w*"
    r"|decreas\w*|rais\w*|reduc\w*|lower\w*|switch\w*|chang\w*|convert\w*|instead|rather|or|depot"
    r"|implant\w*|cycle\w*|up to|max\w*|taper\w*|wean\w*|dose of|hours?|minutes?|prophyla\w*"
    r"|an? (?:day|week|month)|per|chew\w*|inject\w*|intramuscular\w*|IM|day \d)\b",
    re.I,
)
"""Words of one dose, of a rate, of a time of day, or of a dose that only changes."""
_BEGINS = frozenset({"start", "begin", "commence", "initiate", "prescribe", "put"})
_ORDERS = _BEGINS | {
    "give",
    "order",
    "receive",
    "administer",
    "take",
    "use",
    "please",
    "add",
    "treat",
}
_ROUTES = frozenset({"oral", "iv"})
_LASTING = (
    "@statin", "@ssri", "@snri", "@tca", "@ace-inhibitor", "@arb", "@beta-blocker", "@dhp-ccb",
    "@thiazide", "@sglt2-inhibitor", "@dpp4-inhibitor", "@sulfonylurea", "@doac", "@5ari",
    "@alpha-blocker", "@bladder-anticholinergic", "@cholinesterase-inhibitor", "@thiopurine",
    "@xanthine-oxidase-inhibitor", "@gabapentinoid", "metformin", "levothyroxine", "lithium",
    "lamotrigine", "carbamazepine", "spironolactone", "hydroxychloroquine", "warfarin",
)  # fmt: skip
"""Drugs of which nobody takes one dose: an order without its frequency cannot be a single one."""
_ASKED = frozenset({"@opioid", "@benzodiazepine", "@z-drug"})
"""Drugs taken as needed whose interval keeps the day's amount within its limit."""
_SEVERAL = 2
"""Times a day from which "once" cannot be filled in for a frequency left out."""


def unscheduled(context: Context) -> Iterator[tuple[DrugMention, Regimen]]:
    """Yield orders with a dose that is to be given more than once, nobody knows how often.

    Either the order is for several days, or a drug that is usually taken several times a day is
    begun for something. Of a corticosteroid a day's dose is meant where nothing is said.
    """
    daily = context.knowledge.members("@systemic-corticosteroid")
    taken = {i for d in context.facts.medications or () for i in d.ingredients} | daily
    for mention in context.orders:
        dosed = [r for r in mention.regimens if r.dose is not None]
        if len(dosed) != 1 or mention.current or mention.maximums or mention.condition:
            continue
        if taken & set(mention.ingredients):
            continue
        if _is_at_will(context, mention, dosed[0]):
            yield mention, dosed[0]
        if not _is_bare(context, mention, dosed[0]):
            continue
        ordered = _told(context, mention) in _ORDERS
        if (ordered and _days(mention) >= _SEVERAL) or _is_begun(context, mention, dosed[0]):
            yield mention, dosed[0]


def _is_at_will(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether an answer is a dose "as needed" of a drug whose interval is its limit."""
    often = regimen.frequency
    if often is None or not often.prn or often.per_day is not None or often.doses is not None:
        return False
    drugs = {i for name in _ASKED for i in context.knowledge.members(name)}
    return bool(drugs & set(mention.ingredients)) and len(context.text.split()) <= _WORDS


def _is_bare(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether nothing in the sentence says when or how often the dose is given."""
    assert regimen.dose is not None
    if set(regimen.dose.per) & {"d", "h", "min", "wk", "mo"} or regimen.over is not None:
        return False
    if regimen.step != "single" or any(r.frequency for r in mention.regimens):
        return False
    sentence = context.content.sentences[mention.sentence]
    told = any(sentence.start <= f.start < sentence.end for f in context.content.frequencies)
    return not told and context.search(_ONE_DOSE, sentence.text) is None


def _days(mention: DrugMention) -> Decimal:
    found = (convert(r.duration, "d") for r in mention.regimens if r.duration is not None)
    return max((length.value for length in found if length is not None), default=Decimal(0))


_WORDS = 9
"""Words of a sentence that is the order and nothing else."""


def _is_all_said(context: Context, mention: DrugMention) -> bool:
    """Return whether the order is all that its sentence says, and no sentence says how often."""
    words = context.sentence(mention).split()
    return len(words) <= _WORDS and not context.content.frequencies and not context.quotes


def _is_begun(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether a drug of several daily doses is begun for something, by mouth or vein.

    One dose of an antibiotic treats little, whatever the word of the order.
    """
    if not (_is_all_said(context, mention) or (regimen.route in _ROUTES and mention.indication)):
        return False
    lasting = {i for name in _LASTING for i in context.knowledge.members(name)}
    lasts = regimen.route == "oral" and bool(lasting & set(mention.ingredients))
    if lasts and _is_all_said(context, mention):
        return True
    antibiotics = context.knowledge.members("@antibiotic")
    begins = _ORDERS if antibiotics & set(mention.ingredients) else _BEGINS
    rows = [row for drug in mention.ingredients for row in context.knowledge.rows(DoseRow, drug)]
    several = any(row.times is not None and row.times >= _SEVERAL for row in rows)
    return several and _told(context, mention) in begins


def _told(context: Context, mention: DrugMention) -> str:
    """Return the word that orders a drug: "give" where its name opens the sentence."""
    if mention.directive is not None:
        return mention.directive.text.lower().split()[0]
    opens = not context.text[context.content.sentences[mention.sentence].start : mention.start]
    return "give" if opens else ""
