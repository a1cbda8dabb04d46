"""What words say by themselves, and which sentences take back the one before them."""

from __future__ import annotations

import re

# Of small letters: `re` tries the words of a list faster where it need not fold each.
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|had|should|must|may"
    r"|might|can|could|will|would|shall|does|do|did|cannot|causes|caused|occurs?|occurred|includes?"
    r"|increases|decreases|reduces|requires?|inhibits|remains?|showed|shows|demonstrated"
    r"|received|reviewed|reported|underwent|took|gave|experienced"
    r"|reflects?|depends?|produces?|provides?|contains?"
    r"|results|resulted|appears?|indicates?|suggests?|lists|ranged|ranges|consists?|represents?)\b",
)
# Verbs of a clause that only says of whom or when are told from those of the sentence.
_ADVERBS = r"(?:(?:\w+ly|also|not|never|ever|already|then|still|often|been)\s+)*"
_SUBORDINATE = re.compile(
    r"\b(?:who|which|that|if you|when you)\s+" + _ADVERBS + r"\Z"
    r"|\b(?:whose|whom|where|if|when|whenever|because|unless|until|while|although"
    r"|(?:provid(?:ed|ing)|assuming)(?:\s+that)?|(?:as|so)\s+long\s+as)\s+"
    r"(?:(?:the|a|an|your|their|its)\s+)?(?:[\w-]+\s+){1,2}\Z",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\s+" + _ADVERBS + r"\Z")  # the same group of verbs: `have had`
_COORDINATES = re.compile(r"\b(?:and|or|but|nor)\s+" + _ADVERBS + r"\Z", re.IGNORECASE)
_LOOKS_BACK = 60  # characters
_ORDERING = (
    r"(?:take|give|administer|use|avoid"
    r"|do|monitor|reduce|increase|start|initiate|discontinue|stop|consider|measure|swallow|store"
    r"|advise"
    r"|inform|tell|ask|instruct|adjust|withhold|obtain|assess|evaluate|repeat|continue|titrate"
    r"|observe"
    r"|treat|prescribe|refer|report|inject|apply|infuse|dilute|follow|check|ensure|perform|test"
    r"|offer"
    r"|begin|limit|keep|call|see|switch|add|decrease|review|counsel|read|shake|discard|prepare"
    r"|remove"
    r"|hold|wait|wash|insert|place|select|choose|seek|get|contact|protect|permanently"
    r"|temporarily)\b(?!-)"
)
_ORDER = re.compile(
    r"\W*(?:\d{1,2}[.)] ?)?(?:then |also |always |please |immediately )?" + _ORDERING,
    re.IGNORECASE,
)
_ORDER_AFTER_PHRASE = re.compile(
    r"\W*[A-Z][^,.;|]{3,80}, (?:do not|take|give|administer|use|avoid|reduce|start|initiate"
    r"|discontinue|stop|consider|monitor|continue|increase|repeat|infuse|inject|withhold|adjust)\b"
    rf"|\W*(?:If|When|Unless|Until|After|Before|To) [^.;|]{{3,120}}?, {_ORDERING}"
)
_NAMES_ONLY = re.compile(
    r"\W*(?:[\w/()'-]+ ){1,3}(?:of|in|with|to|for|from|during|after|who|whose|that|which|on|at|or"
    r"|and|by|within|without|before|under)\b(?:[^.]|\.(?=\d))*\.?\Z"
    r"|\W*[A-Z\d](?:[\w/()'-]+ ){0,4}[\w/()'-]+\.?\Z"
)
_SECTIONS = re.compile(  # referred to: `(4.1, 5.2)`
    r"\s[\[(]\s?\d{1,2}(?:\.\d{1,2})?(?:\s?,\s?\d{1,2}(?:\.\d{1,2})?)*\s?[\])]\Z"
)
_CLOSED = re.compile(r"[.;:!?]['\"\])]*\Z")
_FEWEST_WORDS = 6  # of a closed sentence without a known verb

_FORBIDS = re.compile(
    r"\b(?:do(?:es)? not|don't|should not|must not|may not|cannot|never|avoid\w*"
    r"|contra-?indicat\w+|prohibit\w*|except\w*|not (?:recommended|to|be|for|suitable|eligible"
    r"|permitted|allowed|advised|acceptable)"
    r"|withh\w+|discontinu\w+|ineligib\w+|exclusions?|excluded|inappropriate|unsuitable"
    r"|unacceptable|incorrect(?:ly)?|wrong|forbidden|disallowed"
    r"|unapproved|unlicen[sc]ed|off-label|superseded|withdrawn|obsolete|outdated|historical"
    r"|archived|retired|former(?:ly)?|former guidance|myths?|misconceptions?"
    r"|(?:recommend|advis|suggest|decid|counsel|caution|warn|vot|argu"
    r"|evidence)\w*(?: \w+){0,2} against"
    r"|against (?:the )?us(?:e|ing)|(?:do-not|don't)s?|banned|recalled|discourag\w*|deprescrib\w+"
    r"|dangerous|harmful|hazardous|low-value|(?<!inborn )errors|mistakes|pitfalls|replaced (?:by"
    r"|with)"
    r"|failed (?:therap|treatment|regimen)\w*|old dos(?:es|age|ing)"
    r"|(?:old|earlier|previous|outmoded) (?:regimens?|advice|guid\w+|recommendations?|labels?"
    r"|tables?"
    r"|charts?|schedules?|leaflets?|versions?|editions?|protocols?|practice)"
    r"|\w+ to (?:hold|omit|stop|skip|pause))\b"
    r"|\A\W*(?:hold|omit|skip|pause|interrupt(?:ed)?)\b",
    re.IGNORECASE,
)
_KEEPS_FROM = re.compile(
    r"\bcontra-?indicat\w+|\b(?:do|does|should|must|may|can) ?not (?:be )?(?:used?|gives?n?|taken?"
    r"|administer\w*|prescribed?|combined?|mix\w*|receive)\b"
    r"|\bnot (?:recommended|indicated|suitable)\b|\bavoid (?:use|in|with|its|this|giving)\b",
    re.IGNORECASE,
)
_ANAPHOR = re.compile(
    r"\W*(?:its?|this|these|they|their|such|that|those|however|but|otherwise|therefore|thus|hence"
    r"|then|also|in (?:this|these|such|contrast)|both|the (?:former|latter|same|other)|he"
    r"|she|here|similarly|conversely|instead|nevertheless|alternatively|neither|unless|except)\b",
    re.IGNORECASE,
)
_DEPENDS_ANYWAY = re.compile(
    r".*\b(?:this|these|such)\b"
    r"|\W*(?:no|there (?:was|were|is|are) no|dos(?:e|age|ing)|treatment|therapy)\b"
    r"|\W*(?:permanently |temporarily |then )?(?:withhold|resume|restart|reduce|increase|adjust"
    r"|discontinue|interrupt|continue|titrate|repeat|advise)\b",
    re.IGNORECASE | re.DOTALL,
)
_RESULT = re.compile(
    r"\d|\bthe (?:\w+ ){0,2}(?:dos(?:e|age)|findings?|effects?|changes?|events?"
    r"|differences?|results?|increases?|decreases?)\b",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[\w,:] )[A-Z][A-Za-z]{3}")  # of a drug, a trial, a disease
_LONGEST_POINTER = 160  # characters
_FORWARD = re.compile(
    r"\bthe following (?:[\w-]+ ){0,3}?(?:dos\w+|regimens?|schedules?|recommendations?|advice"
    r"|rules?|instructions?|guidance|information|statements?|text|sections?|paragraphs?|appl(?:y"
    r"|ies))\b"
    r"|\bas follows\W*\Z|\?\Z",
    re.IGNORECASE,
)
_TAKEN_BACK = (
    r"(?:withdrawn|retracted|refuted|revoked|rescinded|superseded|replaced|disproved|disproven"
    r"|overturned|discredited|abandoned|removed|reversed|debunked|questioned|challenged"
    r"|discontinued|no longer|not (?:supported|confirmed|approved|recommended|valid|current)"
    r"|unproven|obsolete|outdated|wrong|incorrect|false|untrue)\b"
)
_BACK = (
    r"(?:this|it|these|they|that|those|such|the (?:above|foregoing|former|same))(?: [\w-]+){0,2}"
)
# A sentence or paragraph that speaks of the one before it as a whole.
_STRONG = re.compile(
    r"\W*(?:(?:however|nevertheless|nonetheless|that said|note that|importantly),? "
    r"|(?:facts?|truth|reality|answer|correction|comment|a): |in fact, )?(?:"
    rf"{_BACK} (?:does|do|did|will|should|must|may|can) ?not (?:apply|hold|extend|include|cover)\b"
    rf"|{_BACK} (?:appl(?:y|ies)|holds?|(?:is|are|was|were) (?:true|valid|seen|found)|works?"
    r"|concerns?|refers? to) (?:only|solely|exclusively|just|nowhere|no longer)\b"
    rf"|{_BACK} (?:only|solely|no longer) (?:appl(?:y|ies)|holds?)\b"
    rf"|{_BACK} (?:should|must|can|may) (?:now )?be (?:disregarded|ignored|discounted|discarded"
    r"|deleted|struck)\b"
    rf"|{_BACK} (?:is|was|are|were) [^.;]{{1,60}} should be (?:disregarded|ignored|discarded)\b"
    rf"|{_BACK} (?:is|are) not (?:true|valid|applicable|the case|so)\b"
    rf"|{_BACK} (?:is|are|was|were|has|have)(?: (?:been|now|since|later|subsequently|all)){{0,2}}"
    rf" {_TAKEN_BACK}"
    rf"|(?<=owever, ){_BACK} (?:should|must|may|can) ?(?:not|never|only|be avoided)\b"
    rf"|(?:none|nothing|no part) of {_BACK} (?:appl|hold|is|are|concern)\w*"
    rf"|(?:do not|don't|never|please do not) (?:do|follow|copy|use|apply|rely on|act on"
    rf"|repeat) {_BACK}"
    rf"|(?:ignore|disregard|forget|delete|limit|restrict|confine) {_BACK}\b"
    rf"|{_BACK} (?:is|was|are|were) (?:an? |the |our |once |only |merely )*(?:[\w-]+ )?"
    r"(?:myths?|errors?|mistakes?|fallac(?:y|ies)|misconceptions?|misprints?|typos?|art[ei]facts?"
    r"|out of date|(?:practice|view|advice|rule|dose|standard|policy|belief) (?:until|before|in)\b)"
    r"|(?:the |an |one |two |some |important |sole |main |single |notable )*(?:only )?exceptions?"
    r"\b(?! report)|with (?:[\w-]+ ){1,2}exceptions?\b[^,;]{0,80}\Z|except\b|unless\b|exempt(?:ed"
    r"|ions?)?\b|(?:[\w-]+ ){1,4}(?:is|are) (?:excluded"
    r"|exempt(?:ed)?|an exception|the exception)\W*\Z"
    r"|(?:in [^.,;]{1,60}, )?the (?:opposite|reverse|contrary) (?:is|was|appl|hold)\w*"
    r"|(?:corrections?|errat(?:um|a)|corrigend(?:um|a)|retractions?|caveats?|proviso)\b"
    r"|(?:answer|verdict|truth)\W+(?:is )?(?:false|no|wrong|incorrect|untrue|fiction)\b"
    r"|(?:fact|a): (?:false|no|wrong|incorrect|untrue|fiction)\b(?!-)"
    r"|(?:true or false|right or wrong|fact or (?:fiction|myth))\b|no, (?:this|that|it) is\b"
    r"|(?:do not|don't|never) (?:give|use|take|prescribe) (?:any of )?(?:these|them|those"
    r"|the above)\b"
    rf"|(?:all|both|none|most)(?: of (?:these|them|those|the above))? (?:is|are|was|were) (?:\w+ )?"
    rf"(?:{_TAKEN_BACK}|contraindicated|to be (?:avoided|given|used))"
    r"|the (?:above|foregoing)(?: \w+)? (?:is|are) (?:contraindicated|to be avoided|unsafe"
    r"|harmful)\b"
    r"|so (?:the|an?|it|they|we|many|some)(?: \w+){0,3} (?:said|thought|believed|claimed|taught)\b"
    r"|(?:at least, )?(?:that|this|such|so) (?:was|were)\b[^.;]{0,60}\buntil\b"
    r"|not (?:so|applicable|true) (?:in|for|if|when)\b)",
    re.IGNORECASE,
)
_EXCEPTION = re.compile(
    r"\W*(?:but\b|only (?:if|in|for|when)\b|not (?:for|in|if|when)\b"
    r"|(?:false|not true|untrue|incorrect|wrong|myth|fiction)\b[.!)]"
    r"|(?:conditional|weak)\W+(?:recommendation|evidence)|(?:very )?low[- ](?:certainty|quality)"
    rf"|{_BACK} (?:should|must|may|can) ?(?:not|never|only)\b[^.;]{{0,40}}\b(?:used?|given|taken?"
    r"|appl\w+|administer\w*|recommend\w*|start\w*|prescri\w+|initiat\w+|repeated|combined)"
    rf"|{_BACK} (?:is|are) (?:limited|restricted|reserved|confined) to\b"
    rf"|{_BACK} (?:is|are|applies|apply) (?:only\b|(?:for|to|in) [^.;]{{0,60}}\bonly\b)"
    rf"|{_BACK} (?:is|are) (?:contraindicated"
    r"|(?:only|reserved|not(?: recommended)?) for)\b"
    r"|(?:however|nevertheless|nonetheless)\b[^.;]{0,160}\b(?:"
    r"(?:should|must|may not|can ?not|do not)(?: not)?\b[^.;]{0,40}\b(?:used?|given|taken?|apply"
    r"|avoided|applies|administer\w*|recommend\w*|exceed\w*|start\w*|prescri\w+|initiat\w+)"
    r"|contraindicat\w+|(?<=however, )avoid|not (?:be )?(?:recommended|used|given)|unless"
    r"|only (?:if|when))\b)",
    re.IGNORECASE,
)


def is_self_contained(words: str) -> bool:
    """Return whether `words` state or order something by themselves (a verb of their own)."""
    return bool(_has_verb(words) or _ORDER.match(words) or _ORDER_AFTER_PHRASE.match(words))


def _has_verb(words: str) -> bool:
    """Return whether `words` hold a verb that is not one of a clause inside them.

    `Women who are pregnant or may become so` holds none: it says of whom, and nothing of them.
    """
    words = words.lower()
    clause = 0  # where the last verb of a clause inside ended; 0 before the first
    for match in _FINITE.finditer(words):
        before = words[max(clause, match.start() - _LOOKS_BACK) : match.start()]
        inside = clause and (_GOES_ON.fullmatch(before) or _COORDINATES.search(before))
        if not inside and not _SUBORDINATE.search(before):
            return True
        clause = match.end()
    return False


def is_fragment(words: str) -> bool:
    """Return whether `words` only name somebody or something, as an item of a list does.

    A few words, then a preposition or a clause, and no verb that is not inside that clause.
    """
    words = _SECTIONS.sub("", words[: 2 * _LONGEST_POINTER])
    short = len(words) <= _LONGEST_POINTER and ":" not in words
    return short and _NAMES_ONLY.match(words) is not None and not is_self_contained(words)


def is_order(words: str) -> bool:
    """Return whether `words` begin by telling what to do; an order has no subject."""
    return _ORDER.match(words) is not None


def is_sentence(words: str) -> bool:
    """Return whether `words` look like one: a capital, a full stop and six words or more."""
    begins = words.lstrip("'\"([")[:1].isupper()
    return begins and is_closed(words) and len(words.split()) >= _FEWEST_WORDS


def is_closed(words: str) -> bool:
    """Return whether `words` end as a sentence ends."""
    return _CLOSED.search(words) is not None


def forbids(words: str) -> bool:
    """Return whether a heading or caption turns whatever stands under it into its opposite."""
    return _FORBIDS.search(words) is not None


def keeps_from(words: str) -> bool:
    """Return whether a sentence says for whom or with what something must not be used."""
    return _KEEPS_FROM.search(words) is not None


_CASE_FIRST = re.compile(
    r"\W*(?:if|when|unless|until|after|before|in|for|with|without|during|because|although|where"
    r"|once)\b[^,;.]{0,200},\s*",
    re.IGNORECASE,
)
_CASE = re.compile(r"\b(?:if|when|unless|until|while|because|although|who|which|that)\b", re.I)
_DENIAL = re.compile(
    r"\b(?:not|never|no|nor|cannot|avoid\w*|contra-?indicat\w+|prohibit\w*|withh(?:old|eld)\w*"
    r"|discontinu\w+|stop(?:ped)?|omit(?:ted)?)\b|n't\b",
    re.IGNORECASE,
)


def denies(words: str) -> bool:
    """Return whether a sentence denies or forbids in its main clause.

    `If no response is seen, increase the dose` does not: what is denied is the case.
    """
    first = _CASE_FIRST.match(words)
    begin = first.end() if first is not None else 0
    case = _CASE.search(words, begin)
    return (
        _DENIAL.search(words, begin, case.start() if case is not None else len(words)) is not None
    )


_DOUBTS = re.compile(
    r"\b(?:incorrect\w*|wrong|errors?|mistakes?|old|older|previous|prior|draft|proposed"
    r"|hypothetical|true|untrue|false|quiz|claim(?:ed|s)?|said|says|states?|stated|allege[ds]?"
    r"|myths?|misconceptions?|fallac(?:y|ies)|rumou?rs?|historical\w*|archived|superseded|obsolete"
    r"|deleted|struck|outdated|former(?:ly)?|withdrawn|retracted|rejected|dissent|minority|opinion|case|overdose"
    r"|rats?|mice|dogs?|rabbits?|animals?|in vitro|investigational|experimental|unlabell?ed)\b",
    re.IGNORECASE,
)


def doubts(words: str) -> bool:
    """Return whether a heading says that what stands under it is not, or not surely, true."""
    return _DOUBTS.search(words) is not None


_REFUSED = re.compile(
    r"\W*(?:false|wrong|incorrect|untrue|retraction|hoax(?:es)?|bad advice|prohibited|forbidden"
    r"|never|contraindicated|do not (?:use|give|do|follow)|\[?retracted\]?|withdrawn|rejected)\W*",
    re.IGNORECASE,
)


def refuses(words: str) -> bool:
    """Return whether a heading is nothing but a refusal: `Contraindicated`, `Do not use`."""
    return _REFUSED.fullmatch(words) is not None


def disowns(words: str) -> bool:
    """Return whether a heading says that whatever stands under it is false."""
    return _DISOWNS.search(words) is not None


_DISOWNS = re.compile(
    r"\b(?:myths?|misconceptions?|misbeliefs?|fallac(?:y|ies)|misinformation|disinformation"
    r"|superseded|retracted|refuted|debunked|obsolete|outdated"
    r"|(?:withdrawn|rejected|prohibited|banned|expired|archived|historical) (?:\w+ )?"
    r"(?:recommend\w+|guid\w+|advice|statements?|texts?|articles?|editions?|versions?|protocols?"
    r"|dos\w+|regimens?)"
    r"|rumou?rs?|fictions?|falsehoods?|superstitions?|old wives"
    r"|not (?:true|to (?:believe|say|rely on|follow))"
    r"|(?:false|untrue|incorrect|mistaken|wrong|refuted|debunked|disproved|retracted|withdrawn)"
    r" (?:\w+ )?(?:statements?|claims?|beliefs?|ideas?|answers?|views?|information|assumptions?"
    r"|advice|conclusions?)"
    r"|(?:statements?|claims?|beliefs?|ideas?|answers?|views?|assumptions?|what|that|which)"
    r" (?:that |which )?(?:is|are|were|was) (?:\w+ )?(?:false|untrue|incorrect|mistaken|wrong))\b",
    re.IGNORECASE,
)


def turns_away(words: str) -> bool:
    """Return whether a sentence begins by setting itself against what stands before it."""
    return _CONTRASTS.match(words) is not None


_CONTRASTS = re.compile(
    r"\W*(?:however|nevertheless|nonetheless|but|yet|still,|even so|that said|(?:in|by) contrast"
    r"|conversely|on the (?:other hand|contrary)|contrary to|unfortunately|otherwise|instead)\b",
    re.IGNORECASE,
)


def refers_back(words: str) -> bool:
    """Return whether a sentence begins by speaking of what stands before it."""
    return _ANAPHOR.match(words) is not None


def depends_on_context(words: str) -> bool:
    """Return whether a sentence says another thing after another sentence.

    A result (`resolved in 50% of patients`), a finding (`The relevance of this is unknown`),
    an order about a dose (`Resume at the lower dose`); not what holds by itself
    (`Keep out of the reach of children`).
    """
    if _DEPENDS_ANYWAY.match(words):
        return True
    return _RESULT.search(words) is not None and _NAME.search(words) is None


def points_forward(words: str) -> bool:
    """Return whether a sentence says of whom or of what the sentence after it holds."""
    return len(words) <= _LONGEST_POINTER and _FORWARD.search(words) is not None


def takes_back(words: str, *, near: bool) -> str:
    """Return how the sentence `words` takes back what stands before it; "" where it does not.

    A sentence of the same paragraph (`near`) does so in many ways, one of the next only where
    it speaks of the paragraph before as a whole (`This does not apply to ...`).
    """
    match = _STRONG.match(words) or (_EXCEPTION.match(words) if near else None)
    return match.group() if match else ""


_LIMITING = re.compile(
    r"\W*(?:never|not|only|and only|but only)(?:,? (?:however|then|though),?)? (?:in|for|if|when"
    r"|with|to"
    r"|by|during|at|after|before|as|on|under|until|while)\b"
    r"|\W*(?:if|provid(?:ed|ing)|(?:as|so) long as|assuming|when|where|save|other than|apart from"
    r"|aside from|excluding|contra-?indicated|restricted|limited|reserved|confined|subject to"
    r"|depending on"
    r"|no (?:more|longer|later|sooner|fewer|less))\b[^,;:]*\Z"
    r"|[^,;:]{1,60}\bonly\W*\Z",
    re.IGNORECASE,
)
_MOST_WORDS = 14
_LIMITS_AT_ONCE = re.compile(
    r"\W*(?:not|never|only|except|unless|if|when|avoid|contra-?indicated|reserved?|restricted"
    r"|provid(?:ed|ing)|excluding|(?:do|must|should|may) not|halve|reduce|(?:in"
    r"|for) [^.;]{1,40} only)\b",
    re.IGNORECASE,
)


def limits_at_once(words: str) -> bool:
    """Return whether a note begins by limiting what it is about (`Not in children`)."""
    return _LIMITS_AT_ONCE.match(words) is not None


def limits(words: str) -> bool:
    """Return whether a sentence without a verb goes on from the one before it and limits it.

    `Adults only.`, `Never in gout.`, `If the ECG is normal.`
    """
    if _LIMITING.match(words) is None or len(words.split()) > _MOST_WORDS:
        return False
    return not is_self_contained(words)
