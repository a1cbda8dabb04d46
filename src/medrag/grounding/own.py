"""Which stretches of an answer are its own advice, and do not rest on its quotations.

A paragraph quotes one sentence of a label and goes on to speak of painkillers, of the next
visit, of when to call. What it says there no quotation was meant to support. A stretch rests on
the quotations where it names a source, a drug of theirs, goes on about such a drug ("the dose is
doubled after two weeks"), or is of all stretches the one nearest to a quotation; so a claim that
changed the drug is still a claim. What only names such a drug is held against counterparts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from medrag.clinical.lexicon import load
from medrag.core.span import Span
from medrag.grounding.claims import Ungrounded
from medrag.grounding.dates import read_dates
from medrag.grounding.facts import Facts, read_facts
from medrag.grounding.lines import SENTENCE_END
from medrag.grounding.tokens import content, key, tokens, words

_STRETCH_END = re.compile(
    rf"{SENTENCE_END.pattern}|;\s+(?!(?:[^()\[\]]|\([^()]*\)|\[[^\[\]]*\])*[)\]])"
)
_ITEM = re.compile(r"\s*(?:[-*\u2022\u2013]|\d{1,2}[.)]|\|)\s")
_SOURCE = re.compile(
    r"\b(?:label(?:l?ing|s)?|passages?|sources?|quot(?:ed?|es|ations?)|excerpts?|guidelines?"
    r"|guidance|leaflets?|package inserts?|prescribing information|monograph|boxed warnings?"
    r"|cit(?:ed|ations?)|documents?|consensus|committee|opinion|edition)\b"
    r"|\b(?:the|this|current|quoted|(?:19|20)\d\d)\s(?:[\w-]+\s){0,2}(?:recommendations?|schedule"
    r"|statement|report|addendum)\b", re.IGNORECASE,
)  # fmt: skip
_DOSED = re.compile(
    r"\d\s?(?:mg|mcg|µg|ug|g|units?|IU|mL|mEq|mmol|tablets?|capsules?|puffs?|drops?)\b"
    r"(?!\s?/\s?d?L)|\b(?:dos(?:e[sd]?|ages?|ing)|tablets?|capsules?|infus\w+|inject\w+)\b",
    re.IGNORECASE,
)
_OF_ANOTHER = re.compile(
    r"\d\s?(?:mg|mcg|g|mL)\sof\s(?!it\b|this\b|the\s(?:drug|dose|medicine)\b)[a-z]+", re.IGNORECASE
)
"""An amount of something else: "15 g of sugar"."""
_GOES_ON = re.compile(
    r"\A(?:then|after that|thereafter|afterwards)\b"
    r"|\b(?:it|they) (?:is|are|was|can be|may be|should be|must be|has to be) (?:then |not |slowly"
    r" |gradually )?(?:given|taken|repeated|increased|reduced|raised|lowered|doubled|halved"
    r"|continued|stopped|started|titrated)\b"
    r"|\b(?:treatment|therapy|the course|the drug|this drug|the medicine) (?:is|lasts|should|must"
    r"|may|can|goes on|continues|runs)\b", re.IGNORECASE,
)  # fmt: skip
_FOLLOW_UP = re.compile(
    r"\b(?:checked|check|measured?|monitor(?:ed)?|re(?:peat|check|test)(?:ed)?|tests?|tested"
    r"|levels?"
    r"|scan(?:ned)?|visits?|appointment|see (?:him|her|you|them|us)|come back|call|follow(?:ed)?"
    r"|review(?:ed)?|control(?:led)?|draw|drawn|weigh)\b", re.IGNORECASE,
)  # fmt: skip
_HIS_OWN = re.compile(
    r"\A(?:(?:With|At|For|Since|As|Because) )?(?:her|his|your|my|their"
    r"|the (?:patient|child|man|woman|boy|girl)['\u2019]s)\s(?:[\w-]+\s){1,5}"
    r"(?:is|was|of|has|have|had|came|remains?|means|reads?|fell|rose|went|dropped|climbed"
    r"|averages?)\b", re.IGNORECASE,
)  # fmt: skip
"""What is told of the patient at hand, by which the answer begins."""
_UNITS = frozenset(
    map(key, words("""
