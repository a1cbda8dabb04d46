"""The atoms of UCUM that clinical data uses: what each is in base units, exactly.

Base units here are g, m, s, mol, C, K, cd and rad. Every arbitrary unit, and every unit that is
no ratio (Celsius, decibel), is a dimension of its own. So are equivalents and osmoles, which
UCUM's own table equates with moles: a milliequivalent of calcium is half a millimole.

Source: The Unified Code for Units of Measure, version 2.1, https://ucum.org, sections 27-48.
"""

from __future__ import annotations

from fractions import Fraction

Dimension = tuple[tuple[str, int], ...]
Atom = tuple[Fraction, Dimension]

PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1, "d": -1,
    "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip
"""Prefix -> power of ten."""

_PI = Fraction("3.1415926535897932384626433832795028841971693993751058209749445923")
_NEWTON = (("g", 1), ("m", 1), ("s", -2))
_PASCAL = (("g", 1), ("m", -1), ("s", -2))
_JOULE = (("g", 1), ("m", 2), ("s", -2))
_WATT = (("g", 1), ("m", 2), ("s", -3))
_VOLT = (("C", -1), ("g", 1), ("m", 2), ("s", -2))
_AMPERE = (("C", 1), ("s", -1))
_OHM = (("C", -2), ("g", 1), ("m", 2), ("s", -1))
_GRAY = (("m", 2), ("s", -2))
_PER_SECOND = (("s", -1),)
_LENGTH, _AREA, _VOLUME = (("m", 1),), (("m", 2),), (("m", 3),)
_MASS, _TIME = (("g", 1),), (("s", 1),)
_INCH = Fraction("0.0254")
_FOOT_US = Fraction(1200, 3937)
_GALLON_US, _GALLON_BR = 231 * _INCH**3, Fraction("0.00454609")
_TBS_US = _GALLON_US / 256
_GRAIN = Fraction("0.06479891")


def _own(*symbols: str) -> dict[str, Atom]:
    return {symbol: (Fraction(1), ((symbol, 1),)) for symbol in symbols}


METRIC: dict[str, Atom] = {
    "g": (Fraction(1), _MASS),
    "m": (Fraction(1), _LENGTH),
    "s": (Fraction(1), _TIME),
    "C": (Fraction(1), (("C", 1),)),
    "K": (Fraction(1), (("K", 1),)),
    "cd": (Fraction(1), (("cd", 1),)),
    "rad": (Fraction(1), (("rad", 1),)),
    "mol": (Fraction(1), (("mol", 1),)),
    "sr": (Fraction(1), (("rad", 2),)),
    "Hz": (Fraction(1), _PER_SECOND),
    "N": (Fraction(1000), _NEWTON),
    "Pa": (Fraction(1000), _PASCAL),
    "J": (Fraction(1000), _JOULE),
    "W": (Fraction(1000), _WATT),
    "A": (Fraction(1), _AMPERE),
    "V": (Fraction(1000), _VOLT),
    "F": (Fraction(1, 1000), (("C", 2), ("g", -1), ("m", -2), ("s", 2))),
    "Ohm": (Fraction(1000), _OHM),
    "S": (Fraction(1, 1000), (("C", 2), ("g", -1), ("m", -2), ("s", 1))),
    "Wb": (Fraction(1000), (("C", -1), ("g", 1), ("m", 2), ("s", -1))),
    "T": (Fraction(1000), (("C", -1), ("g", 1), ("s", -1))),
    "H": (Fraction(1000), (("C", -2), ("g", 1), ("m", 2))),
    "lm": (Fraction(1), (("cd", 1), ("rad", 2))),
    "lx": (Fraction(1), (("cd", 1), ("m", -2), ("rad", 2))),
    "Bq": (Fraction(1), _PER_SECOND),
    "Ci": (Fraction(37_000_000_000), _PER_SECOND),
    "Gy": (Fraction(1), _GRAY),
    "Sv": (Fraction(1), _GRAY),
    "RAD": (Fraction(1, 100), _GRAY),
    "REM": (Fraction(1, 100), _GRAY),
    "R": (Fraction("0.000000258"), (("C", 1), ("g", -1))),
    "L": (Fraction(1, 1000), _VOLUME),
    "l": (Fraction(1, 1000), _VOLUME),
    "t": (Fraction(1_000_000), _MASS),
    "ar": (Fraction(100), _AREA),
    "bar": (Fraction(100_000_000), _PASCAL),
    "kat": (Fraction(1), (("mol", 1), ("s", -1))),
    "U": (Fraction(1, 60_000_000), (("mol", 1), ("s", -1))),
    "cal": (Fraction(4184), _JOULE),
    "eV": (Fraction("1.60217733e-16"), _JOULE),
    "dyn": (Fraction(1, 100), _NEWTON),
    "erg": (Fraction(1, 10_000), _JOULE),
    "P": (Fraction(100), (("g", 1), ("m", -1), ("s", -1))),
    "m[Hg]": (Fraction(133_322_000), _PASCAL),
    "m[H2O]": (Fraction(9_806_650), _PASCAL),
    "[c]": (Fraction(299_792_458), (("m", 1), ("s", -1))),
    "[ly]": (299_792_458 * Fraction(31_557_600), _LENGTH),
    "[g]": (Fraction("9.80665"), (("m", 1), ("s", -2))),
    "[mu_0]": (4 * _PI / 10_000, (("C", -2), ("g", 1), ("m", 1))),
    "st": (Fraction(1), _VOLUME),
    **_own("eq", "osm", "[iU]", "bit", "By", "Cel", "B", "Np", "B[SPL]", "B[V]", "B[mV]", "B[uV]"),
    **_own("B[10.nV]", "B[W]", "B[kW]", "Bd", "[CFU]", "[ELU]", "[EU]"),
    "[IU]": (Fraction(1), (("[iU]", 1),)),
}
"""Atoms that take a prefix."""

