"""Answers that wait for a person, and what was decided: one JSON file each."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Literal, TypeVar

from filelock import FileLock
from pydantic import ValidationError

from medrag.core.answer import CheckedAnswer, Review, ReviewedAnswer
from medrag.core.span import Value
from medrag.errors import ConfigError, InputError, NotFoundError
from medrag.review.given import moment_of
from medrag.review.policy import ANYBODY, ReviewPolicy
from medrag.review.signoff import hindrance

POLICY_FILE = "policy.toml"
_LOCK = ".lock"

_ID = re.compile(r"[0-9a-f]{16}")
_FILE = re.compile(r"[0-9a-f]{16}\.(?:answer|review)\.json")
_EARLIER = re.compile(r"[0-9a-f]{16}\.review\.([0-9]{1,9})\.json")
_V = TypeVar("_V", bound=Value)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list.

    Attributes:
        id: The first 16 hex digits of the answer's digest.
        status: The answer's.
        critical: How many critical findings stand against it.
        decision: None while it waits.
        reviewer, at, expires: Who decided, when and until when it counts; None while it waits.
        second: Who decided as the second person; None where nobody has.
        is_waiting: Whether nobody has decided yet, a second person still has to, or the
            acceptance is void.
        problem: Why its files cannot be read; None where they can.
        is_void: Whether it was accepted under another policy than the folder's.
        hindrance: Why an accepted answer may not act now; None where it may, was rejected, or
            waits for its first decision.
        question: What was asked; empty where the answer cannot be read.
    """

    id: str
    status: str
    critical: int
    decision: Literal["accept", "reject"] | None = None
    reviewer: str | None = None
    at: datetime | None = None
    expires: datetime | None = None
    second: str | None = None
    is_waiting: bool = True
    problem: str | None = None
    is_void: bool = False
    hindrance: str | None = None
    question: str = ""


