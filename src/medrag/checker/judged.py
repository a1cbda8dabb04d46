"""What a text calls a value right beside it: low, normal or high, in whichever words.

Only words that stand in a few places count: behind the value ("6.1 mmol/L, which I call fine"), at
the head of the next sentence ("That is in order") and between the name and the value ("came back
raised at 122"). There any word of the family is the judgement of this value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from medrag.checker.context import Context
from medrag.checker.rows_patient import AnalyteRow
from medrag.checker.rules.labs import place, said_from
from medrag.checker.sieve import sifted
from medrag.clinical import LabMention, Quantity
from medrag.clinical.lexicon import load

_LIMIT = r"(?:range|limits?|interval|values?|bounds?|window)"
_CUT = (
    r"(?:(?:99th|ninety-ninth)\s(?:per)?centile(?:\supper\sreference\slimit)?"
    r"|(?:(?:decision|diagnostic|rule-(?:out|in)|exclusion|upper\sreference)\s)?"
    r"(?:cut-?offs?|thresholds?|limits?)(?:\s(?:for|of|to)\s(?:\w+\s){0,3}\w+)?)"
)
_USUAL = r"(?:normal|reference|usual|expected|healthy|laboratory|lab(?:'s)?)"
_OWN = (
    r"(?:(?:the|its|our|any|all|adult|upper|lower)\s){0,2}"
    rf"(?:(?:{_USUAL}\s)?(?:{_LIMIT}|normal)(?:\sof\snormal)?|{_CUT})"
)
_WORDS = {
    "high": (
        r"high(?:ish)?|raised|elevated|increased|excessive|supranormal|above\snormal"
        rf"|(?:above|over|beyond|exceed(?:s|ing))\s{_OWN}|beyond\sthe\supper\s(?:end|limit)"
        r"|on\sthe\shigh(?:er)?\sside|sky-?high|up|abundant|overabundant"
    ),
    "low": (
        rf"low(?:ish)?|reduced|decreased|diminished|depressed|deficient|subnormal"
        rf"|(?:below|under|beneath)\s{_OWN}|below\snormal|on\sthe\slow(?:er)?\sside"
        r"|depleted|down|scant|short"
    ),
    "normal": (
        rf"normal|(?:with)?in(?:side)?\s{_OWN}|(?:with)?in\srange|unremarkable|ordinary"
        r"|unexceptional|average|mid-?range|euthyroid|textbook|physiologic(?:al)?"
    ),
    "fine": (
        r"fine|good|great|okay|ok|all\sright|alright|in\s(?:good\s|perfect\s)?order|healthy"
        r"|satisfactory|as\sit\s(?:should|ought\sto)\sbe|acceptable|adequate|excellent|perfect"
        r"|where\s(?:it\sshould\sbe|we\swant\sit|it\sbelongs)|ideal|reassuring|harmless|benign"
        r"|(?:just|exactly)\sright|nothing\s(?:to\sworry\sabout|unusual|special|of\sconcern"
        r"|abnormal|remarkable|amiss)|(?:no|not\sa|of\sno|without)\s(?:cause\sfor\s"
        r"|reason\sfor\s)?(?:concern|worry|alarm)|a\shealthy\sone|trivial|no\sabnormality"
        r"|not\s(?:abnormal|worrying|alarming|concerning|remarkable)"
    ),
}
_JUDGE = "|".join(f"(?P<{side}>{words})" for side, words in _WORDS.items())
_LEADS = (
    r"(?:(?:which|that|this|it|he|she|they|values?|results?|figures?|numbers?|readings?|levels?"
    r"|findings?|one|is|was|are|looks?"
    r"|seems?|appears?|remains?|counts?|rates?|ranks?|reads?|sits?|lies?|falls?|stands?|comes?"
    r"|came|back|out"
    r"|looking|dealing|facing|have|having|shows?|gives?|makes?|strikes\s(?:me|us)|as|on|at|to"
    r"|in\sother\swords|in\sshort|i\.?e\.?|meaning|so|therefore|thus|hence"
    r"|and|i|we|you|call|judge|consider|regard|read|take|rate|find|deem|think|would|can|may|be"
    r"|filed|called"
    r"|considered|regarded|described|classed|labell?ed|taken|seen|said|noted|reported|a|an|the"
    r"|very|quite|rather"
    r"|clearly|plainly|distinctly|definitely|certainly|markedly|severely|slightly|mildly"
    r"|moderately|little|bit"
    r"|somewhat|far|much|well|just|still|perfectly|entirely|completely|absolutely|totally|too|now"
    r"|today|this\smorning|really|simply|also|here|there|again|with|what|my|our|patient|must|will"
    r"|will\sbe|safely|comfortably|nicely|easily|squarely|firmly|has|been)\b"
    r"[\s,:]*)*"
)
_NO_MORE = (
    r"(?=\s*(?:[.,;:!?)\]\u2013\u2014]|\Z|-\s|\n|\||(?:so|and|but|value|result|level|reading"
    r"|figure|number|today|now|again"
    r"|because|this|that|here|indeed|then|one|count|side|end)\b))"
)
_BEHIND = re.compile(rf"[\s,;:(\[=\u2013\u2014-]{{1,4}}{_LEADS}(?:{_JUDGE}){_NO_MORE}", re.I)
_NEXT = re.compile(
    r"\W*(?:(?:that|this|it|which)\s(?=\w)|(?:the|this|that|her|his|your)\s(?:result|value|figure"
    r"|number|reading|level|test"
    r"|count|finding|concentration|measurement)\s|(?:both|all|each|they|these|everything)\s"
    r"(?:(?:of\sthem|values?|results?|figures?|numbers?|levels?)\s)?|(?:verdict|comment|interpretation|impression"
    r"|assessment|conclusion"
    r"|reading|meaning|summary|remark|judgement)\s?[:=\u2013-]\s?)"
    rf"{_LEADS}(?:{_JUDGE}){_NO_MORE}",
    re.I,
)
_BETWEEN = re.compile(
    rf"\s{_LEADS}(?:{_JUDGE})(?:\s?[,(:]\s?(?:it\s(?:was|is)\s)?|\s(?:at|with|being|namely"
    rf"|reading)\s(?:a\svalue\sof\s)?"
    r"(?:only\s|about\s)?)\Z",
    re.I,
)
_AHEAD = sifted(
    r"(?:\b(?:an?|the|his|her|your|their|is|was|are|with|of|has|have|and|this|that|such|quite"
    r"|very|clearly|perfectly)\s|\A|[.;:,(]\s)"
    rf"(?:{_JUDGE})(?:\s(?:serum|plasma|blood|total|fasting|resting|morning))?\s?[:,]?\s\Z",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:not|no|never|hardly|scarcely|far\sfrom|anything\sbut|nothing\sbut|neither|nor|\w+n['\u2019]t"
    r"|should|if)\b",
    re.I,
)
_ALLOWED = re.compile(
    r"\b(?:it\sshould\sbe|not\s(?:abnormal|worrying|alarming|concerning|remarkable|a\s)"
    r"|no\s(?:cause|reason|concern|worry|alarm|abnorm)|nothing\s(?!but))",
    re.I,
)
_GOALS = frozenset(
    [
        "hba1c",
        "inr",
        "aptt",
        "ldl-cholesterol",
        "non-hdl-cholesterol",
        "total-cholesterol",
        "hdl-cholesterol",
        "systolic-bp",
        "diastolic-bp",
        "egfr",
        "creatinine-clearance",
        "bmi",
        "heart-rate",
        "anti-xa",
        "psa",
        "lymphocytes",
        "eosinophils",
        "hemoglobin",
        "hematocrit",
        "glucose",
        "urine-output",
        "gcs",
        "apgar",
        "nihss",
        "child-pugh",
        "meld",
        "fio2",
        "t-score",
        "respiratory-rate",
        "weight",
        "height",
        "anti-hbs",
        "ferritin",
        "phosphate",
        "pth",
        "acetaminophen-level",
        "salicylate-level",
        "ethanol-level",
        "cd4",
    ]
)
"""Values of which treatment or a purpose may call another one fine than the usual."""
_FAR = Decimal("0.5")
_ONE_SIDED = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """A side of the reference interval, and whether it is only called fine."""

    side: str
    mild: bool = False


def judgement(context: Context, lab: LabMention) -> Judgement | None:
    """Return what the words right behind a value, or the next sentence, call it."""
    text, end = context.text, place(context, lab).end
    sentence = context.content.sentences[lab.sentence]
    found = _BEHIND.match(text, end, sentence.end) or _BEHIND.match(
        text, said_from(context, lab), sentence.end
    )
    if found is None and _is_last(context, lab, end, sentence.end):
        following = context.content.sentences[lab.sentence + 1 : lab.sentence + 2]
        for one in following:
            found = _NEXT.match(text, one.start, one.end)
    if found is None:
        found = context.search(_AHEAD, text, max(sentence.start, lab.start - _REACH), lab.start)
    if found is None or _names_another(context, lab, found):
        return None
    start = max(sentence.start, found.start() - _REACH)
    ahead = found.end() <= lab.start and _DENIES.search(text, start, found.start())
    return None if ahead else _of(found)


_REACH = 60
_DENIES = re.compile(
    r"\b(?:not|no|never|without|if|unless|until|exclud\w*|than|for)\s(?:\w+\s)?\Z", re.I
)


def _is_last(context: Context, lab: LabMention, end: int, last: int) -> bool:
    rest = context.text[end:last].strip(" .;:!)\n")
    later = (other for other in context.content.labs if lab.end <= other.start < last)
    return len(rest) < 25 and next(later, None) is None


def _names_another(context: Context, lab: LabMention, found: re.Match[str]) -> bool:
    return any(
        found.start() <= other.start < found.end() and other.analyte != lab.analyte
        for other in context.content.labs
    )


def _of(found: re.Match[str]) -> Judgement | None:
    if _DENIED.search(_ALLOWED.sub(" ", found[0])):
        return None
    side = next(name for name in _WORDS if found[name])
    return Judgement("normal", mild=True) if side == "fine" else Judgement(side)


def named_then_judged(context: Context) -> Iterator[tuple[LabMention, Judgement]]:
    """Yield tests that are judged before their value: "came back in order at 38 mmol/L"."""
    for lab in context.content.labs:
        if lab.value is not None:
            continue
        number = next(iter(context.content.numbers_behind(lab.end, 1)), None)
        entry = load().analytes.get(lab.analyte)
        if number is None or entry is None or number.quantity.high is not None:
            continue
        if not number.unit_written or not entry.accepts(number.quantity.unit):
            continue
        found = _BETWEEN.match(context.text, lab.end, number.start)
        said = _of(found) if found is not None and not _names_another(context, lab, found) else None
        if said is not None:
            value = replace(
                lab, value=number.quantity, unit_written=number.unit_written, role="result"
            )
            yield value, said


def is_far_off(lab: LabMention, value: Quantity, row: AnalyteRow) -> bool:
    """Return whether no one would call a value fine: well beyond the interval, or critical."""
    if lab.analyte in _GOALS:
        return False
    one = value.value
    if row.critical_low is not None and one <= row.critical_low:
        return True
    if row.critical_high is not None and one >= row.critical_high:
        return True
    width = (row.high - row.low) * _FAR
    one_sided = row.low * 4 < row.high
    low = one < (row.low / 4 if one_sided else row.low - width)
    return low or one > (row.high * _ONE_SIDED if one_sided else row.high + width)
