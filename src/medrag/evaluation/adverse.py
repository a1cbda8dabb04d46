"""Adverse output becomes a case: what a reviewer rejected or overrode, as a draft to judge.

The draft holds the question and the patient's facts without identifiers, and what the reviewer's
decision says about a right answer, which is less than a judgement: somebody has to complete it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from medrag.core.answer import (
    CheckedAnswer,
    Override,
    OverrideCode,
    ReviewedAnswer,
)
from medrag.core.query import Query
from medrag.errors import InputError
from medrag.evaluation.judged_set import ANSWERS, Case, Expected, JudgedSet, Quotation
from medrag.evaluation.reading import read_set
from medrag.evaluation.writing import yaml_cases, yaml_set
from medrag.pipeline.gates import without_identifiers
from medrag.privacy import Deidentifier
from medrag.review import OVERRIDE_REASONS, ReviewFolder
from medrag.review.audit.recorder import content_of
from medrag.review.audit.verification import records_of
from medrag.sealing import KeyRing

_NO_FINDING = frozenset({"finding-wrong", "not-applicable"})
"""Codes of overrides that say that the finding should not have been raised."""
_REJECTION = "reject"


@dataclass(frozen=True, slots=True)
class Adverse:
    """One answer that a person rejected, or accepted against a finding.

    Attributes:
        on: The day of the decision.
        reason: What the reviewers said, in words; empty where nobody kept it.
        overrides: Of every reviewer, one for each rule.
    """

    answer: CheckedAnswer
    is_rejected: bool
    on: date
    reason: str
    overrides: tuple[Override, ...]


@dataclass(frozen=True, slots=True)
class Unusable:
    """A decision that no case can be made of.

    Attributes:
        id: Of the answer.
        why: In a sentence that tells nothing of its content.
    """

    id: str
    why: str


def in_folder(folder: ReviewFolder) -> Iterator[Adverse | Unusable]:
    """Yield what the last decisions of a folder of sign-offs say against their answers.

    Raises:
        ConfigError: The folder's policy cannot be read.
    """
    for entry in folder.entries():
        if entry.problem is not None:
            yield Unusable(entry.id, entry.problem)
            continue
        reviewed = folder.reviewed(entry.id)
        if reviewed is None:
            continue
        found = _adverse(reviewed)
        if found is not None:
            yield found


def in_log(log: Path, keys: KeyRing | None = None) -> Iterator[Adverse | Unusable]:
    """Yield what the decisions of an audit log say against the answers that it holds.

    The log keeps codes of overrides and no reasons in words. It is not verified here.

    Args:
        log: The folder of the log.
        keys: For answers that are sealed.

    Raises:
        InputError: An answer is sealed and the keys are missing or do not open it.
        AuditError: A record does not hold the answer that it states.
    """
    decided = {
        record["body"]["answer"]: record["body"]
        for record in records_of(log)
        if record["kind"] == "review"
    }
    against = {digest: body for digest, body in decided.items() if _is_against(body)}
    answers = {
        record["body"]["answer"]: content_of(record, keys)
        for record in records_of(log)
        if record["kind"] == "answer" and record["body"]["answer"] in against
    }
    for digest, body in against.items():
        answer = answers.get(digest)
        if answer is None:
            yield Unusable(digest[:16], "the log keeps no content of this answer")
        else:
            on = datetime.fromisoformat(body["at"]).date()
            yield Adverse(
                answer, body["decision"] == _REJECTION, on, "", _recorded(body["overrides"])
            )


def draft(adverse: Adverse, deidentifier: Deidentifier) -> Case:
    """Return the case to complete: asked as it was, expected as far as the decision tells.

    - An accepted answer was right: one of its quotations is expected, and its documents.
    - A finding that was overridden as wrong or not applicable may not stand; one that was
      overridden for another reason has to.
    - An abstention that was rejected should have been an answer.
    - Of any other rejected answer nothing is known but what the reviewer said; it stands in the
      notes, with what the answer said.

    No day is kept, neither that of the decision nor that on which sources had to be in force: it
    is when the patient was treated. The case asks for what is in force when it is run.

    Raises:
        InputError: The vault of the deidentifier cannot be read or written.
    """
    answer = adverse.answer
    query = Query(text=answer.quoted.question, patient=answer.patient)
    words = (adverse.reason, *(override.reason for override in adverse.overrides))
    asked, said, _ = without_identifiers(deidentifier, query, (*words, answer.quoted.text))
    source = next((quote.source for quote in answer.quoted.verified_quotes if quote.source), None)
    return Case(
        id=f"adverse-{answer.digest[:12]}",
        question=asked.text,
        patient=asked.patient,
        specialty=source.specialty if source else None,
        kind=source.kind if source else None,
        expect=_expected(adverse),
        notes=_notes(adverse, said),
        tags=("adverse", "rejected" if adverse.is_rejected else "overridden", "to-be-judged"),
    )


def add_to(path: Path, cases: Sequence[Case]) -> list[Case]:
    """Write drafts to a set in YAML, after what is there, and return those that were new.

    A case whose id the set has stays as people left it. What was written is read again before
    it takes the file's place.

    Raises:
        InputError: The file is not a set in YAML whose cases come last, or cannot be written.
    """
    if path.suffix not in {".yaml", ".yml"}:
        raise InputError(f"{path}: drafts are written as YAML. Give a name that ends in .yaml.")
    held = read_set(path) if path.exists() else None
    known = {case.id for case in held.cases} if held else set()
    new = [case for case in cases if case.id not in known]
    if not new:
        return []
    if held is None:
        text = yaml_set(JudgedSet(name=path.stem, title="Adverse output", cases=tuple(new)))
    else:
        text = path.read_text(encoding="utf-8").rstrip("\n") + "\n" + yaml_cases(new, of_all=held)
    _put(path, text, [*known, *(case.id for case in new)])
    return new


def _put(path: Path, text: str, ids: Sequence[str]) -> None:
    beside = path.with_name(f".{path.stem}.new.yaml")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8")
        if sorted(case.id for case in read_set(beside).cases) != sorted(ids):
            raise InputError(f"{path}: its list of cases does not come last. Move it to the end.")
        beside.replace(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror}).") from error
    finally:
        beside.unlink(missing_ok=True)


def _adverse(reviewed: ReviewedAnswer) -> Adverse | None:
    last = reviewed.reviews[-1]
    overrides = _each_rule(o for review in reviewed.reviews for o in review.overrides)
    is_rejected = last.decision == _REJECTION
    if not is_rejected and not overrides:
        return None
    reason = " ".join(review.reason.strip() for review in reviewed.reviews if review.reason)
    return Adverse(reviewed.answer, is_rejected, last.at.date(), reason, overrides)


def _each_rule(overrides: Iterable[Override]) -> tuple[Override, ...]:
    return tuple({override.rule_id: override for override in overrides}.values())


def _is_against(body: Mapping[str, Any]) -> bool:
    return body["decision"] == _REJECTION or bool(body["overrides"])


def _recorded(overrides: Sequence[tuple[str, OverrideCode]]) -> tuple[Override, ...]:
    return _each_rule(Override(rule_id=rule, code=code) for rule, code in overrides)


def _expected(adverse: Adverse) -> Expected | None:
    answer = adverse.answer
    if adverse.is_rejected:
        missed = answer.status == "abstained"
        return Expected(status=("answered", "partly_supported")) if missed else None
    wrong = tuple(o.rule_id for o in adverse.overrides if o.code in _NO_FINDING)
    right = tuple(o.rule_id for o in adverse.overrides if o.code not in _NO_FINDING)
    quotations = {quote.match.text: quote for quote in answer.quoted.verified_quotes}
    keys = {quote.source.key: None for quote in quotations.values() if quote.source}
    return Expected(
        status=tuple(sorted(ANSWERS)) if right else ("answered", "partly_supported"),
        documents=tuple(keys),
        quotations=tuple(Quotation(text=text) for text in quotations if text),
        findings=right or None,
        not_findings=wrong,
    )


def _notes(adverse: Adverse, said: Sequence[str]) -> str:
    """Return what was decided and said, for the person who judges.

    Args:
        adverse: The decision.
        said: Without identifiers: the reason, that of each override, and the answer's claims.
    """
    reason, *reasons, claims = said
    decision = "Rejected" if adverse.is_rejected else "Accepted against findings"
    # the day would tell when a patient was treated; of dates, only years identify nobody
    lines = [f"{decision} in {adverse.on.year}; the answer was: {adverse.answer.status}."]
    if reason.strip():
        lines.append(f"The reviewer said: {reason}")
    for override, words in zip(adverse.overrides, reasons, strict=True):
        code = OVERRIDE_REASONS[override.code]
        lines.append(f"{override.rule_id}: {code}." + (f" {words}" if words.strip() else ""))
    found = sorted({finding.rule_id for finding in adverse.answer.findings})
    if found:
        lines.append(f"Findings: {', '.join(found)}.")
    if claims.strip():
        lines.append(f"The answer said: {' '.join(claims.split())}")
    return "\n".join(lines)
