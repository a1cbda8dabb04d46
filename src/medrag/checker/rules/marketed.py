"""MED114: strengths, forms and concentrations in which a drug is not made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_forms import StrengthRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.wording import amount, name
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.core.finding import Reference
from medrag.core.span import Span

_FORMS = {"tablet": "tablet", "solid": "tablet or capsule"}
_INSULIN = "insulin"
_NONE_SUCH = re.compile(
    r"\bno\b[^.;,]{0,40}\b(?:exists?|is (?:made|marketed|available|sold))\b"
    r"|\b(?:exists?|comes?|available|made|sold) only (?:as|in)\b"
    r"|\bonly (?:exists?|comes?|available)\b|\bdoes(?: not|n't) exist\b",
    re.I,
)
"""The text itself says what there is not."""


def _strengths(context: Context) -> Iterator[Verdict]:
    yield from _forms(context)
    yield from _concentrations(context)
    for mention in context.dosed:
        if len(mention.ingredients) != 1:
            continue
        for drug, row in rows_of(context, mention, StrengthRow):
            for regimen in mention.regimens if row.form != _INSULIN else ():
                stated = _strength(context, regimen, row.form)
                known = {Decimal(value) for value in row.strengths}
                given = convert(stated, row.unit) if stated is not None else None
                if given is None or given.high is not None or given.value in known:
                    continue
                if regimen.count is not None and regimen.count.unit == "{dose}":
                    continue
                sentence = context.sentence(mention)
                if _NONE_SUCH.search(sentence) or _is_made(row, given.value, sentence):
                    continue
                listing = ", ".join(row.strengths)
                form = _FORMS.get(row.form, row.form)
                yield Signal(
                    severity="warning",
                    message=f"There is no {name(drug)} {amount(given)} {form}; "
                    f"strengths are {listing} {amount(given).split()[-1]}.",
                    span=around(mention, regimen),
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )


_CONCENTRATION = re.compile(r"\bU-?(?P<u>\d{3})\b|\b(?P<per>\d{3}) units ?(?:/|per) ?mL\b", re.I)


def _concentrations(context: Context) -> Iterator[Verdict]:
    """Report an insulin of a concentration in which it is not made: "Lantus U-500"."""
    for mention in context.dosed:
        if len(mention.ingredients) != 1:
            continue
        drug = mention.ingredients[0]
        rows = context.knowledge.rows(StrengthRow, drug)
        row = next((row for row in rows if row.form == _INSULIN), None)
        if row is None:
            continue
        end = context.content.sentences[mention.sentence].end
        if (following := context.content.drug_behind(mention.end)) is not None:
            end = min(end, following.start)
        found = _CONCENTRATION.search(context.text, mention.start, min(end, mention.end + _REACH))
        if found is None or (found["u"] or found["per"]) in row.strengths:
            continue
        if _NONE_SUCH.search(context.sentence(mention)) or _SYRINGE.match(
            context.text, found.end()
        ):
            continue
        made = " and ".join(f"U-{units}" for units in row.strengths)
        yield Signal(
            severity="critical",
            message=f"There is no {name(drug)} {found[0]}; it is made as {made}.",
            span=Span(start=mention.start, end=found.end()),
            reference=context.knowledge.reference(row, drug),
            subject=drug,
        )


_REACH = 40
"""Characters behind an insulin's name in which its concentration stands."""
_SYRINGE = re.compile(r"\s(?:\w+\s)?syringe", re.I)
_OTHER_FORMS = {
    "patch": "patch",
    "suppository": "suppository",
    "eye-drops": "eye drops",
    "ear-drops": "ear drops",
    "nasal-spray": "nasal spray",
    "inhaler": "inhaler",
    "nebulizer-solution": "solution to inhale",
    "injection": "injection",
}


def _forms(context: Context) -> Iterator[Verdict]:
    """Report patches, drops, sprays and the like of drugs of which there are none."""
    groups = context.knowledge.groups
    for mention in context.dosed:
        regimen = next((r for r in mention.regimens if r.form in _OTHER_FORMS), None)
        regimen = regimen or _swallowed(context, mention)
        if regimen is None or regimen.form is None or len(mention.ingredients) != 1:
            continue
        if _NONE_SUCH.search(context.sentence(mention)):
            continue
        drug, form = mention.ingredients[0], regimen.form
        if form in _SOLIDS:
            missing = True
        elif form == "patch":
            missing = drug not in groups["patch-drug"]
        else:
            injected = form != "injection" and drug in groups["swallowed-or-injected"]
            without = injected or drug in groups["no-injection"]
            missing = without and drug not in groups[f"{form}-drug"]
        if not missing or _is_of_other(context, mention, regimen):
            continue
        yield Signal(
            severity="warning",
            message=f"There is no {name(drug)} {_OTHER_FORMS.get(form, form)}.",
            span=around(mention, regimen),
            reference=Reference(
                title=f"{name(drug)} prescribing information (FDA label)",
                section="Dosage Forms and Strengths",
            ),
            subject=drug,
        )


