"""How strongly a statement advises: may, should, must, not, or that nobody knows.

A claim that makes an option a duty, a duty an option, or a finding of too little evidence an advice
says another thing with the same words. Each statement is read as the range of grades its words may
mean, so that "should", "is recommended" and "is to be" agree with one another and with "needs".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from medrag.grounding.stems import stem, stems
from medrag.grounding.tokens import Token, clauses, is_light, tokens, within, words
from medrag.text.prefilter import prefiltered


class Grade(NamedTuple):
    """How strongly one clause advises.

    Attributes:
        low, high: The weakest and the strongest it may mean: -2 not, 0 unknown, 1 may, 2 should,
            3 must.
        narrowed: How it is narrowed: `only`, `unless` or "".
        start, end: The words that say so.
        words: Beginnings of the keys of what the clause is about.
        text: The words that say so, as written.
        act: The stem of the verb that they advise or advise against; "" where it is a light one.
    """

    low: int
    high: int
    narrowed: str
    start: int
    end: int
    words: frozenset[str]
    text: str
    act: str


class Other(NamedTuple):
    """A grade of the claim that its quotations do not have; see `grounding.Ungrounded`."""

    start: int
    end: int
    message: str
    expected: str


_AGAINST, _RELATIVE, _UNKNOWN, _OPTION, _ADVICE, _DUTY = -2, -1, 0, 1, 2, 3
_VERBS = (
    r"(?:be|(?:also |then )?(?:use|take|receive|get|give|begin|start|continue|offer|try"
    r"|consider|call for"
    r"|choose|add|switch|stop|help|benefit|have|undergo))\b(?! (?:associated|due|related|caused"
    r"|increased|decreased|reduced|raised|doubled|titrated|repeated|higher|lower|more|less"
    r"|severe|fatal|present|seen|pregnant))"
)
_WORDS = {
    (_UNKNOWN, _UNKNOWN): r"(?:evidence|data)(?: is| are| was| were)?(?: \w+)? insufficient"
    r"|insufficient (?:evidence|data)|(?:too little|not enough|limited) evidence"
    r"|(?:no|cannot make a) recommendation|neither for nor against|no opinion"
    r"|balance of benefits and harms cannot be determined"
    r"|cannot be (?:judged|assessed|determined|told|known)",
    (_OPTION, _ADVICE): r"(?:not|never) (?:a )?contraindicat\w+|no contraindication"
    r"|(?:not|n't|never) (?:preclude|rule out|forbid|prohibit|exclude|bar|prevent)s?"
    r"|(?:not|n't) (?:be )?(?:precluded|ruled out|forbidden|prohibited|barred)"
    r"|need not (?:be )?(?:avoid(?:ed)?|stop(?:ped)?|withheld)",
    (_RELATIVE, _RELATIVE): r"(?:relative(?:ly)?|not absolute(?:ly)?) contraindicat\w+",
    (_AGAINST, _OPTION): r"not (?:be )?(?:required|needed|mandatory|obligatory|compulsory"
    r"|essential)",
    (_AGAINST, _AGAINST): r"(?:is|are) (?:an? )?contraindications?"
    r"|absolute(?:ly)? contraindicat\w+|(?:is|are"
    r"|be) not (?:\w+ly )?(?:recommended|advised|indicated"
    r"|appropriate|acceptable|suitable|reasonable|an option|warranted)"
    r"|(?:should|must|ought to|to|are|is) (?:be (?:excluded|barred|exempt(?:ed)?|kept away) from"
    r"|go without)"
    r"|(?:nobody|no one|none)(?: (?:with|in|on|of|under|over|below|above|younger|older|aged|who) "
    r"[^,;.]{1,60}?)?\s+(?:should|must|may|can)"
    r"|(?:should|must|may|can|ought)(?: not|n't)|cannot be|contraindicated|avoid(?:ed)?"
    r"|(?:recommend|advise|suggest)(?:s|d|ed)? (?:against|no|not|avoid\w*)|do not|never|ruled out"
    r"|out of the question"
    r"|(?:steer(?:ed)?|stay|keep|kept) (?:well )?(?:clear of|away from)|shunned|left alone"
    r"|preclude[sd]?|forbidden|prohibited|inappropriate|off limits|not (?:be )?(?:used|given"
    r"|taken)",
    (_OPTION, _DUTY): r"(?:may|might|could|can) (?:have to|need to|be (?:necessary|needed"
        r"|required))",
    (_OPTION, _OPTION): r"(?:may|might|could|can"
    rf"(?! be (?:managed|treated|prevented|controlled|relieved|cured))) {_VERBS}"
    r"|may or may not|optional(?:ly)?"
    r"|(?:is|are|as) (?:an|one) (?:\w+ )?(?:option|possibility|alternative)"
    r"|(?:is|are) (?:an )?(?:options?|alternatives?)|alternatives?(?=[^.:;]{0,40}:)"
    r"|(?:may|can|might|could|to|should) (?:be considered|consider)|(?:may|can|might|could) be"
    r" thought of|(?:is|are) considered for"
    r"|consider(?=\s[a-z])"
    r"|left to (?:the )?(?:discretion|choice|preference|judg\w+)|at (?:the |(?:the "
    r"|a )?[\w]+'s )?discretion|up to the (?:patient|doctor|clinician"
    r"|physician|prescriber|judg\w+|team)"
    r"|if desired|allowed|permitted|permissible|possible|worth considering|weakly recommend\w*",
    (_OPTION, _ADVICE, 1): r"ideally|preferably|(?:where|if|when) (?:possible|feasible)"
        r"|compatible|desirable|reasonable|appropriate|suitable|acceptable"
        r"|conditionally recommend\w*"
    r"|suggest(?:s|ed)?|favou?rs?|preferred|prefer",
    (_ADVICE, _DUTY): r"should|ought to|advises?|advised|advisable|needs?"
    r"|recommend(?:s|ed)?(?! (?:[\w-]+ ){0,3}(?:dos|rate\b|range\b))"
    r"|(?:is|are) to be|supposed to|warranted|first choice",
    (_DUTY, _DUTY): r"must|obliged to|demands?|calls for|(?:is|are) bound to|essential"
    r"|mandatory|imperative|compulsory|obligatory|vital|crucial"
    r"|indispensable|(?:has|have|had) to|required|strong(?:ly)? recommend\w*|always|a must"
    r"|necessary|absolutely needed|non-negotiable",
}  # fmt: skip
_RANGES = tuple(_WORDS)
_GRADED = prefiltered(
    r"\b(?:" + "|".join(f"(?P<g{at}>{words})" for at, words in enumerate(_WORDS.values())) + r")\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:not|no|cannot|neither|nor|(?<!or )without|unlikely|unnecessary|unable|rather than"
    r"|instead of|other than"
    r"|construed|imply|interpreted)\b|n't\b", re.IGNORECASE,
)  # fmt: skip
"""What denies in ways that no grade tells."""
_WHEN = re.compile(r"\b(?:when|if|whose|who|because|where|while)\b[^,;.]*", re.IGNORECASE)
"""Clauses that say of whom and when: what they deny is no part of the advice."""
_WHOSE = re.compile(
    r"\b(?:who|that|which)(?: (?:is|are|was|were|has|have|had|does|do|did|takes?|gets?)"
    r"(?:n['\u2019]t)?\b|['\u2019]s\b)(?:(?!\b(?:that|which)\b)[^,;.]){0,60}?"
    r"(?=\b(?:should|must|ought to|needs? to|(?:is|are) to be)\b)"
    r"|(?:(?<=patients )|(?<=people )|(?<=those )|(?<=adults )|(?<=women )|(?<=children )"
    r"|(?<=older ))without\b[^,;.]{0,60}?(?=\b(?:should|must|may|can)\b)", re.IGNORECASE,
)  # fmt: skip
"""What tells patients apart before the verb of the advice: "a woman who isn't pregnant should"."""
_BOUNDED = re.compile(
    r"\b(?:up to|as long as|at most|maximum|exceed\w*|(?:more|longer|higher|less|lower) than|above"
    r"|below|over|under|within|alone|together|at once"
    r"|(?!strong|absolute|strict|general|usual|normal|typical|routine|on|sole|exclusive)[a-z]+ly)"
    r"\b|[<>≤≥]", re.IGNORECASE,
)  # fmt: skip
"""What an advice against may be against, so that it advises for the rest."""
_MEASURED = re.compile(
    r"\b(?:up to|as long as|as tolerated|at most|if tolerated"
    r"|(?:stay|keep|kept|remain|limited?)(?: \w+){0,2} (?:within|to|under|below))\b",
    re.IGNORECASE,
)
_NARROWED = re.compile(
    r"\b(?:(?P<only>only|solely|exclusively|just)|(?P<unless>unless|except\w*|until|excluding))\b",
    re.IGNORECASE,
)
_SUBORDINATE = re.compile(
    r"\b(?:if|when|who|whose|whom|which|that|because|since|(?<=, )as|whether|where|while"
    r"|although|(?:after|before|once)(?! \w+ing\b))\b[^,;.]*\Z", re.IGNORECASE,
)  # fmt: skip
_LEAST = 0.4
"""Share of a clause's words from which on another one advises about the same."""