_Stamp = tuple[int, int, int]
_NEVER = datetime.max.replace(tzinfo=timezone.utc)


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry, and what it was read from.

    Attributes:
        files: Stamps of the answer and of its review; None for no such file.
        policy: Mark of the policy that it was judged by.
        until: When it is to be read again whatever the files are.
    """

    entry: Entry
    files: tuple[_Stamp | None, _Stamp | None]
    policy: str
    until: datetime


class ReviewFolder:
    """A folder of pending and reviewed answers.

    `<id>.answer.json` is what waits; `<id>.review.json` is the answer with its sign-off. Each
    is written beside and renamed, so a file is whole or absent. A decided answer may be
    decided again (after expiry, say): the last decision counts, earlier ones stay beside it as
    `<id>.review.1.json` and so on.

    Args:
        path: The folder; made when something is stored in it.
        policy_file: What is asked of a sign-off, from a place that those who write the folder
            cannot write; `policy.toml` in the folder where None.
    """

    def __init__(self, path: Path, policy_file: Path | None = None) -> None:
        self.path = path
        self._policy_file = policy_file
        self._known: dict[str, _Known] = {}

    def add(self, answer: CheckedAnswer) -> str:
        """Store an answer that waits for review; return its id. The same answer is one file."""
        name = answer.digest[:16]
        self._write(f"{name}.answer.json", answer.model_dump_json(indent=1).encode())
        return name

    @property
    def policy(self) -> ReviewPolicy:
        """What is asked of a sign-off here; the default where nothing is.

        Raises:
            ConfigError: The policy file is no file, cannot be read or breaks its schema. Only an
                absent `policy.toml` asks nothing; a file that was given must be there.
        """
        path = self._policy_file or self.path / POLICY_FILE
        try:
            if self._policy_file is None and not _is_there(path):
                return ANYBODY
            is_other = path.exists() and not path.is_file()
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read ({error.strerror}).") from error
        if is_other:
            raise ConfigError(f"{path} is not a file. Put the policy there, or remove it.")
        return ReviewPolicy.load(path)

    def entries(self) -> list[Entry]:
        """Return every answer, pending first, then by id; damaged ones with their problem.

        Raises:
            ConfigError: As `policy`.
        """
        policy = self.policy
        stamps = self._stamps()
        names = [name.split(".", 1)[0] for name in stamps if name.endswith(".answer.json")]
        known = {name: self._once_read(name, policy, stamps) for name in names}
        self._known = known
        return sorted(
            (one.entry for one in known.values()),
            key=lambda entry: (not entry.is_waiting, entry.id),
        )

    def entry(self, name: str) -> Entry:
        """Return what stands about the answer with this id; damaged files as their problem.

        Raises:
            ConfigError: As `policy`.
        """
        return self._entry(name, self.policy)

    def answer(self, name: str) -> CheckedAnswer:
        """Return the answer with this id.

        Raises:
            NotFoundError: There is none.
            InputError: Its file was changed since it was stored.
        """
        answer = self._read(name, "answer", CheckedAnswer)
        if answer.digest[:16] != name:
            raise InputError(f"{name}.answer.json was changed after it was stored. Ask anew.")
        return answer

    def record(self, reviewed: ReviewedAnswer) -> str:
        """Store a decision and its answer; return the id.

        Raises:
            InputError: The folder cannot be written, or the second signature confirms a decision
                that is not the last one here.
        """
        name = self.add(reviewed.answer)
        with FileLock(self.path / _LOCK):
            if reviewed.second is not None:
                self._demand_last(name, reviewed.review)
            self._keep_earlier(name)
            self._write(f"{name}.review.json", reviewed.model_dump_json(indent=1).encode())
        return name

    def reviewed(self, name: str) -> ReviewedAnswer | None:
        """Return the decision on the answer with this id, or None while it waits.

        Raises:
            InputError: The id is none, the file is damaged or of another answer, or the answer it
                stands for was changed since.
        """
        if self._bytes(name, "review") is None:
            return None
        reviewed = self._read(name, "review", ReviewedAnswer)
        if reviewed.review.answer_digest[:16] != name:
            raise InputError(f"{name}.review.json is of another answer. Review this one again.")
        if self._bytes(name, "answer") is not None:  # a change to the stored answer voids it
            self.answer(name)
        return reviewed

    def _stamps(self) -> dict[str, _Stamp]:
        """Return what tells each file of the folder from a later one of its name."""
        if not self.path.is_dir():
            return {}
        with os.scandir(self.path) as files:
            return {file.name: _stamp(file.stat()) for file in files if _FILE.fullmatch(file.name)}

    def _once_read(self, name: str, policy: ReviewPolicy, stamps: Mapping[str, _Stamp]) -> _Known:
        """Return what stands about an answer; its files are read again only where they changed."""
        files = (stamps.get(f"{name}.answer.json"), stamps.get(f"{name}.review.json"))
        now, mark = moment_of(None), policy.mark
        known = self._known.get(name)
        if (
            known is not None
            and known.files == files
            and known.policy == mark
            and now < known.until
        ):
            return known
        entry = self._entry(name, policy)
        # A decision counts from its day until it expires: then it is judged again.
        turns = [day for day in (entry.at, entry.expires) if day is not None and day > now]
        return _Known(entry, files, mark, min(turns, default=_NEVER))

    def _entry(self, name: str, policy: ReviewPolicy) -> Entry:
        try:
            answer, reviewed = self.answer(name), self.reviewed(name)
        except InputError as error:
            return Entry(name, "damaged", 0, problem=str(error))
        critical = sum(finding.severity == "critical" for finding in answer.findings)
        if reviewed is None:
            return Entry(name, answer.status, critical, question=answer.quoted.question)
        last, first = reviewed.reviews[-1], reviewed.review
        accepted = all(review.decision == "accept" for review in reviewed.reviews)
        is_void = accepted and any(review.policy != policy.mark for review in reviewed.reviews)
        persons = max(first.persons, policy.persons(answer))
        return Entry(
            name,
            answer.status,
            critical,
            decision=last.decision,
            reviewer=first.reviewer,
            at=last.at,
            expires=min(review.expires for review in reviewed.reviews),
            second=reviewed.second.reviewer if reviewed.second else None,
            is_waiting=is_void or (accepted and len(reviewed.reviews) < persons),
            is_void=is_void,
            hindrance=hindrance(reviewed, policy=policy) if accepted else None,
            question=answer.quoted.question,
        )

    def _demand_last(self, name: str, first: Review) -> None:
        last = self.reviewed(name)
        if last is not None and last.review != first:
            raise InputError(
                f"Answer {name} was decided anew after the first signature. Look at it again."
            )

    def _keep_earlier(self, name: str) -> None:
        """Copy the decision that stands to a file of the next number; none is ever replaced."""
        standing = self._bytes(name, "review")
        if standing is None:
            return
        names = [path.name for path in self.path.glob(f"{name}.review.*.json")]
        numbers = [int(found[1]) for found in map(_EARLIER.fullmatch, names) if found]
        self._write(f"{name}.review.{max(numbers, default=0) + 1}.json", standing)

    def _check(self, name: str) -> None:
        if not _ID.fullmatch(name):
            raise InputError("An answer's id is 16 hex digits. `medrag review list` shows them.")

    def _read(self, name: str, kind: str, type_: type[_V]) -> _V:
        content = self._bytes(name, kind)
        if content is None:
            raise NotFoundError(
                f"No answer {name} in {self.path}. `medrag review list` shows which there are."
            )
        try:
            return type_.model_validate_json(content)
        except ValidationError as error:
            raise InputError(
                f"{name}.{kind}.json is damaged or was changed ({error.error_count()} errors). "
                "Ask anew."
            ) from error

    def _bytes(self, name: str, kind: str) -> bytes | None:
        """Return what a file holds, None where there is none."""
        self._check(name)
        path = self.path / f"{name}.{kind}.json"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(f"{path.name}: cannot be read ({error.strerror}).") from error

    def _write(self, name: str, content: bytes) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle, beside = tempfile.mkstemp(dir=self.path, prefix=f".{name}.")
        except OSError as error:
            raise InputError(
                f"{self.path}: cannot be written ({error.strerror}). Give a folder."
            ) from error
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).replace(self.path / name)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise


def _stamp(stat: os.stat_result) -> _Stamp:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _is_there(path: Path) -> bool:
    """Return whether anything has this name, a link that leads nowhere included."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True
