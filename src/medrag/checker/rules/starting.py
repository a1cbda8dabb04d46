"""MED111: doses and forms that nobody, or nobody without tolerance, may start with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.checker.context import Context
from medrag.checker.fitting import fits_route
from medrag.checker.rows import StartRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import around, rows_of
from medrag.checker.sieve import sifted
from medrag.checker.state import has_condition
from medrag.checker.wording import amount, name
from medrag.clinical import DrugMention, Quantity, Regimen, convert
from medrag.core.finding import NotChecked, Severity

_OPIOIDS = (
    r"(?:opioids?|opiates?|narcotics?|morphine"
    r"|(?:painkillers?|analgesi\w+|pain (?:medicines?|killers?|medication|relief))"
    r" (?:stronger|beyond|other) than)"
)
_WEAK = r"(?:paracetamol|acetaminophen|ibuprofen|simple analgesi\w+|nsaids?|naproxen|diclofenac)"
_NAIVE = re.compile(
    rf"\b(?:opioid|opiate|narcotic)[- ](?:na[iï]ve|free)|not opioid[- ]tolerant"
    rf"|\bno (?:opioid|opiate) (?:tolerance|history|use|exposure|experience)\b"
    rf"|\b(?:never|not|no|without|neither"
    rf"|\w+n['\u2019]t) (?:[\w-]+ ){{0,5}}{_OPIOIDS}\b"
    rf"|\bnew to {_OPIOIDS}|\bfirst[- ](?:time |ever )?(?:exposure to (?:an? )?)?(?:opioid|opiate)"
    rf"|\b(?:opioid|opiate)s? (?:history|use|exposure|experience):? (?:none|no\b|nil|never)"
    rf"|\b(?:has|have|had|takes?|taking|on|took|received|used|needed|with) (?:had |taken |used "
    rf"|needed )?"
    rf"(?:only|nothing (?:but|stronger than|more than)) {_WEAK}"
    rf"|\bonly (?:analgesics?|painkillers?|medicines?) (?:\w+ ){{0,4}}?(?:is|was|has been"
    rf"|have been|being)"
    rf" {_WEAK}",
    re.I,
)
_NOT_OF_HIM = re.compile(
    r"\s(?:is|are|was|were|will be|seems?|should|can|may|needed|required|necessary|therapy|drugs?"
    r"|prescri\w+|dose|treatment|analgesi\w+ (?:is|are))\b"
)
"""What follows "no opioid" where nothing is told of his past: "no opioid is needed"."""
_OF_PEOPLE = re.compile(
    r"\b(?:people|patients|those|anyone|anybody|adults|persons|nobody)"
    r"\s(?:\w+\s){0,3}\Z",
    re.I,
)
_TOLERANT = sifted(
    r"\b(?:he|she|you|they|patient|woman|man|already)(?:\sis|['\u2019]s|\sare)?(?:\s(?:already"
    r"|now|clearly))?"
    r"\sopioid[- ]tolerant\b",
    re.I,
)
_LONG_ACTING = sifted(
    r"\b(extended|sustained|controlled)[- ]release\b|\b(ER|XR|CR)\b|\w+contin\b", re.I
)
_STARTING = re.compile(
    r"\b(?:insulin[- ]na[iï]ve|(?:re)?start\w*|begin\w*|initiat\w*|first|new(?:ly)?|na[iï]ve"
    r"|load(?:ing|ed|s)?|day (?:1|one)(?! to| and|-))\b",
    re.I,
)
_CONTINUED = sifted(
    r"\b(?:continu\w*|increas\w*|convert\w*|conversion|switch\w*|titrat\w*|tolerant|already|restart"
    r"|resum\w*|chronic opioid|rotat\w*|target|maintenance)\b",
    re.I,
)
_ACUTE = re.compile(
    r"\b(?:acute (?:\w+ ){0,2}pain|post-?\s?operative|after (?:\w+ ){0,2}surgery|sprain\w*|tooth\w*"
    r"|dental|headache|migraine|fracture|as needed|mild pain)\b",
    re.I,
)
_LATER = frozenset({"titration", "then", "maintenance", "taper"})


_MILDER: dict[Severity, Severity] = {"critical": "warning", "warning": "info", "info": "info"}


def _first_doses(context: Context) -> Iterator[Verdict]:
    unknown: list[str] = []
    for mention in context.orders:
        found = [*rows_of(context, mention, StartRow)]
        regimen = _on_demand(context, mention) or next(
            (r for r in mention.regimens if r.step not in _LATER), Regimen(start=0, end=1)
        )
        for drug, dosed in _each_first(mention, regimen, found):
            rows = _fitting(context, mention, dosed, [row for key, row in found if key == drug])
            for who in dict.fromkeys(row.who for row in rows):
                own = [row for row in rows if row.who == who]
                row = _broken(context, dosed, own)
                severity = _severity(context, mention, row) if row else None
                if row is not None and severity is not None:
                    yield _signal(context, (mention, dosed, drug), row, severity)
                elif row is not None and row.most is None and _is_unknown(context, row):
                    unknown.append(name(drug))
    if unknown:
        yield NotChecked(
            check=f"tolerance of opioids for {', '.join(dict.fromkeys(unknown))}",
            reason="neither the text nor a medication list says what the patient takes",
        )


def _each_first(
    mention: DrugMention, first: Regimen, found: Sequence[tuple[str, StartRow]]
) -> Iterator[tuple[str, Regimen]]:
    """Yield each drug with its first dose, and with the rate that runs beside it."""
    for drug in dict.fromkeys(drug for drug, _ in found):
        yield drug, first
        for regimen in mention.regimens:
            if regimen is not first and regimen.dose is not None and "h" in regimen.dose.per:
                yield drug, regimen


_PUMP = sifted(r"\b(?:PCA|patient[- ]controlled)\b", re.I)
_PRESSED = re.compile(
    r"\b(?:demand\w*|bolus\w*|press\w*|push(?:es)?|button|increments?|on request)\b", re.I
)


def _on_demand(context: Context, mention: DrugMention) -> Regimen | None:
    """Return the dose that the patient's own pump gives at a press, None where there is none."""
    if not context.says(_PUMP) or context.search(_PUMP, context.sentence(mention)) is None:
        return None
    ends = [later.start for later in mention.regimens[1:]] + [len(context.text)]
    return next(
        (
            regimen
            for regimen, end in zip(mention.regimens, ends, strict=True)
            if regimen.single is not None
            and regimen.step not in _LATER
            and _PRESSED.search(
                context.text, max(0, regimen.start - _BESIDE), min(end, regimen.end + _BESIDE)
            )
        ),
        None,
    )