mg g kg mcg ml l minute minutes hour hours day days week weeks month months year years daily
weekly monthly percent mm time times first second
"""))
)  # fmt: skip
_SAME_DRUG = 2
"""Words that a drug in common is worth, and that a source is named."""
_LEAST_SHARED = 2
_LEAST_SHARE = 0.4


TieKind = Literal["claim", "drug", "near", "own"]
"""`claim`: names a source, or is nearest to a quotation. `drug`: of a drug that is quoted.
`near`: of much that a quotation speaks of. `own`: of something else."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A sentence, an item or what a semicolon parts off, and how it hangs on the quotations.

    Attributes:
        span: Its characters in the text.
        kind: How it hangs on them.
    """

    span: Span
    kind: TieKind


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A sentence, an item or what a semicolon parts off, as it is compared.

    Attributes:
        span: Its characters in the answer.
        text: Its words.
        facts: Its numbers and drugs.
        words: What it is about, without names of drugs.
        joined: Whether it is an item of a list or stands behind a semicolon, so that what the
            words before it rest on holds for it, too.
    """

    span: Span
    text: str
    facts: Facts
    words: frozenset[str]
    joined: bool

    @property
    def drugs(self) -> frozenset[str]:
        """Ingredients and classes that it names."""
        return _drugs(self.facts)


def ties_of(text: str, quotes: Sequence[str]) -> tuple[Tie, ...]:
    """Return how the stretches of `text` hang on its quotations, in text order.

    All are claims in a text of one stretch, and in one of which no stretch rests on any quotation:
    such a text was given the wrong quotations or changed what they speak of.
    """
    stretches = list(_stretches(text))
    sources = [read_facts(quote) for quote in quotes]
    kinds: list[TieKind] = ["own"] * len(stretches)
    if len(stretches) > 1 and sources:
        for at in _near(stretches, sources):
            kinds[at] = "near"
        for at, kind in _of_their_drugs(stretches, sources):
            kinds[at] = kind
        for at in _nearest(stretches, sources):
            kinds[at] = "claim"
        for at, one in enumerate(stretches[1:], start=1):
            if _POINTS_BACK.match(one.text) and not one.drugs:
                kinds[at] = kinds[at - 1]
    if set(kinds) == {"own"} or (set(kinds) <= {"claim", "near"} and len(kinds) <= _FEW):
        kinds = ["claim"] * len(stretches)
    return tuple(Tie(one.span, kind) for one, kind in zip(stretches, kinds, strict=True))


_POINTS_BACK = re.compile(
    r"(?:they|it|this|these|those|both|neither)\b|(?:[\w-]+,? ){1,4}(?:it|they)\b", re.IGNORECASE
)
"""What a sentence, or what a semicolon parts off, begins with that speaks on of the one before."""
_FEW = 3
"""Stretches of a text that is one claim where all of them rest on the quotations."""
_COMPARED: frozenset[str] = frozenset({"number", "frequency", "name", "population"})
_AMOUNT = re.compile(r"\d\s?(?:mg|mcg|\u00b5g|ug|g|units?|IU|mL|mEq|mmol)\b", re.IGNORECASE)


def is_beside(one: Ungrounded, text: str, ties: Sequence[Tie]) -> bool:
    """Return whether a finding is about what the text says for its own part.

    Beside the claims only what has a counterpart in a quotation is held against it, and a dose
    of one of its drugs: "twice daily" where it says once, but not how long a drug takes to work.
    """
    tie = next((t for t in ties if t.span.start <= one.start < t.span.end), None)
    if tie is None or tie.kind == "claim":
        return False
    if tie.kind == "own" or one.kind == "drug":
        return True
    dose = tie.kind == "drug" and _AMOUNT.search(text[one.start : one.end]) is not None
    bare = re.search("[^\\W\\d_]|%", one.expected) is None  # "1" of "weeks 1 and 2"
    return one.kind in _COMPARED and bare and not dose


