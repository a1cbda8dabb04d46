"""Drugs that the patient takes and whose place another takes, in free words: "Y steps in"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Set

from medrag.checker.sieve import sifted
from medrag.clinical import Content, DrugMention

_RELIEVES = sifted(
    r"\b(?:takes? over|took over|taking over|steps? in\b(?! to\b)|gives? way to|mak(?:es?|ing) "
    r"(?:way|room)"
    r" for|in (?:its|their) (?:stead|place)|do(?:es)? its (?:job|work)|reliev(?:es?|ing)\b(?= "
    r"[\w-]+[.,;])"
    r"|is succeeded by|bows? out|to break up|(?:has|have) (?:run its course|had its day))\b",
    re.I,
)


def relieved(content: Content, taken: Set[str]) -> Iterator[str]:
    """Yield the ingredients of `taken` whose place the text gives to another drug.

    It is the one named last before the words, in their sentence or the one before, else the
    first behind them: "X did not help; Y in its stead", "Y takes over from X".
    """
    if not taken:
        return
    for match in _RELIEVES.finditer(content.text):
        number = bisect_right(content.sentences, match.start(), key=lambda sentence: sentence.end)
        near = content.sentences[max(number - 1, 0) : number + 1]
        begin, end = (near[0].start, near[-1].end) if number < len(content.sentences) else (0, 0)
        named = [d for d in content.drugs_in(begin, end) if set(d.ingredients) & taken]
        before: list[DrugMention] = [drug for drug in named if drug.end <= match.start()]
        after = [d for d in named if d.start >= match.end() and d.sentence == number]
        for drug in before[-1:] or after[:1]:
            yield from drug.ingredients
