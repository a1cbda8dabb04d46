"""LAB202: critical values that nobody acts on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import AnalyteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.interpretation import goes_on, value_of
from medrag.checker.rules.labs import place, row_of
from medrag.checker.wording import amount, name
from medrag.clinical import LabMention, Quantity
from medrag.core.finding import Reference
from medrag.core.span import Span
from medrag.grounding.tokens import between

_DELAYED = re.compile(
    r"\b((?:the )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?:['\u2019]s)? (?:clinic|round"
    r"|list|visit|appointment|surgery)"
    r"|(?:at|by|until|towards) the (?:end|start|beginning|middle) of (?:the|next|this)"
    r" (?:week|month|year)"
    r"|next (?:\w+ )?(?:visit|week|month|appointment|clinic|(?:mon|tues|wednes|thurs|fri)day)"
    r"|in (?:\d+|one|two|three|four|six|a few"
    r"|several|a) (?:weeks?|months?|years?)"
    r"|routine(?:ly)? (?:follow|visit|check|recheck|clinic|outpatient|appointment)"
    r"|(?:at|until) (?:the|her|his|their) (?:next|routine|regular|annual)"
    r"|no (?:action|treatment|change|urgent|immediate|intervention|further|concern|follow)"
    r"|needs? no|requires? no|nothing (?:needs|to do|else)|reassur\w*"
    r"|watchful|not urgent|non-?urgent|without (?:urgency|treatment)|can wait|no need (?:for|to)"
    r"|outpatient|annual(?:ly)?|discharge home|send (?:(?:her|him|them|the patient) )?home"
    r"|routine|observe at home|recheck (?:at|next)|repeat (?:at|next)|stays? as (?:planned|booked)"
    r"|as planned|as before|keep (?:taking|on)|carry on|go(?:es)? on (?:with|taking)|no change"
    r"|unchanged|need(?:s|ed)? nothing|stay (?:on|at) the same|same dose"
    r"|(?:with|among|at) (?:the|her|his|their) (?:next |routine |usual |weekly |monthly |regular )+"
    r"(?:bloods|blood tests?|tests|labs)|on (?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?:review|discuss|look at|mention|address|raise)\w*\b[^.;]{0,25}\b(?:tomorrow|next round)"
    r"|(?:book|see|correction) [^.;]{0,20}\b(?:tomorrow"
    r"|next (?:mon|tues|wednes|thurs|fri|satur|sun)day)"
    r"|(?:take|stay|rest|wait) (?:[\w-]+ ){0,3}at home"
    r"|call (?:back )?(?:only )?if it"
    r"|(?:in|at) (?:the |her |his )?(?:morning |afternoon |outpatient |diabetes |\w+ day )?"
    r"clinic|in a fortnight|after the (?:weekend|holidays?)|of no concern|nothing to worry"
    r"|not (?:worrying|a worry|a concern|alarming)|back to work|eat more"
    r"|(?:and|to|be|then|for|safe(?:ly)?) discharg\w+"
    r"|discharge (?:him|her|them|home|with|today|after)|(?<=[:,;] )discharge"
    r"|(?<!nursing )(?<!care )(?<!call )(?<!at )home\b"
    r"(?! (?:oxygen|dos|medic|treatment|visit|insulin))"
    r"|nothing (?:further|urgent|more|special|at all|acute|to (?:act|treat))"
    r"|watch(?:ful)? (?:and|&) wait\w*"
    r"|wait and see|sleep it off|let (?:her|him|them) (?:sleep|rest)"
    r"|drink (?:plenty|more|water)[^.;]{0,20}\brest"
    r"|(?:check|recheck|review|repeat|again|back|call|follow-up|seen?|appointment|clinic|test)\b"
    r"[^.;]{0,25}\bin (?:a |the |\d+ |\w+ |ten |a few )?"
    r"(?:days|weeks?|months?|years?|fortnight|spring|summer|autumn|winter|new year)"
    r"|(?:clinic|GP|practice|office|surgery) (?:on|next|tomorrow)|check again"
    r"|no need to (?:act|treat|worry)|too early to act|tomorrow week"
    r"|(?:at|in|during|for|until) (?:the |a |an |her |his |their )?(?:\w+ ){0,2}(?:review|visit"
    r"|appointment|check-?up|consultation|round)"
    r"|in (?:january|february|march|april|may|june|july|august|september|october|november"
    r"|december)"
    r"|book (?:a|an|the|her|him) (?:\w+ )?(?:GP|clinic|appointment|visit)|back to the ward"
    r"|without (?:any |further |more )(?:tests?|treatment|action|work-?up|steps?)"
    r"|(?:encourag|advis|suggest|recommend|tell|ask)\w* (?:\w+ ){0,4}?(?:fluids|water|food|diet"
    r"|milk|juice|bananas?|nuts|salt)|(?:discuss|mention|note|raise) (?:it|this|that"
    r"|the (?:result|value))|nothing (?:is )?to be done|do(?:es)? nothing|come back if"
    r"|(?:seen?|look\w*) (?:\w+ )?tomorrow|some (?:other )?(?:day|time)"
    r"|(?:less|fewer|more|cut down on) (?:the )?(?:coffee|sweets|sugar|salt|exercise|fruit|sleep"
    r"|fluids|water)|(?:next|later) in the (?:office|clinic)|keep an eye"
    r"|(?:take|have) the (?:\w+ )?(?:weekend|day|week) off"
    r"|(?<!not )(?<!n't )(?<!without )wait(?:ing)? for (?:the|a|an|more|another)"
    r"|(?:does not|doesn't) (?:need|require)"
    r"|(?:put|mention|note|write|add|include|dictate)\w* (?:it |this |that |them )?(?:\w+ "
    r"){0,3}?(?:letter|summary"
    r"|notes|e-?mail|report|minutes)|(?:yearly|annual) (?:check|review|visit)\w*|postcard"
    r"|goodbye|secretary"
    r"|(?:send|drop|write|leave) (?:(?:him|her|them|the patient) )?(?:an?|the) (?:e-?mail|letter"
    r"|message|text"
    r"|leaflet|note)|with an? (?:leaflet|letter|handout)|book (?:the|an?) (?:\w+ )?(?:nurse"
    r"|dietit?c?ian)"
    r"|[\w-]+-(?:week|month|year)(?:ly)? (?:check|review|visit|appointment)"
    r"|to be (?:discussed|mentioned|raised|looked at) (?:at|in|on|during))\b",
    re.I,
)
_URGENT = re.compile(
    r"\b(now|immediate(?:ly)?|urgent(?:ly)?|emergen\w+|stat|at once|admit|hospital|today|right away"
    r"|intensive care|ICU"
    r"|(?:call|bring|summon|ask|fetch)(?:ed|s)? (?:him|her|them|the (?:patient|family)) (?:back|in)"
    r"(?! (?:only )?if)|recall\w*|the same (?:day|evening|night)"
    r"|call (?:an? |the (?!clinic|GP|practice|office|surgery)|for |999|911|112|rapid)"
    r"|ECG(?! (?:again|in|next|at|later))|treat\w*|dextrose"
    r"|calcium gluconate|transfus\w+|resuscitat\w+"
    r"|within (?:an|one|the|\d+) (?:first )?hours?|promptly|notify)\b",
    re.I,
)
_KOST = Reference(
    title="Critical limits for urgent clinician notification at US medical centers (Kost)",
    section="Table 2",
    edition="1990",
    url="https://doi.org/10.1001/jama.1990.03440050103037",
)
_FOLLOWING = 8
"""How many sentences or lines, from the value's own, tell what is done about it."""


