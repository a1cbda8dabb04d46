"""How the words around a number bound it, and which bounds say the same.

A bound is `<`, `<=`, `>`, `>=`, or one that is looser in speech: `within` ("within 3 days", "no
improvement after 3 days"), `over` ("over 12 weeks" says how long, or more), `cap` ("avoid more
than 40 mg", "more than 40 mg is to be avoided"), `rise` ("go up to 40 mg"), `from` ("from 65").
"""

from __future__ import annotations

import re

from medrag.text.prefilter import prefiltered

# A bound reaches its own number, not the next one nor another clause's.
_NO_NUMBER = r"(?!\b(?:and|one|two|three|four|five|six|seven|eight|nine|ten|hours|aged?)\b)"
_REACH = rf"(?:{_NO_NUMBER}[^.;,|(\d]){{0,40}}\Z"
_NEAR = r"\s*(?:the age of |ages? |grade |about |(?:an?|the) (?:[\w-]+ ){1,3}of )?(?:an? )?\Z"
_UPPER = prefiltered(
    r"(?P<cue>\bmax(?:imum|imal|\.)(?! and| ?recommended human| ?plasma| ?concentration| ?effect)"
    r"|(?:not|never|n't|without)(?: \w+)?(?: to)? (?:be )?(?:exceed|more than|given more than"
    r"|(?:take|last)s? longer than)|\b(?:no|never) (?:more|longer|later|greater|higher|older|faster"
    r"|larger|bigger|more often) than"
    r"|not more than|at or (?:below|under)|up to|as (?:high|many|much|long|late) as|at most"
    r"|limit(?: is| of|:)|ceiling|capped at|cap of|ceiling of"
    r"|limit(?:ed)?(?: \w+)? to|(?:not|no) (?:over|above|beyond|>)"
    r"|(?:below|under|less than|lower than|<) or equal(?: to)?|≤|<=)" + _REACH
    + r"|\bcap(?:ped)?\b[^.;|]{0,40}\bat \Z|\bmax(?:imum)?\b[^.;|]{0,90}\bis (?:of )?\Z"
    r"|\blimit(?:ed)?\b[^.;]{0,90}\bto \Z",
    re.IGNORECASE,
)  # fmt: skip
_LOWER = prefiltered(
    r"(?P<cue>\bminimum(?: of)?|\bat least|\b(?:no|not) (?:less|fewer|lower|earlier|sooner"
    r"|shorter|slower|smaller) than"
    r"|as (?:low|few|little) as|not (?:below|under|<)|at or (?:above|over)"
    r"|(?:over|above|more than|greater than|higher than|>) or equal(?: to)?|≥|>=)"
    r"\s*(?:(?:an?|another|about|the|ages?|aged|grade|every|for|first|next"
    r"|an additional)\s+){0,2}(?:(?:an?|the) (?:[\w-]+ ){1,3}of )?\Z"
    r"|\bmin(?:imum)?\b[^.;|]{0,60}\bis (?:of )?\Z",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?P<cue>\b(?:below|under|less than|lower than|fewer than|younger than|shorter than"
    r"|slower than"
    r"|smaller than|lighter than)"
    r"|<)" + _NEAR, re.IGNORECASE,
)  # fmt: skip
_ABOVE = re.compile(
    r"(?P<cue>\b(?:above|over|more than|greater than|higher than|older than|longer than"
    r"|larger than|heavier than|faster than"
    r"|beyond|past|exceed\w*|in excess of)|>)" + _NEAR, re.IGNORECASE,
)  # fmt: skip
_WITHIN = re.compile(
    r"\b(?:within|inside)(?: of)?(?: the (?:first|next|last|past|preceding|previous|prior))?"
    r"(?: about)?(?: an?)? \Z"
    r"|\b(?:in|during) the first \Z"
    r"|\b(?:in|during|over) the (?:past|last|preceding|previous|prior)(?: \w+)? \Z",
    re.IGNORECASE,
)
_LOWER_AFTER = re.compile(
    r"\s?(?:years?\s?)?(?:of age )?,?\s?(?:\(?(?:or|and) (?:older|over|above|more|greater|higher"
    r"|better|longer|faster|quicker|heavier|later|up|upward|beyond)\b(?! than)"
    r"|is the (?:minimum|least|shortest|lowest|smallest)\b|\+|up\b(?! to)|upwards?\b"
    r"|,? (?:at (?:a |the )?minimum|at (?:the )?(?:very )?least"
    r"|minimum)\b(?!:?(?: of| is| dose)* \d))",
    re.IGNORECASE,
)
_UPPER_AFTER = re.compile(
    r"(?:\s(?:a|per|each) day|\s?/\s?day|\sdaily)?\s?(?:of age "
    r"|of [\w ]{1,20}? )?,?\s?(?:\(?(?:or|and) (?:younger|under|below|less|lower|fewer"
    r"|shorter|slower|lighter)\b"
    r"|(?:max(?:imum)?|at (?:the (?:very )?)?most|or so at most|tops)\b(?!:?(?: of| is| dose)* \d))"
    r"|(?:\s(?:a|per|each) day|\s?/\s?day|\sdaily)? (?:is|as|being|was) (?:the|its|a|an) (?:\w+ )?"
    r"(?:limit|max(?:imum)?|ceiling|cap|most|longest|highest|largest)\b",
    re.IGNORECASE,
)
_OVER = prefiltered(
    r"(?<!\bfor )(?<!\bof )(?<!lasting )\bover (?:the (?:next )?|an? |about |roughly "
    r"|approximately )?\Z",
    re.I,
)
_HOW_LONG = re.compile(
    r"(?:\d[\d.,]*|[a-z]+)(?: ?(?:to|-|–|or) ?(?:\d+|[a-z]+))?[ -](?:hours?|days?|weeks?"
    r"|months?|years?(?! old| of age))"
)
_AGED = re.compile(
    r"(?:patients|adults|people|persons|those|men|women|children|infants|neonates|babies|boys|girls"
    r"|patient|adult|person|man|woman|child|infant|neonate|newborns?|baby|boy|girl|toddlers?"
    r"|aged?|age"
    r"|years)"
    r"(?: (?:who|that|and|or|are|is|were|was|aged?))* over \Z", re.IGNORECASE,
)  # fmt: skip
_NOT_MORE = re.compile(
    r"\b(?:not|never|n't|avoid(?:ing)?|nobody|no one|no (?:patient|person|adult|child)) "
    r"(?:(?!that |patients |adults |people |those |when |if )[\w/-]+ ){0,9}"
    r"(?:for )?(?:(?:more|longer|greater|higher|faster) than|>|beyond|above|over) ?(?:an? )?\Z",
    re.IGNORECASE,
)  # fmt: skip
_CHANGED = re.compile(r"\bfaster than\b|\bby (?:more|greater|higher) than\b", re.IGNORECASE)
"""What bounds a pace or a change, not whom something is for."""
_NOT_ABOVE = re.compile(r"(?:not|never|n't) (?:above|beyond|(?:more|higher) than)\b", re.IGNORECASE)
_SUPPOSED = re.compile(r"\b(?:if|when|unless|whenever)\b[^.;,]*\Z", re.IGNORECASE)
_RISE = prefiltered(
    r"\b(?:go(?:es)?(?! for\b)|going(?! for\b)|went|increas\w+|rais\w+|titrat\w+"
    r"|escalat\w+|ris(?:e|es|ing))"
    r"(?: [a-z]+){0,3} up to\s(?:an? )?\Z", re.IGNORECASE,
)  # fmt: skip
_RAISED = re.compile(
    r"\b(?:increas\w+|rais\w+|titrat\w+|escalat\w+|up|go(?:es)?|going)\b"
    r"[^.;\n]{0,60}\bto (?:a |the )?\Z",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"\bfrom (?:(?:the )?(?:age (?:of )?)?|an? (?:[\w-]+ ){1,4}of )\Z", re.IGNORECASE
)


_BRACKETS = re.compile(r"\A\s?\([^()]{1,25}\)")
"""The same in another unit, between a number and its bound: "126 mg/dL (7 mmol/L) or higher"."""


def bound_of(text: str, start: int, end: int) -> str:
    """Return how the words around the number at [start, end) of `text` bound it; "" if not."""
    after = _BRACKETS.sub("", text[end : end + 60])[:40]
    if _LOWER_AFTER.match(after):
        return ">="
    if _UPPER_AFTER.match(after):
        return "<="
    bound = worded_bound(text, start)
    if (
        bound in _SLOWER
        and _IS_TIME.match(text, start)
        and (_FASTER.search(text, 0, start) if bound != ">=" else _NO_SLOWER.search(text, 0, start))
    ):
        return _SLOWER[bound]
    if (
        bound in _TURNED
        and _AHEAD.match(after)
        and _NO_LATER.search(text[max(0, start - 24) : start])
    ):
        return _TURNED[bound]
    return bound


_FASTER = re.compile(r"\b(?:faster|quicker|more quickly|more rapidly) than (?:an? )?\Z", re.I)
_IS_TIME = re.compile(r"(?:an? )?[\d.,]* ?(?:min|hours?\b|h\b|sec|days?\b)", re.IGNORECASE)
_NO_SLOWER = re.compile(r"\b(?:no|not) slower than (?:an? )?\Z", re.IGNORECASE)
_SLOWER = {"<=": ">=", ">": "<", ">=": "<="}
"""No faster than a quarter of an hour is a quarter of an hour or more."""
_AHEAD = re.compile(r"\s?(?:[a-z]+ )?(?:before|prior to|ahead of|in advance)\b", re.IGNORECASE)
_NO_LATER = re.compile(
    r"\b(?:no|not) (?:later|earlier|sooner) than\s+(?:an? |one )?\Z", re.IGNORECASE
)
_TURNED = {"<=": ">=", ">=": "<="}
"""No later than a month before is a month or more before."""


def worded_bound(text: str, start: int) -> str:
    """Return how the words before a number bound it."""
    low = max(0, start - 110)
    lasting = _OVER.search(text, low, start) and _HOW_LONG.match(text, start)
    if lasting and not _AGED.search(text, low, start):
        return "over"
    denied = _NOT_MORE.search(text, low, start)
    if denied and not _SUPPOSED.search(text, low, denied.start()):
        return "<=" if _CHANGED.search(denied[0]) or _NOT_ABOVE.match(denied[0]) else "cap"
    loose = ((_RISE, "rise"), (_FROM, "from"), (_WITHIN, "within"))
    first = next((bound for pattern, bound in loose if pattern.search(text, low, start)), "")
    raised = "rise" if _RAISED.search(text, low, start) else ""
    return first or _nearest(text, low, start) or raised


def _nearest(text: str, low: int, start: int) -> str:
    """Return the bound whose words stand nearest, "not exceed" counting as one."""
    kinds = ((_UPPER, "<="), (_LOWER, ">="), (_BELOW, "<"), (_ABOVE, ">"))
    found = [(match, bound) for p, bound in kinds if (match := p.search(text, low, start))]
    inner = [
        (match.start(), bound) for match, bound in found
        if not any(o.start("cue") < match.start() < o.end("cue") for o, _ in found)
    ]  # fmt: skip
    return max(inner)[1] if inner else ""


_UPWARD = frozenset({">", ">=", "from"})
_DOWNWARD = frozenset({"<", "<=", "within", "cap", "rise"})
_LIMITING = re.compile(
    r"\b(?:not|never|no|nor|avoid\w*|contraindicat\w*|against|exceed\w*|limit\w*|stop\w*"
    r"|discontinu\w*"
    r"|cap(?:ped)?|maximum|reduc\w+|halv\w+|withh\w+|without|unless|until|before(?= (?:the )?\d)"
    r"|cannot|\w+n't)\b",
    re.IGNORECASE,
)
_CLAUSE_END = re.compile(r"[;\n]|\.\s")


_GIVEN = re.compile(
    r"(?:[mun]?g|m?eq|m?mol|[µm]?L|\[[iI]U\]|\{\w+\})(?:/(?:kg|m2|d|h|wk|\{dose\})[\w.]*)*\Z"
    r"|(?:h|d|wk|mo|min|s)\Z"
)


def direction(bound: str, unit: str) -> str:
    """Return which way a bound points: `up`, `down`, or ""."""
    given = _GIVEN.match(unit) is not None
    if bound == "rise" and not given:
        return ""  # "raising the cut point to 3"
    if bound == "cap" and not given:
        bound = ">"  # "not in women over 65"
    return "up" if bound in _UPWARD else "down" if bound in _DOWNWARD else ""


def is_limiting(bound: str, unit: str, text: str, place: slice) -> bool:
    """Return whether a bound on what is given, or on a time, stands in a clause that limits it.

    "Above 40 mg is not recommended" and "at most 40 mg" say one thing: of two bounds that point
    opposite ways, one may limit. One on a patient's own values ("avoid below 30 mL/min") does not
    turn. `place` is where the number stands in `text`.
    """
    given = _GIVEN.match(unit) is not None and not _OF_LIFE.match(text, place.stop)
    free = bound not in {"cap", "<="}
    return free and given and _LIMITING.search(_clause(text, place)) is not None


_OF_LIFE = re.compile(
    r"['\u2019]?s?\s?(?:weeks['\u2019]?\s)?(?:of\s(?:gestation\w*|pregnancy|age|life|amenorrh)"
    r"|gestation|pregnan|old\b)", re.IGNORECASE,
)  # fmt: skip
"""What makes a time one of a pregnancy or a life, which is the patient's own."""
_NOT_UNTIL = re.compile(
    r"(?:\b(?:not|never|no|cannot)\b|n't\b)[^.;,]{0,80}\b(?:until|before)\s(?:at least"
    r"|(?:for )?a minimum of|more than|after|another|the)?\s*\Z"
    r"|\b(?:after|since) (?:the )?(?:last )?(?:stop|discontinu)\w+"
    r"|\bbeing (?:stopped|discontinued|withheld)", re.IGNORECASE,
)  # fmt: skip
"""What only says when: "not started until at least 36 hours after"; a stop to count from."""
_OWN_LOWER = re.compile(
    r"\b(?:no|not) (?:less|fewer|sooner|earlier|shorter|lower) than\s*\Z", re.IGNORECASE
)


def _clause(text: str, place: slice) -> str:
    """Return what stands around a number up to the ends of its clause, the number left out."""
    before = _CLAUSE_END.split(text[max(0, place.start - 160) : place.start])[-1]
    before = _NOT_UNTIL.sub("", _OWN_LOWER.sub("", before))
    after = _CLAUSE_END.split(text[place.stop : place.stop + 160])[0]
    return before + " # " + _NOT_UNTIL.sub("", after)
