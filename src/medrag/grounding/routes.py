"""By which route something is given, and by which a text says that it must not be.

A route that a quotation names only to forbid it, or as what did harm, is none that it advises; and
where quotations name routes, a claim that names another one has changed it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from medrag.grounding.tokens import Token, between, tokens, words


class Route(NamedTuple):
    """A route that a text names.

    Attributes:
        names: The route, or the routes that a word may mean ("injection").
        start, end: Its characters.
        advised: Whether nothing in its clause speaks against it.
    """

    names: frozenset[str]
    start: int
    end: int
    advised: bool


class OtherRoute(NamedTuple):
    """A route of the claim and the quotation's in its stead."""

    start: int
    end: int
    source: str


_NAMED = {
    word: frozenset({group.split()[0]})
    for group in (
        "oral", "intravenous", "intramuscular", "subcutaneous", "intrathecal", "rectally",
        "topical topically", "sublingual sublingually", "inhaled inhalation nebulized nebulised",
        "intranasal intranasally nasally", "intravaginal vaginally", "buccal",
        "epidural epidurally", "intraosseous", "intradermal intradermally", "transdermal",
    )
    for word in group.split()
}  # fmt: skip
_INJECTED = words("intravenous intramuscular subcutaneous intrathecal intradermal epidural")
_IMPLIED = {
    **dict.fromkeys(words("parenteral parenterally injection injections inject injected syringe"
                          " injectable pen"), _INJECTED),
    **dict.fromkeys(words("infusion infusions infuse infused bolus push drip vein"),
                    words("intravenous intraosseous subcutaneous epidural")),
    **dict.fromkeys(words("tablet tablets capsule capsules swallow swallowed mouth chew drink"
                          " syrup suspension solution ingest"),
                    words("oral rectally intravaginal")),
    **dict.fromkeys(words("cream ointment gel lotion skin"),
                    words("topical intravaginal transdermal")),
    **dict.fromkeys(words("patch patches"), words("transdermal topical")),
    **dict.fromkeys(words("suppository suppositories enema"), words("rectally intravaginal")),
    **dict.fromkeys(words("inhaler inhalers inhale puff puffs nebulizer nebuliser spray"),
                    words("inhaled intranasal oral sublingual")),
    **dict.fromkeys(words("tongue"), words("sublingual buccal oral")),
}  # fmt: skip
"""What a word of a form may mean: a quotation that has it speaks of these routes, too."""
_OF_NO_ROUTE = re.compile(
    r"[- ](?:contracept|rehydrat|anticoag|hypoglyc|antidiab|hygien|cavity|mucos|candid|thrush"
    r"|health|temperature|intake|surg|feed|fluid|anest|anaest|an?algesi|block|canc|route|mass"
    r"|examin|swab|drug user)\w*", re.IGNORECASE,
)  # fmt: skip
_AGAINST = re.compile(
    r"\b(?:not|never|no|avoid\w*|contraindicat\w*|fatal|death|other routes?|without|cannot|neither"
    r"|nor|ineffective|rather than|instead of|associated with|unlike|prohibited|wrong"
    r"|error)\b|n['’]t\b",
    re.IGNORECASE,
)  # fmt: skip


_PART = re.compile(
    r"(?<!\d)(?:[.;]|,(?! (?:including|such as|or|and|especially|particularly)\b))(?=\s|\Z)|\n"
    r"|\band (?=(?:must|should|do|does|is|are|may|can|never|not)\b)"
    r"|\b(?:but|while|whereas)\b", re.IGNORECASE,
)  # fmt: skip


@lru_cache(maxsize=512)
def routes(text: str) -> tuple[Route, ...]:
    """Return the routes that `text` names or means, in order; the latest texts are kept."""
    found = []
    for token in tokens(text):
        names = _meant(token, text)
        if names:
            part = between(_PART, text, token.start, token.end)
            advised = _AGAINST.search(text, *part) is None
            found.append(Route(names, token.start, token.end, advised))
    return tuple(found)


def _meant(token: Token, text: str) -> frozenset[str]:
    named = _NAMED.get(token.word) or _NAMED.get(token.key)
    if named:
        return frozenset() if _OF_NO_ROUTE.match(text, token.end) else named
    return _IMPLIED.get(token.word, frozenset())


def other_routes(claim: str, sources: Sequence[str]) -> Iterator[OtherRoute]:
    """Yield each route by which `claim` lets something be given, and no quotation does."""
    said = [one for one in routes(claim) if one.advised and len(one.names) == 1]
    told = [(one, source) for source in sources for one in routes(source)] if said else []
    yield from _refused_otherwise(claim, sources)
    advised = [(one, source) for one, source in told if one.advised]
    named = [(o, source) for o, source in advised if len(o.names) == 1] or advised
    refused = [o.names for o, _ in told if not o.advised and len(o.names) == 1]
    for one in said:
        letting = named if one.names in refused else advised
        if named and not any(one.names & other.names for other, _ in letting):
            rival, source = named[0]
            yield OtherRoute(one.start, one.end, source[rival.start : rival.end])


def _refused_otherwise(claim: str, sources: Sequence[str]) -> Iterator[OtherRoute]:
    """Yield a route that `claim` turns down where the quotations turn down another one alone."""
    said = [one for one in routes(claim) if not one.advised and len(one.names) == 1]
    every = [(one, source) for source in sources for one in routes(source)] if said else []
    single = [(one, source) for one, source in every if len(one.names) == 1]
    if not single or any(one.advised for one, _ in every):
        return
    for one in said:
        if not any(one.names & other.names for other, _ in every):
            rival, source = single[0]
            yield OtherRoute(one.start, one.end, source[rival.start : rival.end])
