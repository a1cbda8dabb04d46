"""How clinical text writes units, and the UCUM code of each spelling."""

from __future__ import annotations

import re
from functools import lru_cache

_ATOMS: dict[str, tuple[str, ...]] = {
    "kg": ("kg", "kgs", "kilogram", "kilograms", "kilo", "kilos"),
    "g": ("g", "gm", "gms", "gram", "grams"),
    "mg": ("mg PE", "mg phenytoin equivalents", "mg", "mgs", "mgm", "milligram", "milligrams"),
    "ug": ("mcg", "mcgs", "µg", "μg", "ug", "microgram", "micrograms"),
    "ng": ("ng", "nanogram", "nanograms"),
    "pg": ("pg", "picogram", "picograms"),
    "L": ("L", "l", "liter", "liters", "litre", "litres"),
    "dL": ("dL", "dl", "deciliter", "decilitre"),
    "mL": (
        "mL",
        "ml",
        "mls",
        "cc",
        "ccs",
        "milliliter",
        "milliliters",
        "millilitre",
        "millilitres",
    ),
    "uL": ("uL", "ul", "µL", "μL", "µl", "μl", "mcL", "microliter", "microliters", "microlitre"),
    "fL": ("fL", "fl"),
    "mol": ("mol", "mole", "moles"),
    "mmol": ("mmol", "mmols", "millimole", "millimoles", "mM"),
    "umol": ("umol", "µmol", "μmol", "mcmol", "micromol", "micromole", "micromoles"),
    "nmol": ("nmol", "nanomol", "nanomoles"),
    "pmol": ("pmol", "picomol", "picomoles"),
    "meq": ("mEq", "meq", "mEqs", "MEQ", "milliequivalent", "milliequivalents"),
    "mosm": ("mOsm", "mosm", "mOsmol", "mosmol"),
    "[iU]": ("units", "unit", "IU", "U", "iu", "international units", "international unit"),
    "m[iU]": ("mIU", "milliunits", "milliunit", "milli-units"),
    "mU": ("mU",),
    "u[iU]": ("uIU", "µIU", "μIU"),
    "k[iU]": ("kIU",),
    "kU": ("kU",),
    "{tablet}": ("tablet", "tablets", "tab", "tabs", "caplet", "caplets"),
    "{capsule}": ("capsule", "capsules", "cap", "caps"),
    "{pill}": ("pill", "pills"),
    "{puff}": ("puff", "puffs", "actuation", "actuations", "inhalation", "inhalations"),
    "{spray}": ("spray", "sprays"),
    "[drp]": ("drop", "drops", "gtt", "gtts"),
    "{patch}": ("patch", "patches"),
    "{suppository}": ("suppository", "suppositories"),
    "{vial}": ("vial", "vials"),
    "{ampule}": ("ampule", "ampules", "ampoule", "ampoules", "amp", "amps"),
    "{lozenge}": ("lozenge", "lozenges"),
    "{packet}": ("packet", "packets", "sachet", "sachets"),
    "{dose}": ("dose", "doses"),
    "{pen}": ("pen", "pens"),
    "{syringe}": ("syringe", "syringes"),
    "{film}": ("film", "films"),
    "{ring}": ("ring", "rings"),
    "{application}": ("application", "applications", "applicatorful", "applicatorfuls"),
    "{click}": ("click", "clicks"),
    "{bolus}": ("bolus", "boluses"),
    "[tsp_m]": ("teaspoon", "teaspoons", "teaspoonful", "teaspoonfuls", "tsp"),
    "[tbs_m]": ("tablespoon", "tablespoons", "tablespoonful", "tablespoonfuls", "tbsp"),
    "s": ("second", "seconds", "sec", "secs", "s"),
    "ms": ("ms", "msec", "msecs", "millisecond", "milliseconds"),
    "min": ("min", "mins", "minute", "minutes"),
    "h": ("h", "hr", "hrs", "hour", "hours"),
    "d": ("d", "day", "days", "24 hours", "24 hr", "24 h", "24h", "24hr"),
    "wk": ("wk", "wks", "week", "weeks"),
    "mo": ("mo", "mos", "month", "months"),
    "a": ("yr", "yrs", "year", "years", "yo", "y/o"),
    "mm[Hg]": ("mmHg", "mm Hg", "mmhg"),
    "cm[H2O]": ("cmH2O", "cm H2O"),
    "kPa": ("kPa",),
    "%": ("%", "percent", "per cent"),
    "Cel": ("°C", "ºC", "degrees Celsius", "degrees C", "deg C"),
    "[degF]": ("°F", "ºF", "degrees Fahrenheit", "degrees F", "deg F"),
    "m2": ("m2", "m²", "m^2", "m 2", "sq m", "square meter", "square metre"),
    "cm": ("cm", "cms", "centimeter", "centimeters", "centimetre", "centimetres"),
    "mm": ("mm", "millimeter", "millimeters", "millimetre", "millimetres"),
    "mm3": ("mm3", "mm³", "mm^3", "cumm", "cu mm", "cmm"),
    "m": ("m", "meter", "meters", "metre", "metres"),
    "[in_i]": ("inch", "inches"),
    "[ft_i]": ("ft", "feet", "foot"),
    "[lb_av]": ("lb", "lbs", "pound", "pounds"),
    "[oz_av]": ("oz", "ounce", "ounces"),
    "kcal": ("kcal", "kilocalories"),
    "J": ("J", "joule", "joules"),
    "Gy": ("Gy",),
    "{beats}/min": ("bpm", "beats per minute", "beats/min", "beats/minute"),
    "{breaths}/min": ("breaths per minute", "breaths/min", "breaths/minute"),
    "{beats}": ("beats", "beat"),
    "{breaths}": ("breaths", "breath"),
    "{cells}": ("cells", "cell"),
    "{copies}": ("copies",),
    "{MME}": ("MME", "MMEs", "OME"),
}
"""UCUM code -> spellings. Short ones are matched as written, words with any capitals."""

