"""What a reader sees of a text: without characters that have no shape, without emphasis marks.

A zero-width space or soft hyphen inside a drug's name hides it from every rule, not from the
reader; so do the asterisks of "INR **11.4**". Rules read the text without them; spans are given
back in the text as it came.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from medrag.core.finding import CheckReport, Finding
from medrag.core.span import Span

_SHAPELESS = (
    "\x00-\x08\x0e-\x1f\x7f\u00ad\u061c\u180e\u200b-\u200f"
    "\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff"
)
_UNSEEN = re.compile(
    r"(?P<heading>^[ \t]*(?P<mark>\*\*|__)[^*_\n]+(?P=mark)[ \t]*:?[ \t]*$)"
    rf"|[{_SHAPELESS}]"
    r"|\*{2,}(?=[^\s*])|(?<=[^\s*])\*{2,}|(?<!\w)_{1,3}(?=\w)|(?<=[\w.,:;)%])_{1,3}(?!\w)"
    r"|(?<![\w*])\*(?=[^\s*\d])|(?<=[^\s*])\*(?![\w*])|`+|~~",
    re.M,
)
"""Shapeless characters, and Markdown's marks of emphasis and code. A whole line in bold is a
heading and keeps them: they say so. An asterisk between digits multiplies."""

_ANY = re.compile(rf"[{_SHAPELESS}*_`~]")
"""A character of any of them, looked for first: most texts have none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A text without what is not seen.

    Attributes:
        text: What is left.
        removed: Offsets in the original of what is not, ascending.
    """

    text: str
    removed: tuple[int, ...]

    def restored(self, report: CheckReport) -> CheckReport:
        """Return `report` with its spans in offsets of the original text."""
        if not self.removed:
            return report
        findings = tuple(self._placed(finding) for finding in report.findings)
        return report.model_copy(update={"findings": findings})

    def _placed(self, finding: Finding) -> Finding:
        if finding.span is None:
            return finding
        span = Span(
            start=self._origin(finding.span.start), end=self._origin(finding.span.end - 1) + 1
        )
        return finding.model_copy(update={"span": span})

    def _origin(self, offset: int) -> int:
        """Return the offset in the original of the character at `offset`."""
        at = offset
        while True:
            # `n` removed characters stand at or before `at`; move until that agrees
            n = bisect_left(self.removed, at + 1)
            if offset + n == at:
                return at
            at = offset + n


def seen(text: str) -> Seen:
    """Return `text` without shapeless characters and marks of emphasis."""
    if _ANY.search(text) is None:
        return Seen(text, ())
    unseen = [m for m in _UNSEEN.finditer(text) if m["heading"] is None]
    if not unseen:
        return Seen(text, ())
    removed = tuple(place for match in unseen for place in range(*match.span()))
    starts = (0, *(match.end() for match in unseen))
    ends = (*(match.start() for match in unseen), len(text))
    kept = (text[start:end] for start, end in zip(starts, ends, strict=True))
    return Seen("".join(kept), removed)
