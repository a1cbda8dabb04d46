"""MED112, MED114, MED118: route, strength and formulation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_forms import FormulationRow, RouteRow, StrengthRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.crushing import LASTING
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.wording import amount, name
from medrag.checker.words import NEGATED, find
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.core.finding import Reference

_FORMS = {"tablet": "tablet", "solid": "tablet or capsule"}
_SWALLOWED = frozenset({"tablet", "er-tablet", "dr-tablet", "chewable-tablet", "odt", "capsule"})
_SPINAL = re.compile(
    r"\b(intrathecal\w*|IT\b(?= chemo| route| inj)|intraspinal\w*|into the (?:spinal canal"
    r"|spine|cerebrospinal fluid|csf|subarachnoid space|thecal sac|spinal fluid|ommaya)"
    r"|(?:via|through|by|at|during|with) (?:the |an? )?"
    r"(?:lumbar puncture|ommaya|spinal (?:needle|tap))"
    r"|(?:mg|g|mcg|ml|units) (?-i:IT)\b|spinally|\bmyelogra(?:m|phy))",
    re.I,
)


_USELESS = re.compile(
    r"\b(?:does not|do not|will not|cannot|is not|are not|has no|have no)\s+"
    r"(?:treat|reach|work|help|penetrate|effect|effective|absorbed|useful)|\bineffective\b",
    re.I,
)
"""Says itself that a route is of no use for the indication."""


DEADLY = re.compile(
    r"\b(?:stops? the heart|kills?|is (?:fatal|lethal|deadly)|would (?:kill|be fatal)"
    r"|must never)\b",
    re.I,
)
"""Says itself what a way of giving does."""


def _routes(context: Context) -> Iterator[Verdict]:
    for mention in context.dosed:
        stated: dict[str, Regimen | None] = {
            r.route or "oral": r for r in mention.regimens if r.route or r.form in _SWALLOWED
        }
        sentence = context.sentence(mention)
        spinal = _spinal(context, mention, sentence)
        if spinal and "intrathecal" not in stated and not NEGATED.search(sentence[: spinal.end()]):
            stated["intrathecal"] = next(iter(mention.regimens), None)
        if not stated or DEADLY.search(sentence):
            continue
        if "iv-push" in stated:
            stated.setdefault("iv", stated["iv-push"])
        seen: set[str] = set()
        for drug, row in rows_of(context, mention, RouteRow):
            named = not row.indication or (
                find(context.text, row.indication) and not _USELESS.search(sentence)
            )
            named = named and not find(context.text, row.unless)
            if not named or row.route not in stated or row.route in seen:
                continue
            if row.route == "iv" and "iv-push" in seen:
                continue
            seen.add(row.route)
            yield Signal(
                severity=row.severity,
                message=f"{name(drug)} by the {row.route.replace('-', ' ')} route: {row.effect}. "
                f"{_correct(row.instead)}.",
                span=around(mention, stated[row.route]),
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )
        if "intrathecal" in stated and "intrathecal" not in seen:
            yield from _not_for_the_spine(context, mention, stated["intrathecal"])


def _not_for_the_spine(
    context: Context, mention: DrugMention, regimen: Regimen | None
) -> Iterator[Verdict]:
    """Report whatever is not among the few drugs made or proven for the spinal canal."""
    for drug in mention.ingredients:
        if drug in context.knowledge.groups["intrathecal-drug"]:
            continue
        yield Signal(
            severity="critical",
            message=f"{name(drug)} by the intrathecal route: it is not a drug for the spinal "
            "canal, where most are toxic or fatal.",
            span=around(mention, regimen),
            reference=Reference(
                title=f"{name(drug)} prescribing information (FDA label)",
                section="Dosage and Administration: routes",
            ),
            subject=drug,
        )


def _spinal(context: Context, mention: DrugMention, sentence: str) -> re.Match[str] | None:
    """Return words that put a drug into the spinal canal, unless they are of another drug."""
    match = _SPINAL.search(sentence)
    if match is None:
        return None
    start = context.content.sentences[mention.sentence].start
    at, end = start + match.start(), start + match.end()
    if any(d is not mention and 0 <= d.start - end <= 2 for d in context.content.drugs):
        return None
    between = context.text[min(mention.end, end) : max(at, mention.start)]
    return None if ";" in between else match


def _correct(instead: str) -> str:
    """Return what to do in the place of a forbidden route, as a sentence without its stop."""
    if instead.startswith(("not ", "never ", "check ")):
        return instead.capitalize() if instead.startswith("check ") else f"It is {instead}"
    return f"Correct route: {instead}"


_NONE_SUCH = re.compile(
    r"\bno\b[^.;,]{0,40}\b(?:exists?|is (?:made|marketed|available|sold))\b"
    r"|\b(?:exists?|comes?|available|made|sold) only (?:as|in)\b"
    r"|\bonly (?:exists?|comes?|available)\b|\bdoes(?: not|n't) exist\b",
    re.I,
)
"""The text itself says what there is not."""


def _strengths(context: Context) -> Iterator[Verdict]:
    yield from _forms(context)
    for mention in context.dosed:
        if len(mention.ingredients) != 1:
            continue
        for drug, row in rows_of(context, mention, StrengthRow):
            for regimen in mention.regimens:
                stated = _strength(context, regimen)
                known = {Decimal(value) for value in row.strengths}
                given = convert(stated, row.unit) if stated is not None else None
                if given is None or given.high is not None or given.value in known:
                    continue
                if _NONE_SUCH.search(context.sentence(mention)):
                    continue
                halved = given.value * 2 == min(known, default=None)  # half of the least tablet
                if halved or (regimen.count is not None and regimen.count.unit == "{dose}"):
                    continue
                listing = ", ".join(row.strengths)
                yield Signal(
                    severity="warning",
                    message=f"There is no {name(drug)} {amount(given)} {_FORMS[row.form]}; "
                    f"strengths are {listing} {amount(given).split()[-1]}.",
                    span=around(mention, regimen),
                    reference=context.knowledge.reference(row, drug),
                    subject=drug,
                )


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
    swallowed = groups["no-injection"] | groups["swallowed-or-injected"]
    without = dict.fromkeys(_OTHER_FORMS, swallowed) | {"injection": groups["no-injection"]}
    for mention in context.dosed:
        regimen = next((r for r in mention.regimens if r.form in _OTHER_FORMS), None)
        if regimen is None or regimen.form is None or len(mention.ingredients) != 1:
            continue
        if _NONE_SUCH.search(context.sentence(mention)):
            continue
        drug, form = mention.ingredients[0], regimen.form
        if form == "patch":
            missing = drug not in groups["patch-drug"]
        else:
            missing = drug in without[form] - groups[f"{form}-drug"]
        if not missing or (form != "patch" and _is_of_other(context, mention, regimen)):
            continue
        yield Signal(
            severity="warning",
            message=f"There is no {name(drug)} {_OTHER_FORMS[form]}.",
            span=around(mention, regimen),
            reference=Reference(
                title=f"{name(drug)} prescribing information (FDA label)",
                section="Dosage Forms and Strengths",
            ),
            subject=drug,
        )


_NEXT_TO = 24
"""Characters between a drug and a form that is its own: "metformin 500 mg injection"."""
_FORM_WORD = re.compile(
    r"suppositor|eye|ophthalm|\bear\b|otic|nasal|inhal|\bneb|inject|vial|syringe", re.I
)
_APART = re.compile(r"[,;:]|\b(?:before|after|until|and|or|with|the|each|every|by|as)\b", re.I)


def _is_of_other(context: Context, mention: DrugMention, regimen: Regimen) -> bool:
    """Return whether a form stands too far off to be a drug's: "apixaban and her eye drops"."""
    found = _FORM_WORD.search(context.text, mention.end, regimen.end + _NEXT_TO)
    if found is None:
        return regimen.form == "injection"
    between = context.text[mention.end : found.start()]
    return len(between) > _NEXT_TO or _APART.search(between) is not None


