"""Phrases before or behind the quoted words of a sentence that frame what they say.

`In rats, | the drug was well tolerated` and `Give 5 mg | for no more than 5 days`: what
stands outside says where, when, for whom, or by whose word the rest holds. No list of such
phrases can be whole, so it is turned round: a phrase before a comma frames the quotation
unless it is a bare connective, and so does every phrase behind it that neither a comma nor a
coordination parts from it.
"""

from __future__ import annotations

import re

from medrag.quotes.reading import FoldedUnit, Range, Reading

_CONNECTIVE = re.compile(
    r"\W*(?:however|in addition|additionally|therefore|thus|hence|moreover|furthermore|also"
    r"|for example|for instance|e\.g\.|i\.e\.|that is|in general|generally|overall|similarly"
    r"|likewise|consequently|accordingly|as a result|as a consequence|finally|lastly|first(?:ly)?"
    r"|second(?:ly)?|third(?:ly)?|next|then|besides|indeed|in fact|in particular|notably|of note"
    r"|importantly|in summary|in conclusion|to date|again|conversely|by contrast|in contrast"
    r"|on the other hand|meanwhile|nevertheless|nonetheless|specifically|namely|and|but|so|yes|no"
    r"|as (?:noted|stated|described|mentioned|shown)(?: \w+)?|note|please note|please|together"
    r"|after all|in other words|in this (?:study|trial|review|guideline)|according to \w+ \d+"
    r")\W*",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"; |: |\. ")
