"""LAB206: a state that the results in the text speak against."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_labs import ConclusionRow
from medrag.checker.rows_patient import AnalyteRow
from medrag.checker.rule import Rule, Signal, Verdict
from medrag.checker.rules.interpretation import fits_some_unit, goes_on, value_of
from medrag.checker.rules.labs import adult_row_of
from medrag.checker.sieve import sifted
from medrag.checker.wording import amount, name
from medrag.checker.words import find, find_all
from medrag.clinical import LabMention, Quantity
from medrag.core.span import Span

_CONCLUDES = sifted(
    r"(?:\b(?:shows?|showing|means?|meaning|indicat\w+|suggest\w*|confirm\w*|establish\w*|prove[sn]?"
    r"|diagnos\w+|typical|characteristic|classic|consistent|compatible|in keeping|points?|pointing"
    r"|fits?|fit(?:ting)? with|reflects?|represents?|signif\w+|denotes?|makes?|supports?|signals?"
    r"|demonstrat\w*|reveals?|proof of|speaks? for|argues? for"
    r"|this (?:\w+ )?(?:is|was)|these (?:\w+ )?are|that is|there is|picture of|pattern of"
    r"|result is|results are|reading|interpretation|impression|conclusion|assessment"
    r"|explained by|due to|because of|implies|equals)\b|[:=→])[^.;!?]{0,60}$",
    re.I,
)
"""Words before a state that conclude it from something."""
_DENIED = re.compile(
    r"\b(?:no|not|\w+n['\u2019]t|never|without|exclud\w+|rul\w+ out|rather than|against"
    r"|unlikely|instead of"
    r"|neither|nor|denies|if|whether|when|history of|known|previous\w*|risk of|prevent\w*|avoid\w*"
    r"|causes? of|can|could|may|might|would|treated|corrected|resolved|recovered|absence of"
    r"|free of|watch for|monitor\w* for|signs of|symptoms of|screen\w* for|test\w* for)\b"
    r"[^.;:!?|]{0,110}$",
    re.I,
)
_HAS = re.compile(r"\b(?:has|have|is|are|so|therefore|hence|thus|explain\w*)\b[^.;!?]{0,40}$", re.I)
"""Words that conclude a state where a result stands before them: "with ferritin 6 she has ..."."""
_DENIED_AFTER = re.compile(
    r"^\W{0,2}(?:(?:is|was|are|has been|can be|seems?|very|highly|quite|most|rather|extremely"
    r"|less)\s){0,3}(?P<absent>excluded|ruled out|unlikely|improbable|absent|not\b)|^\W{0,2}"
    r"(?:(?:is|was|are|has been|can be|seems?)\s)?(?:resolved|corrected)",
    re.I,
)
_DENIES = re.compile(
    r"\b(?:rules? out|ruling out|excludes?|excluding|(?:argues?|speaks?|points?|is) against"
    r"|(?:is|there is|means|shows|has|so|hence) (?:not|no)|without|absence of|free of)"
    r"\s(?:an?\s|any\s|the\s|acute\s|clinically\s|significant\s|true\s)*$",
    re.I,
)
"""Words right before a state that call it absent."""
_SUPPOSED = re.compile(r"\b(?:if|whether|to|cannot|can't|does not|do not|not|never|unless)\b", re.I)
_ABSENCE = "absence of "
_SELF = re.compile(r"(?:rules? out|excludes?|no|not)\b", re.I)
"""A state that is called absent is concluded by its own words."""
_BACK = 12
"""How many sentences or lines before the conclusion its results may stand."""
_MARGIN = Decimal("0.15")


def _conclusions(context: Context) -> Iterator[Verdict]:
    rows = context.knowledge.all(ConclusionRow)
    said: set[str] = set()
    for place in find_all(
        context.text, context.knowledge.words(ConclusionRow)
    ):  # one search for all of the table
        number = _sentence_of(context, place)
        named = place.of(context.text)
        for row in rows if number is not None else ():
            if row.key in said or find(named, row.words) is None:
                continue
            assert number is not None
            if not _is_concluded(context, place, number, row):
                continue
            against = _against(context, row, number)
            if against is None:
                continue
            said.add(row.key)
            yield Signal(
                severity="critical",
                message=f"{against} speaks against {row.key}, which the text concludes.",
                span=place,
                reference=context.knowledge.reference(row),
                subject=row.key,
            )


def _sentence_of(context: Context, place: Span) -> int | None:
    return next(
        (
            number
            for number, sentence in enumerate(context.content.sentences)
            if sentence.start <= place.start < sentence.end
        ),
        None,
    )


def _is_concluded(context: Context, place: Span, number: int, row: ConclusionRow) -> bool:
    """Whether the text asserts the state as the meaning of something, here and now."""
    sentence = context.content.sentences[number]
    before = context.text[sentence.start : place.start]
    after = context.text[place.end : sentence.end]
    if any(place.overlaps(result) for result in find_all(context.text, row.results)):
        return False  # "a negative pregnancy test" concludes no pregnancy
    if find(before[-60:] + " " + after[:40], row.unless):
        return False
    if row.key.startswith(_ABSENCE) and not _SELF.match(place.of(context.text)):
        return _is_denied(before, after)
    if _DENIED.search(before) or _DENIED_AFTER.match(after):
        return False
    if _SELF.match(place.of(context.text)):
        return True
    weak = _HAS.search(before) is not None and _is_behind_a_result(
        context, row, sentence.start, place
    )
    return weak or context.search(_CONCLUDES, before) is not None


def _is_denied(before: str, after: str) -> bool:
    """Whether a state is called absent: "speaks against pancreatitis", "makes it unlikely"."""
    denies = _DENIES.search(before)
    if denies is not None:
        return _SUPPOSED.search(before[: denies.start()]) is None
    absent = _DENIED_AFTER.match(after)
    return bool(absent and absent["absent"]) and _SUPPOSED.search(before) is None


def _is_behind_a_result(context: Context, row: ConclusionRow, start: int, place: Span) -> bool:
    """Whether a result of the row's analyte, or one in words, stands before the state."""
    if find(context.text[start : place.start], row.results) is not None:
        return True
    return any(
        lab.analyte == row.analyte and lab.value is not None and start <= lab.start < place.start
        for lab in context.content.labs
    )


