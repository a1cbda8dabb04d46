"""The severity of liver disease: as a text classes it, and as a patient's values do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from medrag.checker.context import Context
from medrag.checker.facts import Facts
from medrag.checker.inputs import Inputs
from medrag.checker.rule import Signal
from medrag.checker.sieve import sifted
from medrag.clinical.formulas import child_pugh
from medrag.core.finding import Reference
from medrag.core.span import Span

ChildPugh = Literal["A", "B", "C"]

_CLASS = sifted(
    r"\b[Cc]hild[- ]?(?:[Tt]urcotte[- ]?)?[Pp]ugh\b(?:(?: class| score| grade| is| of)* |"
    r"[^.;\n]*?(?:(?<=\d)\.\d[^.;\n]*?)*?\b[Cc]lass )([ABC])\b"
)
_LISTED_CLASS = re.compile(r"\bchild[- ]?(?:turcotte[- ]?)?pugh (?:class |score |grade )*([abc])\b")
_IMPAIRMENT = re.compile(
    r"\b(mild|moderate|severe)(?:ly impaired)? (?:hepatic|liver)"
    r" (?:impairment|dysfunction|insufficiency|function)\b"
)
_CLASS_OF: dict[str, ChildPugh] = {"mild": "A", "moderate": "B", "severe": "C"}
"""Labels class impairment in words and by Child and Pugh alike."""
_GRADE = re.compile(
    r"\bgrade (?:([1-4])|(IV|I{1,3}))(?:(?:-| to | or )(?:[2-4]|IV|I{1,3}))? (?:hepatic )?"
    r"encephalopathy",
    re.I,
)
_NO_BRAIN = re.compile(r"\b(?:no|without) (?:\w+ ){0,3}encephalopathy", re.I)
_NO_ASCITES = re.compile(r"\b(?:no|without) (?:\w+ )?(?:ascites|fluid)", re.I)
_MUCH_ASCITES = re.compile(r"\b(?:tense|large|massive|moderate|severe|refractory) ascites", re.I)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4}
_DISEASES = ("cirrhosis", "liver-disease", "hepatic-encephalopathy")
_PUGH = Reference(
    title="Pugh et al., Transection of the oesophagus for bleeding oesophageal varices",
    section="Br J Surg 60:646-649",
    edition="1973",
    url="https://doi.org/10.1002/bjs.1800600817",
)


def child_pugh_class(facts: Facts) -> ChildPugh | None:
    """Return the Child-Pugh class of a patient with liver disease; None if a datum is missing.

    Ascites and encephalopathy that the problem list does not name count as absent.
    """
    if not any(facts.has(disease) for disease in _DISEASES):
        return None
    score = facts.lab("child-pugh", "1")
    if score is not None:
        return "A" if score <= 6 else "B" if score <= 9 else "C"
    bilirubin, albumin = facts.lab("bilirubin", "mg/dL"), facts.lab("albumin", "g/dL")
    inr = facts.lab("inr", "1")
    if bilirubin is None or albumin is None or inr is None:
        return None
    brain = 2 if "encephalopathy" in facts.words else 0
    return _classified(facts.words, (bilirubin, albumin, inr), _grade(facts.words) or brain)


def is_moderate(facts: Facts) -> bool:
    """Return whether the record calls the liver disease moderate or Child-Pugh B, and nothing C."""
    listed = {found[1].upper() for found in _LISTED_CLASS.finditer(facts.words)}
    listed |= {_CLASS_OF[found[1]] for found in _IMPAIRMENT.finditer(facts.words)}
    return listed == {"B"} or (not listed and child_pugh_class(facts) == "B")


def misclassed(context: Context) -> Iterator[Signal]:
    """Yield a Child-Pugh class that the text's own values contradict."""
    claim, text = _CLASS.search(context.text), context.text
    if claim is None or "ascites" not in text.lower():
        return
    inputs, grade = Inputs(context), _grade(text)
    bilirubin, albumin = inputs.lab("bilirubin", "mg/dL"), inputs.lab("albumin", "g/dL")
    inr = inputs.lab("inr", "1")
    if bilirubin is None or albumin is None or inr is None or grade is None:
        return
    right = _classified(text, (bilirubin, albumin, inr), grade)
    if right is not None and right != claim[1]:
        yield Signal(
            severity="critical",
            message=f"The values given are Child-Pugh class {right}, not class {claim[1]}.",
            span=Span(start=claim.start(), end=claim.end()),
            reference=_PUGH,
            subject="child-pugh",
        )


def _classified(
    words: str, values: tuple[Decimal, Decimal, Decimal], grade: int
) -> ChildPugh | None:
    bilirubin, albumin, inr = values
    ascites: Literal["none", "mild", "moderate-severe"] = "mild"
    if "ascites" not in words.lower() or _NO_ASCITES.search(words):
        ascites = "none"
    elif _MUCH_ASCITES.search(words):
        ascites = "moderate-severe"
    try:
        return child_pugh(
            bilirubin_mg_dl=bilirubin,
            albumin_g_dl=albumin,
            inr=inr,
            ascites=ascites,
            encephalopathy_grade=grade,
        )[1]
    except ValueError:
        return None  # a value no living patient has; LAB102 reports it


def _grade(text: str) -> int | None:
    if _NO_BRAIN.search(text):
        return 0
    found = _GRADE.search(text)
    if found is None:
        return None
    return int(found[1]) if found[1] else _ROMAN[found[2].lower()]
