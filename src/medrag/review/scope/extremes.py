"""Values at which life is in danger, whoever has them: a saturation of 62, a potassium of 8.1."""

from __future__ import annotations

from collections.abc import Sequence

EXTREME = "extreme_value"
"""The notion that such a value stands for, beside those of `notions.toml`."""

_REACH = 3
"""Words between a value's name and its number at most: "sats down to 62"."""
_BOUNDS: tuple[tuple[str, int, int], ...] = (
    ("sats sat spo saturation saturations o", 10, 79),
    ("bp sbp systolic map pressure", 20, 69),
    ("hr pulse rate", 1, 38),
    ("hr pulse rate", 190, 320),
    ("k potassium", 8, 12),
    ("na sodium", 80, 109),
    ("hb hgb haemoglobin hemoglobin", 1, 4),
    ("glucose sugar bm bgl cbg", 0, 1),
    ("gcs", 3, 6),
    ("rr respirations breaths", 1, 6),
    ("temp temperature core", 41, 44),
    ("temp temperature core", 20, 29),
    ("lactate", 12, 40),
)
"""Names, lowest and highest whole number. Nearer ones are seen in clinics (a heart rate of 42, a
potassium of 6.4); these are not, in round numbers below the thresholds of adult early warning
scores (Royal College of Physicians, NEWS2, 2017)."""


_BETWEEN = frozenset(
    [":", "=", "<", ">", "is", "was", "at", "of", "back", "down", "up", "to", "now", "only"]
)
"""What may stand between a name and its number."""
_OF_NAME = {
    name: [(low, high) for names, low, high in _BOUNDS if name in names.split()]
    for row, _, _ in _BOUNDS
    for name in row.split()
}


def extreme_from(words: Sequence[str], at: int) -> int | None:
    """Return after which word a value that `words[at]` names ends, where it endangers life."""
    bounds = _OF_NAME.get(words[at])
    if bounds is None or (at > 0 and words[at - 1].isdecimal()):  # the K of "H3K9"
        return None
    first = at + 2 if words[at] in {"spo", "o"} else at + 1  # "SpO2 71": the 2 is its name's
    for number in range(first, min(at + 2 + _REACH, len(words))):
        if words[number].isdecimal():
            value = int(words[number])
            return number + 1 if any(low <= value <= high for low, high in bounds) else None
        if words[number] not in _BETWEEN:
            return None
    return None
