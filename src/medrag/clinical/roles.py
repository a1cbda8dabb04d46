"""What a quantity near a drug says: a dose, a count, a strength, a limit, a time, or nothing."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Literal

from medrag.clinical.quantity import Quantity, QuantityMention

Role = Literal["dose", "count", "strength", "duration", "over", "maximum", "age", "time", "other"]
MAXIMUM = re.compile(
    r"(?<![a-z])(?:max(?:imum|\.)?(?:\s(?:\w+\s){0,3}(?:dose|dosage|amount|of|is|per\sday"
    r"|daily))*(?:\s(?:of|is|at|to))?|not\s(?:to\s)?(?:be\s)?exceed(?:ed|ing)?"
    r"|(?:do|should|must|may)\snot\s(?:be\s)?exceed|no\smore\sthan|not\smore\sthan"
    r"|without\sexceeding|never\sexceed(?:ing)?"
    r"|up\sto(?:\sa\smax(?:imum)?\sof)?|as\s(?:many|much)\sas|at\smost"
    r"|limit(?:ed)?(?:\s\w+){0,3}\sto"
    r"|(?:not|never)\s(?:be\s)?(?:go|rais\w+|increas\w+|tak\w+|push\w*)\s(?:\w+\s){0,2}"
    r"(?:above|beyond|past)"
    r"|(?:daily|upper|24-hour|safe)\slimit\s(?:is|of)|(?<=doses\s)go\sup\sto"
    r"|(?:(?<=\()|(?<=\sa\s)|(?<=the\s))(?:limit|ceiling|cap)(?:\sof|\sis)?|mdd:?=?|capped\sat"
    r"|(?:limit|ceiling|cap)\s(?:of|at)|less\sthan|under"
    r"|(?:limit|ceiling|cap)\s(?:for|of|on)\s(?:the\s|his\s|her\s)?[\w-]+\s(?:is|stays))"
    r"(?:\s(?:a\s)?(?:total\s)?(?:daily\s)?(?:dose\s|total\s)?(?:of\s)?)?[\s:=(]*\Z"
)
"""Words before a number that make it a limit."""
_LIMITS = re.compile(
    r"max|as\smany|as\smuch|exceed|than|most|limit|up\sto|above|beyond|past|mdd|cap|ceiling|under"
)
"""A sign of any of them: most numbers have none before them."""
_CLIMBS = re.compile(
    r"(?<!can\sbe\s)(?<!may\sbe\s)(?<!could\sbe\s)(?<!not\s)"
    r"(?<!doses\s)\b(?:buil[dt]|work(?:ed)?|push(?:ed)?|bring|brought|go|mov(?:e|ed)"
    r"|step(?:ped)?|ramp(?:ed)?"
    r"|titrat(?:e|ed)|rais(?:e|ed)|increas(?:e|ed)|escalat(?:e|ed)|tak(?:e|en)(?=\s(?:it|her|him)))"
    r"\s(?:(?!by\b|every\b)[a-z-]+\s){0,3}?up\sto\s(?:about\s|around\s)?(?=\d|\Z)"
)
"""Words that make what follows "up to" the dose that is meant, not one left open."""
A_DAY = re.compile(
    r"\)?\s(?:of\s\w+\s|in\stotal\s|more\s)?(?:(?:a|each|every)\sday\b|daily\b"
    r"|(?:per|in|within|every|over)\s(?:any\s)?(?:a\s)?(?:day\b|24[\s-]?h))"
)
"""Words behind an amount that make it one of a day."""
_MAX_AFTER = re.compile(
    r"\s?(?:\(?(?:max(?:imum)?|mdd)\b(?!\.?\s?(?:dose\s)?(?:of\s)?[:=]?\s?\d)"
    r"|(?:\s(?:a|per|each)\sday|\sdaily)?,?\s(?:is|being)\s(?:the|her|his|your)\s(?:maximum"
    r"|ceiling|limit|cap|most)\b)"
)
_FOR = re.compile(
    r"(?:\bfor|\bx|×|\*|\bduring|\bcourse\sof|\btotal\sof|\bat\sleast"
    r"|\bmore)\s?(?:a\stotal\sof\s|up\sto\s|at\sleast\s|the\s(?:first|next|last)\s"
    r"|another\s|about\s|an?\s(?:additional\s)?)?\Z"
)
_OVER = re.compile(
    r"\bover(?:\sat\sleast|\sa\speriod\sof|\sabout|\sthe\sfirst)?\s\Z|\bin\s\Z"
    r"|\b(?:inside|during)\s(?:about\s|less\sthan\s)?\Z"
)
_SUPPOSED_TIME = re.compile(r"\b(?:if|when)\s(?:used|taken|given|needed|continued)\b[^.;|]{0,25}\Z")
_PUSHED = re.compile(
    r"\b(?:push\w*|bolus\w*|inject\w*|infus\w*|shot|(?:run|go|went|all|goes|let\sit\srun"
    r"|drip\w*)\sin"
    r"|finish\w*)\s(?:\w+\s){0,2}within\s(?:about\s)?\Z|\bin\swithin\s\Z"
)
"""What makes "within 30 seconds" the time of one administration."""
_OF_GIVING = re.compile(
    r"[\s-]?(?:iv\s|intravenous\s|slow\s|rapid\s)?(?:infusions?|injections?|push|bolus|drip)\b"
)
"""What makes a time that of one administration: "a 3-minute IV injection"."""
_COURSE = re.compile(r"[\s-]?(?:course|supply|total|regimen|duration|treatment|or\sless)\b")
_AGE_AFTER = re.compile(
    r"[\s-]?(?:-?\s?old\b|of\sage\b|and\s(?:older|over|under|younger|up)\b|or\s(?:older|younger)\b)"
)
_AGE_BEFORE = re.compile(
    r"\b(?:aged?|ages|older\sthan|younger\sthan|over|under|above)\s(?:the\sage\sof\s)?\Z"
)
_COUNT = re.compile(r"(?<![\w.,/-])(\d{1,2}|one|two|three|four|five|six|half|1/2|½)\s(?:x\s)?\Z")
_COUNTS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "half": "0.5",
    "1/2": "0.5", "½": "0.5",
}  # fmt: skip
_THINGS = {"tab": "{tablet}", "cap": "{capsule}", "suppositor": "{suppository}", "vial": "{vial}"}
_FACTOR_BEFORE = re.compile(r"(?:\b(?:kg|m2|m²|lbs?)|\d)\s?[x×*·]\s?\(?\Z")
_FACTOR_AFTER = re.compile(
    r"\s?(?:/\s?kg|per\skg)?\)?\s?[x×*·/÷]\s?\d[\d.,]*\s?(?:kg|m2|m²)?\s?(?:=|≈)"
)
_WHOLE = re.compile(
    r"\b(?:cumulative|lifetime|adds|adding|in\sall|altogether|overall|so\sfar|to\sdate|up\sto\snow"
    r"|until\snow)\b(?:(?!\b(?:start|begin|give|take|add)\s)[^.;|]){0,50}\Z"
    r"|\b(?:makes|brings?|totals|adds?\sup\sto|sums?\sto|reach(?:ed|es)?)\s(?:about\s|nearly\s"
    r"|almost\s|up\sto\s)?\Z|\brate\sof\s\Z|\bper\s\Z"
    r"|\bcomes?\s(?:in|as)\s(?:(?:[\d.,/]+|mg|and|or|,)\s){0,8}\Z"
    r"|\btotal\sof\s[\w-]+\s(?:is|was|(?:will|would)\s(?:then\s)?be|comes\sto|stands\sat"
    r"|amounts\sto)\s(?:about\s)?\Z"
    r"|\btotal(?:s|ing|ling)?(?:\sdose)?(?:\sof)?[\s:=]\s?(?:about\s)?\Z"
    r"|\b(?:equi(?:valen\w+|-?analgesic)\b[^.;|]{0,50}|(?:equals|corresponds?\sto"
    r"|is\sworth)\s(?:about\s)?)\Z"
)
"""Amounts of a whole course or day that sum up what was said dose by dose."""
_SO_MUCH = re.compile(r"\bso\s(?:about\s)?\Z")
_IN_ALL = re.compile(r"\sin\s(?:total|all)\b")
""""1.2 mg, then 0.6 mg, so 1.8 mg in total": a sum of what was said dose by dose."""
_DENIED = re.compile(r"\b(?:,\snot|never|and\snot|instead\sof|rather\sthan|no)\s\Z|,\snot\s\Z")
_CHANGE_BY = re.compile(r"(?:\bby|\bsteps\sof|\bincrements\sof|\badjust\w*\s\w+)\s(?:about\s)?\Z")
_OFTEN = r"(?:(?:every|q)\s?\d+\s?h\w*\s|(?:once|twice|three\stimes)\s(?:daily|a\sday)\s)?"
_DESCRIBED_AFTER = re.compile(
    r"\s?(?:of\s(?:[\w-]+\s){1,3})?(?:a\sday\s|per\sday\s|daily\s|or\smore\s)?"
    rf"{_OFTEN}(?:would|could|can|may|is|are|was|were|has|have)\s"
    r"(?:also\s|already\s)?(?:have\sbeen\s|be\s|been\s)?(?:too\s(?:much|high|little)|toxic|lethal"
    r"|fatal|dangerous|harmful|excessive|an?\soverdose"
    r"|never|not\s(?:allowed|recommended|safe)|wrong|contra"
    r"|the\s(?:normal|usual|standard|full|regular|adult)\sdose(?=[;,]|\sbut|\swith\snormal))"
    r"|\s(?:[\w-]+\s){0,4}(?:doses?|limit|tablets?|strength|injection|shot|vials?"
    r"|bolus|infusion)\s(?:(?:is|was|were|are|has|have)\s"
    r"(?:been\s)?(?:since\s|now\s)?(?:withdrawn|removed|abandoned|obsolete|outdated|too\s(?:much"
    r"|high)|no\slonger\w*|from\san?\sold)|(?:that\s|which\s)?(?:he|she|they|you)\s(?:has\s"
    r"|have\s)?"
    r"(?:had|took|received|got|was\sgiven|were\sgiven)\b)"
    r"|\)?\s(?:[\w-]+\s){0,4}?(?:would|could|might)\s(?:be|prove)\s(?:\w+ly\s)?(?:double|twice"
    r"|triple|lethal|fatal|toxic"
    r"|deadly|dangerous|excessive|too\s(?:much|high)|an\soverdose)"
    r"|,?\s(?:[^;.,\d]{3,40},\s)?(?:(?:would|will)\s)?(?:exceeds?|(?:is|goes)\s(?:above|over"
    r"|beyond))\s(?:it|this|that|them)\b"
    r"|,?\s(?:which\s|that\s)?(?:(?:is|would\sbe|lies)\s(?:well\s|far\s|just\s)?(?:over"
    r"|above|beyond|past)|exceeds)\s(?:the|its|this)\s(?:\w+\s){0,2}(?:ceiling|cap|maximum|limit)"
    r"|\s?(?:of\s)?(?:packed\s)?(?:red\scells|prbcs?|blood|plasma|platelets|ffp|cryo\w*)\b"
    r"|[^.;|\n]{0,45}?\b(?:is|was|would\sbe)\s(?:not\s(?:nearly\s)?enough|too\s(?:little|low"
    r"|short|weak)"
    r"|insufficient|inadequate)\b"
    r"|\s(?:would|will)\s(?:add|bring|give|do|change|gain)\s(?:nothing|little|no\s)"
    r"|\s(?:of\s[\w-]+\s)?(?:has|have|had|was|were)\s(?:already\s)?(?:been\s)?(?:given|infused"
    r"|received)"
    r"\s(?:so\sfar|to\sdate|until\snow|up\sto\snow|already|in\sall)\b"
    r"|\s?(?:packs?|pieces?)\b|,?\s(?:otherwise|altogether|all\stold)(?=[.,;)]|\Z)"
)
"""Says what an amount would do, or makes it units of blood: no dose of the drug."""
_NOT_TO = re.compile(
    r"\b(?:not|never|don['’]t|cannot|can['’]t|no\sneed\sto|rather\sthan|without|instead\sof)\s"
    r"(?:be\s)?(?:rais|increas|escalat|doubl|push|tak|mov|titrat|go|step)\w*\s"
    r"(?:[\w-]+\s){0,4}?to\s\Z"
    r"|\balready\s(?:has|takes?|gets?|receiv\w+|had|uses?|on)\s(?:[a-z-]+\s){0,2}\Z"
    r"|\b(?:is|was|stands)\s(?:already\s)?at\s\Z"
    r"|\b(?:already|together)\s(?:bring|contain|deliver|provide|suppl|amount\sto|come\sto)\w*\s"
    r"(?:(?:him|her|you|them)\s)?(?:about\s)?\Z"
    r"|\b(?:old|former|outdated|obsolete|withdrawn)\s\Z"
    r"|\b(?:old\s\w+|former\s\w+|textbooks?|leaflet|chart\sonce"
    r"|label\sonce)\s(?:\w+ly\s)?(?:allow(?:s|ed)|permit(?:s|ted)"
    r"|gives|gave|say?s|said|advised?|advises|recommend(?:s|ed)|listed)\s(?:[a-z]+\s)?\Z"
)
"""Words before what is not to be given: a raise forbidden, what is taken anyway, what was."""
_NOT_TO_ENDS = re.compile(
    r"(?:(?:\bto|\bat|already\s[a-z]+|already\s[a-z]+\s[a-z-]+|already\s[a-z]+\s[a-z-]+\s[a-z-]+"
    r"|old|former|outdated|obsolete|withdrawn|him|her|you|them|about|allow(?:s|ed)"
    r"|permit(?:s|ted)|gives|gave|says|said|advise[ds]?|recommend(?:s|ed)|listed|(?:advised"
    r"|allowed|recommended)\s[a-z]+)\s"
    r"|(?:bring|contain|deliver|provid|suppl)\w*\s)\Z"
)
"""How those words may end: looked for first, for speed."""
_FROM = re.compile(r"\bfrom\s(?:about\s)?\Z")
_TO_DOSE = re.compile(r"\s?(?:[a-z/.]+\s){0,4}?to\s(?:about\s)?\d")
_INTAKE = (
    r"(?:sodium|salt|fluids?|water|protein|caffeine|alcohol|carbohydrates?|carbs|fib(?:er|re)"
    r"|potassium|sugar)"
)
_INTAKE_BEFORE = re.compile(
    rf"\b{_INTAKE}(?:\s\w+)?[\s-](?:intake|restrict\w*|diet|limit\w*|allowance|below"
    rf"|under)\b[^.;,|]{{0,20}}\Z"
    rf"|\b(?:restrict|limit)\w*\s(?:\w+\s){{0,2}}{_INTAKE}\b[^.;,|]{{0,20}}\Z"
    rf"|\b(?:low|reduced)-{_INTAKE}\b[^.;,|]{{0,12}}\Z"
)
_INTAKE_AFTER = re.compile(
    rf"\s?(?:/\s?day\s|daily\s|a\sday\s"
    rf"|per\sday\s)?(?:of\s)?(?:(?:dietary|oral|simple|fast-acting|quick"
    rf"|pure)\s){{0,2}}(?:{_INTAKE}"
    rf"|glucose)\b(?!\s(?:chlor|bicarb|phosph|acet|citr))"
)
_NOT_DOSES = frozenset(
    {
        "mm[Hg]", "kPa", "cm[H2O]", "ms", "Cel", "[degF]", "cm", "mm", "m", "[in_i]", "[ft_i]",
        "kg/m2", "kg", "[lb_av]", "{beats}/min", "{breaths}/min", "m2", "Gy", "kcal", "mL/min",
        "mL/min/{1.73_m2}",
    }
)  # fmt: skip
_IN_EACH = frozenset(
    {
        "mL",
        "L",
        "dL",
        "uL",
        "{tablet}",
        "{capsule}",
        "{puff}",
        "{spray}",
        "{patch}",
        "[drp]",
        "{vial}",
    }
)
TIMES = frozenset({"s", "min", "h", "d", "wk", "mo", "a", "ms"})
"""Units of time."""


def role(text: str, mention: QuantityMention, *, checked: bool = False) -> Role:
    """Return what a quantity near a drug says, from its unit and the words around it.

    Args:
        text: The whole text in lower case.
        mention: The quantity.
        checked: `is_no_dose` has been asked already and said no.
    """
    unit, head = mention.quantity.unit, mention.quantity.amount_unit
    if unit in TIMES:
        return _time_role(text, mention)
    if _is_measurement(mention.quantity) or (not checked and is_no_dose(text, mention)):
        return "other"
    if unit == "%" or (head not in {"mL", "L"} and not _IN_EACH.isdisjoint(mention.quantity.per)):
        return "strength"
    limited = mention.quantity.comparator == "<=" or _is_limited(text, mention)
    if limited and not _is_climbed_to(text, mention):
        return "maximum"
    return "count" if head.startswith("{") or head == "[drp]" else "dose"


def count_before(text: str, end: int, what: str) -> Quantity | None:
    """Return the count that stands right before `end`: the "two" of "two 500 mg tablets".

    Args:
        text: The whole text in lower case.
        end: Where the strength, or the name before it, begins.
        what: The stem of what is counted (`tab`, `cap`, `suppositor`, `vial`).
    """
    match = _COUNT.search(text[max(0, end - 12) : end])
    if match is None:
        return None
    return Quantity(Decimal(_COUNTS.get(match[1], match[1])), _THINGS[what])


def _is_measurement(quantity: Quantity) -> bool:
    """Whether a quantity is of the patient or a threshold, not of a drug."""
    head = quantity.amount_unit
    bare = quantity.unit == "1" or not head or (head == "1" and bool(quantity.per))
    compared = quantity.comparator in {"<", ">", ">="}
    return bare or compared or quantity.unit in _NOT_DOSES or head.startswith("10*")


def is_no_dose(text: str, mention: QuantityMention) -> bool:
    """Whether a number is a factor of arithmetic, a sum of a course, or a diet's."""
    before = text[max(0, mention.start - 70) : mention.start]
    if _FACTOR_BEFORE.search(before) or _FACTOR_AFTER.match(text, mention.end):
        return not {"kg", "m2"} & set(mention.quantity.per) or bool(_FACTOR_BEFORE.search(before))
    if (
        _DENIED.search(before)
        or _CHANGE_BY.search(before)
        or (_NOT_TO_ENDS.search(before) and _NOT_TO.search(before))
        or _DESCRIBED_AFTER.match(text, mention.end)
    ):
        return True
    if _SO_MUCH.search(before) and _IN_ALL.match(text, mention.end):
        return True
    if _FROM.search(before) and _TO_DOSE.match(text, mention.end):
        return True  # "down from 150 mg to 37.5 mg": only the second is to be given
    hourly = bool({"h", "min"} & set(mention.quantity.per))
    if not hourly and _WHOLE.search(before) and not A_DAY.match(text, mention.end):
        return not re.search(r"\btotal\s(?:daily\s)?dose|(?<!to\s)\ba\stotal\sof\s\Z", before)
    diet = mention.quantity.amount_unit in {"g", "mg", "L", "mL", "kcal", "meq", "mmol"}
    return diet and bool(_INTAKE_BEFORE.search(before) or _INTAKE_AFTER.match(text, mention.end))


