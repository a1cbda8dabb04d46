from __future__ import annotations


def test_a_policy_with_a_misspelled_drug_is_something_to_mend(medrag, tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text(
        'name = "N"\n[[rows.ages]]\ndrug = "metformine"\nside = "under"\nage_years = 10\n'
        'severity = "info"\nreason = "x"\nref = "L8.4"\n',
        encoding="utf-8",
    )
    done = medrag("rules", "lint", "--policy", path)
    assert done.status == 1
    assert "policy N: ages: the lexicon has no ingredient 'metformine'" in done.out


def test_a_policy_that_cannot_be_loaded_is_bad_input(medrag, tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text('name = "N"\nrule = 1\n', encoding="utf-8")
    done = medrag("rules", "lint", "--policy", path)
    assert done.status == 2
    assert "rule" in done.err


def test_a_sound_policy_leaves_nothing_to_mend(medrag, tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text('name = "N"\n', encoding="utf-8")
    done = medrag("rules", "lint", "--policy", path)
    assert (done.status, done.out) == (0, "0 to mend\n")
