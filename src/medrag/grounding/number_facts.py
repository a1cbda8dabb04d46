"""The numbers of a text as grounding compares them: value, unit, bound, and what they are of.

Read more widely than a dose is: "one in ten" is 10 %, "doubled" is 2-fold, "Grade 3 or 4" are
two grades, "6.25, 12.5 and 25 mg" are three doses, "between 2°C and 8°C" is one range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from medrag.clinical.quantities import parse
from medrag.clinical.quantity import Frequency, Quantity, QuantityMention
from medrag.grounding.bounds import bound_of, worded_bound
from medrag.grounding.equal import FOLD, Number, is_comparable, is_same
from medrag.grounding.writing import BETWEEN, COUNT, VALUES
from medrag.grounding.writing import plain as plain_writing
from medrag.text.prefilter import Prefiltered, prefiltered


def read_numbers(text: str, frequencies: Sequence[Frequency]) -> tuple[Number, ...]:
    """Return every number of `text` that is not part of a frequency, in order."""
    plain = plain_writing(text)
    often = [(f.start, f.end) for f in frequencies]
    special = [
        n for n in _special(plain)
        if n.quantity.unit != FOLD or not any(a <= n.start and n.end <= b for a, b in often)
    ]  # fmt: skip
    taken = [(n.start, n.end) for n in special] + often
    found = list(special)
    for mention in parse(plain):
        digits = _digits_at(plain, mention)
        if not any(start <= digits < end for start, end in taken):
            found += _split(text, plain, mention)
    found = [_with_rate(plain, n) for n in found]
    found.sort(key=lambda n: (n.start, n.end))
    bounded = _with_same_bounds(plain, found)
    return tuple(_with_later_units(plain, bounded))


# --- Numbers that are no quantities -----------------------------------------------------------

_PARTS = {"half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "eighth": 8,
          "tenth": 10}  # fmt: skip
_OF_THEM = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "nine": 9}
_FRACTIONS = {"half": Decimal(50)} | {
    f"{many}{glue}{part}{'s' * (count > 1)}": round(Decimal(100 * count) / whole, 4)
    for many, count in _OF_THEM.items()
    for part, whole in _PARTS.items()
    for glue in ((" ",) if many in {"a", "an"} else (" ", "-"))
    if count < whole and (part != "half" or count == 1)
}
"""Each fraction as it is written, in percent: "one-third", "a tenth", "three quarters"."""
_SHARE = rf"(?:{'|'.join(sorted(_FRACTIONS, key=len, reverse=True))})"
_FRACTION = re.compile(
    r"(?<!lower )(?<!upper )(?<!first )(?<!second )(?<!other )(?<!latter )(?<!last )(?<!later )"
    r"(?<!final )(?<!earlier )\b(?:"
    rf"(?:(?<=\bby )|(?<=\bto )|(?<=\bor ))(?P<cut>{_SHARE})\b"
    rf"|(?P<share>{_SHARE})(?=(?: (?:to|or|and|and between) {_SHARE})?,?"
    r" (?:of|were|was|had|in|on|goes)\b))"
    r"(?! (?:of )?(?:the |an? |its |their |usual |normal )*(?:tablet|capsule|life|hour|day|year))"
    r"(?! (?:doses?|courses?|times?|injections?|shots?|lines?|agents?|drugs?)\b)"
    r"(?!(?<=half)(?<!by half) (?:of )?(?:the |an? |its |their |usual |normal )*(?:dose|dosage))",
    re.IGNORECASE,
)
_IN = re.compile(
    rf"\b(?P<part>\d+|{COUNT})"
    r"(?:\s+(?:(?!weeks|days|months|years|hours|doses|tablets|capsules|puffs|portions)[a-z]+\s+)?"
    r"(?:in|out of|(?<!\band one )(?<!\bwith one )(?<!\bor one )of)(?: every)?\s+(?:0*)"
    r"|(?<=\b1)/(?=10))"
    r"(?P<all>12|15|25|30|40|60|75|80|10|[1-9][05]0|[1-9],?000|[1-9]0,?000"
    r"|100,?000|1 million|ten|a hundred"
    r"|one hundred"
    r"|a thousand|twelve|six|seven|eight|nine|five|four|three|20|twenty|50|fifty|200|500|5|4|3"
    r"|two|2)\b"
    r"(?![.,]\d| ?(?:to\b|-|–|mg\b|g\b|mL\b|mcg\b|%|days?|weeks?|hours?"
    r"|minutes?|months?|years?|h\b|min\b|patients with|studies|trials"
    r"|hold|holds|apply|applies|are (?:met|present)"
    r"|(?:\w+ )?(?:features?|factors|criteria|signs|symptoms|findings|conditions|characteristics"
    r"|items|points|doses|readings|measurements|tests|samples|visits)\b))",
    re.IGNORECASE,
)
_ALL: dict[str, int | str] = {
    "ten": 10, "a hundred": 100, "one hundred": 100, "a thousand": 1000, "five": 5, "twelve": 12,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "four": 4, "three": 3, "two": 2, "twenty": 20,
    "fifty": 50, "1 million": 1_000_000
}  # fmt: skip
_FOLDS: dict[str, int | str] = {
    "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "twofold": 2,
    "triple": 3, "tripled": 3, "triples": 3, "thrice": 3, "threefold": 3, "quadruple": 4,
    "quadrupled": 4, "fourfold": 4, "fivefold": 5, "sixfold": 6, "sevenfold": 7,
    "eightfold": 8, "ninefold": 9, "tenfold": 10, "halve": "0.5", "halved": "0.5",
    "halving": "0.5"
}  # fmt: skip
_FOLD = prefiltered(
    rf"\b(?P<low>\d+(?:[.,]\d+)?|{COUNT})"
    rf"(?:(?:-? to |-|–| or | and )(?P<high>\d+(?:[.,]\d+)?|{COUNT}))?"
    r"(?:(?:-| )?(?:(?:to )?(?:fold|times(?! ?in\b))\b)"
    r"|\s?[x×](?=\s?(?:the )?(?:ULN|upper|baseline|normal)\b))"
    r"(?! ?(?:a|per|each|every|daily|weekly|monthly|/)\b)"
    rf"|\b(?P<word>{'|'.join(_FOLDS)})\b(?! ?-?(?:daily|a |per|each|every|weekly|monthly|blind))"
    r"|\b(?P<half>half)(?= (?:the |of the |their |its |a )?(?:\w+ ){0,2}(?:dose|dosage|starting))",
    re.IGNORECASE,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6,
             "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}  # fmt: skip
_ORDINAL = re.compile(
    rf"(?<!every )(?<!each )\b(?P<nth>{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th))"
    r" (?P<of>day|week|month|cycle)\b(?! of each)",
    re.IGNORECASE,
)
_ACTIVITIES = {
    "GBq": Decimal("1e9"), "MBq": Decimal("1e6"), "kBq": Decimal("1e3"), "mCi": Decimal("3.7e7"),
    "Ci": Decimal("3.7e10"), "µCi": Decimal("3.7e4"), "μCi": Decimal("3.7e4"),
}  # fmt: skip
_ACTIVITY = re.compile(
    rf"(?<![\w.])(?P<amount>\d+(?:\.\d+)?)\s?(?P<unit>{'|'.join(_ACTIVITIES)})\b"
)
_RATIO = re.compile(r"(?<![\w.:-])(?P<one>\d{1,3}):(?P<to>[1-9][\d,]*)\b(?!:)")
_INSULIN = re.compile(r"(?<![\w-])U-?(?P<per>100|200|300|500)(?![\w-])")
"""The strength of an insulin: units in a milliliter."""
_PRESSURE = re.compile(r"(?<![\w.,/-])(?P<upper>\d{2,3})\s?/\s?(?P<lower>\d{2,3})\s?mm\s?Hg\b")
_LABEL = re.compile(
    r"\b(?P<label>grade|phase|stage|type|class|genotype|study|trial|cycle|category|group|arm|cohort"
    r"|day|week|month|visit|level(?!s?\s[≥≤<>])|part|version)s?\s(?P<first>[≥≤<>]\s?)?"
    r"(?P<list>(?!(?:(?<=phase )|(?<=stage )|(?<=grade )|(?<=class ))\d{3})\d{1,4}[a-d]?"
    r"(?:(?:\s?[,/–-]\s?|\s(?:or|and|to|through)\s|,\s(?:or|and)\s)\d{1,4}[a-d]?"
    r"(?![\d.,]*\s?(?:%|m?c?g\b|mL|hours?\b|days?\b|weeks?\b|months?\b|years?\b|patients?\b"
    r"|subjects?\b|\d)))*)"
    r"(?![.,]?\d| ?(?:mg|g|mcg|mL|hours?|days?|weeks?|months?|years?)\b| ?%"
    r"|\s?(?:to|-|–)\s?\d)",
    re.IGNORECASE,
)


_KINDS: tuple[tuple[tuple[str, ...], re.Pattern[str] | Prefiltered], ...] = (
    (("hg",), _PRESSURE),
    (("bq", "ci"), _ACTIVITY),
    (("u-", "u1", "u2", "u3", "u5"), _INSULIN),
    ((":",), _RATIO),
    (("day", "week", "month", "cycle"), _ORDINAL),
    (
        ("grade", "phase", "stage", "type", "class", "genotype", "study", "trial", "cycle",
         "category", "group", "arm", "cohort", "day", "week", "month", "visit", "level", "part",
         "version"),
        _LABEL,
    ),
    ((" in ", " of ", " out of", "1/10"), _IN),
    ((*_PARTS,), _FRACTION),
    ((), _FOLD),
)  # fmt: skip
"""Each kind with small letters one of which stands wherever it matches."""


def _special(text: str) -> Iterator[Number]:
    taken: list[tuple[int, int]] = []
    lower = " ".join(text.lower().split())
    kinds = [kind for words, kind in _KINDS if not words or any(word in lower for word in words)]
    for match in (match for kind in kinds for match in kind.finditer(text)):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        taken.append(match.span())
        if match.re is _LABEL:
            yield from _labelled(match)
        elif match.re is _PRESSURE:
            yield from _pressures(match)
        elif match.re is _ORDINAL:
            nth = match["nth"].lower()
            value = Decimal(_ORDINALS.get(nth) or nth[:-2])
            unit = f"#{match['of'].lower()}"
            yield Number(Quantity(value, unit), *match.span(), "", about=False)
        elif match.re is _ACTIVITY:
            value = _count(match["amount"]) * _ACTIVITIES[match["unit"]]
            bound = worded_bound(text, match.start())
            yield Number(Quantity(value, "#becquerel"), *match.span(), bound, about=False)
        elif match.re is _INSULIN:
            yield Number(Quantity(Decimal(match["per"]), "[iU]/mL"), *match.span(), "", about=False)
        elif match.re is _RATIO:
            value = _count(match["one"]) / _count(match["to"])
            yield Number(Quantity(value, "#ratio"), *match.span(), "", about=False)
        else:
            yield _shared(text, match)


def _pressures(match: re.Match[str]) -> Iterator[Number]:
    """Yield "130/80 mmHg" as its two pressures, both with the bound of the pair."""
    bound = bound_of(match.string, match.start(), match.end())
    about = bool(_ABOUT_BEFORE.search(match.string[max(0, match.start() - 20) : match.start()]))
    for group, end in (("upper", match.end("upper")), ("lower", match.end())):
        quantity = Quantity(Decimal(match[group]), "mm[Hg]")
        yield Number(quantity, match.start(group), end, bound, about, written=match[group])


def _labelled(match: re.Match[str]) -> Iterator[Number]:
    unit = f"#{match['label'].lower()}"
    at = match.start("list")
    bound = {"≥": ">=", "≤": "<=", "<": "<", ">": ">"}.get((match["first"] or "").strip(), "")
    after = match.string[match.end() : match.end() + 14]
    if re.match(r" or (?:higher|more|above|greater|worse)\b", after):
        bound = ">="
    for one in re.finditer(r"\d+", match["list"]):
        yield Number(Quantity(Decimal(one[0]), unit), at + one.start(), at + one.end(), bound,
                     about=False, written=one[0])  # fmt: skip


def _shared(text: str, match: re.Match[str]) -> Number:
    """Return a fraction, a rate ("one in ten") or a multiple as a number."""
    bound = worded_bound(text, match.start())
    about = bool(_ABOUT_BEFORE.search(text[max(0, match.start() - 20) : match.start()]))
    quantity, rounded = _valued(match)
    if match.re is _IN:
        bound = ""
    return Number(
        quantity, match.start(), match.end(), bound, about=about or rounded, written=match[0]
    )


def _valued(match: re.Match[str]) -> tuple[Quantity, bool]:
    """Return what a fraction, rate or multiple is, and whether such are told roughly."""
    if match.re is _FRACTION:
        return Quantity(_FRACTIONS[(match["cut"] or match["share"]).lower()], "%"), True
    if match.re is _IN:
        whole = match["all"].lower().replace(",", "")
        share = _count(match["part"]) * 100 / Decimal(_ALL.get(whole, whole))
        return Quantity(round(share, 6), "%"), True
    if match["half"]:
        return Quantity(Decimal("0.5"), FOLD), False
    if match["word"]:
        return Quantity(Decimal(_FOLDS[match["word"].lower()]), FOLD), False
    high = _count(match["high"]) if match["high"] else None
    return Quantity(_count(match["low"]), FOLD, high), False


def _count(written: str) -> Decimal:
    """Return the value of digits or of number words."""
    plain = written.lower().replace(",", "")
    if plain[0].isdigit():
        return Decimal(plain)
    return Decimal(sum(VALUES[part] for part in re.split(r"[- ]", plain)))


# --- Quantities ---------------------------------------------------------------------------


def _digits_at(text: str, mention: QuantityMention) -> int:
    inner = text[mention.start : mention.end]
    digit = _DIGIT.search(inner)
    return mention.start + (digit.start() if digit else max(0, inner.find(mention.number_written)))


def _split(text: str, plain: str, mention: QuantityMention) -> Iterator[Number]:
    """Yield the number of a mention; none where it is part of a chemical name."""
    bare = mention.quantity.unit == "1"
    after = plain[mention.end : mention.end + 9]
    if (bare and _GOES_ON.match(after)) or _LEVELS.match(after):
        return
    if _AREA.search(plain, max(0, mention.start - 10), mention.start):
        return  # AUC0-24h: a name
    if bare and _IN_NAME.search(plain, max(0, mention.start - 2), mention.start):
        return  # DSM-5, COVID-19: a name
    about = (
        mention.quantity.comparator == "~"
        or bool(_ABOUT_BEFORE.search(plain[max(0, mention.start - 24) : mention.start]))
        or _OR_SO.match(plain, mention.end) is not None
    )
    quantity = mention.quantity
    if quantity.unit.startswith("{") and _IN_STRENGTH.search(plain, 0, _digits_at(plain, mention)):
        quantity = replace(quantity, unit="1")  # "one 80/12.5 tablet"
    yield Number(
        quantity,
        _first_word(text, mention.start),
        mention.end,
        _bound(plain, mention),
        about,
        written=mention.number_written.lstrip("0") or "0",
    )


def _first_word(text: str, start: int) -> int:
    """Return where the words begin that were rewritten in digits."""
    for match in BETWEEN.finditer(text, max(0, start - 40), start + 40):
        if match.start() <= start < match.end():
            return match.start("low")
    article = text[max(0, start - 2) : start + 1].lower()
    return start - 1 if _ARTICLE.fullmatch(article) else start


_IN_STRENGTH = re.compile(r"\d[/&]\Z")
_DIGIT = re.compile(r"\d")
_GOES_ON = re.compile(r"-[a-z]{3,}|[A-Za-z]")
_OR_SO = re.compile(r"\s?(?:or so|or thereabouts|give or take)\b(?! (?:at most|many))", re.I)
_LEVELS = re.compile(r" levels?\b")
_AREA = re.compile(r"AUC\s?\d*\s?[-–]?\Z")
_IN_NAME = re.compile(r"[A-Za-z]-\Z")
_ARTICLE = re.compile(r"\Wan|an")
_OR_MORE = re.compile(r"or (?:more|older|greater|higher)\Z")
_OR_LESS = re.compile(r"or (?:less|lower|fewer)\Z")


_TIMES = frozenset({"min", "h", "d"})
"""Of a rate, "at least 100 minutes" bounds the other way: "(10 mg/minute)"."""
_IN_BRACKETS = re.compile(r"\s?[(\[]\s?(?:=|or|i\.e\.,?)?\s?")


def _with_same_bounds(text: str, numbers: Sequence[Number]) -> list[Number]:
    """Return the numbers; one repeated in brackets in another unit has the other's bound."""
    found: list[Number] = []
    for number in numbers:
        before = found[-1] if found else None
        if (
            before is not None
            and before.bound
            and not number.bound
            and _IN_BRACKETS.fullmatch(text[before.end : number.start])
            and number.quantity.unit not in {"1", "%", before.quantity.unit}
            and (is_same(number, before) or not is_comparable(number, before))
            and not ("/" in number.quantity.unit and before.quantity.unit in _TIMES)
        ):
            found.append(replace(number, bound=before.bound))
        else:
            found.append(number)
    return found