def other_grades(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield where the claim advises more or less strongly than every quotation of the same."""
    said = grades(claim)
    told = [one for source in sources for one in grades(source)][:_MOST] if said else []
    for one in said[:_MOST]:
        shares = [(len(o.words & one.words), o) for o in told]
        best = max((share for share, _ in shares), default=0)
        if best < max(2, _LEAST * len(one.words)):
            continue
        rivals = [o for share, o in shares if 3 * share >= best]
        numbers = {word for word in one.words if word[0].isdigit()}
        near = (o for share, o in shares if 4 * share >= 3 * best and numbers <= o.words)
        rivals = list(near if numbers else ()) or rivals
        if all(_are_apart(one, o) for o in rivals):
            message = f"The claim says {one.text!r} where its quotation says {rivals[0].text!r}."
            yield Other(one.start, one.end, message, rivals[0].text)


_CLASS = re.compile(r"\b[Cc]lass (?P<grade>III|II[ab]|I)\b(?! (?:heart|HF|antiarr|drug|NYHA))")


def other_classes(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield "Class I" where the quotations grade their advice otherwise (ACC/AHA, ESC)."""
    told = [m for source in sources for m in _CLASS.finditer(source)]
    for match in _CLASS.finditer(claim) if told else ():
        if match["grade"] not in {m["grade"] for m in told}:
            message = f"The claim says {match[0]!r} where its quotation says {told[0][0]!r}."
            yield Other(*match.span(), message, told[0][0])


def _are_apart(one: Grade, other: Grade) -> bool:
    """Return whether two grades share no reading; what is narrowed otherwise is not compared.

    Nor is a duty to do one thing with a ban of another: "swallow whole" of "do not chew".
    """
    unlike = one.act and other.act and one.act not in other.words
    if unlike and one.low >= _ADVICE and other.high <= _AGAINST:
        return False
    return one.narrowed == other.narrowed and (one.low > other.high or one.high < other.low)


_LEAVING = frozenset({"avoid", "skip", "skipped", "omit", "omitted", "discard", "refrain"})
"""What is advised against by whatever advises it."""
_DEFERRED = frozenset({"postponed", "postpone", "deferred", "defer"})
_MOST = 200
"""Clauses of either side that are compared."""
_REACH = 120
"""Characters in which "if" or "because" makes what follows an aside."""


@lru_cache(maxsize=512)
def grades(text: str) -> tuple[Grade, ...]:
    """Return how strongly each clause of `text` advises, where it does so plainly, in order."""
    found = []
    for start, end in clauses(text):
        stated = _WHOSE.sub(lambda m: " " * len(m[0]), text[start:end])
        graded = [m for m in _GRADED.finditer(stated) if not _is_aside(stated, m)]
        if not graded or _DENIED.search(_WHEN.sub("", _without(stated, graded))):
            continue
        low, high = min(_range(m)[0] for m in graded), max(_range(m)[1] for m in graded)
        if any(t.word in _LEAVING for t in within(tokens(text), start, end)):
            low = _AGAINST  # "should be left out"
        if low >= _ADVICE and any(t.word in _DEFERRED for t in within(tokens(text), start, end)):
            low = _AGAINST  # "has to be put off"
        if low > 0 and _MEASURED.search(stated):
            low = _OPTION  # "should be applied for up to 4 weeks": for fewer, too
        if low == _AGAINST and _BOUNDED.search(stated):
            continue
        narrowed = _NARROWED.search(stated)
        place = start + graded[0].start(), start + graded[0].end()
        stretch = within(tokens(text), start, end)
        numbers = {token.key for token in stretch if token.key[0].isdigit()}
        about = stems(stretch) | numbers
        kind = (narrowed.lastgroup or "") if narrowed else ""
        if kind == "only" and low > 0:
            high = _DUTY  # "only X may be used" is a must
        act = _act(within(stretch, place[1], end))
        found.append(Grade(low, high, kind, *place, about, graded[0][0], act))
    return tuple(found)


def _act(behind: Sequence[Token]) -> str:
    """Return the stem of the verb behind a word of advice; "" where it is none, or a light one."""
    for token in behind[:_NEAR]:
        if token.breaks or not (token.word in _PASSING or token.word.endswith("ly")):
            return "" if token.breaks or is_light(token) else stem(token.key, token.word)
    return ""


_NEAR = 5
_PASSING = words("be been being to not also always first then first have has had")
"""What may stand between a word of advice and its verb."""


def _without(text: str, matches: Sequence[re.Match[str]]) -> str:
    """Return `text` without what the matches hold."""
    at, left = 0, []
    for match in matches:
        left.append(text[at : match.start()])
        at = match.end()
    return " ".join((*left, text[at:]))


def _is_aside(text: str, match: re.Match[str]) -> bool:
    """Return whether a word of advice stands in a clause that only says when or why."""
    found = _range(match)[0] != _UNKNOWN
    return (
        found
        and _SUBORDINATE.search(text[max(0, match.start() - _REACH) : match.start()]) is not None
    )


def _range(match: re.Match[str]) -> tuple[int, int]:
    low, high, *_ = _RANGES[int((match.lastgroup or "g0")[1:])]
    return low, high