def _critical(context: Context) -> Iterator[Verdict]:
    yield from _germs(context)
    for lab in context.content.labs:
        row = row_of(context, lab.analyte)
        if row is None or lab.value is None or lab.role not in {"result", "mention"}:
            continue
        value = value_of(context, lab, row)
        if (
            value is None
            or not (_is_critical(value.value, row) or _rose_to_critical(context, lab, value))
            or not row.least <= value.value <= row.most
            or not (_is_put_off(context, lab.sentence, lab.text) or _is_praised(context, lab))
            or (lab.analyte == "inr" and _is_held(context, lab.sentence))
            or _is_reason(context, lab)
        ):
            continue
        yield Signal(
            severity="critical",
            message=f"{name(lab.analyte)} {amount(lab.value)} is a critical value: it needs "
            "somebody at once, not later.",
            span=place(context, lab),
            reference=context.knowledge.reference(row),
            subject=lab.analyte,
        )


_HELD = re.compile(
    r"\b(?:omit|hold|held|skip|withh[eo]ld|leave out|miss the next|stop|no more)\w*\b[^.;]{0,60}"
    r"\b(?:warfarin|acenocoumarol|phenprocoumon|doses?|VKA|coumadin|it)\b",
    re.I,
)
_NEXT_DAY = re.compile(
    r"\b(?:recheck|repeat|check|INR|again|measure)\w*\b[^.;]{0,40}\b(?:(?:24|36|48)[\s-]?h(?:ours?)?|tomorrow"
    r"|(?:the )?next (?:day|morning)|daily|every day|(?:one|two|1|2|1 to 2|1-2"
    r"|one or two) days?)\b",
    re.I,
)


