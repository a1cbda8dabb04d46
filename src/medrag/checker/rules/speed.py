"""MED109: how fast a drug goes into a vein."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.going_on import going_on
from medrag.checker.rows import RateRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.giving import DEADLY
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name
from medrag.checker.words import NEGATED, find
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.clinical.number_words import CARDINAL, count_of

_FAST = (
    r"iv push|ivp|push(?:ed)?(?! (?:up|back|ahead|fluids?|the|his|her|your|for)\b)|bolus|rapidly"
    r"|rapid (?:iv |intravenous )?(?:push|bolus|inject\w+|infus\w+|administ\w+)"
    r"|fast as possible|wide open|straight in(?=\s*(?:[.,;]|\Z)|to (?:the|a|his|her"
    r"|your) \w*\s?vein)"
)
_RAPID = re.compile(rf"\b(?:{_FAST})\b", re.I)
_PUSH = re.compile(rf"\b(?:{_FAST}|undiluted)\b", re.I)
_PUSHED = re.compile(
    r"\b(?:push(?:ed)?|(?:as|by) (?:a |an )?(?:iv |rapid |quick |single )?bolus|wide open"
    r"|(?:inject|give|put|run|squirt)(?:ed)?(?: it| this)? (?:in )?"
    r"(?:quickly|rapidly|fast\b|at once))\b"
    r"(?! (?:the|her|his|your|fluids|back|ahead|for))",
    re.I,
)
"""Words that push a drug named in a sentence before."""
_PERIPHERAL = re.compile(
    r"\bperipheral\w*|\b(?:hand|forearm|antecubital|cubital|arm|foot|wrist|elbow|ordinary|small) "
    r"(?:\w+ )?(?:vein|cannula|line|iv)\b|\bvenflon|\bbutterfly\b",
    re.I,
)
_CENTRAL = re.compile(r"\bcentral\w*|\bPICC\b|\bsubclavian|\bjugular|\bport\b|\bhickman", re.I)
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*(mg|meq|g)(?:\s+PE)?\s*(?:/|per)\s*(min|hour|h)\w*", re.I)
_MASS = {"mg": "mg", "meq": "meq", "g": "g"}
_INJECTED = frozenset({"iv", "iv-push", None})


def _rates(context: Context) -> Iterator[Verdict]:
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, RateRow):
            if row.when and find(_told(context, mention), row.when) is None:
                continue
            for regimen in mention.regimens or (None,):
                problem = _too_fast(context, mention, regimen, row)
                if problem:
                    yield Signal(
                        severity=row.severity,
                        message=f"{name(drug)} {problem}: {row.effect}.",
                        span=around(mention, regimen),
                        reference=context.knowledge.reference(row, drug),
                        subject=drug,
                    )
                    break


def _too_fast(context: Context, mention: DrugMention, regimen: Regimen | None, row: RateRow) -> str:
    """Return what is too fast in words, or nothing."""
    if regimen is None or regimen.route not in {*_INJECTED, "infusion"}:
        return ""
    if context.search(DEADLY, context.sentence(mention)):
        return ""
    if row.push == "central":
        return "into a peripheral vein" if _is_peripheral(context, mention) else ""
    if row.push == "no" and not row.when and _is_pushed(context, mention, regimen):
        return "as a push"
    return _too_quick(context, mention, regimen, row) or _too_short(context, mention, regimen, row)


def _too_quick(context: Context, mention: DrugMention, regimen: Regimen, row: RateRow) -> str:
    """Return the stated rate above a row's; of a first infusion the one it begins with."""
    written = _written_rate(context, mention, row)
    for rate in (regimen.single, written) if row.when else (written, regimen.single):
        stated = _in_unit(rate, row, row.unit) if rate is not None and rate.per else None
        if rate is not None and stated is not None and (row.when or stated.top > row.max_rate):
            return f"at {amount(rate)}" if stated.top > row.max_rate else ""
    return ""


def _in_unit(given: Quantity, row: RateRow, unit: str) -> Quantity | None:
    """Return an amount in a row's unit; of a salt of potassium a mmol is a mEq."""
    found = convert(given, unit)
    if found is None and given.unit.startswith("mmol") and row.key.startswith("potassium"):
        alike = replace(given, unit=given.unit.replace("mmol", "meq", 1))
        found = convert(alike, unit)
    return found


def _told(context: Context, mention: DrugMention) -> str:
    """Return a drug's sentence and what later ones go on to tell of it."""
    parts = (part.of(context.text) for part in going_on(context, mention))
    return " ".join((context.sentence(mention), *parts))


def _is_peripheral(context: Context, mention: DrugMention) -> bool:
    """Return whether a text gives a drug into a vein of hand or arm, and not to warn of it."""
    said = _told(context, mention)
    found = _PERIPHERAL.search(said)
    return found is not None and not (_CENTRAL.search(said) or _is_denied(said, found))