_FRONTED = re.compile(
    r"\W*(?:in|at|on|for|with|within|without|among|amongst|during|after|before|prior to|following"
    r"|under|by|until|since|once|were|had|should|unlike|formerly|previously|historically|initially"
    r"|once|upon|as|per|against|contrary|instead|rather|beyond|above|below|between|from|to"
    r"|throughout|if|when|where|while|although|though|despite|because|given|based|using"
    r"|outside|over|across|alone|lacking|according|rarely|sometimes|occasionally|some|few|most)\b",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|should|must|may|might|can|could|will|would|shall|does|do"
    r"|did|showed|shows|reported|received|increased|decreased|occurred)\b",
    re.IGNORECASE,
)
_COMPLEMENT = re.compile(r"\b(?:that|whether|if|how|why) ?\Z", re.IGNORECASE)
_ASSERTS = re.compile(
    r"\b(?:found|finds?|show(?:s|ed|n|ing)?|demonstrat\w+|recommend(?:s|ed)?|states?|stated"
    r"|notes?|noted|means?|confirm(?:s|ed)?|conclud\w+|reveal\w+|establish(?:es|ed)"
    r"|report(?:s|ed)?|advis\w+|inform\w*|tell|instruct\w*|counsel\w*|remind|ensure|important)"
    r"(?: (?:us|you|them|patients?|caregivers?|women|people|and|or|caregivers))*,? that ?\Z",
    re.IGNORECASE,
)
_DOUBTS = re.compile(
    r"\b(?:not|no|nor|never|cannot|few|fail\w*|unable|wrong\w*|mistak\w*|incorrect\w*|false\w*"
    r"|erroneous\w*|competitor|outdated|old|older|former\w*|earlier|hop(?:e|ed|ing)|critics|aim(?:s|ed)?|attempt\w*|previous\w*|withdr\w+|reject\w*"
    r"|abandon\w*|den(?:y|ies|ied)|unclear|unlikely|doubt\w*|might|may|could|if|nobody|none|some"
    r"|without|insufficient|nothing|little|hardly|barely|once|prematurely)\b|n't\b",
    re.IGNORECASE,
)
_INFINITIVE = re.compile(
    r"\b(?:unable|inability|fail\w*|unlikely|refus\w+|insufficient|reluctan\w+|hesita\w+|declin\w+"
    r"|difficult\w*|impossible|unnecessary|unsafe|harmful|dangerous|wrong|attempt\w*|tr(?:y|ied|ies)"
    r"|ought|want\w*|wish\w*|likely|expected|thought|believed|said|reported|supposed|assumed"
    r"|appear\w*|seem\w*|known|intended|how|when|whether|less|too [\w-]+)(?: not)? to ?\Z"
    r"|\b(?:recommend\w*|advi[sc]\w+|warn\w*|caution\w*|guard\w*|evidence|argu\w+|decid\w+) "
    r"(?:against|for|of) ?\Z",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:say|says|said|claims?|claimed|believes?|believed|argues?|argued|alleges?|alleged|thinks?"
    r"|thought|suggests?|suggested|assumes?|assumed|supposes?|hopes?|hoped)\Z",
    re.IGNORECASE,
)
# Anywhere behind the quotation: somebody takes back, or merely claims, what it says.
_DISAVOWS = re.compile(
    r"\b(?:retract\w*|withdrawn|refut\w+|disput\w+|disprov\w+|debunk\w*|discredit\w*|outdated"
    r"|obsolete|unproven|erroneous\w*|contrary to|or so|critics|claimed|alleged\w*"
    r"|supposedly|(?:it|he|she|they|patient|expert|study)"
    r" (?:(?:is |was )?claim(?:s|ed)?|sa(?:id|ys))"
    r"|said (?:one|a|the|some)|no longer|at least in|at most in)\b",
    re.IGNORECASE,
)
_COORDINATED = re.compile(r"(?:and|or|nor|but|plus|which|while|whereas|versus|vs|so|&)\b", re.I)
_LIMITING_BRACKET = re.compile(
    r" ?[(\[](?:in(?! (?:Table|Figure|Section))|only|at|on|if|when|not|unless|except|without"
    r"|by|up to|max\w*)\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?P<comma>,)? ?(?:[-–—] ?)?(?P<word>in|for|at|after|before|prior to|during|under|with|within"
    r"|without|while|whilst|despite|once|save|barring|by|among|amongst|on|upon|over|to|per|until|till"
    r"|from|through|throughout|where|wherever|when|whenever|if|unless|should|were|as|given|following"
    r"|except|provided|providing|according|divided|than|because|since|based|using|against|below|above"
    r"|between|beyond|across|outside|near|up|only|alone|solely|exclusively|instead|rather|although"
    r"|though|even|whether|that|who|whom|whose|of|into|or not|not|but|every|each|once|twice"
    r"|(?:one|two|three|four|five|six|\d+) times|daily|weekly|monthly|which (?:is|was|are|were) "
    r"(?:wrong|false|incorrect|untrue|outdated|disputed|unproven|doubtful|no longer|not)"
    r"|a practice|a claim|an? (?:error|mistake|assumption|recommendation)|assuming|pending|plus"
    r"|long[- ]term|short[- ]term|temporarily|initially|hypothetically|allegedly|reportedly"
    r"|possibly|probably|perhaps|rarely|occasionally|sometimes)\b",
    re.IGNORECASE,
)
# After a comma these usually add a fact; the others still limit one.
_ADDS_AFTER_COMMA = frozenset({
    "in", "with", "as", "on", "from", "to", "of", "by", "who", "whom", "whose", "where", "at",
    "because", "since", "using", "based", "given", "plus", "for", "that", "over", "each",
    "within", "through", "throughout", "between", "across", "following", "above", "below", "even",
    "near", "into", "than", "against", "per", "according"
})  # fmt: skip
_LIMITS_AFTER_COMMA = re.compile(
    r", ?(?:in|for|at|with|by|on|to|as|within|from|over|given|following|above|below)"
    r" (?:only|no more|not|up to|doses|CKD|stage|rats|mice"
    r"|animals|dogs|rabbits|monkeys|vitro|\w+ only|case|cases|the (?:past|event|absence|case)"
    r"|a last|outdated|some|specialist|caution|care|a maximum|at most|patients?|subjects|adults"
    r"|children|women|men|infants|people|those|long as|outdated)\b|, ?according to\b",
    re.IGNORECASE,
)
_NEUTRAL_BEHIND = re.compile(
    r",? ?(?:with or without|whether or not|regardless of (?:food|meals|age|sex)"
    r"|irrespective of (?:food|meals|age|sex)"
    r"|as well as|such as"
    r"|for example|for instance|in addition|as (?:shown|described|listed|noted|in Table)"
    r"|in (?:Table|Figure|Section)|according to (?:Table|Section))\b|, (?:sometimes|possibly)\b",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r" ?(?:\((?:[^()]|\([^()]*\)){0,400}\)|\[[^\]]{0,400}\])")
