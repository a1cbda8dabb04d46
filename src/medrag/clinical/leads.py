"""What lead words say of the drugs they govern: "Avoid:", "Alternatives", "If allergic"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Attitude = Literal[
    "avoid", "stop", "continue", "past", "allergy", "options", "alternative", "condition", "plain",
]  # fmt: skip
"""What a lead says of the drugs it governs: not to be given; to be ended; taken already; given
once; the cause of an allergy; one of them is to be chosen; offered in the place of another;
meant for a stated case; nothing."""
_BEFORE = (
    r"treated|vaccinated|immuni[sz]ed|inoculated|anticoagulated|transfused|exposed|tested|screened"
    r"|diagnosed|pregnant|ill|smok\w+"
)
"""What somebody has never been: a history, behind which an order may stand."""
_FAILING = (
    r"(?:fail\w*|unavailable|intoleran\w*|not\s(?:tolerated|available|possible|suitable|effective"
    r"|an?\soption)|contra-?indicated|inadequate|ineffective|insufficient|refractory|unresponsive"
    r"|allerg\w+|cannot|can['’]t|still|persist\w*|no\s(?:response|improvement|better))"
)
_PEOPLE = (
    r"allerg\w+|pregnan\w+|breast\w*|lactat\w+|child\w*|p(?:a)?ediatric\w*|infants?|neonates?"
    r"|adults?|elderly|older|renal|kidney|dialysis|crcl|egfr|hepatic|liver|cirrho\w+|patients"
    r"|people|women|men|those|severe|weigh\w*"
)
_ATTITUDES: tuple[tuple[Attitude, str], ...] = (
    (
        "plain",
        r"\b(?:when\sto\s(?:stop|call|avoid|hold)|stopping|why|safer|monitor\w*|warning\ssigns"
        r"|side\seffects?|red\sflags|follow[- ]up|how\sto\s(?:stop|taper)|references?"
        r"|interactions?\s(?:check|review)|if\s(?:you|he|she|they)\smiss\w*)\b"
        r"|\A(?:for|in|with)\s(?:an?|this|her|him|his|you|your|our|the\spatient)\b",
    ),
    (
        "alternative",
        r"\b(?:alternatives?|second[- ]line|2nd[- ]line|third[- ]line|back-?up|otherwise|plan\sb"
        r"|other\s(?:\w+\s)?(?:options?|choices?|agents?|drugs|possibilities)|instead"
        rf"|substitutes?|(?:if|when)\s(?:[\w-]+\s){{0,5}}{_FAILING}"
        r"|with\sno\s(?:response|improvement)|refractory|treatment\sfailure"
        r"|reserved?\s(?:for|drugs?))\b",
    ),
    (
        "avoid",
        rf"\A(?:not|never)\b(?!\s(?:before|until|only|yet|all|just|had|needed|taken|used|tried|on|{_BEFORE}))"
        r"|\b(?:avoid\w*|do\snot|don['’]?t|not\s(?:recommended|advised|indicated|suitable|needed"
        r"|appropriate|preferred|for\s(?:you|him|her|this\spatient)"
        r"|to\s(?:be\s)?(?:use|take|give|combine)\w*)|contra-?indicat\w+|harmful"
        r"|never(?!\s(?:\w+\s)?(?:had|needed|required|taken|used|been|received|tried|on"
        rf"|{_BEFORE}))"
        r"|should\snot|must\snot|no\srole|unsuitable|inappropriate|unsafe|cautions?\sagainst"
        r"|declined|rejected|refused|cancelled|not\sdispensed|blocked|forbidden|off[- ]limits"
        r"|no-go|steer\sclear)\b",
    ),
    (
        "past",
        r"\b(?:previous(?:ly)?|past(?!\s(?:the|his|her)\b)|prior|tried|failed|histor(?:y|ical)|until\snow|used\sto"
        r"|(?:stopped|discontinued)\s(?:last|in|before)|was\s(?:taking|on)|before\sadmission)\b"
        r"|\A(?:before|old|was|home\sdose|(?:(?:the|his|her|reported|suspected|intentional|deliberate)\s)?overdose|ingested|taken)\Z",
    ),
    (
        "stop",
        r"\A(?:(?:please|today|now|temporarily|medic\w+|drugs|to|be|should|must)\s)*"
        r"(?:stop|stopped|hold|held|discontinued?|withh[eo]ld|suspend|pause|cease)\b"
        r"(?!\s(?:if|when|rules))",
    ),
    (
        "continue",
        r"\b(?:continu\w+|current(?:ly)?|home\s(?:meds?|medic\w+)|medication\slist|unchanged"
        r"|existing|regular\smedic\w+|on\sadmission|keep\staking|taking\s(?:now|already))\b",
    ),
    (
        "allergy",
        r"\A(?:(?:known|documented|drug|reported|adverse)\s)*(?:allerg(?:y|ies)|intolerances?"
        r"|reactions?|sensitivit(?:y|ies))"
        r"(?:\s(?:list|history|box|status|and\sintolerances?))?\Z",
    ),
    (
        "options",
        r"\b(?:options|choices|either|any\sof|one\sof|regimens|candidates|possibilities"
        r"|compar\w+|(?:choose|pick|select)\s(?:one|from|between|any)|versus|vs"
        r"|first[- ]line\s(?:drugs|agents|therapies))\b|\A(?:choose|pick|select)\b"
        r"|\A(?:(?:dose\s)?limits?|max(?:imum)?\sdoses?|no\sinteractions?|compatible|allowed"
        r"|permitted|acceptable"
        r"|safe(?:\schoices)?|suitable|possible)\Z",
    ),
    (
        "condition",
        r"\A(?:plans?\s)?(?:for\s)?(?:after|following|once)\s(?:the\s|her\s)?(?:birth|delivery"
        r"|pregnancy|weaning|childbirth|breast-?feeding)\b|\Apost-?(?:natal|partum)(?:ly)?\splans?\Z"
        rf"|(?:above|below|over|under|[<>\u2264\u2265]|at\sleast|more\sthan|less\sthan)\s?\d"
        rf"|\A(?:if|in|for|with|when|should|once|at)\b.*\b(?:{_PEOPLE}|if|when)\b"
        r"|\A(?:if|when|should|once)\b|\A(?:adults?|child(?:ren)?|p(?:a)?ediatrics?|infants?"
        r"|neonates?"
        r"|pregnan(?:cy|t)|breastfeeding|lactation|elderly|older\sadults|renal\simpairment"
        r"|dialysis|hepatic\simpairment|cirrhosis|(?:crcl|egfr)\b.*|.*\ballergic"
        r"|(?:severe\s)?[\w-]+\sallergy)\b",
    ),
)
_ATTITUDE = tuple((name, re.compile(pattern)) for name, pattern in _ATTITUDES)
_MARKUP = re.compile(r"[*_#`>\s]+")


@dataclass(frozen=True, slots=True)
class Lead:
    """Words that govern what stands beneath or behind them.

    Attributes:
        start, end: Offsets of the words.
        attitude: What they say of a drug.
        number: Identity within the text, from 0.
    """

    start: int
    end: int
    attitude: Attitude
    number: int


def attitude_of(words: str) -> Attitude:
    """Return what the words of a lead, in lower case, say of the drugs they govern."""
    plain = _MARKUP.sub(" ", words).strip(" :.-\u2013\u2022\n")
    return next((name for name, pattern in _ATTITUDE if pattern.search(plain)), "plain")
