"""The patients whom a claim speaks of and its quotations do not, by class and by age."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from medrag.grounding.added import added_patients
from medrag.grounding.equal import Number
from medrag.grounding.facts import Facts
from medrag.grounding.words import COVERS, populations


class Other(NamedTuple):
    """Patients of the claim whom its quotations do not name; see `grounding.Ungrounded`."""

    kind: Literal["population"]
    start: int
    end: int
    message: str
    expected: str = ""


_INFANT_AGE, _ADULT_AGE, _OLD_AGE = 2, 18, 60


def other_patients(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the classes of patients that no quotation speaks of."""
    stated = {name for source in sources for name, _, _ in populations(source.text)}
    stated |= {"pregnancy"} if any(_EXPECTED.search(s.text) for s in sources) else set()
    stated |= {"infant", "neonate"} if any(_BIRTH.search(s.text) for s in sources) else set()
    covered = stated.union(*(COVERS.get(name, ()) for name in stated), _aged(sources))
    for name, start, end in populations(said.text):
        healthy = name == "healthy people" and (
            said.text[:start].rstrip().endswith("otherwise")
            or any("healthy" in s.text for s in sources)
        )
        entailed = name in _NARROWER and not stated & _RIVALS[name]
        denied = bool(_NOT_THESE.search(said.text[:start])) and any(
            "only" in source.text for source in sources
        )
        weighed = (
            name == "child"
            and (said.text[:start].rstrip().endswith("kg") or _WEIGHING.match(said.text, end))
            and any(_BY_WEIGHT.search(source.text) for source in sources)
        )
        told = healthy or entailed or weighed or denied or _is_told(said.text[start:end], sources)
        if name not in covered and not told:
            yield Other("population", start, end,
                             f"{said.text[start:end]!r}: no quotation of this claim speaks of "
                             "these patients.", ", ".join(sorted(stated)))  # fmt: skip

    for added in added_patients(said.text, [source.text for source in sources]):
        words = said.text[added.start : added.end]
        yield Other("population", added.start, added.end,
                         f"{words!r}: no quotation speaks of these patients.")  # fmt: skip


def _is_told(words: str, sources: Sequence[Facts]) -> bool:
    """Return whether quotations tell the patients by a measure: a toddler by age, CKD by eGFR."""
    if words.lower().startswith("toddler"):
        ages = [a for s in sources for n in s.numbers if (a := _years(n, s.text)) is not None]
        return any(low < _PAST_TODDLING and high > 1 for low, high in ages)
    filtered = words == "CKD" or re.search(r"\b(?:renal|kidney)", words, re.IGNORECASE)
    return filtered is not None and any(_FILTRATION.search(s.text) for s in sources)


_PAST_TODDLING = 4
_FILTRATION = re.compile(r"\be?GFR\b|\bCr\s?Cl\b|creatinine clearance|glomerular", re.IGNORECASE)
_WEIGHING = re.compile(
    r" (?:of|weighing|at|between|under|over|from)(?: about| from| under| over)? \d[\d.]*"
    r"(?: ?(?:kg|kilos?)?(?: to | ?[-\u2013] ?| and )(?:under )?\d[\d.]*)? ?k(?:g|ilo)",
    re.IGNORECASE,
)
"""What a body weight makes of "a child" where the quotations go by weight: "of 21 to 40 kg"."""
_BY_WEIGHT = re.compile(r"(?:\b|\d)k(?:g|ilo)", re.IGNORECASE)
_BIRTH = re.compile(r"\b(?:births?|deliver(?:y|ies)|macrosomi\w+|fetal|fetus)\b", re.IGNORECASE)
_EXPECTED = re.compile(
    r"\b(?:until|before|during|at|to|of) (?:the )?(?:birth|delivery|term|labou?r)\b|eclampsia"
    r"|\b(?:ante|pre)natal|\bconce(?:ption|iv)|\bnon-?pregnan"
    r"|\bor (?:may|might|could|can) (?:become|get|be) pregnant", re.IGNORECASE,
)  # fmt: skip
_NOT_THESE = re.compile(r"\bnot (?:(?:for|in|to|by) )?\Z", re.IGNORECASE)
_NARROWER = frozenset({"women", "men", "adult"})
"""Who is meant by "patients", too."""
_RIVALS = {
    "women": frozenset({"men"}), "men": frozenset({"women", "pregnancy", "lactation"}),
    "adult": frozenset({"child", "infant", "neonate", "adolescent"}),
}  # fmt: skip


def _aged(sources: Sequence[Facts]) -> set[str]:
    """Return the classes of patients that the ages in the quotations speak of."""
    found: set[str] = set()
    for source in sources:
        for number in source.numbers:
            years = _years(number, source.text)
            if years is None:
                continue
            low, high = years
            upper = number.bound in {"<", "<="}
            if high <= _ADULT_AGE or low < _ADULT_AGE:
                found |= {"child", "adolescent"}
            if low <= _INFANT_AGE and (upper or high <= _INFANT_AGE):
                found.add("infant")
            if high >= _ADULT_AGE and not upper:
                found.add("adult")
            if high >= _OLD_AGE and not upper:
                found.add("older adult")
    return found


_AGE_WORDS = re.compile(r"\bage[ds]?\b|\bold|(?:and|or) (?:older|over|above|younger|under)\b")


def _years(number: Number, text: str) -> tuple[Decimal, Decimal] | None:
    """Return the ages a number says, in years; None for what is no age."""
    quantity = number.quantity
    if quantity.unit in {"a", "mo"}:
        months = 12 if quantity.unit == "mo" else 1
        return quantity.value / months, quantity.top / months
    near = text[max(0, number.start - 30) : number.end + 14]
    return (
        (quantity.value, quantity.top) if quantity.unit == "1" and _AGE_WORDS.search(near) else None
    )
