"""The corrected QT interval from the QT interval and a rate, or the time between two beats."""

from __future__ import annotations

import re
from decimal import Decimal

from medrag.checker.formula import Results, safely
from medrag.checker.inputs import Inputs
from medrag.clinical import formulas

_RATE = re.compile(
    r"\brate (?:of |is |= ?)?(?P<rate>\d{2,3})\b(?!\s?m[gL])"
    r"|\b(?P<beats>\d{2,3})\s(?:beats|strokes) (?:a|per|each|every) min",
    re.I,
)
_BEAT = re.compile(
    r"\bR-?R(?: interval)?(?: of| is|:| =|=)? ?(?P<length>[1-9]\d{2,3}|[0-2]\.\d+)"
    r" ?(?P<unit>ms|msec|milliseconds|s|sec|seconds)\b",
    re.I,
)
"""The time from one beat to the next, in seconds or milliseconds."""
_BAZETT = re.compile(r"\bbazett|\bQTcB\b", re.I)
_FRIDERICIA = re.compile(r"\bfrideric|\bQTcF\b", re.I)


def qtc(inputs: Inputs) -> Results:
    """Return the corrected interval in ms: by the named correction, else by any in use.

    Hodges adds 1.75 ms for each beat above 60 a minute, Framingham 154 ms for each second below an
    RR of one.
    """
    interval = inputs.lab("qt", "ms")
    rate = inputs.lab("heart-rate", "/min") or inputs.measure("{beats}/min")
    named = _RATE.search(inputs.context.text) if rate is None else None
    rate = Decimal(named["rate"] or named["beats"]) if named is not None else rate
    beat = _BEAT.search(inputs.context.text) if rate is None else None
    if beat is not None:
        rate = 60 / (Decimal(beat["length"]) / (1000 if beat["unit"].startswith("m") else 1))
    if interval is None or rate is None:
        return ()
    bazett = safely(lambda: formulas.qtc_bazett(qt_ms=interval, heart_rate=rate))
    fridericia = safely(lambda: formulas.qtc_fridericia(qt_ms=interval, heart_rate=rate))
    root, cube = _BAZETT.search(inputs.context.text), _FRIDERICIA.search(inputs.context.text)
    if (root is None) == (cube is None):
        linear = interval + Decimal("1.75") * (rate - 60), interval + 154 * (1 - 60 / rate)
        return (*bazett, *fridericia, *linear)
    return bazett if root is not None else fridericia
