"""PRO105: antiplatelet drugs stopped early after a stent."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.sieve import sifted
from medrag.clinical.number_words import COUNT, count_of
from medrag.core.finding import Reference
from medrag.core.span import Span

_STENT = sifted(
    r"\b(?:stent\w*|PCI)\b[^.;]{0,40}?\b(?P<n>\d+|"
    + COUNT
    + r")[\s-]*(?P<unit>days?|weeks?|months?)\b"
    r"(?:\s*(?:ago|earlier|old))?|\b(?P<recent>recent\w*|fresh|new)\s(?:[\w-]+\s){0,3}stent\w*",
    re.I,
)
_INTERRUPTS = re.compile(
    r"\b(?:stop\w*|hold\w*|withh\w+|omit\w*|discontinu\w*|interrupt\w*|come off|leave off)\b"
    r"[^.;]{0,40}\b(?:both|antiplatelets?|DAPT|dual|clopidogrel|plavix|ticagrelor|brilinta"
    r"|prasugrel|effient|aspirin)\b",
    re.I,
)
_KEEPS = re.compile(
    r"\b(?:do not|don't|never|must not|should not|without|avoid|not|nobody|no one)\s"
    r"(?:(?:be|is|to|should|may|must)\s)*(?:\w+\s)?$",
    re.I,
)
_PLATELETS = frozenset({"clopidogrel", "prasugrel", "ticagrelor", "cangrelor"})
_STENT_DAYS = 180
_DAPT = Reference(
    title="2016 ACC/AHA Guideline Focused Update on Duration of Dual Antiplatelet Therapy",
    section="Perioperative management",
    edition="2016",
    url="https://doi.org/10.1161/CIR.0000000000000404",
)


def _stented(context: Context) -> Iterator[Verdict]:
    """Report that antiplatelet drugs are stopped early after a stent."""
    known = " ".join(context.facts.patient.conditions or ())
    stent = _STENT.search(context.text) or _STENT.whole.search(known)
    if stent is None or not _is_early(stent):
        return
    for match in _INTERRUPTS.finditer(context.text):
        if _KEEPS.search(context.text[: match.start()]) or _is_switched(context, match):
            continue
        yield Signal(
            severity="critical",
            message="Antiplatelet drugs are stopped within 6 months of a stent: stent thrombosis; "
            "put off what is elective, keep at least aspirin, ask the cardiologist.",
            span=Span(start=match.start(), end=match.end()),
            reference=_DAPT,
            subject="stent",
        )
        return


def _is_switched(context: Context, stopped: re.Match[str]) -> bool:
    """Return whether another P2Y12 inhibitor is started for the one that the text stops."""
    if re.search(r"\b(?:both|aspirin|dual|DAPT)\b", stopped[0], re.I):
        return False
    return any(
        _PLATELETS & set(order.ingredients)
        and order.polarity == "give"
        and order.regimens
        and not order.current
        for order in context.orders
    )


def _is_early(stent: re.Match[str]) -> bool:
    if stent["recent"]:
        return True
    count = count_of(stent["n"])
    unit = stent["unit"].lower()
    days = count * (30 if unit.startswith("m") else 7 if unit.startswith("w") else 1)
    return days < _STENT_DAYS


RULES = (
    Rule(
        id="PRO105",
        title="antiplatelet drug stopped early after a stent",
        category="procedure",
        rationale="A stent of three weeks clots without its drugs.",
        check=_stented,
    ),
)
