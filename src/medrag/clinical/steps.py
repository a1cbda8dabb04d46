"""Which step of a course a dose is: loading, start, titration, then, maintenance, taper."""

from __future__ import annotations

import re

from medrag.clinical.mentions import Step

_STEPS: tuple[tuple[Step, str], ...] = (
    ("loading", r"\bload(?:ing)?\b|\bbolus\b"),
    ("maintenance", r"\bmaintenance\b|\bmaintain\b"),
    ("taper", r"\btaper\w*|\breduc\w+|\bdecreas\w+|\bwean\w*|\blower\b"),
    (
        "titration",
        r"(?<!no\s)(?<!not\s)(?<!without\s)\bincreas\w+|\btitrat\w+|\bup\sto\b|\buptitrat\w+|\badvance\b|\btarget\b",
    ),
    ("start", r"\bstart\w*|\binitial\w*|\binitiat\w*|\bbegin\w*|\bfirst\b"),
    ("then", r"\bthen\b|\bfollowed\sby\b|\bthereafter\b|\bsubsequent\w*|\blater\b"),
)
_STEP = re.compile("|".join(f"(?P<s{i}>{pattern})" for i, (_, pattern) in enumerate(_STEPS)))


def step_before(text: str, start: int, end: int) -> Step | None:
    """Return the step that the last step word before a dose names."""
    step: Step | None = None
    for match in _STEP.finditer(text, start, end):
        step = _STEPS[int((match.lastgroup or "s0")[1:])][0]
    return step
