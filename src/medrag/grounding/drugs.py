"""The drugs of a claim that its quotations do not name, or to which they give another dose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from medrag.clinical.lexicon import load
from medrag.grounding.abbreviations import EXPANSIONS
from medrag.grounding.cues import read_clauses
from medrag.grounding.facts import Drug, Facts
from medrag.grounding.tokens import key, tokens


class Other(NamedTuple):
    """A drug of the claim that its quotations do not have so; see `grounding.Ungrounded`."""

    kind: Literal["drug", "number"]
    start: int
    end: int
    message: str
    expected: str = ""


def other_drugs(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield the drugs that no quotation names, and those given another drug's dose."""
    named = [drug for source in sources for drug in source.drugs]
    stated = frozenset[str]().union(*(drug.keys for drug in named))
    texts = " ".join(source.text.lower() for source in sources)
    own = frozenset[str]().union(*(drug.keys for drug in said.drugs))
    for drug in said.drugs:
        written = drug.name.lower()
        if rival := _other_brand(drug, named):
            message = f"{drug.name} is named in no quotation of this claim; they name {rival}."
            yield Other("drug", drug.start, drug.end, message, rival)
            continue
        if (
            drug.keys & stated
            or re.search(rf"\b{re.escape(written)}", texts)
            or _is_inflected(written, texts)
            or (drug.is_class and _names_class(drug, texts))
            or _names_in_full(drug.name, sources)
            or _is_named_otherwise(drug, texts)
            or _is_spelled_out(drug.name, sources)
            or (not written.isalpha() and _packed(written) in _packed(texts))
        ):
            continue
        if _is_member(drug, sources) or _stands_for(drug, said, named):
            continue
        near = next((other.name for other in named if not other.keys & own), "")
        if sources and not near and (not named or _OTHERS.search(texts)):
            continue  # a page may be about this drug, "another inhibitor" may mean it
        yield Other("drug", drug.start, drug.end,
                    f"{drug.name} is named in no quotation of this claim"
                    + (f"; they name {near}." if near else "."), near)  # fmt: skip
    yield from _doses(said, sources)
    yield from _advised(said, sources)


def _packed(text: str) -> str:
    return _GAP.sub("", text)


_GAP = re.compile(r"[\s-]")
_OTHERS = re.compile(r"\b(?:an)?others?\b")


def _other_brand(drug: Drug, named: Sequence[Drug]) -> str:
    """Return the brand that the quotations name, where the claim names another one of the drug."""
    brands = {
        brand.lower() for key in drug.keys if key in load().drugs
        for brand in load().drugs[key].brands
    }  # fmt: skip
    own = drug.name.lower()
    told = [one.name for one in named if one.keys & drug.keys and one.name.lower() in brands]
    return told[0] if own in brands and told and own not in map(str.lower, told) else ""


def _is_inflected(written: str, texts: str) -> bool:
    """Return whether each word of a name stands in the texts in another form: "vaccination"."""
    words = written.split()
    return all(len(word) > _STEM and f" {word[:_STEM]}" in f" {texts}" for word in words)


_STEM = 6
_STEROIDS = re.compile(r"(?<!non)(?<!non-)(?<!anabolic )(?:steroid|\bglucocortic)")


def _names_class(drug: Drug, texts: str) -> bool:
    """Return whether the texts name a class by one of its names, in one or many: "TNF blocker"."""
    written = drug.name.lower()
    if _STEROIDS.search(written):
        return _STEROIDS.search(texts) is not None
    table = load().classes
    named = (name.lower() for key in drug.keys if key in table for name in table[key].names)
    return any(
        re.search(rf"\b{re.escape(name.removesuffix('s'))}s?\b", texts)
        for name in dict.fromkeys((written, *named))
        if len(name) >= _STEM
    )


def _is_named_otherwise(drug: Drug, texts: str) -> bool:
    """Return whether a drug stands there by a name that is a word for something else, too.

    "50 % glucose" is dextrose, whether or not the text speaks of a solution.
    """
    named = {
        word for key in drug.keys if key in load().drugs
        for name in load().drugs[key].names if name.endswith((" solution", " salt"))
        for word in (name.rsplit(" ", 1)[0].lower(),)
    }  # fmt: skip
    return any(re.search(rf"%\)? {re.escape(word)}\b|\b{re.escape(word)} \d+ ?%", texts)
               for word in named)  # fmt: skip


def _names_in_full(name: str, sources: Sequence[Facts]) -> bool:
    """Return whether a name of several words stands there, abbreviations written out."""
    own = [t.key for t in tokens(name)]
    return len(own) > 1 and any(
        own[0] == told[at] and _in_order(own, told[at : at + len(own) + 2])
        for told in ([t.key for t in tokens(source.text)] for source in sources)
        for at in range(len(told))
    )


def _is_spelled_out(name: str, sources: Sequence[Facts]) -> bool:
    """Return whether an abbreviation, or what one of theirs stands for, is there in the other way.

    "SABA" of "short-acting beta2-agonists", "rabies immunoglobulin" of "RIG".
    """
    own = [key(word) for word in EXPANSIONS.get(name, ())]
    for source in sources if len(own) > 1 else ():
        told = [t.key.rstrip("123456789") for t in tokens(source.text)]
        if any(
            own[0] == told[at] and _in_order(own, told[at : at + len(own) + 2])
            for at in range(len(told))
        ):
            return True
    said = {t.key for t in tokens(name)}
    return any(
        said <= {key(word) for word in EXPANSIONS[short[0]]}
        for source in sources for short in _SHORT.finditer(source.text) if short[0] in EXPANSIONS
    )  # fmt: skip


