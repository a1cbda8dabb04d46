"""What a laboratory value is and what the text makes of it: role, trend, words that judge."""

from __future__ import annotations

import re
from typing import Literal

from medrag.clinical.matching import Hit
from medrag.clinical.mentions import LabRole
from medrag.clinical.parts import SentenceParts
from medrag.clinical.quantity import QuantityMention

RANGE_WORDS = re.compile(
    r"\b(?:reference\s(?:range|interval|value|limit)s?|(?:is|are)\s(?:considered\s)?normal\s(?:up\sto|below|under|to|between|from|above|anywhere)|normal\s(?:[\w-]+\s){0,6}(?:range|is|value"
    r"|values|level|levels|lies|ranges|runs|:|are|up\sto)|normal\s(?:[\w-]+\s){0,4}[\w-]+(?=:)|normal\srange|the\snormal\b|normally"
    r"|(?:usually|normally)\s(?:sits|lies|runs|is)|as\sthe\snormal|(?:healthy|normal)\s(?:adults?|persons?|man|men|woman|women|people)"
    r"|that\sis\s(?:the\s)?normal|(?:upper|lower)\s(?:reference\s)?limit\s(?:of|for)|ranges?\sfrom|runs\sfrom|range\s(?:is|of|in|for)|typical(?:ly)?|(?:adults|people|men|women)\s(?:usually|generally)\shave|therapeutic\s(?:range|window|interval|between|from)"
    r"|normal\s(?:when(?:ever)?|if|provided|(?:as|so)\slong\sas|anywhere|wherever|within|from|between)"
    r"|normal(?:s|\svalues|\slimits|\sranges)?:)\b"
)
TARGET = re.compile(
    r"\b(?:target|goal|aim(?:ing)?|maintain|keep|titrate(?:d)?\sto|until|achieve|to\sreach|desired"
    r"|therapeutic\s(?:[\w-]+\s)?(?:inr|levels?|troughs?|concentrations?))\b"
)
ORDER = re.compile(
    r"\b(?:check|recheck|monitor\w*|measure|obtain|repeat|order|follow|test|draw"
    r"|correct|replete|replace|trend|baseline|take)\b"
)
_RISING = re.compile(
    r"\b(?:ris(?:es|ing|en)|rose|increas(?:ed|es|ing)|up\s?trending|trending\sup"
    r"|climb\w*|worsening|went\sup)\b"
)
_FALLING = re.compile(
    r"\b(?:fall(?:s|ing|en)|fell|decreas(?:ed|es|ing)|drop(?:ped|s|ping)|declin\w+"
    r"|trending\sdown|went\sdown)\b"
)
_STABLE = re.compile(r"\b(?:stable|unchanged|steady)\b")
_JUDGE = re.compile(
    r"\b(?:(?:ab)?normal(?!\ssaline|\sfor(?!\s(?:her|him|you|this|an?|his|your|age)\b)|\s(?:range"
    r"|values?|limits?|is|are)\b(?!\s?(?:[,.;)]|\Z))|\s?[:<>≥≤]|\s\d)|mid-?range"
    r"|(?:low|high)(?![\s-](?:(?!and\b|or\b|for\b|with\b|is\b)[a-z-]+\s)?(?:risk|dose|doses"
    r"|intensity|grade|sensitivity|density|suspicion|probability|threshold|level\sof|flow|as\b))|elevated|raised|critical(?:ly)?"
    r"|severe(?:ly)?|mild(?:ly)?|moderate(?:ly)?|markedly|slightly|therapeutic"
    r"|sub-?therapeutic"
    r"|supra-?therapeutic|toxic|(?<!g6pd\s)deficien(?:t|cy)|(?:with)?in(?:side)?\s(?:the\s|its\s)?(?:normal"
    r"|usual|expected|reference)\s(?:reference\s)?(?:range|limits|interval|window)"
    r"(?!\s(?:for|in)\s(?:him|her|you|this|an?)\b)|borderline|acceptable|reassuring|dangerous(?:ly)?"
    r"|prolonged|impaired|reduced|controlled|uncontrolled|well[- ]controlled"
    r"|(?:hyper|hypo)(?!vol)(?:k|c|g|n|m|p)?\w*(?:[ae]?emi[ac])|leuko(?:cytosis|penia)"
    r"|thrombocyt(?:openia|osis)|neutropeni[ac]|an(?:a)?emi[ac]|polycyth(?:a)?emi[ac]"
    r"|acidosis|alkalosis|(?:acid|alkal)(?:a)?emia|azot(?:a)?emia|ur(?:a)?emia"
    r"|(?:tachy|brady)cardi[ac]|hyp(?:er|o)tensi(?:on|ve)|fever|febrile|hypothermi[ac]"
    r"|hypoxi[ac]|(?:hyper|hypo)thyroid(?:ism)?|diabetes|diabetic|prediabetes)\b"
)
_NEGATOR = re.compile(
    r"\b(?:not|no|without|isn't|nor|never|neither|against|unlikely|exclud(?:es?|ed|ing)"
    r"|rul(?:es?|ed|ing)\sout|argues\sagainst)\s(?:[\w-]+\s){0,3}\Z"
)
_OF_OTHER = re.compile(
    r"\b(?:should|must|can|may|(?:ha[sv]e?|needs?|is|are)\sto)\s(?:first\s|then\s|not\s)?be\s\Z|"
    r"\b(?:dos(?:e|es|age)|intake|supply|chance|risk|probability|likelihood|threshold"
    r"|target)\s(?:[\w-]+\s){0,3}\Z"
)
"""The word that follows judges a dose or a risk, not a value."""
_ITS_NOUN = re.compile(
    r":\s(?:the|an?|his|her|your)\s[^.;:]*\b(?:is|are|would\sbe|becomes?)\s(?:too\s|very\s|so\s)?\Z|"
    r",\s(?:and\s)?(?:his\s|her\s|your\s|the\s)?(?:kidneys?|liver|lungs|heart|thyroid|chest|ecg|echo|exam\w*|film"
    r"|x-?ray|urine|bloods?|rest|others?|everything(?:\selse)?|all\selse|[a-z]+\stests?)\s(?:is\s|are\s|was\s)?\Z"
)
"""The noun of a later item of a list that a word judges: "CD4 310, ..., kidneys normal"."""
_ATTRIBUTE = re.compile(
    r"\s(?P<noun>(?!(?:and|or|but|so|nor|at|for|in|on|with|without|by|to|of|as|than|from|after|before"
    r"|during|despite|since|because|if|when|while|which|that|is|was|are|were|has|had|needs?|now|today"
    r"|this|again|enough|due|despite|per|still|only|also|then|therefore|[\w-]+ly|[\w-]+ing)\b)"
    r"[a-z][\w-]*)"
)
"""A word right behind an adjective: the thing that it stands with."""
_PREDICATE = re.compile(
    r"\b(?:is|was|are|were|be|been|remains?|looks?|seems?|appears?|came(?:\sback)?|reads?|stays?"
    r"|runs?)\s(?:not\s|too\s|very\s|quite\s|still\s|now\s|rather\s|only\s|[\w-]+ly\s)*\Z"
)
_OF_VALUES = re.compile(
    r"(?:levels?|values?|results?|readings?|counts?|concentrations?|figures?|numbers?|findings?|side"
    r"|ends?|limits?|ranges?|serum|plasma|blood|functions?|variants?|titres?|titers?|percentages?"
    r"|abnormal\w*|normal|lab\w*|tests?|measurements?|saturations?|states?|status|renal|kidney"
    r"|hepatic|liver|thyroid|glyc\w+|oxygen\w*|clotting|coagulation|control|filtration|clearance"
    r"|heart|pressures?|h[ae]\w*emoglobin|sugars?|fasting|random|arterial|venous|total|free|corrected"
    r"|ionized|urine|white|red|cells?|rates?|adult|for)\Z"
)
"""What a judging adjective may stand with and still judge the value beside it."""
_DEFICIENT_OF = re.compile(r"(?P<noun>[a-z0-9][\w-]*)\s\Z")
_PLAIN = re.compile(
    r"(?:an?|the|severe|severely|mild|mildly|moderate|marked|markedly|relative|clear|clearly|frank"
    r"|true|is|was|are|indicates?|shows?|suggests?|means?|of|with|confirms?|no|not|and|absolute"
    r"|profound|significant|his|her|this|now|still)\Z"
)
_IRON = frozenset({"ferritin", "iron", "transferrin-saturation", "tibc", "hemoglobin", "mcv"})
_ADJECTIVE = re.compile(
    r"\b(?:low|high|normal|elevated|raised|reduced|decreased|increased|suppressed)\s"
    r"(?:serum\s|plasma\s|free\s)?\Z"
)
_CONCLUDES = re.compile(
    r"\b(?:shows?|indicates?|means?|suggests?|confirms?|points?\sto|consistent\swith|is\sa"
    r"|implies)\b"
)


