"""What a claim names that its quotations do not: bodies, diseases, organs, stages, scope.

Each is a closed class: a claim is held to its quotations only where they name another member
of the class, so that words they never speak of raise nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.clinical.verbatim import repeats_part
from medrag.grounding.classes import Other, other_members
from medrag.grounding.facts import Facts
from medrag.grounding.scope import closings, counted_one, openings
from medrag.grounding.stems import stems
from medrag.grounding.tokens import tokens
from medrag.grounding.words import is_initials
from medrag.text.prefilter import prefiltered


def other_terms(said: Facts, beside: Sequence[Facts]) -> Iterator[Other]:
    """Yield the terms of a claim in whose stead its quotations name others, in no order."""
    claim, sources = said.text, [source.text for source in beside]
    if sources:
        yield from _bodies(claim, sources)
        yield from _diseases(said, beside)
        yield from _organs(claim, sources)
        yield from _analytes(said, beside)
        yield from other_members(claim, sources)
        yield from _stages(claim, sources)
        yield from _opened(claim, sources)
        yield from _absolute(claim, sources)
        yield from _alike(claim, sources)


# --- Bodies that publish ----------------------------------------------------------------------

_BODY_WORD = (
    r"(?:Academy|Association|Society|College|Task Force|Institute|Organi[sz]ation|Centers?"
    r"|Committee"
    r"|Agency|Foundation|Federation|Council|Administration|Panel|Network|Alliance|Department"
    r"|Collaborative|Initiative|Group|Study|Trial|Survey|Registry|Project|Campaign)"
)
_BODY = re.compile(
    rf"\b(?:[A-Z][\w.-]+ |of |for |the |and |on |in ){{0,9}}{_BODY_WORD}s?"
    r"(?: (?:of|for|on|and|the|in|against) (?:the )?[A-Z][\w-]+(?: [A-Z][\w-]+)*)*"
)
_SMALL = frozenset(
    {
        "This",
        "These",
        "Our",
        "Each",
        "Another",
        "That",
        "One",
        "No",
        "of",
        "for",
        "the",
        "and",
        "on",
        "in",
        "against",
        "The",
        "In",
        "A",
        "An",
        "Per",
        "According",
        "By",
        "From",
        "Under",
        "As",
        "Following",
        "To",
        "With",
    }
)


def _bodies(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    texts = " ".join(sources)
    lower = texts.lower()
    for match in _BODY.finditer(claim):
        names = [w for w in re.findall(r"[\w-]+", match[0]) if w not in _SMALL]
        initials = "".join(word[0] for word in names).upper()
        if len(names) < 2 or (len(initials) > 2 and initials in texts):
            continue
        if any(word.lower() not in lower for word in names) and not is_initials(initials, texts):
            yield Other("name", match.start(), match.end(),
                        f"{match[0].strip()} is named in no quotation of this claim.")  # fmt: skip


# --- Diseases and organs ----------------------------------------------------------------------

_GENERAL = frozenset({
    "pain", "fever", "cancer", "pregnancy", "lactation", "contraception", "smoking", "transplant",
    "shock", "burns", "nausea-vomiting", "diarrhea", "constipation", "suicidality",
    "immunocompromised", "obesity", "active-bleeding", "neuropathy",
})  # fmt: skip
"""Conditions that are told in many words."""
_OF_PATIENTS = re.compile(
    r"\b(?:for|in|with|of|has|have|had|treating|treat|prevent|preventing"
    r"|against)(?: [a-z-]+){0,3} \Z",
    re.I,
)


def _diseases(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield a disease whose patients the claim speaks of, where the sources name others."""
    stated = {d.diagnosis: d.text for source in sources for d in source.diseases}
    lower = " ".join(source.text for source in sources).lower()
    own = {d.diagnosis for d in said.diseases if not d.negated}
    rivals = [text for name, text in stated.items() if name not in own]
    for one in (d for d in said.diseases if not d.negated):
        named = one.diagnosis in stated or one.diagnosis in _GENERAL or one.text.lower() in lower
        before = said.text[max(0, one.start - 40) : one.start]
        if not named and rivals and _OF_PATIENTS.search(before):
            message = f"{one.text!r} is named in no quotation of this claim; they speak of "
            yield Other("population", one.start, one.end, message + f"{rivals[0]!r}.", rivals[0])


_ORGANS = frozenset({"renal", "hepatic", "cardiac", "pulmonary", "skin", "eye", "thyroid", "brain",
                     "stomach", "pancrea", "prostate", "breast", "ovarian", "colorect", "bladder",
                     "lung", "cervic", "gastric"})  # fmt: skip