_SOLIDS = frozenset({"tablet", "capsule"})
_SOLID = re.compile(r"\b(?:tablet|capsule|pill|caplet)", re.I)
_INHALED = re.compile(r"\binhal|\bHandiHaler|\bNeohaler|\bAerolizer|\bvaginal", re.I)


def _swallowed(context: Context, mention: DrugMention) -> Regimen | None:
    """Return the tablet of a drug that is only dropped, inhaled or put on the skin."""
    never = context.knowledge.groups["never-swallowed"]
    if not set(mention.ingredients) <= never or _INHALED.search(context.sentence(mention)):
        return None
    return next((r for r in mention.regimens if r.form in _SOLIDS), None)


_NEXT_TO = 24
"""Characters between a drug and a form that is its own: "metformin 500 mg injection"."""
_ELSEWHERE = re.compile(r"[;:.]|\b(?:before|after|until|while|when|with the|under the)\b", re.I)
_FORM_WORD = re.compile(
    r"suppositor|patch|transderm|eye|ophthalm|\bear\b|otic|nasal|inhal|\bneb|inject|vial|syringe",
    re.I,
)
_APART = re.compile(r"[,;:]|\b(?:before|after|until|and|or|with|the|each|every|by|as)\b", re.I)


def _is_of_other(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether a form stands too far off to be a drug's: "apixaban and her eye drops"."""
    if regimen.form in _SOLIDS:
        solid = _SOLID.search(context.text, mention.end, mention.end + 2 * _NEXT_TO)
        between = context.text[mention.end : solid.start()] if solid else ""
        return solid is None or len(between) > _NEXT_TO or _APART.search(between) is not None
    found = _FORM_WORD.search(context.text, mention.end, regimen.end + _NEXT_TO)
    if found is None:
        return regimen.form == "injection"
    between = context.text[mention.end : found.start()]
    if regimen.form == "patch":
        return _ELSEWHERE.search(between) is not None
    return len(between) > _NEXT_TO or _APART.search(between) is not None


def _is_made(row: StrengthRow, value: Decimal, sentence: str) -> bool:
    """Return whether what is stated is made of what there is: half a tablet, two patches, a mix."""
    strengths = [Decimal(strength) for strength in row.strengths]
    if row.form == "patch":
        return any(value - one in strengths for one in strengths)
    if row.form == "liquid":
        return _OWN_MAKE.search(sentence) is not None
    return value * 2 == min(strengths, default=None)


_LIQUIDS = frozenset({"suspension", "solution"})
_OWN_MAKE = re.compile(
    r"\b(?:compound|extemporaneous|made up|prepar|reconstitut|dilut|crush|dispers|dissolv|mix"
    r"|specials?\b)",
    re.I,
)
"""A liquid of the pharmacy's or the nurse's own making, of which any strength may be."""


def _strength(context: Context, regimen: Regimen, form: str) -> Quantity | None:
    """Return the strength of one thing: "one 40 mg tablet", a patch, a liquid to swallow."""
    if form == "patch":
        return regimen.dose if regimen.form == form and regimen.dose and regimen.dose.per else None
    if form == "liquid":
        liquid = regimen.form in _LIQUIDS and regimen.route in {None, "oral"}
        return regimen.strength if liquid else None
    if regimen.strength is not None:
        return regimen.strength if "/" not in regimen.strength.unit else None
    if regimen.form in {"tablet", "er-tablet", "capsule", "er-capsule", "dr-tablet"}:
        near = context.text[regimen.start : regimen.end + 20]
        single = re.search(r"\d[\d.,]*\s*(?:mg|mcg|g)\s+(?:\w+[- ]){0,2}(?:tab|cap)", near)
        return regimen.dose if single and regimen.dose and not regimen.dose.per else None
    return None


RULES = (
    Rule(
        id="MED114",
        title="strength that does not exist",
        category="formulation",
        rationale="A strength nobody makes is a slip in the drug, the number or the unit.",
        tables=("strengths",),
        check=_strengths,
    ),
)