PLAIN: dict[str, Atom] = {
    "10*": (Fraction(10), ()),
    "10^": (Fraction(10), ()),
    "%": (Fraction(1, 100), ()),
    "[ppth]": (Fraction(1, 1000), ()),
    "[ppm]": (Fraction(1, 10**6), ()),
    "[ppb]": (Fraction(1, 10**9), ()),
    "[pptr]": (Fraction(1, 10**12), ()),
    "[pi]": (_PI, ()),
    "deg": (_PI / 180, (("rad", 1),)),
    "'": (_PI / 10_800, (("rad", 1),)),
    "''": (_PI / 648_000, (("rad", 1),)),
    "min": (Fraction(60), _TIME),
    "h": (Fraction(3600), _TIME),
    "d": (Fraction(86_400), _TIME),
    "wk": (Fraction(604_800), _TIME),
    "mo": (Fraction(2_629_800), _TIME),
    "mo_j": (Fraction(2_629_800), _TIME),
    "a": (Fraction(31_557_600), _TIME),
    "a_j": (Fraction(31_557_600), _TIME),
    "atm": (Fraction(101_325_000), _PASCAL),
    "[in_i'Hg]": (_INCH * 133_322_000, _PASCAL),
    "[psi]": (Fraction("453.59237") * Fraction("9.80665") / _INCH**2, _PASCAL),
    "[in_i]": (_INCH, _LENGTH),
    "[ft_i]": (12 * _INCH, _LENGTH),
    "[yd_i]": (36 * _INCH, _LENGTH),
    "[mi_i]": (5280 * 12 * _INCH, _LENGTH),
    "[sin_i]": (_INCH**2, _AREA),
    "[sft_i]": ((12 * _INCH) ** 2, _AREA),
    "[syd_i]": ((36 * _INCH) ** 2, _AREA),
    "[cin_i]": (_INCH**3, _VOLUME),
    "[in_us]": (_FOOT_US / 12, _LENGTH),
    "[ft_us]": (_FOOT_US, _LENGTH),
    "[yd_us]": (3 * _FOOT_US, _LENGTH),
    "[mi_us]": (5280 * _FOOT_US, _LENGTH),
    "[gal_us]": (_GALLON_US, _VOLUME),
    "[qt_us]": (_GALLON_US / 4, _VOLUME),
    "[pt_us]": (_GALLON_US / 8, _VOLUME),
    "[cup_us]": (16 * _TBS_US, _VOLUME),
    "[foz_us]": (2 * _TBS_US, _VOLUME),
    "[tbs_us]": (_TBS_US, _VOLUME),
    "[tsp_us]": (_TBS_US / 3, _VOLUME),
    "[cup_m]": (Fraction(240, 10**6), _VOLUME),
    "[tbs_m]": (Fraction(15, 10**6), _VOLUME),
    "[tsp_m]": (Fraction(5, 10**6), _VOLUME),
    "[foz_m]": (Fraction(30, 10**6), _VOLUME),
    "[gal_br]": (_GALLON_BR, _VOLUME),
    "[qt_br]": (_GALLON_BR / 4, _VOLUME),
    "[pt_br]": (_GALLON_BR / 8, _VOLUME),
    "[foz_br]": (_GALLON_BR / 160, _VOLUME),
    "[gr]": (_GRAIN, _MASS),
    "[lb_av]": (7000 * _GRAIN, _MASS),
    "[oz_av]": (7000 * _GRAIN / 16, _MASS),
    "[stone_av]": (98_000 * _GRAIN, _MASS),
    "[Ch]": (Fraction(1, 3000), _LENGTH),
    "[drp]": (Fraction(1), (("[drp]", 1),)),
    "[Cal]": (Fraction(4_184_000), _JOULE),
    **_own("[degF]", "[pH]", "[HPF]", "[LPF]", "[arb'U]", "[USP'U]", "[GPL'U]", "[MPL'U]"),
    **_own("[APL'U]", "[beth'U]", "[anti'Xa'U]", "[todd'U]", "[dye'U]", "[smgy'U]", "[bdsk'U]"),
    **_own("[ka'U]", "[knk'U]", "[mclg'U]", "[tb'U]", "[CCID_50]", "[TCID_50]", "[EID_50]"),
    **_own("[PFU]", "[FFU]", "[BAU]", "[AU]", "[Amb'a'1'U]", "[PNU]", "[Lf]", "[D'ag'U]", "[FEU]"),
    **_own("[diop]", "[p'diop]", "[hnsf'U]", "[MET]", "[IR]", "[S]"),
}
"""Atoms that take no prefix."""
