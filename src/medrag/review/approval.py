"""Which configuration an institution lets answer: the approval gate, as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field

from medrag.config import read_toml
from medrag.core.answer import Versions
from medrag.core.span import Value
from medrag.errors import ConfigError
from medrag.review.scope.rules import load

IndexRule = Literal["exact", "content", "any"]

_NONE_RUN = "none run"
"""What an answer without a claim says of the rules: it cannot differ in them."""
_NAMES = {
    "medrag": "version of medrag",
    "model": "model",
    "prompt": "prompt",
    "rules": "rule set of the checker",
    "settings": "settings",
}


class Approval(Value):
    """What somebody approved, and until when.

    Attributes:
        by: Who approved it.
        until: The last day on which it counts.
        versions: What an answer of the approved configuration says it was made with.
        index: `exact` approves this generation of the index alone; `content` also another
            generation with the same passages; `any` every index, where its content is governed
            elsewhere. Default exact.
        scope: Version of the scope rules: `ScopeDecision.rules`.
        note: Why, for people.
    """

    by: str = Field(min_length=1)
    until: date
    versions: Versions
    index: IndexRule = "exact"
    scope: str
    note: str = ""

    @classmethod
    def load(cls, path: Path) -> Approval:
        """Return the approval in a TOML file.

        Raises:
            ConfigError: As `medrag.config.read_toml`.
        """
        return read_toml(path, cls, "approval key")

    def toml(self) -> str:
        """Return the approval as the text of a TOML file that `load` reads."""
        head = {"by": self.by, "index": self.index, "scope": self.scope, "note": self.note}
        # A JSON string is a TOML basic string: the same quotes, the same escapes.
        lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
        lines.append(f"until = {self.until.isoformat()}")
        versions = self.versions.model_dump(mode="json").items()
        lines += ["", "[versions]", *(f"{key} = {json.dumps(value)}" for key, value in versions)]
        return "\n".join(lines) + "\n"


def scope_version() -> str:
    """Return the version of the scope rules that are installed."""
    return load().digest


def approved(versions: Versions, approval: Approval, *, today: date | None = None) -> None:
    """Return where `approval` covers a configuration; raise where it does not.

    Args:
        versions: What an answer says it was made with.
        approval: The approval in force.
        today: The day that counts; the day of the machine by default.

    Raises:
        ConfigError: The approval has run out, or a part differs; every part that does is named,
            with what is in use and what was approved.
    """
    day = today or date.today()
    if day > approval.until:
        raise ConfigError(
            f"The approval by {approval.by} ran out on {approval.until}. "
            "Have the configuration approved again: medrag models approve."
        )
    differing = list(_differences(versions, approval))
    if differing:
        raise ConfigError(
            f"This configuration is not the approved one: {'; '.join(differing)}. Use what was "
            "approved, or have this one approved: medrag models approve."
        )


def _differences(versions: Versions, approval: Approval) -> Iterator[str]:
    for field, name in _NAMES.items():
        used, allowed = getattr(versions, field), getattr(approval.versions, field)
        if used != allowed and not (field == "rules" and used == _NONE_RUN):
            yield f"the {name} is {used!r}, approved is {allowed!r}"
    used, allowed = (_index(value, approval.index) for value in (versions, approval.versions))
    if used != allowed:
        yield f"the index is {versions.index!r}, approved is {approval.versions.index!r}"
    if scope_version() != approval.scope:
        yield f"the scope rules are {scope_version()!r}, approved are {approval.scope!r}"


def _index(versions: Versions, rule: IndexRule) -> str:
    """Return what of the index's name must agree: `NUMBER-CONTENT`, `CONTENT` or nothing."""
    if rule == "any":
        return ""
    return versions.index if rule == "exact" else versions.index.partition("-")[2]
