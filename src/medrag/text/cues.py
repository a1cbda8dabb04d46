"""Words that turn the meaning of the words beside them.

A quotation may leave out much of its sentence, but not these: a negation, an exception, a
condition, a population, a qualifier of a dose. The lists are closed and readable on
purpose; `docs/what-verified-means.md` says what they do not cover.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from medrag.text.statements import forbids

CueKind = Literal["negation", "exception", "condition", "population", "dose", "stage", "phrase"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that turn a meaning, in offsets of the folded text.

    Attributes:
        kind: `dose` and `stage` (starting, loading ...) turn only what holds a number; a
            `phrase` (`with or without`) turns nothing while it is whole.
    """

    kind: CueKind
    start: int
    end: int


_NEGATION = r"""
    not(?!\ only\b) | no(?!\.\ ?\d) | never | neither | nor | none | nothing | without | cannot
  | \w+n't | lack(?:s|ed|ing)?\ of | absence\ of | fail(?:s|ed|ing|ure)?\ to | unlikely
  | rather\ than | instead\ of | rarely | seldom | hardly | barely | scarcely | (?<!a\ )few
  | avoid(?:s|ed|ing|ance)? | contraindicat\w+ | contra-indicat\w+ | prohibit\w*
  | discontinu(?:e|ed|ing|ation) | withh(?:old|eld)\w* | stop(?:ped|ping)? | refrain\w*
  | inappropriate | ineffective | unsafe | unsuitable | inadvisable | disproven | refuted
  | negative\ for | free\ (?:of|from) | rul(?:e|ed|ing)\ out
  | insufficient | inadequate | unable | inability | incapable | impossible | unnecessary
  | unwarranted | useless | futile | forb[iao]d\w* | disallow\w* | preclud\w+ | suspend(?:ed)?
  | ceas(?:e|ed|ing) | halt(?:ed|ing)? | reject\w* | refus(?:e|ed|al|es) | oppos(?:e|ed|es)
  | doubt(?:s|ful|ed)? | questionable | unclear | unknown | uncertain\w* | unproven | unsupported
  | debunk\w* | myths? | misconceptions? | falsely | mistaken\w* | erroneous\w* | wrong(?:ly)?
  | false(?!\ (?:positive|negative)) | untrue | incorrect(?:ly)? | nobody | no-one
  | den(?:y|ies|ied) | declin(?:ed|es)\ to
"""
_EXCEPTION = r"""
    except(?:ing|ions?)? | other\ than | excluding | excludes? | excluded | apart\ from
  | aside\ from | save\ for | but(?!\ also\b) | however | unlike | notwithstanding | barring
  | exclusive\ of
  | limitations?\ of\ use
"""
_CONDITION = r"""
    if | unless | until | when(?:ever)? | only | provided(?:\ that)? | providing\ that
  | as\ long\ as | so\ long\ as | in\ (?:the\ )?(?:case|event)\ of | in\ the\ presence\ of
  | in\ case | insofar | in\ so\ far\ as | contingent | pending | wherever | given\ that
  | depending\ (?:on|upon) | subject\ to | otherwise(?!\ healthy) | assuming | on\ condition
  | (?:while|during)\ (?:tak|receiv|us|pregnan|lactat|breast|treat|dialy)\w+
  | where\ (?:possible|appropriate|indicated|available|necessary|feasible)
  | should\ \w+(?:\ \w+)?\ (?:occur|develop|persist|worsen|arise)
"""
_PEOPLE = r"(?:patients?|people|persons?|individuals?|those|anyone)"
_POPULATION = rf"""
    child(?:ren)? | p(?:a)?ediatrics? | infants? | neonat\w+ | newborns? | toddlers?
  | adolescents? | teenagers? | adults? | elderly | geriatric | older\ (?:adults|patients|people)
  | pregnan\w+ | lactati\w+ | breast-?feeding | nursing\ (?:mothers|women) | trimester
  | (?:post|pre)menopausal | women | men | girls | boys | females? | males?
  | {_PEOPLE}\ (?:with|without|who|whose|receiving|taking|undergoing|aged|under|over|younger
        |older|having|weighing|requiring|allergic|hypersensitive|at|in\ whom|on|not)
  | (?:renal|hepatic|kidney|liver)\ (?:impairment|failure|dysfunction|insufficiency)
  | (?:renally|hepatically)[ -]impaired | (?:hemo|haemo)?dialysis
  | smokers | non-?smokers | diabetics | (?:out|in)patients | preterm | frail
  | premature\ (?:infants|babies) | recipients | carriers | survivors | placebo | sham
  | immunocompromised | immunosuppressed | (?:aged?|ages)\ (?:of\ )?[<>]?=?\d\w*
  | \d+\ ?years\ (?:of\ age|old|and) | {_PEOPLE}\ [<>]=?\ ?\d\w*
  | (?:crcl|clcr|egfr|gfr|creatinine\ clearance|child-?pugh|qtc|lvef|anc|inr|bmi|hba1c
        |body\ weight|weighing|platelet\ count|serum\ \w+)\b[^.;|]{{0,40}}?
        (?:[<>]=?\s?\d | (?:below|above|under|over|less\ than|greater\ than|more\ than|at\ least
        |at\ most|between|exceeds?)\ \d | class\ [a-c] | (?P<grade>[a-c]\b))
  | [<>]=?\ ?\d[\d.,]*\ ?(?:ml/min\S* | kg\b | years)
"""
_DOSE = r"""
    up\ to | (?<![ct]\ )max(?:imum|imal|\.)? | minimum | not\ to\ exceed
  | per\ (?:kg|kilogram|m2|square\ met\w+)
  | (?:in\ )?(?:(?:two|three|four|\d)\ )?(?:equally\ )?divided(?:\ doses)? | total\ daily
"""
_STAGE = r"(?:initial|starting|loading|maintenance|target|usual\ starting|test)\ (?:\w+\ )?doses?"

