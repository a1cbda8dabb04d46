"""Clinical formulas, each with its source and an example computed by hand.

All take and return `Decimal`. Arguments are in the units named; an argument outside what the
formula was made for raises `ValueError`. Results are not rounded: whoever shows one rounds it.
Powers and logarithms are computed in `Decimal` at 28 significant digits.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

Sex = Literal["female", "male"]

_ONE = Decimal(1)
MME_FACTORS: dict[str, Decimal] = {
    "codeine": Decimal("0.15"),
    "fentanyl-transdermal": Decimal("2.4"),
    "hydrocodone": Decimal("1.0"),
    "hydromorphone": Decimal("5.0"),
    "methadone": Decimal("4.7"),
    "morphine": Decimal("1.0"),
    "oxycodone": Decimal("1.5"),
    "oxymorphone": Decimal("3.0"),
    "tapentadol": Decimal("0.4"),
    "tramadol": Decimal("0.2"),
}
"""Oral morphine milligrams of one milligram a day (of transdermal fentanyl: one mcg/h).

Source: CDC Clinical Practice Guideline for Prescribing Opioids for Pain, United States, 2022,
MMWR Recomm Rep 2022;71(3), Table "Morphine milligram equivalent doses for commonly prescribed
opioids". Buprenorphine has no factor there, on purpose.
"""


def cockcroft_gault(
    *, age_years: Decimal, weight_kg: Decimal, creatinine_mg_dl: Decimal, sex: Sex
) -> Decimal:
    """Return the creatinine clearance in mL/min.

    `(140 - age) * weight / (72 * creatinine)`, times 0.85 for women. For adults with stable
    creatinine. Example: a woman of 80, 50 kg, 1.4 mg/dL: 60 * 50 / 100.8 * 0.85 = 25.3.

    Source: Cockcroft DW, Gault MH. Nephron 1976;16:31-41, doi:10.1159/000180580.

    Raises:
        ValueError: Age outside [18, 120], weight outside [20, 400] kg, or creatinine outside
            [0.1, 30] mg/dL.
    """
    _within("age_years", age_years, 18, 120)
    _within("weight_kg", weight_kg, 20, 400)
    _within("creatinine_mg_dl", creatinine_mg_dl, Decimal("0.1"), 30)
    clearance = (140 - age_years) * weight_kg / (72 * creatinine_mg_dl)
    return clearance * Decimal("0.85") if sex == "female" else clearance


def ckd_epi_2021(*, age_years: Decimal, creatinine_mg_dl: Decimal, sex: Sex) -> Decimal:
    """Return the estimated glomerular filtration rate in mL/min/1.73 m2, without race.

    `142 * min(Scr/k, 1)^a * max(Scr/k, 1)^-1.200 * 0.9938^age`, times 1.012 for women, with
    k 0.7 and a -0.241 for women, 0.9 and -0.302 for men. Example: a man of 50 with 1.2 mg/dL:
    142 * (1.3333)^-1.2 * 0.9938^50 = 142 * 0.7081 * 0.7327 = 73.7.

    Source: Inker LA et al. N Engl J Med 2021;385:1737-1749, doi:10.1056/NEJMoa2102953.

    Raises:
        ValueError: Age outside [18, 120] or creatinine outside [0.1, 30] mg/dL.
    """
    _within("age_years", age_years, 18, 120)
    _within("creatinine_mg_dl", creatinine_mg_dl, Decimal("0.1"), 30)
    female = sex == "female"
    ratio = creatinine_mg_dl / (Decimal("0.7") if female else Decimal("0.9"))
    low = min(ratio, _ONE) ** (Decimal("-0.241") if female else Decimal("-0.302"))
    high = max(ratio, _ONE) ** Decimal("-1.200")
    rate = 142 * low * high * Decimal("0.9938") ** age_years
    return rate * Decimal("1.012") if female else rate


def bmi(*, weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return the body mass index in kg/m2: weight over height in metres, squared.

    Example: 80 kg, 200 cm: 80 / 4 = 20.

    Source: WHO Technical Report Series 894, 2000.

    Raises:
        ValueError: Weight outside [0.2, 700] kg or height outside [20, 280] cm.
    """
    _body(weight_kg, height_cm)
    return weight_kg / (height_cm / 100) ** 2


