"""Whether a question is one that medrag answers: the decision, and the wording of a place."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from medrag.core.span import Value

ScopeKind = Literal["answer", "emergency", "refused"]

EMERGENCY_INSTRUCTION = (
    "This may be an emergency that is happening now. Call {number} or the responsible clinician "
    "at once, stay with the person, and do what the call handler says. medrag does not answer "
    "emergencies."
)
"""The neutral wording; `{number}` stands for the place's emergency number."""


class Locality(Value):
    """How an institution tells somebody to get help.

    Attributes:
        number: Who is called in an emergency, as it stands in a sentence.
        poison_line: Who is called about a poisoning, besides; None where there is none.
        crisis_line: Who is called by somebody who may harm themselves; None where there is none.
        instruction: The sentence that is shown. `{number}` in it becomes `number`; other braces
            are refused.

    Raises:
        ValueError: The instruction is blank or has other braces.
    """

    number: str = "your local emergency number (for example 112 or 911)"
    poison_line: str | None = None
    crisis_line: str | None = None
    instruction: str = EMERGENCY_INSTRUCTION

    @model_validator(mode="after")
    def _usable(self) -> Locality:
        rest = self.instruction.replace("{number}", "")
        if not rest.strip() or "{" in rest or "}" in rest:
            raise ValueError("an instruction is a sentence whose only braces are {number}")
        return self

    def for_kind(self, kind: str) -> str:
        """Return what to do now about an emergency of this kind, further help lines named."""
        said = [self.instruction.replace("{number}", self.number)]
        if kind == "poisoning" and self.poison_line:
            said.append(f"For poisonings, call {self.poison_line}.")
        if kind in ("suicide", "self-harm", "violence") and self.crisis_line:
            said.append(f"Somebody will listen to you at any hour: {self.crisis_line}.")
        return " ".join(said)


class ScopeDecision(Value):
    """Whether a question goes on to retrieval.

    Attributes:
        decision: `answer` goes on; `emergency` and `refused` do not.
        kind: What sort of emergency or refusal (`chest-pain`, `drug-diversion`); `question`
            where it goes on. A closed word of the rule set: fit for a log.
        reason: One sentence for the person who asked, naming what in the question decided. It
            repeats words of the question: never log it.
        instruction: What to do now, in the institution's wording; None
            but for an emergency or where the asker may be in danger.
        rules: Version of the rules that decided: the first 12 hex digits of their SHA-256.
    """

    decision: ScopeKind
    kind: str
    reason: str
    instruction: str | None = None
    rules: str