_SHOUTED = ("mg", "mcg", "ml", "kg", "gm", "hr", "hrs", "meq", "mmol", "iu", "dl", "tab", "cap")


def _spellings() -> dict[str, str]:
    table = {}
    for code, spellings in _ATOMS.items():
        for spelling in spellings:
            table[spelling] = code
            if len(spelling) > 3 and spelling.isalpha():
                table[spelling.capitalize()] = table[spelling.upper()] = code
            if spelling in _SHOUTED:
                table[spelling.upper()] = table[spelling.capitalize()] = code
    return table


SPELLINGS = _spellings()
"""Spelling -> UCUM code."""

_ATOM = "|".join(re.escape(s) for s in sorted(SPELLINGS, key=lambda s: (-len(s), s)))
_POWER_OF_TEN = r"(?:[x×X*]\s?)?10(?:\s?[\^*]{1,2}\s?(?:12|[369])|[⁹⁶³]|¹²|e(?:12|[369]))"
_TWO_STRENGTHS = r"(?!(?<=g)\s?/\s?\d+\s?(?:mg|mcg|µg|μg|g)(?![A-Za-z]))"
"""No division: "875 mg/125 mg" are the strengths of the two drugs of one tablet."""
_TWO_VALUES = r"(?!(?<=L)\s?/\s?(?!1\.73)\d)"
"""No division: "5.5 mmol/L / 99 mg/dL" is one value in two units."""
_DIVISOR = (
    rf"{_TWO_STRENGTHS}{_TWO_VALUES}\s?(?:/|\bper\b)\s?(?:(?:1\.73|[1-9]\d*)\s?)?"
    rf"(?:{_ATOM})(?![A-Za-z0-9])"
)
UNIT = (
    rf"(?:(?:{_POWER_OF_TEN}|[Kk](?=\s?/))(?:\s?cells)?(?:{_DIVISOR})+"
    rf"|(?:{_ATOM})(?![A-Za-z0-9])(?:{_DIVISOR})*|(?:{_DIVISOR})+)"
)
"""A regular expression (no groups) for a unit as written, denominators included."""

_EXPONENT = re.compile(r"12|[369]$|¹²|[⁹⁶³]")
_PART = re.compile(rf"\s?(?:/|\bper\b)\s?((?:1\.73|[1-9]\d*)\s?)?({_ATOM})(?![A-Za-z0-9])")
_SUPERSCRIPT = {"⁹": "9", "⁶": "6", "³": "3", "¹²": "12"}


@lru_cache(maxsize=4096)
def ucum(written: str) -> tuple[str, int]:
    """Return the UCUM code of a unit as written, and what to divide its number by.

    `mg/5 mL` is `("mg/mL", 5)`; `mL/min/1.73 m²` is `("mL/min/{1.73_m2}", 1)`.

    Raises:
        ValueError: `written` is not a match of `UNIT`.
    """
    if written in SPELLINGS:
        return SPELLINGS[written], 1
    first = _PART.search(written)
    head = (written if first is None else written[: first.start()]).strip()
    code, divisor = _head(head), 1
    for match in _PART.finditer(written):
        number, atom = (match[1] or "").strip(), SPELLINGS[match[2]]
        if number == "1.73" and atom == "m2":
            code += "/{1.73_m2}"
            continue
        if (number, atom) == ("24", "h"):
            number, atom = "", "d"
        code += f"/{atom}"
        divisor *= int(number) if number.isdigit() else 1
    if "/" in code and code.startswith("[iU]") and SPELLINGS.get(head) == "[iU]":
        code = _enzyme(head, code)
    return code, divisor


def _enzyme(head: str, code: str) -> str:
    # "U/L" is how enzyme activity is written; "units/mL" and "IU/L" stay arbitrary units.
    return f"U{code[4:]}" if head == "U" and code.endswith("/L") else code


def _head(head: str) -> str:
    if not head:
        return ""
    if head in SPELLINGS:
        return SPELLINGS[head]
    bare = head.removesuffix("cells").strip()
    if bare in {"K", "k", "M"}:
        return "10*6" if bare == "M" else "10*3"
    found = _EXPONENT.findall(bare)
    if not found:
        raise ValueError(f"{len(head)} characters that are no unit spelling were given")
    return f"10*{_SUPERSCRIPT.get(found[-1], found[-1])}"