def bsa_mosteller(*, weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return the body surface area in m2: the root of `height * weight / 3600`.

    Example: 80 kg, 180 cm: sqrt(14400 / 3600) = 2.

    Source: Mosteller RD. N Engl J Med 1987;317:1098, doi:10.1056/NEJM198710223171717.

    Raises:
        ValueError: Weight outside [0.2, 700] kg or height outside [20, 280] cm.
    """
    _body(weight_kg, height_cm)
    return (height_cm * weight_kg / 3600).sqrt()


def bsa_du_bois(*, weight_kg: Decimal, height_cm: Decimal) -> Decimal:
    """Return the body surface area in m2: `0.007184 * weight^0.425 * height^0.725`.

    Example: 70 kg, 170 cm: 0.007184 * 6.0830 * 41.406 = 1.81.

    Source: Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863-871,
    doi:10.1001/archinte.1916.00080130010002.

    Raises:
        ValueError: Weight outside [0.2, 700] kg or height outside [20, 280] cm.
    """
    _body(weight_kg, height_cm)
    factor = weight_kg ** Decimal("0.425") * height_cm ** Decimal("0.725")
    return Decimal("0.007184") * factor


def ideal_body_weight(*, height_cm: Decimal, sex: Sex) -> Decimal:
    """Return the ideal body weight in kg: 50 (men) or 45.5 (women) plus 2.3 per inch over 60.

    Example: a man of 182.88 cm (72 in): 50 + 2.3 * 12 = 77.6.

    Source: Devine BJ. Drug Intell Clin Pharm 1974;8:650-655.

    Raises:
        ValueError: Height below 152.4 cm (60 in), for which it was not made, or above 280.
    """
    _within("height_cm", height_cm, Decimal("152.4"), 280)
    base = Decimal("45.5") if sex == "female" else Decimal(50)
    return base + Decimal("2.3") * (height_cm / Decimal("2.54") - 60)


def adjusted_body_weight(*, weight_kg: Decimal, height_cm: Decimal, sex: Sex) -> Decimal:
    """Return ideal weight plus 0.4 times the weight above it, in kg.

    Example: a man of 182.88 cm and 127.6 kg: 77.6 + 0.4 * 50 = 97.6.

    Source: Bauer LA. Applied Clinical Pharmacokinetics, 3rd edition, 2014, chapter 4.

    Raises:
        ValueError: The height is outside [152.4, 280] cm, or the weight is outside [20, 700] kg
            or not above the ideal weight.
    """
    _within("weight_kg", weight_kg, 20, 700)
    ideal = ideal_body_weight(height_cm=height_cm, sex=sex)
    if weight_kg < ideal:
        raise ValueError("the weight is below the ideal weight: use the weight itself")
    return ideal + Decimal("0.4") * (weight_kg - ideal)


def corrected_calcium(*, calcium_mg_dl: Decimal, albumin_g_dl: Decimal) -> Decimal:
    """Return total calcium in mg/dL as it would be at an albumin of 4 g/dL.

    `calcium + 0.8 * (4 - albumin)`. Example: 8.0 mg/dL, 2.5 g/dL: 8.0 + 1.2 = 9.2.

    Source: Payne RB et al. Br Med J 1973;4:643-646, doi:10.1136/bmj.4.5893.643, in the
    conventional-unit form in general use.

    Raises:
        ValueError: Calcium outside [2, 25] mg/dL or albumin outside [0.5, 7] g/dL.
    """
    _within("calcium_mg_dl", calcium_mg_dl, 2, 25)
    _within("albumin_g_dl", albumin_g_dl, Decimal("0.5"), 7)
    return calcium_mg_dl + Decimal("0.8") * (4 - albumin_g_dl)


def anion_gap(*, sodium: Decimal, chloride: Decimal, bicarbonate: Decimal) -> Decimal:
    """Return sodium minus chloride minus bicarbonate, all in mmol/L; potassium is left out.

    Example: 140, 104, 24: 12.

    Source: Kraut JA, Madias NE. Clin J Am Soc Nephrol 2007;2:162-174,
    doi:10.2215/CJN.03020906.

    Raises:
        ValueError: Sodium outside [80, 220], chloride outside [40, 180] or bicarbonate outside
            [0, 80] mmol/L.
    """
    _within("sodium", sodium, 80, 220)
    _within("chloride", chloride, 40, 180)
    _within("bicarbonate", bicarbonate, 0, 80)
    return sodium - chloride - bicarbonate


def qtc_bazett(*, qt_ms: Decimal, heart_rate: Decimal) -> Decimal:
    """Return the QT interval in ms corrected by the square root of the RR interval in s.

    Example: 400 ms at 60/min: 400. At 240/min the RR is 0.25 s: 200 / 0.5 = 400.

    Source: Bazett HC. Heart 1920;7:353-370.

    Raises:
        ValueError: QT outside [100, 1000] ms or heart rate outside [20, 300] a minute.
    """
    return qt_ms / _rr(qt_ms, heart_rate).sqrt()


def qtc_fridericia(*, qt_ms: Decimal, heart_rate: Decimal) -> Decimal:
    """Return the QT interval in ms corrected by the cube root of the RR interval in s.

    Example: 400 ms at 60/min: 400. With an RR of 0.512 s (117.1875/min): 400 / 0.8 = 500.

    Source: Fridericia LS. Acta Med Scand 1920;53:469-486,
    doi:10.1111/j.0954-6820.1920.tb18266.x.

    Raises:
        ValueError: QT outside [100, 1000] ms or heart rate outside [20, 300] a minute.
    """
    return qt_ms / _rr(qt_ms, heart_rate) ** (_ONE / 3)


def morphine_equivalents(doses: dict[str, Decimal]) -> Decimal:
    """Return the oral morphine milligrams a day that a day's opioids amount to.

    Args:
        doses: Milligrams a day for each key of `MME_FACTORS` (mcg/h for the fentanyl patch).

    Example: oxycodone 30 mg and hydrocodone 20 mg a day: 30 * 1.5 + 20 * 1 = 65.

    Source: that of `MME_FACTORS`.

    Raises:
        ValueError: An opioid has no factor, or a dose is negative.
    """
    total = Decimal(0)
    for opioid, dose in doses.items():
        if opioid not in MME_FACTORS:
            known = ", ".join(sorted(MME_FACTORS))
            raise ValueError(f"no conversion factor for {opioid!r}; known: {known}")
        _within(opioid, dose, 0, 100_000)
        total += MME_FACTORS[opioid] * dose
    return total


def child_pugh(
    *,
    bilirubin_mg_dl: Decimal,
    albumin_g_dl: Decimal,
    inr: Decimal,
    ascites: Literal["none", "mild", "moderate-severe"],
    encephalopathy_grade: int,
) -> tuple[int, Literal["A", "B", "C"]]:
    """Return the Child-Pugh score, 5 to 15, and its class (A to 6, B to 9, C from 10).

    Bilirubin <2, 2-3, >3 mg/dL; albumin >3.5, 2.8-3.5, <2.8 g/dL; INR <1.7, 1.7-2.3, >2.3;
    ascites; encephalopathy none, grade 1-2, grade 3-4: one to three points each. Example:
    2.5 mg/dL, 3.0 g/dL, 1.5, mild, 0: 2 + 2 + 1 + 2 + 1 = 8, class B.

    Source: Pugh RNH et al. Br J Surg 1973;60:646-649, doi:10.1002/bjs.1800600817, with INR for
    prothrombin time as in FDA guidance on hepatic impairment, 2003. Cholestatic disease, for
    which other bilirubin limits hold, is not covered.

    Raises:
        ValueError: Bilirubin outside [0, 80] mg/dL, albumin outside [0.5, 7] g/dL, INR outside
            [0.5, 20], or a grade outside 0 to 4.
    """
    _within("bilirubin_mg_dl", bilirubin_mg_dl, 0, 80)
    _within("albumin_g_dl", albumin_g_dl, Decimal("0.5"), 7)
    _within("inr", inr, Decimal("0.5"), 20)
    _within("encephalopathy_grade", Decimal(encephalopathy_grade), 0, 4)
    score = _points(bilirubin_mg_dl, Decimal(2), Decimal(3))
    score += 4 - _points(albumin_g_dl, Decimal("2.8"), Decimal("3.5"))
    score += _points(inr, Decimal("1.7"), Decimal("2.3"))
    score += {"none": 1, "mild": 2, "moderate-severe": 3}[ascites]
    score += _points(Decimal(encephalopathy_grade), Decimal(1), Decimal(2))
    return score, "A" if score <= 6 else "B" if score <= 9 else "C"


def _points(value: Decimal, low: Decimal, high: Decimal) -> int:
    return 1 if value < low else 2 if value <= high else 3


def _rr(qt_ms: Decimal, heart_rate: Decimal) -> Decimal:
    _within("qt_ms", qt_ms, 100, 1000)
    _within("heart_rate", heart_rate, 20, 300)
    return 60 / heart_rate


def _body(weight_kg: Decimal, height_cm: Decimal) -> None:
    _within("weight_kg", weight_kg, Decimal("0.2"), 700)
    _within("height_cm", height_cm, 20, 280)


def _within(name: str, value: Decimal, low: Decimal | int, high: Decimal | int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} must be between {low} and {high}, got {value}")