_LIST_GLUE = re.compile(
    r"\s*(?:,|/|&|,?\s(?:and|or|to|then|and then"
    r"|followed by))?(?:\sthen)?\s?\Z"
)


def _with_later_units(text: str, numbers: Sequence[Number]) -> Iterator[Number]:
    """Yield the numbers; one without a unit in a list takes the unit at the list's end."""
    later = ""
    place = len(text)
    found = []
    for number in reversed(numbers):
        glued = _LIST_GLUE.match(text[number.end : place]) if number.end <= place else None
        unit = number.quantity.unit
        place = number.start
        if unit != "1":
            later = "" if unit.startswith("#") else unit
        elif not glued:
            later = ""
        found.append(replace(number, unit_later=later) if unit == "1" and later else number)
    yield from _with_own_units(found[::-1])


_RATE_BEHIND = re.compile(
    r"(?:\s?\([^()]{1,25}\)|\))\s?(?:/|per\s)\s?(?P<unit>min|h(?=\b|r|our)|kg|d(?=\b|ay))", re.I
)


def _with_rate(text: str, number: Number) -> Number:
    """Return "50 mg (1 mL) per minute" with what either amount is per."""
    behind = _RATE_BEHIND.match(text, number.end)
    unit = number.quantity.unit
    return replace(number, unit_later=f"{unit}/{behind['unit'].lower()}") if behind else number