def _is_held(context: Context, sentence: int) -> bool:
    """Return whether a high INR is answered as guidelines do: doses left out, the next day's INR.

    Without bleeding nothing more is asked for up to 10 (CHEST 2012, section 9.1).
    """
    near = " ".join(one.text for one in context.content.sentences[sentence : sentence + _FOLLOWING])
    return _HELD.search(near) is not None and _NEXT_DAY.search(near) is not None


_PRAISED = re.compile(
    r",?\s(?:which\s)?(?:is|are|looks?|seems?|remains?)\s(?:very\s|quite\s|entirely\s|still\s)?"
    r"(?:fine|good|harmless|satisfactory|safe|acceptable|excellent|ideal|perfect|tolerable)\b",
    re.I,
)


def _is_praised(context: Context, lab: LabMention) -> bool:
    """Return whether a value is called good right behind it."""
    return _PRAISED.match(context.text, place(context, lab).end) is not None


_GERM = (
    r"(?:gram[- ](?:positive|negative)|diplococci|cocci|bacilli|rods|yeasts?|candida"
    r"|staph(?:ylococcus)? aureus|S\. aureus|MRSA|MSSA|E\. coli|escherichia|klebsiella|pseudomonas"
    r"|enterobacter\w*|strep\w*|pneumococc\w+|enterococc\w+|listeria|meningococc\w+)"
)
_BOTTLES = r"(?:bottles?|blood cultures?|culture sets?|both sets|all sets|sets of)"
_GERMS = re.compile(
    rf"\b{_GERM}\b[^.;:]{{0,50}}\b(?:in|from|of|on)\b[^.;:]{{0,25}}\b{_BOTTLES}\b"
    rf"|\b{_BOTTLES}[^.;:]{{0,40}}\b(?:positive|grow\w*|grew|flagged|yield\w*)\b[^.;:]{{0,30}}"
    rf"\b{_GERM}\b"
    r"|\bblood cultures?\b[^.;:]{0,30}\b(?:positive|grow\w*|grew|yield\w*)"
    r"|\bpositive blood cultures?"
    r"|\b(?:CSF|cerebrospinal fluid)\b[^.;:]{0,40}(?:\bgram[- ]stain[^.;:]{0,20}\bpositive"
    r"|\bpositive (?:on )?gram|\bbacteria|diplococci|\b(?:cocci|rods|bacilli|yeasts?)\b"
    r"|[\d,]{3,} (?:neutrophils|white|leuko\w+))",
    re.I,
)
_NO_GERMS = re.compile(
    r"\b(?:coagulase-negative|epidermidis|urine|sputum|wound|swab|no|not|never|previous\w*|repeat\w*|contamina\w+|until|if)\b[^.;]*\Z",
    re.I,
)


def _germs(context: Context) -> Iterator[Signal]:
    """Yield germs in blood or cerebrospinal fluid that the text lets wait."""
    named = (
        "culture" in context.text
        or "bottle" in context.text
        or "CSF" in context.text
        or "erebrospinal" in context.text
    )
    found = _GERMS.search(context.text) if named else None
    if found is None:
        return
    sentences = context.content.sentences
    number = next((n for n, one in enumerate(sentences) if one.end >= found.end()), None)
    if number is None or _NO_GERMS.search(context.text[sentences[number].start : found.start()]):
        return
    if "contamina" not in context.text.lower() and _is_put_off(context, number, found[0]):
        yield Signal(
            severity="critical",
            message="Germs in blood or cerebrospinal fluid are a critical result: it needs "
            "somebody at once, not later.",
            span=Span(start=found.start(), end=found.end()),
            reference=_KOST,
        )


