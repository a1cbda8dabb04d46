"""MED315: a text that calls a check passed for which the datum is missing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from medrag.checker.cleared import SCHEDULED, claimed_of, looked_at
from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.sieve import sifted
from medrag.checker.unfounded import unfounded
from medrag.core.finding import Category
from medrag.core.span import Span
from medrag.text.sieve import Sifted

_ADJECTIVES = r"(?:known |drug |relevant |significant |documented |reported |current |other )*"
_CLEARED = (
    r"(?:\s+(?:check|screen|status|review|list|conflicts?))?[*_]*\s*[:=|][*_|\s]*(?:\w+ (?:and )?)?"
    r"(?:pass(?:es|ed)?|ok(?:ay)?|no (?:\w+ )?(?:conflicts?|issues?|problems?|concerns?|alerts?)"
    r"|cleared|verified|in order|not a concern)\b"
)
"""How a checklist says that something was looked at ("Allergy: passes"); "Allergies: none" is a
fact about the patient, not about a check."""


def _listed(words: str, *others: str) -> Sifted:
    return sifted("|".join((rf"\b(?:{words}){_CLEARED}", *others)), re.I)


_WHOSE = (
    r"(?:his|her|their|your|(?:the|this) (?:patient|child|man|woman|boy|girl|infant)['\u2019]?s?)"
)
_SOUND = (
    r"(?: (?:is|are|was|were|remains?|looks?|seems?))? (?:\w+ )?"
    r"(?:normal|fine|good|healthy|ok(?:ay)?|adequate|acceptable|satisfactory"
    r"|sufficient|high enough|low enough|unremarkable|clear|no (?:problem|obstacle|concern|issue)"
    r"|in (?:the normal )?range"
    r"|within (?:range|normal|limits|the normal)|unimpaired|preserved|intact)\b"
)
"""How a text calls sound what nobody measured."""
_LOOKED_AT = r"\b(?:checked|reviewed|verified|gone through|looked (?:at|through)|screened)\b"
_MEDICINES = r"(?:medicines?|medications?|drugs?|tablets|prescriptions?)"
_CLASH = r"(?:interact\w*|clash\w*|conflict\w*)"
_NO_BAR = (
    r"(?:\s(?:that|which|to))?\s(?:stand|stands|speak|speaks|argue|argues|worry|prevent|preclude"
    r"|matter|count|get|weigh|exist|apply|arise|note|consider|mention)s?\b"
)
"""What is said to be no bar: "no drug allergies stand in the way", "no interactions to note"."""
_POSES_NONE = (
    r" (?:poses?|presents?|raises?|gives?|makes?|causes?|is|are) (?:no|not an?)"
    r" (?:\w+ )?(?:problem|obstacle|concern|issue|difficult\w+|objection|reason|limit)"
)
_SAFE_FOR = (
    r"\b(?:safe|fine|ok(?:ay)?|right|suitable|appropriate|correct|good)"
    r" (?:for|with|on|at|by|given|in) "
)
"""How a dose is called right by an organ that nobody measured: "safe for his kidneys"."""

_ALLERGY = _listed(
    "allerg(?:y|ies)",
    rf"{_LOOKED_AT} (?:for |against )?(?:\w+ ){{0,2}}allerg(?:y|ies)",
    r"\bnothing (?:on|in) (?:\w+ ){1,2}allerg(?:y|ies)\b",
    rf"\bno {_ADJECTIVES}allerg(?:y|ies){_NO_BAR}",
    r"\b(?:has|have|had|with|there are) no (?:known |drug |medication |medicine )*allergies\b",
    r"\bnot allergic to (?:anything|any (?:drug|medicine|antibiotic)s?)\b|\bNKDA\b",
    r"\ballerg(?:y|ies) (?:review|check|screen|search)\w* (?:is |was )?(?:completed?|done"
    r"|performed|made|carried out)\b[^.;]{0,20}\bnone\b",
    rf"\ballerg(?:y|ies|ic)(?: \w+)?{_POSES_NONE}",
    r"\b(?:all[- ]clear|clear|in the clear|no (?:flags?|hits?|alerts?|matches|match)) (?:on|for"
    r"|from|as (?:to|regards))"
    r" (?:the )?(?:\w+ )?allerg(?:y|ies)\b",
    r"\ballerg(?:y|ies) (?:screen|check|search|review)(?:ing)? (?:is|was|came back|comes back"
    r"|returned)"
    r" (?:clear|clean|negative|empty|ok(?:ay)?|fine)",
    r"\ballerg(?:y|ies) (?:list|record|history|status|screen)s? (?:\w+ )?"
    r"(?:clear|clean|negative|unremarkable|no (?:conflict|problem|issue|concern)|nothing)",
    rf"\bno {_ADJECTIVES}allerg(?:y|ies|ic)\b (?:conflicts?|contraindications?|issues?"
    r"|concerns?|problems?|interactions?|found|identified|detected)",
    r"\ballerg(?:y|ies) (?:have been |were |was )?(?:checked|reviewed|cleared)\b",
)
_INTERACTION = _listed(
    "(?:drug )?interactions?",
    rf"\b(?:takes?|taking|on|uses?|using) nothing (?:else )?(?:that|which|to) (?:\w+ )?{_CLASH}",
    rf"\b(?:nothing|none of what) (?:\w+ ){{1,2}}(?:takes?|is taking|uses?) (?:\w+ )?{_CLASH}",
    rf"\b(?:none|neither|nothing) of {_WHOSE} (?:\w+ )?{_MEDICINES} (?:\w+ )?{_CLASH}",
    rf"\bno {_MEDICINES} (?:on|in|among) {_WHOSE} (?:\w+ )?(?:list|chart"
    rf"|{_MEDICINES}) (?:\w+ )?{_CLASH}",
    rf"\bno (?:inter|clash|conflict)\w*ing {_MEDICINES}",
    rf"\bcompatible with (?:all |any |everything )?(?:of )?{_WHOSE} (?:\w+ )?{_MEDICINES}",
    r"\b(?:medication|drug|medicine)s? list (?:\w+ )?(?:clear|clean|checked|reviewed"
    r"|no (?:conflict|problem|issue|concern|interaction))",
    rf"{_LOOKED_AT} (?:for |against |with )?(?:all )?(?:{_WHOSE} )?(?:\w+ )?{_MEDICINES}",
    r"\binteractions?[*_]*\s*[:=|][*_|\s]*none\b",
    rf"\bno {_ADJECTIVES}interactions? (?:with (?:the|her|his|their|current|other|existing)"
    r"|found|identified|detected|expected|on (?:her|his|the|their))",
    rf"\bno {_ADJECTIVES}interactions?\s*(?:\.|;|,|$)",
    rf"\bno {_ADJECTIVES}interactions?{_NO_BAR}",
    rf"\b(?:nothing|none of what) {_WHOSE[:-1]}|s?he|they|you) (?:\w+ )?(?:takes?|is taking|uses?)"
    rf" (?:\w+ )?{_CLASH}",
    rf"\b(?:checked|screened|compared|ran|gone through) (?:it |this |them )?(?:for |against "
    rf"|with )?"
    rf"(?:all )?{_WHOSE} (?:\w+ )?{_MEDICINES}",
    r"\b(?:all[- ]clear|clear|no (?:flags?|hits?|alerts?)) (?:on|for|of"
    r"|from) (?:drug )?interactions?",
    r"\b(?:is|are|it's) (?:free of|without) (?:any |all |drug |relevant )*interactions?\b",
)
_RENAL = _listed(
    "renal(?: function| dosing| dose)?|kidney(?: function| dosing)?|creatinine clearance",
    rf"\b{_WHOSE} (?:kidneys?|renal|creatinine|e?GFR|CrCl)(?: function| clearance)?"
    rf"(?:{_SOUND}| (?:allows?|permits?|supports?|tolerates?|copes?|can (?:take|handle|cope)))",
    r"\b(?:renal|kidney) (?:function|dos\w+) (?:has been |was |is |were )?(?!not |never |un)"
    r"(?:\w+ )?(?:checked"
    r"|normal|fine|adequate|good|reviewed|verified|confirmed)\b",
    rf"\b(?:renal|kidney|creatinine) (?:function|clearance|status){_POSES_NONE}",
    rf"{_SAFE_FOR}{_WHOSE} (?:\w+ )?(?:kidneys?|renal function|kidney function|e?GFR|CrCl"
    r"|creatinine(?: clearance)?)\b",
    rf"\b(?:given|with|thanks to) {_WHOSE} (?:good|normal|excellent|preserved|healthy|intact)"
    r" (?:kidneys?|renal function|kidney function|e?GFR|CrCl|creatinine)\b",
    r"\bno (?:renal|kidney) (?:adjustment|concern|issue|dose change)s? (?:is |are )?"
    r"(?:needed|required|necessary)? ?(?:for|in) (?:him|her|this patient)",
)
_WEIGHT = _listed(
    "weight",
    rf"\b{_WHOSE} (?:body )?weight (?:makes|means|gives|fits|matches|allows|supports|confirms)\b",
    rf"\b(?:right|correct|exact(?:ly)?|appropriate|proper|precise)\b[^.;\n]{{0,30}}?\b(?:for|by|to)"
    rf" {_WHOSE} (?:body )?weight",
    r"\b(?:exact|right|correct|proper|precise)(?:ly)?\b[^.;\n]{0,25}\d ?(?:mg|mcg|g|units?)/kg",
    r"(?<!\bno )\bweight (?:has been |was |is )?(?:checked|confirmed|verified|known|documented"
    r"|recorded|on (?:file|record))\b",
    r"\b(?:verified|confirmed|checked|made sure)\b[^.;\n]{0,40}?\b(?:fits?|suits?|matches"
    rf"|right for|correct for) {_WHOSE} (?:body )?weight\b",
    rf"\bAt {_WHOSE} (?:body )?weight,[^.;\n]{{0,60}}\b(?:is|are) (?:right|correct|exact|fine)\b",
    r"\bweight-based (?:dose |dosing )?check (?:is |was |has been )?(?:passed|ok|done)\b",
    r"\b\d+(?:\.\d+)? ?(?:mg|mcg|g|units?)/kg\b[^.;\n]{0,60}\b(?:is|are) (?:right|correct"
    r"|appropriate|the right dose|exact)\b",
)
_PREGNANT = _listed(
    "pregnancy",
    r"\b(?:definitely|certainly|clearly|surely) not pregnant\b",
    r"\b(?:confirmed|known|shown) (?:not (?:to be )?|non-?)pregnant\b",
    r"\bpregnancy (?:\w+ )?(?:has been |is |was )(?!not)(?:\w+ )?(?:ruled out|excluded)\b",
    r"\b(?:she is|she's|she was|the patient is|you are) not pregnant(?=\W+(?:so|and|therefore|hence"
    r"|which|thus|\w+ (?:can|may|is)))",
    r"\bno (?:\w+ )?pregnancy (?:concerns?|issues?|problems?|risk)\b",
    r"\bpregnancy (?:is|was) (?:not (?:an? |of )?|no )(?:concern|issue|problem|worry)\b",
    r"\b(?:pregnancy test|h?CG)(?: \w+)? (?:is|was|came back|comes back|has been|returned)"
    r" (?:\w+ )?negative\b",
)
_HEPATIC = _listed(
    "hepatic(?: function| dosing)?|liver(?: function)?",
    rf"\b{_WHOSE} (?:liver|hepatic|LFTs?|transaminases|ALT|AST)(?: function)?(?: tests?| enzymes)?"
    rf"(?:{_SOUND}| (?:allows?|permits?|supports?|tolerates?|copes?|can (?:take|handle|cope)))",
    rf"{_SAFE_FOR}{_WHOSE} (?:\w+ )?(?:liver|hepatic function|LFTs?)\b",
    r"\b(?:liver|hepatic) (?:function|tests?|enzymes)(?: (?:and|or) \w+ \w+)?"
    r" (?:is|are|looks?|poses?) (?:both |all |quite )?(?:fine|adequate|sound|intact|in order"
    r"|no problem)\b",
)
_CONDITIONAL = re.compile(
    r"\b(?:if|once|when|until|unless|whether|check|confirm|ensure|make sure|provided|as long as"
    r"|assuming|before|after|verify|cannot|could not|not|never|\w+n['\u2019]t|must|should|to|be)\s"
    r"(?:[\w,]+\s){0,3}$|\bif\s(?:\w+\s){0,6}$",
    re.I,
)
"""Words before a claim that make it a condition, a request or its denial."""


_WANTING = re.compile(
    r"\W{0,4}(?:\w+\W+){0,3}?(?:not possible|impossible|could ?n[o']t|cannot|can't|unknown"
    r"|unavailable"
    r"|not (?:available|known|given|supplied|checked|sent)|no (?:list|record))|\W*\?",
    re.I,
)
"""What takes back a claim right behind it: "checked against the list: not possible"."""


_TESTED = (
    r"(?:\s(?:levels?|counts?|intervals?|values?|tests?|results?|activity))?"
    r"(?:(?:,\s|\s(?:and|or|plus)\s|\s?[/&+]\s?)(?:\w+\s){0,2}\w+)?"
)
"""The rest of a test's name, and a second test: "levels and creatinine"."""
_SOUND_RESULT = re.compile(
    rf"{_TESTED}(?:\s(?:both|is|are|was|were|remains?|looks?|seems?|came back|today|now"
    r"|\w+ly)){0,3}\s(?:normal|sufficient|clear|fine|good|ok(?:ay)?|adequate|acceptable"
    r"|satisfactory|in order|unremarkable|therapeutic|healthy|high enough|low enough|unimpaired"
    r"|preserved|intact|no problem"
    r"|on target|at (?:goal|target)|(?:with)?in (?:the )?(?:normal |target |therapeutic )?"
    r"(?:range|limits?|bounds))\b",
    re.I,
)
"""What stands behind a test of this patient that a text calls in order."""
_FOUND_SOUND = re.compile(
    rf"{_TESTED}\s(?:(?:has|have) been |was |were |is |are )(?:both |all )?(?:(?:confirmed|checked"
    r"|verified|reviewed|looked at|looked into|gone over)(?: and| to be| as)?\s(?:\w+\s)?(?:normal"
    r"|fine|in order|acceptable|adequate|within \w+|in (?:range|limits|bounds|order"
    r"|(?:the )?(?:normal|target|therapeutic|reference))|(?:poses?|raises?|presents?) no \w+)"
    r"|both (?:with)?in \w+)"
    rf"|{_TESTED}\s(?:permits?|allows?|supports?|favou?rs?) (?:it|this|that)\b",
    re.I,
)
"""What stands behind any test that a text says it looked at, or that is to allow an order."""
_SO = re.compile(r"[^.;:\n]{0,40}?,?\s(?:so|therefore|thus|hence|and so)\b", re.I)
_BECAUSE = re.compile(
    r"(?:\A|[.;:\n]\s?)\W*(?:as|since|because|given that|now that)\s(?:(?:his|her|the|your)\s)?\Z"
    r"|\b(?:OK|cleared|good|fine|safe) to (?:go|start|proceed|give)\W+(?:[\w ]+, )?\Z",
    re.I,
)
"""What makes a normal test the reason of the order: "as X is normal, ..."; "OK to go: X normal"."""
_NO_TROUBLE = sifted(
    r"\b(?:no|without(?: any?)?)\s(?:known |relevant |significant )?(?:QTc?|ECG|conduction)"
    r" (?:problem|concern|issue|risk|conflict|prolongation|objection|worr)\w*",
    re.I,
)
"""How a text clears a drug of what only a tracing shows."""
_HIS = re.compile(rf"\b{_WHOSE} (?:\w+ )?\Z", re.I)
_GENES = re.compile(r"HLA|G6PD|TPMT|NUDT15|DPYD|DPD|CYP\d|genotype|metaboli[sz]er", re.I)
_TYPED = sifted(r"\*\d+/\*?\d|\b(?:negative|positive|metaboli[sz]er|wild|activity)\b", re.I)
_CATEGORIES: dict[str, Category] = {
    "allergies": "allergy",
    "interactions": "interaction",
    "kidney function": "renal",
    "weight": "weight-dose",
    "pregnancy": "pregnancy",
    "the liver": "hepatic",
    "breastfeeding": "lactation",
    "age": "age",
    "conditions": "contraindication",
    "the gene": "lab",
    "the tests": "lab",
}


