"""Whether a heading, a lead-in or a caption turns what is quoted from under it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from medrag.text.cues import find_cues
from medrag.text.segmentation import UnitKind
from medrag.text.statements import forbids, is_self_contained, is_sentence, points_forward

AMOUNT = re.compile(
    r"\d|\b(?:half|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b", re.IGNORECASE
)
# Of whom a dose holds stands in the heading of its section more often than beside it.
_DOSE = re.compile(
    r"\b(?:dos(?:e|es|age|ages|ing)|give|take|administer\w*|start\w*|begin|initiate|infuse)\b"
    r"[^.;]*\d ?(?:mg|mcg|µg|g|mL|units?|IU|mEq|mmol|tablets?|capsules?|puffs?|drops?)\b",
    re.IGNORECASE,
)


# A heading that hangs on what stands under it: `Stop use and ask a doctor if`.
_UNFINISHED = re.compile(
    r"\b(?:if|when|unless|until|while|before|after|who|that|with|in|for|to|is|are|has|have|or|and)\Z",
    re.IGNORECASE,
)


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
    if kind == "prose" and governor.kind == "prose" and over.endswith("?"):
        return True  # an answer says nothing without its question
    forbidding = forbids(over)
    kinds = {cue.kind for cue in find_cues(over, 0, len(over))}
    own = {cue.kind for cue in find_cues(words, 0, len(words))}
    if not AMOUNT.search(words):
        kinds -= {"dose", "stage"}
    if kinds == {"population"} and "population" in own:
        kinds = set()  # the quotation says itself of whom it speaks
    if not (kinds or forbidding):
        return False
    if kind == "row" or not states(words, kind):
        return True
    if kind == "prose" and not over.endswith(":"):
        of_whom = "population" in kinds and _DOSE.search(words) is not None
        fragment = forbidding and not is_self_contained(words)
        return of_whom or fragment or points_forward(over)
    unfinished = over.endswith((":", "?")) or _UNFINISHED.search(over) is not None
    leads_in = unfinished or (forbidding and governor.near)
    return leads_in and not (kinds <= {"negation"} and "negation" in own)
