"""MED115: orders that leave something to be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows_forms import StrengthRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.writing import SOURCE
from medrag.checker.unscheduled import unscheduled
from medrag.checker.vague import vague
from medrag.clinical import DrugMention
from medrag.core.span import Span

_ELSEWHERE = re.compile(
    r"\b(?:continu\w*|usual|home|same|protocol|scale|sliding|titrat\w*|chart|per|policy|order set"
    r"|as directed|adjust\w*|hold|resum\w*|restart|target|goal|according|guided|weight-based|ratio"
    r"|infusion|drip|as before|unchanged|bridg\w*|prophyla\w*|dose of|doses|stop\w*|may|can"
    r"|could|consider|either|or|option\w*|recommended|preferred|effective|used)\b",
    re.I,
)
"""Words that leave the dose to another place, or that advise rather than order."""
_ITEM = re.compile(r"\s*(?:[-*•]|\d+[.)])\s*[*_]{0,2}")
_ORDERS = re.compile(r"\A[^\n]*\b(?:orders?|prescriptions?|drug chart|medication chart)\b", re.I)
"""A first line that says that complete orders follow."""
_LISTED = 2
"""Items with a dose from which a list is one of complete orders."""
_NO_DOSE = frozenset({"topical", "inhalation", "ophthalmic", "otic", "intranasal", "rectal",
                      "vaginal"})  # fmt: skip
_PRESCRIBED = re.compile(
    r"^\W*(?:give|start|begin|order|rx|prescribe|administer|please)\b|\bplease\b"
    r"|^\W*[A-Z][\w ]+\b(?:at bedtime|daily|twice|three times|before meals|as needed|prn"
    r"|every|iv|im|sc|subcutaneously)\b[^.]{0,40}$",
    re.I,
)
_GRADES = 6
_GRADED = re.compile(r"PEG|macrogol|polyethylene glycol|polysorbate", re.I)
"""Names that a number belongs to: "PEG 400"."""
_NUMBER_ONLY = re.compile(
    r"[ \t]+(?!(?:20(?:0[1-9]|[1-3]\d)|19[5-9]\d)\b)(?P<number>\d+(?:\.\d+)?)(?!\.?\d)"
    r"(?![\d.,]*[ \t]*(?:%|mg|mcg|ug|µg|g\b|gram|kg|unit|u\b|iu|meq"
    r"|mmol|ml|tab|cap|puff|drop|spray|patch|dose|time|day|week|month|hour|h\b|min"
    r"|x\b(?!\s?\d{1,2}(?:\s?(?:d|days?))?\b)|mm|million"
    r"|amp|vial|and\b|or\b|to\b|-|/(?!\s?kg)|:|\)|level|year|st\b|nd\b|rd\b|th\b|lozenge|suppositor"
    r"|application|cc\b|inhalation|nebul|packet|sachet|tsp|tbsp|teaspoon|ounce|fl\b|oz"
    r"|international|minutes|cm))"
    r"(?=[ \t]*(?:$|\n|[.;,]|/\s?kg|x\s?\d"
    r"|(?:while|until|till|if|during|infusion|drip|per (?:kg|kilo)\w*"
    r"|as|by|after|before|then|with|in|over|for|IV|PO|IM|SC|SQ|subcut\w*"
    r"|intravenously|intramuscularly|orally|daily|once|twice|now|every|q\d|BID|TID|QID|stat|bid|tid"
    r"|tds|bd|od|qds|qid|prn|nocte|mane|through|via|at (?:bed\w*|night|noon)"
    r"|in the (?:morning|evening|afternoon))\b))",
    re.I,
)

_RATE_ONLY = re.compile(
    r"[ \t]+(?:drip |infusion )?(?:at|@)[ \t]+(?P<number>\d+(?:\.\d+)?)"
    r"(?=(?:,|;)?[ \t]+(?:(?:and|then)[ \t]+)?(?:titrat|increas|adjust|wean|go|rais|mov)\w*)",
    re.I,
)
"""A rate without its unit: "norepinephrine at 5 and titrate"."""


def _incomplete(context: Context) -> Iterator[Verdict]:
    """Report a dose without its unit, and drugs of high alert without a dose."""
    yield from _without_dose(context)
    yield from _bare(context)
    yield from _undosed_items(context)
    yield from _uncounted(context)
    yield from _fragment(context)
    yield from _unscheduled(context)
    yield from _vague(context)
    measured = {lab.start for lab in context.content.labs}
    ordered = {id(mention) for mention in context.orders}
    for mention in context.dosed:
        kind = context.content.sentences[mention.sentence].kind
        if id(mention) not in ordered and (kind == "report" or mention.reported):
            continue
        match = _NUMBER_ONLY.match(context.text, mention.end) or _RATE_ONLY.match(
            context.text, mention.end
        )
        if _GRADED.fullmatch(mention.text):
            continue
        if mention.text == "ASA" and match is not None and int(float(match["number"])) <= _GRADES:
            continue  # the grade of the anesthetist
        if (
            match is None
            or mention.start in measured
            or any(r.start < match.end() < r.end - 1 and r.dose for r in mention.regimens)
        ):
            continue
        yield Signal(
            severity="warning",
            message=f"{mention.text} {match['number']} has no unit: the order is incomplete.",
            span=Span(start=mention.start, end=match.end("number")),
            reference=SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


def _without_dose(context: Context) -> Iterator[Verdict]:
    alert = context.knowledge.groups["high-alert"]
    fluids = context.knowledge.members("@iv-fluid")
    dosed = {i for d in context.content.drugs for i in d.ingredients if _has_dose(d)}
    dosed |= {i for d in context.facts.medications or () for i in d.ingredients}
    for mention in context.orders:
        often = _is_begun(mention) and any(r.frequency or r.route for r in mention.regimens)
        times = _TIMES_ONLY.match(context.text, mention.end)
        often = often or (times is not None and mention.directive is not None)
        often = often or _is_written_order(context, mention) or _is_told_whole(mention)
        if _HEADS.match(context.text, mention.end):
            continue  # the doses stand beneath
        needing = (i for i in mention.ingredients if i not in dosed and i not in fluids)
        wanted = (i for i in needing if often or i in alert)
        drug = next(wanted, None)
        if drug is None or mention.maximums or mention.current or _is_conditional(mention):
            continue
        timed = next((r.end for r in mention.regimens if r.frequency or r.route), None)
        timed = times.end() if times is not None else timed
        said = context.sentence(mention)
        local = any(r.route in _NO_DOSE or r.form for r in mention.regimens)
        if timed is None or (often and local) or _ELSEWHERE.search(said):
            continue
        if not often and not _PRESCRIBED.search(said):
            continue
        yield Signal(
            severity="warning",
            message=f"{mention.text} is ordered without a dose: the order is incomplete.",
            span=Span(start=mention.start, end=max(mention.end, timed)),
            reference=SOURCE,
            subject=drug,
        )


_STATES = re.compile(r"\b(?:is|are|was|were|has|have|can|may|should|needs?|works?|gives?)\b", re.I)


_AT_ONCE = re.compile(r"\b(?:now|stat)\W*\Z", re.I)


def _is_written_order(context: Context, mention: DrugMention) -> bool:
    """Return whether a line is an order without its verb: "Cefazolin IV every 8 hours for X"."""
    sentence = context.content.sentences[mention.sentence]
    opens = not context.text[sentence.start : mention.start].strip(" -*\u2022")
    whole = any(r.frequency and r.route for r in mention.regimens) or (
        any(r.route for r in mention.regimens) and _AT_ONCE.search(sentence.text) is not None
    )
    told = mention.directive is not None or mention.strengths
    return opens and whole and not told and _STATES.search(sentence.text) is None


def _is_told_whole(mention: DrugMention) -> bool:
    """Return whether an order has its verb, a route and a frequency: all but the dose."""
    whole = any(r.frequency and r.route for r in mention.regimens)
    told = mention.directive is not None and not mention.reported
    return whole and told and not mention.strengths


def _is_conditional(mention: DrugMention) -> bool:
    """Return whether a drug is ordered for a case only; "until dry" tells how long."""
    condition = mention.condition
    return condition is not None and not condition.text.lower().startswith("until")


def _is_begun(mention: DrugMention) -> bool:
    """Return whether the word right before a drug starts it: "start carvedilol"."""
    told = mention.directive
    if told is None or mention.strengths or _BEGUN.match(told.text) is None:
        return False
    return 0 <= mention.start - told.end <= _BESIDE


_BESIDE = 15
_BEGUN = re.compile(
    r"(?:(?:re)?start|begin|commence|prescribe|put|order|get"
    r"|(?:should|must|to) be (?:started|put|placed))\b",
    re.I,
)
_HEADS = re.compile(r"[^\n.;]{0,30}:\s*$", re.M)
_TIMES_ONLY = re.compile(r"\s(?:once|twice|(?:two|three|four|\d)\stimes)(?=[.,;]|\sand\b|\Z)", re.I)
"""How many times without a period, right behind a name: "start torsemide twice"."""
_BARE_WORDS = 8
_STARTS = frozenset({"start", "give", "begin", "commence", "prescribe", "administer", "order"})
_PRN = re.compile(r"\b(?:as needed|prn|when required|a spoonful|some)\b", re.I)


def _bare(context: Context) -> Iterator[Verdict]:
    """Report an answer that is nothing but a drug to start: "Start cefazolin.".

    What stands before a colon only says for whom: "Pneumonia, no beta-lactams: give doxycycline."
    """
    alone = len(context.content.sentences) == 1 and not context.content.labs
    if len(context.text.rsplit(":", 1)[-1].split()) > _BARE_WORDS or not alone:
        return
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    for mention in context.orders:
        told = mention.directive.text.lower() if mention.directive else ""
        starts = told in _STARTS or (not told and _PRN.search(context.text) is not None)
        strong = mention.strengths or any(r.strength is not None for r in mention.regimens)
        dosed = _has_dose(mention) or mention.maximums or strong
        local = any(r.route in _NO_DOSE for r in mention.regimens) or any(
            "vaccin" in i
            for i in mention.ingredients  # comes in its dose
        )
        if (
            starts
            and mention.ingredients
            and not (dosed or local or taken & set(mention.ingredients))
        ):
            yield Signal(
                severity="warning",
                message=f"{mention.text} is ordered without a dose: the order is incomplete.",
                span=mention.span,
                reference=SOURCE,
                subject=mention.ingredients[0],
            )


def _undosed_items(context: Context) -> Iterator[Verdict]:
    """Report the one item of a list of dosed orders that has a route or a course but no dose."""
    items = [m for m in context.orders if _opens_item(context.text, m)]
    dosed = [m for m in items if _has_dose(m)]
    known = {i for d in context.content.drugs for i in d.ingredients if _has_dose(d)}
    known |= {i for d in context.facts.medications or () for i in d.ingredients}
    if len(dosed) < _LISTED or _ORDERS.search(context.text) is None:
        return
    for mention in items:
        given = [r for r in mention.regimens if r.route or r.frequency or r.duration]
        if _has_dose(mention) or not given or mention.strengths or known & set(mention.ingredients):
            continue
        said = context.sentence(mention)
        if _ELSEWHERE.search(said) or any(r.form or r.route in _NO_DOSE for r in given):
            continue
        yield Signal(
            severity="warning",
            message=f"{mention.text} has no dose, unlike the orders beside it: it is incomplete.",
            span=Span(start=mention.start, end=max(mention.end, given[0].end)),
            reference=SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


def _opens_item(text: str, mention: DrugMention) -> bool:
    start = text.rfind("\n", 0, mention.start) + 1
    return _ITEM.fullmatch(text[start : mention.start]) is not None


def _has_dose(mention: DrugMention) -> bool:
    return any(r.dose is not None or r.count is not None for r in mention.regimens)


_SOLIDS = frozenset({"tablet", "capsule"})


def _uncounted(context: Context) -> Iterator[Verdict]:
    """Report a number of tablets or capsules of a drug that has them in several strengths."""
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    known = {i for d in context.content.drugs for i in d.ingredients if _is_measured(d)}
    for mention in context.orders:
        counted = next((r for r in mention.regimens if r.form in _SOLIDS and r.count), None)
        if counted is None or len(mention.ingredients) != 1 or mention.current:
            continue
        drug = mention.ingredients[0]
        rows = context.knowledge.rows(StrengthRow, drug)
        if drug in taken | known or not any(len(row.strengths) > 1 for row in rows):
            continue
        if _ELSEWHERE.search(context.sentence(mention)) is None:
            yield Signal(
                severity="warning",
                message=f"{mention.text} has no strength, and it comes in several: the order is "
                "incomplete.",
                span=Span(start=min(mention.start, counted.start), end=mention.end),
                reference=SOURCE,
                subject=drug,
            )


def _is_measured(mention: DrugMention) -> bool:
    """Return whether a drug has an amount or a strength, and not only a number of tablets."""
    return bool(mention.strengths or mention.maximums) or any(
        r.dose is not None or r.strength is not None for r in mention.regimens
    )


_FRAGMENT = 3
"""Words of an answer that is nothing but a drug and a dose."""


def _fragment(context: Context) -> Iterator[Verdict]:
    """Report an answer that is nothing but a drug and a dose: "Prednisone 40 mg."."""
    if len(context.text.split()) > _FRAGMENT or context.content.frequencies or context.quotes:
        return
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    for mention in context.orders:
        given = next((r for r in mention.regimens if r.dose is not None), None)
        begins = not context.text[: mention.start].strip(" -*\u2022")
        told = not begins or bool(given and (given.route or given.form or given.duration))
        if given is None or told or mention.maximums or taken & set(mention.ingredients):
            continue
        yield Signal(
            severity="warning",
            message=f"{mention.text} has neither route nor frequency: the order is incomplete.",
            span=Span(start=mention.start, end=max(mention.end, given.end)),
            reference=SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


def _unscheduled(context: Context) -> Iterator[Verdict]:
    """Report a dose of a course or a lasting treatment without its frequency."""
    for mention, regimen in unscheduled(context):
        yield Signal(
            severity="warning",
            message=f"{mention.text} does not say how often the dose is given: the order is "
            "incomplete.",
            span=Span(start=mention.start, end=max(mention.end, regimen.end)),
            reference=SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


def _vague(context: Context) -> Iterator[Verdict]:
    """Report an amount that names no number."""
    for mention, end in vague(context):
        yield Signal(
            severity="warning",
            message=f"{mention.text} is ordered in no amount that can be given: the order is "
            "incomplete.",
            span=Span(start=mention.start, end=max(mention.end, end)),
            reference=SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


RULES = (
    Rule(
        id="MED115",
        title="incomplete order",
        category="notation",
        rationale="A number without a unit is filled in by somebody's guess.",
        check=_incomplete,
    ),
)
