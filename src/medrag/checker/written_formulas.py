"""Formulas that a text writes out in words or signs, held against the right ones by example.

"Anion gap = sodium - bicarbonate" is computed with one set of values; where the result is none of
those that a right way of writing gives, the formula is wrong. What cannot be read to its end is
left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from medrag.checker.arithmetic import value
from medrag.checker.sieve import sifted
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_IS = r"[^.;=\n]{0,30}?(?:\s?=\s?|:\s|\b(?:is|are|as|by|equals)\s)(?:calculated (?:as|by)\s)?"
_END = re.compile(r"[;\n]|\.(?!\d)")
_LONGEST = 160
_TOLERANCE = Decimal("0.015")
_SIGNS = re.compile(
    r"\s*(?:(?P<number>\d[\d,]*(?:\.\d+)?)|(?P<paren>[()\[\]])"
    r"|(?P<square>\^2|\u00b2|\bsquared\b)|(?P<root>\u221a|sqrt\b|(?:the )?square root(?: of)?\b)"
    r"|(?P<times>[x\u00d7*\u00b7](?![a-z])|(?:times|multiplied by)\b)"
    r"|(?P<over>[/\u00f7]|(?:divided by|over)\b)"
    r"|(?P<plus>\+|plus\b)|(?P<minus>[-\u2013\u2212]|minus\b)"
    r"|(?P<filler>(?:the|measured|serum|plasma|total|patient's|actual|body|twice the)\b"
    r"|\[?(?:in )?(?:mg/dL|mmol/L|mEq/L|g/dL|kg|years|met(?:er|re)s?|m)\b\]?))",
    re.I,
)
_STOP = re.compile(
    r"\s*(?:,|\Z|\((?:normal|in|for|with)\b|(?:for|where|with|if|in men|and)\b)", re.I
)


@dataclass(frozen=True, slots=True)
class Written:
    """One formula that texts write out.

    Attributes:
        head: Words for what it gives; the formula follows.
        said: The right formula, for messages.
        variables: Words for a quantity, and the value that it is tried with.
        right: What the right ways of writing give for those values.
        source: Title and edition of the source.
    """

    head: str
    said: str
    variables: tuple[tuple[str, str], ...]
    right: tuple[str, ...]
    source: tuple[str, str]


_NA, _CL = (r"sodium|Na\+?", "140"), (r"chloride|Cl-?", "100")
_HCO3 = (r"bicarbonate|bicarb|HCO3-?|CO2", "24")
_ALBUMIN = (r"albumin|alb", "2.3")
_GLUCOSE = (r"glucose", "300")

FORMULAS: tuple[Written, ...] = (
    Written(
        r"anion gap", "sodium - (chloride + bicarbonate)",
        (_NA, _CL, _HCO3, (r"potassium|K\+?", "4.5")), ("16", "20.5"),
        ("Clinical use of the anion gap (Emmett and Narins)", "1977"),
    ),
    Written(
        r"corrected (?:total )?calcium", "calcium + 0.8 x (4 - albumin)",
        ((r"calcium|Ca", "8.1"), _ALBUMIN), ("9.46", "8.854"),
        ("Interpretation of serum calcium (Payne et al.)", "1973"),
    ),
    Written(
        r"cockcroft[- ]?(?:and )?gault(?: (?:formula|equation))?|creatinine clearance|CrCl",
        "(140 - age) x weight / (72 x creatinine), x 0.85 in women",
        ((r"age", "61"), (r"weight|IBW", "77"), (r"creatinine|S?Cr", "1.3")),
        ("64.99", "55.24", "5755.5", "4866.4"),
        ("Prediction of creatinine clearance (Cockcroft and Gault)", "1976"),
    ),
    Written(
        r"BMI|body mass index", "weight / height squared",
        ((r"weight", "77"), (r"height", "1.7")), ("26.64", "18730"),
        ("WHO Technical Report Series 894, Obesity", "2000"),
    ),
    Written(
        r"MAP|mean arterial pressure", "(systolic + 2 x diastolic) / 3",
        (
            (r"systolic(?: (?:blood )?pressure)?|SBP", "121"),
            (r"diastolic(?: (?:blood )?pressure)?|DBP", "73"), (r"pulse pressure|PP", "48"),
        ),
        ("89", "92.2"), ("Mean arterial pressure: (systolic + 2 diastolic) / 3", ""),
    ),
    Written(
        r"QTc|bazett(?:'s (?:formula|equation))?:? QTc", "QT / square root of RR",
        ((r"QT", "400"), (r"R-?R(?: interval)?", "0.81")), ("444.4", "429.3"),
        ("An analysis of the time-relations of electrocardiograms (Bazett)", "1920"),
    ),
    Written(
        r"osmolal?(?:r)?ity", "2 x sodium + glucose / 18 + BUN / 2.8",
        (_NA, _GLUCOSE, (r"BUN|urea(?: nitrogen)?", "14"), (r"potassium|K\+?", "4.5")),
        ("301.67", "310.67", "594", "603"),
        ("Comparison of methods for calculating serum osmolality (Dorwart and Chalmers)", "1975"),
    ),
    Written(
        r"LDL(?: cholesterol)?|friedewald(?:'s (?:formula|equation))?",
        "total cholesterol - HDL - triglycerides / 5",
        (
            (r"(?:total )?cholesterol|TC", "201"), (r"HDL(?: cholesterol|-C)?", "47"),
            (r"triglycerides?|TGs?", "150"),
        ),
        ("124", "85.8"),
        ("Estimation of LDL cholesterol without ultracentrifuge (Friedewald et al.)", "1972"),
    ),
    Written(
        r"(?:expected|predicted) (?:Pa?CO2|pCO2)|winters?'?s? (?:formula|equation)",
        "1.5 x bicarbonate + 8", (_HCO3,), ("44", "46", "42"),
        ("Quantitative displacement of acid-base equilibrium (Albert, Dell and Winters)", "1967"),
    ),
    Written(
        r"free water deficit", "0.6 x weight x (sodium / 140 - 1)",
        ((r"weight|kg", "77"), (r"sodium|Na\+?", "160")), ("6.6", "5.5", "4.95"),
        ("Hypernatremia (Adrogue and Madias)", "2000"),
    ),
    Written(
        r"corrected (?:sodium|Na)", "sodium + 0.016 x (glucose - 100)", (_NA, _GLUCOSE),
        ("143.2", "144.8"),
        ("Hyponatremia: evaluating the correction factor (Hillier et al.)", "1999"),
    ),
    Written(
        r"corrected phenytoin", "phenytoin / (0.2 x albumin + 0.1)",
        ((r"phenytoin(?: level)?", "9"), _ALBUMIN), ("16.07", "13.33", "12.29"),
        ("Sheiner-Tozer equation (Winter, Basic Clinical Pharmacokinetics)", "2010"),
    ),
    Written(
        r"BSA|body surface area", "square root of (height x weight / 3600)",
        ((r"height", "170"), (r"weight", "77")), ("1.907",),
        ("Simplified calculation of body-surface area (Mosteller)", "1987"),
    ),
)  # fmt: skip
_HEADS = tuple(re.compile(rf"\b(?:{one.head})\b{_IS}", re.I) for one in FORMULAS)
_NAMES = tuple(
    tuple((re.compile(rf"\s*(?:{words})(?![\w])", re.I), tried) for words, tried in one.variables)
    for one in FORMULAS
)
_ANY_HEAD = sifted("|".join(rf"\b(?:{one.head})\b" for one in FORMULAS), re.I)
_WRITTEN = prefiltered(
    r"=|\s[x\u00d7*/+]\s|\bformula|\bequation|\b(?:minus|plus|times|divided|over)\b|\)\s?/", re.I
)


def wrong_formulas(text: str) -> Iterator[tuple[Span, Written]]:
    """Yield where `text` writes a formula out in a way that gives another result."""
    if _ANY_HEAD.search(text) is None or _WRITTEN.search(text) is None:
        return
    for formula, head, names in zip(FORMULAS, _HEADS, _NAMES, strict=True):
        for match in head.finditer(text):
            stop = _END.search(text, match.end(), match.end() + _LONGEST)
            end = stop.start() if stop else min(len(text), match.end() + _LONGEST)
            tokens = _tokens(text[match.end() : end], names)
            found = value(tokens) if tokens else None
            if found is None:
                continue
            rights = [Decimal(right) for right in formula.right]
            if all(abs(found - right) > _TOLERANCE * right for right in rights):
                yield Span(start=match.start(), end=end), formula


def _tokens(text: str, names: tuple[tuple[re.Pattern[str], str], ...]) -> list[str]:
    """Return an expression with its names replaced by values; empty where it is none."""
    tokens: list[str] = []
    at, named = 0, 0
    while at < len(text):
        name = next((n for n in ((p.match(text, at), v) for p, v in names) if n[0]), None)
        if name is not None and name[0] is not None:
            tokens += ["*", name[1]] if tokens and tokens[-1][-1].isdigit() else [name[1]]
            at, named = name[0].end(), named + 1
            continue
        sign = _SIGNS.match(text, at)
        stop = _STOP.match(text, at)
        if sign is None or (stop is not None and stop.end() > sign.end()):
            break
        at = sign.end()
        tokens += _signs(sign)
    ended = at >= len(text) or _STOP.match(text, at) is not None
    return tokens if ended and named >= min(2, len(names)) and len(tokens) > named else []


def _signs(match: re.Match[str]) -> list[str]:
    if match["number"]:
        return [match["number"]]
    if match["paren"]:
        return ["(" if match["paren"] in "([" else ")"]
    kinds = {"square": "sq", "root": "sqrt", "times": "*", "over": "/", "plus": "+", "minus": "-"}
    return [sign for kind, sign in kinds.items() if match[kind]]
