"""Doses without a route, of drugs for which the route decides what the dose does."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows import DoseRow
from medrag.clinical import DrugMention
from medrag.clinical.mentions import Regimen

_INJECTED = frozenset({"inj", "iv", "im", "subcutaneous"})
_ROUTE_TOLD = re.compile(
    r"\b(?:infus\w*|bolus\w*|push|drip|pump|pca|syringe|driver|dilut\w*|inject\w*|muscle|vein|line"
    r"|cannula|drawn?|over|tablets?|capsules?|swallow\w*|chew\w*|dissol\w*|liquid|solution|syrup"
    r"|concentrate|tube|tongue|drip|mouth|m/?r|sr|er|cr|long-acting|modified|sustained|extended"
    r"|equi\w*|convert\w*|switch\w*|rotat\w*|mme|already|usual|same|protocol|pre-?med\w*"
    r"|induction|theatre|worked|helped|was|were|had|took|ago|last|per (?:kg|kilo))\b",
    re.I,
)
"""Words of the sentence that say how a drug goes in, or that the dose is only counted."""
_AT_ONCE = re.compile(
    r"[\s,(]{0,3}(?:right )?(?:now(?! and)|stat|at once|immediately|straight away)\b", re.I
)
_OFTEN_INJECTED = ("@opioid", "ketorolac")
"""Drugs given by mouth and by needle in doses that differ by a factor of two or more."""
_SWALLOWED = frozenset({"acetaminophen", "ibuprofen", "aspirin", "folic-acid", "magnesium-sulfate"})
"""Drugs whose needle is the exception that is told."""
_BESIDE = 3
_BEHIND = 18
_WORDS = 20
"""Words of a sentence that is an order; a longer one tells the route otherwise."""


def unrouted(context: Context) -> Iterator[tuple[DrugMention, Regimen]]:
    """Yield orders with a dose of a drug that is swallowed and injected, nobody knows which.

    Opioids count always; other drugs only where they are to be given at once, which is as often
    by needle as by mouth.
    """
    knowledge = context.knowledge
    strong = {i for name in _OFTEN_INJECTED for i in knowledge.members(name)}
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    told = {i for d in context.content.drugs for i in d.ingredients if _is_routed(d)}
    for mention in context.orders:
        dosed = [r for r in mention.regimens if r.dose is not None]
        if not dosed or len(mention.ingredients) != 1 or mention.current or mention.reported:
            continue
        if mention.kind == "brand":  # MS Contin is a tablet: the name tells the route
            continue
        drug, regimen = mention.ingredients[0], dosed[0]
        if drug in taken | told or not _is_plain(regimen) or mention.condition or mention.maximums:
            continue
        rows = [row for row in knowledge.rows(DoseRow, drug) if row.population != "child"]
        routes = {row.route for row in rows}
        said = context.sentence(mention)
        if "oral" not in routes or not routes & _INJECTED or len(said.split()) > _WORDS:
            continue
        once = regimen.frequency is None or regimen.frequency.once
        now = once and drug not in _SWALLOWED and _at_once(context, mention, regimen)
        urgent = now or (drug in strong and regimen.start - mention.end <= _BESIDE)
        if urgent and mention.strengths == () and _ROUTE_TOLD.search(said) is None:
            yield mention, regimen


def _at_once(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether the words of a dose, or those right behind them, say "now"."""
    said = context.text[mention.end : regimen.end + _BEHIND]
    return any(_AT_ONCE.match(said, at) for at in range(len(said)) if not said[at].isalnum())


def _is_routed(mention: DrugMention) -> bool:
    return any(r.route or r.form for r in mention.regimens)


def _is_plain(regimen: Regimen) -> bool:
    """Return whether a dose is an amount and no rate, neither by weight nor of a course."""
    return regimen.dose is not None and not regimen.dose.per and regimen.over is None
