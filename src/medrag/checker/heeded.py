"""Whether a text does what a row of two drugs asks, in whatever words it says so.

The rows of `interactions.csv` name their action ("halve the dose", "monitor the level"). What an
action asks for is of few kinds, and each kind is said in many ways.
"""

from __future__ import annotations

import re
from functools import lru_cache

from medrag.checker.put_off import is_put_off
from medrag.checker.rows_pairs import InteractionRow
from medrag.checker.waiving import asked_for

_ASKS_LOWER = re.compile(
    r"\b(?:lower|reduc\w*|halve|half|cut|third|quarter|sixth|least|smaller|adjust\w*|titrat\w*"
    r"|at most|dose (?:change|reduction))\b|\d ?mg\b",
    re.I,
)
_ASKS_HIGHER = re.compile(
    r"\b(?:raise|increase|double|adjust\w*|titrat\w*|schedule|higher)\b", re.I
)
_ASKS_APART = re.compile(r"\b(?:apart|separate|hours|between them|two hours)\b", re.I)
_ASKS_WATCH = re.compile(r"\b(?:watch|monitor|observe|closely|shortest)\b", re.I)

_NOT_THE_DOSE = (
    r"(?! (?:\w+ ){0,2}(?:levels?|absorption|effects?|risks?|clearance|pressure|efficacy|exposure"
    r"|concentrations?|metabolism|excretion|bleeding|toxicity|pain|mortality))"
)
_LOWERED = re.compile(
    r"\b(?:lower(?:ed|ing)?|reduc(?:e|ed|ing|tion)|cut(?:ting)?|halv(?:e|ed|ing)|decreas(?:e|ed"
    r"|ing)"
    r"|trim(?:med|ming)?|(?:bring|brought|bringing|come|comes|coming|go|goes|going|step|stepped"
    r"|scale[ds]?|take|taken) (?:\w+ ){0,3}?down|down (?:from|to|by)|drop(?:s|ped"
    r"|ping)? (?:\w+ ){0,3}?(?:to|from|by)"
    r"|half (?:the|of|his|her|as)|(?:a|one|two) (?:third|quarter)s?|by \d+ ?(?:%|per ?cent)"
    r"|(?:smallest|lowest|least|low|small|reduced|lower|halved) (?:\w+ )?(?:dose|amount)s?"
    r"|starts? (?:low|at the (?:lowest|bottom))|withh(?:eld|old)|is held|are held|on hold"
    r"|pauses?d?)\b" + _NOT_THE_DOSE,
    re.I,
)
_RAISED = re.compile(
    r"\b(?:rais(?:e|ed|ing)|increas(?:e|ed|ing)|doubl(?:e|ed|ing)|step(?:ped)? up|go(?:es)? up"
    r"|go(?:es)? (?:back )?up|twice the|up to double|higher dose)\b" + _NOT_THE_DOSE,
    re.I,
)
_PARTED = re.compile(
    r"\b(?:(?:hours?|h) (?:\w+ )?(?:before|after|apart|ahead|later|earlier|away|from|between"
    r"|either)"
    r"|ahead of|well (?:before|after|away)|not (?:before|until) (?:lunch|noon|midday|dinner"
    r"|supper|the evening|bedtime)"
    r"|(?:moves?d?|shifts?|goes|kept|leave|left|given|taken|takes?) (?:[\w'-]+ ){0,4}?(?:to|at"
    r"|for|with|until) "
    r"(?:the )?(?:bedtime|lunch|noon|midday|evening|dinner|supper|night)"
    r"|(?:pauses?|paused|skips?|skipped|leaves? out|stops?|stopped|omits?|omitted|is held"
    r"|are held|interrupt(?:ed)?|suspend(?:ed)?)\b"
    r"|at another time|other end of the day)",
    re.I,
)
_WATCHED = re.compile(
    r"\b(?:watch(?:es|ed|ing)?|monitor\w*|observ(?:e|ed|ing)|look(?:ing)? (?:out )?for|check\w*"
    r"|recheck\w*"
    r"|warn(?:ed|s)?|know(?:s)? (?:the signs|what)|signs? to|see (?:him|her|them|you) (?:again )?in"
    r"|review(?:ed)? (?:\w+ ){0,2}(?:in|after)|report (?:any|at once)|come back (?:if|for)"
    r"|call if)\b",
    re.I,
)
_WAIVED = re.compile(
    r"\b(?:no|not|never|without|\w+n['\u2019]t|need not|nothing to|unnecessary)\b[^.;,]{0,30}\Z",
    re.I,
)