_IN_GENERAL = re.compile(
    r"\b(?:healthy|in\s(?:good\s)?health|as\s(?:the\s)?normal|(?:a|any)\swell\s(?:person|adult|man|woman)|(?:in|for)\s(?:most\s|adult\s)?(?:men|women|adults"
    r"|people)(?!\s(?:with|on|who|taking|whose|after|undergoing|over|under|in)\b)|adults\s(?:usually|generally|normally)"
    r"|expected|expect|reference|ref|ordinary|usual|lab(?:oratory)?['’]?s?['’]?\slimits)\b"
)
"""Words that make a range one of people in general."""
_IN_SOME = re.compile(
    r"\b(?:targets?|goals?|aim\w*|on\s(?:warfarin|treatment|therapy|dialysis|\w+(?:in|ab|an|ol|ide|ate))"
    r"|during|while|until|after|before|pre-?meal|tomorrow|today|tonight|now|hours?|weeks?|troughs?|peaks?"
    r"|doses?|levels?\sof\s\w+|treat\w*|therap\w*|correct\w*|titrat\w*|keep|kept|maintain\w*|diabet\w*"
    r"|pregnan\w*|newborns?|infants?|neonat\w*|child\w*|elderly|older|critical\w*|panic|alert|icu"
    r"|disease|failure|cirrhosis|dka|ketoacidosis|copd|anticoagula\w*|symptom\w*|deficien\w*|mild\w*"
    r"|moderate\w*|severe\w*|patients|his|her|your|my)\b"
)
"""Words by which a range is that of some: under treatment, with a disease, at a time."""
_NORMAL_BEFORE = re.compile(r"\b(?:normal|usual)\s(?:[\w-]+\s){0,3}\Z")
_NORMAL_RIGHT_BEFORE = re.compile(
    r"\b(?:normal|usual|usually|reference|range)"
    r"(?:\s(?:in|for)\s(?:(?:adult|healthy|most|pregnant)\s)?(?:adults|men|women|males|females|people))?\s?:?\s\Z"
)
_IS_NORMAL = re.compile(
    r"(?:\s(?:in|for)\s(?:[\w-]+\s){0,2}[\w-]+)?\s(?:is|are|counts?\sas|would\sbe)\s"
    r"(?:considered\s|regarded\sas\s|the\s|still\s)?(?:normal|usual|physiological|desirable)\b"
)
_OF_ONE = re.compile(r"\b(?:his|her|your|their|my|this|today's|current|latest|now)\s(?:\w+\s)?\Z")
_BOUND = re.compile(r"(?:up\sto|below|under|less\sthan|not?\s(?:above|over|more))\b")
"""A limit in words; "<5 ng/L" may be a result below what is measured."""
_HEADS: tuple[tuple[LabRole, re.Pattern[str]], ...] = (
    ("target", re.compile(r"\b(?:targets?|goals?|aim|desired)\b")),
    ("reference-range", re.compile(r"\b(?:ref(?:erence)?|normal|usual)\b(?!.*\bresult)")),
    ("threshold", re.compile(r"\b(?:if|when|threshold|cut-?off|criteri\w+|action)\b")),
)
"""What the heading of a column or a list says of the values beneath it."""
_OUTER = re.compile(r"[ \t]*\|")
_BEHIND = 60
_STOP = re.compile(r"[.;\n](?!\d)")