def _stretches(text: str) -> Iterator[_Stretch]:
    start = 0
    ends = [(match.start(), match.end()) for match in _STRETCH_END.finditer(text)]
    for end, following in (*ends, (len(text), len(text))):
        words = text[start:end]
        if words.strip():
            joined = text[:start].rstrip().endswith(";") or _ITEM.match(words) is not None
            place = Span(start=start, end=end)
            yield _Stretch(place, words, read_facts(words), _about(words), joined)
        start = following


def _about(text: str) -> frozenset[str]:
    named = {key(word) for drug in read_facts(text).drugs for word in drug.name.split()}
    return content(tokens(text)) - named - _UNITS


def _drugs(facts: Facts) -> frozenset[str]:
    return frozenset(name for drug in facts.drugs for name in drug.keys)


def _nearest(stretches: Sequence[_Stretch], sources: Sequence[Facts]) -> Iterator[int]:
    """Yield for each quotation the stretch that shares most with it."""
    for source in sources:
        said, named, numbers = _about(source.text), _drugs(source), _numbers(source)
        classes = _with_classes(named)
        shared = [
            len(one.words & said)
            + len(_numbers(one.facts) & numbers)
            + _SAME_DRUG * bool(named & one.drugs)
            + bool(classes & _with_classes(one.drugs))
            + _SAME_DRUG * bool(_SOURCE.search(one.text))
            for one in stretches
        ]
        if max(shared) >= _LEAST_SHARED:
            yield shared.index(max(shared))


def _near(stretches: Sequence[_Stretch], sources: Sequence[Facts]) -> Iterator[int]:
    """Yield the stretches that share much of what they say with a quotation."""
    for at, one in enumerate(stretches):
        if _HIS_OWN.match(one.text) and not _DOSED.search(one.text):
            continue
        told = _numbers(one.facts)
        least = max(_LEAST_SHARED, _LEAST_SHARE * (len(one.words) + len(told)))
        shared = (len(one.words & _about(s.text)) + len(told & _numbers(s)) for s in sources)
        if max(shared) >= least:
            yield at


def _numbers(facts: Facts) -> frozenset[tuple[object, str]]:
    """Return the values of a text; a day of a year is one more, whichever it is."""
    found: set[tuple[object, str]] = {(n.quantity.value, n.quantity.unit) for n in facts.numbers}
    if any(date.day and date.year for date in read_dates(facts.text)):
        found.add(("", "date"))
    return frozenset(found)


def _with_classes(drugs: frozenset[str]) -> frozenset[str]:
    """Return these names with the classes that they belong to."""
    table = load().drugs
    return drugs.union(*(table[name].classes for name in drugs if name in table))


def _of_their_drugs(
    stretches: Sequence[_Stretch], sources: Sequence[Facts]
) -> Iterator[tuple[int, TieKind]]:
    """Yield what names a source or a drug of theirs, or goes on about one, with its tie."""
    theirs = frozenset[str]().union(*map(_drugs, sources))
    watched = any(_FOLLOW_UP.search(source.text) for source in sources)
    focus = frozenset[str]()
    told = False
    for at, one in enumerate(stretches):
        focus = one.drugs or focus
        goes_on = one.joined and (not one.drugs or bool(one.drugs & theirs))
        told = (told and goes_on) or _SOURCE.search(one.text) is not None
        if told:
            yield at, "claim"
        elif _is_of(one, focus, theirs, watched=watched):
            yield at, "near" if one.drugs and not one.drugs & theirs else "drug"


def _is_of(one: _Stretch, focus: frozenset[str], theirs: frozenset[str], *, watched: bool) -> bool:
    """Return whether a stretch gives one of their drugs; to measure something is no giving.

    `focus` are the drugs that were named last, `watched` is whether the quotations speak of
    measuring themselves.
    """
    if one.drugs & theirs or _with_classes(one.drugs) & theirs:
        return watched or bool(_DOSED.search(one.text)) or not _FOLLOW_UP.search(one.text)
    if one.drugs or not _with_classes(focus) & theirs:
        return False
    said = _OF_ANOTHER.sub(" ", one.text)
    return _DOSED.search(said) is not None or _GOES_ON.search(said) is not None