def _is_put_off(context: Context, sentence: int, named: str) -> bool:
    """Return whether what follows a result lets it wait and nothing there is urgent."""
    sentences = context.content.sentences[sentence : sentence + _FOLLOWING]
    text = " ".join(one.text for one in sentences)
    delays = (
        match
        for match in _DELAYED.finditer(text)
        if _NOT_LEFT.search(text, max(0, match.start() - _BEFORE), match.start()) is None
    )
    delayed = next(delays, None)
    if delayed is None:
        return False
    first, last = between(_STOP, text, *delayed.span())
    own = text[first:last]
    certain = " ".join(one.text for one in sentences if not _IN_CASE.match(one.text))
    within = own if named.lower() in own.lower() else certain
    return not _truly_urgent(within, _DELAYED.search(own) or delayed)


_BEFORE = 40
_NOT_LEFT = re.compile(
    r"(?:\b(?:not|no|never|without|rather than|instead of)|n['\u2019]t)\s"
    r"(?:wait|leav|left|delay|postpon|put off|defer)\w*\b[^.;]*\Z",
    re.I,
)
"""What is not waited for delays nothing: "no waiting for the clinic next week"."""
_IN_CASE = re.compile(r"\W*(?:if|when|should|in case|unless)\b", re.I)
"""What is done only if something happens is not done about the value."""
_STOP = re.compile(r"[.;]\s|\n|\s[-*\u2022]\s")


def _is_critical(value: Decimal, row: AnalyteRow) -> bool:
    low = row.critical_low is not None and value <= row.critical_low
    return low or (row.critical_high is not None and value >= row.critical_high)


_FROM = re.compile(r"\bfrom\s(?:\w+\s)?\Z|\brising|\brose|\brisen", re.I)


def _rose_to_critical(context: Context, lab: LabMention, value: Quantity) -> bool:
    """Return whether a value went to a critical one: "rose from 45 to 410", "14 then 480 ng/L"."""
    row = row_of(context, lab.analyte)
    if row is None:
        return False
    numbers = context.content.numbers_behind(lab.end, 2)
    if value.high is not None:
        rose = lab.trend == "rising" or (
            bool(numbers) and _FROM.search(context.text[lab.end : numbers[0].start]) is not None
        )
        return rose and _is_critical(value.high, row)
    if len(numbers) < len(("before", "after")) or not goes_on(context, lab):
        return False
    later = replace(lab, value=numbers[1].quantity, unit_written=numbers[1].unit_written or None)
    reached = value_of(context, later, row)
    return reached is not None and _is_critical(reached.value, row)


_AVOIDS = re.compile(
    r"\b(?:avoid\w*|out|stop\w*|held|withh\w+|contra-?indicated|ruled? out|excluded|unsafe"
    r"|not (?:be )?(?:given|used|safe)|instead of|rather than)\b[^.;]{0,40}"
    r"\b(?:with|because of|given|at|due to|for|by|on account of)\s(?:an?\s|the\s|his\s|her\s)?\Z",
    re.I,
)


def _is_reason(context: Context, lab: LabMention) -> bool:
    """Return whether a value is named as why a drug is left: "macrolides are out with a QTc of"."""
    start = context.content.sentences[lab.sentence].start
    return _AVOIDS.search(context.text, start, lab.start) is not None


_AT_ONCE = re.compile(r"^\s(?:now|today|at once|urgent(?:ly)?|immediately)\b", re.I)
"""Behind "nothing to do" it is part of the reassurance."""


_DENIES = re.compile(r"(?:no|nothing|needs? no|requires? no|need(?:s|ed)? nothing|does)\b", re.I)
"""What denies also the word behind it: "no need to treat"."""


def _truly_urgent(text: str, delayed: re.Match[str]) -> bool:
    kept = "not " if _DENIES.match(delayed[0]) else "later "
    rest = text[: delayed.start()] + kept + _AT_ONCE.sub(" ", text[delayed.end() :], count=1)
    urgent = _URGENT.search(rest)
    if urgent is None:
        return False
    before = rest[max(0, urgent.start() - 25) : urgent.start()]
    return re.search(r"\b(no|not|nothing|without|non|un)\b[^.]*$", before, re.I) is None


RULES = (
    Rule(
        id="LAB202",
        title="critical value not acted on",
        category="lab",
        rationale="A potassium of 6.9 cannot wait for the next clinic.",
        tables=("analytes",),
        check=_critical,
    ),
)