def role_of(
    parts: SentenceParts, hit: Hit, found: QuantityMention | None, *, ordered: bool
) -> LabRole:
    """Return what the value of an analyte is; `order` or `mention` where there is none."""
    text, begin = parts.folded, parts.clauses.clause(hit.start)[0]
    if found is None:
        return "order" if ordered else "mention"
    end = max(hit.end, found.end)
    if _states_range(text, hit, found, (begin, end)):
        return "reference-range"
    if TARGET.search(text, begin, end) and not _is_state(text, hit, found):
        return "target"
    head = column_head(text, found.start)
    headed: list[LabRole] = [role for role, words in _HEADS if words.search(head)]
    if headed:
        return headed[0]
    condition = parts.clauses.condition(hit.start)
    stated = condition is None or _is_this_patients(text, condition.start, found)
    return "result" if stated else "threshold"


def _states_range(text: str, hit: Hit, found: QuantityMention, part: tuple[int, int]) -> bool:
    """Whether a value is what is normal in general, not what somebody has."""
    begin, end = part
    if found.quantity.high is not None and (
        _NORMAL_BEFORE.search(text, begin, hit.start)
        or _NORMAL_RIGHT_BEFORE.search(text, begin, found.start)
        or _IS_NORMAL.match(text, end)
    ):
        return True
    if RANGE_WORDS.search(text, begin, end):
        return True
    if found.quantity.high is not None:
        # what stands behind the range may say whose it is: "8 to 12 mmol/L in a healthy adult"
        last = min(len(text), end + _BEHIND)
        stop = _STOP.search(text, end, last)
        last = stop.start() if stop else last
        if _IN_GENERAL.search(text, begin, last) and not _IN_SOME.search(text, begin, last):
            return True
    if _BOUND.match(text, found.start) is None or _OF_ONE.search(text, begin, hit.start):
        return False
    return _IS_NORMAL.match(text, end) is not None


