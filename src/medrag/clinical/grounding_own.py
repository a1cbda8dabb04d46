"""Which stretches of an answer are its own advice, and do not rest on its quotations.

A paragraph quotes one sentence of a label and goes on to speak of painkillers, of the next
visit, of when to call. What it says there no quotation was meant to support. A stretch rests on
the quotations where it names a source, a drug of theirs, goes on about such a drug ("the dose is
doubled after two weeks"), or is of all stretches the one nearest to a quotation; so a claim that
changed the drug is still a claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from medrag.clinical.grounding_facts import Facts, read_facts
from medrag.clinical.grounding_lines import SENTENCE_END
from medrag.clinical.grounding_tokens import content, key, tokens, words
from medrag.clinical.lexicon import load
from medrag.core.span import Span

_STRETCH_END = re.compile(rf"{SENTENCE_END.pattern}|;\s+")
_ITEM = re.compile(r"\s*(?:[-*\u2022\u2013]|\d{1,2}[.)]|\|)\s")
_SOURCE = re.compile(
    r"\b(?:label(?:l?ing|s)?|passages?|sources?|quot(?:ed?|es|ations?)|excerpts?|guidelines?"
    r"|guidance|leaflets?|package inserts?|prescribing information|monograph|boxed warnings?"
    r"|cit(?:ed|ations?)|documents?|consensus|committee|opinion|edition)\b", re.IGNORECASE,
)  # fmt: skip
_DOSED = re.compile(
    r"\d\s?(?:mg|mcg|µg|ug|g|units?|IU|mL|mEq|mmol|tablets?|capsules?|puffs?|drops?)\b"
    r"(?!\s?/\s?d?L)|\b(?:dos(?:e[sd]?|ages?|ing)|tablets?|capsules?|infus\w+|inject\w+)\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(
    r"\A(?:then|after that|thereafter|afterwards)\b"
    r"|\b(?:it|they) (?:is|are|was|can be|may be|should be|must be|has to be) (?:then |not |slowly"
    r" |gradually )?(?:given|taken|repeated|increased|reduced|raised|lowered|doubled|halved"
    r"|continued|stopped|started|titrated)\b"
    r"|\b(?:treatment|therapy|the course|the drug|this drug|the medicine) (?:is|lasts|should|must"
    r"|may|can|goes on|continues|runs)\b", re.IGNORECASE,
)  # fmt: skip
_FOLLOW_UP = re.compile(
    r"\b(?:checked|check|measured?|monitor(?:ed)?|re(?:peat|check|test)(?:ed)?|tests?|tested|levels?"
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
"""Words that a drug in common is worth."""
_LEAST_SHARED = 2
_LEAST_SHARE = 0.4


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


def own_stretches(text: str, quotes: Sequence[str]) -> tuple[Span, ...]:
    """Return where `text` speaks of something else than its quotations do, in text order.

    Empty for a text of one stretch, and for one of which no stretch rests on any quotation: such
    a text was given the wrong quotations or changed what they speak of.
    """
    stretches = list(_stretches(text))
    sources = [read_facts(quote) for quote in quotes]
    if len(stretches) < _LEAST_SHARED or not sources:
        return ()
    resting = set(_nearest(stretches, sources)) | set(_of_their_drugs(stretches, sources))
    return tuple(one.span for at, one in enumerate(stretches) if at not in resting)


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
    """Yield for each quotation the stretch that shares most with it, and any that share much."""
    for source in sources:
        said = _about(source.text)
        named = _drugs(source)
        classes = _with_classes(named)
        numbers = _numbers(source)
        shared = [
            len(one.words & said)
            + len(_numbers(one.facts) & numbers)
            + _SAME_DRUG * bool(named & one.drugs)
            + bool(classes & _with_classes(one.drugs))
            for one in stretches
        ]
        best = shared.index(max(shared))
        for at, one in enumerate(stretches):
            told = _numbers(one.facts)
            common = len(one.words & said) + len(told & numbers)
            enough = _LEAST_SHARE * (len(one.words) + len(told))
            near = common >= max(_LEAST_SHARED, enough)
            his_own = _HIS_OWN.match(one.text) and not _DOSED.search(one.text)
            if (near and not his_own) or (at == best and shared[at] >= _LEAST_SHARED):
                yield at


def _numbers(facts: Facts) -> frozenset[tuple[object, str]]:
    return frozenset((n.quantity.value, n.quantity.unit) for n in facts.numbers)


def _with_classes(drugs: frozenset[str]) -> frozenset[str]:
    """Return these names with the classes that they belong to."""
    table = load().drugs
    return drugs.union(*(table[name].classes for name in drugs if name in table))


def _of_their_drugs(stretches: Sequence[_Stretch], sources: Sequence[Facts]) -> Iterator[int]:
    """Yield what names a source or a drug of theirs, or goes on about one."""
    theirs = frozenset[str]().union(*map(_drugs, sources))
    watched = any(_FOLLOW_UP.search(source.text) for source in sources)
    focus = frozenset[str]()
    told = False
    for at, one in enumerate(stretches):
        focus = one.drugs or focus
        goes_on = one.joined and (not one.drugs or bool(one.drugs & theirs))
        told = (told and goes_on) or _SOURCE.search(one.text) is not None
        if told or _is_of(one, focus, theirs, watched=watched):
            yield at


def _is_of(one: _Stretch, focus: frozenset[str], theirs: frozenset[str], *, watched: bool) -> bool:
    """Return whether a stretch gives one of their drugs; to measure something is no giving.

    `focus` are the drugs that were named last, `watched` is whether the quotations speak of
    measuring themselves.
    """
    if one.drugs & theirs or _with_classes(one.drugs) & theirs:
        return watched or bool(_DOSED.search(one.text)) or not _FOLLOW_UP.search(one.text)
    if one.drugs or not _with_classes(focus) & _with_classes(theirs):
        return False
    return _DOSED.search(one.text) is not None or _GOES_ON.search(one.text) is not None
