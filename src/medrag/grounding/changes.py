"""What a claim changed where it is nearly its quotation, word beside word.

A claim that keeps most words of a source sentence is laid beside it; what stands in the
place of a word is then compared: another count, another unit of time, an opposite made by a
prefix, another species or sex, another name, two words that changed places, a percent sign
or the end of a range that was lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import pairwise

from medrag.clinical.lexicon import load
from medrag.grounding.axes import (
    AGAINST,
    AXES,
    COMPARISONS,
    DENIERS,
    EXCEPTS,
    STOPS,
    height_of,
    without_prefix,
)
from medrag.grounding.beings import are_others
from medrag.grounding.digits import (
    COUNTS,
    TENS,
    Change,
    ChangeKind,
    Token,
    lost_ends,
    other_digits,
    value_of,
)
from medrag.grounding.substitutes import senses
from medrag.grounding.tokens import american, key

_TOKEN = re.compile(rf"(?:{'|'.join(TENS)})-[a-z]+|" r"\d+(?:[.,]\d+)*|[^\W\d_]+|[%‰]|[^\w\s]")
_SENTENCE = re.compile(r"\.(?<=[\w)\]%]\.)(?=\s+[A-Z(])|\n")
_CLAUSE = re.compile(_SENTENCE.pattern + r"|;(?=\s)")
_CITATION = re.compile(r"[\[(][\d,; –-]+[\])]")
_NEEDED = re.compile(r"\bcan ?not be avoided\b|\bis unavoidable\b", re.IGNORECASE)
_KEPT = 0.6
_REPEATED = 0.75
_NEARLY_ALL = 0.85
_FEW = 4
_NAME = 5
_BOUNDING = frozenset({"more", "less", "longer", "later", "greater", "fewer", "earlier", "sooner",
                       "higher", "lower", "exceed", "exceeding", "over", "above", "below",
                       "only", ">", "<"})  # fmt: skip
_ORGANS = ("renal", "hepatic", "cardiac", "pulmonary", "gastric", "cerebral", "ocular", "thyroid",
           "adrenal", "pancreatic", "biliary")  # fmt: skip
_MOST_TOKENS = 160
_TIMES = {
    "day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month",
    "months": "month", "year": "year", "years": "year", "hour": "hour", "hours": "hour",
    "minute": "minute", "minutes": "minute", "daily": "day", "weekly": "week",
    "monthly": "month", "yearly": "year", "hourly": "hour",
}  # fmt: skip
_NEGATING = ("un", "in", "im", "ir", "il", "non", "dis", "a", "anti", "contra")
_PARTS = frozenset({"quarters", "quarter", "thirds", "half", "halves", "halved", "fold"})


def changed_words(
    claim: str, sources: Sequence[str], drugs: frozenset[str] = frozenset()
) -> Iterator[Change]:
    """Yield what `claim` changed of the source sentence that it nearly repeats, in order.

    `drugs` are the claim's drugs, in lower case; one in another word's place is a change.
    """
    cut = _SENTENCE if ";" in claim else _CLAUSE
    beside = [s for source in sources for s in _sentences(source, cut)]
    held = frozenset(word.lower() for source in sources for word, _, _ in _tokens(source))
    told = frozenset(pair for one in beside for pair in _pairs(one))
    for words in _sentences(claim, _SENTENCE):
        best = max(beside, key=lambda other: _shared(words, other), default=None)
        if best and len(words) >= 4:
            yield from _compare(words, best, held, told)
            yield from _other_drug(words, best, drugs - held)


@lru_cache(maxsize=64)
def _tokens(text: str) -> list[Token]:
    plain = _CITATION.sub(lambda m: " " * len(m[0]) if "[" in m[0] else m[0], text)
    plain = _NEEDED.sub(lambda m: "needed".ljust(len(m[0])), plain)
    return [(match.group(), *match.span()) for match in _TOKEN.finditer(plain)]


def _sentences(text: str, cut: re.Pattern[str]) -> list[list[Token]]:
    found: list[list[Token]] = [[]]
    ends = [match.start() for match in cut.finditer(text)]
    for token in _tokens(text):
        if ends and token[1] >= ends[0]:
            ends.pop(0)
            found.append([])
        found[-1].append(token)
    return [one[:_MOST_TOKENS] for one in found if one]


def _shared(words: Sequence[Token], other: Sequence[Token]) -> int:
    return len({word.lower() for word, _, _ in words} & {word.lower() for word, _, _ in other})


def _compare(
    claim: Sequence[Token],
    source: Sequence[Token],
    held: frozenset[str],
    told: frozenset[tuple[str, str]],
) -> Iterator[Change]:
    left, right = (
        [value_of(word) for word, _, _ in claim],
        [value_of(word) for word, _, _ in source],
    )
    codes = SequenceMatcher(None, right, left, autojunk=False).get_opcodes()
    kept = sum(j2 - j1 for tag, _, _, j1, j2 in codes if tag == "equal")
    if kept < _KEPT * len(left):
        return
    pairs: list[tuple[Token, str]] = []
    digits: list[tuple[Token, str]] = []
    for tag, i1, i2, j1, j2 in codes:
        if tag == "replace":
            pairs += _replaced(claim[j1:j2], source[i1:i2])
            digits += _replaced(claim[j1:j2], source[i1:i2]) if j2 - j1 == 1 else []
            both = held & {word.lower() for word, _, _ in claim}
            yield from _turned(claim[j1:j2], source[i1:i2], held, both)
            known = frozenset[str]() if kept >= _NEARLY_ALL * len(left) else held
            yield from _other_pole(claim[j1:j2], source[i1:i2], known)
        elif tag == "delete" and 0 < j1 < len(claim):
            yield from lost_ends(claim, j1, source, slice(i1, i2))
    yield from _swapped(pairs)
    if kept >= _REPEATED * len(left):
        yield from _denied(claim, source, codes, told)
        if kept >= _NEARLY_ALL * len(left):
            yield from other_digits(digits)


def _pairs(words: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Yield each word with the one behind it, in lower case."""
    for one, two in pairwise(words):
        yield one[0].lower(), two[0].lower()


