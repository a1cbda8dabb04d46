"""What brings about what, and what works against it.

"A can cause B", "B is induced by A" and "B results from A" are one relation. A claim turns it where
cause and effect have changed places, or where it makes a remedy of the cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from medrag.grounding.stems import stems
from medrag.grounding.tokens import Token, clauses, content, place_of, tokens, within
from medrag.text.prefilter import prefiltered


class Cause(NamedTuple):
    """Two things of which one acts on the other.

    Attributes:
        kind: `cause`, `cure`, `change` (raises, lowers, speeds), or `link` where no way is told.
        agent, effect: Beginnings of the keys of what acts and of what it brings about or prevents.
        start, end: The words that relate them.
        text: As written.
    """

    kind: Literal["cause", "cure", "change", "link"]
    agent: frozenset[str]
    effect: frozenset[str]
    start: int
    end: int
    text: str


_VERB = r"caus|induc|produc|precipitat|trigger|provok|generat"
_OFTENER = "more likely|likelier|more (?:probable|common|frequent)|worse"
_MADE = "(?:is|are|was|were|be) (?:made|raised|increased|heightened|elevated)"
_CHANGES = (
    r"reduc|lower|decreas|suppress|inhibit|block|accelerat|slow|delay|elevat|enhanc|impair|worsen"
    r"|improv|prolong|shorten|displac|antagoni[sz]|potentiat|induc|speed|rais|increas|lift|boost"
    r"|augment|diminish|attenuat|weaken|hinder"
)
"""Verbs of one thing acting on another whatever comes of it; a passive turns them round."""
_NO_NOUN = "".join(
    rf"(?<!\b{word} )"
    for word in ("with", "of", "a", "the", "in", "an", "and", "or", "by", "for", "than")
)
_MODAL = "(?:(?<=may )|(?<=can )|(?<=could )|(?<=might )|(?<=will ))"
_RELATED = prefiltered(
    rf"\b(?:(?P<cause>(?:because of|due to|owing to|given) (?:the|an?) (?:\w+ )?risk of"
    rf"|(?<!vascular )(?<!any )(?<!other )(?<!all )(?<!natural )(?<!of )(?<!these )(?<!renal )"
    rf"(?<!cardiac )(?<!common )(?<!non-cardiac )"
    rf"(?:{_VERB})(?:e|es|s|ing)?(?! (?:by|or|and)\b)|(?:leads?|leading|led|gives? rise"
    r"|contributes?|predispose[sd]?(?: \w+)?) to|mak(?:e|es|ing)(?=[^,.;]{3,50} (?:more likely"
    r"|likelier|more (?:probable|common|frequent)|worse))|is (?:an? )?(?:\w+ )?risk factor for"
    r"|results? in|resulting in|resulted in|sets? off(?! by)|brings? (?:on|about)"
    rf"|(?:is|are|was|were) (?:complicated by|behind)|(?:is|are) (?:the|a) (?:\w+ )?cause of"
    rf"|responsible for|underlies?|underlay|push(?:es"
    rf"|ed)? up(?! by)|(?:increas\w+|rais\w+|heighten\w*) the (?:risk|likelihood|chance"
    rf"|incidence) of"
    rf"|(?:{_VERB})ed(?! by))"
    rf"|(?P<caused>(?:(?:{_VERB})e?d|brought on|set off|explained) by"
    r"|(?:results?|resulted|resulting|stems?|arises?|arising|comes?) from|comes? of"
    r"|favou?red by|due (?:in (?:large )?part |partly |mainly |largely )?to"
    rf"|(?:(?:{_MADE}|pushed up|(?:goes?|went) up|becomes?|gets?) ?(?:{_OFTENER})?) (?:by|with"
    rf"|under|from"
    r"|in the presence of)"
    r"|(?:may|can|could|might) follow|(?:occurs?|develops?|arises?|appears?) (?:when|with|on"
    r"|during|after|if)|(?:likelier|more (?:likely|common|frequent)) (?:when|after|if|with)"
    r"|secondary to|attribut(?:able|ed) to|(?:a |the )?(?:consequence|result|complication"
    r"|effect|sign"
    r"|reflection|manifestation) of|reflects?)"
    r"|(?P<cure>treats?|cures?|corrects?|prevents?|protects? (?:\w+ )?against|guards? against"
    r"|relieves?|clears?|eradicates?|eliminates?|heals?"
    r"|alleviates?|reverses?|wards? off)"
    rf"|(?P<change>{_NO_NOUN}(?:{_CHANGES})(?:e?s|e?d)(?! (?:by|with)\b)"
    rf"|{_MODAL}(?:{_CHANGES})e?|{_NO_NOUN}(?:{_CHANGES})e?(?= (?:up |down )?(?:the|its|their)\b))"
    rf"|(?P<changed>(?:is|are|was|were|be)"
    rf" (?:\w+ly )?(?:{_CHANGES})e?d (?:by|with|under)|(?:{_CHANGES})e?s with)"
    r"|(?P<link>(?:associated|linked|connected) with)|(?P<induced>-(?:induced|related|mediated))"
    r"|(?P<cured>(?:treated|prevented|relieved|cured|reversed|corrected|improved) (?:with"
    r"|by)))\b", re.IGNORECASE,
)  # fmt: skip
_OF_WHICH = re.compile(
    r",? of which (?P<effect>[^,.;]+?) (?:is|are) (?:an? |the )?(?:reflection|sign|consequence"
    r"|result"
    r"|manifestation|complication)s?\b", re.IGNORECASE,
)  # fmt: skip
_DENIED = re.compile(r"\b(?:not|no|never|neither|nor|without|unlikely)\b[^,;]{0,24}\Z|n't \Z", re.I)
_WAYS: dict[str, Literal["cause", "cure", "change", "link"]] = {
    "cause": "cause", "caused": "cause", "induced": "cause", "cure": "cure", "cured": "cure",
    "link": "link", "change": "change", "changed": "change",
}  # fmt: skip
_AND = frozenset({"and", "or"})
_PARTED = re.compile(r"\s*[,;:.()]")
_REACH = 8
_MOST = 200
"""Relations of either side that are compared."""


def turned_causes(claim: str, sources: Sequence[str]) -> Iterator[tuple[Cause, str]]:
    """Yield each relation of `claim` that `sources` tell the other way round, with their words."""
    said = causes(claim)
    told = [one for source in sources for one in causes(source)][:_MOST] if said else []
    for one in said[:_MOST]:
        if any(_are_akin(one, o) and _tells(one, o) for o in told):
            continue
        other = next((o for o in told if _is_turned(one, o)), None)
        if other:
            yield one, other.text


def _tells(one: Cause, other: Cause) -> bool:
    """Return whether the other says the same, and not only of the same agent."""
    return _straight(one, other) > _crossed(one, other) and bool(one.effect & other.effect)


def _are_akin(one: Cause, other: Cause) -> bool:
    return one.kind == other.kind or {one.kind, other.kind} == {"cause", "change"}


def _is_turned(one: Cause, other: Cause) -> bool:
    straight, crossed = _straight(one, other), _crossed(one, other)
    if "link" in {one.kind, other.kind}:
        ends = one.agent | one.effect, other.agent, other.effect
        return "cure" in {one.kind, other.kind} and all(ends[0] & end for end in ends[1:])
    if _are_akin(one, other):
        both = one.agent & other.effect and one.effect & other.agent
        return crossed > straight and bool(both)
    both = one.agent & other.agent and one.effect & other.effect
    if "change" in {one.kind, other.kind}:
        return False  # less of an illness, or more of it: directions tell
    return straight > crossed and bool(both)


def _straight(one: Cause, other: Cause) -> int:
    return len(one.agent & other.agent) + len(one.effect & other.effect)


def _crossed(one: Cause, other: Cause) -> int:
    return len(one.agent & other.effect) + len(one.effect & other.agent)


@lru_cache(maxsize=512)
def causes(text: str) -> tuple[Cause, ...]:
    """Return what `text` says to act on what, in order."""
    return tuple(_causes(text))


def _causes(text: str) -> Iterator[Cause]:
    for start, end in clauses(text):
        words = within(tokens(text), start, end)
        for match in islice(_RELATED.finditer(text, start, end), _MOST):
            if _DENIED.search(text, max(start, match.start() - 40), match.start()):
                continue
            yield from _relation(text, words, match, end)


def _relation(text: str, words: Sequence[Token], match: re.Match[str], end: int) -> Iterator[Cause]:
    """Yield what one verb of a clause relates."""
    kind = match.lastgroup or ""
    first = place_of(words, match.start())
    before = words[max(0, first - _REACH) : first]
    if match[0].lower().startswith("treated") and any(t.key == "patient" for t in before):
        return  # "patients treated with X"
    after = words[place_of(words, match.end()) :][:_REACH]
    joined = words[first - 1 : first] and words[first - 1].word in _AND
    left = stems(before) if joined else _left(before)  # "A does B and raises C": of A
    right = frozenset[str]() if _PARTED.match(text, match.end(), end) else _right(after)
    agent, effect = (right, left) if kind in {"caused", "cured", "changed"} else (left, right)
    if agent and effect:
        yield Cause(_WAYS[kind], agent, effect, *match.span(), match[0])
    shown = _OF_WHICH.search(text, match.end(), min(end, match.end() + 120))
    if shown:
        place = shown.span("effect")
        told = [t for t in after if place[0] <= t.start < place[1]]
        yield Cause("cause", right, stems(told), *shown.span(), shown[0])


def _left(words: Sequence[Token]) -> frozenset[str]:
    found: list[Token] = []
    for token in reversed(words):
        found.append(token)
        if token.breaks and content(found):
            break
    return stems(found)


def _right(words: Sequence[Token]) -> frozenset[str]:
    found: list[Token] = []
    for token in words:
        if found and token.breaks and content(found):
            break
        found.append(token)
    return stems(found)