def _is_this_patients(text: str, start: int, found: QuantityMention) -> bool:
    """Whether a condition is no condition: "with the eGFR at 22" states a value."""
    stated = found.quantity.comparator is None and found.quantity.high is None
    return stated and text.startswith(
        ("with the ", "with an ", "with a ", "with his ", "with her ", "at the current "), start
    )


_AT_A = re.compile(r"\b(?:even\s|despite\s)?(?:at|with)\s(?:an?|her|his|this)\s(?:[\w-]+\s)?\Z")


def _is_state(text: str, hit: Hit, found: QuantityMention) -> bool:
    """Whether a value is that of the patient: "keep metformin going, even at an eGFR of 27"."""
    single = found.quantity.comparator is None and found.quantity.high is None
    return single and _AT_A.search(text, max(0, hit.start - 30), hit.start) is not None


def column_head(text: str, offset: int) -> str:
    """Return the heading of the column that `offset` stands in; empty outside a table."""
    begin = text.rfind("\n", 0, offset) + 1
    if not _OUTER.match(text, begin):
        return ""
    column = text.count("|", begin, offset)
    first = begin
    while first > 0 and _OUTER.match(text, text.rfind("\n", 0, first - 1) + 1):
        first = text.rfind("\n", 0, first - 1) + 1
    if first == begin:
        return ""
    cells = text[first : text.find("\n", first)].split("|")
    return cells[column] if column < len(cells) else ""


def trend_of(text: str, begin: int, end: int) -> Literal["rising", "falling", "stable"] | None:
    """Return the direction that a part of a text states."""
    if _RISING.search(text, begin, end):
        return "rising"
    if _FALLING.search(text, begin, end):
        return "falling"
    return "stable" if _STABLE.search(text, begin, end) else None


def judged(parts: SentenceParts, hit: Hit, own: tuple[int, int], end: int) -> tuple[str, ...]:
    """Return the words that judge one analyte, and those of the clause's conclusion."""
    words = _judgements(parts, hit, *own)
    concluded = _CONCLUDES.search(parts.folded, own[1], end)
    if concluded is None:
        return words
    return (*words, *_judgements(parts, hit, concluded.end(), end))


