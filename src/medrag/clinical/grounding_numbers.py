"""The numbers of a text as grounding compares them: value, unit, bound, and what they are of.

Read more widely than a dose is: "one in ten" is 10 %, "doubled" is 2-fold, "Grade 3 or 4" are
two grades, "6.25, 12.5 and 25 mg" are three doses, "between 2°C and 8°C" is one range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from medrag.clinical.grounding_bounds import bound_of, worded_bound
from medrag.clinical.grounding_equal import FOLD, Number, is_comparable, is_same
from medrag.clinical.quantities import parse
from medrag.clinical.quantity import Frequency, Quantity, QuantityMention


def read_numbers(text: str, frequencies: Sequence[Frequency]) -> tuple[Number, ...]:
    """Return every number of `text` that is not part of a frequency, in order."""
    plain = _plain(text)
    special = list(_special(plain))
    taken = [(n.start, n.end) for n in special] + [(f.start, f.end) for f in frequencies]
    found = list(special)
    for mention in parse(plain):
        digits = _digits_at(plain, mention)
        if not any(start <= digits < end for start, end in taken):
            found += _split(text, plain, mention)
    found.sort(key=lambda n: (n.start, n.end))
    bounded = _with_same_bounds(plain, found)
    return tuple(_with_later_units(plain, bounded))


# --- Writing brought to one form, offsets kept ------------------------------------------------

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
         "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
         "nineteen")  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_VALUES = {word: value for value, word in enumerate(_ONES, start=1)} | {
    word: 10 * value for value, word in enumerate(_TENS, start=2)
}
_COUNT = rf"(?:(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES[:9])}))?|{'|'.join(reversed(_ONES))})"
_TENS_ONES = re.compile(rf"\b({'|'.join(_TENS)})[- ]({'|'.join(_ONES[:9])})\b", re.IGNORECASE)
_TEENS = re.compile(
    rf"\b(?:{'|'.join(reversed(_ONES[10:]))}|{'|'.join(_TENS)})\b(?=[ -][a-z])", re.I
)
_COUNTED = re.compile(
    rf"\b(?:{'|'.join(_ONES[1:10])})\b(?= (?:\w+ )?(?:patients?|people|subjects?|children|women|men"
    r"|adults|volunteers|cases|trials|studies|participants|infants|persons|deaths|others|animals"
    r"|percent|(?:of|in|out of) (?:\d|ten|hundred|a hundred|every))\b)", re.IGNORECASE,
)  # fmt: skip
_ENDED = re.compile(
    rf"\b(?:{'|'.join(_ONES)})\b(?=(?: to | or |-to-)(?:\d|{'|'.join(_ONES)}\b))", re.IGNORECASE
)
_BUT = re.compile(rf"(?<=all but )(?:{'|'.join(_ONES)})\b", re.IGNORECASE)
_NAMED_COUNT = re.compile(
    rf"(?:(?<=\bday )|(?<=\bweek )|(?<=\bcycle )|(?<=\bphase )|(?<=\bstage )|(?<=\bgrade ))"
    rf"(?:{'|'.join(_ONES)})\b", re.IGNORECASE,
)  # fmt: skip
_AGED_S = re.compile(r"(?<=er-\d)s\b|(?<=er-\d\d)s\b")
_END = r"\d[\d.,]*(?:\s?(?:°\s?[CF]|%|[a-zµμ]+(?:/[a-z]+)*))?"
_BETWEEN = re.compile(
    rf"\b(?P<lead>between|from) (?P<low>{_END}) (?:and|to|up to|through) (?=(?:{_COUNT}|\d))",
    re.IGNORECASE,
)
_PER_DOSE = re.compile(r"(?<=\w)(?: per dose|/dose)\b", re.IGNORECASE)
_IN_A_DAY = re.compile(
    r"(?<=[A-Za-z] )\b(?:in|per|every|within) (?:a |any )?24[- ]h(?:ours?|rs?)?\b(?: period)?"
)
_SPLIT_POWER = re.compile(r"(?<![A-Za-z])(m|mm|cm) ([23])(?=\s?[,;).\]]|\s|\Z)")
_SPLIT_TEN = re.compile(r"(?<=[x×] )10 ([369]|12)(?=\s?/)")
_A_PERIOD = re.compile(
    r"\b(an?|the)(?= (?:hour|day|week|month|year)\b(?! (?:of|when|that|on)\b))", re.IGNORECASE
)
RATED = re.compile(
    r"(?:\d|[^\W\d]+/[^\W\d]+|\b(?:m?c?g|kg|µg|m?L|units?|IU|times|once|twice|thrice|tablets?|tabs?"
    r"|capsules?|caps|puffs?|doses?|drops?|lit(?:er|re)s?|sprays?|grams?|milligrams?|micrograms?"
    r"|days|hours?|minutes|calories|kcal|mmol|mEq|cups?|drinks?|injections?|infusions?|sessions|packs?|cigarettes))"
    r"(?: of(?: [a-z]+){1,3})?\)?,?\s\Z", re.IGNORECASE,
)  # fmt: skip
"""What stands before "a day" where that says how often, not how long."""
_HEART = re.compile(r"(?<=\d )heart (?=beats?\b)", re.IGNORECASE)
_WITH_OR = re.compile(r"(?<=\d)(?= or (?:more|older)\b)")


def _words_to_digits(match: re.Match[str]) -> str:
    parts = re.split(r"[- ]", match[0].lower())
    value = sum(_VALUES[part] for part in parts)
    return str(value).zfill(len(match[0]))


def _plain(text: str) -> str:
    """Return `text` with its numbers in the usual writing, character for character."""
    for pattern in (_TENS_ONES, _TEENS, _COUNTED, _ENDED, _BUT):
        text = pattern.sub(_words_to_digits, text)
    text = _NAMED_COUNT.sub(lambda m: str(_VALUES[m[0].lower()]).zfill(len(m[0])), text)
    text = _AGED_S.sub(" ", text)
    text = _PER_DOSE.sub(lambda m: " " * len(m[0]), text)
    text = _SPLIT_TEN.sub(r"10^\1", text)
    text = _SPLIT_POWER.sub(lambda m: f"{m[1]}{m[2]} ", text)
    text = _HEART.sub(lambda m: " " * len(m[0]), text)
    text = _HALF_YEAR.sub(lambda m: "6 months".ljust(len(m[0])), text)
    text = _FORTNIGHT.sub(lambda m: "2 weeks".ljust(len(m[0])), text)
    text = _HALF_HOUR.sub(lambda m: "30 min".ljust(len(m[0])), text)
    text = _A_PERIOD.sub(_one_period, text)
    text = _BODY_WEIGHT.sub(lambda m: f"{m[1]}{m[2] or ''}".ljust(len(m[0])), text)
    text = _BETWEEN.sub(_range, text)
    return _IN_A_DAY.sub(_per_day, text)


_BODY_WEIGHT = re.compile(
    r"\b(kilograms?|kg)(?: of)? body[ -]?weight"
    r"((?:\s?/\s?|\sper\s)(?:min(?:ute)?|h(?:our|r)?|day|d)\b)?", re.IGNORECASE,
)  # fmt: skip


def _one_period(match: re.Match[str]) -> str:
    """Return "1" for "a" in "within a day"; the words themselves in "5 mg a day"."""
    before = match.string[max(0, match.start() - 16) : match.start()]
    if RATED.search(before) or (
        match[1].lower() == "the" and not _BESIDE.match(match.string, match.end())
    ):
        return match[0]
    return "1".rjust(len(match[0]))


_BESIDE = re.compile(r" (?:hour|day|week|month|year) (?:before|after|following|prior)\b")


_HALF_YEAR = re.compile(r"\bhalf (?:a|of a|the) year\b|\ba half[- ]year\b", re.IGNORECASE)
_FORTNIGHT = re.compile(r"\ba fortnight\b|\bone fortnight\b", re.IGNORECASE)
_HALF_HOUR = re.compile(
    r"\b(?:one-half|one half|half|a half)(?: of)?(?: an)? hour\b", re.IGNORECASE
)


def _per_day(match: re.Match[str]) -> str:
    """Return "per day" for "in 24 hours" after an amount; the words themselves elsewhere."""
    before = match.string[max(0, match.start() - 16) : match.start()]
    return "per day".ljust(len(match[0])) if RATED.search(before) else match[0]


def _range(match: re.Match[str]) -> str:
    """Return "between 10 and " as "10-" at its right end."""
    return f"{match['low']} to ".rjust(len(match[0]))


# --- Numbers that are no quantities -----------------------------------------------------------

_FRACTIONS = {"half": "50", "one half": "50", "one-half": "50", "a third": "33.3333",
              "one third": "33.3333", "one-third": "33.3333", "two thirds": "66.6667",
              "two-thirds": "66.6667", "a quarter": "25", "one quarter": "25",
              "one-quarter": "25", "three quarters": "75", "three-quarters": "75",
              "a fifth": "20", "one fifth": "20", "one-fifth": "20"}  # fmt: skip
_FRACTION = re.compile(
    rf"(?<!lower )(?<!upper )(?<!first )(?<!second )(?<!other )\b"
    rf"(?P<share>{'|'.join(sorted(_FRACTIONS, key=len, reverse=True))})"
    r"(?:(?=,? (?:of|were|was|had|in)\b)|(?<=by half)|(?<=by a third)|(?<=by a quarter)"
    r"|(?<=by three quarters)|(?<=by two thirds)|(?<=by one third)|(?<=by one half)"
    r"|(?<=by two-thirds)|(?<=by one-third)|(?<=by three-quarters))"
    r"(?! (?:of )?(?:the |a |an |its |their |usual |normal )*(?:dose|dosage|tablet|life))",
    re.IGNORECASE,
)
_IN = re.compile(
    rf"\b(?P<part>\d+|{_COUNT})\s+(?:[a-z]+\s+)?(?:in|out of|of)(?: every)?\s+(?:0*)"
    rf"(?P<all>10|100|1,?000|10,?000|100,?000|1 million|ten|a hundred|one hundred|a thousand"
    rf"|five|four|three|20|twenty|50|fifty|200|500|5|4|3)\b(?! ?(?:to|-|–|mg|g|mL|mcg|%|days?"
    r"|weeks?|hours?|minutes?|months?|years?|h\b|min\b|patients with|studies|trials))",
    re.IGNORECASE,
)
_ALL: dict[str, int | str] = {
    "ten": 10, "a hundred": 100, "one hundred": 100, "a thousand": 1000, "five": 5, "four":
    4, "three": 3, "twenty": 20, "fifty": 50, "1 million": 1_000_000
}  # fmt: skip
_FOLDS: dict[str, int | str] = {
    "twice": 2, "double": 2, "doubled": 2, "doubles": 2, "doubling": 2, "twofold": 2,
    "triple": 3, "tripled": 3, "triples": 3, "thrice": 3, "threefold": 3, "quadruple": 4,
    "quadrupled": 4, "fourfold": 4, "fivefold": 5, "sixfold": 6, "sevenfold": 7,
    "eightfold": 8, "ninefold": 9, "tenfold": 10, "halve": "0.5", "halved": "0.5",
    "halving": "0.5"
}  # fmt: skip
_FOLD = re.compile(
    rf"\b(?P<low>\d+(?:[.,]\d+)?|{_COUNT})(?:(?:-| to |–| or | and )(?P<high>\d+(?:[.,]\d+)?))?"
    r"(?:-| )?(?:(?:to )?(?:fold|times)\b)"
    r"(?! ?(?:a|per|each|every|in|daily|weekly|monthly|/)\b)"
    rf"|\b(?P<word>{'|'.join(_FOLDS)})\b(?! ?-?(?:daily|a |per|each|every|weekly|monthly|blind))"
    r"|\b(?P<half>half)(?= (?:the |of the |their |its |a )?(?:\w+ )?(?:dose|dosage|starting))",
    re.IGNORECASE,
)
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6,
             "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10}  # fmt: skip
_ORDINAL = re.compile(
    rf"\b(?P<nth>{'|'.join(_ORDINALS)}|\d+(?:st|nd|rd|th)) (?P<of>day|week|month"
    rf"|cycle)\b(?! of each)",
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
_LABEL = re.compile(
    r"\b(?P<label>grade|phase|stage|type|class|genotype|study|trial|cycle|category|group|arm|cohort"
    r"|day|week|month|visit|level|part|version)s?\s(?P<first>[≥≤<>]\s?)?(?P<list>\d{1,4}[a-d]?"
    r"(?:(?:\s?[,/–-]\s?|\s(?:or|and|to)\s|,\s(?:or|and)\s)\d{1,4}[a-d]?"
    r"(?![\d.,]*\s?(?:%|m?c?g\b|mL|hours?\b|days?\b|weeks?\b|months?\b|years?\b|patients?\b"
    r"|subjects?\b|\d)))*)"
    r"(?![.,]?\d| ?(?:mg|g|mcg|mL|hours?|days?|weeks?|months?|years?)\b| ?%"
    r"|\s?(?:to|-|–)\s?\d)",
    re.IGNORECASE,
)


def _special(text: str) -> Iterator[Number]:
    taken: list[tuple[int, int]] = []
    kinds = (_ACTIVITY, _RATIO, _ORDINAL, _LABEL, _IN, _FRACTION, _FOLD)
    for match in (match for kind in kinds for match in kind.finditer(text)):
        if any(start < match.end() and match.start() < end for start, end in taken):
            continue
        taken.append(match.span())
        if match.re is _LABEL:
            yield from _labelled(match)
        elif match.re is _ORDINAL:
            nth = match["nth"].lower()
            value = Decimal(_ORDINALS.get(nth) or nth[:-2])
            unit = f"#{match['of'].lower()}"
            yield Number(Quantity(value, unit), *match.span(), "", about=False)
        elif match.re is _ACTIVITY:
            value = _count(match["amount"]) * _ACTIVITIES[match["unit"]]
            bound = worded_bound(text, match.start())
            yield Number(Quantity(value, "#becquerel"), *match.span(), bound, about=False)
        elif match.re is _RATIO:
            value = _count(match["one"]) / _count(match["to"])
            yield Number(Quantity(value, "#ratio"), *match.span(), "", about=False)
        else:
            yield _shared(text, match)


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
        return Quantity(Decimal(_FRACTIONS[match["share"].lower()]), "%"), True
    if match.re is _IN:
        whole = match["all"].lower().replace(",", "")
        return Quantity(_count(match["part"]) * 100 / Decimal(_ALL.get(whole, whole)), "%"), True
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
    return Decimal(sum(_VALUES[part] for part in re.split(r"[- ]", plain)))


# --- Quantities ---------------------------------------------------------------------------


def _digits_at(text: str, mention: QuantityMention) -> int:
    inner = text[mention.start : mention.end]
    digit = re.search(r"\d", inner)
    return mention.start + (digit.start() if digit else max(0, inner.find(mention.number_written)))


def _split(text: str, plain: str, mention: QuantityMention) -> Iterator[Number]:
    """Yield the number of a mention; none where it is part of a chemical name."""
    bare = mention.quantity.unit == "1"
    after = plain[mention.end : mention.end + 9]
    if (bare and re.match(r"-[a-z]{3,}|[A-Za-z]", after)) or re.match(r" levels?\b", after):
        return
    if re.search(r"AUC\s?\d*\s?[-–]?\Z", plain[max(0, mention.start - 10) : mention.start]):
        return  # AUC0-24h: a name
    if bare and re.search(r"[A-Za-z]-\Z", plain[max(0, mention.start - 2) : mention.start]):
        return  # DSM-5, COVID-19: a name
    about = mention.quantity.comparator == "~" or bool(
        _ABOUT_BEFORE.search(plain[max(0, mention.start - 24) : mention.start])
    )
    yield Number(
        mention.quantity,
        _first_word(text, mention.start),
        mention.end,
        _bound(plain, mention),
        about,
        written=mention.number_written.lstrip("0") or "0",
    )


def _first_word(text: str, start: int) -> int:
    """Return where the words begin that were rewritten in digits."""
    for match in _BETWEEN.finditer(text, max(0, start - 40), start + 40):
        if match.start() <= start < match.end():
            return match.start("low")
    return start


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
        ):
            found.append(replace(number, bound=before.bound))
        else:
            found.append(number)
    return found


_LIST_GLUE = re.compile(r"\s?(?:,|/|,?\s(?:and|or|to|then|and then|followed by))?(?:\sthen)?\s?\Z")


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
    yield from reversed(found)


# --- Bounds -------------------------------------------------------------------------------

_ABOUT_BEFORE = re.compile(
    r"(?:\bjust(?: (?:under|over|below|above))?"
    r"|\b(?:slightly|a little) (?:under|over|(?:more|less) than)"
    r"|\babout|\bapprox\w*\.?|\baround|\broughly|\bnearly|\balmost|\bclose to|\bsome|\bnear|~)"
    r"\s?(?:an? )?\Z", re.IGNORECASE,
)  # fmt: skip


def _bound(text: str, mention: QuantityMention) -> str:
    inner = text[mention.start : mention.end]
    if re.search(r"or (?:more|older|greater|higher)\Z", inner):
        return ">="
    if re.search(r"or (?:less|lower|fewer)\Z", inner):
        return "<="
    stated = mention.quantity.comparator
    if stated is not None and stated != "~":
        return worded_bound(text, _digits_at(text, mention)) or stated
    return bound_of(text, _digits_at(text, mention), mention.end)