def _claim(text: str, pattern: Sifted) -> re.Match[str] | None:
    """Return the first claim that is no condition, request or denial."""
    return next(
        (
            match
            for match in pattern.finditer(text)
            if _CONDITIONAL.search(text, max(0, match.start() - 40), match.start()) is None
            and _WANTING.match(text, match.end()) is None
            and SCHEDULED.match(text, match.end()) is None
        ),
        None,
    )


@lru_cache(maxsize=256)
def _names_gene(record: str) -> bool:
    return _GENES.search(record) is not None


def _is_typed(context: Context) -> bool:
    """Return whether the record names a gene or the text a result of its test."""
    return _names_gene(context.facts.listed) or context.says(_TYPED)


def _wanted(context: Context) -> tuple[tuple[Sifted | None, bool, str, str], ...]:
    """Return for each datum how a text claims it, whether it is lacking, and its names."""
    facts, patient, known = context.facts, context.facts.given, context.facts.known
    livers = {"alt", "ast", "bilirubin", "inr", "albumin"} & set(facts.labs)
    kidneys = {"egfr", "creatinine", "creatinine-clearance"} & set(facts.labs)
    woman = known and patient.sex != "male"
    no_list = known and facts.conditions is None
    return (
        (_ALLERGY, facts.allergies is None, "allergies", "allergy list"),
        (_INTERACTION, known and not facts.lists_medications, "interactions", "medication list"),
        (_RENAL, known and not kidneys, "kidney function", "eGFR or creatinine"),
        (_WEIGHT, known and facts.patient.weight_kg is None, "weight", "weight"),
        (_PREGNANT, woman and patient.pregnant is None, "pregnancy", "pregnancy test"),
        (None, woman and patient.lactating is None, "breastfeeding", "word of breastfeeding"),
        (_HEPATIC, no_list and not livers, "the liver", "list of conditions or liver test"),
        (None, known and facts.patient.age_years is None, "age", "age"),
        (None, no_list, "conditions", "list of conditions"),
        (None, known and not facts.labs, "the tests", "result"),
        (None, known and not _is_typed(context), "the gene", "genetic test"),
    )


