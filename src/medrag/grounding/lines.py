"""Lines of a quotation that are about other patients, or another form, than the answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from medrag.core.span import Span
from medrag.grounding.claims import Ungrounded
from medrag.grounding.equal import Number, is_comparable, is_same
from medrag.grounding.facts import Facts, read_facts
from medrag.grounding.tokens import content, key, tokens, words
from medrag.grounding.words import populations

ADULT_AGE = 18
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z*\"'(\[])|\n+")
ADULTS = frozenset({"adult", "older adult"})
CHILDREN = frozenset({"child", "infant", "neonate", "adolescent"})


def sentence_at(text: str, at: int) -> Span:
    """Return the sentence, or the list item, that the character at `at` stands in."""
    start, end = 0, len(text)
    for match in SENTENCE_END.finditer(text):
        if match.end() <= at:
            start = match.end()
        elif match.start() >= at:
            end = match.start()
            break
    return Span(start=start, end=max(end, start))


def other_lines(
    text: str,
    quotes: Sequence[str],
    age_years: Decimal | None,
    *,
    weight_kg: Decimal | None = None,
    state: str = "",
) -> Iterator[Ungrounded]:
    """Yield a number that only the quotations' line for other patients or forms gives.

    `state` is what the patient suffers from, as his record says it: a dose of the line for
    another disease, another stage of care, or another weight than `weight_kg`, is not his.
    """
    age = age_years if age_years is not None else _stated_age(text)
    mine = content(tokens(state)) - _ANY_DISEASE
    if age is None and weight_kg is None and not mine and not _forms(text):
        return  # nothing by which one line could be another's
    lines = [read_facts(line) for quote in quotes for line in _lines(quote)]
    fitting = [line for line in lines if age is None or not _is_for_others(line, age)]
    for number in read_facts(text).numbers:
        if number.quantity.unit in _NO_DOSES:
            continue
        holding = [line for line in lines if _holds(line, number)]
        others = [line for line in lines if line not in holding and _is_beside_it(line, number)]
        if not holding:
            continue
        aged = age is not None and all(_is_for_others(line, age) for line in holding)
        aged = aged or (
            weight_kg is not None
            and all(_is_for_other_weights(line, weight_kg) for line in holding)
        )
        sentence = sentence_at(text, number.start).of(text)
        form = _is_other_form(sentence, holding, others)
        if aged or form or _is_other_state(sentence, holding, fitting, mine):
            near = holding[0].text.strip()
            yield Ungrounded("population", number.start, number.end,
                             f"{text[number.start : number.end]!r} is for other patients in its "
                             f"quotation: {near!r}.", near)  # fmt: skip


def _is_beside_it(line: Facts, number: Number) -> bool:
    """Return whether a line gives a number of the same sort."""
    return any(is_comparable(number, other) for other in line.numbers)


_ANY_DISEASE = frozenset(
    map(key, words("""
acute chronic mild moderate severe type stage grade day disease disorder syndrome history risk
infection adult primary secondary normal mg mcg kg week month year hour daily weekly monthly
"""))
)  # fmt: skip
"""Words of many diseases, by which one is not told from another."""
_SETTINGS = frozenset({"inpatient", "outpatient"})
"""Where a patient is treated parts lines that speak of one disease."""
_DENIED = re.compile(r"\b(?:not|avoid\w*|against|contraindicated|never)\b", re.IGNORECASE)
_LIKENED = re.compile(
    r"\b(?:as|like|the (?:one|dose)|that|which is (?:that|the dose)|used|known|usual)"
    r" (?:for|in|after|of|from|with)\b", re.IGNORECASE,
)  # fmt: skip


def _is_other_state(
    sentence: str, holding: Sequence[Facts], lines: Sequence[Facts], mine: frozenset[str]
) -> bool:
    """Return whether a dose is of the line for a state that the patient is not in.

    Another line is about the same drug and about his state, and refuses the drug or gives it
    in another dose; the sentence does not say for its own part that he is in the other state.
    """
    theirs = _about(holding)
    said = content(tokens(_LIKENED.split(sentence)[0]))
    drugs = {key for line in holding for drug in line.drugs for key in drug.keys}
    for line in lines:
        own = {key for drug in line.drugs for key in drug.keys}
        if not mine or any(line is held for held in holding) or not drugs & own:
            continue
        dosed = any(n.quantity.unit not in _NO_DOSES for n in line.numbers)
        his = _about([line])
        apart = (mine | said) & (theirs - his) and not (mine & (his - theirs) & _SETTINGS)
        if (dosed or _DENIED.search(line.text)) and mine & (his - theirs) and not apart:
            return True
    return False


def _about(lines: Sequence[Facts]) -> frozenset[str]:
    return frozenset[str]().union(*(content(tokens(line.text)) for line in lines)) - _ANY_DISEASE


_NAMES_OF_FORMS = {
    "tablet": r"tablets?|caplets?",
    "capsule": r"capsules?",
    "liquid": r"(?:oral )?(?:suspension|solution|syrup|liquid|elixir)",
    "injection": r"inject\w+|IV|IM|intravenous\w*|intramuscular\w*|subcutaneous\w*",
    "patch": r"patch(?:es)?|transdermal",
    "inhaler": r"inhal\w+|nebuli\w+",
}


_FORMS = {
    form: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for form, words in _NAMES_OF_FORMS.items()
}


def _is_other_form(sentence: str, holding: Sequence[Facts], others: Sequence[Facts]) -> bool:
    """Return whether a sentence names a form, and its number stands in another form's line."""
    said = _forms(sentence)
    held = frozenset[str]().union(*(_forms(line.text) for line in holding))
    beside = frozenset[str]().union(*(_forms(line.text) for line in others))
    return bool(said and held and not said & held and said & beside)


