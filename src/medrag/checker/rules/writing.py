"""MED116: notation that is misread."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.sieve import sifted
from medrag.clinical import read
from medrag.clinical.mentions import starting_in
from medrag.clinical.quantity import QuantityMention
from medrag.core.finding import Reference, Severity
from medrag.core.span import Span

SOURCE = Reference(
    title='Official "Do Not Use" List (The Joint Commission); List of Error-Prone Abbreviations',
    section="Abbreviations and dose designations",
    edition="2021",
    url="https://www.ismp.org/recommendations/error-prone-abbreviations-list",
)
_ABBREVIATIONS = (
    (re.compile(r"(?<=\d)\s?(?:U|u)\b(?!/L\b|/mL\b|/l\b|\.\w)(?!/)"), "U", 'write "units"'),
    (re.compile(r"(?<=\d)\s?IU\b(?!/)"), "IU", 'write "units"'),
    (re.compile(r"\b(?:QD|Q\.D\.?|q\.d\.|qd)(?!\w)"), "QD", 'write "daily"'),
    (re.compile(r"\b(?:QOD|Q\.O\.D\.?|q\.o\.d\.|qod)(?!\w)"), "QOD", 'write "every other day"'),
    (re.compile(r"\b(?:MSO4|MS04)\b"), "MSO4", 'write "morphine sulfate"'),
    (re.compile(r"\b(?:MgSO4|MgS04)\b"), "MgSO4", 'write "magnesium sulfate"'),
    (re.compile(r"\bMS(?=\s+\d+(?:\.\d+)?\s*mg\b)"), "MS", 'write "morphine sulfate"'),
    (re.compile(r"(?<=\d)\s?(?:ug|µg|μg)\b(?!/(?:m?L|dL|d[lL])\b)"), "ug", 'write "mcg"'),
    (re.compile(r"(?<=\d)\s?cc\b"), "cc", 'write "mL"'),
    (re.compile(r"\b(?:TIW|T\.I\.W\.?|tiw|BIW)(?!\w)"), "TIW", 'write "three times a week"'),
    (re.compile(r"(?<=[\w] )(?:HS|qhs|q\.h\.s\.)(?!\w)"), "HS", 'write "at bedtime"'),
    (re.compile(r"\bx\s?\d+d\b"), "x3d", 'write "for 3 days"'),
    (re.compile(r"(?<=\d )(?:m?c?g|units?) (?:q1d|IJ)\b|\bq1d\b"), "q1d/IJ",
     'write "daily" or "injection"'),
    (re.compile(r"\bper os\b", re.I), "per os", 'write "by mouth"'),
    (re.compile(r"(?<![\d.,])\d{6,}(?= ?units\b)"), "number without commas",
     "write 1,000,000 or 1 million"),
    (re.compile(r"\b(?:AS|AD|AU|OS|OD|OU)\b(?=\s+(?:daily|BID|TID|QID|[bqt]\.i\.d|every|at))"),
     "OD/OS/OU", "write which eye or ear"),
    (re.compile(r"\b(?:HCT|AZT|CPZ|TAC|HCl?TZ|PTU|DPT|MTX|TPA|ARA-?A)\b(?=\s+\d)"),
     "drug-name abbreviation", "write the drug's name"),
)  # fmt: skip
_BEHIND_NUMBER = re.compile(r"\d(?:\s?(?:IU|[Uu]\b|ug|[\u00b5\u03bc]g|cc\b)|\d{5}|\d*d\b)")
_SIGNS = (
    "QD", "Q.D", "q.d", "qd", "QOD", "Q.O", "q.o", "qod", "MS", "MgS", "TIW", "T.I", "tiw",
    "BIW", "HS", "qhs", "q.h", "q1d", "IJ", "AS", "AD", "AU", "OS", "OD", "OU", "HC", "AZT",
    "CPZ", "TAC", "PTU", "DPT", "MTX", "TPA", "ARA",
)  # fmt: skip
"""Letters of the abbreviations: most texts have none of them and need no search for each."""
_MINOR = frozenset({"HS", "x3d"})
"""On the list of error-prone abbreviations, not on the list of those that must not be used."""
_QUOTED = re.compile(r"\b(?:do not|don't|never|avoid|not|instead of) (?:write|use|writ\w+|us\w+)?\b"
                     r"[^.;]*$", re.I)  # fmt: skip
"""A text that forbids an abbreviation names it."""
_FORBIDDEN = sifted(
    r"(?:\b(?:do not|don't|never|must not|should not|may not|avoid|not|no|instead of|rather than)\s"
    r"(?:to\s)?(?:writ\w+|trailing|leading|naked|abbreviat\w*|(?:a|the)\s(?:trailing|leading|naked))"
    r"\b(?:[^.;\n]|\.(?=[\d\w]))*|\b(?:not|never|instead of|rather than)\s[\"\u201c'])\Z",
    re.I,
)
"""Words that name a writing in order to forbid it: 'never write "1.0 mg"'."""
_NAMED = re.compile(
    r"(?:\b(?:not|never|instead of|rather than) [\"\u201c'\u2018][^\"\u201d'\u2019.;]*"
    r"|\b(?:rather than|instead of) |\b(?:the|an?) [\"']?)\Z",
    re.I,
)
"""Words before an abbreviation that is spoken of: "and not '10 U'", "the U"."""
_READ_AS = re.compile(
    r"[\"\u201d']?,?\s(?:(?:is|was|are|were|can be|may be|could be|has been)\s)?"
    r"(?:easily\s|often\s)?"
    r"(?:mis)?read\sas\b",
    re.I,
)
_RESULT_UNITS = frozenset(
    {"ng/mL", "pg/mL", "ng/dL", "mg/dL", "ug/dL", "mmol/L", "umol/L", "meq/L", "g/dL", "mg/L"}
)
"""Units of results; the list of error-prone writings excepts laboratory values."""
_NAKED = '"{0}" without a leading zero is read as tenfold: write "0{0}".'
_TRAILING = '"{0}" with a trailing zero is read as tenfold: leave the zero out.'


_GLUED = re.compile(r"[A-Za-z]{2}\d")
_RUN_TOGETHER = re.compile(r"\b(?P<name>[A-Za-z]{5,})(?P<dose>\d+(?:\.\d+)?)\s?(?:mg|mcg)\b")


def _joined(context: Context) -> Iterator[Signal]:
    """Yield drug names that run into their dose: "Tegretol300 mg" is read as 1300."""
    for match in _RUN_TOGETHER.finditer(context.text) if _GLUED.search(context.text) else ():
        if read(f"{match['name']} 1 mg").drugs:
            yield _notation_signal(
                match.start(),
                match.end(),
                f'"{match[0]}": leave a space between the name and the dose.',
            )


def _may_abbreviate(text: str) -> bool:
    if any(sign in text for sign in _SIGNS) or _BEHIND_NUMBER.search(text):
        return True
    return "per os" in text.lower()


def _notation(context: Context) -> Iterator[Verdict]:
    yield from _joined(context)
    for pattern, written, instead in _ABBREVIATIONS if _may_abbreviate(context.text) else ():
        for match in pattern.finditer(context.text):
            if _QUOTED.search(context.text[max(0, match.start() - 40) : match.start()]):
                continue
            if _NAMED.search(context.text[max(0, match.start() - 40) : match.start()]):
                continue
            yield _notation_signal(
                match.start(),
                match.end(),
                f'"{written}" is error-prone: {instead}.',
                "info" if written in _MINOR or _is_explained(context, match) else "warning",
            )
    doses = _dose_places(context)
    for quantity in context.content.quantities:
        near = (
            quantity.start in doses
            and quantity.unit_written not in {"", "%"}
            and quantity.quantity.unit not in _RESULT_UNITS
            and not _is_forbidden(context, quantity)
        )
        if "naked-decimal" in quantity.hazards and near:
            text = _NAKED.format(quantity.number_written)
            yield _notation_signal(quantity.start, quantity.end, text)
        elif "trailing-zero" in quantity.hazards and near:
            text = _TRAILING.format(quantity.number_written)
            yield _notation_signal(quantity.start, quantity.end, text)


_EXPLAINED = re.compile(
    r"\s?(?:\([^()]{0,30}\b(?:mcg|mg|micrograms?|units)\b|of\b[^.;]{0,40}\(\d)", re.I
)
_RANGED = re.compile(r"\d\s?(?:-|\u2013|to)\s?[\d,.]+\s?\Z")


def _is_explained(context: Context, match: re.Match[str]) -> bool:
    """Return whether "IU" cannot be misread: a range advises; "400 IU (10 mcg)" says it twice."""
    if match[0].strip() != "IU":
        return False
    ranged = _RANGED.search(context.text[max(0, match.start() - 20) : match.start()])
    return bool(ranged or _EXPLAINED.match(context.text, match.end()))


def _is_forbidden(context: Context, quantity: QuantityMention) -> bool:
    before = context.text[max(0, quantity.start - 160) : quantity.start]
    return bool(context.search(_FORBIDDEN, before) or _READ_AS.match(context.text, quantity.end))


def _dose_places(context: Context) -> set[int]:
    """Return where the numbers stand between a drug's name and the end of its dose."""
    return {
        quantity.start
        for mention in context.dosed
        for regimen in mention.regimens
        if regimen.dose is not None or regimen.strength is not None
        for quantity in starting_in(
            context.content.quantities,
            min(mention.start, regimen.start),
            max(mention.end, regimen.end),
        )
    }


def _notation_signal(start: int, end: int, message: str, severity: Severity = "warning") -> Signal:
    return Signal(
        severity=severity, message=message, span=Span(start=start, end=end), reference=SOURCE
    )


RULES = (
    Rule(
        id="MED116",
        title="error-prone notation",
        category="notation",
        rationale="U is read as zero, 1.0 as 10, .5 as 5, QD as QID.",
        check=_notation,
    ),
)
