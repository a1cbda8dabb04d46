"""MED119-MED120: forms given where they do not belong, and products taken for one another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_pairs import ProductRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.sieve import sifted
from medrag.checker.words import find, find_all
from medrag.core.finding import Reference
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_INTO_VEIN = (
    r"(?:\bIV\b|\bintravenous(?:ly)?\b|\bintrathecal(?:ly)?\b|\bepidural(?:ly)?\b|\bPICC\b"
    r"|\bcentral (?:venous )?(?:line|catheter)\b|\bperipheral (?:line|vein)\b"
    r"|\bparenterally\b|\bby injection\b|\b(?:in)?to (?:an?|the|her|his) (?:\w+ )?(?:vein"
    r"|cannula|IV|drip|port|venflon|midline|port-a-cath)\b"
    r"|\b(?:through|via|down) (?:an?|the|her|his) (?:\w+ )?(?:vein|cannula|drip|port|venflon"
    r"|midline"
    r"|port-a-cath)\b"
    r"|\bby vein\b|\b(?:venous|arterial|peripheral) (?:\w+ )?(?:cannula|catheter|line|access)\b"
    r"|\bsubcutaneous(?:ly)?\b)"
)
_SWALLOWED = (
    r"(?:\b(?:ibuprofen|acetaminophen|paracetamol|nystatin|sucralfate|phenytoin|carbamazepine"
    r"|amoxicillin|cephalexin|posaconazole|megestrol|docusate|senna) (?:suspension|liquid)\b"
    r"|\b(?:nystatin|sucralfate|cephalexin|megestrol|docusate|senna) solution\b"
    r"|\b(?:draw|drawn) up (?:\w+ ){1,4}(?:capsule|tablet)\b|\boral (?:solution|suspension"
    r"|liquid|syrup|capsules?|tablets?|contrast)\b|\bsyrup\b"
    r"|\belixir\b|\bcapsule(?:'s)? contents?\b|\bcontents? of (?:\w+ ){1,4}?caps\w+"
    r"|\b(?:out of|inside) (?:\w+ ){0,3}?caps\w+|\b(?:crushed|dissolved"
    r"|ground) (?:\w+ ){0,2}tablets?\b"
    r"|\b(?:enteral|tube) (?:feed\w*|nutrition|formula)\b|\bbreast ?milk\b|\binfant formula\b"
    r"|\b(?:eye|ear|ophthalmic|otic|nasal) (?:drops?|solution|ointment|spray)\b|\bcream\b"
    r"|\bointment\b|\blotion\b|\bsuppositor(?:y|ies)\b|\bviscous\b|\bmouthwash\b|\bshampoo\b"
    r"|\b(?:inhalation|nebulizer|irrigation|dialysis) solution\b|\boral (?:\w+ ){1,2}(?:solution"
    r"|suspension|capsules?|tablets?|liquid|syrup)\b)"
)
_ACT = (
    r"\b(?:give|given|inject(?:ed)?|infus(?:e|ed)|administer(?:ed)?|push(?:ed)?|draw up|drawn up"
    r"|run|instil+|deliver|squirt|shot|shoot|flush|connect(?:ed)?|attach(?:ed)?|hook(?:ed)? up"
    r"|spike)\b"
)
_NOT_VEIN = (
    r"(?:(?!\b(?:switch|change|from|instead|not|never|or|then|after|once|either|to oral"
    r"|and(?! (?:give|inject|push|administer|run|infuse|shot|squirt)))\b)[^.;()])"
)
_INJECTED = sifted(
    rf"(?:{_ACT}{_NOT_VEIN}{{0,60}})?(?P<form>{_SWALLOWED}){_NOT_VEIN}{{0,45}}?(?P<way>{_INTO_VEIN})"
    rf"|\binject(?:ed)?{_NOT_VEIN}{{0,40}}(?P<form2>{_SWALLOWED})",
    re.I,
)
_TOPICAL = (
    r"(?:cream|ointment|lotion|patch(?:es)?|eye drops|ear drops|suppositor(?:y|ies)|vaginal \w+)"
)
_MOUTHED = sifted(
    rf"(?<!not )(?<!cannot )(?<!n't )(?<!unable to )\b(?:swallow|chew|drink|eat|ingest)\w*"
    rf"{_NOT_VEIN}{{0,40}}?\b(?P<form>{_TOPICAL})\b"
    rf"|\b(?P<form2>{_TOPICAL})\b{_NOT_VEIN}{{0,30}}?\b(?:by mouth|orally|PO)\b",
    re.I,
)
_WATER = sifted(
    r"(?P<form>sterile water)(?: for injection)?(?:,? \d[\d.,]* ?(?:L|mL|liters?|litres?))? "
    r"(?:IV|intravenous\w*|as (?:an? )?(?:bolus|IV|infusion))\b"
    r"|\b(?:infus\w*|hang|bolus) [^.;]{0,30}(?P<form2>sterile water)",
    re.I,
)
_ANY_FORM = prefiltered(rf"{_SWALLOWED}|{_TOPICAL}|sterile water", re.I)
"""A form that any of them is about: most texts name none."""
_UNABLE = re.compile(
    r"\b(?:cannot|can't|can not|could not|unable to|not able to|does not|doesn't|no longer|not)\s"
    r"(?:\w+ ){0,2}?(?:swallow\w*|eat\w*|take|tak\w+|drink\w*|matter)\b"
    r"|\b(?:IV|intravenous|injectable) (?:[\w-]+ ){0,4}not (?:available|stocked|in stock)\b"
    r"|\bno (?:IV|intravenous|injectable) (?:\w+ ){0,2}(?:form|product|preparation|stock)\b",
    re.I,
)
"""Why somebody gives it so: that a patient cannot swallow forbids nothing."""
_WARNED = re.compile(
    r"\b(?:avoid\w*|do not|don't|never|must not|should not|cannot|can't|may not|no|not|nor|without"
    r"|rather than|instead of|refrain|contraindicated|forbidden|wrong|dangerous|lethal"
    r"|fatal(?:ly|ities|ity)?|kill\w*|died|deaths?|only|errors?|mistake\w*|harm\w*|stop\w*|skip"
    r"|omit"
    r"|leave out|separate\w*|incompatible|apart|limit|exists?|comes?|made|marketed|no such)\b",
    re.I,
)
"""Words that warn of a route."""
_FORMS = Reference(
    title="Preventing wrong-route errors: enteral, topical and injectable products (ISMP)",
    url="https://www.ismp.org/guidelines/best-practices-hospitals",
)
_ALIKE = sifted(
    r"\b(?:interchang\w*|(?:mg|mcg|milligrams?|micrograms?|grams?|units?|dose|tablet)[- ](?:for|to)"
    r"[- ](?:mg|mcg|milligrams?|micrograms?|grams?|units?|dose|tablet)|1 ?: ?1|one[- ]to[- ]one"
    r"|(?:is|are)(?: all| both)? (?:the same|identical|equivalent(?! to))"
    r"|(?:brand variant|other (?:brand|name)|another (?:brand|name)|brand(?: name)?) (?:of|for)"
    r"|(?:dosed|given|prescribed) (?:alike|identically|(?:in )?(?:exactly )?the same(?: way)?)"
    r"|same (?:drug|insulin|product|medicine|substance|thing|molecule)"
    r"|whichever (?:\w+ ){1,4}(?:has|have|stock\w*|available|to hand|cheaper|comes)"
    r"|U-?100 (?:insulin )?syringe)",
    re.I,
)
_SWAP = sifted(
    r"\b(?:substitut\w*|in place of|instead of|swap\w*|replac\w*|switch\w*|chang\w*|convert\w*"
    r"|exchang\w*|stands? in|equivalent|becomes?|turn(?:s|ed)? into|mov(?:e|es|ed"
    r"|ing) (?:\w+ ){1,3}?(?:from|to)"
    r"|go(?:es)? over to|(?:use|give|hang) it (?:at|with|in)|comes in)\b",
    re.I,
)
_SAME_DOSE = re.compile(
    r"\b(?:(?:the|an?) (?:same|equal|identical)(?: \w+){0,3}? (?:dose|amount|number|strength"
    r"|quantity"
    r"|total|mg|mcg|milligrams?|micrograms?|units?)"
    r"|same dose|dose unchanged|unchanged dose"
    r"|(?:her|his|their|your|the) (?:usual|old|current|previous|present|\w+) dose of)\b",
    re.I,
)
_NOTHING_TO_DO = re.compile(
    r"\b(?:no|without(?: any)?|needs? no|not?(?: need)?)\s(?:\w+ )?(?:adjust\w*|conversion"
    r"|convert\w*"
    r"|recalculat\w*|chang\w*|differen\w*)\b",
    re.I,
)
"""Words that deny a difference: they warn of nothing."""
_DIFFERENT = re.compile(
    r"\b(?:not|never|\w+n['\u2019]t|cannot|no|differ\w*|avoid|unlike|convert\w*|conversion|about|approximately"
    r"|times (?:as|the|more|stronger)|half|ratio|factor)\b",
    re.I,
)
_AMOUNT = re.compile(
    r"[^.;]{0,45}?(?<![\d.,-])(?P<amount>\d[\d.,]*)\s?(?P<unit>mg|mcg|micrograms?|g|units)\b", re.I
)
_AMOUNT_OF = re.compile(
    r"(?<![\d.,-])(?P<amount>\d[\d.,]*)\s?(?P<unit>mg|mcg|micrograms?|g|units)\sof\s\Z", re.I
)


def _misrouted(context: Context) -> Iterator[Verdict]:
    for sentence in context.content.sentences if _ANY_FORM.search(context.text) else ():
        for pattern, text in (
            (_INJECTED, "is not made for injection: give it by its own route"),
            (_MOUTHED, "is not made to be swallowed: use it by its own route"),
            (_WATER, "must not run into a vein by itself (hemolysis): use an isotonic solution"),
        ):
            match = context.search(pattern, sentence.text)
            if match is None or _WARNED.search(_UNABLE.sub(" ", sentence.text)):
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
    rows = context.knowledge.all(ProductRow)
    before = ""
    for sentence in context.content.sentences:
        said, earlier = sentence.text, before
        before = said
        cue = context.search(_ALIKE, said) or context.search(_SWAP, said)
        part = _UNABLE.sub(" ", _part(said, cue.start())) if cue is not None else ""
        if cue is None or _DIFFERENT.search(_same_told(part)):
            continue
        for row in rows:
            first = _exchanged(context, row, said, earlier)
            if first is None:
                continue
            yield Signal(
                severity="critical",
                message=f"{first.of(said)} and the other product are not interchangeable: "
                f"{row.text}.",
                span=first.shift(sentence.start),
                reference=context.knowledge.reference(row, row.products[0].lower()),
                subject=row.products[0].lower(),
            )
            break


def _exchanged(context: Context, row: ProductRow, said: str, earlier: str) -> Span | None:
    """Return where a sentence gives a product of the row as if it were the other one."""
    own = find_all(said, row.products)
    if not own:
        return None
    listed = "\n".join(context.facts.patient.medications or ())
    if row.within and not any(find(text, row.within) for text in (said, earlier, listed)):
        return None
    others = _beside(said, row.others, own)
    places = [(said, other) for other in others]
    if not others:
        places = [(text, found) for text in (earlier, listed) if (found := find(text, row.others))]
    if not places:
        return None
    one = next((held for span in own if (held := _amount(said, span)) is not None), None)
    amounts = [
        _amount(text, found, own[0].start if text is said else None) for text, found in places
    ]
    if one is not None and not any(amounts):
        amounts = [_amount(listed, found) for found in find_all(listed, row.others)]
    known = one is not None and any(amounts)
    alike = context.search(_ALIKE, said) is not None
    if (alike and not known) or (one is not None and one in amounts):
        return own[0]
    if context.search(_SWAP, said) is None:
        return None
    close = bool(others) and not known and (row.swap or _SAME_DOSE.search(said) is not None)
    return own[0] if close else None


_FROM_ONE = re.compile(r"\b(?:conversion|converting|convert) from\b", re.I)
"""What a sentence is about; it warns of no difference."""


def _same_told(part: str) -> str:
    return _FROM_ONE.sub(" ", _NOTHING_TO_DO.sub(" ", part))


def _part(said: str, at: int) -> str:
    """Return the part of a sentence between semicolons that holds an offset."""
    end = said.find(";", at)
    return said[said.rfind(";", 0, at) + 1 : end if end >= 0 else len(said)]


def _beside(said: str, names: Sequence[str], own: Sequence[Span]) -> list[Span]:
    """Return the places of names that are no part of the other product's own name."""
    return [
        found
        for found in find_all(said, names)
        if not any(found.start < span.end and span.start < found.end for span in own)
    ]


_THOUSANDTH = {"mcg": -3, "microgram": -3, "micrograms": -3, "mg": 0, "g": 3}
"""Powers of ten of a milligram."""


def _amount(text: str, product: Span, other: int | None = None) -> tuple[Decimal, str] | None:
    """Return the dose behind a product's name, before the `other` product: masses in milligrams."""
    end = other if other is not None and other > product.end else len(text)
    ahead = _AMOUNT_OF.search(text, max(0, product.start - 20), product.start)
    found = ahead or _AMOUNT.match(text, product.end, end)
    if found is None:
        return None
    value, unit = found["amount"].rstrip(".,").replace(",", ""), found["unit"].lower()
    if value.count(".") > 1:
        return None
    power = _THOUSANDTH.get(unit)
    return (Decimal(value), unit) if power is None else (Decimal(value).scaleb(power), "mg")


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
        tables=("products",),
        check=_confused,
    ),
)