CROSSES = "✗✘❌✖✕☒⛔🚫🛑"
"""Marks that strike out what stands beside them."""

_CUES = re.compile(
    rf"""(?<![\w-])(?:
        (?P<phrase>not\ only | whether\ or\ not | no\ more\ than | with\ or\ without)
      | (?P<condition>{_CONDITION})
      | (?P<exception>{_EXCEPTION})
      | (?P<negation>{_NEGATION})
      | (?P<population>{_POPULATION})
      | (?P<dose>{_DOSE})
      | (?P<stage>{_STAGE})
    )(?![\w-])
    | (?P<crossed>[{CROSSES}])
    | (?P<threshold>(?<![\w.])[<>]=?\ ?\d[\d.,]*\ ?(?:ml/min|kg\b|years\b))
    """,
    re.VERBOSE,
)
_ANY_CASE = re.compile(
    _CUES.pattern.replace("(?P<grade>[a-c]\\b)", "(?-i:[A-C]\\b)"), re.IGNORECASE | re.VERBOSE
)
_LOOKS_BACK = 4  # characters that the patterns see before their match
_REFERENCE = re.compile(
    r"\[(?:see|refer to|also see|consult)\b[^\]]{0,400}\]"
    r"|\((?:see|refer to|also see|consult)\b(?:[^()]|\([^()]*\)){0,400}\)",
    re.IGNORECASE,
)


def find_cues(text: str, start: int, end: int) -> list[Cue]:
    """Return the cues of `text[start:end]` in order; cross-references hold none."""
    references = [match.span() for match in _REFERENCE.finditer(text, start, end)]
    found: list[Cue] = []
    at = 0
    for kind, first, last in _matches(text, start, end):
        while at < len(references) and references[at][1] <= first:
            at += 1
        if at < len(references) and references[at][0] <= first:
            continue
        found.append(Cue(kind, first, last))
    return found


def _matches(text: str, start: int, end: int) -> list[tuple[CueKind, int, int]]:
    """Return kind, start and end of every cue, cross-references or not.

    Looked for in small letters, where `re` is three times as fast; as they are written where
    letters do not keep their number, or where an `a` might be the class of a disease.
    """
    begin = max(0, start - _LOOKS_BACK)
    low = text[begin:end].lower()
    found = list(_CUES.finditer(low, start - begin))
    if len(low) == end - begin and not any(match["grade"] for match in found):
        return [(_KINDS[m.lastgroup or ""], begin + m.start(), begin + m.end()) for m in found]
    return [
        (_KINDS[m.lastgroup or ""], m.start(), m.end())
        for m in _ANY_CASE.finditer(text, start, end)
    ]


def turns(words: str) -> bool:
    """Return whether a heading or note turns what it is about: cues of doses alone do not."""
    if forbids(words):
        return True
    return any(cue.kind not in {"dose", "stage"} for cue in find_cues(words, 0, len(words)))


_KINDS: dict[str, CueKind] = {
    "condition": "condition",
    "crossed": "negation",
    "dose": "dose",
    "exception": "exception",
    "negation": "negation",
    "phrase": "phrase",
    "population": "population",
    "stage": "stage",
    "threshold": "condition",
}
