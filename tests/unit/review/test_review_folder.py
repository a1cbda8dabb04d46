"""Pending answers and decisions on disk."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from medrag.core.answer import Override
from medrag.errors import InputError, NotReviewedError
from medrag.review import Entry, ReviewFolder, actionable, countersign, sign

NOW = datetime(2131, 5, 1, 9, 0, tzinfo=timezone.utc)  # no release is before the present


@pytest.fixture
def folder(tmp_path):
    return ReviewFolder(tmp_path / "reviews")


def signed(answer):
    return sign(answer, reviewer="R", decision="accept", reason="fits", now=NOW)


def test_an_empty_or_absent_folder_lists_nothing(folder):
    assert folder.entries() == []


def test_an_answer_comes_back_as_it_was_stored(folder, answer):
    name = folder.add(answer)
    assert folder.answer(name) == answer
    assert folder.answer(name).digest == answer.digest
    assert folder.reviewed(name) is None
    assert folder.entries() == [Entry(name, "partly_supported", 0)]


def test_a_decision_comes_back_and_may_act(folder, answer):
    name = folder.record(signed(answer))
    assert actionable(folder.reviewed(name), now=NOW)["claims"]
    until = NOW + timedelta(hours=24)
    assert folder.entries() == [
        Entry(name, "partly_supported", 0, "accept", "R", NOW, until, is_waiting=False)
    ]


def test_the_folder_says_when_a_second_person_is_awaited(folder, critical):
    folder.path.mkdir()
    (folder.path / "policy.toml").write_text('two_persons = "critical"\n')
    overrides = [Override(rule_id=f.rule_id, code="will-monitor") for f in critical.findings]
    first = sign(critical, "R", "accept", overrides=overrides, policy=folder.policy, now=NOW)
    name = folder.record(first)
    assert folder.entries()[0].is_waiting
    folder.record(countersign(first, "S", "accept", policy=folder.policy, now=NOW))
    entry = folder.entries()[0]
    assert (entry.is_waiting, entry.reviewer, entry.second) == (False, "R", "S")
    assert actionable(folder.reviewed(name), policy=folder.policy, now=NOW)["second_review"]
    (folder.path / f"{name}.review.json").unlink()
    (folder.path / f"{name}.review.1.json").rename(folder.path / f"{name}.review.json")
    with pytest.raises(NotReviewedError, match="One of two persons"):
        actionable(folder.reviewed(name), policy=folder.policy, now=NOW)


def test_a_misspelled_policy_is_refused(folder):
    folder.path.mkdir()
    (folder.path / "policy.toml").write_text('two_person = "always"\n')
    with pytest.raises(InputError, match="Did you mean 'two_persons'"):
        _ = folder.policy


def test_pending_answers_are_listed_before_decided_ones(folder, answer, critical):
    done = folder.record(signed(answer))
    waiting = folder.add(critical)
    assert [entry.id for entry in folder.entries()] == [waiting, done]
    assert folder.entries()[0].critical == 3


def test_storing_the_same_answer_twice_is_one_file_and_leaves_no_other(folder, answer):
    name = folder.add(answer)
    assert folder.add(answer) == name
    assert [path.name for path in folder.path.iterdir()] == [f"{name}.answer.json"]


def test_a_file_changed_on_disk_is_refused(folder, answer):
    name = folder.record(signed(answer))
    for kind in ("answer", "review"):
        path = folder.path / f"{name}.{kind}.json"
        path.write_text(path.read_text().replace("40 mg", "400 mg"))
    with pytest.raises(InputError, match="was changed"):
        folder.answer(name)
    with pytest.raises(InputError, match="was changed"):
        folder.reviewed(name)


def test_a_decision_on_another_answer_is_refused(folder, answer, critical):
    name, other = folder.record(signed(answer)), folder.add(critical)
    path = folder.path / f"{name}.review.json"
    path.rename(folder.path / f"{other}.review.json")
    with pytest.raises(InputError, match="of another answer"):
        folder.reviewed(other)


@pytest.mark.parametrize("name", ["", "../../../etc/passwd", "0123456789abcdeg", "A" * 16])
def test_an_id_is_sixteen_hex_digits_and_never_a_path(folder, name):
    with pytest.raises(InputError, match="16 hex digits"):
        folder.answer(name)


def test_an_unknown_id_says_where_to_look(folder):
    with pytest.raises(InputError, match="medrag review list"):
        folder.answer("0" * 16)


def test_an_earlier_decision_stays_beside_the_last(folder, answer):
    first = folder.record(sign(answer, reviewer="R", decision="reject", reason="no", now=NOW))
    folder.record(sign(answer, reviewer="S", decision="accept", reason="", now=NOW))
    assert folder.reviewed(first).review.reviewer == "S"
    assert '"reject"' in (folder.path / f"{first}.review.1.json").read_text()


def test_one_damaged_file_does_not_hide_the_others(folder, answer):
    name = folder.add(answer)
    (folder.path / "0123456789abcdef.answer.json").write_text("{")
    entries = {entry.id: entry for entry in folder.entries()}
    assert entries[name].problem is None
    assert "damaged" in entries["0123456789abcdef"].problem


def test_a_folder_that_is_a_file_is_an_input_error(tmp_path, answer):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="Give a folder"):
        ReviewFolder(tmp_path / "file").add(answer)
