"""For whom and when a statement holds: what a claim opens that its quotations bound.

"With or without stridor" beside "in children with stridor", "follow-up is not needed" beside "if
follow-up is ensured", "without exception" beside "unless contraindicated": the claim opens the very
condition or exception that its quotation sets. A condition that is only left out opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from medrag.grounding.tokens import Token, content, place_of, tokens
from medrag.text.prefilter import prefiltered


class Opening(NamedTuple):
    """Words of a claim that lift a limit of its quotations; see `grounding.Ungrounded`."""

    start: int
    end: int
    message: str
    expected: str


class Limit(NamedTuple):
    """A phrase that bounds a statement.

    Attributes:
        kind: `exception` (unless), `condition` (if, once, only) or `company` (with, in, who).
        keys: What it is about.
        words: As written.
        graded: Whether it sets a level or a number.
    """

    kind: str
    keys: frozenset[str]
    words: str
    graded: bool


_OPENS = prefiltered(
    r"\b(?:(?P<either>with or without|(?:in|for|among) (?:those|patients|people) with and without"
    r"|whether or not|regardless(?: of)?|irrespective of"
    r"|independent(?:ly)? of|no matter(?: (?:what|how|whether|which|if))?|whatever"
    r"|whichever(?! (?:[a-z]+ )?(?:is|are|was|has|had|needs?|hurts?|requires?)\b)"
    r"|(?<=, )however(?= [a-z]+ (?:the|an?|it|they|this|that)\b))"
    r"|(?P<any>(?:at|of|in|for|with|to|after|on|by) any(?! (?:\d|one\b|single\b|given\b)))"
    r"|(?P<even>also (?:when|if|after|for|in)|even (?:if|when|in|with|those|for|after|without"
    r"|within|during|though|patients"
    r"|people|women|men|children|adults|on|at|where)|despite|in spite of"
    r"|including (?:those|patients|people|women|men|children|adults|when|if|in))"
    r"|(?P<needless>no need (?:to|for)|needs? not|(?:do(?:es)?|did)(?: not|n't) (?:first )?"
    r"(?:need|have|require)(?: to(?: be)?)?|without (?:first|needing|waiting|having to|requiring"
    r"|(?:the )?need))"
    r"|(?P<all>(?:without|with no|no) (?:exceptions?|restrictions?|limits?)|unconditionally"
    r"|whatsoever"
    r"|(?:used|given|taken|prescribed|offered) freely"
    r"|under (?:any|all) circumstances"
    r"|(?:in|for|to) every(?:one|body)(?! (?:with|without|who|whose|aged|except|unless))"
    r"|in (?:all|every) (?:patients?|cases?|women|men|adults"
    r"|children)|for (?:all|every) (?:patients?|adults?|wom[ae]n|m[ae]n|child(?:ren)?)))\b"
    r"|\b(?P<behind>(?:are |is )?(?:included|not (?:excepted|excluded)|no exception"
    r"|notwithstanding)|(?P<joined>among them|as well|(?<=, )too))(?=[.,;]|\Z)",
    re.IGNORECASE,
)
_LIMITS = re.compile(
    r"\b(?:(?P<exception>unless|except(?:ing)?(?: for)?|with the exceptions? of|excluding"
    r"|other than|save(?= (?:for|in|those|when))|apart from|aside from|but not)"
    r"|(?P<condition>if|when|once|only|provided|as long as|so long as|until|within|on condition"
    r"|reserved? for|restricted to)"
    r"|(?P<company>with|in|at(?! (?:least|most)\b)|on|who|whose|after|for"
    r"|during))\b", re.IGNORECASE,
)  # fmt: skip
_STATED = re.compile(
    r"\b(?:regardless|irrespective|independent(?:ly)? of|no matter|whether or not|whether"
    r"|even|with(?:out)? (?:[\w-]+ ){0,4}?or with(?:out)?|all|every|any|despite|in spite"
    r"|including)\b", re.IGNORECASE,
)  # fmt: skip
_GRADES = frozenset({
    "high", "low", "higher", "lower", "severe", "moderate", "mild", "strong", "weak", "elevated",
    "increased", "reduced", "normal", "abnormal", "active", "persistent", "at", "least", "above",
    "below", "greater", "less", "over", "under", "exceeds",
})  # fmt: skip
_MOST = 100
"""Openings and limits of either side that are compared."""
_REACH = 9
"""Words behind a marker that say what it opens or bounds."""


def openings(claim: str, sources: Sequence[str]) -> Iterator[Opening]:
    """Yield what `claim` says to hold without a limit that `sources` set."""
    opens = list(islice(_OPENS.finditer(claim), _MOST))
    if not opens:
        return
    limits = [one for source in sources for one in limits_of(source)][:_MOST]
    stated = [one for source in sources for one in _stated(source)][:_MOST]
    for match in opens:
        kind = match.lastgroup or ""
        about = _about(claim, match, before=kind in {"behind", "joined"})
        limit = next((one for one in limits if _bounds(one, kind, about)), None)
        excepted = limit is not None and limit.kind == "exception"
        if not excepted and any(about & one or not (about and one) for one in stated):
            continue
        if limit:
            message = f"The claim says {match[0]!r}; its quotation bounds that: {limit.words!r}."
            yield Opening(match.start(), match.end(), message, limit.words)


def closings(claim: str, sources: Sequence[str]) -> Iterator[Opening]:
    """Yield the conditions that `claim` sets where `sources` say that there is none."""
    opens = [m for source in sources for m in _OPENS.finditer(source) if m.lastgroup == "either"]
    if not opens:
        return
    about = frozenset[str]().union(*(_about(m.string, m, before=False) for m in opens))
    if not about or _OPENS.search(claim) or _STATED.search(claim):
        return
    for limit in limits_of(claim):
        strict = limit.kind in _FIRM or limit.words.lower().startswith(("who", "whose"))
        if strict and about & limit.keys and 3 * len(about & limit.keys) >= len(limit.keys):
            start = claim.find(limit.words)
            message = f"The claim sets a condition; its quotation says {opens[0][0]!r}."
            yield Opening(start, start + len(limit.words), message, opens[0][0])


_ALL = re.compile(r"\b(?:both|each|every|all)(?: of)?(?: the| these)? (?P<noun>[a-z]+)", re.I)
_ONE = re.compile(r"\b(?:only one|a single|one)(?: of the)? (?P<noun>[a-z]{3,})", re.IGNORECASE)


def _singular(noun: str) -> str:
    return noun.lower().removesuffix("s")


def counted_one(claim: str, sources: Sequence[str]) -> Iterator[Opening]:
    """Yield "one arm" where the quotations say "both arms" and the claim nowhere does."""
    every = {_singular(m["noun"]): m[0] for source in sources for m in _ALL.finditer(source)}
    own = {_singular(m["noun"]) for m in _ALL.finditer(claim)}
    single = {_singular(m["noun"]) for source in sources for m in _ONE.finditer(source)}
    for match in _ONE.finditer(claim) if every else ():
        noun = _singular(match["noun"])
        if noun in every.keys() - own - single:
            message = f"The claim says {match[0]!r} where its quotation says {every[noun]!r}."
            yield Opening(match.start(), match.end(), message, every[noun])


_FIRM = frozenset({"exception", "condition"})


def _bounds(limit: Limit, kind: str, about: frozenset[str]) -> bool:
    """Return whether a limit is of what the claim opens."""
    if kind == "all":
        return limit.kind in _FIRM or limit.words.lower().startswith("whose")
    shared = about & limit.keys
    if 3 * len(shared) < len(about) or not shared:
        return False
    if kind == "joined":
        return limit.kind == "exception"
    if kind == "any":
        return limit.graded
    return kind == "either" or limit.kind in _FIRM


def _about(text: str, match: re.Match[str], *, before: bool) -> frozenset[str]:
    """Return the keys of what a marker opens: the words behind it, or before "are included"."""
    if not before:
        return content(_behind(text, match.end()))
    words = tokens(text)
    first = place_of(words, match.start())
    left = words[max(0, first - _REACH) : first]
    cut = max((place for place, t in enumerate(left) if t.breaks), default=0)
    return content(left[cut:])


def _behind(text: str, start: int, end: int | None = None, joined: str = "or") -> Sequence[Token]:
    """Return the words from `start` to `end` or to the next break, whichever is sooner."""
    runs_on = {"than", "or", joined}
    words = tokens(text)
    first = place_of(words, start)
    found = words[first : first + _REACH]
    for place, token in enumerate(found):
        parted = place and token.breaks and found[place - 1].word not in runs_on
        parted = parted or token.word in _GOVERNING
        if parted or (end is not None and token.start >= end):
            return found[:place]
    return found


_GOVERNING = frozenset({"should", "must", "may", "can", "might", "could", "will", "shall"})
"""Verbs with which the main statement begins."""


@lru_cache(maxsize=512)
def limits_of(text: str) -> tuple[Limit, ...]:
    """Return the phrases that bound what `text` states, in order."""
    marks = list(_LIMITS.finditer(text))
    found = []
    for at, match in enumerate(marks):
        kind = match.lastgroup or ""
        parted = kind not in _FIRM and at + 1 < len(marks)
        phrase = _behind(text, match.end(), marks[at + 1].start() if parted else None, "and")
        if phrase:
            graded = any(t.key[0].isdigit() or t.word in _GRADES for t in phrase)
            whole = text[match.start() : phrase[-1].end]
            found.append(Limit(kind, content(phrase), whole, graded))
    return tuple(found)


def _stated(source: str) -> Iterator[frozenset[str]]:
    """Yield what a quotation itself says to hold without a limit."""
    for match in _STATED.finditer(source):
        yield content(_behind(source, match.end()))