_TESTS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\blevels?\b", re.I), ("level", "trough", "concentration", "TDM")),
    (re.compile(r"\bINR\b"), ("INR", "prothrombin time", "anticoagulation clinic", "clotting")),
    (re.compile(r"\bcounts?\b", re.I), ("blood count", "CBC", "FBC", "counts", "white cell")),
    (re.compile(r"\b(?:kidney|creatinine|renal)", re.I),
     ("creatinine", "kidney function", "renal function", "eGFR", "U&E", "BMP", "chemistry")),
    (re.compile(r"\bpotassium\b", re.I),
     ("potassium", "electrolyte", "U&E", "BMP", "metabolic panel", "chemistry")),
    (re.compile(r"\bsodium\b", re.I), ("sodium", "electrolyte", "U&E", "BMP", "chemistry")),
    (re.compile(r"\b(?:ECG|QT)", re.I), ("ECG", "EKG", "QTc", "electrocardiogram", "telemetry")),
    (re.compile(r"\bglucose\b", re.I), ("glucose", "sugars", "hypoglyc", "HbA1c", "blood sugar")),
    (re.compile(r"\b(?:liver|LFT|enzymes)", re.I), ("liver", "LFT", "ALT", "transaminase")),
    (re.compile(r"\bCK\b"), ("CK", "creatine kinase", "muscle pain", "myalgia")),
    (re.compile(r"\b(?:pressure|heart rate|pulse)\b", re.I),
     ("blood pressure", "pulse", "heart rate", "ECG")),
)  # fmt: skip


_SALT = re.compile(
    r"\b(?:potassium|sodium) (?:chloride|citrate|bicarbonate|phosphate|acetate|salts?"
    r"|supplement\w*)",
    re.I,
)
"""What bears the name of a test and is none."""


def asks_less(row: InteractionRow) -> bool:
    """Return whether a row asks for a lower dose."""
    return _ASKS_LOWER.search(row.action) is not None


def is_heeded(text: str, near: str, row: InteractionRow) -> bool:
    """Return whether the text does what the row's action asks.

    Args:
        text: The whole answer, in which a test may be ordered anywhere.
        near: The sentences beside the names of the two drugs, in which a dose is changed.
        row: What the table says of the two.
    """
    asked = f"{row.action} {' '.join(row.unless)}" if row.unless else row.action
    if row.severity != "warning" and not row.unless:
        return False
    tests = _tests_of(row.action) if row.severity == "warning" else ()
    plain = _SALT.sub("", text)
    if tests and asked_for(plain, tests) and not is_put_off(plain, tests):
        return True
    return any(wants.search(asked) and _is_done(near, does) for wants, does in _DOES)


_HOURS_APART = re.compile(
    r"\b\d+ ?(?:hours?|h) (?:\w+ )?(?:before|after|apart|earlier|later|away|ahead|either side)\b",
    re.I,
)


def is_parted(near: str, row: InteractionRow) -> bool:
    """Return whether the text keeps two drugs the hours apart that the row asks for."""
    return _ASKS_APART.search(row.action) is not None and _is_done(near, _HOURS_APART)


_DOES = ((_ASKS_LOWER, _LOWERED), (_ASKS_HIGHER, _RAISED), (_ASKS_APART, _PARTED))


def _is_done(near: str, does: re.Pattern[str]) -> bool:
    return any(
        _WAIVED.search(near, max(0, match.start() - 45), match.start()) is None
        for match in does.finditer(near)
    )


@lru_cache(maxsize=2048)
def _tests_of(action: str) -> tuple[str, ...]:
    return tuple(word for asks, words in _TESTS if asks.search(action) for word in words)


def is_watched(near: str, row: InteractionRow) -> bool:
    """Return whether the text watches for what a row only asks to be watched."""
    vague = row.severity == "warning" and not _tests_of(row.action)
    return vague and _ASKS_WATCH.search(row.action) is not None and _is_done(near, _WATCHED)
