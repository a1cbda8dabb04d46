"""MED318: a text about another patient than the record's, or a record that is out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.person import FIELDS, Told, told_person
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.sieve import sifted
from medrag.checker.state import statements_of
from medrag.checker.stated import labs_in
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
_HE = (
    r"(?:s?he|you|(?:Mr|Mrs|Ms|Miss)\.? \w+|(?:the|this|our) (?:patient|man|woman|lady|gentleman"
    r"|boy|girl|child|infant))"
)
_PEOPLE = (
    r"(?:man|woman|lady|gentleman|patient|male|female|boy|girl|child|infant|toddler|baby|neonate"
    r"|teenager|adolescent|smoker)"
)
_PLAIN = {
    "age_years": sifted(
        r"(?:\A|[.\n]\s*|\bthis\s|\bour\s|\bin (?:an?|this)\s)(?:an?\s)?(?:[\w-]+\s){0,2}?\d+[- ]"
        r"(?:year|month|week|day)s?[- ]old"
        rf"(?=\s(?:[\w-]+\s){{0,2}}?{_PEOPLE}\b|\s(?:with|who|has|gets|on|needs|takes|is|should)\b"
        rf"|[,:])|\b{_HE} (?:is|are) (?:only |just |now )?\w+[- ]"
        r"(?:year|month|week|day)s?[- ]old\b(?! and over)",
        re.I,
    ),
    "weight_kg": sifted(
        rf"\b{_HE} (?:now |only )?weighs? |\b(?:his|her|your) (?:current )?weight (?:is|of) "
        rf"|\b(?:this|our) \d+(?:\.\d+)?[- ]?kg (?:[\w-]+ ){{0,2}}{_PEOPLE}\b",
        re.I,
    ),
    "sex": sifted(rf"(?:\A|\bthis\s|\bour\s)(?:an?\s)?(?:[\w-]+\s){{0,3}}?{_PEOPLE}\b", re.I),
    "pregnant": sifted(
        rf"\b{_HE} (?:is|are) [^.;]{{0,25}}?\bpregnant\b|\bthis pregnant\b"
        r"|\bpregnant (?:\w+ )?(?:woman|patient|lady) (?:with|has|needs|on)\b",
        re.I,
    ),
    "lactating": sifted(
        rf"\b{_HE} (?:(?:is|are) (?:[\w-]+ ){{0,2}}?(?:breast-?feeding|lactating|nursing)\b"
        r"|(?:breast-?feeds|nurses)\b)|\bthis (?:breast-?feeding|lactating|nursing)\b",
        re.I,
    ),
}
"""How a sentence says plainly that it is about this patient, now."""
_NAMED_BY = {
    "age_years": ("old",),
    "weight_kg": ("weigh", "kg"),
    "sex": ("man", "male", "lady", "boy", "girl"),
    "pregnant": ("pregnant",),
    "lactating": ("feeding", "feeds", "lactating", "nurs"),
}
"""Letters without which a text says nothing of a field: most texts need no search."""
_ELSE = re.compile(
    r"\b(?:daughters?|sons?|mother's|father|mother was|parents?|partner|husband|wife|brother|sister"
    r"|sibling|twins?|donor|nurse(?=,| who)|colleague|friend|uncle|aunt|grand\w+|other patient"
    r"|would|might|could|if|whether|unless|were (?:he|she|they)|was|were|had|ago|last (?:year|month"
    r"|week)|previous\w*|former\w*|in (?:19|20)\d\d|hopes?|plans?|planning|trying|wants?|stopped"
    r"|not|never|no longer|or (?:more|less|over|under|above|below)|and over|ideal|adjusted|lean"
    r"|dry|target|birth|until|once|when|example|typical|average|as an? \d+)\b|\?",
    re.I,
)
"""Words of a sentence that speaks of somebody else, of another time, or supposes."""
_LAB_RATIOS = {
    "egfr": Decimal("1.6"), "creatinine-clearance": Decimal("1.6"), "creatinine": Decimal("1.6"),
    "potassium": Decimal("1.25"), "sodium": Decimal("1.06"), "inr": Decimal("1.5"),
    "platelets": Decimal("1.6"), "hemoglobin": Decimal("1.3"),
}  # fmt: skip
"""How far apart two results of a day or a week may be that still tell the same of a patient."""
_HIS = re.compile(
    r"\b(?:his|her|your|this patient's|the patient's)\s(?:current\s|latest\s)?\Z"
    rf"|\b{_HE} (?:has|have) (?:an?\s)?\Z",
    re.I,
)
"""Whose a result plainly is."""
_THEN = re.compile(
    r"\b(?:last|prior|earlier|on admission|baseline|before|after|since|initial\w*|first|from|fell"
    r"|rose|dropped|improved|repeat(?:ed)?|today|this morning|now|new|latest|current(?:ly)?"
    r"|recheck\w*|trend\w*|up to|down to|limit|threshold|aim|goal|calls for|suits|raise|lower)\b",
    re.I,
)
"""Words that give a result its own time, or make it none: it need not be the record's."""
_SAVE_FOR = re.compile(
    r"\b(?:apart from|otherwise|other|except|besides|but|save|family|letter|reported)\b", re.I
)
_NO_ALLERGY = sifted(
    r"\b(?:(?:no|without|denies(?: any)?) (?:known (?:drug )?allergy|(?:known |other )?"
    r"(?:drug |medication |medicine )*allergies)|NKDA|NKA)\b"
    r"(?! (?:to|other than|except|besides|apart|is|are|was|were|has|have|list|history|status"
    r"|record)\b)",
    re.I,
)