_BESIDE = 25
"""Characters beside a dose in which it is called one at a press."""


def _fitting(
    context: Context, mention: DrugMention, regimen: Regimen | None, rows: Sequence[StartRow]
) -> list[StartRow]:
    """Return the rows for the route and the form that the text states; own forms win."""
    stated = (regimen.form if regimen else None) or ""
    words = context.text[mention.start : around(mention, regimen).end + 12]
    form = "patch" if stated == "patch" or "patch" in context.sentence(mention) else ""
    if regimen is not None and regimen is _on_demand(context, mention):
        form = "demand"
    if stated.startswith("er-") or context.search(_LONG_ACTING, words):
        form = "long-acting"
    route = regimen.route if regimen else None
    by_route = [row for row in rows if fits_route(row.route, route)]
    own = [row for row in by_route if row.form == form and form]
    return own or [row for row in by_route if not row.form]


def _broken(context: Context, regimen: Regimen | None, rows: Sequence[StartRow]) -> StartRow | None:
    """Return the row that a first dose breaks: where several routes fit, the loosest."""
    limited = [row for row in rows if row.most is not None]
    dose, weight = _dose(regimen), context.facts.patient.weight_kg
    by_dose = [row for row in limited if dose is not None and convert(dose, row.unit) is not None]
    if not by_dose:
        return next((row for row in rows if row.most is None), None)
    row = max(by_dose, key=lambda found: found.most or 0)
    given = convert(dose, row.unit) if dose is not None else None
    if given is None or row.most is None or given.top <= row.most:
        return None
    per_kg = next((r for r in limited if r.unit == f"{row.unit}/kg"), None)
    if per_kg is not None and weight is not None and per_kg.most is not None:
        return row if given.top > per_kg.most * weight else None
    return row


def _severity(context: Context, mention: DrugMention, row: StartRow) -> Severity | None:
    """Return how much a row weighs for this patient; None where it does not hold."""
    sentence = context.sentence(mention)
    if row.who == "acute":
        return row.severity if _ACUTE.search(sentence) else None
    if row.form == "demand":
        used = context.facts.lists_medications and not _takes_no_opioid(context)
        return None if used or context.says(_TOLERANT) else row.severity
    if row.who == "naive":
        if context.says(_TOLERANT):
            return None
        known = " ".join(context.facts.patient.conditions or ())
        if (
            _says_naive(context.text)
            or _NAIVE.search(known)
            or has_condition(context, "opioid-naive", None)
        ):
            return row.severity
        cue = _STARTING.search(sentence) is not None or row.form != ""
        starts = cue and not context.says(_CONTINUED)
        return _MILDER[row.severity] if starts and _takes_no_opioid(context) else None
    taking = {i for m in context.facts.medications or () for i in m.ingredients}
    insulin = any(i.startswith("insulin") for i in taking & set(mention.ingredients))
    taken = insulin or bool(taking & set(mention.ingredients))
    return row.severity if _STARTING.search(sentence) and not taken else None


def _says_naive(text: str) -> bool:
    """Return whether a text says of the patient, and not of people in general, that he is naive."""
    return any(
        _OF_PEOPLE.search(text, max(0, m.start() - 40), m.start()) is None
        and (m[0].lower().endswith(("naive", "na\u00efve")) or not _NOT_OF_HIM.match(text, m.end()))
        for m in _NAIVE.finditer(text)
    )


def _takes_no_opioid(context: Context) -> bool:
    opioids = context.knowledge.members("@opioid")
    taken = context.facts.medications or ()
    return context.facts.lists_medications and not any(opioids & set(m.ingredients) for m in taken)


def _is_unknown(context: Context, row: StartRow) -> bool:
    """Return whether nobody says if a patient is used to what only tolerance allows."""
    tolerant = context.says(_CONTINUED)
    listed = context.facts.lists_medications
    return row.who == "naive" and row.severity == "critical" and not (listed or tolerant)


def _dose(regimen: Regimen | None) -> Quantity | None:
    return regimen.single if regimen else None


def _signal(
    context: Context,
    place: tuple[DrugMention, Regimen | None, str],
    row: StartRow,
    severity: Severity,
) -> Signal:
    mention, regimen, drug = place
    dose = _dose(regimen)
    said = f" {amount(dose)}" if dose is not None and row.most is not None else ""
    limit = f" (at most {amount(Quantity(row.most, row.unit))})" if row.most is not None else ""
    return Signal(
        severity=severity,
        message=f"{name(drug)}{said} as a first dose: {row.text}{limit}.",
        span=around(mention, regimen),
        reference=context.knowledge.reference(row, drug),
        subject=drug,
    )


RULES = (
    Rule(
        id="MED111",
        title="first dose unsafe without tolerance",
        category="contraindication",
        rationale="Patches, long-acting forms and large first doses kill who is not used to them.",
        tables=("starts",),
        check=_first_doses,
    ),
)