def _denied(
    claim: Sequence[Token],
    source: Sequence[Token],
    codes: Sequence[tuple[str, int, int, int, int]],
    told: frozenset[tuple[str, str]],
) -> Iterator[Change]:
    """Yield where a denial was put in or taken out of a sentence that is else repeated.

    One that a quotation tells of the same word is told, not put in.
    """
    gained: list[Token] = []
    lost: list[Token] = []
    for tag, i1, i2, j1, j2 in codes:
        if tag == "equal":
            continue
        gained += [
            claim[j] for j in range(j1, j2)
            if _denies(claim, j) and not set(_pairs(claim[j : j + 2])) & told
        ]  # fmt: skip
        worded = any(claim[j][0].isalnum() for j in range(j1, j2))
        if i2 - i1 <= _FEW or (worded and i2 - i1 <= 2 * _FEW):
            lost += [source[i] for i in range(i1, i2) if _denies(source, i)]
    in_all = sum(_denies(claim, j) for j in range(len(claim)))
    in_source = sum(_denies(source, i) for i in range(len(source)))
    if in_all == in_source:
        return
    if len(gained) > len(lost):
        yield Change("negation", gained[0][1], gained[0][2], source[0][0])
    elif len(lost) > len(gained):
        place = next(j for tag, i1, i2, j, _ in codes if tag != "equal" and any(
            source[i] is lost[0] for i in range(i1, i2)))  # fmt: skip
        token = claim[min(place, len(claim) - 1)]
        yield Change("negation", token[1], token[2], lost[0][0])


_GIVEN = frozenset({"give", "take", "use", "be", "given", "taken", "used", "administer",
                    "administered", "for", "apply", "applied"})  # fmt: skip
_CAPPING = frozenset({("more", "than"), ("longer", "than"), ("less", "than"), ("fewer", "than")})
_TURNING_PAIRS = frozenset(
    (verb, particle)
    for particle, verbs in {
        "out": ("rule", "rules", "ruled", "leave", "left"), "off": ("come", "comes", "switched"),
        "away": ("taken", "thrown"),
    }.items()
    for verb in verbs
)  # fmt: skip
"""Verbs that turn a statement with the word behind them: "rules out"."""
_TURNING = DENIERS | AGAINST | STOPS | EXCEPTS