def _forms(text: str) -> frozenset[str]:
    return frozenset(form for form, words in _FORMS.items() if words.search(text))


_NO_DOSES = frozenset({"1", "a", "%", "d", "h", "mo", "wk", "min", "kg"})
_STATED_AGE = re.compile(r"\b(\d{1,3})[- ]year[- ]old\b|\b(?:he|she|patient) is (\d{1,3})\b", re.I)


def _stated_age(text: str) -> Decimal | None:
    match = _STATED_AGE.search(text)
    return Decimal(match[1] or match[2]) if match else None


def _is_for_others(line: Facts, age: Decimal) -> bool:
    """Return whether a line of a quotation is about patients of another age."""
    spoken = {name for name, _, _ in populations(line.text)}
    mine, others = (ADULTS, CHILDREN) if age >= ADULT_AGE else (CHILDREN, ADULTS)
    if spoken & others and not spoken & mine:
        return True
    ages = [n for n in line.numbers if n.quantity.unit in {"a", "mo"} and _is_age(line, n)]
    return bool(ages) and not any(_includes(number, age) for number in ages)


_OLD = re.compile(
    r"[\s-]?(?:of age|old\b|and (?:older|over|above|up)|or (?:older|younger|more|less)|through|to"
    r"|thru|[-\u2013]|\w* ?who\b)", re.IGNORECASE,
)  # fmt: skip
_AGED = re.compile(r"\b(?:age[ds]?|patients|children|infants|adults|adolescents|persons)\b"
                   r"[^.;]{0,40}\Z", re.IGNORECASE)  # fmt: skip
_SPACED = re.compile(
    r"\b(?:at|every|for|within|after|and|months? 0)\s[\d and to]*\Z", re.IGNORECASE
)


def _is_for_other_weights(line: Facts, weight_kg: Decimal) -> bool:
    """Return whether a line of a quotation is for patients who weigh more or less."""
    weights = [n for n in line.numbers
               if n.quantity.unit == "kg" and (n.bound or n.quantity.high is not None)]  # fmt: skip
    return bool(weights) and not any(_holds_weight(number, weight_kg) for number in weights)


def _holds_weight(number: Number, weight_kg: Decimal) -> bool:
    q = number.quantity
    if q.high is not None:
        return q.value <= weight_kg <= q.high
    if number.bound in {"<", "<="}:
        return weight_kg <= q.value
    return weight_kg >= q.value if number.bound in {">", ">="} else True


def _is_age(line: Facts, number: Number) -> bool:
    """Return whether a time is an age: "16 years and older"; "at 0 and 2 to 6 months" is none."""
    before = line.text[max(0, number.start - 60) : number.start]
    if _OLD.match(line.text, number.end):
        return True
    return _AGED.search(before) is not None and _SPACED.search(before) is None


def _includes(number: Number, age: Decimal) -> bool:
    q = number.quantity
    low, high = (v / (12 if q.unit == "mo" else 1) for v in (q.value, q.top))
    if q.high is not None:
        return low <= age <= high
    if number.bound in {"<", "<="}:
        return age <= high
    return age >= low if number.bound else True


_LINE_END = re.compile(r"(?<=[a-z)%])[.;]\s+|\n")


def _lines(quote: str) -> list[str]:
    return [line for line in _LINE_END.split(quote) if line.strip()]


def _holds(line: Facts, number: Number) -> bool:
    return any(is_same(number, other) for other in line.numbers)
