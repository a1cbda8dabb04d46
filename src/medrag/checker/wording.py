"""How numbers, units and names are said to a clinician."""

from __future__ import annotations

from decimal import Decimal

from medrag.checker.rows import DoseRow
from medrag.clinical import Quantity, convert

_UNITS = {
    "ug": "mcg",
    "[iU]": "units",
    "meq": "mEq",
    "10*9/L": "x 10^9/L",
    "1": "",
    "umol": "micromol",
    "mm[Hg]": "mmHg",
    "Cel": "°C",
    "[pH]": "",
    "m[iU]": "mIU",
    "u[iU]": "microIU",
    "{1.73_m2}": "1.73 m2",
    "10*3/uL": "x 10^3/uL",
    "10*6/uL": "x 10^6/uL",
    "[degF]": "°F",
    "{beats}/min": "beats/min",
    "{breaths}/min": "breaths/min",
    "10*9": "x 10^9",
    "[drp]": "drops",
}


_SAID = {
    "hla-b5701": "HLA-B*57:01",
    "egfr": "eGFR",
    "inr": "INR",
    "tsh": "TSH",
    "qtc": "QTc",
    "ph": "pH",
    "hba1c": "HbA1c",
    "spo2": "SpO2",
    "g6pd": "G6PD",
    "g6pd-deficiency": "G6PD deficiency",
    "hiv": "HIV",
    "copd": "COPD",
}


def name(key: str) -> str:
    """Return a lexicon key as words: `potassium-chloride` is "potassium chloride"."""
    bare = key.lstrip("@")
    return _SAID.get(bare, bare.replace("-", " "))


def number(value: Decimal) -> str:
    """Return a number without trailing zeros, at most four significant digits."""
    rounded = Decimal(f"{value:.4g}")
    return format(rounded.normalize(), "f")


def unit(code: str) -> str:
    """Return a UCUM unit as clinicians write it without error-prone abbreviations."""
    if code in _UNITS:
        return _UNITS[code]
    words = [_UNITS.get(part, part) for part in code.split("/")]
    return "/".join("day" if part == "d" else "hour" if part == "h" else part for part in words)


def amount(quantity: Quantity) -> str:
    """Return a quantity for a message: "2.4 g", "5-10 mg/kg"."""
    high = f"-{number(quantity.high)}" if quantity.high is not None else ""
    return f"{number(quantity.value)}{high} {unit(quantity.unit)}".strip()


def beside(stated: Quantity, limit: Quantity) -> str:
    """Return an amount, and in brackets in the unit of its limit: "1 mg (1000 mcg)"."""
    same = convert(stated, limit.unit) if stated.unit != limit.unit else None
    return amount(stated) if same is None else f"{amount(stated)} ({amount(same)})"


def rate(times: Decimal) -> str:
    """Return administrations a day as words: "once a week", "4 times a day"."""
    if times >= 1:
        return "once a day" if times == 1 else f"{number(times)} times a day"
    days = round(1 / times)
    return "once a week" if days == 7 else f"once every {days} days"


def people(row: DoseRow) -> str:
    """Return for whom and by which route a dose row holds: " for adults by mouth"."""
    who = {"adult": " for adults", "child": " for children", "any": ""}[row.population]
    routes = {
        "oral": " by mouth",
        "any": "",
        "inj": " by injection",
        "inhaled": " inhaled",
        "patch": " as a patch",
    }
    return who + routes.get(row.route, f" ({row.route})")