def _is_limited(text: str, mention: QuantityMention) -> bool:
    start = max(0, mention.start - 60)
    words = text[start : mention.start]
    before = MAXIMUM.search(words) if _LIMITS.search(words) else None
    return before is not None or _MAX_AFTER.match(text, mention.end) is not None


def _is_climbed_to(text: str, mention: QuantityMention) -> bool:
    """Whether "up to" is where a dose is brought to: "should be built up to 900 mg"."""
    start = mention.start
    return _CLIMBS.search(text, max(0, start - 60), start + len("up to ")) is not None


def _is_timed(text: str, mention: QuantityMention) -> bool:
    """Whether a time, read with its first word, is one of giving: "push within 30 seconds"."""
    if text.startswith("over ", mention.start):
        return True
    start = mention.start + len("within ") * text.startswith("within ", mention.start)
    short = mention.quantity.unit in {"s", "min"}
    return short and _PUSHED.search(text, max(0, start - 60), start) is not None


def _time_role(text: str, mention: QuantityMention) -> Role:
    unit = mention.quantity.unit
    before = text[max(0, mention.start - 60) : mention.start]
    if unit == "ms":
        return "other"
    if _AGE_AFTER.match(text, mention.end) or (unit == "a" and _AGE_BEFORE.search(before)):
        return "age"
    long = unit in {"d", "wk", "mo"}
    if MAXIMUM.search(before) or (mention.quantity.comparator == "<=" and long):
        return "maximum"
    if not long and _OF_GIVING.match(text, mention.end):
        return "over"
    # "over 10 minutes" is a time of giving, though "over" is read as a bound
    if not long and (_OVER.search(before) or _is_timed(text, mention)):
        return "over"
    lasts = _FOR.search(before) or _COURSE.match(text, mention.end)
    # "consider bone density if used for more than 2 years" is no order
    return "duration" if lasts and not _SUPPOSED_TIME.search(before) else "time"
