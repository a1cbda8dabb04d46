"""An institution's own settings for the checker: validated, dated, and visible in the report.

A policy may change a severity, switch a rule off until a day, and add rows to the tables. It
cannot do any of that without a reason, and never for ever.
"""

from __future__ import annotations

import hashlib
import sys
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from pydantic import ConfigDict, Field, ValidationError, model_validator

from medrag.core.finding import Severity
from medrag.core.span import Value
from medrag.errors import ConfigError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


class SeverityOverride(Value):
    """Another severity for one rule, or for one subject of it.

    Attributes:
        subject: An ingredient, an analyte or a pair "a+b"; None for every finding of the rule.
    """

    rule: str
    severity: Severity
    reason: str = Field(min_length=1)
    subject: str | None = None


class Suspension(Value):
    """A rule that is silent, until and including the day `expires`.

    Attributes:
        subject: An ingredient, an analyte or a pair "a+b" about which alone it is silent; None
            where it does not run at all.
    """

    rule: str
    reason: str = Field(min_length=1)
    expires: date
    subject: str | None = None


class Policy(Value):
    """What an institution decided about the checker.

    Attributes:
        name: Shown wherever the policy changed something.
        today: The day suspensions are judged by; the day of loading where it was not given.
        rows: Table name -> rows in that table's columns; each carries its reference. Numbers may
            be written as numbers; `rows.sources` holds the institution's own protocols.
        digest: SHA-256 of the file; part of the report's rule set.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)

    name: str = Field(min_length=1)
    today: date
    severities: tuple[SeverityOverride, ...] = ()
    disabled: tuple[Suspension, ...] = ()
    rows: dict[str, tuple[dict[str, str], ...]] = Field(default_factory=dict)
    digest: str = ""

    @model_validator(mode="after")
    def _known_rules(self) -> Policy:
        from medrag.checker.rules import RULES  # rules may not be imported by what they import

        known = {rule.id for rule in RULES}
        named = {o.rule for o in self.severities} | {s.rule for s in self.disabled}
        if unknown := sorted(named - known):
            raise ValueError(f"no rule is named {', '.join(unknown)}; see `medrag rules list`")
        return self

    def suspension(self, rule_id: str, subject: str | None = None) -> str | None:
        """Return why the rule is silent today, on the whole or about `subject`; else None."""
        for item in self.disabled:
            named = item.rule == rule_id and item.subject == subject
            if named and self.today <= item.expires:
                return f"switched off by policy {self.name} until {item.expires}: {item.reason}"
        return None

    def override(self, rule_id: str, subject: str) -> SeverityOverride | None:
        """Return the override for this subject, else for the whole rule, else None."""
        fitting = [o for o in self.severities if o.rule == rule_id]
        exact = [o for o in fitting if o.subject == subject]
        return next(iter(exact), next((o for o in fitting if o.subject is None), None))


NO_POLICY = Policy.model_construct(
    name="none", today=date(2000, 1, 1), severities=(), disabled=(), rows={}, digest=""
)
"""The checker as shipped."""


def load_policy(path: Path, *, today: date | None = None) -> Policy:
    """Return the policy in the TOML file `path`, checked against rules and table columns.

    Args:
        path: Keys `name`, `[[severity]]`, `[[disabled]]` and `[[rows.TABLE]]`.
        today: The day suspensions are judged by; the current day in UTC where None.

    Raises:
        ConfigError: The file cannot be read, has an unknown key or rule, or a row lacks what
            its table needs; the message names the place.
    """
    try:
        raw = path.read_bytes()
        fields = tomllib.loads(raw.decode("utf-8"))
    except (OSError, ValueError, RecursionError) as error:  # thousands of brackets
        raise ConfigError(f"{path}: not a readable UTF-8 TOML file ({error}).") from error
    day = today or datetime.now(timezone.utc).date()
    return _build(path, fields, today=day, digest=hashlib.sha256(raw).hexdigest())


def _build(path: Path, fields: dict[str, Any], *, today: date, digest: str) -> Policy:
    from medrag.checker.tables import load_knowledge

    renamed = {("severities" if key == "severity" else key): v for key, v in fields.items()}
    try:
        policy = Policy.model_validate({**renamed, "today": today, "digest": digest})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise ConfigError(f"{path}: {where}: {first['msg']}.") from error
    load_knowledge().extended(policy.rows, policy=policy.name)
    return policy
