"""Where words and numbers end: what a quotation must never cut."""

from __future__ import annotations

from medrag.core.span import Span


def cuts_token(text: str, span: Span) -> bool:
    """Return whether `span` begins or ends inside a word, a number or a unit.

    `400 mg` inside `1400 mg`, `5 mg` inside `0.5 mg` and `3.5` inside `<3.5` all stand in
    the text, and each says something the text does not.
    """
    return _bound(text, span.start) or _bound(text, span.end)


def _bound(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    return text[at - 1].isalnum() and text[at].isalnum()