_PHRASE_END = re.compile(r"[,;.](?=\s|\Z)")
_LONGEST_FRAME = 240


def framing_ranges(
    reading: Reading, first: int, last: int, quoted: Range, *, glued: bool
) -> list[Range]:
    """Return the phrases of the quotation's own sentence that frame it, in order.

    Offsets count characters of the folded text. Rows hold no phrases; where `glued`, what
    stands before the quotation is a heading or a list mark.
    """
    text = reading.folded.text
    before, after = reading.units[first], reading.units[last]
    found: list[Range] = []
    if before.kind in {"prose", "item"} and before.start < quoted[0] and not glued:
        found += _before(text, before, quoted)
    if after.kind in {"prose", "item"} and quoted[1] < after.end:
        found += _behind(text, after, quoted[1])
    return found


def _before(text: str, unit: FoldedUnit, quoted: Range) -> list[Range]:
    left = text[unit.start : quoted[0]]
    clause = max((m.end() for m in _CLAUSE_START.finditer(left)), default=0)
    phrase = left[clause:].rstrip(" '\"(")
    while connective := _CONNECTIVE.match(phrase):
        if not phrase[connective.end() :] or phrase[: connective.end()].rstrip()[-1:] in ",:":
            clause += connective.end()
            phrase = phrase[connective.end() :]
        else:
            break
    if not any(char.isalnum() for char in phrase):
        return []
    return [(unit.start + clause, quoted[0])] if _frames(phrase) else []


def _frames(phrase: str) -> bool:
    if _COMPLEMENT.search(phrase):
        governed = _ASSERTS.search(phrase) is not None
        return not governed or _DOUBTS.search(phrase) is not None
    if _INFINITIVE.search(phrase):
        return True
    if phrase.endswith(","):
        return len(phrase) <= _LONGEST_FRAME
    if _SAYS.search(phrase):
        return True
    return bool(_FRONTED.match(phrase)) and len(phrase) <= 80 and not _FINITE.search(phrase)


def _behind(text: str, unit: FoldedUnit, end: int) -> list[Range]:
    at = end
    if text[end - 1] in ".;:!?":
        return []
    limiting = _LIMITING_BRACKET.match(text, at, unit.end)
    if limiting:
        return [limiting.span()]
    while (bracket := _BRACKETED.match(text, at, unit.end)) is not None:
        at = bracket.end()
    disavowal = _DISAVOWS.search(text, at, unit.end)
    if disavowal:
        return [disavowal.span()]
    if _NEUTRAL_BEHIND.match(text, at, unit.end):
        return []
    start = _limited_at(text, at, unit.end)
    if start is None:
        return []
    stop = _PHRASE_END.search(text, start + 1, unit.end)
    return [(start, stop.start() if stop else unit.end)]


def _limited_at(text: str, at: int, end: int) -> int | None:
    """Return where the phrase behind a quotation begins that limits it; None where none does.

    Without a comma every phrase does, unless it is coordinated: the quotation stopped in
    the middle of what was said.
    """
    match = _TRAILING.match(text, at, end)
    if match is not None:
        adds = match["comma"] and match["word"].lower() in _ADDS_AFTER_COMMA
        limits = not adds or _LIMITS_AFTER_COMMA.match(text, at, end)
        return match.start("word") if limits else None
    begin = at + 1 if text[at : at + 1] == " " else at
    if begin < end and text[begin].isalnum() and not _COORDINATED.match(text, begin, end):
        return begin
    return None
