"""Each formula against an example worked by hand or printed with its source."""

from __future__ import annotations

from decimal import Decimal

import pytest

from medrag.clinical import formulas


def near(value: Decimal, expected: str, tolerance: str) -> bool:
    return abs(value - Decimal(expected)) <= Decimal(tolerance)


def test_cockcroft_gault_of_an_old_light_woman():
    clearance = formulas.cockcroft_gault(
        age_years=Decimal(80), weight_kg=Decimal(50), creatinine_mg_dl=Decimal("1.4"), sex="female"
    )
    assert near(clearance, "25.298", "0.001")  # 60 * 50 / 100.8 * 0.85


def test_cockcroft_gault_of_a_man_has_no_sex_factor():
    clearance = formulas.cockcroft_gault(
        age_years=Decimal(40), weight_kg=Decimal(72), creatinine_mg_dl=Decimal(1), sex="male"
    )
    assert clearance == Decimal(100)  # 100 * 72 / 72


@pytest.mark.parametrize(
    ("age", "creatinine", "sex", "expected"),
    [
        # Computed with the published equation by logarithms, to one decimal.
        ("50", "1.2", "male", "73.7"),
        ("50", "0.9", "male", "104.0"),  # ratio 1: 142 * 0.9938^50
        ("50", "0.7", "female", "105.3"),  # ratio 1: 142 * 0.9938^50 * 1.012
        ("70", "2.0", "female", "26.3"),
    ],
)
def test_ckd_epi_2021(age, creatinine, sex, expected):
    rate = formulas.ckd_epi_2021(
        age_years=Decimal(age), creatinine_mg_dl=Decimal(creatinine), sex=sex
    )
    assert near(rate, expected, "0.1")


def test_bmi_is_weight_over_height_squared():
    assert formulas.bmi(weight_kg=Decimal(80), height_cm=Decimal(200)) == Decimal(20)


def test_mosteller_surface():
    assert formulas.bsa_mosteller(weight_kg=Decimal(80), height_cm=Decimal(180)) == Decimal(2)


def test_du_bois_surface():
    assert near(
        formulas.bsa_du_bois(weight_kg=Decimal(70), height_cm=Decimal(170)), "1.81", "0.005"
    )


def test_ideal_weight_of_six_feet():
    assert formulas.ideal_body_weight(height_cm=Decimal("182.88"), sex="male") == Decimal("77.6")
    assert formulas.ideal_body_weight(height_cm=Decimal("152.4"), sex="female") == Decimal("45.5")


def test_adjusted_weight_takes_two_fifths_of_the_excess():
    weight = formulas.adjusted_body_weight(
        weight_kg=Decimal("127.6"), height_cm=Decimal("182.88"), sex="male"
    )
    assert weight == Decimal("97.6")


def test_adjusted_weight_is_refused_below_the_ideal_weight():
    with pytest.raises(ValueError, match="below the ideal weight"):
        formulas.adjusted_body_weight(
            weight_kg=Decimal(60), height_cm=Decimal("182.88"), sex="male"
        )


def test_corrected_calcium():
    assert formulas.corrected_calcium(
        calcium_mg_dl=Decimal("8.0"), albumin_g_dl=Decimal("2.5")
    ) == Decimal("9.2")


def test_anion_gap_leaves_potassium_out():
    assert formulas.anion_gap(
        sodium=Decimal(140), chloride=Decimal(104), bicarbonate=Decimal(24)
    ) == Decimal(12)


def test_both_qt_corrections_leave_sixty_a_minute_alone():
    assert formulas.qtc_bazett(qt_ms=Decimal(400), heart_rate=Decimal(60)) == Decimal(400)
    assert near(
        formulas.qtc_fridericia(qt_ms=Decimal(400), heart_rate=Decimal(60)), "400", "0.0001"
    )


def test_bazett_divides_by_the_square_root_of_rr():
    assert formulas.qtc_bazett(qt_ms=Decimal(200), heart_rate=Decimal(240)) == Decimal(400)


def test_fridericia_divides_by_the_cube_root_of_rr():
    corrected = formulas.qtc_fridericia(qt_ms=Decimal(400), heart_rate=Decimal("117.1875"))
    assert near(corrected, "500", "0.0001")


def test_morphine_equivalents_add_up():
    doses = {"oxycodone": Decimal(30), "hydrocodone": Decimal(20)}
    assert formulas.morphine_equivalents(doses) == Decimal(65)


def test_the_fentanyl_patch_counts_per_microgram_an_hour():
    assert formulas.morphine_equivalents({"fentanyl-transdermal": Decimal(25)}) == Decimal(60)


def test_an_opioid_without_factor_is_refused():
    with pytest.raises(ValueError, match="no conversion factor"):
        formulas.morphine_equivalents({"buprenorphine": Decimal(8)})


@pytest.mark.parametrize(
    ("bilirubin", "albumin", "inr", "ascites", "grade", "expected"),
    [
        ("1.9", "3.6", "1.6", "none", 0, (5, "A")),
        ("2.5", "3.0", "1.5", "mild", 0, (8, "B")),
        ("3.1", "2.7", "2.4", "moderate-severe", 3, (15, "C")),
        ("2.0", "3.5", "1.7", "none", 1, (9, "B")),  # every bound belongs to the middle
    ],
)
def test_child_pugh(bilirubin, albumin, inr, ascites, grade, expected):
    score = formulas.child_pugh(
        bilirubin_mg_dl=Decimal(bilirubin),
        albumin_g_dl=Decimal(albumin),
        inr=Decimal(inr),
        ascites=ascites,
        encephalopathy_grade=grade,
    )
    assert score == expected


@pytest.mark.parametrize(
    "call",
    [
        lambda: formulas.cockcroft_gault(
            age_years=Decimal(10),
            weight_kg=Decimal(30),
            creatinine_mg_dl=Decimal("0.5"),
            sex="male",
        ),
        lambda: formulas.ckd_epi_2021(
            age_years=Decimal(50), creatinine_mg_dl=Decimal(106), sex="male"
        ),
        lambda: formulas.bmi(weight_kg=Decimal(0), height_cm=Decimal(170)),
        lambda: formulas.ideal_body_weight(height_cm=Decimal(140), sex="female"),
        lambda: formulas.anion_gap(
            sodium=Decimal(14), chloride=Decimal(104), bicarbonate=Decimal(24)
        ),
        lambda: formulas.qtc_bazett(qt_ms=Decimal("0.4"), heart_rate=Decimal(60)),
    ],
)
def test_what_a_formula_was_not_made_for_is_refused(call):
    with pytest.raises(ValueError, match="must be between"):
        call()