def _denies(words: Sequence[Token], at: int) -> bool:
    """Return whether a word denies; "not more than" and "not exceed" bound a number."""
    word = words[at][0].lower()
    if word in {"not", "no", "never"} and at + 1 < len(words):
        after = [token[0].lower() for token in words[at + 1 : at + 3]]
        later = [token[0].lower() for token in words[at + 1 : at + 6]]
        given = [one for one in later if one not in _GIVEN]
        changed = [token[0].lower() for token in words[at + 1 : at + 9]]
        by = changed.index("by") + 1 if "by" in changed else len(changed)
        if tuple(given[:2]) in _CAPPING or tuple(changed[by : by + 2]) in _CAPPING:
            return False  # "do not give more than 3", "not raise it by more than 3": a bound
        return after[0] not in _BOUNDING and after[:2] not in (["to", "exceed"], ["to", "be"])
    pair = (word, words[at + 1][0].lower() if at + 1 < len(words) else "")
    return word in _TURNING or pair in _TURNING_PAIRS or bool(without_prefix(word))


def _other_pole(
    claim: Sequence[Token], source: Sequence[Token], held: frozenset[str]
) -> Iterator[Change]:
    """Yield a word whose opposite, or another of its class, stands in its place."""
    if len(claim) > _FEW or len(source) > _FEW:
        return
    mine, theirs = _stands(claim), _stands(source)
    for axis, (token, pole) in mine.items():
        if axis in theirs and theirs[axis][1] != pole:
            yield Change("direction", token[1], token[2], theirs[axis][0][0])
    if len(claim) == len(source) == 1:
        (word, start, end), other = claim[0], source[0][0]
        if word.lower() not in held and _are_rivals(word.lower(), other.lower()):
            yield Change("direction", start, end, other)


def _stands(words: Sequence[Token]) -> dict[str, tuple[Token, str]]:
    found: dict[str, tuple[Token, str]] = {}
    for token in words:
        word = token[0].lower()
        pole = COMPARISONS.get(word) or AXES.get(word) or AXES.get(key(word))
        if pole is not None:
            found[pole[0]] = token, pole[1]
        height = height_of(word)
        if height is not None:
            found[height[0]] = token, height[1]
    return found


_ENDINGS = re.compile(
    r"(?:emias?|aemias?|penia|itis|osis|oses|pathy|pathies|algia|tension|cardia|uria|rrhea|plegia"
    r"|cytosis|philia|megaly|oma|omas|ectomy|oscopy|plasty)\Z"
)


def _are_rivals(one: str, other: str) -> bool:
    """Return whether two words name different things of one clinical class."""
    if key(american(one)) == key(american(other)):
        return False
    terms = _terms()
    if one in terms and other in terms:
        return terms[one][0] == terms[other][0] and terms[one] != terms[other]
    return bool(_ENDINGS.search(one) and _ENDINGS.search(other))


@lru_cache(maxsize=1)
def _terms() -> dict[str, tuple[str, str]]:
    """Return word -> (class, what it names) for analytes, conditions and organs of one word."""
    lexicon = load()
    found = {organ: ("organ", organ) for organ in _ORGANS}
    for table, entries in (("analyte", lexicon.analytes), ("condition", lexicon.conditions)):
        for name, entry in entries.items():
            for written in (name, *entry.names):
                found.setdefault(written.lower(), (table, name))
    return found


def _other_drug(
    claim: Sequence[Token], source: Sequence[Token], drugs: frozenset[str]
) -> Iterator[Change]:
    """Yield a drug that stands where the source has another name."""
    if not drugs:
        return
    left, right = [word.lower() for word, _, _ in claim], [word.lower() for word, _, _ in source]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, right, left, autojunk=False).get_opcodes():
        alone = tag == "replace" and j2 - j1 == 1 and i2 - i1 == 1 and left[j1] in drugs
        branded = alone and source[i1][0].isupper()  # a brand that no table knows
        if alone and not branded and len(right[i1]) >= _NAME and right[i1].isalpha():
            yield Change("drug", claim[j1][1], claim[j1][2], source[i1][0])


def _replaced(claim: Sequence[Token], source: Sequence[Token]) -> list[tuple[Token, str]]:
    if len(claim) != len(source) or len(claim) > 2:
        return []
    return [(one, other[0]) for one, other in zip(claim, source, strict=True)]


