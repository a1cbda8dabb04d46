"""Which drugs of a text are one or the other, and which follow one another.

"A or B", the rows under "Options" and what is offered "if that fails" are never taken
together; what a drug is switched to is not taken with what it replaces. Everything else that a
text gives is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import groupby, pairwise
from types import MappingProxyType
from typing import Literal

from medrag.clinical.mentions import ORDERED, DrugMention
from medrag.clinical.outline import Place
from medrag.clinical.together import Choices

_OR = re.compile(
    r"(?:\bor\b(?!\s(?:more|less|greater|fewer|higher|lower|older|younger|above|below|twice|once"
    r"|three|two|even|so|until)\b)(?!\s\d)|\bvs\b|\bversus\b|\balternatively\b|\botherwise\b"
    r"|\binstead\b|\brather\sthan\b|\band/or\b)"
)
_AND = re.compile(
    r"\b(?:and|plus|with|together|alongside|added\sto|combined)\b|[+&]|\bas\swell\sas\b"
)
_ARE_OPTIONS = re.compile(
    r"\b(?:are|as|remain)\s(?:both\s|all\s|also\s|the\s|two\s|three\s|good\s|reasonable\s"
    r"|acceptable\s|possible\s|suitable\s"
    r"|first[- ]line\s|second[- ]line\s)*(?:options|choices|alternatives|possibilities|candidates"
    r"|substitutes)\b"
    r"|\b(?:are|remain)\s(?:both|all|each|equally|either)\s(?:\w+ly\s)?(?:compatible|acceptable|suitable"
    r"|possible|allowed|safe|effective|reasonable|appropriate|usable|fine|permitted|used)\b"
    r"|\beither\s(?:one\s)?(?:is|can|may|works|would)\b"
)
_DOING = re.compile(r"\b(?:start|give|continue|use|add|stop|begin|take|hold|increase|reduce)\b")
_BREAK = re.compile(r"[.;]\s|\n|\s\|\s")
_ENDS_OR = re.compile(r"\bor\W*\Z")
_BEGINS_OR = re.compile(r"\W*(?:or|alternatively|otherwise)\b")
_FAILS = re.compile(
    r"\b(?:fail\w*|unavailable|intoleran\w*|not\s(?:toler\w+|available|possible|suitable|enough"
    r"|effective|respon\w+|improv\w+|an?\soption|control\w+)|contra-?indicated|inadequate"
    r"|ineffective|insufficient|refractory|unresponsive|allerg\w+|cannot|can['’]t"
    r"|no\s(?:response|improvement|better|benefit)|without\s(?:response|improvement)"
    r"|unable|unsuccessful|declin\w+|refus\w+|prefer\w*|persist\w*)\b"
)
_ALTERNATIVE = re.compile(
    r"\b(?:alternatively|otherwise|alternatives?|second[- ]line|third[- ]line|back-?up|fallback"
    r"|another\s(?:option|choice|possibility)|other\s(?:options?|choices|possibilities)"
    r"|(?:an?|possible|reasonable|acceptable|further|less\s\w+)\s(?:\w+\s)?(?:option|choice"
    r"|substitute|possibility|candidate)"
    r"|second\schoice|next\soption|instead|in\s(?:its|their)\splace|may\ssubstitute|can\sreplace"
    r"|(?:is|are|would\sbe)\s(?:simpler|easier|cheaper|better|safer|milder|preferable|preferred)"
    r"|is\s(?:also\s)?possible|also\san\soption|equally\seffective|could\salso\sbe\sused)\b"
)
_SUCCESSOR = re.compile(
    r"\b(?:(?:switch|chang|convert|transition|rotat)\w*\s(?:\w+\s){0,4}?to"
    r"|replac\w+\s(?:\w+\s){0,4}?(?:with|by)"
    r"|step(?:ped|ping)?[- ]?down|de-?escalat\w*|followed\sby|then|thereafter|afterwards|later"
    r"|after"
    r"\s(?:completing|finishing|stopping)|subsequently|next)\b"
)
_STOPPED = re.compile(r"\b(?:stop|discontinue|hold|withhold|cease|replace)\b")
_STARTED = re.compile(
    r"\b(?:and|then|,)\s(?:start|use|consider|give|begin|switch\sto|change\sto)\b"
)
"""Words of "stop X and start Y"."""
_SWITCH = re.compile(r"(?:switch|chang|convert|transition|rotat|replac|swap|exchang|substitut)")
_ONLY_ONE = re.compile(
    r"\b(?:(?:choose|pick|use|take|select)\s(?:only\s|just\s)?one\b(?!\s(?:tablet|capsule|dose"
    r"|puff|drop|patch|week|hour))"
    r"|one\sor\sthe\sother|(?:not|never)\sboth\b|only\sone\sof"
    r"|not\sto\sbe\scombined\swith\seach\sother"
    r"|(?:not|never)\s(?:be\s)?(?:take|use|give|combine|taken|given|used|combined)\s(?:the\stwo"
    r"|both|them|these|together)"
    r"|the\stwo\sare\s(?:not|never))\b"
)
_BEFORE = 2
"""Sentences back to which "choose one" reaches."""
_ADDED = re.compile(
    r"\b(?:add(?:ed|ing)?|in\saddition|together|along\swith|combin\w+|plus|on\stop)\b"
)


def read_choices(folded: str, places: Sequence[Place], drugs: Sequence[DrugMention]) -> Choices:
    """Return how the drugs of a text stand to one another.

    Args:
        folded: The text in lower case.
        places: Its sentences and their layout.
        drugs: Its drugs in text order.
    """
    if len(drugs) < 2:
        return Choices()
    options: defaultdict[str, set[tuple[int, int]]] = defaultdict(set)
    joined: set[tuple[str, str]] = set()
    beside = {name for drug in drugs if drug.current for name in _names(drug)}
    alternatives: set[str] = set()
    successors: set[str] = set()
    given = [d for d in drugs if d.polarity in ORDERED and not _is_past(d)]
    for number, group in groupby(given, key=lambda drug: drug.sentence):
        mentions, place = list(group), places[number]
        _listed(folded, place, mentions, options=options, joined=joined)
        for drug in mentions:
            names = _names(drug)
            for name in names if place.option is not None else ():
                options[name].add(place.option)
            if drug.polarity != "give" and not drug.regimens and drug.condition is None:
                continue
            kind = _offered(folded, place, drug, mentions)
            if kind == "alternative":
                alternatives.update(names)
            elif kind == "successor":
                successors.update(names)
    _linked(folded, places, given, options)
    _parted(folded, drugs, options)
    _chosen(folded, places, given, options)
    return Choices(
        options=MappingProxyType({name: frozenset(found) for name, found in options.items()}),
        alternatives=frozenset(alternatives - beside),
        successors=frozenset(successors - beside),
        joined=frozenset(joined),
        beside=frozenset(beside),
    )


def _is_past(drug: DrugMention) -> bool:
    return drug.standing == "past" or drug.current


def _names(drug: DrugMention) -> tuple[str, ...]:
    return drug.ingredients or ((drug.drug_class,) if drug.drug_class else ())


def _listed(
    folded: str,
    place: Place,
    mentions: Sequence[DrugMention],
    *,
    options: defaultdict[str, set[tuple[int, int]]],
    joined: set[tuple[str, str]],
) -> None:
    """Add the options of "A, B or C" and the pairs of "A and B" of one sentence."""
    local = place.local
    loose = local is not None and local.attitude in {"options", "alternative"}
    links = [_link(folded[one.end : other.start], loose=loose) for one, other in pairwise(mentions)]
    if _ARE_OPTIONS.search(folded, mentions[0].end, place.end):
        links = ["or" if link in {"and", "list"} else link for link in links]
    start = 0
    for end in range(len(links) + 1):
        if end < len(links) and links[end] is not None:
            continue
        _chain(mentions[start : end + 1], _resolved(links[start:end]), options, joined)
        start = end + 1


def _chain(
    drugs: Sequence[DrugMention],
    links: Sequence[Literal["or", "and"] | None],
    options: defaultdict[str, set[tuple[int, int]]],
    joined: set[tuple[str, str]],
) -> None:
    """Add what a run of names says: each "or" begins another option, a mere comma a new run."""
    if None in links:
        cut = links.index(None)
        _chain(drugs[: cut + 1], links[:cut], options, joined)
        _chain(drugs[cut + 1 :], links[cut + 1 :], options, joined)
        return
    option, number = 0, -2 - drugs[0].start
    for index, drug in enumerate(drugs if "or" in links else ()):
        option += index > 0 and links[index - 1] == "or"
        for name in _names(drug):
            options[name].add((number, option))
    for link, (one, other) in zip(links, pairwise(drugs), strict=True):
        if link == "and" and one.polarity == other.polarity == "give":
            joined.update((a, b) for a in _names(one) for b in _names(other))


_Link = Literal["or", "and", "list", "semicolon", "semicolon-or"]


def _link(between: str, *, loose: bool) -> _Link | None:
    """Return how two names are linked by the words between them; None where they are not."""
    if ";" in between and not _DOING.search(between) and "." not in between[:2]:
        # "infliximab at weeks 0, 2 and 6; or adalimumab": told apart from ends of sentences
        tail = between.rpartition(";")[2]
        apart: _Link = "semicolon-or" if _OR.search(tail) else "semicolon"
        return "or" if loose else apart
    if _OR.search(between) and len(between) < 160 and not _BREAK.search(between):
        return "or"
    if _BREAK.search(between) and not loose:
        return None
    if _AND.search(between):
        return "and"
    if loose:
        return "or"
    return "list" if "," in between or "/" in between or "(" in between else None


def _resolved(links: Sequence[_Link | None]) -> list[Literal["or", "and"] | None]:
    """Return the links with each comma read as the next word that links: "A, B or C".

    Semicolons are such commas only where one of them is followed by "or".
    """
    resolved: list[Literal["or", "and"] | None] = []
    following: Literal["or", "and"] | None = None
    by_semicolon = False
    for link in reversed(links):
        if link == "semicolon-or":
            by_semicolon = True
        if link in {"or", "semicolon-or"}:
            following = "or"
        elif link == "and":
            following = "and"
        elif link == "semicolon":
            following = "or" if by_semicolon else None
        resolved.append(following)
    return resolved[::-1]


def _linked(
    folded: str,
    places: Sequence[Place],
    given: Sequence[DrugMention],
    options: defaultdict[str, set[tuple[int, int]]],
) -> None:
    """Add the options of lists whose items are parted by "or" at their ends or beginnings."""
    last: tuple[int, int, int] | None = None  # set, option, sentence
    by_sentence = {n: list(g) for n, g in groupby(given, key=lambda drug: drug.sentence)}
    for number, (one, other) in enumerate(pairwise(places)):
        ends = _ENDS_OR.search(folded, max(one.start, one.end - 12), one.end)
        if not ends and not _BEGINS_OR.match(folded, other.start, other.end):
            continue
        first, second = by_sentence.get(number, []), by_sentence.get(number + 1, [])
        if not first or not second:
            continue
        if last is None or last[2] != number:
            last = (-2_000_000 - number, 0, number)
            _add(options, first, last[:2])
        last = (last[0], last[1] + 1, number + 1)
        _add(options, second, last[:2])


_ENDS_BEFORE = re.compile(
    r"[^.;]{0,30}?\b(?:before|prior\sto|when|once|as\ssoon\sas)\s(?:[\w-]+\s){0,2}\Z"
)


def _parted(
    folded: str, drugs: Sequence[DrugMention], options: defaultdict[str, set[tuple[int, int]]]
) -> None:
    """Add the drugs of "stop X before Y": the one ends before the other begins."""
    for one, other in pairwise(drugs):
        if one.polarity == "stop" and _ENDS_BEFORE.fullmatch(folded, one.end, other.start):
            for option, drug in enumerate((one, other)):
                for name in _names(drug):
                    options[name].add((-4_000_000 - one.start, option))


def _chosen(
    folded: str,
    places: Sequence[Place],
    given: Sequence[DrugMention],
    options: defaultdict[str, set[tuple[int, int]]],
) -> None:
    """Add the drugs of the sentences before one that says to take only one of them."""
    for number, place in enumerate(places):
        if _ONLY_ONE.search(folded, place.start, place.end) is None:
            continue
        near = [d for d in given if number - _BEFORE <= d.sentence <= number]
        for option, drug in enumerate(near):
            for name in _names(drug) if not drug.current else ():
                if not any(found == -3 - number for found, _ in options[name]):
                    options[name].add((-3 - number, option))


def _add(
    options: defaultdict[str, set[tuple[int, int]]],
    drugs: Sequence[DrugMention],
    option: tuple[int, int],
) -> None:
    for drug in drugs:
        for name in _names(drug) if drug.polarity == "give" else ():
            options[name].add(option)


def _offered(
    folded: str, place: Place, drug: DrugMention, mentions: Sequence[DrugMention]
) -> Literal["alternative", "successor", "main"]:
    """Return whether one drug is offered in the place of others, or after them."""
    before, after = _around(folded, place, drug, mentions)
    stopped = _STOPPED.search(folded, place.start, drug.start)
    if stopped is not None and _STARTED.search(folded, stopped.end(), drug.start):
        return "successor"
    clause = max(folded.rfind(mark, place.start, drug.start) for mark in (". ", "; ", "\n"))
    added = _ADDED.search(folded, max(clause, place.start), drug.start)
    if not added:
        led = any(attitude == "alternative" for attitude, _ in place.attitudes(drug.start))
        condition = drug.condition
        fails = (
            condition is not None
            and not condition.exception
            and _FAILS.search(condition.text.lower())
        )
        if led or fails or _ALTERNATIVE.search(before) or _ALTERNATIVE.search(after):
            return "alternative"
        if drug.standing in {"state", "event", "hypothetical"}:
            return "successor"
    told = drug.directive.text.lower() if drug.directive is not None else ""
    if _SUCCESSOR.search(before) or _SWITCH.match(told):
        return "successor"
    return "main"


def _around(
    folded: str, place: Place, drug: DrugMention, mentions: Sequence[DrugMention]
) -> tuple[str, str]:
    """Return the words of a clause before and after a name, up to the neighboring names."""
    begin = max((m.end for m in mentions if m.end <= drug.start), default=place.start)
    end = min((m.start for m in mentions if m.start >= drug.end), default=place.end)
    before, after = folded[begin : drug.start], folded[drug.end : end]
    breaks = [0, *(cut.end() for cut in _BREAK.finditer(before))]
    before = before[breaks[-1] :]
    stop = _BREAK.search(after)
    return before, after[: stop.start()] if stop else after