def _mismatched(context: Context) -> Iterator[Verdict]:
    """Report what the text plainly says of its patient and the record says otherwise."""
    given, content = context.facts.given, context.content
    if not context.facts.known:
        return
    lowered = context.text.lower()
    fields = {
        field
        for field in FIELDS
        if getattr(given, field) is not None
        and any(word in lowered for word in _NAMED_BY[field])
        and context.says(_PLAIN[field])
    }
    for told in told_person(content, statements_of(context), fields) if fields else ():
        said = _said(context, told)
        if said and _is_plain(context, told):
            yield _signal(said, told.span)
    yield from _results(context)
    yield from _allergies(context)


def _is_plain(context: Context, told: Told) -> bool:
    """Return whether the sentence of some words says them of this patient as he is now."""
    sentence = context.content.sentence_at(told.span.start)
    said = sentence.text if sentence is not None else context.text
    return context.search(_PLAIN[told.field], said) is not None and _ELSE.search(said) is None


def _allergies(context: Context) -> Iterator[Signal]:
    """Yield a denial of all drug allergies where the record lists one to a drug."""
    listed = [one for one in context.facts.allergies or () if one.ingredients or one.drug_class]
    denied = _NO_ALLERGY.search(context.text) if listed else None
    if denied is None:
        return
    sentence = context.content.sentence_at(denied.start())
    if sentence is None or _SAVE_FOR.search(sentence.text) is None:
        names = ", ".join(one.text for one in listed)
        text = f"The text says that there is no drug allergy; the record lists {names}"
        yield _signal(text, Span(start=denied.start(), end=denied.end()))


def _said(context: Context, told: Told) -> str:
    """Return in words how a person of the text is not that of the record; empty where it is."""
    value, known = told.value, getattr(context.facts.given, told.field)
    if isinstance(value, Decimal) and told.field == "age_years":
        same = not _is_other_age(value, known) or _is_of_pregnancy(context, value)
        said = f"The text is about age {_age(value)}, the record about {_age(known)}"
    elif isinstance(value, Decimal):
        same = max(value, known) <= _WEIGHT_RATIO * min(value, known)
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
        same = entry.convert(value, known.unit)
        if same is None or max(same.value, known.value) <= ratio * min(same.value, known.value):
            continue
        sentence = context.content.sentences[labs[0].sentence]
        before = context.text[sentence.start : labs[0].start]
        if _HIS.search(before) is None or _THEN.search(sentence.text):
            continue
        if _ELSE.search(sentence.text) is None:
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
