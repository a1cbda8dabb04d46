"""`medrag review` from pending to released, with one person, with two, and past the log."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from medrag.core.answer import (
    CheckedAnswer,
    Claim,
    Override,
    Quote,
    QuotedAnswer,
    QuoteMatch,
    VerifiedQuote,
    Versions,
)
from medrag.core.finding import Finding
from medrag.core.prompt import Completion
from medrag.core.span import Span
from medrag.review import ReviewFolder, sign
from medrag.review.audit import AuditLog, SigningKey
from medrag.review.audit.records import review_record

DOSE = "Give examplazine 40 mg once daily."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pending"


@pytest.fixture
def answer_id(folder: Path) -> str:
    quote = VerifiedQuote(
        quote=Quote(passage_id="p", text=DOSE),
        match=QuoteMatch(status="exact", span=Span(start=0, end=len(DOSE)), text=DOSE),
        document_id="d",
    )
    answer = CheckedAnswer(
        status="blocked",
        quoted=QuotedAnswer(
            question="How much?",
            status="answered",
            claims=(Claim(text=DOSE, quotes=(quote,), support="supported"),),
            completion=Completion(text="{}", model="scripted"),
        ),
        findings=(
            Finding(rule_id="MED101", category="single-dose", severity="critical", message="High."),
        ),
        versions=Versions(medrag="0", model="m", index="i", prompt="p", rules="r"),
    )
    return ReviewFolder(folder).add(answer)


def test_a_critical_finding_is_overridden_with_a_code_before_anything_is_released(
    medrag, folder, answer_id
):
    accept = ("review", "sign", answer_id, "--folder", folder, "--reviewer", "A", "--decision")
    assert medrag(*accept, "accept").status == 2
    assert medrag("review", "export", answer_id, "--folder", folder).status == 2
    codes = medrag("review", "reasons").out
    assert "specialist-advice" in codes
    signed = medrag(*accept, "accept", "--override", "MED101=specialist-advice:Dr B, by phone")
    assert (signed.status, "accepted by A" in signed.out) == (0, True)
    released = json.loads(medrag("review", "export", answer_id, "--folder", folder).out)
    assert released["overrides"] == [
        {"rule_id": "MED101", "code": "specialist-advice", "reason": "Dr B, by phone"}
    ]


def test_a_reason_without_a_code_is_kept_in_its_words(medrag, folder, answer_id):
    arguments = ("--folder", folder, "--reviewer", "A", "--decision", "accept")
    medrag("review", "sign", answer_id, *arguments, "--override", "MED101=ICU: ventilated")
    shown = medrag("review", "show", answer_id, "--folder", folder).out
    assert "override of MED101 (other): ICU: ventilated" in shown


def test_a_folder_with_a_policy_asks_for_two_persons(medrag, folder, answer_id):
    (folder / "policy.toml").write_text('two_persons = "critical"\n')
    person = ("--folder", folder, "--decision", "accept", "--reviewer")
    override = ("--override", "MED101=will-monitor")
    signed = medrag("review", "sign", answer_id, *person, "A", *override)
    assert "A second person must sign" in signed.out
    assert "waiting for a second person" in medrag("review", "list", "--folder", folder).out
    refused = medrag("review", "export", answer_id, "--folder", folder)
    assert (refused.status, "One of two persons" in refused.err) == (2, True)
    assert medrag("review", "countersign", answer_id, *person, " a ").status == 2
    assert medrag("review", "countersign", answer_id, *person, "B").status == 0
    assert "accepted by A and B" in medrag("review", "list", "--folder", folder).out
    assert medrag("review", "export", answer_id, "--folder", folder).status == 0


@pytest.fixture
def log(medrag, tmp_path: Path, folder: Path, answer_id: str) -> tuple[object, ...]:
    """The options of a signed log that holds the answer."""
    medrag("audit", "key", tmp_path / "k")
    written = AuditLog(tmp_path / "log", key=SigningKey.open(tmp_path / "k"))
    written.append("answer", {"answer": ReviewFolder(folder).answer(answer_id).digest})
    return "--audit", tmp_path / "log", "--audit-key", tmp_path / "k"


FINDING = ("--override", "MED101=will-monitor")


def test_a_sign_off_that_is_not_in_the_log_releases_nothing(
    medrag, folder, answer_id, log, tmp_path
):
    person = ("--folder", folder, "--reviewer", "A", "--decision", "accept")
    assert medrag("review", "sign", answer_id, *person, *FINDING).status == 0
    refused = medrag("review", "export", answer_id, "--folder", folder, *log)
    assert (refused.status, "not in the audit log" in refused.err) == (2, True)
    signed = ReviewFolder(folder).reviewed(answer_id)
    last = sorted((tmp_path / "log").glob("*.jsonl"))[-1]
    at = datetime.now(timezone.utc).isoformat()
    line = {"kind": "review", "id": "x", "at": at, "body": review_record(signed)}
    with last.open("a") as file:
        file.write(json.dumps(line) + "\n")
    refused = medrag("review", "export", answer_id, "--folder", folder, *log)
    assert (refused.status, "does not verify" in refused.err) == (2, True)


def test_an_acceptance_that_was_withdrawn_does_not_act_again(medrag, folder, answer_id, log):
    person = ("--folder", folder, "--reviewer", "A", "--decision")
    assert medrag("review", "sign", answer_id, *person, "accept", *FINDING, *log).status == 0
    assert medrag("review", "export", answer_id, "--folder", folder, *log).status == 0
    rejected = medrag("review", "sign", answer_id, *person, "reject", "--reason", "no", *log)
    assert rejected.status == 0
    earlier = folder / f"{answer_id}.review.1.json"
    earlier.rename(folder / f"{answer_id}.review.json")
    refused = medrag("review", "export", answer_id, "--folder", folder, *log)
    assert (refused.status, "another, later decision" in refused.err) == (2, True)


def test_an_answer_that_medrag_never_gave_is_not_released(medrag, folder, answer_id, tmp_path):
    log = ("--audit", tmp_path / "log")
    person = ("--folder", folder, "--reviewer", "A", "--decision", "accept")
    assert medrag("review", "sign", answer_id, *person, *FINDING, *log).status == 0
    refused = medrag("review", "export", answer_id, "--folder", folder, *log)
    assert (refused.status, "nobody knows who gave it" in refused.err) == (2, True)


def test_who_has_no_key_signs_nothing_off_in_a_signed_log(medrag, folder, answer_id, log):
    person = ("--folder", folder, "--reviewer", "A", "--decision", "accept")
    keyless = log[:2]
    refused = medrag("review", "sign", answer_id, *person, *FINDING, *keyless)
    assert (refused.status, "Give the key" in refused.err) == (2, True)


ACCEPT = ("--decision", "accept", "--override", "MED101=will-monitor")


@pytest.mark.parametrize(
    "name", ["A\x1b[2K\r0000000000000000  accepted by Dr Chief", "\u200b", "Аlice", "..."]
)
def test_a_name_that_steers_the_terminal_or_cannot_be_seen_signs_nothing(
    medrag, folder, answer_id, name
):
    sign_as = ("review", "sign", answer_id, "--folder", folder, *ACCEPT, "--reviewer")
    refused = medrag(*sign_as, name)
    assert (refused.status, "reviewer's name" in refused.err) == (2, True)
    assert "Chief" not in refused.err
    assert "waiting" in medrag("review", "list", "--folder", folder).out


@pytest.mark.parametrize("text", ["MED101=will-monitor:\x1b[2J", "MED101=\u200b", "MED\ud800=x"])
def test_an_override_that_cannot_be_read_is_refused(medrag, folder, answer_id, text):
    person = ("--folder", folder, "--reviewer", "A", "--decision", "accept")
    refused = medrag("review", "sign", answer_id, *person, "--override", text)
    assert (refused.status, "by hand" in refused.err) == (2, True)


def test_lines_in_a_reason_make_no_lines_on_the_card(medrag, folder, answer_id):
    answers = ReviewFolder(folder)
    reason = "seen\nREJECTED by Dr Chief"
    override = Override(rule_id="MED101", code="will-monitor", reason=reason)
    answers.record(sign(answers.answer(answer_id), "A", "accept", overrides=[override]))
    card = medrag("review", "show", answer_id, "--folder", folder).out
    assert "override of MED101 (will-monitor): seen REJECTED by Dr Chief" in card


def test_a_removed_policy_voids_the_sign_off_and_the_list_says_so(medrag, folder, answer_id):
    names = 'reviewers = ["Alice"]\nsecond_reviewers = ["Bob"]\n'
    (folder / "policy.toml").write_text(f'two_persons = "always"\n{names}')
    person = ("--folder", folder, "--reviewer")
    assert medrag("review", "sign", answer_id, *person, "Alice", *ACCEPT).status == 0
    (folder / "policy.toml").unlink()
    second = ("--decision", "accept")
    refused = medrag("review", "countersign", answer_id, *person, "Mallory", *second)
    assert (refused.status, "sign again" in refused.err) == (2, True)
    refused = medrag("review", "export", answer_id, "--folder", folder)
    assert (refused.status, "sign again" in refused.err) == (2, True)
    listed = medrag("review", "list", "--folder", folder).out
    assert "accepted by Alice, under another policy: sign again" in listed


def test_a_policy_outside_the_folder_holds_whatever_stands_in_it(
    medrag, folder, answer_id, tmp_path
):
    kept = tmp_path / "institution.toml"
    kept.write_text('reviewers = ["Alice"]\n')
    here, policy = ("--folder", folder), ("--policy", kept)
    refused = medrag("review", "sign", answer_id, *here, *policy, "--reviewer", "Mallory", *ACCEPT)
    assert (refused.status, "does not name Mallory" in refused.err) == (2, True)
    assert medrag("review", "sign", answer_id, *here, "--reviewer", "Mallory", *ACCEPT).status == 0
    assert medrag("review", "export", answer_id, *here, *policy).status == 2
    assert "under another policy" in medrag("review", "list", *here, *policy).out
    signed = medrag("review", "sign", answer_id, *here, *policy, "--reviewer", "alice", *ACCEPT)
    assert signed.status == 0
    assert medrag("review", "export", answer_id, *here, *policy).status == 0
    assert medrag("review", "export", answer_id, *here, "--policy", "absent.toml").status == 2


@pytest.mark.parametrize("target", ["absent.toml", "policy.toml"])
def test_a_policy_that_leads_nowhere_is_no_absent_one(medrag, folder, answer_id, target):
    (folder / "policy.toml").symlink_to(target)
    here = ("--folder", folder)
    refused = medrag("review", "sign", answer_id, *here, "--reviewer", "A", *ACCEPT)
    assert (refused.status, "policy.toml" in refused.err) == (2, True)
    assert medrag("review", "list", *here).status == 2


def test_list_and_show_say_why_an_accepted_answer_does_not_act(medrag, folder, answer_id):
    answers = ReviewFolder(folder)
    override = Override(rule_id="MED101", code="will-monitor")
    far = datetime.now(timezone.utc) + timedelta(days=300)
    signed = sign(answers.answer(answer_id), "A", "accept", overrides=[override], now=far)
    answers.record(signed)
    why = "The sign-off is dated in the future."
    listed = medrag("review", "list", "--folder", folder).out
    assert f"accepted by A, does not act: {why}" in listed
    assert f"It does not act: {why}" in medrag("review", "show", answer_id, "--folder", folder).out
    answers.record(sign(answers.answer(answer_id), "A", "accept", overrides=[override]))
    for command in (("list",), ("show", answer_id)):
        assert "not act" not in medrag("review", *command, "--folder", folder).out


def test_nobody_shops_for_another_second_person(medrag, folder, answer_id, log):
    (folder / "policy.toml").write_text('two_persons = "always"\n')
    person = ("--folder", folder, *log, "--reviewer")
    assert medrag("review", "sign", answer_id, *person, "Alice", *ACCEPT).status == 0
    no = ("--decision", "reject", "--reason", "the wrong patient")
    assert medrag("review", "countersign", answer_id, *person, "Bob", *no).status == 0
    (folder / f"{answer_id}.review.1.json").rename(folder / f"{answer_id}.review.json")
    yes = ("--decision", "accept")
    refused = medrag("review", "countersign", answer_id, *person, "Carol", *yes)
    assert (refused.status, "another, later decision" in refused.err) == (2, True)
    assert medrag("review", "export", answer_id, "--folder", folder, *log).status == 2


def test_a_second_person_of_the_log_releases_with_it(medrag, folder, answer_id, log):
    (folder / "policy.toml").write_text('two_persons = "always"\n')
    person = ("--folder", folder, *log, "--reviewer")
    assert medrag("review", "sign", answer_id, *person, "Alice", *ACCEPT).status == 0
    yes = ("--decision", "accept")
    assert medrag("review", "countersign", answer_id, *person, "Carol", *yes).status == 0
    assert medrag("review", "export", answer_id, "--folder", folder, *log).status == 0
