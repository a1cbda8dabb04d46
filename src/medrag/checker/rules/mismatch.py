"""MED318: a text about another patient than the record's, or a record that is out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.person import FIELDS, Told, told_person
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.stated import labs_in, statements
from medrag.checker.wording import amount, name, number
from medrag.clinical.lexicon import load
from medrag.clinical.mentions import LabMention
from medrag.core.span import Span

_CHILD = 18
_SMALL_CHILD = 3
_YEARS = Decimal("2.5")
"""Years by which an adult's age may be off: a record is some months old, and people round."""
_CHILDS_YEARS = Decimal("1.5")
_SMALL_CHILDS_SHARE = Decimal("0.34")
_SMALLEST = Decimal("0.1")
_WEIGHT_RATIO = Decimal("1.3")
_OTHER_WEIGHT = re.compile(
    r"\b(?:ideal|adjusted|lean|dry|dosing|predicted|birth|target|goal|usual|previous|former|old"
    r"|if|example|typical|average|standard|loses?|lost|gained?|until|once|when|reaches)\b"
    r"[^.;]{0,40}\Z",
    re.I,
)
"""Words before a weight that is not what the patient weighs now."""
_BESIDE = 60
_LAB_RATIOS = {
    "egfr": Decimal("1.6"), "creatinine-clearance": Decimal("1.6"), "creatinine": Decimal("1.6"),
    "potassium": Decimal("1.25"), "sodium": Decimal("1.06"), "inr": Decimal("1.5"),
    "platelets": Decimal("1.6"), "hemoglobin": Decimal("1.3"),
}  # fmt: skip
"""How far apart two results of a day or a week may be that still tell the same of a patient."""
_THEN = re.compile(
    r"\b(?:was|were|had|would|could|last|previous\w*|prior|former\w*|earlier|ago|on admission"
    r"|baseline|before|after|since|initial\w*|first|from|fell|rose|dropped|improved|repeat(?:ed)?|today"
    r"|this morning|now|new|latest|current(?:ly)?|recheck\w*|trend\w*|up to|down to"
    r"|if|once|until|when|in (?:january|february|march|april|may|june|july|august|september"
    r"|october|november|december))\b",
    re.I,
)
"""Words that give a result its own time: it need not be the record's."""
_SUPPOSED = re.compile(r"\b(?:would|might|could|should|if|were (?:he|she|they)|unless)\b", re.I)
"""A sentence that speaks of another case: "a nursing mother would need something else"."""
_NO_ALLERGY = re.compile(
    r"\b(?:(?:no|without|denies(?: any)?) (?:known (?:drug )?allergy|(?:known |other )?"
    r"(?:drug |medication |medicine )*allergies)|NKDA|NKA)\b"
    r"(?! (?:to|other than|except|besides|apart|is|are|was|were|has|have|list|history|status"
    r"|record)\b)",
    re.I,
)


def _mismatched(context: Context) -> Iterator[Verdict]:
    """Report what the text says of its patient and the record says otherwise."""
    given = context.facts.given
    if not context.facts.known:
        return
    fields = {field for field in FIELDS if getattr(given, field) is not None}
    spans = statements(context.content)
    for told in told_person(context.content, spans, fields):
        said = _said(context, told)
        sentence = context.content.sentence_at(told.span.start)
        if said and (sentence is None or _SUPPOSED.search(sentence.text) is None):
            yield _signal(said, told.span)
    yield from _results(context)
    denied = _NO_ALLERGY.search(context.text) if context.facts.allergies else None
    if denied is not None:
        listed = ", ".join(one.text for one in context.facts.allergies or ())
        text = f"The text says that there is no allergy; the record lists {listed}"
        yield _signal(text, Span(start=denied.start(), end=denied.end()))


def _said(context: Context, told: Told) -> str:
    """Return in words how a person of the text is not that of the record; empty where it is."""
    value, known = told.value, getattr(context.facts.given, told.field)
    if isinstance(value, Decimal) and told.field == "age_years":
        same = not _is_other_age(value, known) or _is_of_pregnancy(context, value)
        said = f"The text is about age {_age(value)}, the record about {_age(known)}"
    elif isinstance(value, Decimal):
        before = context.text[max(0, told.span.start - _BESIDE) : told.span.start]
        near = max(value, known) <= _WEIGHT_RATIO * min(value, known)
        same = near or _OTHER_WEIGHT.search(before) is not None
        said = f"The text says {number(value)} kg, the record {number(known)} kg"
    else:
        same = value == known
        state = _STATES.get(told.field)
        said = f"The text is about a {value} patient, the record says {known}"
        if state is not None:
            said = f"The text says that the patient is {state}, the record that she is not"
    return "" if same else said


_STATES = {"pregnant": "pregnant", "lactating": "breastfeeding"}


def _is_of_pregnancy(context: Context, years: Decimal) -> bool:
    """Return whether an age in weeks is that of the patient's pregnancy: "At 20 weeks, ..."."""
    return years < 1 and context.facts.given.pregnant is True


def _age(years: Decimal) -> str:
    if years >= _SMALL_CHILD:
        return f"{number(round(years, 1))} years"
    return f"{number(round(years * 12, 1))} months"


def _is_other_age(told: Decimal, known: Decimal) -> bool:
    oldest = max(told, known)
    if oldest < _SMALL_CHILD:
        return abs(told - known) > max(oldest * _SMALL_CHILDS_SHARE, _SMALLEST)
    return abs(told - known) > (_CHILDS_YEARS if oldest < _CHILD else _YEARS)


def _results(context: Context) -> Iterator[Signal]:
    """Yield results that the record has otherwise, but for those with a time of their own."""
    stated: dict[str, list[LabMention]] = {}
    for lab in labs_in(context.content):
        stated.setdefault(lab.analyte, []).append(lab)
    for analyte, labs in stated.items():
        ratio, known = _LAB_RATIOS.get(analyte), context.facts.listed_labs.get(analyte)
        entry, value = load().analytes.get(analyte), labs[0].value
        if ratio is None or known is None or entry is None or value is None or len(labs) > 1:
            continue
        sentence = context.content.sentences[labs[0].sentence]
        same = entry.convert(value, known.unit)
        if same is None or _THEN.search(sentence.text):
            continue
        if max(same.value, known.value) > ratio * min(same.value, known.value):
            text = f"The text gives {name(analyte)} {amount(value)}, the record {amount(known)}"
            yield _signal(text, labs[0].span)


def _signal(said: str, span: Span) -> Signal:
    return Signal(
        severity="warning",
        message=f"{said}: find out which is true before anything rests on it.",
        span=span,
    )


RULES = (
    Rule(
        id="MED318",
        title="the text's patient is not the record's",
        category="population",
        rationale="An answer about somebody else, or a record out of date: every check that rests "
        "on the record may be of the wrong patient.",
        check=_mismatched,
    ),
)