def _judgements(parts: SentenceParts, hit: Hit, begin: int, end: int) -> tuple[str, ...]:
    text = parts.folded
    words = []
    for match in _JUDGE.finditer(text, begin, end):
        if _OF_OTHER.search(text, begin, match.start()) or _is_anothers(parts, hit, match):
            continue
        if _ITS_NOUN.search(text, hit.end, match.start()) or _is_in_aside(parts, hit, match):
            continue
        if match[0].lower() == "normal" and (
            side := _BESIDE_NORMAL.search(text, begin, match.start())
        ):
            words.append("low" if side[1] in _UNDER else "high")
            continue
        negated = _NEGATOR.search(text, begin, match.start()) is not None
        words.append(("not " if negated else "") + match[0].lower())
    return tuple(words)


def _is_in_aside(parts: SentenceParts, hit: Hit, match: re.Match[str]) -> bool:
    """Whether a value stands in brackets behind the one judged: "a gap of 26 (Na 140) is high"."""
    text = parts.folded
    opened = text.rfind("(", parts.clauses.start, hit.start)
    closed = text.find(")", hit.end, match.start())
    if opened < 0 or closed < 0 or ")" in text[opened : hit.start]:
        return False
    return any(
        other.kind == "analyte" and parts.clauses.start <= other.start < opened
        for other in parts.hits
    )


_BESIDE_NORMAL = re.compile(
    r"\b(below|under|beneath|less|lower|above|over|beyond|exceeds?|past|higher|more)\s(?:than\s)?(?:the\s)?"
    r"(?:(?:upper|lower)\s(?:reference\s)?(?:limits?|ends?|bounds?)\s(?:of\s)?(?:the\s)?)?\Z"
)
"""Words that make "normal" the limit that a value is beyond."""
_UNDER = frozenset({"below", "under", "beneath", "less", "lower"})
_OF_LAST = re.compile(
    r"\b(?:gives?|makes?|yields?|leaves?|means?\san?)\b[^;]*\Z|,\swhich\s(?:is|was|are)\s(?:\w+\s)?\Z"
)
"""What makes the word that follows judge the last value only, or one worked out from others."""
_OUTCOME = re.compile(
    r"\b(?:gives?|makes?|yields?|brings?|bringing|becom\w+|corrects?|adjusts?|(?:comes?|works?)\s(?:out\s)?(?:to|at)"
    r"|amounts?\sto|clears)\b[^;\d]{0,30}\d[^;]*\Z"
)
"""A number worked out from the values before it: the word that follows judges that one."""


def _is_of_last(parts: SentenceParts, hit: Hit, match: re.Match[str]) -> bool:
    """Whether a word judges a later value: "Na 138 and Cl 100 give a gap of 28, which is high"."""
    text = parts.folded
    if _OUTCOME.search(text, hit.end, match.start()):
        return True
    within = (h for h in parts.hits if h.kind == "analyte" and hit.end <= h.start < match.start())
    later = [other for other in within if other.keys != hit.keys]
    if later and _SUBJECT.search(text, hit.end, later[-1].start):
        given = _GIVEN.search(text, parts.clauses.start, hit.start)
        if given and _STATES.match(text, later[-1].end):
            return True
    return bool(later) and _OF_LAST.search(text, hit.end, match.start()) is not None


_GIVEN = re.compile(r"\b(?:with|from|given|using|at)\s(?:an?\s|the\s)?[^;]{0,60}\Z")
_SUBJECT = re.compile(r",\s(?:(?:the|an?|his|her|your|their)\s)?\Z")
_STATES = re.compile(r"\s(?:is|was|of|comes|works|equals)\s")
"""A value worked out from others is its sentence's subject: "with A and B, the gap is 28, high"."""


_NEXT_ONE = re.compile(r"\s(?:(?:is|was|remains?|stays?)\s)?\Z")
_AND_THEN = re.compile(r"(?:\s\([^()]*\))?[,;]?\s(?:and|but|with|while)\s|[,;]\s")
_IS = re.compile(r"\b(?:is|was|are|were|remains?)\s(?:\w+ly\s|very\s|quite\s)?\Z")


