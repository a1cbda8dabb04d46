"""What a drug is given for in this answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from medrag.checker.context import Context
from medrag.checker.sieve import sifted
from medrag.checker.words import find
from medrag.clinical import DrugMention

_OTHER_AIM = sifted(
    r"\b(maintenance|prevent|prophyla"
    r"|secondary|antiplatelet therapy\b[^.;]*\b(?:continues?|months|years?)"
    r"|history of|after (?:a|six|6|three|3) (?!shock|(?:\w+ )?(?:sting|bite|meal|nut|peanut|drug"
    r"|dose|fall)s?\b)|extended|long-term|step[- ]?down"
    r"|for life\b|life-?long|indefinite|chronic"
    r"|against|patch test|sensitivity|suppress|reactivat|(?:cover|keep)\w* (?:away )?(?:zoster"
    r"|shingles"
    r"|herpes|pneumocystis|p[cj]p)\b|so that [^.;]{3,40} (?:not|never)\b)",
    re.I,
)
_OF_A_CHILD = re.compile(
    r"\b(?:child|infant|neonat|newborn|pa?ediatric|year-old (?:boy|girl))", re.I
)
_DENIED = re.compile(
    r"\b(?:no|not|without|excluded|ruled out|unlikely|low risk of|previous|prior)\b[^.;\n]{0,30}$",
    re.I,
)
_EARLIER = re.compile(
    r"\b(?:earlier|previous(?:ly)?|former|prior|past|old|excluded|ruled out|no) (?:\w+ ){0,2}\Z",
    re.I,
)
"""Words before an indication that is none of today: "an earlier status epilepticus"."""
_BACK = 400
"""Characters before an order in which a heading or a first sentence names what it is for."""
_EXPOSED = sifted(r"\b(?:contacts?|exposure|exposed|carriers?|carriage)\b", re.I)
"""Words of those who only met the disease."""
_OVER = re.compile(
    r"\b(?:ago|previous\w*|prior|past|resolved|treated|old|remote|since|in (?:19|20)\d\d"
    r"|(?:19|20)\d\d|recurren\w+|risk|provoked|completed)\b",
    re.I,
)
"""Words of the record that make a disease one of another time."""


_OF_STROKE = sifted(
    r"\b(?:stroke|embolic|thromboembolic) (?:prevention|prophylaxis)"
    r"|\bprevent(?:s|ing|ion of)? (?:a |the )?(?:\w+ )?strokes?\b",
    re.I,
)
"""What an anticoagulant in atrial fibrillation is for: no lesser aim there."""
_OF_SURGERY = frozenset({"before the incision", "before surgery"})
_PREVENTION = re.compile(
    r"\b(?:surg\w+|peri-?operative|operative|pre-?operative)(?: antibiotic| antimicrobial)?"
    r" prophyla\w+|\b(?:antibiotic |antimicrobial )?prophyla\w+ (?:for|before|at|of)"
    r" (?:the |a |an |her |his )?(?:\w+ )?"
    r"(?:surgery|operation|incision|colectomy|hysterectomy|c(?:ae|e)sarean|arthroplasty|\w+ectomy|\w+plasty"
    r"|\w+ replacement|\w+ bypass|CABG|\w+ repair)",
    re.I,
)
"""Words that prevent an infection of the wound."""
_ALSO: tuple[tuple[str, ...], ...] = (
    ("myocardial infarction", "heart attack", "stemi", "nstemi", "acute mi", "ami"),
    ("acute coronary", "acs", "unstable angina"),
    ("pulmonary embol", "lung embol", "acute pe", "lung clot"),
    ("deep vein thrombosis", "dvt", "leg clot"),
    ("febrile neutropenia", "neutropenic fever", "neutropenic sepsis", "fever and neutropenia"),
    ("meningitis", "meningococc"),
    ("subarachnoid", "sah"),
    ("diabetic ketoacidosis", "ketoacidosis", "dka"),
    ("giant cell arteritis", "temporal arteritis", "gca"),
    ("tuberculosis", "tb"),
    ("anaphylaxis", "anaphylactic"),
    ("adrenal crisis", "addisonian crisis", "acute adrenal insufficiency"),
    ("status epilepticus", "convulsive status"),
    ("gastrointestinal bleeding", "gi bleed", "upper gi bleed"),
    ("bacteremia", "bacteraemia", "bloodstream infection"),
    ("pneumocystis", "pcp", "pjp", "jirovecii"),
)
"""Diseases and what else they are called: a row need name only one of them."""


@lru_cache(maxsize=512)
def also_called(indication: tuple[str, ...]) -> tuple[str, ...]:
    """Return words of an indication with the other names of the same diseases."""
    named = {word.lower() for word in indication}
    more = [name for names in _ALSO if named & set(names) for name in names]
    return tuple(dict.fromkeys((*indication, *more)))


def aim_of(
    context: Context, mention: DrugMention, indication: Sequence[str]
) -> Literal["here", "ahead"] | None:
    """Return where the indication of a treatment is named, None where it is not.

    `here` is the drug's own sentence; `ahead` is what leads to it, or the patient's record. A
    prevention, a later phase, a child or somebody who was only exposed is another aim.
    """
    sentence = context.sentence(mention)
    if context.search(_OF_STROKE, sentence):
        sentence = _OF_STROKE.whole.sub(" ", sentence)
    if _OF_SURGERY.intersection(indication):  # here a prevention is the very aim
        sentence = _PREVENTION.sub("operative dose", sentence)
    if context.search(_EXPOSED, sentence) or _is_another(context, sentence):
        return None
    here = find(sentence, also_called(tuple(indication)))
    if here is not None:
        return None if _EARLIER.search(sentence[: here.start]) else "here"
    start = context.content.sentences[mention.sentence].start
    ahead = context.text[max(0, start - _BACK) : start]
    found = find(ahead, indication)
    if found is None:
        return "ahead" if _is_recorded(context, indication) else None
    if _is_another(context, ahead):
        return None
    return None if _DENIED.search(ahead[: found.start]) else "ahead"


def _is_recorded(context: Context, indication: Sequence[str]) -> bool:
    """Return whether the record names the indication, and as one of today."""
    return any(
        find(condition, indication) is not None
        and not (_is_another(context, condition) or _OVER.search(condition))
        for condition in context.facts.patient.conditions or ()
    )


def _is_another(context: Context, words: str) -> bool:
    """Return whether words are of another aim, or of a child where the patient is none."""
    if _OTHER_AIM.whole.search(words):
        return True
    return not context.facts.is_child and _OF_A_CHILD.search(words) is not None
