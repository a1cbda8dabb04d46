"""What `rules lint --policy` says of an institution's policy."""

from __future__ import annotations

from datetime import date

import pytest

from medrag.checker import check, lint, load_policy
from medrag.checker.rows_patient import PregnancyRow
from medrag.checker.tables import load_knowledge
from medrag.errors import ConfigError

DAY = date(2026, 6, 1)
SOURCE = '[[rows.sources]]\nkey = "NF"\ntitle = "Northfield protocol"\nedition = "2026-03"\n'
DOSE = (
    '[[rows.doses]]\ndrug = "{drug}"\nroute = "oral"\npopulation = "adult"\nunit = "{unit}"\n'
    'single = {single}\ndaily = {daily}\nref = "{ref}"\n'
)


@pytest.fixture
def policy(tmp_path):
    def write(text):
        path = tmp_path / "policy.toml"
        path.write_text('name = "Northfield"\n' + text, encoding="utf-8")
        return load_policy(path, today=DAY)

    return write


def told(policy):
    shipped = set(lint())
    return [line for line in lint(policy) if line not in shipped]


def dose(drug="digoxin", unit="ug", single=62.5, daily=62.5, ref="NF"):
    return DOSE.format(drug=drug, unit=unit, single=single, daily=daily, ref=ref)


def test_a_sound_policy_has_nothing_to_mend(policy):
    assert told(policy(SOURCE + dose())) == []


def test_a_row_rests_on_the_institutions_own_protocol(policy):
    found = check("Digoxin 125 mcg by mouth daily.", policy=policy(SOURCE + dose())).findings
    references = [f.reference for f in found if f.rule_id == "MED101"]
    assert [(r.title, r.edition) for r in references] == [
        ("Northfield protocol (row of policy Northfield)", "2026-03")
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (SOURCE + dose(drug="digoxine"), "Did you mean 'digoxin'?"),
        (SOURCE + dose(unit="microgram"), "'microgram' is no UCUM unit"),
        (SOURCE + dose(single=100, daily=50), "a single dose above the daily maximum"),
        (SOURCE + dose() + dose(single=70, daily=70), "two rows overlap"),
        (
            '[[rows.contraindications]]\ndrug = "metformin"\ncondition = "left-handed"\n'
            'severity = "warning"\nreason = "x"\nref = "L4"\n',
            "nothing reads the condition 'left-handed'",
        ),
        (
            '[[severity]]\nrule = "MED104"\nsubject = "warfarine"\nseverity = "info"\n'
            'reason = "x"\n',
            "nothing is called 'warfarine'",
        ),
        (
            '[[disabled]]\nrule = "MED104"\nreason = "x"\nexpires = 2028-01-01\n',
            "off until 2028-01-01, for more than a year",
        ),
        (
            '[[disabled]]\nrule = "MED104"\nreason = "x"\nexpires = 2026-01-31\n',
            "MED104 runs again since 2026-01-31",
        ),
    ],
)
def test_what_never_applies_or_contradicts_itself_is_told(policy, text, words):
    lines = told(policy(text))
    assert len([line for line in lines if words in line]) == 1
    assert all(line.startswith("policy Northfield: ") for line in lines)


def test_a_row_that_changes_nothing_is_told(policy):
    shipped = next(row for row in load_knowledge().rows(PregnancyRow, "isotretinoin"))
    text = (
        f'[[rows.pregnancy]]\ndrug = "isotretinoin"\nstate = "{shipped.state}"\n'
        f'severity = "{shipped.severity}"\nreason = "{shipped.reason}"\n'
        f'instead = "{shipped.instead}"\nref = "L4"\n'
    )
    assert told(policy(text)) == [
        "policy Northfield: pregnancy: isotretinoin: the row says what the shipped table says."
    ]


def test_an_unknown_reference_is_refused_with_what_to_write(policy):
    with pytest.raises(ConfigError) as error:
        policy(dose(ref="NF"))
    message = str(error.value)
    assert "rows.doses, row 1 (digoxin): the reference 'NF' is unknown" in message
    assert "[[rows.sources]]" in message


def test_a_row_that_breaks_its_schema_is_named_by_its_number(policy):
    with pytest.raises(ConfigError) as error:
        policy(SOURCE + dose() + dose(drug="warfarin", unit="mg", single='"five"'))
    assert "rows.doses, row 2: column 'single'" in str(error.value)