def _is_of_neighbour(parts: SentenceParts, hit: Hit, match: re.Match[str]) -> bool:
    """Whether a word judges what stands right before it, or has judged another thing already.

    "MCV 71 fL, CRP normal" says nothing of the MCV, and "DNA is low and ALT 64" nothing of the ALT.
    """
    text = parts.folded
    if match.end() <= hit.start:
        goes_on = _AND_THEN.match(text, match.end(), hit.start) is not None
        return goes_on and _IS.search(text, parts.clauses.start, match.start()) is not None
    later = [h for h in parts.hits if h.kind == "analyte" and hit.end <= h.start < match.start()]
    if (
        not later
        or later[-1].keys == hit.keys
        or not _SEPARATES.search(text, hit.end, later[-1].start)
    ):
        return False
    return _NEXT_ONE.fullmatch(text, later[-1].end, match.start()) is not None


_SEPARATES = re.compile(r"\d[^,;(]*[,;(]")
"""A value and the end of its item in a list, or an aside about another: "(albumin normal)"."""


def _is_anothers(parts: SentenceParts, hit: Hit, match: re.Match[str]) -> bool:
    """Whether a word that judges stands with a noun of another thing: "a raised JVP"."""
    word = match[0].lower()
    if _is_of_last(parts, hit, match) or _is_of_neighbour(parts, hit, match):
        return True
    if word.startswith("deficien"):
        return _lacks_another(parts, hit, match)
    noun = _ATTRIBUTE.match(parts.folded, match.end()) if word in _ADJECTIVES else None
    if noun is None or _PREDICATE.search(parts.folded, parts.clauses.start, match.start()):
        return False
    if noun["noun"] in _FILTERING and word in {"reduced", "impaired", "low"}:
        return hit.keys[0] not in _FILTERED
    if _OF_VALUES.match(noun["noun"]) or noun["noun"] in _words_of(parts, hit):
        return False
    named = (h for h in parts.hits if h.kind in {"analyte", "drug"} and h.keys == hit.keys)
    return not any(noun.start("noun") <= h.start <= noun.end() + 1 for h in named)


def _lacks_another(parts: SentenceParts, hit: Hit, match: re.Match[str]) -> bool:
    """Whether "deficiency" is of another thing than the analyte: "G6PD deficiency"."""
    before = _DEFICIENT_OF.search(parts.folded, parts.clauses.start, match.start())
    if before is None or _PLAIN.match(before["noun"]):
        return False
    noun, key = before["noun"], hit.keys[0]
    of_iron = noun == "iron" and key in _IRON
    return not (noun in _words_of(parts, hit) or noun in key or of_iron)


def _words_of(parts: SentenceParts, hit: Hit) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", parts.folded[hit.start : hit.end]))


_FILTERING = frozenset({"kidney", "renal"})
_FILTERED = frozenset({"egfr", "creatinine-clearance"})
"""Values that fall with the kidney's function; creatinine and urea rise."""
_ADJECTIVES = frozenset(
    {"low", "high", "elevated", "raised", "reduced", "normal", "abnormal", "prolonged", "impaired"}
)


def own_words(parts: SentenceParts, hit: Hit, clause: tuple[int, int]) -> tuple[int, int]:
    """Return the part of a clause that speaks of one analyte: "low TSH and high free T4"."""
    begin, end = clause
    others = [
        h
        for h in parts.hits
        if h.kind == "analyte" and begin <= h.start < end and (h is hit or h.keys != hit.keys)
    ]
    if len(others) < 2:
        return clause
    before = [h for h in others if h.end <= hit.start]
    after = [h for h in others if h.start >= hit.end]
    if before and (own := _ADJECTIVE.search(parts.folded, before[-1].end, hit.start)):
        begin = own.start()
    elif before and _ADJECTIVE.search(parts.folded, begin, before[0].start):
        begin = before[-1].end
    if after and (own := _ADJECTIVE.search(parts.folded, hit.end, after[0].start)):
        end = own.start()
    return begin, end
