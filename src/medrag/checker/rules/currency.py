"""QUO104: drugs that were withdrawn and guidelines that were replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.rows import SupersededRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.words import find

_PAST = re.compile(
    r"\b(withdrawn|superseded|replaced|no longer|outdated|obsolete|formerly|older|stop\w*|avoid"
    r"|do not|never|not available|discontinued|instead of|rather than"
    r"|history of|used to|allerg\w*)\b",
    re.I,
)


def _superseded(context: Context) -> Iterator[Verdict]:
    rows = context.knowledge.all(SupersededRow)
    if find(context.text, tuple(row.key for row in rows)) is None:
        return
    for row in rows:
        if find(context.text, (row.key,)) is None:
            continue
        for sentence in context.content.sentences:
            found = find(sentence.text, (row.key,))
            if found is None or _PAST.search(sentence.text):
                continue
            if row.also and find(sentence.text, row.also) is None:
                continue
            yield Signal(
                severity="warning",
                message=f"{found.of(sentence.text)}: {row.text}.",
                span=found.shift(sentence.start),
                reference=context.knowledge.reference(row),
                subject=row.key,
            )


RULES = (
    Rule(
        id="QUO104",
        title="withdrawn drug or replaced guideline",
        category="superseded",
        rationale="What was right in an old edition may be wrong in force.",
        tables=("superseded",),
        check=_superseded,
    ),
)
