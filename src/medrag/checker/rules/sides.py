"""PRO106: an operation at another side or site than the disease."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medrag.checker.context import Context
from medrag.checker.places import Place, read_places, same_region
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.core.finding import Reference
from medrag.core.span import Span
from medrag.text.prefilter import prefiltered

_A_PLACE = prefiltered(
    r"\b(?:left|right|lt|rt|tooth|teeth|molar|premolar|canine|incisor|finger|toe)\b"
    r"|\b[CTL]\d|\b(?:upper|middle|lower) lob",
    re.IGNORECASE,
)
_PROTOCOL = Reference(
    title="Universal Protocol for Preventing Wrong Site, Wrong Procedure, and Wrong Person Surgery "
    "(Joint Commission)",
    section="UP.01.01.01 to UP.01.03.01",
    edition="2024",
)


def _wrong_site(context: Context) -> Iterator[Verdict]:
    """Report each organ that is operated on where nothing is wrong, while it is elsewhere."""
    if _A_PLACE.search(context.text) is None:
        return
    said = read_places(context.text)
    operations = [place for place in said if place.kind == "operation"]
    if not operations:
        return
    listed = context.facts.patient.conditions or ()
    lesions = [place for place in said if place.kind == "lesion"]
    lesions += [place for entry in listed for place in read_places(entry, listed=True)]
    for place in operations:
        here = [lesion for lesion in lesions if same_region(place.organ, lesion.organ)]
        meant = frozenset[str]().union(*(lesion.sides for lesion in here))
        if here and not meant & place.sides and not _is_both(operations, place):
            yield _signal(context, place, meant)
            return


def _is_both(operations: list[Place], place: Place) -> bool:
    """Return whether the text operates on more than one place of the organ."""
    return any(o.organ == place.organ and not o.sides & place.sides for o in operations)


def _signal(context: Context, place: Place, meant: frozenset[str]) -> Signal:
    there = " and ".join(sorted(meant))
    here = context.text[place.start : place.end]
    return Signal(
        severity="critical",
        message=f"The operation is at {here} ({place.organ}), the disease at {there}: check the "
        "side and site.",
        span=Span(start=place.start, end=place.end),
        reference=_PROTOCOL,
        subject=place.organ,
    )


RULES = (
    Rule(
        id="PRO106",
        title="operation on another side or site than the disease",
        category="procedure",
        rationale="Everything says left and the list says right.",
        check=_wrong_site,
    ),
)
