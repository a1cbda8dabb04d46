"""Phrases before or behind the quoted words of a sentence that frame what they say.

`In rats, | the drug was well tolerated` and `Give 5 mg | for no more than 5 days`: what
stands outside says where, when, for whom, or by whose word the rest holds. No list of such
phrases can be whole, so it is turned round: a phrase before a comma frames the quotation
unless it is a bare connective, and so does every phrase behind it that neither a comma nor a
coordination parts from it.
"""

from __future__ import annotations

import re

from medrag.quotes.disavowals import DISAVOWS, SAID_BEHIND
from medrag.quotes.reading import FoldedUnit, Range, Reading
from medrag.quotes.reasons import gives_reason_before, gives_reason_behind
from medrag.quotes.scope import is_repeated
from medrag.text.governing import is_neutral
from medrag.text.references import REFERENCE
from medrag.text.statements import doubts, forbids, is_order, is_self_contained

_CONNECTIVE = re.compile(
    r"\W*(?:however|in addition|additionally|therefore|thus|hence|moreover|furthermore|also"
    r"|for example|for instance|e\.g\.|i\.e\.|that is|in general|generally|overall|similarly"
    r"|likewise|consequently|accordingly|as a result|as a consequence|for th(?:is|ese|at) reasons?"
    r"|finally|lastly|first(?:ly)?"
    r"|second(?:ly)?|third(?:ly)?|next|then|besides|indeed|in fact|in particular|notably|of note"
    r"|importantly|in summary|in conclusion|to date|again|conversely|by contrast|in contrast"
    r"|on the other hand|meanwhile|nevertheless|nonetheless|specifically|namely|and|but|so|yes|no"
    r"|as (?:noted|stated|described|mentioned|shown)(?: \w+)?|note|please note|please|together"
    r"|after all|in other words|in this (?:study|trial|review|guideline)|according to \w+ \d+"
    r")\W*",
    re.IGNORECASE,
)
_CLAUSE_START = re.compile(r"; |: |\. ")
_ASKED = re.compile(r"\?\W*\Z")  # a case that the order behind it is for: `Gout? -> 5 mg`
# Within quotation marks: the words of somebody, unless what stands before says so and no more.
_CITED = re.compile(
    r"[\w)](?<!\bsays)(?<!\bstates)(?<!\bstated)(?<!\bnotes)(?<!\breads)(?<!\brecommends)(?<!\badvises)"
    r" '\Z",
    re.IGNORECASE,
)
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
_AUXILIARY = re.compile(
    r"\b(?:is|are|was|were|has|have|had|should|must|may|might|can|could|will|would|shall|does|do"
    r"|did"
    r"|showed|shows)\b",
    re.IGNORECASE,
)
_COMPLEMENT = re.compile(r"\b(?:that|whether|if|how|why) ?\Z", re.IGNORECASE)
_RELATIVE_LAST = re.compile(
    r"\b(?:(?:in|of|for|to|with|by|from|under|on|at|after|during|through|within)"
    r" (?:which|whom|whose)|where(?:in|by|upon)?)\Z",
    re.IGNORECASE,
)
_ASSERTS = re.compile(
    r"\b(?:found|finds?|show(?:s|ed|n|ing)?|demonstrat\w+|recommend(?:s|ed)?|states?|stated"
    r"|notes?|noted|means?|confirm(?:s|ed)?|conclud\w+|reveal\w+|establish(?:es|ed)"
    r"|report(?:s|ed)?|advis\w+|inform\w*|tell|instruct\w*|counsel\w*|remind|ensure|important)"
    r"(?: (?:us|you|them|patients?|caregivers?|women|people|and|or|caregivers))*,? that ?\Z",
    re.IGNORECASE,
)
# An order to see to it states nothing: `Confirm that | calcium is normal`.
_TO_BE_SO = re.compile(
    r"\W*(?:confirm|ensure|verify|check|make sure|be sure|establish)\b", re.IGNORECASE
)
_DOUBTS = re.compile(
    r"\b(?:not|no|nor|never|cannot|few|fail\w*|unable|wrong\w*|mistak\w*|incorrect\w*|false\w*"
    r"|erroneous\w*|competitor|outdated|old|older|former\w*|earlier|hop(?:e|ed|ing)|critics"
    r"|aim(?:s|ed)?|attempt\w*|previous\w*|withdr\w+|reject\w*"
    r"|supersed\w+|obsolete|archived|expired|imagin\w+|suppos\w+|hypothe\w+|prior to|before|until"
    r"|abandon\w*|den(?:y|ies|ied)|unclear|unlikely|doubt\w*|might|may|could|if|nobody|none|some"
    r"|without|insufficient|nothing|little|hardly|barely|once|prematurely|error|remains?|yet)\b"
    r"|n't\b"
    r"|\A\W*(?:had|were|should|suppose)\b"
    r"|\bto (?:be )?(?:show\w*|prove\w*|conclude\w*|demonstrate\w*|establish\w*|reveal\w*|f(?:i"
    r"|ou)nd)\b",
    re.IGNORECASE,
)
_INFINITIVE = re.compile(
    r"\b(?:unable|inability|fail\w*|unlikely|refus\w+|insufficient|reluctan\w+|hesita\w+|declin\w+"
    r"|difficult\w*|impossible|unnecessary|unsafe|harmful|dangerous|wrong|attempt\w*|tr(?:y|ied"
    r"|ies)"
    r"|ought|want\w*|wish\w*|likely|expected|thought|believed|said|reported|supposed|assumed"
    r"|appear\w*|seem\w*|known|intended|how|when|whether|less|too [\w-]+)(?: not)? to ?\Z"
    r"|\b(?:recommend\w*|advi[sc]\w+|warn\w*|caution\w*|guard\w*|evidence|argu\w+|decid\w+) "
    r"(?:against|for|of) ?\Z",
    re.IGNORECASE,
)
# Right before the quotation: it begins inside a verb phrase whose force is left outside.
_INSIDE_VERB = re.compile(
    r"\b(?:may|might|can|could|would|should|must|will|shall|(?:used|ought|needs?|has|have) to)"
    r"(?: (?:be|have|been|also|only|not|\w+ly)){0,3} ?\Z"
    r"|\b(?:against|opposed to|opposes?|rejects?|rejected|instead of|rather than) ?\Z"
    r"|\b(?:consider|decide|discuss|ask|determine|assess|review|clear|known|sure)(?:ed|s|ing)?"
    r" (?:whether|when|how|if)(?: to)? ?\Z",
    re.IGNORECASE,
)
_SCANT_LAST = re.compile(
    r"\b(?:little|few|fewer|less|least|nothing|none|nobody|no one|neither|hardly any\w*|not much"
    r"|scant|limited|insufficient|rare) ?\Z",
    re.IGNORECASE,
)
_DETERMINER = re.compile(
    r"\W*(?:(?:the|a|an|this|that|these|those|such|each|its|their|our|all|both|oral|usual"
    r"|recommended) ?)*\Z",
    re.IGNORECASE,
)
_DETERMINER_LAST = re.compile(r"(?:\b(?:the|a|an) )+\Z", re.IGNORECASE)
_PREPOSITION_LAST = re.compile(
    r"\b(?:of|in|for|with|to|by|from|on|at|between|than|as|per|under|over|about|against) ?\Z", re.I
)
_BEGINS_WITH_VERB = re.compile(
    r"\W*(?:is|are|was|were|has|have|had|should|must|may|might|can|could|will|would|shall|does|do"
    r"|did|cannot|also|[a-z]+ed|causes|increases|decreases|reduces|lowers|raises|includes|requires"
    r"|inhibits|occurs|remains|contains|provides|produces|prevents|improves|belongs|treats|acts)\b"
)
_DEGREE_LAST = re.compile(
    r"\b(?:less|more|least|most|as|so|too|equally|no|poorly|partially|minimally|marginally|slightly"
    r"|somewhat|far|much|barely) ?\Z",
    re.IGNORECASE,
)
# A fragment may follow what merely says that something is, holds or is used for it.
_NEUTRAL_VERB = re.compile(
    r"\b(?:(?:is|are|was|were)(?: (?:usually|also|generally|typically))?"
    r"(?: (?:indicated|used|approved|prescribed|intended|licensed) (?:for|in|to treat|as)"
    r"| (?:given|taken|administered|dosed|available|supplied|provided) (?:as|with|by|in|at|for))?"
    r"|includes?|included|including|contains?|containing|comprises?|has|have|had|following|namely"
    r"|such as|equals?)\b",
    re.IGNORECASE,
)
_LEADS_ON = re.compile(
    r"\b(?:for|against|of|under|to|from|by|in|with|without|on|at|than|between|over|after|before"
    r"|during|\w+(?:ed|en|ing))\b",
    re.IGNORECASE,
)
_COORDINATION_LAST = re.compile(r"(?:\b(?:and|or|but|nor|while|whereas|which)|[;,]) ?\Z", re.I)
_AND_LAST = re.compile(r"\b(?:and|or|nor) ?\Z", re.IGNORECASE)
_PLURAL_VERB = re.compile(r"\b(?:are|were|have|do)\b")
_LONGEST_LABEL = 12  # words
_FEWEST_TOLD = 3  # words of a label that states or orders something: `Limit` may be a noun
_LABEL_MARK = re.compile(r":\Z|\s*(?:[→⇒➔=]|=>|->| -)\Z")
_SAYS = re.compile(
    r"\b(?:say|says|said|claims?|claimed|believes?|believed|argues?|argued|alleges?|alleged|thinks?"
    r"|thought|suggests?|suggested|assumes?|assumed|supposes?|hopes?|hoped)\Z",
    re.IGNORECASE,
)
_COORDINATED = re.compile(r"(?:and|or|nor|but|plus|which|while|whereas|versus|vs|so|&)\b", re.I)
# Another amount, or what comes after: half of a regimen is another regimen.
_SEQUEL = re.compile(
    r",? (?:and|or|but) (?:then|thereafter|afterwards?|subsequently|later)\b"
    r"|,? or (?:\d|(?:half|twice|one|two|three|four)\b)",
    re.IGNORECASE,
)
_MARK_ONLY = re.compile(r"\W*\(?(?:\d{1,2}(?:\.\d{1,2}){0,3}|[a-zA-Z]|[ivx]{1,4})[.)]?\W*\Z")
_LIMITING_BRACKET = re.compile(
    r" ?[(\[](?:in(?! (?:Table|Figure|Section))|only|at|on|if|when|not|unless|except|without"
    r"|by|up to|max\w*"
    r"|(?:[^()\[\]]{0,60}\b)?(?:conditional|weak|discretionary|low(?:[- ](?:certainty|quality))?"
    r"|insufficient|against|expert opinion|grade [CDI]|[CDI] (?:recommendation|statement)"
    r"|class (?:iib|iii)|unlabell?ed|unlicen[sc]ed|off-label|investigational|withdrawn|retracted"
    r"|historical|obsolete|outdated|superseded|former(?:ly)?|old|error|mistake|sic|wrong|incorrect"
    r"|false|untrue|myth|draft|hypothetical|no longer))\b",
    re.IGNORECASE,
)
_TRAILING = re.compile(
    r"(?P<comma>,)? ?(?:[-–—] ?)?(?P<word>in|for|at|after|before|prior to|during|under|with|within"
    r"|without|while|whilst|despite|once|save|barring|by|among|amongst|on|upon|over|to|per|until"
    r"|till"
    r"|from|through|throughout|where|wherever|when|whenever|if|unless|should|were|as|given"
    r"|following"
    r"|except|provided|providing|according|divided|than|because|since|based|using|against|below"
    r"|above"
    r"|between|beyond|across|outside|near|up|only|alone|solely|exclusively|instead|rather|although"
    r"|though|even|whether|that|who|whom|whose|of|into|or not|not|but|every|each|once|twice"
    r"|(?:one|two|three|four|five|six|\d+) times|daily|weekly|monthly|which (?:is|was|are|were) "
    r"(?:wrong|false|incorrect|untrue|outdated|disputed|unproven|doubtful|no longer|not)"
    r"|then|thereafter|afterwards|followed|followed by|tapering|reduced|increased|titrated"
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
    r"|as well as|such as|including"
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
    if before.kind != "row" and before.start < quoted[0]:
        found += _label(text, before, quoted) or ([] if glued else _before(text, before, quoted))
    if after.kind != "row" and quoted[1] < after.end:
        found += _behind(text, after, quoted)
    return found


def _before(text: str, unit: FoldedUnit, quoted: Range) -> list[Range]:
    left = text[unit.start : quoted[0]]
    if _ASKED.search(left) is not None or _CITED.search(left) is not None:
        return [(unit.start, quoted[0])]
    clause = max((m.end() for m in _CLAUSE_START.finditer(left)), default=0)
    phrase = left[clause:].rstrip(" '\"(")
    while connective := _CONNECTIVE.match(phrase):
        if not phrase[connective.end() :] or phrase[: connective.end()].rstrip()[-1:] in ",:":
            clause += connective.end()
            phrase = phrase[connective.end() :]
        else:
            break
    if not any(char.isalnum() for char in phrase) or _MARK_ONLY.match(phrase):
        return []
    words = text[quoted[0] : quoted[1]]
    if gives_reason_before(phrase, words):
        return []
    cut = _frames(phrase) or _cuts_phrase(phrase, words)
    return [(unit.start + clause, quoted[0])] if cut else []


def _label(text: str, unit: FoldedUnit, quoted: Range) -> list[Range]:
    """Return the label before a colon that says of whom or of what the quoted words hold.

    `Dialysis: | Give 5 mg`, `Superseded advice: | Give 5 mg`; but not `Dosage: | Give 5 mg`.
    """
    left = text[unit.start : quoted[0]].rstrip(" '\"(")
    mark = _LABEL_MARK.search(left)
    if mark is None:
        return []
    begin = max((m.end() for m in _CLAUSE_START.finditer(left[: mark.start()])), default=0)
    label = left[begin : mark.start()]
    if not any(char.isalnum() for char in label):
        return []  # an arrow for a bullet
    words = text[quoted[0] : quoted[1]]
    if forbids(label) or doubts(label):
        return [(unit.start + begin, quoted[0])]
    if is_repeated(label, words):
        return []
    told = is_self_contained(label) and len(label.split()) >= _FEWEST_TOLD
    if told or len(label.split()) > _LONGEST_LABEL:
        return []
    idle = is_neutral(label) or not (is_order(words) or any(c.isdigit() for c in words))
    return [] if idle else [(unit.start + begin, quoted[0])]


def _cuts_phrase(phrase: str, words: str) -> bool:
    """Return whether the quotation begins in the middle of a phrase that says what it means.

    Inside a verb phrase (`used to be | recommended`), inside a subject (`suspected | embolism
    should`), or, having no verb, behind a verb that may say anything (`prevents | nausea`).
    """
    if _INSIDE_VERB.search(phrase) or _SCANT_LAST.search(phrase):
        return True
    if _COMPLEMENT.search(phrase) or _COORDINATION_LAST.search(phrase):
        return _halves_subject(phrase, words)
    bare = _DETERMINER_LAST.sub("", phrase + " ").rstrip()
    if is_self_contained(words):
        begins = _AUXILIARY.search(phrase) or is_order(words) or _BEGINS_WITH_VERB.match(words)
        # What stands before a capital is a heading more often than a phrase.
        headed = words[:1].isupper() and not _PREPOSITION_LAST.search(bare)
        return not (begins or headed or _DETERMINER.match(phrase))
    if _DEGREE_LAST.search(phrase):
        return True
    verbs = list(_NEUTRAL_VERB.finditer(bare))
    if not verbs:  # no list of verbs is whole: two words may hold one
        return len(bare.split()) > 1 and not words[:1].isupper()
    return bool(_LEADS_ON.search(bare, verbs[-1].end()))


def _halves_subject(phrase: str, words: str) -> bool:
    """Return whether a quotation begins at the second of two subjects of one verb.

    `Wound care and | vaccine are effective`: of one alone nothing was said.
    """
    if _AND_LAST.search(phrase) is None or is_self_contained(phrase):
        return False
    verb = _PLURAL_VERB.search(words)
    return verb is not None and not is_self_contained(words[: verb.start()])


def _frames(phrase: str) -> bool:
    if _COMPLEMENT.search(phrase):
        governed = _ASSERTS.search(phrase) is not None and not _TO_BE_SO.match(phrase)
        return not governed or _DOUBTS.search(phrase) is not None
    if _RELATIVE_LAST.search(phrase):
        return True
    if _INFINITIVE.search(phrase):
        return True
    if phrase.endswith(","):
        return len(phrase) <= _LONGEST_FRAME
    if _SAYS.search(phrase):
        return True
    return bool(_FRONTED.match(phrase)) and len(phrase) <= 80 and not _FINITE.search(phrase)


def _behind(text: str, unit: FoldedUnit, quoted: Range) -> list[Range]:
    end = quoted[1]
    if text[end - 1] in ".;:!?":
        return []
    if text[end : unit.end].lstrip(" '\")]")[:1] == "?":
        return [(end, unit.end)]  # asked, not said
    limiting = (
        _LIMITING_BRACKET.match(text, end, unit.end)
        or _SEQUEL.match(text, end, unit.end)
        or SAID_BEHIND.match(text, end, unit.end)
    )
    at = end
    told_where = False
    while (bracket := _BRACKETED.match(text, at, unit.end)) is not None:
        at = bracket.end()
        told_where = REFERENCE.fullmatch(bracket.group()) is not None
    limiting = limiting or DISAVOWS.search(text, at, unit.end)
    if limiting:
        return [limiting.span()]
    neutral = _NEUTRAL_BEHIND.match(text, at, unit.end) or gives_reason_behind(
        text[max(unit.start, quoted[0]) : end], text[end : unit.end]
    )
    start = None if neutral else _limited_at(text, at, unit.end)
    if start is None or (told_where and text[start].isupper() and not _TRAILING.match(text, at)):
        return []  # behind where more is told the next item of a list without lines begins
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
