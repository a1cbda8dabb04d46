"""MED119-MED120: forms given where they do not belong, and products taken for one another."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.words import NEGATED
from medrag.core.finding import Reference
from medrag.core.span import Span

_INTO_VEIN = (
    r"(?:\bIV\b|\bintravenous(?:ly)?\b|\bintrathecal(?:ly)?\b|\bepidural(?:ly)?\b|\bPICC\b"
    r"|\bcentral (?:venous )?(?:line|catheter)\b|\bperipheral (?:line|vein)\b"
    r"|\bparenterally\b|\bby injection\b|\binto (?:a|the) vein\b|\bsubcutaneous(?:ly)?\b)"
)
_SWALLOWED = (
    r"(?:\boral (?:solution|suspension|liquid|syrup|capsules?|tablets?|contrast)\b|\bsyrup\b"
    r"|\belixir\b|\bcapsule contents?\b|\b(?:crushed|dissolved|ground) (?:\w+ ){0,2}tablets?\b"
    r"|\b(?:enteral|tube) (?:feed\w*|nutrition|formula)\b|\bbreast ?milk\b|\binfant formula\b"
    r"|\b(?:eye|ear|ophthalmic|otic|nasal) (?:drops?|solution|ointment|spray)\b|\bcream\b"
    r"|\bointment\b|\blotion\b|\bsuppositor(?:y|ies)\b|\bviscous\b|\bmouthwash\b|\bshampoo\b"
    r"|\b(?:inhalation|nebulizer|irrigation|dialysis) solution\b|\boral (?:\w+ ){1,2}(?:solution"
    r"|suspension|capsules?|tablets?|liquid|syrup)\b)"
)
_ACT = (
    r"\b(?:give|given|inject(?:ed)?|infus(?:e|ed)|administer(?:ed)?|push(?:ed)?|draw up|drawn up"
    r"|run|instil+|deliver)\b"
)
_NOT_VEIN = (
    r"(?:(?!\b(?:switch|change|from|instead|not|never|or|then|after|once|either|to oral"
    r"|and(?! (?:give|inject|push|administer|run|infuse)))\b)[^.;()])"
)
_INJECTED = re.compile(
    rf"(?:{_ACT}{_NOT_VEIN}{{0,60}})?(?P<form>{_SWALLOWED}){_NOT_VEIN}{{0,45}}?(?P<way>{_INTO_VEIN})"
    rf"|\binject(?:ed)?{_NOT_VEIN}{{0,40}}(?P<form2>{_SWALLOWED})",
    re.I,
)
_TOPICAL = (
    r"(?:cream|ointment|lotion|patch(?:es)?|eye drops|ear drops|suppositor(?:y|ies)|vaginal \w+)"
)
_MOUTHED = re.compile(
    rf"\b(?:swallow|chew|drink|eat|ingest)\w*{_NOT_VEIN}{{0,40}}?\b(?P<form>{_TOPICAL})\b"
    rf"|\b(?P<form2>{_TOPICAL})\b{_NOT_VEIN}{{0,30}}?\b(?:by mouth|orally|PO)\b",
    re.I,
)
_WATER = re.compile(
    r"(?P<form>sterile water)(?: for injection)?(?:,? \d[\d.,]* ?(?:L|mL|liters?|litres?))? "
    r"(?:IV|intravenous\w*|as (?:an? )?(?:bolus|IV|infusion))\b"
    r"|\b(?:infus\w*|hang|bolus) [^.;]{0,30}(?P<form2>sterile water)",
    re.I,
)
_ANY_FORM = re.compile(rf"{_SWALLOWED}|{_TOPICAL}|sterile water", re.I)
"""A form that any of them is about: most texts name none."""
_FORMS = Reference(
    title="Preventing wrong-route errors: enteral, topical and injectable products (ISMP)",
    url="https://www.ismp.org/guidelines/best-practices-hospitals",
)
_SAME = re.compile(
    r"\b(?:substitut\w*|interchang\w*|(?:mg|milligram|unit|dose)[- ](?:for|per|to)[- ]"
    r"(?:mg|milligram|unit|dose)|(?:the )?same dose|in place of|swap\w*|equivalent|identical"
    r"|U-?100 (?:insulin )?syringe|replace\w*)\b",
    re.I,
)
_PRODUCTS: tuple[tuple[str, str, str], ...] = (
    (r"kadcyla|(?:ado-)?trastuzumab emtansine|t-dm1", r"herceptin|\btrastuzumab(?! (?:emt|der))",
     "trastuzumab emtansine is given as 3.6 mg/kg, trastuzumab as 6 to 8 mg/kg"),
    (r"enhertu|trastuzumab deruxtecan", r"herceptin|kadcyla|\btrastuzumab(?! der)",
     "trastuzumab deruxtecan is given as 5.4 to 6.4 mg/kg"),
    (r"doxil|caelyx|liposomal doxorubicin", r"adriamycin|(?<!liposomal )\bdoxorubicin",
     "liposomal and conventional doxorubicin differ in dose"),
    (r"abraxane|nab-paclitaxel|protein-bound paclitaxel",
     r"\btaxol|(?<!nab-)(?<!bound )\bpaclitaxel",
     "protein-bound and conventional paclitaxel differ in dose"),
    (r"ambisome|abelcet|liposomal amphotericin|lipid amphotericin",
     r"fungizone|deoxycholate|conventional ampho\w*",
     "lipid and conventional amphotericin B differ several times in dose"),
    (r"marqibo|liposomal vincristine", r"(?<!liposomal )\bvincristine",
     "liposomal and conventional vincristine differ in dose"),
    (r"onivyde|liposomal irinotecan", r"camptosar|(?<!liposomal )\birinotecan",
     "liposomal and conventional irinotecan differ in dose"),
    (r"exparel|liposomal bupivacaine", r"marcaine|sensorcaine|(?<!liposomal )\bbupivacaine",
     "liposomal and conventional bupivacaine differ in dose"),
    (r"depakote er|divalproex er", r"depakote(?! er)|divalproex (?:dr|delayed)",
     "the extended-release form needs 8 to 20 % more a day"),
    (r"u-?500", r"u-?100", "U-500 insulin is five times as strong and has its own syringe or pen"),
    (r"sandimmune", r"neoral|gengraf|modified cyclosporine",
     "modified and conventional cyclosporine are absorbed differently"),
    (r"envarsus|astagraf|extended-release tacrolimus", r"prograf|immediate-release tacrolimus",
     "the forms of tacrolimus differ in absorption"),
    (r"botox|onabotulinum\w*", r"dysport|myobloc|xeomin|abobotulinum\w*|rimabotulinum\w*",
     "units of botulinum toxin products are not the same units"),
    (r"bicillin c-?r|procaine", r"bicillin l-?a|benzathine",
     "only benzathine penicillin lasts long enough for syphilis"),
    (r"fosphenytoin|cerebyx", r"(?<!fos)\bphenytoin|dilantin",
     "fosphenytoin is ordered in phenytoin equivalents (1.5 mg is 1 mg of phenytoin)"),
    (r"hydromorphone|dilaudid", r"(?<!hydro)\bmorphine",
     "hydromorphone is about five times as strong as morphine"),
    (r"bumetanide|bumex", r"furosemide|lasix", "bumetanide 1 mg is about 40 mg of furosemide"),
    (r"liothyronine|cytomel", r"levothyroxine|synthroid",
     "liothyronine is about four times as strong as levothyroxine"),
)  # fmt: skip
_PAIRS = tuple(
    (re.compile(one, re.I), re.compile(other, re.I), text) for one, other, text in _PRODUCTS
)
_DIFFERENT = re.compile(
    r"\b(?:not|never|n't|cannot|no|differ\w*|avoid|unlike|convert\w*|conversion|before|about|approximately|times)\b",
    re.I,
)
_CONFUSED = Reference(
    title="Prescribing information of both products (FDA labels)",
    section="Dosage and Administration: not interchangeable",
)


def _misrouted(context: Context) -> Iterator[Verdict]:
    for sentence in context.content.sentences if _ANY_FORM.search(context.text) else ():
        for pattern, text in (
            (_INJECTED, "is not made for injection: give it by its own route"),
            (_MOUTHED, "is not made to be swallowed: use it by its own route"),
            (_WATER, "must not run into a vein by itself (hemolysis): use an isotonic solution"),
        ):
            match = pattern.search(sentence.text)
            if match is None or NEGATED.search(sentence.text):
                continue
            group = next(name for name, words in match.groupdict().items() if words)
            start, end = match.span(group)
            yield Signal(
                severity="critical",
                message=f"{match[group].capitalize()} {text}.",
                span=Span(start=sentence.start + start, end=sentence.start + end),
                reference=_FORMS,
                subject=match[group].lower(),
            )


def _confused(context: Context) -> Iterator[Verdict]:
    for sentence in context.content.sentences:
        said = sentence.text
        if _SAME.search(said) is None or _DIFFERENT.search(said):
            continue
        for one, other, text in _PAIRS:
            first, second = one.search(said), other.search(said)
            if first is None or second is None or first.span() == second.span():
                continue
            yield Signal(
                severity="critical",
                message=f"{first[0]} and {second[0]} are not interchangeable: {text}.",
                span=Span(start=sentence.start + first.start(), end=sentence.start + first.end()),
                reference=_CONFUSED,
                subject=first[0].lower(),
            )
            break


RULES = (
    Rule(
        id="MED119",
        title="form given by a route it is not made for",
        category="route",
        rationale="Oral liquids and feeds in a vein have killed; creams are not swallowed.",
        check=_misrouted,
    ),
    Rule(
        id="MED120",
        title="products that are not interchangeable",
        category="formulation",
        rationale="Kadcyla at the dose of Herceptin is twice the dose.",
        check=_confused,
    ),
)
