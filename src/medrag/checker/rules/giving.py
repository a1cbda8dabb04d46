"""MED112, MED118: route and formulation."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.aims import aim_of
from medrag.checker.context import Context
from medrag.checker.rows_forms import FormulationRow, RouteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.crushing import LASTING
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name
from medrag.checker.words import NEGATED, find
from medrag.clinical import DrugMention, Regimen, convert
from medrag.core.finding import Reference

_SWALLOWED = frozenset({"tablet", "er-tablet", "dr-tablet", "chewable-tablet", "odt", "capsule"})
_SPINAL = sifted(
    r"\b(intrathecal\w*|IT\b(?= chemo| route| inj)|intraspinal\w*|into the (?:spinal canal"
    r"|spine|cerebrospinal fluid|csf|subarachnoid space|(?:thecal|lumbar|dural) sac|spinal fluid"
    r"|lumbar (?:theca|space|drain|catheter)|ommaya)"
    r"|(?:via|through|by|at|during|with) (?:the |an? )?"
    r"(?:lumbar (?:puncture|route|needle|sac|injection|space|drain|catheter)|ommaya"
    r"|(?:spinal|thecal|subarachnoid|intrathecal) (?:route|needle|tap|space|sac|catheter|canal))"
    r"|(?:mg|g|mcg|ml|units) (?-i:IT)\b|spinally|\bmyelogra(?:m|phy))",
    re.I,
)


_USELESS = re.compile(
    r"\b(?:does not|do not|will not|cannot|is not|are not|has no|have no)\s+"
    r"(?:treat|reach|work|help|penetrate|effect|effective|absorbed|useful)|\bineffective\b",
    re.I,
)
"""Says itself that a route is of no use for the indication."""


DEADLY = sifted(
    r"\b(?:stops? the heart|kill(?:s|ed)?|(?:is|are|was|were|has been|have been|proved|proves)"
    r" (?:\w+ly |always |nearly always |often )?(?:fatal|lethal|deadly)"
    r"|would (?:kill|be fatal)|must never|(?:has|have) caused (?:\w+ ){0,2}(?:deaths?|arrests?"
    r"|paralysis)"
    r"|fatal (?:if|when|error)|deaths? (?:has|have|from|after|when))\b",
    re.I,
)
"""Says itself what a way of giving does."""


def _routes(context: Context) -> Iterator[Verdict]:
    for mention in context.dosed:
        stated = _stated(context, mention)
        if not stated or context.search(DEADLY, context.sentence(mention)):
            continue
        seen: set[str] = set()
        for drug, row in rows_of(context, mention, RouteRow):
            known = {"iv", "iv-push"} if row.route == "iv" else {row.route}
            if row.route not in stated or not seen.isdisjoint(known):
                continue
            if not _holds(context, mention, stated[row.route], row):
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


def _stated(context: Context, mention: DrugMention) -> dict[str, Regimen | None]:
    """Return the routes by which a drug is given, each with its regimen."""
    stated: dict[str, Regimen | None] = {
        r.route or "oral": r for r in mention.regimens if r.route or r.form in _SWALLOWED
    }
    sentence, first = context.sentence(mention), next(iter(mention.regimens), None)
    spinal = _spinal(context, mention, sentence)
    if spinal and "intrathecal" not in stated and not NEGATED.search(sentence[: spinal.end()]):
        stated["intrathecal"] = first
    if _is_into_an_artery(context, mention):
        stated.setdefault("intra-arterial", first)
    if "iv-push" in stated:
        stated.setdefault("iv", stated["iv-push"])
    elif "iv" in stated and _is_straight(context, mention):
        stated["iv-push"] = stated["iv"]
    return stated


_ARTERIAL = (
    r"(?:(?:radial|femoral|brachial)\s)?(?:art(?:erial)?[ -]line|arterial\s(?:cannula|catheter"
    r"|access|sheath|port)|A-line)"
)
_INTO_ARTERY = sifted(
    rf"\b(?:into|through|via|down|using|by)\s(?:(?:the|an?|her|his|this|that|your)\s)?{_ARTERIAL}\b"
    r"|\b(?:in)?to\s(?:the|an?)\s(?:radial|brachial|femoral)\sartery\b"
    rf"|\b{_ARTERIAL}\b(?:(?!\b(?:IV|PICC|central|peripheral|cannula|vein|venous|port)\b)(?:[^.]|\.(?=\d)))"
    r"{0,80}?\b(?:through|via|into|down|by|using)\s(?:it|that|this|there)\b",
    re.I,
)
"""Words that put what is given into an artery."""


def _is_into_an_artery(context: Context, mention: DrugMention) -> bool:
    """Return whether the sentence of a drug gives it into an artery."""
    sentence = context.sentence(mention)
    found = context.search(_INTO_ARTERY, sentence)
    return found is not None and not NEGATED.search(sentence[: found.end()])


def _holds(context: Context, mention: DrugMention, regimen: Regimen | None, row: RouteRow) -> bool:
    """Return whether what a row is for is named and nothing that it excepts."""
    if find(context.text, row.unless):
        return False
    if row.names and not _is_called(context, mention, regimen, row.names):
        return False
    if not row.indication:
        return True
    aimed = find(context.text, row.indication) is not None
    return aimed and not _USELESS.search(context.sentence(mention))


_NOBODY = re.compile(r"\b(?:nobody|no one|no-one|none)\b", re.I)
_STRAIGHT = sifted(r"\b(?:push(?:ed|es)?|undiluted|neat|straight in(?:to)?)\b", re.I)


def _is_straight(context: Context, mention: DrugMention) -> bool:
    """Return whether what goes into a vein is pushed as it is: "push it IV undiluted"."""
    sentence = context.sentence(mention)
    found = context.search(_STRAIGHT, sentence)
    if found is None or _NOBODY.search(sentence) or NEGATED.search(sentence[: found.end()]):
        return False
    push = context.search(
        _STRAIGHT, context.text, context.content.sentences[mention.sentence].start
    )
    named = [d for d in context.content.drugs if push is not None and d.start < push.start()]
    return not named or named[-1].ingredients == mention.ingredients


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
    match = context.search(_SPINAL, sentence)
    if match is None:
        return None
    start = context.content.sentences[mention.sentence].start
    at, end = start + match.start(), start + match.end()
    if any(d is not mention for d in context.content.drugs_in(end, end + 3)):
        return None
    between = context.text[min(mention.end, end) : max(at, mention.start)]
    return None if ";" in between else match


def _correct(instead: str) -> str:
    """Return what to do in the place of a forbidden route, as a sentence without its stop."""
    if instead.startswith(("not ", "never ", "check ")):
        return instead.capitalize() if instead.startswith("check ") else f"It is {instead}"
    return f"Correct route: {instead}"


def _is_for(context: Context, mention: DrugMention, words: tuple[str, ...]) -> bool:
    """Return whether the sentence names what a row is for, or what leads to it or the record."""
    own = find(context.sentence(mention), words) is not None
    return own or aim_of(context, mention, words) is not None


_AHEAD = 25
"""Characters before a name in which its form stands: "extended-release glipizide"."""


def _is_called(
    context: Context, mention: DrugMention, regimen: Regimen | None, names: tuple[str, ...]
) -> bool:
    """Return whether the drug is called one of `names`, in what leads to this dose of it."""
    before = context.content.drug_before(mention.start)
    begin = max(mention.start - _AHEAD, 0 if before is None else before.end)
    end = mention.end if regimen is None else max(mention.end, regimen.start)
    return find(context.text[begin:end], names) is not None


def _is_meant(context: Context, mention: DrugMention, row: FormulationRow) -> bool:
    """Return whether a row's words name the formulation, and none that it excepts."""
    if row.unless and context.first(row.unless) is not None:
        return False
    return not row.words or _is_for(context, mention, row.words)


def _formulations(context: Context) -> Iterator[Verdict]:
    """Report doses of another formulation, and long-acting forms given like short-acting ones."""
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, FormulationRow):
            if not _is_meant(context, mention, row):
                continue
            for regimen in mention.regimens:
                if row.names and not _is_called(context, mention, regimen, row.names):
                    continue
                stated = regimen.strength if row.unit.endswith("/mL") else regimen.dose
                dose = convert(stated, row.unit) if stated is not None else None
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
            if regimen.form in {"er-tablet", "er-capsule"} or context.search(LASTING, words):
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
)