def _organs(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    stated = {token.key: token for source in sources for token in tokens(source)}
    said = {token.key for token in tokens(claim)}
    rivals = [t.word for key, t in stated.items() if key in _ORGANS and key not in said]
    for token in tokens(claim):
        if token.key in _ORGANS and token.key not in stated and rivals:
            yield Other("direction", token.start, token.end,
                        f"The claim says {claim[token.start : token.end]!r}, its quotation "
                        f"{rivals[0]!r}.",
                        rivals[0])  # fmt: skip


def _analytes(said: Facts, sources: Sequence[Facts]) -> Iterator[Other]:
    """Yield what the claim measures, where its quotations measure other things, and not this."""
    stated = {lab.analyte: lab for source in sources for lab in source.labs}
    held = {one for source in sources for one in stems(tokens(source.text))}
    own = said.analytes
    spoken = stems(tokens(said.text))
    rivals = [lab.text for name, lab in stated.items() if name not in own]
    rivals += [
        token.word for source in sources for token in tokens(source.text)
        if _OF_BLOOD.match(token.word) and not stems([token]) & spoken
    ]  # fmt: skip
    for lab in said.labs:
        if rivals and lab.analyte not in stated and not _named(lab.text) & held:
            message = (
                f"{lab.text!r} is named in no quotation of this claim; they say {rivals[0]!r}."
            )
            yield Other("direction", lab.start, lab.end, message, rivals[0])


_OF_BLOOD = re.compile(r"hyp(?:o|er)[a-z]{3,}emia\Z")
"""An analyte with its height: "hypomagnesemia"."""


def _named(text: str) -> frozenset[str]:
    return stems([t for t in tokens(text) if t.word not in _MATRICES])


_MATRICES = frozenset({"serum", "plasma", "blood", "urine", "urinary", "level", "levels", "total"})
"""What a measured name is of, and shares with others."""


# --- Stages, scope and names that end alike -----------------------------------------------------

_STAGE = prefiltered(
    r"\b(?P<of>Child[- ]Pugh(?: [Cc]lass)?|NYHA(?: [Cc]lass)?|[Cc]lass|[Gg]rade|[Ss]tage"
    r"|[Cc]ategory"
    r"|[Pp]hase|[Tt]ype|[Hh]epatitis|[Ii]nfluenza|[Vv]itamin|[Gg]roup)"
    r" (?P<which>[A-EX]|I{1,3}|IV|VI{0,3})\b(?!\w)"
)


def _stages(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield "Child-Pugh C" where the sources name Child-Pugh B alone."""
    stated = {
        (_scale(match["of"]), match["which"]): match[0]
        for source in sources for match in _STAGE.finditer(source)
    }  # fmt: skip
    texts = " ".join(sources)
    for match in _STAGE.finditer(claim):
        scale = _scale(match["of"])
        rivals = [text for (of, _), text in stated.items() if of == scale]
        listed = re.search(rf"\b(?:or|and|to|,) ?{match['which']}\b", texts)
        if rivals and (scale, match["which"]) not in stated and not listed:
            yield Other("population", match.start(), match.end(),
                        f"{match[0]!r} stands in no quotation of this claim; they say "
                        f"{rivals[0]!r}.", rivals[0])  # fmt: skip


def _scale(written: str) -> str:
    """Return the scale a stage is of: Child-Pugh class B is Child-Pugh B."""
    name = written.lower().replace("-", " ")
    return "class" if name.startswith(("child", "nyha", "class")) else name


def _opened(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield where the claim lifts a condition or an exception of its quotations."""
    found = () if repeats_part(claim, sources) else (openings, closings, counted_one)
    for one in (one for read in found for one in read(claim, sources)):
        yield Other("direction", one.start, one.end, one.message, one.expected)


_ALWAYS = re.compile(r"\b(?:always|never|invariably|in (?:every|all) cases?)\b", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:may|can|might|could|some\w*|usual\w*|typical\w*|general\w*|often|most\w*|unless"
    r"|except|many"
    r"|rare\w*|occasional\w*|\d+\s?(?:of|/)\s?\d+|approximately \d+\s?%)\b", re.IGNORECASE,
)  # fmt: skip
_ABSOLUTE = re.compile(
    r"\b(?:always|never|invariably|all|every|each|any|no|not|none|contraindicated|must|avoid\w*)\b",
    re.IGNORECASE,
)


def _absolute(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield "always" where all quotations hedge."""
    texts = " ".join(sources)
    always = _ALWAYS.search(claim)
    if always and _HEDGED.search(texts) and not _ABSOLUTE.search(texts):
        yield Other("direction", always.start(), always.end(),
                    f"The claim says {always[0]!r}; its quotation does not.")  # fmt: skip


_ENDINGS = re.compile(r"(?:coccal|philic|itis|emia|penia|uria|cardia|algia)\Z")


def _alike(claim: str, sources: Sequence[str]) -> Iterator[Other]:
    """Yield "pneumococcal" where the sources say "meningococcal" and the claim does not."""
    stated = {token.word for source in sources for token in tokens(source)}
    said = tokens(claim)
    spoken = {token.word for token in said}
    for token in said:
        ending = _ENDINGS.search(token.word)
        if ending is None or token.word in stated:
            continue
        rivals = sorted(w for w in stated - spoken if w.endswith(ending[0]))
        if rivals:
            yield Other("direction", token.start, token.end,
                        f"The claim says {claim[token.start : token.end]!r}, its quotation "
                        f"{rivals[0]!r}.",
                        rivals[0])  # fmt: skip
