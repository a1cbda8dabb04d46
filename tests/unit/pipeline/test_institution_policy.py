"""What an institution decided about the checker reaches its answers, and shows there."""

import medrag
from medrag.config import Settings

POLICY = """
name = "Northfield"

[[severity]]
rule = "MED304"
severity = "info"
reason = "the kidney clinic looks at every order"
"""
FAILING = medrag.Patient(labs=[{"name": "eGFR", "value": 12, "unit": "mL/min/1.73m2"}])


def test_an_engine_checks_by_the_policy_of_its_settings(tmp_path):
    (tmp_path / "m.md").write_text(
        "# Metformin\n\n## Dose\n\nGive metformin 500 mg twice daily to adults.\n", encoding="utf-8"
    )
    index = medrag.Index.build(
        [tmp_path / "m.md"], tmp_path / "index", embedder="hashing", progress=False
    )
    question = "What dose of metformin do adults get?"
    plain = medrag.QueryEngine(index).query(question, patient=FAILING)
    (renal,) = {finding.rule_id for finding in plain.findings if finding.category == "renal"}
    path = tmp_path / "policy.toml"
    path.write_text(POLICY.replace("MED304", renal), encoding="utf-8")
    decided = medrag.QueryEngine(index, settings=Settings(policy=str(path)))
    answer = decided.query(question, patient=FAILING)
    severities = {f.severity for f in answer.findings if f.category == "renal"}
    assert plain.status == "blocked"
    assert severities == {"info"}
    assert answer.versions.rules != plain.versions.rules