def _with_own_units(numbers: Sequence[Number]) -> Iterator[Number]:
    """Yield the numbers; one written bare has the unit of the same value with one before it."""
    units: dict[Decimal, str] = {}
    for number in numbers:
        unit, value = number.quantity.unit, number.quantity.value
        bare = unit == "1" and not number.unit_later and value in units
        yield replace(number, unit_later=units[value]) if bare else number
        if unit[0] not in "1#{%":
            units.setdefault(value, unit)


# --- Bounds -------------------------------------------------------------------------------

_ABOUT_BEFORE = re.compile(
    r"(?:\bjust(?: (?:under|over|below|above))?"
    r"|\b(?:slightly|a little) (?:under|over|(?:more|less) than)"
    r"|\babout|\bapprox\w*\.?|\baround|\broughly|\bnearly|\balmost|\bclose to|\bsome|\bnear|~)"
    r"\s?(?:an? )?\Z", re.IGNORECASE,
)  # fmt: skip


def _bound(text: str, mention: QuantityMention) -> str:
    inner = text[mention.start : mention.end]
    if _OR_MORE.search(inner):
        return ">="
    if _OR_LESS.search(inner):
        return "<="
    stated = mention.quantity.comparator
    if stated is not None and stated != "~":
        return worded_bound(text, _digits_at(text, mention)) or stated
    return bound_of(text, _digits_at(text, mention), mention.end)
