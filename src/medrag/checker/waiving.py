"""What a text asks for, and what it waives: tests, monitoring, precautions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from medrag.checker.words import find_all
from medrag.core.span import Span

_NOT = r"(?:not|\w+n['\u2019]t)"
"""A denial; a contraction is one word, within which no word begins."""
_WAIVED_BEFORE = re.compile(
    r"\b(?:no|without|never|neither|nor|skip\w*|omit\w*|forgo|before any|free of"
    r"|(?:regardless|irrespective) of|whatever the|no matter"
    r"|needless|unnecessary to \w+|forget(?: about)?|ignor(?:e|ing)|disregard\w*|never mind"
    r"|do without|dispense with"
    r"|(?:\A|(?<=[.;:,(] )|(?<=\b(?:to|or) )|(?<=\b(?:and|can|may|you) )|(?<=\b(?:then|just) ))"
    r"drop(?! (?:[\w-]+ ){1,3}to\b)"
    r"|nobody (?:(?:needs?|has) to )?(?:watch|check|monitor"
    r"|look)\w*(?: at)?"
    rf"|{_NOT} (?:bother|worry) (?:with|about|to \w+)"
    rf"|{_NOT} (?:delay|postpone|defer|hold (?:off|on|back|(?:\w+ )?up|(?:the |his "
    rf"|her )?\w+ up)|wait"
    r"|hang (?:about|on)|stop|pause)(?: (?!and\b)\w+){0,2} (?:for|until|on|with|over)"
    r"|no (?:point|sense|use|call|cause|value|reason) (?:in|for|to) \w+(?: for| at)?"
    r"(?: (?:whether|if) \w+ (?:is|are|was|has|(?:might|may|could) be))?"
    rf"|{_NOT} (?:need|require|necessary|needed|check|monitor|test|measure|order|obtain|draw"
    r"|bother|wait|call for|ask for|demand|warrant|justif|entail|mean|impl)\w*)"
    r"\s+(?:(?!(?:but|so|therefore|is|are|was|were|until|unless|because|if|when|once|while|with"
    r"|(?:should|must|can|may|could|would|will|might) be"
    r"|and (?:re)?(?:check|measur|monitor|obtain|order|repeat|test|draw|take|get|give|start|continu"
    r"|adjust|follow|see|ask|look)\w*)\b)[\w/*-]+(?::\w+)*,?\s+){0,5}$",
    re.I,
)
_LET = re.compile(rf"\b(?:{_NOT}|never) (?:let|allow|have)\b(?:\s[\w/*-]+){{0,3}}\s\Z", re.I)
_HINDER = re.compile(
    r"\w*(?:\s[\w/*-]+){0,2}?\s(?:to\s)?(?:(?:delay|slow|stop|postpone|hinder|obstruct)(?:\s|\Z)"
    r"|(?:hold|keep|put)\s(?:[\w/*-]+\s){0,2}?(?:up|back|off|waiting)\b"
    r"|(?:get|stand|come)\sin\s(?:the|its|your|his|her)\sway)",
    re.I,
)
"""A test that must hinder nothing: "do not let a G6PD assay hold things up"."""
_RESULT = re.compile(
    r"\w*(?: (?:is|was|of|at|stable|steady|today|now|stays?|\w+ed)){0,3}[ :=]+(?:at )?"
    r"[<>]?\d+(?:\.\d+)?(?!\s?(?:h|hours?|days?|weeks?|months?)\b)",
    re.I,
)
"""A test with its result: it has been done, nothing is asked for."""
_MUCH_LATER = re.compile(
    r"(?:(?!\b(?:weeks?|days?|now|today|baseline)\b)[^.;]){0,40}?"
    r"\b(?:in|after|every) (?:\d+|two|three|four|six|twelve|several|a few)"
    r" (?:months|years)"
    r"|[^.;]{0,40}?\b(?:in a year|next year|yearly|annually|once a year)\b"
    r"|[^.;]{0,20}?\bat (?:the|his|her|your) (?:usual|next|routine|regular|yearly)"
    r" (?:visit|appointment|check)"
    r"|[^.;]{0,40}?\bas (?:already )?(?:planned|scheduled|usual)\b",
    re.I,
)
"""A test so late that it guards against nothing."""
_TWICE = re.compile(
    r"\b(?:not|never|\w+n['\u2019]t|avoid|only|cannot)\b[^.;]*\bwithout\b[^.;]*$", re.I
)
""""Do not start without a test" asks for the test."""
_NO_TEST = re.compile(
    r"[\w-]*(?:\s(?:and|or)\s\w+)?\s(?:function\s)?(?:biops|diseases?|failure|impairment|injur"
    r"|damage|deficien|"
    r"complaint|symptom|trouble|problem|disturb|loss\b|bleed|transfus|involvement|disorder|toxicity"
    r"|dysfunction|transplant|clots?\b|thinners?|in (?:the|his|her|your) (?:stool|urine|sputum)"
    r"|changes? (?:so far|yet)|(?:history|adjustment)s?\b)",
    re.I,
)
"""What makes "liver" or "blood" no test of it but what a patient has or is done to him."""
_LOOKS_FOR = re.compile(
    r"\b(?:ask|look|check|test|screen|exclud|rul|assess|search|enquir|inquir|measur|monitor"
    r"|watch)\w*"
    r"(?:\s(?!and\b)[\w-]+){0,3}\s\Z",
    re.I,
)
_ASKED = re.compile(r"and (?:check|test|monitor|follow|screen)\b", re.I)
""""Without a load and check the INR": what follows "and" is asked for."""
_AT_HAND = re.compile(
    r"[\w*:-]*(?: (?:clearance|level|value|result|count|test|function|panel|tracing"
    r"|reading)s?){0,2}"
    r"(?:,? (?:and|or|nor) (?:no |the |his |her )?[\w-]+(?: [\w-]+)?|, (?:no )?[\w-]+){0,3}"
    r" (?:(?:is|are|was|were|has been|have been|has|have|came|reached|stands?)(?: yet)? )?"
    r"(?:available|known|found|detected|identified|supplied|provided|recorded|reported|listed"
    r"|on (?:file|record)|at hand"
    r"|to hand|given|included|sent|attached|enclosed|shown|before me|with (?:it|this|the request)"
    r"|(?:come |came )?(?:back|in) yet|in (?:the|his|her) (?:record|chart|notes|file|list)"
    r"|(?:me|us)(?= *[.,;]))\b",
    re.I,
)
"""What makes "no creatinine" one that is missing."""
_I_LACK = re.compile(
    r"\b(?:I|we)(?: (?:still|currently))? (?:have|had|see|saw|find|found|got|was given|were given"
    r"|could find|can see) no\b[^.;,]*\Z",
    re.I,
)
""""I have no INR for him" tells of one that is missing."""
_NO_MORE = re.compile(
    r"\bno (?:(?:better|worse|safer|kinder|gentler|different|easier|harder)\b"
    r"|(?:less|fewer|more|lower|higher|later|longer|shorter) than)",
    re.I,
)
"""A comparison denies nothing: "no better for the liver", "no less than 400 units"."""
_WHATEVER = re.compile(r"whatever|no matter", re.I)
_READS = re.compile(r"\w*(?: \w+)? (?:says?|shows?|reads?|does|is)\b", re.I)
""""Whatever the glucose says" has it measured; "whatever the genotype" does without."""
_OWN_CLAUSE = re.compile(
    r"(?:,|\band)\s(?:(?:his|her|their|your|the|its|my|our)\s)(?:[\w-]+\s){0,3}\Z", re.I
)
_ASSERTED = re.compile(
    r"[\w-]*(?:\s[\w-]+){0,3}?\s(?:is|are|was|were|has|have|had|came|comes?|remains?|stays?|looks?"
    r"|shows?|showed|rose|fell)\b",
    re.I,
)
"""What has its own subject and verb: "no other medicine, and his liver tests were normal"."""
_A_DISEASE = re.compile(r"(?:HIV|hepatitis(?: [BC])?|varicella|tuberculosis|TB|pregnancy)\b", re.I)
_ITS_TEST = re.compile(
    r"[\w/-]*(?:\s[\w/-]+){0,3}?\s(?:tests?|testing|tested|status|serolog\w+|screen\w*|antibod\w+"
    r"|titres?"
    r"|titers?|results?|checks?|vaccin\w+|antigen\w*|work-?up|excluded|ruled out)\b",
    re.I,
)
"""What makes a disease that a test looks for the test: "without HIV" has none of it."""
_HAS_NONE = re.compile(r"\b(?:no|without|free of)\s(?:[\w-]+,?\s){0,3}\Z", re.I)
_STATED = re.compile(r"\w* (?:of|at|is|was|=) \d")
""""At an eGFR of 75 metformin need not be paused": the value is at hand."""
_OFTEN = re.compile(r"\b(?:weekly|daily|monthly|frequent\w*|extra|additional|more)\b", re.I)
_SKIPS = re.compile(r"(?:forget|skip|omit|ignor|drop|disregard|never mind|do without)", re.I)
"""What waives a test however often it is done: "forget the weekly counts"."""
_OR = re.compile(r"\b(?:or|nor)\b", re.I)
_WAIVED_AFTER = re.compile(
    r"^\w*(?:\s(?:tests?|function|counts?|levels?|monitoring|checks?"
    r"|panel))?\s*:?[*_]*\s*(?:(?!(?:it|he|she|they|you)\s)[\w/*-]+(?::\w+)*,?\s+){0,5}?(?:(?:is"
    r"|are|was|be|being|seems?)\s+)?"
    r"(?:unnecessary|needless|optional|superfluous|redundant|pointless|dispensable"
    r"|(?:do|does)(?: not|n't) (?:have to be|need|matter)"
    r"|(?:(?:just|mere(?:ly)?|only|pure|needless) )?(?:(?:an?|more) )?(?:waste|formality|luxury"
    r"|irrelevant"
    r"|immaterial|red tape|bureaucracy|paperwork|box[- ]ticking|overkill|nicety|fuss|hoop to jump)"
    r"|never (?:needs?|has|have) to be|needs? never|never\s?(?:[.;,]|\Z)|not (?:our|your) business"
    r"|no longer (?:recommended|advised|useful)"
    r"|only (?:needed|necessary|required|done) if (?:she|he|they|you) feels?"
    rf"|(?:{_NOT}|never|no longer)\s+(?:\w+\s+)?(?:needed|required|called for|asked for|worthwhile"
    r"|necessary|indicated|mandatory)"
    r"|(?:can|may|could)\s+(?:\w+\s+)?(?:be\s+)?(?:skipped|omitted|ignored|neglected|disregarded"
    r"|forgotten|wait"
    r"|(?:looked at|done|checked|taken|come|follow|happen|filled in|completed|sorted|answered"
    r"|drawn|sent)"
    r" (?:later|afterwards|at (?:the|her|his|your) next)|deferred|left (?:out|off)"
    r"|dropped|forgone|spared|saved|stopped|dispensed with|avoided)|needs? not\b"
    r"|not (?:been )?(?:a )?part of|not (?:in|on) the (?:program\w*|list|schedule|plan)"
    r"|(?:not|never) (?:been )?done\b[^.]{0,12}\b(?:skip|leave|omit|go ahead|proceed)"
    rf"|{_NOT} worth (?:\w+ing|it|the \w+)|pointless|superfluous"
    r"|(?:(?:would|will|can) )?(?:only|merely|just|simply) (?:delay|slow|hold|cost|postpone"
    r"|put off|waste"
    r"|hinder)\w*|(?:(?:would|will|can) )?(?:add|change|alter)s? nothing"
    r"|of no (?:use|value|interest|concern|importance|relevance|consequence)"
    r"|forgotten(?=[.,;]|\Z)|[^.;]{0,40}(?:\b(?:so|and|then|just|simply|please)"
    r"|,)\s(?:you\s)?(?:(?:can|may)\s)?(?:omit|skip|drop|forget"
    r"|leave(?= (?:\w+ ){1,2}out)|do without|ignore|cancel) (?:them|those|it|this|that|these)"
    rf"|(?:{_NOT}|never) (?:called|asked) for|makes? no difference|plays? no (?:part|role)"
    r"|changes? nothing"
    r"|(?:adds?|serves?|has|have) (?:nothing|no (?:value|purpose|role|place|use)))\b",
    re.I,
)


def asked_for(text: str, words: Sequence[str]) -> bool:
    """Return whether the text names any of `words` without waiving it.

    A result stands for the test, unless the text puts the next one off for months.
    """
    kept = [
        span
        for span in find_all(text, words)
        if not (_is_waived(text, span.start, span.end) or _is_unmoved(text, span.start, span.end))
    ]
    soon = [span for span in kept if not _is_late(text, span)]
    if len(soon) == len(kept):
        return bool(soon)
    return any(_RESULT.match(text, span.end) is None for span in soon)


_WEEKS_LATER = re.compile(
    r"[^.;]{0,40}?\b(?:in|after) (?:6|8|10|12|six|eight|ten|twelve) weeks\b", re.I
)
_MOVES_SOON = ("inr", "level", "trough", "concentration")
"""Tests that change within days; others, as TSH, are looked at after weeks."""


def _is_late(text: str, test: Span) -> bool:
    soon = test.of(text).lower().startswith(_MOVES_SOON)
    late = _MUCH_LATER.match(text, test.end)
    return late is not None or (soon and _WEEKS_LATER.match(text, test.end) is not None)


_UNMOVED = re.compile(
    r"(?:\b(?:not|n['\u2019]t|never) (?:\w+ly )?(?:affect|chang|alter|rais|lower|reduc|influenc"
    r"|disturb|touch)"
    r"\w*|\bleav(?:e|es|ing)) (?:[\w-]+ ){0,3}\Z",
    re.I,
)
_UNMOVED_AFTER = re.compile(
    r"\w*(?: (?:\w+ly|will|are|is|be))* (?:alone|unchanged|untouched|unaffected|as (?:it is"
    r"|they are))\b",
    re.I,
)
"""What is said to move no level asks for none: "leaves its levels alone"."""


def _is_unmoved(text: str, start: int, end: int) -> bool:
    before = _UNMOVED.search(text, max(0, start - 60), start)
    after = _UNMOVED_AFTER.match(text, end)
    leaves = before is not None and before[0].lower().startswith("leav")
    return after is not None if leaves or before is None else True


_TESTS = r"(?:re-?)?(?:immuni[sz]|vaccinat|test|screen|check|measur|determin|assess|genotyp|typ)e?"
_WHOM = (
    r"(?:patients?|those|people|persons?|individuals?|adults?|children|infants?|women|men|anyone"
    r"|everyone|somebody|someone)"
)
_DONE_TO_WHO_LACK = re.compile(
    rf"\b{_TESTS} (?:all |any |only )?(?:[\w-]+ ){{0,2}}{_WHOM} (?:[\w-]+ ){{0,3}}"
    r"(?:without|with no|lacking|never|not)(?: (?:an?|any|had|been|documented|prior|previous|recent"
    r"|history of|proof of|evidence of|tested for|vaccinated against))*\s(?:[\w-]+\s){0,2}\Z",
    re.I,
)
_THEN_DONE = re.compile(
    rf"[^.,;]{{0,40}}\b(?:should|must|need to|needs to|has to|have to|are to|is to) (?:first )?be"
    rf" {_TESTS}d\b",
    re.I,
)
"""Whom a test or a vaccine lacks gets it: "immunize patients without a history of it"."""


def waived(text: str, words: Sequence[str]) -> Span | None:
    """Return where the text first names one of `words` as not needed, or None."""
    return next(all_waived(text, words), None)


def all_waived(text: str, words: Sequence[str]) -> Iterator[Span]:
    """Return each place where the text names one of `words` as not needed, in order."""
    found = find_all(text, words)
    return (span for span in found if _is_waived(text, span.start, span.end))


def _is_waived(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 120) : start], text[end : end + 100]
    begins = text[max(0, start - len("and ")) : start + len("monitor ")]
    if _TWICE.search(before) or (_NO_TEST.match(after) and not _LOOKS_FOR.search(before)):
        return False
    denied = None if _ASKED.match(begins) else _WAIVED_BEFORE.search(before)
    read = denied is not None and _WHATEVER.match(denied[0]) and _READS.match(after)
    if denied is not None and (read or _AT_HAND.match(after) or _NO_MORE.search(denied[0])):
        denied = None  # "no creatinine is available" asks for one; "no better" denies nothing
    if denied is not None and (_I_LACK.search(before) or _is_apart(before, text[start:])):
        denied = None
    if denied is not None and (_DONE_TO_WHO_LACK.search(before) or _THEN_DONE.match(after)):
        denied = None
    skipped = denied is not None and _SKIPS.match(denied[0])
    if denied is not None and not skipped and _OFTEN.search(denied[0]):
        return False  # "no need for weekly tests": only so many of them
    if denied is not None and "," in denied[0] and _OR.search(denied[0] + after[:40]) is None:
        denied = None  # "without a load, INR on day 3": a comma without "or" ends what is denied
    told = _STATED.match(after) is not None
    if _LET.search(before) and _HINDER.match(after):
        return True
    return denied is not None or (not told and _WAIVED_AFTER.search(after) is not None)


def _is_apart(before: str, named: str) -> bool:
    """Return whether the words that deny something end before the test, or mean a disease."""
    if _OWN_CLAUSE.search(before) and _ASSERTED.match(named):
        return True
    disease = _A_DISEASE.match(named)
    return bool(disease and _HAS_NONE.search(before)) and _ITS_TEST.match(named) is None
