from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from medrag.core.answer import Versions
from medrag.errors import ConfigError
from medrag.review.approval import Approval, approved, scope_version

USED = Versions(medrag="1", model="scripted", index="3-abc", prompt="p", rules="r", settings="s")
DAY = date(2031, 5, 1)


def approval(**changes: object) -> Approval:
    fields = {"by": "Dr. Example", "until": date(2031, 12, 31), "versions": USED}
    return Approval.model_validate({**fields, "scope": scope_version(), **changes})


def test_what_was_approved_may_answer() -> None:
    approved(USED, approval(), today=DAY)
    approved(USED, approval(until=DAY), today=DAY)


@pytest.mark.parametrize(
    ("field", "named"),
    [
        ("medrag", "version of medrag"),
        ("model", "model"),
        ("prompt", "prompt"),
        ("rules", "rule set"),
        ("settings", "settings"),
        ("index", "index"),
    ],
)
def test_a_part_that_differs_is_named_with_both_values(field: str, named: str) -> None:
    other = USED.model_copy(update={field: "other-2"})
    with pytest.raises(ConfigError, match=f"the {named}.* is 'other-2', approved is"):
        approved(other, approval(), today=DAY)


def test_every_part_that_differs_is_named() -> None:
    other = USED.model_copy(update={"model": "x", "prompt": "y"})
    with pytest.raises(ConfigError, match=r"the model .*; the prompt "):
        approved(other, approval(), today=DAY)


def test_an_approval_runs_out() -> None:
    with pytest.raises(ConfigError, match="ran out on 2031-04-30"):
        approved(USED, approval(until=date(2031, 4, 30)), today=DAY)


def test_other_scope_rules_need_another_approval() -> None:
    with pytest.raises(ConfigError, match="scope rules"):
        approved(USED, approval(scope="0" * 12), today=DAY)


def test_an_answer_for_which_no_rule_ran_differs_in_nothing() -> None:
    approved(USED.model_copy(update={"rules": "none run"}), approval(), today=DAY)


def test_the_index_rule_says_what_of_the_index_must_agree() -> None:
    rebuilt = USED.model_copy(update={"index": "4-abc"})
    changed = USED.model_copy(update={"index": "4-def"})
    with pytest.raises(ConfigError, match="index"):
        approved(rebuilt, approval(), today=DAY)
    approved(rebuilt, approval(index="content"), today=DAY)
    with pytest.raises(ConfigError, match="index"):
        approved(changed, approval(index="content"), today=DAY)
    approved(changed, approval(index="any"), today=DAY)


def test_an_approval_written_and_read_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "approval.toml"
    mine = approval(by='Dr. "Ä" \\ Example', note="two\nlines")
    path.write_text(mine.toml(), encoding="utf-8")
    assert Approval.load(path) == mine


def test_an_unknown_key_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "approval.toml"
    path.write_text(f"untill = 2031-01-01\n{approval().toml()}", encoding="utf-8")
    with pytest.raises(ConfigError, match="until"):
        Approval.load(path)
