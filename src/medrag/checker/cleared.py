"""Reads clauses that call a check of the patient passed: which datum, and where.

A claim has a topic ("his kidneys", "everything she takes", "15 mg/kg") and a verdict ("cleared",
"up to it", "no obstacle", "came up empty"), in either order and in any words. What asks for the
check, makes it a condition or denies it is no claim; what only tells of a drug ("needs no renal
adjustment") is none either, for it has no word of looking and nobody's kidneys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medrag.checker.sieve import sifted
from medrag.core.span import Span

_WHOSE = r"(?:his|her|their|your|my|this|the (?:patient|child|man|woman)['\u2019]s)"
_SEEN = (
    r"(?:(?:cross-?|double-?)?checked|screened|reviewed|verified|confirmed|considered|assessed"
    r"|examined|evaluated|vetted|inspected|audited|matched|cleared|ticked(?: off)?|completed|done"
    r"|accounted for|allowed for|factored in|taken into account|looked (?:at|into|through|up|over)"
    r"|gone (?:over|through|into)|run|settled|covered|addressed|respected"
    r"|satisfied|reconciled|signed off|crossed off|taken care of|dealt with|seen|used|entered)"
)
_PASSED = (
    r"(?:clear(?:ed)?|clean|pass(?:es|ed)?|empty|blank|ok(?:ay)?|green|fine|reassuring"
    r"|suitable|acceptable|satisfactory|favou?rable|(?:all|looks?|look) good"
    r"|(?:all )?in order|squared away|sorted|up to (?:it|this|the (?:job|task|dose|mark))"
    r"|not (?:in play|in question|relevant|applicable|affected|a factor|at issue|at stake)"
    r"|(?:not|no) (?:an? |of |any )?(?:\w+ )?(?:issue|problem|concern|obstacle|barrier|bar|worry"
    r"|objection|hindrance|hit|flag|alert|signal|match|clash|conflict|trouble|finding|reason)e?s?"
    r"|(?:nothing|none) (?:\w+ )?(?:found|flagged|noted|seen|detected|identified|turn(?:ed|s) up"
    r"|c[ao]mes? up|shows?|stands? out|of note|to report|against (?:it|this)|alarming|worrying))"
)
_ALLOWS = (
    r"(?:allows?|permits?|supports?|tolerates?|favou?rs?|welcomes?|copes?|can (?:take|handle"
    r"|stand|cope with)|(?:does not|do not|don't|doesn't|won't|will not) (?:speak|stand|argue"
    r"|forbid|prevent|preclude|object|matter|interfere|come into it))"
)
_BARS = (
    r"(?:(?:inter|over)?(?:act|lap|fere)s?|clash(?:es)?|conflicts?|collides?|(?:speaks?|argues?"
    r"|counts?|weighs?) against|(?:stands?|gets?|comes?) in (?:the|its|our|my) way|forbids?"
    r"|prevents?|precludes?|objects?|rules? (?:it|this) out|matters?|bothers?|disagrees?"
    r"|quarrels?|is a problem)"
)
_VOUCHED = r"(?:verified|confirmed|reviewed|vetted|taken into account|looked at|looked into)"
_BE = r"(?:(?:is|are|was|were|has been|have been|come|comes|came|looks?|seems?|remains?|stays?)\s)?"
_CHECK = (
    r"(?:(?:-wise|['\u2019]s)?(?:\s(?:check|checks|screen|screening|scan|run|search|review|status"
    r"|query|look-?up|audit|box|item|list|question|side|front|history|profile|safety|result"
    r"|clearance|function|risk|conflicts?))*)"
)
_SEARCH = r"(?:checks?|screen(?:ing)?|scan|run|search|review|query|look-?up|audit)"
_FEW = r"(?:\s(?!not\b|never\b|un|no\b|nor\b|and is\b|is\b|are\b)[\w'-]+){0,3}?"

_TOPICS: dict[str, str] = {
    "allergies": r"(?:drug |medicine )?allerg(?:y|ies|ic)",
    "interactions": r"(?:(?:drug|medication|medicine)[- ]){0,2}interactions?"
    r"|drug[- ]drug (?:conflicts?|clashes|problems?)"
    rf"|{_WHOSE} (?:\w+ )?(?:medic(?:ine|ation)s?|meds|drugs|tablets|pills|prescriptions)"
    r"(?: (?:list|chart|record))?"
    r"|(?:everything|anything|all|nothing|none of what|what(?:ever)?)(?: else)? (?:that )?"
    r"(?:s?he|they|you|the patient) (?:\w+ )?(?:takes?|uses?|is (?:on|taking)|are (?:on|taking))"
    r"|(?:the )?(?:medication|medicine|drug) (?:list|chart|record)",
    "kidney function": rf"(?:(?:{_WHOSE}|the) )?(?:kidneys?|renal|e?GFR|CrCl|creatinine)",
    "weight": rf"(?:{_WHOSE} )?(?:body ?)?weight|(?:{_WHOSE} )?size|{_WHOSE} kilo(?:gram)?s",
    "pregnancy": r"pregnan(?:cy|t)|expecting",
    "breastfeeding": r"(?:breast-?\s?feeding|lactat(?:ion|ing)|nursing)",
    "the liver": rf"(?:(?:{_WHOSE}|the) )?(?:liver|hepatic|LFTs?)",
    "age": r"age",
    "conditions": r"contra-?indications?"
    rf"|{_WHOSE} (?:\w+ )?(?:conditions|comorbidities|diagnoses|problems|history|illnesses)"
    r"|(?:the )?problem list",
    "the tests": r"(?:ECG|EKG|electrolytes|bloods|blood (?:tests?|work|count)|labs|lab results)",
    "the gene": r"(?:HLA-\S+|G6PD|TPMT|NUDT15|DPYD|DPD|CYP\w+|genotype)",
}
_TAKEN = r"(?:everything|anything|all|what(?:ever)?)(?: else)? (?:that )?(?:s?he|they|you)\s"
_MEETS = r"(?:interact(?:ion)?s?|clash(?:es)?|conflicts?|collides?|overlaps?)"
_EXCLUDED = frozenset({"allergies", "interactions", "conditions"})
"""What is a danger itself: the check is passed where it is excluded."""
_ADVERBS = {
    "allergies": r"allergy[- ]|allergologically ",
    "kidney function": r"(?:renally|nephrologically) ",
    "the liver": r"hepatically ",
    "breastfeeding": r"(?:lactation|breast-?feeding)-",
    "pregnancy": r"pregnancy-",
}
_ALSO = {
    "conditions": r"history\s",
    "interactions": r"nothing |interact|clash|conflict|collide|overlap",
    "weight": "/kg",
}
_NAMED = {
    what: sifted(
        "|".join([topic, _TAKEN, *(m[what] for m in (_ADVERBS, _ALSO) if what in m)]), re.I
    )
    for what, topic in _TOPICS.items()
}
"""What a claim of each topic has a part of, in whichever frame."""
_GOES_WITH = (
    r"(?:suits?|fits?|matches|agrees? with|(?:goes|sits|mixes|works|gets (?:on|along)|pairs)"
    r" (?:(?:very )?well |fine |happily )?with|in (?:keeping|line|harmony|accord) with"
    r"|(?:safe|fine|ok(?:ay)?|right|correct|appropriate|suitable|harmless|no problem|cleared"
    r"|adapted|tailored) (?:for|with|from|to|by|at|on))"
)
_PER_KILO = re.compile(
    r"\b(?:match(?:es)?|fits?|equals?|works? out (?:at|to|as)|com(?:es|ing) (?:out )?(?:to|at)"
    r"|amounts to|corresponds to|hits|meets|lands (?:on|at)|(?:is|that's|which is) (?:exactly"
    r"|precisely|spot on|just)) (?:(?:the|his|her|about|exactly|precisely|a|our) ){0,2}"
    r"\d+(?:\.\d+)?(?: ?(?:-|to) ?\d+)? ?(?:mg|mcg|g|units?|mL)/kg",
    re.I,
)
"""An amount that is said to be right by the kilogram."""
_FITTED = (
    r"(?:match(?:ed|es)|fit(?:s|ted)|suit(?:s|ed)|tailored|scaled|calculated|worked out|adjusted"
    r"|adapted|set|right|correct|dosed|measured|computed|cut)"
)
_NO_CLAIM = re.compile(
    r"\b(?:if|once(?= (?!(?:a|an|daily|weekly|monthly|every|nightly|in|more|and|then)\b)[a-z])"
    r"|when|until|unless"
    r"|whether|before|first|provided|assuming|as long as|must|should|needs?|ought|please|ask(?:ed)?"
    r"|to be|will be|(?:be|get|to have|has to be) (?:checked|reviewed|screened|verified|assessed)"
    r"|could|cannot|not|never|\w+n['\u2019]t|nobody|unknown|unclear|missing|pending"
    r"|unavailable|awaited|waits?|undocumented|without|lacking|NOT CHECKED|only after|verify"
    r"|regularly|at (?:each|every)|every (?:visit|month|year|week)|annual\w*|(?:weeks|months) \d"
    r"|have (?:your|his|her)|monitor(?:ed|ing)?)\b"
    r"|\bno (?:\w+ ){0,3}(?:list|record|data|value|result|information)s?\b|\?",
    re.I,
)
"""What makes a clause a request, a condition or a denial."""
_ORDERS_CHECK = re.compile(
    r"(?:\A|[,:]\s|\b(?:and|then|or)\s)(?:check|screen|review|verify|confirm|assess|look|run|go"
    r"|consider|examine|find out|clear|rule out|exclude|get|record|take|draw|measure)\b",
    re.I,
)
SCHEDULED = re.compile(
    r"\s?,?\s(?:at (?:each|every|the next|\w+ weeks)|in (?:[\w-]+ ){1,2}(?:days?|weeks?|months?)"
    r"|every|each|weekly|monthly|daily|hourly|yearly|annually|regularly|again|during|after\w*"
    r"|twice|throughout|later|periodically|often|in (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct"
    r"|nov|dec)\w*)\b",
    re.I,
)
"""What makes a check one of the weeks to come."""
_CLAUSE = re.compile(r"[^.;\n!]+(?:\.(?=\d)[^.;\n!]+)*\??")


_LOOKED = (
    rf"{_CHECK}\s(?:(?:was|were|has been|have been)\s(?:\w+ly\s|all\s|both\s){{0,2}}{_VOUCHED}"
    rf"|{_BE}(?:\w+ly\s|all\s|both\s){{0,2}}{_SEEN}(?:\s(?:and|as|to be)(?:\s\w+){{0,2}}?\s"
    rf"(?:{_PASSED}|{_ALLOWS})))\b"
)
"""What stands behind the name of a test that a text says it looked at."""
_LOOKED_AT = re.compile(_LOOKED, re.I)


def _owned(topic: str) -> str:
    """Return how a text names this patient's datum, or the question of it; not any drug's."""
    return (
        rf"(?:{_WHOSE} (?:\w+ )?)(?:{topic})|the (?:{topic}) (?:point of view|standpoint|angle"
        rf"|side|viewpoint|front)|{_TAKEN}(?:\w+ )?(?:takes?|uses?|is (?:on|taking)|are on)"
    )


@lru_cache(maxsize=16)
def _pattern(what: str) -> re.Pattern[str]:
    topic = _TOPICS[what]
    if what == "the tests":
        return re.compile(rf"\b{topic}{_LOOKED}", re.I)
    frames = [
        rf"\b(?:{topic}){_CHECK}[*_]*(?:\s?[:=|,\u2013-])?\s(?:{_BE}(?:\w+ly\s|now\s|all\s|both\s"
        rf"|back\s|up\s|as\s|been\s){{0,2}}(?:{_SEEN}(?:\s(?:and|as|to be)(?:\s\w+){{0,2}}?"
        rf"\s{_PASSED})?|{_PASSED})|{_ALLOWS})\b",
        rf"\b(?:{topic})\s{_SEARCH}\s?[:=]?\s(?:is |was |came back |comes back )?negative\b",
        rf"\b{_SEEN}(?: \w+)?\s(?:for|against|with|to|by|at|as to|on|of)"
        rf"(?:\s(?:the|any|all|of))*\s(?:{topic})\b",
        rf"\b{_GOES_WITH} (?:{_owned(topic)})\b",
        rf"\bwith (?:an? )?(?:{topic}) like (?:his|hers|theirs|yours)\b",
        rf"\b(?:no|free (?:of|from)|without)(?: any)?(?:\s(?!renal|hepatic)[\w-]+)?\s(?:{topic})\s"
        r"(?:concerns?|issues?|problems?|conflicts?|obstacles?|worr(?:y|ies)|alerts?|flags?|hits?"
        r"|matches|objections?|trouble)\b",
        rf"\b(?:no|none|nothing|neither|not one)\b[^.;,]{{0,20}}?(?:{topic}){_FEW}\s{_BARS}\b",
        rf"\b(?:{topic}){_FEW}\s{_BE}(?:{_PASSED})\s(?:for|with|by) (?:it|this|that)\b",
    ]
    if what in _ADVERBS:
        adverb = _ADVERBS[what]
        frames.append(rf"\b(?:{adverb})(?:appropriate|safe|fine|cleared|checked|ok(?:ay)?|sound)\b")
    if what in _EXCLUDED:
        frames.append(rf"\b(?:{topic}){_CHECK}[:,]?\s{_BE}(?:\w+ly\s)?(?:excluded|ruled out)\b")
    if what == "conditions":
        frames.append(rf"\bhistory\s{_BE}{_SEEN}\b")
    if what == "pregnancy":
        frames.append(
            r"\b(?:confirmed|certain\w*|definite\w*|known|sure) (?:\w+ )?not (?:to be )?"
            rf"(?:{topic})\b"
        )
    if what == "weight":
        frames.append(
            rf"\b{_FITTED}\b(?: \w+)?\s(?:to|for|by|on|with)?\s?{_WHOSE} (?:\w+ )?(?:weight|size)"
        )
    if what == "interactions":
        frames.append(rf"\bnothing (?:\w+ ){{0,3}}(?:takes?|uses?|is on) (?:\w+ )?{_BARS}\b")
        frames.append(
            rf"\b(?:no (?:\w+ )?{_MEETS}|(?:does not|doesn't|will not|won't|do not) {_MEETS}) with "
            rf"(?:{_TAKEN}|(?:any|anything|the rest)(?: else)?(?: of| in| on| among)? {_WHOSE}\s"
            rf"|{_WHOSE} (?:\w+ )?(?:medic(?:ine|ation)s?|meds|drugs|tablets|pills)\b)"
        )
    if what == "breastfeeding":
        frames.append(
            r"\b(?:s?he|you|the (?:patient|woman|mother)) (?:is|are) not (?:currently )?"
            r"(?:breast-?\s?feeding|lactating|nursing)(?=\W+(?:so|and|therefore|hence|which|thus))"
        )
    return re.compile("|".join(frames), re.I)


def is_asked_for(rest: str) -> bool:
    """Return whether the words around a claim make it a request, a condition or a denial."""
    return bool(_NO_CLAIM.search(rest) or _ORDERS_CHECK.search(rest.strip()))


def looked_at(text: str, start: int, end: int) -> re.Match[str] | None:
    """Return what says of the test named at `start` that somebody looked at its result."""
    found = _LOOKED_AT.match(text, end)
    if found is None:
        return None
    begin = max(text.rfind(mark, 0, start) for mark in ".;\n") + 1
    behind = _CLAUSE.match(text, found.end())
    rest = f"{text[begin:start]} \u2026 {behind[0] if behind else ''}"
    later = is_asked_for(rest) or SCHEDULED.match(text, found.end())
    return None if later else found


def claimed_of(text: str, what: str) -> Iterator[Span]:
    """Yield each clause's claim that a check of `what` was passed."""
    if _NAMED[what].search(text) is None:
        return
    patterns = [_pattern(what)] + ([_PER_KILO] if what == "weight" else [])
    for clause in _CLAUSE.finditer(text):
        for pattern in patterns:
            found = pattern.search(clause[0])
            if found is None:
                continue
            rest = f"{clause[0][: found.start()]} \u2026 {clause[0][found.end() :]}"
            if not is_asked_for(rest) and SCHEDULED.match(clause[0], found.end()) is None:
                start = clause.start() + found.start()
                yield Span(start=start, end=clause.start() + found.end())
                break