def _turned(
    claim: Sequence[Token],
    source: Sequence[Token],
    held: frozenset[str],
    both: frozenset[str],
) -> Iterator[Change]:
    """Yield the words of a replaced stretch that say another thing of the same sort."""
    times = _classes(claim, _TIMES) != _classes(source, _TIMES)
    counts = _numbers(claim) != _numbers(source)
    if any(word.lower() in _PARTS for word, _, _ in (*claim, *source)):
        return
    ends = [*zip(claim, source, strict=False), (claim[-1], source[-1])]
    for token, (other, _, _) in ends:
        kind = _sort(token[0], other, conversion=times and counts)
        if kind == "population" and {token[0].lower(), other.lower()} <= both:
            continue  # both are told of on either side, in their own order
        if kind and not (kind == "negation" and _denial_for_prefix(claim, source)):
            yield Change(kind, token[1], token[2], other)
    yield from _other_name(claim, source, held)


def _denial_for_prefix(claim: Sequence[Token], source: Sequence[Token]) -> bool:
    """Return whether one of two stretches denies what a prefix denies in the other.

    "not certain" is "uncertain".
    """
    one, two = ({word.lower() for word, _, _ in words} & _NOT for words in (claim, source))
    return bool(one) != bool(two)


_NOT = frozenset({"not", "never", "n't"})


def _classes(tokens: Sequence[Token], table: dict[str, str]) -> set[str]:
    return {table[word.lower()] for word, _, _ in tokens if word.lower() in table}


def _numbers(tokens: Sequence[Token]) -> list[str]:
    return [value_of(word) for word, _, _ in tokens if value_of(word)[0].isdigit()]


def _sort(word: str, other: str, *, conversion: bool) -> ChangeKind | None:
    one, two = word.lower(), other.lower()
    if one == two:
        return None
    if one in COUNTS and two in COUNTS and COUNTS[one] != COUNTS[two] and not conversion:
        return "number"
    if (one in COUNTS and two.isdigit()) or (two in COUNTS and one.isdigit()):
        alike = value_of(one).rstrip("stndrh") == value_of(two).rstrip("stndrh")
        return None if conversion or alike else "number"  # "every third day": every 3 days
    if one in _TIMES and two in _TIMES and _TIMES[one] != _TIMES[two] and not conversion:
        return "number"
    if {one, two} <= {"%", "‰"}:
        return "number"
    return _sort_of_words(one, two)


def _sort_of_words(one: str, two: str) -> ChangeKind | None:
    if are_others(one, two):
        return "population"
    if is_prefixed_opposite(one, two):
        return "negation"
    return None


def is_prefixed_opposite(one: str, other: str) -> bool:
    """Return whether two words differ by a negating prefix alone (`stable`, `unstable`)."""
    short, long = sorted((one, other), key=len)
    if len(short) < 4 or not long.endswith(short):
        return False
    return long[: -len(short)] in _NEGATING[:6] or long[: -len(short)] == "dis"


def _other_name(
    claim: Sequence[Token], source: Sequence[Token], held: frozenset[str]
) -> Iterator[Change]:
    if len(claim) != 1 or len(source) != 1:
        return
    (word, start, end), other = claim[0], source[0][0]
    named = word[:1].isupper() and word[1:].islower() and start > 0
    if senses(word.lower()) & senses(other.lower()):
        return  # "Check" of "Monitor", behind a heading
    if named and other[:1].isupper() and other[1:].islower() and word.lower() not in held:
        yield Change("name", start, end, other)


def _swapped(pairs: Sequence[tuple[Token, str]]) -> Iterator[Change]:
    """Yield the first of two words that changed places, alone.

    Where two pairs did ("5 with A and 2 with B", "2 with B and 5 with A") nothing was turned.
    """
    said = {(token[0].lower(), other.lower()) for token, other in pairs}
    swaps = [
        (token, other)
        for token, other in pairs
        if token[0].lower() != other.lower() and (other.lower(), token[0].lower()) in said
    ]
    if len(swaps) == 2 or (swaps and len({frozenset((t[0].lower(), o)) for t, o in swaps}) == 1):
        token, other = swaps[0]
        if len(token[0]) > 3 and len(other) > 3:
            yield Change("direction", token[1], token[2], other)
