"""MED115-MED116: how an order is written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.clinical import DrugMention
from medrag.clinical.quantity import QuantityMention
from medrag.core.finding import Reference, Severity
from medrag.core.span import Span

_SOURCE = Reference(
    title='Official "Do Not Use" List (The Joint Commission); List of Error-Prone Abbreviations',
    section="Abbreviations and dose designations",
    edition="2021",
    url="https://www.ismp.org/recommendations/error-prone-abbreviations-list",
)
_ABBREVIATIONS = (
    (re.compile(r"(?<=\d)\s?(?:U|u)\b(?!/L\b|/mL\b|/l\b|\.)(?!/)"), "U", 'write "units"'),
    (re.compile(r"(?<=\d)\s?IU\b(?!/)"), "IU", 'write "units"'),
    (re.compile(r"\b(?:QD|Q\.D\.?|q\.d\.|qd)(?!\w)"), "QD", 'write "daily"'),
    (re.compile(r"\b(?:QOD|Q\.O\.D\.?|q\.o\.d\.|qod)(?!\w)"), "QOD", 'write "every other day"'),
    (re.compile(r"\b(?:MSO4|MS04)\b"), "MSO4", 'write "morphine sulfate"'),
    (re.compile(r"\b(?:MgSO4|MgS04)\b"), "MgSO4", 'write "magnesium sulfate"'),
    (re.compile(r"\bMS(?=\s+\d+(?:\.\d+)?\s*mg\b)"), "MS", 'write "morphine sulfate"'),
    (re.compile(r"(?<=\d)\s?(?:ug|µg|μg)\b(?!/(?:m?L|dL|d[lL])\b)"), "ug", 'write "mcg"'),
    (re.compile(r"(?<=\d)\s?cc\b"), "cc", 'write "mL"'),
    (re.compile(r"\b(?:TIW|T\.I\.W\.?|tiw|BIW)(?!\w)"), "TIW", 'write "three times a week"'),
    (re.compile(r"(?<=[\w] )(?:HS|qhs|q\.h\.s\.)(?!\w)"), "HS", 'write "at bedtime"'),
    (re.compile(r"\bx\s?\d+d\b"), "x3d", 'write "for 3 days"'),
    (re.compile(r"\b(?:AS|AD|AU|OS|OD|OU)\b(?=\s+(?:daily|BID|TID|QID|every|at))"), "OD/OS/OU",
     "write which eye or ear"),
    (re.compile(r"\b(?:HCT|AZT|CPZ|TAC|HCl?TZ|PTU|DPT)\b(?=\s+\d)"), "drug-name abbreviation",
     "write the drug's name"),
)  # fmt: skip
_MINOR = frozenset({"HS", "x3d"})
"""On the list of error-prone abbreviations, not on the list of those that must not be used."""
_QUOTED = re.compile(r"\b(?:do not|don't|never|avoid|not|instead of) (?:write|use|writ\w+|us\w+)?\b"
                     r"[^.;]*$", re.I)  # fmt: skip
"""A text that forbids an abbreviation names it."""
_FORBIDDEN = re.compile(
    r"(?:\b(?:do not|don't|never|must not|should not|may not|avoid|not|no|instead of|rather than)\s"
    r"(?:to\s)?(?:writ\w+|trailing|leading|naked|abbreviat\w*|(?:a|the)\s(?:trailing|leading|naked))"
    r"\b(?:[^.;\n]|\.(?=[\d\w]))*|\b(?:not|never|instead of|rather than)\s[\"\u201c'])\Z",
    re.I,
)
"""Words that name a writing in order to forbid it: 'never write "1.0 mg"'."""
_NAMED = re.compile(
    r"(?:\b(?:not|never|instead of|rather than) [\"\u201c'\u2018][^\"\u201d'\u2019.;]*"
    r"|\b(?:rather than|instead of) |\b(?:the|an?) [\"']?)\Z",
    re.I,
)
"""Words before an abbreviation that is spoken of: "and not '10 U'", "the U"."""
_READ_AS = re.compile(
    r"[\"\u201d']?,?\s(?:(?:is|was|are|were|can be|may be|could be|has been)\s)?"
    r"(?:easily\s|often\s)?"
    r"(?:mis)?read\sas\b",
    re.I,
)
_RESULT_UNITS = frozenset(
    {"ng/mL", "pg/mL", "ng/dL", "mg/dL", "ug/dL", "mmol/L", "umol/L", "meq/L", "g/dL", "mg/L"}
)
"""Units of results; the list of error-prone writings excepts laboratory values."""
_NAKED = '"{0}" without a leading zero is read as tenfold: write "0{0}".'
_TRAILING = '"{0}" with a trailing zero is read as tenfold: leave the zero out.'
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
_NUMBER_ONLY = re.compile(
    r"[ \t]+(?!(?:20(?:0[1-9]|[1-3]\d)|19[5-9]\d)\b)(?P<number>\d+(?:\.\d+)?)"
    r"(?![\d.,]*[ \t]*(?:%|mg|mcg|ug|µg|g\b|gram|kg|unit|u\b|iu|meq"
    r"|mmol|ml|tab|cap|puff|drop|spray|patch|dose|time|day|week|month|hour|h\b|min|x\b|mm|million"
    r"|amp|vial|and\b|or\b|to\b|-|/|:|\)|level|year|st\b|nd\b|rd\b|th\b|lozenge|suppositor"
    r"|application|cc\b|inhalation|nebul|packet|sachet|tsp|tbsp|teaspoon|ounce|fl\b|oz"
    r"|international|minutes|cm))"
    r"(?=[ \t]*(?:$|\n|[.;,]|(?:by|after|before|then|with|in|over|for|IV|PO|IM|SC|SQ|subcut|orally"
    r"|daily|once|twice|now|every|q\d|BID|TID|QID|stat|bid|tid|at bed\w*)\b))",
    re.I,
)

_RATE_ONLY = re.compile(
    r"[ \t]+(?:drip |infusion )?(?:at|@)[ \t]+(?P<number>\d+(?:\.\d+)?)"
    r"(?=(?:,|;)?[ \t]+(?:and|then)[ \t]+(?:titrat|increas|adjust|wean|go|rais|mov)\w*)",
    re.I,
)
"""A rate without its unit: "norepinephrine at 5 and titrate"."""


def _notation(context: Context) -> Iterator[Verdict]:
    for pattern, written, instead in _ABBREVIATIONS:
        for match in pattern.finditer(context.text):
            if _QUOTED.search(context.text[max(0, match.start() - 40) : match.start()]):
                continue
            if _NAMED.search(context.text[max(0, match.start() - 40) : match.start()]):
                continue
            yield _notation_signal(
                match.start(),
                match.end(),
                f'"{written}" is error-prone: {instead}.',
                "info" if written in _MINOR or _is_explained(context, match) else "warning",
            )
    doses = _dose_places(context)
    for quantity in context.content.quantities:
        near = any(start <= quantity.start < end for start, end in doses)
        near = (
            near
            and quantity.unit_written not in {"", "%"}
            and quantity.quantity.unit not in _RESULT_UNITS
            and not _is_forbidden(context, quantity)
        )
        if "naked-decimal" in quantity.hazards and near:
            text = _NAKED.format(quantity.number_written)
            yield _notation_signal(quantity.start, quantity.end, text)
        elif "trailing-zero" in quantity.hazards and near:
            text = _TRAILING.format(quantity.number_written)
            yield _notation_signal(quantity.start, quantity.end, text)


_EXPLAINED = re.compile(
    r"\s?(?:\([^()]{0,30}\b(?:mcg|mg|micrograms?|units)\b|of\b[^.;]{0,40}\(\d)", re.I
)
_RANGED = re.compile(r"\d\s?(?:-|\u2013|to)\s?[\d,.]+\s?\Z")


def _is_explained(context: Context, match: re.Match[str]) -> bool:
    """Return whether "IU" cannot be misread: a range advises; "400 IU (10 mcg)" says it twice."""
    if match[0].strip() != "IU":
        return False
    ranged = _RANGED.search(context.text[max(0, match.start() - 20) : match.start()])
    return bool(ranged or _EXPLAINED.match(context.text, match.end()))


def _is_forbidden(context: Context, quantity: QuantityMention) -> bool:
    before = context.text[max(0, quantity.start - 160) : quantity.start]
    return bool(_FORBIDDEN.search(before) or _READ_AS.match(context.text, quantity.end))


def _dose_places(context: Context) -> list[tuple[int, int]]:
    return [
        (min(mention.start, regimen.start), max(mention.end, regimen.end))
        for mention in context.dosed
        for regimen in mention.regimens
        if regimen.dose is not None or regimen.strength is not None
    ]


def _notation_signal(start: int, end: int, message: str, severity: Severity = "warning") -> Signal:
    return Signal(
        severity=severity, message=message, span=Span(start=start, end=end), reference=_SOURCE
    )


def _incomplete(context: Context) -> Iterator[Verdict]:
    """Report a dose without its unit, and drugs of high alert without a dose."""
    yield from _without_dose(context)
    yield from _bare(context)
    yield from _undosed_items(context)
    measured = {lab.start for lab in context.content.labs}
    ordered = {id(mention) for mention in context.orders}
    for mention in context.dosed:
        kind = context.content.sentences[mention.sentence].kind
        if id(mention) not in ordered and (kind == "report" or mention.reported):
            continue
        match = _NUMBER_ONLY.match(context.text, mention.end) or _RATE_ONLY.match(
            context.text, mention.end
        )
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
            reference=_SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


def _without_dose(context: Context) -> Iterator[Verdict]:
    alert = context.knowledge.groups["high-alert"]
    dosed = {i for d in context.content.drugs for i in d.ingredients if _has_dose(d)}
    dosed |= {i for d in context.facts.medications or () for i in d.ingredients}
    for mention in context.orders:
        drug = next((i for i in mention.ingredients if i in alert and i not in dosed), None)
        if drug is None or mention.maximums or mention.current or mention.condition:
            continue
        timed = next((r for r in mention.regimens if r.frequency or r.route), None)
        said = context.sentence(mention)
        if timed is None or _ELSEWHERE.search(said) or not _PRESCRIBED.search(said):
            continue
        yield Signal(
            severity="warning",
            message=f"{mention.text} is ordered without a dose: the order is incomplete.",
            span=Span(start=mention.start, end=max(mention.end, timed.end)),
            reference=_SOURCE,
            subject=drug,
        )


_BARE_WORDS = 8
_STARTS = frozenset({"start", "give", "begin", "commence", "prescribe", "administer", "order"})
_PRN = re.compile(r"\b(?:as needed|prn|when required|a spoonful|some)\b", re.I)


def _bare(context: Context) -> Iterator[Verdict]:
    """Report an answer that is nothing but a drug to start: "Start cefazolin."."""
    alone = len(context.content.sentences) == 1 and not context.content.labs
    if len(context.text.split()) > _BARE_WORDS or not alone:
        return
    taken = {i for d in context.facts.medications or () for i in d.ingredients}
    for mention in context.orders:
        told = mention.directive.text.lower() if mention.directive else ""
        starts = told in _STARTS or (not told and _PRN.search(context.text) is not None)
        dosed = _has_dose(mention) or mention.maximums or mention.strengths
        local = any(r.route in _NO_DOSE for r in mention.regimens)
        if (
            starts
            and mention.ingredients
            and not (dosed or local or taken & set(mention.ingredients))
        ):
            yield Signal(
                severity="warning",
                message=f"{mention.text} is ordered without a dose: the order is incomplete.",
                span=mention.span,
                reference=_SOURCE,
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
            reference=_SOURCE,
            subject=next(iter(mention.ingredients), ""),
        )


def _opens_item(text: str, mention: DrugMention) -> bool:
    start = text.rfind("\n", 0, mention.start) + 1
    return _ITEM.fullmatch(text[start : mention.start]) is not None


def _has_dose(mention: DrugMention) -> bool:
    return any(r.dose is not None or r.count is not None for r in mention.regimens)


RULES = (
    Rule(
        id="MED115",
        title="incomplete order",
        category="notation",
        rationale="A number without a unit is filled in by somebody's guess.",
        check=_incomplete,
    ),
    Rule(
        id="MED116",
        title="error-prone notation",
        category="notation",
        rationale="U is read as zero, 1.0 as 10, .5 as 5, QD as QID.",
        check=_notation,
    ),
)
