"""PRO108, PRO109: an operation soon after an infarction, a cardioversion without protection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.combining import given
from medrag.clinical.mentions import ORDERED, ProcedureMention
from medrag.clinical.number_words import COUNT, count_of
from medrag.core.finding import Reference
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_N = rf"\d+|last|{COUNT}"
_TIME = rf"(?P<n{{0}}>{_N})[\s-]+(?P<unit{{0}}>days?|weeks?|months?)"
_INFARCTION = (
    r"(?:myocardial infarction|heart attack|N?STEMI|infarction|acute coronary syndrome|MI)"
)
_STROKE = r"(?:ischa?emic stroke|stroke)"
_DAYS = {"d": 1, "w": 7, "m": 30}
_EVENTS: tuple[tuple[str, int, re.Pattern[str]], ...] = tuple(
    (
        said,
        least,
        re.compile(
            rf"\b{words}\b[^.;\n]{{0,25}}?\b{_TIME.format(1)}(?: ago| earlier| old)?\b"
            rf"|\b{_TIME.format(2)}(?:\s(?:ago|after|since|following|out from|old|past|post))?\s"
            rf"(?:\w+\s){{0,3}}{words}\b"
            rf"|\b{words}\s(?:\w+\s){{0,2}}?(?P<n3>last)\s(?P<unit3>week|month)\b",
            re.I,
        ),
    )
    for said, least, words in (
        ("a myocardial infarction", 60, _INFARCTION), ("a stroke", 90, _STROKE)
    )
)  # fmt: skip
"""What an elective operation waits for, for how many days, and the words that tell its age."""
_ELECTIVE = re.compile(
    r"\b(?:elective\w*|cosmetic|planned|non-?urgent|hip replacement|knee replacement|arthroplasty"
    r"|hernia|cataract|bariatric|sleeve|varicose|bunion)\b",
    re.I,
)
_WAITS = re.compile(
    r"\b(?:wait\w*|postpon\w*|delay\w*|defer\w*|put off|not before|until|at least|after \d+|avoid"
    r"|reschedul\w*|do not|don't|never|not yet|too (?:early|soon)|cancel\w*|emergen\w*|urgent\w*"
    r"|life-?saving)\b",
    re.I,
)
_PERIOP = Reference(
    title="2024 AHA/ACC Guideline for Perioperative Cardiovascular Management for Noncardiac "
    "Surgery",
    section="Timing of elective surgery after infarction and stroke",
    edition="2024",
    url="https://doi.org/10.1161/CIR.0000000000001285",
)
_SURGICAL = frozenset({"surgery", "bariatric-surgery", "hysterectomy", "cataract-surgery"})


def _too_soon(context: Context) -> Iterator[Verdict]:
    """Report an elective operation within 60 days of an infarction, or 90 of a stroke."""
    operation = next((p for p in context.content.procedures if _is_elective(context, p)), None)
    if operation is None or _WAITS.search(context.text):
        return
    known = f"{context.facts.words}; {context.text}"
    for said, least, words in _EVENTS:
        days = next((_days(match) for match in words.finditer(known)), None)
        if days is not None and days < least:
            yield Signal(
                severity="critical",
                message=f"An elective operation within {least} days of {said}: it waits, for the "
                "risk of another is high.",
                span=operation.span,
                reference=_PERIOP,
                subject="surgery",
            )
            return


def _is_elective(context: Context, operation: ProcedureMention) -> bool:
    if operation.procedure not in _SURGICAL or operation.polarity not in ORDERED:
        return False
    return _ELECTIVE.search(context.content.sentences[operation.sentence].text) is not None


def _days(match: re.Match[str]) -> int:
    number = next(n for n in (1, 2, 3) if match[f"n{n}"])
    count = match[f"n{number}"].lower()
    unit = match[f"unit{number}"][0].lower()
    return _DAYS[unit] * (1 if count == "last" else int(count_of(count)))


_SHOCK = prefiltered(
    r"\b(?:cardioversion|cardiovert\w*|(?:electric\w*|DC|synchroni[sz]ed) shock"
    r"|shock (?:him|her|them|the patient) (?:back|electric\w*|out of))\b",
    re.I,
)
_FIBRILLATION = re.compile(r"\b(?:atrial fibrillation|atrial flutter|AF|a-?fib)\b", re.I)
_LONG = re.compile(
    r"\b(?:for|of|since|lasting|about|over)\s(?:\w+\s){0,3}?"
    rf"(?:(?:[3-9]|\d\d+|three|four|five|six|seven|eight|ten|several|many) days"
    rf"|(?:{_N}|several|many) (?:weeks?|months?)|unknown duration|uncertain onset)\b"
    r"|\b(?:\d+|three|four|five|six|ten)[- ]"
    r"(?:days?|weeks?|months?) (?:old|history|duration)\b|\b(?:persistent|long-?standing)\b"
    r"|\b(?:unknown|unclear|uncertain) (?:duration|onset)\b|\bdays['\u2019] duration\b",
    re.I,
)
_PREPARED = re.compile(
    r"\b(?:TEE|TOE|trans(?:o)?esophageal|unstable|hypotens\w*|shocked|emergen\w*|isch[ae]\w+"
    r"|weeks of (?:oral )?(?:anti-?coag\w*|warfarin|apixaban|rivaroxaban|dabigatran|edoxaban))\b",
    re.I,
)
_UNPREPARED = re.compile(
    r"\b(?:no|not|without|never|nor|neither|skip\w*|omit\w*|un-?)\b[^.;,:]{0,30}?"
    r"(?:anti-?coag\w*|TEE|TOE|trans(?:o)?esophageal)"
    r"|\b(?:TEE|TOE|anti-?coag\w*)\b[^.;,]{0,20}\b(?:not|needless|unnecessary|superfluous)",
    re.I,
)
_AF = Reference(
    title="2023 ACC/AHA/ACCP/HRS Guideline for Diagnosis and Management of Atrial Fibrillation",
    section="Prevention of thromboembolism in the setting of cardioversion",
    edition="2023",
    url="https://doi.org/10.1161/CIR.0000000000001193",
)


def _shocked(context: Context) -> Iterator[Verdict]:
    """Report the cardioversion of atrial fibrillation of over 48 hours without anticoagulation."""
    shock = _SHOCK.search(context.text)
    if shock is None or _WAITS.search(context.text):
        return
    known = f"{context.facts.words}; {context.text}"
    if _FIBRILLATION.search(known) is None or _LONG.search(known) is None:
        return
    said = _UNPREPARED.search(known)
    told = known[: said.start()] + known[said.end() :] if said else known
    thinners = context.knowledge.members("@anticoagulant")
    taking = any(one.ingredient in thinners for one in given(context))
    listed = context.facts.lists_medications
    if _PREPARED.search(told) or taking or not (said or listed):
        return
    yield Signal(
        severity="critical",
        message="Cardioversion of atrial fibrillation beyond 48 hours: three weeks of "
        "anticoagulation or a transesophageal echocardiogram come first, for a clot can leave "
        "the atrium.",
        span=Span(start=shock.start(), end=shock.end()),
        reference=_AF,
        subject="cardioversion",
    )


RULES = (
    Rule(
        id="PRO108",
        title="elective operation soon after an infarction or a stroke",
        category="procedure",
        rationale="Within two months of an infarction an operation often brings another.",
        check=_too_soon,
    ),
    Rule(
        id="PRO109",
        title="cardioversion without anticoagulation",
        category="procedure",
        rationale="A clot that formed in the atrium leaves it when it beats again.",
        check=_shocked,
    ),
)