def _is_pushed(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether the text has a drug pushed: in its own sentence, or in one that goes on."""
    said = context.sentence(mention)
    own = (_RAPID if _may_be_undiluted(context, mention) else _PUSH).search(said)
    told = regimen.route == "iv" or any(r.over for r in mention.regimens)
    ordered = mention.directive.text.lower() if mention.directive is not None else ""
    if ordered == "push" and mention.polarity == "give":
        return True
    if regimen.route == "iv-push" or (own and not (told and _another_is_pushed(context, mention))):
        return not _is_denied(said, own)
    for part in going_on(context, mention):
        words = part.of(context.text)
        found = _PUSHED.search(words)
        if found is not None and not _is_denied(words, found):
            return True
    return False


def _may_be_undiluted(context: Context, mention: DrugMention) -> bool:
    """Return whether a drug goes undiluted into a central vein; where, another row says."""
    rows = rows_of(context, mention, RateRow)
    return any(row.push == "central" and not drug.startswith("potassium") for drug, row in rows)


def _is_denied(said: str, found: re.Match[str] | None) -> bool:
    """Return whether words forbid the push behind them: "never as a push"; "no pump" does not."""
    return (
        found is not None
        and NEGATED.search(said[max(0, found.start() - 40) : found.end()]) is not None
    )


def _another_is_pushed(context: Context, mention: DrugMention) -> bool:
    """Return whether the push of a sentence is of another drug: "X over 2 hours; Y bolus"."""
    sentence = context.content.sentences[mention.sentence]
    push = _PUSH.search(context.text, sentence.start, sentence.end)
    before = [
        drug
        for drug in context.content.drugs_in(sentence.start, push.start() if push else 0)
        if drug.regimens
    ]
    return bool(before) and before[-1].ingredients != mention.ingredients


def _too_short(context: Context, mention: DrugMention, regimen: Regimen, row: RateRow) -> str:
    """Return what is wrong with a dose given over a stated time, or nothing."""
    dose = regimen.single
    over = regimen.over if regimen.over is not None else _told_time(context, mention)
    minutes = convert(over, "min") if over is not None else None
    if minutes is None or minutes.top <= 0:
        return ""
    if dose is None or row.when or {"kg", "m2"} & set(dose.per):
        short = row.min_minutes is not None and minutes.top < row.min_minutes
        return f"over {minutes.top:.0f} minutes" if short else ""
    if dose.per:
        return ""
    given = _in_unit(dose, row, row.unit.partition("/")[0])
    limit = row.max_rate * (60 if row.unit.endswith("/min") else 1)
    if given is None or given.top / minutes.top * 60 <= limit * Decimal("1.05"):
        return ""
    return f"{amount(dose)} over {minutes.top:.0f} minutes"


_TIME = sifted(
    r"\b(?:over|within|in)\s(?:just\s|only\s|about\s|no\smore\sthan\s|the\snext\s){0,2}(?:a\s)?"
    r"(?P<some>few|several|couple(?:\sof)?|handful\sof)\s(?:short\s)?(?P<time>seconds?|minutes?)\b"
    r"|\b(?:(?:runs?|go(?:es)?|inject\w*|infus\w*|push\w*|give|given|put|drip\w*|deliver\w*|administer\w*"
    r"|dose|bag|bolus|syringe|infusion|it|in|each|all|IV|mL|saline|dextrose|chloride|line|vein)\s"
    r"(?:it\s|this\s|each\s|dose\s|is\s|in\s|slowly\s|just\s|only\s)*(?:over|within|in)"
    r"|takes?|lasts?)\s"
    r"(?:about\s|just\s|only\s|at\sleast\s|around\s|some\s|under\s)?"
    rf"(?P<n>\d+(?:\.\d+)?|half\san?|a\squarter\sof\san|an?|{CARDINAL})"
    r"(?:\s?(?:-|\u2013|to)\s?(?P<high>\d+))?[\s-](?P<unit>seconds?|min(?:ute)?s?|hours?|h)\b",
    re.I,
)
"""The time of one administration in a sentence that goes on: "Run it in over 10 minutes"."""
_PARTS = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
_SOME = {"couple": Decimal(2), "few": Decimal(5), "several": Decimal(10), "handful": Decimal(5)}
"""The most that a count in words without a number stands for."""
_UNITS = {"s": Decimal(1) / 60, "m": Decimal(1), "h": Decimal(60)}
_WATCHES = re.compile(
    r"\b(?:check\w*|measur\w*|review\w*|level|repeat\w*|monitor\w*|peak|trough|wait\w*|work\w*"
    r"|effect|onset|respon\w*|improv\w*|observ\w*|stop\w*|premedic\w*|before|after|until)\b",
    re.I,
)
"""Words by which a time is not that of giving."""


def _told_time(context: Context, mention: DrugMention) -> Quantity | None:
    """Return the time of giving that the rest of a sentence, or one that goes on, tells."""
    if any(r.over is not None for r in mention.regimens):
        return None
    for part in going_on(context, mention):
        for found in _TIME.finditer(context.text, part.start, part.end):
            if _WATCHES.search(context.text, part.start, found.end()) is not None:
                break
            if found["some"]:
                vague = _SOME[found["some"].lower().split()[0]]
                return Quantity(vague * _UNITS[found["time"][0].lower()], "min")
            words = found["n"].lower()
            some = next((n for word, n in _PARTS.items() if word in words), None)
            count = some or (Decimal(found["high"]) if found["high"] else None)
            count = count or (Decimal(words) if words[0].isdigit() else count_of(words))
            return Quantity(count * _UNITS[found["unit"][0].lower()], "min")
    return None


def _written_rate(context: Context, mention: DrugMention, row: RateRow) -> Quantity | None:
    """Return a rate written with words between amount and time: "500 mg PE/min"."""
    parts = going_on(context, mention)
    found = (_RATE.search(context.text, part.start, part.end) for part in parts)
    match = next((one for one in found if one is not None), None)
    if match is None:
        return None
    stated = Quantity(Decimal(match[1]), f"{_MASS[match[2].lower()]}/{match[3].lower()[:1]}")
    unit = stated.unit.replace("/m", "/min")
    return Quantity(stated.value, unit) if convert(Quantity(stated.value, unit), row.unit) else None


RULES = (
    Rule(
        id="MED109",
        title="given too fast",
        category="route",
        rationale="Potassium pushed into a vein stops the heart.",
        tables=("rates",),
        check=_rates,
    ),
)
