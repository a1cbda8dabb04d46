"""Policies: what an institution may change, and how it shows."""

from __future__ import annotations

from datetime import date

import pytest

from medrag.checker import check, load_policy
from medrag.errors import ConfigError

DAY = date(2026, 6, 1)
DIGOXIN = "Digoxin 125 mg daily."


@pytest.fixture
def policy(tmp_path):
    def write(text, today=DAY):
        path = tmp_path / "policy.toml"
        path.write_text(text, encoding="utf-8")
        return load_policy(path, today=today)

    return write


def test_a_severity_override_shows_its_reason(policy):
    given = policy(
        'name = "Northfield"\n[[severity]]\nrule = "MED104"\nseverity = "info"\nreason = "trial"'
    )
    finding = check(DIGOXIN, policy=given).findings[0]
    assert finding.severity == "info"
    assert "by policy Northfield: trial" in finding.message


def test_an_override_for_another_subject_changes_nothing(policy):
    given = policy(
        'name = "N"\n[[severity]]\nrule = "MED104"\nsubject = "warfarin"\nseverity = "info"\n'
        'reason = "trial"'
    )
    assert check(DIGOXIN, policy=given).findings[0].severity == "critical"


@pytest.mark.parametrize(("today", "runs"), [(date(2026, 6, 30), False), (date(2026, 7, 1), True)])
def test_a_disabled_rule_is_off_until_its_last_day_and_says_so(policy, today, runs):
    given = policy(
        'name = "N"\n[[disabled]]\nrule = "MED104"\nreason = "under review"\nexpires = 2026-06-30',
        today,
    )
    report = check(DIGOXIN, policy=given)
    assert ("MED104" in report.rules_run) is runs
    said = any("under review" in item.reason for item in report.not_checked)
    assert said is not runs


def test_an_extra_row_comes_before_the_shipped_ones(policy):
    given = policy(
        'name = "N"\n[[rows.contraindications]]\ndrug = "metformin"\ncondition = "asthma"\n'
        'severity = "warning"\nreason = "local rule"\nref = "L4"'
    )
    text = "Start metformin 500 mg in this patient with asthma."
    assert any("local rule" in f.message for f in check(text, policy=given).findings)
    assert not any("local rule" in f.message for f in check(text).findings)


def test_the_rule_set_names_the_policy(policy):
    given = policy('name = "Northfield"')
    assert "Northfield" in check("x", policy=given).rule_set
    assert "Northfield" not in check("x").rule_set


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('name = "N"\n[[disabled]]\nrule = "MED104"\nreason = "x"', "expires"),
        ('name = "N"\n[[disabled]]\nrule = "MED9"\nreason = "x"\nexpires = 2026-01-01', "MED9"),
        ('name = "N"\nseverty = 1', "severty"),
        ('name = "N"\n[[rows.doses]]\ndrug = "metformin"', "rows.doses"),
        ('name = "N"\n[[rows.dose]]\ndrug = "metformin"', "There is no table 'dose'"),
        (
            'name = "N"\n[[rows.foods]]\ndrug = "metformin"\nfood = "x"\nseverity = "info"\n'
            'effect = "y"',
            "must name its `ref`",
        ),
        ("name = ", "not a readable UTF-8 TOML file"),
        ("name = " + "[" * 5000, "not a readable UTF-8 TOML file"),
    ],
)
def test_a_policy_that_breaks_its_schema_is_refused(policy, text, words):
    with pytest.raises(ConfigError) as error:
        policy(text)
    assert words in str(error.value)


LOCAL_DOSE = (
    'name = "Northfield"\n[[rows.doses]]\ndrug = "digoxin"\nroute = "oral"\npopulation = "adult"\n'
    'unit = "ug"\nsingle = "{single}"\ndaily = "{daily}"\nref = "L2"'
)


def doses(text, policy):
    ids = {"MED101", "MED102", "MED103"}
    return [f for f in check(text, policy=policy).findings if f.rule_id in ids]


def test_a_stricter_local_limit_replaces_the_shipped_one_and_is_named(policy):
    given = policy(LOCAL_DOSE.format(single=62.5, daily=62.5))
    text = "Digoxin 125 mcg by mouth daily."
    assert doses(text, None) == []
    found, *_ = doses(text, given)
    assert found.reference is not None
    assert "row of policy Northfield" in found.reference.title


def test_a_looser_local_limit_replaces_the_shipped_one(policy):
    given = policy(LOCAL_DOSE.format(single=3000, daily=3000))
    text = "Digoxin 2000 mcg by mouth daily."
    assert doses(text, None) != []
    assert doses(text, given) == []


def test_a_local_row_of_one_drug_wins_over_the_shipped_row_of_its_group(policy):
    given = policy(
        'name = "N"\n[[rows.pregnancy]]\ndrug = "lisinopril"\nstate = "pregnant"\n'
        'severity = "warning"\nreason = "local words"\nref = "L4"'
    )
    text = "She is 22 weeks pregnant. Lisinopril 10 mg daily."
    said = [f for f in check(text, policy=given).findings if f.rule_id == "MED306"]
    assert [f.severity for f in said] == ["warning"]
    assert "local words" in said[0].message


def test_a_local_interaction_wins_in_either_order(policy):
    given = policy(
        'name = "N"\n[[rows.interactions]]\ndrug = "clarithromycin"\nother = "simvastatin"\n'
        'severity = "info"\neffect = "local"\naction = "as agreed"\nref = "L7"'
    )
    text = "Start simvastatin 40 mg and clarithromycin 500 mg twice daily."
    said = [f for f in check(text, policy=given).findings if f.rule_id == "MED201"]
    assert [f.severity for f in said] == ["info"]


@pytest.mark.parametrize(("today", "told"), [(date(2026, 6, 30), True), (date(2026, 7, 1), False)])
def test_a_rule_silent_about_one_subject_says_so(policy, today, told):
    given = policy(
        'name = "N"\n[[disabled]]\nrule = "MED104"\nsubject = "digoxin"\nreason = "agreed"\n'
        "expires = 2026-06-30",
        today,
    )
    report = check(f"{DIGOXIN} Levothyroxine 100 mg daily.", policy=given)
    silenced = [item for item in report.not_checked if "agreed" in item.reason]
    assert bool(silenced) is told
    kept = {f.message.split()[0] for f in report.findings if f.rule_id == "MED104"}
    assert kept == ({"levothyroxine"} if told else {"levothyroxine", "digoxin"})
    assert "MED104" in report.rules_run