_SHORT = re.compile(r"(?<![\w-])[A-Za-z]*[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?![\w-])")


def _in_order(own: Sequence[str], told: Iterable[str]) -> bool:
    """Return whether keys stand among others in the same order."""
    rest = iter(told)
    return all(key in rest for key in own)


def _classes(key: str) -> frozenset[str]:
    drug = load().drugs.get(key)
    return frozenset(drug.classes) if drug else frozenset()


_WHOLE = re.compile(r"[sS]\Z|-(?:containing|type)\b|\A[A-Z]{3,5}\Z")
"""Names of a class that mean all of it."""


_RIVAL = re.compile(
    r"\b(?:other|than|over|versus|vs\.?|unlike|except|instead of|in place of|preference to|"
    r"preferable to|superior to|inferior to|alternatives? to|compared (?:with|to))\s\Z",
    re.IGNORECASE,
)
_WINDOW = 16  # characters: the longest of these words and a space


def _is_member(drug: Drug, sources: Sequence[Facts]) -> bool:
    """Return whether the quotations speak of the whole class that the drug belongs to.

    They do not where something else is preferred to it: "magnesium, not other anticonvulsants".
    """
    if drug.is_class:
        return False
    named = [(one, source) for source in sources for one in source.drugs]
    classes = {
        key
        for one, source in named
        if one.is_class and _WHOLE.search(one.name)
        if not _RIVAL.search(source.text[max(0, one.start - _WINDOW) : one.start])
        for key in one.keys
    }
    own = frozenset[str]().union(*map(_classes, drug.keys)) & classes
    others = {key for one, _ in named if not one.is_class for key in one.keys}
    return bool(own) and not any(_classes(key) & own for key in others)


_POINTED = re.compile(r"\b(?:the|this|these|an?|other)\s\Z", re.IGNORECASE)


_AS_TREATMENT = re.compile(
    r"(?:thrombolysis|anticoagulation|immunosuppression|heparini[sz]ation)\b"
    r"|[\w -]+[^\Ws] (?:therapy|treatment)\b", re.IGNORECASE,
)  # fmt: skip
"""A class that names a way of treatment, not all of its drugs: "statin treatment"."""


def _stands_for(drug: Drug, said: Facts, named: Sequence[Drug]) -> bool:
    """Return whether a class names the drug that it is said of: "the statin", "X, an opioid"."""
    if not drug.is_class:
        return False
    members = [other for other in named if any(_classes(key) & drug.keys for key in other.keys)]
    own = {key for other in said.drugs if not other.is_class for key in other.keys}
    pointed = _POINTED.search(said.text[max(0, drug.start - 6) : drug.start])
    pointed = pointed or _AS_TREATMENT.match(said.text[drug.start : drug.end + 12])
    return any(other.keys & own for other in members) or bool(members and pointed)


_AGAINST = {("use", "against")}


def _advised(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield a drug that the claim forbids, where its quotations forbid another of its drugs."""
    if len({key for drug in said.drugs for key in drug.keys}) < _SWAPPED:
        return
    forbidden = [one for source in sources for one in _stances(source)]
    own = {key for drug in said.drugs for key in drug.keys}
    for drug, against in _stances(said):
        if not against:
            continue
        told = [no for other, no in forbidden if other.keys & drug.keys]
        rival = next((d.name for d, no in forbidden if no and d.keys & own - drug.keys), "")
        if told and not any(told) and rival:
            yield Other("drug", drug.start, drug.end,
                        f"The claim is against {drug.name}, its quotation against {rival}.",
                        rival)  # fmt: skip


_SWAPPED = 2
"""Drugs that a claim must name for two to have changed places."""


def _stances(facts: Facts) -> Iterator[tuple[Drug, bool]]:
    """Yield each drug that stands alone in its clause, and whether that speaks against it."""
    for clause in read_clauses(facts.text):
        named = [d for d in facts.drugs if clause.start <= d.start < clause.end]
        if len(named) == 1 and not named[0].is_class:
            against = bool(clause.denials) or any((c.axis, c.pole) in _AGAINST for c in clause.cues)
            yield named[0], against


_EQUAL = re.compile(r"\b(?:equal\w*|equivalent|elemental|contain\w*|provid\w*)\b", re.IGNORECASE)
"""Words by which a dose is told of what is in the drug."""


def _doses(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield doses that the quotations give to another drug."""
    given: dict[frozenset[str], set[str]] = {}
    for source in sources:
        for drug in source.drugs:
            given.setdefault(drug.keys, set()).update(drug.doses)
    for drug in said.drugs:
        own = given.get(drug.keys, set())
        others = {dose for keys, doses in given.items() if keys != drug.keys for dose in doses}
        for dose in drug.doses if not _EQUAL.search(said.text) else ():
            if own and dose not in own and dose in others:
                yield Other("number", drug.start, drug.end,
                            f"The quotations give {dose} to another drug than {drug.name}.",
                            ", ".join(sorted(own)))  # fmt: skip
