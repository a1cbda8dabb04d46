"""Words that describe, on their axes: raised, unchanged, unproven, oral, needless, severe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from medrag.grounding.axes import (
    AGAINST,
    AXES,
    DENIABLE,
    DENIERS,
    EMPTY,
    EVENTS,
    HELPS,
    STOPS,
    Pole,
    height_of,
)
from medrag.grounding.reach import Cue, about_of, denier_before, head_of, is_denier
from medrag.grounding.tokens import Token, is_light
from medrag.grounding.tokens import words as words_of


def described(words: Sequence[Token]) -> Iterator[Cue]:
    """Yield what a clause tells beside its advice: amounts, effects, evidence, routes, grades."""
    for at, token in enumerate(words):
        if _is_as_great(words, at):
            yield _cue(words, at, "effect", "unchanged")
            continue
        if token.word in EVENTS or token.word in _VERBS:
            yield from _events(words, at)
        if token.word in {"up", "down"}:
            yield from _titrated(words, at)
        if token.word in _NOUNS:
            continue
        pole = AXES.get(token.word) or AXES.get(token.key)
        if pole is not None and not _compares_number(words, at):
            yield from _on_axis(words, at, pole)
            continue
        if token.word in _HEIGHTS or token.key in _MOVED:
            yield from _heights(words, at)
        height = height_of(token.word)
        if height is not None:
            yield Cue(*height, frozenset({height.axis}), token.start, token.end, token.word)


def _cue(words: Sequence[Token], at: int, axis: str, pole: str) -> Cue:
    token = words[at]
    about, head = about_of(words, at), head_of(words, at)
    about |= {"dose"} if token.word == "samedose" else frozenset()
    return Cue(axis, pole, about, token.start, token.end, token.word, head)


def _on_axis(words: Sequence[Token], at: int, pole: Pole) -> Iterator[Cue]:
    """Yield what a word of an axis tells, denied or not."""
    token = words[at]
    paced = any(
        a.word in _PACES and b.word == "than" for a, b in pairwise(words[at + 1 :][:_PACED])
    )
    denied = not paced and _is_denied(words, at, pole.axis)  # "do not increase more often than"
    if pole.pole == "scant":
        pole = Pole("evidence", "unshown" if _of_evidence(words) else "looked")
    if _is_idle(words, at) or (pole.pole == "looked" and not denied):
        return
    place = _denied_pole(*pole) if denied else pole.pole
    axis = pole.axis
    if axis == "rate" and at and words[at - 1].word in _COMPARED:
        up = (words[at - 1].word in _MORE) == (pole.pole == "often")
        axis, place = "amount", "up" if up else "down"
        if denied or _is_denied(words, at, axis):
            place = f"not {place}"
    yield _cue(words, at, axis, place)
    if token.word in _HEIGHTS or token.key in _MOVED:
        yield from _heights(words, at)


_MEASURING = frozenset({"rate", "amount", "worth", "fare", "level", "manner"})
_WANTED = words_of("needed necessary possible required tolerated prescribed directed")


def _is_as_great(words: Sequence[Token], at: int) -> bool:
    """Return whether it is "equally often" or "as common as", of two that are no number."""
    pole = AXES.get(words[at].word) or AXES.get(words[at].key)
    if pole is None or pole.axis not in _MEASURING or not at:
        return False
    if any(t.word in _UNEQUAL for t in words[max(0, at - 4) : at]):
        return False
    if words[at - 1].word == "equally":
        return True
    after = words[at + 1 : at + 3]
    return (
        words[at - 1].word == "as"
        and len(after) > 1
        and after[0].word == "as"
        and after[1].word not in _WANTED
        and not after[1].key[0].isdigit()
    )


_UNEQUAL = DENIERS | words_of("times twice half fold")
_MORE = words_of("more higher")
_COMPARED = _MORE | words_of("less lower")
_MEASURED = {
    "sodium": "natr", "potassium": "kale", "calcium": "calc", "glucose": "glyc", "sugar": "glyc",
    "magnesium": "magn", "phosphate": "phos", "bloodpressure": "tens", "uric": "uric",
    "urate": "uric", "thyroid": "thyr", "protein": "prot", "hemoglobin": "hemo", "albumin": "albu",
    "creatinine": "crea", "ferritin": "ferr", "cholesterol": "chol", "lactate": "lact",
    "bilirubin": "bili", "platelets": "plat", "platelet": "plat", "lymphocytes": "lymp",
    "neutrophils": "neut", "phosphorus": "phos", "tsh": "tsh", "cortisol": "cort",
}  # fmt: skip
_HIGH = words_of("high raised elevated increased")
_LOW = words_of("low reduced decreased lowered")


def _heights(words: Sequence[Token], at: int) -> Iterator[Cue]:
    """Yield "low sodium" on the axis of hyponatremia; a diet low in it is none."""
    word = words[at].word
    after = [t for t in words[at + 1 : at + 4] if not t.breaks]
    axis = next((_MEASURED[t.word] for t in after if t.word in _MEASURED), "")
    if axis and word in _HIGH | _LOW and not any(t.word in {"diet", "salt"} for t in after):
        pole = "high" if word in _HIGH else "low"
        yield Cue(axis, pole, frozenset({axis}), words[at].start, after[0].end, word)
    elif (change := _MOVED.get(word) or _MOVED.get(words[at].key)) and axis:
        if not any(t.word in _GIVEN for t in after):
            yield Cue(axis, change, frozenset({axis}), words[at].start, after[0].end, word)
    elif word in _HIGH | _LOW and (axis := _stated(words, at)):
        pole = "high" if word in _HIGH else "low"
        yield Cue(axis, pole, frozenset({axis}), words[at].start, words[at].end, word)


_MOVED = {"increase": "high", "decrease": "low"}
"""What brings "hyper-" and "hypo-" about: "lowers potassium"."""
_HEIGHTS = _HIGH | _LOW | _MOVED.keys()
_GIVEN = words_of("diet salt intake supplement supplements supplementation dose infusion tablets")
_STATES = words_of("is are was were")


def _stated(words: Sequence[Token], at: int) -> str:
    """Return the axis of "glucose is typically decreased"; "" where nothing is so stated."""
    near = words[max(0, at - 5) : at + 1]
    verb = next((p for p, t in enumerate(near) if t.word in _STATES), None)
    if verb is None or any(t.breaks for t in near[verb:]):
        return ""
    return next((_MEASURED[t.word] for t in reversed(near[:verb]) if t.word in _MEASURED), "")


_NOUNS = frozenset({"prevention", "preventive"})
"""Nouns with the stem of a verb that turns a statement, and which turn none."""
_STEERED = ("titrat", "adjust", "bring", "push", "driv", "turn")


def _titrated(words: Sequence[Token], at: int) -> Iterator[Cue]:
    """Yield "titrate the dose down" as less of it."""
    token = words[at]
    near = words[max(0, at - 4) : at]
    if token.word in {"up", "down"} and any(t.word.startswith(_STEERED) for t in near):
        about, head = about_of(words, at), head_of(words, at)
        yield Cue("amount", token.word, about, token.start, token.end, token.word, head)


def _of_evidence(words: Sequence[Token]) -> bool:
    """Return whether a clause speaks of evidence, which may be "insufficient"."""
    return any(t.word in _EVIDENCE for t in words)


_EVIDENCE = words_of("evidence data information studies trials knowledge experience")


def _events(words: Sequence[Token], at: int) -> Iterator[Cue]:
    """Yield "no effect" as unchanged, "markedly changes" as changed."""
    token = words[at]
    pole = ""
    denier = denier_before(words, at, set()) if token.word in EVENTS else None
    if denier is not None and all(_fills(t) for t in words[denier + 1 : at]):
        pole = "unchanged"
    elif token.word in _VERBS and at and words[at - 1].word.endswith("ly"):
        pole = "changed"
    if pole:
        about, head = about_of(words, at), head_of(words, at)
        yield Cue("effect", pole, about, token.start, token.end, token.word, head)


_FILLING = words_of("""
have has had show showed shows produce produced cause caused demonstrate demonstrated find found
result resulted lead led relevant meaningful important major net consistent clear appreciable
observed detected measurable
""")


def _fills(token: Token) -> bool:
    """Return whether a word may stand in "did not have a clinically relevant effect"."""
    return is_light(token) or token.word in _FILLING or token.word in EMPTY or token.key in EMPTY


_NOWHERE = Pole("", "")


def _is_idle(words: Sequence[Token], at: int) -> bool:
    """Return whether a word of an axis turns nothing: "the following", "no longer"."""
    word, before = words[at].word, words[at - 1].word if at else ""
    if word in {"more", "less"} and at + 1 < len(words):
        return _is_pole(words[at + 1])  # "more slowly" is slow
    if word in HELPS:
        helped = [t.word for t in words[at + 1 : at + 3] if t.word != "to"]
        return bool(helped) and (helped[0] in AGAINST or AXES.get(helped[0], _NOWHERE)[1] == "down")
    if word in {"upper", "lower"} and at + 1 < len(words) and words[at + 1].key == "limit":
        return True  # "3 times the upper limit of normal"
    return word == "boosted" or (word, before) in {("following", "the"), ("longer", "no")}


_NEEDS = words_of("need needs require requires")


def _is_denied(words: Sequence[Token], at: int, axis: str) -> bool:
    """Return whether a denial turns the word of an axis at `at`."""
    if axis == "good":
        before = words[max(0, at - 2) : at]
        near = before and (before[-1].word in DENIERS or _fills(before[-1]))
        return bool(near) and any(t.word in DENIERS for t in before)
    first = next((p for p in range(at, 0, -1) if words[p].breaks), 0)
    if (
        axis in {"need", "member"}
        and words[first].word in {"no", "nobody", "none", "neither"}
        and at - first <= _SUBJECT
    ):
        return True  # "no monitoring of blood levels is required"
    single = axis == "company" and words[at].word in {"alone", "monotherapy"}
    behind = range(at + 1, min(at + (4 if single else 2), len(words)))
    if single:
        behind = range(at + 1, next((p for p in behind if words[p].breaks), behind.stop))
    denies = (p for p in behind if is_denier(words, p) and (p == at + 1 or words[p].word != "no"))
    if (single or axis == "need") and any(denies):
        return True  # "X alone is not an option", "X needs no monitoring"; not "X data give no"
    passed = set[int]()
    if axis == "speed":  # "do not stop it abruptly"
        passed = {p for p in range(max(0, at - 3), at) if words[p].word in STOPS}
    denier = denier_before(words, at, passed) if single or axis in DENIABLE else None
    if denier is not None and words[denier].word == "without" and words[at].word in _NEEDS:
        return False  # "patients without X need Y"
    if denier is not None and words[denier].word == "without" and axis == "evidence":
        return words[at - 1].word != "and"  # "patients without X and showed Y"
    return denier is not None and not _is_of_another(words, denier, at)


def _is_of_another(words: Sequence[Token], denier: int, at: int) -> bool:
    """Return whether a denial is of the word right behind it: "no better at higher doses"."""
    parted = any(t.word in _PARTING for t in words[denier + 2 : at])
    return parted and words[denier].word in {"no", "not"} and _is_pole(words[denier + 1])


_PACES = words_of("higher often frequently faster sooner quickly quicker rapidly")
_PACED = 6
_PARTING = words_of("at with on in for by after during among")
_SUBJECT = 16
_VERBS = frozenset({"changes", "change", "impact", "impacts", "influences"})
"""What happens where an adverb stands before it: "markedly changes"."""


def _is_pole(token: Token) -> bool:
    return token.word in AXES or token.key in AXES


def _denied_pole(axis: str, pole: str) -> str:
    """Return where a denied word stands: "did not alter" is unchanged, "not higher" not up."""
    return _OTHER_POLE.get((axis, pole), f"not {pole}")


_OTHER_POLE = {
    ("effect", "changed"): "unchanged",
    ("effect", "unchanged"): "changed",
    ("evidence", "shown"): "unshown",
    ("evidence", "looked"): "unshown",
    ("need", "yes"): "no",
    ("member", "in"): "out",
    ("member", "out"): "in",
    ("company", "alone"): "together",
    ("speed", "slow"): "fast",
    ("speed", "fast"): "slow",
}


_EXCEEDING = words_of("exceed exceeds exceeded exceeding")
_COMPARING = frozenset({"less", "greater", "higher", "lower", "longer", "shorter", "fewer", "more",
                        "older", "younger", "smaller", "larger", "earlier", "later"})  # fmt: skip


def _compares_number(words: Sequence[Token], at: int) -> bool:
    """Return whether a comparative bounds a number ("less than 5", "5 or older")."""
    if words[at].word in _EXCEEDING:
        return at + 1 < len(words) and words[at + 1].key[0].isdigit()
    if words[at].word not in _COMPARING:
        return False
    after, before = words[at + 1 : at + 5], words[max(0, at - 7) : at]
    if after and after[0].word == "than":
        return any(t.key[0].isdigit() for t in words[at + 2 : at + 6])  # "than or equal to 30"
    if after and after[0].key == "patient":
        return False
    joined = bool(before) and before[-1].word in {"or", "and"}
    return joined and any(t.key[0].isdigit() for t in before)
