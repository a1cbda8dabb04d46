"""MED205: drugs and fluids that must not meet in one line, bag or syringe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medrag.checker.context import Context
from medrag.checker.going_on import going_on
from medrag.checker.rows_pairs import CompatibilityRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.selection import rows_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import name
from medrag.checker.words import find, find_all
from medrag.clinical import DrugMention
from medrag.core.finding import Reference

_FLUIDS = {
    "dextrose": ("dextrose", "d5w", "d5", "d10w", "glucose", "g5"),
    "saline": ("saline", "sodium chloride", "nacl", "0.9%", "0.9 %"),
    "ringer": ("ringer", "lactated", "hartmann"),
    "tpn": ("tpn", "parenteral nutrition", "hyperalimentation"),
}
"""Fluids of the table and what they are called."""
_TOGETHER = re.compile(
    r"\b(?:same (?:line|bag|syringe|lumen|infusion|IV|tubing|access|catheter|cannula|port|pump)"
    r"|y-?sites?|together|mix(?:ed|ing|es)?|co-?infus\w*|co-?administ\w*|concurrent\w*"
    r"|simultaneous\w*|piggy-?back\w*"
    r"|(?:through|via|in|into|by|over|down) (?:the )?(?:one|a single)"
    r"|one (?:line|bag|syringe|lumen)|run(?:s|ning)? with|alongside|add(?:ed|ing)? to|combined? in"
    r"|shar(?:es?|ing) (?:the|a|one|its) \w+|combin\w+"
    r"|(?:to|into|in|through|via|down|over) (?:the|his|her|a running) [\w '\u2019-]{0,40}(?:bag"
    r"|line|bottle|syringe"
    r"|drip|infusion)"
    r"|drawn? up|in the same|pair|(?:dilut|dissolv|reconstitut)\w* (?:[\w-]+ ){1,4}(?:in|with)"
    r"|back[- ]to[- ]back)\b",
    re.I,
)
_AT_ONCE = re.compile(
    r"\b(?:together|co-?administ\w*|concurrent\w*|simultaneous\w*|alongside|combin\w+|pair)\b", re.I
)
"""Words that make two drugs one treatment, and of what has no times of its own one injection."""
_BLOOD = sifted(
    r"\b(?:red cells?|packed cells|PRBCs?|whole blood|the blood|units? of blood|transfus\w+)\b",
    re.I,
)
_SET = re.compile(
    r"\b(?:hang|hung|run|running|prime|infus\w*|transfus\w*|spike|piggy-?back)\b[^.;]{0,60}?"
    r"\b(?:with|through|via|behind|in|into|over|after) (?:the |a |an )?(?:running )?\Z",
    re.I,
)
"""Words that run blood through a fluid: "hang the red cells with D5W"."""
_THROUGH = re.compile(
    r"\b(?:prim(?:e|ed|ing)|flush(?:ed|ing)?|rins(?:e|ed|ing)|dilut(?:e|ed|ing)|thin(?:ned)?)"
    r" (?:\w+ ){0,3}with\b"
    r"|\b(?:through|behind|after|via|over|in) (?:it|the same|that)\b",
    re.I,
)
"""Ways in which a fluid and blood meet in one set."""
_HARMS_BLOOD = {
    "dextrose": "red cells clump and burst",
    "ringer": "its calcium clots citrated blood",
}
_TRANSFUSION = Reference(
    title="Circular of Information for the Use of Human Blood and Blood Components (AABB)",
    section="Instructions for infusion",
    edition="2021",
)
_DILUTED = r"\b(?:in|with|into|using|by|dilut\w*|reconstitut\w*|mix\w*|of)\b[^.;|]{0,40}?"
_APART = re.compile(
    r"\b(?:do not|don't|never|avoid|must not|should not|cannot|can't|not be|incompatible"
    r"|separate\w*|flush\w*|contraindicated|(?:an)?other (?:line|lumen)|different (?:line|lumen)s?"
    r"|(?:a )?(?:second|separate) (?:line|lumen|cannula|access|IV|arm)"
    r"|kept away|keep away|apart|own (?:line|lumen)|precipitat\w*|rather than|instead of|not)\b",
    re.I,
)
_UNAPART = re.compile(
    r"(?:without|no|not|n't|never|skip\w*|omit\w*|unnecessary)\s(?:\w+\s){0,3}"
    r"(?:flush\w*|separat\w*)|without (?:a |any )?(?:concern|problem|precipit\w+|risk)"
    r"|(?:does|do|will) not precipitate|no precipit\w+",
    re.I,
)
"""Words that call keeping apart needless."""


def _compatibility(context: Context) -> Iterator[Verdict]:
    yield from _with_blood(context)
    for mention in context.dosed:
        for drug, row in rows_of(context, mention, CompatibilityRow):
            if not _meets(context, mention, row):
                continue
            yield Signal(
                severity=row.severity,
                message=f"{name(drug)} with {row.other}: {row.effect}.",
                span=mention.span,
                reference=context.knowledge.reference(row, drug),
                subject=drug,
            )
            break


def _with_blood(context: Context) -> Iterator[Verdict]:
    """Report fluids that clot or burst red cells in the line of a transfusion."""
    for sentence in context.content.sentences:
        match = context.search(_BLOOD, sentence.text)
        if match is None or _is_apart(sentence.text):
            continue
        joined = _TOGETHER.search(sentence.text) or _THROUGH.search(sentence.text)
        for fluid, effect in _HARMS_BLOOD.items():
            named = find(sentence.text, _FLUIDS[fluid])
            if named is None:
                continue
            behind = match.end() < named.start and _SET.search(sentence.text[: named.start])
            if joined is not None or behind:
                yield Signal(
                    severity="critical",
                    message=f"{fluid} in one line with blood: {effect}; only saline runs with it.",
                    span=sentence.span,
                    reference=_TRANSFUSION,
                    subject="blood",
                )


def _meets(context: Context, mention: DrugMention, row: CompatibilityRow) -> bool:
    """Whether the text brings a drug and what a row forbids into one place."""
    if row.when == "neonate" and not _is_newborn(context):
        return False
    sentence = context.sentence(mention)
    words = _FLUIDS.get(row.other, (row.other,))
    if row.other in _FLUIDS:
        later = [part.of(context.text) for part in going_on(context, mention)][1:]
        return any(
            _is_in_fluid(part, mention, words)
            for part in _PART.split(sentence)
            if find(part, words)
        ) or any(_is_held(part, "|".join(map(re.escape, words))) for part in later)
    if not _is_added(context, mention, words) or _is_apart(sentence):
        return False
    joined = _TOGETHER.search(sentence)
    if joined is not None and row.when != "neonate" and _has_own_times(mention):
        joined = _TOGETHER.search(_AT_ONCE.sub(" ", sentence))
    if joined is not None:
        return True
    return sentence.lstrip().startswith("|") and _said_of_table(context)


def _has_own_times(mention: DrugMention) -> bool:
    """Return whether a drug is given at times of its own: "every 8 hours together with"."""
    return any(r.frequency is not None and not r.frequency.once for r in mention.regimens)


def _is_added(context: Context, mention: DrugMention, words: tuple[str, ...]) -> bool:
    """Return whether the sentence names what a row forbids: no test, nor a part of the drug's name.

    "Insulin degludec alongside metformin" brings no other insulin.
    """
    sentence = context.content.sentences[mention.sentence]
    begin = sentence.start
    tests = {lab.start for lab in context.content.labs if lab.role == "order"}
    own = [
        one
        for one in context.content.drugs_in(begin, sentence.end)
        if one.ingredients == mention.ingredients
    ]
    return any(
        begin + place.start not in tests
        and not any(one.start <= begin + place.start < one.end for one in own)
        for place in find_all(sentence.text, words)
    )


_PART = re.compile(r";\s")
_LOADED = re.compile(
    r"\b(?:pre-?load|load|pre-?hydrat|hydrat|bolus|rins)\w*\s(?:\w+\s)?(?:with|of)\s"
    r"(?![\d.,]+\s?(?:mg|mcg|g|units?)\b)[^.;]{0,25}\Z",
    re.I,
)
"""The fluid is given for itself, before or after the drug."""


_FLUSHED = re.compile(r"\bflush\w*", re.I)
_DISSOLVED = re.compile(r"\b(?:dilut|dissolv|reconstitut)\w* [^.;]{0,60}?\b(?:in|with)\b", re.I)
"""What is dissolved in a fluid is not kept from it by a flush of the line."""


def _is_in_fluid(part: str, mention: DrugMention, words: tuple[str, ...]) -> bool:
    """Return whether a part of a sentence puts the drug into a fluid, or both into one line."""
    named = "|".join(re.escape(word) for word in words)
    if _is_held(part, named):
        return True  # a line of its own does not take it out of its bag
    if _is_apart(_FLUSHED.sub(" ", part) if _DISSOLVED.search(part) else part):
        return False
    if _TOGETHER.search(part) is not None:
        return True
    rest = part[part.find(mention.text) + len(mention.text) :] if mention.text in part else part
    diluted = re.search(rf"{_DILUTED}(?P<fluid>\b(?:{named}))", rest, re.I)
    return diluted is not None and _LOADED.search(rest, 0, diluted.start("fluid")) is None


_HELD = (
    r"\b(?:in(?:to)?|with|to|up in)\s(?:(?:the|a|an|about|its|up to|a total of)\s)*"
    r"[\d.,]+[\s-]?m?L\b\s?(?:bags?\s)?(?:of\s|in\s|with\s)?"
    r"(?:(?:normal|sterile|plain|isotonic|physiological|[\d.,]+\s?%)\s)*(?:FLUID)"
)
_HELD_NOT = re.compile(
    r"\b(?:not|never|avoid\w*|instead of|rather than|flush\w*|rins\w*|prim\w*"
    r"|(?:pre-?)?(?:hydrat|load)\w*|bolus|drink|before|after|follow\w*|no|without|then)\b[^.;]{0,30}\Z",
    re.I,
)


@lru_cache(maxsize=64)
def _holding(named: str) -> re.Pattern[str]:
    return re.compile(_HELD.replace("FLUID", named), re.I)


def _is_held(part: str, named: str) -> bool:
    """Return whether a measured volume of the fluid takes up the drug: "in 250 mL of saline"."""
    found = _holding(named).search(part)
    return found is not None and _HELD_NOT.search(part, 0, found.start()) is None


def _is_apart(sentence: str) -> bool:
    return _APART.search(_UNAPART.sub(" ", sentence)) is not None


def _said_of_table(context: Context) -> bool:
    """Whether a line beneath a table of lines says that its pairs run together."""
    return any(
        _TOGETHER.search(sentence.text) is not None and not _is_apart(sentence.text)
        for sentence in context.content.sentences
        if not sentence.text.lstrip().startswith("|")
    )


def _is_newborn(context: Context) -> bool:
    age = context.facts.patient.age_years
    told = re.search(r"\b(?:neonat|newborn)", context.text, re.I) is not None
    return (age is not None and age < 0.1) or told


RULES = (
    Rule(
        id="MED205",
        title="incompatible in one line or bag",
        category="interaction",
        rationale="Precipitates in a vein have killed newborns.",
        tables=("compatibilities",),
        check=_compatibility,
    ),
)