def _against(context: Context, row: ConclusionRow, number: int) -> str | None:
    """Return the result that speaks against a state, in words; None where none does."""
    first = context.content.sentences[max(0, number - _BACK)].start
    window = context.text[first : context.content.sentences[number].end]
    for result in row.results:
        if re.search(rf"\b{re.escape(result)}\b", window, re.I):
            return result
    labs = [
        lab
        for lab in context.content.labs
        if lab.analyte == row.analyte
        and lab.role in {"result", "mention"}
        and lab.who == "patient"
        and lab.value is not None
        and number - _BACK <= lab.sentence <= number
    ]
    return _speaks(context, row, labs[-1]) if labs else _recorded(context, row)


def _recorded(context: Context, row: ConclusionRow) -> str | None:
    """Return the value of the patient's record that speaks against a state, in words."""
    interval = next(iter(context.knowledge.rows(AnalyteRow, row.analyte)), None)
    value = context.facts.lab(row.analyte, interval.unit) if interval is not None else None
    if interval is None or value is None:
        return None
    level = _level(value, interval, None)
    if level not in row.against:
        return None
    return f"{name(row.analyte)} {amount(Quantity(value, interval.unit))} ({level})"


def _speaks(context: Context, row: ConclusionRow, lab: LabMention) -> str | None:
    interval = adult_row_of(context, lab.analyte)
    value = value_of(context, lab, interval) if interval is not None else None
    if interval is None or value is None or goes_on(context, lab):
        return None
    if value.high is not None and lab.trend != "rising":
        return None
    if lab.unit_written is None and any(
        fits_some_unit(lab, interval, level) for level in {"low", "high", "normal"} - {*row.against}
    ):
        return None
    level = _level(value.top, interval, value.comparator)
    if level not in row.against or lab.value is None:
        return None
    return f"{name(lab.analyte)} {amount(lab.value)} ({level})"


def _level(value: Decimal, row: AnalyteRow, comparator: str | None) -> str | None:
    """Return the level that holds by more than laboratories differ; None near a limit."""
    slack = (row.high - row.low) * _MARGIN
    if comparator not in {">", ">="} and value < row.low:
        return "low"
    if comparator not in {"<", "<="} and value > row.high:
        return "high"
    if comparator is None and row.low + slack <= value <= row.high - slack:
        return "normal"
    return None


RULES = (
    Rule(
        id="LAB206",
        title="conclusion against the results",
        category="lab-interpretation",
        rationale="A high TSH called hyperthyroidism leads to the opposite treatment.",
        tables=("conclusions", "analytes"),
        check=_conclusions,
    ),
)
