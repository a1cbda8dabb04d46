"""Where a directive's reach ends: at an item of a list that has a verb of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NOUNS = (
    r"tablets|capsules|drops|doses|levels|injections|infusions|puffs|sprays|patches|units|pills"
    r"|inhalers|suppositories|weeks|days|hours|months|meals|mornings|evenings|nights|plus|versus"
    r"|always|perhaps|besides|less|unless|thus|this|as|its|his|towards|across|boluses|lozenges"
    r"|sachets|courses|salts|supplements|vials|ampoules|needs"
)
_PREDICATE = re.compile(
    r"(?:\s\([^()]*\))?\s(?:\w+ly\s|also\s|then\s|still\s|now\s|never\s|all\s|both\s){0,2}"
    r"(?:is|are|was|were|has|have|had|does|do|did|will|would|can|could|may|might|must|shall|should"
    r"|cannot|\w+n['\u2019]t"
    rf"|(?!(?:{_NOUNS})\b)[a-z]{{2,}}[a-rt-z]s)\s(?!{{)"
)
"""Begins what is said of a name that is its sentence's subject."""
_SUBJECT = re.compile(
    r",\s(?:(?:and|but|so|as|for|nor|yet|while|though|although|because|since|whereas)\s)?"
    r"(?:(?:the|a|an|any|all|his|her|your|their|this|that|oral|iv|more|further|another)\s){0,2}\Z"
)
"""Words of a comma behind which a name may be a subject: ", and the X is"."""
_GLUE = re.compile(
    r"(?:and/or|and|or|plus|then|with|also|both|either|together|along|alongside|adding|including|such"
    r"|as|well|like|of|followed|by|a|an|the|some|one|his|her|your|their|our|its|low|high|full|dose"
    r"|oral|orally|iv|intravenous|topical|inhaled|nebuli[sz]ed|nasal|subcutaneous|rectal|sublingual"
    r"|short|long|acting|course|regular|routine|daily|nightly|weekly|once|twice|three|two|four|six"
    r"|times|prn|needed|if|when|either|later|next|today|tonight|tomorrow|now|afterwards|additionally"
    r"|new|more|further|usual|home|own|prophylactic|maintenance|adjunctive|rescue|empiric|scheduled"
    r"|day|week|month|hour|mg|mcg|g|units?|ml|kg|doses?|tablets?|capsules?|in|at|on|for|to|from|over"
    r"|after|before|during|every|each|per|meals?|food|bedtime|morning|evening|night|mouth|po|sc|im"
    r"|least|most|up|about|\w+ly|\w+ing|\w+ed|e\.g\.|i\.e\.|\W+|\d\S*)"
)
_WORD = re.compile(r"[^\s,;:()/]+")
_AN_ITEM = re.compile(r"[,;:)]\s|\band\s|\bwhich\s|\bbut\s")
_FOR = re.compile(r"(?:for|against|to\s(?:cover|treat|prevent|control)|in|as|on)\s[^,;:]*\Z")


def is_severed(
    text: str, names: Sequence[tuple[int, int]], index: int, cue_end: int, *, gives: bool
) -> bool:
    """Return whether what stands between a directive and a name ends the directive's reach.

    "Start X 500 mg, see her in two weeks, and forget Y": the order is of X; Y has a verb of its
    own, though it is none that is known. "Start X, Y would be reckless": Y is a subject.

    Args:
        text: The whole text in lower case.
        names: Spans of the names of the sentence, in order.
        index: Which name; it has no dose of its own.
        cue_end: Where the directive ends.
        gives: The directive orders; one that forbids is ended by a predicate only.
    """
    start, end = names[index]
    if "," not in text[cue_end:start]:
        return False
    near = text[max(cue_end, start - 40) : start]
    if _SUBJECT.search(near) and _PREDICATE.match(text, end):
        return True
    before = names[index - 1] if index else None
    if not gives or before is None or before[0] < cue_end:
        return False
    between = text[before[1] : start]
    if "," not in between:
        return False
    item = max((m.end() for m in _AN_ITEM.finditer(between)), default=0)
    words = between[item:]
    if _FOR.match(words):
        return False
    return any(_GLUE.fullmatch(word) is None for word in _WORD.findall(words))


_PROVED = re.compile(
    r"been\s(?:\w+ly\s|well\s|very\s|quite\s)*(?:effective|tolerated|helpful|safe|fine|useful|successful|beneficial)\b"
)
"""What a drug has been so far tells of it: "X has been effective"."""


def is_proved(told: str) -> bool:
    """Return whether cue words tell how a drug has done so far, rather than order it."""
    return _PROVED.match(told) is not None


_PAST = re.compile(
    r"\b(?:was|were|had|received|underwent|presented|developed|reported|denied|denies|overdosed?"
    r"|(?<!be\s)ingest(?:ed|ion)|(?<!be\s)swallowed(?!\swhole))\b"
    r"|\buntil\s(?:last|january|february|march|april|may|june|july|august|september|october"
    r"|november|december|yesterday|recently|(?:19|20)\d\d)\b"
)


_NEXT_THING = re.compile(r":\s|\s[-\u2013\u2014]\s|,?\s(?:so|hence|therefore|thus)\s")


def is_told(
    text: str, whole: tuple[int, int], names: Sequence[tuple[int, int]], place: tuple[int, int]
) -> bool:
    """Return whether words of the past tell of a name: those beyond a semicolon are of another.

    So are those before a colon, a dash or "so" that have a name of their own: "had only X: Y 100
    mg daily".
    Behind it they are of the name too where they go on with numbers: "; the 250 mcg was stopped".
    """
    start, end = place
    since = text.rfind(";", whole[0], start) + 1 or whole[0]
    ends = [found.start() for found in _NEXT_THING.finditer(text, since, start)]
    if ends and any(since <= name[0] < ends[-1] for name in names):
        since = ends[-1]
    until = text.find(";", end, whole[1])
    goes_on = until < 0 or any(char.isdigit() for char in text[until : whole[1]])
    return _PAST.search(text, since, whole[1] if goes_on else until) is not None