def _claimed(context: Context) -> Iterator[Verdict]:
    asked = context.facts.known or bool(context.orders)
    for pattern, lacking, what, missing in _wanted(context):
        claim = _claim(context.text, pattern) if lacking and pattern is not None else None
        span = None if claim is None else Span(start=claim.start(), end=claim.end())
        if span is None and lacking and asked:
            span = next(claimed_of(context.text, what), None)
        if span is None:
            continue
        yield Signal(
            severity="warning",
            message=f"The text speaks of {what} as checked, but no {missing} was given: "
            "not checked.",
            span=span,
            subject=what,
            category=_CATEGORIES[what],
        )
    for datum, span in unfounded(context) if asked else ():
        yield Signal(
            severity="warning",
            message=f"The text says itself that nothing is known of {datum.name} and clears the "
            "drug by it: not checked.",
            span=span,
            subject=datum.name,
            category=datum.category,
        )
    yield from _unmeasured(context)


def _unmeasured(context: Context) -> Iterator[Verdict]:
    """Report a test called in order of which neither the text nor the record has a value."""
    if not context.facts.known:
        return
    valued = {lab.analyte for lab in context.content.labs if lab.value is not None}
    measured = {*valued, *context.facts.labs}
    for lab in context.content.labs:
        if lab.analyte in measured:
            continue
        whose = _HIS.search(context.text, max(0, lab.start - 40), lab.start)
        his = _SOUND_RESULT.match(context.text, lab.end) if whose is not None else None
        sound = (
            his
            or _FOUND_SOUND.match(context.text, lab.end)
            or _as_reason(context, lab.start, lab.end)
            or looked_at(context.text, lab.start, lab.end)
        )
        start = whose.start() if whose is not None else lab.start
        if sound is None:
            continue
        if _CONDITIONAL.search(context.text, max(0, start - 40), start):
            continue
        if _WANTING.match(context.text, sound.end()) is None:
            yield _unvalued(lab.text, Span(start=start, end=sound.end()), lab.analyte)
            return
    match = _claim(context.text, _NO_TROUBLE) if "qtc" not in measured else None
    if match is not None:
        yield _unvalued("the QT interval", Span(start=match.start(), end=match.end()), "qtc")


def _as_reason(context: Context, start: int, end: int) -> re.Match[str] | None:
    """Return what calls a test sound where that is the reason of an order ahead of it."""
    sound = _SOUND_RESULT.match(context.text, end)
    places = ((context.content.sentences[d.sentence], d.start) for d in context.orders)
    if sound is None or not any(s.start - 20 <= start < at < s.end for s, at in places):
        return None
    led = _BECAUSE.search(context.text, max(0, start - 60), start)
    return sound if led or _SO.match(context.text, sound.end()) else None


def _unvalued(what: str, span: Span, analyte: str) -> Signal:
    return Signal(
        severity="warning",
        message=f"The text calls {what} normal, but no value was given: not checked.",
        span=span,
        subject=analyte,
        category="lab",
    )


RULES = (
    Rule(
        id="MED315",
        title="called checked without the datum",
        category="allergy",
        rationale='"No allergy conflict" without an allergy list is a guess that sounds safe.',
        check=_claimed,
    ),
)
