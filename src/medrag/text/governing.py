"""Whether a heading, a lead-in or a caption turns what is quoted from under it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medrag.text.cues import find_cues
from medrag.text.segmentation import UnitKind
from medrag.text.statements import (
    denies,
    disowns,
    doubts,
    forbids,
    is_order,
    is_self_contained,
    is_sentence,
    points_forward,
    refuses,
)

AMOUNT = re.compile(
    r"\d|\b(?:half|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b", re.IGNORECASE
)
# Of whom a dose holds stands in the heading of its section more often than beside it.
_DOSE = re.compile(
    r"\b(?:dos(?:e|es|age|ages|ing)|give|take|administer\w*|start\w*|begin|initiate|infuse)\b"
    r"[^.;]*\d ?(?:mg|mcg|µg|g|mL|units?|IU|mEq|mmol|tablets?|capsules?|puffs?|drops?)\b",
    re.IGNORECASE,
)


_ADVISES = re.compile(
    r"\b(?:dos(?:e|es|ed|age|ages|ing)|should|must|recommended|adjust\w*|titrat\w+|initiat\w+"
    r"|contraindicat\w+|(?:may|can) be (?:given|used|taken|increased|decreased|reduced|started"
    r"|administered|repeated|continued))\b",
    re.IGNORECASE,
)
# A heading that hangs on what stands under it: `Stop use and ask a doctor if`.
_UNFINISHED = re.compile(
    r"\b(?:if|when|unless|until|while|before|after|who|that|with|in|for|to|is|are|has|have|or"
    r"|and)\Z",
    re.IGNORECASE,
)


# A word before a colon that only says what kind of text follows.
_NEUTRAL_LABEL = re.compile(
    r"\W*(?:(?:the|a|an|and|or|of|for|to|in|on|usual|recommended|standard|general|normal|key|main"
    r"|dos(?:e|es|age|ing)|posology|administration|methods?|notes?|n\.?b\.?|important|warnings?"
    r"|cautions?|precautions?|storage|directions?|instructions?|examples?|summary|conclusions?"
    r"|results?|findings?|background|points?|answers?|description|mechanism|action|indications?"
    r"|uses?|usage|monitoring|overview|steps?|tables?|sections?|figures?|box|chapters?|evidence"
    r"|rationale|recommendations?|guidelines?|guidance|advice|good|practice|statements?|practical"
    r"|information|route|frequency|duration|interactions?|adverse|reactions?|side|effects?"
    r"|pharmacokinetics|absorption|distribution|metabolism|elimination|overdos(?:e|age)|treatment"
    r"|management|therapy|counsell?ing|references?|introduction|purpose|aims?|objectives?|question"
    r"|remember|tips?|options?|regimens?|lines?|choices?|preferred|alternatives?|effective"
    r"|medicines?"
    r"|drugs?|agents?|oral|intravenous|following|these|one|we|recommend|take|give|first|second"
    r"|third|next|finally|therefore|however|[ivx]+|[a-h]|\d+(?:\.\d+)*)"
    r"(?![^\W_])[\W_]*)+\Z",
    re.IGNORECASE,
)
# What makes an amount under it another thing than a dose to give.
_OF_AMOUNTS = re.compile(
    r"\b(?:max\w*|limits?|ceilings?|at most|lethal|fatal|deaths?|toxic\w*|overdos\w+|excess\w*"
    r"|too (?:high|low|much|little)|sub-?therapeutic|accident\w*|incidents?|near miss\w*|adverse"
    r"|harms?"
    r"|animals?|dogs?|cats?|rats?|mice|veterinary|vitro|experiment\w*|investigat\w+|controls?"
    r"|comparators?|placebo|arms?|case reports?|draft|propos\w+|await\w+|pending|past|then"
    r"|(?:before|until|since) \d{4}|expired|lapsed|repealed|overruled|voted|declined|cancel\w*"
    r"|delet\w+"
    r"|remov\w+|dropped|crossed|gone|terminat\w+|void|out of stock|(?:red|black|grey|gray) list|red"
    r"|non-?formulary|delisted|hospital|reserved?|last resort|caution|beware|allerg\w+|inferior"
    r"|poor|bad"
    r"|fake|false|incorrect\w*|untrue|fiction|lack\w*|incompatib\w+|look-alike|renal|kidney"
    r"|hepatic|liver"
    r"|(?:under|over|below|above|aged?) \d+|in place of|which treatment fails)\b|\bfail\w*",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\d ?(?:mg|mcg|µg|micrograms?|g|mL|units?|IU|mEq|mmol|tablets?|capsules?|puffs?|drops?)\b",
    re.I,
)
_LONGEST_LABEL = 12  # words
# A result tells when, and only a kidney's or a liver's of whom.
_RESULT = re.compile(
    r"(?:serum (?!creatinine)|platelet|hba1c|qtc|lvef|anc|inr)\w*\b", re.IGNORECASE
)


def is_neutral(label: str) -> bool:
    """Return whether a label only says what kind of text follows (`Recommended dose`)."""
    return _NEUTRAL_LABEL.match(label) is not None


def _names_case(over: str) -> bool:
    """Return whether words over an amount say in which case it holds, or that it is no dose."""
    if is_sentence(over) and not over.endswith(":"):
        return False
    if not over.endswith(":"):
        return _OF_AMOUNTS.search(over) is not None
    label = over.rstrip(" :")
    told = len(label.split()) > _LONGEST_LABEL or is_self_contained(label)
    return _OF_AMOUNTS.search(over) is not None or not (told or is_neutral(label))


@dataclass(frozen=True, slots=True)
class Governor:
    """What stands over a quotation, in plain words.

    Attributes:
        words: The heading, lead-in or sentence itself.
        kind: What it is.
        near: Whether nothing but headings and items stands between it and the quotation.
    """

    words: str
    kind: UnitKind
    near: bool


def states(words: str, kind: UnitKind) -> bool:
    """Return whether a quotation of a unit of this kind says something by itself.

    A closed sentence of prose does, whatever its verb; an item or a row may be a fragment
    with a full stop.
    """
    return is_self_contained(words) or (kind == "prose" and is_sentence(words))


def governs(governor: Governor, words: str, kind: UnitKind) -> bool:
    """Return whether `governor` turns the quotation `words` of a unit of this kind."""
    over = governor.words
    asked = kind == "prose" and governor.kind == "prose" and over.endswith("?")
    refused = kind == "prose" and refuses(over) and not denies(words)
    if asked or refused or disowns(over):
        return True  # an answer says nothing without its question, a myth without its heading
    if _MEASURED.search(words) and not states(words, kind) and _names_case(over):
        return True
    forbidding = forbids(over)
    kinds = {cue.kind for cue in find_cues(over, 0, len(over))}
    own = {cue.kind for cue in find_cues(words, 0, len(words))
           if not _RESULT.match(words, cue.start)}  # fmt: skip
    if not AMOUNT.search(words):
        kinds -= {"dose", "stage"}
    if kinds == {"population"} and "population" in own:
        kinds = set()  # the quotation says itself of whom it speaks
    if not (kinds or forbidding):
        return False
    if kind == "row" or not states(words, kind):
        return True
    if kind == "prose" and not over.endswith(":"):
        advises = governor.near and (is_order(words) or _ADVISES.search(words) is not None)
        of_whom = "population" in kinds and (advises or _DOSE.search(words) is not None)
        fragment = forbidding and not is_self_contained(words)
        return of_whom or fragment or points_forward(over)
    labels = governor.kind == "item" and not over.endswith((".", "!", ";"))
    unfinished = labels or over.endswith((":", "?")) or _UNFINISHED.search(over) is not None
    leads_in = unfinished or (forbidding and governor.near)
    return leads_in and not (kinds <= {"negation"} and denies(words) and not doubts(over))
