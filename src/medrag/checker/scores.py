"""Scores that a text gives too low for what it says itself: CHA2DS2-VASc."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Signal
from medrag.checker.sieve import sifted
from medrag.core.finding import Reference
from medrag.core.span import Span

_CLAIM = sifted(
    r"\bCHA(?:2|\u2082)DS(?:2|\u2082)[- ]?VASc\b(?:[^.;\n]|\.(?=\d)){0,120}?"
    r"(?:\b(?:is|of|equals|comes to|scores?|makes|gives)|[=:])"
    r"\s(?:only |just |about )?(?P<n>\d)\b(?![-\d/])",
    re.I,
)
_POINTS = (
    (1, re.compile(r"\b(?:heart failure|HFrEF|HFpEF|cardiomyopathy)\b", re.I)),
    (1, re.compile(r"\b(?:hypertension|hypertensive|high blood pressure)\b", re.I)),
    (1, re.compile(r"\b(?:diabetes|diabetic)\b", re.I)),
    (2, re.compile(r"\b(?:stroke|TIA|transient ischa?emic|thromboembolism)\b", re.I)),
    (1, re.compile(
        r"\b(?:myocardial infarction|heart attack|peripheral arter\w+|aortic plaque)\b", re.I)),
)  # fmt: skip
_NOT_HERS = re.compile(
    r"\b(?:no|not|without|never|denies|risk of|prevent\w*|to avoid|annual|if)\s"
    r"(?:[\w-]+,?\s){0,4}\Z",
    re.I,
)
_OLD, _OLDER = 75, 65
_SOURCE = Reference(
    title="Refining clinical risk stratification for predicting stroke in atrial fibrillation",
    section="Chest 137:263-272",
    edition="2010",
    url="https://doi.org/10.1378/chest.09-1584",
)


def underscored(context: Context) -> Iterator[Signal]:
    """Yield a CHA2DS2-VASc score below the points that the patient certainly has."""
    claim = _CLAIM.search(context.text)
    if claim is None:
        return
    least = _least(context, context.text[: claim.start("n")])
    if int(claim["n"]) < least:
        yield Signal(
            severity="critical",
            message=f"The CHA2DS2-VASc score is at least {least} from what is given, not "
            f"{claim['n']}.",
            span=Span(start=claim.start(), end=claim.end()),
            reference=_SOURCE,
            fact="cha2ds2-vasc",
        )


def _least(context: Context, said: str) -> int:
    patient = context.facts.patient
    known = f"{'; '.join(patient.conditions or ())}; {said}"
    points = sum(weight for weight, words in _POINTS if _has(known, words))
    if patient.age_years is not None:
        points += 2 if patient.age_years >= _OLD else patient.age_years >= _OLDER
    return points + (patient.sex == "female")


def _has(text: str, words: re.Pattern[str]) -> bool:
    return any(
        _NOT_HERS.search(text, max(0, found.start() - 60), found.start()) is None
        for found in words.finditer(text)
    )
