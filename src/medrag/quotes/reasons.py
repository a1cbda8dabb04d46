"""Reasons beside a quotation, which may be left out where what is quoted holds without them."""

from __future__ import annotations

import re

_BEFORE = re.compile(r"\W*because\b", re.IGNORECASE)
_OF_ALL = re.compile(r"\W*(?:all|every|each|any)\b", re.IGNORECASE)
_BEHIND = re.compile(r"\W*because (?!of\b)", re.IGNORECASE)
_BOUND = re.compile(
    r"\b(?:not|no|never|nor|neither|cannot|only|solely|just|merely|simply|purely)\b|n['’]t\b",
    re.IGNORECASE,
)
_STATE = re.compile(
    r"\b(?:patients?|he|she|his|her|renal|kidneys?|hepatic|liver|impair\w*|pregnan\w*|clearance|eGFR"
    r"|creatinine|allerg\w*|age|aged|weight|elderly|frail\w*|child\w*|infants?|neonat\w*"
    r"|(?:this|that|these|those) (?:case|man|woman|girl|boy|person)\w*)\b",
    re.IGNORECASE,
)


def gives_reason_before(phrase: str, quoted: str) -> bool:
    """Return whether `phrase` is a reason before what is said of all, and so limits nothing."""
    return (
        phrase.endswith(",")
        and _BEFORE.match(phrase) is not None
        and _OF_ALL.match(quoted) is not None
    )


def gives_reason_behind(quoted: str, rest: str) -> bool:
    """Return whether only a reason follows: "is vital | because it lowers shedding".

    What is denied, or holds for one reason only, does not hold without it ("do not stop | because
    the nausea is mild"), and a patient's state is a condition, told as a reason.
    """
    reason = _BEHIND.match(rest)
    return reason is not None and not (_BOUND.search(quoted) or _STATE.search(rest, reason.end()))