def _strength(context: Context, regimen: Regimen) -> Quantity | None:
    """Return the strength of one solid thing: "one 40 mg tablet", "40 mg tablets"."""
    if regimen.strength is not None:
        return regimen.strength if "/" not in regimen.strength.unit else None
    if regimen.form in {"tablet", "er-tablet", "capsule", "er-capsule", "dr-tablet"}:
        near = context.text[regimen.start : regimen.end + 20]
        single = re.search(r"\d[\d.,]*\s*(?:mg|mcg|g)\s+(?:\w+[- ]){0,2}(?:tab|cap)", near)
        return regimen.dose if single and regimen.dose and not regimen.dose.per else None
    return None


def _formulations(context: Context) -> Iterator[Verdict]:
    """Report doses of another formulation, and long-acting forms given like short-acting ones."""
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, FormulationRow):
            if row.words and find(context.sentence(mention), row.words) is None:
                continue
            for regimen in mention.regimens:
                dose = convert(regimen.dose, row.unit) if regimen.dose is not None else None
                if dose is not None and dose.top > row.above:
                    yield Signal(
                        severity=row.severity,
                        message=f"{name(drug)} {amount(dose)} fits {row.other}: {row.text}.",
                        span=around(mention, regimen),
                        reference=context.knowledge.reference(row, drug),
                        subject=drug,
                    )
        for regimen in mention.regimens:
            often = regimen.frequency.per_day if regimen.frequency else None
            if often is None or often <= 3 or not mention.ingredients:
                continue
            words = context.text[mention.start : regimen.end]
            if regimen.form in {"er-tablet", "er-capsule"} or LASTING.search(words):
                yield Signal(
                    severity="critical",
                    message=f"{mention.text} is long-acting and is not given "
                    f"{regimen.frequency.text if regimen.frequency else 'so often'}.",
                    span=around(mention, regimen),
                    reference=Reference(
                        title=f"{name(mention.ingredients[0])} extended-release prescribing "
                        "information (FDA label)",
                        section="Dosage and Administration",
                    ),
                    subject=mention.ingredients[0],
                )


RULES = (
    Rule(
        id="MED118",
        title="dose of another formulation",
        category="formulation",
        rationale="Liposomal and conventional amphotericin differ tenfold in dose.",
        tables=("formulations",),
        check=_formulations,
    ),
    Rule(
        id="MED112",
        title="wrong or fatal route",
        category="route",
        rationale="Vincristine into the spinal canal is fatal; so are others by a wrong route.",
        tables=("routes",),
        check=_routes,
    ),
    Rule(
        id="MED114",
        title="strength that does not exist",
        category="formulation",
        rationale="A strength nobody makes is a slip in the drug, the number or the unit.",
        tables=("strengths",),
        check=_strengths,
    ),
)
