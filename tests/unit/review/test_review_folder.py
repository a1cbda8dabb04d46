"""Pending answers and decisions on disk."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import pytest

from medrag.core.answer import Override, ReviewedAnswer
from medrag.errors import ConfigError, InputError, NotReviewedError
from medrag.review import Entry, ReviewFolder, actionable, countersign, sign

NOW = datetime(2131, 5, 1, 9, 0, tzinfo=timezone.utc)  # no release is before the present


@pytest.fixture
def folder(tmp_path):
    return ReviewFolder(tmp_path / "reviews")


def signed(answer):
    return sign(answer, reviewer="R", decision="accept", reason="fits", now=NOW)


def test_an_empty_or_absent_folder_lists_nothing(folder):
    assert folder.entries() == []


def test_a_file_is_read_once_until_it_changes(folder, answer, monkeypatch):
    name = folder.add(answer)
    reads = []
    whole = ReviewFolder._bytes
    monkeypatch.setattr(
        ReviewFolder, "_bytes", lambda self, *of: reads.append(of) or whole(self, *of)
    )
    assert (
        folder.entries()
        == folder.entries()
        == [Entry(name, "partly_supported", 0, question=answer.quoted.question)]
    )
    assert len(reads) == 2  # the answer, and that nobody has decided
    folder.record(sign(answer, reviewer="R", decision="reject", reason="no", now=NOW))
    assert folder.entries()[0].decision == "reject"
    path = folder.path / f"{name}.answer.json"
    path.write_text(path.read_text().replace("partly", "wholly"), encoding="utf-8")
    assert folder.entries()[0].status == "damaged"
    path.unlink()
    assert folder.entries() == []


def test_a_list_that_was_read_before_knows_when_a_decision_expires(folder, answer, monkeypatch):
    folder.record(signed(answer))
    clock = [NOW]

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return clock[0]

    monkeypatch.setattr("medrag.review.given.datetime", Clock)
    assert folder.entries()[0].hindrance is None
    clock[0] = NOW + timedelta(hours=25)
    assert "expired" in folder.entries()[0].hindrance


def test_an_answer_comes_back_as_it_was_stored(folder, answer):
    name = folder.add(answer)
    assert folder.answer(name) == answer
    assert folder.answer(name).digest == answer.digest
    assert folder.reviewed(name) is None
    assert folder.entries() == [Entry(name, "partly_supported", 0, question=answer.quoted.question)]


def test_a_decision_comes_back_and_may_act(folder, answer):
    name = folder.record(signed(answer))
    assert actionable(folder.reviewed(name), now=NOW)["claims"]
    until = NOW + timedelta(hours=24)
    signed_for_later = "The sign-off is dated in the future. Check the clock; sign again."
    assert folder.entries() == [
        Entry(
            name,
            "partly_supported",
            0,
            decision="accept",
            reviewer="R",
            at=NOW,
            expires=until,
            is_waiting=False,
            hindrance=signed_for_later,
            question=answer.quoted.question,
        )
    ]


def test_the_folder_says_why_an_accepted_answer_does_not_act(folder, answer):
    folder.record(sign(answer, "R", "accept"))
    assert folder.entries()[0].hindrance is None
    review = sign(answer, "R", "accept").review
    for_ever = review.model_copy(update={"expires": NOW})
    folder.record(ReviewedAnswer.bind(answer, for_ever))
    assert "longer than the 24 hours" in folder.entries()[0].hindrance
    folder.record(sign(answer, "R", "reject", "no"))
    assert folder.entries()[0].hindrance is None


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


STRICT = 'two_persons = "always"\nreviewers = ["R"]\nsecond_reviewers = ["S"]\n'


def put(folder, text):
    folder.path.mkdir(exist_ok=True)
    (folder.path / "policy.toml").write_text(text)


def link_to(target):
    def make(path):
        path.symlink_to(target)

    return make


@pytest.mark.parametrize(
    "make",
    [
        link_to("nowhere.toml"),
        link_to("policy.toml"),
        link_to("/"),
        lambda path: path.mkdir(),
        os.mkfifo,
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_text("hours ="),
        lambda path: path.write_text('hours = "24"'),
    ],
    ids=["to nowhere", "to itself", "to a folder", "folder", "pipe", "no text", "no TOML", "type"],
)
def test_only_an_absent_policy_asks_nothing(folder, answer, make):
    name = folder.record(signed(answer))
    make(folder.path / "policy.toml")
    with pytest.raises(ConfigError):
        _ = folder.policy
    with pytest.raises(ConfigError):
        folder.entries()
    (folder.path / "policy.toml").rename(folder.path / "put-away")
    assert actionable(folder.reviewed(name), policy=folder.policy, now=NOW)


@pytest.mark.parametrize("mode", [0o000, 0o200])
def test_a_policy_that_may_not_be_read_is_an_error(folder, mode):
    put(folder, STRICT)
    (folder.path / "policy.toml").chmod(mode)
    if os.access(folder.path / "policy.toml", os.R_OK):
        pytest.skip("this user reads every file")
    with pytest.raises(ConfigError, match="cannot be read"):
        _ = folder.policy


CHANGES = {
    "removed": None,
    "emptied": "",
    "one person": STRICT.replace("always", "never"),
    "another second person": STRICT.replace('"S"', '"Mallory"'),
    "anybody": 'two_persons = "always"\n',
    "longer": STRICT + "hours = 48\n",
}


@pytest.mark.parametrize("way", CHANGES)
def test_a_policy_exchanged_in_the_folder_voids_and_shows_it(folder, answer, way):
    put(folder, STRICT)
    first = sign(answer, "R", "accept", policy=folder.policy, now=NOW)
    name = folder.record(first)
    folder.record(countersign(first, "S", "accept", policy=folder.policy, now=NOW))
    assert actionable(folder.reviewed(name), policy=folder.policy, now=NOW)
    assert not folder.entries()[0].is_waiting
    if CHANGES[way] is None:
        (folder.path / "policy.toml").unlink()
    else:
        put(folder, CHANGES[way])
    entry = folder.entries()[0]
    assert (entry.is_void, entry.is_waiting) == (True, True)
    with pytest.raises(NotReviewedError, match=r"[Ss]ign again"):
        actionable(folder.reviewed(name), policy=folder.policy, now=NOW)
    with pytest.raises(InputError, match=r"[Ss]ign again"):
        countersign(first, "Mallory", "accept", policy=folder.policy, now=NOW)
    put(folder, STRICT)
    assert actionable(folder.reviewed(name), policy=folder.policy, now=NOW)


def test_a_rejection_stays_one_whatever_the_policy(folder, answer):
    folder.record(sign(answer, "R", "reject", "no", now=NOW))
    put(folder, STRICT)
    entry = folder.entries()[0]
    assert (entry.decision, entry.is_void, entry.is_waiting) == ("reject", False, False)


def test_a_policy_kept_elsewhere_is_not_loosened_in_the_folder(folder, answer, tmp_path):
    kept = tmp_path / "institution.toml"
    kept.write_text(STRICT)
    outside = ReviewFolder(folder.path, kept)
    name = folder.record(sign(answer, "Mallory", "accept", now=NOW))
    assert actionable(folder.reviewed(name), policy=folder.policy, now=NOW)
    with pytest.raises(NotReviewedError, match="another policy"):
        actionable(outside.reviewed(name), policy=outside.policy, now=NOW)
    kept.unlink()
    with pytest.raises(ConfigError, match="no such file"):
        _ = outside.policy


def test_no_earlier_decision_is_ever_replaced(folder, answer):
    reasons = ["a", "b", "c", "d"]
    for reason in reasons[:3]:
        name = folder.record(sign(answer, "R", "reject", reason, now=NOW))
    (folder.path / f"{name}.review.1.json").unlink()
    kept = (folder.path / f"{name}.review.2.json").read_bytes()
    folder.record(sign(answer, "R", "reject", "d", now=NOW))
    assert (folder.path / f"{name}.review.2.json").read_bytes() == kept
    assert '"c"' in (folder.path / f"{name}.review.3.json").read_text()
    assert folder.reviewed(name).review.reason == "d"


def test_decisions_at_one_time_all_stay(folder, answer):
    names = [f"R{n}" for n in range(12)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: folder.record(sign(answer, name, "accept", now=NOW)), names))
    files = folder.path.glob("*.review*.json")
    found = [json.loads(path.read_text())["review"]["reviewer"] for path in files]
    assert sorted(found) == sorted(names)


def test_a_second_signature_confirms_the_last_decision_only(folder, answer):
    put(folder, 'two_persons = "always"\n')
    first = sign(answer, "R", "accept", policy=folder.policy, now=NOW)
    name = folder.record(first)
    folder.record(sign(answer, "R", "reject", "no, wrong", policy=folder.policy, now=NOW))
    late = countersign(first, "S", "accept", policy=folder.policy, now=NOW)
    with pytest.raises(InputError, match="decided anew"):
        folder.record(late)
    assert folder.reviewed(name).review.decision == "reject"


def leaves(value, path=()):
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in items:
        if isinstance(inner, (dict, list)) and inner:
            yield from leaves(inner, (*path, key))
        else:
            yield (*path, key)


def test_every_field_of_a_sign_off_that_is_edited_by_hand_voids_it(folder, answer):
    name = folder.record(signed(answer))
    path = folder.path / f"{name}.review.json"
    whole = path.read_text()
    tried = 0
    for place in leaves(json.loads(whole)):
        for other in (None, "x", 2, [], {}, "2999-01-01T00:00:00Z"):
            edited = json.loads(whole)
            inner = edited
            for key in place[:-1]:
                inner = inner[key]
            if inner[place[-1]] == other:
                continue
            inner[place[-1]] = other
            path.write_text(json.dumps(edited))
            with pytest.raises(InputError):
                actionable(folder.reviewed(name), now=NOW)
            tried += 1
    path.write_text(whole)
    assert actionable(folder.reviewed(name), now=NOW)
    assert tried > 300


@pytest.mark.parametrize("reviewer", ["\u200b", "A\r0  accepted by Dr Chief", "Аlice", "", "..."])
def test_a_file_with_a_name_that_cannot_sign_is_damaged(folder, answer, reviewer):
    made = signed(answer)
    review = made.review.model_copy(update={"reviewer": reviewer})
    by_hand = made.model_copy(update={"review": review, "seal": review.digest})
    name = folder.record(by_hand)
    with pytest.raises(InputError, match="damaged or was changed"):
        folder.reviewed(name)
    entry = folder.entries()[0]
    assert (entry.status, entry.reviewer) == ("damaged", None)
    assert "Chief" not in entry.problem


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


def test_a_signed_answer_changed_in_the_folder_releases_nothing(folder, answer):
    name = folder.record(signed(answer))
    assert folder.reviewed(name) is not None
    path = folder.path / f"{name}.answer.json"
    path.write_text(path.read_text().replace("partly", "wholly"), encoding="utf-8")
    with pytest.raises(InputError, match="changed"):
        folder.reviewed(name)
    path.unlink()  # what was signed holds the answer itself
    assert folder.reviewed(name) is not None
