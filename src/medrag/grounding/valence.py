"""Whether a change is for the better, so that "improves" meets "lowers": of survival, of pain.

More of something good and less of something bad are both for the better; "better" and "worse" say
so without a number. Cues of different axes are compared only by what both are said of.
"""

from __future__ import annotations

from medrag.grounding.reach import Cue
from medrag.grounding.tokens import key, words

_GOOD = frozenset(map(key, words("""
survival sensitivity specificity accuracy function adherence compliance response responses efficacy
effectiveness absorption absorbed absorbs bioavailability tolerability quality control cure healing
remission recovery performance capacity mobility sleep satisfaction protection immunity healed
""")))  # fmt: skip
_BAD = frozenset(map(key, words("""
death mortality risk pain bleeding hemorrhage relapse relapses recurrence recurrences exacerbation
exacerbations hospitalization hospitalizations admission admissions symptom symptoms severity
toxicity reaction infection infections fever nausea vomiting fracture fractures stroke strokes
rejection complication complications infarction events progression disability depression anxiety
failure injury disease illness incidence seizures attacks flares cough itch itching dyspnea
swelling inflammation
""")))  # fmt: skip
_MORE = {"up": 1, "down": -1, "often": 1, "seldom": -1, "high": 1, "low": -1}
_BETTER = {"better": 1, "superior": 1, "benefit": 1, "worse": -1, "inferior": -1, "harm": -1}
_AMOUNTS = frozenset({"amount", "rate"})
_WORTHS = frozenset({"fare", "worth", "good"})


def are_across(one: Cue, other: Cue) -> bool:
    """Return whether one cue tells an amount and the other what it is worth, or both the latter."""
    if one.axis != other.axis and {one.axis, other.axis} <= _WORTHS:
        return True
    axes = (one.axis in _AMOUNTS, other.axis in _AMOUNTS)
    worths = (one.axis in _WORTHS, other.axis in _WORTHS)
    return (axes == (True, False) and worths == (False, True)) or (
        axes == (False, True) and worths == (True, False)
    )


def goodness(cue: Cue) -> int:
    """Return 1 for the better, -1 for the worse, 0 where the words do not tell."""
    if cue.axis in _WORTHS:
        return _BETTER.get(cue.pole, 0)
    step = _MORE.get(cue.pole, 0)
    if cue.head in _GOOD | _BAD:
        return step if cue.head in _GOOD else -step
    good, bad = bool(cue.about & _GOOD), bool(cue.about & _BAD)
    return 0 if good == bad else step if good else -step


def prevents_caused(cue: Cue, other: Cue) -> bool:
    """Return whether one side prevents what the other causes."""
    if {cue.axis, other.axis} != {"amount", "bring"}:
        return False
    word = cue.word if cue.axis == "amount" else other.word
    return word.startswith("prevent") and bool(cue.about & other.about)
