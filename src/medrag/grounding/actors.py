"""Who does what: the professions and teams that a text lets act, and those that it says do not.

Professions are an open class with closed endings (-ologist, -iatrist, -therapist, -ician) beside a
few of their own. A claim that lets somebody act whom its quotations never name, while they name
somebody else, or whom they say not to act, has changed who does it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from medrag.grounding.tokens import american
from medrag.text.prefilter import prefiltered


class Actor(NamedTuple):
    """Somebody who acts, or does not.

    Attributes:
        name: What he is compared by; one for a profession and its team.
        start, end: His words.
        denied: What says that it is not he, with his words; "" where nothing does.
    """

    name: str
    start: int
    end: int
    denied: str


class OtherActor(NamedTuple):
    """An actor of the claim and the quotation's in his stead."""

    start: int
    end: int
    source: str


_ACTOR = prefiltered(
    r"\b(?P<who>GP|general practitioner|nurse|midwi(?:fe|ve)|pharmacist|surgeon|an(?:a)?esthetist"
    r"|dentist|registrar|paramedic|dieti[ct]ian|technician|phlebotomist|podiatrist"
    r"|specialist|consultant|laborator(?:y|ie)|pharmacy|parent|carer|caregiver"
    r"|health (?:visitor|worker)"
    r"|[a-z]{3,}(?:ologist|iatrist|iatrician|therapist|etrician)"
    r"|(?P<of>(?!(?:the|our|your|whole|same|care|clinical|medical|treating|health|healthcare)\b)"
    r"[a-z]{3,}) team)s?\b(?!['’]s? (?:bedside|office|note))", re.IGNORECASE,
)  # fmt: skip
_NOT_HE = re.compile(
    r"\b(?:not|rather than|instead of|never|without)(?: (?:by|with|for|to|from))?"
    r"(?: (?:the|an?|any|his|her|their))?(?: [a-z]+)? \Z", re.IGNORECASE,
)  # fmt: skip
_DOES_NOT = re.compile(
    r",? (?:do(?:es)?|should|must|may|can|is|are|will)(?: not|n['’]t)\b|,? cannot\b", re.IGNORECASE
)
_ONE = {
    "gener": "gp", "surgi": "surgeon", "surge": "surgeon", "midwi": "midwife", "paedi": "pedia",
    "physioth": "physio",
}  # fmt: skip
_COVERING = frozenset({"speci", "consu", "regis"})
"""Who may be any of the doctors of a field."""
_OF_NO_FIELD = frozenset({"gp", "nurse", "midwife", "pharm", "denti", "param", "dieti", "techn",
                          "phleb", "podia", "labor", "paren", "carer", "careg", "physio",
                          "ward", "healt"})  # fmt: skip
_LONGEST = 40


@lru_cache(maxsize=512)
def actors(text: str) -> tuple[Actor, ...]:
    """Return who acts in `text`, and who is said not to, in order."""
    return tuple(_actors(text))


def _actors(text: str) -> Iterator[Actor]:
    for match in _ACTOR.finditer(text):
        word = american((match["of"] or match["who"]).lower())
        name = _ONE.get(word[:8]) or _ONE.get(word[:5]) or word[:5]
        before = text[max(0, match.start() - _LONGEST) : match.start()]
        ahead, behind = _NOT_HE.search(before), _DOES_NOT.match(text, match.end())
        denied = (ahead[0] if ahead else "") + match[0] + (behind[0] if behind else "")
        yield Actor(name, *match.span(), denied if ahead or behind else "")


def other_actors(claim: str, sources: Sequence[str]) -> Iterator[OtherActor]:
    """Yield whom `claim` lets act where `sources` let others act, or say that it is not he."""
    said = actors(claim)
    told = [(one, source) for source in sources for one in actors(source)] if said else []
    acting = [(one, source) for one, source in told if not one.denied]
    own = {one.name for one in said}
    for one in said:
        if one.denied or any(_may_be(one.name, other.name) for other, _ in acting):
            continue
        rival = next((source[o.start : o.end] for o, source in acting if o.name not in own), "")
        refused = next((o.denied for o, _ in told if o.denied and o.name == one.name), "")
        if refused or rival:
            yield OtherActor(one.start, one.end, refused or rival)


def _may_be(one: str, other: str) -> bool:
    if one == other:
        return True
    pair = {one, other}
    return bool(pair & _COVERING) and not pair & _OF_NO_FIELD
